"""Full texts of papers: the file that was fetched or handed in, and what it says.

What a file says is kept by the file, apart from the paper that has it: to attach, take off, undo and do again are then
one small row in the journal, and the paper's searchable text follows by triggers, whoever changes that row.
"""

from sqlite_utils import Database

_STATEMENTS = (
    """CREATE TABLE extracted_text (       -- what a file under documents/ says; kept as long as that file is
      sha256 TEXT PRIMARY KEY,            -- of the file
      body TEXT NOT NULL,
      page_starts TEXT NOT NULL,          -- JSON: where each page that was read begins in the body, in code points
      pages INTEGER,                      -- that the file has
      unreadable INTEGER NOT NULL,        -- pages that could not be read
      characters INTEGER NOT NULL,        -- of the body: to be shown without reading all of it
      extracted_at TEXT NOT NULL
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE full_text (            -- a paper's full text, where somebody fetched it or handed it in
      paper_id INTEGER PRIMARY KEY REFERENCES paper ON DELETE CASCADE,
      sha256 TEXT NOT NULL REFERENCES extracted_text,
      stored_as TEXT NOT NULL,            -- the file's name under documents/
      bytes INTEGER NOT NULL,
      version INTEGER,                    -- of the paper; null where nobody knows
      source TEXT NOT NULL CHECK (source IN ('arxiv', 'file')),
      origin TEXT NOT NULL,               -- the address that was asked, the path that was named
      person TEXT NOT NULL, added_at TEXT NOT NULL
    ) STRICT""",
    "CREATE INDEX full_text_by_file ON full_text (sha256)",
    "ALTER TABLE document ADD COLUMN page_starts TEXT",  # JSON, as above; null for what has no pages
    """CREATE TRIGGER full_text_insert AFTER INSERT ON full_text BEGIN
      UPDATE paper SET body = (SELECT body FROM extracted_text WHERE sha256 = new.sha256) WHERE id = new.paper_id;
    END""",
    """CREATE TRIGGER full_text_update AFTER UPDATE OF sha256 ON full_text WHEN old.sha256 IS NOT new.sha256 BEGIN
      UPDATE paper SET body = (SELECT body FROM extracted_text WHERE sha256 = new.sha256) WHERE id = new.paper_id;
    END""",
    """CREATE TRIGGER full_text_delete AFTER DELETE ON full_text BEGIN
      UPDATE paper SET body = '' WHERE id = old.paper_id;
    END""",
)


def apply(db: Database) -> None:
    """Create the tables and the triggers."""
    for statement in _STATEMENTS:
        db.execute(statement)
