"""What the rooms of the research programme share: records filled in and changed, reasons asked for."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from library.db.changes import Change
from library.records.draft import record_draft
from library.records.kind import Kind
from tui.screens.base import SectionScreen
from tui.screens.form import FormScreen, Stored

Meanings = Mapping[str, Mapping[str, str]]


class ProgrammeScreen(SectionScreen):
    """Opens forms. What they store goes through `self.ctx.write`, so that every screen hears of it."""

    async def fill_in(
        self,
        kind: Kind,
        title: str,
        store: Callable[[dict[str, Any]], Awaitable[Any]],
        *,
        number: int | None = None,
        keeps_draft: bool = True,
        **more: Any,
    ) -> Stored | None:
        """Let a person fill in a record; None where they closed it. In a worker. `more`: see FormScreen.

        `number`: of the record that it is about, for the draft; small questions keep none.
        """
        draft = record_draft(self.ctx.workspace.paths, self.ctx.person, kind, number) if keeps_draft else None
        return await self.app.push_screen_wait(FormScreen(kind, title, store, draft=draft, **more))

    def tell(self, stored: Stored | None) -> None:
        """Say in a line what was done."""
        if stored is not None:
            value = stored.value[1] if isinstance(stored.value, tuple) else stored.value
            if isinstance(value, Change) and value.summary:
                self.notify(value.summary, markup=False, timeout=4)
