"""A finding, and a way to look that survives whatever it meets."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from library.errors import LabtopError
from library.text import one_line

State = Literal["good", "watch", "bad", "unknown"]
_PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `mend`: what to do about it, empty where nothing is to be done."""

    group: str
    name: str
    state: State
    text: str
    mend: str = ""


def looked(group: str, name: str, look: Callable[[], Finding]) -> Finding:
    """What `look` finds; where it meets an error, that is the finding."""
    try:
        return look()
    except LabtopError as error:
        return Finding(group, name, "bad", error.message, error.mend)
    except Exception as error:  # the doctor looks at broken things: nothing they do may end it
        return Finding(group, name, "bad", one_line(f"{type(error).__name__}: {error}")[:300])


def in_a_process(code: str, *, patience: float = _PATIENCE) -> tuple[bool, str]:
    """Run Python `code` in a process of its own, where it may crash; (whether it ended well, its last line).

    Started so that no module in the present folder can take the place of another.
    """
    try:
        done = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, timeout=patience)
    except subprocess.TimeoutExpired:
        return False, f"no answer in {patience:.0f} s"
    except OSError as error:
        return False, str(error)
    output = (done.stdout if done.returncode == 0 else done.stderr).strip().splitlines()
    last = one_line(output[-1])[:300] if output else ""
    return done.returncode == 0, last or (f"it ended with {done.returncode}" if done.returncode else "")
