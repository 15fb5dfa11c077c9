"""A Why in words: what is shown adds up, and nothing is said of a stance."""

import math

from hypothesis import given
from hypothesis import strategies as st

from library.ranking.stored import Check, Near, Why, WhyInterest, WhyPart, WhySentence
from library.ranking.why_text import shown_parts, shown_score, shown_sum, why_lines

INTEREST = WhyInterest(7, "hypothesis", "H-4", "H-4", "Late interaction beats distillation.")
SENTENCE = WhySentence(4, 10, 40, "We find that it does not.", 0.61)


def why(*parts: WhyPart, **more: object) -> Why:
    total = math.fsum(part.value for part in parts)
    fields: dict[str, object] = {
        "paper_id": 1,
        "key": "2604.00001",
        "title": "On [/growth]",
        "score": round(1 / (1 + math.exp(-total)), 4),
        "log_odds": total,
        "parts": parts,
        "interest": INTEREST,
        "sentence": SENTENCE,
        "nearest": (Near(2, "2604.00002", "Another", 0.5),),
        "terms": ("late interaction",),
        "to_check": (Check("H-4", INTEREST.text, SENTENCE, 0.61),),
        "explored": False,
        "explored_as": None,
        "regime": "learned",
        "labels": 54,
        "by_words": False,
        "without_vector": False,
        "without_sentences": False,
        "changed": False,
        "ranked_at": "2026-04-13T06:00:00Z",
        "model_hash": "ab" * 32,
    }
    return Why(**{**fields, **more})  # type: ignore[arg-type]


numbers = st.floats(-30, 30).map(lambda value: round(value, 5))


@given(st.lists(numbers, min_size=1, max_size=12))
def test_shown_parts_add_up_to_the_shown_sum(values: list[float]) -> None:
    found = why(*(WhyPart(f"part {n}", value) for n, value in enumerate(values)))
    shown = shown_parts(found)
    assert sum(part.hundredths for part in shown) == round(found.log_odds * 100)
    exact = {part.name: part.value * 100 for part in found.parts}
    assert all(abs(part.hundredths - exact[part.name]) < 1.5 for part in shown)
    assert float(shown_sum(found).replace("−", "-")) == round(found.log_odds * 100) / 100


def test_everything_is_said() -> None:
    parts = (
        WhyPart("base", -1.5),
        WhyPart("sentence", 0.46),
        WhyPart("words", 0.1, (("late interaction", 0.08), ("bert", 0.02))),
    )
    text = "\n".join(why_lines(why(*parts, explored=True, explored_as="far")))
    assert "On [/growth] (2604.00001)" in text
    assert "+0.46  sentence 4 ↔ H-4" in text
    assert "+0.10  words  (late interaction +0.08, bert +0.02)" in text
    assert "−0.94  in log-odds: a score of .28" in text
    assert text.index("sentence 4") < text.index("base")
    assert "“We find that it does not.”" in text
    assert ".50  Another (2604.00002)" in text
    assert "To check against H-4 · sentence 4 (cosine .61)" in text
    assert "far from all your interests" in text
    assert "Learned from 54 decisions of yours" in text
    assert not [word for word in ("contradict", "support", "refute", "confirm") if word in text.lower()]


def test_what_was_lacking_is_said() -> None:
    part = WhyPart("base", -1.0)
    for more, said in (
        ({"by_words": True}, "by words alone"),
        ({"without_vector": True}, "no vector yet"),
        ({"without_sentences": True, "sentence": None}, "no vectors yet"),
        ({"changed": True, "sentence": None}, "has changed since"),
        ({"regime": "interests", "labels": 1}, "1 decision so far"),
        ({"interest": None, "to_check": (), "nearest": (), "terms": ()}, "Score .27"),
    ):
        assert said in "\n".join(why_lines(why(part, **more)))


def test_scores_are_short() -> None:
    assert [shown_score(score) for score in (0.0, 0.004, 0.625, 0.994, 1.0)] == [".00", ".00", ".62", ".99", "1.0"]
