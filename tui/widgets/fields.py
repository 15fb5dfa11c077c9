"""Fields to type in. What is pasted comes from outside as well: escape sequences in it would reach the terminal."""

from textual import events
from textual.widgets import Input, TextArea

from library.text import clean


class Field(Input):
    """One line, without control characters however it got there."""

    def validate_value(self, value: str) -> str:
        """Cleaned; line ends become blanks."""
        return clean(value).replace("\n", " ").replace("\t", " ")


class Area(TextArea):
    """Many lines, cleaned when pasted."""

    async def _on_paste(self, event: events.Paste) -> None:
        """Before the text area itself takes it."""
        event.text = clean(event.text)
