"""The services: whether one may be asked, with which key, how often. Each has its own limiter, for all processes."""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from library.arxiv.limiter import Hold, Limiter
from library.arxiv.transport import COOLDOWN_SECONDS, Transport, is_arxiv
from library.enrichment import openalex, semantic_scholar
from library.enrichment.model import SOURCE_IDS, TITLES, SourceId
from library.errors import UsageError
from library.jobs import CancelToken
from library.paths import user_state
from library.settings import EnrichmentSettings
from library.workspace import Workspace

OpenTransport = Callable[[Workspace, SourceId, CancelToken | None], Transport]


@dataclass(frozen=True, slots=True)
class Service:
    """`setting`: its name among the settings; `variable`: of the environment, for its key; `seconds` between requests;
    `batch`: papers a request; `a_day`: requests of a day that labtop allows itself (0: no such limit)."""

    id: SourceId
    setting: str
    variable: str
    needs_key: bool
    seconds: float
    batch: int
    a_day: int = 0

    @property
    def title(self) -> str:
        """What people call it."""
        return TITLES[self.id]


SERVICES: Final[dict[SourceId, Service]] = {
    each.id: each
    for each in (
        Service("semantic-scholar", "semantic_scholar", "S2_API_KEY", False, 1.0, semantic_scholar.BATCH),
        Service("openalex", "openalex", "OPENALEX_API_KEY", True, 1.0, openalex.BATCH, a_day=500),
        Service("hf-daily", "hf_daily", "", False, 1.0, 0),
    )
}


def is_on(settings: EnrichmentSettings, source: SourceId) -> bool:
    """Whether the person lets labtop ask it."""
    return bool(getattr(settings, SERVICES[source].setting))


def those_on(settings: EnrichmentSettings) -> tuple[SourceId, ...]:
    """The services that may be asked."""
    return tuple(source for source in SOURCE_IDS if is_on(settings, source))


def key_of(settings: EnrichmentSettings, source: SourceId) -> str:
    """The person's key: of the environment, else of the settings; empty where there is none."""
    service = SERVICES[source]
    if not service.variable:
        return ""
    found = os.environ.get(service.variable, "").strip() or str(getattr(settings, f"{service.setting}_key"))
    return found if found.isascii() and found.isprintable() else ""


def url_of(settings: EnrichmentSettings, source: SourceId) -> str:
    """Where it is. Raises UsageError for an address of arXiv's, whose own interval holds elsewhere."""
    setting = f"{SERVICES[source].setting}_url"
    url = str(getattr(settings, setting))
    if is_arxiv(urlsplit(url).hostname or ""):
        raise UsageError(f"enrichment.{setting} is arXiv's.", mend=f"labtop settings enrichment.{setting} --default")
    return url


def limiter_of(source: SourceId) -> Limiter:
    """Its queue, shared by all processes of this user."""
    service = SERVICES[source]
    mend = (
        f"See that your key is right (labtop enrich status), then run labtop enrich papers --resume --source {source}."
    )
    if not service.variable:
        mend = f"Wait, or run labtop enrich papers --resume --source {source} once you know why."
    return Limiter(user_state(), service=source, title=service.title, refused_mend=mend)


def hold_of(source: SourceId) -> Hold | None:
    """What forbids asking it right now."""
    return limiter_of(source).hold()


def open_transport(workspace: Workspace, source: SourceId, cancel: CancelToken | None) -> Transport:
    """A transport that goes to this service alone, with the person's key where there is one."""
    service, settings = SERVICES[source], workspace.settings.enrichment
    key = key_of(settings, source)
    return Transport(
        replace(workspace.settings.arxiv, min_interval_seconds=0.0),
        limiter_of(source),
        now=workspace.clock.now,
        cancel=cancel,
        attempts=2,
        total_seconds=120.0,
        polite_seconds=service.seconds,
        cooldown_seconds=_until_midnight() if source == "openalex" else COOLDOWN_SECONDS,
        headers={"x-api-key": key} if key and source == "semantic-scholar" else None,
        secret=("api_key", key) if key and source == "openalex" else None,
    )


def _until_midnight() -> float:
    """Seconds until OpenAlex's next day begins (UTC), when its daily budget is there again; ten minutes at least."""
    now = datetime.now(UTC)
    midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return max((midnight - now).total_seconds(), COOLDOWN_SECONDS)
