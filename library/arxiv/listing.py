"""The listing page of one category: https://arxiv.org/list/cs.IR/new

It states its day and how many entries there are, so that "nothing new", "not out yet" and "could not be read" are
three different things. It gives titles, authors, subjects, comments and abstracts, but neither versions nor dates.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from urllib.parse import quote

from lxml import etree, html

from library.arxiv.batch import Batch, announced
from library.arxiv.problems import BadAnswer, what_came
from library.arxiv.transport import Transport
from library.papers.identity import abs_url, arxiv_id
from library.papers.model import AnnounceType, Author, PaperDraft, Version
from library.sources.arxiv_atom import creators
from library.text import one_line

SHOW: Final = 2_000  # the most that arXiv shows on one page
MAX_PAGES: Final = 5
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_DAY: Final = re.compile(rf"listings for\s+\w+,?\s+(\d{{1,2}})\s+({'|'.join(_MONTHS)})\s+(\d{{4}})")
_SECTION: Final = re.compile(
    r"\b(New|Cross|Replacement)\b[\w\s-]*?(?:submissions|lists|listings|s)\b.*?(\d+) of (\d+)", re.DOTALL
)
_SUBJECT: Final = re.compile(r"\(([a-z][a-z-]+(?:\.[A-Za-z-]{2,})?)\)\s*(?:;|$)")
_ENTRIES: Final = frozenset({"h3", "dt", "dd", "p"})
_AUTHORS_SHOWN: Final = 100  # arXiv leaves the rest of a longer list out, without a word


@dataclass(slots=True)
class ListingPage:
    """One page. `sections`: what arXiv says of each (shown here, in all)."""

    day: date | None = None
    sections: dict[str, tuple[int, int]] = field(default_factory=dict)
    listed: list[tuple[PaperDraft, str]] = field(default_factory=list)
    says_none: bool = False
    unreadable: int = 0

    @property
    def stated(self) -> int:
        """How many entries arXiv says there are in all."""
        return sum(total for _, total in self.sections.values())


def fetch_listing(transport: Transport, category: str) -> Batch:
    """Today's batch, all of its pages. Raises BadAnswer for a page that is no listing, and what Transport raises."""
    base = f"{transport.settings.listing_url.rstrip('/')}/{quote(category)}/new"
    first: ListingPage | None = None
    listed: dict[str, tuple[PaperDraft, str]] = {}
    unreadable = 0
    for number in range(MAX_PAGES):
        url = f"{base}?skip={number * SHOW}&show={SHOW}"
        page = read_listing(transport.get(url).body)
        if first is not None and page.day != first.day:
            raise BadAnswer("arXiv turned to another day while its pages were read.", evidence={"url": url})
        before = len(listed)
        listed.update({draft.key: (draft, kind) for draft, kind in page.listed if draft.key not in listed})
        unreadable += page.unreadable
        first = first or page
        for name, counts in page.sections.items():
            first.sections.setdefault(name, counts)
        if len(listed) + unreadable >= first.stated or len(listed) == before:
            break  # whole, or a page that brought nothing: the same one again
    assert first is not None
    typed = [(draft, announce_kind(draft, kind, category)) for draft, kind in listed.values()]
    problem = None
    if len(listed) < first.stated:
        problem = f"the listing says {first.stated} entries and shows {len(listed)}"
    return Batch(
        category,
        first.day,
        "listing",
        announced(typed, category, first.day),
        first.stated,
        problem,
        {
            "url": base,
            "status": 200,
            "listing_day": first.day.isoformat() if first.day else None,
            "stated": {name: total for name, (_, total) in first.sections.items()},
            "max_id": max((draft.key for draft, kind in typed if kind == "new"), default=None),
        },
    )


def announce_kind(draft: PaperDraft, section: str, category: str) -> AnnounceType:
    """The announcement's type: the page has one section for replacements, whatever their primary category."""
    if section == "New":
        return "new"
    if section == "Cross":
        return "cross"
    return "replace" if draft.categories[:1] == (category,) else "replace-cross"


