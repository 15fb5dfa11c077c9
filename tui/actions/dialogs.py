"""Dialogs: notes, help, forms and what is chosen in them."""

from tui.actions.model import Action

DIALOGS: tuple[Action, ...] = (
    # Dialogs.
    Action("dialog.close", "escape", "close", "close", "Close without doing anything.", show=True, palette=False),
    Action("help.close", "escape,question_mark,q", "close", "close", "Close the help.", show=True, palette=False),
    Action("note.save", "ctrl+s", "save", "save", "Keep the note.", show=True, palette=False, priority=True),
    Action("note.close", "escape", "close", "close", "Close; the text is kept as a draft.", show=True, palette=False),
    Action("note.revert", "ctrl+r", "revert", "drop draft", "Go back to what is stored.", show=True, palette=False),
    # What papers are ranked by.
    Action("interests.add", "n", "add", "new", "Look for a topic, a tag or a saved search.", show=True, changes=True),
    Action("interests.rest", "r", "rest", "rest / wake", "Stop looking for it, or go on.", show=True, changes=True),
    Action("interests.remove", "d", "remove", "remove", "Remove it; undo brings it back.", show=True, changes=True),
    Action("interests.undo", "u", "undo", "undo", "Take back your own last change.", show=True, changes=True),
    Action("interests.close", "escape,q", "close", "close", "Close the list.", show=True, palette=False),
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
