"""`labtop` without a verb: the dashboard on a terminal, today's page in a pipe."""

import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from library.workspace import Workspace
from tests.tui.screens.driving import drafts, fill
from tui.cli import run


def test_in_a_pipe_it_prints_todays_page(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    fill(workspace, drafts(3))
    assert run(["--home", str(workspace.paths.home)]) == 0
    plain = capsys.readouterr().out
    assert run(["today", "--home", str(workspace.paths.home)]) == 0
    assert plain == capsys.readouterr().out
    assert run(["--json", "--home", str(workspace.paths.home)]) == 0
    assert capsys.readouterr().out.startswith("{")


def painted(descriptor: int, text: bytes, seconds: float = 20) -> bytes:
    seen, end = b"", time.monotonic() + seconds
    while text not in seen and time.monotonic() < end:
        if select.select([descriptor], [], [], 0.1)[0]:
            try:
                seen += os.read(descriptor, 1 << 16)
            except OSError:
                break
    return seen


@pytest.mark.parametrize("key", [b"q", b"\x11"])
def test_on_a_terminal_it_opens_and_leaves(workspace: Workspace, key: bytes, tmp_path: Path) -> None:
    fill(workspace, drafts(3))
    parent, child = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "LABTOP_CACHE": str(tmp_path / "cache")}
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-X", "dev", "-m", "tui", "--home", str(workspace.paths.home)],
        stdin=child,
        stdout=child,
        stderr=child,
        env=environment,
        start_new_session=True,
    )
    os.close(child)
    try:
        assert b"Library" in painted(parent, b"Library")
        os.write(parent, b"3")
        assert b"Writer1" in painted(parent, b"Writer1")
        os.write(parent, key)
        rest = painted(parent, b"\x1b[?1049l")
        deadline = time.monotonic() + 15
        while process.poll() is None and time.monotonic() < deadline:
            rest += painted(parent, b"never", 0.2)
        assert process.poll() == 0
        assert b"Warning" not in rest
        assert b"Traceback" not in rest
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        os.close(parent)


@pytest.mark.parametrize("end", ["window closed", "terminated"])
def test_it_leaves_in_order_when_its_terminal_or_somebody_ends_it(workspace: Workspace, end: str) -> None:
    fill(workspace, drafts(3))
    parent, child = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "tui", "--home", str(workspace.paths.home)],
        stdin=child,
        stdout=child,
        stderr=child,
        env={**os.environ, "TERM": "xterm-256color"},
        start_new_session=True,  # without a controlling terminal nobody sends it SIGHUP
    )
    os.close(child)
    try:
        assert b"Library" in painted(parent, b"Library")
        time.sleep(0.5)
        if end == "terminated":
            process.terminate()
            assert b"\x1b[?1049l" in painted(parent, b"\x1b[?1049l")  # the terminal is as it was
            assert process.wait(20) == 143
        else:
            os.close(parent)
            parent = -1
            assert process.wait(20) == 129
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        if parent >= 0:
            os.close(parent)
