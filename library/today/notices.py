"""What needs a look, the most urgent first, each with the one thing to do about it."""

from collections.abc import Sequence
from datetime import date

from library.text import counted
from library.today.model import Day, Encoding, Notice
from library.workspace import Workspace

BACKUP_DAYS = 14
LEAST_DISK = 1_000_000_000
_SYNC_TROUBLE = ("offline", "parse error", "throttled", "stale")


def notices(
    workspace: Workspace,
    *,
    papers: int,
    days: Sequence[Day],
    encoding: Encoding,
    quarantined: int,
    backup_at: str | None,
    disk_free: int,
    written: date | None,
) -> tuple[Notice, ...]:
    """Notices for what stands there; none is good news."""
    found: list[Notice] = []
    if disk_free < LEAST_DISK:
        found.append(Notice("bad", f"only {disk_free / 1e6:,.0f} MB left on the disk", "make room"))
    found += _sync(days)
    if quarantined:
        found.append(Notice("warn", f"{counted(quarantined, 'record')} could not be read", "labtop quarantine"))
    if papers and encoding.missing:
        found.append(_vectors(papers, encoding))
    if not workspace.demo:
        found += _own(workspace, papers, backup_at, written)
    return tuple(found)


def _sync(days: Sequence[Day]) -> list[Notice]:
    """Trouble on the two newest days that were asked for; older days are on the strip."""
    found = []
    asked = [day for day in days if any(part.checked_at for part in day.categories)][:2]
    for day in asked:
        by_reason: dict[str, list[str]] = {}
        for part in day.categories:
            if part.state in _SYNC_TROUBLE:
                by_reason.setdefault(part.reason, []).append(part.category)
        for reason, categories in by_reason.items():
            found.append(Notice("warn", f"{day.day} {', '.join(categories)}: {reason}", "labtop sync"))
    return found


def _vectors(papers: int, encoding: Encoding) -> Notice:
    text = f"{encoding.missing:,} of {papers:,} papers have no vector yet"
    if encoding.missing == papers:
        text = "no paper has a vector yet"
    if not encoding.ready:
        return Notice("info", f"{text}, and the model is not ready: search is by words only", "labtop index")
    return Notice("info", f"{text}: search by meaning does not see them", "labtop index")


def _own(workspace: Workspace, papers: int, backup_at: str | None, written: date | None) -> list[Notice]:
    found = []
    arxiv = workspace.settings.arxiv
    if not arxiv.categories:
        found.append(Notice("info", "no arXiv category is followed", "labtop init"))
    elif not arxiv.contact:
        found.append(
            Notice("info", "arXiv asks for a contact, and none is set", "labtop settings arxiv.contact you@example.org")
        )
    if papers and written is not None:
        age = (workspace.clock.today() - date.fromisoformat(backup_at[:10])).days if backup_at else None
        if age is None:
            found.append(Notice("info", "there is no backup of what you wrote", "labtop backup"))
        elif age > BACKUP_DAYS and backup_at and written.isoformat() > backup_at[:10]:
            found.append(Notice("info", f"the last backup is {age} days old", "labtop backup"))
    return found
