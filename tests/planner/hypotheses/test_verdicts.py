"""What verdicts do: evidence by their state, belief by Bayes' rule, once an experiment."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.clock import stamped
from library.db.journal import Recorder, record, undo
from library.errors import NotFound
from planner.hypotheses import commands
from planner.hypotheses.balance import all_evidence, balance_of, evidence_of
from planner.hypotheses.bayes import NEAREST, likelihood_ratio, moved
from planner.hypotheses.beliefs import current_belief, shown_share
from planner.hypotheses.queries import hypotheses, hypothesis
from planner.hypotheses.verdicts import newest_confirmatory, take_verdict
from tests.planner.hypotheses.conftest import Lab


def posterior(prior: float, state: str, power: float, alpha: float) -> Fraction:
    """Bayes' rule with exact fractions over both worlds: an effect of δ, and none."""
    p, says_yes, wrongly = Fraction(prior), Fraction(power), Fraction(alpha)
    if_true, if_false = {"supported": (says_yes, wrongly), "refuted": (wrongly, says_yes)}.get(
        state, (1 - says_yes - wrongly, 1 - wrongly - says_yes)
    )
    return p * if_true / (p * if_true + (1 - p) * if_false)


@given(
    st.floats(0.01, 0.99),
    st.sampled_from(["supported", "refuted", "inconclusive"]),
    st.floats(0.2, 0.9),
    st.floats(0.001, 0.09),
)
def test_belief_moves_by_bayes_rule(prior: float, state: str, power: float, alpha: float) -> None:
    after = moved(prior, likelihood_ratio(state, power, alpha))
    assert after == pytest.approx(float(posterior(prior, state, power, alpha)), rel=1e-9)


@given(st.floats(0.0001, 0.9999), st.floats(0.01, 1), st.floats(0.001, 0.4))
def test_support_and_refutation_undo_each_other_and_nothing_is_certain(
    belief: float, power: float, alpha: float
) -> None:
    up = moved(belief, likelihood_ratio("supported", power, alpha))
    assert NEAREST <= up <= 1 - NEAREST
    assert up >= belief * (1 - 1e-12)
    down = moved(belief, likelihood_ratio("refuted", power, alpha))
    assert NEAREST <= down <= belief * (1 + 1e-12)
    if NEAREST < up < 1 - NEAREST:
        assert moved(up, likelihood_ratio("refuted", power, alpha)) == pytest.approx(belief, rel=1e-6)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "—"),
        (0.4, ".40"),
        (0.994, ".99"),
        (0.9951, ".995"),
        (0.99996, ".99996"),
        (1 - 1e-6, ".999999"),
        (1e-6, ".000001"),
    ],
)
def test_beliefs_are_shown_short_and_never_as_certain(value: float | None, shown: str) -> None:
    assert shown_share(value) == shown


@pytest.mark.parametrize(
    ("state", "exploratory", "stance", "belief"),
    [
        ("supported", 0, "for", 32 / 35),  # odds 2/3 × 16
        ("refuted", 0, "against", 1 / 25),  # odds 2/3 ÷ 16
        ("inconclusive", 0, "context", 0.4),
        ("supported", 1, "context", 0.4),
        ("refuted", 1, "context", 0.4),
    ],
)
def test_a_verdict_is_evidence_and_moves_belief_in_one_action(
    lab: Lab, state: str, exploratory: int, stance: str, belief: float
) -> None:
    number = lab.active()
    experiment, was = lab.experiment(number), lab.everything()
    lab.verdict(number, experiment, state, exploratory=exploratory)
    (piece,) = lab.read(lambda db: evidence_of(db, number))
    assert (piece.stance, piece.directness, piece.origin) == (stance, "direct", "V-1")
    assert lab.read(lambda db: current_belief(db, number)) == pytest.approx(belief, rel=1e-12)
    if belief != 0.4:
        step = lab.read(lambda db: hypothesis(db, number)).beliefs[-1]
        assert (step.method, step.verdict_id) == ("verdict", 1)
        assert step.reason == f"V-1 {state}: power 0.80, α 0.05, odds × {16 if state == 'supported' else 0.0625}"
    lab.undo()
    assert lab.everything() == was


