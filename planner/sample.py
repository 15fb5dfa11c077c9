"""The sample workspace with its research programme: made up by us, decided by labtop's own rules.

`data/sample/programme.toml` holds what the made-up people wrote. Everything that follows from it (frozen plans,
verdicts, beliefs, scores, the quarter's plan) is reckoned when the sample is made, by the functions that a person's
command would call, so that the sample cannot claim anything that labtop would not.
"""

import hashlib
import sqlite3
import tomllib
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cache
from typing import Any

from library import demo
from library.clock import stamped
from library.db.journal import unjournalled
from library.paths import WorkspacePaths
from library.quarter import read_quarter
from library.sample import sample_directory
from library.settings import ProgrammeSettings
from planner.club.sample import FILE as CLUB
from planner.club.sample import fill_club
from planner.decisions import commands as decisions
from planner.decisions import incidents
from planner.experiments import commands as experiments
from planner.experiments.importing import import_results
from planner.experiments.model import State
from planner.experiments.reading import ResultsFile
from planner.experiments.storing import Draft
from planner.experiments.verdicts import judge
from planner.hypotheses import commands as hypotheses
from planner.hypotheses.evidence import add_evidence
from planner.obstacles import commands as obstacles
from planner.prioritisation.portfolio import Budget
from planner.register import commands as register
from planner.roadmap.adoption import adopt
from planner.roadmap.locks import set_lock
from planner.roadmap.planning import compute, resampled
from planner.roadmap.plans import needed
from planner.roadmap.snapshot import snapshot
from planner.roadmap.storing import store_plan, store_shares
from planner.roadmap.week_picking import pick, week_snapshot
from planner.roadmap.weeks import store_week
from planner.sample_reading import FILE as READING
from planner.sample_reading import fill_reading
from planner.workspace import MIGRATIONS

Record = Mapping[str, Any]
Numbers = dict[str, int]
_NOT_FIELDS = frozenset({"key", "at", "by", "state", "hypothesis", "experiment"})
# How an experiment comes to where the sample has it; results move it on from running to analysing.
_ON_THE_WAY: Mapping[str, tuple[State, ...]] = {
    "idea": (),
    "ready": ("ready",),
    "running": ("ready", "planned", "running"),
    "analysing": ("ready", "planned", "running"),
    "done": ("ready", "planned", "running"),
}


def make_demo(paths: WorkspacePaths) -> tuple[bool, int]:
    """Make the sample workspace in `paths.home`, or leave the one that is there; returns (made, papers).

    Raises UsageError where another workspace with papers in it is there already.
    """
    return demo.make_demo(paths, migrations=MIGRATIONS, fill=fill_programme, edition=edition())


@cache
def programme() -> Mapping[str, Any]:
    """What the made-up people wrote."""
    return tomllib.loads((sample_directory() / "programme.toml").read_text(encoding="utf-8"))


def edition() -> str:
    """Which edition of the programme this is: the hash of its files."""
    files = [sample_directory() / name for name in ("programme.toml", READING, CLUB)]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def fill_programme(db: sqlite3.Connection) -> None:
    """Put the programme into a workspace that has none yet, in the caller's transaction."""
    if db.execute("SELECT EXISTS (SELECT 1 FROM hypothesis) OR EXISTS (SELECT 1 FROM experiment)").fetchone()[0]:
        return  # a newer edition of the sample never rewrites what somebody tries out in it
    written = programme()
    papers = {row["key"]: row["id"] for row in db.execute("SELECT id, key FROM paper").fetchall()}
    with unjournalled():
        data = _each(written["datasets"], lambda one: _dataset(db, one))
        claims = _each(written["hypotheses"], lambda one: hypotheses.add(db, one["by"], _fields(one))[0])
        for one in written["evidence"]:
            if one["paper"] in papers:
                with stamped(one["at"]):
                    marks = {name: one[name] for name in ("stance", "scale", "directness", "note") if name in one}
                    number = claims[one["hypothesis"]]
                    add_evidence(db, one["by"], number, papers[one["paper"]], marks, quote=one["quote"])
        for one in written["hypotheses"]:
            if one["state"] != "draft":
                with stamped(one["at"]):
                    hypotheses.move(db, one["by"], claims[one["key"]], "active", "worth testing")
        plans: Numbers = {}
        for one in written["experiments"]:
            with stamped(one["at"]):
                plans[one["key"]] = _experiment(db, one, data, claims, plans)
        _results(db, written["results"], written["experiments"], plans)
        _each(written["obstacles"], lambda one: _obstacle(db, one, plans))
        _roadmap(db, written["roadmap"], plans)
        _each(written["memos"], lambda one: _memo(db, one, claims, plans))
        _each(written["incidents"], lambda one: _incident(db, one, plans))
        fill_reading(db, papers, claims)
        fill_club(db, papers)


