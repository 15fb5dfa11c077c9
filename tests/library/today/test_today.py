"""The page: a zero never stands without its reason, and the sample's frozen day does not read as stale."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from library.clock import Clock, stamp
from library.papers.commands import tag
from library.papers.ingest import add_drafts
from library.papers.model import Announcement, PaperDraft
from library.paths import WorkspacePaths
from library.settings import ArxivSettings, Settings
from library.today import Today, today
from library.workspace import Workspace
from planner.sample import make_demo
from planner.workspace import open_workspace
from tui.commands.today import lines, record

MONDAY = date(2026, 4, 13)


def _at(workspace: Workspace, day: date, *categories: str, contact: str = "a@b.org") -> Workspace:
    return replace(
        workspace, clock=Clock(day), settings=Settings(arxiv=ArxivSettings(categories=categories, contact=contact))
    )


def _paper(key: str, day: str, *announced: tuple[str, str]) -> PaperDraft:
    return PaperDraft(
        key=key,
        kind="arxiv",
        source="test",
        title=f"Title of {key}",
        abstract="Text.",
        first_listed=day,
        categories=tuple(category for category, _ in announced) or ("cs.IR",),
        announcements=tuple(Announcement(category, type_, day) for category, type_ in announced),  # type: ignore[arg-type]
    )


def _add(workspace: Workspace, *drafts: PaperDraft) -> None:
    workspace.store.write(lambda db: add_drafts(db, drafts, at=stamp())).result()


def _ledger(workspace: Workspace, rows: Sequence[tuple[str, str, str, str]]) -> None:
    workspace.store.write(
        lambda db: db.executemany(
            "INSERT INTO sync_ledger (category, day, state, source, evidence, checked_at)"
            " VALUES (?, ?, ?, 'feed', ?, '2026-04-13T06:00:00Z')",
            [(category, day, state, json.dumps({"message": message})) for category, day, state, message in rows],
        )
    ).result()


def _texts(page: Today) -> list[str]:
    return [notice.text for notice in page.notices]


def test_an_empty_workspace_teaches(workspace: Workspace) -> None:
    page = today(_at(workspace, MONDAY))
    assert page.papers == 0
    assert [day.day for day in page.days] == ["2026-04-13"]
    shown = "\n".join(lines(page))
    for command in ("labtop init", "labtop import", "labtop demo"):
        assert command in shown


def test_days_count_new_and_crossed_papers(workspace: Workspace) -> None:
    _add(
        workspace,
        _paper("2604.00001", "2026-04-13", ("cs.IR", "new"), ("cs.CL", "cross")),
        _paper("2604.00002", "2026-04-13", ("cs.CL", "new")),
        _paper("2604.00003", "2026-04-10", ("cs.CL", "new")),
        _paper("2604.00009", "2026-04-14", ("cs.CL", "new")),
    )
    page = today(_at(workspace, MONDAY, "cs.IR", "cs.CL"))
    assert [(day.day, day.papers) for day in page.days] == [("2026-04-13", 2), ("2026-04-10", 1)]  # none of tomorrow
    assert [(part.category, part.new, part.cross) for part in page.days[0].categories] == [
        ("cs.IR", 1, 0),
        ("cs.CL", 1, 1),
    ]
    assert {row.key for row in page.newest} == {"2604.00001", "2604.00002"}
    assert record(page)["newest"][0]["id"] in {"2604.00001", "2604.00002"}


@pytest.mark.parametrize(
    ("state", "message", "said"),
    [
        ("not out yet", "", "not out yet"),
        ("quiet", "", "nothing new"),
        ("no mailing", "Good Friday", "Good Friday"),
        ("stale", "shows 2026-04-10", "stale"),
        ("throttled", "", "throttled"),
        ("offline", "no route", "no route"),
        ("parse error", "HTML", "could not be read"),
    ],
)
def test_a_day_without_papers_says_why(workspace: Workspace, state: str, message: str, said: str) -> None:
    _ledger(workspace, [("cs.IR", "2026-04-13", state, message)])
    page = today(_at(workspace, MONDAY, "cs.IR"))
    assert page.days[0].papers == 0
    assert said in page.days[0].reason
    trouble = state in ("stale", "throttled", "offline", "parse error")
    assert any("cs.IR" in text for text in _texts(page)) == trouble


def test_categories_with_different_reasons_are_told_apart(workspace: Workspace) -> None:
    _ledger(workspace, [("cs.IR", "2026-04-13", "quiet", ""), ("cs.CL", "2026-04-13", "offline", "no route")])
    reason = today(_at(workspace, MONDAY, "cs.IR", "cs.CL", "cs.LG")).days[0].reason
    assert "cs.IR: quiet" in reason
    assert "cs.CL: offline" in reason
    assert "cs.LG: arXiv was not asked" in reason


@pytest.mark.parametrize(
    ("day", "said"),
    [(date(2026, 4, 12), "weekend"), (date(2026, 4, 14), "not asked"), (date(2026, 11, 27), "Thanksgiving")],
)
def test_a_day_nobody_asked_about_is_explained_by_the_calendar(workspace: Workspace, day: date, said: str) -> None:
    assert said in today(_at(workspace, day, "cs.IR")).days[0].reason


def test_what_needs_a_look(workspace: Workspace) -> None:
    _add(workspace, _paper("2604.00001", "2026-04-13", ("cs.IR", "new")))
    workspace.store.write(
        lambda db: db.execute(
            "INSERT INTO quarantine (file, format, reason, raw, record_hash, first_seen, last_seen)"
            " VALUES ('a', 'jsonl', 'r', '{}', 'h', 'now', 'now')"
        )
    ).result()
    workspace.store.write(lambda db: tag(db, "ada", [1], "x")).result()
    page = today(_at(workspace, MONDAY, "cs.IR", contact=""))
    found = " · ".join(_texts(page))
    for part in ("1 record could not be read", "no paper has a vector yet", "contact", "no backup"):
        assert part in found
    assert page.undo is not None
    assert "tagged" in page.undo
    assert any("undo: tagged" in line for line in lines(page))
    assert all(notice.mend for notice in page.notices)


def test_the_page_is_one_moment_and_json(workspace: Workspace) -> None:
    _add(workspace, *(_paper(f"2604.{n:05}", str(MONDAY - timedelta(days=n))) for n in range(40)))
    page = today(_at(workspace, MONDAY, "cs.IR"))
    assert len(page.days) == 30
    json.dumps(record(page))


def test_the_samples_day_is_today_in_the_sample(tmp_path: Path) -> None:
    make_demo(WorkspacePaths(tmp_path / "demo"))
    with open_workspace(tmp_path / "demo") as workspace:
        page = today(workspace)
    assert page.demo
    assert page.day == page.days[0].day
    assert page.days[0].papers
    assert not [notice for notice in page.notices if notice.mend != "labtop index"]
    assert all(day.papers or day.reason for day in page.days)
    assert "DEMO" in lines(page)[0]


def test_hostile_titles_stay_one_line(workspace: Workspace) -> None:
    _add(workspace, replace(_paper("2604.00001", "2026-04-13"), title="[/x] \u202e" + "y" * 5000))
    shown = lines(today(_at(workspace, MONDAY, "cs.IR")))
    assert all(len(line) < 200 for line in shown)
