"""A hypothesis's note: what it claims, where it stands, and what speaks for, against and beside it."""

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Final

from library.exporting.vault.note import Note, plain, wikilink
from library.exporting.vault.properties import Value
from library.markdown import Marked, bullets, document, heading
from planner.hypotheses.balance import evidence_of
from planner.hypotheses.model import Evidence, HypothesisRow
from planner.hypotheses.scale import shown_step
from planner.vault.paper_note import NameOf, paper_id

FOLDER: Final = "Hypotheses"
RETIRED: Final = ("belief", "owner", "prior", "demo")
_SIDES: Final = (("for", "For"), ("against", "Against"), ("context", "Context"))


def hypothesis_id(number: int) -> str:
    """What a hypothesis's note is known by."""
    return f"hypothesis/H-{number}"


def hypothesis_note(db: sqlite3.Connection, row: HypothesisRow, name_of: NameOf, *, demo: bool) -> Note:
    """The note of one hypothesis. `name_of`: the file of another note by its id, None where there is none."""
    label = f"H-{row.id}"
    values: dict[str, Value | None] = {
        "title": f"{label} {row.statement}",
        "hypothesis": label,
        "state": row.shown_state,
        "prior": row.prior,
        "belief": None if row.belief is None else round(row.belief, 3),
        "owner": row.owner,
        "demo": True if demo else None,
    }
    return Note(
        id=hypothesis_id(row.id),
        folder=FOLDER,
        name=f"{label} {row.statement}",
        properties={name: value for name, value in values.items() if value is not None},
        body=document(_body(row, evidence_of(db, row.id), name_of, demo=demo)),
        tags=[tag for word in row.tags if (tag := "-".join(word.lower().split()))],
        retired=RETIRED,
    )


def _body(row: HypothesisRow, evidence: Sequence[Evidence], name_of: NameOf, *, demo: bool) -> Iterator[str]:
    yield Marked(f"# H-{row.id} {plain(row.statement)}")
    if demo:
        yield Marked("> [!warning] DEMO\n> From labtop's sample workspace.")
    belief = "unknown" if row.belief is None else f"{row.belief:.2f}"
    counts = f"{row.supporting} for, {row.opposing} against, {row.context} context"
    yield plain(f"{row.shown_state} · belief {belief} · {counts}")
    if row.next_experiment is not None:
        yield plain(f"Next: E-{row.next_experiment.id} {row.next_experiment.title} ({row.next_experiment.state})")
    for stance, title in _SIDES:
        pieces = [piece for piece in evidence if piece.stance == stance]
        if pieces:
            yield heading(2, title)
            yield bullets(_piece(piece, name_of) for piece in pieces)


def _piece(piece: Evidence, name_of: NameOf) -> Marked:
    step = f"({shown_step(piece.scale)})" if piece.scale is not None else ""
    stale = f"— {'; '.join(piece.stale)}" if piece.stale else ""
    if piece.paper_key is None:
        return plain(
            " ".join(part for part in (piece.origin, piece.verdict and piece.verdict.headline, step, stale) if part)
        )
    name = name_of(paper_id(piece.paper_key))
    source = wikilink(name, piece.paper_title or piece.paper_key) if name else plain(piece.paper_key)
    said = " ".join(part for part in (step, f"“{piece.quote}”", stale) if part)
    return Marked(f"{source}: {plain(said)}")
