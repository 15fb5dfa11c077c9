"""Pictures of the real screens on the sample workspace, into docs/pictures. Run it with `make pictures`.

Needs CairoSVG (with the system's libcairo), Pillow and DejaVu Sans Mono, which has every sign that the screens use.
"""

import asyncio
import os
import re
import tempfile
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import cairosvg
from PIL import Image

from library.demo import encode_demo
from library.papers.queries import ids_newest_first
from library.paths import WorkspacePaths
from library.ranking.refresh import rerank
from library.sentences.vectors import encode_sentences
from library.workspace import Workspace
from planner.sample import make_demo
from planner.workspace import open_workspace
from tui.app import LabtopApp

FOLDER = Path(__file__).parent / "pictures"
QUERY = "late interaction reranking"
SCALE = 16 / 12.2  # a cell of the SVG is 12.2 wide: whole pixels, or the glyphs drift out of their cells
# Name, section, theme, size, keys pressed.
PICTURES: tuple[tuple[str, str, str, tuple[int, int], Sequence[str]], ...] = (
    ("today-160x48", "today", "labtop-dark", (160, 48), ()),
    ("today-80x24", "today", "labtop-dark", (80, 24), ()),
    ("triage-160x48", "triage", "labtop-dark", (160, 48), ("left_square_bracket", "j")),
    ("triage-80x24", "triage", "labtop-dark", (80, 24), ("left_square_bracket", "j", "enter")),
    ("library-160x48", "library", "labtop-dark", (160, 48), ("slash", *QUERY, "enter", "j")),
    ("library-80x24", "library", "labtop-dark", (80, 24), ("slash", *QUERY, "enter", "j")),
    ("reading-160x48", "reading", "labtop-dark", (160, 48), ("full_stop",)),
    ("reading-80x24", "reading", "labtop-dark", (80, 24), ("j",)),
    ("library-light-160x48", "library", "labtop-light", (160, 48), ("j", "j")),
    ("today-light-80x24", "today", "labtop-light", (80, 24), ()),
    ("club-160x48", "club", "labtop-dark", (160, 48), ()),
    ("club-80x24", "club", "labtop-dark", (80, 24), ("enter",)),
    ("hypotheses-160x48", "hypotheses", "labtop-dark", (160, 48), ("j", "j", "j", "j", "j")),
    ("decisions-160x48", "hypotheses", "labtop-dark", (160, 48), ("full_stop",)),
    ("form-80x24", "hypotheses", "labtop-dark", (80, 24), ("e", "pagedown", "tab", "tab")),
    ("link-80x24", "library", "labtop-dark", (80, 24), ("slash", *QUERY, "enter", "plus")),
    ("roadmap-160x48", "roadmap", "labtop-dark", (160, 48), ("j", "j", "j", "j", "j", "j")),
    ("roadmap-80x24", "roadmap", "labtop-dark", (80, 24), ("j",)),
    ("roadmap-board-160x48", "roadmap", "labtop-dark", (160, 48), ("full_stop", "l", "l", "l", "l")),
    ("roadmap-timeline-80x24", "roadmap", "labtop-dark", (80, 24), ("full_stop", "full_stop")),
    ("roadmap-experiments-160x48", "roadmap", "labtop-dark", (160, 48), ("comma", "g", "j")),
    ("help-80x24", "library", "labtop-dark", (80, 24), ("question_mark",)),
)


def main() -> None:
    """Make them all anew."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="labtop-pictures-") as folder:
        os.environ["LABTOP_STATE"] = folder
        home = WorkspacePaths(Path(folder) / "demo")
        make_demo(home)
        with open_workspace(home.home) as workspace:
            encode_demo(workspace)
            papers = workspace.store.read(ids_newest_first).result()
            encode_sentences(workspace, papers)
            rerank(workspace)
            for name, section, theme, size, keys in PICTURES:
                svg = asyncio.run(_taken(workspace, section, theme, size, keys))
                png = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL).replace("Fira Code", "DejaVu Sans Mono")
                path = FOLDER / f"{name}.png"
                drawn = cairosvg.svg2png(bytestring=png.encode(), scale=SCALE)
                # Some thirty colours and their edges: a palette of 128 looks the same and is a fifth of the size.
                image = Image.open(BytesIO(drawn)).convert("RGB").quantize(128, dither=Image.Dither.NONE)
                image.save(path, optimize=True)
                print(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


async def _taken(workspace: Workspace, section: str, theme: str, size: tuple[int, int], keys: Sequence[str]) -> str:
    app = LabtopApp(workspace, start=section)
    async with app.run_test(size=size) as pilot:
        app.theme = theme
        await _quiet(app)
        for key in keys:
            await pilot.press("space" if key == " " else key)
        await _quiet(app)
        return app.export_screenshot(title="labtop")


async def _quiet(app: LabtopApp) -> None:
    """Until no worker has run for a third of a second."""
    calm = 0
    for _ in range(600):
        await asyncio.sleep(0.05)
        calm = 0 if any(not worker.is_finished for worker in app.workers) else calm + 1
        if calm > 6:
            return


if __name__ == "__main__":
    main()
