"""Questions to a small library by words: who is found, in which order, how many, and what is said about it."""

import pytest
from hypothesis import HealthCheck, given, settings

from library.errors import MissingPart, QueryError
from library.jobs import Cancelled, CancelToken
from library.papers.ingest import add_drafts
from library.papers.model import PaperDraft
from library.search import words
from library.search.run import MODES, search
from library.workspace import Workspace
from tests.library.search.conftest import TODAY, Ask, Search, keys
from tests.library.search.test_parse import ANY_TEXT


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("diffusion", {"1", "6"}),
        ("diffusion video", {"1"}),
        ("diffusion -video", {"6"}),
        ("diffusion NOT ti:video", {"6"}),
        ('"language models"', {"2"}),
        ('"models language"', set()),
        ("pruning OR spam", {"2", "5"}),
        ("(pruning OR diffusion) cat:cs.CV", {"1", "6"}),
        ("pruning OR cat:stat.ML", {"2", "5"}),
        ("C++", {"3"}),
        ("GPT-4", {"3"}),
        ("naive", {"5"}),
        ("quantis*", {"4"}),
        ("ti:networks", set()),
        ("abs:networks", {"2", "4"}),
        ("au:lovelace", {"2", "4", "6"}),
        ('au:"Hinton, Geoffrey"', {"1", "2", "3", "4", "5", "6"}),
        ('"flow matching"', {"1"}),
        ("note:flow", {"1"}),
        ("ti:flow", set()),
        ("cat:cs.CL", {"2", "3"}),
        ("cat:cs.cl", {"2", "3"}),
        ("cat:cs.*", {"1", "2", "3", "4", "6"}),
        ("cat:cs", {"1", "2", "3", "4", "6"}),
        ("-cat:cs", {"5"}),
        ("tag:to-read", {"2"}),
        ("tag:to*", {"2"}),
        ("is:tagged", {"2"}),
        ("is:noted", {"1"}),
        ("is:starred", {"2"}),
        ("status:skip", set()),
        ("status:undecided cat:cs.CL", {"3"}),
        ("is:new", {"6"}),
        ("is:withdrawn", {"5"}),
        ("doi:10.1234/SPAM", {"5"}),
        ("id:2601.00002v3", {"2"}),
        ("2601.00002", {"2"}),
        ("https://arxiv.org/pdf/2601.00002v3", {"2"}),
        ("https://doi.org/10.1234/SPAM", {"5"}),
        ("id:2601.*", {"1", "2"}),
        ("source:test year:2025", {"5"}),
        ("date:2026-01", {"1", "2"}),
        ("date:2026-01-20..2026-02-02", {"2", "3"}),
        ("date:..2025", {"5"}),
        ("-date:2026..", {"5"}),
        ("year:2026 -cat:cs.LG -cat:cs.CL", {"6"}),
        ("announced:2026-02-20", {"4"}),
        ("added:today", {"1", "2", "3", "4", "5", "6"}),
        ("added:..2026-03-09", set()),
        ("NOT (cat:cs OR tag:x)", {"5"}),
        ("cat:(cs.CV OR stat.ML) -is:noted", {"5", "6"}),
        ("zzz", set()),
    ],
)
def test_finds(ask: Ask, query: str, found: set[str]) -> None:
    answer = ask(query, mode="keyword")
    assert set(answer) == found
    assert len(answer) == len(found)


def test_decisions_are_those_of_who_asks(ask: Ask) -> None:
    assert ask("status:skip", person="kim") == ["2"]
    assert ask("is:starred", person="kim") == []


def test_filters_alone_list_the_newest_first(run: Search, library: Workspace) -> None:
    result = run("cat:cs.*")
    assert keys(library, result) == ["6", "4", "3", "2", "1"]
    assert (result.total, result.matches, result.by_meaning) == (5, 5, 0)
    assert {hit.keyword_rank for hit in result.hits} == {None}


def test_titles_weigh_more_and_ranks_count_from_one(run: Search) -> None:
    result = run("memory networks OR memory", mode="keyword")
    assert [hit.keyword_rank for hit in result.hits] == list(range(1, len(result.hits) + 1))
    assert all(hit.bm25 is not None for hit in result.hits)
    assert sorted((hit.score for hit in result.hits), reverse=True) == [hit.score for hit in result.hits]


def test_few_with_all_words_are_followed_by_some_with_some_words(run: Search, ask: Ask) -> None:
    result = run("spam filters diffusion")
    assert (result.matches, result.some_words, result.total) == (0, 3, 3)
    assert any("No paper has all of these words" in notice for notice in result.notices)
    assert ask("diffusion noise", mode="keyword") == ["6"]  # by words alone that holds only where none has them all
    assert len(ask("spam filters diffusion", mode="keyword")) == 3
    assert ask("diffusion noise")[0] == "6"  # the one that has both comes first
    assert set(ask("spam filters diffusion cat:cs.CV")) == {"1", "6"}  # what is written out still holds


