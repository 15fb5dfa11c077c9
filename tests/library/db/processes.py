"""Real processes that use a workspace's database at the same time as the test."""

import subprocess
import sys
from pathlib import Path

_PRELUDE = """
import sys, time
from pathlib import Path
from library.db.store import Store, connect_reader, connect_writer, in_transaction
from library.paths import WorkspacePaths
from planner.workspace import open_workspace
home = Path(sys.argv[1]); name = sys.argv[2]
"""


def start(code: str, home: Path, name: str = "p") -> "subprocess.Popen[str]":
    """Run `code` (with `home` and `name` set) in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-X", "dev", "-W", "error", "-c", _PRELUDE + code, str(home), name],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: "subprocess.Popen[str]", *, timeout: float = 60) -> str:
    """What it printed; fails with its stderr where it failed."""
    out, err = process.communicate(timeout=timeout)
    assert process.returncode == 0, err
    return out
