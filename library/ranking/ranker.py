"""Papers ranked for one person by what was asked for and what was kept, each score with the parts it is the sum of.

A score is the log-odds of a logistic model over a few plain features, each centred on the unlabelled papers of the
corpus: what a part says is how this paper differs from an ordinary one. The pool itself is not learned from.
"""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from library.ranking.model import LEARN_FROM, Corpus, Label, Part, Ranked, Ranking, Wish
from library.ranking.words import Vocabulary, counts, terms, vocabulary

if TYPE_CHECKING:
    import numpy.typing as npt

    Column = npt.NDArray[np.float64]

BACKGROUND: Final = 8_000  # unlabelled papers at most that are learned against
NEAREST: Final = 3  # kept papers shown
SHOWN: Final = 8  # terms and details shown
_WEIGHTS: Final = {"sentence": 1.0, "title and abstract": 0.8, "interest words": 0.7, "examples": 1.0}
_LEARNED: Final = {"words": 1.2, "near what you kept": 0.8, "unlike what you skipped": 0.6}


@dataclass(frozen=True, slots=True)
class _Column:
    """A feature of the pool: its part of the log-odds, already centred and weighted."""

    name: str
    values: "Column"


def rank(
    corpus: Corpus,
    wishes: Sequence[Wish],
    labels: Sequence[Label],
    pool: Sequence[int],
    *,
    today: str,
    seed: int = 0,
) -> Ranking:
    """The papers `pool` (rows of the corpus), best first.

    From LEARN_FROM labels on they take part (regime "learned"); before, the interests alone, and where there are none
    the papers kept stand in for them. Imports scikit-learn: not for a process with a screen.
    """
    works = corpus.works
    pool = sorted(dict.fromkeys(pool), key=lambda row: works[row].key)
    labels = sorted(labels, key=lambda label: (label.day, works[label.paper].key, label.wanted))
    kept = _rows(works, (label.paper for label in labels if label.wanted))
    skipped = [row for row in _rows(works, (label.paper for label in labels if not label.wanted)) if row not in kept]
    learned = len(labels) >= LEARN_FROM
    background = _background(corpus, {*kept, *skipped, *pool}, seed) or list(pool)
    base = _base(len(kept), len(background))
    if not wishes and not kept and not skipped:
        return _newest(corpus, pool, labels, base, today, seed)
    documents = {row: counts(works[row]) for row in {*pool, *kept, *skipped, *background}}
    vocab = vocabulary([documents[row] for row in background], {t for wish in wishes for t in terms(wish.text)})
    matrices = _Matrices(corpus, vocab, documents, background, pool)
    columns: list[_Column] = []
    if learned and kept:
        columns += _learn(matrices, kept, skipped)
    if skipped and (learned or not wishes):
        columns.append(matrices.column("unlike what you skipped", skipped, -_LEARNED["unlike what you skipped"]))
    stand_in = [Wish(0, "", None, tuple(kept))] if kept and not wishes and not learned else []
    by_wish = [_wanted(matrices, wish) for wish in [*wishes, *stand_in]]
    ranked = [
        _ranked(matrices, number, base, columns, [*wishes, *stand_in], by_wish, kept if learned or stand_in else [])
        for number in range(len(pool))
    ]
    ranked.sort(key=lambda item: (-item.score, works[item.paper].key))
    regime = "learned" if learned else "interests"
    return Ranking(regime, len(labels), _hash(corpus, wishes, labels, background, seed), tuple(ranked))


class _Matrices:
    """Pool and background as words and vectors."""

    def __init__(self, corpus: Corpus, vocab: Vocabulary, documents: Any, background: list[int], pool: list[int]):
        self.corpus, self.vocab, self.documents = corpus, vocab, documents
        self.background, self.pool = background, pool
        self.words = vocab.matrix(documents[row] for row in pool)
        self.words_behind = vocab.matrix(documents[row] for row in background)

    def near(self, rows: Sequence[int], papers: Sequence[int]) -> "Column":
        """How near each of `rows` is to the nearest of `papers`, by cosine."""
        vectors = self.corpus.vectors
        cosines = vectors[list(rows)].astype(np.float64) @ vectors[list(papers)].T.astype(np.float64)
        top = np.sort(cosines, axis=1)[:, -3:]
        return np.asarray(0.5 * top[:, -1] + 0.5 * top.mean(axis=1))

    def column(self, name: str, papers: Sequence[int], weight: float) -> _Column:
        """Nearness to `papers` as a feature."""
        return _Column(name, weight * _centred(self.near(self.pool, papers), self.near(self.background, papers)))


