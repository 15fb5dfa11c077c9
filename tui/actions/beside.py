"""The detail beside (or, where it is narrow, over) a list, and lines that lead somewhere."""

from tui.actions.model import Action

BESIDE: tuple[Action, ...] = (
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
    # Lines that lead somewhere.
    Action("lines.open", "enter", "select", "follow", "Follow the line.", show=True, palette=False),
    Action("lines.down", "j,down", "cursor_down", "down", "Move down.", palette=False),
    Action("lines.up", "k,up", "cursor_up", "up", "Move up.", palette=False),
    Action("lines.top", "g,home", "first", "top", "Go to the first.", palette=False),
    Action("lines.bottom", "G,end", "last", "bottom", "Go to the last.", palette=False),
)
