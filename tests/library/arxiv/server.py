"""A loopback server that plays arXiv (feed, listing, OAI-PMH, API), DataCite and Crossref, and every way they fail.

It keeps a log of what was asked and when, and counts how many requests were open at once.
"""

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlsplit

from library.settings import ArxivSettings

ROUTES = ("atom", "list", "oai", "api", "datacite", "crossref", "pdf")


@dataclass(frozen=True)
class Reply:
    """What the server does once. `stall`: seconds of silence; `cut`: bytes after which it breaks off; `drip`: seconds
    between pieces of 64 KB; `length` false: it does not say how much is to come."""

    body: str | bytes = ""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    stall: float = 0.0
    cut: int | None = None
    drip: float = 0.0
    length: bool = True


@dataclass(frozen=True)
class Asked:
    """One request as the server saw it."""

    at: float
    path: str
    query: dict[str, list[str]]
    agent: str

    @property
    def route(self) -> str:
        return self.path.split("/")[1]


Answerer = Callable[[Asked], Reply]


class FakeArxiv:
    """`on(route, replies…)`: played in turn, the last one for ever. `clock`: what its Date header says."""

    def __init__(self, clock: datetime | None = None) -> None:
        self.clock = clock
        self.asked: list[Asked] = []
        self.most_open = 0
        self._open = 0
        self._scripts: dict[str, list[Reply | Answerer]] = {}
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self) -> "FakeArxiv":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def settings(self, **changes: Any) -> ArxivSettings:
        values = {
            "api_url": f"{self.url}/api/query",
            "oai_url": f"{self.url}/oai",
            "feed_url": f"{self.url}/atom",
            "listing_url": f"{self.url}/list",
            "pdf_url": f"{self.url}/pdf",
            "datacite_url": f"{self.url}/datacite",
            "crossref_url": f"{self.url}/crossref",
            "min_interval_seconds": 0.0,
            "contact": "ada@example.org",
        }
        return ArxivSettings(**{**values, **changes})

    def on(self, route: str, *replies: "Reply | Answerer | str | bytes") -> None:
        assert route.split("/")[0] in ROUTES
        self._scripts[route] = [Reply(one) if isinstance(one, (str, bytes)) else one for one in replies]

    def count(self, route: str) -> int:
        return sum(asked.route == route for asked in self.asked)

    def answer(self, asked: Asked) -> Reply:
        with self._lock:
            self.asked.append(asked)
            for name in (asked.path.strip("/"), asked.route):  # "atom/cs.IR" before "atom"
                script = self._scripts.get(name)
                if script:
                    found = script.pop(0) if len(script) > 1 else script[0]
                    break
            else:
                return Reply("nothing here", 404)
        return found(asked) if callable(found) else found

    def enter(self, by: int) -> None:
        with self._lock:
            self._open += by
            self.most_open = max(self.most_open, self._open)

    def wait(self, seconds: float) -> None:
        self._closing.wait(seconds)


def _handler(fake: FakeArxiv) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            fake.enter(1)
            try:
                parts = urlsplit(self.path)
                asked = Asked(time.monotonic(), parts.path, parse_qs(parts.query), self.headers.get("User-Agent", ""))
                self._send(fake.answer(asked))
            except (BrokenPipeError, ConnectionResetError):
                pass
            finally:
                fake.enter(-1)

        def _send(self, reply: Reply) -> None:
            body = reply.body.encode() if isinstance(reply.body, str) else reply.body
            if reply.stall:
                fake.wait(reply.stall)
            self.send_response_only(reply.status)
            if fake.clock is not None:
                self.send_header("Date", format_datetime(fake.clock, usegmt=True))
            if reply.length:
                self.send_header("Content-Length", str(len(body)))
            for name, value in reply.headers:
                self.send_header(name, value)
            self.end_headers()
            body = body if reply.cut is None else body[: reply.cut]
            step = 1 << 16 if reply.drip else max(len(body), 1)
            for start in range(0, len(body), step):
                self.wfile.write(body[start : start + step])
                if reply.drip:
                    fake.wait(reply.drip)

        def log_message(self, *_: object) -> None:
            pass

    return Handler


# --- what it serves ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class P:
    """A paper of the fake."""

    id: str
    title: str = ""
    categories: tuple[str, ...] = ("cs.IR",)
    created: date = date(2026, 8, 10)
    updated: date | None = None
    stamp: date | None = None
    authors: tuple[str, ...] = ("Ada Lovelace", "Alan Turing")
    version: int = 1
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.title or f"Paper {self.id}"


def papers(month: str, first: int, count: int, **facts: Any) -> list[P]:
    return [P(f"{month}.{first + number:05d}", **facts) for number in range(count)]


def feed(category: str, day: date, listed: Iterable[tuple[P, str]], *, built: datetime | None = None) -> str:
    entries = "".join(
        f"""<entry><id>oai:arXiv.org:{p.id}v{p.version}</id><title>{escape(p.name)}</title>
        <updated>{day}T04:05:06+00:00</updated><link href="https://arxiv.org/abs/{p.id}" rel="alternate"/>
        <summary>arXiv:{p.id}v{p.version} Announce Type: {kind} \nAbstract: The abstract of
        {escape(p.name)}.</summary>{"".join(f'<category term="{c}"/>' for c in p.categories)}
        <published>{day}T00:00:00-04:00</published><arxiv:announce_type>{kind}</arxiv:announce_type>
        <dc:rights>http://creativecommons.org/licenses/by/4.0/</dc:rights>
        <dc:creator>{", ".join(p.authors)}</dc:creator></entry>"""
        for p, kind in listed
    )
    built = built or datetime(day.year, day.month, day.day, 4, 1, tzinfo=UTC)
    return f"""<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns="http://www.w3.org/2005/Atom" xml:lang="en-us"><id>http://rss.arxiv.org/atom/{category}</id>
<title>{category} updates on arXiv.org</title><updated>{built.isoformat()}</updated>{entries}</feed>"""


