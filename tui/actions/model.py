"""One row of the table of actions, and what a screen makes of the rows."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

M = TypeVar("M", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do. `keys` as Textual writes them, the first is the one shown; `tooltip` is a whole sentence."""

    id: str
    keys: str
    action: str
    text: str
    tooltip: str
    show: bool = False  # has a place in the key line
    changes: bool = False  # refused where the workspace is open read-only
    palette: bool = True
    priority: bool = False  # before whatever has the focus: the next key must find the field or the dialog

    @property
    def scope(self) -> str:
        """`app`, `list`, a section's id or a dialog's."""
        return self.id.partition(".")[0]

    @property
    def key(self) -> str:
        """The key as a person reads it: the first one."""
        return shown_key(self.keys.split(",")[0])


_KEY_NAMES = {
    "down": "↓",
    "up": "↑",
    "left": "←",
    "right": "→",
    "slash": "/",
    "question_mark": "?",
    "colon": ":",
    "escape": "esc",
    "asterisk": "*",
    "pagedown": "pgdn",
    "pageup": "pgup",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "full_stop": ".",
    "comma": ",",
}


def shown_key(key: str) -> str:
    """ "ctrl+p" → "^p", "slash" → "/": a key as the key line writes it."""
    if key.startswith("ctrl+"):
        return f"^{shown_key(key[5:])}"
    return _KEY_NAMES.get(key, key)


def changes(method: M) -> M:
    """Mark an action method as one that writes: where the workspace is open read-only it says so and does nothing."""

    @functools.wraps(method)
    def guarded(self: Any, *args: Any, **kwargs: Any) -> Any:
        if self.app.read_only:
            self.app.notify(
                "Run labtop again without --read-only to change it.",
                title="This workspace is open read-only",
                severity="warning",
                markup=False,
            )
            return None
        return method(self, *args, **kwargs)

    guarded.changes = True  # type: ignore[attr-defined]
    return guarded  # type: ignore[return-value]
