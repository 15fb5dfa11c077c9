"""A reading queue for tests of its room: on one day, with a changed abstract, critiques and quotes."""

import sqlite3
from dataclasses import replace
from datetime import date

from library.clock import Clock, stamped
from library.papers import commands
from library.papers.ingest import add_drafts
from library.reading import doing
from library.reading.critiques import write_critique
from library.reading.quotes import take_quote
from library.workspace import Workspace
from tests.library.reading.conftest import draft
from tui.app import LabtopApp
from tui.screens.reading import ReadingScreen

DAY = date(2026, 4, 20)
TITLES = (
    "Late interaction pays on long documents",
    "Dense retrieval is enough once it is tuned",
    "What a reranker learns from clicks",
    "Chunking by meaning and not by length",
    "A benchmark for questions that nobody answers",
    "Pruning an embedding model to half its size",
)
BEFORE = (
    "Late interaction compares every token of a question with every token of a document. We show on two collections "
    "that it gains 2.1 points of nDCG@10 at the same latency. The index is ten times larger."
)
AFTER = (
    "Late interaction compares every token of a question with every token of a document. We show on five collections "
    "that it gains 1.4 points of nDCG@10 at twice the latency. The index is ten times larger."
)


def filled(workspace: Workspace) -> Workspace:
    """Ada reads the second and third; the first changed, the fourth is late, the fifth read, the sixth dropped."""

    def write(db: sqlite3.Connection) -> None:
        with stamped("2026-04-02T09:00:00Z"):
            papers = [draft(n, title=title, abstract=BEFORE if n == 1 else "") for n, title in enumerate(TITLES, 1)]
            ids = add_drafts(db, papers, at="2026-04-02T09:00:00Z").added
            doing.add(db, "ada", ids)
            first = ids[0]
            raw = {"line": "Convincing, if the latency holds", "verdict": "4", "threats": "Two collections only."}
            write_critique(db, "ada", first, raw)
            take_quote(db, "ada", first, sentence="2", remark="At the same latency?")
        with stamped("2026-04-10T09:00:00Z"):
            add_drafts(db, [draft(1, version=2, title=TITLES[0], abstract=AFTER)], at="2026-04-10T09:00:00Z")
            doing.put(db, "ada", ids[1:3], "reading")
            doing.set_progress(db, "ada", ids[1], 60)
            doing.set_due(db, "ada", ids[3:4], date(2026, 4, 18))
            doing.set_due(db, "ada", ids[1:2], date(2026, 4, 21))
            commands.add_note(db, "kim", ids[1], "Tried it: tuned on our help pages.")
            doing.put(db, "ada", ids[4:5], "read")
            doing.drop(db, "ada", ids[5:])
            doing.add(db, "kim", ids[3:4])

    workspace.store.write(write).result()
    settings = replace(workspace.settings, name="retrieval-lab")
    return replace(workspace, clock=Clock(DAY), settings=settings)


def opened_on_reading(workspace: Workspace) -> LabtopApp:
    """The dashboard on the reading queue, without long work behind it."""
    return LabtopApp(workspace, start="reading", background=False)


def room(app: LabtopApp) -> ReadingScreen:
    """The queue's screen."""
    screen = app.get_screen_stack("reading")[0]
    assert isinstance(screen, ReadingScreen)
    return screen
