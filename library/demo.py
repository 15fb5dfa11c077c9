"""The sample workspace: made in one transaction, marked as a demo, standing still at one day."""

import hashlib
import json
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

from library.clock import stamp
from library.errors import LabtopError, UsageError
from library.jobs import CancelToken, ReportProgress
from library.papers.ingest import add_drafts
from library.paths import WorkspacePaths
from library.sample import SampleWorkspace, sample_directory, sample_drafts, sample_workspace
from library.settings import ArxivSettings, Settings, save_settings
from library.triage.funnel import recount_all
from library.triage.listing import follow
from library.workspace import MIGRATIONS, Workspace, open_workspace

More = Callable[[sqlite3.Connection], None]


def demo_home(own_home: Path) -> Path:
    """Where the demo lives unless told otherwise: beside the user's own workspace."""
    return own_home.with_name(f"{own_home.name}-demo")


def make_demo(
    paths: WorkspacePaths,
    *,
    migrations: Sequence[str] = MIGRATIONS,
    fill: More | None = None,
    edition: str = "",
) -> tuple[bool, int]:
    """Make the sample workspace in `paths.home`, or leave the one that is there; returns (made, papers).

    `fill` puts more into it, in the same transaction, when it is made or brought up to another edition; `edition` tells
    one of those from another.

    Raises UsageError where another workspace with papers in it is there already.
    """
    sample = sample_workspace()
    with open_workspace(paths, migrations=migrations) as workspace:
        own = workspace.settings != Settings()
        made, papers = workspace.store.write(
            lambda db: _fill(db, paths.home, sample, own=own, more=fill, other=edition)
        ).result()
    if not paths.settings.exists():
        save_settings(paths.settings, Settings(name=sample.name, arxiv=ArxivSettings(categories=sample.categories)))
    return made, papers


def encode_demo(
    workspace: Workspace, *, report: ReportProgress | None = None, cancel: CancelToken | None = None
) -> tuple[int, str]:
    """Get the model ready (once a machine: about half a minute) and encode what has no vector; (encoded, problem).

    A machine without the model still has a demo, with search by words: the problem is returned, not raised.
    """
    from library.vectors.bulk import encode_missing
    from library.vectors.conversion import convert
    from library.vectors.model import model_status

    try:
        if model_status(workspace.settings).converted is None:
            convert(workspace.settings, progress=report, cancel=cancel)
        done = encode_missing(workspace, progress=report, cancel=cancel)
    except LabtopError as error:
        return 0, str(error)
    return done.encoded, ""


def _fill(
    db: sqlite3.Connection, home: Path, sample: SampleWorkspace, *, own: bool, more: More | None, other: str
) -> tuple[bool, int]:
    papers = int(db.execute("SELECT count(*) FROM paper").fetchone()[0])
    facts = dict(db.execute("SELECT key, value FROM workspace").fetchall())
    edition = _edition() + other
    if "demo" in facts and facts.get("sample") == edition:
        return False, papers
    if "demo" in facts:
        return False, papers + len(_put(db, sample, edition, more))
    touched = db.execute("SELECT EXISTS (SELECT 1 FROM journal) OR EXISTS (SELECT 1 FROM interest)").fetchone()[0]
    if papers or touched or own:
        raise UsageError(
            f"There is a workspace of your own in {home}; the demo does not go into it.",
            mend="Name another folder with --home DIR, or leave --home out.",
        )
    return True, len(_put(db, sample, edition, more))


def _put(db: sqlite3.Connection, sample: SampleWorkspace, edition: str, more: More | None) -> tuple[int, ...]:
    """The sample into the workspace; again when labtop brings another edition of it. Returns the new papers' ids."""
    facts = {"demo": "1", "as_of": sample.as_of, "person": sample.people[0], "sample": edition}
    db.executemany("INSERT OR REPLACE INTO workspace (key, value) VALUES (?, ?)", list(facts.items()))
    added = add_drafts(db, sample_drafts(), at=stamp()).added
    ids = {row["key"]: row["id"] for row in db.execute("SELECT id, key FROM paper").fetchall()}
    _people(db, sample, ids)
    db.executemany(
        "INSERT INTO sync_ledger (category, day, state, count, source, evidence, checked_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (category, day) DO UPDATE SET state = excluded.state,"
        " count = excluded.count, source = excluded.source, evidence = excluded.evidence",
        [
            (row.category, row.day, row.state, row.count, row.source, _message(row.message), row.checked_at)
            for row in sample.ledger
        ],
    )
    if more is not None:
        more(db)
    follow(db, sample.categories)
    recount_all(db)
    return added


def _edition() -> str:
    """Which edition of the sample this is: the hash of its files."""
    digest = hashlib.sha256()
    for name in ("papers.jsonl", "workspace.json"):
        digest.update((sample_directory() / name).read_bytes())
    return digest.hexdigest()


def _people(db: sqlite3.Connection, sample: SampleWorkspace, ids: dict[str, int]) -> None:
    """What the made-up people did (to papers that were not purged). Not journalled: nobody is there to undo it."""
    db.executemany(
        "INSERT OR IGNORE INTO tag (paper_id, tag, added_by, added_at) VALUES (?, ?, ?, ?)",
        [(ids[tag.paper], tag.tag, tag.person, tag.at) for tag in sample.tags if tag.paper in ids],
    )
    db.executemany(
        "INSERT INTO note (paper_id, version, person, body, created_at, updated_at)"
        " SELECT ?1, version, ?2, ?3, ?4, ?4 FROM paper WHERE id = ?1"
        " AND NOT EXISTS (SELECT 1 FROM note WHERE paper_id = ?1 AND person = ?2 AND created_at = ?4)",
        [(ids[note.paper], note.person, note.body, note.at) for note in sample.notes if note.paper in ids],
    )
    db.executemany(
        "INSERT OR IGNORE INTO decision (person, paper_id, decision, reason, decided_at) VALUES (?, ?, ?, ?, ?)",
        [
            (each.person, ids[each.paper], each.decision, each.reason, each.at)
            for each in sample.decisions
            if each.paper in ids
        ],
    )
    start = f"{sample.as_of}T00:00:00Z"
    db.executemany(
        "INSERT INTO interest (person, text, kind, reference, created_at) SELECT ?1, ?2, 'topic', ?3, ?4"
        " WHERE NOT EXISTS (SELECT 1 FROM interest WHERE person = ?1 AND text = ?2)",
        [(each.person, each.text, each.topic, start) for each in sample.interests],
    )
    db.executemany(
        "INSERT OR IGNORE INTO saved_search (person, name, query, mode, created_at) VALUES (?, ?, ?, ?, ?)",
        [(each.person, each.name, each.query, each.mode, start) for each in sample.saved_searches],
    )


def _message(text: str) -> str:
    return json.dumps({"message": text})
