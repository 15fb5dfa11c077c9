"""Hypotheses and evidence as lines of text, 80 columns wide."""

from collections.abc import Iterable
from datetime import date

from library.records.field import write_value
from library.text import counted, one_line
from planner.hypotheses.beliefs import shown_share
from planner.hypotheses.kind import HYPOTHESIS
from planner.hypotheses.model import (
    BeliefStep,
    Counted,
    Evidence,
    ExperimentLine,
    HypothesisDetail,
    HypothesisRow,
    VerdictLine,
)
from planner.hypotheses.scale import STANCES, shown_step
from tui.dates import long_day, shown_day
from tui.plain import hung, part

_HEADS = {"for": "For", "against": "Against", "context": "Context"}
_SHOWN_ABOVE = ("statement", "owner", "horizon", "tags")


def row_lines(row: HypothesisRow, today: date) -> list[str]:
    """One hypothesis of the list: what it says, then how it stands."""
    facts = [
        row.shown_state,
        _belief(row),
        f"{row.supporting} for, {row.opposing} against{f', {row.context} context' if row.context else ''}",
        f"◌ {row.stale} stale" if row.stale else "",
        row.disagreement or _verdict(row.verdict),
        f"next E-{row.next_experiment.id} ({row.next_experiment.state})" if row.next_experiment else "",
        _hours(row.gpu_hours, row.unknown_runs),
        row.owner or "",
        shown_day(row.updated_at[:10], today),
    ]
    label = HYPOTHESIS.label(row.id)
    return [*hung(f"{label:<6}", row.statement), *hung(" " * 6, " · ".join(fact for fact in facts if fact))]


def page_lines(detail: HypothesisDetail, today: date) -> list[str]:
    """Everything of one hypothesis."""
    row = detail.row
    facts = [row.shown_state, f"belief {_belief(row)}", row.owner or "no owner", row.horizon or "no horizon"]
    parts = [
        hung(f"{HYPOTHESIS.label(row.id):<6}", row.statement),
        hung(" " * 6, " · ".join([*facts, *(f"#{tag}" for tag in row.tags)])),
        _claims(detail, today),
        *(_side(detail, stance, today) for stance in STANCES),
        part("Belief", [line for step in detail.beliefs for line in _step(step, today)]),
        part("Experiments", [line for each in detail.experiments for line in _experiment(each)]),
        part("Verdicts", [line for each in detail.verdicts for line in _verdict_lines(each)]),
        part("What would change our mind", [line for each in detail.change_mind for line in hung("  ", each)]),
        part("Nearly the same", [line for each in detail.near for line in hung(f"  H-{each.id:<4} ", each.statement)]),
        part("Moves", _moves(detail, today)),
        part("Edits", _edits(detail, today)),
    ]
    return [line for part in parts for line in part]


def evidence_lines(piece: Evidence, today: date, *, hypothesis: bool = True) -> list[str]:
    """A piece of evidence: its number, where it is from, what it says, and what is said of it."""
    place = f" H-{piece.hypothesis_id}" if hypothesis else ""
    head = f"{piece.id:>4}{place} {piece.stance} · {one_line(piece.origin)}"
    if piece.kind == "paper":
        version = f" v{piece.version}" if piece.version else ""
        source = "summary (not the authors' words)" if piece.summary else piece.source
        head += f"{version}, {source}" + (f" · {one_line(piece.paper_title)}" if piece.paper_title else "")
    marks = [
        "" if piece.scale is None else f"{shown_step(piece.scale)} {piece.label}",
        piece.directness or "",
        piece.person,
        shown_day(piece.at[:10], today),
    ]
    lines = hung("", head, "     ")
    if piece.quote is not None:
        lines += hung("     ", f"“{one_line(piece.quote)}”")
    if piece.verdict is not None:
        lines += hung("     ", _told(piece.verdict))
    lines += hung("     ", " · ".join(mark for mark in marks if mark))
    lines += [line for note in (piece.note or "").splitlines() for line in hung("     ", f"Note: {note}", " " * 11)]
    lines += [line for why in piece.stale for line in hung("     ", f"◌ {why}", " " * 7)]
    return lines


