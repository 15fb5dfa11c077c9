-- The first released schema with a few rows, as it was then. Never edited: every later schema must be reachable from it.
PRAGMA application_id = 1279415375;
CREATE TABLE migration (name TEXT PRIMARY KEY, applied_at TEXT NOT NULL) STRICT;
INSERT INTO migration VALUES ('library.db.migrations.m0001_papers', '2026-11-23T07:00:00Z');
CREATE TABLE workspace (
  key TEXT PRIMARY KEY, value TEXT NOT NULL
) STRICT;

CREATE TABLE paper (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('arxiv', 'reference', 'document')),
  day TEXT NOT NULL,
  year INTEGER,
  title TEXT NOT NULL,
  authors TEXT NOT NULL,
  categories TEXT NOT NULL,
  version INTEGER,
  first_listed TEXT,
  submitted_at TEXT,
  updated_at TEXT,
  doi TEXT,
  journal_ref TEXT,
  comment TEXT,
  license TEXT,
  url TEXT,
  source TEXT NOT NULL,
  added_at TEXT NOT NULL,
  authors_truncated INTEGER NOT NULL DEFAULT 0,
  categories_complete INTEGER NOT NULL DEFAULT 1,
  withdrawn INTEGER NOT NULL DEFAULT 0,
  text_kind TEXT NOT NULL CHECK (text_kind IN ('abstract', 'summary', 'none')),
  text_hash TEXT NOT NULL,
  extra TEXT,
  abstract TEXT NOT NULL,
  notes_text TEXT NOT NULL DEFAULT '',
  body TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX paper_by_day ON paper (day, id);
CREATE INDEX paper_by_hash ON paper (text_hash);
CREATE INDEX paper_by_doi ON paper (doi) WHERE doi IS NOT NULL;
CREATE INDEX paper_by_year ON paper (year);

