"""Triage: the day's papers, one key each."""

from tui.actions.model import Action

TRIAGE: tuple[Action, ...] = (
    # Deciding itself is done with the keys of every list of papers.
    Action("triage.why", "w", "why", "why", "What its score is made of, in full.", show=True),
    Action("triage.rest", "S", "rest", "skip rest", "Skip what is left below the line.", show=True, changes=True),
    Action("triage.reason", "r", "reason", "skip because", "Skip it and say why, in one key.", show=True, changes=True),
    Action("triage.order", "R", "new_order", "new order", "Take the new order, or the papers that came.", show=True),
    Action(
        "triage.line", "=", "line", "line here", "Lay the line below this paper; again takes it away.", changes=True
    ),
    Action("triage.day_back", "[", "day(1)", "older", "Go to the day before.", show=True),
    Action("triage.day_next", "]", "day(-1)", "newer", "Go to the day after."),
    Action("triage.next", "full_stop", "tab(1)", "later / inbox", "To what you put off, and back.", show=True),
    Action("triage.previous", "comma", "tab(-1)", "inbox / later", "To what you put off, and back.", palette=False),
    Action("triage.back", "escape", "back", "back", "Clear marks.", palette=False),
    # Why a paper was skipped.
    Action("reason.task", "t", "answer('t')", "not my task", "It is about another task.", show=True, palette=False),
    Action("reason.method", "m", "answer('m')", "method", "Its method is not for us.", show=True, palette=False),
    Action("reason.data", "d", "answer('d')", "data", "Its data is not like ours.", show=True, palette=False),
    Action("reason.quality", "q", "answer('q')", "quality", "It is not done well.", show=True, palette=False),
    Action("reason.known", "k", "answer('k')", "known", "Nothing in it is new.", show=True, palette=False),
    Action("reason.reach", "o", "answer('o')", "out of reach", "We could not do it here.", show=True, palette=False),
    Action("reason.words", "slash", "words", "in words", "Say it in your own words.", show=True, palette=False),
    Action("reason.close", "escape", "close", "close", "Close without skipping.", show=True, palette=False),
    # A question that is answered yes or no.
    Action("sure.yes", "y,enter", "yes", "yes", "Do it.", show=True, palette=False),
    Action("sure.close", "escape,n", "close", "no", "Close without doing anything.", show=True, palette=False),
)
