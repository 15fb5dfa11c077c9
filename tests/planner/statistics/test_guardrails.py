import math

import pytest

from library.errors import UsageError
from planner.statistics.decide import decide
from planner.statistics.guardrails import Guardrail, check_guardrail, with_guardrails
from tests.planner.statistics.runs import rule, runs

BASE = [100.0, 101.0, 99.0, 102.0, 98.0, 100.5]
LATENCY = Guardrail("latency", "", "decrease", 2.0)
NOISE = [0.3, -0.2, 0.1, -0.4, 0.2, 0.0]


def checked(shift, n=6, guardrail=LATENCY):
    new = [base + shift + noise for base, noise in zip(BASE[:n], NOISE, strict=False)]
    return check_guardrail(guardrail, runs("base", BASE[:n]), runs("new", new))


@pytest.mark.parametrize(
    ("shift", "n", "state", "suspected"),
    [
        (0.0, 6, "held", False),
        (-9.0, 6, "held", False),
        (1.0, 6, "held", False),
        (1.95, 6, "unknown", False),
        (2.05, 6, "unknown", True),
        (5.0, 6, "breached", False),
        (5.0, 3, "breached", False),
        (5.0, 2, "unknown", True),
        (5.0, 1, "unknown", True),
        (0.0, 2, "unknown", False),
    ],
)
def test_held_breached_or_unknown(shift, n, state, suspected):
    found = checked(shift, n)
    assert (found.state, found.suspected, found.n) == (state, suspected, n)
    assert (found.low is None) == (n < 3)
    assert found.summary.startswith(f"Guardrail latency {state}")
    assert ("too few seeds" in found.summary) == (n < 3)


def test_no_results_are_unknown():
    found = check_guardrail(LATENCY, runs("base", BASE), [])
    assert (found.state, found.suspected, found.effect) == ("unknown", False, None)
    assert "no results" in found.summary


def test_a_metric_that_never_varies_is_an_exact_number():
    memory = Guardrail("memory", "", "decrease", 1.0)
    for new, state in ((8.0, "held"), (9.0, "held"), (9.5, "breached"), (3.0, "held")):
        found = check_guardrail(memory, runs("base", [8.0] * 3), runs("new", [new] * 3))
        assert found.state == state
        assert "in every one of 3 seeds" in found.summary
    two = check_guardrail(memory, runs("base", [8.0] * 2), runs("new", [9.5] * 2))
    assert (two.state, two.suspected) == ("unknown", True)


def test_a_slice_is_named():
    assert Guardrail("accuracy", "night images", "increase", 0.5).name == "accuracy on night images"


@pytest.mark.parametrize("change", [{"tolerance": -1.0}, {"tolerance": math.nan}, {"direction": "up"}, {"alpha": 0.9}])
def test_a_guardrail_that_cannot_be_kept_is_refused(change):
    with pytest.raises(UsageError):
        Guardrail(**{"metric": "latency", "slice": "", "direction": "decrease", "tolerance": 1.0} | change)


def verdict(shift=3.0):
    return decide(
        rule(1.0, 6), runs("base", BASE), runs("new", [b + shift + x for b, x in zip(BASE, NOISE, strict=True)])
    )


def test_a_breach_blocks_a_supported_verdict():
    plain = verdict()
    assert plain.headline == "supported"
    slices = Guardrail("accuracy", "night images", "increase", 0.5)
    blocked = with_guardrails(plain, [checked(5.0), checked(-5.0, guardrail=slices), checked(0.0)])
    assert blocked.state == "supported"
    assert blocked.blocked_by == ("latency", "accuracy on night images")
    assert blocked.headline == "supported, blocked by latency, accuracy on night images"
    assert blocked.summary.startswith("Supported, blocked by latency")
    assert sum("breached" in told for told in blocked.warnings) == 2
    assert (blocked.effect, blocked.low, blocked.p) == (plain.effect, plain.low, plain.p)


def test_a_suspicion_is_seen_and_blocks_nothing():
    seen = with_guardrails(verdict(), [checked(5.0, 2), checked(0.0, 2, Guardrail("memory", "", "decrease", 1.0))])
    assert seen.blocked_by == ()
    assert seen.suspected == ("latency", "memory")  # two seeds clear of nothing, whatever their mean
    assert seen.headline == "supported, not cleared of latency, memory"
    assert len([told for told in seen.warnings if "unknown" in told]) == 2


def test_what_nobody_measured_does_not_pass():
    absent = with_guardrails(verdict(), [check_guardrail(LATENCY, [], []), checked(0.0, 6)])
    assert absent.headline == "supported, not cleared of latency"
    assert absent.summary.startswith("Supported, not cleared of latency: ")
    open_ = with_guardrails(verdict(), [checked(1.95)])  # neither shown nor ruled out, and the mean is tolerated
    assert open_.headline == "supported"


def test_what_is_not_supported_is_not_blocked_but_the_breach_is_said():
    found = with_guardrails(verdict(-3.0), [checked(5.0)])
    assert (found.headline, found.blocked_by) == ("refuted (harmful)", ())
    assert any("latency breached" in told for told in found.warnings)


def test_held_guardrails_change_nothing():
    plain = verdict()
    assert with_guardrails(plain, [checked(0.0)]) == plain
