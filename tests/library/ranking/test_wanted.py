"""What counts as a wish and as a label, and what does not."""

from datetime import date

from library.db.journal import record
from library.interests import add_search, add_tag, interests, rest, set_interest
from library.papers.commands import tag
from library.ranking.inputs import inputs_hash
from library.ranking.pool import inbox
from library.ranking.wanted import Decided, Wanted, decided, search_words, wanted
from library.search.saved import save
from library.workspace import Workspace
from tests.library.ranking.making import decide, look_for, papers, put, stand_still

TODAY = date(2026, 4, 13)


def read_labels(workspace: Workspace, person: str = "ada", without: tuple[int, ...] = ()) -> tuple[Decided, ...]:
    return workspace.store.read(lambda db: decided(db, person, without)).result()


def read_wishes(workspace: Workspace, person: str = "ada") -> tuple[Wanted, ...]:
    return workspace.store.read(lambda db: wanted(db, person, TODAY)).result()


def test_single_decisions_are_labels_and_nothing_else_is(workspace: Workspace) -> None:
    put(workspace, papers(8))
    decide(workspace, [1], "keep", at="2026-04-10T08:00:00Z")
    decide(workspace, [2], "skip", at="2026-04-11T08:00:00Z")
    decide(workspace, [3], "star", at="2026-04-12T08:00:00Z")
    decide(workspace, [4], "later", at="2026-04-12T09:00:00Z")
    decide(workspace, [5, 6], "skip", bulk=True)
    decide(workspace, [7], "keep", person="kim")
    assert read_labels(workspace) == (
        Decided(1, True, "2026-04-10", 1.0, None),
        Decided(2, False, "2026-04-11", 1.0, None),
        Decided(3, True, "2026-04-12", 2.0, None),
        Decided(4, True, "2026-04-12", 1.0, None),
    )
    assert [each.paper for each in read_labels(workspace, without=(3,))] == [1, 2, 4]
    assert [each.paper for each in read_labels(workspace, "kim")] == [7]


def test_every_kind_of_interest_says_what_it_looks_for(workspace: Workspace) -> None:
    write = workspace.store.write
    put(workspace, papers(4))
    look_for(workspace, "late interaction")
    write(lambda db: tag(db, "kim", [2, 3], "To Read")).result()
    write(lambda db: add_tag(db, "ada", "to-read")).result()
    query = '"KV cache" -video title:pruning cat:cs.IR ~"less memory" au:hinton'
    write(lambda db: save(db, "ada", "caches", query, today=TODAY)).result()
    write(lambda db: add_search(db, "ada", "CACHES")).result()
    write(
        lambda db: record(
            db,
            person="kim",
            action="test",
            summary="a hypothesis",
            write=lambda recorder: set_interest(recorder, "hypothesis", "H-1", "It helps.", True),
        )
    ).result()
    found = read_wishes(workspace)
    assert [(each.kind, each.text, each.papers) for each in found] == [
        ("topic", "late interaction", ()),
        ("tag", "to read", (2, 3)),
        ("search", "KV cache pruning less memory", ()),
        ("hypothesis", "It helps.", ()),
    ]
    assert [each.kind for each in read_wishes(workspace, "kim")] == ["hypothesis"]
    write(lambda db: rest(db, "ada", found[0].id)).result()
    assert [each.kind for each in read_wishes(workspace)] == ["tag", "search", "hypothesis"]


def test_a_search_that_only_restricts_or_is_gone_says_nothing(workspace: Workspace) -> None:
    write = workspace.store.write
    write(lambda db: save(db, "ada", "mine", "cat:cs.IR is:undecided", today=TODAY)).result()
    write(lambda db: add_search(db, "ada", "mine")).result()
    assert read_wishes(workspace) == ()
    write(lambda db: db.execute("DELETE FROM saved_search")).result()
    assert workspace.store.read(lambda db: search_words(db, "1", TODAY)).result() == ""
    (row,) = workspace.store.read(lambda db: interests(db, "ada")).result()
    assert row.problem == "the saved search is gone"


def test_the_inbox_is_what_came_lately_and_is_not_decided(workspace: Workspace) -> None:
    put(workspace, [*papers(3), *papers(2, day="2026-04-13", first=10), *papers(1, day="2026-04-14", first=20)])
    decide(workspace, [2], "skip", bulk=True)
    decide(workspace, [1], "keep", person="kim")
    found = workspace.store.read(lambda db: inbox(db, "ada", "2026-04-13")).result()
    assert found == {4: "2026-04-13", 5: "2026-04-13", 1: "2026-04-10", 3: "2026-04-10"}
    assert list(found)[:2] == [4, 5]
    assert list(workspace.store.read(lambda db: inbox(db, "kim", "2026-04-10")).result()) == [2, 3]


def test_what_a_ranking_rests_on_is_noticed(workspace: Workspace) -> None:
    stand_still(workspace)
    put(workspace, papers(6))

    def now(person: str = "ada") -> str:
        return workspace.store.read(lambda db: inputs_hash(db, person)).result()

    seen = {now()}
    kims = now("kim")
    look_for(workspace, "late interaction")
    seen.add(now())
    decide(workspace, [1], "keep")
    seen.add(now())
    decide(workspace, [1], "skip")
    seen.add(now())
    assert len(seen) == 4
    decide(workspace, [2, 3], "skip", bulk=True)
    assert now() in seen  # what nobody looked at changes nothing
    assert now("kim") == kims  # nor does what a colleague decides
    put(workspace, papers(1, first=50))
    assert now() not in seen
    assert now("kim") != kims
    before = now()
    stand_still(workspace, "2026-04-14")
    assert now() != before
