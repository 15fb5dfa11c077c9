"""Asking over HTTP: identified, one at a time, with time limits, and every failure named.

All requests to arXiv go through here, those of the `arxiv` package included. Other services are asked in the same way,
each with a limiter of its own; nothing of that can shorten arXiv's interval.
"""

import errno
import os
import random
import socket
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Protocol
from urllib.parse import quote, urljoin, urlsplit

from library.arxiv.limiter import HoldKind, Limiter
from library.arxiv.problems import ArxivProblem, BadAnswer, Offline, Refused, Throttled
from library.jobs import CancelToken
from library.settings import ArxivSettings
from library.sources.dates import moment as moment_of

if TYPE_CHECKING:
    import ssl

    import httpx

POLITE_SECONDS: Final = 3.0  # arXiv's rule; a setting can only lengthen it
COOLDOWN_SECONDS: Final = 600.0
LONGEST_WAIT: Final = 120.0  # a Retry-After longer than this is not waited for, but stored
REFUSAL_SECONDS: Final = 24 * 3600.0
MAX_BODY: Final = 64 * 1024 * 1024
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_CLOCK_SLACK: Final = timedelta(minutes=2)
_HEAD: Final = 4096  # bytes of a body in a Sink that an answer keeps, to see what came


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer. `headers` have lower-case names."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes


class Sink(Protocol):
    """Where the body of a 200 goes instead of into memory. `limit`: bytes."""

    limit: int

    def begin(self, total: int | None) -> None:
        """A body begins (again: an earlier attempt broke off). `total`: bytes, where the server says."""

    def write(self, part: bytes) -> None:
        """The next part of it."""


