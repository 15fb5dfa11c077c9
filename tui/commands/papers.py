"""What a person does to papers, from the shell: show, keep, skip, star, later, undecide, tag, untag, tags, note."""

import sys
import textwrap
from collections.abc import Callable

import click

from library.db.changes import Change
from library.enrichment.model import TITLES
from library.enrichment.words import facts_line, proposal_line
from library.errors import NotFound, UsageError
from library.papers import commands, queries
from library.papers.links import stored_url
from library.papers.model import Decision, Paper
from library.papers.record import paper_record
from library.reading.page import written
from library.reading.record import critique_record, quote_record
from planner.workspace import Workspace
from tui.commands.asking import edited
from tui.commands.reading_text import written_lines
from tui.options import Options, pass_options
from tui.output import print_change, print_json, print_list

_PAPERS = click.argument("papers", nargs=-1, required=True, metavar="PAPER…")


@click.command()
@click.argument("paper")
@pass_options
def show(options: Options, paper: str) -> None:
    """Everything stored of one paper. PAPER: an arXiv id in any spelling, a DOI, or its key."""
    with options.open(create=False) as workspace:
        found = workspace.store.read(
            lambda db: queries.paper(db, queries.find_id(db, paper), workspace.person)
        ).result()
        beside = workspace.store.read(lambda db: written(db, workspace.person, found.id)).result()
        today = workspace.clock.today()
    if options.json:
        read = {
            "critiques": [critique_record(each) for each in beside.critiques],
            "quotes": [quote_record(each) for each in beside.quotes],
        }
        print_json({**paper_record(found), **read, "demo": workspace.demo})
    else:
        click.echo("\n".join([paper_text(found), *written_lines(beside, today)]))


def paper_text(paper: Paper) -> str:
    """A paper as a page of plain text."""
    lines = [paper.title or "(no title)", ", ".join(author.name for author in paper.authors) or "unknown authors"]
    if paper.authors_truncated:
        lines[-1] += " and others (the source cut the list)"
    facts = [paper.key, f"v{paper.version}" if paper.version else "", " ".join(paper.categories), paper.day]
    lines.append(" · ".join(fact for fact in facts if fact))
    lines += [f"{name}: {value}" for name, value in _details(paper) if value]
    heading = {"abstract": "", "summary": "Summary (not the authors' words):", "none": "No abstract is known."}
    lines += ["", heading[paper.text_kind], *textwrap.wrap(paper.abstract, 100)]
    for note in paper.notes:
        on = f" on v{note.version}" if note.version else ""
        lines += ["", f"Note {note.id} by {note.person}{on}, {note.updated_at}:", note.body]
    return "\n".join(lines).replace("\n\n\n", "\n\n")


def _details(paper: Paper) -> tuple[tuple[str, str | None], ...]:
    return (
        ("Withdrawn", "yes, says its comment" if paper.withdrawn else None),
        ("Announced", ", ".join(f"{item.day} {item.category} {item.type}" for item in paper.announcements)),
        ("DOI", paper.doi),
        ("Published in", paper.journal_ref),
        ("Comment", paper.comment),
        ("Link", stored_url(paper)),
        ("Full text", full_text_line(paper)),
        *((f"{TITLES[each.source]}, {each.fetched_at[:10]}", facts_line(each)) for each in paper.enrichment),
        *(
            ("Published as?", f"{proposal_line(each)}, says {TITLES[each.source]}: labtop enrich accept or refuse")
            for each in paper.proposals
        ),
        ("Your decision", paper.decision),
        ("Tags", " ".join(paper.tags)),
    )


def full_text_line(paper: Paper) -> str | None:
    """ "of v2, 12 pages, from arXiv": what is known of the text that search sees beside the abstract."""
    text = paper.full_text
    if text is None:
        return "its own" if paper.has_body else None
    read = f"{text.pages_read:,} of {text.pages:,}" if text.pages and text.pages_read < text.pages else f"{text.pages}"
    parts = [
        f"of v{text.version}" if text.version else "",
        f"{read} pages" if text.pages else "",
        f"from {text.origin}",
    ]
    return ", ".join(part for part in parts if part)


def _decision_verb(name: str, decision: Decision | None, line: str) -> click.Command:
    @click.command(name, help=line)
    @_PAPERS
    @click.option("--reason", help="Why, in a few words.")
    @pass_options
    def verb(options: Options, papers: tuple[str, ...], reason: str | None) -> None:
        _change(
            options,
            papers,
            lambda workspace, ids: workspace.store.write(
                lambda db: commands.decide(
                    db, workspace.person, ids, decision, reason=reason, bulk=decision == "skip" and len(ids) > 1
                )
            ).result(),
        )

    return verb


