"""The quarter's plan, from the records to the chosen set: optimal, and with a reason for each experiment."""

import itertools
import random
from typing import Any

import pytest

from library.errors import UsageError
from library.jobs import Cancelled, CancelToken
from library.records import store
from planner.experiments.kind import EXPERIMENT
from planner.prioritisation.conflicts import PlanImpossible
from planner.prioritisation.portfolio import Budget
from planner.roadmap.candidates import candidates
from planner.roadmap.locks import set_lock, unlock
from planner.roadmap.planning import compute, resampled, with_shares
from planner.roadmap.scoring import score_all
from planner.roadmap.snapshot import snapshot
from planner.workspace import Workspace
from tests.planner.roadmap.oracle import evsi, power
from tests.planner.roadmap.programme import (
    Q1,
    SETTINGS,
    chosen,
    experiment,
    hypothesis,
    in_state,
    planned,
    read,
    result,
    write,
)


def why_of(plan: Any, number: int) -> str:
    return next(entry.why for entry in plan.entries if entry.experiment == number)


def test_a_planted_portfolio_has_its_known_optimum(workspace: Workspace) -> None:
    """By value per hour one would take E-1 first; the best two together are E-2 and E-3."""
    small, large = hypothesis(workspace, payoff=12, loss=6), hypothesis(workspace, payoff=14, loss=7)
    experiment(workspace, small, hours=60)
    experiment(workspace, large, hours=75)
    experiment(workspace, large, hours=75)
    found = planned(workspace, 150).plan
    assert chosen(found) == {"E-2", "E-3"}
    by_number = {one.candidate.number: one.score for one in read(workspace, score_all, SETTINGS)}
    assert found.value == pytest.approx(by_number[2].evsi + by_number[3].evsi, abs=1e-9)
    assert found.optimal
    assert [(entry.rank, entry.experiment) for entry in found.entries] == [(2, 2), (3, 3), (1, 1)]
    assert found.details["used"]["gpu_hours"] == 150
    more = next(change for change in found.details["budgets"] if change["factor"] == 1.2)
    assert (more["gpu_hours"], more["enters"], more["leaves"]) == (180, [], [])
    assert found.details["shadow_price"]["enters"] == ["E-1"]
    assert found.details["shadow_price"]["difference"] == pytest.approx(by_number[1].evsi, abs=1e-9)
    out = found.entries[2]
    assert out.score["enters_from"] == 225
    assert "60 GPU-h short" in out.why
    assert why_of(found, 2) == f"worth {evsi(0.4, 14, 7, power(5, 1, 1)):.2g} for 75 GPU-h"
    assert found.value == pytest.approx(2 * evsi(0.4, 14, 7, power(5, 1, 1)), abs=1e-9)


@pytest.mark.parametrize("seed", range(8))
def test_no_other_set_is_worth_more(workspace: Workspace, seed: int) -> None:
    """Full enumeration, with prerequisites, groups, a lock, a veto, people-days and a floor for exploration."""
    dice = random.Random(seed)
    beliefs = [
        hypothesis(workspace, prior=dice.uniform(0.1, 0.9), payoff=dice.uniform(2, 30), loss=dice.uniform(2, 30))
        for _ in range(3)
    ]
    for number in range(1, 10):
        more: dict[str, Any] = {
            "kind": dice.choice(["exploration", "transfer-ready"]),
            "people_days": dice.randint(1, 9),
        }
        if number > 3 and dice.random() < 0.4:
            more["prerequisites"] = [dice.randint(1, number - 1)]
        if dice.random() < 0.4:
            more["exclusive_group"] = dice.choice("ab")
        experiment(workspace, dice.choice(beliefs), hours=dice.randint(10, 90), sigma=dice.uniform(0.4, 2), **more)
    locked, vetoed = dice.sample(range(1, 4), 2)
    write(workspace, set_lock, "ada", [locked], Q1, "in", "promised")
    write(workspace, set_lock, "ada", [vetoed], Q1, "out", "no data")
    scores = {one.candidate.number: one for one in read(workspace, score_all, SETTINGS)}
    fields = {
        number: workspace.store.read(lambda db, n=number: store.get(db, EXPERIMENT, n)).result() for number in scores
    }
    best = None
    for count in range(10):
        for subset in itertools.combinations(sorted(scores), count):
            if allowed(subset, fields, locked, vetoed):
                value = sum(scores[number].score.evsi for number in subset)
                best = value if best is None else max(best, value)
    if best is None:
        with pytest.raises(PlanImpossible, match=f"E-{locked} is locked in"):
            planned(workspace, 200, 20, 0.3)
        return
    found = planned(workspace, 200, 20, 0.3).plan
    assert found.value == pytest.approx(best, abs=1e-6)
    assert allowed(tuple(entry.experiment for entry in found.chosen), fields, locked, vetoed)
    assert all(entry.why for entry in found.entries)


