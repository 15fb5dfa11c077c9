"""Fixtures that keep the machine out of the tests: own home, own caches, no network settings of the user's."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from library.settings import Settings
from library.vectors.conversion import convert
from library.vectors.model import ConvertedModel
from library.workspace import Workspace
from planner.workspace import open_workspace

REPOSITORY = Path(__file__).parent.parent

# Properties are tried on new examples at a desk, and on the same ones wherever the result decides something.
# A slow machine is no failure: nothing here is timed.
settings.register_profile("desk", deadline=None)
settings.register_profile("gate", deadline=None, derandomize=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("gate" if os.environ.get("CI") else "desk"))


@pytest.fixture(scope="session", autouse=True)
def apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Nothing here sees the user's workspace, cache or limiter, fixtures of wider scopes included.

    Converted models are kept between test runs.
    """
    folder = tmp_path_factory.mktemp("apart")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LABTOP_HOME", str(folder / "home"))
        patch.setenv("LABTOP_CACHE", str(REPOSITORY / ".labtop" / "cache"))
        patch.setenv("LABTOP_STATE", str(folder / "state"))
        patch.setenv("TEXTUAL_ANIMATIONS", "none")
        proxies = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")
        for name in ("LABTOP_AS", "LABTOP_OFFLINE", *proxies, "VISUAL", "EDITOR"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees another one's workspace or limiter."""
    monkeypatch.setenv("LABTOP_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LABTOP_STATE", str(tmp_path / "state"))


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """A new, empty workspace of a person called ada."""
    with open_workspace(tmp_path / "home", person="ada") as opened:
        yield opened


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data; tests that use it are marked `realdata`."""
    path = Path(os.environ.get("LABTOP_SHARED_DATA", REPOSITORY.parent / "shared" / "data"))
    if not (path / "arxiv").is_dir():
        pytest.skip(f"real data is not here ({path}); set LABTOP_SHARED_DATA")
    return path


@pytest.fixture(scope="session")
def converted_model(apart: None) -> ConvertedModel:
    """The real model, converted once and kept between test runs (.labtop/cache); half a minute in a new clone."""
    return convert(Settings())
