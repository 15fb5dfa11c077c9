"""Copies of documents and full texts: that each is where the database says."""

from contextlib import closing

from library.db.store import connect_reader, explaining
from library.doctor.model import Finding
from library.paths import WorkspacePaths
from library.text import counted

GROUP = "workspace"


def documents(paths: WorkspacePaths) -> Finding:
    """A copy that is gone takes nothing from the text, which is in the database; it cannot be opened or backed up."""
    with explaining(paths.database), closing(connect_reader(paths.database)) as db:
        rows = db.execute(
            "SELECT paper.key, stored_as FROM (SELECT paper_id, stored_as FROM document"
            " UNION ALL SELECT paper_id, stored_as FROM full_text) JOIN paper ON paper.id = paper_id"
            " WHERE stored_as IS NOT NULL"
        ).fetchall()
    gone = [row["key"] for row in rows if not (paths.documents / row["stored_as"]).is_file()]
    if gone:
        named = f"{counted(len(gone), 'file')} of {len(rows):,} are gone from documents/, such as that of {gone[0]}"
        return Finding(
            GROUP, "documents", "watch", named, "labtop pdf PAPER --again, labtop add FILE, or labtop restore"
        )
    return Finding(GROUP, "documents", "good", f"{counted(len(rows), 'file')}, all there" if rows else "none")