def allowed(subset: tuple[int, ...], fields: dict[int, Any], locked: int, vetoed: int) -> bool:
    hours = {number: float(fields[number]["gpu_hours"]) for number in subset}
    groups = [fields[number]["exclusive_group"] for number in subset if fields[number]["exclusive_group"]]
    exploring = sum(amount for number, amount in hours.items() if fields[number]["kind"] == "exploration")
    return (
        locked in subset
        and vetoed not in subset
        and sum(hours.values()) <= 200
        and sum(float(fields[number]["people_days"]) for number in subset) <= 20
        and len(groups) == len(set(groups))
        and exploring >= 0.3 * sum(hours.values()) - 1e-9
        and all(set(fields[number]["prerequisites"] or ()) <= set(subset) for number in subset)
    )


def test_what_waits_for_what(workspace: Workspace) -> None:
    belongs, nothing = hypothesis(workspace), hypothesis(workspace, payoff=None, loss=None)
    done = experiment(workspace, belongs, state="done")
    dropped = experiment(workspace, belongs, state="dropped")
    tool = experiment(workspace, nothing, hours=20)  # worth nothing by itself
    free = experiment(workspace, belongs, hours=30, prerequisites=[done])
    held = experiment(workspace, belongs, hours=30, prerequisites=[dropped])
    child = experiment(workspace, belongs, hours=30, prerequisites=[tool])
    found = planned(workspace, 500).plan
    assert chosen(found) == {f"E-{tool}", f"E-{free}", f"E-{child}"}
    assert why_of(found, held) == f"needs E-{dropped}, which was dropped"
    assert why_of(found, tool) == f"needed by E-{child}"
    assert {entry.experiment for entry in found.entries} == {tool, free, held, child}  # what is over is not planned


def test_what_needs_input_is_never_ranked_and_says_what_it_needs(workspace: Workspace) -> None:
    belongs = hypothesis(workspace)
    experiment(workspace, belongs)
    lacking = experiment(workspace, belongs, hours=None, sigma=None)
    bits = experiment(workspace, hypothesis(workspace, payoff=None), hours=1)
    found = planned(workspace, 1000, 30).plan
    assert chosen(found) == {"E-1"}
    entries = {entry.experiment: entry for entry in found.entries}
    assert (entries[lacking].rank, entries[lacking].why) == (None, "needs input: σ, GPU-hours")
    assert entries[bits].why.startswith("needs input: payoff; ranked by information alone")
    undated = experiment(workspace, belongs, people_days=None)
    found = planned(workspace, 1000, 30).plan
    assert why_of(found, undated) == "needs input: people-days"
    assert f"E-{undated}" in chosen(planned(workspace, 1000).plan)  # where people-days are no limit


def test_without_any_payoff_the_plan_goes_by_information(workspace: Workspace) -> None:
    belongs = hypothesis(workspace, payoff=None, loss=None)
    experiment(workspace, belongs, hours=10)
    experiment(workspace, belongs, hours=100, sigma=3)
    found = planned(workspace, 50).plan
    assert chosen(found) == {"E-1"}
    assert found.details["basis"] == "bits"
    bits = {one.candidate.number: one.score.bits for one in read(workspace, score_all, SETTINGS)}
    assert found.value == bits[1]
    assert "information (bits)" in found.details["notices"][0]


