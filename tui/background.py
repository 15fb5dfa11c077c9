"""Long work behind the screens: warming the question encoder, encoding what has no vector, asking arXiv when it is due.

Nothing of it starts before the first paint, and none of it runs on the event loop.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.app import LabtopApp


class Background:
    """Owns the long work of one dashboard."""

    def __init__(self, app: "LabtopApp") -> None:
        self._app = app

    def start(self) -> None:
        """Begin, after the first paint."""

    def cancel(self) -> bool:
        """Stop what runs; False where nothing does."""
        return False

    def stop(self) -> None:
        """The dashboard closes."""