def read_listing(body: bytes) -> ListingPage:
    """One page's bytes. Raises BadAnswer where this is no listing: empty, a maintenance page, something else."""
    try:
        root = html.document_fromstring(body, parser=html.HTMLParser(encoding="utf-8"))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise BadAnswer(f"Instead of a listing came {what_came(body)}.") from error
    page = ListingPage()
    section, identifier = "", None
    for element in _entries(root):
        text = one_line(str(element.text_content()))
        if element.tag == "h3":
            if (found := _DAY.search(text)) is not None:
                page.day = _date(found)
            elif (heading := _SECTION.search(text)) is not None:
                section = heading[1]
                page.sections[section] = (int(heading[2]), int(heading[3]))
        elif element.tag == "p":
            page.says_none = page.says_none or text.startswith(("No updates", "No new"))
        elif element.tag == "dt":
            identifier = _identifier(element)
            page.unreadable += identifier is None
        elif identifier is not None:
            draft = _draft(element, identifier, new=section == "New")
            if draft is None:
                page.unreadable += 1
            elif section:
                page.listed.append((draft, section))
            identifier = None
    if page.day is None:
        raise BadAnswer(f"Instead of a listing came {what_came(body)}, which does not say what day it lists.")
    if not page.sections and not page.says_none:
        raise BadAnswer(f"The listing of {page.day} has neither sections nor the words that there are none.")
    return page


def _entries(root: html.HtmlElement) -> Iterator[html.HtmlElement]:
    return (element for element in root.iter() if isinstance(element.tag, str) and element.tag in _ENTRIES)


def _date(found: re.Match[str]) -> date | None:
    try:
        return date(int(found[3]), _MONTHS.index(found[2]) + 1, int(found[1]))
    except ValueError:
        return None


def _identifier(element: html.HtmlElement) -> str | None:
    for link in element.iter("a"):
        href = str(link.get("href") or "")
        if "/abs/" in href and (found := arxiv_id(href.rpartition("/abs/")[2])) is not None:
            return found.base
    return None


def _draft(element: html.HtmlElement, base: str, *, new: bool) -> PaperDraft | None:
    title = _part(element, "list-title")
    if not title:
        return None
    subjects = _SUBJECT.findall(_part(element, "list-subjects"))
    authors = _authors(element)
    abstract = next((one_line(str(one.text_content())) for one in element.iter("p") if "mathjax" in _classes(one)), "")
    return PaperDraft(
        key=base,
        kind="arxiv",
        source="arxiv-listing",
        title=title,
        abstract=abstract,
        authors=authors,
        authors_truncated=len(authors) >= _AUTHORS_SHOWN,
        categories=tuple(dict.fromkeys(subjects)),
        categories_complete=bool(subjects),
        version=1 if new else None,
        versions=(Version(1),) if new else (),
        journal_ref=_part(element, "list-journal-ref") or None,
        comment=_part(element, "list-comments") or None,
        url=abs_url(base),
    )


def _authors(element: html.HtmlElement) -> tuple[Author, ...]:
    for block in element.iter("div"):
        if "list-authors" in _classes(block):
            linked = tuple(Author(name) for link in block.iter("a") if (name := one_line(str(link.text_content()))))
            text = one_line(str(block.text_content())).removeprefix("Authors:")
            return linked or (() if "unavailable" in text else creators(text))
    return ()


def _part(element: html.HtmlElement, name: str) -> str:
    """The text of the block of class `name`, without its label."""
    for block in element.iter("div"):
        if name in _classes(block):
            label = next((one for one in block.iter("span") if "descriptor" in _classes(one)), None)
            text = one_line(str(block.text_content()))
            return text.removeprefix(one_line(str(label.text_content()))).strip() if label is not None else text
    return ""


def _classes(element: html.HtmlElement) -> list[str]:
    return str(element.get("class") or "").split()
