"""A running Zotero brought in: all of it once, then what changed, and every way in which it does not answer."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from library.errors import LabtopError, NotFound, ReadOnly, UsageError
from library.jobs import Cancelled, CancelToken
from library.papers import queries
from library.papers.importing import import_file
from library.papers.model import Paper
from library.papers.quarantine import listed
from library.papers.zotero import ZoteroReport, import_zotero
from library.sources.zotero_api import PAGE, Zotero
from library.sources.zotero_problems import ZoteroProblem, base_url, is_loopback
from library.workspace import Workspace
from planner.workspace import open_workspace
from tests.library.sources.zotero_server import FakeZotero, item


@pytest.fixture
def fake() -> Iterator[FakeZotero]:
    with FakeZotero() as server:
        yield server


def bring(workspace: Workspace, fake: FakeZotero, **options: Any) -> ZoteroReport:
    with Zotero(fake.url, read_seconds=0.4, sleep=lambda _: None) as zotero:
        (report,) = import_zotero(workspace, zotero, **options)
    return report


def papers(workspace: Workspace) -> dict[str, Paper]:
    ids = workspace.store.read(queries.ids_newest_first).result()
    found = [workspace.store.read(lambda db, one=one: queries.paper(db, one, "ada")).result() for one in ids]
    return {paper.title: paper for paper in found}


def fill(fake: FakeZotero) -> None:
    fake.collections["/users/0"] = [
        {"key": "TOP", "version": 1, "data": {"name": "Projects", "parentCollection": False}},
        {"key": "SUB", "version": 1, "data": {"name": "Late Interaction", "parentCollection": "TOP"}},
        {"key": "OTHER", "version": 1, "data": {"name": "Other", "parentCollection": False}},
    ]
    fake.items["/users/0"] = [
        item(
            "A",
            title="An <i>arXiv</i> paper",
            itemType="preprint",
            archiveID="arXiv:2501.00001",
            DOI="10.48550/arXiv.2501.00001",
            date="2025-01-03",
            creators=[
                {"creatorType": "author", "firstName": "Ada", "lastName": "Lovelace"},
                {"creatorType": "author", "name": "World Health Organization"},
            ],
            tags=[{"tag": "My Tag"}, {"tag": "Computer Science", "type": 1}],
            collections=["SUB"],
        ),
        item("B", title="By its extra field", extra="arXiv: 2501.00002\nCitation Key: b2025", collections=["TOP"]),
        item("C", title="With a DOI", DOI="https://doi.org/10.1000/XYZ", date="June 2020", publicationTitle="Nature"),
        item("D", title="", itemType="journalArticle"),
        item("N", itemType="note", note="<p>mine</p>"),
        item("F", itemType="attachment", title="PDF"),
    ]


def test_a_library_comes_in(workspace: Workspace, fake: FakeZotero) -> None:
    fill(fake)
    report = bring(workspace, fake)
    assert (report.records, report.added, report.quarantined) == (4, 3, 1)
    assert (report.notes_left, report.attachments_left, report.changes_only) == (1, 1, False)
    found = papers(workspace)
    first, second, third = found["An arXiv paper"], found["By its extra field"], found["With a DOI"]
    assert (first.key, first.doi, first.year) == ("2501.00001", None, 2025)
    assert [author.name for author in first.authors] == ["Ada Lovelace", "World Health Organization"]
    assert first.tags == ("late-interaction", "my-tag")
    assert (second.key, second.tags, second.extra["entry"]["key"]) == ("2501.00002", ("projects",), "b2025")
    assert (third.key, third.doi, third.journal_ref, third.year) == ("doi:10.1000/xyz", "10.1000/xyz", "Nature", 2020)
    (kept,) = workspace.store.read(lambda db: listed(db)).result()
    assert kept.format == "json"
    assert json.loads(kept.raw)["key"] == "D"


def test_again_changes_nothing_and_asks_for_changes_alone(workspace: Workspace, fake: FakeZotero) -> None:
    fill(fake)
    fake.version = 7
    for each in fake.items["/users/0"]:
        each["version"] = 5
    bring(workspace, fake)
    fake.asked.clear()
    again = bring(workspace, fake)
    assert (again.added, again.changed, again.changes_only) == (0, 0, True)
    conditional = [(query, headers) for path, query, headers in fake.asked if "since" in query]
    assert [(query["since"], headers["if-modified-since-version"]) for query, headers in conditional] == [("7", "7")]

    # What a sync brought has a new version and an old date; what was done here has a new date and an old version.
    fake.version = 9
    fake.items["/users/0"] += [
        item("S", 9, "2020-01-01T00:00:00Z", title="Synced"),
        item("L", 0, "2026-02-01T00:00:00Z", title="Local"),
    ]
    report = bring(workspace, fake)
    assert (report.added, report.changes_only) == (2, True)
    assert {"Synced", "Local"} <= papers(workspace).keys()
    assert bring(workspace, fake, everything=True).changes_only is False


def test_a_library_that_was_never_synced_still_gets_its_changes(workspace: Workspace, fake: FakeZotero) -> None:
    fake.items["/users/0"] = [item("A")]
    bring(workspace, fake)
    fake.items["/users/0"].append(item("B", modified="2026-03-01T00:00:00Z"))
    assert bring(workspace, fake).added == 1
    fake.items["/users/0"][0] = item("A", modified="2026-04-01T00:00:00Z", title="Title A", abstractNote="New words.")
    assert bring(workspace, fake).changed == 1


@pytest.mark.parametrize("totals", [True, False])
def test_many_pages(workspace: Workspace, fake: FakeZotero, totals: bool) -> None:
    fake.totals = totals
    fake.items["/users/0"] = [item(f"K{number:05}") for number in range(2 * PAGE + 30)]
    report = bring(workspace, fake)
    assert report.added == 2 * PAGE + 30
    starts = [query["start"] for path, query, _ in fake.asked if path.endswith("/items/top")]
    assert starts == ["0", "100", "200"]
    fake.asked.clear()
    assert bring(workspace, fake).added == 0


def test_one_collection_with_all_in_it(workspace: Workspace, fake: FakeZotero) -> None:
    fill(fake)
    assert bring(workspace, fake, collections=["projects"]).added == 2
    assert set(papers(workspace)) == {"An arXiv paper", "By its extra field"}
    assert bring(workspace, fake, collections=["Projects/Late Interaction"]).added == 0
    with pytest.raises(NotFound, match="Projects/Late Interaction"):
        bring(workspace, fake, collections=["nowhere"])


def test_a_groups_library(workspace: Workspace, fake: FakeZotero) -> None:
    fake.groups = [{"id": 12, "data": {"id": 12, "name": "Reading Group"}, "version": 1}]
    fake.items["/groups/12"] = [item("G", title="Of the group")]
    report = bring(workspace, fake, groups=["reading group"])
    assert (report.added, report.library) == (1, "Reading Group")
    with pytest.raises(NotFound, match="Reading Group"):
        bring(workspace, fake, groups=["other"])


def test_automatic_tags_only_when_asked_for(workspace: Workspace, fake: FakeZotero) -> None:
    fill(fake)
    bring(workspace, fake, keywords_as_tags=True)
    assert papers(workspace)["An arXiv paper"].tags == ("computer-science", "late-interaction", "my-tag")


# Failures


def failure(workspace: Workspace, fake: FakeZotero, **options: Any) -> LabtopError:
    with pytest.raises(LabtopError) as caught:
        bring(workspace, fake, **options)
    return caught.value


def test_not_allowed(workspace: Workspace, fake: FakeZotero) -> None:
    fake.enabled = False
    error = failure(workspace, fake)
    assert "Settings → Advanced" in error.mend


def test_not_running(workspace: Workspace) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with Zotero(f"http://127.0.0.1:{port}") as zotero, pytest.raises(ZoteroProblem) as caught:
        import_zotero(workspace, zotero)
    assert "Start Zotero" in caught.value.mend


def test_too_slow(workspace: Workspace, fake: FakeZotero) -> None:
    fake.stall = 1.0
    assert "did not answer within" in failure(workspace, fake).message


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (404, "no local interface"),
        (501, "another version"),
        (500, "out of order"),
        (b"<html>Welcome</html>", "does not speak as Zotero"),
        (b'[{"key": "A", ', "does not speak as Zotero"),
        (b"", "does not speak as Zotero"),
        (b'{"items": []}', "no list of items"),
        (b"[1, 2]", "no list of items"),
        (b"[" * 100_000, "does not speak as Zotero"),
    ],
)
def test_other_answers(workspace: Workspace, fake: FakeZotero, answer: Any, said: str) -> None:
    fake.fail["/users/0"] = answer
    error = failure(workspace, fake)
    assert said in error.message
    assert error.mend
    assert "\x1b" not in str(error)


def test_an_endless_answer(workspace: Workspace, fake: FakeZotero) -> None:
    fake.items["/users/0"] = [item("A", abstractNote="x" * 200_000)]
    with Zotero(fake.url, max_body=100_000) as zotero, pytest.raises(ZoteroProblem, match="stopped reading"):
        import_zotero(workspace, zotero)


def test_what_came_before_a_failure_stays_and_the_rest_comes_next_time(workspace: Workspace, fake: FakeZotero) -> None:
    fake.items["/users/0"] = [item(f"K{number:05}") for number in range(250)]
    fake.fail, fake.from_start = {"/users/0/items": 500}, 200
    report = bring(workspace, fake)
    assert report.added == 200
    assert report.problem is not None
    assert "stored" in report.problem
    fake.fail = {}
    report = bring(workspace, fake)
    assert (report.added, report.problem, report.changes_only) == (50, None, False)


def test_a_server_that_repeats_itself_is_left(workspace: Workspace, fake: FakeZotero) -> None:
    page = json.dumps([item(f"K{number}") for number in range(PAGE)]).encode()
    fake.fail["/users/0/items"] = page
    report = bring(workspace, fake)
    assert (report.added, report.records) == (PAGE, PAGE)
    assert "again and again" in (report.problem or "")


def test_it_can_be_stopped(workspace: Workspace, fake: FakeZotero) -> None:
    fake.items["/users/0"] = [item(f"K{number:05}") for number in range(150)]
    token = CancelToken()
    token.cancel()
    with Zotero(fake.url, cancel=token) as zotero, pytest.raises(Cancelled):
        import_zotero(workspace, zotero)


def test_read_only(workspace: Workspace, fake: FakeZotero) -> None:
    workspace.close()
    with open_workspace(workspace.paths.home, read_only=True) as opened, pytest.raises(ReadOnly):
        bring(opened, fake)


@pytest.mark.parametrize(
    "url", ["", "ftp://x", "http://", "file:///etc/passwd", "http://user@host", "http://h:99999999"]
)
def test_addresses_that_are_none(url: str) -> None:
    with pytest.raises(UsageError):
        base_url(url)


def test_addresses() -> None:
    assert base_url("http://localhost:23119/api/users/0/") == "http://localhost:23119"
    assert base_url("http://[::1]:5") == "http://[::1]:5"
    assert [is_loopback(host) for host in ("localhost", "127.0.0.1", "::1", "10.0.0.1", "zotero.example")] == [
        *(True, True, True),
        *(False, False),
    ]


def test_only_this_machine_is_asked_without_pauses_or_offline(
    monkeypatch: pytest.MonkeyPatch, workspace: Workspace, fake: FakeZotero
) -> None:
    fill(fake)
    monkeypatch.setenv("LABTOP_OFFLINE", "1")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert bring(workspace, fake).added == 3
    paused: list[float] = []
    monkeypatch.setattr("library.sources.zotero_api.is_loopback", lambda _: False)
    with pytest.raises(ZoteroProblem, match="offline"):
        bring(workspace, fake)
    monkeypatch.delenv("LABTOP_OFFLINE")
    monkeypatch.delenv("HTTP_PROXY")
    with Zotero(fake.url, sleep=paused.append) as zotero:
        import_zotero(workspace, zotero)
        assert paused == [1.0] * (zotero.requests - 1)


# By file


RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:z="http://www.zotero.org/namespaces/export#"
 xmlns:dcterms="http://purl.org/dc/terms/" xmlns:bib="http://purl.org/net/biblio#" xmlns:foaf="http://xmlns.com/foaf/0.1/"
 xmlns:link="http://purl.org/rss/1.0/modules/link/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:prism="http://prismstandard.org/namespaces/1.2/basic/" xmlns:vcard="http://nwalsh.com/rdf/vCard#">
  <bib:Article rdf:about="http://arxiv.org/abs/2501.00001">
    <z:itemType>journalArticle</z:itemType>
    <dcterms:isPartOf rdf:resource="urn:issn:1234-5678"/>
    <bib:authors><rdf:Seq>
      <rdf:li><foaf:Person><foaf:surname>Lovelace</foaf:surname><foaf:givenName>Ada</foaf:givenName></foaf:Person></rdf:li>
      <rdf:li><foaf:Person><foaf:surname>World Health Organization</foaf:surname></foaf:Person></rdf:li>
    </rdf:Seq></bib:authors>
    <dcterms:isReferencedBy rdf:resource="#item_3"/>
    <link:link rdf:resource="#item_2"/>
    <dc:subject>retrieval</dc:subject>
    <dc:subject><z:AutomaticTag><rdf:value>Computer Science</rdf:value></z:AutomaticTag></dc:subject>
    <dc:title>On growth</dc:title>
    <dcterms:abstract>What grows.</dcterms:abstract>
    <dc:date>2025-01-03</dc:date>
    <bib:pages>1-9</bib:pages>
    <dc:description>Citation Key: lovelace2025</dc:description>
    <dc:identifier><dcterms:URI><rdf:value>http://arxiv.org/abs/2501.00001</rdf:value></dcterms:URI></dc:identifier>
  </bib:Article>
  <z:Attachment rdf:about="#item_2"><z:itemType>attachment</z:itemType><dc:title>PDF</dc:title></z:Attachment>
  <bib:Memo rdf:about="#item_3"><rdf:value>&lt;p&gt;a note&lt;/p&gt;</rdf:value></bib:Memo>
  <bib:Journal rdf:about="urn:issn:1234-5678">
    <dc:title>Nature</dc:title><prism:volume>12</prism:volume><prism:number>3</prism:number>
    <dc:identifier>DOI 10.1000/xyz</dc:identifier><dc:identifier>ISSN 1234-5678</dc:identifier>
  </bib:Journal>
  <bib:Book rdf:about="urn:isbn:1">
    <z:itemType>book</z:itemType><dc:title>A book</dc:title><dc:date>1999</dc:date>
    <dc:publisher><foaf:Organization><vcard:adr><vcard:Address><vcard:locality>Cambridge</vcard:locality></vcard:Address>
    </vcard:adr><foaf:name>MIT Press</foaf:name></foaf:Organization></dc:publisher>
    <dc:identifier>ISBN 1</dc:identifier>
  </bib:Book>
  <bib:Article rdf:about="#empty"><z:itemType>journalArticle</z:itemType></bib:Article>
  <z:Collection rdf:about="#collection_1"><dc:title>Mine</dc:title><dcterms:hasPart rdf:resource="#x"/></z:Collection>
</rdf:RDF>
"""


