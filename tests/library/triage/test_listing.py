"""What a day brought: each paper once, under the best of its listings, on its first day."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from library.papers.model import PaperDraft
from library.triage.listing import day_after, day_before, day_of, follow, followed, listed_on, newest_days
from library.workspace import Workspace
from tests.library.triage.inboxes import FRIDAY, MONDAY, THURSDAY, add, paper

Read = Callable[..., Any]


@pytest.fixture
def read(workspace: Workspace) -> Read:
    return lambda function, *given: workspace.store.read(lambda db: function(db, *given)).result()


def following(workspace: Workspace, *categories: str) -> None:
    workspace.store.write(lambda db: follow(db, categories)).result()


def of_day(read: Read, day: str = MONDAY) -> dict[str, tuple[str, str]]:
    return {each.key: (each.kind, each.category) for each in read(listed_on, day)}


def test_a_paper_stands_once_under_its_best_listing(workspace: Workspace, read: Read) -> None:
    add(
        workspace,
        paper("2604.00001", ("cs.CL", "new", MONDAY), ("cs.IR", "cross", MONDAY), ("cs.LG", "cross", MONDAY)),
        paper("2604.00002", ("cs.CL", "replace", MONDAY), ("cs.IR", "replace-cross", MONDAY)),
    )
    assert of_day(read) == {"2604.00001": ("new", "cs.CL"), "2604.00002": ("replaced", "cs.CL")}


def test_only_followed_categories_make_an_inbox(workspace: Workspace, read: Read) -> None:
    following(workspace, "cs.IR", "cs.DB")
    add(
        workspace,
        paper("2604.00001", ("cs.CL", "new", MONDAY), ("cs.IR", "cross", MONDAY), ("cs.DB", "cross", MONDAY)),
        paper("2604.00002", ("cs.CL", "new", MONDAY)),
        paper("2604.00003", ("cs.IR", "new", MONDAY)),
    )
    assert of_day(read) == {"2604.00001": ("cross", "cs.DB"), "2604.00003": ("new", "cs.IR")}


def test_a_late_cross_list_does_not_bring_a_paper_again(workspace: Workspace, read: Read) -> None:
    add(workspace, paper("2604.00001", ("cs.IR", "new", FRIDAY), ("cs.CL", "cross", MONDAY)))
    assert of_day(read, FRIDAY) == {"2604.00001": ("new", "cs.IR")}
    assert of_day(read, MONDAY) == {}


def test_the_first_day_is_that_of_a_followed_category(workspace: Workspace, read: Read) -> None:
    following(workspace, "cs.CL")
    add(workspace, paper("2604.00001", ("cs.IR", "new", FRIDAY), ("cs.CL", "cross", MONDAY)))
    assert of_day(read, MONDAY) == {"2604.00001": ("cross", "cs.CL")}


def test_a_new_version_comes_back_as_replaced(workspace: Workspace, read: Read) -> None:
    add(
        workspace,
        paper("2604.00001", ("cs.IR", "new", FRIDAY), ("cs.IR", "replace", MONDAY)),
        paper("2604.00002", ("cs.IR", "new", FRIDAY), ("cs.CL", "cross", MONDAY), ("cs.IR", "replace", MONDAY)),
    )
    assert of_day(read) == {"2604.00001": ("replaced", "cs.IR"), "2604.00002": ("replaced", "cs.IR")}


def test_an_import_without_announcements_has_its_day(workspace: Workspace, read: Read) -> None:
    following(workspace, "cs.IR")
    known: dict[str, Any] = {"first_listed": MONDAY, "announcements": ()}
    submitted: dict[str, Any] = {"first_listed": None, "submitted_at": f"{FRIDAY}T09:00:00Z", "announcements": ()}
    ids = add(
        workspace,
        paper("2604.00001", categories=("cs.IR", "cs.CL"), **known),
        paper("2604.00002", categories=("cs.CL", "cs.IR"), **known),
        paper("2604.00003", categories=("cs.CL",), **known),
        paper("2604.00004", **submitted),
    )
    assert of_day(read) == {"2604.00001": ("new", "cs.IR"), "2604.00002": ("cross", "cs.IR")}
    assert [each.announced for each in read(listed_on, MONDAY)] == [False, False]
    assert of_day(read, FRIDAY) == {"2604.00004": ("new", "cs.IR")}
    assert [read(day_of, number) for number in ids] == [MONDAY, MONDAY, None, FRIDAY]


def test_references_and_documents_never_come_in(workspace: Workspace, read: Read) -> None:
    add(
        workspace,
        PaperDraft(key="doi:10.1/x", kind="reference", source="bibtex", title="A reference", published=MONDAY),
        PaperDraft(key="2604.00001", kind="arxiv", source="bibtex", title="Of a bibliography", published=MONDAY),
        PaperDraft(key="test:doc", kind="document", source="document", title="Mine", published=MONDAY),
    )
    assert of_day(read) == {}
    assert read(newest_days, MONDAY, 5) == ()


def test_days_are_walked_in_both_directions(workspace: Workspace, read: Read) -> None:
    following(workspace, "cs.IR")
    add(
        workspace,
        paper("2604.00001", ("cs.IR", "new", MONDAY)),
        paper("2604.00002", ("cs.CL", "new", FRIDAY)),
        paper("2604.00003", ("cs.IR", "new", THURSDAY)),
        paper("2604.00004", first_listed="2026-04-08", announcements=()),
        paper("2604.00005", first_listed="2026-04-12", announcements=()),
        paper("2604.00006", ("cs.IR", "new", "2026-04-20")),
        paper("2604.00007", ("cs.IR", "replace", FRIDAY)),  # makes no day
    )
    assert read(newest_days, MONDAY, 9) == (MONDAY, "2026-04-12", THURSDAY, "2026-04-08")
    assert read(newest_days, MONDAY, 2) == (MONDAY, "2026-04-12")
    assert read(day_before, THURSDAY) == "2026-04-08"
    assert read(day_before, "2026-04-08") is None
    assert read(day_after, THURSDAY) == "2026-04-12"
    assert read(day_after, "2026-04-20") is None


def test_the_settings_categories_are_kept_in_the_database(workspace: Workspace) -> None:
    from dataclasses import replace

    from library.settings import save_settings
    from planner.workspace import open_workspace

    assert workspace.store.read(followed).result() == ()
    arxiv = replace(workspace.settings.arxiv, categories=("cs.IR", "cs.CL"))
    save_settings(workspace.paths.settings, replace(workspace.settings, arxiv=arxiv))
    with open_workspace(workspace.paths.home) as again:
        assert again.store.read(followed).result() == ("cs.IR", "cs.CL")


DAYS = ("2026-04-08", THURSDAY, FRIDAY, MONDAY)
CATEGORIES = ("cs.IR", "cs.CL", "cs.LG")
LISTING = st.tuples(
    st.sampled_from(CATEGORIES), st.sampled_from(("new", "cross", "replace", "replace-cross")), st.sampled_from(DAYS)
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(LISTING, min_size=1, max_size=6, unique=True), min_size=1, max_size=4), st.data())
def test_whatever_is_announced_counts_once_and_on_its_first_day(
    workspace: Workspace, listings: list[list[tuple[str, str, str]]], data: st.DataObject
) -> None:
    """Against the rule in plain Python."""
    ours = data.draw(st.lists(st.sampled_from(CATEGORIES), unique=True))
    names = [f"26{10 + place}.0000{place}" for place in range(len(listings))]

    def fill(db: Any) -> None:
        db.execute("DELETE FROM paper")
        follow(db, ours)

    workspace.store.write(fill).result()
    drafts = [paper(name, *each, first_listed=None) for name, each in zip(names, listings, strict=True)]
    numbers = dict(zip(names, add(workspace, *drafts), strict=True))

    def read(function: Callable[..., Any], *given: object) -> Any:
        return workspace.store.read(lambda db: function(db, *given)).result()

    seen: dict[str, list[tuple[str, str]]] = {name: [] for name in names}
    for day in DAYS:
        for one in read(listed_on, day):
            seen[one.key].append((day, one.kind))
    for name, each in zip(names, listings, strict=True):
        mine = [(day, kind) for category, kind, day in each if not ours or category in ours]
        first = min((day for day, kind in mine if kind in ("new", "cross")), default=None)
        counted = [(day, kind) for day, kind in seen[name] if kind != "replaced"]
        best = "new" if (first, "new") in mine else "cross"
        assert counted == ([(first, best)] if first else [])
        replaced = {day for day, kind in mine if kind.startswith("replace") and day != first}
        assert {day for day, kind in seen[name] if kind == "replaced"} == replaced
        assert read(day_of, numbers[name]) == first
