"""A fake arXiv, a clock that stands where a test puts it, and a workspace that asks the fake."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from library.arxiv.limiter import Limiter
from library.arxiv.sync import SyncReport, sync
from library.arxiv.transport import Transport
from library.settings import Settings, save_settings
from library.workspace import Workspace
from planner.workspace import open_workspace
from tests.library.arxiv.server import FakeArxiv

WEDNESDAY = datetime(2026, 8, 12, 12, 0, tzinfo=UTC)  # 08:00 in New York; the listing of 12 August is out


class FakeTime:
    """Seconds that pass only when somebody sleeps."""

    def __init__(self) -> None:
        self.seconds = 1_000.0
        self.slept: list[float] = []

    def steady(self) -> float:
        return self.seconds

    def wall(self) -> float:
        return 1_780_000_000.0 + self.seconds

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds


@pytest.fixture
def arxiv() -> Iterator[FakeArxiv]:
    with FakeArxiv(WEDNESDAY) as fake:
        yield fake


@pytest.fixture
def fake_time() -> FakeTime:
    return FakeTime()


@pytest.fixture
def limiter(tmp_path: Path, fake_time: FakeTime) -> Limiter:
    return Limiter(tmp_path / "state", sleep=fake_time.sleep, steady=fake_time.steady, wall=fake_time.wall)


@pytest.fixture
def transport(arxiv: FakeArxiv, limiter: Limiter) -> Iterator[Transport]:
    with Transport(arxiv.settings(), limiter, now=lambda: WEDNESDAY, read_seconds=2.0) as opened:
        yield opened


@dataclass
class Desk:
    """A workspace following categories of the fake arXiv, at a time that a test sets."""

    arxiv: FakeArxiv
    workspace: Workspace
    limiter: Limiter
    now: datetime = WEDNESDAY
    local_clock_off_seconds: float = 0.0
    attempts: int = 3

    def at(self, moment: datetime) -> None:
        self.now = self.arxiv.clock = moment

    def sync(self, **options: Any) -> SyncReport:
        with Transport(
            self.workspace.settings.arxiv, self.limiter, now=self.local, read_seconds=0.4, attempts=self.attempts
        ) as transport:
            return sync(self.workspace, transport=transport, **options)

    def local(self) -> datetime:
        return datetime.fromtimestamp(self.now.timestamp() + self.local_clock_off_seconds, UTC)

    def stored(self) -> list[str]:
        rows = self.workspace.store.read(
            lambda db: db.execute("SELECT key FROM paper ORDER BY key").fetchall()
        ).result()
        return [row[0] for row in rows]

    def announcements(self) -> list[tuple[str, str, str, str]]:
        joined = "announcement a JOIN paper p ON p.id = paper_id"
        statement = f"SELECT p.key, category, type, a.day FROM {joined} ORDER BY 1, 2, 3, 4"
        return [tuple(row) for row in self.workspace.store.read(lambda db: db.execute(statement).fetchall()).result()]


@pytest.fixture
def make_desk(arxiv: FakeArxiv, limiter: Limiter, tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    opened: list[Workspace] = []

    def make(*categories: str, days: int = 0) -> Desk:
        home = tmp_path / f"home-{len(opened)}"
        home.mkdir()
        settings = arxiv.settings(categories=categories or ("cs.IR",), days=days)
        save_settings(home / "settings.toml", replace(Settings(), arxiv=settings))
        workspace = open_workspace(home, person="ada")
        opened.append(workspace)
        return Desk(arxiv, workspace, limiter)

    yield make
    for workspace in opened:
        workspace.close()
