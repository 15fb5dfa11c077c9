"""Papers ranked for one person by what they look for and what they kept, each score with the parts it is the sum of.

A score is the log-odds of a logistic model over some features (`learning`, `traits`, `asking`), each counted from an
ordinary paper: a part says by how much this paper differs from one. What was kept speaks for the whole person; of
interests the best one of a paper counts. docs/architecture.md says how the weights were found.
"""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from library.ranking import asking, fusing, learning, traits
from library.ranking.asking import Asked
from library.ranking.fusing import score
from library.ranking.ground import Feature, Ground, lay
from library.ranking.learning import Taste, recency
from library.ranking.model import LEARN_FROM, Corpus, Label, Part, Ranked, Ranking, Regime, Wish
from library.ranking.words import Reader

if TYPE_CHECKING:
    import numpy.typing as npt

    Column = npt.NDArray[np.float64]

RULES: Final = 3  # counts up whenever the same input may give other scores
NEAREST: Final = 3  # kept papers shown
SHOWN: Final = 8  # shared terms, and details of a part
LATELY: Final = 60  # days over which the share of papers kept is counted
_AGEING: Final = 0.01  # log-odds a day, where nothing but the day is known


@dataclass(frozen=True, slots=True)
class _Scored:
    """All that the scores are made of, by place. `asked` is empty where there is no interest."""

    ground: Ground
    base: float
    common: tuple[tuple[Feature, float], ...]
    asked: tuple[tuple[Asked, tuple[float, ...]], ...]
    best: "npt.NDArray[np.int64]"
    kept: "npt.NDArray[np.int64]"


def rank(
    corpus: Corpus,
    wishes: Sequence[Wish],
    labels: Sequence[Label],
    pool: Sequence[int],
    *,
    today: str,
    seed: int = 0,
    explain: bool = True,
    reader: Reader | None = None,
) -> Ranking:
    """The papers `pool` (rows of the corpus), best first.

    From LEARN_FROM labels on they take part (regime "learned"); before, the interests alone, and where there are none
    the papers kept stand in for them. The same papers in any order give the same bytes. `explain=False` leaves out
    what only a reader of the reasons needs; `reader` may be shared between calls, and saves reading papers again.

    Imports scikit-learn and works for some seconds: for a child process.
    """
    pool = sorted(set(pool), key=lambda row: (corpus.works[row].key, row))
    wishes = sorted(wishes, key=lambda wish: wish.id)
    labels = _once(corpus, labels)
    kept = [label for label in labels if label.wanted]
    skipped = [label for label in labels if not label.wanted]
    regime: Regime = "learned" if len(labels) >= LEARN_FROM else "interests"
    model_hash = _hash(corpus, wishes, labels, today, seed)
    if not pool:
        return Ranking(regime, len(labels), model_hash, ())
    if not labels and not any(wish.text.strip() or wish.papers or wish.vector is not None for wish in wishes):
        return Ranking(regime, 0, model_hash, _newest(corpus, pool, today))
    examples = {*(label.paper for label in labels), *(row for wish in wishes for row in wish.papers)}
    ground = lay(corpus, pool, sorted(examples), wishes, seed, reader or Reader())
    taste = Taste(
        ground.places(label.paper for label in kept),
        recency(len(kept)) * np.array([label.weight for label in kept]),
        ground.places(label.paper for label in skipped),
    )
    share = fusing.usual_share(*_lately(corpus, kept, today))
    scored = _scored(ground, taste, wishes, learned=regime == "learned", share=share)
    ranked = [_ranked(scored, row, explain=explain) for row in pool]
    ranked.sort(key=lambda item: (-item.score, corpus.works[item.paper].key))
    return Ranking(regime, len(labels), model_hash, tuple(ranked))


def features(
    ground: Ground, taste: Taste, wishes: Sequence[Wish], *, learned: bool
) -> tuple[list[Feature], list[Asked]]:
    """What is known of the papers: in common, and by interest."""
    common: list[Feature] = []
    if learned and len(taste.kept):
        common += learning.learned(ground, taste)
        common += [traits.authors(ground, taste), traits.categories(ground, taste), traits.make(ground, taste)]
    if len(taste.skipped) and (learned or not wishes):
        unlike = learning.unlike(ground, taste)
        common += [] if unlike is None else [unlike]
    if not wishes and len(taste.kept) and not learned:
        common += asking.like(ground, taste.kept, "examples", "near what you kept")
    return common, [asking.asked(ground, wish) for wish in wishes]


def _scored(ground: Ground, taste: Taste, wishes: Sequence[Wish], *, learned: bool, share: float) -> _Scored:
    common, by_wish = features(ground, taste, wishes, learned=learned)
    count = len(taste.kept) if learned else 0
    weighed = tuple((feature, fusing.weight(feature, count)) for feature in common)
    asked = tuple((each, tuple(fusing.weight(feature, count) for feature in each.features)) for each in by_wish)
    total = np.zeros(len(ground.rows))
    for feature, weight in weighed:
        total += weight * feature.values
    best = np.zeros(len(ground.rows), dtype=np.int64)
    if asked:
        sums = np.stack([_sum(each.features, weights, len(total)) for each, weights in asked])
        best = np.argmax(np.round(sums, 6), axis=0)  # of equals the first: the smallest number
        total += sums[best, np.arange(len(total))]
    return _Scored(ground, fusing.base(total[ground.behind], share), weighed, asked, best, taste.kept)


def _sum(features: Sequence[Feature], weights: Sequence[float], count: int) -> "Column":
    total = np.zeros(count)
    for feature, weight in zip(features, weights, strict=True):
        total += weight * feature.values
    return total


