"""Setting up a workspace of one's own: what is followed, who asks, what one looks for. Safe to do again."""

import re
import sqlite3
from dataclasses import dataclass, replace

from library.clock import stamp
from library.db.changes import Change
from library.db.journal import Recorder, note_event, record
from library.preferences import keys, public, shown, value_of, with_value
from library.settings import Settings, load_settings, save_settings
from library.text import one_line
from library.workspace import Workspace

_CHOSEN = ("name", "arxiv.categories", "arxiv.contact", "arxiv.days")


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person chose. None leaves a setting as it is; interests are added to those that are there."""

    name: str | None = None
    categories: tuple[str, ...] | None = None
    contact: str | None = None
    days: int | None = None
    interests: tuple[str, ...] = ()


def set_up(workspace: Workspace, choices: Choices) -> Workspace:
    """Store the choices (checked by `library.preferences`); returns the workspace with its new settings.

    Raises ReadOnly. Interests that are there already are not added twice.
    """
    workspace.store.write(lambda db: _remember(db, workspace, choices)).result()
    settings = load_settings(workspace.paths.settings)
    for key, value in zip(_CHOSEN, (choices.name, choices.categories, choices.contact, choices.days), strict=True):
        if value is not None:
            settings = with_value(settings, key, value)
    change_settings(workspace, settings)
    return replace(workspace, settings=settings)


def change_settings(workspace: Workspace, settings: Settings) -> tuple[str, ...]:
    """Save settings and journal what changed; returns the names of the settings that did."""
    before = load_settings(workspace.paths.settings)
    differing = tuple(key for key in keys() if value_of(before, key) != value_of(settings, key))
    if not differing:
        return ()
    words = [f"{key}: {shown(public(before, key)) or '—'} → {shown(public(settings, key)) or '—'}" for key in differing]
    summary = f"settings: {'; '.join(words)}"
    person = workspace.person
    workspace.store.write(lambda db: note_event(db, person=person, action="settings", summary=summary)).result()
    save_settings(workspace.paths.settings, settings)
    return differing


def interests_in(text: str) -> tuple[str, ...]:
    """Plain words, one interest a line (or between semicolons), each once."""
    found = (one_line(part)[:300] for part in re.split(r"[;\n]", text))
    return tuple(dict.fromkeys(part for part in found if part))


def interests_of(db: sqlite3.Connection, person: str) -> tuple[str, ...]:
    """The topics that a person looks for, in the order in which they were added."""
    found = db.execute(
        "SELECT text FROM interest WHERE person = ? AND kind = 'topic' AND active ORDER BY id", (person,)
    )
    return tuple(row[0] for row in found)


def add_interests(db: sqlite3.Connection, person: str, texts: tuple[str, ...]) -> Change:
    """Add topics that a person looks for, in plain words; those that are there already stay as they are."""
    have = {text.casefold() for text in interests_of(db, person)}
    fresh = [text for text in texts if text.casefold() not in have]

    def write(recorder: Recorder) -> None:
        for text in fresh:
            values = {"person": person, "text": text, "kind": "topic", "created_at": stamp()}
            recorder.insert("interest", values)

    summary = f"added {'the interest' if len(fresh) == 1 else f'{len(fresh)} interests'}: {', '.join(fresh)}"
    _, journal_id = record(db, person=person, action="interest.add", summary=summary, write=write)
    return Change("interests", (), journal_id, summary if journal_id else "nothing to change")


def _remember(db: sqlite3.Connection, workspace: Workspace, choices: Choices) -> None:
    if choices.interests:
        add_interests(db, workspace.person, choices.interests)
