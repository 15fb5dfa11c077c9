"""Exporting from any list of papers: what is marked, the paper under the cursor, or the whole list."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from textual import work

from library.errors import LabtopError
from library.exporting.choosing import Chosen, of_queue
from library.exporting.formats import FORMATS
from library.jobs import Cancelled, CancelToken, ReportProgress
from library.text import counted
from library.workspace import Workspace
from tui.safe import line
from tui.screens.base import opens_dialog
from tui.screens.evidence_actions import EvidenceActions
from tui.screens.prompt import Ask, Choice

VAULT: Final = "vault"
_ONE, _ALL = "one", "all"


@dataclass(frozen=True, slots=True)
class _Order:
    """What is to be written, as what, where to."""

    ids: tuple[int, ...]
    format_name: str
    path: Path
    of_queue: bool = False  # with state and place in the person's reading queue


class ExportActions(EvidenceActions):
    """Acts on what is marked, else asks whether the paper under the cursor or the whole list is meant."""

    @opens_dialog
    @work(group="ask", exit_on_error=False, description="export")
    async def action_export(self) -> None:
        """Write papers to a file: which, in which format, where to."""
        ids = await self._wanted_papers()
        if not ids:
            self.app.release_keys()
            return
        what = counted(len(ids), "paper")
        formats = [Choice(name, name, about) for name, (_, _, about) in FORMATS.items()]
        formats.append(Choice(VAULT, VAULT, "a folder of linked notes for Obsidian"))
        format_name = await self.app.push_screen_wait(Ask(f"Export {what} as", formats, free=False))
        if format_name is None:
            return
        hint = "a folder; what you wrote in its notes stays" if format_name == VAULT else "a file"
        typed = await self.app.push_screen_wait(
            Ask(f"Write {what} to", value=str(_place(format_name, self.SECTION)), hint=hint)
        )
        if not typed:
            return
        path, is_there = await self.ctx.compute(_looked_up, typed)
        if is_there and format_name != VAULT and not await self._write_over(path):
            return
        order = _Order(tuple(ids), format_name, path, self.SECTION == "reading")
        if not self.app.long_work.run("export", lambda token: self._export(order, token)):
            self.notify("Another export is being written. x stops it.", markup=False, severity="warning")

    async def _wanted_papers(self) -> Sequence[int]:
        table = self.table
        if table.marks or len(table.ids) < 2 or table.cursor_id is None:
            return table.chosen
        whole = [
            Choice(_ONE, "this paper", "the one under the cursor; space marks several"),
            Choice(_ALL, "the whole list", counted(len(table.ids), "paper")),
        ]
        which = await self.app.push_screen_wait(Ask("Export", whole, free=False))
        return () if which is None else tuple(table.ids) if which == _ALL else table.chosen

    async def _write_over(self, path: Path) -> bool:
        choices = [Choice("leave", "leave it"), Choice("over", "write over it", line(str(path)))]
        return await self.app.push_screen_wait(Ask(f"{path.name} is there already", choices, free=False)) == "over"

    async def _export(self, order: _Order, token: CancelToken) -> None:
        workspace = self.ctx.workspace
        try:
            title, told = await self.app.long_work.in_thread(
                "export", lambda tell: _written(workspace, order, tell, token)
            )
        except Cancelled:
            self.app.notify("Nothing was written.", title="Export stopped", markup=False)
        except LabtopError as error:
            self.app.report(error)
        else:
            self.app.notify(told, title=title, markup=False, timeout=8)


def _looked_up(typed: str) -> tuple[Path, bool]:
    """The file that is meant, and whether it is there."""
    path = Path(typed).expanduser().absolute()
    return path, path.exists()


def _place(format_name: str, section: str) -> Path:
    """A name to begin with; a vault has the same one each time, so that it is renewed."""
    if format_name == VAULT:
        return Path.home() / "labtop-vault"
    return Path.home() / f"labtop-{section}{FORMATS[format_name][1]}"


def _written(workspace: Workspace, order: _Order, tell: ReportProgress, token: CancelToken) -> tuple[str, str]:
    """(title, text) of the notice. Imported here: on the thread that needs it."""
    demo = " (DEMO)" if workspace.demo else ""
    chosen = of_queue(workspace, order.ids) if order.of_queue else Chosen(order.ids)
    if order.format_name == VAULT:
        from planner.vault.export import export_vault

        vault = export_vault(workspace, chosen, order.path, progress=tell, cancel=token)
        counts = f"{counted(vault.created, 'note')} new, {vault.updated:,} renewed, {vault.unchanged:,} as they were"
        left = f" · {vault.left[0].file}: {vault.left[0].reason}" if vault.left else ""
        more = f" (and {len(vault.left) - 1:,} more)" if len(vault.left) > 1 else ""
        return f"{counted(vault.papers, 'paper')} in the vault{demo}", line(f"{vault.folder}: {counts}{left}{more}")
    from library.exporting.writing import export

    done = export(workspace, chosen, order.format_name, order.path, progress=tell, cancel=token)
    return f"{counted(done.papers, 'paper')} exported as {done.format}{demo}", line(str(done.file))
