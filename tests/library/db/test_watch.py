"""What others changed is noticed, and by what it was."""

from pathlib import Path

from library.db.watch import Picture, differences, picture
from library.papers import commands
from library.papers.ingest import add_drafts
from library.papers.model import PaperDraft
from library.workspace import Workspace
from planner.workspace import open_workspace

DRAFT = PaperDraft(key="2501.00001", kind="arxiv", source="test", title="A title", abstract="On things.")


def look(workspace: Workspace, before: Picture | None = None) -> Picture:
    return workspace.store.watch(lambda db: picture(db, before)).result()


def topics(before: Picture, after: Picture) -> set[str]:
    return {change.topic for change in differences(before, after)}


def test_a_colleagues_commits_are_noticed(workspace: Workspace, tmp_path: Path) -> None:
    first = look(workspace)
    assert look(workspace, first) is first
    with open_workspace(tmp_path / "home", person="kim") as other:
        added = other.store.write(lambda db: add_drafts(db, [DRAFT], at="2025-02-01T00:00:00Z")).result().added
        second = look(workspace, first)
        assert topics(first, second) == {"papers"}
        other.store.write(lambda db: commands.tag(db, "kim", added, "x")).result()
        third = look(workspace, second)
        assert topics(second, third) == {"rows"}
        other.store.write(lambda db: db.execute("UPDATE paper SET title = 'Another'")).result()
        fourth = look(workspace, third)
        assert topics(third, fourth) == {"rows"}
        assert differences(fourth, look(workspace, fourth)) == ()


def test_the_watcher_ends_with_the_store(workspace: Workspace) -> None:
    look(workspace)
    workspace.close()
    assert not any(thread.is_alive() for thread in workspace.store._threads)
