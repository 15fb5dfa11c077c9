"""An experiment's place on the roadmap, as literal content: one line for a leader, why it is in or out, every part."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from textual.content import Content

from planner.experiments.queries import ExperimentDetail
from planner.prioritisation.score import Score
from planner.prioritisation.sentence import amount, percent, short
from planner.roadmap.around import Around, Neighbour, at_other_budgets
from planner.roadmap.candidates import OVER
from planner.roadmap.explaining import disagreement, leader_line, parts
from planner.roadmap.model import Entry, QuarterPlan
from planner.roadmap.scoring import Scored
from planner.transfer.model import TransferDetail
from tui.safe import line, literal
from tui.widgets.experiment_signs import LOCKED_IN, STATES, STYLES, VETOED
from tui.widgets.experiment_text import (
    against_lines,
    claim_lines,
    head_lines,
    plan_lines,
    result_lines,
    transfer_lines,
)
from tui.widgets.roadmap_row import RoadmapRow, sign
from tui.widgets.text_parts import headed, hung, joined

LONGEST_NAME: Final = 46  # cells of the name of a part
SET_IN_COLUMNS: Final = 56  # cells, from which on names and values of the parts stand in columns


@dataclass(frozen=True, slots=True)
class Standing:
    """All that is shown of one experiment. `row`: its line in the quarter; None where the list does not hold it."""

    found: ExperimentDetail
    around: Around
    score: Score
    transfer: TransferDetail | None
    row: RoadmapRow | None
    quarter: str

    @property
    def scored(self) -> Scored:
        """With ranks, where the ranking is reckoned already."""
        if self.row is not None and self.row.scored is not None:
            return self.row.scored
        return Scored(self.around.candidate, self.score, None, None, None, None)


def place_content(one: Standing, today: date, *, width: int) -> Content:
    """The roadmap's view: its worth and its place in the plan first."""
    results, parts_ = result_lines(one.found, today, width), _parts(one, width)
    return _set(
        [
            *head_lines(one.found, width),
            *_leader(one, width),
            *_place(one, width),
            *_order(one, width),
            *against_lines(one.found, width),
            *((*results, *parts_) if one.found.results else (*parts_, *results)),
            *claim_lines(one.found, width),
            *plan_lines(one.found, one.score.power, today, width),
            *transfer_lines(one.transfer, width),
        ]
    )


def experiment_content(one: Standing, today: date, *, width: int) -> Content:
    """The experiment's view: what it tests and what it brought first."""
    return _set(
        [
            *head_lines(one.found, width),
            *claim_lines(one.found, width),
            *against_lines(one.found, width),
            *result_lines(one.found, today, width),
            *transfer_lines(one.transfer, width),
            *plan_lines(one.found, one.score.power, today, width),
            *_order(one, width),
            *_place(one, width),
            *_leader(one, width),
            *_parts(one, width),
        ]
    )


def _set(lines: Sequence[Content]) -> Content:
    return Content("\n").join(lines)


def _leader(one: Standing, width: int) -> list[Content]:
    """The line to read out, and its four numbers."""
    if one.found.row.state in OVER:
        return []
    score = one.score
    lines = [Content(""), *hung("", literal(leader_line(one.scored)), width)]
    if score.basis != "needs input":
        lines += hung(
            "",
            joined(
                (
                    "p " + ("?" if score.prior is None else f"{score.prior:.2f}".removeprefix("0")),
                    f"changes the decision in {percent(score.chance)}" if score.chance is not None else "",
                    f"EVSI {short(score.evsi)}" if score.evsi is not None else f"{short(score.bits)} bits",
                    f"{amount(score.gpu_hours)} GPU-h",
                    "" if score.people_days is None else f"{amount(score.people_days)} people-days",
                )
            ).stylize("$quiet"),
            width,
        )
    if said := disagreement(one.scored):
        lines += hung(Content.styled("↕ ", "$accent"), Content.styled(said, "$quiet"), width)
    return lines


