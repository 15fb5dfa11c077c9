"""Small questions with one key: yes or no, or one of a few reasons."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from library.triage.reasons import REASONS
from tui.actions import bindings
from tui.safe import line, literal
from tui.screens.base import Dialog
from tui.screens.prompt import Ask
from tui.widgets.frame import KeyLine


class Sure(Dialog[bool]):
    """`question`, and below it what follows from a yes."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("sure")

    def __init__(self, question: str, *about: str) -> None:
        super().__init__()
        self._question, self._about = question, about

    def compose(self) -> ComposeResult:
        """The question, then its consequences."""
        with Vertical(classes="dialog"):
            yield Static(literal(line(self._question)), classes="dialog-title")
            for text in self._about:
                yield Static(literal(text), classes="quiet")
        yield KeyLine()

    def action_yes(self) -> None:
        """Yes."""
        self.dismiss(True)


class Reason(Dialog[str]):
    """Why a paper is skipped: a key each, or in words."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("reason")

    def __init__(self, title: str) -> None:
        super().__init__()
        self._subject = title

    def compose(self) -> ComposeResult:
        """The paper, then the keys."""
        with Vertical(classes="dialog"):
            yield Static(literal(line(self._subject)), classes="dialog-title")
            yield Static(Content("Skip it because of …"), classes="quiet")
            lines = [Content.assemble((f" {key} ", "bold $accent"), f" {text}") for key, text in REASONS.items()]
            lines.append(Content.assemble((" / ", "bold $accent"), " something else, in words"))
            yield Static(Content("\n").join(lines))
        yield KeyLine()

    def action_answer(self, key: str) -> None:
        """One of the reasons."""
        self.dismiss(REASONS[key])

    def action_words(self) -> None:
        """A reason in words."""
        self.app.push_screen(Ask("Skip it because of", hint="in a few words"), self._said)

    def _said(self, text: str | None) -> None:
        if text:
            self.dismiss(text)
