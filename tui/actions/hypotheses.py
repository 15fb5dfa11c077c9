"""Hypotheses with the decisions beside them, and a paper's sentence put beside a hypothesis."""

from tui.actions.model import Action

HYPOTHESES: tuple[Action, ...] = (
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
    # A paper's sentence put beside a hypothesis.
    Action("link.for", "+", "link('for')", "for", "It speaks for the hypothesis.", show=True, changes=True),
    Action("link.against", "-", "link('against')", "against", "It speaks against it.", show=True, changes=True),
    Action("link.context", "0", "link('context')", "context", "It is context.", show=True, changes=True),
    Action("link.next", "right,tab", "target(1)", "next hypothesis", "The next hypothesis.", show=True),
    Action("link.previous", "left,shift+tab", "target(-1)", "hypothesis before", "The hypothesis before."),
    Action("link.choose", "/", "choose", "find one", "Choose the hypothesis by words.", show=True),
    Action("link.refine", "e", "refine", "refine", "Say how strongly it speaks, and note something.", changes=True),
    Action("link.close", "escape", "close", "close", "Close without linking.", show=True),
)
