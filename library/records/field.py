"""One field of a record: what it holds, and how a text that a person typed becomes its value."""

import math
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal, NoReturn

from library.errors import UsageError
from library.quarter import FIRST_YEAR, LAST_YEAR, read_quarter
from library.text import clean, one_line

Type = Literal[
    "line",  # one line of text
    "text",  # any number of lines
    "number",
    "whole",
    "share",  # a probability: between 0 and 1, both excluded; "30 %" is 0.3
    "choice",
    "day",  # 2026-11-25
    "quarter",  # 2027Q1
    "words",  # several short texts, separated by commas
    "spread",  # "120", or "80..120..200": low, most likely, high
    "ref",  # another record, such as H-4
    "refs",  # several
    "rows",  # a small table: one row a line, its columns separated by |
    "checks",  # answers to a list of questions
]
LONGEST_LINE: Final = 500
LONGEST_TEXT: Final = 50_000
MOST_ROWS: Final = 200
LARGEST_NUMBER: Final = 1e30  # of any unit; and sums and squares stay finite
LARGEST_SPREAD: Final = 1e12  # GPU-hours, people-days, money
LARGEST_WHOLE: Final = 2**53  # beyond it a float is not exact, and not much beyond it SQLite refuses
_NUMBER = re.compile(r"[-+]?(\d{1,3}([,_]\d{3})+|\d*)(\.\d*)?([eE][-+]?\d{1,4})?")


@dataclass(frozen=True, slots=True)
class Field:
    """`about` is one sentence for whoever fills it in; `columns` are those of "rows", `choices` those of "choice".

    `target`: the prefix of the records that a "ref" names. `checks`: (item, question) of "checks".
    """

    name: str
    type: Type
    label: str
    about: str = ""
    required: bool = False
    default: Any = None
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    above: float | None = None
    maximum: float | None = None
    target: str = ""
    columns: tuple["Field", ...] = ()
    checks: tuple[tuple[str, str], ...] = ()
    group: str = ""