def _each(records: Iterable[Record], make: Callable[[Record], int]) -> Numbers:
    """Make each record at its time; its number by its key, or by its place where it has none."""
    numbers: Numbers = {}
    for place, one in enumerate(records):
        with stamped(one["at"]):
            numbers[one.get("key", str(place))] = make(one)
    return numbers


def _fields(one: Record, *others: str) -> dict[str, Any]:
    return {name: value for name, value in one.items() if name not in _NOT_FIELDS and name not in others}


def _dataset(db: sqlite3.Connection, one: Record) -> int:
    number, _ = register.add(db, one["by"], _fields(one, "approved_by", "approved_until"))
    if "approved_by" in one:
        day = date.fromisoformat(one["at"][:10])
        register.approve(db, one["approved_by"], number, today=day, until=one.get("approved_until"))
    return number


def _experiment(db: sqlite3.Connection, one: Record, data: Numbers, claims: Numbers, plans: Numbers) -> int:
    raw = _fields(one)
    raw["hypothesis_id"] = claims[one["hypothesis"]] if "hypothesis" in one else None
    raw["datasets"] = [data[key] for key in one.get("datasets", ())]
    raw["prerequisites"] = [plans[key] for key in one.get("prerequisites", ())]
    number, _ = experiments.add(db, one["by"], raw)
    for state in _ON_THE_WAY[one["state"]]:
        experiments.move(db, one["by"], number, state, "as planned")
    return number


def _results(db: sqlite3.Connection, results: Iterable[Record], written: Iterable[Record], plans: Numbers) -> None:
    """Everything that came in of an experiment is one batch; where it is all there, the verdict is drawn."""
    for one in written:
        own = [result for result in results if result["experiment"] == one["key"]]
        if not own:
            continue
        with stamped(own[0]["at"]):
            number, person = plans[one["key"]], one["by"]
            file = ResultsFile("sample", rows=len(own), drafts={draft.key: draft for draft in _drafts(own)})
            import_results(db, person, number, file)
            if one["state"] in ("done", "analysing"):
                judge(db, person, number, today=date.fromisoformat(own[0]["at"][:10]))
            if one["state"] == "done":
                experiments.move(db, person, number, "done", "the verdict is in")


def _drafts(results: Iterable[Record]) -> Iterable[Draft]:
    for result in results:
        for seed, value in enumerate(result["values"], 1):
            yield Draft(
                arm=result["arm"],
                metric=result["metric"],
                seed=str(seed),
                value=value,
                slice=result.get("slice", ""),
                gpu_hours=result.get("gpu_hours"),
            )


def _obstacle(db: sqlite3.Connection, one: Record, plans: Numbers) -> int:
    raw = {**_fields(one), "experiment_id": plans[one["experiment"]]}
    return obstacles.add(db, one["by"], raw, today=date.fromisoformat(one["at"][:10]))[0]


def _roadmap(db: sqlite3.Connection, one: Record, plans: Numbers) -> None:
    settings, quarter, person = ProgrammeSettings(), read_quarter(one["quarter"]), one["by"]
    budget = Budget(one["gpu_hours"], one["people_days"], one["exploration_floor"])
    with stamped(one["at"]):
        for lock in one["locks"]:
            set_lock(db, person, [plans[lock["experiment"]]], quarter, lock["lock"], lock["reason"])
        planned = compute(snapshot(db, settings, quarter), budget)
        store_plan(db, person, planned)
        *_, shares = resampled(planned)
        number = needed(db, quarter, ("draft",)).id
        assert number is not None
        store_shares(db, person, number, shares)
        adopt(db, person, settings, quarter)
        week = pick(week_snapshot(db, settings, one["week"]), one["week_gpu_hours"], one["week_people_days"])
        store_week(db, person, week)


def _memo(db: sqlite3.Connection, one: Record, claims: Numbers, plans: Numbers) -> int:
    raw = {**_fields(one), "experiments": [plans[key] for key in one["experiments"]]}
    number, _ = decisions.add(db, one["by"], {**raw, "hypothesis_id": claims[one["hypothesis"]]})
    decisions.propose(db, one["by"], ProgrammeSettings(), number)
    return number


def _incident(db: sqlite3.Connection, one: Record, plans: Numbers) -> int:
    return incidents.add(db, one["by"], {**_fields(one), "experiments": [plans[key] for key in one["experiments"]]})[0]
