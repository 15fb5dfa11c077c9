"""A small research programme for tests of its rooms: hypotheses, evidence, an experiment, a verdict, a memo."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeVar

from library.clock import Clock, stamped
from library.papers.model import Announcement, Author, PaperDraft
from library.workspace import Workspace
from planner.decisions import commands as decisions
from planner.decisions import incidents
from planner.hypotheses.commands import believe
from planner.hypotheses.evidence import add_evidence
from tests.planner.hypotheses.conftest import Lab
from tui.app import LabtopApp
from tui.screens.hypotheses import HypothesesScreen

T = TypeVar("T")
AT = "2026-04-10T09:00:00Z"
LATE = "Late interaction beats dense retrieval on long documents"
PAPERS = (
    PaperDraft(
        key="2604.00001",
        kind="arxiv",
        source="test",
        title="Late interaction pays",
        abstract="We compare two kinds of retrieval. Late interaction beats dense retrieval on long documents by 2.1 "
        "points. On short ones, nothing is gained. The cost is an index that is ten times larger.",
        authors=(Author("Ada Writer", "Writer", "Ada"),),
        categories=("cs.IR",),
        version=1,
        first_listed="2026-04-13",
        announcements=(Announcement("cs.IR", "new", "2026-04-13"),),
    ),
    PaperDraft(
        key="2604.00002",
        kind="arxiv",
        source="test",
        title="Dense is enough",
        abstract="Dense retrieval on long documents is no worse than late interaction once it is tuned.",
        authors=(Author("Alan Reader", "Reader", "Alan"),),
        categories=("cs.IR",),
        version=1,
        first_listed="2026-04-13",
        announcements=(Announcement("cs.IR", "new", "2026-04-13"),),
    ),
)


@dataclass
class Dated(Lab):
    """A lab whose every record is of one moment."""

    def write(self, function: Callable[[sqlite3.Connection], T]) -> T:
        def then(db: sqlite3.Connection) -> T:
            with stamped(AT):
                return function(db)

        return super().write(then)

    def experiment(self, *args: Any, **columns: Any) -> int:
        with stamped(AT):
            return super().experiment(*args, **columns)

    def verdict(self, *args: Any, **columns: Any) -> int:
        with stamped(AT):
            return super().verdict(*args, **columns)


def lab_of(workspace: Workspace) -> Dated:
    """Two papers on one day, on which time stands still; no hypotheses."""
    settings = replace(workspace.settings, name="retrieval-lab")
    lab = Dated(replace(workspace, clock=Clock(date(2026, 4, 13)), settings=settings))
    lab.put(*PAPERS)
    return lab


def programme(workspace: Workspace) -> Dated:
    """Three hypotheses: H-1 is blocked, with evidence on both sides; H-2 is refuted; H-3 a draft. D-1 and I-1."""
    lab = lab_of(workspace)
    late = lab.testable(statement=LATE, prior=0.4, owner="ada", horizon="2026Q2", tags="retrieval", unit="points")
    lab.move(late, "active", None)
    first, second = lab.papers["2604.00001"], lab.papers["2604.00002"]
    for paper, name, marks in (
        (first, "2", {"stance": "for", "scale": "4", "directness": "direct"}),
        (first, "4", {"stance": "context"}),
        (second, "1", {"stance": "against", "scale": "-3", "note": "Only after tuning."}),
    ):
        lab.write(lambda db, p=paper, n=name, m=marks: add_evidence(db, "ada", late, p, m, sentence=n))  # type: ignore[misc]
    experiment = lab.experiment(late, title="Late against dense, eight seeds", state="done", start="2026-04-01")
    lab.verdict(
        late, experiment, "supported", blocked_by=("latency p95",), summary="nDCG@10 improves by 1.9 [1.5, 2.3]"
    )
    lab.move(late, "supported", None)
    rewrite = lab.active(statement="Rewriting pays off for short queries", metric="nDCG@10", owner="kim", prior=0.5)
    lab.write(lambda db: believe(db, "kim", rewrite, "5 %", "two replications failed"))
    lab.move(rewrite, "refuted", "two replications failed")
    lab.add("Hard negatives mined by the student help", owner="ada")
    lab.write(lambda db: decisions.draft(db, "ada", "pivot", hypothesis=late, more={"deciders": "kim"}))
    lab.write(
        lambda db: incidents.add(
            db, "kim", {"title": "Two seeds shared a cache", "happened_on": "2026-04-02", "experiments": "E-1"}
        )
    )
    return lab


def opened_on(lab: Lab, section: str = "hypotheses") -> LabtopApp:
    """The dashboard, without long work behind it."""
    return LabtopApp(lab.workspace, start=section, background=False)


def room(app: LabtopApp) -> HypothesesScreen:
    """The hypotheses' screen."""
    screen = app.get_screen_stack("hypotheses")[0]
    assert isinstance(screen, HypothesesScreen)
    return screen