CREATE TABLE paper_version (
  paper_id INTEGER NOT NULL REFERENCES paper ON DELETE CASCADE,
  version INTEGER NOT NULL,
  submitted_at TEXT,
  title TEXT, abstract TEXT,
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
  position INTEGER NOT NULL,
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

CREATE TABLE sync_ledger (
  category TEXT NOT NULL,
  day TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN
    ('complete', 'not out yet', 'quiet', 'no mailing', 'stale', 'throttled', 'offline', 'parse error')),
  count INTEGER,
  source TEXT NOT NULL,
  evidence TEXT NOT NULL,
  until TEXT,
  checked_at TEXT NOT NULL,
  PRIMARY KEY (category, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE encoder_model (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL, file_hash TEXT NOT NULL, dimension INTEGER NOT NULL, created_at TEXT NOT NULL,
  UNIQUE (name, file_hash)
) STRICT;
CREATE TABLE embedding (
  id INTEGER PRIMARY KEY,
  model_id INTEGER NOT NULL REFERENCES encoder_model,
  text_hash TEXT NOT NULL,
  vector BLOB NOT NULL,
  UNIQUE (model_id, text_hash)
) STRICT;

CREATE TABLE decision (
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
  version INTEGER,
  person TEXT NOT NULL, body TEXT NOT NULL,
  created_at TEXT NOT NULL, updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX note_by_paper ON note (paper_id);

CREATE TABLE interest (
  id INTEGER PRIMARY KEY,
  person TEXT, text TEXT NOT NULL,
  kind TEXT NOT NULL,
  reference TEXT, active INTEGER NOT NULL DEFAULT 1, created_at TEXT NOT NULL
) STRICT;
CREATE TABLE saved_search (
  id INTEGER PRIMARY KEY,
  person TEXT NOT NULL, name TEXT NOT NULL, query TEXT NOT NULL,
  mode TEXT NOT NULL DEFAULT 'hybrid', created_at TEXT NOT NULL, seen_at TEXT,
  UNIQUE (person, name)
) STRICT;

CREATE TABLE document (
  paper_id INTEGER PRIMARY KEY REFERENCES paper ON DELETE CASCADE,
  path TEXT NOT NULL, stored_as TEXT, sha256 TEXT NOT NULL UNIQUE, media_type TEXT NOT NULL,
  pages INTEGER, added_at TEXT NOT NULL
) STRICT;

CREATE TABLE quarantine (
  id INTEGER PRIMARY KEY,
  file TEXT NOT NULL, line INTEGER, format TEXT NOT NULL, reason TEXT NOT NULL,
  raw TEXT NOT NULL, record_hash TEXT NOT NULL UNIQUE,
  first_seen TEXT NOT NULL, last_seen TEXT NOT NULL, resolved_at TEXT
) STRICT;

CREATE TABLE journal (
  id INTEGER PRIMARY KEY,
  at TEXT NOT NULL, person TEXT NOT NULL,
  action TEXT NOT NULL,
  summary TEXT NOT NULL,
  changes TEXT NOT NULL,
  undoes INTEGER REFERENCES journal
) STRICT;
CREATE UNIQUE INDEX journal_undone_once ON journal (undoes) WHERE undoes IS NOT NULL;
CREATE INDEX journal_by_person ON journal (person, id);
CREATE TRIGGER journal_keeps BEFORE DELETE ON journal
  BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_stays BEFORE UPDATE ON journal
  BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

CREATE TABLE tombstone (
  id INTEGER PRIMARY KEY,
  subject TEXT NOT NULL,
  person TEXT NOT NULL, reason TEXT NOT NULL, at TEXT NOT NULL, removed TEXT NOT NULL
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
-- rows
INSERT INTO workspace VALUES ('created_at', '2026-11-23T07:00:00Z');
INSERT INTO author VALUES (1, 'Ada Lovelace', 'Lovelace', 'Ada');
INSERT INTO paper (id, key, kind, day, year, title, authors, categories, version, source, added_at, text_kind, text_hash, abstract)
  VALUES (1, '2501.01234', 'arxiv', '2025-01-03', 2025, 'Late interaction, early', 'Ada Lovelace', 'cs.IR cs.CL', 2, 'jsonl',
  '2026-11-23T07:00:00Z', 'abstract', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', 'Zwitterions retrieved.');
INSERT INTO paper_author VALUES (1, 0, 1);
INSERT INTO paper_category VALUES ('cs.IR', 1, 0), ('cs.CL', 1, 1);
INSERT INTO paper_version (paper_id, version, submitted_at) VALUES (1, 1, '2025-01-02T10:00:00Z');
INSERT INTO announcement VALUES (1, 'cs.IR', 'new', '2025-01-03');
INSERT INTO sync_ledger VALUES ('cs.IR', '2025-01-03', 'complete', 1, 'oai', '{}', NULL, '2026-11-23T07:00:00Z');
INSERT INTO encoder_model VALUES (1, 'all-MiniLM-L6-v2', '53aa', 384, '2026-11-23T07:00:00Z');
INSERT INTO embedding VALUES (1, 1, 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', zeroblob(768));
INSERT INTO decision VALUES ('ada', 1, 'keep', NULL, 0, '2026-11-23T07:00:00Z');
INSERT INTO tag VALUES (1, 'club', 'ada', '2026-11-23T07:00:00Z');
INSERT INTO note VALUES (1, 1, 2, 'ada', 'Read the ablation.', '2026-11-23T07:00:00Z', '2026-11-23T07:00:00Z');
INSERT INTO interest VALUES (1, 'ada', 'late interaction', 'topic', NULL, 1, '2026-11-23T07:00:00Z');
INSERT INTO saved_search VALUES (1, 'ada', 'mine', 'tag:club', 'hybrid', '2026-11-23T07:00:00Z', NULL);
INSERT INTO quarantine VALUES (1, 'a.jsonl', 3, 'jsonl', 'no title', '{}', 'ab12', '2026-11-23T07:00:00Z', '2026-11-23T07:00:00Z', NULL);
INSERT INTO journal VALUES (1, '2026-11-23T07:00:00Z', 'ada', 'paper.tag', 'tagged “Late interaction, early” (2501.01234) club',
  '[["tag", {"tag": "club", "paper_id": 1}, null, {"paper_id": 1, "tag": "club", "added_by": "ada", "added_at": "2026-11-23T07:00:00Z"}]]', NULL);
INSERT INTO tombstone VALUES (1, 'ffff', 'ada', 'asked to', '2026-11-23T07:00:00Z', '{}');
