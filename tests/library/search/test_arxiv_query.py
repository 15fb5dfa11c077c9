"""What a query becomes when arXiv is asked, and what of it is left out."""

from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings

from library.errors import QueryError
from library.search.arxiv_query import ArxivQuery, arxiv_query
from library.search.compile import compile_query
from library.search.describe import explain
from library.search.parse import parse
from tests.library.search.test_parse import ANY_TEXT

TODAY = date(2026, 3, 10)
API = "https://export.arxiv.org/api/query"


def translated(text: str) -> ArxivQuery:
    return arxiv_query(parse(text, today=TODAY).node, api_url=API)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("diffusion", "all:diffusion"),
        ("graph networks", "all:graph AND all:networks"),
        ('"graph networks"', 'all:"graph networks"'),
        ('ti:"graph networks" au:hinton', 'ti:"graph networks" AND au:hinton'),
        ("GPT-4", 'all:"GPT-4"'),
        ("abs:(a OR b) c", "(abs:a OR abs:b) AND all:c"),
        ("a -b", "all:a ANDNOT all:b"),
        ("a -(b OR c)", "all:a ANDNOT (all:b OR all:c)"),
        ("cat:cs.CL", "cat:cs.CL"),
        ("cat:cs", "cat:cs.*"),
        ("cat:cs.* -cat:cs.CV", "cat:cs.* ANDNOT cat:cs.CV"),
        ("x date:2026-01..2026-02", "all:x AND submittedDate:[202601010000 TO 202602282359]"),
        ("x date:2026-01..", "all:x AND submittedDate:[202601010000 TO 209912312359]"),
        ("x year:..2024", "all:x AND submittedDate:[199101010000 TO 202412312359]"),
    ],
)
def test_translates(text: str, query: str) -> None:
    found = translated(text)
    assert found.search_query == query
    assert found.left_out == ()
    assert found.url is not None
    assert parse_qs(urlsplit(found.url).query)["search_query"] == [query]


@pytest.mark.parametrize(
    ("text", "query", "names"),
    [
        ("x tag:y", "all:x", "tag is y"),
        ("x ~y", "all:x", "nearness to “y”"),
        ("x like:2501.01234", "all:x", "2501.01234"),
        ("x is:starred", "all:x", "it is starred"),
        ("x transf*", "all:x", "beginnings of words"),
        ("x (y OR tag:z)", "all:x", "tag is z"),
        ("x announced:2026-01-05", "all:x", "submission date only"),
        ("-x", "", "asked for something first"),
    ],
)
def test_names_what_is_left_out(text: str, query: str, names: str) -> None:
    found = translated(text)
    assert found.search_query == query
    assert any(names in line for line in found.left_out), found.left_out


def test_ids_go_where_arxiv_wants_them() -> None:
    found = translated("id:2501.01234 id:hep-th/9901001")
    assert found.url is not None
    assert parse_qs(urlsplit(found.url).query)["id_list"] == ["2501.01234,hep-th/9901001"]


def test_explains_in_plain_words() -> None:
    parsed = parse('graph title:"neural net" -cat:cs.CV date:2026.. ~meaning', today=TODAY)
    found = explain(parsed, compile_query(parsed, person="ada"))
    assert found.words == (
        "the word “graph” (by its meaning too)",
        "only papers where title has the phrase “neural net”",
        "only papers where not (category is cs.CV)",
        "only papers where announced or dated from 2026-01-01",
        "ranked by nearness to “meaning”",
    )
    assert found.fts == '(({title} : "neural net")) AND ("graph")'
    assert found.conditions[0] == "id NOT IN (SELECT paper_id AS id FROM paper_category WHERE category = 'cs.CV')"
    assert found.meaning == "graph neural net meaning"


@settings(max_examples=150, deadline=None)
@given(ANY_TEXT)
def test_whatever_can_be_read_can_be_explained(text: str) -> None:
    try:
        parsed = parse(text, today=TODAY)
    except QueryError:
        return
    explain(parsed, compile_query(parsed, person="ada"))
    found = arxiv_query(parsed.node, api_url=API)
    assert found.search_query.count("(") >= 0
    if found.url:
        assert found.url.isascii()
