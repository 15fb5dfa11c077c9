"""Files in one piece: what a killed writer leaves is swept by the next, what somebody still writes is not."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from library.atomic import write_atomic
from library.exporting.vault.folder import open_folder
from tests.conftest import REPOSITORY

_WRITER = """
import sys, time
from pathlib import Path
from library.atomic import replacing
with replacing(Path(sys.argv[1])) as file:
    file.write(b"half")
    file.flush()
    print("writing", flush=True)
    time.sleep(60)
"""


def writer(path: Path) -> "subprocess.Popen[bytes]":
    """A process in the middle of writing `path`."""
    command = [sys.executable, "-c", _WRITER, str(path)]
    process = subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    return process


def kill(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGKILL)
    process.communicate()


@pytest.fixture
def gone() -> int:
    """The number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_next_writer_sweeps_what_a_killed_one_left(tmp_path: Path) -> None:
    path = tmp_path / "my [papers].bib"
    path.write_text("old")
    process = writer(path)
    kill(process)
    assert names(tmp_path) == [f".{path.name}.{process.pid}.tmp", path.name]
    assert path.read_text() == "old"
    write_atomic(path, "new")
    assert names(tmp_path) == [path.name]
    assert path.read_text() == "new"


def test_what_somebody_is_writing_stays(tmp_path: Path) -> None:
    path = tmp_path / "papers.bib"
    process = writer(path)
    try:
        write_atomic(path, "mine")
        assert names(tmp_path) == [f".papers.bib.{process.pid}.tmp", "papers.bib"]
    finally:
        kill(process)


def test_a_writer_of_another_machine_is_known_by_its_lock(tmp_path: Path, gone: int) -> None:
    process = writer(tmp_path / "papers.bib")
    theirs = tmp_path / f".papers.bib.{gone}.tmp"  # as if its number were of somewhere else
    try:
        os.rename(tmp_path / f".papers.bib.{process.pid}.tmp", theirs)
        write_atomic(tmp_path / "papers.bib", "mine")
        assert theirs.exists()
    finally:
        kill(process)
    write_atomic(tmp_path / "papers.bib", "mine")
    assert not theirs.exists()


def test_nothing_else_is_touched(tmp_path: Path, gone: int) -> None:
    kept = [
        f".other.bib.{gone}.tmp",
        f"papers.bib.{gone}.tmp",
        ".papers.bib.tmp",
        f".papers.bib.{gone}.tmp.bak",
        f".papers.bib.old.{gone}.tmp",
        ".papers.bib.0.tmp",
    ]
    for name in kept:
        (tmp_path / name).write_text("theirs")
    (tmp_path / f".papers.bib.{gone}.tmp").symlink_to(tmp_path / kept[0])
    write_atomic(tmp_path / "papers.bib", "mine")
    assert names(tmp_path) == sorted([*kept, "papers.bib", f".papers.bib.{gone}.tmp"])


def test_a_vault_is_swept_when_it_is_opened(tmp_path: Path, gone: int) -> None:
    (tmp_path / "papers").mkdir()
    left, other = tmp_path / "papers" / f".A note.md.{gone}.tmp", tmp_path / "papers" / f".data.csv.{gone}.tmp"
    left.write_text("half")
    other.write_text("theirs")
    open_folder(tmp_path)
    assert names(tmp_path / "papers") == [other.name]
