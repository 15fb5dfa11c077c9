"""What other services say of papers, proposals that a person accepts or refuses, and how each service answered.

Services are no part of the sync ledger: that one is about arXiv's days. Here a row is a service and what it was asked
for ("papers", "recommendations of ada", a day).
"""

from sqlite_utils import Database

SOURCES = "('semantic-scholar', 'openalex', 'hf-daily')"
_STATEMENTS = (
    f"""CREATE TABLE enrichment (
      paper_id INTEGER NOT NULL REFERENCES paper ON DELETE CASCADE,
      source TEXT NOT NULL CHECK (source IN {SOURCES}),
      fetched_at TEXT NOT NULL,
      found INTEGER NOT NULL,           -- 0: the service knows nothing of it, which is kept, so as not to ask again
      data TEXT NOT NULL,               -- JSON: facts as they were checked on the way in
      PRIMARY KEY (paper_id, source)
    ) STRICT, WITHOUT ROWID""",
    f"""CREATE TABLE proposal (             -- the DOI under which a paper was published, as a service says
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      paper_id INTEGER NOT NULL REFERENCES paper ON DELETE CASCADE,
      doi TEXT NOT NULL,
      venue TEXT, year INTEGER,
      source TEXT NOT NULL CHECK (source IN {SOURCES}),
      proposed_at TEXT NOT NULL,
      state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'accepted', 'refused')),
      person TEXT, decided_at TEXT,
      UNIQUE (paper_id, doi)            -- what was refused is not proposed again, by whichever service
    ) STRICT""",
    "CREATE INDEX proposal_open ON proposal (paper_id) WHERE state = 'open'",
    f"""CREATE TABLE source_ledger (
      source TEXT NOT NULL CHECK (source IN {SOURCES}),
      subject TEXT NOT NULL,
      state TEXT NOT NULL CHECK (state IN
        ('ok', 'throttled', 'offline', 'refused', 'key missing', 'parse error')),
      count INTEGER,                    -- what it said something of, where it answered
      evidence TEXT NOT NULL,           -- JSON: url, status, message, requests, since
      until TEXT,                       -- throttled, refused: not before
      checked_at TEXT NOT NULL,
      answered_at TEXT,                 -- when it was last ok
      PRIMARY KEY (source, subject)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE recommendation (       -- what a service recommends to a person; none of it is in the library yet
      person TEXT NOT NULL,
      key TEXT NOT NULL,                -- arXiv base id | doi:10.…
      position INTEGER NOT NULL,
      title TEXT NOT NULL, authors TEXT NOT NULL, year INTEGER, venue TEXT, citations INTEGER, url TEXT,
      fetched_at TEXT NOT NULL,
      PRIMARY KEY (person, key)
    ) STRICT, WITHOUT ROWID""",
)


def apply(db: Database) -> None:
    """Create the tables."""
    for statement in _STATEMENTS:
        db.execute(statement)
