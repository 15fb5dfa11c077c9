"""The daily announcement feed of one category: https://rss.arxiv.org/atom/cs.IR

It holds today's batch (Eastern Time) and nothing else, and it can lie: a stale batch under a fresh date has been seen.
One category a request: the feed cuts unions at 2,000 entries, and drops the new papers first.
"""

import io
from collections.abc import Iterator
from datetime import date, datetime
from typing import Final
from urllib.parse import quote

from lxml import etree

from library.arxiv.batch import Batch, announced
from library.arxiv.calendar import EASTERN
from library.arxiv.problems import BadAnswer, what_came
from library.arxiv.transport import Transport
from library.papers.model import AnnounceType, PaperDraft
from library.sources.arxiv_atom import announce_type, entry_draft
from library.sources.xml_stream import Broken, all_text, child_text, elements, local_name

_PARTS: Final = frozenset({"entry", "title", "updated"})


def fetch_feed(transport: Transport, category: str) -> Batch:
    """Today's batch. Raises BadAnswer for anything that is not that category's feed, and what Transport raises."""
    url = f"{transport.settings.feed_url.rstrip('/')}/{quote(category)}"
    answer = transport.get(url, also=frozenset({400}))
    batch = read_feed(answer.body, category)
    return Batch(
        batch.category,
        batch.day,
        batch.source,
        batch.drafts,
        problem=batch.problem,
        evidence={
            "url": url,
            "status": answer.status,
            **{name: answer.headers[name] for name in ("etag", "last-modified") if name in answer.headers},
            **batch.evidence,
        },
    )


def read_feed(body: bytes, category: str) -> Batch:
    """The batch in a feed's bytes. A cut-off feed gives what it still holds, and says so in `problem`.

    Raises BadAnswer where this is no announcement feed at all: empty, HTML, plain text, arXiv's own error.
    """
    days: dict[date, int] = {}
    listed: list[tuple[PaperDraft, AnnounceType]] = []
    bad: list[str] = []
    problem: str | None = None
    title, updated, is_feed, count = "", None, False, 0
    for element in _parts(body):
        if isinstance(element, Broken):
            problem = f"the feed cannot be read to its end: {element.reason}"
            break
        root = element.getroottree().getroot()
        is_feed = is_feed or (root is not None and local_name(root) == "feed")
        if local_name(element) == "title":
            title = title or all_text(element)
        elif local_name(element) == "updated":
            updated = updated or _eastern_day(all_text(element))
        else:
            count += 1
            day = _eastern_day(child_text(element, "published"))
            if day is not None:
                days[day] = days.get(day, 0) + 1
            draft, kind = entry_draft(element), announce_type(element)
            if isinstance(draft, str):
                bad.append(draft)
            elif kind is not None:
                listed.append((draft, kind))
    if not is_feed:
        raise BadAnswer(f"Instead of a feed came {what_came(body)}.")
    if title.startswith("Feed error"):
        raise BadAnswer(f"arXiv's feed says: {title}.")
    if problem is None and bad:
        problem = f"{len(bad)} of {count} entries cannot be read: {bad[0]}"
    if problem is None and count and not listed:
        problem = f"none of its {count} entries says how it was announced"
    day = max(days, key=lambda one: days[one]) if days else updated
    evidence = {
        "entries": count,
        "max_id": max((draft.key for draft, kind in listed if kind == "new"), default=None),
        "feed_day": day.isoformat() if day else None,
    }
    return Batch(category, day, "feed", announced(listed, category, day), None, problem, evidence)


def _parts(body: bytes) -> Iterator[etree._Element | Broken]:
    return elements(io.BytesIO(body), _PARTS)


def _eastern_day(text: str | None) -> date | None:
    try:
        moment = datetime.fromisoformat((text or "").strip())
        return (moment if moment.tzinfo is None else moment.astimezone(EASTERN)).date()
    except (ValueError, OverflowError):
        return None
