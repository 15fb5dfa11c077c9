"""The `?` screen: what this screen is, and every key on it, from the one table."""

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Markdown, Static

from tui.actions import Action, bindings, in_scope, shown_key
from tui.screens.base import Dialog
from tui.widgets.frame import KeyLine

_HEADINGS = {"list": "In every list", "app": "Everywhere"}


class HelpScreen(Dialog[None]):
    """Help for one screen."""

    BINDINGS = bindings("help")

    def __init__(self, about: Screen[object]) -> None:
        super().__init__()
        self._section = getattr(about, "SECTION", "")
        self._text = about.HELP or ""
        self._title = getattr(about, "TITLE", None) or self._section.capitalize()

    def compose(self) -> ComposeResult:
        """Words first, then the keys."""
        with VerticalScroll(classes="dialog help"):
            yield Static(Content(self._title), classes="dialog-title")
            if self._text:
                yield Markdown(self._text)
            for scope in (self._section, "list", "app"):
                rows = in_scope(scope)
                if rows:
                    yield Static(Content(_HEADINGS.get(scope, "On this screen")), classes="dialog-heading")
                    yield Static(Content("\n").join(key_row(row) for row in rows))
        yield KeyLine()


def key_row(action: Action) -> Content:
    """All keys of an action, and its sentence."""
    keys = " ".join(shown_key(key) for key in action.keys.split(","))
    return Content.assemble((f"{keys:<14}", "$accent"), " ", action.tooltip)
