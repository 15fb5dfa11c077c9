"""From the cells of one row to results. What cannot be taken is refused with the reason; nothing is guessed."""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final, cast

from library.text import one_line, shortened
from planner.experiments.columns import Choices, Known, Layout, alike, nearest
from planner.experiments.model import Phase, Status
from planner.experiments.storing import Draft

LONGEST: Final = 200  # characters of a name; of a reason, twice as many
_NUMBER: Final = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")
_NOT_FINITE: Final = re.compile(r"[-+]?(nan|inf|infinity)|1\.#(ind|inf|qnan)", re.IGNORECASE)
_STATUSES: Final[Mapping[str, Status]] = {
    **dict.fromkeys(("ok", "success", "succeeded", "finished", "complete", "completed", "done"), "ok"),
    **dict.fromkeys(("nan", "diverged"), "nan"),
    **dict.fromkeys(("crashed", "crash", "failed", "failure", "error", "oom", "killed", "preempted"), "crashed"),
}


class BadCell(Exception):
    """Why a row cannot be taken."""


def drafts(row: Mapping[str, Any], line: int, shape: Layout, known: Known, choices: Choices) -> Iterator[Draft]:
    """The results of one row: one, or one for each metric with a column of its own. Raises BadCell."""

    def cell(field: str) -> Any:
        column = shape.fields.get(field)
        return None if column is None else row.get(column)

    status = _status(cell("status"))
    base = Draft(
        arm=_arm(choices.arm if "arm" not in shape.fields else cell("arm"), known, choices),
        metric="",
        seed=_seed(cell("seed")),
        value=None,
        slice=_slice(cell("slice"), known),
        phase=_phase(cell("phase") if "phase" in shape.fields else choices.phase),
        reason=_text(cell("reason"), "reason", 2 * LONGEST) or None,
        gpu_hours=_hours(cell("gpu_hours")),
        run=_text(cell("run"), "run") or None,
        line=line,
    )
    if not shape.wide:
        metric = _metric(cell("metric") if "metric" in shape.fields else choices.metric or known.primary, known)
        yield _with_value(base, metric, cell("value"), status)
        return
    found = False
    for column, metric in shape.metrics.items():
        if _empty(row.get(column)) and status in (None, "ok"):
            continue  # not measured in this run
        found = True
        yield _with_value(base, metric, row.get(column), status)
    if not found:
        raise BadCell("has no value in any metric's column, and no status that says why")


def number(raw: Any, what: str) -> float:
    """A number written with a point, as programs write it; NaN and infinities included. Raises BadCell."""
    if isinstance(raw, bool) or not isinstance(raw, (int, float, str)):
        raise BadCell(f"{what} “{_shown(raw)}” is no number")
    if not isinstance(raw, str):
        try:
            return float(raw)
        except OverflowError:
            raise BadCell(f"{what} is too large a number") from None
    text = raw.strip().replace("\u2212", "-")
    if _NUMBER.fullmatch(text) or _NOT_FINITE.fullmatch(text):
        plain = re.sub(r"1\.#.*", "nan", text)
        return float(plain)
    if re.fullmatch(r"[-+]?[\d.,\u202f\u00a0' ]*,[\d.,\u202f\u00a0' ]*\d([eE][-+]?\d+)?", text):
        raise BadCell(f"{what} “{_shown(raw)}” has a comma, which may be a decimal or a thousands comma: write 0.83")
    if text.endswith("%"):
        raise BadCell(f"{what} “{_shown(raw)}” is a percentage: write the number in the metric's unit")
    raise BadCell(f"{what} “{_shown(raw)}” is no number")


def _with_value(base: Draft, metric: str, raw: Any, status: Status | None) -> Draft:
    """A value that is not finite is none; a crashed run's last value is only told."""
    if _empty(raw):
        if status is None or status == "ok":
            raise BadCell("has no value, and no status that says why (nan or crashed)")
        return replace(base, metric=metric, status=status)
    value = number(raw, "the value")
    if status is not None and status != "ok":
        reason = base.reason or (f"last value {value:g}" if math.isfinite(value) else None)
        return replace(base, metric=metric, status=status, reason=reason)
    if not math.isfinite(value):
        return replace(base, metric=metric, status="nan", reason=base.reason or f"value {_shown(raw)}")
    return replace(base, metric=metric, value=value, status="ok")


def _arm(raw: Any, known: Known, choices: Choices) -> str:
    name = _text(raw, "arm")
    if not name:
        raise BadCell("names no arm")
    name = choices.arms.get(name, name)
    found = _as_known(name, known.arms)
    if found is None:
        raise BadCell(f"names the arm “{name}”, which the plan does not have{_nearest(name, known.arms)}")
    return found


def _metric(raw: Any, known: Known) -> str:
    name = _text(raw, "metric")
    if not name:
        raise BadCell("names no metric")
    return _as_known(name, known.metrics) or name


def _slice(raw: Any, known: Known) -> str:
    name = _text(raw, "slice")
    return _as_known(name, known.slices) or name


def _seed(raw: Any) -> str:
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    text = _text(raw, "seed")
    if not text:
        raise BadCell("names no seed")
    # Tables that have a gap somewhere write whole numbers as 3.0: seed 3 of one file is seed 3.0 of another.
    return re.sub(r"^(\d+)\.0+$", r"\1", text)


def _status(raw: Any) -> Status | None:
    text = _text(raw, "status").casefold()
    if not text:
        return None
    if text == "excluded":
        raise BadCell("is marked excluded: take it in, then say why with labtop experiment results exclude")
    if text not in _STATUSES:
        raise BadCell(f"has the status “{_shown(raw)}”; known are ok, nan and crashed")
    return _STATUSES[text]


def _phase(raw: Any) -> Phase:
    text = _text(raw, "phase").casefold() or "offline"
    if text not in ("offline", "online"):
        raise BadCell(f"has the phase “{_shown(raw)}”; it is offline or online")
    return cast(Phase, text)


def _hours(raw: Any) -> float | None:
    if _empty(raw):
        return None
    value = number(raw, "gpu_hours")
    if not math.isfinite(value):
        return None
    if value < 0:
        raise BadCell(f"gpu_hours {value:g} is below 0")
    return value


def _text(raw: Any, what: str, longest: int = LONGEST) -> str:
    if raw is None:
        return ""
    if isinstance(raw, bool) or not isinstance(raw, (str, int, float)):
        raise BadCell(f"{what} is no plain text")
    text = one_line(str(raw))
    if len(text) > longest:
        raise BadCell(f"{what} is longer than {longest} characters")
    return text


def _empty(raw: Any) -> bool:
    return raw is None or (isinstance(raw, str) and not raw.strip())


def _as_known(name: str, known: tuple[str, ...]) -> str | None:
    if name in known:
        return name
    found = [each for each in known if alike(each) == alike(name)]
    return found[0] if len(found) == 1 else None


def _nearest(name: str, known: tuple[str, ...]) -> str:
    near = nearest(name, known)
    if near is not None:
        return f"; did you mean {near}?"
    return f"; it has {', '.join(known)}" if known else ", for it names no arms yet"


def _shown(raw: Any) -> str:
    return shortened(one_line(str(raw)), 40)
