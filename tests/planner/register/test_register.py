"""The register: who may use what, until when, and who said so."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from library.db import journal
from library.errors import LabtopError, UsageError
from library.records import store
from library.records.kind import to_row
from library.records.toml import from_toml, to_toml
from library.workspace import Workspace
from planner.register import commands
from planner.register.hashing import content_hash
from planner.register.kind import DATASET
from planner.register.model import Dataset, DatasetRow
from planner.register.queries import dataset, dataset_record, datasets, entry

TODAY = date(2026, 11, 25)
FINE: dict[str, Any] = {"name": "MS MARCO", "version": "2.1", "licence": "CC BY 4.0", "sensitivity": "public"}


def write(workspace: Workspace, function: Any, *args: Any, person: str = "ada", **more: Any) -> Any:
    return workspace.store.write(lambda db: function(db, person, *args, **more)).result()


def read(workspace: Workspace, number: int, today: date = TODAY) -> DatasetRow:
    return workspace.store.read(lambda db: dataset(db, number, today)).result()


def add(workspace: Workspace, **raw: Any) -> int:
    number: int = write(workspace, commands.add, {**FINE, **raw})[0]
    return number


def approve(workspace: Workspace, number: int, person: str = "kim", **more: Any) -> str:
    return str(write(workspace, commands.approve, number, person=person, today=TODAY, **more).summary)


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({}, ("is not approved",)),
        ({"approval": "approved"}, ()),
        ({"approval": "approved", "approved_until": "2026-11-25"}, ()),
        ({"approval": "approved", "approved_until": "2026-11-24"}, ("was approved only until 2026-11-24",)),
        ({"approval": "refused", "approved_by": "kim"}, ("was refused by kim",)),
        ({"approval": "refused", "approved_by": "kim", "approval_reason": "x"}, ("was refused by kim (x)",)),
        ({"approval": "not needed"}, ()),
        ({"approval": "not needed", "sensitivity": "internal"}, ("is not public, though no approval was asked for",)),
        ({"sensitivity": "personal"}, ("is personal and not approved",)),
        ({"approval": "approved", "sensitivity": "personal"}, ()),
        ({"approval": "approved", "sensitivity": "unknown"}, ("is of unknown sensitivity",)),
        ({"approval": "approved", "licence": None}, ("has no known licence",)),
        ({"approval": "approved", "retention_until": "2026-11-25"}, ()),
        ({"approval": "approved", "retention_until": "2026-11-24"}, ("had to be deleted by 2026-11-24",)),
        ({"approval": "approved", "contamination": "in The\nPile"}, ("has a note on contamination (in The Pile)",)),
        (
            {"approval": "approved", "kind": "labels", "wanted": 1_000, "delivered": 700, "due": "2026-12-01"},
            ("still lacks 300 of 1,000 labels, due 2026-12-01",),
        ),
        ({"approval": "approved", "kind": "labels", "wanted": 1_000, "delivered": 1_000}, ()),
    ],
    ids=str,
)  # fmt: skip
def test_what_speaks_against_using_it(workspace: Workspace, columns: dict[str, Any], said: tuple[str, ...]) -> None:
    number = add(workspace)
    workspace.store.write(
        lambda db: db.execute(
            f"UPDATE dataset SET {', '.join(f'{name} = ?' for name in columns) or 'id = id'}", tuple(columns.values())
        )
    ).result()
    assert read(workspace, number).problems == said


def test_nobody_approves_what_they_registered_or_own(workspace: Workspace) -> None:
    number = add(workspace, owner="Kim")
    for person, why in (("ada", "registered"), ("kim", "own")):
        for act in (
            lambda person=person: approve(workspace, number, person),
            lambda person=person: write(workspace, commands.refuse, number, person=person, today=TODAY, reason="no"),
        ):
            with pytest.raises(LabtopError, match=f"You {why} DS-1"):
                act()
    assert approve(workspace, number, "bo", until="2027-01-31", reason="for ranking only") == (
        "approved DS-1 MS MARCO 2.1 until 2027-01-31"
    )
    found = read(workspace, number).dataset
    assert (found.approval, found.approved_by, found.approved_until) == ("approved", "bo", "2027-01-31")
    assert found.approved_at is not None
    assert found.approval_reason == "for ranking only"
    assert read(workspace, number, date(2027, 2, 1)).problems == ("was approved only until 2027-01-31",)


def test_handing_it_on_makes_nobody_impartial(workspace: Workspace) -> None:
    number = add(workspace, owner="kim")
    write(workspace, commands.revise, number, {"owner": "bo"}, person="kim")
    with pytest.raises(LabtopError, match="You owned DS-1"):
        approve(workspace, number, "Kim")
    approve(workspace, number, "eve")
    change = write(workspace, commands.revise, number, {"owner": "Eve"}, person="eve")
    assert "its approval lapsed" in change.summary


def test_a_refusal_is_not_answered_with_no_need_to_ask(workspace: Workspace) -> None:
    number = add(workspace)
    write(workspace, commands.refuse, number, person="kim", today=TODAY, reason="no consent")
    with pytest.raises(LabtopError, match="somebody else has to decide"):
        write(workspace, commands.need_none, number)
    assert read(workspace, number).dataset.approval == "refused"
    write(workspace, commands.need_none, number, person="kim")
    assert read(workspace, number).dataset.approval == "not needed"


def test_an_approval_ends_in_the_future_and_a_refusal_says_why(workspace: Workspace) -> None:
    number = add(workspace)
    for until in ("2026-11-24", "soon"):
        with pytest.raises(UsageError):
            approve(workspace, number, until=until)
    with pytest.raises(UsageError, match="needs a reason"):
        write(workspace, commands.refuse, number, person="kim", today=TODAY, reason=" ")
    assert read(workspace, number).dataset.approval == "pending"


def test_public_data_may_need_no_approval_and_other_data_may_not(workspace: Workspace) -> None:
    public, internal = add(workspace), add(workspace, name="Logs", sensitivity="internal")
    write(workspace, commands.need_none, public)
    assert read(workspace, public).problems == ()
    with pytest.raises(LabtopError, match="needs an approval"):
        write(workspace, commands.need_none, internal)
    with pytest.raises(LabtopError, match="needs an approval"):
        write(workspace, commands.need_none, add(workspace, name="Unknown", licence=""))


@pytest.mark.parametrize(
    ("changes", "lapses"),
    [
        ({"version": "2.2"}, True),
        ({"licence": "proprietary"}, True),
        ({"sensitivity": "personal"}, True),
        ({"content_hash": "ab" * 32}, False),
        ({"about": "Passages"}, False),
        ({"owner": "eve"}, False),
    ],
    ids=str,
)
def test_an_approval_lapses_when_what_was_approved_changes(
    workspace: Workspace, changes: dict[str, str], lapses: bool
) -> None:
    number = add(workspace)
    approve(workspace, number)
    change = write(workspace, commands.revise, number, changes)
    assert ("lapsed" in change.summary) is lapses
    assert read(workspace, number).dataset.approval == ("pending" if lapses else "approved")
    workspace.store.write(lambda db: journal.undo(db, "ada")).result()
    assert read(workspace, number).dataset.approval == "approved"


def test_a_content_hash_is_kept_compared_and_replaced_only_on_purpose(workspace: Workspace, tmp_path: Path) -> None:
    number, file = add(workspace), tmp_path / "corpus"
    file.write_text("one")
    approve(workspace, number)
    first = content_hash(file)
    assert write(workspace, commands.pin, number, first).journal_id is not None
    assert read(workspace, number).dataset.approval == "approved"
    assert write(workspace, commands.pin, number, first).journal_id is None
    file.write_text("two")
    second = content_hash(file)
    with pytest.raises(LabtopError, match="not those registered"):
        write(workspace, commands.pin, number, second)
    write(workspace, commands.pin, number, second, replace=True)
    found = read(workspace, number).dataset
    assert (found.content_hash, found.approval) == (second.sha256, "pending")


def test_the_register_says_who_uses_what(workspace: Workspace) -> None:
    from planner.experiments import commands as experiments

    number = add(workspace)
    write(workspace, experiments.add, {"title": "One", "datasets": f"DS-{number}"})
    write(workspace, experiments.add, {"title": "Two", "datasets": f"DS-{number}"})
    (row,) = workspace.store.read(lambda db: datasets(db, TODAY)).result()
    assert row.experiments == (1, 2)
    record = dataset_record(row)
    assert (record["id"], record["experiments"], record["problems"]) == ("DS-1", ["E-1", "E-2"], ["is not approved"])
    assert record["retention_until"] is None


def test_a_name_and_version_are_there_once(workspace: Workspace) -> None:
    add(workspace)
    with pytest.raises(store.RecordError, match="in the register already, as DS-1"):
        add(workspace)
    with pytest.raises(store.RecordError, match="in the register already, as DS-1"):
        add(workspace, name="ms marco")
    assert add(workspace, version="") == 2


def test_a_record_comes_back_from_toml_as_it_was(workspace: Workspace) -> None:
    number = add(
        workspace,
        kind="labels",
        about="Passages\nand questions\t“x” \\ # no comment",
        wanted="1,000",
        delivered="10",
        due="2026-12-24",
        owner="[/b] kim",
        biases="English only",
    )
    before: Dataset = workspace.store.read(lambda db: entry(db, number)).result()
    values = workspace.store.read(lambda db: store.get(db, DATASET, number)).result()
    raw = from_toml(DATASET, to_toml(DATASET, values, heading="DS-1"))
    assert raw is not None
    change = write(workspace, commands.revise, number, raw)
    assert change.journal_id is None, change.summary
    assert workspace.store.read(lambda db: entry(db, number)).result() == before
    assert to_row(DATASET, values)["wanted"] == 1000