def test_without_a_prior_or_a_power_belief_stays(lab: Lab) -> None:
    number = lab.active(prior="")
    lab.verdict(number, lab.experiment(number), "supported")
    assert lab.read(lambda db: current_belief(db, number)) is None
    other = lab.active()
    for power in (None, "unknown", 0, float("inf"), True):
        lab.verdict(other, lab.experiment(other), "supported", power=power)
    assert lab.read(lambda db: current_belief(db, other)) == 0.4
    assert lab.one("SELECT count(*) FROM evidence") == 6


def test_alpha_is_the_experiments_where_the_verdict_does_not_say(lab: Lab) -> None:
    number = lab.active()
    lab.verdict(number, lab.experiment(number, alpha=0.1), "supported", alpha=None)
    assert lab.read(lambda db: current_belief(db, number)) == pytest.approx(
        float(posterior(0.4, "supported", 0.8, 0.1))
    )


def test_a_later_verdict_on_the_same_comparison_takes_the_earlier_ones_place(lab: Lab) -> None:
    number = lab.active()
    experiment = lab.experiment(number)
    lab.verdict(number, experiment, "supported", power=0.5)
    lab.verdict(number, experiment, "supported", power=0.9)  # more seeds of the same
    assert lab.read(lambda db: current_belief(db, number)) == pytest.approx(
        float(posterior(0.4, "supported", 0.9, 0.05))
    )
    lab.verdict(number, experiment, "inconclusive", power=0.95)
    assert lab.read(lambda db: current_belief(db, number)) == pytest.approx(0.4)
    lab.verdict(number, experiment, "refuted", power=0.99)
    refuted = float(posterior(0.4, "refuted", 0.99, 0.05))
    assert lab.read(lambda db: current_belief(db, number)) == pytest.approx(refuted)
    # Another experiment adds to it.
    lab.verdict(number, lab.experiment(number), "refuted", power=0.8)
    again = float(posterior(refuted, "refuted", 0.8, 0.05))
    assert lab.read(lambda db: current_belief(db, number)) == pytest.approx(again)
    detail = lab.read(lambda db: hypothesis(db, number))
    assert [line.superseded_by for line in detail.verdicts] == [None, None, 4, 4, 4]
    assert (detail.balance.supporting.verdicts, detail.balance.opposing.verdicts) == (0, 2)
    assert detail.evidence[0].stale == ("superseded by V-4",)
    assert "in place of V-1 of the same experiment (odds × 10)" in detail.beliefs[2].reason


def test_exploring_takes_no_confirmatory_verdicts_place(lab: Lab) -> None:
    number = lab.active()
    experiment = lab.experiment(number)
    lab.verdict(number, experiment, "refuted", exploratory=1)
    lab.verdict(number, experiment, "refuted")
    lab.verdict(number, experiment, "supported", exploratory=1)
    lab.verdict(number, experiment, "supported", treatment="another arm")
    detail = lab.read(lambda db: hypothesis(db, number))
    assert {line.id: line.superseded_by for line in detail.verdicts} == {1: 3, 2: None, 3: None, 4: None}
    assert balance_of(detail.evidence).opposing.verdicts == 1


def test_offline_and_online_are_two_comparisons(lab: Lab) -> None:
    number = lab.active()
    experiment = lab.experiment(number)
    lab.verdict(number, experiment, "supported", power=0.8)
    lab.verdict(number, experiment, "supported", power=0.8, phase="online")
    both = float(posterior(float(posterior(0.4, "supported", 0.8, 0.05)), "supported", 0.8, 0.05))
    assert lab.read(lambda db: current_belief(db, number)) == pytest.approx(both)
    detail = lab.read(lambda db: hypothesis(db, number))
    assert [line.superseded_by for line in detail.verdicts] == [None, None]
    assert detail.balance.supporting.verdicts == 2


