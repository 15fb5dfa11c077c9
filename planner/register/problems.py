"""What stands against using an entry of the register on a given day."""

from datetime import date

from library.text import counted, shortened
from planner.register.model import Dataset


def problems_of(dataset: Dataset, today: date) -> tuple[str, ...]:
    """What is wrong with it, each as the end of "this plan uses data that …". Empty: nothing known speaks against it.

    An approval or a retention period ends with its last day.
    """
    day = today.isoformat()
    found = [*_approval(dataset, day)]
    if dataset.retention_until is not None and dataset.retention_until < day:
        found.append(f"had to be deleted by {dataset.retention_until}")
    if dataset.licence is None:
        found.append("has no known licence")
    if dataset.sensitivity == "unknown":
        found.append("is of unknown sensitivity")
    if dataset.contamination is not None:
        found.append(f"has a note on contamination ({shortened(' '.join(dataset.contamination.split()), 80)})")
    if dataset.kind == "labels" and dataset.wanted is not None:
        missing = dataset.wanted - (dataset.delivered or 0)
        if missing > 0:
            late = f", due {dataset.due}" if dataset.due is not None else ""
            found.append(f"still lacks {missing:,} of {counted(dataset.wanted, 'label')}{late}")
    return tuple(found)


def _approval(dataset: Dataset, day: str) -> list[str]:
    personal = "is personal and " if dataset.sensitivity == "personal" else ""
    if dataset.approval == "refused":
        why = f" ({shortened(dataset.approval_reason, 80)})" if dataset.approval_reason else ""
        return [f"{personal}was refused by {dataset.approved_by or 'somebody'}{why}"]
    if dataset.approval == "pending":
        return [f"{personal}is not approved" if not personal else "is personal and not approved"]
    if dataset.approval == "not needed" and dataset.sensitivity != "public":
        return ["is not public, though no approval was asked for"]
    if dataset.approval == "approved" and dataset.approved_until is not None and dataset.approved_until < day:
        return [f"{personal}was approved only until {dataset.approved_until}"]
    return []


def warnings_of(datasets: tuple[Dataset, ...], today: date) -> tuple[str, ...]:
    """ "This plan uses data that is not approved: DS-3 MS MARCO 2.1.", for everything against the data of a plan."""
    return tuple(
        f"This plan uses data that {problem}: {dataset.label} {dataset.title}."
        for dataset in datasets
        for problem in problems_of(dataset, today)
    )
