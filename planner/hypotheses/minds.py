"""What would change our mind about a hypothesis, said from its record: nothing of it is invented."""

from collections.abc import Sequence

from library.records.kind import Values
from planner.hypotheses.model import Balance, ExperimentLine, HypothesisRow


def change_mind(
    values: Values, row: HypothesisRow, balance: Balance, experiments: Sequence[ExperimentLine]
) -> tuple[str, ...]:
    """One line each: which result, which criterion comes next, and what evidence is still to be looked for."""
    return tuple(line for line in (_result(values, row), _criterion(row, experiments), _counter(row, balance)) if line)


def _result(values: Values, row: HypothesisRow) -> str:
    """The result that would turn it, from the side on which it is held now."""
    if values["metric"] is None or values["delta"] is None:
        return "no result yet: its metric or δ is not stated"
    unit = f" {values['unit']}" if values["unit"] else ""
    size = f"{values['delta']:g}{unit}"
    what = f"{values['metric']} ({'higher' if values['direction'] == 'increase' else 'lower'} is better)"
    against = f"an effect on {what} whose interval lies below {size}"
    towards = f"an effect on {what} of {size} or more whose interval lies above 0"
    return towards if _is_doubted(row) else against if _is_held(row) else f"{against}; or {towards}"


def _is_held(row: HypothesisRow) -> bool:
    if row.outcome is not None:
        return row.outcome == "supported"
    return row.belief is not None and row.belief > 0.5


def _is_doubted(row: HypothesisRow) -> bool:
    if row.outcome is not None:
        return row.outcome == "refuted"
    return row.belief is not None and row.belief < 0.5


def _criterion(row: HypothesisRow, experiments: Sequence[ExperimentLine]) -> str:
    following = row.next_experiment
    if following is None:
        done = any(each.state == "done" for each in experiments)
        return "" if done and row.outcome is not None else "no experiment is planned that could"
    said = following.success or "its success criterion is not written down"
    return f"E-{following.id} ({following.state}): {said}"


def _counter(row: HypothesisRow, balance: Balance) -> str:
    """Evidence for the other side, where there is none yet."""
    if _is_doubted(row):
        return "" if balance.supporting.total else "nothing is recorded for it: look for what supports it"
    return "" if balance.opposing.total else "nothing is recorded against it: look for what contradicts it"
