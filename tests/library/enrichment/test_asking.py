"""Services asked: what is sent, what is believed, what is stored, and everything that they do wrong."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.arxiv.transport import Answer
from library.clock import iso
from library.enrichment import hf_daily, ledger, openalex, semantic_scholar
from library.enrichment.asking import enrich
from library.enrichment.choosing import due, own_papers
from library.enrichment.model import Enrichment, Facts, SourceState, Wanted
from library.enrichment.services import OpenTransport, hold_of, limiter_of, open_transport, url_of
from library.enrichment.stored import enrichment_of, proposals
from library.errors import ReadOnly, UsageError
from library.jobs import Cancelled, CancelToken
from library.papers import queries
from library.papers.record import paper_record
from library.purge.run import purge
from library.workspace import Workspace
from planner.workspace import open_workspace
from tests.library.arxiv.server import Reply
from tests.library.enrichment.conftest import SECRET_NOTE, SECRET_TITLE, A, B, C, D, every
from tests.library.enrichment.server import Asked, FakeServices, as_json, daily, s2, work

S2, OA, HF = "semantic-scholar", "openalex", "hf-daily"


def said(workspace: Workspace, paper_id: int) -> dict[str, Enrichment]:
    found = workspace.store.read(lambda db: enrichment_of(db, paper_id)).result()
    return {each.source: each for each in found}


def state(workspace: Workspace, source: str) -> SourceState:
    return workspace.store.read(ledger.latest).result()[source]


def with_settings(workspace: Workspace, **changes: Any) -> Workspace:
    settings = replace(workspace.settings, enrichment=replace(workspace.settings.enrichment, **changes))
    return replace(workspace, settings=settings)


def answer(value: Any) -> Any:
    """A transport that gives one answer."""

    class Canned:
        def get(self, url: str, **_: object) -> Answer:
            return Answer(url, 200, {}, value if isinstance(value, bytes) else json.dumps(value).encode())

    return Canned()


# What is sent.


def test_ids_are_all_that_is_sent(desk: Workspace, services: FakeServices, opener: OpenTransport) -> None:
    services.on("batch", [None] * 4)
    services.on("works", {"results": []})
    services.on("daily", [])
    assert enrich(desk, every(desk), opener=opener).exit_code == 0
    (batch,) = services.of("batch")
    assert batch.body == {"ids": [f"ARXIV:{A.key}", f"ARXIV:{B.key}", f"ARXIV:{C.key}", "DOI:10.1145/7"]}
    (works,) = services.of("works")
    names = "10.48550/arxiv.2604.00001|10.48550/arxiv.2604.00002|10.48550/arxiv.math/0309136|10.1145/7"
    assert works.query["filter"] == [f"doi:{names}"]
    assert works.query["api_key"] == ["open-alex-key"]
    assert [asked.query["date"][0] for asked in services.of("daily")] == ["2026-04-10", "2026-04-09", "2003-09-09"]
    for asked in services.asked:
        for secret in (SECRET_TITLE, SECRET_NOTE, "bandersnatch", "Minutes", "Lovelace", desk.name, "doc:abc"):
            assert secret not in asked.raw
        assert set(asked.headers) <= {
            *("host", "accept", "accept-encoding", "connection", "user-agent", "content-type", "content-length"),
        }


def test_a_key_goes_along_and_nowhere_else(
    desk: Workspace, services: FakeServices, opener: OpenTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("S2_API_KEY", "s2-secret-key")
    monkeypatch.setenv("OPENALEX_API_KEY", "oa-secret-key")
    services.on("batch", Reply("no", 401))
    services.on("works", Reply("oa-secret-key is over its budget", 429))
    report = enrich(desk, every(desk)[:1], sources=(S2, OA), opener=opener)
    assert services.of("batch")[0].headers["x-api-key"] == "s2-secret-key"
    assert services.of("works")[0].query["api_key"] == ["oa-secret-key"]
    assert "secret-key" not in repr(report)
    assert not [path for path in desk.paths.home.rglob("*") if path.is_file() and b"secret-key" in path.read_bytes()]


def test_nobody_is_asked_unless_a_person_says_so(desk: Workspace, services: FakeServices) -> None:
    off = with_settings(desk, semantic_scholar=False, openalex=False, hf_daily=False)
    with pytest.raises(UsageError, match="No other service is on") as caught:
        enrich(off, every(desk))
    assert "settings enrichment.semantic_scholar true" in caught.value.mend
    with pytest.raises(UsageError, match="OpenAlex is off"):
        enrich(with_settings(desk, openalex=False), every(desk), sources=(OA,))
    assert due(off) == ()
    assert not services.asked


def test_nobody_is_asked_read_only_or_in_the_sample(desk: Workspace) -> None:
    with open_workspace(desk.paths.home, read_only=True) as closed, pytest.raises(ReadOnly):
        enrich(closed, every(desk))
    with pytest.raises(UsageError, match="demo"):
        enrich(replace(desk, demo=True), every(desk))


def test_arxivs_own_address_is_never_asked_past_its_limiter(desk: Workspace) -> None:
    with pytest.raises(UsageError, match="arXiv's"):
        url_of(replace(desk.settings.enrichment, openalex_url="https://export.arxiv.org/api"), OA)
    with open_transport(desk, S2, None) as transport:
        assert transport.interval("export.arxiv.org") >= 3
        assert transport.interval("api.semanticscholar.org") == 1
    assert limiter_of(S2)._state_file.name == "semantic-scholar-limiter.json"


# What is believed.


def test_facts_are_stored_with_source_and_day(desk: Workspace, services: FakeServices, opener: OpenTransport) -> None:
    services.on("batch", [s2(A.key), None])
    services.on("works", {"results": [work(A.key, doi="10.1145/99")]})
    services.on("daily", lambda asked: as_json([daily(A.key)] if asked.query["date"] == ["2026-04-10"] else []))
    one, two = every(desk)[:2]
    report = enrich(desk, (one, two), opener=opener)
    assert [(each.source, each.state, each.asked, each.found) for each in report.sources] == [
        (S2, "ok", 2, 1),
        (OA, "ok", 2, 1),
        (HF, "ok", 1, 1),
    ]
    found = said(desk, one)
    assert (found[S2].facts.citations, found[S2].facts.influential, found[S2].facts.venue) == (41, 3, "SIGIR")
    assert (found[OA].facts.doi, found[OA].facts.venue, found[OA].facts.citations) == ("10.1145/99", "ACM TOIS", 38)
    assert (found[HF].facts.upvotes, found[HF].facts.comments, found[HF].facts.day) == (25, 4, "2026-04-10")
    assert found[S2].fetched_at[:10] == iso(desk.clock.now())[:10]
    assert not said(desk, two)[S2].found
    record = paper_record(desk.store.read(lambda db: queries.paper(db, one, "ada")).result())
    assert record["enrichment"][0]["citations"] == 41
    assert record["proposals"][0]["doi"] == "10.1145/99"


def test_batches_have_at_most_what_a_service_allows(
    desk: Workspace, services: FakeServices, opener: OpenTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    from library.enrichment import services as module

    small = {**module.SERVICES, S2: replace(module.SERVICES[S2], batch=2)}
    monkeypatch.setattr("library.enrichment.batches.SERVICES", small)
    services.on("batch", lambda asked: as_json([s2(each.partition(":")[2]) for each in asked.body["ids"]]))
    report = enrich(desk, every(desk)[:3], sources=(S2,), opener=opener)
    assert [len(asked.body["ids"]) for asked in services.of("batch")] == [2, 1]
    assert (report.sources[0].asked, report.sources[0].found, report.sources[0].requests) == (3, 3, 2)


def test_what_a_batch_brought_stays_where_the_next_fails(
    desk: Workspace, services: FakeServices, opener: OpenTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    from library.enrichment import services as module

    small = {**module.SERVICES, S2: replace(module.SERVICES[S2], batch=1)}
    monkeypatch.setattr("library.enrichment.batches.SERVICES", small)
    services.on("batch", [s2(A.key)], Reply("<html>down</html>"))
    one, two, three = every(desk)[:3]
    report = enrich(desk, (one, two, three), sources=(S2,), opener=opener)
    assert (report.exit_code, report.sources[0].state, report.papers) == (4, "parse error", (one,))
    assert said(desk, one)[S2].found
    assert S2 not in said(desk, two)
    services.on("batch", lambda asked: as_json([s2(each.partition(":")[2]) for each in asked.body["ids"]]))
    again = enrich(desk, (one, two, three), sources=(S2,), opener=opener).sources[0]
    assert (again.state, again.asked, again.fresh) == ("ok", 2, 1)
    assert state(desk, S2).state == "ok"


def test_papers_that_were_not_asked_for_are_not_believed(
    desk: Workspace, services: FakeServices, opener: OpenTransport
) -> None:
    one, two = every(desk)[:2]
    services.on("batch", [s2("2604.77777"), s2(A.key, citationCount=7)])  # another paper, and one in the wrong place
    services.on("works", {"results": [work("2604.66666", doi="10.1000/x"), {"doi": 5}, "text", None]})
    enrich(desk, (one, two), sources=(S2, OA), opener=opener)
    assert said(desk, one)[S2].facts.citations == 7
    assert not said(desk, two)[S2].found
    assert not said(desk, one)[OA].found
    assert desk.store.read(lambda db: proposals(db)).result() == ()


def test_nonsense_is_unknown_and_hostile_text_is_cleaned(
    desk: Workspace, services: FakeServices, opener: OpenTransport
) -> None:
    one = every(desk)[0]
    hostile = s2(
        A.key,
        citationCount="many",
        influentialCitationCount=-3,
        year=99999,
        url="javascript:alert(1)",
        venue="\x1b]0;owned\x07[bold]SIG\u202eRI[/bold]\n" + "x" * 9_000,
    )
    services.on("batch", [hostile])
    services.on("daily", [daily(A.key, True), {"paper": None}, 7, daily("../../etc/passwd", 3)])
    enrich(desk, (one,), sources=(S2, HF), opener=opener)
    facts = said(desk, one)[S2].facts
    assert (facts.citations, facts.influential, facts.year, facts.url) == (None, None, None, None)
    assert facts.venue is not None
    assert facts.venue.startswith("[bold]SIGRI[/bold] x")
    assert len(facts.venue) <= 300
    assert said(desk, one)[HF].facts.upvotes is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(("externalIds", "ArXiv", "DOI", "doi", "results", "paper", "id", "source", "upvotes", "ids",
                         "locations", "primary_location", "citationCount", "recommendedPapers", "title", "authors")),
        inner, max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


@given(JSON)
def test_no_answer_breaks_a_reader(value: Any) -> None:
    from library.arxiv.problems import BadAnswer

    papers = [Wanted(1, A.key, None, "2026-04-10"), Wanted(2, None, "10.1145/7", "2026-04-10")]
    for ask in (
        lambda: semantic_scholar.ask(answer(value), "http://h/s2", papers),
        lambda: openalex.ask(answer(value), "http://h/oa", papers),
        lambda: hf_daily.ask(answer(value), "http://h/hf", "2026-04-10"),
        lambda: semantic_scholar.recommend(answer(value), "http://h/s2", papers, (), 5),
    ):
        try:
            found = ask()
        except BadAnswer:
            continue
        assert all(isinstance(each, Facts) for each in found.values()) if isinstance(found, dict) else True


def test_no_paper_known_is_an_answer_as_well(desk: Workspace, services: FakeServices, opener: OpenTransport) -> None:
    services.on("batch", as_json({"error": "No valid paper ids given"}, 400))
    report = enrich(desk, every(desk)[:1], sources=(S2,), opener=opener)
    assert (report.sources[0].state, report.sources[0].found) == ("ok", 0)
    services.on("batch", as_json({"error": "something else"}, 400))
    assert enrich(desk, every(desk)[:1], sources=(S2,), again=True, opener=opener).sources[0].state == "parse error"


@pytest.mark.parametrize("records", [[None, None], [s2(A.key), None], []], ids=["nulls", "more", "none"])
def test_an_answer_of_another_length_is_no_answer(
    desk: Workspace, services: FakeServices, opener: OpenTransport, records: list[Any]
) -> None:
    one = every(desk)[0]
    services.on("batch", records)
    report = enrich(desk, (one,), sources=(S2,), opener=opener)
    assert (report.sources[0].state, report.papers) == ("parse error", ())
    assert S2 not in said(desk, one)
    assert f"{len(records)} records for 1 paper" in ledger.in_words(state(desk, S2))
    assert state(desk, S2).evidence["url"]


def test_what_was_known_stays_where_a_service_forgets(
    desk: Workspace, services: FakeServices, opener: OpenTransport
) -> None:
    one = every(desk)[0]
    services.on("batch", [s2(A.key)], [None])
    enrich(desk, (one,), sources=(S2,), opener=opener)
    enrich(desk, (one,), sources=(S2,), again=True, opener=opener)
    assert said(desk, one)[S2].facts.citations == 41


# Freshness and politeness.


def test_what_is_fresh_is_not_asked_again(desk: Workspace, services: FakeServices, opener: OpenTransport) -> None:
    services.on("batch", [s2(A.key), None])
    services.on("daily", [])
    enrich(desk, every(desk)[:2], sources=(S2, HF), opener=opener)
    count = len(services.asked)
    report = enrich(desk, every(desk)[:2], sources=(S2, HF), opener=opener)
    assert [(each.asked, each.fresh, each.requests) for each in report.sources] == [(0, 2, 0), (0, 2, 0)]
    assert len(services.asked) == count
    enrich(desk, every(desk)[:2], sources=(S2, HF), again=True, opener=opener)
    assert len(services.asked) > count


def test_a_day_of_daily_papers_is_asked_for_once_a_day_until_its_votes_are_settled(
    desk: Workspace, services: FakeServices, opener: OpenTransport
) -> None:
    services.on("daily", [daily(A.key)])
    today = datetime.now(UTC).date().isoformat()
    long_ago = "2026-04-10"
    for day, later, asked in (
        (today, timedelta(hours=3), 1),
        (today, timedelta(hours=21), 2),
        (long_ago, timedelta(hours=99), 1),
    ):
        services.asked.clear()
        enrich(desk, (), sources=(HF,), days=(day,), again=True, opener=opener)

        class Later:
            now = staticmethod(lambda later=later: datetime.now(UTC) + later)
            today = staticmethod(lambda: datetime.now(UTC).date())

        enrich(replace(desk, clock=Later()), (), sources=(HF,), days=(day,), opener=opener)  # type: ignore[arg-type]
        assert len(services.of("daily")) == asked, (day, later)


@pytest.mark.parametrize(
    ("reply", "wanted", "why"),
    [
        (Reply("no", 403), "refused", "refused the request"),
        (Reply("no", 401), "refused", "401"),
        (Reply("slow", 429, (("Retry-After", "900"),)), "throttled", "fewer requests"),
        (Reply("slow", 429), "throttled", "fewer requests"),
        (Reply("down", 500), "offline", "out of order"),
        (Reply("[]", stall=3), "offline", "did not answer"),
        (Reply("[1, 2", cut=3), "offline", "cannot be reached"),
        (Reply("<html><title>Login</title></html>"), "parse error", "an HTML page"),
        (Reply("{broken"), "parse error", "instead of JSON"),
        (Reply('"text"'), "parse error", "JSON of another kind"),
        (Reply("", 302, (("Location", "https://elsewhere.example/"),)), "parse error", "sent us on"),
        (Reply("[" * 100_000), "parse error", "instead of JSON"),
    ],
    ids=["403", "401", "429 wait", "429", "500", "slow", "cut", "html", "broken", "kind", "redirect", "deep"],
)
def test_a_failure_has_its_state_with_evidence_and_stops_nobody_else(
    desk: Workspace, services: FakeServices, opener: OpenTransport, reply: Reply, wanted: str, why: str
) -> None:
    services.on("batch", reply)
    services.on("works", {"results": [work(A.key)]})
    report = enrich(desk, every(desk)[:1], sources=(S2, OA), opener=opener)
    assert [each.state for each in report.sources] == [wanted, "ok"]
    assert report.exit_code == 4
    kept = state(desk, S2)
    assert kept.state == wanted
    assert why in ledger.in_words(kept)
    assert kept.evidence["tries"] == 1
    assert ledger.asks_again(kept) > datetime.now(UTC)
    assert (kept.until is not None) == (wanted == "throttled" or reply.status == 403)
    assert S2 not in due(desk)
    assert said(desk, every(desk)[0])[OA].found
    assert S2 not in said(desk, every(desk)[0])


def test_a_cooldown_binds_all_processes_and_is_nobody_elses(
    desk: Workspace, services: FakeServices, opener: OpenTransport
) -> None:
    services.on("batch", Reply("slow", 429, (("Retry-After", "900"),)))
    services.on("works", {"results": []})
    enrich(desk, every(desk)[:1], sources=(S2,), opener=opener)
    count = len(services.asked)
    hold = hold_of(S2)
    assert hold is not None
    assert hold.seconds_left > 600
    report = enrich(desk, every(desk)[:1], sources=(S2, OA), opener=open_transport)
    assert [each.state for each in report.sources] == ["throttled", "ok"]
    assert len(services.asked) == count + 1
    from library.arxiv.limiter import Limiter
    from library.paths import user_state

    assert Limiter(user_state()).hold() is None


def test_openalex_needs_a_key_and_keeps_to_its_budget(
    desk: Workspace, services: FakeServices, opener: OpenTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = every(desk)[:1]
    report = enrich(with_settings(desk, openalex_key=""), one, sources=(OA,), opener=opener)
    assert (report.exit_code, report.sources[0].state) == (1, "key missing")
    assert "OPENALEX_API_KEY" in report.sources[0].message
    assert not services.asked
    from library.enrichment import services as module

    monkeypatch.setattr("library.enrichment.batches.SERVICES", {OA: replace(module.SERVICES[OA], a_day=2)})
    services.on("works", {"results": []})
    states = [enrich(desk, one, sources=(OA,), again=True, opener=opener).sources[0].state for _ in range(3)]
    assert states == ["ok", "ok", "throttled"]
    assert len(services.of("works")) == 2


def test_failures_count_until_it_answers(desk: Workspace, services: FakeServices, opener: OpenTransport) -> None:
    services.on("batch", Reply("down", 500))
    one = every(desk)[:1]
    for _ in range(3):
        enrich(desk, one, sources=(S2,), opener=opener)
    kept = state(desk, S2)
    assert kept.evidence["tries"] == 3
    assert ledger.asks_again(kept) - datetime.fromisoformat(kept.checked_at) == timedelta(hours=2)
    services.on("batch", [s2(A.key)])
    enrich(desk, one, sources=(S2,), opener=opener)
    assert (state(desk, S2).state, state(desk, S2).evidence.get("tries")) == ("ok", None)


def test_offline_it_says_so(desk: Workspace, opener: OpenTransport, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABTOP_OFFLINE", "1")
    report = enrich(desk, every(desk)[:1], opener=opener)
    assert {each.state for each in report.sources} == {"offline"}
    assert report.exit_code == 1


def test_it_stops_when_asked(desk: Workspace, services: FakeServices, opener: OpenTransport) -> None:
    token = CancelToken()

    def stop(_: Asked) -> Reply:
        token.cancel()
        return as_json([s2(A.key)])

    services.on("batch", stop)
    with pytest.raises(Cancelled):
        enrich(desk, every(desk)[:1], cancel=token, opener=opener)
    assert not services.of("works")


def test_what_is_due_is_the_persons_own(desk: Workspace, services: FakeServices, opener: OpenTransport) -> None:
    one, two = every(desk)[:2]
    assert set(desk.store.read(lambda db: own_papers(db, "ada")).result()) == {one, two}
    assert due(desk) == (S2, OA, HF)
    assert due(with_settings(desk, openalex_key="")) == (S2, HF)
    services.on("batch", [None, None])
    services.on("works", {"results": []})
    services.on("daily", [])
    enrich(desk, (one, two), opener=opener)
    assert due(desk) == ()
    assert due(replace(desk, person="bob")) == ()


def test_a_purge_leaves_nothing_of_it(desk: Workspace, services: FakeServices, opener: OpenTransport) -> None:
    services.on("batch", [s2(A.key, doi="10.1145/77777777777777777777")])
    enrich(desk, every(desk)[:1], sources=(S2,), opener=opener)
    assert purge(desk, [A.key], "asked for").left_out == ()
    left = "SELECT (SELECT count(*) FROM enrichment) + (SELECT count(*) FROM proposal)"
    assert desk.store.read(lambda db: db.execute(left).fetchone()[0]).result() == 0
    assert D.key
