"""Results into an experiment: a whole file or nothing of it, one by hand, and what a person should know of them."""

import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from library.db.changes import Change
from library.db.journal import Recorder, record
from library.errors import LabtopError, UsageError
from library.records.store import TOPIC
from library.text import counted
from planner.experiments.cells import BadCell, drafts
from planner.experiments.columns import ALIASES, Choices, Known, Layout, nearest
from planner.experiments.effective import Effective, effective
from planner.experiments.model import Result
from planner.experiments.plans import newest
from planner.experiments.reading import ResultsFile
from planner.experiments.states import missing
from planner.experiments.storing import (
    Draft,
    agreement_with,
    begin_batch,
    by_key,
    fill,
    has_results,
    insert,
    refuse_over,
    replace,
    results,
)
from planner.experiments.tabular import BadLine

BY_HAND = "by hand"  # what the source of a typed result is called
_SHOWN = 10  # bad lines in a message
_FOR_A_VERDICT = ("metric", "direction", "delta", "seeds")


class NotImported(LabtopError):
    """A file that was refused as a whole: `bad` lists every line that is in the way."""

    def __init__(self, source: str, bad: Sequence[BadLine]) -> None:
        shown = "\n".join(f"  {line}" for line in bad[:_SHOWN])
        more = f"\n  and {len(bad) - _SHOWN:,} more" if len(bad) > _SHOWN else ""
        super().__init__(
            f"Nothing was imported: {counted(len(bad), 'line')} of {source} cannot be taken.\n{shown}{more}\n",
            mend="Mend the file and import it again, or take the rest with --skip-bad.",
        )
        self.bad = tuple(bad)


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of an import. `batch` is None where nothing was stored.

    `added`, `replaced` and `filled` (hours or a run's name that were not known) count values; `same` those stored
    before. `failed`: among the added, those without a value. `unused`: columns without a meaning here.
    """

    experiment_id: int
    source: str
    batch: int | None
    rows: int
    added: int
    replaced: int
    filled: int
    same: int
    failed: int
    skipped: tuple[BadLine, ...]
    unused: tuple[str, ...]
    warnings: tuple[str, ...]


def known_of(plan: Effective) -> Known:
    """The names that a file of results may use."""
    metrics = [plan.metric] if plan.metric else []
    metrics += [row["metric"] for row in plan.values["guardrails"] or ()]
    metrics += [row["metric"] for row in plan.values["slices"] or () if row.get("metric")]
    slices = tuple(row["name"] for row in plan.values["slices"] or ())
    return Known(tuple(arm.name for arm in plan.arms), tuple(dict.fromkeys(metrics)), slices)


def known_names(db: sqlite3.Connection, experiment_id: int) -> Known:
    """The same of a stored experiment. Raises NotFound; LabtopError where it takes no results."""
    plan = effective(db, experiment_id)
    refuse_over(db, experiment_id)
    if not plan.arms:
        raise UsageError(
            f"E-{experiment_id} has no arms, so no result can belong to one.",
            mend=f"Name what is compared: labtop experiment edit E-{experiment_id}",
        )
    return known_of(plan)


def import_results(
    db: sqlite3.Connection,
    person: str,
    experiment_id: int,
    file: ResultsFile,
    *,
    replacing: bool = False,
    skip_bad: bool = False,
) -> tuple[Imported, Change]:
    """Store what a file holds, in one action. Where any of its lines cannot be taken, nothing is stored.

    A value that differs from the stored one is such a line, unless `replacing`. `skip_bad` stores the rest.
    Raises NotImported, LabtopError (done or dropped), NotFound.
    """
    known_names(db, experiment_id)
    sorted_ = _sorted(db, experiment_id, file.drafts.values(), replacing)
    bad = sorted([*file.bad, *sorted_.bad])
    if bad and not skip_bad:
        raise NotImported(file.source, bad)
    label = f"E-{experiment_id}"
    how = f"imported {counted(len(sorted_.new), 'result')} of {label} from {file.source}"
    summary = f"noted a result of {label}" if file.source == BY_HAND else how
    if sorted_.other:
        summary += f", {len(sorted_.other):,} in place of others"

    def write(recorder: Recorder) -> int | None:
        if not (sorted_.new or sorted_.other or sorted_.open):
            return None
        batch = begin_batch(recorder, person, experiment_id, file.source, file.sha256 or None)
        insert(recorder, experiment_id, batch, sorted_.new)
        replace(recorder, batch, sorted_.other)
        fill(recorder, sorted_.open)
        return batch

    batch, journal_id = record(db, person=person, action="experiment.results", summary=summary, write=write)
    shape = file.layout
    there = "this result" if file.source == BY_HAND else f"all of {file.source}"
    report = Imported(
        experiment_id=experiment_id,
        source=file.source,
        batch=batch,
        rows=file.rows,
        added=len(sorted_.new),
        replaced=len(sorted_.other),
        filled=len(sorted_.open),
        same=file.same + sorted_.same,
        failed=sum(draft.value is None for draft in sorted_.new),
        skipped=tuple(bad),
        unused=shape.unused if shape else (),
        warnings=(
            *(("The last line of the file has no end: is the file whole?",) if file.cut else ()),
            *_warnings(db, experiment_id, file.drafts.values()),
        ),
    )
    return report, Change(TOPIC, (), journal_id, summary if journal_id else f"{label} holds {there} already")


def add_result(
    db: sqlite3.Connection, person: str, experiment_id: int, raw: Mapping[str, Any], *, replacing: bool = False
) -> tuple[Imported, Change]:
    """Store one result that somebody typed: arm, seed, value, and what else a file may say. Raises UsageError."""
    known = known_names(db, experiment_id)
    unknown = sorted(set(raw) - set(ALIASES))
    if unknown:
        raise UsageError(f"A result has no {unknown[0]}.", mend=f"It has {', '.join(ALIASES)}.")
    shape = Layout({name: name for name in raw}, {}, ())
    if "metric" not in raw and known.primary is None:
        raise UsageError("The plan names no metric, so a result has to.", mend="Add --metric NAME.")
    try:
        found = list(drafts(raw, 0, shape, known, Choices()))
    except BadCell as error:
        raise UsageError(_of_a_result(str(error))) from None
    file = ResultsFile(BY_HAND, rows=1, drafts={draft.key: draft for draft in found})
    try:
        return import_results(db, person, experiment_id, file, replacing=replacing)
    except NotImported as error:
        raise UsageError(_of_a_result(error.bad[0].why)) from None


def _of_a_result(why: str) -> str:
    """Why a line is refused, said of what somebody typed: "The result names no arm.", "The value “x” is no number."."""
    if why.startswith("gpu_hours "):
        return f"{why}."
    subject = why.startswith(("the ", "arm ", "seed ", "run ", "reason ", "slice ", "metric "))
    return f"{why[0].upper()}{why[1:]}." if subject else f"The result {why}."


@dataclass(frozen=True, slots=True)
class _Sorted:
    """Drafts by what is to be done: `new`, `other` (in place of stored ones), `open` (fills in what was not known)."""

    new: list[Draft]
    other: list[tuple[Any, Draft]]
    open: list[tuple[Any, Draft]]
    same: int
    bad: list[BadLine]


def _sorted(db: sqlite3.Connection, experiment_id: int, drafts_: Iterable[Draft], replacing: bool) -> _Sorted:
    stored = by_key(db, experiment_id)
    found = _Sorted([], [], [], 0, [])
    same = 0
    for draft in drafts_:
        there = stored.get(draft.key)
        if there is None:
            found.new.append(draft)
            continue
        how = agreement_with(there, draft)
        if how == "same":
            same += 1
        elif how == "fills":
            found.open.append((there, draft))
        elif replacing:
            found.other.append((there, draft))
        else:
            was = there.status if there.value is None else f"{there.value:.12g}"
            now = draft.status if draft.value is None else f"{draft.value:.12g}"
            where = f"{draft.arm}, seed {draft.seed}, {draft.metric}{f' on {draft.slice}' if draft.slice else ''}"
            what = f"gives {now} for {where}, and {was} is stored" if was != now else f"has other GPU-hours for {where}"
            found.bad.append(BadLine(draft.line, f"{what}; --replace takes the new one"))
    return _Sorted(found.new, found.other, found.open, same, found.bad)


def _warnings(db: sqlite3.Connection, experiment_id: int, drafts_: Collection[Draft]) -> tuple[str, ...]:
    """Names that the plan does not have, and a plan that was frozen too early."""
    plan, known = effective(db, experiment_id), known_of(effective(db, experiment_id))
    found = []
    metrics = dict.fromkeys(draft.metric for draft in drafts_)
    for metric in metrics:
        if metric not in known.metrics:
            near = nearest(metric, known.metrics)
            hint = f" Is it {near}?" if near is not None else ""
            found.append(f"The plan does not name the metric {metric}: no verdict looks at it.{hint}")
    slices = dict.fromkeys(draft.slice for draft in drafts_ if draft.slice and draft.slice not in known.slices)
    found += [f"The plan does not name the slice {name}: no verdict looks at it." for name in slices]
    found += _seeds_alike(results(db, experiment_id))
    frozen = newest(db, experiment_id)
    if frozen is not None and has_results(db, experiment_id):
        lacking = [name for name in _FOR_A_VERDICT if frozen.plan.get(name) is None]
        if lacking and frozen.version == 1:
            shown = ", ".join("δ" if name == "delta" else name for name in lacking)
            found.append(
                f"The plan was frozen without {shown}: whatever is filled in now makes its verdicts exploratory."
            )
        elif frozen.exploratory:
            found.append(f"The plan was changed after it had been frozen (version {frozen.version}): exploratory.")
    if missing(plan) and not found:
        found.append(f"The plan still lacks {'; '.join(missing(plan))}.")
    return tuple(found)


def _seeds_alike(rows: Iterable[Result]) -> list[str]:
    """Seeds that one might take for the same: 1 and 01."""
    forms: dict[str, dict[str, None]] = {}
    for row in rows:
        if row.seed.isdecimal():
            forms.setdefault(row.seed.lstrip("0"), {})[row.seed] = None
    alike = [" and ".join(each) for each in forms.values() if len(each) > 1]
    if not alike:
        return []
    more = f", and {len(alike) - 1:,} more such" if len(alike) > 1 else ""
    return [f"The seeds {alike[0]} are different ones here{more}: they make no pair."]
