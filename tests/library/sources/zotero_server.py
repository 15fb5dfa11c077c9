"""A loopback server that plays Zotero's local interface, its oddities included, and every way it can fail.

As Zotero's own source has it: items are filtered by `since`, then sorted, then cut to start and limit; a library's
version is that of its last sync; `If-Modified-Since-Version` answers 304 where that is not newer.
"""

import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class FakeZotero:
    """`items` by library path; `fail`: path → a status or body instead; `asked`: path, query, headers."""

    items: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {"/users/0": []})
    collections: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    groups: list[dict[str, Any]] = field(default_factory=list)
    version: int = 0
    enabled: bool = True
    fail: dict[str, Any] = field(default_factory=dict)
    from_start: int = 0  # `fail` counts from this start on
    stall: float = 0.0
    totals: bool = True
    asked: list[tuple[str, dict[str, str], dict[str, str]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self) -> "FakeZotero":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def answer(self, path: str, query: dict[str, str], headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        if self.stall:
            time.sleep(self.stall)
        if not self.enabled:
            return 403, {"Content-Type": "text/plain"}, b"Local API is not enabled"
        for prefix, failure in self.fail.items():
            if path.startswith(prefix) and int(query.get("start", 0)) >= self.from_start:
                if isinstance(failure, int):
                    return failure, {}, b"Internal error"
                return 200, {"Content-Type": "text/html"}, failure
        found = self._found(path)
        if found is None:
            return 404, {}, b"Not found"
        if "since" in query:
            found = [each for each in found if each["version"] > int(query["since"])]
        if query.get("sort", "dateModified").startswith("date"):
            key = query.get("sort", "dateModified")
            found = sorted(
                found, key=lambda each: each["data"].get(key, ""), reverse=query.get("direction", "desc") == "desc"
            )
        told = {"Last-Modified-Version": str(self.version)}
        if self.totals:
            told["Total-Results"] = str(len(found))
        wanted = headers.get("if-modified-since-version")
        if wanted and self.version <= int(wanted):
            return 304, told, b""
        start, limit = int(query.get("start", 0)), int(query.get("limit", len(found)) or len(found))
        return 200, told, json.dumps(found[start : start + limit]).encode()

    def _found(self, path: str) -> list[dict[str, Any]] | None:
        if path == "/users/0/groups":
            return self.groups
        for library, items in self.items.items():
            if path == f"{library}/collections":
                return self.collections.get(library, [])
            if path == f"{library}/items/top":
                return items
            if path.startswith(f"{library}/collections/") and path.endswith("/items/top"):
                key = path.split("/")[-3]
                return [each for each in items if key in each["data"].get("collections", [])]
        return None


def item(key: str, version: int = 0, modified: str = "2026-01-01T00:00:00Z", **data: Any) -> dict[str, Any]:
    """An item as Zotero tells it."""
    fields = {"itemType": "journalArticle", "title": f"Title {key}", "dateAdded": modified, "dateModified": modified}
    return {"key": key, "version": version, "data": {"key": key, "version": version, **fields, **data}}


def _handler(zotero: FakeZotero) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            headers = {name.lower(): value for name, value in self.headers.items()}
            path = parts.path.removeprefix("/api")
            zotero.asked.append((path, query, headers))
            status, told, body = zotero.answer(path, query, headers)
            self.send_response(status)
            for name, value in told.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    return Handler
