"""Incidents throw doubt on verdicts, and are closed only once it is written why and what was learned."""

from collections.abc import Callable
from typing import Any

import pytest

from library.db.journal import undo
from library.errors import LabtopError, NotFound, UsageError
from library.records.store import RecordError
from planner.decisions import incidents
from planner.decisions.affected import affected_verdicts, follow_ups
from planner.decisions.incidents import add, close, incident, incident_detail_record, notes, postmortem, revise
from tests.planner.decisions.planted import experiment, frozen, results, verdict

Do = Callable[[Callable[[Any], Any]], Any]
WHAT = {"title": "Test queries leaked into training", "happened_on": "2026-11-19"}


def added(write: Do, **more: Any) -> int:
    number: int = write(lambda db: add(db, "ada", {**WHAT, **more}))[0]
    return number


def reached(read: Do) -> dict[int, list[str]]:
    found = read(affected_verdicts)
    return {number: [each.how for each in by] for number, by in found.items()}


def test_a_named_verdict_carries_a_warning(programme: tuple[int, int], write: Do, read: Do) -> None:
    number = added(write, verdicts="V-1")
    assert reached(read) == {1: ["named"]}
    [affected] = read(affected_verdicts)[1]
    assert affected.warning == "affected by I-1 “Test queries leaked into training”, open"
    assert read(lambda db: notes(db, number)) == ("1 verdict carries a warning now: V-1",)
    assert read(lambda db: notes(db, added(write))) == ()


def test_verdicts_of_an_affected_experiment_until_the_incident_is_closed(
    programme: tuple[int, int], write: Do, read: Do
) -> None:
    tried = programme[1]
    other = write(lambda db: experiment(db, None))
    write(lambda db: frozen(db, other))
    write(lambda db: verdict(db, other, "refuted"))
    number = added(write, experiments=f"E-{tried}")
    assert reached(read) == {1: ["its experiment E-1"]}
    write(lambda db: close(db, "ada", number, cause="no split check", learnings="check splits"))
    assert reached(read) == {1: ["its experiment E-1"]}  # closing mends no verdict
    write(lambda db: verdict(db, tried, "supported", at="2999-01-01T00:00:00Z"))
    assert reached(read) == {1: ["its experiment E-1"]}  # the new one was drawn after it was mended
    write(lambda db: revise(db, "ada", number, {"verdicts": "V-1, V-2"}))
    assert reached(read) == {1: ["named"], 2: ["named"]}


def test_verdicts_drawn_from_an_affected_run(programme: tuple[int, int], write: Do, read: Do) -> None:
    tried = programme[1]
    write(lambda db: results(db, tried, phase="online", at="2027-01-05T00:00:00Z"))
    added(write, runs=f"offline-{tried}-late-3, nothing")
    assert reached(read) == {1: [f"its run offline-{tried}-late-3"]}
    added(write, runs=f"online-{tried}-late-3")  # came in after the verdict was drawn
    assert reached(read) == {1: [f"its run offline-{tried}-late-3"]}


def test_each_incident_warns_once_and_the_most_direct_way(programme: tuple[int, int], write: Do, read: Do) -> None:
    added(write, verdicts="V-1", experiments="E-1", runs="offline-1-late-1, offline-1-late-2")
    added(write, experiments="E-1")
    assert reached(read) == {1: ["named", "its experiment E-1"]}


def test_closing_needs_cause_and_learnings(write: Do, read: Do) -> None:
    number = added(write)
    with pytest.raises(UsageError, match="cause and learnings are not written yet") as refused:
        write(lambda db: close(db, "ada", number))
    assert "--cause … --learnings …" in refused.value.mend
    with pytest.raises(UsageError, match="learnings is not written"):
        write(lambda db: close(db, "ada", number, cause="haste"))
    row, values = read(lambda db: incident(db, number))
    assert (row.state, row.missing, values["cause"]) == ("open", ("cause", "learnings"), None)
    write(lambda db: revise(db, "kim", number, {"cause": "haste"}))
    write(lambda db: close(db, "kim", number, learnings="check splits"))
    row, values = read(lambda db: incident(db, number))
    assert (row.state, row.closed_by, row.missing) == ("closed", "kim", ())
    assert (values["cause"], values["learnings"]) == ("haste", "check splits")
    with pytest.raises(LabtopError, match="closed by kim"):
        write(lambda db: close(db, "ada", number))
    with pytest.raises(RecordError, match="cause: is needed: the incident is closed"):
        write(lambda db: revise(db, "ada", number, {"cause": ""}))
    write(lambda db: undo(db, "kim"))
    row, values = read(lambda db: incident(db, number))
    assert (row.state, row.closed_at, values["learnings"]) == ("open", None, None)


def test_each_action_is_one_undo(programme: tuple[int, int], write: Do, read: Do) -> None:
    number = added(write, verdicts="V-1")
    write(lambda db: revise(db, "ada", number, {"verdicts": "", "trigger": "an alarm"}))
    assert reached(read) == {}
    write(lambda db: undo(db, "ada"))
    assert reached(read) == {1: ["named"]}
    write(lambda db: undo(db, "ada"))
    assert reached(read) == {}
    with pytest.raises(NotFound):
        read(lambda db: incident(db, number))


def test_what_is_wrong_is_told_all_at_once(write: Do) -> None:
    with pytest.raises(RecordError) as refused:
        write(lambda db: add(db, "ada", {"title": "x", "verdicts": "V-9", "follow_ups": "E-9", "happened_on": "then"}))
    assert {problem.field for problem in refused.value.problems} == {"verdicts", "follow_ups", "happened_on"}


def test_open_ones_come_first(write: Do, read: Do) -> None:
    first, second = added(write), added(write, happened_on="2026-11-21")
    third = added(write, happened_on="2026-12-01")
    write(lambda db: close(db, "ada", third, cause="c", learnings="l"))
    assert [row.id for row in read(incidents.incidents)] == [second, first, third]


def test_the_postmortem_says_everything(programme: tuple[int, int], write: Do, read: Do) -> None:
    tried = programme[1]
    after = write(lambda db: experiment(db, None, title="Again | without the leak", state="planned"))
    number = added(
        write,
        trigger="kim saw *too good* a curve\n<b>twice</b>",
        timeline="2026-11-19 08:00 | alarm\n2026-11-19 09:30 | runs stopped \\| queue emptied",
        verdicts="V-1",
        experiments=f"E-{tried}",
        runs="offline-1-late-3",
        follow_ups=f"E-{after}",
        owner="kim",
    )
    text = read(lambda db: postmortem(db, number))
    for said in (
        "# Test queries leaked into training",
        "- I-1, **open**",
        "- Happened on: 2026-11-19",
        "kim saw \\*too good\\* a curve\\\n\\<b>twice\\</b>",
        "| 2026-11-19 08:00 | alarm ",
        "| 2026-11-19 09:30 | runs stopped \\| queue emptied |",
        "- V-1",
        "- run offline-1-late-3",
        "Not written yet.",
        "- E-2: Again \\| without the leak (planned)",
    ):
        assert said in text, said
    assert read(follow_ups) == {after: (number,)}
    row, values = read(lambda db: incident(db, number))
    record = incident_detail_record(row, values)
    assert record["named_verdicts"] == ["V-1"]
    assert record["timeline"] == [
        {"at": "2026-11-19 08:00", "what": "alarm"},
        {"at": "2026-11-19 09:30", "what": "runs stopped | queue emptied"},
    ]
