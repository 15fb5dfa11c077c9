"""Ad-hoc search and ids through the `arxiv` package, on our own transport.

The package builds queries and walks pages. It has no time limit, ignores Retry-After, takes HTML or an empty page for
"no results", and skips entries without a date while its offset stands still. So every page it asks for goes through
`Transport`, is checked here before the package sees it, and the papers are read from it by our own reader.
"""

import io
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from library.arxiv.problems import BadAnswer, Offline, what_came
from library.arxiv.transport import Answer, Transport
from library.errors import UsageError
from library.papers.identity import arxiv_id
from library.papers.model import PaperDraft
from library.sources import Record
from library.sources.arxiv_atom import AtomHeader, read_atom, read_header

if TYPE_CHECKING:
    import requests

PAGE: Final = 200  # entries a request; the API's limit is 2,000, and large pages fail more often
MOST: Final = 30_000  # arXiv's limit for one query
IDS_AT_ONCE: Final = 50


@dataclass(frozen=True, slots=True)
class Found:
    """Papers, each once, in arXiv's order. `total`: how many arXiv says there are. `notes`: what was odd."""

    drafts: tuple[PaperDraft, ...]
    total: int
    notes: tuple[str, ...] = ()


def search(transport: Transport, query: str, *, most: int = 100, newest_first: bool = False) -> Found:
    """Papers matching an arXiv query (`ti:"late interaction" AND cat:cs.IR`), at most `most`.

    https://info.arxiv.org/help/api/user-manual.html#query_details
    Raises UsageError for a query that arXiv cannot read, BadAnswer, and what Transport raises.
    """
    if not query.strip():
        raise UsageError(
            "There is nothing to search for.", mend='Try labtop sync --query "ti:retrieval AND cat:cs.IR".'
        )
    if not 1 <= most <= MOST:
        raise UsageError(f"--max should be between 1 and {MOST:,}; arXiv answers no more for one query.")
    found = _ask(transport, query=query, ids=(), most=most, newest_first=newest_first)
    if not found.drafts:  # the first page is sometimes empty for no reason; one later question settles it
        found = _ask(transport, query=query, ids=(), most=most, newest_first=newest_first)
    return found


def by_ids(transport: Transport, ids: Sequence[str]) -> Found:
    """Papers by id (`2501.01234`, `2501.01234v2`, `math/0309136`). Ids that arXiv does not know are left out of it."""
    drafts: dict[str, PaperDraft] = {}
    notes: tuple[str, ...] = ()
    for start in range(0, len(ids), IDS_AT_ONCE):
        some = ids[start : start + IDS_AT_ONCE]
        found = _ask(transport, query="", ids=some, most=len(some), newest_first=False)
        drafts.update({draft.key: draft for draft in found.drafts})
        notes += found.notes
    wanted = {base.base for text in ids if (base := arxiv_id(text)) is not None}
    return Found(tuple(draft for key, draft in drafts.items() if key in wanted), len(drafts), notes)


def _ask(transport: Transport, *, query: str, ids: Sequence[str], most: int, newest_first: bool) -> Found:
    import arxiv
    import requests

    size = min(most, PAGE)
    pages = _Pages(transport, most=most, page_size=size)
    client = arxiv.Client(page_size=size, delay_seconds=0, num_retries=0)
    client.query_url_format = transport.settings.api_url.replace("{", "{{").replace("}", "}}") + "?{}"
    _through(client, pages)
    sort = arxiv.SortCriterion.SubmittedDate if newest_first else arxiv.SortCriterion.Relevance
    wanted = arxiv.Search(query=query, id_list=list(ids), max_results=most, sort_by=sort)
    notes: list[str] = []
    quiet = logging.getLogger("arxiv")
    level, quiet.level = quiet.level, logging.ERROR  # what it warns of (skipped entries) is in our own notes
    try:
        for _ in client.results(wanted):
            if pages.enough:
                break
    except arxiv.UnexpectedEmptyPageError:
        notes.append(f"arXiv counted {pages.total:,} papers but gave only {len(pages.drafts):,}.")
    except arxiv.HTTPError as error:
        reason = pages.error or f"status {error.status}"
        raise UsageError(f"arXiv cannot read this question: {reason}.", mend="Mend the query or the id.") from error
    except requests.exceptions.RequestException as error:
        raise Offline(f"{transport.settings.api_url} cannot be asked: {error}.", mend="See arxiv.api_url.") from error
    finally:
        quiet.level = level
    if not notes and len(pages.drafts) < min(pages.total, most):
        notes.append(f"arXiv counted {pages.total:,} papers but gave only {len(pages.drafts):,}.")
    if pages.unreadable:
        notes.append(f"{pages.unreadable} entries could not be read and were left out: {pages.first_unreadable}")
    return Found(tuple(pages.drafts.values())[:most], pages.total, tuple(notes))


