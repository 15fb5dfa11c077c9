"""The health of one workspace. Each look stands alone, so that a broken part does not hide the others."""

import shutil
import sqlite3
import stat
import zlib
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime

from library.backup.make import list_backups
from library.db.copies import damage
from library.db.migrations import missing
from library.db.store import connect_reader, connect_writer, explaining
from library.doctor.model import Finding, State
from library.paths import WorkspacePaths, user_state
from library.settings import Settings, load_settings
from library.workspace import MIGRATIONS

GROUP = "workspace"
_BIG_WAL = 200_000_000
_LEAST_DISK = 1_000_000_000
_OLD_BACKUP = 30


def settings(paths: WorkspacePaths) -> Finding:
    """Readable, and every category one of arXiv's."""
    from library.preferences import categories

    found = load_settings(paths.settings)
    categories(found.arxiv.categories)
    where = "settings.toml" if paths.settings.exists() else "defaults (there is no settings.toml)"
    return Finding(GROUP, "settings", "good", where)


def contact(found: Settings, *, demo: bool) -> Finding:
    """Who asks arXiv."""
    if demo:
        return Finding(GROUP, "arXiv", "good", "not asked: the sample workspace stands still")
    if not found.arxiv.categories:
        return Finding(GROUP, "arXiv", "watch", "no category is followed", "labtop init")
    follows = f"follows {', '.join(found.arxiv.categories)}"
    if not found.arxiv.contact:
        return Finding(
            GROUP, "arXiv", "watch", f"{follows}; no contact is set", "labtop settings arxiv.contact you@example.org"
        )
    return Finding(GROUP, "arXiv", "good", f"{follows}; contact {found.arxiv.contact}")


def cooldown() -> Finding:
    """Whether arXiv asked to be left alone."""
    from library.arxiv.limiter import Limiter

    hold = Limiter(user_state()).hold()
    if hold is None:
        return Finding(GROUP, "requests", "good", "arXiv may be asked")
    text = f"{hold.kind} until {hold.until:%Y-%m-%d %H:%M} UTC: {hold.message}"
    state: State = "bad" if hold.kind == "refused" else "watch"
    mend = "Find out why arXiv refuses before asking again." if hold.kind == "refused" else "labtop waits by itself."
    return Finding(GROUP, "requests", state, text, mend)


def schema(paths: WorkspacePaths, migrations: Sequence[str] = MIGRATIONS) -> Finding:
    """Ours, and of this version."""

    def look(db: sqlite3.Connection) -> Finding:
        waiting = missing(db, migrations, paths.database)
        if waiting:
            text = f"{len(waiting)} migrations to come: {', '.join(name.rsplit('.', 1)[1] for name in waiting)}"
            return Finding(GROUP, "schema", "watch", text, "labtop doctor --mend")
        return Finding(GROUP, "schema", "good", f"{len(migrations)} migrations, all there")

    return _read(paths, look)


def integrity(paths: WorkspacePaths) -> Finding:
    """SQLite's own check of the file, and references between rows."""

    def look(db: sqlite3.Connection) -> Finding:
        found = damage(db)
        if found:
            text = f"damaged: {'; '.join(found)}"
            return Finding(
                GROUP, "database", "bad", text, "labtop restore with your last backup (labtop backup --list)."
            )
        size = paths.database.stat().st_size
        return Finding(GROUP, "database", "good", f"whole, {size / 1e6:,.1f} MB")

    return _read(paths, look)


def search_index(paths: WorkspacePaths, *, deep: bool, read_only: bool) -> Finding:
    """That the full-text index agrees with the papers: by counts, and with `deep` word by word."""
    mend = "labtop doctor --mend builds it anew."

    def counted(db: sqlite3.Connection) -> Finding:
        indexed, papers = db.execute(
            "SELECT (SELECT count(*) FROM paper_fts_docsize), (SELECT count(*) FROM paper)"
        ).fetchone()
        if indexed != papers:
            return Finding(GROUP, "word index", "bad", f"{indexed:,} entries for {papers:,} papers", mend)
        return Finding(
            GROUP, "word index", "good", f"{papers:,} papers{'' if deep else ' (by count; --deep reads it all)'}"
        )

    found = _read(paths, counted)
    if found.state != "good" or not deep or read_only:
        return found
    with explaining(paths.database), closing(connect_writer(paths.database)) as db:
        try:
            db.execute("INSERT INTO paper_fts (paper_fts, rank) VALUES ('integrity-check', 1)")
        except sqlite3.DatabaseError as error:
            return Finding(GROUP, "word index", "bad", f"it does not agree with the papers ({error})", mend)
    return found


