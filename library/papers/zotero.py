"""A Zotero library into the store: all of it at first, then only what changed; run again, it adds nothing."""

import json
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from library.errors import NotFound
from library.jobs import CancelToken, Pace, ReportProgress
from library.papers.importing import FileReport, store_records
from library.sources import RAW_KEPT, BadRecord, Record
from library.sources.json_records import draft_of
from library.sources.reference import Unusable
from library.sources.zotero_api import Library, Mark, Zotero, find_collections, item_data
from library.sources.zotero_problems import ZoteroProblem
from library.text import tag_label
from library.workspace import Workspace

OWN: Final = Library("My Library", "/users/0")
_LEFT_THERE: Final = ("note", "attachment", "annotation")


@dataclass(frozen=True, slots=True)
class ZoteroReport:
    """What one library gave. `changes_only`: what had not changed since the last time was not asked for.

    `notes_left`, `attachments_left`: stayed in Zotero, as they are no papers. `problem`: why reading stopped early.
    """

    id: str
    library: str
    changes_only: bool
    records: int
    added: int
    changed: int
    unchanged: int
    refused: int
    quarantined: int
    resolved: int
    notes_left: int
    attachments_left: int
    seconds: float
    problem: str | None


def import_zotero(
    workspace: Workspace,
    zotero: Zotero,
    *,
    groups: Sequence[str] = (),
    collections: Sequence[str] = (),
    keywords_as_tags: bool = False,
    everything: bool = False,
    progress: ReportProgress | None = None,
    cancel: CancelToken | None = None,
) -> tuple[ZoteroReport, ...]:
    """Bring in the user's library, or `groups` by name; of each only `collections` where some are named.

    Collections and a person's own tags become tags; with `keywords_as_tags` those that Zotero took from publishers,
    too. `everything`: also what has not changed. Raises ZoteroProblem where nothing could be read, NotFound (group,
    collection), what the store raises, Cancelled.
    """
    workspace.refuse_if_read_only()
    libraries = _libraries(zotero, groups)
    reports = []
    for library in libraries:
        one = _Import(workspace, zotero, library, keywords_as_tags, everything, progress, cancel)
        reports.append(one.run(collections))
    return tuple(reports)


def _libraries(zotero: Zotero, groups: Sequence[str]) -> list[Library]:
    if not groups:
        return [OWN]
    there = zotero.groups()
    found = []
    for name in groups:
        match = [each for each in there if each.name.casefold() == name.strip().casefold()]
        if not match:
            mend = f"There is: {', '.join(each.name for each in there)}." if there else "You are in none."
            raise NotFound(f"Zotero has no group called {name}.", mend=mend)
        found += match
    return found


@dataclass
class _Import:
    workspace: Workspace
    zotero: Zotero
    library: Library
    keywords_as_tags: bool
    everything: bool
    progress: ReportProgress | None
    cancel: CancelToken | None

    def run(self, collections: Sequence[str]) -> ZoteroReport:
        start = time.monotonic()
        names = self.zotero.collections(self.library)
        keys = dict.fromkeys(key for name in collections for key in find_collections(names, name))
        paths = [f"{self.library.path}/collections/{key}" for key in keys] or [self.library.path]
        left: Counter[str] = Counter()
        pace = Pace(f"reading Zotero: {self.library.name}", None, self.progress)
        file = f"{self.zotero.url}{self.library.path}"
        total, problem, partly = FileReport(file, "json"), None, False
        for path in paths:
            since = None if self.everything else self._mark(path)
            partly = partly or since is not None
            reached: list[Mark] = []
            failed: list[ZoteroProblem] = []
            records = self._records(_until(self.zotero.items(path, since, reached.append), failed), names, left)
            done = total.records

            def told(count: int, done: int = done) -> None:
                pace.at(done + count)

            total = total.plus(
                store_records(
                    self.workspace,
                    records,
                    file=file,
                    format_name="json",
                    keywords_as_tags=self.keywords_as_tags,
                    told=told,
                    cancel=self.cancel,
                )
            )
            if failed and not total.records:
                raise failed[0]
            if failed:
                problem = f"{failed[0]} What came before is stored."
                break
            self._keep_mark(path, reached[0])
        return ZoteroReport(
            id=file,
            library=self.library.name,
            changes_only=partly,
            **{name: getattr(total, name) for name in _COUNTS},
            notes_left=left["note"],
            attachments_left=left["attachment"] + left["annotation"],
            seconds=round(time.monotonic() - start, 2),
            problem=problem,
        )

    def _records(
        self, items: Iterator[dict[str, Any]], names: Mapping[str, tuple[str, ...]], left: Counter[str]
    ) -> Iterator[Record | BadRecord]:
        for item in items:
            data = item_data(item)
            kind = str(data.get("itemType", ""))
            if kind in _LEFT_THERE or data.get("deleted"):
                left[kind] += 1
                continue
            try:
                draft = draft_of(item)
            except Unusable as error:
                yield BadRecord(str(error), json.dumps(data, ensure_ascii=False)[:RAW_KEPT])
                continue
            yield Record(replace(draft, tags=tuple(dict.fromkeys([*draft.tags, *_tags(data, names)]))))

    # Where it stands.

    def _name(self, path: str) -> str:
        return f"zotero {self.zotero.url}{path}"

    def _mark(self, path: str) -> Mark | None:
        row = self.workspace.store.read(
            lambda db: db.execute("SELECT value FROM workspace WHERE key = ?", (self._name(path),)).fetchone()
        ).result()
        if row is None:
            return None
        try:
            stored = json.loads(row[0])
            return Mark(int(stored["version"]), str(stored["modified"]))
        except (ValueError, KeyError, TypeError):
            return None

    def _keep_mark(self, path: str, mark: Mark) -> None:
        value = json.dumps({"version": mark.version, "modified": mark.modified})

        def write(db: sqlite3.Connection) -> None:
            db.execute(
                "INSERT INTO workspace (key, value) VALUES (?, ?)"
                " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                (self._name(path), value),
            )

        self.workspace.store.write(write).result()


_COUNTS: Final = ("records", "added", "changed", "unchanged", "refused", "quarantined", "resolved")


def _until(items: Iterator[dict[str, Any]], failed: list[ZoteroProblem]) -> Iterator[dict[str, Any]]:
    """The items up to where Zotero fails; why goes to `failed`."""
    try:
        yield from items
    except ZoteroProblem as error:
        failed.append(error)


def _tags(data: Mapping[str, Any], names: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """Its collections and the tags that a person gave it (Zotero marks those it took from elsewhere with type 1)."""
    collections = data.get("collections")
    for key in collections if isinstance(collections, list) else ():
        path = names.get(str(key), ())
        if path and (tag := tag_label(path[-1])[:60]):
            yield tag
    tags = data.get("tags")
    for each in tags if isinstance(tags, list) else ():
        if (
            isinstance(each, dict)
            and each.get("type") in (None, 0)
            and (tag := tag_label(str(each.get("tag", "")))[:60])
        ):
            yield tag
