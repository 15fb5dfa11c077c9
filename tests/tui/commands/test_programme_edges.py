"""The programme's commands with what nobody means to type: absurd numbers, broken files, options in odd places."""

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tui.cli import run

Labtop = Callable[..., tuple[int, str, str]]
EXPERIMENT = ("sigma=1", "seeds=4", "gpu_hours=10")


@pytest.fixture
def labtop(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Labtop:
    """(exit code, output, messages) of a command by ada, or by `person`; `typed` is on standard input."""

    def call(*arguments: str, person: str = "ada", typed: bytes = b"") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed)))
        code = run(["--home", str(tmp_path / "w"), "--as", person, *arguments])
        return (code, *capsys.readouterr())

    settings = ("metric=m", "delta=1", "prior=0.5", "payoff=10", "loss=1")
    assert call("hypothesis", "add", "A claim", *(f"--set={each}" for each in settings))[0] == 0
    assert (
        call("experiment", "add", "A test", "--set=hypothesis_id=H-1", *(f"--set={each}" for each in EXPERIMENT))[0]
        == 0
    )
    return call


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (b"", "Standard input holds no field."),
        (b"# only a remark\n", "Standard input holds no field."),
        (b"statement = 'half", "not valid TOML"),
        ("statement = 'x'".encode("utf-16"), "Standard input is not UTF-8"),
        (b"x = 1" * 1_000_000, "larger than 4 MB"),
        (b"statement = 'x'\ndelta = " + b"9" * 400, "delta: is a number"),
        (b"statement = 'x'\ntags = [{a = 1}]", "tags: is a list of texts"),
        (b"statement = 'x'\nstate = 'promoted'", "is no field of hypotheses; did you mean statement?\n"),
        (b"statement = 'x'\ncreated_by = 'eve'", "created_by: is no field of hypotheses"),
        (b'statement = "\\u200b"', "statement: is needed"),
    ],
)
def test_a_file_that_is_no_record(labtop: Labtop, typed: bytes, said: str) -> None:
    code, out, err = labtop("hypothesis", "add", "--from", "-", typed=typed)
    assert (code, out) == (2, "")
    assert said in err


@pytest.mark.parametrize("amount", ["nan", "inf", "-1", "1e308", "1,2", "much", ""])
@pytest.mark.parametrize("option", ["--gpu-hours", "--people-days"])
def test_what_is_no_amount(labtop: Labtop, option: str, amount: str) -> None:
    for verb in (("plan", "--quarter", "2027Q1"), ("week", "--week", "2027-W05")):
        code, out, err = labtop("roadmap", *verb, option, amount)
        assert (code, out) == (2, "")
        assert "is no amount: write a number from 0 up" in err


def test_amounts_are_read_as_fields_are(labtop: Labtop) -> None:
    code, out, _ = labtop("roadmap", "plan", "--quarter", "2027Q1", "--gpu-hours", "1,200", "--json")
    assert code == 0
    assert json.loads(out)["gpu_hours"] == 1200


def test_options_stand_before_and_after_each_verb(labtop: Labtop) -> None:
    groups = ("hypothesis", "evidence", "decision", "approval", "incident", "transfer", "roadmap")
    for group in groups:
        found: list[Any] = []
        for arguments in (
            ("--json", group, "list"),
            (group, "--json", "list"),
            (group, "list", "--json"),
            (group, "--json"),
        ):
            code, out, err = labtop(*arguments)
            assert code == 0, err
            found.append(json.loads(out))
        assert all(each == found[0] for each in found)
        assert set(found[0]) == {"total", "results"}


def test_years_beyond_any_calendar_are_refused(labtop: Labtop) -> None:
    for arguments in (
        ("plan", "--gpu-hours", "1", "--quarter"),
        ("show", "--quarter"),
        ("timeline", "--quarter"),
        ("close",),
    ):
        for quarter in ("0000Q1", "9999Q4"):
            code, _, err = labtop("roadmap", *arguments, quarter)
            assert (code, "is no quarter" in err) == (2, True)
    assert labtop("roadmap", "week", "--week", "0001-W01")[0] == 2


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("hypothesis", "show", "H-99999999999999999999"), 3, "There is no hypothesis H-99999999999999999999."),
        (("hypothesis", "show", "H-0"), 3, "There is no hypothesis H-0."),
        (("hypothesis", "show", "X-1"), 2, "“X-1” names no hypothesis: these are called H-4."),
        (("decision", "show", ""), 2, "“” names no decision: these are called D-4."),
        (("hypothesis", "believe", "H-1", "1", "--reason", "x"), 2, "belief: lies between 0 and 1"),
        (("roadmap", "reopen", "2027Q1", "--reason", "x"), 3, "2027Q1 is not closed."),
        (("approval", "request", "budget", "more", "--until", "2020-01-01"), 2, "2020-01-01 is over already."),
        (("evidence", "add", "H-1", "--run", "r", "--for", "--scale", "-3"), 2, "“for” and −3 (contradiction)"),
    ],
)
def test_what_is_refused_says_why(labtop: Labtop, arguments: tuple[str, ...], code: int, said: str) -> None:
    found, out, err = labtop(*arguments)
    assert (found, out) == (code, "")
    assert said in err


def test_no_reason_is_cut_off_in_silence(labtop: Labtop) -> None:
    endless = "x" * 1_001
    for subject in ("more", "still more"):
        assert labtop("approval", "request", "budget", subject)[0] == 0
    assert labtop("dataset", "add", "clicks")[0] == 0
    for arguments in (
        ("hypothesis", "activate", "H-1"),
        ("hypothesis", "believe", "H-1", "0.4"),
        ("roadmap", "veto", "E-1", "--quarter", "2027Q1"),
        ("approval", "refuse", "A-1"),
        ("approval", "withdraw", "A-2"),
        ("dataset", "refuse", "DS-1"),
    ):
        person = "kim" if arguments[1] == "refuse" else "ada"
        code, out, err = labtop(*arguments, "--reason", endless, person=person)
        assert (code, out) == (2, "")
        assert "at most 1,000 characters; this has 1,001" in err
        assert labtop(*arguments, "--reason", "x" * 1_000, person=person)[0] == 0
