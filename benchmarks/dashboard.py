"""The dashboard on a real (pseudo) terminal of 160 × 48 with 100,000 papers, as a person meets it.

A child process runs it; this one presses keys and reads what is painted. First paint is from starting the process to
the list on the screen; a key's time is from pressing it to the first bytes painted after it. The child also notes
every time its event loop came more than 20 ms late, so that the longest stall is known for each phase.
"""

import asyncio
import contextlib
import fcntl
import json
import os
import pty
import select
import shutil
import sqlite3
import struct
import subprocess
import sys
import tempfile
import termios
import time
from pathlib import Path

PAPERS = 100_000
UNENCODED = 1_200  # vectors taken away in the copy, so that encoding runs while keys are pressed
DECIDED = 120  # papers of one day, one key each
COLUMNS, LINES = 160, 48
LATE = 0.02
TYPED = ("language model reasoning", "graph neural networks", "diffusion", "retrieval augmented generation")


class Terminal:
    """A pseudo terminal with the dashboard in it."""

    def __init__(self, home: Path, report: Path) -> None:
        self.parent, child = pty.openpty()
        fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
        environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", "LABTOP_OFFLINE": "1"}
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.dashboard", "--child", str(home), str(report)],
            stdin=child,
            stdout=child,
            stderr=child,
            env=environment,
            start_new_session=True,
            cwd=Path(__file__).parent.parent,
        )
        os.close(child)

    def read(self, seconds: float) -> bytes:
        """What is painted within `seconds`, returning at the first bytes; empty for none."""
        ready, _, _ = select.select([self.parent], [], [], seconds)
        with contextlib.suppress(OSError):
            if ready:
                return os.read(self.parent, 1 << 20)
        return b""

    def until(self, text: bytes, seconds: float) -> float:
        """The moment at which `text` was painted. Raises TimeoutError."""
        seen, end = b"", time.monotonic() + seconds
        while time.monotonic() < end:
            seen = (seen + self.read(0.05))[-200_000:]
            if text in seen:
                return time.monotonic()
        raise TimeoutError(f"{text!r} was not painted within {seconds} s: {seen[-300:]!r}")

    def settle(self, quiet: float = 0.3, most: float = 5.0) -> None:
        """Read until nothing was painted for `quiet` seconds."""
        end = time.monotonic() + most
        while self.read(quiet) and time.monotonic() < end:
            pass

    def press(self, keys: str) -> float:
        """Seconds from pressing to the first bytes painted."""
        while self.read(0):
            pass
        start = time.monotonic()
        os.write(self.parent, keys.encode())
        self.read(2.0)
        return time.monotonic() - start

    def memory(self) -> float:
        """Resident memory of the dashboard itself, MB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS"))

    def close(self) -> None:
        """Leave, politely if it answers."""
        with contextlib.suppress(OSError):
            os.write(self.parent, b"\x11")
        end = time.monotonic() + 10
        while self.process.poll() is None and time.monotonic() < end:
            self.read(0.1)
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.parent)


def main() -> list[dict]:
    from benchmarks.big_workspace import big_workspace

    source = big_workspace(PAPERS)
    if source is None:
        return []
    with tempfile.TemporaryDirectory(prefix="labtop-bench-") as folder:
        home, report = Path(folder) / "home", Path(folder) / "late.json"
        shutil.copytree(source, home)
        _take_vectors_away(home, UNENCODED)
        _rank(home)
        terminal = Terminal(home, report)
        try:
            figures = _measure(terminal)
        finally:
            terminal.close()
        late = json.loads(report.read_text())
    return _rows(figures, late)


def _measure(terminal: Terminal) -> dict:
    painted = terminal.until(f"{PAPERS:,} papers".encode(), 60) - terminal.started
    terminal.settle(most=15)
    keys, begin = [], time.monotonic()
    for key in ["j"] * 150 + ["\x1b[6~", "j", "j"] * 20 + ["G", "g", "k"] * 5 + [" "] * 10:
        keys.append(terminal.press(key))
        time.sleep(0.01)
    moved = time.monotonic()
    opened = _open_triage(terminal)
    begun = time.monotonic()
    decided = _decide(terminal)
    searched = time.monotonic()
    typed, found = [], []
    for text in TYPED:
        terminal.press("/")
        terminal.press("\x15")
        for letter in text:
            typed.append(terminal.press(letter))
            time.sleep(0.06)
        start = time.monotonic()
        with contextlib.suppress(TimeoutError):
            found.append(terminal.until(b" near", 10) - start)
        terminal.settle()
        terminal.press("\r")
        keys += [terminal.press("j") for _ in range(10)]
    return {
        "painted": painted,
        "keys": keys,
        "typed": typed,
        "found": found,
        "opened": opened,
        "decided": decided,
        "moving": (begin, moved),
        "deciding": (begun, searched),
        "searching": (searched, time.monotonic()),
        "memory": terminal.memory(),
    }


def _open_triage(terminal: Terminal) -> float:
    """Seconds from the key to the day's papers, the first time."""
    start = time.monotonic()
    terminal.press("2")
    opened = terminal.until(b"the line", 20) - start
    terminal.settle(most=3)
    return opened


