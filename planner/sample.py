"""The sample workspace with its research programme."""

from library import demo
from library.paths import WorkspacePaths
from planner.workspace import MIGRATIONS


def make_demo(paths: WorkspacePaths) -> tuple[bool, int]:
    """Make the sample workspace in `paths.home`, or leave the one that is there; returns (made, papers).

    Raises UsageError where another workspace with papers in it is there already.
    """
    return demo.make_demo(paths, migrations=MIGRATIONS)
