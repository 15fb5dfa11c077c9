"""The library (or a part of it) as a BibTeX file: streamed, with keys that stay the same whatever else is exported."""

import json
import sqlite3
from collections.abc import Iterator, Sequence

from library.jobs import CancelToken, Pace, ReportProgress
from library.papers import queries
from library.papers.citation import bibtex, citation_key, with_suffix
from library.papers.model import Author
from library.workspace import Workspace

_PAGE = 200  # papers held at a time
_DEMO = "@comment{DEMO: exported from labtop's sample workspace, whose summaries are not the authors' abstracts}\n\n"


def bibtex_lines(
    workspace: Workspace,
    ids: Sequence[int] | None = None,
    *,
    progress: ReportProgress | None = None,
    cancel: CancelToken | None = None,
) -> Iterator[str]:
    """The text of a .bib file, entry by entry: all papers, newest first, or `ids` in their order.

    A sample workspace says in a comment that it is one.
    """
    read = workspace.store.read
    wanted = read(queries.ids_newest_first).result() if ids is None else ids
    keys = read(unique_keys).result()
    if workspace.demo:
        yield _DEMO
    pace = Pace("exporting", len(wanted), progress)
    for start in range(0, len(wanted), _PAGE):
        if cancel is not None:
            cancel.check()
        page = wanted[start : start + _PAGE]
        for text in read(lambda db, page=page: _entries(db, page, keys, workspace.person)).result():  # type: ignore[misc]
            yield text + "\n"
        pace.at(start + len(page))
    pace.at(len(wanted), final=True)


def unique_keys(db: sqlite3.Connection) -> dict[int, str]:
    """Paper id → citation key, over the whole library. Of papers with one key the first added has it bare."""
    rows = db.execute(
        "SELECT p.id, p.title, p.year, p.extra, a.name, a.family, a.given FROM paper p"
        " LEFT JOIN paper_author pa ON pa.paper_id = p.id AND pa.position = 0"
        " LEFT JOIN author a ON a.id = pa.author_id ORDER BY p.id"
    )
    keys: dict[int, str] = {}
    taken: dict[str, int] = {}  # lower case: BibTeX tells keys apart by case, some programs do not
    for row in rows:
        own = json.loads(row["extra"]).get("entry", {}).get("key") if row["extra"] else None
        first = (Author(row["name"], row["family"], row["given"]),) if row["name"] else ()
        base = citation_key(row["title"], first, row["year"], str(own or ""))
        key, number = base, taken.get(base.lower(), -1) + 1
        while (key := with_suffix(base, number)).lower() in taken:
            number += 1
        taken[base.lower()] = number
        taken.setdefault(key.lower(), 0)
        keys[row["id"]] = key
    return keys


def _entries(db: sqlite3.Connection, ids: Sequence[int], keys: dict[int, str], person: str) -> list[str]:
    marks = ",".join("?" * len(ids))
    there = {row[0] for row in db.execute(f"SELECT id FROM paper WHERE id IN ({marks})", tuple(ids))}
    there &= keys.keys()  # else it came in, or went, while the export was running
    return [bibtex(queries.paper(db, paper_id, person), keys[paper_id]) for paper_id in ids if paper_id in there]
