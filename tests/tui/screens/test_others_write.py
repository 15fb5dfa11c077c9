"""Two other processes write while the dashboard is open and its user works: nothing is lost, none is told "locked"."""

import asyncio
import sys

from library.db import journal
from library.papers import queries
from library.workspace import Workspace
from tests.tui.screens.driving import drafts, fill, library, opened, settled, stored

TAGS = 12
# Each writes as `labtop tag` and `labtop note` do, as fast as it can.
WRITER = """
import sys
from pathlib import Path
from library.papers import commands
from planner.workspace import open_workspace

home, person, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
with open_workspace(home, person=person) as workspace:
    ids = workspace.store.read(lambda db: [row[0] for row in db.execute("SELECT id FROM paper ORDER BY id")]).result()
    for number in range(count):
        workspace.store.write(lambda db: commands.tag(db, person, ids, f"{person}-{number}")).result()
        workspace.store.write(lambda db: commands.add_note(db, person, ids[number], f"note {number}")).result()
"""


async def test_two_processes_write_while_the_dashboard_is_open(workspace: Workspace) -> None:
    ids = fill(workspace, drafts())
    app = opened(workspace)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await settled(pilot)
        home = str(workspace.paths.home)
        writers = [
            await asyncio.create_subprocess_exec(
                *(sys.executable, "-c", WRITER, home, person, str(TAGS)), stderr=asyncio.subprocess.PIPE
            )
            for person in ("kim", "lee")
        ]
        mine: list[int] = []
        for _ in range(20):
            mine.append(library(app).table.cursor_id or 0)
            await pilot.press("a", "j")
            await asyncio.sleep(0.05)
        for writer in writers:
            _, said = await asyncio.wait_for(writer.communicate(), 60)
            assert (writer.returncode, said) == (0, b"")
        await settled(pilot)
        assert not [toast for toast in app._notifications if toast.severity in ("error", "warning")]

        wanted = tuple(sorted(f"{person}-{number}" for person in ("kim", "lee") for number in range(TAGS)))
        for paper_id in ids:
            assert stored(workspace, paper_id).tags == wanted
        assert [stored(workspace, paper_id).decision for paper_id in mine] == ["keep"] * len(mine)
        counts = workspace.store.read(queries.counts).result()
        assert counts.notes == 2 * TAGS
        done = workspace.store.read(lambda db: journal.count(db)).result()
        assert done == len(mine) + 4 * TAGS
        # What the others wrote is on the screen about a second later, without a key pressed.
        for _ in range(60):
            row = library(app).table.row(mine[-1])
            if row is not None and set(wanted) <= set(row.tags):
                break
            await pilot.pause(0.1)
        else:
            raise AssertionError("the others' tags never reached the screen")
