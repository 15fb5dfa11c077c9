"""A decision, a request or an incident in full, as literal content: the detail pane's text."""

from collections.abc import Sequence
from datetime import date

from textual.content import Content

from planner.decisions.authority import MEANING
from planner.decisions.kind import MEMO
from planner.decisions.model import Approval, IncidentRow, MemoDetail
from tui.dates import long_day, shown_day
from tui.safe import line, literal
from tui.widgets.decision_row import SIGNS
from tui.widgets.markdown_text import Block, markdown_lines
from tui.widgets.text_parts import hung, joined, labelled

LABEL = 12  # cells
_TONES = {"good": "$success", "warn": "$warning", "bad": "$error", "quiet": "$quiet"}
Parts = Sequence[Sequence[Block]]


def memo_content(found: MemoDetail, parts: Parts, today: date, *, width: int) -> Content:
    """Where a memo stands and what stands against it, then its text as it was proposed, or would be."""
    row = found.row
    lines = hung("", joined((_state(row.state), Content.styled(MEMO.label(row.id), "$quiet"), row.kind)), width)
    if row.approval is not None and row.state == "proposed":
        lines += labelled("waits for", line(row.approval.authority), width, room=LABEL)
    lines += _decided(found.approvals, today, width)
    if found.opposition is not None and row.state in ("draft", "proposed", "rejected"):
        reason = "" if found.values["justification"] else "; it needs a written reason"
        lines += hung(_mark("▲ "), f"it {line(found.opposition.why)}{reason}", width)
    if row.state == "proposed" and found.moved:
        lines += hung(_mark("▲ "), f"{len(found.moved)} facts read otherwise since it was proposed:", width)
        lines += [text for each in found.moved for text in hung("  · ", line(each), width)]
    if not all(version.intact for version in found.versions):
        lines += hung(_mark("✗ "), "a proposed version no longer has the text that was proposed", width)
    if row.superseded_by is not None:
        lines += hung("", f"D-{row.superseded_by} took its place", width)
    frozen = f"version {row.version}, as it was proposed" if found.frozen else "drafted from the record as it stands"
    return Content("\n").join([*lines, Content.styled(frozen, "$quiet"), Content(""), *markdown_lines(parts, width)])


def approval_content(found: Approval, today: date, *, width: int) -> Content:
    """What is asked, of whom, and by whom."""
    lines = hung("", joined((_state(found.state), Content.styled(f"A-{found.id}", "$quiet"), found.what)), width)
    lines += [Content(""), *literal(line(found.subject), "bold").wrap(width), Content("")]
    lines += labelled("what", MEANING[found.what], width, room=LABEL)
    lines += labelled("waits for", line(found.authority), width, room=LABEL)
    asked = f"{line(found.requested_by)}, {long_day(found.requested_at, today)}"
    lines += labelled("asked by", asked, width, room=LABEL)
    numbers = (("H", found.hypothesis_id), ("E", found.experiment_id), ("DS", found.dataset_id))
    about = " ".join(f"{prefix}-{number}" for prefix, number in numbers if number is not None)
    for label, text in (("about", about), ("stage", found.stage or ""), ("until", found.until or "")):
        lines += labelled(label, line(text), width, room=LABEL) if text else []
    return Content("\n").join([*lines, Content(""), Content.styled("Nobody approves their own.", "$quiet")])


def incident_content(row: IncidentRow, parts: Parts, *, width: int) -> Content:
    """What closing it still needs, then the postmortem."""
    lines = hung("", joined((_state(row.state), Content.styled(f"I-{row.id}", "$quiet"), "incident")), width)
    if row.missing:
        lines += hung(_mark("▲ "), f"before it is closed, {' and '.join(row.missing)} have to be written", width)
    return Content("\n").join([*lines, Content(""), *markdown_lines(parts, width)])


def _decided(approvals: Sequence[Approval], today: date, width: int) -> list[Content]:
    lines: list[Content] = []
    for each in approvals:
        if each.decided_by and each.state in ("approved", "refused"):
            said = f"{line(each.decided_by)}, {shown_day((each.decided_at or '')[:10], today)}"
            text = f"{said}: {line(each.reason)}" if each.reason else said
            lines += labelled(f"{each.state} by", text, width, room=LABEL)
    return lines


def _state(state: str) -> Content:
    sign, tone = SIGNS[state]
    return Content.styled(f"{sign} {state}", _TONES[tone])


def _mark(text: str) -> Content:
    return Content.styled(text, "$warning")
