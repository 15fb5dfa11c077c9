"""What may be loaded where. import-linter reads the source; these look at what a process really holds."""

import ast
import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
SOURCES = sorted(path for package in ("library", "planner", "tui") for path in (REPOSITORY / package).rglob("*.py"))
HEAVY = {
    *("torch", "transformers", "sentence_transformers", "sklearn", "scipy", "pandas"),
    *("textual", "faiss", "numpy", "sqlite_utils", "onnxruntime", "openvino", "lxml", "arxiv", "httpx"),
}
NEVER_IN_THE_DASHBOARD = {"torch", "transformers", "sentence_transformers", "sklearn", "pandas", "sqlite_utils"}


def _loaded_by(code: str) -> set[str]:
    """Top-level modules in a fresh process after `code`."""
    ending = "\nimport sys\nprint(*sorted({name.split('.')[0] for name in sys.modules}))"
    result = subprocess.run(
        [sys.executable, "-c", code + ending], capture_output=True, text=True, timeout=60, cwd=REPOSITORY
    )
    assert result.returncode == 0, result.stderr
    return set(result.stdout.splitlines()[-1].split())


@pytest.mark.parametrize(
    "code",
    [
        "import library",
        "import planner",
        "import library.workspace, planner.workspace",
        "import tui.cli",
        "from tui.cli import run\nassert run(['--version']) == 0",
        "from tui.cli import run\nassert run(['--help']) == 0",
    ],
)
def test_starting_loads_nothing_heavy(code: str) -> None:
    assert not _loaded_by(code) & HEAVY


def test_opening_a_workspace_that_is_up_to_date_loads_nothing_heavy(tmp_path: Path) -> None:
    opened = (
        "from pathlib import Path\nfrom planner.workspace import open_workspace\n"
        f"open_workspace(Path({str(tmp_path)!r})).close()"
    )
    _loaded_by(opened)  # makes it: that takes sqlite_utils
    assert not _loaded_by(opened) & HEAVY


@pytest.mark.skipif(importlib.util.find_spec("tui.app") is None, reason="there is no dashboard yet")
def test_the_dashboard_never_loads_what_takes_seconds() -> None:
    """The application, every screen and widget."""
    modules = [
        ".".join(path.relative_to(REPOSITORY).with_suffix("").parts)
        for path in SOURCES
        if path.is_relative_to(REPOSITORY / "tui")
        and path.stem not in ("__init__", "__main__")
        and "commands" not in path.parts
    ]
    assert (
        not _loaded_by(f"import importlib\nfor name in {modules!r}: importlib.import_module(name)")
        & NEVER_IN_THE_DASHBOARD
    )


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_only_the_store_opens_connections(path: Path) -> None:
    if path == REPOSITORY / "library" / "db" / "store.py":
        return
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            assert (node.value.id, node.attr) not in {("sqlite3", "connect"), ("sqlite3", "Connection.__init__")}, path
        if isinstance(node, ast.ImportFrom) and node.module == "sqlite3":
            assert "connect" not in {name.name for name in node.names}, path
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Database":
            # sqlite_utils.Database(path) would open one of its own; Database(connection) does not.
            argument = node.args[0] if node.args else None
            assert getattr(argument, "id", None) in ("connection", "db"), path


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_files_stay_small(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400, f"{path} is more than one idea"
