"""What a form asks for, what has been typed, and what is wrong with it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from library.records.field import Field, FieldError, read_value
from library.records.kind import Kind
from library.text import clean
from tui.form.writing import written

ANSWERS: Final = ("", "yes", "no", "n/a")  # of a checklist; "" is open
CHECKLISTS: Final = "Checklists"
LONG: Final = 20  # entries; a longer form begins with all groups but the first closed


@dataclass(slots=True)
class Entry:
    """One thing to fill in: a field, or one question of a checklist (`item`).

    `before` is what stands there when the form opens, `text` what stands there now.
    """

    field: Field
    item: str
    label: str
    group: str
    choices: tuple[str, ...]
    before: str
    text: str
    problem: str = ""

    @property
    def key(self) -> str:
        """Its name in a draft."""
        return f"{self.field.name}.{self.item}" if self.item else self.field.name

    @property
    def changed(self) -> bool:
        """Whether it differs from what stood there."""
        return self.text != self.before

    @property
    def lines(self) -> str:
        """ "one", "many" or "rows": how much may be typed; empty where one only chooses."""
        if self.choices:
            return ""
        return {"text": "many", "rows": "rows"}.get(self.field.type, "one")


@dataclass(slots=True)
class Group:
    """Entries `places` under one heading. The first has none."""

    name: str
    places: range
    closed: bool = False


class Form:
    """The entries of one record. `values` are its stored ones, None for a new record, which begins with the defaults
    and with the texts in `filled`."""

    def __init__(
        self, kind: Kind, values: Mapping[str, Any] | None = None, filled: Mapping[str, str] | None = None
    ) -> None:
        self.kind, self.is_new = kind, values is None
        names = list(dict.fromkeys(_group(field) for field in kind.fields))
        self.entries: list[Entry] = []
        self.groups: list[Group] = []
        for name in names:
            start = len(self.entries)
            for field in kind.fields:
                if _group(field) == name:
                    value = field.default if values is None else values.get(field.name)
                    self.entries += _entries(field, name, value)
            self.groups.append(Group(name, range(start, len(self.entries))))
        if len(self.entries) > LONG:
            for group in self.groups[1:]:
                group.closed = True
        self.put(filled or {})
        for entry in self.entries if self.is_new else ():
            entry.before = entry.text  # what it begins with, nobody has typed

    # What is typed.

    def write(self, place: int, text: str) -> None:
        """Something was typed. What was wrong is looked at again; what was right is left alone while one types."""
        entry = self.entries[place]
        if text == entry.text:
            return
        entry.text = text
        if entry.problem:
            self.look(place)

    def look(self, place: int) -> bool:
        """See whether an entry can be read, and say at it where not."""
        entry = self.entries[place]
        entry.problem = ""
        if not entry.item:
            try:
                read_value(entry.field, entry.text)
            except FieldError as error:
                entry.problem = error.reason
        return not entry.problem

    def settle(self, place: int) -> None:
        """An entry is left: say what is wrong, else write it the way it was understood."""
        entry = self.entries[place]
        if entry.changed and not entry.item and self.look(place):
            entry.text = written(entry.field, read_value(entry.field, entry.text))

    def put(self, texts: Mapping[str, str]) -> None:
        """Put in what stands in a draft, by key."""
        for place, entry in enumerate(self.entries):
            if entry.key in texts:
                entry.text = clean(texts[entry.key])
                self.look(place)

    def put_raw(self, raw: Mapping[str, Any]) -> list[str]:
        """Put in what stood in a text file, by field; what is none of the form's fields is returned."""
        known = {field.name: field for field in self.kind.fields}
        for name, given in raw.items():
            if name in known:
                texts = _texts(known[name], given)
                for place, entry in enumerate(self.entries):
                    if entry.field.name == name:
                        entry.text = clean(texts.get(entry.key, ""))
                        self.look(place)
        return [name for name in raw if name not in known]

    def revert(self) -> None:
        """Back to how it stood."""
        for entry in self.entries:
            entry.text, entry.problem = entry.before, ""

    def typed(self) -> dict[str, str]:
        """What differs from how it stood, by key: what a draft holds."""
        return {entry.key: entry.text for entry in self.entries if entry.changed}

    def raw(self) -> dict[str, Any]:
        """What to store, by field: of a stored record only what was changed, so that others' changes stay."""
        found: dict[str, Any] = {}
        for field in self.kind.fields:
            own = [entry for entry in self.entries if entry.field is field]
            if not any(entry.changed or (self.is_new and entry.text) for entry in own):
                continue
            answers = {entry.item: entry.text for entry in own if entry.text}
            found[field.name] = answers if field.type == "checks" else own[0].text
        return found

    # What is wrong.

    def look_at_all(self) -> list[int]:
        """Places of what cannot be stored: unreadable, or needed and empty."""
        wrong = []
        for place, entry in enumerate(self.entries):
            ok = self.look(place)
            if ok and entry.field.required and not entry.text.strip():
                entry.problem = "is needed"
            if entry.problem:
                wrong.append(place)
        return wrong

    def take(self, problems: Iterable[FieldError]) -> list[str]:
        """Show what the store refused at its places; what has none is returned."""
        elsewhere = []
        for problem in problems:
            place = next((p for p, entry in enumerate(self.entries) if entry.field.name == problem.field), None)
            if place is None:
                elsewhere.append(problem.message)
            else:
                self.entries[place].problem = problem.reason
        return elsewhere

    @property
    def wrong(self) -> list[int]:
        """Places where something is known to be wrong."""
        return [place for place, entry in enumerate(self.entries) if entry.problem]

    def group_of(self, place: int) -> Group:
        """The group that an entry stands in."""
        return next(group for group in self.groups if place in group.places)

    def filled(self, places: Iterable[int] | None = None) -> int:
        """How many of these (all) hold something."""
        chosen = range(len(self.entries)) if places is None else places
        return sum(bool(self.entries[place].text.strip()) for place in chosen)


def _group(field: Field) -> str:
    return field.group or (CHECKLISTS if field.type == "checks" else "")


def _entries(field: Field, group: str, value: Any) -> list[Entry]:
    if field.type == "checks":
        answers = value or {}
        return [
            Entry(field, item, question, group, ANSWERS, answers.get(item, ""), answers.get(item, ""))
            for item, question in field.checks
        ]
    choices = field.choices
    if field.type == "choice" and not field.required and field.default is None:
        choices = ("", *choices)
    text = written(field, value)
    return [Entry(field, "", field.label, group, choices, text, text)]


def _texts(field: Field, given: Any) -> dict[str, str]:
    """Texts by key of what a TOML file holds: as it is written where it can be read, else as it stands."""
    try:
        value = read_value(field, given)
    except FieldError:
        value = given
        if field.type == "checks":
            value = given if isinstance(given, dict) else {}
        elif not isinstance(given, str):
            return {field.name: _as_it_stands(field, given)}
    if field.type == "checks":
        return {f"{field.name}.{item}": str(answer) for item, answer in (value or {}).items() if answer in ANSWERS}
    return {field.name: value if isinstance(value, str) else written(field, value)}


def _as_it_stands(field: Field, given: Any) -> str:
    if field.type == "rows" and isinstance(given, list):
        rows = [row for row in given if isinstance(row, dict)]
        return "\n".join(" | ".join(str(row.get(column.name, "")) for column in field.columns) for row in rows)
    return ", ".join(str(each) for each in given) if isinstance(given, (list, tuple)) else str(given)
