"""Small questions: one line of text, or one of many."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tui.safe import line, literal
from tui.screens.base import Dialog
from tui.widgets.fields import Field
from tui.widgets.frame import KeyLine

_MOST = 200  # options shown at once; typing narrows them down


@dataclass(frozen=True, slots=True)
class Choice:
    """What the answer is, how it reads, and what stands beside it."""

    value: str
    label: str
    note: str = ""


class Ask(Dialog[str]):
    """One line of text, with what was answered before as suggestions. `free` also takes what is not among them;
    `empty` also nothing at all."""

    AUTO_FOCUS = "Input"

    def __init__(
        self,
        title: str,
        choices: Sequence[Choice] = (),
        *,
        value: str = "",
        hint: str = "",
        free: bool = True,
        empty: bool = False,
    ) -> None:
        super().__init__()
        self._empty = empty
        self._question, self._value, self._hint = title, value, hint
        self._choices, self._free = tuple(choices), free

    def compose(self) -> ComposeResult:
        """Field, then suggestions that narrow down as one types."""
        with Vertical(classes="dialog"):
            yield Static(literal(line(self._question)), classes="dialog-title")
            yield Field(self._value, placeholder=self._hint, compact=True)
            yield OptionList(markup=False, compact=True)
            yield Static("enter takes it · ↑ ↓ choose" if self._choices else "enter takes it", classes="quiet")
        yield KeyLine()

    def on_mount(self) -> None:
        """Offer everything at first."""
        self._offer(self._value)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._offer(event.value)

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        options = self.query_one(OptionList)
        text = event.value.strip()
        if options.highlighted is not None and options.option_count:
            self.dismiss(options.get_option_at_index(options.highlighted).id)
        elif self._free and (text or self._empty):
            self.dismiss(text)
        elif not self._free and options.option_count:
            self.dismiss(options.get_option_at_index(0).id)

    @on(OptionList.OptionSelected)
    def _picked(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option.id)

    def key_down(self) -> None:
        """From the field into the suggestions, without leaving the field."""
        self._walk(1)

    def key_up(self) -> None:
        """Back up; above the first the field's own text counts again."""
        self._walk(-1)

    def _walk(self, step: int) -> None:
        options = self.query_one(OptionList)
        if not options.option_count or options.has_focus:
            return
        place = -1 if options.highlighted is None else options.highlighted
        place = min(options.option_count - 1, place + step)
        options.highlighted = place if place >= 0 else None

    def _offer(self, typed: str) -> None:
        words = typed.lower().split()
        fitting = [
            choice for choice in self._choices if all(word in f"{choice.label} {choice.note}".lower() for word in words)
        ]
        fitting.sort(key=lambda choice: not choice.label.lower().startswith(typed.lower()))
        fitting = fitting[:_MOST]
        options = self.query_one(OptionList)
        options.set_options(
            Option(Content.assemble(line(choice.label), ("  " + line(choice.note), "$quiet")), id=choice.value)
            for choice in fitting
        )
        options.display = bool(fitting)
        options.highlighted = None if self._free or not fitting else 0
