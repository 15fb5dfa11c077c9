"""Starting: `labtop --version` from a cold process."""

import statistics
import subprocess
import sys
import time
from pathlib import Path

RUNS = 15


def main() -> list[dict]:
    labtop = Path(sys.executable).parent / "labtop"
    seconds = []
    for _ in range(RUNS):
        start = time.perf_counter()
        subprocess.run([labtop, "--version"], check=True, capture_output=True)
        seconds.append(time.perf_counter() - start)
    value = round(statistics.median(seconds), 3)
    return [
        {
            "name": "labtop --version",
            "value": value,
            "unit": "s",
            "budget": "≤ 0.25 s",
            "ok": value <= 0.25,
            "note": f"median of {RUNS}, worst {max(seconds):.3f} s",
        }
    ]
