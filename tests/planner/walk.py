"""Random walks over the whole programme: what people might do to it, one thing after another, knowing little."""

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any, Final

from library.db.journal import entries, undo
from library.errors import LabtopError
from library.papers.ingest import add_drafts
from library.papers.model import PaperDraft
from library.quarter import Quarter
from library.settings import ProgrammeSettings
from planner.decisions import approvals, incidents
from planner.decisions import commands as decisions
from planner.experiments import commands as experiments
from planner.experiments.importing import import_results
from planner.experiments.model import STATES
from planner.experiments.reading import ResultsFile
from planner.experiments.storing import Draft
from planner.experiments.verdicts import judge
from planner.hypotheses import commands as hypotheses
from planner.hypotheses import evidence
from planner.hypotheses.promotion import ask_promotion
from planner.hypotheses.states import STATES as HYPOTHESIS_STATES
from planner.obstacles import commands as obstacles
from planner.prioritisation.portfolio import Budget
from planner.register import commands as register
from planner.roadmap import adoption, closing, locks
from planner.roadmap.planning import compute
from planner.roadmap.snapshot import snapshot
from planner.roadmap.storing import store_plan
from planner.roadmap.week_picking import pick, week_snapshot
from planner.roadmap.weeks import store_week
from planner.transfer import commands as transfer
from planner.workspace import TABLES

PEOPLE: Final = ("ada", "kim", "lee")
SETTINGS = ProgrammeSettings(quarter_gpu_hours=100.0)
TODAY = date(2027, 2, 3)
Q1 = Quarter(2027, 1)
GATES = ("reproduced", "responsible-ai", "privacy", "latency", "cost", "rollback-plan", "monitor", "online-result")
PAPER = PaperDraft(
    key="2501.00001",
    kind="arxiv",
    source="test",
    title="Late interaction pays",
    abstract="Late interaction wins on long documents. It costs more memory. Nothing is free.",
    version=1,
)
# Scores are kept whatever is undone, and hold up nothing; the journal is what undo reads.
_COMPARED: Final = tuple(table for table in TABLES)


@dataclass(slots=True)
class Walker:
    """One who walks: `db` within a transaction, `chance` decides."""

    db: sqlite3.Connection
    chance: Random
    person: str = "ada"

    def one(self, table: str) -> int:
        """The number of some row; now and then one that is not there."""
        rows = self.db.execute(f"SELECT id FROM {table} ORDER BY id").fetchall()
        return 99 if not rows or self.chance.random() < 0.03 else int(self.chance.choice(rows)["id"])

    def pick(self, *of: Any) -> Any:
        return self.chance.choice(of)

    def step(self, action: str) -> str:
        """Do it; what was said, or why it was refused. Anything but a LabtopError is a fault."""
        self.person = self.chance.choice(PEOPLE)
        try:
            with whole(self.db):
                found = ACTIONS[action](self)
        except LabtopError as error:
            return f"✗ {error.message}"
        return str(getattr(found[-1] if isinstance(found, tuple) else found, "summary", found))


def _hypothesis(walk: Walker) -> Any:
    fields = {"metric": "nDCG", "delta": 1, "prior": walk.pick(None, 0.3, 0.6), "payoff": walk.pick(None, 10)}
    more = {"loss": walk.pick(None, 5), "owner": walk.pick(None, *PEOPLE)}
    return hypotheses.add(walk.db, walk.person, {"statement": f"Claim {walk.pick(1, 2, 3)}", **fields, **more})


def _experiment(walk: Walker) -> Any:
    first = walk.db.execute("SELECT min(id) FROM hypothesis").fetchone()[0]
    raw = {
        "title": "A test",
        "hypothesis_id": walk.pick(None, first, first),
        "arms": "base|baseline\nnew|treatment",
        "seeds": 4,
        "sigma": 1,
        "metric": "nDCG",
        "delta": 1,
        "gpu_hours": walk.pick(None, 20, 60),
        "people_days": 2,
        "days": 5,
        "kind": walk.pick("exploration", "transfer-ready"),
        "prerequisites": walk.pick(None, None, walk.one("experiment")),
        "owner": walk.pick(None, *PEOPLE),
        "datasets": walk.pick(None, walk.one("dataset")),
    }
    return experiments.add(walk.db, walk.person, raw)


