"""What a new version changed since somebody queued a paper, or wrote about it."""

import sqlite3
from dataclasses import dataclass
from typing import Final

from library.clock import stamp
from library.db.changes import Change
from library.db.journal import Recorder
from library.errors import NotFound, UsageError
from library.papers.acting import journalled, named
from library.reading.diff import Piece, compared, words_changed

# The abstract of the paper `p` as it was when the entry `q` was made, or when its owner looked at what had changed;
# null where it is the present one. A text is kept beside that one when another version replaces it: a version without a
# text of its own has that of the next.
ABSTRACT_THEN: Final = (
    "SELECT v.abstract FROM paper_version v WHERE v.paper_id = p.id AND v.abstract IS NOT NULL"
    " AND v.version >= max(q.version, coalesce((SELECT s.version FROM version_seen s"
    " WHERE s.person = q.person AND s.paper_id = p.id), 0)) AND v.version < p.version ORDER BY v.version LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class Text:
    """Title and abstract of one version; `version` is None where a paper has no versions."""

    version: int | None
    title: str
    abstract: str


@dataclass(frozen=True, slots=True)
class Difference:
    """Two versions of a paper, compared word by word."""

    before: Text
    after: Text
    title: tuple[Piece, ...]
    abstract: tuple[Piece, ...]

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return all(piece.op == "same" for piece in (*self.title, *self.abstract))

    @property
    def words(self) -> tuple[int, int]:
        """How many words of the abstract went, and how many came."""
        return words_changed(self.abstract)


@dataclass(frozen=True, slots=True)
class Outdated:
    """That the abstract is another one since `before`: what a person did on an earlier text, each with its version."""

    before: int
    after: int
    since: tuple[tuple[str, int], ...]

    @property
    def said(self) -> str:
        """ "v2 changed the abstract since you queued it (v1) and noted on it (v1)"."""
        parts = [f"{what} (v{version})" for what, version in self.since]
        listed = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
        return f"v{self.after} changed the abstract since you {listed}"


def stored_versions(db: sqlite3.Connection, paper_id: int) -> tuple[Text, ...]:
    """Every version whose text is stored, the oldest first, the present one last. Raises NotFound."""
    now = _present(db, paper_id)
    rows = db.execute(
        "SELECT version, coalesce(title, '') AS title, abstract FROM paper_version"
        " WHERE paper_id = ? AND abstract IS NOT NULL AND version IS NOT ? ORDER BY version",
        (paper_id, now.version),
    )
    return (*(Text(*row) for row in rows), now)


def text_at(db: sqlite3.Connection, paper_id: int, version: int) -> Text:
    """The text of that version, where it or that of a later one is stored. Raises NotFound."""
    known = stored_versions(db, paper_id)
    found = next((text for text in known if text.version is not None and text.version >= version), None)
    if found is None:
        listed = ", ".join(f"v{text.version}" for text in known if text.version is not None) or "none"
        raise NotFound(f"There is no version v{version} of this paper here.", mend=f"Stored are: {listed}.")
    return Text(version, found.title, found.abstract)


def outdated(db: sqlite3.Connection, person: str, paper_id: int) -> Outdated | None:
    """Whether a person queued a paper or wrote about it when its abstract was another one; None where not.

    What they have looked at since counts as known.
    """
    now = _present(db, paper_id)
    if now.version is None:
        return None
    seen = _seen(db, person, paper_id)
    since = [anchor if anchor[1] >= seen else ("last looked", seen) for anchor in _anchors(db, person, paper_id)]
    changed = [
        (what, version)
        for what, version in dict.fromkeys(since)
        if version < now.version and not _alike(text_at(db, paper_id, version), now)
    ]
    if not changed:
        return None
    return Outdated(min(version for _, version in changed), now.version, tuple(changed))


def difference(
    db: sqlite3.Connection, person: str, paper_id: int, before: int | None = None, after: int | None = None
) -> Difference:
    """Two versions compared: by default the present one with that which a person knows, else with the one before it.

    Raises NotFound for a version that is not stored, or where there is only one; UsageError for the same one twice.
    """
    known = stored_versions(db, paper_id)
    now = known[-1]
    new = now if after is None or after == now.version else text_at(db, paper_id, after)
    if before is None:
        before = _from(db, person, paper_id, known, new)
    if before == new.version:
        raise UsageError(f"Both are v{before}.", mend="Name two versions: --from 1 --to 2.")
    old = text_at(db, paper_id, before)
    return Difference(old, new, compared(old.title, new.title), compared(old.abstract, new.abstract))


def look(db: sqlite3.Connection, person: str, paper_id: int) -> Change:
    """Note that a person has seen what the present version changed: nothing points it out any more."""
    now = _present(db, paper_id)
    if now.version is None:
        return Change("papers", (paper_id,), None, "nothing to change")

    def write(recorder: Recorder) -> None:
        if _seen(db, person, paper_id) != now.version:
            key = {"person": person, "paper_id": paper_id}
            recorder.put("version_seen", key, {"version": now.version, "at": stamp()})

    summary = f"looked at what v{now.version} changed in {named(db, [paper_id])}"
    return journalled(db, person, [paper_id], "paper.look", summary, write)


def _from(db: sqlite3.Connection, person: str, paper_id: int, known: tuple[Text, ...], new: Text) -> int:
    found = outdated(db, person, paper_id) if new is known[-1] else None
    if found is not None:
        return found.before
    earlier = [text.version for text in known if text.version is not None and text.version < (new.version or 0)]
    if not earlier:
        only = f"v{new.version}" if new.version else "one text"
        raise NotFound(
            f"Only {only} of this paper is stored: there is nothing to compare it with.",
            mend="When arXiv announces another version, its text is kept beside this one.",
        )
    return earlier[-1]


def _present(db: sqlite3.Connection, paper_id: int) -> Text:
    row = db.execute("SELECT version, title, abstract FROM paper WHERE id = ?", (paper_id,)).fetchone()
    if row is None:
        raise NotFound(f"There is no paper with the number {paper_id} here.")
    return Text(*row)


def _seen(db: sqlite3.Connection, person: str, paper_id: int) -> int:
    row = db.execute(
        "SELECT version FROM version_seen WHERE person = ? AND paper_id = ?", (person, paper_id)
    ).fetchone()
    return int(row[0]) if row is not None else 0


def _anchors(db: sqlite3.Connection, person: str, paper_id: int) -> list[tuple[str, int]]:
    """What a person did on which version, each kind once, with the oldest."""
    rows = db.execute(
        "SELECT 'queued it', version FROM queue_entry WHERE paper_id = ?1 AND person = ?2 AND state != 'dropped'"
        " UNION ALL SELECT 'noted on it', min(version) FROM note WHERE paper_id = ?1 AND person = ?2"
        " UNION ALL SELECT 'wrote your critique', min(version) FROM critique WHERE paper_id = ?1 AND person = ?2"
        " UNION ALL SELECT 'quoted it', min(version) FROM quote"
        "  WHERE paper_id = ?1 AND person = ?2 AND source = 'abstract'",
        (paper_id, person),
    )
    return [(row[0], row[1]) for row in rows if row[1] is not None]


def _alike(one: Text, other: Text) -> bool:
    return one.abstract.split() == other.abstract.split()
