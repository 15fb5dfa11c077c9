"""What is learned from papers that were kept and skipped: one linear model a space, and nearness to single papers.

Positive-unlabelled learning as it is done in practice: kept papers against the background, whose few good papers
weigh little among thousands; a single skip is a true negative and weighs as ten of the background. The more was kept,
the less the models are held back.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from library.ranking.ground import LIMIT, Feature, Ground, ordinary, standardised
from library.ranking.spaces import Space

if TYPE_CHECKING:
    import numpy.typing as npt

    Column = npt.NDArray[np.float64]

# Chosen by benchmarks/triage.py's lists on months before those it reports; see docs/architecture.md.
SKIP: Final = 10.0  # background papers that a skip weighs as
TASTE: Final = 100.0  # papers kept since, after which one that was kept weighs half
LATELY: Final = 25  # papers kept last, which are also learned from by themselves
LATELY_FROM: Final = 50  # kept papers above which they are: below, they are most of what there is
NEAREST: Final = 5  # kept papers that nearness is the mean over
_AT_TEN: Final = {"words": 0.01, "meaning": 0.1, "topics": 0.3}  # inverse regularisation at ten kept papers
_GROWTH: Final = {"words": 0.6, "meaning": 0.6, "topics": 0.3}
_SHOWN: Final = 12
AHEAD: Final = 0.6  # deviations of whole papers by which the best sentence of an ordinary paper is ahead of it


@dataclass(frozen=True, slots=True)
class Taste:
    """Places of kept papers, oldest first, with their weights, and of skipped ones."""

    kept: "npt.NDArray[np.int64]"
    weights: "Column"
    skipped: "npt.NDArray[np.int64]"


def recency(count: int) -> "Column":
    """Weights of `count` kept papers, oldest first, by how many were kept since; their mean is 1."""
    weights = 1.0 / (1.0 + np.arange(count)[::-1] / TASTE)
    return np.asarray(weights / (weights.mean() if count else 1.0))


def learned(ground: Ground, taste: Taste) -> list[Feature]:
    """Features from what was kept and skipped; none of a space that there is none of."""
    against = len(taste.skipped) + len(ground.behind)
    features = [_words(ground, taste)] if against and ground.words.names else []
    for name, part, space in (("topics", "subject", ground.topics), ("meaning", "meaning", ground.meaning)):
        if space is None or not space.known[taste.kept].any():
            continue
        if space.known[taste.skipped].any() or space.known[ground.behind].any():
            features.append(_line(ground, taste, name, part, space))
        features.append(_centre(ground, taste, name, part, space))
        features.append(near(ground, taste.kept, f"near by {name}", "near what you kept", space))
    if against and len(taste.kept) > LATELY_FROM:
        features += _lately(ground, taste)
    said = best_sentence(ground, taste)
    return features if said is None else [*features, said]


def _lately(ground: Ground, taste: Taste) -> list[Feature]:
    """Words and meaning of what was kept last alone: tastes drift, and hundreds of older papers outweigh a new one."""
    last = Taste(taste.kept[-LATELY:], recency(LATELY), taste.skipped)
    features = [_words(ground, last)] if ground.words.names else []
    space = ground.meaning
    if space is not None and space.known[last.kept].any() and space.known[ground.behind].any():
        features.append(_line(ground, last, "meaning", "meaning", space))
    return [replace(feature, name=f"{feature.name} lately") for feature in features]


def _examples(ground: Ground, taste: Taste, known: Any = None) -> tuple[Any, "Column", "Column"]:
    """Places to learn from, whether each was kept, and weights that sum to the same on both sides."""
    there = np.ones(len(ground.rows), dtype=bool) if known is None else known
    kept = taste.kept[there[taste.kept]]
    against = np.concatenate([taste.skipped[there[taste.skipped]], ground.behind[there[ground.behind]]])
    negative = np.ones(len(against))
    negative[: len(against) - int(there[ground.behind].sum())] = SKIP
    weights = taste.weights[there[taste.kept]]
    total = len(kept) + len(against)
    weights = np.concatenate([weights / weights.sum(), negative / negative.sum()]) * total / 2.0
    return np.concatenate([kept, against]), np.repeat([1, 0], [len(kept), len(against)]), weights


def _strength(name: str, taste: Taste) -> float:
    return float(_AT_TEN[name] * max(len(taste.kept) / 10.0, 0.3) ** _GROWTH[name])


def _words(ground: Ground, taste: Taste) -> Feature:
    from sklearn.svm import LinearSVC

    places, wanted, weights = _examples(ground, taste)
    model = LinearSVC(C=_strength("words", taste), random_state=0, max_iter=3_000, tol=1e-3)
    model.fit(ground.words.rows[places], wanted, sample_weight=weights)
    line = model.coef_.ravel()
    values, unit = standardised(ground.words.rows @ line, ground.behind)
    return Feature("words", "words", values, lambda place: of_words(ground, place, line * unit))


def of_words(ground: Ground, place: int, line: "Column") -> list[tuple[str, float]]:
    """The terms of a paper by what they add along `line`, strongest first; columns are in the order of their names."""
    rows, names = ground.words.rows, ground.words.names
    here = slice(rows.indptr[place], rows.indptr[place + 1])
    columns = rows.indices[here]
    values = np.round(rows.data[here] * line[columns], 6)
    order = np.argsort(-np.abs(values), kind="stable")[:_SHOWN]
    return [(names[columns[at]], float(values[at])) for at in order if values[at]]


def _line(ground: Ground, taste: Taste, name: str, part: str, space: Space) -> Feature:
    from sklearn.linear_model import LogisticRegression

    places, wanted, weights = _examples(ground, taste, space.known)
    model = LogisticRegression(C=_strength(name, taste), max_iter=200)
    model.fit(space.rows[places], wanted, sample_weight=weights)
    line = model.coef_.ravel()
    values, unit = standardised(space.rows @ line, ground.behind, space.known)
    return Feature(f"{name} line", part, values, _in_words(ground, space, line * unit) if name == "topics" else None)


def _centre(ground: Ground, taste: Taste, name: str, part: str, space: Space) -> Feature:
    """Along the mean of what was kept."""
    line = centre(space, taste.kept, taste.weights)
    values, unit = standardised(space.rows @ line, ground.behind, space.known)
    detail = _in_words(ground, space, line * unit) if name == "topics" else None
    return Feature(f"{name} centre", part, values, detail)


def best_sentence(ground: Ground, taste: Taste) -> Feature | None:
    """The sentence that lies farthest along the mean of what was kept; 0 where a paper's sentences have no vectors."""
    space, corpus = ground.meaning, ground.corpus
    if space is None or not space.known[taste.kept].any():
        return None
    line = centre(space, taste.kept, taste.weights)
    those = space.rows[ordinary(ground.behind, space.known)] @ line
    middle, spread = float(those.mean()), float(those.std()) or 1.0
    raw = np.full(len(ground.rows), np.nan)
    for place, row in enumerate(ground.rows):
        first, last = int(corpus.firsts[row]), int(corpus.firsts[row + 1])
        if last > first:
            raw[place] = (space.of(corpus.sentences[first:last].astype(np.float64)) @ line).max()
    scaled = np.nan_to_num((raw - middle) / spread - AHEAD, nan=0.0)
    return Feature("best sentence", "best sentence", np.clip(scaled, -LIMIT, LIMIT))


