"""Content hashes, held against sha256sum itself."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from library.errors import LabtopError, NotFound, UsageError
from library.jobs import Cancelled, CancelToken
from planner.register.hashing import content_hash, same_hash

PIPE = "find -L . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum"


def oracle(folder: Path) -> str:
    """What a colleague gets who checks the hash with the tools of any Linux."""
    done = subprocess.run(["bash", "-c", PIPE], cwd=folder, capture_output=True, check=True)
    return done.stdout.decode().split()[0]


def test_a_file_is_hashed_by_its_bytes(tmp_path: Path) -> None:
    file = tmp_path / "corpus.jsonl"
    file.write_bytes(b"\x00\xff" * 1_500_000)
    found = content_hash(file)
    assert found.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert (found.files, found.size, found.folder) == (1, 3_000_000, False)


def test_a_folder_is_hashed_as_sha256sum_would(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    (folder / "b" / "deep").mkdir(parents=True)
    (folder / "empty").mkdir()
    for name, text in {
        "b/deep/x.txt": "one",
        "b.txt": "two",
        "B.txt": "three",
        "Grüße": "four",
        "a line\nend": "five",
        "back\\slash": "six",
        "carriage\rreturn": "seven",
        " blank ": "",
    }.items():
        (folder / name).write_text(text)
    (folder / "link").symlink_to("b.txt")
    (folder / "linked").symlink_to("b", target_is_directory=True)
    found = content_hash(folder)
    assert found.sha256 == oracle(folder)
    assert (found.files, found.folder) == (10, True)


@given(st.dictionaries(st.binary(min_size=1, max_size=12), st.binary(max_size=40), min_size=1, max_size=6))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_names_give_what_sha256sum_gives(tmp_path: Path, files: dict[bytes, bytes]) -> None:
    folder = tmp_path / "data"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, content in files.items():
        safe = name.replace(b"/", b"_").replace(b"\x00", b"_")
        if safe not in (b".", b".."):
            Path(os.fsdecode(os.fsencode(folder) + b"/" + safe)).write_bytes(content)
    if any(folder.iterdir()):
        assert content_hash(folder).sha256 == oracle(folder)


def test_names_order_and_contents_count_but_not_where_the_folder_lies(tmp_path: Path) -> None:
    for place in ("one", "two"):
        (tmp_path / place).mkdir()
        (tmp_path / place / "a").write_text("x")
        (tmp_path / place / "b").write_text("y")
    first = content_hash(tmp_path / "one").sha256
    assert content_hash(tmp_path / "two").sha256 == first
    (tmp_path / "two" / "a").rename(tmp_path / "two" / "c")
    assert content_hash(tmp_path / "two").sha256 != first


def test_what_cannot_be_hashed_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        content_hash(tmp_path / "nothing")
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="holds no file"):
        content_hash(tmp_path / "empty")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "link").symlink_to("nowhere")
    with pytest.raises(LabtopError, match="cannot be read"):
        content_hash(tmp_path / "broken")
    (tmp_path / "loop").mkdir()
    (tmp_path / "loop" / "again").symlink_to("..", target_is_directory=True)
    with pytest.raises(LabtopError, match="leads back into itself"):
        content_hash(tmp_path / "loop")
    (tmp_path / "pipe").mkdir()
    os.mkfifo(tmp_path / "pipe" / "fifo")
    with pytest.raises(LabtopError, match="no ordinary file"):
        content_hash(tmp_path / "pipe")


def test_hashing_stops_when_asked(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        content_hash(tmp_path / "file", cancel=token)


def test_hashes_are_compared_whatever_their_dress() -> None:
    digest = hashlib.sha256(b"").hexdigest()
    assert same_hash(digest, f"sha256:{digest.upper()}")
    assert same_hash(f"SHA-256 = {digest}".replace(" = ", ": "), digest)
    assert not same_hash(digest, digest[:-1] + "0")
