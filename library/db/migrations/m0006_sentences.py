"""Sentences: which texts were split, where each sentence is, and vectors of those that somebody asked for.

The text itself is not stored again: a sentence is cut from the paper, its full text or its note. A text that changes
loses its sentences in the same step, whoever changes it, so that what stands here is never outdated; only whoever
splits has to come by again. Nothing may refer to these rows: what quotes a sentence keeps its own copy of the place.
"""

from sqlite_utils import Database

_STATEMENTS = (
    """CREATE TABLE split_text (
      id INTEGER PRIMARY KEY,
      paper_id INTEGER NOT NULL REFERENCES paper ON DELETE CASCADE,
      source TEXT NOT NULL CHECK (source IN ('abstract', 'body', 'note')),
      note_id INTEGER REFERENCES note ON DELETE CASCADE,
      text_hash BLOB NOT NULL,          -- sha256 of the text that was split
      rules INTEGER NOT NULL,           -- by which rules
      CHECK ((source = 'note') = (note_id IS NOT NULL))
    ) STRICT""",
    "CREATE UNIQUE INDEX split_text_once ON split_text (paper_id, source, coalesce(note_id, 0))",
    "CREATE INDEX split_text_by_note ON split_text (note_id) WHERE note_id IS NOT NULL",
    """CREATE TABLE sentence (
      text_id INTEGER NOT NULL REFERENCES split_text ON DELETE CASCADE,
      position INTEGER NOT NULL,        -- from 1
      start INTEGER NOT NULL,           -- in code points
      "end" INTEGER NOT NULL,
      hash BLOB NOT NULL,               -- sha256 of the sentence
      PRIMARY KEY (text_id, position)
    ) STRICT, WITHOUT ROWID""",
    # Apart from the vectors of papers: those are an index's truth, these a cache that follows the paper.
    """CREATE TABLE sentence_embedding (
      id INTEGER PRIMARY KEY,
      paper_id INTEGER NOT NULL REFERENCES paper ON DELETE CASCADE,
      model_id INTEGER NOT NULL REFERENCES encoder_model ON DELETE CASCADE,
      hash BLOB NOT NULL,
      vector BLOB NOT NULL,             -- float16, unit length before rounding
      UNIQUE (paper_id, model_id, hash)
    ) STRICT""",
    """CREATE TRIGGER split_text_abstract AFTER UPDATE OF abstract ON paper WHEN old.abstract IS NOT new.abstract
    BEGIN DELETE FROM split_text WHERE paper_id = new.id AND source = 'abstract'; END""",
    """CREATE TRIGGER split_text_body AFTER UPDATE OF body ON paper WHEN old.body IS NOT new.body
    BEGIN DELETE FROM split_text WHERE paper_id = new.id AND source = 'body'; END""",
    """CREATE TRIGGER split_text_note AFTER UPDATE OF body ON note WHEN old.body IS NOT new.body
    BEGIN DELETE FROM split_text WHERE note_id = new.id; END""",
)


def apply(db: Database) -> None:
    """Create the tables and the triggers."""
    for statement in _STATEMENTS:
        db.execute(statement)
