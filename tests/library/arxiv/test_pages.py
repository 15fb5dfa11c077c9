"""The announcement feed and the listing page, as arXiv writes them."""

import contextlib
import io
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from library.arxiv.batch import id_order
from library.arxiv.feed import read_feed
from library.arxiv.listing import fetch_listing, read_listing
from library.arxiv.problems import BadAnswer
from library.arxiv.transport import Transport
from library.papers.model import Announcement, Author
from library.sources import Record
from library.sources.arxiv_atom import read_atom
from tests.library.arxiv.server import FakeArxiv, P, feed, listing, papers

WED = date(2026, 8, 12)


def test_a_feed_gives_its_day_and_types() -> None:
    new, cross, old_cross = P("2608.00010"), P("2608.00020", categories=("cs.CL", "cs.IR")), P("2607.00001")
    text = feed(
        "cs.IR", WED, [(P("2601.00001", version=4), "replace"), (old_cross, "cross"), (cross, "cross"), (new, "new")]
    )
    batch = read_feed(text.encode(), "cs.IR")
    by_key = {draft.key: draft for draft in batch.drafts}
    assert (batch.day, batch.count, batch.problem) == (WED, 3, None)
    assert by_key["2608.00010"].announcements == (Announcement("cs.IR", "new", "2026-08-12"),)
    assert by_key["2608.00010"].first_listed == "2026-08-12"
    assert by_key["2608.00020"].first_listed == "2026-08-12"  # its id is among the day's own
    assert by_key["2607.00001"].first_listed is None  # an older paper that was cross-listed now
    assert by_key["2601.00001"].first_listed is None
    assert by_key["2601.00001"].version == 4


def test_the_feeds_day_is_eastern() -> None:
    text = feed("cs.IR", WED, [(P("2608.00010"), "new")]).replace("T00:00:00-04:00", "T04:00:00+00:00")
    assert read_feed(text.encode(), "cs.IR").day == WED


def test_kinds_that_are_not_of_interest_are_left_out() -> None:
    text = feed("cs.IR", WED, [(P("2608.00010"), "new"), (P("2608.00011"), "absonly")])
    batch = read_feed(text.encode(), "cs.IR")
    assert [draft.key for draft in batch.drafts] == ["2608.00010"]
    assert [item.draft.submitted_at for item in read_atom(io.BytesIO(text.encode())) if isinstance(item, Record)] == [
        None,
        None,
    ]


def test_arxivs_own_error_is_an_error() -> None:
    text = feed("cs.IR", WED, []).replace(
        "cs.IR updates on arXiv.org", "Feed error for query: https://rss.arxiv.org/atom/x"
    )
    with pytest.raises(BadAnswer, match="Feed error"):
        read_feed(text.encode(), "cs.IR")


def test_a_listing_gives_its_day_sections_and_papers() -> None:
    new = P("2608.00010", "On <i>x</i> & $y_1$", categories=("cs.IR", "cs.CL", "stat.ML"))
    page = read_listing(listing(WED, [new], [P("2608.00020")], [P("math/0309136")]).encode())
    assert page.day == WED
    assert page.sections == {"New": (1, 1), "Cross": (1, 1), "Replacement": (1, 1)}
    draft, kind = page.listed[0]
    assert (draft.key, kind, draft.version) == ("2608.00010", "New", 1)
    assert draft.title == "On <i>x</i> & $y_1$"
    assert draft.authors == (Author("Ada Lovelace"), Author("Alan Turing"))
    assert draft.categories == ("cs.IR", "cs.CL", "stat.ML")
    assert (draft.comment, draft.abstract) == ("9 pages", "The abstract of On <i>x</i> & $y_1$.")
    assert (page.listed[2][0].key, page.listed[2][0].abstract) == ("math/0309136", "")


def test_a_listing_that_says_there_is_nothing() -> None:
    page = read_listing(listing(WED).encode())
    assert (page.day, page.says_none, page.stated) == (WED, True, 0)


@pytest.mark.parametrize(
    "heading",
    [
        "New submissions (showing 2 of 2 entries)",
        "New submissions for Wednesday, 12 August 2026 (showing 2 of 2 entries )",
        "New submissions (continued, showing last 2 of 2 entries)",
        "New submissions (showing first 2 of 2 entries)",
    ],
)
def test_headings_of_other_years_are_read(heading: str) -> None:
    text = listing(WED, papers("2608", 1, 2)).replace("New submissions (showing 2 of 2 entries)", heading)
    assert read_listing(text.encode()).sections == {"New": (2, 2)}


def test_a_long_list_comes_in_pages(arxiv: FakeArxiv, transport: Transport) -> None:
    some = papers("2608", 0, 9)
    arxiv.on("list", listing(WED, some[:5], totals={"New": 9}), listing(WED, some[5:], totals={"New": 9}))
    batch = fetch_listing(transport, "cs.IR")
    assert (batch.count, batch.problem) == (9, None)
    assert [asked.query["skip"] for asked in arxiv.asked] == [["0"], ["2000"]]


def test_a_listing_that_turns_over_midnight_is_not_mixed(arxiv: FakeArxiv, transport: Transport) -> None:
    some = papers("2608", 0, 9)
    arxiv.on("list", listing(WED, some[:5], totals={"New": 9}), listing(date(2026, 8, 13), some[5:]))
    with pytest.raises(BadAnswer, match="turned to another day"):
        fetch_listing(transport, "cs.IR")


@given(st.binary(max_size=400))
@settings(max_examples=80, deadline=None)
def test_any_bytes_are_a_page_or_a_bad_answer(body: bytes) -> None:
    for read in (lambda: read_listing(body), lambda: read_feed(body, "cs.IR")):
        with contextlib.suppress(BadAnswer):
            read()


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_a_damaged_listing_never_counts_less_without_saying_so(data: st.DataObject) -> None:
    whole = listing(WED, papers("2608", 0, 4), totals={"New": 4}).encode()
    body = whole[: data.draw(st.integers(0, len(whole)))]
    try:
        page = read_listing(body)
    except BadAnswer:
        return
    assert len(page.listed) == 4 or page.stated > len(page.listed) or page.unreadable or not page.sections


def test_ids_sort_as_they_were_given_out() -> None:
    ids = ["math/0309136", "0704.0001", "1412.9999", "1501.00001", "2608.00010"]
    assert sorted(reversed(ids), key=id_order) == ids
