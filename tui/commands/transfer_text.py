"""Transfers as lines of plain text."""

from planner.decisions.facts import figure
from planner.transfer.model import Compared, GateState, StageState, TransferDetail, TransferRow

SIGNS = {"met": "●", "open": "○", "failed": "✗", "waived": "▲"}


def row_lines(row: TransferRow) -> list[str]:
    """ "E-12  Offline → Shadow or canary  title", and what is in the way below."""
    way = f"{row.stage.title} → {row.next.title}" if row.next else row.stage.title
    lines = [f"E-{row.id:<4} {way:<30} {row.title}"]
    if row.blocked_by:
        lines.append(f"       ✗ blocked by {', '.join(row.blocked_by)}")
    if row.approval is not None:
        lines.append(f"       waits for {row.approval.authority} (A-{row.approval.id})")
    elif row.next is not None:
        lines.append(f"       open: {', '.join(row.open)}" if row.open else "       all gates hold")
    if row.review_on and not row.next:
        lines.append(f"       review on {row.review_on}")
    return lines


def page_lines(found: TransferDetail) -> list[str]:
    """One experiment's transfer as a page."""
    row = found.row
    lines = [f"E-{row.id} {row.title}", f"in {row.stage.title}; run by {', '.join(found.ran_by)}"]
    if row.blocked_by:
        lines.append(f"✗ The verdict is blocked by {', '.join(row.blocked_by)}: it goes no further.")
    lines += [f"▲ The verdict is {each.warning}." for each in found.affected]
    if row.approval is not None:
        lines.append(f"waits for {row.approval.authority} (A-{row.approval.id})")
    for stage in found.stages:
        lines += ["", *_stage(stage, current=stage.stage.id == row.stage.id)]
    return [*lines, "", *_results(found.results)]


def _stage(found: StageState, *, current: bool) -> list[str]:
    head = f"{'▸' if current else ' '} {found.stage.title}"
    if found.left:
        head += f"  rolled back: {found.left}"
    elif found.entered_at:
        asked = f", A-{found.approval_id}" if found.approval_id is not None else ""
        head += f"  entered {found.entered_at[:10]}, approved by {found.approved_by}{asked}"
    return [head, *(_gate(gate) for gate in found.gates)]


def _gate(found: GateState) -> str:
    parts = [part for part in (found.why, *_details(found)) if part]
    who = f" ({found.person}, {found.at[:10]})" if found.person and found.at else ""
    carried = f", as before {found.carried}" if found.carried else ""
    return f"    {SIGNS[found.state]} {found.gate.id:<15} {found.state:<7} {'; '.join(parts)}{who}{carried}".rstrip()


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
    head = f"  {'metric':<24} {'compared':<28} {'offline':>9} {'n':>5} {'online':>9} {'n':>5} {'difference':>11}"
    return [head, *(_result(each) for each in results)]


def _result(found: Compared) -> str:
    metric = f"{found.metric} [{found.slice}]" if found.slice else found.metric
    pair = f"{found.treatment} − {found.baseline}"
    cells = (_signed(found.offline), _signed(found.online), _signed(found.difference))
    return (
        f"  {metric:<24} {pair:<28} {cells[0]:>9} {found.offline_n:>5} {cells[1]:>9} {found.online_n:>5} {cells[2]:>11}"
    )


def _signed(value: float | None) -> str:
    return "—" if value is None else figure(value, signed=True)
