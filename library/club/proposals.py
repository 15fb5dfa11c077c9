"""What people do to proposals: propose a paper, vote, take a vote back, withdraw, say why."""

import sqlite3
from collections.abc import Sequence

from library.clock import stamp
from library.club.guard import refuse_repeat, twins
from library.club.model import Proposal
from library.club.names import member_name, name_key
from library.club.queries import proposal, proposals
from library.club.writing import journalled
from library.db.changes import Change
from library.db.journal import Recorder
from library.errors import LabtopError, NotFound, UsageError
from library.text import clean, shortened

LONGEST_WHY = 4_000


def propose(
    db: sqlite3.Connection, person: str, paper_id: int, why: str = "", *, again: bool = False
) -> tuple[int, Change]:
    """Propose a paper for the club, and say why. Votes are another matter: also one's own.

    Raises AlreadyDiscussed (without `again`), UsageError where it is proposed already, NotFound.
    """
    paper = db.execute("SELECT key, title FROM paper WHERE id = ?", (paper_id,)).fetchone()
    if paper is None:
        raise NotFound(f"There is no paper with the number {paper_id} here.")
    there = pending(db, paper_id)
    if there is not None:
        state = f"is scheduled for {there.session_day}" if there.state == "scheduled" else "waits for votes"
        raise UsageError(
            f"{there.proposed_by} proposed it already: {there.label} {state}.", mend=f"labtop club vote {there.label}"
        )
    if not again:
        refuse_repeat(db, paper_id)
    values = {"paper_id": paper_id, "why": _why(why), "again": int(again)}

    def write(recorder: Recorder) -> int:
        return recorder.insert("club_proposal", {**values, "proposed_by": person, "proposed_at": stamp()})

    summary = f"proposed “{shortened(paper['title'] or paper['key'])}” ({paper['key']}) for the club"
    number, change = journalled(db, person, "propose", summary, write)
    return int(number), change


def pending(db: sqlite3.Connection, paper_id: int) -> Proposal | None:
    """The proposal of this paper (or of the same under another key) that is open or scheduled."""
    found = [each for same in twins(db, paper_id) for each in proposals(db, paper_id=same)]
    return next((each for each in found if each.state in ("open", "scheduled")), None)


def vote(db: sqlite3.Connection, person: str, number: int, voter: str | None = None) -> Change:
    """Vote for a proposal, once a person. `voter`: whose vote it is where somebody else enters it.

    Raises NotFound, UsageError for one that is no longer open to votes.
    """
    found = proposal(db, number)
    if found.state in ("discussed", "withdrawn"):
        raise UsageError(f"{found.label} is {found.state}: votes no longer count.")
    name = member_name(voter or person)
    key = {"proposal_id": number, "voter_key": name_key(name)}

    def write(recorder: Recorder) -> None:
        if not _voted(db, number, name):
            recorder.insert("club_vote", {**key, "voter": name, "entered_by": person, "at": stamp()})

    summary = f"{_whose(person, name)}voted for {found.label} “{shortened(found.title)}” ({found.key})"
    return journalled(db, person, "vote", summary, write, f"{name} has voted for {found.label} already")[1]


def unvote(db: sqlite3.Connection, person: str, number: int, voter: str | None = None) -> Change:
    """Take a vote back. Raises NotFound where there is none."""
    found = proposal(db, number)
    name = member_name(voter or person)
    if not _voted(db, number, name):
        raise NotFound(f"{name} has not voted for {found.label}.")
    key = {"proposal_id": number, "voter_key": name_key(name)}
    summary = f"{_whose(person, name)}took the vote for {found.label} back ({found.key})"
    return journalled(db, person, "unvote", summary, lambda recorder: recorder.delete("club_vote", key))[1]


def withdraw(db: sqlite3.Connection, person: str, number: int) -> Change:
    """Take a proposal back, votes and all (undo brings it back): one's own, while it is open.

    Raises NotFound, LabtopError for a colleague's, UsageError for one that is scheduled or discussed.
    """
    found = proposal(db, number)
    if name_key(found.proposed_by) != name_key(person):
        raise LabtopError(f"{found.label} is {found.proposed_by}'s.", mend="Only whoever proposed it takes it back.")
    if found.state in ("scheduled", "discussed"):
        mend = f"Take it off first: labtop club paper S-{found.session_id} --remove {found.key}"
        raise UsageError(f"{found.label} is {found.state}.", mend=mend if found.state == "scheduled" else "")

    def write(recorder: Recorder) -> None:
        if found.state == "open":
            recorder.put("club_proposal", {"id": number}, {"withdrawn_at": stamp()})

    summary = f"withdrew {found.label} “{shortened(found.title)}” ({found.key})"
    return journalled(db, person, "withdraw", summary, write, f"{found.label} is withdrawn already")[1]


def reason(db: sqlite3.Connection, person: str, number: int, why: str) -> Change:
    """Say why it is proposed, or say it otherwise. Raises NotFound, LabtopError for a colleague's."""
    found = proposal(db, number)
    if name_key(found.proposed_by) != name_key(person):
        raise LabtopError(f"{found.label} is {found.proposed_by}'s.", mend="Only whoever proposed it says why.")

    def write(recorder: Recorder) -> None:
        recorder.put("club_proposal", {"id": number}, {"why": _why(why)})

    return journalled(db, person, "reason", f"said why of {found.label} ({found.key})", write)[1]


def top(db: sqlite3.Connection, count: int) -> tuple[Proposal, ...]:
    """The open proposals with the most votes; of equal ones the earlier proposed."""
    return tuple(each for each in proposals(db) if each.state == "open")[: max(0, count)]


def voters(found: Sequence[str]) -> frozenset[str]:
    """Names as they are told apart."""
    return frozenset(name_key(name) for name in found)


def _voted(db: sqlite3.Connection, number: int, name: str) -> bool:
    sql = "SELECT 1 FROM club_vote WHERE proposal_id = ? AND voter_key = ?"
    return db.execute(sql, (number, name_key(name))).fetchone() is not None


def _whose(person: str, name: str) -> str:
    return "" if name_key(person) == name_key(name) else f"for {name}: "


def _why(text: str) -> str | None:
    said = clean(text).strip()
    if len(said) > LONGEST_WHY:
        raise UsageError(f"A reason has at most {LONGEST_WHY:,} characters; this has {len(said):,}.")
    return said or None