def test_what_a_guardrail_is_not_cleared_of_is_said_too(lab: Lab) -> None:
    number = lab.active()
    lab.verdict(number, lab.experiment(number), "supported", suspected=["latency"])
    assert "(not cleared of latency)" in lab.move(number, "supported").summary
    assert lab.read(hypotheses)[0].shown_state == "supported, not cleared of latency"


def test_what_a_person_believes_is_where_the_next_verdict_starts(lab: Lab) -> None:
    number = lab.active()
    lab.write(lambda db: commands.believe(db, "kim", number, 0.2, "I saw the logs"))
    lab.verdict(number, lab.experiment(number), "supported")
    assert lab.read(lambda db: current_belief(db, number)) == pytest.approx(
        float(posterior(0.2, "supported", 0.8, 0.05))
    )


def test_a_breached_guardrail_is_said_wherever_the_verdict_is(lab: Lab) -> None:
    number = lab.active()
    lab.verdict(number, lab.experiment(number), "supported", blocked_by=["latency", "slice: new users"])
    blocked = "supported, blocked by latency, slice: new users"
    change = lab.move(number, "supported")
    assert "blocked by latency, slice: new users" in change.summary
    (row,) = lab.read(hypotheses)
    detail = lab.read(lambda db: hypothesis(db, number))
    assert row.shown_state == detail.row.shown_state == blocked
    assert detail.evidence[0].verdict is not None
    assert row.verdict is not None
    newest = lab.read(lambda db: newest_confirmatory(db, number))
    assert newest is not None
    assert row.verdict.headline == detail.evidence[0].verdict.headline == newest.headline == blocked
    lab.move(number, "retired")
    assert lab.read(hypotheses)[0].shown_state == "retired (supported), blocked by latency, slice: new users"


def test_doubt_and_other_words_are_marked(lab: Lab) -> None:
    number = lab.active()
    with stamped("2026-02-01T00:00:00Z"):
        verdict = lab.verdict(number, lab.experiment(number), "supported", at="2026-02-01T00:00:00Z")
    lab.edit(number, owner="kim")
    assert lab.read(lambda db: hypothesis(db, number)).verdicts[0].of_earlier_wording is False
    lab.edit(number, delta=0.1)
    made = {"created_by": "kim", "created_at": "2026-03-01T00:00:00Z", "updated_at": "2026-03-01T00:00:00Z"}
    lab.insert("incident", title="Leaked test data", happened_on="2026-03-01", verdicts=f"[{verdict}]", **made)
    detail = lab.read(lambda db: hypothesis(db, number))
    assert detail.verdicts[0].of_earlier_wording
    assert detail.evidence[0].stale == ("doubted by I-1", "the claim was changed since")
    assert lab.read(hypotheses)[0].stale == 1
    assert lab.read(all_evidence) == detail.evidence


def test_words_that_were_changed_and_put_back_are_the_same(lab: Lab) -> None:
    number = lab.active()
    with stamped("2026-02-01T00:00:00Z"):
        lab.verdict(number, lab.experiment(number), "supported", at="2026-02-01T00:00:00Z")
    lab.edit(number, delta=0.1)
    assert lab.read(all_evidence)[0].stale == ("the claim was changed since",)
    lab.write(lambda db: undo(db, "ada"))
    detail = lab.read(lambda db: hypothesis(db, number))
    assert not detail.verdicts[0].of_earlier_wording
    assert detail.evidence[0].stale == lab.read(all_evidence)[0].stale == ()


def test_verdicts_on_nothing_are_passed_over(lab: Lab) -> None:
    lab.verdict(None, lab.experiment(None), "supported")
    assert lab.one("SELECT count(*) FROM evidence") == 0

    def take(recorder: Recorder) -> None:
        take_verdict(recorder, "ada", 99)

    with pytest.raises(NotFound):
        lab.write(lambda db: record(db, person="ada", action="x", summary="x", write=take))
