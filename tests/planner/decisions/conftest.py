from collections.abc import Callable
from typing import Any

import pytest

from library.workspace import Workspace
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
