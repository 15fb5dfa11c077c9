"""Small corpora with vectors made by hand: papers of a few subjects, alike where their subject is."""

from collections.abc import Sequence

import numpy as np

from library.ranking.model import Corpus, Label, Wish, Work

SUBJECTS = {
    "retrieval": "dense passage retrieval with late interaction and learned sparse indexes for questions",
    "pruning": "structured pruning of weights makes small networks quick on phones with low energy",
    "agents": "language agents call tools over long horizons with plans and episodic memory",
    "vision": "street scenes are segmented by cameras at night and in heavy rain",
}
NAMES = tuple(SUBJECTS)
DIMENSION = 16


def subject(name: str) -> np.ndarray:
    """The direction of a subject (d,)."""
    return np.eye(DIMENSION, dtype=np.float32)[NAMES.index(name)]


def world(count: int = 120, *, seed: int = 1, sentences: bool = True) -> Corpus:
    """`count` papers, their subjects by turns; paper i is of NAMES[i % 4]."""
    rng = np.random.default_rng(seed)
    works, vectors, rows, firsts = [], [], [], [0]
    for number in range(count):
        name = NAMES[number % 4]
        words = SUBJECTS[name].split()
        some = " ".join(rng.permutation(words)[:6])
        abstract = f"Case c{number % 13} of {name}. We look at {some} again."
        half = abstract.index(". ") + 1
        works.append(
            Work(
                f"p{number:04}",
                f"2026-01-{number % 28 + 1:02}",
                f"On {name}: {' '.join(rng.permutation(words)[:3])}",
                abstract,
                (f"Ada Writer{number % 9}", f"Kim {name.title()}"),
                ("cs.CV",) if name == "vision" else ("cs.IR", "cs.CL"),
                ((0, half), (half + 1, len(abstract))),
            )
        )
        vectors.append(_near(subject(name), rng, 0.25))
        if sentences:
            rows += [_near(subject(name), rng, 0.6), _near(subject(name), rng, 0.1)]
        firsts.append(len(rows))
    stacked = np.stack(rows) if rows else np.zeros((0, DIMENSION), dtype=np.float32)
    return Corpus(works, np.stack(vectors), stacked, np.array(firsts, dtype=np.int64))


def _near(direction: np.ndarray, rng: np.random.Generator, noise: float) -> np.ndarray:
    vector = direction + noise * rng.normal(size=DIMENSION)
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def wish(name: str, number: int = 1) -> Wish:
    """An interest in a subject."""
    return Wish(number, SUBJECTS[name], subject(name))


def keep(rows: Sequence[int], *, wanted: bool = True, day: str = "2026-01-30") -> list[Label]:
    """A decision on each."""
    return [Label(row, wanted, day) for row in rows]


def of(name: str, start: int, stop: int) -> list[int]:
    """Rows of a subject."""
    return [row for row in range(start, stop) if NAMES[row % 4] == name]


def permuted(corpus: Corpus, seed: int) -> tuple[Corpus, np.ndarray]:
    """The same papers in another order, and where each row went."""
    order = np.random.default_rng(seed).permutation(len(corpus.works))
    firsts, rows = [0], []
    for row in order:
        rows += list(range(int(corpus.firsts[row]), int(corpus.firsts[row + 1])))
        firsts.append(len(rows))
    went = np.empty(len(order), dtype=np.int64)
    went[order] = np.arange(len(order))
    works = [corpus.works[row] for row in order]
    return Corpus(works, corpus.vectors[order], corpus.sentences[rows], np.array(firsts, dtype=np.int64)), went
