"""RIS, Web of Science, CSL-JSON and Zotero items."""

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.papers.model import PaperDraft
from library.sources import BadRecord, Record
from library.sources.bibtex import read_bibtex
from library.sources.dates import partial_date
from library.sources.json_document import read_json_document
from library.sources.reference import printed
from library.sources.ris import CUT, read_ris

RIS = """TY  - JOUR
AU  - Vaswani, Ashish
AU  - King, Martin Luther, Jr.
A2  - Editor, Ed
TI  - Attention is all
  you need
T2  - Journal of Things
PY  - 2017/06/12/
VL  - 30
IS  - 2
SP  - 1
EP  - 11
DO  - https://doi.org/10.1000/XYZ
KW  - attention; models
KW  - Attention
AB  - Words.
UR  - https://example.org/a
ER  -
"""


def ris(text: str | bytes) -> list[Record | BadRecord]:
    return list(read_ris(io.BytesIO(text.encode() if isinstance(text, str) else text)))


def items(value: Any) -> list[Record | BadRecord]:
    return list(read_json_document(io.BytesIO(json.dumps(value).encode())))


def draft(found: list[Record | BadRecord]) -> PaperDraft:
    (item,) = found
    assert isinstance(item, Record), item
    return item.draft


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_ris(end: str) -> None:
    found = draft(ris("\ufeff" + RIS.replace("\n", end)))
    assert found.title == "Attention is all you need"
    assert [(author.family, author.given) for author in found.authors] == [
        ("Vaswani", "Ashish"),
        ("King Jr.", "Martin Luther"),
    ]
    assert (found.key, found.doi, found.published) == ("doi:10.1000/xyz", "10.1000/xyz", "2017-06-12")
    assert found.journal_ref == "Journal of Things 30(2), 1–11"
    assert found.extra["keywords"] == ["attention", "models", "Attention"]
    assert found.url == "https://example.org/a"
    assert found.extra["entry"]["type"] == "article"


def test_a_ris_record_without_its_end_does_not_swallow_the_next() -> None:
    found = ris(
        "1.\nTY  - JOUR\nTI  - One\nTY - BOOK\nT1  - Two\n\nTY  - GEN\nN1  - nothing\nER  -\nTY  - GEN\nTI\t- Three"
    )
    assert [item.draft.title for item in found if isinstance(item, Record)] == ["One", "Two", "Three"]
    assert [item.line for item in found] == [2, 4, 7, 10]
    assert [item.reason for item in found if isinstance(item, BadRecord)] == [
        "no title, and no arXiv id or DOI to know it by"
    ]


def test_ris_addresses_may_have_semicolons() -> None:
    found = draft(ris("TY  - JOUR\nTI  - T\nUR  - https://doi.org/10.1892/0891(2006)20%5B1:a%5D2.0.co;2\nER  -\n"))
    assert found.doi == "10.1892/0891(2006)20[1:a]2.0.co;2"
    found = draft(ris("TY  - JOUR\nTI  - T\nUR  - https://a.org/1;https://b.org/2\nER  -\n"))
    assert found.url == "https://a.org/1"


@pytest.mark.parametrize(
    ("note", "comment"),
    [
        ("12 pages", "12 pages"),
        ("<p>12 pages</p>", "12 pages"),
        ("word " * 200, None),
        ("DEMO: exported", "DEMO: exported"),
    ],
)
def test_a_note_in_ris_is_a_comment_unless_it_is_long(note: str, comment: str | None) -> None:
    assert draft(ris(f"TY  - JOUR\nTI  - T\nN1  - {note}\nER  -\n")).comment == comment


def test_a_cut_list_of_authors_comes_back_from_ris() -> None:
    cut = draft(ris(f"TY  - JOUR\nTI  - T\nAU  - A, B\nN1  - {CUT}\nER  -\n"))
    assert (cut.authors_truncated, cut.comment) == (True, None)


def test_web_of_science() -> None:
    text = (
        "FN Clarivate Analytics Web of Science\nVR 1.0\nPT J\nAU Parkes-Loach, PS\n   Law, CJ\n"
        "TI The core structure\n   of things\nSO PHOTOSYNTHESIS RESEARCH\nPY 2001\nVL 3\nDI 10.1/ab\nER\n\nEF"
    )
    found = draft(ris(text))
    assert found.title == "The core structure of things"
    assert [author.name for author in found.authors] == ["PS Parkes-Loach", "CJ Law"]
    assert found.published == "2001"


def test_csl() -> None:
    found = draft(
        items(
            [
                {
                    "id": "smith2020",
                    "type": "article-journal",
                    "title": "On H<sub>2</sub>O &amp; <i>ice</i>",
                    "container-title": "J. Ice",
                    "volume": 3,
                    "page": "1-9",
                    "author": [
                        {"family": "Berg", "given": "A.", "non-dropping-particle": "van den"},
                        {"literal": "WHO"},
                    ],
                    "issued": {"date-parts": [[2020, "5"]]},
                    "DOI": "10.1000/ICE",
                }
            ]
        )
    )
    assert found.title == "On H2O & ice"
    assert [(author.family, author.given) for author in found.authors] == [("van den Berg", "A."), ("WHO", "")]
    assert (found.published, found.key, found.journal_ref) == ("2020-05", "doi:10.1000/ice", "J. Ice 3, 1-9")
    assert found.extra["entry"]["fields"]["journal"] == "J. Ice"


