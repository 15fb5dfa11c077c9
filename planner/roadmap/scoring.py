"""Scores of the stored experiments, ranked, and kept with their inputs and the formula's version."""

import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from library.clock import stamp
from library.settings import ProgrammeSettings
from planner.prioritisation.inputs import Prices
from planner.prioritisation.ranking import rank
from planner.prioritisation.score import FORMULA_VERSION, Score, score
from planner.prioritisation.seeds import PowerOf, paired_power
from planner.roadmap.candidates import OVER, Candidate, candidates
from planner.roadmap.inputs import prices_of

Stored = Mapping[int, tuple[int, str, str, str]]
"""The newest stored score of experiments: (row, formula version, inputs, outputs)."""


@dataclass(frozen=True, slots=True)
class Scored:
    """An experiment with its score. `rank` counts from 1, by EVSI first, then by bits; None: it needs input.

    `rice_rank`, `wsjf_rank`: its ranks by those scores. `rice_apart`: how many places RICE puts it higher than EVSI
    (negative: lower) among those that both can rank.
    """

    candidate: Candidate
    score: Score
    rank: int | None
    rice_rank: int | None
    wsjf_rank: int | None
    rice_apart: int | None


def score_all(db: sqlite3.Connection, settings: ProgrammeSettings) -> tuple[Scored, ...]:
    """Every experiment that is not over, best first; those that need input come last and have no rank."""
    return ranked([each for each in candidates(db) if each.state not in OVER], prices_of(settings), stored_scores(db))


def ranked(among: Collection[Candidate], prices: Prices, stored: Stored) -> tuple[Scored, ...]:
    """The candidates with their scores, best first. Reads nothing: a dashboard may call it on any thread."""
    # Of equals the lower number comes first, also beyond nine.
    by_name = {f"{each.number:012}": each for each in among}
    scores = {name: score_of(each, prices, stored) for name, each in by_name.items()}
    ranking = rank(scores)
    evsi, rice, wsjf = (ranking.ranks[method] for method in ("evsi", "rice", "wsjf"))
    apart = dict(ranking.apart("rice"))
    return tuple(
        Scored(
            candidate=by_name[name],
            score=scores[name],
            rank=None if scores[name].basis == "needs input" else place,
            rice_rank=rice[name],
            wsjf_rank=wsjf[name],
            rice_apart=None if evsi[name] is None or rice[name] is None else apart.get(name, 0),
        )
        for place, name in enumerate(ranking.order, 1)
    )


def score_of(one: Candidate, prices: Prices, stored: Stored) -> Score:
    """The score of a candidate: as it is stored where it was reckoned from the same inputs, else reckoned anew."""
    kept = stored.get(one.number)
    if kept is not None and kept[1:3] == (FORMULA_VERSION, inputs_text(one, prices)):
        plain = json.loads(kept[2])
        return Score.from_json({**json.loads(kept[3]), "inputs": plain["inputs"], "prices": plain["prices"]})
    return score(one.inputs, prices, power_of=power_of(one))


def power_of(one: Candidate) -> PowerOf:
    """The power of the test that will decide."""
    return paired_power if one.paired else unpaired_power


def unpaired_power(seeds: int, delta: float, sd: float, alpha: float) -> float:
    """Power of Welch's two-sided test with so many runs in each arm; `sd` is that of one run."""
    from planner.statistics.power import power

    return power(seeds, delta, sd, alpha, pairing="none")


def stored_scores(db: sqlite3.Connection) -> dict[int, tuple[int, str, str, str]]:
    """The newest stored score of every experiment."""
    rows = db.execute("SELECT * FROM score WHERE id IN (SELECT max(id) FROM score GROUP BY experiment_id)")
    return {row["experiment_id"]: (row["id"], row["formula"], row["inputs"], row["outputs"]) for row in rows}


def stored_inputs(db: sqlite3.Connection, rows: Iterable[int]) -> dict[int, str]:
    """The inputs of stored scores, by row, as `inputs_text` writes them."""
    found = db.execute(
        "SELECT id, inputs FROM score WHERE id IN (SELECT value FROM json_each(?))", (json.dumps([*rows]),)
    )
    return {row["id"]: row["inputs"] for row in found}


def save_scores(db: sqlite3.Connection, scored: Iterable[tuple[Candidate, Score]]) -> dict[int, int]:
    """Store each score that differs from the newest stored one; returns the row that holds each, by experiment."""
    newest = stored_scores(db)
    found: dict[int, int] = {}
    for one, its_score in scored:
        texts = (its_score.version, inputs_text(one, its_score.prices), _outputs_text(its_score))
        kept = newest.get(one.number)
        if kept is not None and kept[1:] == texts:
            found[one.number] = kept[0]
            continue
        cursor = db.execute(
            "INSERT INTO score (experiment_id, formula, inputs, outputs, at) VALUES (?, ?, ?, ?, ?)",
            (one.number, *texts, stamp()),
        )
        found[one.number] = int(cursor.lastrowid or 0)
    return found


def inputs_text(one: Candidate, prices: Prices) -> str:
    """Everything that the score depends on, as canonical JSON."""
    plain = {"inputs": one.inputs.to_json(), "prices": prices.to_json(), "paired": one.paired}
    return json.dumps(plain, sort_keys=True, ensure_ascii=False)


def _outputs_text(its_score: Score) -> str:
    """What was reckoned, without the inputs, as canonical JSON."""
    plain = {name: value for name, value in its_score.to_json().items() if name not in ("inputs", "prices")}
    return json.dumps(plain, sort_keys=True, ensure_ascii=False)
