"""Reading a person's ranking: the score of a row, why it is so, where the line lies, how old all of it is."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from library.errors import NotFound
from library.interests import label
from library.ranking.inputs import inputs_hash
from library.ranking.line import Line, line
from library.ranking.model import Regime
from library.sentences.model import Sentence
from library.sentences.queries import sentences_of
from library.text import one_line
from library.vectors.waiting import AT_ONCE, marks, pieces

__all__ = ["Line", "Near", "RankState", "RankedPaper", "Why", "line", "model_hash", "scores", "state", "why", "why_of"]


@dataclass(frozen=True, slots=True)
class RankedPaper:
    """What a row shows. `kind` and `reference` are the interest's; `label` names it: "H-4", "topic late interaction".

    `explored`: picked to explore; `explored_as` is then "uncertain" or "far" (from all interests).
    """

    paper_id: int
    score: float
    interest_id: int | None
    kind: str | None
    reference: str | None
    label: str
    explored: bool
    explored_as: str | None = None


@dataclass(frozen=True, slots=True)
class WhyPart:
    """One term of a score in log-odds, and what it is made of, strongest first."""

    name: str
    value: float
    detail: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class WhyInterest:
    """The interest that a paper is best at."""

    id: int
    kind: str
    reference: str | None
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class WhySentence:
    """A sentence of the abstract (`number` from 1, text[start:end]) and its cosine to an interest."""

    number: int
    start: int
    end: int
    text: str
    cosine: float | None


@dataclass(frozen=True, slots=True)
class Near:
    """A paper that the person wanted, and how near it is."""

    paper_id: int
    key: str
    title: str
    cosine: float


@dataclass(frozen=True, slots=True)
class Check:
    """A hypothesis that a paper bears on: to be checked against it, by whoever reads. Nothing is said of the stance."""

    label: str
    text: str
    sentence: WhySentence | None
    cosine: float | None


@dataclass(frozen=True, slots=True)
class Why:
    """All that a score is made of: `parts` add up to `log_odds`, and score = 1 / (1 + exp(−log_odds)).

    `nearest` are papers the person wanted, `terms` words that the paper shares with its interest. `changed`: the
    abstract has changed since, so that no sentence can be shown. `model_hash`, `regime` and `labels` are those of the
    ranking that gave the score, at `ranked_at`.
    """

    paper_id: int
    key: str
    title: str
    score: float
    log_odds: float
    parts: tuple[WhyPart, ...]
    interest: WhyInterest | None
    sentence: WhySentence | None
    nearest: tuple[Near, ...]
    terms: tuple[str, ...]
    to_check: tuple[Check, ...]
    explored: bool
    explored_as: str | None
    regime: Regime
    labels: int
    by_words: bool
    without_vector: bool
    without_sentences: bool
    changed: bool
    ranked_at: str
    model_hash: str


@dataclass(frozen=True, slots=True)
class RankState:
    """A person's newest ranking. All None and 0 where there was none yet.

    `papers` were ranked, `without_vector` and `without_sentences` of them by less than could be; `by_words`: no model's
    vectors took part. `interests` are active now. `behind`: something it rests on has changed since.
    """

    regime: Regime | None
    labels: int
    ranked_at: str | None
    model_hash: str | None
    behind: bool
    papers: int = 0
    without_vector: int = 0
    without_sentences: int = 0
    by_words: bool = False
    interests: int = 0


def scores(db: sqlite3.Connection, person: str, paper_ids: Sequence[int]) -> dict[int, RankedPaper]:
    """Scores of those of the papers that are ranked; what is missing is not ranked yet."""
    found: dict[int, RankedPaper] = {}
    for ids in pieces(paper_ids, AT_ONCE):
        rows = db.execute(
            "SELECT r.paper_id, r.score, i.id AS interest_id, i.kind, i.reference, i.text, s.name, e.why FROM ranked r"
            " LEFT JOIN interest i ON i.id = r.interest_id"
            " LEFT JOIN saved_search s ON i.kind = 'search' AND s.id = i.reference"
            " LEFT JOIN exploration e ON e.person = r.person AND e.paper_id = r.paper_id"
            f" WHERE r.person = ? AND r.paper_id IN ({marks(ids)})",
            (person, *ids),
        )
        for row in rows:
            found[row["paper_id"]] = RankedPaper(
                row["paper_id"],
                row["score"],
                row["interest_id"],
                row["kind"],
                row["reference"],
                label(row["kind"], row["reference"], row["text"], row["name"]),
                row["why"] is not None,
                row["why"],
            )
    return found


def why(db: sqlite3.Connection, person: str, paper_id: int) -> Why | None:
    """What the stored score of a paper is made of; None where it has none."""
    row = db.execute(
        "SELECT r.*, g.regime, g.labels, g.model_hash, g.ranked_at, g.encoder FROM ranked r"
        " JOIN ranking g ON g.id = r.ranking_id WHERE r.person = ? AND r.paper_id = ?",
        (person, paper_id),
    ).fetchone()
    return why_of(db, person, row, json.loads(row["detail"])) if row is not None else None


def why_of(db: sqlite3.Connection, person: str, row: "Mapping[str, Any] | sqlite3.Row", detail: dict[str, Any]) -> Why:
    """A Why from a row of `ranked` with what its ranking says, and its `detail`. Raises NotFound for a gone paper."""
    paper_id = int(row["paper_id"])
    paper = db.execute("SELECT key, title FROM paper WHERE id = ?", (paper_id,)).fetchone()
    if paper is None:
        raise NotFound("That paper is no longer here.", mend="See labtop journal for who removed it.")
    said = sentences_of(db, paper_id)
    same = bool(said) and said[0].text_hash == detail["text"]
    sentences = said if same else ()
    interest = _interest(db, row["interest_id"])
    picked = db.execute("SELECT why FROM exploration WHERE person = ? AND paper_id = ?", (person, paper_id)).fetchone()
    return Why(
        paper_id,
        paper["key"],
        one_line(paper["title"]),
        row["score"],
        row["log_odds"],
        tuple(WhyPart(name, value, _detail(db, of_it)) for name, value, of_it in detail["parts"]),
        interest,
        _sentence(sentences, detail["sentence"], detail["cosine"]),
        _nearest(db, person, detail["nearest"]),
        tuple(detail["terms"]),
        _checks(db, sentences, detail["checks"]),
        picked is not None,
        picked["why"] if picked is not None else None,
        row["regime"],
        row["labels"],
        row["encoder"] is None,
        detail["lacks"] == "vector",
        detail["lacks"] is not None,
        not same and detail["text"] is not None,
        row["ranked_at"],
        row["model_hash"],
    )


def state(db: sqlite3.Connection, person: str) -> RankState:
    """How the person's papers were last ranked, and whether that is behind."""
    count = "SELECT count(*) FROM interest WHERE active AND (person IS NULL OR person = ?)"
    interests = int(db.execute(count, (person,)).fetchone()[0])
    row = db.execute("SELECT * FROM ranking WHERE person = ? ORDER BY id DESC LIMIT 1", (person,)).fetchone()
    if row is None:
        return RankState(None, 0, None, None, True, interests=interests)
    return RankState(
        row["regime"],
        row["labels"],
        row["ranked_at"],
        row["model_hash"],
        row["inputs"] != inputs_hash(db, person),
        row["papers"],
        row["without_vector"],
        row["without_sentences"],
        row["encoder"] is None,
        interests,
    )


