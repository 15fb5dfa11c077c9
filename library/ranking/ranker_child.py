"""The child process that ranks: `python -I -m library.ranking.ranker_child`.

In: O, the order (database, person, model, only, days).
Out: P, how far it is; R, what it was ranked by; W, ranked papers, some hundred at a time; D, done; E, why it ended.
It reads the database and never writes: it can be killed at any moment. scikit-learn is loaded here and nowhere else.
"""

import json
import os
import sqlite3
import warnings
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from library.errors import LabtopError
from library.sentences.model import sha256
from library.vectors.child import Parent

PIECE: Final = 200  # papers a frame


def main() -> None:
    """Rank what the order asks for, and end."""
    parent = Parent()
    warnings.simplefilter("ignore")
    # One thread is as fast on matrices of this size, and its sums come out the same on every machine.
    os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"))
    _, order = parent.receive()
    try:
        _work(parent, order)
    except LabtopError as error:
        parent.send(b"E", {"message": error.message, "mend": error.mend})
    except Exception as error:
        parent.send(b"E", {"message": f"Ranking failed: {type(error).__name__}: {error}.", "mend": ""})


def _work(parent: Parent, order: dict[str, Any]) -> None:
    from library.db.store import connect_reader, explaining
    from library.ranking.loading import Loaded, load
    from library.ranking.ranker import rank

    path = Path(order["database"])
    parent.send(b"P", "reading papers")
    with explaining(path), closing(connect_reader(path)) as db:
        loaded: Loaded = _snapshot(db, order, load)
    if not loaded.wishes and not loaded.labels:  # nothing says what is wanted, so nothing has a score
        parent.send(b"R", _nothing(loaded))
        parent.send(b"D", None)
        return
    parent.send(b"P", f"comparing {len(loaded.pool):,} papers with what was decided on {len(loaded.labels):,}")
    ranking = rank(loaded.corpus, loaded.wishes, loaded.labels, loaded.pool, today=loaded.today)
    lacks = {row: _lacks(loaded, row) for row in loaded.pool}
    parent.send(
        b"R",
        {
            "regime": ranking.regime,
            "labels": ranking.labels,
            "model_hash": ranking.model_hash,
            "inputs": loaded.inputs,
            "papers": len(ranking.ranked),
            "without_vector": sum(lack == "vector" for lack in lacks.values()),
            "without_sentences": sum(lack is not None for lack in lacks.values()),
            "wishes": len(loaded.wishes),
        },
    )
    rows = list(_rows(loaded, ranking, lacks))
    for start in range(0, len(rows), PIECE):
        parent.send(b"W", rows[start : start + PIECE])
    parent.send(b"D", None)


def _nothing(loaded: Any) -> dict[str, Any]:
    counts = dict.fromkeys(("labels", "papers", "without_vector", "without_sentences", "wishes"), 0)
    return {"regime": "interests", "model_hash": sha256("").hex(), "inputs": loaded.inputs, **counts}


def _snapshot(db: sqlite3.Connection, order: dict[str, Any], load: Any) -> Any:
    """Everything from one moment of the database, so that the hash of the inputs is of what was read."""
    from library.vectors.model import status_of
    from library.vectors.question import QuestionEncoder
    from library.vectors.waiting import model_row

    status = status_of(order["model"])
    encoder = QuestionEncoder(status.converted) if status.converted is not None else None
    db.execute("BEGIN")
    try:
        row = model_row(db, name=status.name, file_hash=status.known_hash)
        return load(
            db,
            order["person"],
            model_id=row[0] if row else None,
            dimension=row[1] if row else encoder.dimension if encoder else 1,
            encode=encoder.encode if encoder else None,
            only=order["only"],
            days=order["days"],
        )
    finally:
        db.execute("ROLLBACK")


def _lacks(loaded: Any, row: int) -> str | None:
    """What a paper is ranked without: its vector, or those of its sentences."""
    if not loaded.corpus.vectors[row].any():
        return "vector"
    has = loaded.corpus.firsts[row + 1] > loaded.corpus.firsts[row]
    return None if has or not loaded.corpus.works[row].places else "sentences"


def _rows(loaded: Any, ranking: Any, lacks: dict[int, str | None]) -> Iterator[dict[str, Any]]:
    """Ranked papers as they are stored. Papers stand in them by their numbers."""
    from library.ranking.bearing import bearing, nearness

    ids, works = loaded.ids, loaded.corpus.works
    of_key = {work.key: ids[row] for row, work in enumerate(works)}
    near = nearness(loaded.corpus, loaded.wishes, loaded.pool)
    checks = bearing(loaded.corpus, loaded.wishes, loaded.hypotheses, ranking.ranked)
    common = _common_categories(loaded)
    for each in ranking.ranked:
        row, paper_id = each.paper, ids[each.paper]
        detail = {
            "parts": [
                [part.name, part.value, [[of_key.get(what, what), value] for what, value in part.detail]]
                for part in each.parts
            ],
            "sentence": each.sentence,
            "cosine": None if each.cosine is None else round(each.cosine, 6),
            "nearest": [[ids[other], round(cosine, 6)] for other, cosine in each.nearest],
            "terms": list(each.terms),
            "checks": checks.get(row, []),
            "text": loaded.texts.get(paper_id) if works[row].places else None,
            "lacks": lacks[row],
        }
        yield {
            "paper": paper_id,
            "score": each.score,
            "log_odds": each.log_odds,
            "interest": each.wish,
            "key": works[row].key,
            "day": loaded.days[paper_id],
            "nearness": near.get(row, 0.0),
            "plausible": bool(works[row].abstract) and bool(common & set(works[row].categories)),
            "detail": json.dumps(detail, ensure_ascii=False),  # here: the parent has a screen to keep alive
        }


def _common_categories(loaded: Any) -> set[str]:
    """Categories of what the person wanted; where that is nothing yet, all of them."""
    works = loaded.corpus.works
    kept = {name for label in loaded.labels if label.wanted for name in works[label.paper].categories}
    return kept or {name for row in loaded.pool for name in works[row].categories}


if __name__ == "__main__":
    main()
