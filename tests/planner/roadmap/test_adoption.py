"""A draft becomes the plan, moves what it has in, and waits for approval where it is over the limit."""

import pytest

from library.db import journal
from library.errors import LabtopError, NotFound
from library.settings import ProgrammeSettings
from planner.decisions.approvals import decide_approval, waiting
from planner.roadmap import plans
from planner.roadmap.adoption import adopt
from planner.roadmap.closing import close
from planner.workspace import Workspace
from tests.planner.roadmap.programme import (
    Q1,
    SETTINGS,
    experiment,
    hypothesis,
    planned,
    read,
    result,
    state_of,
    stored,
    write,
)


def test_what_is_in_and_ready_becomes_planned(workspace: Workspace) -> None:
    belongs = hypothesis(workspace)
    ready = experiment(workspace, belongs, hours=10)
    idea = experiment(workspace, belongs, hours=10, state="idea")
    bare = experiment(workspace, belongs, hours=10, state="idea", arms=None)
    running = experiment(workspace, belongs, hours=10, state="running")
    out = experiment(workspace, belongs, hours=900)
    stored(workspace, 100)
    change = write(workspace, adopt, "ada", SETTINGS, Q1)
    assert [state_of(workspace, number) for number in (ready, idea, bare, running, out)] == [
        *("planned", "planned", "idea", "running", "ready")
    ]
    assert "4 experiments in, 2 of them now planned" in change.summary
    assert f"still ideas, since their records lack something: E-{bare}" in change.summary
    assert read(workspace, plans.needed, Q1).state == "adopted"
    write(workspace, journal.undo, "ada")
    assert [state_of(workspace, number) for number in (ready, idea)] == ["ready", "idea"]
    assert read(workspace, plans.needed, Q1).state == "draft"


def test_a_later_plan_takes_its_place(workspace: Workspace) -> None:
    belongs, better = hypothesis(workspace), hypothesis(workspace, payoff=30, loss=20)
    first = experiment(workspace, belongs, hours=100)
    stored(workspace, 100)
    write(workspace, adopt, "ada", SETTINGS, Q1)
    second = experiment(workspace, better, hours=100)
    stored(workspace, 100)
    assert read(workspace, plans.needed, Q1).state == "adopted"  # the draft lies beside it
    write(workspace, adopt, "ada", SETTINGS, Q1)
    assert (state_of(workspace, first), state_of(workspace, second)) == ("ready", "planned")
    assert [plan.state for plan in read(workspace, plans.plans)] == ["adopted"]
    with pytest.raises(NotFound, match="no plan"):
        write(workspace, adopt, "ada", SETTINGS, Q1)
    write(workspace, journal.undo, "ada")
    assert (state_of(workspace, first), state_of(workspace, second)) == ("planned", "ready")


def test_what_is_done_stays_in_the_plan_of_its_quarter(workspace: Workspace) -> None:
    belongs = hypothesis(workspace)
    over, other = experiment(workspace, belongs, hours=60), experiment(workspace, belongs, hours=70)
    stored(workspace, 200)
    write(workspace, adopt, "ada", SETTINGS, Q1)
    result(workspace, over, "1", 65.0)
    write(workspace, lambda db: db.execute("UPDATE experiment SET state = 'done' WHERE id = ?", (over,)))
    again = planned(workspace, 200).plan
    assert {entry.experiment for entry in again.chosen} == {over, other}
    kept = next(entry for entry in again.entries if entry.experiment == over)
    assert (kept.why, kept.gpu_hours) == ("done in this quarter", 60)
    assert again.value == pytest.approx(sum(entry.value or 0 for entry in again.chosen))


def test_over_the_limit_it_waits_for_somebody_elses_yes(workspace: Workspace) -> None:
    limited = ProgrammeSettings(quarter_gpu_hours=100)
    experiment(workspace, hypothesis(workspace), hours=120)
    draft = stored(workspace, 200)
    change = write(workspace, adopt, "ada", limited, Q1)
    assert "A-1 asks the research lead first" in change.summary
    (asked,) = read(workspace, waiting)
    assert asked.what == "budget"
    assert asked.subject == "2027Q1: spend 120 GPU-hours, 20 over the limit of 100 a quarter"
    assert read(workspace, plans.needed, Q1) == draft
    assert "still waits" in write(workspace, adopt, "ada", limited, Q1).summary
    with pytest.raises(LabtopError, match="their own"):
        write(workspace, decide_approval, "ada", 1, "approved", "fine")
    write(workspace, decide_approval, "kim", 1, "approved", "fine")
    assert write(workspace, adopt, "ada", limited, Q1).summary.startswith("adopted")
    assert read(workspace, plans.needed, Q1).state == "adopted"
    experiment(workspace, hypothesis(workspace), hours=50)  # another sum needs another yes
    stored(workspace, 200)
    assert "A-2 asks" in write(workspace, adopt, "ada", limited, Q1).summary


def test_the_yes_and_the_plan_that_rests_on_it_stay_together(workspace: Workspace) -> None:
    limited = ProgrammeSettings(quarter_gpu_hours=100)
    experiment(workspace, hypothesis(workspace), hours=120)
    stored(workspace, 200)
    write(workspace, adopt, "ada", limited, Q1)
    write(workspace, decide_approval, "kim", 1, "approved", "fine")
    write(workspace, adopt, "ada", limited, Q1)
    assert read(workspace, plans.needed, Q1).details["approval"] == "A-1"
    with pytest.raises(LabtopError, match="A-1 stays approved: the plan of 2027Q1 was adopted on it"):
        write(workspace, journal.undo, "kim")
    taken_back = write(workspace, journal.undo, "ada").journal_id
    write(workspace, journal.undo, "kim")
    with pytest.raises(LabtopError, match="A-1 is not approved any more"):
        write(workspace, journal.undo, "ada", taken_back)
    assert read(workspace, plans.needed, Q1).state == "draft"


def test_within_the_limit_nobody_is_asked(workspace: Workspace) -> None:
    experiment(workspace, hypothesis(workspace), hours=100)
    stored(workspace, 500)
    assert write(workspace, adopt, "ada", ProgrammeSettings(quarter_gpu_hours=100), Q1).summary.startswith("adopted")
    assert read(workspace, waiting) == ()


def test_the_request_can_be_undone(workspace: Workspace) -> None:
    experiment(workspace, hypothesis(workspace), hours=120)
    stored(workspace, 200)
    write(workspace, adopt, "ada", ProgrammeSettings(quarter_gpu_hours=100), Q1)
    write(workspace, journal.undo, "ada")
    assert read(workspace, waiting) == ()


def test_what_was_used_before_counts_towards_the_limit(workspace: Workspace) -> None:
    over = experiment(workspace, hypothesis(workspace), hours=120, state="done")
    experiment(workspace, hypothesis(workspace), hours=30)
    result(workspace, over, "1", 80.0)
    stored(workspace, 200)
    change = write(workspace, adopt, "ada", ProgrammeSettings(quarter_gpu_hours=100), Q1)
    assert "2027Q1 is over the limit" in change.summary


def test_a_draft_begun_by_closing_has_a_limit_too(workspace: Workspace) -> None:
    number = experiment(workspace, hypothesis(workspace), hours=120)
    stored(workspace, 200)
    write(workspace, adopt, "ada", SETTINGS, Q1)
    write(workspace, close, "ada", SETTINGS, Q1, {number: "carry"})
    change = write(workspace, adopt, "ada", ProgrammeSettings(quarter_gpu_hours=100), Q1.shifted(1))
    assert "2027Q2 is over the limit" in change.summary
