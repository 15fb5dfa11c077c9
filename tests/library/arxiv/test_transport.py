"""Asking politely: waits, cooldowns, refusals, time limits, and several processes in one queue."""

import itertools
import json
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from library.arxiv.limiter import Limiter
from library.arxiv.problems import BadAnswer, Offline, Refused, Throttled
from library.arxiv.transport import Transport, user_agent
from library.errors import LabtopError
from library.jobs import Cancelled, CancelToken
from tests.library.arxiv.conftest import WEDNESDAY, FakeTime
from tests.library.arxiv.server import FakeArxiv, Reply

MakeTransport = Callable[..., Transport]


@pytest.fixture
def url(arxiv: FakeArxiv) -> str:
    return f"{arxiv.url}/atom/cs.IR"


def test_it_says_who_asks(arxiv: FakeArxiv, transport: Transport, url: str) -> None:
    arxiv.on("atom", "hello")
    assert transport.get(url).body == b"hello"
    assert arxiv.asked[0].agent.startswith("labtop/")
    assert arxiv.asked[0].agent.endswith("(+mailto:ada@example.org)")


@pytest.mark.parametrize("contact", ["", "a\r\nX-Evil: 1", "Ünïcode", "https://lab.example.org"])
def test_a_contact_can_never_break_the_header(contact: str) -> None:
    agent = user_agent(contact)
    assert agent.isascii()
    assert agent.isprintable()


def test_requests_keep_their_distance(arxiv: FakeArxiv, limiter: Limiter, fake_time: FakeTime, url: str) -> None:
    arxiv.on("atom", "hello")
    with Transport(arxiv.settings(min_interval_seconds=3.0), limiter) as transport:
        for _ in range(3):
            transport.get(url)
    assert sum(fake_time.slept) == pytest.approx(6.0)


@pytest.mark.parametrize("wanted", [0.0, 1.0, -5.0])
def test_nobody_can_ask_arxiv_itself_faster_than_it_allows(wanted: float, limiter: Limiter, arxiv: FakeArxiv) -> None:
    with Transport(arxiv.settings(min_interval_seconds=wanted), limiter) as transport:
        assert transport.interval("export.arxiv.org") >= 3.0
        assert transport.interval("127.0.0.1.evil.example:80") >= 3.0
        assert transport.interval("127.0.0.1:8000") == max(wanted, 0.0)


def test_retry_after_in_seconds_is_honoured(
    arxiv: FakeArxiv, transport: Transport, fake_time: FakeTime, url: str
) -> None:
    arxiv.on("atom", Reply("", 429, (("Retry-After", "30"),)), "hello")
    assert transport.get(url).body == b"hello"
    assert sum(fake_time.slept) == pytest.approx(30, abs=1)


def test_retry_after_as_a_date_counts_from_the_servers_clock(
    arxiv: FakeArxiv, limiter: Limiter, fake_time: FakeTime, url: str
) -> None:
    later = format_datetime(WEDNESDAY + timedelta(seconds=45), usegmt=True)
    arxiv.on("atom", Reply("", 503, (("Retry-After", later),)), "hello")
    with Transport(arxiv.settings(), limiter, now=lambda: WEDNESDAY + timedelta(hours=7)) as transport:
        transport.get(url)
    assert sum(fake_time.slept) == pytest.approx(45, abs=1)


def test_after_the_last_429_there_is_a_cooldown_that_everybody_obeys(
    arxiv: FakeArxiv, transport: Transport, limiter: Limiter, fake_time: FakeTime, url: str
) -> None:
    arxiv.on("atom", Reply("Rate exceeded.", 429))
    with pytest.raises(Throttled, match="fewer requests"):
        transport.get(url)
    assert len(arxiv.asked) == 3
    hold = limiter.hold()
    assert hold is not None
    assert hold.seconds_left == pytest.approx(600)
    with pytest.raises(Throttled), Transport(arxiv.settings(), limiter) as another:
        another.get(url)
    assert len(arxiv.asked) == 3
    fake_time.seconds += 601
    arxiv.on("atom", "hello")
    assert transport.get(url).body == b"hello"


def test_a_long_retry_after_is_stored_not_waited_for(
    arxiv: FakeArxiv, transport: Transport, limiter: Limiter, fake_time: FakeTime, url: str
) -> None:
    arxiv.on("atom", Reply("", 429, (("Retry-After", "7200"),)))
    with pytest.raises(Throttled):
        transport.get(url)
    assert len(arxiv.asked) == 1
    assert fake_time.slept == []
    hold = limiter.hold()
    assert hold is not None
    assert hold.seconds_left == pytest.approx(7200)


def test_403_is_asked_once_and_stored(arxiv: FakeArxiv, transport: Transport, limiter: Limiter, url: str) -> None:
    arxiv.on("atom", Reply("", 403))
    for _ in range(2):
        with pytest.raises(Refused, match="labtop sync --resume"):
            transport.get(url)
    assert len(arxiv.asked) == 1
    assert limiter.forget_refusal()
    assert limiter.hold() is None