def test_what_runs_is_in_with_what_is_left_of_it(workspace: Workspace) -> None:
    worthless = hypothesis(workspace, prior=0.99)
    running = experiment(workspace, worthless, state="running", hours=100, exclusive_group="g", prerequisites=[])
    also = experiment(workspace, worthless, state="analysing", hours=50, exclusive_group="g")
    unknown = experiment(workspace, worthless, state="running", hours=None)
    rival = experiment(workspace, hypothesis(workspace), hours=10, exclusive_group="g")
    result(workspace, running, "1", 70.0, at="2026-12-01T00:00:00Z")
    result(workspace, running, "2", None, at="2026-12-01T00:00:00Z")
    found = planned(workspace, 85).plan
    entries = {entry.experiment: entry for entry in found.entries}
    assert chosen(found) == {f"E-{running}", f"E-{also}", f"E-{unknown}"}
    assert (entries[running].gpu_hours, entries[also].gpu_hours, entries[unknown].gpu_hours) == (30, 50, None)
    assert entries[running].why == "under way (running); 30 GPU-h left"
    assert entries[rival].score["cause"] == "excluded"
    assert any(f"E-{unknown} is under way and nobody stated" in notice for notice in found.details["notices"])
    assert any("1 run with unknown GPU-hours" in notice for notice in found.details["notices"])
    with pytest.raises(PlanImpossible, match=r"E-\d is under way; E-\d is under way; 60 GPU-hours"):
        planned(workspace, 60)


def test_what_is_left_of_a_quarter_is_told_beside_its_budget(workspace: Workspace) -> None:
    belongs = hypothesis(workspace)
    running = experiment(workspace, belongs, state="running", hours=90)
    result(workspace, running, "1", 40.0)
    locked = experiment(workspace, belongs, hours=20)
    write(workspace, set_lock, "ada", [locked], Q1, "in", "promised")
    with pytest.raises(PlanImpossible, match="; 50 GPU-hours left of the 90 of the quarter, where 70 are needed"):
        planned(workspace, 90)


def test_a_lock_that_cannot_be_kept_says_what_is_in_its_way(workspace: Workspace) -> None:
    belongs = hypothesis(workspace)
    dropped = experiment(workspace, belongs, state="dropped")
    first = experiment(workspace, belongs, hours=100, prerequisites=[dropped])
    second = experiment(workspace, belongs, hours=80)
    third = experiment(workspace, belongs, hours=None)
    write(workspace, set_lock, "ada", [second], Q1, "in", "promised")
    with pytest.raises(PlanImpossible, match="E-3 is locked in; 50 GPU-hours, where 80 are needed"):
        planned(workspace, 50)
    assert why_of(planned(workspace, 90).plan, second) == "locked in by ada: promised"
    write(workspace, unlock, "ada", [second], Q1)
    write(workspace, set_lock, "ada", [first], Q1, "in", "promised")
    with pytest.raises(
        PlanImpossible, match=f"E-{dropped} was dropped; E-{first} is locked in; E-{first} needs E-{dropped}"
    ):
        planned(workspace, 500)
    write(workspace, unlock, "ada", [first], Q1)
    write(workspace, set_lock, "ada", [third], Q1, "in", "promised")
    with pytest.raises(PlanImpossible, match=f"E-{third} is locked in; the GPU-hours of E-{third} are not known"):
        planned(workspace, 500)


def test_a_lock_holds_in_its_quarter_only(workspace: Workspace) -> None:
    experiment(workspace, hypothesis(workspace))
    write(workspace, set_lock, "ada", [1], Q1, "out", "no data")
    assert chosen(planned(workspace, 500).plan) == set()
    assert why_of(planned(workspace, 500).plan, 1) == "vetoed by ada: no data"
    assert chosen(planned(workspace, 500, quarter=Q1.shifted(1)).plan) == {"E-1"}


def test_locks_are_refused_where_they_would_say_nothing(workspace: Workspace) -> None:
    over = experiment(workspace, hypothesis(workspace), state="done")
    running = experiment(workspace, hypothesis(workspace), state="running")
    with pytest.raises(UsageError, match="nothing left to plan"):
        write(workspace, set_lock, "ada", [over], Q1, "in", "promised")
    with pytest.raises(UsageError, match="under way"):
        write(workspace, set_lock, "ada", [running], Q1, "out", "no data")
    with pytest.raises(UsageError, match="reason"):
        write(workspace, set_lock, "ada", [running], Q1, "in", " ")


def test_a_veto_from_before_an_experiment_began_is_pointed_out(workspace: Workspace) -> None:
    number = experiment(workspace, hypothesis(workspace))
    write(workspace, set_lock, "ada", [number], Q1, "out", "no data")
    in_state(workspace, number, "running")
    found = planned(workspace, 500).plan
    assert chosen(found) == {"E-1"}
    assert "vetoed and under way" in found.details["notices"][0]


