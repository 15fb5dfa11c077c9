"""Each person's latest ranking of what came in, with the parts of every score; and what was picked to explore.

All of it is a cache that ranking again fills, but for two things: which papers a day were picked to explore, so that
they stay the same all day, and where a person laid the line.
"""

from sqlite_utils import Database

_STATEMENTS = (
    """CREATE TABLE ranking (             -- what a person's papers were ranked by; the newest one is the present one
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      person TEXT NOT NULL,
      regime TEXT NOT NULL CHECK (regime IN ('interests', 'learned')),
      labels INTEGER NOT NULL,
      model_hash TEXT NOT NULL,
      inputs TEXT NOT NULL,             -- hash of what it was made from: another one means it is behind
      encoder TEXT,                     -- file hash of the model whose vectors took part; null: words alone
      papers INTEGER NOT NULL,
      without_vector INTEGER NOT NULL,  -- of these papers
      without_sentences INTEGER NOT NULL,
      share INTEGER NOT NULL,           -- percent of the papers that the line leaves above it
      line REAL,                        -- the score of that line; null where nothing was ranked
      ranked_at TEXT NOT NULL
    ) STRICT""",
    "CREATE INDEX ranking_by_person ON ranking (person, id)",
    """CREATE TABLE ranked (
      person TEXT NOT NULL,
      paper_id INTEGER NOT NULL REFERENCES paper ON DELETE CASCADE,
      ranking_id INTEGER NOT NULL REFERENCES ranking ON DELETE CASCADE,
      score REAL NOT NULL,
      log_odds REAL NOT NULL,
      interest_id INTEGER REFERENCES interest ON DELETE SET NULL,
      detail TEXT NOT NULL,             -- JSON: parts, sentence, nearest, terms, checks
      PRIMARY KEY (person, paper_id)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX ranked_by_paper ON ranked (paper_id)",
    "CREATE INDEX ranked_by_ranking ON ranked (ranking_id)",
    "CREATE INDEX ranked_by_interest ON ranked (interest_id)",
    """CREATE TABLE exploration (         -- picked once a day, and kept
      person TEXT NOT NULL,
      day TEXT NOT NULL,                -- the day that the paper sorts under
      paper_id INTEGER NOT NULL REFERENCES paper ON DELETE CASCADE,
      why TEXT NOT NULL CHECK (why IN ('uncertain', 'far')),
      PRIMARY KEY (person, day, paper_id)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX exploration_by_paper ON exploration (paper_id)",
    """CREATE TABLE ranking_line (        -- where a person laid the line themselves
      person TEXT PRIMARY KEY,
      score REAL NOT NULL CHECK (score BETWEEN 0 AND 1)
    ) STRICT, WITHOUT ROWID""",
)


def apply(db: Database) -> None:
    """Create the tables."""
    for statement in _STATEMENTS:
        db.execute(statement)