def listing(
    day: date,
    new: Iterable[P] = (),
    cross: Iterable[P] = (),
    replaced: Iterable[P] = (),
    *,
    totals: dict[str, int] | None = None,
) -> str:
    sections, number = [], 0
    for name, some in (("New", list(new)), ("Cross", list(cross)), ("Replacement", list(replaced))):
        if not some:
            continue
        rows = []
        for p in some:
            number += 1
            subjects = "; ".join(f"Name of It ({c})" for c in p.categories[1:])
            people = ", ".join(f"<a href='#'>{a}</a>" for a in p.authors)
            abstract = "" if name == "Replacement" else f"<p class='mathjax'>The abstract of {escape(p.name)}.</p>"
            rows.append(f"""<dt><a name='item{number}'>[{number}]</a>
              <a href ="/abs/{p.id}" title="Abstract" id="{p.id}">arXiv:{p.id}</a>
              [<a href="/pdf/{p.id}" title="Download PDF" id="pdf-{p.id}">pdf</a>]</dt>
              <dd><div class='meta'><div class='list-title mathjax'><span class='descriptor'>Title:</span>
              {escape(p.name)}</div><div class='list-authors'>{people}</div>
              <div class='list-comments mathjax'><span class='descriptor'>Comments:</span>9 pages</div>
              <div class='list-subjects'><span class='descriptor'>Subjects:</span>
              <span class="primary-subject">Name ({p.categories[0]})</span>{"; " + subjects if subjects else ""}</div>
              {abstract}</div></dd>""")
        total = (totals or {}).get(name, len(some))
        sections.append(
            f"<dl id='articles'><h3>{name} submissions (showing {len(some)} of {total} entries)</h3>"
            + "".join(rows)
            + "</dl>"
        )
    body = "".join(sections) or "<p>No updates today.</p>"
    return f"""<!DOCTYPE html><html><body><div id='dlpage'><h1>Information Retrieval</h1>
      <h3>Showing new listings for {day:%A}, {day.day} {day:%B %Y}</h3>
      <div class='paging'>Total of {number} entries</div>{body}</div></body></html>"""


def oai(records: Iterable[P] = (), *, token: str = "", error: tuple[str, str] | None = None) -> str:
    rows = "".join(
        f"""<record><header><identifier>oai:arXiv.org:{p.id}</identifier>
        <datestamp>{p.stamp or p.created + timedelta(days=2)}</datestamp><setSpec>cs:cs:IR</setSpec></header>
        <metadata><arXiv xmlns="http://arxiv.org/OAI/arXiv/"><id>{p.id}</id><created>{p.created}</created>
        {f"<updated>{p.updated}</updated>" if p.updated else ""}<authors>{
            "".join(
                f"<author><keyname>{a.split()[-1]}</keyname><forenames>{a.split()[0]}</forenames></author>"
                for a in p.authors
            )
        }</authors><title>{escape(p.name)}</title>
        <categories>{" ".join(p.categories)}</categories><license>http://creativecommons.org/licenses/by/4.0/</license>
        <abstract>  The abstract of\n {escape(p.name)}.</abstract></arXiv></metadata></record>"""
        for p in records
    )
    inside = (
        f'<error code="{error[0]}">{error[1]}</error>'
        if error
        else f"<ListRecords>{rows}{f'<resumptionToken>{token}</resumptionToken>' if token else ''}</ListRecords>"
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">
<responseDate>2026-08-12T03:00:00Z</responseDate><request verb="ListRecords">http://oaipmh.arxiv.org/oai</request>
{inside}</OAI-PMH>"""


def api(entries: Iterable[P], *, total: int | None = None, undated: frozenset[str] = frozenset()) -> str:
    some = list(entries)
    rows = "".join(
        f"""<entry><id>http://arxiv.org/abs/{p.id}v{p.version}</id><title>{escape(p.name)}</title>
        <updated>{p.created}T10:00:00Z</updated>
        {"" if p.id in undated else f"<published>{p.created}T10:00:00Z</published>"}
        <summary>  The abstract of\n{escape(p.name)}.  </summary>
        {"".join(f'<category term="{c}"/>' for c in p.categories)}<arxiv:primary_category term="{p.categories[0]}"/>
        {"".join(f"<author><name>{a}</name></author>" for a in p.authors)}</entry>"""
        for p in some
    )
    return f"""<?xml version='1.0' encoding='UTF-8'?><feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/"
 xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns="http://www.w3.org/2005/Atom"><id>https://arxiv.org/api/x</id>
<title>arXiv Query</title><updated>2026-08-12T04:00:00Z</updated>
<opensearch:totalResults>{len(some) if total is None else total}</opensearch:totalResults>
<opensearch:startIndex>0</opensearch:startIndex>{rows}</feed>"""


MAINTENANCE = "<!DOCTYPE html><html><body><h1>Down for maintenance</h1><p>arXiv is being repaired.<br></body></html>"
