"""Atom and OAI-PMH: real recorded answers, quirks, and files made to hurt."""

import io
import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import BinaryIO

import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from library.papers.model import Author, PaperDraft, Version
from library.sources import BadRecord, Record
from library.sources.arxiv_atom import creators, read_atom, read_header
from library.sources.oai import read_oai, read_page
from tests.library.arxiv.server import MAINTENANCE, P, api, feed, oai

Read = Callable[[BinaryIO], Iterator[Record | BadRecord]]
READERS = [read_atom, read_oai]


def drafts(read: Read, text: str | bytes) -> list[PaperDraft]:
    body = text.encode() if isinstance(text, str) else text
    return [item.draft for item in read(io.BytesIO(body)) if isinstance(item, Record)]


def reasons(read: Read, text: str | bytes) -> list[str]:
    body = text.encode() if isinstance(text, str) else text
    return [item.reason for item in read(io.BytesIO(body)) if isinstance(item, BadRecord)]


@pytest.mark.realdata
def test_all_recorded_answers_come_in(shared_data: Path) -> None:
    folder = shared_data / "arxiv_api_fixtures"
    index = json.loads((folder / "index.json").read_text())
    assert len(index) == 50
    total = 0
    for facts in index:
        read = read_atom if facts["kind"] == "atom" else read_oai
        with (folder / facts["file"]).open("rb") as stream:
            items = list(read(stream))
        good = [item.draft for item in items if isinstance(item, Record)]
        errors = 1 if facts.get("status_code") == 400 else 0
        assert (facts["file"], len(good)) == (facts["file"], facts["entries"] + facts["records"] - errors)
        assert (facts["file"], len(items) - len(good)) == (facts["file"], errors)
        total += len(good)
        for draft in good:
            assert draft.title
            assert draft.abstract
            assert draft.authors
            assert draft.categories
            assert draft.submitted_at
            assert "\n" not in draft.title + draft.abstract
    assert total == 268


@pytest.mark.realdata
def test_a_recorded_paper_is_right_in_every_field(shared_data: Path) -> None:
    folder = shared_data / "arxiv_api_fixtures"
    (draft,) = drafts(read_atom, (folder / "atom" / "id_quant-ph_0201082v1_s0_m100_86989fe779ef.xml").read_bytes())
    assert (draft.key, draft.version, draft.url) == ("quant-ph/0201082", 1, "https://arxiv.org/abs/quant-ph/0201082")
    (raw,) = drafts(read_oai, (folder / "oai_arXivRaw" / "arxivraw_1810.09584.xml").read_bytes())
    assert raw.versions == (Version(1, "2018-10-22T22:41:50Z"), Version(2, "2019-01-13T11:17:09Z"))
    assert raw.authors[-1] == Author("Édgar Roldán")
    (oai_record,) = drafts(read_oai, (folder / "oai_arXiv" / "arxiv-single.xml").read_bytes())
    assert (oai_record.submitted_at, oai_record.updated_at) == ("2014-01-09", "2017-10-23")
    assert oai_record.authors == (Author("A. Sergyeyev", "Sergyeyev", "A."),)
    assert oai_record.doi == "10.1007/s11005-017-1013-4"
    assert oai_record.extra == {"msc_class": "37K05 37K10 53D10"}
    assert oai_record.categories[0] == "math.AP"


def test_the_header_says_how_many_there_are() -> None:
    header = read_header(io.BytesIO(api([P("2608.00001")], total=5619).encode()))
    assert (header.total, header.entries, header.error, header.is_feed) == (5619, 1, None, True)
    assert read_header(io.BytesIO(MAINTENANCE.encode())).is_feed is False
    assert read_header(io.BytesIO(feed("cs.IR", date(2026, 8, 12), []).encode())).total is None


