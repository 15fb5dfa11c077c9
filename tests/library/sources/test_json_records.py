"""JSON lines and documents: what each field becomes, and that nothing a file can hold stops the rest."""

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.papers.model import Announcement, Author, PaperDraft, Version
from library.sources import RAW_KEPT, BadRecord, Record
from library.sources.json_document import read_json_document
from library.sources.json_lines import MAX_LINE, read_json_lines

SNAPSHOT = {
    "id": "0704.0001",
    "submitter": "Pavel Nadolsky",
    "authors": "C. Bal\\'azs, E. L. Berger",
    "title": "Calculation of prompt diphoton production cross sections at Tevatron and\n  LHC energies",
    "comments": "37 pages, 15 figures; published version",
    "journal-ref": "Phys.Rev.D76:013009,2007",
    "doi": "10.1103/PhysRevD.76.013009",
    "report-no": "ANL-HEP-PR-07-12",
    "categories": "hep-ph math.CO",
    "license": None,
    "abstract": "  A fully differential calculation\nin QCD.\n",
    "versions": [
        {"version": "v1", "created": "Mon, 2 Apr 2007 19:18:42 GMT"},
        {"version": "v2", "created": "Tue, 24 Jul 2007 20:10:27 GMT"},
    ],
    "update_date": "2008-11-26",
    "authors_parsed": [["Balázs", "C.", ""], ["King", "Martin Luther", "Jr."]],
}


def read(data: bytes | str, reader: Any = read_json_lines) -> list[Record | BadRecord]:
    return list(reader(io.BytesIO(data.encode() if isinstance(data, str) else data)))


def one(value: Any) -> PaperDraft:
    (found,) = read(json.dumps(value))
    assert isinstance(found, Record), found
    return found.draft


def reason(value: Any) -> str:
    (found,) = read(value if isinstance(value, (str, bytes)) else json.dumps(value))
    assert isinstance(found, BadRecord), found
    return found.reason


def test_a_snapshot_line() -> None:
    draft = one(SNAPSHOT)
    assert draft.key == "0704.0001"
    assert draft.title.endswith("at Tevatron and LHC energies")
    assert draft.abstract == "A fully differential calculation in QCD."
    assert draft.authors == (
        Author("C. Balázs", "Balázs", "C."),
        Author("Martin Luther King Jr.", "King Jr.", "Martin Luther"),
    )
    assert draft.categories == ("hep-ph", "math.CO")
    assert draft.version == 2
    assert draft.versions == (Version(1, "2007-04-02T19:18:42Z"), Version(2, "2007-07-24T20:10:27Z"))
    assert (draft.submitted_at, draft.updated_at) == ("2007-04-02T19:18:42Z", "2007-07-24T20:10:27Z")
    assert (draft.doi, draft.journal_ref) == ("10.1103/PhysRevD.76.013009", "Phys.Rev.D76:013009,2007")
    assert draft.license is None


def test_an_old_style_id_loses_its_subject_class() -> None:
    assert one({**SNAPSHOT, "id": "math.GT/0309136"}).key == "math/0309136"


@pytest.mark.parametrize(
    ("announce", "own", "other"), [("new", "new", "cross"), ("replaced", "replace", "replace-cross")]
)
def test_announcements_are_told_by_category(announce: str, own: Any, other: Any) -> None:
    draft = one(
        {
            "id": "2507.00001v2",
            "title": "T",
            "categories": ["cs.LG", "cs.AI"],
            "primary_category": "cs.AI",
            "first_listed": "2025-07-02",
            "announce": announce,
            "relisted": ["2025-08-01"],
        }
    )
    assert draft.categories == ("cs.AI", "cs.LG")
    assert draft.version == 2
    assert draft.announcements == (
        Announcement("cs.AI", own, "2025-07-02"),
        Announcement("cs.LG", other, "2025-07-02"),
        Announcement("cs.AI", "replace", "2025-08-01"),
        Announcement("cs.LG", "replace-cross", "2025-08-01"),
    )


