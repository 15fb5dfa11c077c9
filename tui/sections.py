"""The rooms of the dashboard. A room that does not exist yet has no row, and so no tab and no key."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.screens.base import SectionScreen


@dataclass(frozen=True, slots=True)
class Section:
    """`digit` is its key and stays the same as rooms are added; `screen` is "module:class", imported when opened."""

    digit: int
    id: str
    title: str
    about: str
    screen: str

    def factory(self) -> "Callable[[], SectionScreen]":
        """A function that makes the screen."""

        def make() -> "SectionScreen":
            module, name = self.screen.split(":")
            screen: SectionScreen = getattr(importlib.import_module(module), name)()
            return screen

        return make


SECTIONS: tuple[Section, ...] = (
    Section(1, "today", "Today", "What is new, and what needs a look.", "tui.screens.today:TodayScreen"),
    Section(
        2, "triage", "Triage", "What was announced, the best first: one key each.", "tui.screens.triage:TriageScreen"
    ),
    Section(3, "library", "Library", "Every paper: search, read, decide.", "tui.screens.library:LibraryScreen"),
    Section(
        4, "reading", "Reading", "What you read and what waits, in your order.", "tui.screens.reading:ReadingScreen"
    ),
    Section(
        5, "club", "Club", "The paper club: sessions, proposals and votes, members.", "tui.screens.club:ClubScreen"
    ),
    Section(
        6,
        "hypotheses",
        "Hypotheses",
        "What is claimed, what speaks for and against it, what was decided.",
        "tui.screens.hypotheses:HypothesesScreen",
    ),
    Section(
        7,
        "roadmap",
        "Roadmap",
        "Experiments: what they are worth, the quarter's plan, how they stand.",
        "tui.screens.roadmap:RoadmapScreen",
    ),
)
