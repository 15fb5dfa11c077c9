"""Which sentences say something like a question: every stored vector of the papers in question is compared."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from library.errors import WorkspaceDamaged
from library.sentences.model import Sentence, Source
from library.sentences.queries import sentences_of_papers
from library.vectors.runtime import unit
from library.vectors.waiting import AT_ONCE, marks, pieces


@dataclass(frozen=True, slots=True)
class Near:
    """A sentence and its cosine to the question."""

    sentence: Sentence
    cosine: float


def nearest_sentences(
    db: sqlite3.Connection,
    question: npt.NDArray[np.float32],
    paper_ids: Sequence[int],
    *,
    model_id: int,
    sources: Iterable[Source] = ("abstract",),
    limit: int = 20,
) -> tuple[Near, ...]:
    """The `limit` sentences of these papers nearest to `question`, a unit vector (dimension,) of the model `model_id`.

    Best first, equal ones by paper and place; only sentences whose vectors are stored (`encode_sentences`) take part.
    Raises ValueError for a vector of another length, WorkspaceDamaged where stored ones cannot be used.
    """
    wanted = tuple(sources)
    keys, vectors = _stored(db, model_id, paper_ids, wanted)
    if not keys or limit < 1:
        return ()
    if question.shape != (vectors.shape[1],):
        raise ValueError(f"a vector of shape {question.shape} does not fit sentences of length {vectors.shape[1]}")
    cosines = unit(vectors) @ question.astype(np.float32)
    # Sentences come in the order of the papers and places: a stable sort keeps equal ones so.
    best = np.argsort(-cosines, kind="stable")[:limit]
    papers = tuple(dict.fromkeys(keys[number][0] for number in best))
    said: dict[tuple[int, str], Sentence] = {}
    for sentence in sentences_of_papers(db, papers, wanted):
        said.setdefault((sentence.paper_id, sentence.hash), sentence)
    return tuple(Near(said[keys[number]], float(cosines[number])) for number in best.tolist() if keys[number] in said)


def _stored(
    db: sqlite3.Connection, model_id: int, paper_ids: Sequence[int], sources: Sequence[Source]
) -> tuple[list[tuple[int, str]], npt.NDArray[np.float16]]:
    """(paper, hash) of every sentence with a vector, each once, and the vectors (n, dimension)."""
    found: dict[tuple[int, str], bytes] = {}
    for ids in pieces(sorted(set(paper_ids)), AT_ONCE):
        rows = db.execute(
            "SELECT t.paper_id, s.hash, e.vector FROM split_text t JOIN sentence s ON s.text_id = t.id"
            " JOIN sentence_embedding e ON e.paper_id = t.paper_id AND e.model_id = ? AND e.hash = s.hash"
            f" WHERE t.paper_id IN ({marks(ids)}) AND t.source IN ({marks(sources)})"
            " ORDER BY t.paper_id, t.id, s.position",
            (model_id, *ids, *sources),
        )
        for paper_id, digest, vector in rows:
            found.setdefault((paper_id, digest.hex()), vector)
    if len({len(vector) for vector in found.values()}) > 1:
        raise WorkspaceDamaged(
            "Stored vectors of sentences differ in length.", mend="Encode them again with labtop index --rebuild."
        )
    blob = b"".join(found.values())
    return list(found), np.frombuffer(blob, dtype="<f2").reshape(len(found), -1) if found else np.empty((0, 0), "<f2")
