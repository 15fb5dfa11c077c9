from collections.abc import Callable, Iterator
from typing import Any

import pytest

from library.workspace import Workspace
from planner.workspace import open_workspace
from tests.planner.decisions.planted import plant


@pytest.fixture
def programme(workspace: Workspace) -> tuple[int, int]:
    """(hypothesis, experiment) of a small programme in which the hypothesis came out supported."""
    return plant(workspace)


@pytest.fixture
def write(workspace: Workspace) -> Callable[[Callable[[Any], Any]], Any]:
    return lambda function: workspace.store.write(function).result()


@pytest.fixture
def read(workspace: Workspace) -> Callable[[Callable[[Any], Any]], Any]:
    return lambda function: workspace.store.read(function).result()


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """For tests that make many cases and take each one back."""
    with open_workspace(tmp_path_factory.mktemp("lab") / "home", person="ada") as opened:
        yield opened