def test_pages_join_up(run: Search, library: Workspace) -> None:
    whole = keys(library, run("networks models diffusion", limit=50))
    pages = [keys(library, run("networks models diffusion", limit=2, offset=start))[:2] for start in range(0, 6, 2)]
    assert [key for page in pages for key in page] == whole
    assert run("diffusion", limit=0).total == 2


def test_by_date_keeps_to_papers_with_all_the_words(ask: Ask) -> None:
    assert ask("diffusion", sort="date") == ["6", "1"]
    assert ask("diffusion spam", sort="date") == []


def test_half_a_word_is_enough_while_typing(ask: Ask) -> None:
    assert ask("video diff", as_you_type=True, mode="keyword") == ["1"]
    assert ask("video diff", mode="keyword") == ["1"]  # none has both, and this one has video
    assert ask("video diff ", as_you_type=True, mode="keyword") == []


def test_common_words_are_ranked_on_the_newest_and_counted_exactly(
    run: Search, library: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(words, "RANKED", 2)
    for query, total in (("networks OR diffusion", 4), ("(networks OR diffusion) date:2026..", 4)):
        result = run(query, mode="keyword")
        assert (result.matches, result.total, len(result.hits)) == (total, total, 2)
        assert set(keys(library, result)) == {"4", "6"}
        assert any("most recently added of 4 matches" in notice for notice in result.notices)


def test_equal_scores_come_in_the_order_of_ids(library: Workspace, run: Search) -> None:
    drafts = [PaperDraft(key=f"x:{n}", kind="reference", source="x", title="Same words here") for n in range(5)]
    library.store.write(lambda db: add_drafts(db, drafts, at="2026-03-10T09:00:00Z")).result()
    for _ in range(2):
        assert keys(library, run("same words here")) == ["0", "1", "2", "3", "4"]


def test_a_cancelled_search_stops(library: Workspace) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        search(library.store, "diffusion", meaning=None, person="ada", today=TODAY, cancel=token)


def test_what_needs_meaning_says_so(run: Search) -> None:
    with pytest.raises(QueryError, match="keyword mode"):
        run("~memory", mode="keyword")
    with pytest.raises(QueryError, match="not ready") as caught:
        run('~"saving memory"')
    assert caught.value.column == 1
    with pytest.raises(MissingPart):
        run("memory", mode="semantic")


def test_an_empty_question_lists_everything(ask: Ask) -> None:
    assert ask("") == ["6", "4", "3", "2", "1", "5"]


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ANY_TEXT)
def test_whatever_is_typed_gives_results_or_a_query_error(library: Workspace, text: str) -> None:
    for mode, typing in (("hybrid", True), ("keyword", False)):
        try:
            result = search(
                library.store,
                text,
                meaning=None,
                person="ada",
                today=TODAY,
                mode=mode,  # type: ignore[arg-type]
                as_you_type=typing,
            )
        except QueryError:
            continue
        assert result.total >= len(result.hits)
        assert len({hit.paper_id for hit in result.hits}) == len(result.hits)


@pytest.mark.parametrize(
    "query",
    [
        " ".join(f"id:{number}" for number in range(240)),
        " OR ".join(f"id:{number}" for number in range(240)),
        " OR ".join(f"word{number}" for number in range(240)),
        " ".join(f"-tag:{number}" for number in range(240)),
        " ".join(f'"two words{number}"' for number in range(240)),
        "cat:(" + " OR ".join(f"cs.{number}" for number in range(240)) + ") diffusion",
        " ".join(f"(a{number} OR tag:b{number})" for number in range(120)),
    ],
)
def test_many_parts(run: Search, query: str) -> None:
    for mode in ("hybrid", "keyword"):
        result = run(query, mode=mode)
        assert result.total >= len(result.hits)
    with pytest.raises(QueryError, match="fields, phrases and alternatives") as caught:
        run(f"{query} {query.replace('1', '7x')} {query.replace('2', '8y')}")
    assert caught.value.column > 1


def test_half_a_word_of_a_field_is_enough_too(ask: Ask) -> None:
    assert ask("ti:prun", as_you_type=True) == ["2"]
    assert ask("ti:prun") == []


def test_long_and_odd_questions(run: Search) -> None:
    assert run("diffusion " * 1_000).matches == 2
    assert run(" ".join(f"word{n}" for n in range(1_200))).total == 0
    assert MODES == ("hybrid", "keyword", "semantic")


@pytest.mark.parametrize(
    ("query", "name"),
    [("2611.00004", "2611.00004"), ("https://doi.org/10.1234/None", "10.1234/none"), ("id:2611.4*", "")],
)
def test_a_paper_that_is_not_here_can_be_added(run: Search, query: str, name: str) -> None:
    result = run(query)
    assert result.total == 0
    said = f"There is no paper {name} here: labtop add {name} takes it in."
    assert (said in result.notices) == bool(name)
    assert not any("labtop add" in notice for notice in run("2601.00002").notices)
