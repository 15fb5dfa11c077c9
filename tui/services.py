"""Other services, asked behind the screens: when a person asks, and about their own papers once in a while."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from library.db.changes import Change
from library.errors import LabtopError, WorkspaceBusy
from library.jobs import Cancelled, CancelToken, ReportProgress
from library.text import counted
from library.workspace import Workspace
from tui.long_work import LongWork
from tui.safe import line
from tui.status import Line

if TYPE_CHECKING:
    from library.enrichment.asking import Report
    from library.enrichment.model import SourceId
    from tui.app import LabtopApp

KIND = "enrich"


class Services:
    """Starts asking, tells what came of it. Off unless the person lets labtop ask some service."""

    def __init__(self, app: "LabtopApp", work: LongWork) -> None:
        self._app, self._work = app, work
        self._stopped = False  # by the person: not again unasked

    def ask(self, paper_ids: Sequence[int]) -> None:
        """Ask about these papers, because a person wants to know."""
        if not self._work.run(KIND, lambda token: self._ask(tuple(paper_ids), None, token, asked=True)):
            self._app.notify("Others are being asked right now.", markup=False)

    def was_stopped(self) -> None:
        """A person stopped it."""
        self._stopped = True

    async def look(self) -> None:
        """Say how the services are, and ask about the person's own papers what is due."""
        ctx = self._app.ctx
        if not any_on(ctx.workspace):
            return
        said, due, ids = await ctx.compute(services_state, ctx.workspace)
        self._app.status_with(services=said)
        if due and not self._stopped and not ctx.workspace.read_only:
            self._work.run(KIND, lambda token: self._ask(ids, due, token, asked=False))

    async def _ask(
        self, ids: tuple[int, ...], sources: "tuple[SourceId, ...] | None", token: CancelToken, *, asked: bool
    ) -> None:
        workspace = self._app.ctx.workspace
        self._work.tell(KIND, "asking other services")
        try:
            report = await self._work.in_thread(KIND, lambda tell: _enrich(workspace, ids, sources, tell, token))
        except Cancelled:
            return
        except WorkspaceBusy:
            if asked:
                raise
            return
        if report.papers:
            self._app.publish(Change("papers", report.papers, None, "facts from other services"))
        proposed = sum(each.proposed for each in report.sources)
        if asked:
            self._tell(report)
        if proposed:
            what = f"{counted(proposed, 'published DOI')} proposed: D on the paper accepts or refuses."
            self._app.notify(what, markup=False)
        said, _, _ = await self._app.ctx.compute(services_state, workspace)
        self._app.status_with(services=said)

    def _tell(self, report: "Report") -> None:
        from library.enrichment.model import TITLES

        failed = [each for each in report.sources if each.state != "ok"]
        for each in failed:
            said = line(each.message)
            self._app.notify(said, title=f"{TITLES[each.source]}: {each.state}", severity="warning", markup=False)
        answered = [f"{TITLES[each.source]} knows {each.found:,}" for each in report.sources if each.asked]
        if answered:
            self._app.notify(f"{', '.join(answered)}.", title="Other services", markup=False)
        elif not failed:
            self._app.notify("They were asked about it a short while ago.", title="Other services", markup=False)


def any_on(workspace: Workspace) -> bool:
    """Whether the person lets labtop ask some service. Reads no file and no database."""
    settings = workspace.settings.enrichment
    return not workspace.demo and (settings.semantic_scholar or settings.openalex or settings.hf_daily)


def services_state(workspace: Workspace) -> "tuple[Line | None, tuple[SourceId, ...], tuple[int, ...]]":
    """(what the status line says, services that are due, the person's own papers). Asks nobody."""
    from library.enrichment import ledger
    from library.enrichment.choosing import due, own_papers
    from library.enrichment.notices import WAITS, troubles
    from library.enrichment.services import SERVICES

    found = workspace.store.read(lambda db: troubles(db, workspace.settings.enrichment)).result()
    said = [f"{SERVICES[each.source].title} {ledger.in_words(each)}" for each in found]
    tone = all(each.state in WAITS for each in found)
    ids = workspace.store.read(lambda db: own_papers(db, workspace.person)).result()
    try:
        waiting = due(workspace)
    except LabtopError:  # the limiter's folder cannot be used: whoever asks is told
        waiting = ()
    return (Line(" · ".join(said), "stale" if tone else "warn") if said else None), waiting, ids


def _enrich(
    workspace: Workspace,
    ids: tuple[int, ...],
    sources: "tuple[SourceId, ...] | None",
    tell: ReportProgress,
    cancel: CancelToken,
) -> "Report":
    from library.enrichment.asking import enrich

    return enrich(workspace, ids, sources=sources, progress=tell, cancel=cancel)