def _place(one: Standing, width: int) -> list[Content]:
    """In, out or neither; why; what another budget would do."""
    row = one.row
    if row is None:
        return []
    plan, entry = row.plan, row.entry
    lines: list[Content] = []
    if plan is None:
        lines += hung("", Content.styled(f"{one.quarter} has no plan yet: P plans it.", "$quiet"), width)
    elif entry is None:
        lines += hung("", f"The plan of {plan.quarter} does not know it yet: P plans again.", width)
    else:
        shown, tone = sign(row)
        lines += hung(Content.styled(f"{shown:<6}", STYLES[tone]), literal(line(entry.why)), width)
        lines += _stays(plan, entry, width)
        if plan.state == "closed":
            lines += _closed(entry, width)
        else:
            lines += _budgets(plan, entry, width)
    if row.changed:
        told = "Its inputs have changed since it was planned: P plans again."
        lines += hung(Content.styled("◌ ", "$quiet"), told, width)
    if row.lock is not None:
        shown, tone = LOCKED_IN if row.lock.lock == "in" else VETOED
        what = "locked in" if row.lock.lock == "in" else "vetoed"
        told = f"{what} by {line(row.lock.person)}: {line(row.lock.reason)}"
        lines += hung(Content.styled(f"{shown} ", STYLES[tone]), told, width)
    if one.around.weeks:
        lines += hung("", Content.styled(f"picked for {', '.join(one.around.weeks[-3:])}", "$quiet"), width)
    heading = f"In {plan.quarter}" if plan is not None else one.quarter
    return headed(heading, lines)


def _stays(plan: QuarterPlan, entry: Entry, width: int) -> list[Content]:
    drawn = plan.details.get("robustness")
    if entry.stays is None or not drawn:
        return []
    verb = "stays" if entry.chosen else "comes"
    told = f"{verb} in in {percent(entry.stays)} of {drawn['draws']} plans whose inputs are drawn from their ranges"
    return hung(" " * 6, Content.styled(told, "$quiet"), width)


def _budgets(plan: QuarterPlan, entry: Entry, width: int) -> list[Content]:
    """ "−20 % of the budget (336 GPU-h): falls out"."""
    lines: list[Content] = []
    for other in at_other_budgets(plan, entry):
        percents = f"{100 * (other.factor - 1):+.0f}".replace("-", "−")
        style = (
            "$warning"
            if other.effect in ("falls out", "no plan")
            else "$accent"
            if other.effect == "comes in"
            else "$quiet"
        )
        text = Content.assemble(
            (f"{percents} % of the budget ({amount(other.gpu_hours)} GPU-h): ", "$quiet"), (other.effect, style)
        )
        lines += hung(" " * 6, text, width)
    return lines


def _closed(entry: Entry, width: int) -> list[Content]:
    outcome = entry.outcome or {}
    verdict = outcome.get("verdict") or {}
    told = joined(
        (
            f"review: {entry.review}" if entry.review else "",
            f"{verdict['id']} {line(verdict['headline'])}" if verdict else "no verdict",
            f"{_hours(outcome.get('gpu_hours_spent'))} of {_hours(outcome.get('gpu_hours_planned'))} GPU-h",
        )
    )
    return hung(" " * 6, told, width)


def _hours(hours: float | None) -> str:
    return "?" if hours is None else amount(hours)


def _order(one: Standing, width: int) -> list[Content]:
    """What comes first, and what waits for it."""
    lines = [text for each in one.around.needs for text in _neighbour("←", each, width)]
    lines += [text for each in one.around.needed_by for text in _neighbour("→", each, width)]
    return headed("Before (←) and after (→) it", lines)


def _neighbour(arrow: str, each: Neighbour, width: int) -> list[Content]:
    head = Content.assemble((f"{arrow} ", "$accent"), (f"{each.id:<6}", "$quiet"))
    if each.state is None:
        return hung(head, Content.styled("is not there any more", "$error"), width)
    shown, tone = STATES[each.state]
    state = Content.styled(f"  {shown} {each.state}", STYLES[tone])
    return hung(head, Content.assemble(literal(line(each.title or "")), state), width)


def _parts(one: Standing, width: int) -> list[Content]:
    """Name and value of all that the score was reckoned from and came to."""
    if one.found.row.state in OVER:
        return []
    room = min(LONGEST_NAME, max(16, width - 18))
    lines: list[Content] = []
    for name, value in parts(one.scored):
        if len(name) > room - 2 or width < SET_IN_COLUMNS:
            lines += hung("", Content.assemble((f"{name}  ", "$quiet"), value), width)
        else:
            lines += hung(Content.styled(f"{name:<{room}}", "$quiet"), value, width)
    return headed("Every part of its score", lines)
