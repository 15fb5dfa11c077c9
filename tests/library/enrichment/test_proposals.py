"""Published DOIs: proposed, accepted or refused by a person, taken back; never proposed again once refused."""

import pytest

from library.db import journal
from library.enrichment.asking import enrich
from library.enrichment.model import Proposal
from library.enrichment.proposals import accept, proposal_named, refuse
from library.enrichment.services import OpenTransport
from library.enrichment.stored import open_count, proposals
from library.errors import LabtopError, NotFound, UsageError
from library.papers import queries
from library.papers.ingest import store_drafts
from library.papers.model import Paper
from library.workspace import Workspace
from tests.library.enrichment.conftest import A, every
from tests.library.enrichment.server import FakeServices, s2, work

DOI, OTHER = "10.1145/99", "10.1145/100"


@pytest.fixture
def one(desk: Workspace, services: FakeServices, opener: OpenTransport) -> int:
    """A paper for which one DOI is proposed."""
    services.on("batch", [s2(A.key, doi=DOI.upper())])
    paper_id = every(desk)[0]
    assert enrich(desk, (paper_id,), sources=("semantic-scholar",), opener=opener).sources[0].proposed == 1
    return paper_id


def listed(workspace: Workspace, *, decided: bool = False) -> tuple[Proposal, ...]:
    return workspace.store.read(lambda db: proposals(db, decided=decided)).result()


def paper(workspace: Workspace, paper_id: int) -> Paper:
    return workspace.store.read(lambda db: queries.paper(db, paper_id, "ada")).result()


def test_accepting_gives_the_paper_its_doi_and_venue_and_undo_takes_them(desk: Workspace, one: int) -> None:
    (found,) = listed(desk)
    assert (found.doi, found.venue, found.year, found.source, found.here) == (
        DOI,
        "SIGIR",
        2026,
        "semantic-scholar",
        None,
    )
    assert paper(desk, one).doi is None  # nothing happens by itself
    change = desk.store.write(lambda db: accept(db, "ada", found.id)).result()
    assert change.ids == (one,)
    assert (paper(desk, one).doi, paper(desk, one).journal_ref) == (DOI, "SIGIR (2026)")
    assert listed(desk) == ()
    assert (listed(desk, decided=True)[0].state, listed(desk, decided=True)[0].person) == ("accepted", "ada")
    desk.store.write(lambda db: journal.undo(db, "ada")).result()
    assert (paper(desk, one).doi, paper(desk, one).journal_ref) == (None, None)
    assert [each.id for each in listed(desk)] == [found.id]


def test_a_sync_does_not_take_an_accepted_doi_away(desk: Workspace, one: int) -> None:
    desk.store.write(lambda db: accept(db, "ada", listed(desk)[0].id)).result()
    store_drafts(desk.store, [A], at="2026-05-01T00:00:00Z")
    assert paper(desk, one).doi == DOI


def test_what_was_refused_is_not_proposed_again_by_anybody(
    desk: Workspace, one: int, services: FakeServices, opener: OpenTransport
) -> None:
    desk.store.write(lambda db: refuse(db, "ada", listed(desk)[0].id)).result()
    assert paper(desk, one).doi is None
    services.on("works", {"results": [work(A.key, doi=DOI)]})
    report = enrich(desk, (one,), sources=("semantic-scholar", "openalex"), again=True, opener=opener)
    assert [each.proposed for each in report.sources] == [0, 0]
    assert listed(desk) == ()
    services.on("works", {"results": [work(A.key, doi=OTHER)]})
    assert enrich(desk, (one,), sources=("openalex",), again=True, opener=opener).sources[0].proposed == 1
    desk.store.write(lambda db: journal.undo(db, "ada")).result()
    assert {each.doi for each in listed(desk)} == {DOI, OTHER}
    with pytest.raises(UsageError, match="Several DOIs"):
        desk.store.read(lambda db: proposal_named(db, one, None)).result()
    assert desk.store.read(lambda db: proposal_named(db, one, OTHER)).result().source == "openalex"
    assert desk.store.read(open_count).result() == 2
    desk.store.write(lambda db: accept(db, "ada", listed(desk)[0].id)).result()
    assert desk.store.read(open_count).result() == 0  # the paper has a DOI: the other is no question any more


def test_a_colleagues_answer_stands(desk: Workspace, one: int) -> None:
    (found,) = listed(desk)
    desk.store.write(lambda db: accept(db, "bob", found.id)).result()
    with pytest.raises(LabtopError, match="bob accepted this proposal already"):
        desk.store.write(lambda db: refuse(db, "ada", found.id)).result()
    with pytest.raises(NotFound, match="no proposal 99"):
        desk.store.write(lambda db: accept(db, "ada", 99)).result()
    assert paper(desk, one).doi == DOI


def test_the_publication_itself_in_the_library_is_named(
    desk: Workspace, services: FakeServices, opener: OpenTransport
) -> None:
    services.on("batch", [s2(A.key, doi="10.1145/7")])
    enrich(desk, every(desk)[:1], sources=("semantic-scholar",), opener=opener)
    assert listed(desk)[0].here == "doi:10.1145/7"


@pytest.mark.parametrize("doi", ["10.48550/arXiv.2604.00001", "https://example.org/x", "10.1000/\x1b[31mred", "x", 7])
def test_what_is_no_published_doi_is_not_proposed(
    desk: Workspace, services: FakeServices, opener: OpenTransport, doi: object
) -> None:
    services.on("batch", [s2(A.key, externalIds={"ArXiv": A.key, "DOI": doi})])
    enrich(desk, every(desk)[:1], sources=("semantic-scholar",), opener=opener)
    assert all(each.doi.isprintable() for each in listed(desk))
    assert len(listed(desk)) == (1 if doi == "10.1000/\x1b[31mred" else 0)


def test_a_paper_that_has_a_doi_gets_no_proposal(
    desk: Workspace, services: FakeServices, opener: OpenTransport
) -> None:
    services.on("batch", [s2(doi="10.1145/7")])
    report = enrich(desk, every(desk)[3:4], sources=("semantic-scholar",), opener=opener)
    assert (report.sources[0].found, report.sources[0].proposed) == (1, 0)
