"""What tells a vector index that it is outdated, without reading 100,000 rows.

A counter would repeat itself after a backup is restored, so each change draws a random number. New vectors need
none: they are seen by their ids.
"""

from sqlite_utils import Database

_STATEMENTS = (
    """CREATE TABLE vector_state (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      papers INTEGER NOT NULL,          -- drawn anew when a paper comes, goes, or has another text
      vectors INTEGER NOT NULL          -- drawn anew when a stored vector goes or changes
    ) STRICT""",
    "INSERT INTO vector_state VALUES (1, random(), random())",
    """CREATE TRIGGER vector_state_paper_insert AFTER INSERT ON paper
    BEGIN UPDATE vector_state SET papers = random(); END""",
    """CREATE TRIGGER vector_state_paper_delete AFTER DELETE ON paper
    BEGIN UPDATE vector_state SET papers = random(); END""",
    """CREATE TRIGGER vector_state_paper_update AFTER UPDATE OF text_hash ON paper
    WHEN old.text_hash IS NOT new.text_hash
    BEGIN UPDATE vector_state SET papers = random(); END""",
    """CREATE TRIGGER vector_state_embedding_delete AFTER DELETE ON embedding
    BEGIN UPDATE vector_state SET vectors = random(); END""",
    """CREATE TRIGGER vector_state_embedding_update AFTER UPDATE ON embedding
    BEGIN UPDATE vector_state SET vectors = random(); END""",
)


def apply(db: Database) -> None:
    """Create the table of one row and the triggers that draw."""
    for statement in _STATEMENTS:
        db.execute(statement)
