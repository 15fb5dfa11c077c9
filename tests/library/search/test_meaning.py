"""Search with the real model: meaning beside words, restrictions on both, and what happens without a model."""

import functools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from library.errors import MissingPart, QueryError
from library.papers.ingest import add_drafts
from library.papers.model import PaperDraft, encoded_text
from library.search import fusion
from library.search.meaning import Meaning
from library.search.run import MODES, SearchResult, search
from library.settings import Settings
from library.vectors import stored, waiting
from library.vectors.conversion import convert
from library.vectors.model import model_status
from library.vectors.question import QuestionEncoder
from library.workspace import Workspace
from tests.library.search.conftest import TODAY, keys
from tests.library.search.test_parse import ANY_TEXT

pytestmark = pytest.mark.model


@functools.cache
def shared_encoder(workspace_settings: Settings) -> QuestionEncoder:
    """One for all tests here: opening it takes longer than most of them."""
    if model_status(workspace_settings).converted is None:
        convert(workspace_settings)
    return QuestionEncoder.open(workspace_settings)


@pytest.fixture
def encoded(library: Workspace) -> Workspace:
    """The library with a vector for every paper, from the real model through the light runtime."""
    encoder = shared_encoder(library.settings)
    papers = library.store.read(
        lambda db: db.execute("SELECT text_hash, title, abstract FROM paper").fetchall()
    ).result()
    vectors = encoder.encode_documents([encoded_text(row["title"], row["abstract"]) for row in papers])

    def write(db: object) -> None:
        model = waiting.register(db, encoder.model)  # type: ignore[arg-type]
        stored.store(db, model, [row["text_hash"] for row in papers], vectors.astype(np.float16))  # type: ignore[arg-type]

    library.store.write(write).result()
    return library


def ask(workspace: Workspace, text: str, **options: object) -> SearchResult:
    meaning = Meaning(workspace, encoder=shared_encoder(workspace.settings))
    chosen = {"meaning": meaning, "person": "ada", "today": TODAY, **options}
    return search(workspace.store, text, **chosen)  # type: ignore[arg-type]


def test_meaning_finds_what_no_word_says(encoded: Workspace) -> None:
    result = ask(encoded, "compressing neural nets for mobile hardware")
    assert set(keys(encoded, result)[:2]) == {"2", "4"}
    assert result.matches == 0
    first = result.hits[0]
    assert first.semantic_rank in (1, 2)
    assert first.cosine is not None
    assert first.cosine > 0.3
    # every score is the sum that its ranks say
    for hit in result.hits:
        words = fusion.WORDS / (fusion.K + hit.keyword_rank) if hit.keyword_rank else 0
        near = fusion.MEANING / (fusion.K + hit.semantic_rank) if hit.semantic_rank else 0
        assert hit.score == pytest.approx(words + near)


def test_both_ranks_and_exact_counts(encoded: Workspace) -> None:
    result = ask(encoded, "diffusion")
    assert (result.matches, result.by_meaning, result.total) == (2, 4, 6)
    assert set(keys(encoded, result)[:2]) == {"1", "6"}
    assert all(hit.keyword_rank and hit.semantic_rank for hit in result.hits[:2])
    assert all(hit.keyword_rank is None for hit in result.hits[2:])


@pytest.mark.parametrize(
    ("query", "allowed"),
    [
        ("making pictures cat:cs.CV", {"1", "6"}),
        ("making pictures -cat:cs.CV", {"2", "3", "4", "5"}),
        ('making pictures "without noise"', {"6"}),
        ("making pictures date:2026-02..2026-02", {"3", "4"}),
        ("making pictures -diffusion", {"2", "3", "4", "5"}),
        ("making pictures is:starred", {"2"}),
        ("making pictures cat:none.here", set()),
        ("making pictures (cat:stat.ML OR video)", {"1", "5"}),
    ],
)
@pytest.mark.parametrize("mode", ["hybrid", "semantic"])
def test_what_is_written_out_holds_for_both_sides(encoded: Workspace, query: str, allowed: set[str], mode: str) -> None:
    assert set(keys(encoded, ask(encoded, query, mode=mode))) == allowed