def _revise_experiment(walk: Walker) -> Any:
    changes: tuple[Mapping[str, Any], ...] = (
        {"delta": walk.pick(0.5, 2)},
        {"title": "Another test"},
        {"prerequisites": walk.one("experiment")},
        {"owner": walk.pick(*PEOPLE)},
        {"hypothesis_id": walk.one("hypothesis")},
        {"kind": walk.pick("exploration", "transfer-ready")},
        {"arms": "base|baseline\nold|treatment"},
    )
    return experiments.revise(walk.db, walk.person, walk.one("experiment"), walk.chance.choice(changes))


def _results(walk: Walker) -> Any:
    gain, phase = walk.pick(-3.0, 0.0, 0.4, 3.0), walk.pick("offline", "offline", "online")
    file = ResultsFile(f"runs-{walk.chance.random():.3f}.csv")
    for seed in range(walk.pick(1, 4, 5)):
        for arm, value in (("base", 40.0 + seed), ("new", 40.0 + seed + gain + 0.1 * (seed % 2))):
            hours = walk.pick(None, 2.5)
            run = walk.pick(None, f"{arm}-{seed}")
            draft = Draft(arm, "nDCG", str(seed), value, phase=phase, gpu_hours=hours, run=run)
            file.drafts[draft.key] = draft
    return import_results(walk.db, walk.person, walk.one("experiment"), file, replacing=walk.pick(True, False))


def _plan(walk: Walker) -> Any:
    budget = Budget(walk.pick(0.0, 50.0, 150.0), walk.pick(None, 6.0), walk.pick(0.0, 0.5, 1.0))
    quarter = walk.pick(Q1, Q1.shifted(1))
    return store_plan(walk.db, walk.person, compute(snapshot(walk.db, SETTINGS, quarter), budget))


def _close(walk: Walker) -> Any:
    answers = {each.experiment: walk.pick("carry", "drop", "re-score") for each in closing.unfinished(walk.db, Q1)}
    return closing.close(walk.db, walk.person, SETTINGS, Q1, answers, "learned")


def _lock(walk: Walker) -> Any:
    quarter, number = walk.pick(Q1, Q1.shifted(1)), walk.one("experiment")
    if walk.chance.random() < 0.3:
        return locks.unlock(walk.db, walk.person, [number], quarter)
    return locks.set_lock(walk.db, walk.person, [number], quarter, walk.pick("in", "out"), "said so")


def _week(walk: Walker) -> Any:
    now = week_snapshot(walk.db, SETTINGS, walk.pick("2027-W05", "2027-W06"))
    return store_week(walk.db, walk.person, pick(now, walk.pick(None, 30.0)))


def _gate(walk: Walker) -> Any:
    gate, state = walk.pick(*GATES), walk.pick("met", "met", "met", "open", "failed", "waived")
    details = {"owner": "kim", "thresholds": "x"} if gate == "monitor" else {}
    authority = "research lead" if state == "waived" else None
    return transfer.set_gate(
        walk.db,
        walk.person,
        SETTINGS,
        walk.one("experiment"),
        walk.pick("shadow", "ab"),
        gate,
        state,
        note=walk.pick(None, "seen"),
        authority=authority,
        details=details,
    )


def _approval(walk: Walker) -> Any:
    about = walk.pick({}, {"experiment_id": walk.one("experiment")}, {"dataset_id": walk.one("dataset")})
    what = walk.pick("data", "budget", "publication")
    if any(number == 99 for number in about.values()):
        return "nothing of that name"
    return approvals.ask(walk.db, walk.person, SETTINGS, what, "please", **about)


