"""Metrics that people rate: single ratings are kept, their means are the results, and how far raters agree is shown.

Each item (a question, an output) stands where a seed stands elsewhere: arms are compared on the items that both have.
"""

import math
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any, Final

from library.db.changes import Change
from library.db.journal import Recorder, record
from library.errors import NotFound, UsageError
from library.records.store import TOPIC
from library.text import counted, one_line
from planner.experiments.cells import LONGEST, BadCell, number
from planner.experiments.columns import Known, alike, bare
from planner.experiments.effective import effective
from planner.experiments.importing import NotImported, known_names
from planner.experiments.storing import Draft, begin_batch, by_key, insert, replace
from planner.experiments.tabular import BadLine, Row, read_rows, source_of

if TYPE_CHECKING:
    from planner.statistics.agreement import Agreement

_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "item": ("item", "itemid", "example", "question", "prompt"),
    "rater": ("rater", "raterid", "annotator", "judge"),
    "arm": ("arm", "variant", "system", "model", "condition"),
    "score": ("score", "rating", "value", "grade"),
}
_ORDINAL_UP_TO: Final = 11  # different whole numbers: a scale, not a measurement
Place = tuple[str, str, str]  # arm, item, rater


@dataclass(slots=True)
class RatingsFile:
    """What was read: one score for each arm, item and rater, with its line."""

    source: str
    metric: str
    sha256: str = ""
    rows: int = 0
    same: int = 0
    scores: dict[Place, tuple[float, int]] = field(default_factory=dict)
    bad: list[BadLine] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Rated:
    """How far the raters of a metric agree. `wanted`: the smallest agreement to accept, None where nobody said."""

    metric: str
    agreement: "Agreement"
    ratings: int
    wanted: float | None

    @property
    def below(self) -> bool:
        """Whether it lies below what was wanted."""
        return self.wanted is not None and self.agreement.value is not None and self.agreement.value < self.wanted

    @property
    def said(self) -> str:
        """ "Krippendorff's alpha (ordinal) 0.71 [0.62, 0.79], 3 raters, 120 items; at least 0.67 was wanted"."""
        found = self.agreement
        value = "undefined (all ratings are alike)" if found.value is None else f"{found.value:.2f}"
        between = "" if found.low is None or found.high is None else f" [{found.low:.2f}, {found.high:.2f}]"
        text = f"{found.name} {value}{between}, {counted(found.raters, 'rater')}, {counted(found.items, 'item')}"
        if self.wanted is None:
            return text
        return f"{text}; at least {self.wanted:g} was wanted{', which is missed' if self.below else ''}"


def read_ratings(
    path: str,
    known: Known,
    *,
    metric: str | None = None,
    stdin: IO[bytes] | None = None,
    encoding: str | None = None,
    columns: Mapping[str, str] | None = None,
) -> RatingsFile:
    """Read a file with the columns item, rater, arm and score. `columns`: its column → one of these."""
    name = metric or known.primary
    if name is None:
        raise UsageError("The plan names no metric that the ratings are of.", mend="Say it: --metric NAME.")
    source = source_of(path)
    found = RatingsFile(source.name, name)
    fields: dict[str, str] | None = None
    for line, row in read_rows(path, source, stdin=stdin, encoding=encoding):
        fields = fields or _fields(row, columns or {})
        found.rows += 1
        try:
            _keep(found, row, fields, line, known)
        except BadCell as error:
            source.refuse(line, str(error))
    found.sha256, found.bad = source.sha256, sorted(source.bad)
    return found


def import_ratings(
    db: sqlite3.Connection,
    person: str,
    experiment_id: int,
    file: RatingsFile,
    *,
    replacing: bool = False,
    skip_bad: bool = False,
) -> tuple[int, Change]:
    """Store ratings and the means that follow from them, in one action; (new ratings, what changed).

    Raises NotImported where a line cannot be taken (another score is stored) and they are not to be skipped.
    """
    known_names(db, experiment_id)
    stored = _stored(db, experiment_id, file.metric)
    bad = list(file.bad)
    fresh: dict[Place, float] = {}
    for place, (score, line) in file.scores.items():
        was = stored.get(place)
        if was is not None and was != score and not replacing:
            arm, item, rater = place
            bad.append(BadLine(line, f"gives {score:g} by {rater} for {item} of {arm}, and {was:g} is stored"))
        elif was != score:
            fresh[place] = score
    bad.sort()
    if bad and not skip_bad:
        raise NotImported(file.source, bad)
    summary = f"imported {counted(len(fresh), 'rating')} of E-{experiment_id} from {file.source}"

    def write(recorder: Recorder) -> None:
        if not fresh:
            return
        batch = begin_batch(recorder, person, experiment_id, file.source, file.sha256 or None)
        for (arm, item, rater), score in fresh.items():
            key = {"experiment_id": experiment_id, "metric": file.metric, "arm": arm, "item": item, "rater": rater}
            there = db.execute(
                "SELECT id FROM rating WHERE experiment_id = ? AND metric = ? AND arm = ? AND item = ? AND rater = ?",
                tuple(key.values()),
            ).fetchone()
            if there is None:
                recorder.insert("rating", {"batch_id": batch, **key, "score": score})
            else:
                recorder.put("rating", {"id": there["id"]}, {"batch_id": batch, "score": score})
        _write_means(recorder, experiment_id, batch, file.metric, {(arm, item) for arm, item, _ in fresh}, stored)

    _, journal_id = record(db, person=person, action="experiment.ratings", summary=summary, write=write)
    said = summary if journal_id else f"E-{experiment_id} holds all ratings of {file.source} already"
    return len(fresh), Change(TOPIC, (), journal_id, said)


