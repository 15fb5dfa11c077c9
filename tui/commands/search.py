"""`labtop search` and `labtop searches`."""

import re
import shutil
import sys
from typing import Any, NoReturn

import click

from library.db.changes import Change
from library.errors import QueryError
from library.search.fusion import MEANING_DEPTH
from library.search.meaning import Meaning
from library.search.parse import caret
from library.search.run import Mode, SearchResult, Sort, search
from library.search.show import FoundPaper, found_papers
from planner.workspace import Workspace
from tui.commands import found
from tui.commands.query import QueryCommand
from tui.options import Options, common_options, pass_options
from tui.output import as_json, print_change, print_json, print_list

_HELP = """Find papers by words and by meaning.

QUERY needs no quoting of its own; what stands in it:

\b
  graph networks              both words, or their meaning
  '"graph networks"'          the phrase (the shell takes one pair of quotes)
  title:pruning au:hinton     in a field: title abstract author note text
  cat:cs.CL cat:cs.* tag:x    category, tag; also status: is: id: doi: source:
  a OR b, NOT c, -c, ( … )    in capitals; a minus right before a word excludes it
  date:2026-01.. year:2024..2026 added:7d announced:2026-01-05
  transf*                     words beginning so, from three letters
  ~"less memory on phones"    by meaning alone
  like:2501.01234             near to that paper
"""


def query_text(arguments: tuple[str, ...]) -> str:
    """The query that was meant by several arguments of a shell, which has taken its quotes off.

    Among several arguments one with blanks was in quotes: a phrase, or the value of its field. A single argument may be
    quoted as a whole, and one with syntax of its own was surely meant as it stands.
    """
    if len(arguments) < 2:
        return " ".join(arguments)
    return " ".join(_quoted(argument) for argument in arguments)


def _quoted(argument: str) -> str:
    match = re.fullmatch(r"(-?(?:[^\W\d_]\w*:|~)?)([^\s\"“”():]+(?:\s+[^\s\"“”():]+)+)", argument)
    if match is None:
        return argument
    if {"AND", "OR", "NOT", "ANDNOT"} & set(argument.split()):
        return f"({argument})"
    return f'{match[1]}"{match[2]}"'


@click.command(cls=QueryCommand, help=_HELP)
@click.argument("query", nargs=-1, required=True)
@click.option("--limit", default=20, show_default=True, type=click.IntRange(0, 10_000), help="How many papers.")
@click.option("--offset", default=0, type=click.IntRange(0), help="How many to leave out first.")
@click.option(
    "--mode",
    default="hybrid",
    show_default=True,
    type=click.Choice(["hybrid", "keyword", "semantic"]),
    help="Words and meaning, words alone, or meaning alone.",
)
@click.option(
    "--sort", default="score", show_default=True, type=click.Choice(["score", "date"]), help="Best or newest first."
)
@click.option("--explain", "explained", is_flag=True, help="Show how the query is read, and what arXiv would be asked.")
@click.option("--save", "save_as", metavar="NAME", help="Keep the search under NAME.")
@pass_options
def search_papers(
    options: Options,
    query: tuple[str, ...],
    limit: int,
    offset: int,
    mode: Mode,
    sort: Sort,
    explained: bool,
    save_as: str | None,
) -> None:
    """See `_HELP`."""
    text = query_text(query)
    with options.open(create=False) as workspace:
        try:
            if explained:
                _explain(options, workspace, text)
                return
            result = _ask(workspace, text, mode=mode, sort=sort, limit=limit, offset=offset)
            saved = _save(workspace, save_as, text, mode).summary if save_as is not None else ""
        except QueryError as error:
            _point_out(text, error)
        papers = workspace.store.read(lambda db: found_papers(db, result.hits)).result()
    _print(options, result, papers, offset)
    if saved:
        click.echo(saved, err=True)


