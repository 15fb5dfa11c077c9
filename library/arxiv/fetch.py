"""Single papers by identifier: `labtop add 2501.01234`, `labtop add 10.1145/…`.

arXiv's API first, then its OAI-PMH server, then DataCite, which knows arXiv's papers by their DOI and does not depend
on arXiv's servers.
"""

from collections.abc import Callable, Sequence

from library.arxiv.api import by_ids
from library.arxiv.harvest import get_record
from library.arxiv.problems import ArxivProblem
from library.arxiv.registries import crossref, datacite
from library.arxiv.sync import open_transport
from library.arxiv.transport import Transport
from library.errors import NotFound, PartlyDone, UsageError
from library.papers.identity import ArxivId, arxiv_id, doi
from library.papers.model import PaperDraft
from library.workspace import Workspace


class SomeMissing(PartlyDone):
    """Some of the identifiers are not known; `found` has the others."""

    def __init__(
        self, message: str, *, left_out: tuple[str, ...], found: tuple[PaperDraft, ...], mend: str = ""
    ) -> None:
        super().__init__(message, left_out=left_out, mend=mend)
        self.found = found


def fetch_ids(
    workspace: Workspace, ids: Sequence[str], *, transport: Transport | None = None
) -> tuple[PaperDraft, ...]:
    """arXiv papers in any spelling of their ids, each once, in the order asked.

    Raises UsageError for what is no arXiv id, NotFound where none is known, SomeMissing (with `found`) where some are
    not, and the ArxivProblem of the last resort where nobody could be asked.
    """
    wanted = _parsed(ids)
    if not wanted:
        return ()
    with transport or open_transport(workspace) as ours:
        found, problem = _fetch(ours, wanted)
    drafts = tuple(found[base] for base in wanted if base in found)
    missing = tuple(base for base in wanted if base not in found)
    if not missing:
        return drafts
    if problem is not None and not drafts:
        raise problem
    names = ", ".join(missing[:5]) + (" …" if len(missing) > 5 else "")
    why = f" ({problem.message})" if problem is not None else ""
    if not drafts:
        raise NotFound(f"arXiv has no paper {names}.", mend="Look for a typing error in the id.")
    raise SomeMissing(
        f"{len(missing)} of {len(wanted)} papers were not found: {names}{why}.", left_out=missing, found=drafts
    )


def fetch_doi(workspace: Workspace, text: str, *, transport: Transport | None = None) -> PaperDraft:
    """The paper of a DOI: an arXiv DOI as an arXiv paper, else what Crossref or DataCite says.

    Raises UsageError for what is no DOI, NotFound where neither knows it, and the ArxivProblem where neither answers.
    """
    if arxiv_id(text) is not None:
        return fetch_ids(workspace, [text], transport=transport)[0]
    bare = doi(text)
    if bare is None:
        raise UsageError(f"{text!r} is not a DOI.", mend="A DOI looks like 10.1145/3397271.3401075.")
    problem: ArxivProblem | None = None
    asks: tuple[Callable[[Transport, str], PaperDraft | None], ...] = (crossref, datacite)
    with transport or open_transport(workspace) as ours:
        for ask in asks:
            try:
                draft = ask(ours, bare)
            except ArxivProblem as error:
                problem = error
                continue
            if draft is not None:
                return draft
    if problem is not None:
        raise problem
    raise NotFound(f"Neither Crossref nor DataCite knows the DOI {bare}.", mend="Look for a typing error in it.")


def _parsed(ids: Sequence[str]) -> dict[str, ArxivId]:
    wanted: dict[str, ArxivId] = {}
    for text in ids:
        found = arxiv_id(text)
        if found is None:
            raise UsageError(f"{text!r} is not an arXiv id.", mend="An id looks like 2501.01234 or math/0309136.")
        wanted.setdefault(found.base, found)
    return wanted


def _fetch(transport: Transport, wanted: dict[str, ArxivId]) -> tuple[dict[str, PaperDraft], ArxivProblem | None]:
    """What was found, and the problem that kept the rest from being asked for properly."""
    found: dict[str, PaperDraft] = {}
    problem: ArxivProblem | None = None
    names = [f"{item.base}v{item.version}" if item.version else item.base for item in wanted.values()]
    try:
        found = {draft.key: draft for draft in by_ids(transport, names).drafts}
        if len(found) == len(wanted):
            return found, None
    except ArxivProblem as error:
        problem = error
    for base in wanted:
        if base in found:
            continue
        try:
            draft = get_record(transport, base)
        except ArxivProblem as error:
            problem = error
            break
        if draft is not None:
            found[base] = draft
    else:
        return found, None  # arXiv itself was asked for every one: who is missing now does not exist
    for base in wanted:
        if base in found:
            continue
        try:
            draft = _from_datacite(transport, base)
        except ArxivProblem:  # the last resort failed too: what arXiv said tells more
            break
        if draft is not None:
            found[base] = draft
    return found, problem


def _from_datacite(transport: Transport, base: str) -> PaperDraft | None:
    return datacite(transport, f"10.48550/arXiv.{base}")
