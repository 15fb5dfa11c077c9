"""A memo as a document of its own: where it stands today, then the text as it was proposed."""

import sqlite3

from library.markdown import Marked, bullets, document, strong
from library.purge.quotes import BLACKED_OUT
from planner.decisions.facts import Fact, Facts
from planner.decisions.model import MemoDetail
from planner.decisions.queries import memo, refuse_unknown_version


def memo_page(db: sqlite3.Connection, number: int, version: int | None = None) -> tuple[str, str, tuple[Fact, ...]]:
    """(title, Markdown, facts) of a memo, or of an earlier version of it. Raises NotFound."""
    found = memo(db, number)
    markdown, facts = found.markdown, found.facts
    if version is not None:
        refuse_unknown_version(found, version)
        kept = next(each for each in found.versions if each.version == version)
        markdown, facts = kept.markdown, kept.facts
    own = Facts()
    title, _, rest = markdown.partition("\n\n")
    head = _head(found, version, own)
    return found.row.title, document((title, head, rest)), (*own.found.values(), *facts)


def _head(found: MemoDetail, version: int | None, facts: Facts) -> Marked:
    """ "D-3, proceed, accepted by kim on 2026-11-25", which version this is, and what it replaces."""
    row, number = found.row, found.row.id
    label = facts.id(f"D-{number}", "decision_memo", number)
    lines = [f"{label}, {row.kind}, {strong(row.state)}{_decided(found, facts)}"]
    wanted = version if version is not None else row.version if found.frozen else None
    kept = next((each for each in found.versions if each.version == wanted), None)
    if kept is None:
        lines.append("Not proposed yet: drafted from the record as it stands.")
    else:
        key = f"D-{number} version"
        shown = facts.number(key, kept.version, "memo_version", "version", number)
        by = facts.text(f"{key} person", kept.person, "memo_version", "person", number)
        day = facts.day(f"{key} day", kept.at, "memo_version", "at", number)
        digest = facts.text(f"{key} hash", kept.hash, "memo_version", "hash", number)
        earlier = " (an earlier one)" if row.version != kept.version else ""
        lines.append(f"Version {shown}{earlier}, proposed by {by} on {day}, sha256 {digest}")
        if not kept.intact:
            why = "A paper that it quotes was purged" if BLACKED_OUT in kept.markdown else "It was changed"
            lines.append(f"**{why}: the text below is not the one that was proposed, and no longer has that hash.**")
    if row.supersedes is not None:
        lines.append(f"Takes the place of {facts.id(f'D-{row.supersedes}', 'decision_memo', row.supersedes)}")
    if row.superseded_by is not None:
        lines.append(f"Superseded by {facts.id(f'D-{row.superseded_by}', 'decision_memo', row.superseded_by)}")
    return bullets(Marked(line) for line in lines)


def _decided(found: MemoDetail, facts: Facts) -> str:
    """ " by kim on 2026-11-25: “because …”" where somebody decided on it."""
    if found.row.state not in ("accepted", "rejected", "superseded"):
        return ""
    last = next((each for each in reversed(found.approvals) if each.state in ("approved", "refused")), None)
    if last is None:
        return ""
    key = f"A-{last.id}"
    who = facts.text(f"{key} decided by", last.decided_by, "approval", "decided_by", last.id)
    day = facts.day(f"{key} day", last.decided_at, "approval", "decided_at", last.id)
    why = facts.text(f"{key} reason", last.reason, "approval", "reason", last.id)
    done = "accepted by" if last.state == "approved" else "rejected by"
    told = f", {done}" if found.row.state == "superseded" else " by"
    return f"{told} {who} on {day}" + (f": “{why}”" if why else "")
