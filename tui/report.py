"""What went wrong, for a person: a message on the screen, and for the unforeseen a traceback in the log."""

import traceback
from pathlib import Path

from library.clock import stamp
from library.errors import LabtopError
from library.paths import private_directory
from tui.safe import line

LOG = "dashboard.log"


def explained(error: BaseException, log: Path | None) -> tuple[str, str]:
    """(what went wrong, what to do) of any error; an unforeseen one is written to `log` first."""
    if isinstance(error, LabtopError):
        return line(error.message), line(error.mend)
    what = line(f"{type(error).__name__}: {error}")
    if log is not None and write_traceback(error, log):
        return "Something went wrong inside labtop", f"{what}. The details are in {log}."
    return "Something went wrong inside labtop", f"{what}."


def write_traceback(error: BaseException, log: Path) -> bool:
    """Add the traceback to the log; False where that cannot be written."""
    try:
        private_directory(log.parent)
        with log.open("a", encoding="utf-8") as file:
            file.write(f"{stamp()}\n{''.join(traceback.format_exception(error))}\n")
    except (OSError, LabtopError):
        return False
    return True
