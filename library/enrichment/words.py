"""What services say of a paper, in words."""

from library.enrichment.model import Enrichment, Proposal
from library.text import counted, shortened


def facts_line(said: Enrichment) -> str:
    """ "41 citations, 3 influential": what a service says of a paper, as far as it says something."""
    if not said.found:
        return "does not know it"
    facts = said.facts
    parts = [
        counted(facts.citations, "citation") if facts.citations is not None else "",
        f"{facts.influential:,} influential" if facts.influential else "",
        counted(facts.upvotes, "upvote") if facts.upvotes is not None else "",
        counted(facts.comments, "comment") if facts.comments else "",
        f"daily papers of {facts.day}" if facts.day else "",
    ]
    return ", ".join(part for part in parts if part) or "says nothing of it"


def proposal_line(proposal: Proposal, most: int = 300) -> str:
    """ "10.1145/99, ACM TOIS (2026)": what is proposed, the venue in at most `most` characters."""
    venue = f", {shortened(proposal.venue, most)}" if proposal.venue else ""
    return f"{proposal.doi}{venue}" + (f" ({proposal.year})" if proposal.year else "")
