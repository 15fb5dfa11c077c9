"""Everything a person can do in the dashboard, in one table.

Keys, the key line at the bottom, the palette and the help of each screen are all made from these rows, so they cannot
disagree. `scope` says where a row lives: `app`, `list` (every VirtualTable), `papers` (every list of papers), `tabs`
(a room with tabs), a section's id, or a dialog's. A screen installs its rows with `BINDINGS = bindings("library")`
and has a method `action_…` for each; a row that changes something (`changes=True`) has its method decorated with
`@changes`, which refuses where nothing may be written.
"""

from textual.binding import Binding, BindingType

from tui.actions.beside import BESIDE
from tui.actions.club import CLUB
from tui.actions.dialogs import DIALOGS
from tui.actions.everywhere import EVERYWHERE
from tui.actions.hypotheses import HYPOTHESES
from tui.actions.model import Action, changes, shown_key
from tui.actions.papers import PAPERS
from tui.actions.reading import READING
from tui.actions.roadmap import ROADMAP
from tui.actions.start import START
from tui.actions.triage import TRIAGE

__all__ = ["ACTIONS", "BY_ID", "Action", "bindings", "changes", "in_scope", "shown_key"]

ACTIONS: tuple[Action, ...] = (
    *BESIDE,
    *START,
    *TRIAGE,
    *PAPERS,
    *CLUB,
    *HYPOTHESES,
    *ROADMAP,
    *EVERYWHERE,
    *READING,
    *DIALOGS,
)
BY_ID = {action.id: action for action in ACTIONS}


def in_scope(*scopes: str) -> tuple[Action, ...]:
    """The rows of these scopes, in the table's order."""
    return tuple(action for action in ACTIONS if action.scope in scopes)


def bindings(scope: str) -> list[BindingType]:
    """What a class puts into BINDINGS."""
    return [
        Binding(
            action.keys,
            action.action,
            action.text,
            show=action.show,
            key_display=action.key,
            tooltip=action.tooltip,
            id=action.id,
            priority=action.priority,
        )
        for action in in_scope(scope)
    ]