def test_a_cooldown_cannot_be_lifted_by_hand(limiter: Limiter) -> None:
    limiter.set_hold("throttled", 600, "slow down")
    assert not limiter.forget_refusal()
    assert limiter.hold() is not None


def test_a_server_out_of_order_is_asked_again_with_growing_pauses(
    arxiv: FakeArxiv, limiter: Limiter, fake_time: FakeTime, url: str
) -> None:
    arxiv.on("atom", Reply("", 502), Reply("", 500), "hello")
    with Transport(arxiv.settings(min_interval_seconds=3.0), limiter) as transport:
        assert transport.get(url).body == b"hello"
    assert 6.0 <= sum(fake_time.slept) <= 18.0


def test_no_answer_is_offline_and_is_not_asked_again_at_once(arxiv: FakeArxiv, limiter: Limiter, url: str) -> None:
    arxiv.on("atom", Reply("never", stall=20))
    with Transport(arxiv.settings(), limiter, read_seconds=0.2) as transport:
        with pytest.raises(Offline, match=r"did not answer within 0\.2 s"):
            transport.get(url)
        with pytest.raises(Offline):
            transport.get(url)
    assert len(arxiv.asked) == 3


def test_nobody_there_is_offline(limiter: Limiter, arxiv: FakeArxiv) -> None:
    with Transport(arxiv.settings(), limiter) as transport, pytest.raises(Offline, match="cannot be reached"):
        transport.get("http://127.0.0.1:9/atom/cs.IR")


def test_without_a_network_it_is_said_at_once(limiter: Limiter, arxiv: FakeArxiv, fake_time: FakeTime) -> None:
    with Transport(arxiv.settings(), limiter) as transport:
        for host in ("one.invalid", "other.invalid"):
            with pytest.raises(Offline, match=f"{host} cannot be reached"):
                transport.get(f"http://{host}/atom/cs.IR")
        assert transport.requests == 2
    assert sum(fake_time.slept) <= 3.0


def test_a_connection_that_breaks_off_is_offline(arxiv: FakeArxiv, transport: Transport, url: str) -> None:
    arxiv.on("atom", Reply("x" * 5000, cut=100))
    with pytest.raises(Offline, match="cannot be reached"):
        transport.get(url)


def test_a_body_without_end_is_cut(arxiv: FakeArxiv, limiter: Limiter, url: str) -> None:
    arxiv.on("atom", Reply(b"x" * 3_000_000))
    with (
        Transport(arxiv.settings(), limiter, max_body=1_000_000) as transport,
        pytest.raises(BadAnswer, match="more than"),
    ):
        transport.get(url)


def test_a_small_gzip_that_unfolds_to_gigabytes_is_cut(arxiv: FakeArxiv, limiter: Limiter, url: str) -> None:
    import gzip

    arxiv.on("atom", Reply(gzip.compress(bytes(30_000_000)), headers=(("Content-Encoding", "gzip"),)))
    with (
        Transport(arxiv.settings(), limiter, max_body=1_000_000) as transport,
        pytest.raises(BadAnswer, match="more than"),
    ):
        transport.get(url)


def test_redirects_stay_in_the_house(arxiv: FakeArxiv, transport: Transport, url: str) -> None:
    arxiv.on("atom", Reply("", 302, (("Location", "/list/x"),)))
    arxiv.on("list", "moved here")
    assert transport.get(url).body == b"moved here"
    arxiv.on("atom", Reply("", 302, (("Location", "http://login.hotel.example/"),)))
    with pytest.raises(BadAnswer, match=r"sent us on to login\.hotel\.example"):
        transport.get(url)


def test_redirects_do_not_go_round_for_ever(arxiv: FakeArxiv, transport: Transport, url: str) -> None:
    arxiv.on("atom", Reply("", 302, (("Location", "/atom/cs.IR"),)))
    with pytest.raises(BadAnswer, match="circles"):
        transport.get(url)
    assert len(arxiv.asked) == 4


