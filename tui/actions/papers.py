"""What is done to papers, in every list of them, and the Library."""

from tui.actions.model import Action

KEEP, SKIP, STAR, LATER = "decide('keep')", "decide('skip')", "decide('star')", "decide('later')"
EVIDENCE_FOR, EVIDENCE_AGAINST = "evidence('for')", "evidence('against')"
EVIDENCE_CONTEXT = "evidence('context')"

PAPERS: tuple[Action, ...] = (
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
    Action(
        "papers.propose", "p", "propose", "to the club", "Propose it for the paper club; or vote for it.", changes=True
    ),
    Action("papers.outside", "o", "outside", "open abs", "Open the paper's page in the browser."),
    Action("papers.pdf", "O", "pdf", "open PDF", "Open the paper's PDF in the browser."),
    Action(
        "papers.fulltext", "P", "fulltext", "full text", "Fetch the full text, or take it from a file.", changes=True
    ),
    Action("papers.enrich", "I", "enrich", "ask others", "Ask the services that you let labtop ask.", changes=True),
    Action("papers.published", "D", "published", "published DOI", "Accept or refuse the DOI proposed.", changes=True),
    Action("papers.copy", "y", "copy", "copy", "Copy the citation as BibTeX."),
    Action("papers.export", "E", "export", "export", "Write what is marked, or the whole list, to a file."),
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
)
