"""`labtop sentences`: a paper sentence by sentence, with the names by which evidence points at them."""

import textwrap
from dataclasses import asdict
from typing import Any

import click

from library.fulltext.model import page_at
from library.fulltext.stored import page_starts
from library.papers import queries
from library.sentences.model import SOURCES, Sentence, Source
from library.sentences.queries import sentences_of
from library.text import one_line
from tui.options import Options, pass_options
from tui.output import print_list

_KIND = {"abstract": "", "summary": "Summary (not the authors' words):", "none": "No abstract is known."}


@click.command()
@click.argument("paper")
@click.option("--all", "everything", is_flag=True, help="Also those of the full text and of notes.")
@click.option("--find", metavar="WORDS", help="Only those with these words, next to each other.")
@pass_options
def sentences(options: Options, paper: str, everything: bool, find: str | None) -> None:
    """The sentences of PAPER, numbered: 3 of the abstract, b17 of the full text, n5.2 of note 5."""
    sources: tuple[Source, ...] = SOURCES if everything else ("abstract",)
    with options.open(create=False) as workspace:
        paper_id = workspace.store.read(lambda db: queries.find_id(db, paper)).result()
        found = workspace.store.read(lambda db: queries.paper(db, paper_id, workspace.person)).result()
        said = workspace.store.read(lambda db: sentences_of(db, paper_id, sources)).result()
        starts = workspace.store.read(lambda db: page_starts(db, paper_id)).result() if everything else ()
    if find is not None:
        wanted = one_line(find).casefold()
        said = tuple(each for each in said if wanted in one_line(each.text).casefold())
    if options.json:
        about: dict[str, Any] = {"paper": found.key, "title": found.title, "text_kind": found.text_kind}
        print_list([_record(found.key, each, starts) for each in said], **about)
        return
    click.echo(f"{found.title or '(no title)'} ({found.key})")
    heading = _KIND[found.text_kind]
    if heading:
        click.echo(heading)
    width = max((len(each.name) for each in said), default=0)
    for each in said:
        first, then = f"{each.name:>{width}}  ", " " * (width + 2)
        page = _page(each, starts)
        text = f"{one_line(each.text)}  (p. {page})" if page else one_line(each.text)
        click.echo(textwrap.fill(text, 100, initial_indent=first, subsequent_indent=then))
    if not said:
        click.echo("No sentence has these words." if find is not None else "It has no sentences.")


def _page(sentence: Sentence, starts: tuple[int, ...]) -> int | None:
    """On which page of the file it stands; None where that is not known."""
    return page_at(starts, sentence.start) if sentence.source == "body" else None


def _record(key: str, sentence: Sentence, starts: tuple[int, ...]) -> dict[str, Any]:
    """A sentence as scripts see it: `id` names it everywhere, `name` among those of its paper."""
    record = asdict(sentence)
    del record["paper_id"]
    return {
        "id": f"{key}#{sentence.name}",
        "name": sentence.name,
        **record,
        "page": _page(sentence, starts),
        "hash": sentence.hash,
    }