def test_the_users_wish_to_stay_offline_is_kept(
    arxiv: FakeArxiv, transport: Transport, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABTOP_OFFLINE", "1")
    with pytest.raises(Offline, match="LABTOP_OFFLINE"):
        transport.get(url)
    assert arxiv.asked == []


def test_network_settings_that_cannot_be_used_are_told(
    arxiv: FakeArxiv, transport: Transport, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "socks9://nowhere")
    with pytest.raises(Offline, match="HTTPS_PROXY"):
        transport.get(url)


def test_a_folder_that_cannot_be_used_is_told(tmp_path: Path, fake_time: FakeTime) -> None:
    (tmp_path / "arxiv-limiter.lock").mkdir()
    with pytest.raises(LabtopError, match="LABTOP_STATE"), Limiter(tmp_path, sleep=fake_time.sleep).turn(0.0):
        pass


def test_waiting_can_be_cancelled(arxiv: FakeArxiv, limiter: Limiter, url: str) -> None:
    cancel = CancelToken()
    limiter.set_hold("pause", 60, "wait")
    cancel.cancel()
    with Transport(arxiv.settings(), limiter, cancel=cancel) as transport, pytest.raises(Cancelled):
        transport.get(url)


def test_a_clock_set_wrong_neither_shortens_nor_lengthens_a_wait(tmp_path: Path, fake_time: FakeTime) -> None:
    jump = [0.0]
    limiter = Limiter(tmp_path, sleep=fake_time.sleep, steady=fake_time.steady, wall=lambda: fake_time.wall() + jump[0])
    limiter.set_hold("throttled", 600, "slow down")
    for off in (-1e9, 1e9):
        jump[0] = off
        hold = limiter.hold()
        assert hold is not None
        assert hold.seconds_left == pytest.approx(600)


@pytest.mark.parametrize(
    ("headers", "off_hours"),
    [
        ((), -20),
        ((("Age", "72000"),), 0),  # a cache kept the answer for twenty hours
        ((("X-Cache", "MISS, HIT"),), 0),  # a cache kept it, and does not say for how long
    ],
)
def test_the_date_of_an_answer_that_a_cache_kept_is_not_the_time(
    arxiv: FakeArxiv, limiter: Limiter, url: str, headers: tuple[tuple[str, str], ...], off_hours: int
) -> None:
    arxiv.on("atom", Reply("hello", headers=headers))
    local = WEDNESDAY + timedelta(hours=20)
    with Transport(arxiv.settings(), limiter, now=lambda: local) as transport:
        transport.get(url)
        assert transport.now() == local + timedelta(hours=off_hours)


def test_after_a_restart_of_the_machine_a_hold_is_never_longer_than_it_was(tmp_path: Path, fake_time: FakeTime) -> None:
    limiter = Limiter(tmp_path, sleep=fake_time.sleep, steady=fake_time.steady, wall=fake_time.wall)
    limiter.set_hold("throttled", 600, "slow down")
    booted = Limiter(tmp_path, steady=lambda: 5.0, wall=lambda: fake_time.wall() - 1e6)
    hold = booted.hold()
    assert hold is not None
    assert hold.seconds_left <= 600
    assert Limiter(tmp_path, steady=lambda: 5.0, wall=lambda: fake_time.wall() + 601).hold() is None


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"hold": 7, "last": "x"}', '{"hold": {"steady": "NaN"}}'])
def test_a_damaged_state_file_is_no_obstacle(tmp_path: Path, fake_time: FakeTime, content: str) -> None:
    (tmp_path / "arxiv-limiter.json").write_text(content)
    limiter = Limiter(tmp_path, sleep=fake_time.sleep, steady=fake_time.steady, wall=fake_time.wall)
    with limiter.turn(3.0):
        pass
    assert sum(fake_time.slept) <= 3.1
    assert json.loads((tmp_path / "arxiv-limiter.json").read_text())["last"]["seconds"] == 3.0


_ASKER = """
import sys
from pathlib import Path
from library.arxiv.limiter import Limiter
from library.arxiv.transport import Transport
from library.arxiv.problems import Throttled
from library.settings import ArxivSettings
url, state, times, interval = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
with Transport(ArxivSettings(min_interval_seconds=interval), Limiter(Path(state))) as transport:
    for _ in range(times):
        try:
            transport.get(url)
        except Throttled as problem:
            print("throttled", problem.until.isoformat())
            break
"""


def ask(url: str, state: Path, times: int, interval: float) -> subprocess.Popen[str]:
    arguments = [sys.executable, "-c", _ASKER, url, str(state), str(times), str(interval)]
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)


def test_two_processes_share_one_queue(arxiv: FakeArxiv, tmp_path: Path, url: str) -> None:
    arxiv.on("atom", Reply("hello", stall=0.05))
    with ask(url, tmp_path, 4, 0.2) as one, ask(url, tmp_path, 4, 0.2) as other:
        assert one.wait(60) == 0
        assert other.wait(60) == 0
    starts = sorted(asked.at for asked in arxiv.asked)
    gaps = [later - earlier for earlier, later in itertools.pairwise(starts)]
    assert len(starts) == 8
    assert arxiv.most_open == 1
    assert min(gaps) > 0.19


def test_a_cooldown_binds_a_second_process(arxiv: FakeArxiv, tmp_path: Path, url: str) -> None:
    arxiv.on("atom", Reply("Rate exceeded.", 429, (("Retry-After", "1000"),)))
    for _ in range(2):
        with ask(url, tmp_path, 1, 0.0) as process:
            said, _ = process.communicate(timeout=60)
        assert said.startswith("throttled")
    assert len(arxiv.asked) == 1
    until = datetime.fromisoformat(said.split()[1])
    assert timedelta(seconds=900) < until - datetime.now(UTC) < timedelta(seconds=1100)


def test_a_killed_process_leaves_the_queue_free(arxiv: FakeArxiv, tmp_path: Path, url: str) -> None:
    arxiv.on("atom", Reply("never", stall=60), "hello")
    with ask(url, tmp_path, 1, 0.0) as process:
        end = time.monotonic() + 30
        while not arxiv.asked and time.monotonic() < end:
            time.sleep(0.02)
        process.kill()
    with Transport(arxiv.settings(), Limiter(tmp_path)) as transport:
        assert transport.get(url).body == b"hello"
