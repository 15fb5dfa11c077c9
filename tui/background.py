"""Long work that starts by itself: encoding what has no vector, splitting what is new into sentences, asking arXiv when
an announcement is due, and ranking what came in.

Nothing of it starts before the first paint; encoding and ranking run in niced child processes of their own.
"""

import time
from collections.abc import Awaitable, Callable, Set
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from library.errors import LabtopError, WorkspaceBusy
from library.jobs import Cancelled, CancelToken, ReportProgress
from library.workspace import Workspace
from tui.long_work import LongWork
from tui.status import Line

if TYPE_CHECKING:
    from library.ranking.refresh import RankReport
    from library.vectors.bulk import EncodeReport
    from tui.app import LabtopApp

LOOK_SECONDS = 60.0  # how often it is asked whether arXiv is due: no network, one small read
RANK_SECONDS = 300.0  # at the latest, however much is being decided; before, when nothing changed between two looks
_TROUBLE = ("throttled", "offline", "parse error")


class Background:
    """Starts long work of one dashboard when it falls due, and when a person asks for it."""

    def __init__(self, app: "LabtopApp", work: LongWork) -> None:
        self._app, self._work = app, work
        self._stopped = False  # by the person: encoding waits until it is asked for again
        self._unranked = True  # something came in: rank at once, and not first when it has been quiet for a while
        self._ranked_at, self._seen, self._given_up = 0.0, "", ""  # inputs, at the last look and when ranking failed

    def start(self) -> None:
        """Begin, after the first paint."""
        self._app.set_interval(LOOK_SECONDS, self.look)
        self.look()

    def look(self) -> None:
        """See whether there is something to do."""
        look: Callable[[], Awaitable[None]] = self._look
        self._app.run_worker(look, group="background", exclusive=True, exit_on_error=False, description="background")

    def was_stopped(self, kinds: Set[str]) -> None:
        """A person stopped work of these kinds: it is not started again unasked."""
        self._stopped = self._stopped or bool(kinds & {"encode", "sentences", "compared"})
        self._given_up = self._seen if "ranking" in kinds else self._given_up

    def encode_now(self) -> None:
        """Encode because a person asked: converts the model first where that was never done, and says so."""
        self._stopped = False
        self._work.run("encode", lambda token: self._encode(token, asked=True))

    def sync_now(self) -> None:
        """Ask arXiv because a person asked."""
        self._work.run("sync", self._sync)

    # What runs.

    async def _look(self) -> None:
        ctx = self._app.ctx
        line, due = await ctx.compute(sync_state, ctx.workspace)
        self._app.status_with(sync=line)
        if due and not ctx.workspace.read_only:
            self._work.run("sync", self._sync)
        elif not self._stopped and not ctx.workspace.read_only and await ctx.compute(encodable, ctx.workspace):
            self._work.run("encode", lambda token: self._encode(token, asked=False))
        elif not self._stopped and not ctx.workspace.read_only and await ctx.compute(_is_behind, ctx.workspace):
            self._work.run("sentences", self._catch_up)
        if not ctx.workspace.read_only:
            await self._look_at_ranking()
        await self._app.services.look()

    async def _look_at_ranking(self) -> None:
        """Rank when it is behind: at once after papers or vectors came in, else when deciding has paused."""
        inputs = await self._app.ctx.compute(inputs_if_behind, self._app.ctx.workspace)
        quiet = inputs == self._seen or time.monotonic() - self._ranked_at > RANK_SECONDS
        self._seen = inputs
        if inputs and inputs != self._given_up and (quiet or self._unranked):
            self._unranked = False
            self._work.run("ranking", self._rank)

    async def _encode(self, token: CancelToken, *, asked: bool) -> None:
        workspace = self._app.ctx.workspace
        try:
            report = await self._work.in_thread("encode", lambda tell: _encode_missing(workspace, tell, token))
            if asked and not report.stopped:
                what = f"{report.encoded:,} papers were encoded." if report.encoded else "Every paper has its vector."
                self._app.notify(what, markup=False)
            self._came_in(report.encoded)
        except WorkspaceBusy:
            if asked:
                raise

    async def _catch_up(self, token: CancelToken) -> None:
        workspace = self._app.ctx.workspace
        with suppress(WorkspaceBusy, Cancelled):
            await self._work.in_thread("sentences", lambda tell: _catch_up(workspace, tell, token))
            self._unranked = True

    async def _rank(self, token: CancelToken) -> None:
        """Screens hear of it as they hear of another process's ranking: it is seen in the database."""
        workspace = self._app.ctx.workspace
        self._ranked_at = time.monotonic()
        before = self._seen
        try:
            report = await self._work.in_thread("ranking", lambda tell: _rerank(workspace, tell, token))
        except Cancelled:
            return
        except LabtopError:
            self._given_up = before  # until something else is to be ranked: it would fail again in a minute
            raise
        self._ranked_at = time.monotonic()
        if report.without_sentences > report.without_vector and not self._stopped:
            self._work.run("compared", self._compare)

    async def _compare(self, token: CancelToken) -> None:
        """Sentences that the ranking lacked; with them it is made anew."""
        workspace = self._app.ctx.workspace
        with suppress(WorkspaceBusy, Cancelled):
            encoded = await self._work.in_thread("compared", lambda tell: _encode_compared(workspace, tell, token))
            self._came_in(encoded)

    def _came_in(self, count: int) -> None:
        """Papers or vectors: ranking does not wait for the next minute."""
        if count:
            self._unranked = True
            self.look()

    async def _sync(self, token: CancelToken) -> None:
        workspace = self._app.ctx.workspace
        self._work.tell("sync", "asking arXiv")
        try:
            added = await self._work.in_thread("sync", lambda tell: _sync(workspace, tell, token))
            if added:
                self._app.notify(f"{added:,} new papers came in.", title="arXiv", markup=False)
                self._unranked = True
        except Cancelled:
            pass
        self.look()