def test_an_inferred_listing_is_a_submission_not_an_announcement() -> None:
    draft = one(
        {
            "id": "2507.00001",
            "title": "T",
            "categories": "cs.AI",
            "first_listed": "2025-07-02",
            "announce": "new",
            "listing_inferred": True,
        }
    )
    assert (draft.announcements, draft.first_listed, draft.submitted_at) == ((), None, "2025-07-02")


def test_flags_of_what_the_source_did_not_know() -> None:
    draft = one(
        {
            "id": "2507.00001",
            "title": "T",
            "authors_truncated": True,
            "categories": ["cs.AI"],
            "categories_complete": False,
        }
    )
    assert draft.authors_truncated
    assert not draft.categories_complete
    assert one({"id": "2507.00001", "title": "T", "categories": ["cs.AI"]}).categories_complete


@pytest.mark.parametrize(
    ("authors", "names"),
    [
        (["Ada Lovelace", "Turing, Alan"], ["Ada Lovelace", "Alan Turing"]),
        ("Ada Lovelace, Alan Turing and Grace Hopper", ["Ada Lovelace", "Alan Turing", "Grace Hopper"]),
        ("Ada Lovelace and Alan Turing", ["Ada Lovelace", "Alan Turing"]),
        ("Lovelace, Ada; Turing, Alan", ["Ada Lovelace", "Alan Turing"]),
        ([{"name": "Ada Lovelace"}, {"family": "Turing", "given": "Alan"}], ["Ada Lovelace", "Alan Turing"]),
        ([None, 3, ""], []),
        (7, []),
    ],
)
def test_authors_in_every_shape(authors: Any, names: list[str]) -> None:
    assert [author.name for author in one({"id": "2507.00001", "title": "T", "authors": authors}).authors] == names


def test_records_that_are_not_of_arxiv() -> None:
    assert one({"id": "10.1145/X", "title": "T"}).key == "doi:10.1145/x"
    assert one({"id": "ours-1", "title": "T", "year": 2024}).key == "json:ours-1"
    assert one({"id": "ours-1", "title": "T", "year": 2024}).published == "2024"


def test_text_is_cleaned_on_the_way_in() -> None:
    draft = one({"id": "2507.00001", "title": "A\x1b[31m red\u202e\x00 title", "abstract": "\x1b]0;owned\x07fine"})
    assert (draft.title, draft.abstract) == ("A red title", "fine")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "not valid JSON"),
        ('{"id": "2507.00001", "title": "half', "not valid JSON"),
        ("[1, 2]", "a list"),
        ("7", "a number"),
        (b'{"id": "2507.00001", "title": "caf\xe9"}', "not UTF-8"),
        ("[" * 100_000, "nested too deeply"),
        ('{"id": "2507.00001", "x": ' + "9" * 5_000 + "}", "not usable JSON"),
        ({"title": "no id"}, "no id"),
        ({"id": "2507.00001"}, "no title"),
        ({"id": "2507.00001", "title": "\x1b[2J"}, "no title"),
        ({"id": 2507.1, "title": "T"}, "lost a zero"),
        ({"id": "2507.00001", "title": "T", "version": -1}, "version -1"),
        ({**SNAPSHOT, "id": "not-an-id"}, "not an arXiv id"),
    ],
)
def test_a_bad_record_has_a_reason(line: Any, says: str) -> None:
    assert says in reason(line)


def test_the_rest_goes_in_with_the_right_lines() -> None:
    good = json.dumps({"id": "2507.00001", "title": "T"})
    found = read(f"\ufeff{good}\r\n\n{{broken\n{good.replace('1', '2')}")
    assert [(type(item), item.line) for item in found] == [(Record, 1), (BadRecord, 3), (Record, 4)]


def test_an_endless_line_is_one_bad_record_in_bounded_memory() -> None:
    class Endless(io.RawIOBase):
        left = MAX_LINE * 3
        longest = 0

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            size = min(len(buffer), self.left)
            buffer[:size] = b"x" * size
            self.left -= size
            self.longest = max(self.longest, size)
            return size

    raw = Endless()
    (found,) = read_json_lines(io.BufferedReader(raw))  # type: ignore[arg-type]
    assert isinstance(found, BadRecord)
    assert "50 MB" in found.reason
    assert len(found.raw) <= RAW_KEPT


