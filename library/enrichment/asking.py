"""Asking other services about papers: those that a person lets labtop ask, and only for what is not fresh.

A service that fails stops itself, not the others, and says so in the ledger. Nothing here is a person's action: facts
are neither journalled nor undone; what a person makes of a proposal is.
"""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from library.arxiv.problems import ArxivProblem
from library.arxiv.transport import Transport
from library.clock import iso
from library.enrichment import ledger, openalex, semantic_scholar
from library.enrichment.batches import PAPERS, Asking, ask_about_days, ask_about_papers
from library.enrichment.model import SourceId, State, Wanted
from library.enrichment.services import SERVICES, OpenTransport, key_of, open_transport, those_on, url_of
from library.enrichment.stored import lacking, wanted
from library.errors import UsageError
from library.jobs import CancelToken, Pace, ReportProgress
from library.workspace import Workspace

MOST_DAYS: Final = 14  # of daily papers at a time
_NAMES: Final[dict[SourceId, Callable[[Wanted], str | None]]] = {
    "semantic-scholar": semantic_scholar.name_of,
    "openalex": openalex.name_of,
    "hf-daily": lambda paper: paper.arxiv,
}


@dataclass(frozen=True, slots=True)
class SourceReport:
    """What became of one service. `asked` about so many papers (of Hugging Face: so many were listed), `found` of them
    are known there (listed and here), `fresh` papers or days were not asked about again, `proposed` DOIs are new."""

    source: SourceId
    state: State
    asked: int = 0
    found: int = 0
    fresh: int = 0
    proposed: int = 0
    requests: int = 0
    message: str = ""
    until: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """By service; `papers`: those whose facts were stored anew."""

    sources: tuple[SourceReport, ...]
    papers: tuple[int, ...]

    @property
    def exit_code(self) -> int:
        """0: all answered, 4: some did not, 1: none did."""
        failed = sum(each.state != "ok" for each in self.sources)
        return 0 if not failed else 4 if self.papers or failed < len(self.sources) else 1


class KeyMissing(ArxivProblem):
    """A service that needs a key, and has none."""

    def __init__(self, source: SourceId) -> None:
        service = SERVICES[source]
        super().__init__(
            f"{service.title} needs a key of your own, and there is none.",
            mend=f"Get one there; then {service.variable}, or labtop settings enrichment.{service.setting}_key KEY.",
        )


def enrich(
    workspace: Workspace,
    paper_ids: Sequence[int],
    *,
    sources: Sequence[SourceId] | None = None,
    days: Sequence[str] = (),
    again: bool = False,
    progress: ReportProgress | None = None,
    cancel: CancelToken | None = None,
    opener: OpenTransport = open_transport,
) -> Report:
    """Ask the services that are on (`sources`: these of them) about papers; Hugging Face for the daily papers of their
    days, or of `days`. `again`: also what is fresh.

    Raises UsageError where nothing is on, or one of `sources` is not; ReadOnly, Cancelled. Failures of services are
    reported, stored, and raise nothing.
    """
    chosen = allowed(workspace, sources)
    papers = workspace.store.read(lambda db: wanted(db, paper_ids)).result()
    touched: dict[int, None] = {}
    reports = []
    for source in chosen:
        pace = Pace(f"asking {SERVICES[source].title}", None, progress)
        with opener(workspace, source, cancel) as transport:
            url = url_of(workspace.settings.enrichment, source)
            asking = Asking(workspace, source, transport, url, iso(workspace.clock.now()), pace, touched)
            reports.append(_one(asking, papers, days, again=again))
    return Report(tuple(reports), tuple(touched))


def allowed(workspace: Workspace, sources: Sequence[SourceId] | None = None) -> tuple[SourceId, ...]:
    """The services that are on, or these of them. Raises UsageError where one is not, or none is; ReadOnly."""
    workspace.refuse_if_read_only()
    if workspace.demo:
        raise UsageError("This is the demo workspace: nobody is asked about it.", mend="Make one with labtop init.")
    on = those_on(workspace.settings.enrichment)
    off = [source for source in sources or () if source not in on]
    if off or not on:
        named = SERVICES[off[0] if off else "semantic-scholar"]
        which = f"{named.title} is off" if off else "No other service is on"
        raise UsageError(
            f"{which}: labtop asks only those that you let it.",
            mend=f"labtop settings enrichment.{named.setting} true",
        )
    return tuple(source for source in on if sources is None or source in sources)


def failed(asking: Asking, subject: str, problem: ArxivProblem) -> tuple[State, str | None]:
    """Store that a service did not answer, and why; (state, not before)."""
    state, until = ("key missing", None) if isinstance(problem, KeyMissing) else ledger.state_of(problem)
    evidence = {**problem.evidence, "message": problem.message, "mend": problem.mend}

    def write(db: sqlite3.Connection) -> None:
        day = asking.at[:10]
        spent = {"day": day, "requests": ledger.requests_on(db, asking.source, day)} if subject == PAPERS else {}
        ledger.put(db, asking.source, subject, state, at=asking.at, evidence={**evidence, **spent}, until=until)

    asking.workspace.store.write(write).result()
    return state, until


def ready(asking: Asking) -> Transport:
    """The transport. Raises KeyMissing where asking is no use."""
    if SERVICES[asking.source].needs_key and not key_of(asking.workspace.settings.enrichment, asking.source):
        raise KeyMissing(asking.source)
    return asking.transport


def _one(asking: Asking, papers: Sequence[Wanted], days: Sequence[str], *, again: bool) -> SourceReport:
    source, workspace = asking.source, asking.workspace
    known = [paper for paper in papers if _NAMES[source](paper)]
    fresh = 0
    try:
        ready(asking)
        if source == "hf-daily":
            fresh = ask_about_days(asking, days or _days_of(known), again=again)
        else:
            since = "9" if again else iso(workspace.clock.now() - timedelta(days=workspace.settings.enrichment.days))
            stale = workspace.store.read(lambda db: lacking(db, source, known, since)).result()
            fresh = len(known) - len(stale)
            ask_about_papers(asking, stale)
    except ArxivProblem as problem:
        state, until = failed(asking, PAPERS, problem)
        return _report(asking, state, fresh, str(problem), until)
    return _report(asking, "ok", fresh)


def _report(asking: Asking, state: State, fresh: int, message: str = "", until: str | None = None) -> SourceReport:
    counts = (asking.asked, asking.found, fresh, asking.proposed, asking.transport.requests)
    return SourceReport(asking.source, state, *counts, message, until)


def _days_of(papers: Sequence[Wanted]) -> tuple[str, ...]:
    return tuple(sorted({paper.day for paper in papers}, reverse=True))[:MOST_DAYS]
