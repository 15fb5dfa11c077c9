"""What stands where a list would be: what this is, and how to begin."""

from textual.content import Content
from textual.widgets import Static

from tui.safe import literal


class Empty(Static):
    """Hidden while there is something to show."""

    def say(self, title: str, *lines: str) -> None:
        """Explain: a title and a few lines, all literal."""
        content = Content.assemble(literal(title, "bold"), "\n")
        for text in lines:
            content = Content.assemble(content, "\n", literal(text, "$quiet"))
        self.update(content)
