"""Hypotheses that say nearly the same: pointed out, never refused.

By words, always: Dice's coefficient of the character trigrams of the words that carry meaning, endings left out. By
meaning, where an encoder is at hand: the cosine of two statements' vectors. Both are measured on pairs judged by hand,
beside tests/planner/hypotheses/pairs.py, which is where the thresholds come from.
"""

import re
import sqlite3
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any, Final

from planner.hypotheses.model import Near

Encode = Callable[[Sequence[str]], Any]  # texts → unit vectors, one a row
NEAR_BY_WORDS: Final = 0.66
NEAR_BY_MEANING: Final = 0.78
ALIKE: Final = 0.75  # by words: from there on a negation more or less makes it the contrary
MOST_ENCODED: Final = 120  # a second on one core; of more hypotheses, those nearest by words
_WORD = re.compile(r"\w+")
_ENDINGS = (
    *("ization", "isation", "ingly", "edly", "ments", "ment", "ings", "ing", "ies", "ions", "ion"),
    *("ers", "er", "ed", "es", "ly", "s"),
)
_SHORTEST_STEM = 4


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_STOP = _set(
    "a an the of and or but nor for to in on at by with from as is are was were be been than that which this these it "
    "its our we their them they more most less when where while does do did not no never can could will would may half "
    "better"
)
_NO = _set("not no never nor neither none cannot without fails fail nothing")
_DOWN = _set(
    "reduce reduces lower lowers decrease decreases hurt hurts harm harms worse worsen worsens less fewer drop drops "
    "degrade degrades slower suffer suffers loss"
)


def near_duplicates(
    db: sqlite3.Connection, statement: str, *, besides: int | None = None, encode: Encode | None = None
) -> tuple[Near, ...]:
    """Stored hypotheses that say nearly what `statement` says, the nearest first. `besides`: this one is left out."""
    rows = db.execute(
        "SELECT id, statement, state FROM hypothesis WHERE id IS NOT ? ORDER BY id", (besides,)
    ).fetchall()
    grams = _grams(statement)
    scored = sorted(((_dice(grams, _grams(row["statement"])), row) for row in rows), key=lambda each: -each[0])
    meanings = _meanings(statement, [row["statement"] for _, row in islice(scored, MOST_ENCODED)], encode)
    found = [
        Near(row["id"], row["statement"], row["state"], words, meaning, _contrary(statement, row["statement"], words))
        for (words, row), meaning in zip(scored, [*meanings, *[None] * len(scored)], strict=False)
        if words >= NEAR_BY_WORDS or (meaning is not None and meaning >= NEAR_BY_MEANING)
    ]
    return tuple(sorted(found, key=lambda near: (-max(near.words, near.meaning or 0), near.id)))


def alike_by_words(one: str, other: str) -> float:
    """How alike two statements are by their words: 0 nothing in common, 1 the same."""
    return _dice(_grams(one), _grams(other))


def told(near: Near) -> str:
    """ "nearly H-3 “…” (active; words .81, meaning .92)"."""
    how = "perhaps the contrary of" if near.contrary else "nearly"
    measures = [f"words {near.words:.2f}".replace("0.", ".")]
    measures += [f"meaning {near.meaning:.2f}".replace("0.", ".")] if near.meaning is not None else []
    return f"{how} H-{near.id} “{near.statement}” ({near.state}; {', '.join(measures)})"


def _meanings(statement: str, others: Sequence[str], encode: Encode | None) -> list[float | None]:
    if encode is None or not others:
        return []
    vectors = encode([statement, *others])
    return [float(cosine) for cosine in vectors[1:] @ vectors[0]]


def _contrary(one: str, other: str, words: float) -> bool:
    """Whether two statements that are alike differ by a negation, or by going down instead of up."""
    return words >= ALIKE and _turns(one) % 2 != _turns(other) % 2


def _turns(text: str) -> int:
    return sum(word in _NO or word in _DOWN for word in _plain_words(text))


def _grams(text: str) -> Counter[str]:
    counts: Counter[str] = Counter()
    for word in _plain_words(text):
        if word not in _STOP:
            padded = f" {_stem(word)} "
            counts.update(padded[place : place + 3] for place in range(len(padded) - 2))
    return counts


def _dice(one: Counter[str], other: Counter[str]) -> float:
    both = one.total() + other.total()
    return 2 * (one & other).total() / both if both else 0.0


def _plain_words(text: str) -> list[str]:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return _WORD.findall("".join(letter for letter in decomposed if not unicodedata.combining(letter)))


def _stem(word: str) -> str:
    ending = next((end for end in _ENDINGS if word.endswith(end) and len(word) - len(end) >= _SHORTEST_STEM), "")
    return word.removesuffix(ending)