def test_csl_knows_arxiv() -> None:
    item = {"id": "x", "type": "article", "title": "T", "number": "arXiv:1706.03762", "author": [{"family": "V"}]}
    assert draft(items([item])).key == "1706.03762"


def test_zotero_items_in_both_wrappings() -> None:
    item = {
        "itemType": "conferencePaper",
        "title": "T",
        "creators": [
            {"creatorType": "editor", "lastName": "Ed", "firstName": "I."},
            {"creatorType": "author", "lastName": "Law", "firstName": "C. J."},
            {"creatorType": "author", "name": "The Team"},
        ],
        "date": "June 2017",
        "proceedingsTitle": "Proc. of X",
        "extra": "Citation Key: law2017\narXiv: 1706.03762 [cs.CL]",
        "tags": [{"tag": "one"}, {"tag": "two"}],
    }
    for wrapped in ([item], {"items": [item]}, [{"key": "A", "data": item}]):
        found = draft(items(wrapped))
        assert [author.name for author in found.authors] == ["C. J. Law", "The Team"]
        assert (found.key, found.published) == ("1706.03762", "2017-06")
        assert found.extra["entry"]["key"] == "law2017"
        assert found.extra["entry"]["fields"]["editor"] == "Ed, I."
        assert found.extra["keywords"] == ["one", "two"]
    (note,) = items([{"itemType": "note", "note": "x"}])
    assert isinstance(note, BadRecord)


def test_one_work_is_one_paper_in_every_format() -> None:
    bib = "@article{k, title={The {Core} of {\\'E}tudes}, author={Law, C. J.}, year={2001}}"
    csl = {"type": "book", "title": "The core of Études", "author": [{"family": "Law"}], "issued": {"raw": "2001-03"}}
    keys = {
        draft(list(read_bibtex(io.BytesIO(bib.encode())))).key,
        draft(ris("TY  - JOUR\nAU  - Law, C\nTI  - The Core of Études\nPY  - 2001\nER  - ")).key,
        draft(items([csl])).key,
    }
    assert len(keys) == 1


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2017-06-12", "2017-06-12"),
        ("2017/06//", "2017-06"),
        ("12 June 2017", "2017-06-12"),
        ("Jun. 12, 2017", "2017-06-12"),
        ("March-April 2017", "2017-03"),
        ("06/2017", "2017-06"),
        ("25/12/2017", "2017-12-25"),
        ("3/4/2017", "2017"),
        ("[1985]", "1985"),
        ("20170612", None),
        ("n.d.", None),
        ("2017-13-40", "2017"),
        ("0000", None),
    ],
)
def test_dates_as_people_write_them(text: str, date: str | None) -> None:
    assert partial_date(text) == date


@given(st.lists(st.text(alphabet="TYERAUPI - 12\n\t/,;é", max_size=30), max_size=8))
def test_no_ris_raises(lines: list[str]) -> None:
    for text in ("\n".join(lines), "TY  - JOUR\nTI  - T\n" + "\n".join(lines), "PT J\n" + "\n".join(lines)):
        for item in ris(text):
            assert isinstance(item, (Record, BadRecord))


@given(st.text(max_size=30))
def test_a_date_is_one_or_none(text: str) -> None:
    found = partial_date(text)
    assert found is None or found[:4].isdigit()


def test_csl_that_is_nearly_csl() -> None:
    from library.sources.csl import draft_of_csl

    item = {"type": "article-journal", "title": "X", "author": "Ada Lovelace; Alan Turing", "id": "x"}
    draft = draft_of_csl({**item, "issued": {"date-parts": "2024-05-01"}})
    assert [author.name for author in draft.authors] == ["Ada Lovelace", "Alan Turing"]
    assert draft.published == "2024-05-01"


@pytest.mark.parametrize(
    ("name", "family", "given"),
    [
        ("Smith, John, Jr.", "Smith Jr.", "John"),
        ("Smith, III, John", "Smith III", "John"),
        ("Nguyen, The Anh", "Nguyen", "The Anh"),
        ("Barnes and Noble, Inc.", "", ""),
        ("The LIGO Scientific Collaboration, the Virgo Collaboration", "", ""),
        ("Last, First, and more", "", ""),
        ("Ada Lovelace", "", ""),
    ],
)
def test_a_printed_name_is_taken_apart_where_it_says_how(name: str, family: str, given: str) -> None:
    author = printed(name)
    assert author is not None
    assert (author.family, author.given) == (family, given)
    assert family or author.name == name
