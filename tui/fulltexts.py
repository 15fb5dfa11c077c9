"""Full texts that a person asked for: brought in one after the other behind the screens, whichever screen asked."""

from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from library.db.changes import Change
from library.errors import LabtopError
from library.jobs import Cancelled, CancelToken, ReportProgress
from library.text import counted, shortened
from library.workspace import Workspace
from tui.long_work import LongWork
from tui.safe import line

if TYPE_CHECKING:
    from library.fulltext.model import Attached
    from tui.app import LabtopApp


@dataclass(frozen=True, slots=True)
class Wanted:
    """One paper's text: from arXiv, or from `file`. `sure`: the person said that it is the right one."""

    paper_id: int
    title: str
    file: Path | None = None
    again: bool = False
    sure: bool = False


class FullTexts:
    """What waits, and files that did not look like their paper: by paper, until the person says otherwise."""

    def __init__(self, app: "LabtopApp", work: LongWork) -> None:
        self._app, self._work = app, work
        self._waiting: deque[Wanted] = deque()
        self.doubted: dict[int, Wanted] = {}

    def bring(self, *wanted: Wanted) -> None:
        """Bring these in, after what waits already."""
        known = {each.paper_id for each in self._waiting}
        self._waiting.extend(each for each in wanted if each.paper_id not in known)
        self._work.run("pdf", self._all)

    async def _all(self, token: CancelToken) -> None:
        done: list[Attached] = []
        failed: list[tuple[Wanted, LabtopError]] = []
        try:
            while self._waiting and not token.cancelled:
                wanted = self._waiting.popleft()
                self.doubted.pop(wanted.paper_id, None)
                rest = f", {len(self._waiting)} more to come" if self._waiting else ""
                self._work.tell("pdf", f"full text of “{shortened(wanted.title, 40)}”{rest}")
                try:
                    attached = await self._one(wanted, token)
                except LabtopError as error:
                    failed.append((wanted, error))
                    if _binds_all(error):
                        break
                    continue
                done.append(attached)
                if attached.journal_id is not None:
                    self._app.publish(Change("papers", (attached.paper_id,), attached.journal_id, "full text"))
        except Cancelled:
            pass
        finally:
            self._waiting.clear()
            self._tell(done, failed)

    async def _one(self, wanted: Wanted, token: CancelToken) -> "Attached":
        workspace = self._app.ctx.workspace
        try:
            return await self._work.in_thread("pdf", lambda tell: _attach(workspace, wanted, tell, token))
        except LabtopError as error:
            if hasattr(error, "why"):  # a WrongPaper, whose module is imported on the thread
                self.doubted[wanted.paper_id] = wanted
            raise

    def _tell(self, done: "list[Attached]", failed: list[tuple[Wanted, LabtopError]]) -> None:
        if len(done) == 1:
            text = done[0].full_text
            pages = counted(text.pages_read, "page") if text.pages else counted(text.characters, "character")
            said = [f"{pages} can be searched and quoted.", *(f"{notice}." for notice in done[0].notices)]
            if done[0].state == "unchanged":
                said[0] = f"It is as it was: {pages}."
            self._app.notify(
                line(" ".join(said)), title=f"Full text: {line(shortened(done[0].title, 60))}", markup=False
            )
        elif done:
            self._app.notify(f"{counted(len(done), 'full text')} can be searched and quoted.", markup=False)
        for wanted, error in failed[:3]:
            doubted = wanted.paper_id in self.doubted
            mend = "P on the paper takes it all the same." if doubted else error.mend
            self._app.notify(
                line(f"{error.message} {mend}"),
                title=f"No full text: {line(shortened(wanted.title, 60))}",
                severity="warning",
                markup=False,
                timeout=12,
            )
        if len(failed) > 3:
            self._app.notify(f"{len(failed) - 3} more had none.", severity="warning", markup=False)


def _binds_all(error: LabtopError) -> bool:
    """Whether asking for the next one is no use: no network, or arXiv wants no requests."""
    return getattr(error, "state", "") in ("offline", "throttled")


def _attach(workspace: Workspace, wanted: Wanted, tell: ReportProgress, cancel: CancelToken) -> "Attached":
    from library.fulltext.attaching import attach  # a tenth of a second to import: on this thread

    return attach(
        workspace,
        wanted.paper_id,
        wanted.file.expanduser() if wanted.file else None,
        again=wanted.again,
        agreed=lambda _: wanted.sure,
        progress=tell,
        cancel=cancel,
    )
