"""Front matter: YAML that any reader takes for the very texts that were written, and a user's own lines kept.

Only what labtop needs of YAML: texts, numbers, true and false, lists of texts. All texts stand in double quotes with
escapes, so that none is read as a date, a number, "no" or an alias. https://yaml.org/spec/1.2.2/
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

Value = str | int | float | bool | Sequence[str]
_ESCAPED: Final = re.compile('["\\\\\x00-\x1f\x7f-\xa0\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]')
_KEY: Final = re.compile(r"(?P<key>[^\s#\-:\"'\[\]{},&*!|>%@`?][^:#]*?|\"[^\"\n]*\"|'[^'\n]*')\s*:(?=\s|$)")
_BLOCK: Final = re.compile(r"---[ \t]*\n(?P<lines>.*?)^---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)


def scalar(value: str | int | float | bool) -> str:
    """One value."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    return '"' + _ESCAPED.sub(_escape, value) + '"'


def _escape(found: re.Match[str]) -> str:
    character = found[0]
    return f"\\{character}" if character in '"\\' else f"\\u{ord(character):04x}"


def lines_of(key: str, value: Value) -> list[str]:
    """A property as lines; a list has an item a line, as Obsidian writes it."""
    if isinstance(value, (str, bool, int, float)):
        return [f"{key}: {scalar(value)}"]
    return [f"{key}:", *(f"  - {scalar(item)}" for item in value)] if value else [f"{key}: []"]


def split_front(text: str) -> tuple[list[tuple[str, list[str]]], str] | None:
    """The properties, each as (key, its lines), and what follows them; None where there is no front matter.

    Comments and blank lines go with the property before them (under an empty key at the start).
    """
    match = _BLOCK.match(text.removeprefix("\ufeff"))
    if match is None:
        return None
    found: list[tuple[str, list[str]]] = []
    for line in match["lines"].split("\n")[:-1]:
        key = _KEY.match(line)
        if key is not None:
            found.append((key["key"].strip("\"'"), [line]))
        elif found:
            found[-1][1].append(line)
        else:
            found.append(("", [line]))
    return found, text.removeprefix("\ufeff")[match.end() :]


def read_list(lines: Sequence[str]) -> list[str] | None:
    """The texts of a property that is a list, or one text; None where it is anything else."""
    first, rest = lines[0].partition(":")[2].strip(), [line for line in lines[1:] if line.strip()]
    if not first:
        items = [re.fullmatch(r"\s*-\s+(.*?)\s*", line) for line in rest]
        values = [_text(item[1]) if item else None for item in items]
    elif rest:
        return None
    elif first.startswith("[") and first.endswith("]"):
        inner = first[1:-1].strip()
        parts = re.findall(r"\s*(\"(?:\\.|[^\"\\])*\"|'(?:''|[^'])*'|[^,]+)\s*(?:,|$)", inner) if inner else []
        values = [_text(part.strip()) for part in parts]
    else:
        values = [_text(first)]
    known = [value for value in values if value is not None]
    return known if len(known) == len(values) else None


def _text(written: str) -> str | None:
    if written.startswith('"'):
        try:
            found = json.loads(written)
        except ValueError:
            return None
        return found if isinstance(found, str) else None
    if written.startswith("'"):
        return written[1:-1].replace("''", "'") if len(written) > 1 and written.endswith("'") else None
    return None if written[:1] in ("&", "*", "!", "{", "[", "|", ">", "%", "@", "`") else written


def merged(
    before: Iterable[tuple[str, list[str]]], ours: Mapping[str, Value], retired: Iterable[str] = ()
) -> list[str]:
    """The lines of both: ours renewed where they stand (new ones at the end), every other line as it is.

    `retired`: names that are labtop's, too, and go where they have no value now.
    """
    rest, lines = dict(ours), []
    gone = set(retired)
    for key, own in before:
        if key in ours:
            lines += lines_of(key, rest.pop(key)) if key in rest else []
            lines += _not_of_the_value(own)
        elif key in gone:
            lines += _not_of_the_value(own)
        else:
            lines += own
    for key, value in rest.items():
        lines += lines_of(key, value)
    return lines


def _not_of_the_value(lines: Sequence[str]) -> list[str]:
    """What a person put below a property that does not belong to it: comments, and what is no YAML at all."""
    return [line for line in lines[1:] if re.match(r"\s*#|[^\s-]", line)]