def test_a_feeds_entries_have_no_submission_date_but_their_abstract() -> None:
    (draft,) = drafts(read_atom, feed("cs.IR", date(2026, 8, 12), [(P("2608.00001", version=2), "replace")]))
    assert (draft.submitted_at, draft.version) == (None, 2)
    assert draft.abstract == "The abstract of Paper 2608.00001."
    assert draft.authors == (Author("Ada Lovelace"), Author("Alan Turing"))


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Ada Lovelace, Alan Turing", ["Ada Lovelace", "Alan Turing"]),
        ("Ada (Analytical Society, London), Alan", ["Ada", "Alan"]),
        ("Ada (Society (London, UK), Paris), Alan", ["Ada", "Alan"]),
        ("Ada (unclosed, Alan", ["Ada (unclosed", "Alan"]),
        ("", []),
        ("Planck Collaboration", ["Planck Collaboration"]),
    ],
)
def test_affiliations_are_no_authors(line: str, names: list[str]) -> None:
    assert [author.name for author in creators(line)] == names


def test_affiliations_of_the_api_are_kept() -> None:
    text = api([P("2608.00001")]).replace(
        "<name>Ada Lovelace</name>",
        "<name>Ada Lovelace</name><arxiv:affiliation>London</arxiv:affiliation>",
    )
    (draft,) = drafts(read_atom, text)
    assert draft.extra == {"affiliations": {"Ada Lovelace": ["London"]}}


def test_an_entry_without_a_date_is_still_a_paper() -> None:
    (draft,) = drafts(read_atom, api([P("2608.00001")], undated=frozenset({"2608.00001"})))
    assert draft.submitted_at is None


def test_deleted_records_and_errors_are_told() -> None:
    deleted = """<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords><record><header status="deleted">
      <identifier>oai:arXiv.org:2608.00001</identifier><datestamp>2026-08-12</datestamp></header></record>
      <resumptionToken expirationDate="x">abc|2001</resumptionToken></ListRecords></OAI-PMH>"""
    assert reasons(read_oai, deleted) == ["oai:arXiv.org:2608.00001 was deleted at its source"]
    page = read_page(io.BytesIO(deleted.encode()))
    assert (page.token, page.records[0].deleted, page.records[0].datestamp) == ("abc|2001", True, "2026-08-12")
    assert reasons(read_oai, oai(error=("noRecordsMatch", "none"))) == []
    assert reasons(read_oai, oai(error=("badArgument", "from"))) == ["the OAI-PMH server answered badArgument: from"]
    assert read_page(io.BytesIO(oai(error=("badArgument", "x")).encode())).errors == (("badArgument", "x"),)


def test_an_empty_token_is_the_end() -> None:
    page = read_page(
        io.BytesIO(oai([P("2608.00001")]).replace("</ListRecords>", "<resumptionToken/></ListRecords>").encode())
    )
    assert page.token is None


def test_one_bad_record_does_not_spoil_the_page() -> None:
    page = oai([P("2608.00001"), P("not an id"), P("2608.00003")])
    assert [draft.key for draft in drafts(read_oai, page)] == ["2608.00001", "2608.00003"]
    assert len(reasons(read_oai, page)) == 1