# Imported on the thread that needs them: an import of a tenth of a second would stop the screen.


def _encode_missing(workspace: Workspace, tell: ReportProgress, cancel: CancelToken) -> "EncodeReport":
    from library.vectors.bulk import encode_missing

    return encode_missing(workspace, progress=tell, cancel=cancel)


def _is_behind(workspace: Workspace) -> bool:
    from library.sentences.vectors import is_behind

    return is_behind(workspace)


def _catch_up(workspace: Workspace, tell: ReportProgress, cancel: CancelToken) -> None:
    from library.sentences.vectors import catch_up

    catch_up(workspace, progress=tell, cancel=cancel)


def _rerank(workspace: Workspace, tell: ReportProgress, cancel: CancelToken) -> "RankReport":
    from library.ranking.refresh import rerank

    return rerank(workspace, progress=tell, cancel=cancel)


def _encode_compared(workspace: Workspace, tell: ReportProgress, cancel: CancelToken) -> int:
    from library.ranking.compared import encode_compared

    return encode_compared(workspace, progress=tell, cancel=cancel)


def inputs_if_behind(workspace: Workspace) -> str:
    """What a ranking would rest on now, as a hash; "" where the present one does, or there is nothing to rank by."""
    from library.ranking.inputs import inputs_hash
    from library.ranking.refresh import anything_to_rank_by, is_behind

    if not is_behind(workspace) or not anything_to_rank_by(workspace):
        return ""
    return workspace.store.read(lambda db: inputs_hash(db, workspace.person)).result()


def _sync(workspace: Workspace, tell: ReportProgress, cancel: CancelToken) -> int:
    """How many papers came in; none where another process syncs this workspace already."""
    from library.arxiv.sync import SyncBusy, sync

    try:
        return sync(workspace, progress=tell, cancel=cancel, patience=0).added
    except SyncBusy:
        return 0


def encodable(workspace: Workspace) -> bool:
    """Whether papers lack a vector of a model that is ready. Converting one is a step that a person asks for."""
    from library.vectors.model import model_status
    from library.vectors.waiting import model_row, waiting_count

    model = model_status(workspace.settings).converted
    if model is None:
        return False

    def waiting(db: Any) -> bool:
        row = model_row(db, name=model.name, file_hash=model.file_hash)
        return waiting_count(db, row[0] if row else None) > 0

    return workspace.store.read(waiting).result()


def sync_state(workspace: Workspace) -> tuple[Line | None, bool]:
    """What the status line says of arXiv, and whether it should be asked now. Asks nobody."""
    from library.arxiv import ledger
    from library.arxiv.sync import when_next

    if workspace.demo:
        return Line("sample papers: arXiv is not asked", "quiet"), False
    categories = workspace.settings.arxiv.categories
    if not categories:
        return None, False
    try:
        ask = when_next(workspace)
    except LabtopError as error:
        return Line(f"arXiv: {error}", "warn"), False
    entries = workspace.store.read(lambda db: ledger.days(db, categories)).result()
    newest: dict[str, ledger.LedgerEntry] = {}
    for entry in entries:
        newest.setdefault(entry.category, entry)
    parts = [f"{name} {ledger.reason(newest[name])}" for name in categories if name in newest]
    states = [newest[name].state if name in newest else "not asked" for name in categories]
    if any(state in _TROUBLE for state in states):
        worst = next(newest[n] for n in categories if n in newest and newest[n].state in _TROUBLE)
        line = Line(f"arXiv: {worst.category} {ledger.reason(worst)}", "warn")
    elif not parts:
        line = Line(f"arXiv: {ask.why if ask else 'not asked yet'}", "stale")
    elif all(newest[name].settled for name in categories if name in newest) and len(parts) == len(categories):
        line = Line(f"arXiv {_short(entries[0].day)}: {' · '.join(parts)}", "good")
    else:
        line = Line(f"arXiv: {' · '.join(parts)}", "stale")
    return line, bool(ask and ask.now)


def _short(day: str) -> str:
    try:
        then = datetime.fromisoformat(day).replace(tzinfo=UTC)
    except ValueError:
        return day
    return f"{then.day} {then:%b}"
