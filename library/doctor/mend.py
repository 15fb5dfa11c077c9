"""What can be mended without deciding anything for the user: file modes, the word index, an outdated schema."""

import stat
from collections.abc import Sequence
from contextlib import closing

from library.db.migrations import migrate
from library.db.store import connect_writer, explaining, in_transaction
from library.doctor.model import Finding
from library.paths import WorkspacePaths
from library.workspace import MIGRATIONS


def mend(paths: WorkspacePaths, found: tuple[Finding, ...], migrations: Sequence[str] = MIGRATIONS) -> tuple[str, ...]:
    """Mend what the findings say and can be mended; returns what was done, one line each."""
    done = []
    ill = {finding.name for finding in found if finding.group == "workspace" and finding.state in ("watch", "bad")}
    if "privacy" in ill:
        done.append(f"made {_close(paths)} files readable by their owner alone")
    if "database" in ill:
        return tuple(done)  # nothing is written into a damaged file
    if "schema" in ill:
        with explaining(paths.database), closing(connect_writer(paths.database)) as db:
            done.append(f"applied {len(migrate(db, migrations, paths.database))} migrations")
    if "word index" in ill:
        with explaining(paths.database), closing(connect_writer(paths.database)) as db:
            in_transaction(db, lambda each: each.execute("INSERT INTO paper_fts (paper_fts) VALUES ('rebuild')"))
        done.append("built the word index anew from the papers")
    return tuple(done)


def _close(paths: WorkspacePaths) -> int:
    count = 0
    for path in [paths.home, *paths.home.rglob("*")]:
        mode = stat.S_IMODE(path.lstat().st_mode)
        if not path.is_symlink() and mode & 0o077:
            path.chmod(mode & 0o700)
            count += 1
    return count
