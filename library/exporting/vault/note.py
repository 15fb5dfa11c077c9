"""One note: labtop's part between two marks, and around it whatever a person wrote, which stays letter for letter."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from library.exporting.vault.properties import Value, merged, read_list, split_front
from library.markdown import Marked, escape

ID: Final = "labtop-id"
_TAGS_BEFORE: Final = "labtop-tags"
_BEGIN: Final = re.compile(r"^%% labtop:begin(?: (?P<hash>[0-9a-f]{12}))?[^\n%]*%%[ \t]*\n", re.MULTILINE)
_END: Final = re.compile(r"^%% labtop:end %%[ \t]*$", re.MULTILINE)
_YOURS: Final = "\n\n## My notes\n\n"

State = Literal["created", "updated", "unchanged", "edited", "unmarked"]


@dataclass(frozen=True, slots=True)
class Note:
    """What labtop has to say in one note. `id`: "paper/2604.09492", which finds it again under any name and place.

    `name`: what its file is called at first. `properties`: its front matter beside id, tags and aliases.
    """

    id: str
    folder: str
    name: str
    properties: Mapping[str, Value]
    body: str
    tags: Sequence[str] = ()
    retired: Sequence[str] = field(default=())  # properties that labtop has for some notes of this kind


def plain(text: str) -> Marked:
    """A text as one line that Obsidian shows as itself: no link, tag, comment or highlight of its own in it."""
    marked = escape(text)
    marked = Marked(re.sub(r"(?<!\\)(%(?=%)|(?<=%)%|=(?==)|(?<==)=)", r"\\\1", marked))
    return Marked(re.sub(r"(?<![^\s(])#(?=[^\s#])", r"\\#", marked))


def wikilink(target: str, text: str) -> Marked:
    """A link to the note whose file is called `target` (without .md)."""
    shown = re.sub(r"[\[\]|\n]", " ", text).strip()
    return Marked(f"[[{target}|{shown}]]" if shown and shown != target else f"[[{target}]]")


def new_text(note: Note) -> str:
    """The note as it is first written."""
    front = merged((), _properties(note, (), (), None))
    return _joined(front, "", _part(note), _YOURS)


def renewed(text: str, note: Note, *, force: bool = False) -> tuple[str, State]:
    """`text`, an existing note with this id, with labtop's part as it is now; and what became of it.

    Where somebody edited that part (`edited`), or took its marks away (`unmarked`), the text comes back as it was,
    unless `force`: then labtop's part is written over, or put before everything else.
    """
    found = split_front(text)
    if found is None:
        return text, "unmarked"
    before, rest = found
    begins, ends = list(_BEGIN.finditer(rest)), list(_END.finditer(rest))
    whole = len(begins) == len(ends) == 1 and begins[0].end() <= ends[0].start()
    if whole:
        part, head, tail = rest[begins[0].end() : ends[0].start()], rest[: begins[0].start()], rest[ends[0].end() :]
        if begins[0]["hash"] != _hash(part) and _hash(part) != _hash(note.body) and not force:
            return text, "edited"
    elif not force:
        return text, "unmarked"
    else:
        head, tail = "", "\n" + _END.sub("", _BEGIN.sub("", rest))
    listed = dict(before)
    own_tags = read_list(listed["tags"]) if "tags" in listed else []
    labtops = read_list(listed[_TAGS_BEFORE]) if _TAGS_BEFORE in listed else []
    aliases = read_list(listed["aliases"]) if "aliases" in listed else []
    title = read_list(listed["title"]) if "title" in listed else []
    properties = _properties(
        note,
        None if own_tags is None else [tag for tag in own_tags if tag not in (labtops or ())],
        None if aliases is None else [alias for alias in aliases if alias not in (title or ())],
        before,
    )
    front = merged(before, properties, (_TAGS_BEFORE, *note.retired))
    new = _joined(front, head, _part(note), tail)
    return new, "unchanged" if new == text else "updated"


def id_in(text: str) -> str | None:
    """The id in a note's front matter; None where it is no note of labtop's."""
    found = split_front(text)
    if found is None:
        return None
    lines = dict(found[0]).get(ID)
    value = read_list(lines) if lines else None
    return value[0] if value and len(value) == 1 and re.fullmatch(r"(?:paper|hypothesis)/\S.*", value[0]) else None


def _properties(
    note: Note,
    own_tags: Sequence[str] | None,
    own_aliases: Sequence[str] | None,
    before: Sequence[tuple[str, list[str]]] | None,
) -> dict[str, Value]:
    """Ours, and the tags and aliases of both; None: a person wrote something that is left as it is."""
    properties: dict[str, Value] = {ID: note.id, **note.properties}
    title = str(note.properties.get("title", ""))
    ours = list(dict.fromkeys(note.tags))
    if own_aliases is not None:
        properties["aliases"] = list(dict.fromkeys([*([title] if title else []), *own_aliases]))
    if own_tags is not None:
        tags = list(dict.fromkeys([*ours, *own_tags]))
        if tags or any(key == "tags" for key, _ in before or ()):
            properties["tags"] = tags
    if ours:
        properties[_TAGS_BEFORE] = ours
    return properties


def _part(note: Note) -> str:
    body = _without_comments(note.body)
    begin = f"%% labtop:begin {_hash(note.body)} · labtop renews this part: write above or below it %%"
    return f"{begin}\n{body}%% labtop:end %%"


def _without_comments(body: str) -> str:
    """Two per cent signs would begin a comment that hides the rest, or end our part."""
    text = (re.sub(r"(?<!\\)%(?=%)|(?<=%)%", r"\\%", body) if "%%" in body else body).strip("\n")
    return f"{text}\n" if text else ""


def _hash(part: str) -> str:
    """Of what is seen: editors take blanks off the ends of lines."""
    lines = [line.rstrip() for line in _without_comments(part).strip("\n").split("\n")]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]


def _joined(front: Sequence[str], head: str, part: str, tail: str) -> str:
    return "---\n" + "".join(f"{line}\n" for line in front) + "---\n" + head + part + (tail if tail else "\n")
