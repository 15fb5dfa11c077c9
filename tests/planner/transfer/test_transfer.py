"""Stages are entered one after another, through gates that hold when they are passed, after somebody else's yes."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from library.db.journal import undo
from library.errors import LabtopError, NotFound, UsageError
from library.settings import ProgrammeSettings
from planner.decisions.approvals import decide_approval, waiting, withdraw
from planner.transfer.commands import advance, roll_back, set_gate
from planner.transfer.gates import after, stage, stages
from planner.transfer.queries import reviews_due, transfer, transfer_detail_record, transfers
from tests.planner.decisions.planted import AT, experiment, insert, results, verdict

SETTINGS = ProgrammeSettings()
Do = Callable[[Callable[[Any], Any]], Any]
BY_HAND = ("reproduced", "responsible-ai", "privacy", "latency", "cost", "rollback-plan")


def say(
    write: Do,
    number: int,
    where: str,
    gate: str,
    state: str = "met",
    *,
    by: str = "kim",
    note: str | None = "seen",
    **more: Any,
) -> str:
    authority = more.pop("authority", None)
    change = write(
        lambda db: set_gate(db, by, SETTINGS, number, where, gate, state, note=note, authority=authority, details=more)
    )
    return str(change.summary)


def all_met(write: Do, number: int, where: str) -> None:
    for gate in BY_HAND:
        say(write, number, where, gate)
    if where == "launch":
        say(write, number, where, "monitor", owner="kim", thresholds="p95 > 120 ms")
        say(write, number, where, "review-date", review_on="2027-02-01")


def go(write: Do, read: Do, number: int, *, asks: str = "ada", approves: str = "kim") -> str:
    write(lambda db: advance(db, asks, SETTINGS, number))
    return str(write(lambda db: decide_approval(db, approves, read(waiting)[-1].id, "approved")).summary)


def now(read: Do, number: int) -> str:
    return str(read(lambda db: transfer(db, number)).row.stage.id)


def test_the_stages_and_their_gates() -> None:
    assert [each.id for each in stages()] == ["offline", "shadow", "ab", "launch"]
    for name in ("shadow", "ab", "launch"):
        assert {"reproduced", "responsible-ai", "privacy", "latency", "cost", "rollback-plan"} <= {
            gate.id for gate in stage(name).gates
        }
    assert {"monitor", "review-date"} <= {gate.id for gate in stage("launch").gates}
    assert stage("launch").gate("monitor").needs == ("owner", "thresholds")
    assert (stage("canary").id, stage("A/B").id) == ("shadow", "ab")
    assert after("launch") is None
    with pytest.raises(UsageError, match="no stage"):
        stage("prod")
    with pytest.raises(UsageError, match="no gate") as refused:
        stage("shadow").gate("rollback")
    assert "rollback-plan" in refused.value.mend


def test_open_gates_are_named(ready: int, write: Do) -> None:
    with pytest.raises(LabtopError, match="6 gates before “Shadow or canary” do not hold") as refused:
        write(lambda db: advance(db, "ada", SETTINGS, ready))
    assert all(gate in refused.value.message for gate in BY_HAND)
    assert "verdict" not in refused.value.message
    for gate in BY_HAND[:-1]:
        say(write, ready, "shadow", gate)
    with pytest.raises(LabtopError, match=r"1 gate .* does not hold: rollback-plan"):
        write(lambda db: advance(db, "ada", SETTINGS, ready))


def test_the_whole_way(ready: int, write: Do, read: Do) -> None:
    all_met(write, ready, "shadow")
    change = write(lambda db: advance(db, "ada", SETTINGS, ready, "canary, 1 %"))
    assert "A-1 asks research lead" in change.summary
    assert "canary, 1 %" in change.summary
    assert now(read, ready) == "offline"  # asking is not entering
    with pytest.raises(LabtopError, match="Nobody decides on their own"):
        write(lambda db: decide_approval(db, "ada", 1, "approved"))
    assert write(lambda db: decide_approval(db, "kim", 1, "approved")).summary.endswith("has entered: Shadow or canary")
    assert now(read, ready) == "shadow"
    all_met(write, ready, "ab")
    go(write, read, ready)
    all_met(write, ready, "launch")
    with pytest.raises(LabtopError, match="online-result"):
        write(lambda db: advance(db, "ada", SETTINGS, ready))
    write(lambda db: results(db, ready, phase="online", gain=0.9, at="2026-12-01T00:00:00Z"))
    write(lambda db: advance(db, "ada", SETTINGS, ready))
    [request] = read(waiting)
    assert (request.what, request.authority, request.stage) == ("launch", "product owner", "launch")
    write(lambda db: decide_approval(db, "lee", request.id, "approved"))
    found = read(lambda db: transfer(db, ready))
    assert found.row.next is None
    assert [(each.stage.id, each.approved_by, each.approval_id) for each in found.stages] == [
        ("offline", None, None),
        ("shadow", "kim", 1),
        ("ab", "kim", 2),
        ("launch", "lee", 3),
    ]
    with pytest.raises(LabtopError, match="no further stage"):
        write(lambda db: advance(db, "ada", SETTINGS, ready))
    assert read(lambda db: reviews_due(db, date(2027, 1, 31))) == ()
    assert read(lambda db: reviews_due(db, date(2027, 2, 1))) == (
        (f"E-{ready}", "Distil late interaction", "2027-02-01"),
    )
    json.dumps(read(lambda db: transfer_detail_record(transfer(db, ready))))


def test_whoever_ran_it_is_not_somebody_else(ready: int, write: Do, read: Do) -> None:
    write(lambda db: results(db, ready, person="ben", seeds=1, phase="online"))
    write(
        lambda db: insert(db, "result_batch", experiment_id=ready, source="x", person="lee", at="2026-11-10T00:00:00Z")
    )
    assert read(lambda db: transfer(db, ready)).ran_by == ("ada",)  # online results and empty batches run nothing
    for gate in ("reproduced", "responsible-ai", "privacy"):
        with pytest.raises(LabtopError, match="somebody else: Ada ran E-1"):
            say(write, ready, "shadow", gate, by="Ada")
        say(write, ready, "shadow", gate, by="ben")
    say(write, ready, "shadow", "rollback-plan", by="ada")


def test_who_becomes_the_owner_later_no_longer_counts_as_somebody_else(ready: int, write: Do, read: Do) -> None:
    all_met(write, ready, "shadow")
    write(lambda db: db.execute("UPDATE experiment SET owner = 'kim'"))
    [*_, found] = [
        gate for gate in read(lambda db: transfer(db, ready)).stages[1].gates if gate.gate.id == "reproduced"
    ]
    assert (found.state, found.why) == ("open", "kim ran the experiment, so it needs somebody else")


def test_a_reproduction_counts_for_later_stages_and_the_rest_does_not(ready: int, write: Do, read: Do) -> None:
    all_met(write, ready, "shadow")
    go(write, read, ready)
    gates = {gate.gate.id: gate for gate in read(lambda db: transfer(db, ready)).stages[2].gates}
    assert (gates["reproduced"].state, gates["reproduced"].carried) == ("met", "Shadow or canary")
    assert {gate for gate, found in gates.items() if found.state == "open"} == set(BY_HAND) - {"reproduced"}
    say(write, ready, "ab", "reproduced", "failed", note="not with the new index")
    assert read(lambda db: transfer(db, ready)).row.open[0] == "reproduced"


def test_met_needs_something_to_rest_on(ready: int, write: Do) -> None:
    with pytest.raises(UsageError, match="What does it rest on"):
        say(write, ready, "shadow", "rollback-plan", note=" ")
    with pytest.raises(UsageError, match="met only with: owner, thresholds") as refused:
        say(write, ready, "launch", "monitor")
    assert "--owner … and --thresholds …" in refused.value.mend
    with pytest.raises(UsageError, match="met only with: review_on"):
        say(write, ready, "launch", "review-date")
    with pytest.raises(UsageError, match="no day"):
        say(write, ready, "launch", "review-date", review_on="spring")
    with pytest.raises(UsageError, match="not “done”"):
        say(write, ready, "shadow", "cost", "done")


def test_latency_and_cost_stay_within_the_target(ready: int, write: Do, read: Do) -> None:
    with pytest.raises(UsageError, match="120 is above the target of 100"):
        say(write, ready, "shadow", "latency", value="120", target="100", unit="ms")
    with pytest.raises(UsageError, match="go together"):
        say(write, ready, "shadow", "latency", value="120")
    with pytest.raises(UsageError, match="is a number"):
        say(write, ready, "shadow", "latency", value="fast", target="100")
    say(write, ready, "shadow", "latency", note=None, value="1e2", target="100", unit="ms")
    gate = read(lambda db: transfer(db, ready)).stages[1].gates[4]
    assert (gate.state, dict(gate.details)) == ("met", {"value": 100.0, "target": 100.0, "unit": "ms"})


def test_a_waiver_needs_reason_and_authority_and_is_not_ones_own(ready: int, write: Do, read: Do) -> None:
    with pytest.raises(UsageError, match="only with a reason and the authority"):
        say(write, ready, "shadow", "cost", "waived", note=None, authority="research lead")
    with pytest.raises(UsageError, match="only with a reason and the authority"):
        say(write, ready, "shadow", "cost", "waived")
    with pytest.raises(UsageError, match="for the research lead to allow, not for my boss"):
        say(write, ready, "shadow", "cost", "waived", authority="my boss")
    with pytest.raises(LabtopError, match="Nobody waives a gate for their own"):
        say(write, ready, "shadow", "cost", "waived", by="ada", authority="research lead")
    with pytest.raises(UsageError, match="belongs to a gate that is waived"):
        say(write, ready, "shadow", "cost", "met", authority="research lead")
    say(write, ready, "shadow", "cost", "waived", authority="Research Lead", note="a pilot")
    say(write, ready, "launch", "cost", "waived", authority="product owner")
    gate = read(lambda db: transfer(db, ready)).stages[1].gates[5]
    assert (gate.holds, gate.why, gate.details["authority"], gate.person) == (True, "a pilot", "Research Lead", "kim")


def test_named_holders_alone_waive(ready: int, write: Do) -> None:
    settings = ProgrammeSettings(promotion_authority="research lead (lee)")

    def waive(by: str) -> None:
        write(lambda db: set_gate(db, by, settings, ready, "shadow", "cost", "waived", note="x", authority="lee"))

    with pytest.raises(LabtopError, match="Only lee may waive"):
        waive("kim")
    waive("lee")


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"state": "refuted"}, "V-2 is refuted"),
        ({"state": "inconclusive"}, "V-2 is inconclusive"),
        ({"state": "supported", "exploratory": 1}, None),
    ],
)
def test_only_a_confirmatory_supported_verdict_opens_the_gate(
    ready: int, write: Do, read: Do, more: dict[str, Any], why: str | None
) -> None:
    all_met(write, ready, "shadow")
    write(lambda db: verdict(db, ready, **more))
    gate = read(lambda db: transfer(db, ready)).stages[1].gates[0]
    if why is None:
        assert gate.holds
        return
    assert (gate.state, gate.why) == ("failed", why)
    with pytest.raises(LabtopError, match=f"verdict .{why}"):
        write(lambda db: advance(db, "ada", SETTINGS, ready))
    with pytest.raises(UsageError, match="read from the record"):
        say(write, ready, "shadow", "verdict")
    say(write, ready, "shadow", "verdict", "waived", authority="research lead", note="a cheap pilot")
    go(write, read, ready)
    assert now(read, ready) == "shadow"


def test_a_blocked_verdict_goes_no_further_whatever_is_waived(ready: int, write: Do, read: Do) -> None:
    all_met(write, ready, "shadow")
    say(write, ready, "shadow", "verdict", "waived", authority="research lead", note="early")
    write(lambda db: verdict(db, ready, "supported", blocked_by='["latency p95"]'))
    with pytest.raises(LabtopError, match="V-2 is blocked by latency p95, which nothing waives"):
        write(lambda db: advance(db, "ada", SETTINGS, ready))
    with pytest.raises(LabtopError, match="blocked by latency p95 is not waived"):
        say(write, ready, "shadow", "verdict", "waived", authority="research lead", note="again")
    assert read(transfers)[0].blocked_by == ("latency p95",)


def test_an_affected_verdict_closes_the_gate(ready: int, write: Do, read: Do) -> None:
    all_met(write, ready, "shadow")
    write(
        lambda db: insert(db, "incident", title="leak", happened_on="2026-11-21", verdicts="[1]", created_by="kim",
                          created_at=AT, updated_at=AT)
    )  # fmt: skip
    with pytest.raises(LabtopError, match="V-1 is affected by I-1 “leak”, open"):
        write(lambda db: advance(db, "ada", SETTINGS, ready))
    assert [each.warning for each in read(lambda db: transfer(db, ready)).affected] == ["affected by I-1 “leak”, open"]


def test_what_changed_while_it_waited_is_seen_at_the_approval(ready: int, write: Do, read: Do) -> None:
    all_met(write, ready, "shadow")
    write(lambda db: advance(db, "ada", SETTINGS, ready))
    say(write, ready, "shadow", "privacy", "failed", note="logs hold names")
    with pytest.raises(LabtopError, match="privacy \\(logs hold names\\)"):
        write(lambda db: decide_approval(db, "lee", 1, "approved"))
    assert [each.id for each in read(waiting)] == [1]
    assert now(read, ready) == "offline"
    write(lambda db: decide_approval(db, "lee", 1, "refused", "logs hold names"))
    assert now(read, ready) == "offline"


def test_one_request_at_a_time(ready: int, write: Do, read: Do) -> None:
    all_met(write, ready, "shadow")
    write(lambda db: advance(db, "ada", SETTINGS, ready))
    with pytest.raises(LabtopError, match="A-1 asks for that already"):
        write(lambda db: advance(db, "kim", SETTINGS, ready))
    row = read(transfers)[0]
    assert row.approval is not None
    assert row.approval.id == 1
    write(lambda db: withdraw(db, "ada", 1))
    write(lambda db: advance(db, "kim", SETTINGS, ready))


def test_rolled_back_and_entered_again(ready: int, write: Do, read: Do) -> None:
    with pytest.raises(LabtopError, match="nothing to roll back"):
        write(lambda db: roll_back(db, "ada", ready, "x"))
    all_met(write, ready, "shadow")
    go(write, read, ready)
    with pytest.raises(UsageError, match="reason"):
        write(lambda db: roll_back(db, "ada", ready, " "))
    write(lambda db: roll_back(db, "ada", ready, "p95 doubled"))
    assert now(read, ready) == "offline"
    assert read(lambda db: transfer(db, ready)).stages[1].left == "p95 doubled"
    go(write, read, ready)
    found = read(lambda db: transfer(db, ready)).stages[1]
    assert (found.left, found.approval_id) == (None, 2)


@pytest.mark.parametrize("action", ["gate", "gate again", "advance", "approve", "rollback"])
def test_each_action_is_one_undo(ready: int, write: Do, read: Do, action: str) -> None:
    def everything(db: Any) -> list[tuple[Any, ...]]:
        return [
            tuple(row)
            for table in ("transfer", "approval")
            for row in db.execute(f"SELECT * FROM {table} ORDER BY id").fetchall()
        ]

    if action != "gate":
        all_met(write, ready, "shadow")
    if action in ("approve", "rollback"):
        write(lambda db: advance(db, "ada", SETTINGS, ready))
    if action == "rollback":
        write(lambda db: decide_approval(db, "kim", 1, "approved"))
    before = read(everything)
    do: dict[str, Callable[[], Any]] = {
        "gate": lambda: say(write, ready, "shadow", "cost", by="ben"),
        "gate again": lambda: say(write, ready, "shadow", "cost", "failed", by="ben", note="dear"),
        "advance": lambda: write(lambda db: advance(db, "ben", SETTINGS, ready)),
        "approve": lambda: write(lambda db: decide_approval(db, "ben", 1, "approved")),
        "rollback": lambda: write(lambda db: roll_back(db, "ben", ready, "x")),
    }
    do[action]()
    assert read(everything) != before
    write(lambda db: undo(db, "ben"))
    assert read(everything) == before


def test_explorations_stay_out(write: Do, read: Do) -> None:
    tried = write(lambda db: experiment(db, None))
    for act in (
        lambda db: transfer(db, tried),
        lambda db: advance(db, "ada", SETTINGS, tried),
        lambda db: set_gate(db, "kim", SETTINGS, tried, "shadow", "cost", "met", note="x"),
    ):
        with pytest.raises(LabtopError, match="exploration"):
            write(act)
    assert read(transfers) == ()
    with pytest.raises(NotFound):
        read(lambda db: transfer(db, 9))
    dropped = write(lambda db: experiment(db, None, kind="transfer-ready", state="dropped"))
    assert read(transfers) == ()
    with pytest.raises(LabtopError, match="dropped"):
        write(lambda db: advance(db, "ada", SETTINGS, dropped))


def test_those_furthest_on_come_first(ready: int, write: Do, read: Do) -> None:
    second = write(lambda db: experiment(db, None, kind="transfer-ready", title="Second"))
    assert [row.id for row in read(transfers)] == [ready, second]
    write(
        lambda db: insert(db, "transfer", experiment_id=second, stage="shadow", gate="", state="met", person="k", at=AT)
    )
    assert [row.id for row in read(transfers)] == [second, ready]
