"""Reading: each person's queue, critiques, quotes, and the version whose changes somebody has looked at.

Notes, critiques and remarks on quotes are searched together: triggers keep them in `paper.notes_text`.
"""

from sqlite_utils import Database

_OF_PAPER = """coalesce((SELECT group_concat(text, char(10)) FROM (
      SELECT body AS text FROM note WHERE paper_id = {row}.paper_id
      UNION ALL SELECT words FROM critique WHERE paper_id = {row}.paper_id AND words != ''
      UNION ALL SELECT remark FROM quote WHERE paper_id = {row}.paper_id AND remark IS NOT NULL)), '')"""
_TEXTS = {"note": "body", "critique": "words", "quote": "remark"}

_TABLES = (
    """CREATE TABLE queue_entry (      -- a person's reading queue; the journal has what was taken off
      person TEXT NOT NULL,
      paper_id INTEGER NOT NULL REFERENCES paper ON DELETE CASCADE,
      state TEXT NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'reading', 'read', 'dropped')),
      position REAL NOT NULL,         -- order by hand: a move changes one row, so that undo is one row, too
      due TEXT,                       -- YYYY-MM-DD
      version INTEGER,                -- of the paper when it was queued
      progress INTEGER CHECK (progress BETWEEN 0 AND 100),  -- per cent; null: nobody said
      added_at TEXT NOT NULL, started_at TEXT,
      finished_at TEXT,               -- read or dropped
      PRIMARY KEY (person, paper_id)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX queue_entry_by_paper ON queue_entry (paper_id)",
    """CREATE TABLE critique (         -- one a person and paper; every field may be empty
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      paper_id INTEGER NOT NULL REFERENCES paper ON DELETE CASCADE,
      person TEXT NOT NULL,
      version INTEGER,                -- of the paper that it is about
      line TEXT, claim TEXT, evidence TEXT, baselines TEXT, compute TEXT, threats TEXT, reproducibility TEXT,
      applicability TEXT,
      verdict INTEGER CHECK (verdict BETWEEN 1 AND 5),
      confidence TEXT CHECK (confidence IN ('low', 'medium', 'high')),
      change_mind TEXT,
      effects TEXT,                   -- JSON: [{hypothesis, effect: supports|weakens|neutral, strength}]
      words TEXT NOT NULL DEFAULT '', -- all that is written, for the search
      folded TEXT NOT NULL DEFAULT '',  -- the same in lower case, without accents: what critique: looks at
      created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
      UNIQUE (paper_id, person)
    ) STRICT""",
    """CREATE TABLE quote (            -- a sentence that somebody took down; its words stay when the paper changes
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      paper_id INTEGER NOT NULL REFERENCES paper ON DELETE CASCADE,
      person TEXT NOT NULL,
      source TEXT NOT NULL CHECK (source IN ('abstract', 'body')),
      version INTEGER,
      start INTEGER NOT NULL, "end" INTEGER NOT NULL,  -- in code points
      text_hash TEXT NOT NULL,        -- sha256 of the text that the span is of
      quote TEXT NOT NULL, quote_hash TEXT NOT NULL,
      remark TEXT,
      created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
      CHECK ("end" > start),
      UNIQUE (paper_id, person, source, quote_hash)
    ) STRICT""",
    """CREATE TABLE version_seen (     -- up to which version a person has looked at what changed
      person TEXT NOT NULL,
      paper_id INTEGER NOT NULL REFERENCES paper ON DELETE CASCADE,
      version INTEGER NOT NULL,
      at TEXT NOT NULL,
      PRIMARY KEY (person, paper_id)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX version_seen_by_paper ON version_seen (paper_id)",
)


def apply(db: Database) -> None:
    """Create the tables, and let what search sees of a paper's notes include critiques and remarks."""
    for statement in _TABLES:
        db.execute(statement)
    for table, column in _TEXTS.items():
        for event, row in (("insert", "new"), (f"update OF {column}", "new"), ("delete", "old")):
            name = f"{table}_{event.split()[0]}"
            db.execute(f"DROP TRIGGER IF EXISTS {name}")
            db.execute(
                f"CREATE TRIGGER {name} AFTER {event} ON {table} BEGIN UPDATE paper SET notes_text ="
                f" {_OF_PAPER.format(row=row)} WHERE id = {row}.paper_id; END"
            )