class Transport:
    """Keeps one connection and counts what it asks. `attempts`: requests for one answer, the first included.

    `polite_seconds`: least interval for hosts that are not arXiv's; `headers` and `secret` (a name and a value of the
    query) go along with every request, and neither is ever in an answer, an error or its evidence.
    """

    def __init__(
        self,
        settings: ArxivSettings,
        limiter: Limiter,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        cancel: CancelToken | None = None,
        attempts: int = 3,
        connect_seconds: float = 5.0,
        read_seconds: float = 30.0,
        total_seconds: float = 300.0,
        max_body: int = MAX_BODY,
        polite_seconds: float = POLITE_SECONDS,
        cooldown_seconds: float = COOLDOWN_SECONDS,
        headers: Mapping[str, str] | None = None,
        secret: tuple[str, str] | None = None,
    ) -> None:
        self._polite, self._cooldown = polite_seconds, cooldown_seconds
        self._headers, self._secret = dict(headers or {}), secret
        self.settings, self.limiter, self.cancel = settings, limiter, cancel
        self.requests = 0
        self.skew = timedelta()
        self._dated = 0  # answers that told the time
        self._now, self._attempts = now, attempts
        self._connect, self._read, self._total, self._max_body = connect_seconds, read_seconds, total_seconds, max_body
        self._client: httpx.Client | None = None
        self._down: dict[str, ArxivProblem] = {}
        self._random = random.Random()

    def now(self) -> datetime:
        """UTC now, by arXiv's clock where this machine's is more than two minutes off."""
        return self._now() + (self.skew if abs(self.skew) > _CLOCK_SLACK else timedelta())

    @property
    def clock_is_wrong(self) -> bool:
        """Whether this machine's clock differs from arXiv's by more than two minutes."""
        return abs(self.skew) > _CLOCK_SLACK

    def close(self) -> None:
        """Close the connection."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def __enter__(self) -> "Transport":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def get(
        self,
        url: str,
        *,
        polite: bool = True,
        also: frozenset[int] = frozenset(),
        payload: bytes | None = None,
        into: Sink | None = None,
    ) -> Answer:
        """The answer to a GET. `polite` false: a host that is not arXiv's. `also`: statuses to hand back besides 200.

        `payload`: JSON to POST instead. `into`: takes the body of a 200; the answer then has its first bytes only.
        Raises Offline, Throttled, Refused or BadAnswer; never hangs longer than its time limits.
        """
        if os.environ.get("LABTOP_OFFLINE"):
            raise Offline("labtop is set to stay offline (LABTOP_OFFLINE).", mend="Unset it to go online.")
        host = urlsplit(url).netloc
        service = host + "/" + urlsplit(url).path.strip("/").partition("/")[0]
        if service in self._down:  # it failed a moment ago: asking for every category only takes the user's time
            raise self._down[service]
        problem: ArxivProblem = Offline(f"{host} was not asked.")
        for attempt in range(1, self._attempts + 1):
            last = attempt == self._attempts
            try:
                answer = self._follow(url, polite=polite, last=last, payload=payload, into=into)
                if answer.status == 200 or answer.status in also:
                    return answer
                problem = self._judge(answer)
            except Offline as error:
                problem = error
            if last or not isinstance(problem, Offline) or problem.evidence.get("no_network"):
                break
            self._back_off(attempt, host, retry_after=problem.evidence.get("retry_after"))
        if isinstance(problem, Offline):
            self._down[service] = problem
        raise problem

    def _judge(self, answer: Answer) -> ArxivProblem:
        """What a status other than 200 means. What it asks of everybody is stored in `_obey`."""
        host = urlsplit(answer.url).netloc
        evidence = {"url": answer.url, "status": answer.status}
        if answer.status in (429, 503):
            wait = self._parse_retry_after(answer)
            more = {"retry_after": wait} if wait is not None else {}
            why = "asks for fewer requests" if answer.status == 429 or more else "is out of order"
            return Offline(f"{host} {why} ({answer.status}).", mend="Try again later.", evidence={**evidence, **more})
        if answer.status >= 500 or answer.status == 408:
            return Offline(f"{host} is out of order ({answer.status}).", mend="Try again later.", evidence=evidence)
        return BadAnswer(f"{host} answered {answer.status} to {answer.url}.", evidence=evidence)

    def _obey(self, answer: Answer, *, last: bool, polite: bool) -> None:
        """Store what arXiv says about waiting, while the queue is still ours. Raises Refused or Throttled to stop."""
        host = urlsplit(answer.url).netloc
        evidence = {"url": answer.url, "status": answer.status}
        if answer.status == 403:
            message = f"{host} refused the request (403)."
            until = self._hold("refused", REFUSAL_SECONDS, message, polite=polite)
            raise Refused(message, until=until, mend=self.limiter.refused_mend, evidence=evidence)
        wait = self._parse_retry_after(answer)
        if answer.status != 429 and not (answer.status == 503 and wait is not None):
            return
        if not last and (wait or 0.0) <= LONGEST_WAIT:
            if wait:
                self._hold("pause", wait, f"{host} asked to wait {wait:.0f} s.", polite=polite)
            return
        seconds = max(wait or 0.0, self._cooldown)
        message = f"{host} asks for fewer requests ({answer.status})."
        until = self._hold("throttled", seconds, message, polite=polite)
        raise Throttled(message, until=until, mend="labtop asks again by itself after that.", evidence=evidence)

    def _hold(self, kind: HoldKind, seconds: float, message: str, *, polite: bool) -> datetime:
        if polite:
            return self.limiter.set_hold(kind, seconds, message).until
        return self._now() + timedelta(seconds=seconds)

    def _back_off(self, attempt: int, host: str, *, retry_after: float | None) -> None:
        """Exponential with full jitter, never under the polite interval nor under what was asked for."""
        floor = self.interval(host)
        seconds = max(self._random.uniform(floor, floor * 2**attempt), retry_after or 0.0)
        self.limiter.sleep(seconds, self.cancel)

    def interval(self, host: str) -> float:
        """Seconds between requests: arXiv's three or more; only a server on this machine may be asked faster."""
        name = urlsplit(f"//{host}").hostname or ""
        wanted = max(self.settings.min_interval_seconds, 0.0)
        least = max(POLITE_SECONDS, self._polite) if is_arxiv(name) else self._polite
        return wanted if name in _LOOPBACK else max(wanted, least)

    def _follow(self, url: str, *, polite: bool, last: bool, payload: bytes | None, into: Sink | None) -> Answer:
        for _ in range(4):
            answer = self._once(url, polite=polite, last=last, payload=payload, into=into)
            if answer.status not in (301, 302, 303, 307, 308) or "location" not in answer.headers:
                return answer
            target = urljoin(url, answer.headers["location"])
            downgraded = urlsplit(url).scheme == "https" != urlsplit(target).scheme
            if not _same_site(url, target) or (downgraded and (self._headers or self._secret)):
                raise BadAnswer(
                    f"{urlsplit(url).netloc} sent us on to {urlsplit(target).netloc}.",
                    mend="A network that wants you to log in does that.",
                    evidence={"url": self._shown(url), "status": answer.status},
                )
            url = target
        raise BadAnswer(f"{urlsplit(url).netloc} sends us round in circles.", evidence={"url": self._shown(url)})

    def _once(self, url: str, *, polite: bool, last: bool, payload: bytes | None, into: Sink | None) -> Answer:
        if self.cancel is not None:
            self.cancel.check()
        with ExitStack() as stack:
            if polite:
                stack.enter_context(self.limiter.turn(self.interval(urlsplit(url).netloc), self.cancel))
            answer = self._request(url, payload, into)
            self._obey(answer, last=last, polite=polite)
        return answer

    def _shown(self, text: str) -> str:
        """Without the key that went along."""
        for key in (self._secret[1], *self._headers.values()) if self._secret else self._headers.values():
            if len(key) > 5:
                text = text.replace(quote(key, safe=""), "…").replace(key, "…")
        return text

    def _request(self, url: str, payload: bytes | None, into: Sink | None) -> Answer:
        import httpx

        host, asked = urlsplit(url).netloc, self._shown(url)
        evidence: dict[str, object] = {"url": asked}
        if self._secret is not None:
            name, value = self._secret
            url += f"{'&' if urlsplit(url).query else '?'}{name}={quote(value, safe='')}"
        if self._client is None:
            limits = httpx.Timeout(connect=self._connect, read=self._read, write=self._read, pool=self._connect)
            agent = user_agent(self.settings.contact)
            try:
                self._client = httpx.Client(
                    timeout=limits, headers={"User-Agent": agent, **self._headers}, verify=_trust()
                )
            except (ImportError, ValueError, OSError, httpx.InvalidURL) as error:
                raise Offline(
                    f"The network settings of this machine cannot be used: {error}.",
                    mend="Look at HTTPS_PROXY, ALL_PROXY and SSL_CERT_FILE.",
                ) from error
        self.requests += 1
        started = time.monotonic()
        try:
            more = {"content": payload, "headers": {"Content-Type": "application/json"}} if payload is not None else {}
            with self._client.stream("GET" if payload is None else "POST", url, **more) as response:  # type: ignore[arg-type]
                body, count = bytearray(), 0
                kept = into if response.status_code == 200 else None
                limit = kept.limit if kept is not None else self._max_body
                if kept is not None:
                    length = response.headers.get("content-length", "")
                    total = int(length[:18]) if length.isascii() and length.isdigit() else None
                    _refuse_if_longer(host, total or 0, limit, evidence)
                    kept.begin(total)
                for chunk in response.iter_bytes():
                    if self.cancel is not None:
                        self.cancel.check()
                    count += len(chunk)
                    _refuse_if_longer(host, count, limit, evidence)
                    if kept is not None:
                        kept.write(chunk)
                        chunk = chunk[: max(_HEAD - len(body), 0)]
                    body += chunk
                    if time.monotonic() - started > self._total:
                        raise Offline(f"{host} took longer than {self._total:.0f} s to answer.", evidence=evidence)
                headers = {name.lower(): value for name, value in response.headers.items()}
                answer = Answer(asked, response.status_code, headers, bytes(body))
        except httpx.TimeoutException as error:
            self.close()
            waited = self._connect if isinstance(error, httpx.ConnectTimeout) else self._read
            raise Offline(
                f"{host} did not answer within {waited:g} s.", mend="Try again later.", evidence=evidence
            ) from error
        except httpx.DecodingError as error:
            raise BadAnswer(f"{host} sent a damaged answer: {error}.", evidence=evidence) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            self.close()
            if _no_network(error):  # nothing was sent, and asking again in some seconds only takes the user's time
                evidence = {**evidence, "no_network": True}
            message = f"{host} cannot be reached: {self._shown(str(error)) or type(error).__name__}."
            raise Offline(message, mend="Is this machine online?", evidence=evidence) from error
        self._learn_time(answer)
        return answer

    def _learn_time(self, answer: Answer) -> None:
        """How far this machine's clock is off. A kept answer has an old date: the latest of all of them counts."""
        served = moment_of(answer.headers.get("date", ""))
        if served is None:
            return
        age = answer.headers.get("age", "").strip()
        if age.isascii() and age.isdigit():
            served += timedelta(seconds=int(age[:9]))
        elif "HIT" in answer.headers.get("x-cache", "").upper():
            return
        skew = served - self._now()
        self.skew = skew if self._dated == 0 else max(self.skew, skew)
        self._dated += 1

    def _parse_retry_after(self, answer: Answer) -> float | None:
        """Seconds, from either form. A date counts from the server's own clock, so that ours may be wrong."""
        text = answer.headers.get("retry-after", "").strip()
        if text.isascii() and text.isdigit():
            return min(float(text[:9]), REFUSAL_SECONDS)
        moment = moment_of(text)
        if moment is None:
            return None
        served = moment_of(answer.headers.get("date", "")) or self._now()
        return min(max((moment - served).total_seconds(), 0.0), REFUSAL_SECONDS)


