"""A loopback server that plays Semantic Scholar, OpenAlex and Hugging Face, and every way they fail."""

import contextlib
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlsplit

from library.settings import EnrichmentSettings
from tests.library.arxiv.server import Reply


@dataclass(frozen=True)
class Asked:
    """One request: what was sent, all of it."""

    path: str
    query: dict[str, list[str]]
    body: Any
    headers: dict[str, str] = field(repr=False)
    raw: str = ""

    @property
    def route(self) -> str:
        """batch, recommendations, works or daily."""
        return {"paper/batch": "batch", "v1/papers": "recommendations", "works": "works", "daily_papers": "daily"}.get(
            next((end for end in ("paper/batch", "v1/papers", "works", "daily_papers") if self.path.endswith(end)), ""),
            "",
        )


Answerer = Callable[[Asked], Reply]


class FakeServices:
    """`on(route, replies…)`: played in turn, the last one for ever."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self._scripts: dict[str, list[Reply | Answerer]] = {}
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self) -> "FakeServices":
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

    def settings(self, **changes: Any) -> EnrichmentSettings:
        values: dict[str, Any] = {
            "semantic_scholar": True,
            "openalex": True,
            "hf_daily": True,
            "openalex_key": "open-alex-key",
            "semantic_scholar_url": f"{self.url}/s2",
            "openalex_url": f"{self.url}/openalex",
            "hf_daily_url": f"{self.url}/api/daily_papers",
        }
        return EnrichmentSettings(**{**values, **changes})

    def on(self, route: str, *replies: "Reply | Answerer | Any") -> None:
        """Replies, functions of what was asked, or JSON."""
        self._scripts[route] = [one if isinstance(one, Reply) or callable(one) else as_json(one) for one in replies]

    def of(self, route: str) -> list[Asked]:
        return [each for each in self.asked if each.route == route]

    def answer(self, asked: Asked) -> Reply:
        with self._lock:
            self.asked.append(asked)
            script = self._scripts.get(asked.route)
            if not script:
                return Reply("nothing here", 404)
            found = script.pop(0) if len(script) > 1 else script[0]
        return found(asked) if callable(found) else found

    def wait(self, seconds: float) -> None:
        self._closing.wait(seconds)


def as_json(value: Any, status: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> Reply:
    return Reply(json.dumps(value), status, (("Content-Type", "application/json"), *headers))


def s2(arxiv: str | None = None, *, doi: str | None = None, **more: Any) -> dict[str, Any]:
    """A paper as Semantic Scholar tells it."""
    ids = {"ArXiv": arxiv, "DOI": doi}
    return {
        "paperId": "a" * 40,
        "externalIds": {name: value for name, value in ids.items() if value},
        "citationCount": 41,
        "influentialCitationCount": 3,
        "venue": "SIGIR",
        "year": 2026,
        "url": "https://www.semanticscholar.org/paper/aaa",
        **more,
    }


def work(arxiv: str | None = None, *, doi: str | None = None, venue: str = "ACM TOIS", **more: Any) -> dict[str, Any]:
    """A work as OpenAlex tells it."""
    places = [{"landing_page_url": f"http://arxiv.org/abs/{arxiv}", "source": {"type": "repository"}}] if arxiv else []
    return {
        "id": "https://openalex.org/W1",
        "doi": f"https://doi.org/{doi}" if doi else f"https://doi.org/10.48550/arxiv.{arxiv}",
        "publication_year": 2026,
        "cited_by_count": 38,
        "primary_location": {"source": {"display_name": venue, "type": "journal"}} if doi else (places or [None])[0],
        "locations": places,
        **more,
    }


def daily(arxiv: str, upvotes: Any = 25, **more: Any) -> dict[str, Any]:
    """An entry of Hugging Face's daily papers."""
    return {"paper": {"id": arxiv, "upvotes": upvotes, "title": "T"}, "numComments": 4, "publishedAt": "x", **more}


def _handler(fake: FakeServices) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._serve(b"")

        def do_POST(self) -> None:
            self._serve(self.rfile.read(int(self.headers.get("Content-Length", "0"))))

        def _serve(self, body: bytes) -> None:
            parts = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            raw = f"{self.path}\n{headers}\n{body.decode()}"
            asked = Asked(parts.path, parse_qs(parts.query), json.loads(body) if body else None, headers, raw)
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                self._send(fake.answer(asked))

        def _send(self, reply: Reply) -> None:
            content = reply.body.encode() if isinstance(reply.body, str) else reply.body
            if reply.stall:
                fake.wait(reply.stall)
            self.send_response_only(reply.status)
            self.send_header("Content-Length", str(len(content)))
            for name, value in reply.headers:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content if reply.cut is None else content[: reply.cut])

        def log_message(self, *_: object) -> None:
            pass

    return Handler
