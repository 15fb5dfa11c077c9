"""Driving Triage in tests: a ranked day, and the screen on it."""

from dataclasses import replace
from datetime import date
from typing import Any

from library.clock import Clock
from library.workspace import Workspace
from tests.library.triage.inboxes import FRIDAY, MONDAY, add, day_of, paper, rank
from tui.app import LabtopApp
from tui.screens.triage import TriageScreen

TODAY = date(2026, 4, 13)


def opened_on(workspace: Workspace, *, start: str = "triage", **settings: Any) -> LabtopApp:
    """The dashboard on Triage, on a Monday."""
    named = replace(workspace.settings, name="retrieval-lab", **settings)
    return LabtopApp(replace(workspace, clock=Clock(TODAY), settings=named), start=start, background=False)


def triage(app: LabtopApp) -> TriageScreen:
    """Its screen."""
    screen = app.get_screen_stack("triage")[0]
    assert isinstance(screen, TriageScreen)
    return screen


def fill_inbox(workspace: Workspace) -> tuple[int, ...]:
    """Monday: eight papers, the first three above the line, the fourth to explore, the last not ranked, one replaced.

    Friday: two papers.
    """
    ids = add(
        workspace,
        *day_of(8),
        paper("2604.00011", ("cs.IR", "new", FRIDAY), ("cs.IR", "replace", MONDAY)),
        paper("2604.00012", ("cs.CL", "cross", FRIDAY)),
    )
    scores = {paper_id: 0.9 - place / 10 for place, paper_id in enumerate(ids[:7])}
    scores |= {ids[3]: 0.31, ids[4]: 0.28, ids[5]: 0.2, ids[6]: 0.1}
    workspace.store.write(lambda db: rank(db, scores, line=0.6, explored=[ids[3]])).result()
    return ids
