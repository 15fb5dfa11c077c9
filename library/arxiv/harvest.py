"""Missed days, by OAI-PMH: https://info.arxiv.org/help/oa/index.html

OAI-PMH knows when a record was last changed, not when it was announced. The day is therefore inferred, and each
inference is counted by its basis:

datestamp   the last change is on the listing day that the submission date leads to: nothing has touched it since
id order    arXiv gives out ids as it announces, so a paper between two papers of one day is of that day
submission  no paper nearby to compare with: the listing day that the submission date leads to
"""

import bisect
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal
from urllib.parse import urlencode

from library.arxiv.batch import id_order
from library.arxiv.calendar import listing_days_of
from library.arxiv.categories import Category
from library.arxiv.problems import BadAnswer, what_came
from library.arxiv.transport import Transport
from library.papers.model import Announcement, AnnounceType, PaperDraft
from library.sources import Record
from library.sources.oai import OaiPage, OaiRecord, read_page

Basis = Literal["datestamp", "id order", "submission"]
MAX_PAGES: Final = 500  # of 2,000 records
_RESTARTS: Final = 2
HELD: Final = timedelta(days=60)  # how long moderation may hold a paper before it is announced


@dataclass(frozen=True, slots=True)
class Inferred:
    """One announcement that OAI-PMH's dates speak for."""

    draft: PaperDraft
    announcement: Announcement
    basis: Basis


def harvest(transport: Transport, category: Category, first: date) -> Iterator[OaiPage]:
    """Pages of all records changed since `first`. A token that has expired is answered by starting again.

    Raises BadAnswer for an answer that is not OAI-PMH, is cut off twice, or goes round in circles.
    """
    start = {
        "verb": "ListRecords",
        "metadataPrefix": "arXiv",
        "set": category.oai_set,
        "from": first.isoformat(),
    }
    arguments, restarts = start, 0
    seen: set[str] = set()
    latest, ordered = first.isoformat(), True
    for _ in range(MAX_PAGES):
        page = _page(transport, arguments)
        codes = {code for code, _ in page.errors}
        if "badResumptionToken" in codes and restarts < _RESTARTS:
            restarts += 1
            seen.clear()
            # What came so far is stored; where the server sorts by day, only the last day is asked for again.
            arguments = {**start, "from": latest if ordered else first.isoformat()}
            continue
        if "noRecordsMatch" in codes:
            return
        if page.errors:
            code, message = page.errors[0]
            raise BadAnswer(f"arXiv's OAI-PMH server answered {code}: {message}")
        ids = {found.identifier for found in page.records}
        if ids and ids <= seen:
            raise BadAnswer("arXiv's OAI-PMH server sends the same page again and again.")
        seen |= ids
        stamps = [found.datestamp for found in page.records if found.datestamp]
        ordered = ordered and stamps == sorted(stamps) and (not stamps or stamps[0] >= latest)
        latest = max([latest, *stamps])
        yield page
        if page.token is None:
            return
        arguments = {"verb": "ListRecords", "resumptionToken": page.token}
    raise BadAnswer(f"arXiv's OAI-PMH server has not come to an end after {MAX_PAGES} pages.")


def get_record(transport: Transport, base: str) -> PaperDraft | None:
    """One paper by its arXiv id; None where arXiv has none of that id."""
    arguments = {"verb": "GetRecord", "identifier": f"oai:arXiv.org:{base}", "metadataPrefix": "arXivRaw"}
    page = _page(transport, arguments)
    if any(code == "idDoesNotExist" for code, _ in page.errors):
        return None
    if page.errors:
        raise BadAnswer(f"arXiv's OAI-PMH server answered {page.errors[0][0]}: {page.errors[0][1]}")
    return next((found.record.draft for found in page.records if isinstance(found.record, Record)), None)


def _page(transport: Transport, arguments: Mapping[str, str]) -> OaiPage:
    url = f"{transport.settings.oai_url}?{urlencode(arguments)}"
    reason = ""
    for _ in range(2):  # a page that was cut off on its way is usually whole the second time
        answer = transport.get(url)
        page = read_page(io.BytesIO(answer.body))
        if page.is_oai and page.broken is None:
            return page
        reason = f"an answer that breaks off: {page.broken}" if page.is_oai else what_came(answer.body)
    raise BadAnswer(f"Instead of OAI-PMH records came {reason}.", evidence={"url": url})


def infer(
    records: Iterable[OaiRecord], category: str, days: Set[date], *, exact_only: bool = False
) -> tuple[Inferred, ...]:
    """The announcements in `category` on `days` that these records speak for.

    `exact_only`: only those by datestamp, as the others need the harvest to be whole.
    """
    found: list[Inferred] = []
    anchors: list[tuple[tuple[int, int], date]] = []
    loose: list[tuple[PaperDraft, date, date]] = []
    oldest = min(days, default=date.max) - HELD if days else date.max
    for item in records:
        if not isinstance(item.record, Record) or item.datestamp is None:
            continue
        draft, changed = item.record.draft, date.fromisoformat(item.datestamp)
        if category not in draft.categories or not draft.submitted_at:
            continue
        created = date.fromisoformat(draft.submitted_at[:10])
        updated = date.fromisoformat((draft.updated_at or draft.submitted_at)[:10])
        if updated > created and changed in listing_days_of(updated) and changed in days:
            found.append(_announcement(draft, category, changed, "datestamp", replaced=True))
        if created < oldest:
            continue
        if changed in listing_days_of(created):
            anchors.append((id_order(draft.key), changed))
            if changed in days:
                found.append(_announcement(draft, category, changed, "datestamp"))
        else:
            loose.append((draft, created, changed))
    if not exact_only:
        anchors.sort()
        for draft, created, changed in loose:
            day, basis = _by_order(anchors, draft.key, created)
            if day is not None and day in days and created <= day <= changed:
                found.append(_announcement(draft, category, day, basis))
    return tuple(found)


def bases(found: Iterable[Inferred]) -> dict[str, int]:
    """How many of the new announcements rest on which basis."""
    return dict(Counter(item.basis for item in found if item.announcement.type in ("new", "cross")))


def _by_order(anchors: list[tuple[tuple[int, int], date]], key: str, created: date) -> tuple[date | None, Basis]:
    """The day of the papers whose ids surround `key`; where they disagree, the one that the submission date allows."""
    possible = listing_days_of(created)
    if not anchors:
        return possible[-1], "submission"
    place = bisect.bisect_left(anchors, (id_order(key), date.min))
    before = anchors[place - 1][1] if place > 0 else None
    after = anchors[place][1] if place < len(anchors) else None
    if before is None and after is not None:
        # Older than everything here: announced on the first day or before what was asked for.
        return (after if after in possible else None), "id order"
    if before == after or after is None:
        return before, "id order"
    return (after if after in possible and before not in possible else before), "id order"


def _announcement(draft: PaperDraft, category: str, day: date, basis: Basis, *, replaced: bool = False) -> Inferred:
    primary = draft.categories[:1] == (category,)
    kind: AnnounceType = ("replace" if primary else "replace-cross") if replaced else ("new" if primary else "cross")
    return Inferred(draft, Announcement(category, kind, day.isoformat()), basis)