@pytest.mark.parametrize("read", READERS)
def test_a_cut_file_gives_what_is_whole_and_says_that_it_was_cut(read: Read) -> None:
    text = (api if read is read_atom else oai)([P(f"2608.{n:05d}") for n in range(200)])
    body = text.encode()
    for end in (len(body) // 2, len(body) - 30, len(body) - 3):
        kept = drafts(read, body[:end])
        assert 80 < len(kept) <= 200
        assert "cut off in the middle" in reasons(read, body[:end])[-1]


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize(
    "control", ["\x00", "\x01", "\x08", "\x0b", "\x1f", "\x7f", "&#1;", "&#x0b;", "&#x1F;", "&#0;"]
)
def test_a_control_character_does_not_cost_the_page(read: Read, control: str) -> None:
    title = f"A{'b' * 700}{control}c"
    text = (api if read is read_atom else oai)([P("2608.00001", "TITLE"), P("2608.00002")]).replace("TITLE", title)
    found = drafts(read, text)
    assert [draft.key for draft in found] == ["2608.00001", "2608.00002"]
    assert found[0].title == f"A{'b' * 700}c"


def test_terminal_escapes_and_overrides_are_taken_out() -> None:
    (draft,) = drafts(read_atom, api([P("2608.00001", "Red \u202etxet\u202c &amp; <b>bold</b> \x9b31m")]))
    assert draft.title == "Red txet &amp; <b>bold</b>"


BOMB = "<!DOCTYPE l [<!ENTITY a 'lol'>" + "".join(
    f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(12)
)


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize(
    "opening",
    [
        BOMB + "]>",
        "<!DOCTYPE x [<!ENTITY m SYSTEM 'file:///etc/passwd'>]>",
        "<!DOCTYPE x SYSTEM 'http://127.0.0.1:9/x'>",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_never_worked_through(read: Read, opening: str, encoding: str) -> None:
    plain = (api if read is read_atom else oai)([P("2608.00001", "TITLE")])
    text = opening + plain.partition("?>")[2].replace("TITLE", "&m;")
    assert drafts(read, text.encode(encoding)) == []
    assert "document type" in reasons(read, text.encode(encoding))[0]


@pytest.mark.parametrize("read", READERS)
def test_other_encodings_are_read(read: Read) -> None:
    text = (api if read is read_atom else oai)([P("2608.00001", "Über Größe")])
    assert drafts(read, text.replace("UTF-8", "UTF-16").encode("utf-16"))[0].title == "Über Größe"
    assert drafts(read, text.replace("UTF-8", "ISO-8859-1").encode("latin-1"))[0].title == "Über Größe"


@pytest.mark.parametrize("read", READERS)
def test_memory_stays_the_same_however_long_the_file(read: Read) -> None:
    class Endless(io.RawIOBase):
        """A document of 5,000 records that is made while it is read."""

        def __init__(self) -> None:
            whole = (api if read is read_atom else oai)([P("2608.00001")]).encode()
            tag = b"entry" if read is read_atom else b"record"
            start, end = whole.index(b"<" + tag + b">"), whole.index(b"</" + tag + b">") + len(tag) + 3
            self.parts = iter([whole[:start], *([whole[start:end] * 50] * 100), whole[end:]])
            self.rest = b""

        def read(self, size: int = -1) -> bytes:
            while len(self.rest) < size and (part := next(self.parts, b"")):
                self.rest += part
            out, self.rest = self.rest[:size], self.rest[size:]
            return out

    memory = psutil.Process().memory_info
    records = read(Endless())  # type: ignore[arg-type]
    for _ in range(1_000):
        next(records)
    before = memory().rss
    assert sum(1 for _ in records) == 4_000
    assert memory().rss - before < 8_000_000  # 4,000 records that stay would be more than twice as much


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize(
    "body", [b"", b"   ", b"Rate exceeded.", MAINTENANCE.encode(), b"\x1f\x8b\x08", b"\x00" * 99, b"<"]
)
def test_what_is_no_such_file_gives_a_reason_and_no_paper(read: Read, body: bytes) -> None:
    assert drafts(read, body) == []
    assert all(reasons(read, body))


@pytest.mark.parametrize("read", READERS)
@given(body=st.binary(max_size=300))
@settings(max_examples=60, deadline=None)
def test_any_bytes_end_in_records_or_reasons(read: Read, body: bytes) -> None:
    list(read(io.BytesIO(body)))


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_a_page_damaged_anywhere_never_raises(data: st.DataObject) -> None:
    body = bytearray(oai([P("2608.00001"), P("2608.00002", updated=date(2026, 8, 12))]).encode())
    for _ in range(data.draw(st.integers(1, 5))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    page = read_page(io.BytesIO(bytes(body)))
    assert len(page.records) <= 2


@given(st.text(max_size=40))
def test_any_title_comes_back_clean_or_is_refused(title: str) -> None:
    from xml.sax.saxutils import escape

    text = api([P("2608.00001", "TITLE")]).replace("TITLE", escape(title).encode("utf-8", "replace").decode())
    for draft in drafts(read_atom, text):
        assert draft.title == draft.title.strip()
        assert not any(ord(character) < 32 for character in draft.title)
