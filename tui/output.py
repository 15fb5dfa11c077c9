"""What commands print: JSON in the documented shapes, plain lines, and progress on a terminal."""

import json
import math
import re
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, is_dataclass
from typing import Any

import click

from library.db.changes import Change
from library.jobs import Progress
from library.text import shortened

_OBEYED = re.compile("[\x7f-\x9f\u202a-\u202e\u2066-\u2069]")  # DEL, C1, bidirectional overrides


def as_json(value: Any) -> Any:
    """Dataclasses to objects; ids are texts, NaN is the string "NaN", what is missing (an empty text, too) is null."""
    if is_dataclass(value) and not isinstance(value, type):
        value = asdict(value)
    if isinstance(value, Mapping):
        return {str(key): _text_of_id(str(key), as_json(inner)) for key, inner in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [as_json(inner) for inner in value]
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else str(value)
    return None if value == "" else value


def _text_of_id(name: str, value: Any) -> Any:
    """Ids are texts, whatever they name: papers have no numbers, and a script should not have to tell them apart."""
    is_id = name in ("id", "undoes", "undone_by") or name.endswith("_id")
    return str(value) if is_id and isinstance(value, int) and not isinstance(value, bool) else value


def print_json(value: Any) -> None:
    """One object on standard output. What a terminal would obey is escaped, as JSON itself does only below a blank."""
    text = json.dumps(as_json(value), ensure_ascii=False, indent=2, allow_nan=False)
    click.echo(_OBEYED.sub(lambda match: f"\\u{ord(match[0]):04x}", text))


def print_list(results: Sequence[Any], *, total: int | None = None, **more: Any) -> None:
    """A list in its documented shape: {"total": N, "results": […]} and what belongs beside it."""
    print_json({"total": len(results) if total is None else total, "results": results, **more})


def print_change(change: Change, *, json_wanted: bool) -> None:
    """What an action did: its journal entry (null where there was nothing to change), and one line for a person."""
    if json_wanted:
        print_json({"id": change.journal_id, "summary": change.summary, "changed": change.journal_id is not None})
    else:
        click.echo(change.summary)


class ProgressLine:
    """A bar with rate and time left on a terminal's stderr; nothing at all in a pipe."""

    def __init__(self) -> None:
        self._on_terminal = sys.stderr.isatty()
        self._drawn = False

    def __call__(self, progress: Progress) -> None:
        """Draw `progress` over the line drawn before."""
        if not self._on_terminal:
            return
        self._drawn = True
        # A line that wraps would stay behind: only its last row is drawn over.
        room = shutil.get_terminal_size().columns - 1
        click.echo(f"\r\x1b[2K{shortened(progress_text(progress), room)}", nl=False, err=True)

    def close(self) -> None:
        """Leave the terminal on a clean line."""
        if self._drawn:
            click.echo("\r\x1b[2K", nl=False, err=True)
            self._drawn = False

    def __enter__(self) -> "ProgressLine":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def progress_text(progress: Progress) -> str:
    """ "encoding ▇▇▇▇▁▁▁▁▁▁ 812 of 2,000 · 21/s · 57 s left"."""
    parts = []
    if progress.total:
        filled = min(10, int(10 * progress.done / progress.total))
        parts.append(f"{progress.what} {'▇' * filled}{'▁' * (10 - filled)} {progress.done:,} of {progress.total:,}")
    else:
        parts.append(f"{progress.what} {progress.done:,}" if progress.done else progress.what)
    if progress.rate is not None:
        parts.append(f"{progress.rate:,.0f}/s" if progress.rate >= 10 else f"{progress.rate:.1f}/s")
    if progress.eta_seconds is not None and progress.done < (progress.total or 0):
        parts.append(f"{duration(progress.eta_seconds)} left")
    if progress.note:
        parts.append(progress.note)
    return " · ".join(parts)


def duration(seconds: float) -> str:
    """ "42 s", "3 min 10 s", "1 h 12 min"."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s" if whole % 60 else f"{whole // 60} min"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
