"""The `?` screen: what this screen is, and every key on it, from the one table."""

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Markdown, Static

from tui.actions import Action, bindings, in_scope, shown_key
from tui.screens.base import Dialog, SectionScreen
from tui.widgets.frame import KeyLine

_HEADINGS = {
    "papers": "On papers: what is marked, else the one under the cursor",
    "board": "On the board",
    "tabs": "From tab to tab",
    "list": "In every list",
    "app": "Everywhere",
}


class HelpScreen(Dialog[None]):
    """Help for one screen."""

    BINDINGS = bindings("help")

    def __init__(self, about: Screen[object]) -> None:
        super().__init__()
        self._section = getattr(about, "SECTION", "")
        self._text = about.HELP or ""
        self._live = {one.binding.id for one in about.active_bindings.values() if one.enabled}
        self._scopes = about.scopes if isinstance(about, SectionScreen) else ("list", "app")
        self._title = getattr(about, "TITLE", None) or self._section.capitalize()

    def compose(self) -> ComposeResult:
        """Words first, then the keys."""
        with VerticalScroll(classes="dialog help"):
            yield Static(Content(self._title), classes="dialog-title")
            if self._text:
                yield Markdown(self._text)
            yield Static(Content("Keys with • work now."), classes="dialog-heading")
            for scope in self._scopes:
                rows = in_scope(scope)
                if rows:
                    yield Static(Content(_HEADINGS.get(scope, "On this screen")), classes="dialog-heading")
                    yield Static(Content("\n").join(key_row(row, live=row.id in self._live) for row in rows))
        yield KeyLine()


def key_row(action: Action, *, live: bool = True) -> Content:
    """All keys of an action, and its sentence; quiet where it does nothing just now."""
    keys = " ".join(shown_key(key) for key in action.keys.split(","))
    sign, key_style, text_style = ("•", "$accent", "") if live else (" ", "$quiet", "$quiet")
    return Content.assemble((f"{sign} {keys:<14}", key_style), " ", (action.tooltip, text_style))