def vectors(paths: WorkspacePaths, found: Settings) -> Finding:
    """Papers without a vector, and whether the index's file is whole."""
    from library.vectors.model import model_status
    from library.vectors.waiting import model_row, waiting_count

    status = model_status(found)

    def look(db: sqlite3.Connection) -> Finding:
        row = model_row(db, name=status.name, file_hash=status.known_hash)
        papers = db.execute("SELECT count(*) FROM paper").fetchone()[0]
        lacking = waiting_count(db, row[0] if row else None)
        cache = _cache(paths, row[2]) if row and lacking < papers else ""
        if lacking:
            text = f"{lacking:,} of {papers:,} papers have none{f'; {cache}' if cache else ''}"
            return Finding(GROUP, "vectors", "watch", text, "labtop index")
        if not papers:
            return Finding(GROUP, "vectors", "good", "no papers yet")
        if "cannot be read" in cache:
            return Finding(GROUP, "vectors", "watch", cache, f"Delete {paths.vectors}; it is made again")
        return Finding(GROUP, "vectors", "good", f"every paper has one; {cache}")

    return _read(paths, look)


def _cache(paths: WorkspacePaths, model: str) -> str:
    """Whether the index's file is there and its bytes are those that were written (its last four are their crc32)."""
    from library.vectors.faiss_cache import cache_path

    try:
        content = cache_path(paths.vectors, model).read_bytes()
    except FileNotFoundError:
        return "the index's file is made at the next search"
    except OSError as error:
        return f"the index's file cannot be read ({error.strerror}), so that every search makes it anew"
    if zlib.crc32(content[:-4]).to_bytes(4, "little") != content[-4:]:
        return "the index's file is damaged and will be made anew by itself"
    return f"index file of {len(content) / 1e6:,.1f} MB"


def quarantine(paths: WorkspacePaths) -> Finding:
    """Records that wait to be mended."""

    def look(db: sqlite3.Connection) -> Finding:
        count = db.execute("SELECT count(*) FROM quarantine WHERE resolved_at IS NULL").fetchone()[0]
        if count:
            return Finding(GROUP, "quarantine", "watch", f"{count:,} records could not be read", "labtop quarantine")
        return Finding(GROUP, "quarantine", "good", "empty")

    return _read(paths, look)


def modes(paths: WorkspacePaths) -> Finding:
    """Only the owner may read: notes, decisions and documents are in there."""
    places = [paths.home, *paths.home.rglob("*")]
    exposed = [path for path in places if not path.is_symlink() and stat.S_IMODE(path.stat().st_mode) & 0o077]
    if exposed:
        text = f"others can read {exposed[0]}{f' and {len(exposed) - 1} more' if len(exposed) > 1 else ''}"
        return Finding(GROUP, "privacy", "watch", text, "labtop doctor --mend")
    return Finding(GROUP, "privacy", "good", "files are its owner's alone")


def space(paths: WorkspacePaths) -> Finding:
    """Room on the disk, and a WAL that nobody empties."""
    free = shutil.disk_usage(paths.home).free
    wal = paths.database.with_name(f"{paths.database.name}-wal")
    size = wal.stat().st_size if wal.exists() else 0
    text = f"{free / 1e9:,.1f} GB free"
    if free < _LEAST_DISK:
        return Finding(GROUP, "disk", "bad", text, "Make room.")
    if size > _BIG_WAL:
        mend = "A process that never closes holds it: end old dashboards."
        return Finding(GROUP, "disk", "watch", f"{text}; the write-ahead log has {size / 1e6:,.0f} MB", mend)
    return Finding(GROUP, "disk", "good", text)


def backups(paths: WorkspacePaths, *, demo: bool) -> Finding:
    """That there is one, whole and not too old."""
    if demo:
        return Finding(GROUP, "backups", "good", "none needed for the sample workspace")
    found = list_backups(paths)
    broken = [backup for backup in found if backup.problem]
    if broken:
        return Finding(
            GROUP, "backups", "watch", f"{broken[0].path.name} cannot be read", "Delete it, and run labtop backup."
        )
    newest = found[0].made_at if found else None
    if newest is None:
        return Finding(GROUP, "backups", "watch", "there is none", "labtop backup")
    age = (datetime.now(UTC) - datetime.fromisoformat(newest)).days
    text = f"{len(found)}, the newest {age} days old" if age else f"{len(found)}, the newest of today"
    return Finding(
        GROUP, "backups", "watch" if age > _OLD_BACKUP else "good", text, "labtop backup" if age > _OLD_BACKUP else ""
    )


def _read(paths: WorkspacePaths, look: Callable[[sqlite3.Connection], Finding]) -> Finding:
    with explaining(paths.database), closing(connect_reader(paths.database)) as db:
        return look(db)