def _decide(terminal: Terminal) -> list[float]:
    """Seconds from each key that decides to the next paper, as fast as a person can press; then back to the Library."""
    keys = []
    for place in range(DECIDED):
        keys.append(terminal.press("sasfsz"[place % 6]))
        time.sleep(0.12)
    terminal.press("3")
    terminal.settle(most=3)
    return keys


def _rows(figures: dict, late: list[tuple[float, float, float]]) -> list[dict]:
    def longest(phase: str, place: int = 1) -> float:
        begin, end = figures[phase]
        return max((row[place] for row in late if begin <= row[0] <= end), default=0.0) * 1e3

    keys, typed, decided = sorted(figures["keys"]), sorted(figures["typed"]), sorted(figures["decided"])
    stall = max(longest("moving"), longest("deciding"), longest("searching"))
    rows = (
        ("dashboard: first paint", figures["painted"], "s", 1.0, "cold process to the list on the screen"),
        (
            "dashboard: key to paint, p95",
            _p95(keys) * 1e3,
            "ms",
            50,
            f"{len(keys)} keys, worst {keys[-1] * 1e3:.0f} ms",
        ),
        ("dashboard: triage opened", figures["opened"], "s", 1.0, "the first time, a day of this size"),
        (
            "dashboard: triage, key to the next paper, p95",
            _p95(decided) * 1e3,
            "ms",
            50,
            f"{len(decided)} papers decided while encoding, worst {decided[-1] * 1e3:.0f} ms",
        ),
        ("dashboard: typing a search, p95", _p95(typed) * 1e3, "ms", 50, f"worst {typed[-1] * 1e3:.0f} ms"),
        (
            "dashboard: longest stall",
            stall,
            "ms",
            100,
            f"while encoding; moving {longest('moving'):.0f} ms (its own work {longest('moving', 2):.0f}), "
            f"deciding {longest('deciding'):.0f} ms (its own work {longest('deciding', 2):.0f}), "
            f"searching {longest('searching'):.0f} ms (its own work {longest('searching', 2):.0f})",
        ),
        ("dashboard: memory after hybrid searches", figures["memory"], "MB", 600, "resident, the dashboard's process"),
    )
    return [
        {
            "name": name,
            "value": round(value, 2),
            "unit": unit,
            "budget": f"≤ {budget:g} {unit}",
            "ok": value <= budget,
            "note": note,
        }
        for name, value, unit, budget, note in rows
    ]


def _p95(values: list[float]) -> float:
    return values[int(0.95 * (len(values) - 1))]


def _take_vectors_away(home: Path, count: int) -> None:
    from planner.workspace import open_workspace

    with open_workspace(home, person="bench") as workspace:
        workspace.store.write(
            lambda db: db.execute("DELETE FROM embedding WHERE id IN (SELECT id FROM embedding LIMIT ?)", (count,))
        ).result()


def _rank(home: Path) -> None:
    """Two topics, and the person's recent days ranked by them."""
    from library.db.journal import record
    from library.interests import set_interest
    from library.ranking.refresh import rerank
    from planner.workspace import open_workspace

    def look_for(db: sqlite3.Connection) -> None:
        for topic in ("late interaction retrieval", "small language models as rerankers"):
            record(
                db,
                person="bench",
                action="interest.add",
                summary=topic,
                write=lambda recorder, topic=topic: set_interest(recorder, "topic", topic, topic, True, person="bench"),
            )

    with open_workspace(home, person="bench") as workspace:
        workspace.store.write(look_for).result()
        rerank(workspace)


def _child(home: Path, report: Path) -> None:
    from planner.workspace import open_workspace
    from tui import collector
    from tui.app import LabtopApp

    collector.pause()
    late: list[tuple[float, float, float]] = []

    async def watch() -> None:
        while True:
            before, worked = time.monotonic(), time.thread_time()
            await asyncio.sleep(0.005)
            gap = time.monotonic() - before - 0.005
            if gap > LATE:
                late.append((before, gap, time.thread_time() - worked))

    class Watched(LabtopApp):
        def on_mount(self) -> None:
            self._watching = asyncio.create_task(watch())
            super().on_mount()

        def on_unmount(self) -> None:
            self._watching.cancel()
            super().on_unmount()

    with open_workspace(home, person="bench") as workspace:
        Watched(workspace, start="library").run()
    report.write_text(json.dumps(late))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        _child(Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        for row in main():
            print(f"{row['name']:<42} {row['value']:>9} {row['unit']:<3} {row['budget']:<12} {row['note']}")
