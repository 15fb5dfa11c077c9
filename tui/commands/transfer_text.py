"""Transfers as lines of plain text."""

from planner.decisions.facts import figure
from planner.transfer.model import Compared, GateState, StageState, TransferDetail, TransferRow
from tui.plain import fit, hung, wrap

_BELOW = " " * 7
SIGNS = {"met": "●", "open": "○", "failed": "✗", "waived": "▲"}


def row_lines(row: TransferRow) -> list[str]:
    """ "E-12  Offline → Shadow or canary  title", and what is in the way below."""
    way = f"{row.stage.title} → {row.next.title}" if row.next else row.stage.title
    lines = hung(f"E-{row.id:<4} {way:<30} ", row.title)
    if row.blocked_by:
        lines += hung(f"{_BELOW}✗ ", f"blocked by {', '.join(row.blocked_by)}")
    if row.approval is not None:
        lines += hung(_BELOW, f"waits for {row.approval.authority} (A-{row.approval.id})")
    elif row.next is not None:
        lines += hung(f"{_BELOW}open: ", ", ".join(row.open)) if row.open else [f"{_BELOW}all gates hold"]
    if row.review_on and not row.next:
        lines.append(f"{_BELOW}review on {row.review_on}")
    return lines


def page_lines(found: TransferDetail) -> list[str]:
    """One experiment's transfer as a page."""
    row = found.row
    lines = hung(f"E-{row.id} ", row.title) + wrap(f"in {row.stage.title}; run by {', '.join(found.ran_by)}")
    if row.blocked_by:
        lines += hung("✗ ", f"The verdict is blocked by {', '.join(row.blocked_by)}: it goes no further.")
    lines += [line for each in found.affected for line in hung("▲ ", f"The verdict is {each.warning}.")]
    if row.approval is not None:
        lines += wrap(f"waits for {row.approval.authority} (A-{row.approval.id})")
    for stage in found.stages:
        lines += ["", *_stage(stage, current=stage.stage.id == row.stage.id)]
    return [*lines, "", *_results(found.results)]


def _stage(found: StageState, *, current: bool) -> list[str]:
    head = f"{'▸' if current else ' '} {found.stage.title}"
    said = f"rolled back: {found.left}" if found.left else ""
    if found.entered_at and not found.left:
        asked = f", A-{found.approval_id}" if found.approval_id is not None else ""
        said = f"entered {found.entered_at[:10]}, approved by {found.approved_by}{asked}"
    lines = hung(f"{head}  ", said) if said else [head]
    return lines + [line for gate in found.gates for line in _gate(gate)]


def _gate(found: GateState) -> list[str]:
    parts = [part for part in (found.why, *_details(found)) if part]
    who = f" ({found.person}, {found.at[:10]})" if found.person and found.at else ""
    carried = f", as before {found.carried}" if found.carried else ""
    head = f"    {SIGNS[found.state]} {found.gate.id:<15} {found.state:<7} "
    return hung(head, f"{'; '.join(parts)}{who}{carried}")


def _details(found: GateState) -> list[str]:
    """ "92 ms, at most 100 ms", "owner kim", "thresholds p95 > 120 ms"."""
    details = found.details
    unit = f" {details['unit']}" if details.get("unit") else ""
    said = []
    if "value" in details:
        said.append(f"{figure(details['value'])}{unit}, at most {figure(details['target'])}{unit}")
    labels = (("owner", "owner"), ("thresholds", "thresholds"), ("review_on", "on"), ("authority", "allowed by"))
    return said + [f"{label} {details[name]}" for name, label in labels if name in details]


def _results(results: tuple[Compared, ...]) -> list[str]:
    if not results:
        return ["  No result came in yet."]
    head = f"  {'metric':<17} {'compared':<21} {'offline':>8} {'n':>4} {'online':>8} {'n':>4} {'difference':>10}"
    return [head, *(_result(each) for each in results)]


def _result(found: Compared) -> str:
    metric = f"{found.metric} [{found.slice}]" if found.slice else found.metric
    pair = f"{found.treatment} − {found.baseline}"
    cells = (_signed(found.offline), _signed(found.online), _signed(found.difference))
    return (
        f"  {fit(metric, 17)} {fit(pair, 21)} {cells[0]:>8} {found.offline_n:>4,} {cells[1]:>8} {found.online_n:>4,} "
        f"{cells[2]:>10}"
    )


def _signed(value: float | None) -> str:
    return "—" if value is None else figure(value, signed=True)
