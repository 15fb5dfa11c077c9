"""A small programme written straight into the tables, so that a memo's figures are known beforehand."""

import json
import sqlite3
from typing import Any

from library.clock import stamped
from planner.workspace import Workspace

AT = "2026-11-20T09:00:00Z"
QUOTE = "We find that late interaction with 128 | 64 dimensions improves nDCG@10 by 2.3 points on *all* of BEIR."
AGAINST = "Distillation to one vector loses 0.4 points <b>only</b>, at 1/40 of the index size."


def insert(db: sqlite3.Connection, table: str, **values: Any) -> int:
    names = ", ".join(f'"{name}"' for name in values)
    marks = ", ".join("?" * len(values))
    return int(db.execute(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', tuple(values.values())).lastrowid or 0)


def made(by: str = "ada") -> dict[str, str]:
    return {"created_by": by, "created_at": AT, "updated_at": AT}


def paper(db: sqlite3.Connection, key: str, title: str, abstract: str = QUOTE) -> int:
    return insert(
        db,
        "paper",
        key=key,
        kind="arxiv",
        day="2025-01-02",
        title=title,
        authors="Ada Lovelace",
        categories="cs.IR",
        source="test",
        added_at=AT,
        text_kind="abstract",
        text_hash=key,
        abstract=abstract,
    )


def quoted(db: sqlite3.Connection, hypothesis: int, paper_id: int, stance: str, quote: str, **more: Any) -> int:
    return insert(
        db,
        "evidence",
        hypothesis_id=hypothesis,
        stance=stance,
        paper_id=paper_id,
        source="abstract",
        version=1,
        start=120,
        end=120 + len(quote),
        quote=quote,
        quote_hash=str(len(quote)),
        person="ada",
        at=AT,
        **more,
    )


def hypothesis(db: sqlite3.Connection, **more: Any) -> int:
    values: dict[str, Any] = {
        "statement": "Late interaction beats distillation on nDCG@10",
        "mechanism": "token matches survive",
        "metric": "nDCG@10",
        "delta": 0.5,
        "unit": "points",
        "prior": 0.4,
        "prior_reason": "two papers",
        "owner": "ada",
        "state": "testing",
    }
    return insert(db, "hypothesis", **{**values, **more}, **made())


def experiment(db: sqlite3.Connection, hypothesis_id: int | None, **more: Any) -> int:
    values: dict[str, Any] = {
        "title": "Distil late interaction",
        "question": "Does it hold at 110M parameters?",
        "state": "done",
        "arms": json.dumps([{"name": "single-vector", "role": "baseline"}, {"name": "late", "role": "treatment"}]),
        "seeds": 6,
        "gpu_hours": "20",
        "gpu_hours_per_seed": "10..15..26",
        "people_days": "4",
        "owner": "ada",
        "hypothesis_id": hypothesis_id,
    }
    return insert(db, "experiment", **{**values, **more}, **made())


def frozen(db: sqlite3.Connection, experiment_id: int, *, version: int = 1, exploratory: int = 0) -> int:
    return insert(
        db,
        "preregistration",
        experiment_id=experiment_id,
        version=version,
        hash=f"{version:064x}",
        plan="{}",
        cause="first run",
        exploratory=exploratory,
        person="ada",
        at="2026-11-02T08:00:00Z",
    )


def verdict(db: sqlite3.Connection, experiment_id: int, state: str, **more: Any) -> int:
    plan = db.execute("SELECT max(id) FROM preregistration WHERE experiment_id = ?", (experiment_id,)).fetchone()[0]
    tested = db.execute("SELECT hypothesis_id FROM experiment WHERE id = ?", (experiment_id,)).fetchone()[0]
    values: dict[str, Any] = {
        "experiment_id": experiment_id,
        "hypothesis_id": tested,
        "preregistration_id": plan or frozen(db, experiment_id),
        "state": state,
        "exploratory": 0,
        "treatment": "late",
        "baseline": "single-vector",
        "effect": 1.8125,
        "low": 0.6,
        "high": 3.025,
        "level": 0.95,
        "n": 6,
        "p": 0.0112,
        "p_adjusted": 0.0224,
        "method": "paired t-interval",
        "summary": "late − single-vector = +1.8 points [0.6, 3.0], n = 6.",
        "details": "{}",
        "results_hash": "00",
        "person": "ada",
        "at": AT,
    }
    return insert(db, "verdict", **{**values, **more})


def results(
    db: sqlite3.Connection,
    experiment_id: int,
    *,
    person: str = "ada",
    phase: str = "offline",
    seeds: int = 6,
    hours: float | None = 9.5,
    at: str = "2026-11-18T08:00:00Z",
    gain: float = 1.8125,
) -> int:
    batch = insert(db, "result_batch", experiment_id=experiment_id, source="runs.csv", person=person, at=at)
    for seed in range(1, seeds + 1):
        for arm, value in (("single-vector", 40.0 + seed), ("late", 40.0 + seed + gain)):
            for metric in ("nDCG@10", "latency"):  # a run has a row for each metric, with its hours in each
                insert(
                    db,
                    "result",
                    batch_id=batch,
                    experiment_id=experiment_id,
                    arm=arm,
                    metric=metric,
                    seed=str(seed),
                    phase=phase,
                    value=value,
                    gpu_hours=hours,
                    run=f"{phase}-{experiment_id}-{arm}-{seed}",
                )
    return batch


def dataset_row(db: sqlite3.Connection, **more: Any) -> int:
    values = {"kind": "dataset", "name": "clicks", "version": "1", "sensitivity": "personal", "licence": "own"}
    return insert(db, "dataset", **{**values, **more}, **made("ben"))


def whole(db: sqlite3.Connection) -> tuple[int, int]:
    """(hypothesis, experiment): evidence on both sides, a moved belief, a frozen plan, results, a verdict."""
    with stamped(AT):
        number = hypothesis(db)
        first, second = (
            paper(db, "2501.00001", "ColBERT & friends"),
            paper(db, "2502.00002", "One [vector] is enough", AGAINST),
        )
        quoted(db, number, first, "for", QUOTE, scale=4, directness="direct", note="their test set is ours")
        quoted(db, number, second, "against", AGAINST)
        insert(
            db,
            "belief",
            hypothesis_id=number,
            value=0.4,
            reason="two papers",
            method="prior",
            person="ada",
            at="2026-11-01T08:00:00Z",
        )
        tried = experiment(db, number)
        frozen(db, tried)
        results(db, tried)
        found = verdict(db, tried, "supported")
        insert(
            db,
            "belief",
            hypothesis_id=number,
            value=0.8421,
            reason="power 0.8, α 0.05: 0.4 → 0.84",
            method="verdict",
            verdict_id=found,
            person="ada",
            at=AT,
        )
        insert(db, "evidence", hypothesis_id=number, stance="for", verdict_id=found, person="ada", at=AT)
    return number, tried


def plant(workspace: Workspace) -> tuple[int, int]:
    return workspace.store.write(whole).result()