class _Pages:
    """Fetches what the package asks for, refuses what is not an answer, and keeps the papers."""

    def __init__(self, transport: Transport, *, most: int, page_size: int) -> None:
        self.drafts: dict[str, PaperDraft] = {}
        self.total = 0
        self.error: str | None = None
        self.unreadable, self.first_unreadable = 0, ""
        self._transport, self._most = transport, most
        self._left = -(-most // page_size) + 3  # pages that may be asked for: a shrinking set can never go on for ever
        self._barren = 0

    @property
    def enough(self) -> bool:
        """Whether asking on would bring nothing."""
        return len(self.drafts) >= self._most or self._left <= 0 or self._barren >= 2

    def fetch(self, url: str) -> Answer:
        """One page. Raises BadAnswer for HTML, an empty body or Atom without a count."""
        self._left -= 1
        answer = self._transport.get(url, also=frozenset({400}))
        header = read_header(io.BytesIO(answer.body))
        if self._cut_or_hollow(header):
            answer = self._transport.get(url, also=frozenset({400}))
            header = read_header(io.BytesIO(answer.body))
        if not header.is_feed or header.total is None:
            what = f"Instead of an answer of arXiv's API came {what_came(answer.body)}."
            raise BadAnswer(what, mend="Try again later.", evidence={"url": url})
        if header.broken:
            raise BadAnswer(f"arXiv's answer cannot be read: {header.broken}.", evidence={"url": url})
        self.error = header.error
        if answer.status == 200 and header.error is None:
            self.total = max(self.total, header.total)
            self._keep(answer.body)
        return answer

    def _cut_or_hollow(self, header: AtomHeader) -> bool:
        """A page that broke on its way, or is empty although arXiv counts papers: once more, please."""
        hollow = bool(header.total) and header.entries == 0 and len(self.drafts) < (header.total or 0)
        return header.broken is not None or hollow

    def _keep(self, body: bytes) -> None:
        before = len(self.drafts)
        for item in read_atom(io.BytesIO(body)):
            if isinstance(item, Record):
                self.drafts.setdefault(item.draft.key, item.draft)
            else:
                self.unreadable += 1
                self.first_unreadable = self.first_unreadable or item.reason
        self._barren = 0 if len(self.drafts) > before else self._barren + 1


def _through(client: object, pages: _Pages) -> None:
    """Let the package's session ask us: it takes no session and sets its own User-Agent on every request."""
    import requests
    from requests.adapters import BaseAdapter

    class OurTransport(BaseAdapter):
        def send(self, request: "requests.PreparedRequest", *_: object, **__: object) -> "requests.Response":
            answer = pages.fetch(str(request.url))
            response = requests.Response()
            response.status_code = 400 if pages.error else answer.status
            response.url = answer.url
            response.request = request
            response._content = answer.body
            return response

        def close(self) -> None:
            pass

    session: requests.Session = client._session  # type: ignore[attr-defined]
    session.adapters.clear()
    session.trust_env = False  # proxies are the transport's business
    session.mount("http://", OurTransport())
    session.mount("https://", OurTransport())
