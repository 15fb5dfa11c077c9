"""How well near-duplicates are told from claims that only look alike, on pairs judged by hand."""

import os

import pytest

from library.settings import Settings
from library.vectors.model import ConvertedModel
from planner.hypotheses.duplicates import (
    MOST_ENCODED,
    NEAR_BY_MEANING,
    NEAR_BY_WORDS,
    alike_by_words,
    near_duplicates,
    told,
)
from planner.hypotheses.meaning import encoder_of
from tests.planner.hypotheses.conftest import STATEMENT, Lab
from tests.planner.hypotheses.pairs import CONTRARY, HELD_OUT_NEAR_MISS, HELD_OUT_SAME, NEAR_MISS, SAME

Pairs = tuple[tuple[str, str], ...]


def by_words(one: str, other: str) -> bool:
    return alike_by_words(one, other) >= NEAR_BY_WORDS


def measured(same: Pairs, near_miss: Pairs, found: dict[tuple[str, str], bool]) -> tuple[float, float]:
    """Precision and recall."""
    hits = sum(found[pair] for pair in same)
    alarms = sum(found[pair] for pair in near_miss)
    return hits / (hits + alarms), hits / len(same)


def test_words_alone_find_most_and_are_mostly_right() -> None:
    assert len(SAME + CONTRARY + NEAR_MISS) >= 30
    for same, near_miss, least in (
        (SAME + CONTRARY, NEAR_MISS, (0.80, 0.70)),
        (HELD_OUT_SAME, HELD_OUT_NEAR_MISS, (0.75, 0.60)),
    ):
        precision, recall = measured(same, near_miss, {pair: by_words(*pair) for pair in same + near_miss})
        assert precision >= least[0]
        assert recall >= least[1]


def test_claims_about_other_things_are_never_taken_for_the_same() -> None:
    pairs = SAME + HELD_OUT_SAME
    alarms = [(one, other) for i, (one, _) in enumerate(pairs) for j, (_, other) in enumerate(pairs) if i != j
              and by_words(one, other)]  # fmt: skip
    assert alarms == []


def test_meaning_finds_more_and_errs_less(converted_model: ConvertedModel) -> None:
    """Shown by `pytest -s` with LABTOP_SHOW=1: the figures that the guide and the reports quote."""
    encode = encoder_of(Settings())
    assert encode is not None
    for name, same, near_miss in (
        ("chosen on", SAME + CONTRARY, NEAR_MISS),
        ("held out", HELD_OUT_SAME, HELD_OUT_NEAR_MISS),
    ):
        pairs = same + near_miss
        vectors = encode([text for pair in pairs for text in pair])
        cosines = {pair: float(vectors[2 * at] @ vectors[2 * at + 1]) for at, pair in enumerate(pairs)}
        meant = {pair: cosines[pair] >= NEAR_BY_MEANING for pair in pairs}
        either = {pair: meant[pair] or by_words(*pair) for pair in pairs}
        words = {pair: by_words(*pair) for pair in pairs}
        if os.environ.get("LABTOP_SHOW"):
            for how, found in (("words", words), ("meaning", meant), ("either", either)):
                precision, recall = measured(same, near_miss, found)
                print(f"{name}: {how:8} precision {precision:.2f} recall {recall:.2f} ({len(same)} + {len(near_miss)})")
        precision, recall = measured(same, near_miss, either)
        assert recall > measured(same, near_miss, words)[1]
        assert precision >= 0.80
        assert recall >= 0.85


def test_what_is_near_is_named_and_never_refused(lab: Lab) -> None:
    lab.add()
    lab.add("Mining hard negatives raises recall")
    number = lab.add("On long documents, late interaction outperforms dense retrieval")
    (near,) = lab.read(lambda db: near_duplicates(db, STATEMENT, besides=1))
    assert (near.id, near.meaning, near.contrary) == (number, None, False)
    assert told(near).startswith("nearly H-3 “On long documents")
    found = lab.read(lambda db: near_duplicates(db, STATEMENT))
    assert (found[0].id, found[0].words) == (1, 1.0)
    assert lab.read(lambda db: near_duplicates(db, "")) == ()


@pytest.mark.parametrize("pair", CONTRARY)
def test_the_contrary_is_called_so(lab: Lab, pair: tuple[str, str]) -> None:
    lab.add(pair[0])
    (near,) = lab.read(lambda db: near_duplicates(db, pair[1]))
    assert near.contrary
    assert told(near).startswith("perhaps the contrary of H-1")


def test_no_paraphrase_is_called_a_contrary(lab: Lab) -> None:
    for one, _ in SAME:
        lab.add(one)
    called = [
        other
        for _, other in SAME
        for near in lab.read(lambda db, other=other: near_duplicates(db, other))
        if near.contrary
    ]
    assert called == []


def test_other_scripts_are_compared_too(lab: Lab) -> None:
    lab.add("知识蒸馏提高检索质量")
    lab.add("Дистилляция улучшает поиск")
    (near,) = lab.read(lambda db: near_duplicates(db, "知识蒸馏提高检索的质量"))
    assert near.id == 1
    (near,) = lab.read(lambda db: near_duplicates(db, "Дистилляция улучшает поиск документов"))
    assert near.id == 2


def test_only_so_many_are_encoded(lab: Lab) -> None:
    asked: list[int] = []

    def encode(texts: list[str]) -> object:
        import numpy as np

        asked.append(len(texts))
        return np.eye(len(texts))

    lab.write(
        lambda db: db.executemany(
            "INSERT INTO hypothesis (statement, created_by, created_at, updated_at) VALUES (?, 'a', 'b', 'c')",
            [(f"Claim number {number}",) for number in range(MOST_ENCODED + 30)],
        )
    )
    lab.read(lambda db: near_duplicates(db, "Something else", encode=encode))  # type: ignore[arg-type]
    assert asked == [MOST_ENCODED + 1]
