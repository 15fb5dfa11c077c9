"""Hypotheses and evidence as scripts see them: ids as texts, missing null."""

from dataclasses import asdict
from typing import Any

from planner.hypotheses.calibration import Calibration
from planner.hypotheses.kind import HYPOTHESIS
from planner.hypotheses.model import (
    Balance,
    Evidence,
    ExperimentLine,
    HypothesisDetail,
    HypothesisRow,
    Near,
    Revision,
    VerdictLine,
)

_ROW = ("statement", "state", "outcome", "prior", "belief", "gpu_hours", "unknown_runs", "owner", "horizon")
_EVIDENCE = ("kind", "stance", "scale", "directness", "note", "source", "version", "start", "end", "quote", "run")
_VERDICT = ("state", "label", "exploratory", "effect", "low", "high", "n", "summary", "person", "at", "headline")


def row_record(row: HypothesisRow) -> dict[str, Any]:
    """One line of the list."""
    return {
        "id": HYPOTHESIS.label(row.id),
        **{name: getattr(row, name) for name in _ROW},
        "shown_state": row.shown_state,
        "for": row.supporting,
        "against": row.opposing,
        "context": row.context,
        "stale": row.stale,
        "next_experiment": None if row.next_experiment is None else experiment_record(row.next_experiment),
        "verdict": None if row.verdict is None else verdict_record(row.verdict),
        "tags": list(row.tags),
        "created_at": row.created_at,
        "updated_at": row.updated_at,
    }


def hypothesis_record(detail: HypothesisDetail) -> dict[str, Any]:
    """Everything of one hypothesis."""
    fields = {name: list(value) if isinstance(value, tuple) else value for name, value in detail.values.items()}
    return {
        **row_record(detail.row),
        **fields,
        "tags": list(detail.row.tags),
        "origin": detail.origin,
        "created_by": detail.created_by,
        "missing": list(detail.missing),
        "statement_since": detail.statement_since,
        "disagreement": detail.row.disagreement or None,
        "balance": balance_record(detail.balance),
        "evidence": [evidence_record(each) for each in detail.evidence],
        "moves": [asdict(each) for each in detail.moves],
        "beliefs": [
            {**asdict(each), "verdict_id": None if each.verdict_id is None else f"V-{each.verdict_id}"}
            for each in detail.beliefs
        ],
        "experiments": [experiment_record(each) for each in detail.experiments],
        "verdicts": [verdict_record(each) for each in detail.verdicts],
        "near": [near_record(each) for each in detail.near],
        "change_mind": list(detail.change_mind),
        "revisions": [_revision(each) for each in detail.revisions],
    }


def evidence_record(piece: Evidence) -> dict[str, Any]:
    """A piece of evidence."""
    return {
        "id": str(piece.id),
        "hypothesis_id": HYPOTHESIS.label(piece.hypothesis_id),
        **{name: getattr(piece, name) for name in _EVIDENCE},
        "scale_label": piece.label,
        "paper_id": piece.paper_key,
        "paper_title": piece.paper_title or None,
        "note_id": None if piece.note_id is None else str(piece.note_id),
        "standing": piece.standing,
        "withdrawn": piece.withdrawn,
        "summary": piece.summary,
        "stale": list(piece.stale),
        "verdict": None if piece.verdict is None else verdict_record(piece.verdict),
        "person": piece.person,
        "at": piece.at,
    }


def balance_record(balance: Balance) -> dict[str, Any]:
    """Three counts, side by side."""
    return {
        "for": asdict(balance.supporting),
        "against": asdict(balance.opposing),
        "context": asdict(balance.context),
    }


def verdict_record(line: VerdictLine) -> dict[str, Any]:
    """A verdict as it is told beside a hypothesis."""
    return {
        "id": f"V-{line.id}",
        "experiment_id": f"E-{line.experiment_id}",
        **{name: getattr(line, name) for name in _VERDICT},
        "blocked_by": list(line.blocked_by),
        "suspected": list(line.suspected),
        "superseded_by": None if line.superseded_by is None else f"V-{line.superseded_by}",
        "doubted_by": [f"I-{number}" for number in line.doubted_by],
        "of_earlier_wording": line.of_earlier_wording,
    }


def experiment_record(line: ExperimentLine) -> dict[str, Any]:
    """An experiment as it is told beside a hypothesis."""
    return {**asdict(line), "id": f"E-{line.id}"}


def near_record(near: Near) -> dict[str, Any]:
    """A near-duplicate."""
    return {**asdict(near), "id": HYPOTHESIS.label(near.id)}


def calibration_record(found: Calibration) -> dict[str, Any]:
    """Priors against outcomes."""
    return {
        "n": found.n,
        "score": None if found.score is None else asdict(found.score),
        "table": [asdict(row) for row in found.table],
        "forecasts": [
            {
                "hypothesis_id": HYPOTHESIS.label(each.hypothesis_id),
                "statement": each.statement,
                "prior": each.prior,
                "came_true": each.came_true,
                "verdict_id": f"V-{each.verdict_id}",
            }
            for each in found.forecasts
        ],
        "undecided": found.undecided,
        "without_prior": found.without_prior,
    }


def _revision(edit: Revision) -> dict[str, Any]:
    changes = [{"field": name, "before": before, "after": after} for name, before, after in edit.changes]
    return {"at": edit.at, "person": edit.person, "changes": changes}
