"""The reading queue, what is written while reading, and what another version changed."""

from tui.actions.model import Action

READING: tuple[Action, ...] = (
    Action("reading.search", "/", "search", "filter", "Only papers with these words.", priority=True),
    Action(
        "reading.on",
        ">,shift+right",
        "state(1)",
        "on",
        "On to the next state: reading, then read.",
        show=True,
        changes=True,
    ),
    Action(
        "reading.back_state",
        "<,shift+left",
        "state(-1)",
        "back",
        "Back: from read to reading, to the queue.",
        changes=True,
    ),
    Action(
        "papers.critique", "c", "critique", "critique", "Write your critique, or change it.", show=True, changes=True
    ),
    Action(
        "papers.critique_text", "C", "critique_text", "critique as text", "Write it as TOML in $EDITOR.", changes=True
    ),
    Action("papers.quote", '"', "quote", "quote", "Take sentences down, with a remark.", show=True, changes=True),
    Action(
        "papers.changed", "v", "changed", "what changed", "What another version changed in the abstract.", show=True
    ),
    Action("reading.due", "d", "due", "due", "Say by when it should be read.", show=True, changes=True),
    Action("reading.progress", "%", "progress", "how far", "Say how far you are in.", changes=True),
    Action(
        "reading.up", "shift+up,ctrl+up", "shift('up')", "move up", "Move it up in the order by hand.", changes=True
    ),
    Action(
        "reading.down",
        "shift+down,ctrl+down",
        "shift('down')",
        "move down",
        "Move it down in the order by hand.",
        changes=True,
    ),
    Action("reading.first", "T", "shift('top')", "to the top", "Put it first.", changes=True),
    Action("reading.last", "B", "shift('bottom')", "to the end", "Put it last.", changes=True),
    Action("reading.drop", "X", "drop", "drop", "Take it off the queue unread; again puts it back.", changes=True),
    Action("reading.order", "R", "order", "order", "By hand, by score, by the day it is due, by age.", show=True),
    Action("reading.to_list", "down", "to_list", "to the list", "Into the list.", show=True, palette=False),
    Action("reading.back", "escape", "back", "back", "Back; take the filter away.", show=True, palette=False),
    # Sentences that one takes down.
    Action("quote.take", '"', "take", "quote", "Take the sentence down; again takes it away.", show=True, changes=True),
    Action(
        "quote.remark",
        "e",
        "remark",
        "with a remark",
        "Take it down with a remark, or change that.",
        show=True,
        changes=True,
    ),
    Action("quote.find", "/", "find", "find", "Go to a sentence by its words.", show=True),
    Action("quote.close", "escape", "close", "close", "Close.", show=True, palette=False),
    # What another version changed.
    Action(
        "difference.seen",
        "enter",
        "seen",
        "seen",
        "You know it now: nothing points it out any more.",
        show=True,
        changes=True,
    ),
    Action(
        "difference.confirm",
        "c",
        "confirm",
        "critique holds",
        "Your critique holds of this version, too.",
        show=True,
        changes=True,
    ),
    Action("difference.close", "v,escape", "close", "close", "Close.", show=True, palette=False),
)
