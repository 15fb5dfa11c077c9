"""Zotero's local interface: a running Zotero (7 or newer) answers on this machine, and only reads are asked of it.

https://www.zotero.org/support/dev/web_api/v3/start, as Zotero itself implements it. Two things in it mislead: the
version of a library moves only when Zotero syncs, and what was never synced has version 0. So what changed is asked for
twice: by version (what a sync brought), and by the time of the last edit (what was done on this machine).
"""

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode, urlsplit

from library.errors import NotFound
from library.jobs import CancelToken
from library.sources.zotero_problems import ALLOW, LOCAL, ZoteroProblem, base_url, is_loopback, refusal
from library.text import one_line

if TYPE_CHECKING:
    import httpx

PAGE: Final = 100
_MAX_BODY: Final = 64 << 20
_TRIES: Final = 2  # of what Zotero answers with "out of order"


@dataclass(frozen=True, slots=True)
class Library:
    """The user's own library, or a group's. `path`: "/users/0" or "/groups/123"."""

    name: str
    path: str


@dataclass(frozen=True, slots=True)
class Mark:
    """Up to where a library was read: its version at the last sync, and the newest edit that was seen."""

    version: int = 0
    modified: str = ""


@dataclass
class Zotero:
    """Asks one Zotero. `pause`: seconds between requests to one that is not on this machine."""

    url: str = LOCAL
    cancel: CancelToken | None = None
    connect_seconds: float = 3.0
    read_seconds: float = 60.0
    total_seconds: float = 300.0
    max_body: int = _MAX_BODY
    pause: float = 1.0
    sleep: Callable[[float], None] = time.sleep
    requests: int = 0
    _client: "httpx.Client | None" = field(default=None, repr=False)

    def __post_init__(self) -> None:
        self.url = base_url(self.url)

    def __enter__(self) -> "Zotero":
        return self

    def __exit__(self, *_: object) -> None:
        if self._client is not None:
            self._client.close()

    # What there is.

    def groups(self) -> tuple[Library, ...]:
        """The group libraries. Raises ZoteroProblem."""
        found = [_data(each) for each in self._list("/users/0/groups")]
        return tuple(
            Library(one_line(str(each.get("name", ""))) or f"group {each['id']}", f"/groups/{each['id']}")
            for each in found
            if isinstance(each.get("id"), int)
        )

    def collections(self, library: Library) -> dict[str, tuple[str, ...]]:
        """Key → its name behind those of the collections it lies in. Raises ZoteroProblem."""
        found = {str(each.get("key")): _data(each) for each in self._list(f"{library.path}/collections")}

        def path(key: str, above: int = 0) -> tuple[str, ...]:
            data = found.get(key)
            if data is None or above > 20:
                return ()
            return (*path(str(data.get("parentCollection") or ""), above + 1), one_line(str(data.get("name", ""))))

        return {key: path(key) for key in found}

    # Items.

    def items(self, path: str, since: Mark | None, reached: Callable[[Mark], None]) -> Iterator[dict[str, Any]]:
        """Top-level items under `path`; with `since` only what changed after it; then `reached` gets the new mark.

        Raises ZoteroProblem; what was yielded before stands.
        """
        mark = since or Mark()
        version, modified = 0, mark.modified
        seen: set[str] = set()
        for query in _queries(since):
            for answer, page in self._pages(f"{path}/items/top", query, mark if since else None):
                version = version or answer
                old = 0
                for item in page:
                    when = str(_data(item).get("dateModified") or "")
                    old += bool(since and "since" not in query and when and when < mark.modified)
                    modified = max(modified, when)
                    key = str(item.get("key") or id(item))
                    if key not in seen:
                        seen.add(key)
                        yield item
                if old:  # the newest come first: all that follow are older still
                    break
        reached(Mark(max(version, mark.version), modified))

    def _pages(
        self, path: str, query: Mapping[str, str], mark: Mark | None
    ) -> Iterator[tuple[int, list[dict[str, Any]]]]:
        start = 0
        before: list[Any] = []
        while True:
            headers = {"If-Modified-Since-Version": query["since"]} if "since" in query and not start else {}
            answer = self._get(path, {**query, "start": str(start), "limit": str(PAGE)}, headers)
            if answer is None:
                return
            body, told = answer
            keys = [item.get("key") for item in body]
            if not body:
                return
            if keys == before:
                raise ZoteroProblem("Zotero sends the same page again and again.", mend="Restart Zotero.")
            before = keys
            yield _whole(told.get("last-modified-version")), body
            start += len(body)
            total = _whole(told.get("total-results"))
            if start >= total if "total-results" in told else len(body) < PAGE:
                return

    def _list(self, path: str) -> list[dict[str, Any]]:
        return [item for _, page in self._pages(path, {}, None) for item in page]

    # One request.

    def _get(
        self, path: str, query: Mapping[str, str], headers: Mapping[str, str]
    ) -> tuple[list[dict[str, Any]], Mapping[str, str]] | None:
        """The list that was answered, and the headers; None for "not modified"."""
        url = f"{self.url}/api{path}?{urlencode({'format': 'json', **query})}"
        for last in (False, True):
            status, told, body = self._ask(url, headers)
            if status < 500 or status == 501 or last:
                break
            self.sleep(0.5)
        if status == 304:
            return None
        if status != 200:
            raise refusal(status, path, body)
        try:
            found = json.loads(body)
        except (ValueError, RecursionError):
            raise ZoteroProblem(
                f"What answers at {self.url} does not speak as Zotero does.",
                mend="Is Zotero 7 or newer running there? Another program may have taken its port.",
            ) from None
        if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
            raise ZoteroProblem(f"What answers at {self.url} sent no list of items.", mend="Restart Zotero.")
        return found, told

    def _ask(self, url: str, headers: Mapping[str, str]) -> tuple[int, Mapping[str, str], bytes]:
        import httpx

        if self.cancel is not None:
            self.cancel.check()
        host = urlsplit(self.url).hostname or ""
        local = is_loopback(host)
        if not local and os.environ.get("LABTOP_OFFLINE"):
            raise ZoteroProblem("labtop is set to stay offline (LABTOP_OFFLINE).", mend="Unset it to go online.")
        if not local and self.requests:
            self.sleep(self.pause)
        self.requests += 1
        client = self._client = self._client or self._connected(trust_env=not local)
        started = time.monotonic()
        body = bytearray()
        try:
            with client.stream("GET", url, headers={**headers, "Zotero-API-Version": "3"}) as response:
                for chunk in response.iter_bytes():
                    body += chunk
                    if len(body) > self.max_body:
                        size = f"{self.max_body >> 20} MB"
                        raise ZoteroProblem(f"Zotero sent more than {size} for {PAGE} items; labtop stopped reading.")
                    if time.monotonic() - started > self.total_seconds:
                        raise ZoteroProblem(f"Zotero took longer than {self.total_seconds:.0f} s to answer.")
                told = {name.lower(): value for name, value in response.headers.items()}
                return response.status_code, told, bytes(body)
        except httpx.ConnectError as error:
            raise ZoteroProblem(
                f"No Zotero answers at {self.url}.",
                mend=f"Start Zotero (7 or newer) on this machine. {ALLOW} Elsewhere: --zotero-url.",
            ) from error
        except httpx.TimeoutException as error:
            raise ZoteroProblem(
                f"Zotero at {self.url} did not answer within {self.read_seconds:g} s.",
                mend="It may be busy (syncing, indexing): try again in a moment.",
            ) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ZoteroProblem(
                f"The connection to Zotero at {self.url} broke: {str(error) or type(error).__name__}.",
                mend="Try again; what came in before stays.",
            ) from error

    def _connected(self, *, trust_env: bool) -> "httpx.Client":
        import httpx

        limits = httpx.Timeout(
            connect=self.connect_seconds, read=self.read_seconds, write=self.read_seconds, pool=self.connect_seconds
        )
        # A proxy of the environment has no business between two programs of one machine.
        return httpx.Client(timeout=limits, trust_env=trust_env, headers={"User-Agent": "labtop"})