def _ranked(scored: _Scored, row: int, *, explain: bool) -> Ranked:
    ground, place = scored.ground, scored.ground.place[row]
    terms_of = list(scored.common)
    wish: Wish | None = None
    if scored.asked:
        each, weights = scored.asked[int(scored.best[place])]
        terms_of += zip(each.features, weights, strict=True)
        wish = each.wish
    parts = (Part("base", scored.base), *_parts(terms_of, place, explain=explain))
    log_odds = math.fsum(part.value for part in parts)
    if not explain:
        return Ranked(row, score(log_odds), log_odds, wish.id if wish else None, parts)
    sentence, cosine = None, None
    if wish is not None and wish.vector is not None and np.any(wish.vector):
        sentence, value = asking.best_sentence(ground.corpus, row, np.asarray(wish.vector, dtype=np.float64))
        cosine = None if sentence is None else value
    nearest = learning.nearest(ground, place, scored.kept, NEAREST)
    shared: tuple[str, ...] = ()
    if wish is not None:
        asked = ground.words.of(wish.text).indices
        here = ground.words.rows[[place]]
        worth = {int(column): float(value) for column, value in zip(here.indices, here.data, strict=True)}
        both = [column for column in asked.tolist() if column in worth]
        both.sort(key=lambda column: (-round(worth[column], 6), column))
        shared = tuple(ground.words.names[column] for column in both[:SHOWN])
    return Ranked(
        row, score(log_odds), log_odds, wish.id if wish else None, parts, sentence, cosine, tuple(nearest), shared
    )


def _parts(weighed: Sequence[tuple[Feature, float]], place: int, *, explain: bool) -> list[Part]:
    """Features of one part together, in the order in which they come."""
    values: dict[str, list[float]] = {}
    details: dict[str, dict[str, float]] = {}
    for feature, weight in weighed:
        values.setdefault(feature.part, []).append(weight * float(feature.values[place]))
        of_part = details.setdefault(feature.part, {})
        if explain and feature.detail is not None and weight:
            for what, value in feature.detail(place):
                of_part[what] = of_part.get(what, 0.0) + weight * value
    return [Part(name, math.fsum(those), _strongest(details[name])) for name, those in values.items()]


def _strongest(detail: dict[str, float]) -> tuple[tuple[str, float], ...]:
    found = [(what, round(value, 4)) for what, value in detail.items()]
    found = [item for item in found if item[1]]
    return tuple(sorted(found, key=lambda item: (-abs(item[1]), item[0]))[:SHOWN])


def _newest(corpus: Corpus, pool: Sequence[int], today: str) -> tuple[Ranked, ...]:
    """Nothing is known of the person: the newest first, and no other part than the base."""
    now, usual = date.fromisoformat(today[:10]), math.log(fusing.USUAL / (1.0 - fusing.USUAL))
    ranked = []
    for row in pool:
        log_odds = usual - _AGEING * _age(corpus.works[row].day, now)
        ranked.append(Ranked(row, score(log_odds), log_odds, None, (Part("base", log_odds),)))
    ranked.sort(key=lambda item: (-item.log_odds, corpus.works[item.paper].key))
    return tuple(ranked)


def _age(day: str, now: date) -> int:
    try:
        return max(0, (now - date.fromisoformat(day[:10])).days)
    except ValueError:
        return 36_500


def _lately(corpus: Corpus, kept: Sequence[Label], today: str) -> tuple[int, int]:
    """Papers of the last LATELY days before `today`: those kept, and all."""
    since = (date.fromisoformat(today[:10]) - timedelta(days=LATELY)).isoformat()
    rows = [row for row, work in enumerate(corpus.works) if since <= work.day[:10] < today[:10]]
    own = {label.paper for label in kept}
    return sum(row in own for row in rows), len(rows)


def _once(corpus: Corpus, labels: Sequence[Label]) -> list[Label]:
    """A paper's last decision (of one day, the wanting one), oldest first."""
    ordered = sorted(
        labels, key=lambda label: (label.day, label.wanted, label.weight, corpus.works[label.paper].key, label.paper)
    )
    return list({label.paper: label for label in ordered[::-1]}.values())[::-1]


def _hash(corpus: Corpus, wishes: Sequence[Wish], labels: Sequence[Label], today: str, seed: int) -> str:
    """Over everything that scores depend on but the pool: the papers there are, their vectors, wishes, decisions."""
    digest = hashlib.sha256(repr((RULES, seed, today)).encode())

    def add(value: Any) -> None:
        digest.update(repr(value).encode("utf-8", "replace") + b"\n")

    works = corpus.works
    for row in sorted(range(len(works)), key=lambda row: (works[row].key, row)):
        work = works[row]
        add((work.key, work.day, work.title, work.abstract, tuple(work.authors), tuple(work.categories)))
        digest.update(np.ascontiguousarray(corpus.vectors[row], dtype="<f4").tobytes())
        first, last = int(corpus.firsts[row]), int(corpus.firsts[row + 1])
        digest.update(np.ascontiguousarray(corpus.sentences[first:last], dtype="<f4").tobytes())
    for wish in wishes:
        add((wish.id, wish.text, sorted(works[row].key for row in wish.papers)))
        digest.update(b"" if wish.vector is None else np.ascontiguousarray(wish.vector, dtype="<f4").tobytes())
    for label in labels:
        add((works[label.paper].key, label.wanted, label.day, label.weight, label.wish))
    return digest.hexdigest()
