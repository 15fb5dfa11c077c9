"""Published DOIs that services propose: a person accepts or refuses, and undo takes that back."""

import sqlite3
from collections.abc import Callable
from typing import Any

from library.clock import stamp
from library.db.changes import Change
from library.db.journal import Recorder, record
from library.enrichment.model import Proposal
from library.enrichment.stored import proposals
from library.errors import LabtopError, NotFound, UsageError
from library.text import shortened


def accept(db: sqlite3.Connection, person: str, proposal_id: int) -> Change:
    """Give the paper the DOI, and the venue where none is known. Raises NotFound, LabtopError."""
    found = _open(db, proposal_id)
    row = db.execute("SELECT doi, journal_ref FROM paper WHERE id = ?", (found.paper_id,)).fetchone()
    before: dict[str, Any] = {"doi": row["doi"], "journal_ref": row["journal_ref"]}
    after = {"doi": found.doi, "journal_ref": row["journal_ref"] or venue_line(found)}

    def write(recorder: Recorder) -> None:
        _decide(recorder, person, found, "accepted")
        db.execute("UPDATE paper SET doi = ?, journal_ref = ? WHERE id = ?", (*after.values(), found.paper_id))
        recorder.note("paper", {"id": found.paper_id}, before, after)

    return _journalled(db, person, found, f"accepted {found.doi} as the DOI of", write)


def refuse(db: sqlite3.Connection, person: str, proposal_id: int) -> Change:
    """It is not that publication: not proposed again. Raises NotFound, LabtopError."""
    found = _open(db, proposal_id)
    said = f"refused {found.doi} as the DOI of"
    return _journalled(db, person, found, said, lambda recorder: _decide(recorder, person, found, "refused"))


def proposal_named(db: sqlite3.Connection, paper_id: int, doi: str | None) -> Proposal:
    """The proposal that a person means for a paper: the only one, or that of `doi`. Raises NotFound, UsageError."""
    found = [each for each in proposals(db, (paper_id,)) if doi is None or each.doi == doi.lower()]
    if not found:
        raise NotFound(
            "No published DOI is proposed for this paper.", mend="labtop enrich proposals lists those that are."
        )
    if len(found) > 1:
        names = ", ".join(each.doi for each in found)
        raise UsageError(f"Several DOIs are proposed for it: {names}.", mend="Name the one that you mean: --doi DOI.")
    return found[0]


def venue_line(found: Proposal) -> str | None:
    """ "Transactions on Retrieval (2026)"; None where no venue is known."""
    if not found.venue:
        return None
    return f"{found.venue} ({found.year})" if found.year else found.venue


def _open(db: sqlite3.Connection, proposal_id: int) -> Proposal:
    row = db.execute("SELECT paper_id, state, person FROM proposal WHERE id = ?", (proposal_id,)).fetchone()
    if row is None:
        raise NotFound(f"There is no proposal {proposal_id}.")
    if row["state"] != "open":
        raise LabtopError(
            f"{row['person']} {row['state']} this proposal already.", mend="labtop undo takes back one's own answers."
        )
    found = [each for each in proposals(db, (row["paper_id"],)) if each.id == proposal_id]
    if not found:
        raise LabtopError("The paper has a DOI by now.", mend="labtop show PAPER tells which.")
    return found[0]


def _decide(recorder: Recorder, person: str, found: Proposal, state: str) -> None:
    values = {"state": state, "person": person, "decided_at": stamp()}
    recorder.put("proposal", {"id": found.id}, values)


def _journalled(
    db: sqlite3.Connection, person: str, found: Proposal, said: str, write: Callable[[Recorder], None]
) -> Change:
    summary = f"{said} “{shortened(found.title)}” ({found.key})"
    _, journal_id = record(db, person=person, action="doi.decide", summary=summary, write=write)
    return Change("papers", (found.paper_id,), journal_id, summary)
