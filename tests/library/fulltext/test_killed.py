"""Killed in the middle of fetching or reading: nothing is half done, no child goes on, the next one clears up."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from library.fulltext.attaching import attach
from library.workspace import Workspace
from tests.conftest import REPOSITORY
from tests.library.arxiv.server import FakeArxiv, Reply
from tests.library.fulltext.conftest import PAPER
from tests.library.fulltext.pdfs import many_pages, pdf
from tests.library.fulltext.test_attaching import body, files

PDF = pdf(stamp="arXiv:2604.00001v2  [cs.IR]  1 Apr 2026")


def start(desk: Workspace, *words: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "tui", "--home", str(desk.paths.home), "pdf", PAPER.key, *words]
    return subprocess.Popen(command, cwd=REPOSITORY, env=os.environ, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def until(holds: Callable[[], object], seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.02)


def parts(desk: Workspace) -> list[Path]:
    return [path for path in desk.paths.documents.glob(".*.part") if path.stat().st_size]


@pytest.mark.usefixtures("read_once")
def test_killed_while_fetching(desk: Workspace, arxiv: FakeArxiv) -> None:
    arxiv.on("pdf", Reply(PDF + b" " * (8 << 20), drip=0.05), Reply(PDF))
    process = start(desk)
    until(lambda: parts(desk))
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert (len(parts(desk)), body(desk)) == (1, "")
    done = attach(desk, PAPER.key)  # nobody holds the limiter's lock any more
    assert (done.state, files(desk)) == ("added", [f"{done.full_text.sha256}.pdf"])


def test_killed_while_reading(desk: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "big.pdf"
    path.write_bytes(many_pages())
    process = start(desk, str(path), "--yes")
    us = psutil.Process(process.pid)
    until(lambda: any("pdf_child" in " ".join(child.cmdline()) for child in us.children()))
    (child,) = us.children()
    process.send_signal(signal.SIGKILL)
    process.communicate()
    until(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE, 10)
    assert (body(desk), len(files(desk))) == ("", 1)
    path.write_bytes(PDF)
    done = attach(desk, PAPER.key, path)
    assert files(desk) == [f"{done.full_text.sha256}.pdf"]
