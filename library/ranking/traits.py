"""Plain features of papers: who wrote them, where they are filed, and of what make they are."""

import math
import re
import unicodedata
from collections import Counter
from typing import Final

import numpy as np

from library.ranking.ground import Feature, Ground, standardised
from library.ranking.learning import Taste
from library.ranking.model import Work

_OTHERS: Final = re.compile(r"[^a-z]+")
_OFTEN: Final = 3  # kept papers of one author that count
_PRIOR: Final = 5.0  # kept papers that the background's categories stand for
_CODE: Final = re.compile(r"github|hugging ?face|\bcode\b|open[- ]source|\brelease", re.IGNORECASE)
_MAKE: Final = (
    "many authors",
    "very many authors",
    "long abstract",
    "title with a colon",
    "long title",
    "address given",
    "code or data given",
    "a benchmark",
    "a survey",
    "state of the art",
    "percentages",
    "introduces",
    "proposes",
    "presents",
    "title asks",
    "number in the title",
    "capitals in the title",
    "formulas",
)


def author_key(name: str) -> str:
    """First and last name in plain small letters; the whole name where it has no Latin letters; "" for nothing."""
    plain = unicodedata.normalize("NFKD", name[:200]).encode("ascii", "ignore").decode().lower()
    words = _OTHERS.sub(" ", plain).split()
    if not words:
        return " ".join(name[:200].lower().split())
    return f"{words[0]} {words[-1]}"


def authors(ground: Ground, taste: Taste) -> Feature:
    """Authors of papers that were kept: ln(1 + their kept papers, each author up to three)."""
    of = [_authors(ground.corpus.works[row]) for row in ground.rows]
    known = Counter(key for place in taste.kept for key in of[place])
    own = set(taste.kept.tolist())

    def shared(place: int) -> list[tuple[str, int]]:
        minus = 1 if place in own else 0
        return [(name, n) for key, name in of[place].items() if (n := min(known[key] - minus, _OFTEN)) > 0]

    raw = np.array([math.log1p(sum(count for _, count in shared(place))) for place in range(len(of))])
    # Most of the background shares no author with anybody; its deviation is held to what makes a unit of the feature.
    spread = max(float(np.std(raw[ground.behind])) if len(ground.behind) else 0.0, 0.1)
    centre = float(np.mean(raw[ground.behind])) if len(ground.behind) else 0.0

    def detail(place: int) -> list[tuple[str, float]]:
        found = shared(place)
        total = sum(count for _, count in found) or 1
        parts = [(name, round(float(raw[place]) / spread * count / total, 6)) for name, count in found]
        return sorted(parts, key=lambda item: (-item[1], item[0]))

    return Feature("authors", "authors", np.minimum((raw - centre) / spread, 12.0), detail)


def _authors(work: Work) -> dict[str, str]:
    return {key: name for name in work.authors[:200] if (key := author_key(name))}


def categories(ground: Ground, taste: Taste) -> Feature:
    """How much more often what was kept is filed there than what was not, in log-odds, mean over a paper's own."""
    of = [tuple(dict.fromkeys(ground.corpus.works[row].categories)) for row in ground.rows]
    usual = Counter(name for place in ground.behind for name in of[place])
    kept = Counter(name for place in taste.kept for name in of[place])
    filed = sum(bool(of[place]) for place in taste.kept)
    total = len(ground.behind)
    pull = {
        name: math.log((kept[name] + _PRIOR * (count + 1) / (total + 1)) / (filed + _PRIOR))
        - math.log((count + 1) / (total + 1))
        for name, count in usual.items()
    }
    raw = np.array([sum(pull.get(name, 0.0) for name in names) / max(len(names), 1) for names in of])
    values, unit = standardised(raw, ground.behind, np.array([bool(names) for names in of]))

    def detail(place: int) -> list[tuple[str, float]]:
        names = of[place]
        found = [(name, round(pull.get(name, 0.0) * unit / max(len(names), 1), 6)) for name in names]
        return sorted(found, key=lambda item: (-abs(item[1]), item[0]))

    return Feature("categories", "categories", values, detail)


def make(ground: Ground, taste: Taste) -> Feature:
    """Of what make a paper is: a logistic model, held back hard, over what can be counted on its face."""
    from sklearn.linear_model import LogisticRegression

    raw = np.array([_face(ground.corpus.works[row]) for row in ground.rows])
    if not len(taste.skipped) and not len(ground.behind):
        return Feature("make", "make", np.zeros(len(raw)))
    those = raw[ground.behind] if len(ground.behind) else raw
    scaled = np.clip((raw - those.mean(axis=0)) / (those.std(axis=0) + 1e-6), -5.0, 5.0)
    places = np.concatenate([taste.kept, taste.skipped, ground.behind])
    wanted = np.repeat([1, 0], [len(taste.kept), len(places) - len(taste.kept)])
    share = len(taste.kept) / max(len(places) - len(taste.kept), 1)
    weights = np.where(wanted == 1, 1.0, share)
    line = LogisticRegression(C=0.01, max_iter=200).fit(scaled[places], wanted, sample_weight=weights).coef_.ravel()
    values, unit = standardised(scaled @ line, ground.behind)

    def detail(place: int) -> list[tuple[str, float]]:
        found = [
            (name, round(float(value) * unit, 6))
            for name, value, here in zip(_MAKE, scaled[place] * line, raw[place], strict=True)
            if here
        ]
        return sorted((item for item in found if item[1]), key=lambda item: (-abs(item[1]), item[0]))[:4]

    return Feature("make", "make", values, detail)


def _face(work: Work) -> list[float]:
    title, text = work.title[:500], work.abstract[:6_000]
    small = text.lower()
    count = len(work.authors)
    return [
        math.log1p(count),
        float(count >= 12),
        math.log1p(len(text)),
        float(":" in title),
        len(title.split()) / 10.0,
        float("http" in small),
        float(_CODE.search(text) is not None),
        float("benchmark" in small),
        float("survey" in title.lower() or "review" in title.lower()),
        float("state-of-the-art" in small),
        float("%" in text),
        float("we introduce" in small),
        float("we propose" in small),
        float("we present" in small),
        float("?" in title),
        float(any(letter.isdigit() for letter in title)),
        sum(letter.isupper() for letter in title) / max(len(title), 1),
        float("$" in text),
    ]
