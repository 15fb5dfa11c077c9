"""`labtop sync` as a person and cron run it."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from library.arxiv.calendar import current_listing_day
from library.arxiv.limiter import Limiter
from library.paths import user_state
from library.settings import Settings, save_settings
from planner.workspace import open_workspace
from tests.library.arxiv.server import FakeArxiv, P, Reply, api, feed, listing, oai, papers
from tui.cli import run

Say = Callable[..., tuple[int, str, str]]


@pytest.fixture
def live(tmp_path: Path) -> Iterator[FakeArxiv]:
    """A fake arXiv at the real time: the command line has no other clock."""
    with FakeArxiv(None) as fake:
        yield fake


@pytest.fixture
def say(live: FakeArxiv, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Say:
    home = tmp_path / "home"
    home.mkdir()
    arxiv = live.settings(categories=("cs.IR",), days=0)
    save_settings(home / "settings.toml", replace(Settings(), arxiv=arxiv))

    open_workspace(home).close()

    def command(*words: str) -> tuple[int, str, str]:
        code = run([*words])
        out, err = capsys.readouterr()
        return code, out, err

    return command


def today() -> date:
    return current_listing_day(datetime.now(UTC))


def serve(live: FakeArxiv) -> None:
    some = papers(today().strftime("%y%m"), 100, 3)
    live.on("atom", feed("cs.IR", today(), [(p, "new") for p in some]))
    live.on("list", listing(today(), some))


def test_a_sync_says_what_came(live: FakeArxiv, say: Say) -> None:
    serve(live)
    code, out, _ = say("sync")
    assert code == 0
    assert "complete" in out
    assert "3 new" in out
    assert "3 papers added, 0 updated." in out
    code, out, _ = say("sync")
    assert (code, "3 new" in out, "0 papers added" in out) == (0, True, True)


def test_the_machines_answer(live: FakeArxiv, say: Say) -> None:
    serve(live)
    code, out, _ = say("sync", "--json")
    told: dict[str, Any] = json.loads(out)
    assert (code, told["added"]) == (0, 3)
    row = next(row for row in told["results"] if row["day"] == today().isoformat())
    assert (row["category"], row["state"], row["count"], row["reason"]) == ("cs.IR", "complete", 3, "3 new")
    assert told["total"] == len(told["results"])
    assert told["next"]["now"] is False


def test_status_asks_nobody(live: FakeArxiv, say: Say) -> None:
    code, out, _ = say("sync", "--status")
    assert (code, live.asked) == (0, [])
    assert "Nothing was synced" in out
    assert "Next: now" in out
    serve(live)
    say("sync")
    asked = len(live.asked)
    code, out, _ = say("sync", "--status")
    assert (code, len(live.asked)) == (0, asked)
    assert "complete" in out
    code, out, _ = say("sync", "--status", "--json", "cs.CL")
    assert json.loads(out)["total"] == 0


def test_offline_is_a_failure_with_a_reason(live: FakeArxiv, say: Say) -> None:
    for route in ("atom", "list", "oai", "api"):
        live.on(route, Reply("", 500))
    code, out, _ = say("sync")
    assert code == 1
    assert "offline" in out
    assert "out of order (500)" in out
    assert " 0 new" not in out


def test_one_of_two_is_done_in_part(live: FakeArxiv, say: Say) -> None:
    serve(live)
    some = papers(today().strftime("%y%m"), 100, 3)
    live.on("atom/cs.CL", Reply("", 400))
    live.on("list/cs.CL/new", Reply("<html>", 200))
    live.on("atom/cs.IR", feed("cs.IR", today(), [(p, "new") for p in some]))
    live.on("oai", Reply("<html>", 200))
    live.on("api", Reply("<html>", 200))
    code, out, _ = say("sync", "cs.IR", "cs.CL")
    assert code == 4
    assert "complete" in out
    assert "parse error" in out


def test_a_refusal_is_explained_and_can_be_lifted(live: FakeArxiv, say: Say) -> None:
    live.on("atom", Reply("", 403))
    live.on("list", Reply("", 403))
    code, out, err = say("sync")
    assert (code, len(live.asked)) == (1, 1)
    assert "arXiv refused until" in out
    assert "labtop sync --resume" in err
    code, out, _ = say("sync", "--status")
    assert "refused the request (403)" in out
    serve(live)
    code, out, _ = say("sync", "--resume")
    assert code == 0
    assert Limiter(user_state()).hold() is None


def test_a_search_is_brought_in(live: FakeArxiv, say: Say) -> None:
    live.on("api", api(papers("2608", 1, 3), total=5619))
    code, out, _ = say("sync", "--query", "cat:cs.IR", "--max", "3")
    assert code == 0
    assert out == "arXiv counts 5,619; brought in 3: 3 new here, 0 updated, 0 known.\n"
    code, out, _ = say("sync", "--query", "cat:cs.IR", "--max", "3", "--json")
    told = json.loads(out)
    assert (told["total"], told["added"]) == (5619, 0)
    assert told["results"] == [{"id": "2608.00001"}, {"id": "2608.00002"}, {"id": "2608.00003"}]


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["sync", "cs.IQ"], 2, "no category 'cs.IQ'"),
        (["sync", "--days", "-1"], 2, "--days"),
        (["sync", "--query", "cat:cs.IR", "--max", "0"], 2, "--max"),
        (["sync", "--query", "x", "cs.IR"], 2, "--query stands alone"),
        (["--read-only", "sync"], 1, "read-only"),
    ],
)
def test_wrong_usage_is_explained(say: Say, words: list[str], code: int, says: str) -> None:
    got, _, err = say(*words)
    assert (got, says in err) == (code, True)


def test_without_categories_the_way_on_is_named(say: Say, tmp_path: Path) -> None:
    (tmp_path / "home" / "settings.toml").write_text("")
    code, _, err = say("sync")
    assert code == 2
    assert "labtop init" in err


def test_a_sync_makes_no_workspace_unless_it_is_told_what_to_fetch(
    live: FakeArxiv, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--home", str(tmp_path / "nowhere"), "sync"]) == 3
    assert "labtop init" in capsys.readouterr().err
    assert not (tmp_path / "nowhere").exists()


def test_the_demo_is_not_synced(say: Say, live: FakeArxiv, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "home" / "labtop.db")) as db, db:
        db.executemany("INSERT INTO workspace VALUES (?, ?)", [("demo", "yes"), ("as_of", "2026-08-12")])
    for words in (["sync"], ["sync", "--query", "x"]):
        code, _, err = say(*words)
        assert (code, live.asked) == (2, [])
        assert "labtop init" in err
    code, _, _ = say("sync", "--status")
    assert code == 0


def test_two_syncs_at_once_ask_once(live: FakeArxiv, say: Say) -> None:
    some = papers(today().strftime("%y%m"), 100, 3)
    live.on("atom", Reply(feed("cs.IR", today(), [(p, "new") for p in some]), stall=0.5))
    live.on("list", Reply(listing(today(), some), stall=0.5))
    command = [sys.executable, "-m", "tui", "sync"]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as one,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as other,
    ):
        told = [child.communicate(timeout=60) for child in (one, other)]
    assert (one.returncode, other.returncode) == (0, 0)
    assert live.count("list") == 1
    assert sorted("3 papers added" in out for out, _ in told) == [False, True]
    assert any("waiting for it" in err for _, err in told)


def test_killed_in_the_middle_it_is_taken_up_again(live: FakeArxiv, say: Say, tmp_path: Path) -> None:
    """kill -9 while the second page of a harvest is awaited: nothing is called complete, nothing is doubled."""
    serve(live)
    stamp = datetime.now(UTC).date()
    one, two = (P(f"2501.0000{n}", created=date(2025, 1, 2), stamp=stamp) for n in (1, 2))
    live.on("oai", oai([one], token="next"), Reply("", stall=60))
    child = subprocess.Popen(
        [sys.executable, "-m", "tui", "sync", "--days", "5"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    with child:
        end = time.monotonic() + 60
        while live.count("oai") < 2 and time.monotonic() < end:
            time.sleep(0.02)
        os.kill(child.pid, signal.SIGKILL)
    with open_workspace() as workspace:
        rows = workspace.store.read(lambda db: db.execute("SELECT state, source FROM sync_ledger").fetchall()).result()
        assert [tuple(row) for row in rows if row["source"] == "oai"] == []
        assert workspace.store.read(lambda db: db.execute("SELECT count(*) FROM paper").fetchone()[0]).result() == 4
    live.on("oai", oai([one], token="next"), oai([two]))
    code, out, _ = say("sync", "--days", "5")
    assert code == 0
    assert "1 papers added" in out