def _claims(detail: HypothesisDetail, today: date) -> list[str]:
    lines = []
    for field in HYPOTHESIS.fields:
        value = detail.values[field.name]
        if value is not None and field.name not in _SHOWN_ABOVE:
            shown = shown_share(value) if field.type == "share" else one_line(write_value(field, value))
            lines += hung(f"  {field.label:<15} ", shown)
    if detail.missing:
        names = " and ".join(HYPOTHESIS.field(name).label.lower() for name in detail.missing)
        lines += hung("  ", f"It needs {names} before it can be tested.")
    worded = "" if detail.origin == "person" else f", worded by {detail.origin}"
    told = f"Added by {detail.created_by}{worded} on {long_day(detail.row.created_at[:10], today)}"
    if detail.statement_since != detail.row.created_at:
        told += f"; worded as it is since {long_day(detail.statement_since[:10], today)}"
    lines += hung("  ", f"{told}.")
    return ["", *lines]


def _side(detail: HypothesisDetail, stance: str, today: date) -> list[str]:
    counts = {"for": detail.balance.supporting, "against": detail.balance.opposing, "context": detail.balance.context}
    pieces = [each for each in detail.evidence if each.stance == stance]
    if not pieces and stance == "context":
        return []
    lines = [line for each in pieces for line in evidence_lines(each, today, hypothesis=False)]
    return part(f"{_HEADS[stance]}: {_counted(counts[stance])}", lines or ["  nothing is recorded"])


def _counted(count: Counted) -> str:
    if not count.total:
        return "0"
    parts = []
    if count.sentences:
        parts.append(f"{counted(count.sentences, 'sentence')} of {counted(count.papers, 'paper')}")
    parts += [counted(count.verdicts, "verdict")] if count.verdicts else []
    parts += [counted(count.runs, "run")] if count.runs else []
    told = f"{count.direct} direct, {count.indirect} indirect" if count.direct or count.indirect else ""
    return ", ".join(parts) + (f" ({told})" if told else "")


def _step(step: BeliefStep, today: date) -> Iterable[str]:
    head = f"  {shown_share(step.before)} → " if step.before is not None else "  "
    told = f"{one_line(step.reason)} ({step.method}, {step.person}, {shown_day(step.at[:10], today)})"
    return hung(f"{head}{shown_share(step.value)}  ", told)


def _experiment(line: ExperimentLine) -> list[str]:
    facts = [
        line.state,
        line.kind,
        f"from {line.start}" if line.start else "",
        _hours(line.gpu_hours, line.unknown_runs),
    ]
    return hung(f"  E-{line.id:<4} ", f"{line.title} · {' · '.join(fact for fact in facts if fact)}")


def _verdict_lines(line: VerdictLine) -> list[str]:
    marks = [f"◌ superseded by V-{line.superseded_by}"] if line.superseded_by else []
    marks += [f"◌ doubted by I-{number}" for number in line.doubted_by]
    marks += ["◌ on an earlier wording"] if line.of_earlier_wording else []
    return hung(f"  V-{line.id:<4} ", " ".join([f"{_told(line)} (E-{line.experiment_id})", *marks]))


def _told(line: VerdictLine) -> str:
    """What a verdict says, its headline first: most summaries begin with it."""
    summary = one_line(line.summary)
    if not summary.lower().startswith(line.state):
        return f"{line.headline}: {summary}"
    return f"{summary} – exploratory" if line.exploratory and "explor" not in summary.lower() else summary


def _moves(detail: HypothesisDetail, today: date) -> list[str]:
    found = []
    for move in detail.moves:
        told = f"{move.before} → {move.after}: {one_line(move.reason)} ({move.person})"
        found += hung(f"  {shown_day(move.at[:10], today):<9}", told)
    if detail.row.disagreement:
        found += hung("  ▲ ", f"{detail.row.state} {detail.row.disagreement}")
    return found


def _edits(detail: HypothesisDetail, today: date) -> list[str]:
    found = []
    for edit in detail.revisions:
        for name, before, after in edit.changes:
            field = HYPOTHESIS.field(name)
            told = [one_line(write_value(field, value)) if value is not None else "—" for value in (before, after)]
            line = f"{field.label}: {told[0]} → {told[1]} ({edit.person})"
            found += hung(f"  {shown_day(edit.at[:10], today):<9}", line)
    return found


def _verdict(line: VerdictLine | None) -> str:
    return "" if line is None else f"V-{line.id} {line.with_doubts}"


def _belief(row: HypothesisRow) -> str:
    if row.prior is None or row.prior == row.belief:
        return shown_share(row.belief)
    return f"{shown_share(row.prior)} → {shown_share(row.belief)}"


def _hours(known: float | None, unknown_runs: int) -> str:
    if known is None:
        return "? GPU-h" if unknown_runs else ""
    return f"{known:,.4g} GPU-h" + (f" and {counted(unknown_runs, 'run')} unknown" if unknown_runs else "")