def test_what_the_quarter_used_is_taken_off_its_budget(workspace: Workspace) -> None:
    belongs = hypothesis(workspace)
    over = experiment(workspace, belongs, state="done", hours=100)
    experiment(workspace, belongs, hours=60)
    experiment(workspace, belongs, hours=60)
    result(workspace, over, "1", 100.0, at="2027-01-20T00:00:00Z")
    found = planned(workspace, 200).plan
    assert chosen(found) == {"E-2"}
    assert found.details["used_before"] == {"gpu_hours": 100.0, "unknown_runs": 0}
    budgets = {change["factor"]: change for change in found.details["budgets"]}
    assert (budgets[1.2]["gpu_hours"], budgets[1.2]["enters"]) == (240, ["E-3"])
    assert (budgets[0.8]["gpu_hours"], budgets[0.8]["leaves"]) == (160, [])
    assert found.entries[1].score["enters_from"] == 220
    assert chosen(planned(workspace, 90).plan) == set()  # more was used than there is


def test_the_same_programme_gives_the_same_plan(workspace: Workspace) -> None:
    for number in range(12):
        experiment(workspace, hypothesis(workspace, prior=0.2 + 0.05 * number), hours=40 + 3 * number)
    first, second = planned(workspace, 250), planned(workspace, 250)
    assert first.plan == second.plan
    draws = [list(resampled(each, draws=20, seed=3))[-1] for each in (first, second)]
    assert draws[0] == draws[1]
    assert with_shares(first.plan, draws[0]).details["robustness"] == {"draws": 20, "of": 20, "impossible": 0}


def test_shares_belong_to_what_could_be_in(workspace: Workspace) -> None:
    sure, close = hypothesis(workspace, payoff=100, loss=60), hypothesis(workspace, payoff=10, loss=6)
    experiment(workspace, sure, hours=10)
    experiment(workspace, close, hours=85)
    experiment(workspace, close, hours=85)
    lacking = experiment(workspace, close, hours=None)
    plan = planned(workspace, 130)
    steps = list(resampled(plan, draws=40))
    assert [step.draws for step in steps] == list(range(5, 41, 5))
    found = {entry.experiment: entry.stays for entry in with_shares(plan.plan, steps[-1]).entries}
    assert found[1] is not None
    assert found[2] is not None
    assert found[3] is not None
    assert found[1] > found[2] > 0.2  # of two alike, either
    assert found[3] > 0.2
    assert found[lacking] is None


def test_it_can_be_stopped(workspace: Workspace) -> None:
    experiment(workspace, hypothesis(workspace))
    stop = CancelToken()
    stop.cancel()
    with pytest.raises(Cancelled):
        compute(read(workspace, snapshot, SETTINGS, Q1), Budget(100), cancel=stop)
    drawing = resampled(planned(workspace, 500), draws=50, cancel=(asked := CancelToken()))
    assert next(drawing).draws == 5
    asked.cancel()
    with pytest.raises(Cancelled):
        next(drawing)


def test_a_thousand_experiments(workspace: Workspace) -> None:
    belongs = [hypothesis(workspace, prior=0.1 + 0.08 * number, payoff=5 + number) for number in range(10)]
    dice = random.Random(1)

    def many(db: Any) -> None:
        columns = (
            "title, state, hypothesis_id, seeds, sigma, gpu_hours, prerequisites, created_by, created_at, updated_at"
        )
        rows = [
            ("An experiment", "ready", dice.choice(belongs), 5, dice.uniform(0.5, 2), f"{dice.randint(10, 300)}",
             f"[{dice.randint(1, number - 1)}]" if number % 10 == 0 else None, "ada", "2027", "2027")
            for number in range(1, 1001)
        ]  # fmt: skip
        db.executemany(f"INSERT INTO experiment ({columns}) VALUES ({', '.join('?' * 10)})", rows)

    write(workspace, many)
    everything = {each.number: each for each in read(workspace, candidates)}
    found = planned(workspace, 20_000).plan
    assert found.optimal
    assert len(found.entries) == 1000
    inside = {entry.experiment for entry in found.chosen}
    assert 0 < len(inside) < 1000
    assert sum(entry.gpu_hours or 0 for entry in found.chosen) <= 20_000
    assert all(set(everything[number].prerequisites) <= inside for number in inside)