def _learn(matrices: _Matrices, kept: list[int], skipped: list[int]) -> list[_Column]:
    from sklearn.svm import LinearSVC

    rows = [*kept, *skipped]
    examples = matrices.vocab.matrix(matrices.documents[row] for row in rows)
    from scipy.sparse import vstack

    inputs = vstack([examples, matrices.words_behind]).tocsr()
    wanted = np.r_[np.ones(len(kept)), np.zeros(len(skipped) + len(matrices.background))]
    model = LinearSVC(C=0.01, class_weight="balanced", random_state=0, max_iter=5_000).fit(inputs, wanted)
    weights = model.coef_.ravel()
    values = _LEARNED["words"] * _centred(matrices.words @ weights, matrices.words_behind @ weights)
    near = matrices.column("near what you kept", kept, _LEARNED["near what you kept"])
    return [_Column("words", values), near]


def _wanted(matrices: _Matrices, wish: Wish) -> list[_Column]:
    corpus, columns = matrices.corpus, []
    if wish.vector is not None and np.any(wish.vector):
        vector = np.asarray(wish.vector, dtype=np.float64)
        whole = _centred(
            corpus.vectors[matrices.pool].astype(np.float64) @ vector,
            corpus.vectors[matrices.background].astype(np.float64) @ vector,
        )
        columns.append(_Column("title and abstract", _WEIGHTS["title and abstract"] * whole))
        best = np.array([_best_sentence(corpus, row, vector)[1] for row in matrices.pool])
        behind = np.array([_best_sentence(corpus, row, vector)[1] for row in matrices.background])
        known = behind[~np.isnan(behind)] if (~np.isnan(behind)).any() else best[~np.isnan(best)]
        if len(known):
            centred = np.where(np.isnan(best), 0.0, _centred(np.nan_to_num(best), known))
            columns.append(_Column("sentence", _WEIGHTS["sentence"] * centred))
    asked = matrices.vocab.matrix([counts_of(wish.text)])
    if asked.nnz:
        values = np.asarray((matrices.words @ asked.T).todense()).ravel()
        behind = np.asarray((matrices.words_behind @ asked.T).todense()).ravel()
        columns.append(_Column("interest words", _WEIGHTS["interest words"] * _centred(values, behind)))
    if wish.papers:
        columns.append(matrices.column("near its papers", wish.papers, _WEIGHTS["examples"]))
    return columns


def counts_of(text: str) -> Any:
    """A wish's words as a document."""
    from collections import Counter

    return Counter(terms(text))


def _best_sentence(corpus: Corpus, row: int, vector: "Column") -> tuple[int | None, float]:
    first, last = corpus.firsts[row], corpus.firsts[row + 1]
    if first == last:
        return None, math.nan
    cosines = corpus.sentences[first:last].astype(np.float64) @ vector
    return int(np.argmax(cosines)), float(cosines.max())


