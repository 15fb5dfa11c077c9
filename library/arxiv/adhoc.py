"""A search on arXiv whose papers are kept: `labtop sync --query`."""

from dataclasses import dataclass

from library.arxiv.api import search
from library.arxiv.sync import open_transport
from library.arxiv.transport import Transport
from library.clock import iso
from library.errors import UsageError
from library.papers.ingest import store_drafts
from library.workspace import Workspace


@dataclass(frozen=True, slots=True)
class SearchReport:
    """`ids`: arXiv base ids in arXiv's order; `total`: how many arXiv counts."""

    ids: tuple[str, ...]
    total: int
    added: int
    changed: int
    unchanged: int
    notes: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """4 where arXiv gave less than it counts (and than was asked for)."""
        return 4 if self.notes else 0


def search_and_store(
    workspace: Workspace, query: str, *, most: int = 100, transport: Transport | None = None
) -> SearchReport:
    """Ask arXiv's API and keep what it finds. Raises as library.arxiv.api.search does."""
    if workspace.demo:
        raise UsageError("This is the demo workspace: it is not filled from arXiv.", mend="Make one with labtop init.")
    workspace.refuse_if_read_only()
    with transport or open_transport(workspace) as ours:
        found = search(ours, query, most=most)
    done = store_drafts(workspace.store, found.drafts, at=iso(workspace.clock.now()))
    return SearchReport(
        tuple(draft.key for draft in found.drafts),
        found.total,
        len(done.added),
        len(done.changed),
        len(done.unchanged),
        found.notes,
    )
