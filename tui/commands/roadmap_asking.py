"""What the roadmap's verbs read from the command line: quarters, experiments, shares."""

from collections.abc import Sequence
from typing import Final

import click

from library.errors import UsageError
from library.quarter import Quarter, quarter_of, read_quarter
from library.records.field import number_of
from library.records.store import find
from library.text import one_line, shortened
from planner.experiments.kind import EXPERIMENT
from planner.workspace import Workspace

LARGEST: Final = 1e12  # beyond any budget, and far enough from where sums overflow


def amount(_: click.Context, __: click.Parameter, typed: str | None) -> float | None:
    """GPU-hours or people-days as an option's callback: 0 or more, "1,200" as in the fields of a record."""
    if typed is None:
        return None
    number = number_of(typed)
    if number is None or not 0 <= number <= LARGEST:
        shown = shortened(one_line(typed))
        raise click.BadParameter(f"“{shown}” is no amount: write a number from 0 up, such as 800.")
    return number or 0.0  # not −0


QUARTER = click.option("--quarter", metavar="Q", help="The quarter, such as 2027Q1 (default: the current one).")


def quarter_given(workspace: Workspace, text: str | None, *, later: int = 0) -> Quarter:
    """The quarter that was named; without a name the current one, or the one so many quarters later."""
    if text is not None:
        return read_quarter(text)
    return quarter_of(workspace.clock.today(), workspace.settings.programme.fiscal_month).shifted(later)


def experiments_given(workspace: Workspace, names: Sequence[str]) -> list[int]:
    """Numbers of experiments ("E-12", "12"), each once. Raises UsageError, NotFound."""
    return list(dict.fromkeys(workspace.store.read(lambda db: [find(db, EXPERIMENT, name) for name in names]).result()))


def share_given(text: str) -> float:
    """ "15%" or "0.15". Raises UsageError."""
    number = number_of(text.strip().removesuffix("%").strip())
    share = None if number is None else number / 100 if text.strip().endswith("%") else number
    if share is None or not 0 <= share <= 1:
        raise UsageError(f"“{text}” is no share.", mend="Write 15% or 0.15.")
    return share
