"""What is shipped: one wheel with three packages, styles and reference data, and nothing of the repository itself."""

import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=REPOSITORY, check=True, capture_output=True)
    (path,) = folder.glob("labtop-*.whl")
    return zipfile.ZipFile(path).namelist()


def test_the_wheel_holds_packages_data_and_styles(wheel: list[str]) -> None:
    for name in (
        "library/_data/sample/papers.jsonl",
        "library/_data/arxiv/categories.toml",
        "library/db/migrations/m0001_papers.py",
        "planner/workspace.py",
        "tui/cli.py",
    ):
        assert name in wheel
    styles = {str(path.relative_to(REPOSITORY)) for path in (REPOSITORY / "tui").rglob("*.tcss")}
    assert styles
    assert styles <= set(wheel)


def test_the_wheel_holds_nothing_else(wheel: list[str]) -> None:
    tops = {name.split("/")[0] for name in wheel}
    assert tops - {"library", "planner", "tui"} == {name for name in tops if name.endswith(".dist-info")}
    assert not [name for name in wheel if name.endswith((".db", ".pyc", ".faiss", ".onnx"))]


def test_the_lock_can_be_installed_anywhere() -> None:
    text = (REPOSITORY / "requirements.lock").read_text()
    lock = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    pins = dict(line.split("==") for line in lock if "==" in line)
    assert pins["torch"] == "2.13.0"
    assert not [line for line in lock if line.startswith(("--", "-f", "-i")) or "file:" in line or "+cpu" in line]
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = {name.split("[")[0] for text in wanted for name in [text.replace(">", "=").replace("<", "=").split("=")[0]]}
    assert names <= set(pins)
