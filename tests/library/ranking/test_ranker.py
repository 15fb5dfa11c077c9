"""The ranker: what its scores are made of, what they depend on and what not, and that nothing makes it fall over."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from library.ranking.fusing import WEIGHTS
from library.ranking.ground import lay
from library.ranking.learning import Taste, learned, recency
from library.ranking.model import LEARN_FROM, Corpus, Label, Ranked, Ranking, Wish, Work
from library.ranking.ranker import rank
from library.ranking.words import Reader, terms
from tests.library.ranking.worlds import DIMENSION, NAMES, keep, of, permuted, subject, wish, world

TODAY = "2026-02-01"
POOL = range(80, 120)
KEPT = of("retrieval", 0, 60)
SKIPPED = of("agents", 0, 40)


def by_key(corpus: Corpus, ranking: Ranking) -> dict[str, Ranked]:
    return {corpus.works[each.paper].key: each for each in ranking.ranked}


def names(corpus: Corpus, ranking: Ranking) -> list[str]:
    return [corpus.works[each.paper].key for each in ranking.ranked]


def subjects(corpus: Corpus, ranking: Ranking, first: int) -> set[str]:
    return {corpus.works[each.paper].title.split()[1].rstrip(":") for each in ranking.ranked[:first]}


CASES = {
    "nothing": ([], []),
    "an interest": ([wish("retrieval")], []),
    "an interest in words only": ([Wish(1, "late interaction of passages", None)], []),
    "two interests and few decisions": ([wish("retrieval"), wish("vision", 2)], keep(KEPT[:4])),
    "one decision, no interest": ([], keep(KEPT[:1])),
    "a tag's papers": ([Wish(3, "", None, tuple(KEPT[:5]))], []),
    "learned without interests": ([], keep(KEPT)),
    "learned with interests and skips": (
        [wish("retrieval"), wish("agents", 2)],
        keep(KEPT) + keep(SKIPPED, wanted=False),
    ),
    "skips alone": ([], keep(SKIPPED + of("vision", 0, 20), wanted=False)),
    "skips alone with an interest": ([wish("retrieval")], keep(SKIPPED + of("vision", 0, 20), wanted=False)),
}


@pytest.mark.parametrize("case", CASES)
def test_parts_add_up_and_scores_are_probabilities_in_order(case: str) -> None:
    corpus = world()
    wishes, labels = CASES[case]
    ranking = rank(corpus, wishes, labels, POOL, today=TODAY)
    assert sorted(each.paper for each in ranking.ranked) == list(POOL)
    assert ranking.labels == len(labels)
    assert ranking.regime == ("learned" if len(labels) >= LEARN_FROM else "interests")
    for each in ranking.ranked:
        assert abs(math.fsum(part.value for part in each.parts) - each.log_odds) < 1e-9
        assert each.score == round(1 / (1 + math.exp(-each.log_odds)), 4)
        assert len({part.name for part in each.parts}) == len(each.parts)
        assert each.wish in {None, *(one.id for one in wishes)}
        assert (each.wish is not None) == bool(wishes)
    order = [(-each.score, corpus.works[each.paper].key) for each in ranking.ranked]
    assert order == sorted(order)


@pytest.mark.parametrize("case", CASES)
def test_the_order_of_what_comes_in_changes_nothing(case: str) -> None:
    corpus = world()
    wishes, labels = CASES[case]
    ranking = rank(corpus, wishes, labels, POOL, today=TODAY)
    other, went = permuted(corpus, 7)

    def there(row: int) -> int:
        return int(went[row])

    moved = rank(
        other,
        [replace(each, papers=tuple(there(row) for row in each.papers[::-1])) for each in wishes[::-1]],
        [replace(label, paper=there(label.paper)) for label in labels[::-1]],
        [there(row) for row in reversed(POOL)],
        today=TODAY,
    )
    assert moved.model_hash == ranking.model_hash
    assert names(other, moved) == names(corpus, ranking)
    first, second = by_key(corpus, ranking), by_key(other, moved)
    for key, each in first.items():
        assert (second[key].parts, second[key].score, second[key].terms) == (each.parts, each.score, each.terms)
        assert [other.works[row].key for row, _ in second[key].nearest] == [
            corpus.works[row].key for row, _ in each.nearest
        ]


def test_interests_find_their_subject_and_say_which_sentence() -> None:
    corpus = world()
    ranking = rank(corpus, [wish("retrieval", 4), wish("vision", 9)], [], POOL, today=TODAY)
    assert ranking.regime == "interests"
    assert subjects(corpus, ranking, 20) == {"retrieval", "vision"}
    for each in ranking.ranked[:20]:
        title = corpus.works[each.paper].title
        assert each.wish == (4 if "retrieval" in title else 9)
        assert each.sentence == 1  # the one with less noise
        vector = subject("retrieval" if each.wish == 4 else "vision")
        row = corpus.sentences[corpus.firsts[each.paper] + 1]
        assert each.cosine == pytest.approx(float(row @ vector), abs=1e-5)


def test_what_was_kept_is_found_again_without_any_interest() -> None:
    corpus = world()
    for labels in (keep(KEPT[:1]), keep(KEPT[:5]), keep(KEPT)):
        assert subjects(corpus, rank(corpus, [], labels, POOL, today=TODAY), 10) == {"retrieval"}


def test_decisions_take_part_from_ten_on() -> None:
    corpus = world()
    asked = [wish("vision")]
    before = rank(corpus, asked, [], POOL, today=TODAY)
    nine = rank(corpus, asked, keep(KEPT[:9]), POOL, today=TODAY)
    ten = rank(corpus, asked, keep(KEPT[:10]), POOL, today=TODAY)
    assert (nine.regime, ten.regime) == ("interests", "learned")
    assert {part.name for part in nine.ranked[0].parts} == {part.name for part in before.ranked[0].parts}
    row = of("retrieval", 80, 120)[0]
    places = [names(corpus, each).index(corpus.works[row].key) for each in (nine, ten)]
    assert places[1] < places[0]


def test_nothing_known_is_newest_first_and_says_no_more() -> None:
    corpus = world()
    ranking = rank(corpus, [], [], POOL, today=TODAY)
    days = [corpus.works[each.paper].day for each in ranking.ranked]
    assert days == sorted(days, reverse=True)
    assert all([part.name for part in each.parts] == ["base"] for each in ranking.ranked)
    assert all(each.wish is None for each in ranking.ranked)


def test_a_twin_of_a_kept_paper_goes_up_and_one_of_a_skipped_paper_goes_down() -> None:
    corpus = world()
    works = list(corpus.works)
    works[100] = replace(works[0], key="p9999", day="2026-01-31")
    vectors = corpus.vectors.copy()
    vectors[100] = vectors[0]
    corpus = Corpus(works, vectors, corpus.sentences, corpus.firsts)
    others = keep(of("pruning", 0, 48))

    def of_twin(labels: list[Label], wishes: list[Wish]) -> Ranked:
        return by_key(corpus, rank(corpus, wishes, labels, POOL, today=TODAY))["p9999"]

    for wishes in ([], [wish("pruning")]):
        without = of_twin(others, wishes)
        kept, skipped = of_twin([*others, *keep([0])], wishes), of_twin([*others, *keep([0], wanted=False)], wishes)
        assert kept.log_odds > without.log_odds > skipped.log_odds
        assert kept.nearest[0] == (0, pytest.approx(1.0, abs=1e-5))
        down = {part.name: part for part in skipped.parts}["unlike what you skipped"]
        assert down.value < 0
        assert down.detail[0] == ("p0000", pytest.approx(down.value, abs=1e-3))


def test_papers_that_say_the_same_score_the_same_and_stand_by_key() -> None:
    corpus = world()
    works = list(corpus.works)
    for row in (90, 95, 101):
        works[row] = replace(works[0], key=f"q{999 - row}", day=works[0].day)
    vectors = corpus.vectors.copy()
    vectors[[90, 95, 101]] = vectors[0]
    corpus = Corpus(works, vectors, corpus.sentences[:0], np.zeros_like(corpus.firsts))
    for wishes, labels in ([wish("retrieval")], []), ([], keep(KEPT[1:])):
        ranking = rank(corpus, wishes, labels, POOL, today=TODAY)
        found = by_key(corpus, ranking)
        assert len({found[key].score for key in ("q909", "q904", "q898")}) == 1
        places = [names(corpus, ranking).index(key) for key in ("q898", "q904", "q909")]
        assert places == sorted(places)


def test_a_score_does_not_depend_on_the_rest_of_the_pool() -> None:
    corpus = world(700)
    labels = keep(of("retrieval", 0, 80))
    pool = range(640, 700)
    before = "2026-01-01"  # no paper of the corpus is of the weeks before it
    whole = by_key(corpus, rank(corpus, [wish("retrieval")], labels, pool, today=before))
    # Papers of the corpus that are not asked for are background; so they are left out of it here.
    alone = Corpus(corpus.works[:641], corpus.vectors[:641], corpus.sentences, corpus.firsts[:642])
    ranking = rank(alone, [wish("retrieval")], labels, [640], today=before)
    assert [part.name for part in ranking.ranked[0].parts] == [part.name for part in whole["p0640"].parts]
    assert [part.value for part in ranking.ranked[0].parts] == pytest.approx(
        [part.value for part in whole["p0640"].parts], abs=1e-9
    )


def test_details_are_of_the_paper_itself() -> None:
    corpus = world()
    ranking = rank(corpus, [wish("retrieval")], keep(KEPT) + keep(SKIPPED, wanted=False), POOL, today=TODAY)
    kept_keys = {corpus.works[row].key for row in KEPT}
    skipped_keys = {corpus.works[row].key for row in SKIPPED}
    seen = set()
    for each in ranking.ranked:
        work = corpus.works[each.paper]
        said = {*terms(work.title), *terms(work.abstract)}
        parts = {part.name: part for part in each.parts}
        seen |= {name for name, part in parts.items() if part.detail}
        for name in ("words", "subject", "its words", "like what it finds"):
            assert {term for term, _ in parts[name].detail} <= said
        assert {key for key, _ in parts["near what you kept"].detail} <= kept_keys
        assert {key for key, _ in parts["unlike what you skipped"].detail} <= skipped_keys
        assert {name for name, _ in parts["authors"].detail} <= set(work.authors)
        assert {name for name, _ in parts["categories"].detail} <= set(work.categories)
        assert {row for row, _ in each.nearest} <= set(KEPT)
        assert set(each.terms) <= said & set(terms(wish("retrieval").text))
        for part in each.parts:
            sizes = [abs(value) for _, value in part.detail]
            assert sizes == sorted(sizes, reverse=True)
    assert {"words", "near what you kept", "authors", "categories"} <= seen
    best = {part.name: part for part in ranking.ranked[0].parts}
    assert max(best["words"].detail, key=lambda item: item[1])[1] > 0


def test_scores_are_spread_and_not_saturated() -> None:
    corpus = world(400)
    ranking = rank(corpus, [wish("retrieval")], keep(of("retrieval", 0, 200)), range(300, 400), today=TODAY)
    scores = [each.score for each in ranking.ranked]
    assert len(set(scores)) > 60
    assert min(scores) > 0.0
    assert max(scores) < 0.999


def test_explanations_can_be_left_out_without_another_order() -> None:
    corpus = world()
    asked, labels = [wish("retrieval")], keep(KEPT)
    full = rank(corpus, asked, labels, POOL, today=TODAY)
    short = rank(corpus, asked, labels, POOL, today=TODAY, explain=False)
    assert [(each.paper, each.score) for each in full.ranked] == [(each.paper, each.score) for each in short.ranked]
    assert all(not part.detail for each in short.ranked for part in each.parts)


def test_hash_tells_apart_what_scores_depend_on() -> None:
    corpus = world()
    first = rank(corpus, [wish("vision")], keep(KEPT), POOL, today=TODAY)
    again = rank(corpus, [wish("vision")], keep(KEPT), range(100, 110), today=TODAY)
    others = [
        rank(corpus, [wish("agents")], keep(KEPT), POOL, today=TODAY),
        rank(corpus, [wish("vision")], keep(KEPT[1:]), POOL, today=TODAY),
        rank(corpus, [wish("vision")], keep(KEPT, wanted=False), POOL, today=TODAY),
        rank(corpus, [wish("vision")], keep(KEPT), POOL, today=TODAY, seed=1),
    ]
    assert again.model_hash == first.model_hash
    assert len({first.model_hash, *(each.model_hash for each in others)}) == 5


def test_half_missing_data_is_ranked_by_what_there_is() -> None:
    corpus = world(sentences=False)
    works = [
        replace(work, abstract="", places=()) if row % 3 == 0 else replace(work, authors=(), categories=())
        for row, work in enumerate(corpus.works)
    ]
    vectors = corpus.vectors.copy()
    vectors[::5] = 0
    broken = Corpus(works, vectors, corpus.sentences, corpus.firsts)
    for wishes, labels in CASES.values():
        ranking = rank(broken, wishes, labels, POOL, today=TODAY)
        assert len(ranking.ranked) == len(POOL)
        assert all(math.isfinite(each.log_odds) for each in ranking.ranked)
    blind = Corpus(works, np.zeros_like(vectors), corpus.sentences, corpus.firsts)
    ranking = rank(blind, [wish("retrieval")], keep(KEPT), POOL, today=TODAY)
    assert subjects(blind, ranking, 8) == {"retrieval"}


def test_thousands_of_decisions() -> None:
    corpus = world(5_400)
    labels = keep(of("retrieval", 0, 5_000)) + keep(of("vision", 0, 5_000), wanted=False)
    labels += keep(of("agents", 0, 5_000) + of("pruning", 0, 5_000), wanted=False)
    assert len(labels) == 5_000
    ranking = rank(corpus, [], labels, range(5_360, 5_400), today=TODAY)
    assert subjects(corpus, ranking, 10) == {"retrieval"}
    assert ranking.labels == 5_000


TEXTS = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Z", "Cf")), max_size=60
) | st.sampled_from(
    [
        "",
        " ",
        "\u202eevil",
        "[bold]x[/bold]",
        "=cmd|' /C calc'!A0",
        "あ" * 3_000,
        "a" * 10_000,
        "<b>&amp;",
        "$x^2$ \\alpha",
    ]
)
PAPERS = st.lists(st.tuples(TEXTS, TEXTS, st.lists(TEXTS, max_size=3), st.booleans()), min_size=1, max_size=14)


@settings(max_examples=25, deadline=None)
@given(papers=PAPERS, asked=st.lists(TEXTS, max_size=3), decisions=st.lists(st.booleans(), max_size=14), data=st.data())
def test_hostile_texts_are_ranked(
    papers: list[tuple[str, str, list[str], bool]], asked: list[str], decisions: list[bool], data: st.DataObject
) -> None:
    works = [
        Work(f"k{at}", "2026-01-05" if seen else "unknown", title, abstract, tuple(authors), tuple(authors[:1]))
        for at, (title, abstract, authors, seen) in enumerate(papers)
    ]
    rng = np.random.default_rng(len(papers))
    vectors = rng.normal(size=(len(works), DIMENSION)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors[[at for at, paper in enumerate(papers) if not paper[3]]] = 0
    nothing = np.zeros((0, DIMENSION), dtype=np.float32)
    corpus = Corpus(works, vectors, nothing, np.zeros(len(works) + 1, dtype=np.int64))
    labels = [Label(at, wanted, "2026-01-06") for at, wanted in zip(range(len(works)), decisions, strict=False)]
    wishes = [Wish(at, text, subject("vision") if at else None) for at, text in enumerate(asked)]
    pool = data.draw(st.lists(st.integers(0, len(works) - 1), max_size=20))
    ranking = rank(corpus, wishes, labels, pool, today=TODAY)
    assert sorted(each.paper for each in ranking.ranked) == sorted(set(pool))
    for each in ranking.ranked:
        assert 0.0 <= each.score <= 1.0
        assert abs(math.fsum(part.value for part in each.parts) - each.log_odds) < 1e-9
    assert rank(corpus, wishes[::-1], labels[::-1], pool[::-1], today=TODAY) == ranking


def test_what_was_kept_last_weighs_more_where_much_was_kept() -> None:
    corpus = world(800)
    many, few = of("retrieval", 0, 640), of("agents", 0, 100)
    pool = range(720, 800)
    first = {}
    for last, old, new in (("agents", many, few), ("retrieval", few, many)):
        labels = keep(old, day="2025-06-01") + keep(new, day="2026-01-30")
        scores = {
            name: np.mean([each.log_odds for each in rank(corpus, [], labels, pool, today=TODAY).ranked
                           if NAMES[each.paper % 4] == name])
            for name in ("agents", "retrieval")
        }  # fmt: skip
        first[last] = scores["agents"] - scores["retrieval"]
    assert first["agents"] > first["retrieval"] + 1.0  # the same papers, kept in another order


def test_what_was_kept_last_is_learned_from_by_itself_above_fifty() -> None:
    corpus = world(800)
    kept, background = of("retrieval", 0, 400), range(400, 720)
    for count, expected in ((50, set()), (51, {"words lately", "meaning line lately"})):
        found = lay(corpus, background, kept[:count], [], 0, Reader())
        taste = Taste(found.places(kept[:count]), recency(count), found.places([]))
        names = {feature.name for feature in learned(found, taste)}
        assert {name for name in names if name.endswith("lately")} == expected
        assert names <= set(WEIGHTS)
