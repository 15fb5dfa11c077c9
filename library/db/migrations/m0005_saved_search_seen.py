"""When somebody last looked at a saved search: a reading position, kept apart from what the journal can undo."""

from sqlite_utils import Database


def apply(db: Database) -> None:
    """One row a saved search that was looked at."""
    db.execute(
        "CREATE TABLE saved_search_seen ("
        " search_id INTEGER PRIMARY KEY REFERENCES saved_search ON DELETE CASCADE, seen_at TEXT NOT NULL) STRICT"
    )