def test_zotero_rdf(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "library.rdf"
    path.write_text(RDF, encoding="utf-8")
    report = import_file(workspace, str(path))
    assert (report.format, report.added, report.quarantined) == ("rdf", 2, 1)
    found = papers(workspace)
    paper, book = found["On growth"], found["A book"]
    assert (paper.key, paper.doi, paper.abstract) == ("2501.00001", "10.1000/xyz", "What grows.")
    assert [author.name for author in paper.authors] == ["Ada Lovelace", "World Health Organization"]
    assert paper.journal_ref == "Nature 12(3), 1-9"
    assert paper.extra["entry"]["key"] == "lovelace2025"
    assert paper.extra["keywords"] == ["retrieval", "Computer Science"]
    fields = book.extra["entry"]["fields"]
    assert (fields["publisher"], fields["address"], fields["isbn"]) == ("MIT Press", "Cambridge", "1")
    assert import_file(workspace, str(path)).added == 0


@pytest.mark.parametrize("text", [RDF[:900], RDF.replace("<rdf:RDF", '<!DOCTYPE x [<!ENTITY a "b">]>\n<rdf:RDF', 1)])
def test_broken_rdf_is_kept(workspace: Workspace, tmp_path: Path, text: str) -> None:
    path = tmp_path / "library.rdf"
    path.write_text(text, encoding="utf-8")
    report = import_file(workspace, str(path))
    assert (report.added, report.quarantined) == (0, 1)