def item_data(item: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of an item."""
    return _data(item)


def find_collections(collections: Mapping[str, tuple[str, ...]], name: str) -> tuple[str, ...]:
    """The keys of the collection called `name` ("Reading" or "Projects/Reading") and of all in it. Raises NotFound."""
    wanted = tuple(one_line(part).casefold() for part in name.split("/"))
    found = [
        key
        for key, path in collections.items()
        if tuple(part.casefold() for part in path[-len(wanted) :]) == wanted
        or "/".join(path).casefold() == name.casefold()
    ]
    if not found:
        known = sorted({"/".join(path) for path in collections.values()})
        there = f"There is: {', '.join(known[:20])}." if known else "Zotero has none."
        raise NotFound(f"Zotero has no collection called {name}.", mend=there)
    tops = [collections[key] for key in found]
    return tuple(key for key, path in collections.items() if any(path[: len(top)] == top for top in tops))


def _queries(since: Mark | None) -> list[dict[str, str]]:
    if since is None:
        return [{"sort": "dateAdded", "direction": "asc"}]  # what is added meanwhile comes at the end
    newest = {"sort": "dateModified", "direction": "desc"}
    return [*([{"since": str(since.version)}] if since.version > 0 else []), newest]


def _data(item: Mapping[str, Any]) -> dict[str, Any]:
    data = item.get("data")
    return data if isinstance(data, dict) else dict(item)


def _whole(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 12 else 0