def test_meaning_alone_and_papers_alike(encoded: Workspace) -> None:
    assert keys(encoded, ask(encoded, '~"tiny models for phones"'))[0] == "4"
    alike = keys(encoded, ask(encoded, "like:2601.00001"))
    assert alike[0] == "6"
    assert "1" not in alike
    assert keys(encoded, ask(encoded, "like:2601.00001 cat:cs.CL"))[-2:] == alike_in(alike, {"2", "3"})
    with pytest.raises(QueryError, match="no paper") as caught:
        ask(encoded, "x like:2601.99999")
    assert caught.value.column == 8


def alike_in(order: list[str], chosen: set[str]) -> list[str]:
    return [key for key in order if key in chosen]


def test_semantic_mode_ranks_every_paper(encoded: Workspace) -> None:
    result = ask(encoded, "diffusion", mode="semantic", limit=2)
    assert (result.matches, result.total, len(result.hits)) == (None, 6, 2)
    assert [hit.semantic_rank for hit in result.hits] == [1, 2]
    cosines = [hit.cosine or 0 for hit in ask(encoded, "diffusion", mode="semantic").hits]
    assert cosines == sorted(cosines, reverse=True)
    assert ask(encoded, "cat:cs.CV", mode="semantic").matches == 2  # nothing to rank by: the newest first


def test_the_same_question_gives_the_same_order(encoded: Workspace) -> None:
    first, second = (ask(encoded, "networks that fit devices").hits for _ in range(2))
    assert first == second


def test_papers_without_vectors_are_found_by_words_and_counted(encoded: Workspace) -> None:
    draft = PaperDraft(key="x:7", kind="reference", source="x", title="Wholly new zebras")
    encoded.store.write(lambda db: add_drafts(db, [draft], at="2026-03-10T09:00:00Z")).result()
    result = ask(encoded, "zebras")
    assert keys(encoded, result)[0] == "7"
    assert any("1 paper has no vector" in notice for notice in result.notices)


def test_without_vectors_words_still_find(library: Workspace) -> None:
    result = ask(library, "diffusion")
    assert set(keys(library, result)) == {"1", "6"}
    assert any("labtop index" in notice for notice in result.notices)
    with pytest.raises(MissingPart, match="labtop index"):
        ask(library, "diffusion", mode="semantic")
    with pytest.raises(QueryError, match="labtop index") as caught:
        ask(library, "cat:cs.CV ~pictures")
    assert caught.value.column == 11
    assert set(keys(library, ask(library, "diffusion OR cat:stat.ML"))) == {"1", "5", "6"}


def test_without_a_converted_model_words_still_find(
    encoded: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABTOP_CACHE", str(tmp_path / "empty"))
    result = ask(encoded, "diffusion", meaning=Meaning(encoded))
    assert set(keys(encoded, result)) == {"1", "6"}
    assert any("labtop index" in notice for notice in result.notices)


def test_a_question_is_encoded_once(encoded: Workspace) -> None:
    meaning = Meaning(encoded)  # opens its own
    assert meaning.problem() is None
    first = meaning.encode("pictures")
    assert meaning.encode("pictures") is first
    for number in range(200):
        meaning.encode(f"pictures {number % 70}")
    assert np.allclose(meaning.encode("pictures"), first)


def test_an_index_made_again_is_said_once(encoded: Workspace) -> None:
    meaning = Meaning(encoded, encoder=shared_encoder(encoded.settings))
    first, second = (ask(encoded, "pictures", meaning=meaning) for _ in range(2))
    assert any("made again" in notice for notice in first.notices)
    assert not any("made again" in notice for notice in second.notices)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ANY_TEXT)
def test_whatever_is_typed_gives_results_or_a_query_error(encoded: Workspace, text: str) -> None:
    for mode in MODES:
        try:
            result = ask(encoded, text, mode=mode)
        except QueryError:
            continue
        assert result.total >= len(result.hits)
        assert len({hit.paper_id for hit in result.hits}) == len(result.hits)
