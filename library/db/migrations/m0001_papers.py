"""Papers, what people say of them, and how they came in."""

from sqlite_utils import Database

_TABLES = """
CREATE TABLE workspace (            -- facts about this workspace: demo, as_of, created_at
  key TEXT PRIMARY KEY, value TEXT NOT NULL
) STRICT;

CREATE TABLE paper (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,         -- arXiv base id | doi:10.… | source:key
  kind TEXT NOT NULL CHECK (kind IN ('arxiv', 'reference', 'document')),
  day TEXT NOT NULL,                -- the day it sorts under: announced, else submitted, else published, else added
  year INTEGER,
  title TEXT NOT NULL,
  authors TEXT NOT NULL,            -- "Given Family, Given Family": what lists and search see
  categories TEXT NOT NULL,         -- blank-separated, the primary first
  version INTEGER,
  first_listed TEXT,                -- first announcement day known
  submitted_at TEXT,
  updated_at TEXT,
  doi TEXT,
  journal_ref TEXT,
  comment TEXT,
  license TEXT,
  url TEXT,
  source TEXT NOT NULL,             -- which reader brought it in first
  added_at TEXT NOT NULL,
  authors_truncated INTEGER NOT NULL DEFAULT 0,
  categories_complete INTEGER NOT NULL DEFAULT 1,
  withdrawn INTEGER NOT NULL DEFAULT 0,
  text_kind TEXT NOT NULL CHECK (text_kind IN ('abstract', 'summary', 'none')),
  text_hash TEXT NOT NULL,          -- sha256 of title + ". " + abstract: the key of its vector
  extra TEXT,                       -- JSON: fields of the source that have no column (volume, pages, entry type …)
  abstract TEXT NOT NULL,
  notes_text TEXT NOT NULL DEFAULT '',  -- all notes, kept by triggers, so that search sees them
  body TEXT NOT NULL DEFAULT ''     -- full text of a local document
) STRICT;
CREATE INDEX paper_by_day ON paper (day, id);
CREATE INDEX paper_by_hash ON paper (text_hash);
CREATE INDEX paper_by_doi ON paper (doi) WHERE doi IS NOT NULL;
CREATE INDEX paper_by_year ON paper (year);

CREATE TABLE paper_version (        -- one row a version whose text or date is known
  paper_id INTEGER NOT NULL REFERENCES paper ON DELETE CASCADE,
  version INTEGER NOT NULL,
  submitted_at TEXT,
  title TEXT, abstract TEXT,        -- null where only the date is known
  text_hash TEXT,
  PRIMARY KEY (paper_id, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE author (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL, family TEXT NOT NULL, given TEXT NOT NULL,
  UNIQUE (family, given, name)
) STRICT;
CREATE TABLE paper_author (
  paper_id INTEGER NOT NULL REFERENCES paper ON DELETE CASCADE,
  position INTEGER NOT NULL,
  author_id INTEGER NOT NULL REFERENCES author,
  PRIMARY KEY (paper_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX paper_author_by_author ON paper_author (author_id);

CREATE TABLE paper_category (
  category TEXT NOT NULL,
  paper_id INTEGER NOT NULL REFERENCES paper ON DELETE CASCADE,
  position INTEGER NOT NULL,        -- 0 is the primary category
  PRIMARY KEY (category, paper_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX paper_category_by_paper ON paper_category (paper_id);

CREATE TABLE announcement (
  paper_id INTEGER NOT NULL REFERENCES paper ON DELETE CASCADE,
  category TEXT NOT NULL,
  type TEXT NOT NULL CHECK (type IN ('new', 'cross', 'replace', 'replace-cross')),
  day TEXT NOT NULL,
  PRIMARY KEY (paper_id, category, day, type)
) STRICT, WITHOUT ROWID;
CREATE INDEX announcement_by_day ON announcement (day, category, type);

CREATE TABLE sync_ledger (          -- what is known of a category's announcement day, and from what
  category TEXT NOT NULL,
  day TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN
    ('complete', 'not out yet', 'quiet', 'no mailing', 'stale', 'throttled', 'offline', 'parse error')),
  count INTEGER,                    -- papers of that day, where they were counted
  source TEXT NOT NULL,             -- feed | listing | oai | api | datacite | calendar
  evidence TEXT NOT NULL,           -- JSON: url, status, max id, etag, dates seen, message
  until TEXT,                       -- throttled: not before
  checked_at TEXT NOT NULL,
  PRIMARY KEY (category, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE encoder_model (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL, file_hash TEXT NOT NULL, dimension INTEGER NOT NULL, created_at TEXT NOT NULL,
  UNIQUE (name, file_hash)
) STRICT;
CREATE TABLE embedding (            -- float16, unit length before rounding
  id INTEGER PRIMARY KEY,
  model_id INTEGER NOT NULL REFERENCES encoder_model,
  text_hash TEXT NOT NULL,
  vector BLOB NOT NULL,
  UNIQUE (model_id, text_hash)
) STRICT;

CREATE TABLE decision (             -- a person's, the latest one; the journal has the earlier ones
  person TEXT NOT NULL,
  paper_id INTEGER NOT NULL REFERENCES paper ON DELETE CASCADE,
  decision TEXT NOT NULL CHECK (decision IN ('keep', 'skip', 'star', 'later')),
  reason TEXT, bulk INTEGER NOT NULL DEFAULT 0,
  decided_at TEXT NOT NULL,
  PRIMARY KEY (person, paper_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX decision_by_paper ON decision (paper_id);
CREATE TABLE tag (
  paper_id INTEGER NOT NULL REFERENCES paper ON DELETE CASCADE,
  tag TEXT NOT NULL, added_by TEXT NOT NULL, added_at TEXT NOT NULL,
  PRIMARY KEY (tag, paper_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX tag_by_paper ON tag (paper_id);
CREATE TABLE note (
  id INTEGER PRIMARY KEY,
  paper_id INTEGER NOT NULL REFERENCES paper ON DELETE CASCADE,
  version INTEGER,                  -- the version it was written about
  person TEXT NOT NULL, body TEXT NOT NULL,
  created_at TEXT NOT NULL, updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX note_by_paper ON note (paper_id);

CREATE TABLE interest (             -- what ranking looks for; planner's hypotheses write here too
  id INTEGER PRIMARY KEY,
  person TEXT, text TEXT NOT NULL,
  kind TEXT NOT NULL,               -- topic | tag | search | hypothesis
  reference TEXT, active INTEGER NOT NULL DEFAULT 1, created_at TEXT NOT NULL
) STRICT;
CREATE TABLE saved_search (
  id INTEGER PRIMARY KEY,
  person TEXT NOT NULL, name TEXT NOT NULL, query TEXT NOT NULL,
  mode TEXT NOT NULL DEFAULT 'hybrid', created_at TEXT NOT NULL, seen_at TEXT,
  UNIQUE (person, name)
) STRICT;

CREATE TABLE document (             -- a local file that was added as a paper
  paper_id INTEGER PRIMARY KEY REFERENCES paper ON DELETE CASCADE,
  path TEXT NOT NULL, stored_as TEXT, sha256 TEXT NOT NULL UNIQUE, media_type TEXT NOT NULL,
  pages INTEGER, added_at TEXT NOT NULL
) STRICT;

CREATE TABLE quarantine (           -- records that could not be read, kept to be mended and tried again
  id INTEGER PRIMARY KEY,
  file TEXT NOT NULL, line INTEGER, format TEXT NOT NULL, reason TEXT NOT NULL,
  raw TEXT NOT NULL, record_hash TEXT NOT NULL UNIQUE,
  first_seen TEXT NOT NULL, last_seen TEXT NOT NULL, resolved_at TEXT
) STRICT;

CREATE TABLE journal (              -- what people did; append-only
  id INTEGER PRIMARY KEY,
  at TEXT NOT NULL, person TEXT NOT NULL,
  action TEXT NOT NULL,             -- paper.tag, note.edit …
  summary TEXT NOT NULL,            -- one line for a person
  changes TEXT NOT NULL,            -- JSON: [{table, key, before, after}]
  undoes INTEGER REFERENCES journal
) STRICT;
CREATE UNIQUE INDEX journal_undone_once ON journal (undoes) WHERE undoes IS NOT NULL;
CREATE INDEX journal_by_person ON journal (person, id);
CREATE TRIGGER journal_keeps BEFORE DELETE ON journal
  BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_stays BEFORE UPDATE ON journal
  BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

CREATE TABLE tombstone (            -- that something was purged, not what it said
  id INTEGER PRIMARY KEY,
  subject TEXT NOT NULL,            -- sha256 of the purged key: it stays out, unnamed
  person TEXT NOT NULL, reason TEXT NOT NULL, at TEXT NOT NULL, removed TEXT NOT NULL  -- JSON: rows by table
) STRICT;
CREATE INDEX tombstone_by_subject ON tombstone (subject);

CREATE VIRTUAL TABLE paper_fts USING fts5(
  title, abstract, authors, notes_text, body, content = 'paper', content_rowid = 'id',
  tokenize = 'porter unicode61 remove_diacritics 2'
);
CREATE TRIGGER paper_fts_insert AFTER INSERT ON paper BEGIN
  INSERT INTO paper_fts (rowid, title, abstract, authors, notes_text, body)
  VALUES (new.id, new.title, new.abstract, new.authors, new.notes_text, new.body);
END;
CREATE TRIGGER paper_fts_delete AFTER DELETE ON paper BEGIN
  INSERT INTO paper_fts (paper_fts, rowid, title, abstract, authors, notes_text, body)
  VALUES ('delete', old.id, old.title, old.abstract, old.authors, old.notes_text, old.body);
END;
CREATE TRIGGER paper_fts_update AFTER UPDATE OF title, abstract, authors, notes_text, body ON paper BEGIN
  INSERT INTO paper_fts (paper_fts, rowid, title, abstract, authors, notes_text, body)
  VALUES ('delete', old.id, old.title, old.abstract, old.authors, old.notes_text, old.body);
  INSERT INTO paper_fts (rowid, title, abstract, authors, notes_text, body)
  VALUES (new.id, new.title, new.abstract, new.authors, new.notes_text, new.body);
END;
CREATE TRIGGER note_insert AFTER INSERT ON note BEGIN
  UPDATE paper SET notes_text =
    coalesce((SELECT group_concat(body, char(10)) FROM note WHERE paper_id = new.paper_id), '')
  WHERE id = new.paper_id;
END;
CREATE TRIGGER note_update AFTER UPDATE OF body ON note BEGIN
  UPDATE paper SET notes_text =
    coalesce((SELECT group_concat(body, char(10)) FROM note WHERE paper_id = new.paper_id), '')
  WHERE id = new.paper_id;
END;
CREATE TRIGGER note_delete AFTER DELETE ON note BEGIN
  UPDATE paper SET notes_text =
    coalesce((SELECT group_concat(body, char(10)) FROM note WHERE paper_id = old.paper_id), '')
  WHERE id = old.paper_id;
END;
"""


def apply(db: Database) -> None:
    """Create the tables. Statement by statement: `executescript` would commit the caller's transaction."""
    for statement in _statements(_TABLES):
        db.execute(statement)


def _statements(script: str) -> list[str]:
    import sqlite3

    statements, pending = [], ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            statements.append(pending)
            pending = ""
    return statements
