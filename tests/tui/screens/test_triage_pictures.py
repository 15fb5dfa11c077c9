"""What Triage looks like. The day, the name and the papers stand still."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from library.clock import stamped
from library.papers.commands import decide
from library.triage.inbox import inbox_day
from library.workspace import Workspace
from tests.library.triage.inboxes import FRIDAY, MONDAY, add, paper, rank
from tests.tui.screens.driving import settled
from tests.tui.screens.triaging import opened_on
from tui.app import LabtopApp

TITLES = (
    "Late interaction under a latency budget",
    "Distilling a reranker into its own retriever",
    "When do long contexts replace retrieval?",
    "A benchmark of questions that nobody asked",
    "Pruning token vectors without losing recall",
    "On the numerical stability of softmax",
    "漢字を含む検索のための評価基盤",
    "Query rewriting with a small language model",
    "Robust speech in the open sea",
    "Graph transformers for molecules",
)


@pytest.fixture
def app(workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LabtopApp:
    monkeypatch.setenv("LABTOP_CACHE", str(tmp_path / "cache"))
    drafts = [
        paper(
            f"2604.{place:05}",
            ("cs.IR", "new", MONDAY) if place % 3 else ("cs.CL", "cross", MONDAY),
            title=title,
            abstract=f"We ask about {title.lower()}. Multi-vector models keep their lead at a tenth of the cost."
            " Code and data are public.",
            comment="12 pages, code",
        )
        for place, title in enumerate(TITLES, 1)
    ]
    replaced = paper("2603.00001", ("cs.IR", "new", FRIDAY), ("cs.IR", "replace", MONDAY), title="An older paper")
    kept = paper("2603.00002", ("cs.IR", "new", "2026-03-02"), title="What we kept in March")
    ids = add(workspace, *drafts, replaced, kept)

    def fill(db: Any) -> None:
        from library.sentences.queries import sentences_of

        rank(db, dict(zip(ids[:9], (0.87, 0.81, 0.77, 0.31, 0.55, 0.4, 0.33, 0.28, 0.12), strict=True)),
             line=0.6, explored=[ids[3]])  # fmt: skip
        interest = db.execute("SELECT id FROM interest").fetchone()[0]
        for paper_id in ids[:9]:
            digest = sentences_of(db, paper_id)[0].text_hash
            detail = (
                '{"parts": [["base", -1.2, []], ["sentence", 1.9, []], ["near kept papers", 0.8, []],'
                f' ["authors", 0.2, []]], "sentence": 1, "cosine": 0.71, "nearest": [[{ids[11]}, 0.66]],'
                f' "terms": ["multi-vector"], "checks": [[{interest}, 1, 0.71]], "lacks": null, "text": "{digest}"}}'
            )
            db.execute("UPDATE ranked SET detail = ?, log_odds = 1.7 WHERE paper_id = ?", (detail, paper_id))

    workspace.store.write(fill).result()

    def decided(db: Any) -> None:
        with stamped("2026-04-04T08:00:00Z"):
            decide(db, "ada", [ids[11]], "keep")
            decide(db, "ada", [ids[10]], "later")

    workspace.store.write(decided).result()
    assert workspace.store.read(lambda db: inbox_day(db, "ada", MONDAY)).result().announced == 10
    return opened_on(workspace)


def doing(*keys: str) -> Callable[[Pilot[Any]], Awaitable[None]]:
    async def run(pilot: Pilot[Any]) -> None:
        await settled(pilot)
        for key in keys:
            await pilot.press(key)
            await settled(pilot)

    return run


def test_a_day_at_160_by_48(snap_compare: Any, app: LabtopApp) -> None:
    assert snap_compare(app, terminal_size=(160, 48), run_before=doing("a", "s", "f"))


def test_a_day_at_80_by_24(snap_compare: Any, app: LabtopApp) -> None:
    assert snap_compare(app, terminal_size=(80, 24), run_before=doing("a", "j"))


def test_a_card_over_the_list_at_80_by_24(snap_compare: Any, app: LabtopApp) -> None:
    assert snap_compare(app, terminal_size=(80, 24), run_before=doing("enter"))


def test_asking_before_the_rest_is_skipped_in_the_light_theme(snap_compare: Any, app: LabtopApp) -> None:
    app.theme = "labtop-light"
    assert snap_compare(app, terminal_size=(120, 40), run_before=doing("S"))


def test_what_is_put_off(snap_compare: Any, app: LabtopApp) -> None:
    assert snap_compare(app, terminal_size=(80, 24), run_before=doing("full_stop"))
