"""Today, and the very first screen."""

from tui.actions.model import Action

START: tuple[Action, ...] = (
    # Today.
    Action("today.day_back", "[", "day(1)", "older", "Go to the day before.", show=True),
    Action("today.day_next", "]", "day(-1)", "newer", "Go to the day after.", show=True),
    Action("today.in_library", "d", "in_library", "in Library", "Open the Library with this day.", show=True),
    # The very first screen.
    Action("first_run.begin", "ctrl+s", "begin", "begin", "Make the workspace.", show=True, priority=True),
    Action("first_run.sample", "ctrl+o", "sample", "sample", "Look at a sample.", show=True, priority=True),
    Action("first_run.leave", "escape", "leave", "leave", "Leave, or skip the step.", show=True),
)
