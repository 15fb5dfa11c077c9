"""Everything a person can do in the dashboard, in one table.

Keys, the key line at the bottom, the palette and the help of each screen are all made from these rows, so they cannot
disagree. `scope` says where a row lives: `app`, `list` (every VirtualTable), `papers` (every list of papers), `tabs`
(a room with tabs), a section's id, or a dialog's. A screen installs its rows with `BINDINGS = bindings("library")`
and has a method `action_…` for each; a row that changes something (`changes=True`) has its method decorated with
`@changes`, which refuses where nothing may be written.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from textual.binding import Binding, BindingType

from tui.sections import SECTIONS

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


KEEP, SKIP, STAR, LATER = "decide('keep')", "decide('skip')", "decide('star')", "decide('later')"
EVIDENCE_FOR, EVIDENCE_AGAINST = "evidence('for')", "evidence('against')"
EVIDENCE_CONTEXT = "evidence('context')"

ACTIONS: tuple[Action, ...] = (
    # The detail beside (or, where it is narrow, over) a list.
    Action("detail.back", "escape", "leave", "back to the list", "Go back to the list.", show=True, palette=False),
    Action("detail.next", "J,right", "step(1)", "next", "The next in the list.", show=True, palette=False),
    Action("detail.previous", "K,left", "step(-1)", "previous", "The one before in the list.", palette=False),
    Action("detail.down", "j,down", "scroll_down", "scroll down", "Scroll down.", palette=False),
    Action("detail.up", "k,up", "scroll_up", "scroll up", "Scroll up.", palette=False),
    Action("detail.page_down", "space,pagedown,ctrl+d", "page_down", "page down", "Scroll a page down.", palette=False),
    Action("detail.page_up", "pageup,ctrl+u", "page_up", "page up", "Scroll a page up.", palette=False),
    Action("detail.top", "g,home", "scroll_home", "top", "To the beginning.", palette=False),
    Action("detail.bottom", "G,end", "scroll_end", "end", "To the end.", palette=False),
    # Today.
    Action("today.day_back", "[", "day(1)", "older", "Go to the day before.", show=True),
    Action("today.day_next", "]", "day(-1)", "newer", "Go to the day after.", show=True),
    Action("today.in_library", "d", "in_library", "in Library", "Open the Library with this day.", show=True),
    # Lines that lead somewhere.
    Action("lines.open", "enter", "select", "follow", "Follow the line.", show=True, palette=False),
    Action("lines.down", "j,down", "cursor_down", "down", "Move down.", palette=False),
    Action("lines.up", "k,up", "cursor_up", "up", "Move up.", palette=False),
    Action("lines.top", "g,home", "first", "top", "Go to the first.", palette=False),
    Action("lines.bottom", "G,end", "last", "bottom", "Go to the last.", palette=False),
    # The very first screen.
    Action("first_run.begin", "ctrl+s", "begin", "begin", "Make the workspace.", show=True, priority=True),
    Action("first_run.sample", "ctrl+o", "sample", "sample", "Look at a sample.", show=True, priority=True),
    Action("first_run.leave", "escape", "leave", "leave", "Leave, or skip the step.", show=True),
    Action("library.search", "/", "search", "search", "Search this library.", show=True, priority=True),
    # Every list of papers. Each acts on what is marked, else on the paper under the cursor.
    Action("papers.keep", "a", KEEP, "keep", "Keep the paper; again takes it back.", show=True, changes=True),
    Action("papers.skip", "s", SKIP, "skip", "Skip the paper; again takes it back.", show=True, changes=True),
    Action("papers.star", "f", STAR, "star", "Star the paper; again takes it back.", show=True, changes=True),
    Action("papers.later", "z", LATER, "later", "Put the paper off; again takes it back.", show=True, changes=True),
    Action("papers.tag", "t", "tag", "tag", "Tag the paper, or take a tag off it.", show=True, changes=True),
    Action("papers.note", "n", "note", "note", "Write a note on the paper.", show=True, changes=True),
    Action("papers.edit", "e", "edit", "edit", "Write the note in your own editor ($EDITOR).", changes=True),
    Action(
        "papers.for", "+", EVIDENCE_FOR, "for", "Link a sentence of it for a hypothesis; enter stores.", changes=True
    ),
    Action("papers.against", "-", EVIDENCE_AGAINST, "against", "The same, against a hypothesis.", changes=True),
    Action("papers.context", "0", EVIDENCE_CONTEXT, "context", "The same, as context.", changes=True),
    Action("papers.link", "L", "evidence", "link", "Choose hypothesis, sentence and stance.", show=True, changes=True),
    Action("papers.outside", "o", "outside", "open abs", "Open the paper's page in the browser."),
    Action("papers.pdf", "O", "pdf", "open PDF", "Open the paper's PDF in the browser."),
    Action("papers.copy", "y", "copy", "copy", "Copy the citation as BibTeX."),
    # The Library.
    Action("library.filter", "F", "filter", "filter", "Narrow down by category, tag, state or days."),
    Action(
        "library.save",
        "S",
        "save_search",
        "save search",
        "Give this search a name and keep it.",
        changes=True,
    ),
    Action("library.saved", "Q", "saved", "saved searches", "Run one of your saved searches."),
    Action("library.mode", "M", "mode", "search mode", "Search by words, by meaning, or both."),
    Action("library.sort_next", ">", "sort(1)", "sort by next", "Sort by the next column."),
    Action("library.sort_back", "<", "sort(-1)", "sort by previous", "Sort by the previous column."),
    Action("library.reverse", "R", "reverse", "reverse", "Reverse the order."),
    Action("library.day_back", "[", "day(1)", "previous day", "Go to the day before."),
    Action("library.day_next", "]", "day(-1)", "next day", "Go to the day after."),
    Action("library.to_list", "down", "to_list", "to the list", "Into the list.", show=True, palette=False),
    Action("library.back", "escape", "back", "back", "Back; clear marks, then the search.", show=True, palette=False),
    # Hypotheses, and decisions beside them.
    Action("hypotheses.search", "/", "search", "filter", "Only those with these words.", priority=True),
    Action("hypotheses.new", "n", "new", "new", "Write a new one.", show=True, changes=True),
    Action("hypotheses.edit", "e", "edit", "edit", "Edit what is under the cursor.", show=True, changes=True),
    Action("hypotheses.text", "E", "edit_text", "edit as text", "Edit it as TOML in $EDITOR.", changes=True),
    Action(
        "hypotheses.move", "m", "move", "move", "Move it to another state, with the reason.", show=True, changes=True
    ),
    Action("hypotheses.believe", "b", "believe", "believe", "Say how probable you hold it.", show=True, changes=True),
    Action(
        "hypotheses.link",
        "L",
        "find_evidence",
        "link evidence",
        "Find papers that speak of it; + and - there put their sentences beside it.",
        show=True,
        changes=True,
    ),
    Action(
        "hypotheses.evidence",
        "v",
        "evidence",
        "revise evidence",
        "Say how strongly a piece of evidence speaks, or take it away.",
        changes=True,
    ),
    Action("hypotheses.memo", "D", "memo", "memo", "Draft a decision memo from its record.", show=True, changes=True),
    Action("hypotheses.promote", "P", "promote", "ask to promote", "Ask for the yes a promotion needs.", changes=True),
    Action(
        "hypotheses.propose", "p", "propose", "propose", "Propose the memo to its deciders.", show=True, changes=True
    ),
    Action(
        "hypotheses.accept",
        "a",
        "answer('approved')",
        "accept",
        "Say yes to what somebody else asked for.",
        show=True,
        changes=True,
    ),
    Action(
        "hypotheses.reject",
        "r",
        "answer('refused')",
        "reject",
        "Say no to what somebody else asked for, with the reason.",
        show=True,
        changes=True,
    ),
    Action(
        "hypotheses.withdraw", "W", "answer('withdrawn')", "take back", "Take back what you asked for.", changes=True
    ),
    Action(
        "hypotheses.close",
        "c",
        "close_incident",
        "close incident",
        "Close an incident, with its cause and what was learned.",
        show=True,
        changes=True,
    ),
    Action("hypotheses.outside", "o", "outside", "as text", "Read it as Markdown in your pager ($PAGER)."),
    Action("hypotheses.copy", "y", "copy", "copy", "Copy all of it as text."),
    Action("hypotheses.to_list", "down", "to_list", "to the list", "Into the list.", show=True, palette=False),
    Action("hypotheses.back", "escape", "back", "back", "Back; take the filter away.", show=True, palette=False),
    # Tabs within a room.
    Action("tabs.next", "full_stop", "tab(1)", "next tab", "To the next tab of this room.", show=True),
    Action("tabs.previous", "comma", "tab(-1)", "tab before", "To the tab before.", palette=False),
    # A paper's sentence put beside a hypothesis.
    Action("link.for", "+", "link('for')", "for", "It speaks for the hypothesis.", show=True, changes=True),
    Action("link.against", "-", "link('against')", "against", "It speaks against it.", show=True, changes=True),
    Action("link.context", "0", "link('context')", "context", "It is context.", show=True, changes=True),
    Action("link.next", "right,tab", "target(1)", "next hypothesis", "The next hypothesis.", show=True),
    Action("link.previous", "left,shift+tab", "target(-1)", "hypothesis before", "The hypothesis before."),
    Action("link.choose", "/", "choose", "find one", "Choose the hypothesis by words.", show=True),
    Action("link.refine", "e", "refine", "refine", "Say how strongly it speaks, and note something.", changes=True),
    Action("link.close", "escape", "close", "close", "Close without linking.", show=True),
    # The Roadmap. What acts on experiments acts on the one under the cursor.
    Action("roadmap.search", "/", "search", "filter", "Only experiments with these words.", priority=True),
    Action(
        "roadmap.plan", "P", "plan", "plan", "Plan the quarter: the best set in the budget.", show=True, changes=True
    ),
    Action("roadmap.adopt", "A", "adopt", "adopt", "Make the draft the quarter's plan.", show=True, changes=True),
    Action(
        "roadmap.lock",
        "i",
        "lock('in')",
        "lock in",
        "Have every plan of the quarter take it, with the reason; again leaves it to the plan.",
        show=True,
        changes=True,
    ),
    Action(
        "roadmap.veto",
        "v",
        "lock('out')",
        "veto",
        "Have no plan of the quarter take it, with the reason; again leaves it to the plan.",
        show=True,
        changes=True,
    ),
    Action("roadmap.back_state", "<,shift+left", "shift(-1)", "move back", "Move the card left.", changes=True),
    Action("roadmap.forward", ">,shift+right", "shift(1)", "move on", "Move the card right.", show=True, changes=True),
    Action("roadmap.new", "n", "new", "new", "Write a new experiment.", show=True, changes=True),
    Action("roadmap.edit", "e", "edit", "edit", "Edit the experiment.", show=True, changes=True),
    Action("roadmap.text", "E", "edit_text", "edit as text", "Edit it as TOML in $EDITOR.", changes=True),
    Action("roadmap.move", "m", "move", "move", "Move it to another state, with the reason.", show=True, changes=True),
    Action("roadmap.judge", "J", "judge", "judge", "Judge its results by the frozen plan.", show=True, changes=True),
    Action("roadmap.results", "R", "results", "results", "Bring results in from a file.", show=True, changes=True),
    Action(
        "roadmap.obstacle",
        "b",
        "obstacle",
        "blocker",
        "Note a blocker or risk, resolve one, or plan to measure a stale baseline again.",
        changes=True,
    ),
    Action("roadmap.transfer", "T", "transfer", "transfer", "The stages to production, and their gates.", show=True),
    Action("roadmap.week", "w", "week", "this week", "Pick this week's experiments from the plan.", changes=True),
    Action(
        "roadmap.close",
        "c",
        "close_quarter",
        "close quarter",
        "Freeze the plan beside what became of it, and say what goes on.",
        changes=True,
    ),
    Action("roadmap.changes", "C", "what_changed", "what changed", "What changed since the last review."),
    Action("roadmap.copy", "y", "copy", "copy plan", "Copy the quarter's plan as Markdown."),
    Action("roadmap.quarter_back", "[", "quarter(-1)", "quarter before", "Go to the quarter before."),
    Action("roadmap.quarter_next", "]", "quarter(1)", "next quarter", "Go to the next quarter."),
    Action("roadmap.to_list", "down", "to_list", "to the list", "Into the list.", show=True, palette=False),
    Action("roadmap.back", "escape", "back", "back", "Back; take the filter away.", show=True, palette=False),
    # Its board.
    Action("board.open", "enter", "open", "open", "Open the card.", show=True, palette=False),
    Action("board.left", "h,left", "column(-1)", "column before", "To the column before.", palette=False),
    Action("board.right", "l,right", "column(1)", "next column", "To the next column.", palette=False),
    Action("board.down", "j,down", "move(1)", "down", "Down the column.", palette=False),
    Action("board.up", "k,up", "move(-1)", "up", "Up the column.", palette=False),
    Action("board.page_down", "pagedown,ctrl+d", "page(1)", "page down", "Down by what is in sight.", palette=False),
    Action("board.page_up", "pageup,ctrl+u", "page(-1)", "page up", "Up by what is in sight.", palette=False),
    Action("board.top", "g,home", "top", "top", "To the first card of the column.", palette=False),
    Action("board.bottom", "G,end", "bottom", "bottom", "To the last card of the column.", palette=False),
    # An experiment's way to production.
    Action("transfer.gate", "enter", "gate", "set", "Say how the gate stands.", show=True, changes=True, priority=True),
    Action("transfer.advance", ">", "advance", "ask for the next", "Ask for the next stage.", show=True, changes=True),
    Action("transfer.roll_back", "<", "roll_back", "roll back", "Back, with the reason.", show=True, changes=True),
    Action("transfer.next", "full_stop,l,right", "stage(1)", "next stage", "To the next stage.", show=True),
    Action("transfer.previous", "comma,h,left", "stage(-1)", "stage before", "To the stage before."),
    Action("transfer.undo", "u", "app.undo", "undo", "Take back your own last change.", show=True, changes=True),
    Action("transfer.close", "escape", "close", "close", "Back to the Roadmap.", show=True),
    # Every list.
    Action("list.open", "enter", "open", "open", "Open what is under the cursor.", show=True, palette=False),
    Action("list.mark", "space", "mark", "mark", "Mark it, to act on several at once.", show=True, palette=False),
    Action("list.mark_all", "*", "mark_all", "mark all", "Mark everything in the list, or nothing."),
    Action("list.down", "j,down", "move(1)", "down", "Move down.", palette=False),
    Action("list.up", "k,up", "move(-1)", "up", "Move up.", palette=False),
    Action("list.page_down", "pagedown,ctrl+d", "page(1)", "page down", "Move a page down.", palette=False),
    Action("list.page_up", "pageup,ctrl+u", "page(-1)", "page up", "Move a page up.", palette=False),
    Action("list.top", "g,home", "top", "top", "Go to the first.", palette=False),
    Action("list.bottom", "G,end", "bottom", "bottom", "Go to the last.", palette=False),
    # Everywhere.
    *(
        Action(f"app.{section.id}", str(section.digit), f"section('{section.id}')", section.title, section.about)
        for section in SECTIONS
    ),
    Action("app.undo", "u", "undo", "undo", "Take back your own last change.", show=True, changes=True),
    Action("app.palette", "ctrl+p,:", "command_palette", "palette", "Find a command or paper.", palette=False),
    Action("app.help", "?", "help", "help", "What this screen is and every key on it.", show=True),
    Action("app.cancel", "x", "cancel_work", "stop work", "Stop the long work that the status line shows."),
    Action("app.encode", "ctrl+e", "encode", "encode papers", "Give every paper its vector.", changes=True),
    Action("app.sync", "ctrl+r", "sync", "ask arXiv", "Ask arXiv for what is new.", changes=True),
    Action("app.theme", "ctrl+t", "next_theme", "next theme", "Other colours: dark, light, contrast, colour-blind."),
    Action("app.quit", "q,ctrl+q", "quit", "quit", "Leave. Nothing needs saving."),
    Action("app.hint", "ctrl+c", "hint", "how to leave", "Say how to leave.", palette=False),
    # Dialogs.
    Action("dialog.close", "escape", "close", "close", "Close without doing anything.", show=True, palette=False),
    Action("help.close", "escape,question_mark,q", "close", "close", "Close the help.", show=True, palette=False),
    Action("note.save", "ctrl+s", "save", "save", "Keep the note.", show=True, palette=False, priority=True),
    Action("note.close", "escape", "close", "close", "Close; the text is kept as a draft.", show=True, palette=False),
    Action("note.revert", "ctrl+r", "revert", "drop draft", "Go back to what is stored.", show=True, palette=False),
    # Closing a quarter.
    Action("review.carry", "c", "answer('carry')", "carry", "It goes on: locked in for the next quarter.", show=True),
    Action("review.drop", "d", "answer('drop')", "drop", "It is dropped.", show=True),
    Action("review.score", "r", "answer('re-score')", "re-score", "It has to earn its place again.", show=True),
    Action("review.save", "ctrl+s", "save", "close the quarter", "Close the quarter.", show=True, priority=True),
    Action("review.close", "escape", "close", "back", "Leave the quarter open.", show=True),
    # Filling in a record.
    Action("form.save", "ctrl+s", "save", "store", "Store the record.", show=True, changes=True, priority=True),
    Action("form.next", "tab", "walk(1)", "next", "To the next field; enter and ↓ do, too.", show=True),
    Action("form.previous", "shift+tab", "walk(-1)", "previous", "To the field before; ↑ does, too."),
    Action("form.group", "pagedown", "group(1)", "next group", "To the next group of fields.", priority=True),
    Action("form.group_back", "pageup", "group(-1)", "group before", "To the group before.", priority=True),
    Action("form.jump", "ctrl+g", "jump", "go to", "Go to a field by its name.", show=True, priority=True),
    Action("form.open", "ctrl+o", "open", "open all", "Open all groups of fields, or close them.", priority=True),
    Action(
        "form.text",
        "ctrl+e",
        "text",
        "as text",
        "Write the whole record as TOML in your own editor ($EDITOR).",
        show=True,
        priority=True,
    ),
    Action("form.revert", "ctrl+r", "revert", "drop draft", "Go back to what is stored.", priority=True),
    Action("form.close", "escape", "close", "close", "Close; what was typed is kept as a draft.", show=True),
    # On what is chosen rather than typed, in a form.
    Action("pick.next", "right,space", "choose(1)", "choose", "The next choice; a closed group opens.", show=True),
    Action("pick.previous", "left", "choose(-1)", "choice before", "The choice before."),
    Action("pick.clear", "delete,backspace", "clear", "no choice", "Take the choice away."),
    Action("pick.down", "down,enter", "walk(1)", "next field", "To the next field."),
    Action("pick.up", "up", "walk(-1)", "field before", "To the field before."),
)

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


BY_ID = {action.id: action for action in ACTIONS}


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