def model_hash(db: sqlite3.Connection, person: str) -> str | None:
    """The hash of the model of the person's newest ranking; one lookup."""
    row = db.execute("SELECT model_hash FROM ranking WHERE person = ? ORDER BY id DESC LIMIT 1", (person,)).fetchone()
    return row[0] if row is not None else None


def _interest(db: sqlite3.Connection, interest_id: int | None) -> WhyInterest | None:
    row = db.execute(
        "SELECT i.id, i.kind, i.reference, i.text, s.name, s.query FROM interest i"
        " LEFT JOIN saved_search s ON i.kind = 'search' AND s.id = i.reference WHERE i.id = ?",
        (interest_id,),
    ).fetchone()
    if row is None:
        return None
    named = label(row["kind"], row["reference"], row["text"], row["name"])
    return WhyInterest(row["id"], row["kind"], row["reference"], named, row["query"] or row["text"])


def _sentence(said: Sequence[Sentence], number: int | None, cosine: float | None) -> WhySentence | None:
    """The sentence `number`, counted from 0."""
    if number is None or number >= len(said):
        return None
    found = said[number]
    return WhySentence(found.position, found.start, found.end, one_line(found.text), cosine)


def _nearest(db: sqlite3.Connection, person: str, near: Sequence[tuple[int, float]]) -> tuple[Near, ...]:
    """Those that the person still wants: they may have changed their mind since."""
    found = {
        row["id"]: row
        for row in db.execute(
            "SELECT p.id, p.key, p.title FROM paper p JOIN decision d ON d.paper_id = p.id AND d.person = ?"
            f" WHERE d.decision != 'skip' AND p.id IN ({marks(near)})",
            (person, *(paper_id for paper_id, _ in near)),
        )
    }
    return tuple(
        Near(paper_id, found[paper_id]["key"], one_line(found[paper_id]["title"]), cosine)
        for paper_id, cosine in near
        if paper_id in found
    )


def _checks(
    db: sqlite3.Connection, said: Sequence[Sentence], checks: Sequence[tuple[int, int | None, float | None]]
) -> tuple[Check, ...]:
    found = []
    for interest_id, number, cosine in checks:
        interest = _interest(db, interest_id)
        if interest is not None:
            found.append(Check(interest.label, interest.text, _sentence(said, number, cosine), cosine))
    return tuple(found)


def _detail(db: sqlite3.Connection, detail: Sequence[tuple[str | int, float]]) -> tuple[tuple[str, float], ...]:
    """Papers stand there by number, so that nothing of a purged one is left in what others rest on."""
    named = []
    for what, value in detail:
        if isinstance(what, int):
            row = db.execute("SELECT key FROM paper WHERE id = ?", (what,)).fetchone()
            named.append((row[0] if row is not None else "a paper that is gone", value))
        else:
            named.append((what, value))
    return tuple(named)
