"""A person's papers, interests and decisions out of the database, as the ranker takes them. For the child process.

Bounded whatever the library holds: the inbox, what was decided, what stands for a tag, and the newest others as a
background; at 100,000 papers some 150 MB.
"""

import sqlite3
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from library.ranking.inputs import inputs_hash, today_of
from library.ranking.model import Corpus, Label, Wish, Work
from library.ranking.pool import DAYS, inbox
from library.ranking.wanted import Decided, Wanted, authors_of, decided, listed, wanted
from library.sentences.model import sha256
from library.sentences.split import RULES, split
from library.vectors.runtime import unit

if TYPE_CHECKING:
    import numpy.typing as npt

    Vectors = npt.NDArray[np.float32]

BACKGROUND: Final = 3_000
Encode = Callable[[Sequence[str]], "Vectors"]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the ranker takes; `ids` are the papers of the corpus by row, `texts` the sha256 of the pool's abstracts.

    `days`: the day on which the inbox has each paper. `hypotheses`: numbers of the interests that are hypotheses.
    """

    ids: tuple[int, ...]
    corpus: Corpus
    wishes: tuple[Wish, ...]
    labels: tuple[Label, ...]
    pool: tuple[int, ...]
    texts: dict[int, str]
    days: dict[int, str]
    hypotheses: frozenset[int]
    today: str
    inputs: str


def load(
    db: sqlite3.Connection,
    person: str,
    *,
    model_id: int | None,
    dimension: int,
    encode: Encode | None,
    only: Sequence[int] | None = None,
    days: int = DAYS,
) -> Loaded:
    """Read what the ranking of `person` rests on, in the caller's transaction. `only`: rank these papers, no others;
    else those of the newest `days` that brought something.

    `model_id` and `dimension` of the stored vectors that take part; `encode` makes vectors (n, dimension) of the
    interests' words; without it they are matched by words alone.
    """
    today = today_of(db)
    pool = inbox(db, person, today.isoformat(), days) if only is None else dict.fromkeys(only, today.isoformat())
    labels = decided(db, person, set(pool))
    wishes = wanted(db, person, today)
    ids = _all_of(db, pool, labels, wishes)
    row_of = {paper_id: row for row, paper_id in enumerate(ids)}
    corpus, texts = _corpus(db, ids, model_id, dimension, set(pool))
    return Loaded(
        ids,
        corpus,
        _wishes(wishes, row_of, encode),
        tuple(
            Label(row_of[each.paper], each.wanted, each.day, each.weight, each.interest)
            for each in labels
            if each.paper in row_of
        ),
        tuple(row_of[paper_id] for paper_id in pool if paper_id in row_of),
        texts,
        pool,
        frozenset(each.id for each in wishes if each.kind == "hypothesis"),
        today.isoformat(),
        inputs_hash(db, person),
    )


def _all_of(
    db: sqlite3.Connection, pool: Collection[int], labels: Iterable[Decided], wishes: Iterable[Wanted]
) -> tuple[int, ...]:
    """The papers that take part, by number: those asked for, and the newest others."""
    asked = {*pool, *(each.paper for each in labels), *(paper for each in wishes for paper in each.papers)}
    newest = [
        row[0]
        for row in db.execute("SELECT id FROM paper ORDER BY day DESC, id DESC LIMIT ?", (BACKGROUND + len(asked),))
    ]
    others = [paper_id for paper_id in newest if paper_id not in asked][:BACKGROUND]
    there = {
        row[0]
        for row in db.execute("SELECT p.id FROM json_each(?) CROSS JOIN paper p ON p.id = value", (listed(asked),))
    }
    return tuple(sorted({*there, *others}))


def _wishes(wishes: Iterable[Wanted], row_of: dict[int, int], encode: Encode | None) -> tuple[Wish, ...]:
    found = list(wishes)
    vectors: dict[int, Vectors] = {}
    if encode is not None:
        saying = [each for each in found if each.text.strip()]
        rows = encode([each.text for each in saying])
        vectors = {each.id: row for each, row in zip(saying, rows, strict=True)}
    return tuple(
        Wish(each.id, each.text, vectors.get(each.id), tuple(row_of[paper] for paper in each.papers if paper in row_of))
        for each in found
    )


def _corpus(
    db: sqlite3.Connection, ids: Sequence[int], model_id: int | None, dimension: int, pool: Collection[int]
) -> tuple[Corpus, dict[int, str]]:
    chosen = listed(ids)
    places, keys = _places(db, chosen)
    works, texts = [], dict[int, str]()
    for row in db.execute(
        "SELECT p.id, p.key, p.day, p.title, p.abstract, p.authors, p.categories FROM json_each(?)"
        " CROSS JOIN paper p ON p.id = value ORDER BY p.id",
        (chosen,),
    ):
        paper_id, abstract = row["id"], row["abstract"]
        spans = places.get(paper_id)
        if spans is None:  # not split yet: at once, and without vectors
            spans = [(span.start, span.end) for span in split(abstract)] if paper_id in pool else []
        if paper_id in pool:
            texts[paper_id] = sha256(abstract).hex()
        works.append(
            Work(
                row["key"],
                row["day"],
                row["title"],
                abstract,
                authors_of(row["authors"]),
                tuple(row["categories"].split()),
                tuple(spans),
            )
        )
    sentences, firsts = _sentences(db, ids, chosen, keys, model_id, dimension)
    return Corpus(works, _vectors(db, ids, chosen, model_id, dimension), sentences, firsts), texts


def _places(db: sqlite3.Connection, chosen: str) -> tuple[dict[int, list[tuple[int, int]]], dict[int, list[bytes]]]:
    """By paper: where its sentences are, and their hashes; of the papers whose abstract was split."""
    rows = db.execute(
        'SELECT t.paper_id, s.start, s."end", s.hash FROM json_each(?) CROSS JOIN split_text t ON t.paper_id = value'
        " LEFT JOIN sentence s ON s.text_id = t.id"
        " WHERE t.source = 'abstract' AND t.rules = ? ORDER BY t.paper_id, s.position",
        (chosen, RULES),
    )
    rows.row_factory = None
    places: dict[int, list[tuple[int, int]]] = {}
    keys: dict[int, list[bytes]] = {}
    for paper_id, start, end, digest in rows:
        of_paper, of_keys = places.setdefault(paper_id, []), keys.setdefault(paper_id, [])
        if start is not None:
            of_paper.append((start, end))
            of_keys.append(digest)
    return places, keys


def _vectors(
    db: sqlite3.Connection, ids: Sequence[int], chosen: str, model_id: int | None, dimension: int
) -> "Vectors":
    """Unit vectors (n, dimension), zeros where none is stored."""
    found = np.zeros((len(ids), dimension), dtype=np.float32)
    if model_id is None:
        return found
    row_of = {paper_id: row for row, paper_id in enumerate(ids)}
    rows = db.execute(
        "SELECT p.id, e.vector FROM json_each(?) CROSS JOIN paper p ON p.id = value"
        " JOIN embedding e ON e.model_id = ? AND e.text_hash = p.text_hash",
        (chosen, model_id),
    )
    rows.row_factory = None
    for paper_id, blob in rows:
        if len(blob) == dimension * 2:
            found[row_of[paper_id]] = np.frombuffer(blob, dtype="<f2")
    there = found.any(axis=1)
    found[there] = unit(found[there])
    return found


def _sentences(
    db: sqlite3.Connection,
    ids: Sequence[int],
    chosen: str,
    keys: dict[int, list[bytes]],
    model_id: int | None,
    dimension: int,
) -> tuple["Vectors", "npt.NDArray[np.int64]"]:
    """Vectors of the papers all of whose sentences have one, and where each paper's begin."""
    stored: dict[int, dict[bytes, bytes]] = {}
    if model_id is not None:
        rows = db.execute(
            "SELECT e.paper_id, e.hash, e.vector FROM json_each(?)"
            " CROSS JOIN sentence_embedding e ON e.paper_id = value AND e.model_id = ?",
            (chosen, model_id),
        )
        rows.row_factory = None
        for paper_id, digest, blob in rows:
            if len(blob) == dimension * 2:
                stored.setdefault(paper_id, {})[digest] = blob
    blobs: list[bytes] = []
    firsts = np.zeros(len(ids) + 1, dtype=np.int64)
    for row, paper_id in enumerate(ids):
        has = stored.get(paper_id, {})
        of_paper = keys.get(paper_id, [])
        if all(digest in has for digest in of_paper):
            blobs += [has[digest] for digest in of_paper]
        firsts[row + 1] = len(blobs)
    if not blobs:
        return np.zeros((0, dimension), dtype=np.float32), firsts
    return unit(np.frombuffer(b"".join(blobs), dtype="<f2").reshape(len(blobs), dimension)), firsts
