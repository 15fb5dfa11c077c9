"""Search and ids through the `arxiv` package, with every trap that it and the API have been seen to hold."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from library.arxiv.adhoc import search_and_store
from library.arxiv.api import by_ids, search
from library.arxiv.fetch import SomeMissing, fetch_doi, fetch_ids
from library.arxiv.limiter import Limiter
from library.arxiv.problems import BadAnswer, Offline, Throttled
from library.arxiv.transport import Transport
from library.errors import NotFound, UsageError
from library.papers.model import Author
from library.workspace import Workspace
from tests.library.arxiv.conftest import Desk, FakeTime
from tests.library.arxiv.server import MAINTENANCE, Asked, FakeArxiv, P, Reply, api, oai, papers

ERROR = """<feed xmlns="http://www.w3.org/2005/Atom" xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">
<opensearch:totalResults>1</opensearch:totalResults><entry><id>https://arxiv.org/api/errors#x</id><title>Error</title>
<summary>incorrect id format for abc</summary></entry></feed>"""


def pages(some: list[P], *, claim: int | None = None) -> Callable[[Asked], Reply]:
    def answer(asked: Asked) -> Reply:
        start, size = int(asked.query["start"][0]), int(asked.query["max_results"][0])
        return Reply(api(some[start : start + size], total=claim or len(some)))

    return answer


def test_the_question_reaches_arxiv_unchanged(arxiv: FakeArxiv, transport: Transport) -> None:
    arxiv.on("api", pages(papers("2608", 1, 3)))
    found = search(transport, 'ti:"late interaction" AND cat:cs.IR', most=5)
    assert [draft.key for draft in found.drafts] == ["2608.00001", "2608.00002", "2608.00003"]
    assert arxiv.asked[0].query["search_query"] == ['ti:"late interaction" AND cat:cs.IR']
    assert arxiv.asked[0].query["max_results"] == ["5"]  # no more than wanted
    assert arxiv.asked[0].agent.startswith("labtop/")
    assert found.drafts[0].abstract == "The abstract of Paper 2608.00001."


def test_pages_are_walked_and_limited(arxiv: FakeArxiv, transport: Transport) -> None:
    arxiv.on("api", pages(papers("2608", 1, 900)))
    found = search(transport, "all:testing", most=450)
    assert (len(found.drafts), found.total, found.notes) == (450, 900, ())
    assert arxiv.count("api") == 3


@pytest.mark.parametrize("most", [0, -1, 30_001])
def test_zero_is_not_everything(transport: Transport, most: int) -> None:
    with pytest.raises(UsageError, match="--max"):
        search(transport, "all:testing", most=most)


def test_an_empty_question_is_refused(transport: Transport) -> None:
    with pytest.raises(UsageError, match="nothing to search"):
        search(transport, "  ")


@pytest.mark.parametrize(
    "body",
    [MAINTENANCE, "", "Rate exceeded.", "<feed xmlns='http://www.w3.org/2005/Atom'/>", api(papers("2608", 1, 3))[:-60]],
)
def test_nonsense_with_status_200_is_an_error_not_zero_results(
    arxiv: FakeArxiv, transport: Transport, body: str
) -> None:
    arxiv.on("api", body)
    with pytest.raises(BadAnswer):
        search(transport, "all:testing")


def test_a_first_page_that_is_falsely_empty_is_asked_for_again(arxiv: FakeArxiv, transport: Transport) -> None:
    arxiv.on("api", api([], total=0), pages(papers("2608", 1, 3)))
    assert len(search(transport, "all:testing").drafts) == 3
    arxiv.on("api", api([], total=3), pages(papers("2608", 1, 3)))
    assert len(search(transport, "all:testing").drafts) == 3


def test_no_results_is_believed_when_said_twice(arxiv: FakeArxiv, transport: Transport) -> None:
    arxiv.on("api", api([], total=0))
    found = search(transport, "all:nothing")
    assert (found.drafts, found.total, arxiv.count("api")) == ((), 0, 2)


def test_a_total_that_shrinks_keeps_what_came_and_says_so(arxiv: FakeArxiv, transport: Transport) -> None:
    arxiv.on("api", pages(papers("2608", 1, 250), claim=600))
    found = search(transport, "all:testing", most=600)
    assert len(found.drafts) == 250
    assert found.notes == ("arXiv counted 600 papers but gave only 250.",)


def test_the_same_page_again_and_again_comes_to_an_end(arxiv: FakeArxiv, transport: Transport) -> None:
    arxiv.on("api", api(papers("2608", 1, 200), total=30_000))
    found = search(transport, "all:testing", most=2_000)
    assert len(found.drafts) == 200
    assert arxiv.count("api") <= 4
    assert "gave only 200" in found.notes[0]


def test_entries_without_a_date_are_kept_and_nothing_is_doubled(arxiv: FakeArxiv, transport: Transport) -> None:
    some = papers("2608", 1, 450)
    undated = frozenset({some[3].id, some[250].id})

    def answer(asked: Asked) -> Reply:
        start, size = int(asked.query["start"][0]), int(asked.query["max_results"][0])
        return Reply(api(some[start : start + size], total=450, undated=undated))

    arxiv.on("api", answer)
    found = search(transport, "all:testing", most=450)
    assert sorted(draft.key for draft in found.drafts) == [p.id for p in some]


def test_a_question_that_arxiv_cannot_read_is_the_users(arxiv: FakeArxiv, transport: Transport) -> None:
    arxiv.on("api", Reply(ERROR, 400))
    with pytest.raises(UsageError, match="incorrect id format for abc"):
        search(transport, "id:abc")


def test_a_wrong_address_is_told(limiter: Limiter, arxiv: FakeArxiv) -> None:
    wrong = arxiv.settings(api_url="export.arxiv.org/api")
    with Transport(wrong, limiter) as transport, pytest.raises(Offline, match=r"arxiv\.api_url"):
        search(transport, "all:testing")


def test_a_stalled_api_does_not_hang(arxiv: FakeArxiv, transport: Transport) -> None:
    arxiv.on("api", Reply("", stall=30))
    transport._read, transport._attempts = 0.2, 1
    with pytest.raises(Offline):
        search(transport, "all:testing")


def test_429_is_waited_for_as_asked(arxiv: FakeArxiv, transport: Transport, fake_time: FakeTime) -> None:
    arxiv.on("api", Reply("Rate exceeded.", 429, (("Retry-After", "60"),)), pages(papers("2608", 1, 3)))
    assert len(search(transport, "all:testing").drafts) == 3
    assert sum(fake_time.slept) == pytest.approx(60, abs=1)


def test_ids_are_asked_for_fifty_at_a_time(arxiv: FakeArxiv, transport: Transport) -> None:
    some = {p.id: p for p in papers("2608", 1, 120)}

    def answer(asked: Asked) -> Reply:
        return Reply(api([some[name] for name in asked.query["id_list"][0].split(",")]))

    arxiv.on("api", answer)
    assert len(by_ids(transport, list(some)).drafts) == 120
    assert [len(asked.query["id_list"][0].split(",")) for asked in arxiv.asked] == [50, 50, 20]


def test_a_search_is_stored_once(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk()
    desk.arxiv.on("api", pages(papers("2608", 1, 3)))
    for added, unchanged in ((3, 0), (0, 3)):
        with Transport(desk.workspace.settings.arxiv, desk.limiter) as transport:
            report = search_and_store(desk.workspace, "all:testing", transport=transport)
        assert (report.added, report.unchanged, report.exit_code) == (added, unchanged, 0)
    assert desk.stored() == ["2608.00001", "2608.00002", "2608.00003"]


# --- single papers -----------------------------------------------------------------------------------------------


def test_ids_in_any_spelling(arxiv: FakeArxiv, transport: Transport, workspace: Workspace) -> None:
    arxiv.on("api", api([P("math/0309136"), P("2608.00001", version=2)]))
    spelled = ["https://arxiv.org/pdf/2608.00001v2.pdf", "arXiv:math.GT/0309136", "10.48550/arXiv.2608.00001"]
    drafts = fetch_ids(workspace, spelled, transport=transport)
    assert [draft.key for draft in drafts] == ["2608.00001", "math/0309136"]
    assert arxiv.asked[0].query["id_list"] == ["2608.00001v2,math/0309136"]


def test_what_is_no_id_is_said_before_anybody_is_asked(
    arxiv: FakeArxiv, transport: Transport, workspace: Workspace
) -> None:
    with pytest.raises(UsageError, match="'hello' is not an arXiv id"):
        fetch_ids(workspace, ["hello"], transport=transport)
    assert arxiv.asked == []


def test_a_silently_dropped_id_is_missed(arxiv: FakeArxiv, transport: Transport, workspace: Workspace) -> None:
    arxiv.on("api", api([P("2608.00001")]))
    arxiv.on("oai", oai(error=("idDoesNotExist", "no such")))
    with pytest.raises(SomeMissing, match=r"1 of 2 papers were not found: 2608\.99999") as caught:
        fetch_ids(workspace, ["2608.00001", "2608.99999"], transport=transport)
    assert (caught.value.exit_code, caught.value.left_out) == (4, ("2608.99999",))
    assert [draft.key for draft in caught.value.found] == ["2608.00001"]
    with pytest.raises(NotFound, match=r"no paper 2608\.99999"):
        fetch_ids(workspace, ["2608.99999"], transport=transport)


def test_when_the_api_fails_oai_answers(arxiv: FakeArxiv, transport: Transport, workspace: Workspace) -> None:
    arxiv.on("api", MAINTENANCE)
    arxiv.on("oai", oai([P("2608.00001", created=date(2026, 8, 10))]))
    (draft,) = fetch_ids(workspace, ["2608.00001"], transport=transport)
    assert (draft.key, draft.source) == ("2608.00001", "arxiv-oai")
    assert arxiv.asked[-1].query["identifier"] == ["oai:arXiv.org:2608.00001"]


DATACITE = {
    "data": {
        "attributes": {
            "doi": "10.48550/arxiv.2608.00001",
            "titles": [{"title": "On <i>x</i>"}],
            "creators": [
                {"name": "Lovelace, Ada", "givenName": "Ada", "familyName": "Lovelace"},
                {"name": "Planck Collaboration"},
            ],
            "descriptions": [
                {"descriptionType": "Other", "description": "9 pages"},
                {"descriptionType": "Abstract", "description": "An\n abstract."},
            ],
            "dates": [
                {"date": "2026-08-10T17:00:00Z", "dateType": "Submitted", "dateInformation": "v1"},
                {"date": "2026-08-11T17:00:00Z", "dateType": "Updated", "dateInformation": "v1"},
            ],
            "subjects": [
                {"subject": "Information Retrieval (cs.IR)"},
                {"subject": "FOS: Computer and information sciences"},
            ],
            "relatedIdentifiers": [{"relationType": "IsVersionOf", "relatedIdentifier": "10.1145/1.2"}],
            "rightsList": [{"rightsUri": "http://creativecommons.org/licenses/by/4.0/"}],
            "version": "1",
            "publicationYear": 2026,
        }
    }
}


def test_when_arxiv_is_throttled_datacite_answers(arxiv: FakeArxiv, transport: Transport, workspace: Workspace) -> None:
    arxiv.on("api", Reply("", 429, (("Retry-After", "3600"),)))
    arxiv.on("datacite", json.dumps(DATACITE))
    (draft,) = fetch_ids(workspace, ["2608.00001"], transport=transport)
    assert (draft.key, draft.source, draft.title, draft.abstract) == ("2608.00001", "datacite", "On x", "An abstract.")
    assert draft.authors == (Author("Ada Lovelace", "Lovelace", "Ada"), Author("Planck Collaboration"))
    assert (draft.categories, draft.version, draft.doi) == (("cs.IR",), 1, "10.1145/1.2")
    assert draft.submitted_at == "2026-08-10T17:00:00Z"
    assert [asked.route for asked in arxiv.asked] == ["api", "datacite"]  # the cooldown holds for OAI-PMH too


def test_when_nobody_answers_the_reason_is_told(arxiv: FakeArxiv, transport: Transport, workspace: Workspace) -> None:
    arxiv.on("api", Reply("", 429, (("Retry-After", "3600"),)))
    arxiv.on("datacite", Reply("", 404))
    with pytest.raises(Throttled):
        fetch_ids(workspace, ["2608.00001"], transport=transport)
    for route in ("api", "oai", "datacite"):
        arxiv.on(route, Reply("", 500))
    transport.limiter = type(transport.limiter)(workspace.paths.home / "fresh")
    transport._attempts = 1
    with pytest.raises(Offline):
        fetch_ids(workspace, ["2608.00001"], transport=transport)


CROSSREF: dict[str, Any] = {
    "message": {
        "title": ["ColBERT: <scp>Efficient</scp> &amp; Effective"],
        "author": [{"given": "Omar", "family": "Khattab"}, {"name": "A Group"}],
        "container-title": ["Proceedings of the 43rd"],
        "abstract": "<jats:title>Abstract</jats:title><jats:p>We present it (p < 0.05, n > 3).</jats:p>",
        "issued": {"date-parts": [[2020, 7]]},
        "volume": "12",
        "issue": "3",
        "page": "39-48",
        "type": "proceedings-article",
    }
}


def test_a_doi_comes_from_crossref(arxiv: FakeArxiv, transport: Transport, workspace: Workspace) -> None:
    arxiv.on("crossref", json.dumps(CROSSREF))
    draft = fetch_doi(workspace, "https://doi.org/10.1145/3397271.3401075", transport=transport)
    assert (draft.key, draft.kind) == ("doi:10.1145/3397271.3401075", "reference")
    assert draft.title == "ColBERT: Efficient & Effective"
    assert (draft.abstract, draft.published) == ("We present it (p < 0.05, n > 3).", "2020-07")
    assert draft.journal_ref == "Proceedings of the 43rd 12(3), 39-48"
    assert [author.name for author in draft.authors] == ["Omar Khattab", "A Group"]
    assert arxiv.asked[0].path == "/crossref/10.1145%2F3397271.3401075"


def test_a_doi_that_crossref_does_not_know_comes_from_datacite(
    arxiv: FakeArxiv, transport: Transport, workspace: Workspace
) -> None:
    arxiv.on("crossref", Reply("Resource not found.", 404))
    arxiv.on("datacite", json.dumps(DATACITE))
    draft = fetch_doi(workspace, "10.5281/zenodo.1", transport=transport)
    assert (draft.key, draft.published, draft.source) == ("doi:10.5281/zenodo.1", "2026", "datacite")
    arxiv.on("datacite", Reply("", 404))
    with pytest.raises(NotFound, match="Neither Crossref nor DataCite"):
        fetch_doi(workspace, "10.5281/zenodo.1", transport=transport)


def test_an_arxiv_doi_is_an_arxiv_paper(arxiv: FakeArxiv, transport: Transport, workspace: Workspace) -> None:
    arxiv.on("api", api([P("2608.00001")]))
    assert fetch_doi(workspace, "10.48550/arXiv.2608.00001", transport=transport).kind == "arxiv"


@pytest.mark.parametrize(
    "body", ["[]", "{", "null", '{"message": 7}', '{"message": {"title": "x", "author": 3}}', "[" * 9999]
)
def test_json_of_another_shape_is_no_paper(
    arxiv: FakeArxiv, transport: Transport, workspace: Workspace, body: str
) -> None:
    arxiv.on("crossref", body)
    arxiv.on("datacite", Reply("", 404))
    try:
        assert fetch_doi(workspace, "10.5281/zenodo.1", transport=transport).title == "x"
    except (NotFound, BadAnswer) as problem:
        assert str(problem)  # noqa: PT017