def test_utf16_lines_with_a_mark() -> None:
    text = json.dumps({"id": "2507.00001", "title": "Größe"}, ensure_ascii=False) + "\n"
    (found,) = read(text.encode("utf-16"))
    assert isinstance(found, Record)
    assert found.draft.title == "Größe"


def test_documents_give_what_stands_before_the_damage() -> None:
    items = [{"id": f"2507.0000{n}", "title": "T", "authors": ["A B"]} for n in range(3)]
    whole = json.dumps(items, indent=1)
    assert [type(item) for item in read(whole, read_json_document)] == [Record] * 3
    cut = read(whole[:-25], read_json_document)
    assert [type(item) for item in cut] == [Record, Record, BadRecord]
    assert isinstance(cut[2], BadRecord)
    assert cut[2].line == 16
    assert [type(item) for item in read('{"items": ' + whole + "}", read_json_document)] == [Record] * 3
    assert [type(item) for item in read("", read_json_document)] == [BadRecord]


@given(st.lists(st.one_of(st.binary(max_size=60), st.text(max_size=40).map(str.encode)), max_size=8))
def test_no_bytes_raise(lines: list[bytes]) -> None:
    for item in read(b"\n".join(lines)) + read(b"\n".join(lines), read_json_document):
        assert isinstance(item, (Record, BadRecord))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
names = st.sampled_from(
    [
        *("id", "title", "abstract", "authors", "author", "categories", "primary_category", "published", "updated"),
        *("first_listed", "announce", "relisted", "version", "versions", "authors_parsed", "update_date", "doi"),
        *("DOI", "type", "issued", "itemType", "creators", "tags", "extra", "date", "data", "url", "URL", "note"),
    ]
)


@given(st.dictionaries(names, json_values, max_size=8))
def test_no_record_raises(value: dict[str, Any]) -> None:
    for item in read(json.dumps({"id": "2507.00001", "title": "T", **value})):
        if isinstance(item, Record):
            assert item.draft.title or item.draft.abstract
            assert item.draft.key


def test_records_of_test_collections() -> None:
    (record,) = read(b'{"_id": "MED-10", "title": "Statins", "text": "On survival.", "metadata": {}}\n')
    assert isinstance(record, Record)
    assert (record.draft.key, record.draft.abstract) == ("json:MED-10", "On survival.")


def test_a_snapshot_line_without_parsed_names_has_its_printed_ones() -> None:
    line = json.dumps(SNAPSHOT | {"authors_parsed": [], "authors": "Ada Lovelace, E. L. Berger"})
    (record,) = read_json_lines(io.BytesIO(line.encode()))
    assert isinstance(record, Record)
    assert [author.name for author in record.draft.authors] == ["Ada Lovelace", "E. L. Berger"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_wide_text_is_read_to_its_end(encoding: str) -> None:
    lines = [
        json.dumps({"id": f"2501.{number:05d}", "title": "T", "abstract": "x" * 9_000}) for number in range(1, 1_201)
    ]
    lines[500] = json.dumps({"id": "2501.00501", "title": "a\u2028b\x85c"}, ensure_ascii=False)
    found = list(read_json_lines(io.BytesIO("\r\n".join(lines).encode(encoding))))
    assert len(found) == 1_200
    assert all(isinstance(item, Record) and item.line == number for number, item in enumerate(found, 1))


def test_an_endless_line_of_wide_text_does_not_stop_the_rest() -> None:
    text = "[" + " " * (2 * MAX_LINE) + '\n{"id": "2501.00001", "title": "T"}'
    first, second = read_json_lines(io.BytesIO(text.encode("utf-16")))
    assert isinstance(first, BadRecord)
    assert "a line of 34 MB" in first.reason
    assert isinstance(second, Record)
    assert second.line == 2


def test_an_abstract_needs_no_title() -> None:
    assert one({"_id": "7", "title": "", "text": "Compact memories."}).title == ""
    assert reason({"_id": "7", "title": " ", "text": ""}) == "no title and no abstract"
    assert reason({**SNAPSHOT, "title": ""}) == "no title"
