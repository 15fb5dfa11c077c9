"""`labtop decision`: memos on what we proceed with, change or stop, drafted from the record."""

from collections.abc import Mapping
from typing import Any

import click

from library.records import store
from planner.decisions import commands
from planner.decisions.kind import MEMO
from planner.decisions.model import MemoDetail, MemoRow
from planner.decisions.page import memo_page
from planner.decisions.queries import memo, memo_detail_record, memo_record, memos
from planner.decisions.states import STATES
from tui.commands.records import Writing, add_writing_verbs, changing, pairs
from tui.options import Options, common_options, pass_options
from tui.output import print_change, print_json, print_list
from tui.plain import hung

_ID = click.argument("name", metavar="DECISION")
_change = changing(MEMO)
_SIGNS = {"draft": "…", "proposed": "▲", "accepted": "●", "rejected": "✗", "superseded": "◌"}


@click.group(invoke_without_command=True)
@common_options
@click.pass_context
def decision(ctx: click.Context) -> None:
    """Decision memos: proceed, pivot or stop, with every number traced to the row it was read from."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_)


def _record(db: Any, number: int) -> Mapping[str, Any]:
    return memo_detail_record(memo(db, number))


def _notes(db: Any, number: int) -> tuple[str, ...]:
    return remarks(memo(db, number))


def remarks(found: MemoDetail) -> tuple[str, ...]:
    """What somebody should know before they go on with a memo, one line each."""
    lines = []
    if found.opposition is not None and found.row.state in ("draft", "proposed", "rejected"):
        reason = "" if found.values["justification"] else "; it needs a written reason (justification)"
        lines.append(f"It {found.opposition.why}{reason}.")
    if found.row.state == "proposed":
        lines += [f"Since version {found.row.version}: {each}" for each in found.moved]
    return tuple(lines)


add_writing_verbs(decision, Writing(MEMO, commands.add, commands.revise, _record, notes=_notes))


@decision.command()
@click.option("--hypothesis", metavar="H-…", help="The hypothesis it rests on.")
@click.option("--experiments", metavar="E-…,E-…", help="The experiments it rests on (default: all of the hypothesis).")
@click.option("--kind", type=click.Choice(["proceed", "pivot", "stop"]), required=True, help="What we do.")
@click.option("--supersedes", metavar="D-…", help="An accepted decision that this one replaces.")
@click.option("--set", "settings", multiple=True, metavar="FIELD=VALUE", help="Fill in a field; may be repeated.")
@pass_options
def draft(
    options: Options,
    hypothesis: str | None,
    experiments: str | None,
    kind: str,
    supersedes: str | None,
    settings: tuple[str, ...],
) -> None:
    """Begin a memo from the record: hypothesis, evidence, results, cost. What you write is added to it."""
    more: dict[str, Any] = pairs(settings)
    if supersedes is not None:
        more["supersedes"] = supersedes
    tried = (experiments or "").replace(",", " ").split()
    with options.open(create=False) as workspace:
        number, change = workspace.store.write(
            lambda db: commands.draft(db, workspace.person, kind, hypothesis=hypothesis, experiments=tried, more=more)
        ).result()
        found = workspace.store.read(lambda db: memo(db, number)).result()
    if options.json:
        print_json(memo_detail_record(found))
    else:
        click.echo(f"{change.summary}. Read it: labtop decision show D-{number}")
    _say(found)


@decision.command("list")
@click.option("--state", "states", multiple=True, type=click.Choice(STATES), help="Only these; may be repeated.")
@click.option("--hypothesis", metavar="H-…", help="Only those on this hypothesis.")
@pass_options
def list_(options: Options, states: tuple[str, ...], hypothesis: str | None) -> None:
    """Decisions, the newest first, with what they go against and who has to decide."""
    from planner.hypotheses.kind import HYPOTHESIS

    def read(db: Any) -> tuple[MemoRow, ...]:
        return memos(db, hypothesis_id=store.find(db, HYPOTHESIS, hypothesis) if hypothesis else None)

    with options.open(create=False) as workspace:
        found = [row for row in workspace.store.read(read).result() if not states or row.state in states]
    if options.json:
        print_list([memo_record(row) for row in found])
        return
    for row in found:
        click.echo("\n".join(_lines(row)))
    if not found:
        click.echo(
            "None is so."
            if states or hypothesis
            else "No decision is written yet. Draft one: labtop decision draft --hypothesis H-… --kind proceed"
        )


def _lines(row: MemoRow) -> list[str]:
    """ "D-3  ▲ proposed  proceed  title", and what it waits for below."""
    lines = hung(f"D-{row.id:<4} {_SIGNS[row.state]} {row.state:<10} {row.kind:<8} ", row.title)
    if row.state == "proposed" and row.approval is not None:
        lines += hung(" " * 7, f"version {row.version} waits for {row.approval.authority} (A-{row.approval.id})")
    if row.against:
        reason = "with a written reason" if row.justified else "without a reason yet"
        lines += hung("       ▲ ", f"{row.against}, {reason}")
    if row.superseded_by is not None:
        lines.append(f"       superseded by D-{row.superseded_by}")
    if row.review_on and row.state == "accepted":
        lines.append(f"       review on {row.review_on}")
    return lines


@decision.command()
@_ID
@click.option("--version", type=int, metavar="N", help="An earlier version, as it was proposed.")
@pass_options
def show(options: Options, name: str, version: int | None) -> None:
    """One memo as Markdown; with --json also the rows behind each number."""
    with options.open(create=False) as workspace:

        def read(db: Any) -> tuple[MemoDetail, str]:
            number = store.find(db, MEMO, name)
            return memo(db, number), memo_page(db, number, version)[1]

        found, markdown = workspace.store.read(read).result()
    if options.json:
        print_json({**memo_detail_record(found), "page": markdown})
        return
    click.echo(markdown, nl=False)
    _say(found)


@decision.command()
@_ID
@pass_options
def propose(options: Options, name: str) -> None:
    """Freeze DECISION with its facts and hash, and ask its deciders for their yes."""
    _change(
        options,
        name,
        lambda workspace, db, number: commands.propose(db, workspace.person, workspace.settings.programme, number),
    )


@decision.command()
@_ID
@click.option("--reason", metavar="TEXT", help="Why, if you like.")
@pass_options
def accept(options: Options, name: str, reason: str | None) -> None:
    """Say yes to DECISION, which somebody else wrote and proposed."""
    with options.open(create=False) as workspace:
        before = workspace.store.read(lambda db: memo(db, store.find(db, MEMO, name))).result()
        change = workspace.store.write(lambda db: commands.accept(db, workspace.person, before.row.id, reason)).result()
    print_change(change, json_wanted=options.json)
    _say(before)


@decision.command()
@_ID
@click.option("--reason", metavar="TEXT", required=True, help="Why not.")
@pass_options
def reject(options: Options, name: str, reason: str) -> None:
    """Say no to DECISION, which somebody else wrote and proposed."""
    _change(options, name, lambda workspace, db, number: commands.reject(db, workspace.person, number, reason))


@decision.command()
@_ID
@click.option("--reason", metavar="TEXT", help="Why, if you like.")
@pass_options
def withdraw(options: Options, name: str, reason: str | None) -> None:
    """Take your proposal back: DECISION is a draft again."""
    _change(options, name, lambda workspace, db, number: commands.withdraw(db, workspace.person, number, reason))


def _say(found: MemoDetail) -> None:
    for line in remarks(found):
        click.echo(f"▲ {line}", err=True)
