"""Records stored, revised and undone, with every wrong field named at once."""

import pytest

from library.db import journal
from library.errors import LabtopError, NotFound
from library.records import store
from library.records.kind import Kind, Values
from library.workspace import Workspace
from planner.experiments.kind import EXPERIMENT
from planner.hypotheses.kind import HYPOTHESIS
from planner.obstacles.kind import OBSTACLE


def create(workspace: Workspace, kind: Kind, **raw: object) -> int:
    return workspace.store.write(lambda db: store.create(db, "ada", kind, raw)).result()[0]


def revise(workspace: Workspace, kind: Kind, number: int, **raw: object) -> str:
    return workspace.store.write(lambda db: store.revise(db, "ada", kind, number, raw)).result().summary


def get(workspace: Workspace, kind: Kind, number: int) -> Values:
    return workspace.store.read(lambda db: store.get(db, kind, number)).result()


def undo(workspace: Workspace) -> str:
    return workspace.store.write(lambda db: journal.undo(db, "ada")).result().summary


def problems(workspace: Workspace, kind: Kind, **raw: object) -> dict[str, str]:
    with pytest.raises(store.RecordError) as caught:
        create(workspace, kind, **raw)
    return {problem.field: problem.reason for problem in caught.value.problems}


def test_defaults_are_filled_in_and_the_rest_is_unknown(workspace: Workspace) -> None:
    number = create(workspace, HYPOTHESIS, statement="Late interaction beats distillation")
    values = get(workspace, HYPOTHESIS, number)
    assert values["direction"] == "increase"
    assert values["prior"] is None


def test_every_wrong_field_is_named(workspace: Workspace) -> None:
    found = problems(workspace, HYPOTHESIS, prior="2", delta="-1", nonsense="x")
    assert set(found) == {"statement", "prior", "delta", "nonsense"}


def test_references_must_exist(workspace: Workspace) -> None:
    assert problems(workspace, EXPERIMENT, title="t", hypothesis_id="H-7", prerequisites="E-1 E-2") == {
        "hypothesis_id": "there is no H-7",
        "prerequisites": "there is no E-2",
    }


def test_a_plan_has_both_a_baseline_and_a_treatment(workspace: Workspace) -> None:
    assert "baseline" in problems(workspace, EXPERIMENT, title="t", arms="new | treatment")["arms"]
    assert "treatment" in problems(workspace, EXPERIMENT, title="t", arms="old | baseline")["arms"]


@pytest.mark.parametrize(
    ("looks", "fits"), [("5, 8", True), ("8, 5", False), ("2, 8", False), ("now", False), ("5, 10", False)]
)
def test_looks(workspace: Workspace, looks: str, fits: bool) -> None:
    if fits:
        assert create(workspace, EXPERIMENT, title="t", seeds="10", looks=looks)
    else:
        assert "looks" in problems(workspace, EXPERIMENT, title="t", seeds="10", looks=looks)


def test_prerequisites_do_not_go_round_in_a_circle(workspace: Workspace) -> None:
    first = create(workspace, EXPERIMENT, title="a")
    second = create(workspace, EXPERIMENT, title="b", prerequisites=f"E-{first}")
    third = create(workspace, EXPERIMENT, title="c", prerequisites=f"E-{second}")
    with pytest.raises(store.RecordError, match="E-1 → E-3 → E-2 → E-1"):
        revise(workspace, EXPERIMENT, first, prerequisites=f"E-{third}")


def test_no_circle_is_closed_by_doing_again_what_was_undone(workspace: Workspace) -> None:
    first, second = create(workspace, EXPERIMENT, title="a"), create(workspace, EXPERIMENT, title="b")
    revise(workspace, EXPERIMENT, second, prerequisites=f"E-{first}")
    undone = workspace.store.write(lambda db: journal.undo(db, "ada")).result().journal_id
    revise(workspace, EXPERIMENT, first, prerequisites=f"E-{second}")
    with pytest.raises(LabtopError, match="E-2 cannot have its prerequisites of then again: they go round in a circle"):
        workspace.store.write(lambda db: journal.undo(db, "ada", undone)).result()
    assert get(workspace, EXPERIMENT, second)["prerequisites"] is None


def test_what_is_gone_holds_up_no_other_change(workspace: Workspace) -> None:
    later = create(workspace, EXPERIMENT, title="a")
    gone = create(workspace, EXPERIMENT, title="b")
    workspace.store.write(lambda db: store.revise(db, "kim", EXPERIMENT, later, {"prerequisites": [gone]})).result()
    undo(workspace)
    revise(workspace, EXPERIMENT, later, title="c")
    with pytest.raises(store.RecordError, match="there is no E-9"):
        revise(workspace, EXPERIMENT, later, prerequisites=f"E-{gone}, E-9")
    assert get(workspace, EXPERIMENT, later)["prerequisites"] == (gone,)


def test_a_revision_is_one_action_and_undone_as_one(workspace: Workspace) -> None:
    number = create(workspace, HYPOTHESIS, statement="s", prior="0.3", tags="a, b")
    assert revise(workspace, HYPOTHESIS, number, prior="40 %", tags="") == "changed H-1: prior, tags"
    assert get(workspace, HYPOTHESIS, number)["tags"] is None
    assert revise(workspace, HYPOTHESIS, number, prior="0.4") == "H-1 is as it was"
    undo(workspace)
    values = get(workspace, HYPOTHESIS, number)
    assert (values["prior"], values["tags"]) == (0.3, ("a", "b"))
    undo(workspace)
    with pytest.raises(NotFound):
        get(workspace, HYPOTHESIS, number)


def test_what_others_hang_on_a_record_keeps_it(workspace: Workspace) -> None:
    number = create(workspace, HYPOTHESIS, statement="s")
    workspace.store.write(
        lambda db: store.create(db, "bob", EXPERIMENT, {"title": "t", "hypothesis_id": number})
    ).result()
    with pytest.raises(Exception, match="cannot be undone"):
        undo(workspace)


def test_an_undone_change_is_told_to_the_screens_of_the_programme(workspace: Workspace) -> None:
    create(workspace, HYPOTHESIS, statement="s")
    change = workspace.store.write(lambda db: journal.undo(db, "ada")).result()
    assert change.topic == "programme"


def test_a_blocker_says_who_can_remove_it(workspace: Workspace) -> None:
    found = problems(workspace, OBSTACLE, what="no GPU", since="2026-11-01")
    assert set(found) == {"on_whom", "experiment_id"}