def is_arxiv(host: str) -> bool:
    """Whether a host name is one of arXiv's, for which its own rules hold."""
    name = host.lower().rstrip(".")
    return name == "arxiv.org" or name.endswith(".arxiv.org")


def _refuse_if_longer(host: str, count: int, limit: int, evidence: Mapping[str, object]) -> None:
    if count > limit:
        raise BadAnswer(f"{host} sent more than {limit // 2**20} MiB; labtop stopped reading.", evidence=evidence)


@lru_cache(maxsize=1)
def _trust() -> "ssl.SSLContext":
    """Whom TLS trusts: 50 ms to read, so once a process."""
    import httpx

    return httpx.create_ssl_context()


@lru_cache(maxsize=8)
def user_agent(contact: str) -> str:
    """Who asks, as arXiv wants to know: labtop/0.1.0 (+mailto:ada@example.org)."""
    from importlib.metadata import version

    contact = "".join(character for character in contact if character.isascii() and character.isprintable()).strip()
    where = contact if contact.startswith(("http://", "https://", "mailto:")) else f"mailto:{contact}"
    return f"labtop/{version('labtop')}" + (f" (+{where})" if contact else "")


def _no_network(error: BaseException | None) -> bool:
    """Whether the name could not be looked up, or there is no way to any network."""
    while error is not None:
        if isinstance(error, socket.gaierror) or getattr(error, "errno", None) in (errno.ENETUNREACH, errno.ENETDOWN):
            return True
        error = error.__cause__ or error.__context__
    return False


def _same_site(source: str, target: str) -> bool:
    """Whether a redirect stays with the same owner (arxiv.org → export.arxiv.org), over http or https."""
    one, other = urlsplit(source), urlsplit(target)
    if other.scheme not in ("http", "https"):
        return False
    return (one.hostname or "").split(".")[-2:] == (other.hostname or "").split(".")[-2:]