def centre(space: Space, places: "npt.NDArray[np.int64]", weights: "Column | None" = None) -> "Column":
    """The weighted mean (k,) of those papers."""
    there = space.known[places]
    share = (np.ones(len(places)) if weights is None else weights)[there]
    return np.asarray(share @ space.rows[places[there]] / max(float(share.sum()), 1e-9))


def _in_words(ground: Ground, space: Space, line: "Column") -> Any:
    of_terms = space.turn @ line

    rows = ground.words.rows

    def detail(place: int) -> list[tuple[str, float]]:
        here = slice(rows.indptr[place], rows.indptr[place + 1])
        raw = rows.data[here] @ space.turn[rows.indices[here]] - space.middle
        return of_words(ground, place, of_terms / (float(np.linalg.norm(raw)) or 1.0))

    return detail


def near(ground: Ground, papers: "npt.NDArray[np.int64]", name: str, part: str, space: Space) -> Feature:
    """Mean cosine to the nearest of `papers`."""
    those = papers[space.known[papers]]
    cosines = space.rows @ space.rows[those].T
    # A paper is no evidence for itself: it may stand for an interest and be ranked.
    own = {int(at): number for number, at in enumerate(those)}
    for at, number in own.items():
        cosines[at, number] = np.nan if len(those) > 1 else cosines[at, number]
    count = min(NEAREST, len(those))
    cosines = np.nan_to_num(cosines, nan=-1.0)
    top = np.sort(np.partition(cosines, len(those) - count, axis=1)[:, -count:], axis=1)
    mean = top.mean(axis=1)
    values, unit = standardised(mean, ground.behind, space.known)
    usual = float(mean[ordinary(ground.behind, space.known)].mean()) if unit else 0.0
    keys = [ground.corpus.works[ground.rows[at]].key for at in those]

    def detail(place: int) -> list[tuple[str, float]]:
        if not space.known[place]:
            return []
        share = np.round((cosines[place] - usual) * unit / count, 6)
        order = np.lexsort((those, -share))[:count]  # places are in the order of their keys
        return [(keys[at], float(share[at])) for at in order]

    return Feature(name, part, values, detail)