def _memo_edit(walk: Walker) -> Any:
    changes: tuple[Mapping[str, Any], ...] = (
        {"justification": walk.pick("a bet", "")},
        {"options": walk.pick("wait", "")},
        {"kind": walk.pick("proceed", "stop", "pivot")},
        {"deciders": walk.pick("", "kim", "kim, lee")},
        {"supersedes": walk.one("decision_memo")},
        {"hypothesis_id": walk.one("hypothesis")},
    )
    return decisions.revise(walk.db, walk.person, walk.one("decision_memo"), walk.chance.choice(changes))


def _incident(walk: Walker) -> Any:
    verdict = walk.db.execute("SELECT max(id) FROM verdict").fetchone()[0]
    raw = {"title": "A leak", "happened_on": "2027-01-05", "verdicts": walk.pick(None, verdict)}
    return incidents.add(walk.db, walk.person, {**raw, "experiments": walk.pick(None, walk.one("experiment"))})


def _undo(walk: Walker) -> Any:
    return undo(walk.db, walk.person)


def _undo_number(walk: Walker) -> Any:
    rows = entries(walk.db, person=walk.person, limit=6)
    return undo(walk.db, walk.person, walk.chance.choice(rows).id if rows else 1)


def _evidence(walk: Walker) -> Any:
    marks = {"stance": walk.pick("for", "against", "context"), "scale": walk.pick(None, 3, -2)}
    number, quote = walk.one("hypothesis"), walk.pick("costs more memory", "Nothing is free", "not there")
    return evidence.add_evidence(walk.db, walk.person, number, 1, marks, quote=quote)


_M = "decision_memo"
ACTIONS: Final[dict[str, Callable[[Walker], Any]]] = {
    "hypothesis": _hypothesis,
    "hypothesis.edit": lambda w: hypotheses.edit(
        w.db,
        w.person,
        w.one("hypothesis"),
        w.pick({"prior": 0.2}, {"prior": ""}, {"owner": "kim"}, {"statement": "Other"}, {"delta": ""}),
    ),
    "hypothesis.move": lambda w: hypotheses.move(
        w.db, w.person, w.one("hypothesis"), w.pick(*HYPOTHESIS_STATES), w.pick(None, "so")
    ),
    "hypothesis.activate": lambda w: hypotheses.move(w.db, w.person, w.one("hypothesis"), "active", "so"),
    "hypothesis.ask": lambda w: ask_promotion(w.db, w.person, SETTINGS, w.one("hypothesis")),
    "hypothesis.believe": lambda w: hypotheses.believe(w.db, w.person, w.one("hypothesis"), 0.7, "read more"),
    "evidence": _evidence,
    "evidence.run": lambda w: evidence.add_run(w.db, w.person, w.one("hypothesis"), "run-1", {"stance": "for"}),
    "evidence.verdict": lambda w: evidence.add_verdict(w.db, w.person, w.one("hypothesis"), w.one("verdict"), {}),
    "evidence.set": lambda w: evidence.set_evidence(w.db, w.person, w.one("evidence"), {"stance": "against"}),
    "evidence.remove": lambda w: evidence.remove_evidence(w.db, w.person, w.one("evidence")),
    "dataset": lambda w: register.add(w.db, w.person, {"name": f"data {w.pick(1, 2, 3)}", "licence": "MIT"}),
    "dataset.edit": lambda w: register.revise(w.db, w.person, w.one("dataset"), {"licence": w.pick("MIT", "BSD")}),
    "dataset.approve": lambda w: register.approve(w.db, w.person, w.one("dataset"), today=TODAY),
    "experiment": _experiment,
    "experiment.edit": _revise_experiment,
    "experiment.move": lambda w: experiments.move(
        w.db, w.person, w.one("experiment"), w.pick(*STATES), w.pick(None, "so")
    ),
    "results": _results,
    "judge": lambda w: judge(w.db, w.person, w.one("experiment"), today=TODAY),
    "obstacle": lambda w: obstacles.add(
        w.db,
        w.person,
        {"what": "no GPU", "kind": "blocker", "on_whom": "kim", "experiment_id": w.one("experiment")},
        today=TODAY,
    ),
    "obstacle.resolve": lambda w: obstacles.resolve(w.db, w.person, w.one("obstacle"), "found one"),
    "plan": _plan,
    "adopt": lambda w: adoption.adopt(w.db, w.person, SETTINGS, w.pick(Q1, Q1, Q1.shifted(1))),
    "lock": _lock,
    "week": _week,
    "close": _close,
    "reopen": lambda w: closing.reopen(w.db, w.person, Q1, "forgot one"),
    "memo": lambda w: decisions.draft(
        w.db, w.person, w.pick("proceed", "stop"), hypothesis=w.one("hypothesis"), more={"justification": "a bet"}
    ),
    "memo.edit": _memo_edit,
    "memo.propose": lambda w: decisions.propose(w.db, w.person, SETTINGS, w.one(_M)),
    "memo.accept": lambda w: decisions.accept(w.db, w.person, w.one(_M)),
    "memo.reject": lambda w: decisions.reject(w.db, w.person, w.one(_M), "no"),
    "memo.withdraw": lambda w: decisions.withdraw(w.db, w.person, w.one(_M)),
    "approval": _approval,
    "approve": lambda w: approvals.decide_approval(w.db, w.person, w.one("approval"), "approved"),
    "refuse": lambda w: approvals.decide_approval(w.db, w.person, w.one("approval"), "refused", "no"),
    "withdraw": lambda w: approvals.withdraw(w.db, w.person, w.one("approval")),
    "gate": _gate,
    "advance": lambda w: transfer.advance(w.db, w.person, SETTINGS, w.one("experiment")),
    "rollback": lambda w: transfer.roll_back(w.db, w.person, w.one("experiment"), "slow"),
    "incident": _incident,
    "incident.close": lambda w: incidents.close(w.db, w.person, w.one("incident"), cause="x", learnings="y"),
    "undo": _undo,
    "undo number": _undo_number,
}


