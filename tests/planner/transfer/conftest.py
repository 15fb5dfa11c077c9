from collections.abc import Callable
from typing import Any

import pytest

from library.workspace import Workspace
from tests.planner.decisions.planted import plant


@pytest.fixture
def write(workspace: Workspace) -> Callable[[Callable[[Any], Any]], Any]:
    return lambda function: workspace.store.write(function).result()


@pytest.fixture
def read(workspace: Workspace) -> Callable[[Callable[[Any], Any]], Any]:
    return lambda function: workspace.store.read(function).result()


@pytest.fixture
def ready(workspace: Workspace, write: Callable[[Callable[[Any], Any]], Any]) -> int:
    """A transfer-ready experiment that ada ran and that came out supported."""
    tried = plant(workspace)[1]
    write(lambda db: db.execute("UPDATE experiment SET kind = 'transfer-ready'"))
    return tried
