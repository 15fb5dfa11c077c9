"""Triage: what was shown when a paper was decided on, and each person's funnel of each day."""

from sqlite_utils import Database

_STATEMENTS = (
    # As of deciding: null where the paper was not ranked yet.
    "ALTER TABLE decision ADD COLUMN score REAL",
    "ALTER TABLE decision ADD COLUMN line REAL",
    "ALTER TABLE decision ADD COLUMN explored INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE decision ADD COLUMN ranked_by TEXT",  # hash of the model that gave the score
    "CREATE INDEX decision_of_person ON decision (person, decided_at)",
    """CREATE TABLE triage_day (         -- counts of papers, made anew from decisions and evidence when those change
      person TEXT NOT NULL,
      day TEXT NOT NULL,                -- announcement day
      announced INTEGER NOT NULL,       -- new and cross-listed, each paper once
      cross INTEGER NOT NULL,           -- of those, only cross-listed
      replaced INTEGER NOT NULL,        -- beside those
      ranked INTEGER NOT NULL,          -- of those announced, with a score
      above INTEGER,                    -- on or above the line; null where nothing was ranked
      explored INTEGER NOT NULL,        -- shown above the line to explore
      kept INTEGER NOT NULL, starred INTEGER NOT NULL, later INTEGER NOT NULL, skipped INTEGER NOT NULL,
      bulk_skipped INTEGER NOT NULL,    -- skipped unseen, with the rest below the line
      linked INTEGER NOT NULL,          -- put beside a hypothesis by this person
      updated_at TEXT NOT NULL,
      PRIMARY KEY (person, day)
    ) STRICT, WITHOUT ROWID""",
)


def apply(db: Database) -> None:
    """Columns for the decision, a table for the funnel."""
    for statement in _STATEMENTS:
        db.execute(statement)
