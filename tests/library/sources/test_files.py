"""Opening files: gzip by its bytes, formats by what they hold, encodings by what they are."""

import gzip
import hashlib
import io
import json
import zlib
from pathlib import Path
from typing import BinaryIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.errors import LabtopError, NotFound, UsageError
from library.sources.encoding import decode
from library.sources.formats import FORMATS, detect, reader_of
from library.sources.opening import DAMAGED, open_source
from library.sources.whole import read_whole


@pytest.mark.parametrize(
    ("head", "name", "format_name"),
    [
        (b'{"id": "2501.00001"}\n{"id": "2501.00002"}', "x", "jsonl"),
        (b'{"id": "2501.00001"}', "x.json", "json"),
        (b'{"id": "half', "x", "jsonl"),
        (b'{"id": "half\n{"id": 2}', "x.json", "jsonl"),
        (b'{\n "items": []\n}', "x", "json"),
        (b'\xef\xbb\xbf  [{"type": "book"}]', "x", "json"),
        (b"% a comment\n@article{k, title={T}}", "x.txt", "bibtex"),
        (b"1.\nTY  - JOUR\nTI  - T", "x.txt", "ris"),
        (b"FN Clarivate\nVR 1.0\nPT J\nAU X", "x.txt", "ris"),
        (b'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom">', "x", "atom"),
        (b'<?xml version="1.0"?><OAI-PMH xmlns="x">', "x", "oai"),
        ("@misc{k, title={T}}".encode("utf-16"), "x", "bibtex"),
        ("@misc{k, title={T}}".encode("utf-16-le"), "x", "bibtex"),
        (b"", "x.bib", "bibtex"),
        (b"", "x.bib.gz", "bibtex"),
        (b"<record>\n<header>\n <identifier>oai:arXiv.org:1711.05739</identifier>", "x", "oai"),
        (b"<html><body>", "x.html", None),
        (b"\x7fELF\x02\x01\x01\0\0\0\0", "ls", None),
        (b"name,year\nx,2001", "x.csv", None),
    ],
)
def test_formats_are_told_by_what_they_hold(head: bytes, name: str, format_name: str | None) -> None:
    assert detect(head, name) == format_name


def test_every_format_has_its_reader() -> None:
    for name in FORMATS:
        assert callable(reader_of(name))
    with pytest.raises(UsageError, match="jsonl"):
        reader_of("docx")


def test_gzip_is_known_by_its_bytes_not_its_name(tmp_path: Path) -> None:
    content = b"line\n" * 50_000
    plain, packed = tmp_path / "a.gz", tmp_path / "b.txt"
    plain.write_bytes(content)
    packed.write_bytes(gzip.compress(content))
    for path in (plain, packed):
        with open_source(str(path)) as source:
            assert source.head.startswith(b"line\n")
            assert source.stream.read() == content
            assert source.position == source.size == path.stat().st_size
    with open_source("-", io.BytesIO(gzip.compress(content))) as source:
        assert (source.stream.read(), source.size) == (content, None)


def test_a_cut_gzip_file_gives_its_beginning_first(tmp_path: Path) -> None:
    path = tmp_path / "cut.gz"
    whole = gzip.compress("".join(json.dumps({"n": n}) + "\n" for n in range(100_000)).encode())
    path.write_bytes(whole[: len(whole) // 2])
    lines: list[bytes] = []
    with open_source(str(path)) as source, pytest.raises(DAMAGED):
        lines.extend(source.stream)
    assert len(lines) > 1_000


def test_what_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="folder"), open_source(str(tmp_path)):
        pass
    with pytest.raises(NotFound), open_source(str(tmp_path / "none")):
        pass
    with pytest.raises(LabtopError, match="Split the file"):
        read_whole(io.BytesIO(b"x" * 101), 100)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("Größe".encode(), "Größe"),
        ("Größe".encode("utf-8-sig"), "Größe"),
        ("Größe und Maß".encode("utf-16"), "Größe und Maß"),
        ("Größe und Maß".encode("utf-16-le"), "Größe und Maß"),
        ("Größe und Maß".encode("utf-16-be"), "Größe und Maß"),
        ("Größe – “so”".encode("cp1252"), "Größe – “so”"),
        (("ü" * 30).encode() + b"caf\xe9" + "ö".encode(), "ü" * 30 + "caféö"),
        ("北京大学出版社出版的中文图书资料目录与研究".encode("gb18030"), "北京大学出版社出版的中文图书资料目录与研究"),
        (b"", ""),
    ],
)
def test_encodings(data: bytes, text: str) -> None:
    assert decode(data)[0].removeprefix("\ufeff") == text


@given(st.binary(max_size=200))
def test_any_bytes_decode(data: bytes) -> None:
    assert isinstance(decode(data)[0], str)
    assert detect(data, "x") in {None, *FORMATS}


def lines_until_damage(stream: BinaryIO) -> int:
    lines = 0
    try:
        for _ in stream:
            lines += 1
    except DAMAGED:
        return lines
    raise AssertionError("no damage was met")


@pytest.mark.parametrize("damage", [b"\0\0junk after it", b"\x1f\x8b\x08 not a member"])
def test_what_stands_before_the_damage_is_read(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"id": 1}\n' * 9_000) + damage)
    with open_source(str(path)) as source:
        assert detect(source.head, source.name) == "jsonl"
        assert lines_until_damage(source.stream) == 9_000


def test_a_cut_gzip_file_gives_all_that_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "a.gz"
    text = b"".join(hashlib.sha256(b"%d" % number).hexdigest().encode() + b"\n" for number in range(20_000))
    packed = gzip.compress(text)[:300_000]
    path.write_bytes(packed)
    whole = zlib.decompressobj(31).decompress(packed)
    with open_source(str(path)) as source:
        assert lines_until_damage(source.stream) == whole.count(b"\n")
