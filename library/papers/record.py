"""A paper as the JSON object that scripts see."""

from dataclasses import asdict
from typing import Any

from library.enrichment.model import Enrichment, Proposal
from library.papers.links import stored_url
from library.papers.model import Paper

_SAME = (
    *("kind", "title", "abstract", "text_kind", "day", "year", "first_listed", "submitted_at", "updated_at"),
    *("version", "authors_truncated", "categories_complete", "doi", "journal_ref", "comment", "license"),
    *("withdrawn", "source", "added_at", "decision"),
)


def proposal_record(proposal: Proposal) -> dict[str, Any]:
    """A proposal as scripts see it; `paper` is the paper's key."""
    record = {name: value for name, value in asdict(proposal).items() if name not in ("paper_id", "key", "title")}
    return {"id": record.pop("id"), "paper": proposal.key, "title": proposal.title, **record}


def _said(enrichment: Enrichment) -> dict[str, Any]:
    facts = asdict(enrichment)
    return {"source": facts["source"], "fetched_at": facts["fetched_at"], "found": facts["found"], **facts["facts"]}


def paper_record(paper: Paper) -> dict[str, Any]:
    """`paper` with `id` its key (an arXiv base id where there is one), missing values null."""
    return {
        "id": paper.key,
        **{name: getattr(paper, name) for name in _SAME},
        "authors": [author.name for author in paper.authors],
        "categories": list(paper.categories),
        "announcements": [asdict(item) for item in paper.announcements],
        "versions": [{"version": item.number, "submitted_at": item.submitted_at} for item in paper.versions],
        "url": stored_url(paper),
        "tags": list(paper.tags),
        "notes": [
            {name: getattr(note, name) for name in ("id", "person", "body", "version", "created_at", "updated_at")}
            for note in paper.notes
        ],
        "has_full_text": paper.has_body,
        "full_text": asdict(paper.full_text) if paper.full_text else None,
        "enrichment": [_said(each) for each in paper.enrichment],
        "proposals": [proposal_record(each) for each in paper.proposals],
        "extra": dict(paper.extra),
    }
