"""Nothing heavy is loaded on the thread of the screen: a plan, its draws and a verdict need numpy and scipy."""

import subprocess
import sys
from pathlib import Path

from library.workspace import Workspace
from tests.tui.screens.roadmapping import programme, results

SCRIPT = """
import asyncio, sys, threading
from pathlib import Path

class Watch:
    main = []
    others = []
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("numpy", "scipy"):
            here = threading.current_thread() is threading.main_thread()
            (self.main if here else self.others).append(name)
        return None

sys.meta_path.insert(0, Watch())

from planner.workspace import open_workspace
from tests.tui.screens.driving import settled
from tests.tui.screens.roadmapping import opened, roadmap, to_tab

async def go(home, number):
    with open_workspace(home, person="ada") as workspace:
        app = opened(workspace)
        async with app.run_test(size=(160, 48)) as pilot:
            await settled(pilot)
            await pilot.press("P")
            await settled(pilot)
            await pilot.press("3", "0", "0", "ctrl+s")
            await settled(pilot)
            for tab in ("board", "timeline", "experiments", "list"):
                await to_tab(pilot, tab)
            assert roadmap(app).planned.move_to_id(number)
            await settled(pilot)
            await pilot.press("J")
            await settled(pilot)
            messages = [note.message for note in app._notifications]
            assert any("planned 2027Q2" in message for message in messages), messages
            assert any("V-1" in message for message in messages), messages

asyncio.run(go(Path(sys.argv[1]), int(sys.argv[2])))
assert any(name.startswith("scipy") for name in Watch.others)
print(sorted({name.partition(".")[0] for name in Watch.main}))
"""


def test_planning_and_judging_load_numpy_and_scipy_beside_the_screen(workspace: Workspace) -> None:
    number = programme(workspace)["index"]
    results(workspace, number)
    result = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(workspace.paths.home), str(number)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=Path(__file__).parents[3],
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines()[-1] == "[]"