keep = _decision_verb("keep", "keep", "Keep papers: they concern you, and go on your reading queue.")
skip = _decision_verb("skip", "skip", "Skip papers: they do not concern you.")
star = _decision_verb("star", "star", "Star papers: they matter, and go to the front of your reading queue.")
later = _decision_verb("later", "later", "Put papers off; after a week they come back.")
undecide = _decision_verb("undecide", None, "Take your decision on papers back.")


@click.command()
@click.argument("name")
@_PAPERS
@pass_options
def tag(options: Options, name: str, papers: tuple[str, ...]) -> None:
    """Put the tag NAME on papers."""
    _change(
        options,
        papers,
        lambda workspace, ids: workspace.store.write(lambda db: commands.tag(db, workspace.person, ids, name)).result(),
    )


@click.command()
@click.argument("name")
@_PAPERS
@pass_options
def untag(options: Options, name: str, papers: tuple[str, ...]) -> None:
    """Take the tag NAME off papers."""
    _change(
        options,
        papers,
        lambda workspace, ids: workspace.store.write(
            lambda db: commands.untag(db, workspace.person, ids, name)
        ).result(),
    )


@click.command()
@pass_options
def tags(options: Options) -> None:
    """The tags in use, with how many papers have each."""
    with options.open(create=False) as workspace:
        found = workspace.store.read(queries.tags_in_use).result()
    if options.json:
        print_list([{"id": name, "papers": papers} for name, papers in found])
        return
    for name, papers in found:
        click.echo(f"{papers:>7,}  {name}")
    if not found:
        click.echo("No paper has a tag yet. Give it one with: labtop tag NAME PAPER")


@click.command()
@click.argument("paper", required=False)
@click.argument("text", required=False)
@click.option("--edit", "edit_id", type=int, metavar="ID", help="Change your note ID instead.")
@click.option("--delete", "delete_id", type=int, metavar="ID", help="Delete your note ID instead.")
@pass_options
def note(options: Options, paper: str | None, text: str | None, edit_id: int | None, delete_id: int | None) -> None:
    """Write a note on PAPER. Without TEXT it opens $EDITOR; "-" reads standard input."""
    if delete_id is not None and (edit_id is not None or text is not None):
        raise UsageError("--delete stands alone.", mend="Such as: labtop note --delete 7.")
    if delete_id is not None:
        with options.open(create=False) as workspace:
            _say(
                options,
                workspace.store.write(lambda db: commands.delete_note(db, workspace.person, delete_id)).result(),
            )
        return
    if edit_id is None and paper is None:
        raise UsageError("No paper is named.", mend='For instance: labtop note 2501.01234 "a thought"')
    with options.open(create=False) as workspace:
        if edit_id is not None:
            if text is None and paper is not None and not _is_paper(workspace, paper):
                text = paper  # the paper need not be named where its note is
            body = _given(text) if text is not None else _typed(_note_body(workspace, edit_id))
            change = workspace.store.write(lambda db: commands.edit_note(db, workspace.person, edit_id, body)).result()
        else:
            paper_id = workspace.store.read(lambda db: queries.find_id(db, paper or "")).result()
            body = _given(text) if text is not None else _typed("")
            change = workspace.store.write(lambda db: commands.add_note(db, workspace.person, paper_id, body)).result()
    _say(options, change)


def _is_paper(workspace: Workspace, text: str) -> bool:
    try:
        workspace.store.read(lambda db: queries.find_id(db, text)).result()
    except NotFound:
        return False
    return True


def _given(text: str) -> str:
    """The text, or what standard input holds where it is "-"."""
    return sys.stdin.read() if text == "-" else text


def _typed(before: str) -> str:
    """What the user wrote in $EDITOR. Raises UsageError where nothing was saved."""
    written = edited(before, ".md")
    if written is None:
        raise UsageError("Nothing was saved in the editor, so nothing was noted.")
    return written


def _note_body(workspace: Workspace, note_id: int) -> str:
    return workspace.store.read(lambda db: commands.own_note(db, workspace.person, note_id)).result()


def _change(options: Options, papers: tuple[str, ...], write: Callable[[Workspace, tuple[int, ...]], Change]) -> None:
    with options.open(create=False) as workspace:
        ids = workspace.store.read(lambda db: queries.find_ids(db, papers)).result()
        _say(options, write(workspace, ids))


def _say(options: Options, change: Change) -> None:
    print_change(change, json_wanted=options.json)
