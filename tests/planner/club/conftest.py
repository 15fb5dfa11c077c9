"""A club with a hypothesis to bear on; see tests/library/club."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from library.papers.model import PaperDraft
from library.workspace import Workspace
from planner.hypotheses import commands
from tests.library.club.conftest import Club

PAPER = PaperDraft(
    key="2602.00900",
    kind="arxiv",
    source="test",
    title="Late interaction pays",
    abstract="We compare late interaction with dense retrieval. Late interaction wins on long documents by 2.1 points. "
    "On short ones, nothing is gained.",
    version=1,
    first_listed="2026-02-02",
)


@dataclass
class Group(Club):
    """A club whose paper 900 can be quoted, and one hypothesis, H-1."""

    more: dict[str, Any] = field(default_factory=dict)

    def claim(self, **raw: Any) -> int:
        statement = "Late interaction beats dense retrieval on long documents"
        values = {"statement": statement, "metric": "nDCG@10", "delta": 0.5, "unit": "points", "prior": 0.4, **raw}
        return self.write(lambda db: commands.add(db, "ada", values))[0]


@pytest.fixture
def group(workspace: Workspace) -> Group:
    found = Group(workspace)
    found.put(PAPER)
    return found
