"""What is the same in every room: lists, tabs, the rooms themselves."""

from tui.actions.model import Action
from tui.sections import SECTIONS

EVERYWHERE: tuple[Action, ...] = (
    # Tabs within a room.
    Action("tabs.next", "full_stop", "tab(1)", "next tab", "To the next tab of this room.", show=True),
    Action("tabs.previous", "comma", "tab(-1)", "tab before", "To the tab before.", palette=False),
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
    Action("app.interests", "ctrl+l", "interests", "what you look for", "The interests that papers are ranked by."),
    Action("app.theme", "ctrl+t", "next_theme", "next theme", "Other colours: dark, light, contrast, colour-blind."),
    Action("app.quit", "q,ctrl+q", "quit", "quit", "Leave. Nothing needs saving."),
    Action("app.hint", "ctrl+c", "hint", "how to leave", "Say how to leave.", palette=False),
)
