"""An experiment's way to production, as literal content: its stages, a gate in full, offline beside online."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from rich.cells import cell_len
from textual.content import Content

from library.text import counted
from planner.decisions.facts import figure
from planner.transfer.gates import stages
from planner.transfer.model import Compared, GateState, StageState, TransferDetail
from tui.dates import long_day
from tui.safe import fit, line
from tui.widgets.experiment_signs import GATES, STYLES
from tui.widgets.frame import clickable
from tui.widgets.text_parts import headed, hung, joined, labelled

_LABEL: Final = 12
_NUMBER: Final = 9  # cells of an effect
_COUNT: Final = 7
_METRIC: Final = 26


def standing_line(found: TransferDetail) -> Content:
    """The stage it is in, what is before the next, and whose yes it waits for."""
    row = found.row
    parts: list[Content | str] = [Content.assemble("in ", (line(row.stage.title), "bold"))]
    if row.blocked_by:
        parts.append(Content.styled(f"✗ blocked by {line(', '.join(row.blocked_by))}", "$error"))
    if row.approval is not None:
        parts.append(Content.styled(f"◔ A-{row.approval.id} waits for {line(row.approval.authority)}", "$accent"))
    elif row.next is not None and row.open:
        parts.append(f"{counted(len(row.open), 'gate')} open before {line(row.next.title)}")
    elif row.next is not None:
        parts.append(Content.styled(f"● all gates before {line(row.next.title)} hold", "$success"))
    if row.review_on:
        parts.append(f"review on {row.review_on}")
    return joined([*parts, *(Content.styled(f"▲ {line(each.warning)}", "$warning") for each in found.affected)])


def stages_line(found: TransferDetail, here: str) -> Content:
    """All stages in order; the one that is looked at is marked by sign and weight."""
    parts = [_stage(found, each, here=each.stage.id == here) for each in found.stages]
    return Content.styled(" → ", "$quiet").join(parts)


def _stage(found: TransferDetail, each: StageState, *, here: bool) -> Content:
    sign, style = _stage_sign(found, each)
    holding = f" {len(each.gates) - len(each.open)}/{len(each.gates)}" if each.gates else ""
    text = Content.assemble(
        ("▸" if here else " ", "$accent"), (f"{sign} ", style), (each.stage.title, "bold" if here else ""),
        (holding, "$quiet"),
    )  # fmt: skip
    return text.stylize(clickable(f"screen.to_stage('{each.stage.id}')"))


def _stage_sign(found: TransferDetail, each: StageState) -> tuple[str, str]:
    row = found.row
    if each.left is not None:
        return "✗", "$error"
    if each.entered_at or each.stage.id == stages()[0].id:
        return "●", "$success"
    return ("◔", "$accent") if row.next is not None and each.stage.id == row.next.id else ("○", "$quiet")


def stage_line(each: StageState, today: date) -> Content:
    """When it was entered and after whose yes, or why it was left."""
    if each.left is not None:
        return Content.assemble(("✗ rolled back: ", "$error"), line(each.left))
    if each.entered_at:
        number = f" (A-{each.approval_id})" if each.approval_id is not None else ""
        day = long_day(each.entered_at[:10], today)
        return Content.assemble(f"entered {day}, approved by {line(each.approved_by or '?')}", (number, "$quiet"))
    if each.stage.id == stages()[0].id:
        return Content.styled("Everything begins here: there is no gate before it.", "$quiet")
    return Content("")


def gate_lines(gate: GateState, today: date, width: int) -> list[Content]:
    """A gate in full: what it asks, how it stands, on what that rests, who said so and when."""
    sign, tone = GATES[gate.state]
    lines = hung("", Content.styled(line(gate.gate.question), "$quiet"), width)
    lines += hung(Content.styled(f"{sign} {gate.state}  ", STYLES[tone]), line(gate.why) or "—", width)
    for label, text in gate_details(gate):
        lines += labelled(label, text, width, room=_LABEL)
    if gate.person and gate.at:
        carried = f"; carried over from {line(gate.carried)}" if gate.carried else ""
        lines += labelled(
            "said by", f"{line(gate.person)}, {long_day(gate.at[:10], today)}{carried}", width, room=_LABEL
        )
    return lines


def gate_details(gate: GateState) -> list[tuple[str, str]]:
    """What was said beside the note: ("measured", "92 ms, at most 100 ms"), ("owner", "kim")."""
    details = gate.details
    unit = f" {line(str(details['unit']))}" if details.get("unit") else ""
    found = []
    if "value" in details:
        found.append(("measured", f"{figure(details['value'])}{unit}, at most {figure(details['target'])}{unit}"))
    labels = (("owner", "owner"), ("thresholds", "thresholds"), ("review_on", "review on"), ("authority", "allowed by"))
    return found + [(label, line(str(details[name]))) for name, label in labels if name in details]


def compared_lines(results: Sequence[Compared], width: int) -> list[Content]:
    """Offline and online side by side: effects of treatment − baseline, and how many seeds or units they rest on."""
    title = Content.assemble(("Offline and online", "bold"), ("   treatment − baseline", "$quiet"))
    if not results:
        return headed(title, [Content.styled("No result came in yet: R on the Roadmap brings them in.", "$quiet")])
    numbers = 3 * (_NUMBER + 1) + 2 * _COUNT
    names = [_metric(each) for each in results]
    several = len({(each.treatment, each.baseline) for each in results}) > 1
    pairs = [f"{line(each.treatment)} − {line(each.baseline)}" if several else "" for each in results]
    room = max(8, width - numbers)
    first = min(_METRIC if several else room, room, max(cell_len(name) for name in (*names, "metric")))
    second = min(max(0, room - first - 2), max(cell_len(pair) for pair in pairs))
    head = _cells("metric", "compared" if several else "", first, second)
    for text, cells in (("offline", _NUMBER), ("n", _COUNT), ("online", _NUMBER), ("n", _COUNT), ("Δ", _NUMBER)):
        head += f"{fit(text, cells, 'right')}{' ' if cells == _NUMBER else ''}"
    lines = [Content.styled(head, "$quiet")]
    for each, name, pair in zip(results, names, pairs, strict=True):
        lines.append(
            Content.assemble(
                (_cells(name, pair, first, second), "bold" if each.primary else ""),
                *_effect(each.offline, each.offline_n),
                *_effect(each.online, each.online_n),
                (fit(_signed(each.difference), _NUMBER, "right"), "" if each.difference is not None else "$quiet"),
            )
        )
    if any(each.difference is not None for each in results):
        lines += hung("", Content.styled("Δ is online − offline; n counts seeds, online units.", "$quiet"), width)
    return headed(title, lines)


def _metric(each: Compared) -> str:
    return f"{line(each.metric)} [{line(each.slice)}]" if each.slice else line(each.metric)


def _cells(name: str, pair: str, first: int, second: int) -> str:
    return f"{fit(name, first)}{f'  {fit(pair, second)}' if second else ''}"


def _effect(value: float | None, count: int) -> tuple[tuple[str, str], tuple[str, str]]:
    style = "" if value is not None else "$quiet"
    number = f"{count:,}" if value is not None else ""
    return (f"{fit(_signed(value), _NUMBER, 'right')} ", style), (fit(number, _COUNT, "right"), "$quiet")


def _signed(value: float | None) -> str:
    return "—" if value is None else figure(value, signed=True)
