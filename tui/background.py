"""Long work behind the screens: encoding what has no vector, splitting what is new into sentences, and asking arXiv
when an announcement is due.

Nothing of it starts before the first paint. It runs on daemon threads (encoding in a niced child process of its own),
reports through the status line, stops politely at a token, and never holds up leaving.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from library.errors import LabtopError, WorkspaceBusy
from library.jobs import Cancelled, CancelToken, Progress, ReportProgress
from library.workspace import Workspace
from tui.context import in_daemon
from tui.output import progress_text
from tui.status import Line

if TYPE_CHECKING:
    from library.vectors.bulk import EncodeReport
    from tui.app import LabtopApp

T = TypeVar("T")
LOOK_SECONDS = 60.0  # how often it is asked whether arXiv is due: no network, one small read
_TROUBLE = ("throttled", "offline", "parse error")


class Background:
    """Owns the long work of one dashboard. One piece of each kind at a time."""

    def __init__(self, app: "LabtopApp") -> None:
        self._app = app
        self._running: dict[str, CancelToken] = {}
        self._told: dict[str, str] = {}
        self._stopped = False  # by the person: encoding waits until it is asked for again

    def start(self) -> None:
        """Begin, after the first paint."""
        self._app.set_interval(LOOK_SECONDS, self.look)
        self.look()

    def look(self) -> None:
        """See whether there is something to do."""
        self._start(self._look, "background", exclusive=True)

    def cancel(self) -> bool:
        """Stop what runs; False where nothing does."""
        self._stopped = self._stopped or bool(self._running.keys() & {"encode", "sentences"})
        for token in self._running.values():
            token.cancel()
        return bool(self._running)

    def stop(self) -> None:
        """The dashboard closes."""
        for token in self._running.values():
            token.cancel()

    def encode_now(self) -> None:
        """Encode because a person asked: converts the model first where that was never done, and says so."""
        self._stopped = False
        self._run("encode", partial(self._encode, asked=True))

    def sync_now(self) -> None:
        """Ask arXiv because a person asked."""
        self._run("sync", self._sync)

    # What runs.

    async def _look(self) -> None:
        ctx = self._app.ctx
        line, due = await ctx.compute(sync_state, ctx.workspace)
        self._app.status_with(sync=line)
        if due and not ctx.workspace.read_only:
            self._run("sync", self._sync)
        elif not self._stopped and not ctx.workspace.read_only and await ctx.compute(encodable, ctx.workspace):
            self._run("encode", partial(self._encode, asked=False))
        elif not self._stopped and not ctx.workspace.read_only and await ctx.compute(_is_behind, ctx.workspace):
            self._run("sentences", self._catch_up)

    def _run(self, kind: str, work: Callable[[], Awaitable[None]]) -> None:
        if kind not in self._running:
            self._running[kind] = CancelToken()
            self._start(work, kind, exclusive=False)

    def _start(self, work: Callable[[], Awaitable[None]], group: str, *, exclusive: bool) -> None:
        self._app.run_worker(work, group=group, exclusive=exclusive, exit_on_error=False, description=group)

    async def _encode(self, *, asked: bool) -> None:
        workspace, token = self._app.ctx.workspace, self._running["encode"]
        try:
            report = await self._long("encode", lambda tell: _encode_missing(workspace, tell, token))
            if asked and not report.stopped:
                what = f"{report.encoded:,} papers were encoded." if report.encoded else "Every paper has its vector."
                self._app.notify(what, markup=False)
        except WorkspaceBusy:
            if asked:
                raise
        finally:
            self._done("encode")

    async def _catch_up(self) -> None:
        workspace, token = self._app.ctx.workspace, self._running["sentences"]
        try:
            await self._long("sentences", lambda tell: _catch_up(workspace, tell, token))
        except (WorkspaceBusy, Cancelled):
            pass
        finally:
            self._done("sentences")

    async def _sync(self) -> None:
        workspace, token = self._app.ctx.workspace, self._running["sync"]
        self._tell("sync", "asking arXiv")
        try:
            added = await self._long("sync", lambda tell: _sync(workspace, tell, token))
            if added:
                self._app.notify(f"{added:,} new papers came in.", title="arXiv", markup=False)
        except Cancelled:
            pass
        finally:
            self._done("sync")
        self.look()

    async def _long(self, kind: str, work: Callable[[Callable[[Progress], None]], T]) -> T:
        loop = asyncio.get_running_loop()

        def tell(progress: Progress) -> None:
            with suppress(RuntimeError):  # the loop is closed: nobody looks any more
                loop.call_soon_threadsafe(self._tell, kind, progress_text(progress))

        return await in_daemon(lambda: work(tell), name=f"labtop-{kind}")

    def _tell(self, kind: str, text: str) -> None:
        if kind in self._running:
            self._told[kind] = text
            self._app.status_with(work="   ".join(self._told.values()))

    def _done(self, kind: str) -> None:
        self._running.pop(kind, None)
        self._told.pop(kind, None)
        self._app.status_with(work="   ".join(self._told.values()))


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