def _ranked(
    matrices: _Matrices,
    number: int,
    base: float,
    columns: list[_Column],
    wishes: Sequence[Wish],
    by_wish: list[list[_Column]],
    kept: list[int],
) -> Ranked:
    corpus, row = matrices.corpus, matrices.pool[number]
    best, own = None, list[_Column]()
    if wishes:
        totals = [round(sum(float(c.values[number]) for c in own_columns), 9) for own_columns in by_wish]
        best = max(range(len(wishes)), key=lambda at: (totals[at], -wishes[at].id))
        own = by_wish[best]
    parts = [Part("base", base), *(Part(c.name, float(c.values[number])) for c in [*columns, *own])]
    log_odds = math.fsum(part.value for part in parts)
    sentence, cosine = None, None
    wish = wishes[best] if best is not None else None
    if wish is not None and wish.vector is not None:
        sentence, value = _best_sentence(corpus, row, np.asarray(wish.vector, dtype=np.float64))
        cosine = None if sentence is None else value
    nearest: list[tuple[int, float]] = []
    if kept and np.any(corpus.vectors[row]):
        cosines = corpus.vectors[kept].astype(np.float64) @ corpus.vectors[row].astype(np.float64)
        order = sorted(range(len(kept)), key=lambda at: (-round(float(cosines[at]), 6), corpus.works[kept[at]].key))
        nearest = [(kept[at], float(cosines[at])) for at in order[:NEAREST]]
    asked = set(terms(wish.text)) if wish is not None else set()
    shared = sorted(asked & matrices.documents[row].keys())[:SHOWN]
    number_of = wish.id if wish is not None and wish in wishes and (wish.id or wish.text) else None
    return Ranked(
        row, score(log_odds), log_odds, number_of, tuple(parts), sentence, cosine, tuple(nearest), tuple(shared)
    )


def score(log_odds: float) -> float:
    """The probability to those log-odds, rounded to 1e-4."""
    if log_odds < 0:
        small = math.exp(max(log_odds, -700.0))
        return round(small / (1.0 + small), 4)
    return round(1.0 / (1.0 + math.exp(-min(log_odds, 700.0))), 4)


def _newest(corpus: Corpus, pool: list[int], labels: Sequence[Label], base: float, today: str, seed: int) -> Ranking:
    from datetime import date

    now = date.fromisoformat(today)
    ranked = []
    for row in pool:
        try:
            age = max(0, (now - date.fromisoformat(corpus.works[row].day[:10])).days)
        except ValueError:
            age = 3_650
        log_odds = base - 0.01 * age
        ranked.append(Ranked(row, score(log_odds), log_odds, None, (Part("base", log_odds),)))
    ranked.sort(key=lambda item: (-item.log_odds, corpus.works[item.paper].key))
    return Ranking("interests", len(labels), _hash(corpus, (), labels, (), seed), tuple(ranked))


def _background(corpus: Corpus, without: set[int], seed: int) -> list[int]:
    """Unlabelled papers to learn against: all, or those with the smallest hash of their key."""
    rows = [row for row in range(len(corpus.works)) if row not in without]
    if len(rows) > BACKGROUND:
        rows.sort(key=lambda row: (_drawn(corpus.works[row].key, seed), corpus.works[row].key))
        rows = rows[:BACKGROUND]
    return sorted(rows, key=lambda row: corpus.works[row].key)


def _drawn(key: str, seed: int) -> bytes:
    return hashlib.sha256(f"{seed}:{key}".encode("utf-8", "replace")).digest()


def _base(kept: int, behind: int) -> float:
    share = min(max((kept + 0.5) / (kept + behind + 1.0), 0.005), 0.3)
    return math.log(share / (1.0 - share)) - 1.0


def _rows(works: Any, rows: Any) -> list[int]:
    return sorted(set(rows), key=lambda row: works[row].key)


def _centred(values: "Column", among: "Column") -> "Column":
    """`values` in standard deviations from the mean of `among`."""
    spread = float(np.std(among)) if len(among) else 0.0
    return np.asarray((values - float(np.mean(among))) / (spread or 1.0), dtype=np.float64)


def _hash(corpus: Corpus, wishes: Sequence[Wish], labels: Sequence[Label], background: Sequence[int], seed: int) -> str:
    digest = hashlib.sha256(f"1:{seed}".encode())
    for wish in sorted(wishes, key=lambda wish: wish.id):
        digest.update(repr((wish.id, wish.text, sorted(corpus.works[row].key for row in wish.papers))).encode())
        digest.update(b"" if wish.vector is None else np.asarray(wish.vector, dtype="<f4").tobytes())
    for label in labels:
        digest.update(repr((corpus.works[label.paper].key, label.wanted, label.day, label.weight, label.wish)).encode())
    for row in background:
        digest.update(corpus.works[row].key.encode("utf-8", "replace"))
    return digest.hexdigest()
