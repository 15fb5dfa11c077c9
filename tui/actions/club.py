"""The paper club: sessions, proposals, members."""

from tui.actions.model import Action

CLUB: tuple[Action, ...] = (
    Action("club.search", "/", "search", "filter", "Only lines with these words.", priority=True),
    Action("club.propose", "p", "propose", "propose", "Propose a paper for the club.", show=True, changes=True),
    Action("club.vote", "v", "vote", "vote", "Vote for it; again takes your vote back.", show=True, changes=True),
    Action(
        "club.onto",
        ">,shift+right",
        "onto",
        "onto a session",
        "Put what is marked, or under the cursor, on a session.",
        show=True,
        changes=True,
    ),
    Action("club.off", "<,shift+left", "off", "off the session", "Take it off its session again.", changes=True),
    Action(
        "club.rotate",
        "r",
        "rotate",
        "assign by turn",
        "Presenter and backup by rotation: whoever has not presented for the longest time.",
        show=True,
        changes=True,
    ),
    Action("club.assign", "R", "assign", "assign by name", "Say who presents it.", changes=True),
    Action("club.swap", "S", "swap", "swap turns", "Exchange its turn with another session's.", changes=True),
    Action("club.minutes", "m", "minutes", "minutes", "Write the minutes in place.", show=True, changes=True),
    Action("club.minutes_text", "M", "minutes_text", "minutes in $EDITOR", "Write them in your editor.", changes=True),
    Action("club.hold", "h", "hold", "held", "It took place: say who presented, and what was left.", changes=True),
    Action("club.decide", "d", "decide", "decide", "Add a decision to the minutes.", show=True, changes=True),
    Action(
        "club.take",
        "t",
        "take",
        "take over",
        "Make a decision an experiment or evidence; an action: say that it is done.",
        show=True,
        changes=True,
    ),
    Action("club.new", "n", "new", "new", "Plan a session, or add a member.", show=True, changes=True),
    Action("club.edit", "e", "edit", "edit", "Change it: a session, a member, why of your proposal.", changes=True),
    Action(
        "club.away", "a", "away", "away", "Note that a member is away; again takes it back.", show=True, changes=True
    ),
    Action(
        "club.cancel",
        "X",
        "cancel",
        "cancel",
        "Cancel the session, withdraw your proposal, or let a member leave.",
        changes=True,
    ),
    Action("club.calendar", "i", "calendar", "calendar file", "Write an .ics file that updates and cancels."),
    Action("club.library", "O", "library", "in the Library", "Show its paper in the Library."),
    Action("club.outside", "o", "outside", "as text", "Read agenda or minutes as Markdown in your pager ($PAGER)."),
    Action("club.copy", "y", "copy", "copy", "Copy agenda or minutes as Markdown."),
    Action("club.to_list", "down", "to_list", "to the list", "Into the list.", show=True, palette=False),
    Action("club.back", "escape", "back", "back", "Back; take the filter away.", show=True, palette=False),
)
