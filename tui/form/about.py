"""What is said below a form of the field one is in: what it is for, and how it is filled in."""

from collections.abc import Mapping

from textual.content import Content

from library.records.field import Field
from library.records.toml import explained
from tui.form.entries import Entry, Form
from tui.form.writing import cells

_HOW = {
    "ref": "type an id or words, ↓ and enter choose",
    "refs": "ids with commas between; ↓ and enter choose",
    "words": "with commas between",
    "spread": "one number, or low..likely..high",
}


def about(entry: Entry, before_cursor: str = "", meanings: Mapping[str, str] | None = None) -> Content:
    """Two lines at most. `before_cursor`: the part of a row that is typed already, to tell which column comes;
    `meanings`: of choices."""
    if entry.item:
        return _said(Content.assemble("y yes · n no · a not applicable · o open; space goes round"))
    sentence = f"{(entry.field.about or entry.label).rstrip('.')}."
    if entry.choices and meanings and entry.text in meanings:
        return _said(
            Content.assemble((entry.text, "bold"), f": {meanings[entry.text]}"), "← → or the first letter choose"
        )
    if entry.choices:
        return _said(Content.assemble(sentence), "← → or the first letter choose")
    if entry.lines == "rows":
        place = min(len(cells(before_cursor)), len(entry.field.columns)) - 1
        return Content.assemble(
            (f"{sentence} One a line, columns between |", "$quiet"),
            "\n",
            column_about(entry.field.columns[place]),
        )
    if entry.field.type in _HOW:
        return _said(Content(sentence), _HOW[entry.field.type])
    return _said(Content(explained(entry.field)))


def column_about(column: Field) -> Content:
    """ "role: baseline | treatment | ablation (needed)"."""
    said = " | ".join(column.choices) if column.choices else explained(column)
    need = "  needed" if column.required and column.choices else ""
    return Content.assemble((column.name, "bold"), (f": {said}{need}", "$quiet"))


def heading_about(form: Form, place: int) -> Content:
    """What a closed group holds."""
    labels = ", ".join(form.entries[each].label for each in form.groups[place].places if not form.entries[each].item)
    return _said(Content(labels or f"{len(form.groups[place].places)} questions"), "space or → opens it")


def _said(text: Content, how: str = "") -> Content:
    return Content.assemble(text.stylize("$quiet"), ("\n" if how else "", ""), (how, "$quiet"))