@click.group(invoke_without_command=True)
@common_options
@click.pass_context
def searches(ctx: click.Context) -> None:
    """Saved searches: standing questions, with a count of what is new."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_searches)


@searches.command("list")
@pass_options
def list_searches(options: Options) -> None:
    """Your saved searches and how many papers came in since you last ran each."""
    from library.search import saved

    with options.open(create=False) as workspace:
        today = workspace.clock.today()
        mine = workspace.store.read(lambda db: saved.saved_searches(db, workspace.person, today=today)).result()
    if options.json:
        print_list(mine)
        return
    if not mine:
        click.echo("No saved searches yet. Keep one: labtop searches save NAME QUERY.")
    width = max((len(one.name) for one in mine), default=0)
    for one in mine:
        new = "cannot be read" if one.problem else "" if one.unread is None else f"{one.unread:,} new"
        click.echo(f"{one.name:<{width}}  {new:>14}  {one.query}{'' if one.mode == 'hybrid' else f'  ({one.mode})'}")


@searches.command("run")
@click.argument("name")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(0, 10_000), help="How many papers.")
@click.option("--offset", default=0, type=click.IntRange(0), help="How many to leave out first.")
@click.option(
    "--sort", default="score", show_default=True, type=click.Choice(["score", "date"]), help="Best or newest first."
)
@click.option("--keep-unread", is_flag=True, help="Do not count its papers as seen.")
@pass_options
def run_search(options: Options, name: str, limit: int, offset: int, sort: Sort, keep_unread: bool) -> None:
    """Run a saved search; its papers count as seen from now on."""
    from library.clock import stamp
    from library.search import saved

    with options.open(create=False) as workspace:
        today, person, now = workspace.clock.today(), workspace.person, stamp()
        one = workspace.store.read(lambda db: saved.find(db, person, name, today=today)).result()
        try:
            result = _ask(workspace, one.query, mode=one.mode, sort=sort, limit=limit, offset=offset)
        except QueryError as error:
            _point_out(one.query, error)
        papers = workspace.store.read(lambda db: found_papers(db, result.hits)).result()
        if not (keep_unread or workspace.read_only):
            workspace.store.write(lambda db: saved.mark_seen(db, person, one.name, at=now)).result()
    _print(options, result, papers, offset, name=one.name, unread=one.unread)


@searches.command("save", cls=QueryCommand)
@click.argument("name")
@click.argument("query", nargs=-1, required=True)
@click.option(
    "--mode",
    default="hybrid",
    show_default=True,
    type=click.Choice(["hybrid", "keyword", "semantic"]),
    help="As in search.",
)
@pass_options
def save_search(options: Options, name: str, query: tuple[str, ...], mode: Mode) -> None:
    """Keep QUERY under NAME."""
    text = query_text(query)
    with options.open(create=False) as workspace:
        try:
            change = _save(workspace, name, text, mode)
        except QueryError as error:
            _point_out(text, error)
    print_change(change, json_wanted=options.json)


@searches.command("rename")
@click.argument("name")
@click.argument("new_name")
@pass_options
def rename_search(options: Options, name: str, new_name: str) -> None:
    """Give a saved search another name."""
    from library.search import saved

    with options.open(create=False) as workspace:
        change = workspace.store.write(lambda db: saved.rename(db, workspace.person, name, new_name)).result()
    print_change(change, json_wanted=options.json)


@searches.command("delete")
@click.argument("name")
@pass_options
def delete_search(options: Options, name: str) -> None:
    """Delete a saved search; labtop undo brings it back."""
    from library.search import saved

    with options.open(create=False) as workspace:
        change = workspace.store.write(lambda db: saved.delete(db, workspace.person, name)).result()
    print_change(change, json_wanted=options.json)


def _ask(workspace: Workspace, text: str, *, mode: Mode, sort: Sort, limit: int, offset: int) -> SearchResult:
    return search(
        workspace.store,
        text,
        meaning=Meaning(workspace),
        person=workspace.person,
        today=workspace.clock.today(),
        mode=mode,
        sort=sort,
        limit=limit,
        offset=offset,
    )


def _save(workspace: Workspace, name: str, text: str, mode: Mode) -> Change:
    from library.search import saved

    today, person = workspace.clock.today(), workspace.person
    return workspace.store.write(lambda db: saved.save(db, person, name, text, mode=mode, today=today)).result()


def _point_out(text: str, error: QueryError) -> NoReturn:
    """The query with a caret under what is wrong, then what was expected; exit code 2."""
    line, mark = caret(text, error)
    click.echo(f"labtop: {error.message}", err=True)
    click.echo(f"  {line}\n  {mark}", err=True)
    if error.expected:
        click.echo(f"  column {error.column}, expected: {error.expected}", err=True)
    if error.mend:
        click.echo(f"  {error.mend}", err=True)
    click.get_current_context().exit(error.exit_code)


def _print(options: Options, result: SearchResult, papers: tuple[FoundPaper, ...], offset: int, **more: Any) -> None:
    if options.json:
        print_list(
            papers,
            total=result.total,
            matches=result.matches,
            by_meaning=result.by_meaning,
            some_words=result.some_words,
            mode=result.mode,
            query=result.parsed.text,
            took_ms=round(result.took_ms.total, 1),
            parts_ms={name: round(value, 1) for name, value in as_json(result.took_ms).items() if name != "total"},
            notices=result.notices,
            **more,
        )
        return
    columns = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    for line in found.lines(papers, first=offset + 1, columns=columns):
        click.echo(line)
    click.echo(("" if not papers else "\n") + found.summary(result))
    for notice in result.notices:
        click.echo(f"  {notice}", err=True)


def _explain(options: Options, workspace: Workspace, text: str) -> None:
    from library.search.arxiv_query import arxiv_query
    from library.search.compile import compile_query
    from library.search.describe import explain
    from library.search.parse import parse

    parsed = parse(text, today=workspace.clock.today())
    said = explain(parsed, compile_query(parsed, person=workspace.person))
    asked = arxiv_query(parsed.node, api_url=workspace.settings.arxiv.api_url)
    if options.json:
        print_json({"query": parsed.text, "notices": parsed.notices, **as_json(said), "arxiv": asked})
        return
    click.echo(f"Read as:    {parsed.text}")
    for line in said.words:
        click.echo(f"            · {line}")
    for notice in parsed.notices:
        click.echo(f"            · {notice}")
    click.echo(f"Words:      {said.fts or '—'}")
    for condition in said.conditions or ("—",):
        click.echo(f"Conditions: {condition}")
    click.echo(f"Meaning:    {f'the {MEANING_DEPTH} papers nearest to “{said.meaning}”' if said.meaning else '—'}")
    click.echo(f"arXiv:      {asked.search_query or '—'}")
    for line in asked.left_out:
        click.echo(f"            left out: {line}")
    click.echo(f"            {asked.url or 'nothing that arXiv could be asked'}")