@contextmanager
def whole(db: sqlite3.Connection) -> Iterator[None]:
    """All of what is done inside or nothing, as in a transaction of its own."""
    db.execute("SAVEPOINT step")
    try:
        yield
    except BaseException:
        db.execute("ROLLBACK TO step")
        raise
    finally:
        db.execute("RELEASE step")


def begin(db: sqlite3.Connection) -> None:
    """A paper to quote, and a little to walk on, of nobody's making."""
    add_drafts(db, [PAPER], at="2025-02-01T00:00:00Z")


def tables(db: sqlite3.Connection) -> str:
    """Every row of the programme, and the interests that live hypotheses fill."""
    found = {}
    for table in (*_COMPARED, "interest"):
        rows = db.execute(f'SELECT * FROM "{table}"').fetchall()
        found[table] = sorted(json.dumps(tuple(row)) for row in rows)
    return json.dumps(found, indent=0)


def take_all_back(db: sqlite3.Connection) -> list[str]:
    """Undo what still stands, the newest first, each by whoever did it, until nothing moves; what remains, and why."""
    while True:
        moved, left = False, []
        for number, person, summary in standing(db):
            try:
                with whole(db):
                    undo(db, person, number)
                moved = True
            except LabtopError as error:
                left.append(f"{number} {person} {summary}: {error}")
        if not moved or not left:
            return left


def standing(db: sqlite3.Connection) -> list[tuple[int, str, str]]:
    """(entry, person, summary) of what is done at present, the newest first: an action, or the last redoing of it."""
    rows = db.execute("SELECT id, person, summary, undoes, changes FROM journal ORDER BY id").fetchall()
    undoes = {row["id"]: row["undoes"] for row in rows}
    undone = {row["undoes"] for row in rows}

    def depth(number: int) -> int:
        before = undoes[number]
        return 0 if before is None else 1 + depth(before)

    return [
        (row["id"], row["person"], row["summary"])
        for row in reversed(rows)
        if row["id"] not in undone and depth(row["id"]) % 2 == 0 and row["changes"] != "[]"
    ]