def agreements(db: sqlite3.Connection, experiment_id: int) -> tuple[Rated, ...]:
    """How far raters agree, by metric. Metrics that one person rated alone are left out: nothing can be said."""
    from planner.statistics.agreement import krippendorff_alpha

    rows = effective(db, experiment_id).values["rating"] or ()
    wanted = rows[0].get("agreement") if rows else None
    metrics = [
        row["metric"]
        for row in db.execute(
            "SELECT DISTINCT metric FROM rating WHERE experiment_id = ? ORDER BY metric", (experiment_id,)
        ).fetchall()
    ]
    found = []
    for metric in metrics:
        scores = _stored(db, experiment_id, metric)
        raters = sorted({rater for _, _, rater in scores})
        units = sorted({(arm, item) for arm, item, _ in scores})
        table = [[scores.get((arm, item, rater)) for arm, item in units] for rater in raters]
        whole = {score for score in scores.values() if score.is_integer()}
        ordinal = len(whole) <= _ORDINAL_UP_TO and all(score.is_integer() for score in scores.values())
        try:
            agreement = krippendorff_alpha(table, "ordinal" if ordinal else "interval")
        except UsageError:
            continue
        found.append(Rated(metric, agreement, len(scores), wanted))
    return tuple(found)


def _write_means(
    recorder: Recorder,
    experiment_id: int,
    batch: int,
    metric: str,
    touched: Iterable[tuple[str, str]],
    before: Mapping[Place, float],
) -> None:
    """The mean over raters of each item that was touched, new or in place of the mean of fewer."""
    db = recorder.connection
    groups: dict[tuple[str, str], list[float]] = {}
    for (arm, item, _), score in _stored(db, experiment_id, metric).items():
        groups.setdefault((arm, item), []).append(score)
    rated_before = {(arm, item) for arm, item, _ in before}
    there = by_key(db, experiment_id)
    new, other = [], []
    for arm, item in sorted(touched):
        scores = groups[arm, item]
        draft = Draft(arm=arm, metric=metric, seed=item, value=math.fsum(scores) / len(scores))
        stored = there.get(draft.key)
        if stored is None:
            new.append(draft)
        elif (arm, item) in rated_before:
            other.append((stored, draft))
        else:
            raise UsageError(
                f"{arm}, {item} has a value of {metric} that does not come from ratings.",
                mend="Take that import back with labtop undo first, or name another --metric.",
            )
    insert(recorder, experiment_id, batch, new)
    replace(recorder, batch, other)


def _stored(db: sqlite3.Connection, experiment_id: int, metric: str) -> dict[Place, float]:
    rows = db.execute(
        "SELECT arm, item, rater, score FROM rating WHERE experiment_id = ? AND metric = ? ORDER BY id",
        (experiment_id, metric),
    ).fetchall()
    return {(row["arm"], row["item"], row["rater"]): row["score"] for row in rows}


def _fields(row: Row, chosen: Mapping[str, str]) -> dict[str, str]:
    fields = {}
    for column, target in chosen.items():
        if target not in _COLUMNS:
            raise UsageError(f"Ratings have no {target}.", mend=f"They have {', '.join(_COLUMNS)}.")
        if column not in row:
            raise NotFound(f"There is no column {column}. There are {', '.join(row)}.")
        fields[target] = column
    for target, aliases in _COLUMNS.items():
        found = [name for name in row if bare(name) in aliases and name not in fields.values()]
        if target in fields:
            continue
        if len(found) != 1:
            what = f"{' and '.join(found)} may both be" if found else "No column is"
            raise UsageError(
                f"{what} the {target}. There are {', '.join(row)}.", mend=f"Say which: --map COLUMN={target}."
            )
        fields[target] = found[0]
    return fields


def _keep(found: RatingsFile, row: Row, fields: Mapping[str, str], line: int, known: Known) -> None:
    arm, item, rater = (_name(row.get(fields[name]), name) for name in ("arm", "item", "rater"))
    score = number(row.get(fields["score"]), "the score")
    if not math.isfinite(score):
        raise BadCell("has a score that is not finite")
    there = [name for name in known.arms if alike(name) == alike(arm)]
    if len(there) != 1:
        raise BadCell(f"names the arm “{arm}”, which the plan does not have; it has {', '.join(known.arms)}")
    place = (there[0], item, rater)
    was = found.scores.setdefault(place, (score, line))
    if was[0] != score:
        raise BadCell(f"gives {score:g}, and line {was[1]:,} gives {was[0]:g} for the same item and rater")
    found.same += was[1] != line


def _name(raw: Any, what: str) -> str:
    text = one_line(str(raw)) if isinstance(raw, (str, int)) and not isinstance(raw, bool) else ""
    if not text or len(text) > LONGEST:
        raise BadCell(f"names no {what}")
    return text