class FieldError(UsageError):
    """A field's value that cannot be taken; `field` is its name."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.reason = message


def read_value(field: Field, raw: Any) -> Any:
    """The value of what a person typed or TOML holds; None where it is empty. Raises FieldError.

    Lists are tuples, rows are tuples of dicts, checks a dict.
    """
    if raw is None or (isinstance(raw, str) and not raw.strip()) or raw in ([], {}, ()):
        return None
    value = _READERS[field.type](field, raw)
    return None if value in ((), {}, "") else value


def _line(field: Field, raw: Any) -> str:
    if not isinstance(raw, str):
        if not isinstance(raw, (int, float)) or isinstance(raw, bool):
            _refuse(field, "is a text")
        raw = str(raw)
    text = _seen(one_line(raw))
    if len(text) > LONGEST_LINE:
        _refuse(field, f"has at most {LONGEST_LINE} characters; this has {len(text):,}")
    return text


def _text(field: Field, raw: Any) -> str:
    if not isinstance(raw, str):
        _refuse(field, "is a text")
    text = _seen(clean(raw).strip())
    if len(text) > LONGEST_TEXT:
        _refuse(field, f"has at most {LONGEST_TEXT:,} characters; this has {len(text):,}")
    return text


def _seen(text: str) -> str:
    """The text; empty where all of it is blank or invisible: nobody could tell such a record from an empty one."""
    blank = text.isspace() or all(unicodedata.category(letter) in ("Cf", "Zs", "Cc") for letter in text)
    return "" if blank else text


def _number(field: Field, raw: Any) -> float:
    value = number_of(raw)
    if value is None:
        _refuse(field, f"is a number, not “{_shown(raw)}”")
    return _within(field, value)


def _whole(field: Field, raw: Any) -> int:
    value = number_of(raw)
    if value is None or value != int(value):
        _refuse(field, f"is a whole number, not “{_shown(raw)}”")
    if abs(value) > LARGEST_WHOLE or (isinstance(raw, int) and int(value) != raw):
        _refuse(field, f"is at most {LARGEST_WHOLE:,}")
    return int(_within(field, value))


def _share(field: Field, raw: Any) -> float:
    text = raw.strip() if isinstance(raw, str) else raw
    percent = isinstance(text, str) and text.endswith("%")
    value = number_of(text[:-1] if percent else text)
    if value is None:
        _refuse(field, f"is a share such as 0.3 or 30 %, not “{_shown(raw)}”")
    value = value / 100 if percent else value
    if not 0 < value < 1:
        _refuse(field, "lies between 0 and 1, both excluded: nothing is certain before it was tried")
    return value


def _choice(field: Field, raw: Any) -> str:
    text = one_line(str(raw)).lower()
    if text in field.choices:
        return text
    near = [choice for choice in field.choices if choice.startswith(text)]
    if len(near) == 1:
        return near[0]
    _refuse(field, f"is one of {', '.join(field.choices)}, not “{_shown(raw)}”")


def _day(field: Field, raw: Any) -> str:
    try:
        plain = isinstance(raw, date) and not isinstance(raw, datetime)
        day = raw if plain else date.fromisoformat(str(raw).strip())
    except ValueError:
        _refuse(field, f"is a day such as 2026-11-25, not “{_shown(raw)}”")
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        _refuse(field, f"lies between {FIRST_YEAR} and {LAST_YEAR}, not in {day.year:04}")
    return str(day.isoformat())


def _quarter(field: Field, raw: Any) -> str:
    try:
        return str(read_quarter(str(raw)))
    except UsageError:
        _refuse(field, f"is a quarter such as 2027Q1, not “{_shown(raw)}”")


def _words(field: Field, raw: Any) -> tuple[str, ...]:
    parts = raw if isinstance(raw, (list, tuple)) else [raw]
    if not all(isinstance(part, (str, int, float)) and not isinstance(part, bool) for part in parts):
        _refuse(field, "is a list of texts")
    texts = (_line(field, piece) for part in parts for piece in str(part).split(","))
    found = tuple(dict.fromkeys(text for text in texts if text))
    if len(found) > MOST_ROWS:
        _refuse(field, f"has at most {MOST_ROWS} entries")
    return found


def _spread(field: Field, raw: Any) -> str:
    parts: list[Any]
    if isinstance(raw, dict):
        parts = [raw.get(name) for name in ("low", "mode", "high")] if len(raw) == 3 else []
    elif isinstance(raw, (list, tuple)):
        parts = list(raw)
    else:
        parts = str(raw).split("..") if isinstance(raw, str) else [raw]
    values = [number_of(part) for part in parts]
    if len(values) not in (1, 3) or None in values:
        _refuse(field, f"is one number, or low..likely..high such as 80..120..200, not “{_shown(raw)}”")
    numbers = [_within(field, value) for value in values if value is not None]
    if numbers != sorted(numbers):
        _refuse(field, "goes from low over likely to high")
    return "..".join(f"{value:.12g}" for value in numbers)


def _ref(field: Field, raw: Any) -> int:
    return record_number(field.target, raw, field.name)


def _refs(field: Field, raw: Any) -> tuple[int, ...]:
    parts = raw if isinstance(raw, (list, tuple)) else str(raw).replace(",", " ").split()
    return tuple(dict.fromkeys(record_number(field.target, part, field.name) for part in parts))


def _rows(field: Field, raw: Any) -> tuple[dict[str, Any], ...]:
    given = _split_rows(field, raw) if isinstance(raw, str) else raw
    if not isinstance(given, (list, tuple)) or not all(isinstance(row, dict) for row in given):
        _refuse(field, "is a list of tables")
    if len(given) > MOST_ROWS:
        _refuse(field, f"has at most {MOST_ROWS} rows")
    known = {column.name: column for column in field.columns}
    rows = []
    for number, row in enumerate(given, 1):
        unknown = sorted(set(row) - set(known))
        if unknown:
            _refuse(field, f"row {number} has no {unknown[0]}; there are {', '.join(known)}")
        values = {}
        for column in field.columns:
            try:
                value = read_value(column, row.get(column.name))
            except FieldError as error:
                _refuse(field, f"row {number}, {error}")
            value = column.default if value is None else value
            if value is None and column.required:
                _refuse(field, f"row {number} needs {column.name}")
            if value is not None:
                values[column.name] = value
        rows.append(values)
    first = field.columns[0].name
    names = [row.get(first) for row in rows]
    twice = next((name for name in names if names.count(name) > 1), None)
    if field.columns[0].required and twice is not None:
        _refuse(field, f"has {twice} twice")
    return tuple(rows)


def _split_rows(field: Field, text: str) -> list[dict[str, str]]:
    """ "name | role" lines (a semicolon ends a line, too); inside a value these are written \\| and \\;."""
    rows = []
    for cells in _cells(clean(text)):
        if len(cells) > len(field.columns):
            heads = " | ".join(column.name for column in field.columns)
            _refuse(field, f"has the columns {heads}; “{_shown(' | '.join(cells))}” has more")
        if any(cells):
            rows.append({column.name: cell for column, cell in zip(field.columns, cells, strict=False) if cell})
    return rows


def _cells(text: str) -> list[list[str]]:
    rows = [[""]]
    for token in re.findall(r"\\[\\|;]|.|\n", text):
        if token in (";", "\n"):
            rows.append([""])
        elif token == "|":
            rows[-1].append("")
        else:
            rows[-1][-1] += token[-1] if len(token) == 2 else token
    return [[cell.strip() for cell in row] for row in rows]


def _escaped(cell: str) -> str:
    return re.sub(r"([\\|;])", r"\\\1", cell)


def _checks(field: Field, raw: Any) -> dict[str, str]:
    if isinstance(raw, str):
        pieces = [part.partition("=") for part in re.split(r"[,\n]", raw) if part.strip()]
        raw = {item: answer if equals else "yes" for item, equals, answer in pieces}
    if not isinstance(raw, dict):
        _refuse(field, "is a table of item = yes, no or n/a")
    known = [item for item, _ in field.checks]
    answers = {}
    for item, answer in raw.items():
        name, said = one_line(str(item)), one_line(str(answer)).lower()
        if name not in known:
            _refuse(field, f"has no item {name}; see `--help` for the list")
        if said in ("yes", "no", "n/a"):
            answers[name] = said
        elif said not in ("", "open"):
            _refuse(field, f"{name} is yes, no or n/a, not “{_shown(answer)}”")
    return {item: answers[item] for item in known if item in answers}


def record_number(prefix: str, raw: Any, field: str = "id") -> int:
    """4 of "H-4", "h4" or 4. Raises FieldError."""
    text = str(raw).strip()
    found = re.fullmatch(rf"(?:{re.escape(prefix)}-?)?(\d{{1,12}})", text, re.IGNORECASE)
    if found is None or isinstance(raw, (bool, float)):
        raise FieldError(field, f"is a record such as {prefix}-4, not “{_shown(raw)}”")
    return int(found[1])


def number_of(raw: Any) -> float | None:
    """A finite number of what was typed ("1,200", "1e-3"); None where it is none."""
    if isinstance(raw, bool) or raw is None:
        return None
    if isinstance(raw, (int, float)):
        try:
            return float(raw) if math.isfinite(raw) else None
        except OverflowError:  # a whole number of TOML may have any length
            return None
    text = str(raw).strip().replace("−", "-")
    if not _NUMBER.fullmatch(text) or not any(letter.isdigit() for letter in text.lower().split("e")[0]):
        return None  # "1,2" is none: it may mean 12 or 1.2
    value = float(text.replace(",", "").replace("_", ""))
    return value if math.isfinite(value) else None


def _within(field: Field, value: float) -> float:
    if field.above is not None and value <= field.above:
        _refuse(field, f"is above {field.above:g}")
    if field.minimum is not None and value < field.minimum:
        _refuse(field, f"is at least {field.minimum:g}")
    most = LARGEST_SPREAD if field.type == "spread" else LARGEST_NUMBER
    if (field.maximum is not None and value > field.maximum) or abs(value) > most:
        _refuse(field, f"is at most {most if field.maximum is None else field.maximum:g}")
    return value


def _refuse(field: Field, why: str) -> NoReturn:
    raise FieldError(field.name, why)


def _shown(raw: Any) -> str:
    text = one_line(str(raw))
    return text if len(text) <= 60 else f"{text[:59]}…"


_READERS: dict[str, Callable[[Field, Any], Any]] = {
    "line": _line,
    "text": _text,
    "number": _number,
    "whole": _whole,
    "share": _share,
    "choice": _choice,
    "day": _day,
    "quarter": _quarter,
    "words": _words,
    "spread": _spread,
    "ref": _ref,
    "refs": _refs,
    "rows": _rows,
    "checks": _checks,
}


def write_value(field: Field, value: Any) -> str:
    """A value as a person would type it: the inverse of `read_value`."""
    if value is None:
        return ""
    if field.type == "ref":
        return f"{field.target}-{value}"
    if field.type == "refs":
        return ", ".join(f"{field.target}-{each}" for each in value)
    if field.type == "words":
        return ", ".join(value)
    if field.type == "rows":
        lines = (
            " | ".join(_escaped(write_value(column, row.get(column.name))) for column in field.columns) for row in value
        )
        return "\n".join(re.sub(r"( \|)+ ?$", "", line) for line in lines)
    if field.type == "checks":
        return "\n".join(f"{item}={answer}" for item, answer in value.items())
    if field.type in ("number", "share"):
        return f"{value:.12g}"
    return str(value)
