"""The frame that every section wears: tabs on top, the status and the keys that apply now below."""

from textual.content import Content
from textual.style import Style
from textual.widget import Widget

from tui.actions import ACTIONS, BY_ID
from tui.safe import line
from tui.sections import SECTIONS
from tui.status import SIGNS, Status

GAP = "  "


def clickable(action: str) -> Style:
    """A style that runs `action` when clicked. Only for actions that this code names, never with text from outside."""
    return Style.from_meta({"@click": action})


class TopLine(Widget):
    """Section tabs with their digits left; the workspace right, with DEMO where it is the sample."""

    ALLOW_SELECT = False
    auto_links = False  # what can be clicked looks like what it is, not like a link

    def __init__(self, current: str, workspace: str, *, demo: bool, read_only: bool) -> None:
        super().__init__()
        self._current = current
        marks: list[Content] = []
        if demo:
            marks.append(Content.styled(" DEMO ", "bold reverse $warning"))
        if read_only:
            marks.append(Content.styled(" READ-ONLY ", "bold reverse $quiet"))
        self._marks = Content(" ").join(marks)
        self._workspace = line(workspace)

    def render(self) -> Content:
        """One line; the workspace's name gives way first, then our own, then the ends of long titles."""
        most = self.size.width - self._marks.cell_length - 2
        longest = max(len(section.title) for section in SECTIONS)
        ways = [(True, GAP, longest), (False, GAP, longest), *((False, " ", cut) for cut in range(longest, 2, -1))]
        found = (self._tabs(*way) for way in ways)
        left = next((tabs for tabs in found if tabs.cell_length <= most), self._tabs(*ways[-1]))
        room = most - left.cell_length - 1
        name = Content(self._workspace).truncate(max(0, room), ellipsis=True).stylize("$quiet")
        right = Content.assemble(self._marks, " " if self._marks and name else "", name, " ")
        blank = self.size.width - left.cell_length - right.cell_length
        return Content.assemble(left, " " * max(1, blank), right).truncate(self.size.width)

    def _tabs(self, own_name: bool, gap: str, longest: int) -> Content:
        """The tabs; titles but that of this room are cut to `longest` cells."""
        left = Content.assemble((" labtop", "bold $accent")) if own_name else Content("")
        for section in SECTIONS:
            here = section.id == self._current
            title = section.title if here or len(section.title) <= longest else f"{section.title[: longest - 1]}…"
            tab = Content.assemble(
                (f"{section.digit}", "$accent"), " ", (title, "bold underline" if here else "$quiet")
            )
            left = Content.assemble(left, gap if left else " ", tab.stylize(clickable(f"app.section('{section.id}')")))
        return left


class StatusLine(Widget):
    """Sync, long work, alarms; right, what undo would take back."""

    ALLOW_SELECT = False
    auto_links = False  # what can be clicked looks like what it is, not like a link

    def __init__(self) -> None:
        super().__init__()
        self._status = Status()

    def show(self, status: Status) -> None:
        """Show another status."""
        if status != self._status:
            self._status = status
            self.refresh()

    def render(self) -> Content:
        """One line; the undo hint gives way first."""
        status, parts = self._status, []
        if status.work:
            stop = Content.styled("x stops", "$quiet").stylize(clickable("app.cancel_work"))
            parts.append(Content.assemble(("▶ ", "$accent"), line(status.work), " · ", stop))
        for said in status.lines:
            style = {"good": "$success", "warn": "$warning", "bad": "$error"}.get(said.tone, "$quiet")
            parts.append(Content.assemble((f"{SIGNS[said.tone]} ", style), (line(said.text), "$quiet")))
        left = Content.assemble(" ", Content("   ").join(parts))
        width = self.size.width
        left = left.truncate(max(1, width - 1), ellipsis=True)
        room = width - left.cell_length - 4
        undo = Content("")
        if status.undo and room >= 24:
            undo = Content.assemble(("u", "$accent"), (" undo: ", "$quiet"), (line(status.undo), "$quiet"))
            undo = undo.truncate(min(room, 60), ellipsis=True).stylize(clickable("app.undo"))
        blank = width - left.cell_length - undo.cell_length - 1
        return Content.assemble(left, " " * max(0, blank), undo, " ")


class KeyLine(Widget):
    """The keys that apply now, from the bindings that are live on the screen."""

    ALLOW_SELECT = False
    auto_links = False  # what can be clicked looks like what it is, not like a link

    def on_mount(self) -> None:
        """Look again whenever the live bindings may differ."""
        self.screen.bindings_updated_signal.subscribe(self, lambda _: self.refresh())

    def render(self) -> Content:
        """As many as fit, in the table's order or as the screen's `FIRST` says; help always has its place."""
        live = {}
        for active in self.screen.active_bindings.values():
            if active.binding.show and active.binding.id in BY_ID:
                live[active.binding.id] = active.enabled
        read_only = bool(getattr(self.app, "read_only", False))
        shown = [action for action in ACTIONS if action.id in live]
        first: tuple[str, ...] = getattr(self.screen, "FIRST", ())
        shown.sort(key=lambda action: first.index(action.id) if action.id in first else len(first))
        helps = [action for action in shown if action.id == "app.help"]
        width = self.size.width - 1
        line_ = Content(" ")
        reserve = sum(len(action.key) + len(action.text) + 3 for action in helps)
        for action in [*(a for a in shown if a not in helps), *helps]:
            dim = not live[action.id] or (read_only and action.changes)
            key_style, text_style = ("$quiet 60%", "$quiet 60%") if dim else ("bold $accent", "$quiet")
            item = Content.assemble((action.key, key_style), " ", (action.text, text_style))
            room = width - line_.cell_length - (0 if action in helps else reserve)
            if item.cell_length + len(GAP) > room:
                continue
            key = action.keys.split(",")[0]
            style = clickable(f"app.press({key!r})")
            line_ = Content.assemble(line_, item.stylize(style), GAP)
        return line_
