"""The bridge to the threads: reads may be dropped, writes run to their end and are told even when nobody waits."""

import asyncio
from typing import Any

import pytest

from library.db.changes import Change
from library.errors import LabtopError
from library.papers import commands
from library.workspace import Workspace
from tests.tui.screens.driving import drafts, fill, stored
from tui.context import Context, in_daemon


class Ear:
    def __init__(self, workspace: Workspace) -> None:
        self.heard: list[Change] = []
        self.errors: list[BaseException] = []
        self.ctx = Context(workspace, publish=self.heard.append, report=self.errors.append)


async def until(condition: Any) -> None:
    for _ in range(500):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not come about")


async def test_a_write_is_published(workspace: Workspace) -> None:
    (first, *_) = fill(workspace, drafts(3))
    ear = Ear(workspace)
    change = await ear.ctx.write(commands.tag, "ada", [first], "x")
    await until(lambda: ear.heard)
    assert ear.heard == [change]


async def test_cancelled_writes_are_written_and_told(workspace: Workspace) -> None:
    ids = fill(workspace, drafts(6))
    ear = Ear(workspace)
    tasks = [asyncio.create_task(ear.ctx.write(commands.tag, "ada", [id_], "x")) for id_ in ids]
    await asyncio.sleep(0)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await until(lambda: len(ear.heard) == len(ids))
    assert all(stored(workspace, id_).tags == ("x",) for id_ in ids)


async def test_a_failed_write_that_nobody_waits_for_is_reported(workspace: Workspace) -> None:
    ear = Ear(workspace)
    task = asyncio.create_task(ear.ctx.write(commands.add_note, "ada", 999, "text"))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await until(lambda: ear.errors)
    assert isinstance(ear.errors[0], LabtopError)


async def test_a_cancelled_read_is_interrupted(workspace: Workspace) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    ear = Ear(workspace)
    task = asyncio.create_task(ear.ctx.read(lambda db: db.execute(endless).fetchone()))
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await asyncio.wait_for(ear.ctx.read(lambda db: db.execute("SELECT 1").fetchone()[0]), 5) == 1


async def test_long_work_hands_over_result_and_error() -> None:
    assert await in_daemon(lambda: 7, name="test") == 7
    with pytest.raises(LabtopError):
        await in_daemon(lambda: (_ for _ in ()).throw(LabtopError("no")), name="test")
