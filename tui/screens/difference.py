"""What another version changed, over a list of papers."""

from functools import partial

from textual import work

from library.reading.changes import Difference, look
from library.reading.critiques import confirm_critique
from tui.actions import bindings, changes
from tui.screens.page import Page, PageText
from tui.widgets.reading_text import difference_content


class DifferenceScreen(Page):
    """`critique_is_stale`: one's own critique was written about an earlier text, and may be confirmed."""

    BINDINGS = bindings("difference")

    def __init__(self, paper_id: int, title: str, found: Difference, *, critique_is_stale: bool) -> None:
        super().__init__(title or "(no title)", partial(difference_content, found))
        self._paper_id, self._stale = paper_id, critique_is_stale

    def on_mount(self) -> None:
        """As high as the text is."""
        super().on_mount()
        self.add_class("difference")
        self.call_after_refresh(self._fit)

    def on_resize(self) -> None:
        """Its lines break elsewhere."""
        self.call_after_refresh(self._fit)

    def _fit(self) -> None:
        text = self.query_one(PageText)
        text.styles.height = max(1, text.virtual_size.height)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A critique is confirmed where there is one to confirm."""
        return self._stale if action == "confirm" else super().check_action(action, parameters)

    @changes
    def action_seen(self) -> None:
        """Nothing points it out any more."""
        self._write("seen")

    @changes
    def action_confirm(self) -> None:
        """One's critique holds of this version as well."""
        self._write("confirm")

    @work(group="write", exit_on_error=False, description="note what was seen")
    async def _write(self, what: str) -> None:
        command = confirm_critique if what == "confirm" else look
        change = await self.app.ctx.write(command, self.app.ctx.person, self._paper_id)
        if what == "confirm":
            self._stale = False
            self.refresh_bindings()
            self.app.notify(change.summary, markup=False, timeout=3)
        else:
            self.dismiss(None)