def nearest(ground: Ground, place: int, papers: "npt.NDArray[np.int64]", count: int) -> list[tuple[int, float]]:
    """Rows of the corpus among the places `papers` whose vectors are nearest to that of `place`, with their cosines."""
    if ground.meaning is None or not ground.meaning.known[place]:
        return []
    those = papers[ground.meaning.known[papers] & (papers != place)]
    vectors = ground.corpus.vectors
    cosines = vectors[[ground.rows[at] for at in those]].astype(np.float64) @ vectors[ground.rows[place]].astype(float)
    cosines = np.round(cosines, 6)
    order = np.lexsort((those, -cosines))[:count]
    return [(ground.rows[those[at]], float(cosines[at])) for at in order]


def unlike(ground: Ground, taste: Taste) -> Feature | None:
    """How much nearer a paper is to the nearest skipped one than to anything kept; 0 where it is not.

    Who skips papers on their own subject does not turn away from it: only what is nearest to a skip goes down. In
    cosines times UNLIKE, not in standard deviations: for most papers it is 0.
    """
    space = ground.meaning or ground.topics
    if space is None or not space.known[taste.skipped].any():
        return None
    skipped = taste.skipped[space.known[taste.skipped]]
    kept = taste.kept[space.known[taste.kept]]
    to_skipped = space.rows @ space.rows[skipped].T
    to_kept = (space.rows @ space.rows[kept].T).max(axis=1) if len(kept) else np.zeros(len(ground.rows))
    nearer = np.maximum(0.0, to_skipped.max(axis=1) - np.maximum(to_kept, APART))
    nearer[~space.known] = 0.0

    def detail(place: int) -> list[tuple[str, float]]:
        if nearer[place] <= 0:
            return []
        best = min(
            (-round(float(value), 9), ground.corpus.works[ground.rows[at]].key)
            for value, at in zip(to_skipped[place], skipped, strict=True)
        )
        return [(best[1], -UNLIKE * float(nearer[place]))]

    return Feature("unlike", "unlike what you skipped", -UNLIKE * nearer, detail)


UNLIKE: Final = 6.0  # log-odds a unit of cosine
APART: Final = 0.3  # cosine in an evened space, below which two papers have nothing to do with each other
