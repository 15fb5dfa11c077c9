"""The prep pack of a paper: all that the record has for whoever presents it. Nothing in it is made up."""

import sqlite3
from dataclasses import dataclass
from typing import Any

from library.club.guard import Discussed, discussed
from library.club.model import Proposal, Session
from library.club.queries import proposal, proposals
from library.club.related import Related, related
from library.papers.queries import paper as read_paper
from library.ranking.stored import Check, Why, why
from library.ranking.why_text import shown_score
from library.reading.critiques import critiques_of
from library.reading.model import Critique
from library.reading.quotes import quotes_of
from planner.club.questions import Claim, Question, questions
from planner.hypotheses.balance import evidence_on_paper
from planner.hypotheses.model import Evidence


@dataclass(frozen=True, slots=True)
class Prep:
    """`whose`: in whose ranking `why` is the reason, the proposer's where they have one. `related` is None where the
    paper has no vector yet. `before`: where it was discussed. `evidence`: sentences of it beside hypotheses.
    `taken_down`: (person, sentence) quoted while reading."""

    paper_id: int
    key: str
    title: str
    authors: tuple[str, ...]
    day: str
    abstract: str
    summary: bool
    proposal: Proposal | None
    whose: str
    why: Why | None
    to_check: tuple[Check, ...]
    claims: tuple[Claim, ...]
    evidence: tuple[Evidence, ...]
    questions: tuple[Question, ...]
    related: tuple[Related, ...] | None
    critiques: tuple[Critique, ...]
    taken_down: tuple[tuple[str, str], ...]
    before: tuple[Discussed, ...]

    @property
    def picked(self) -> str:
        """ "ranked .81 for ada, best at H-4"; empty where it is not ranked."""
        if self.why is None:
            return ""
        best = f", best at {self.why.interest.label}" if self.why.interest is not None else ""
        return f"ranked {shown_score(self.why.score)} for {self.whose}{best}"


def prep(
    db: sqlite3.Connection, person: str, paper_id: int, proposal_id: int | None = None, *, within: int | None = None
) -> Prep:
    """The prep pack of one paper. Without `proposal_id` its newest proposal counts. Raises NotFound.

    `within`: the session that it is read in, which is none of those before.
    """
    found = read_paper(db, paper_id, person)
    own = list(proposals(db, paper_id=paper_id))
    picked = proposal(db, proposal_id) if proposal_id is not None else max(own, key=lambda each: each.id, default=None)
    session = within if within is not None else picked.session_id if picked is not None else None
    whose, reason = person, None
    for name in dict.fromkeys((picked.proposed_by if picked else person, person)):
        reason = why(db, name, paper_id)
        if reason is not None:
            whose = name
            break
    written = critiques_of(db, paper_id)
    evidence = evidence_on_paper(db, paper_id)
    checks = reason.to_check if reason is not None else ()
    claims = _claims(db, paper_id, evidence, checks, reason, written)
    return Prep(
        paper_id,
        found.key,
        found.title,
        tuple(author.name for author in found.authors),
        found.day,
        found.abstract,
        found.text_kind == "summary",
        picked,
        whose,
        reason,
        checks,
        claims,
        evidence,
        questions(claims, written),
        related(db, person, paper_id),
        written,
        tuple((each.person, each.quote) for each in quotes_of(db, paper_id)),
        tuple(each for each in discussed(db, paper_id) if each.session_id != session),
    )


def preps(db: sqlite3.Connection, person: str, session: Session) -> tuple[Prep, ...]:
    """The prep packs of a session's papers, in their order."""
    return tuple(prep(db, person, slot.paper_id, slot.proposal_id, within=session.id) for slot in session.slots)


def _claims(
    db: sqlite3.Connection,
    paper_id: int,
    evidence: tuple[Evidence, ...],
    checks: tuple[Check, ...],
    reason: Why | None,
    written: tuple[Critique, ...],
) -> tuple[Claim, ...]:
    """Hypotheses that the paper bears on: linked to it, said so by a critique, ranked by, to be checked against."""
    numbers = [each.hypothesis_id for each in evidence]
    numbers += [effect["hypothesis"] for each in written for effect in each.values["effects"] or ()]
    if reason is not None and reason.interest is not None and reason.interest.kind == "hypothesis":
        numbers += _numbers(reason.interest.label)
    for check in checks:
        numbers += _numbers(check.label)
    return tuple(
        claim for number in dict.fromkeys(numbers) if (claim := _claim(db, number, paper_id, evidence)) is not None
    )


def _numbers(label: str) -> list[int]:
    digits = label.removeprefix("H-")
    return [int(digits)] if digits.isascii() and digits.isdigit() else []


def _claim(db: sqlite3.Connection, number: int, paper_id: int, evidence: tuple[Evidence, ...]) -> Claim | None:
    row = db.execute("SELECT * FROM hypothesis WHERE id = ?", (number,)).fetchone()
    if row is None:
        return None
    sides: dict[str, Any] = dict(
        db.execute(
            "SELECT stance, count(*) FROM evidence WHERE hypothesis_id = ? AND paper_id IS NOT ? GROUP BY stance",
            (number, paper_id),
        ).fetchall()
    )
    here = frozenset(each.stance for each in evidence if each.hypothesis_id == number)
    facts = (row["statement"], row["metric"], row["delta"], row["unit"], row["direction"])
    return Claim(number, *facts, sides.get("for", 0), sides.get("against", 0), here)


def prep_record(found: Prep) -> dict[str, Any]:
    """A prep pack as scripts see it."""
    return {
        "id": found.key,
        "title": found.title,
        "authors": list(found.authors),
        "day": found.day,
        "proposal_id": found.proposal.label if found.proposal else None,
        "proposed_by": found.proposal.proposed_by if found.proposal else None,
        "why": found.proposal.why if found.proposal else None,
        "votes": list(found.proposal.votes) if found.proposal else [],
        "score": found.why.score if found.why else None,
        "score_of": found.whose if found.why else None,
        "interest": found.why.interest.label if found.why and found.why.interest else None,
        "hypotheses": [
            {"id": claim.label, "statement": claim.statement, "linked": sorted(claim.here)} for claim in found.claims
        ],
        "questions": [{"text": each.text, "basis": each.basis} for each in found.questions],
        "related": None
        if found.related is None
        else [
            {"id": each.key, "title": each.title, "cosine": round(each.cosine, 4), "how": each.how}
            for each in found.related
        ],
        "critiques": [{"id": each.label, "person": each.person, "line": each.line or None} for each in found.critiques],
        "discussed_on": [each.day for each in found.before],
    }
