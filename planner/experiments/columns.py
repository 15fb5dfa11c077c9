"""Which column of a file of results holds what: by its name, or as a person says."""

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from library.errors import UsageError
from library.text import one_line

# Field → names that its column goes by, written without marks: "GPU-hours" is gpuhours.
ALIASES: Final[Mapping[str, tuple[str, ...]]] = {
    "arm": ("arm", "variant", "group", "condition", "model", "system"),
    "seed": ("seed", "randomseed", "runseed", "replicate", "rep", "trial"),
    "metric": ("metric", "metricname", "measure"),
    "slice": ("slice", "subset", "subgroup", "segment"),
    "value": ("value", "score", "result", "metricvalue"),
    "status": ("status", "runstate"),
    "reason": ("reason", "statusreason", "error"),
    "gpu_hours": ("gpuhours", "gpuh", "gpuhrs"),
    "phase": ("phase",),
    "run": ("run", "runid", "runname"),
}


@dataclass(frozen=True, slots=True)
class Known:
    """Names that the plan uses: `arms`, `metrics` (the primary one first), `slices`."""

    arms: tuple[str, ...]
    metrics: tuple[str, ...]
    slices: tuple[str, ...] = ()

    @property
    def primary(self) -> str | None:
        """The primary metric."""
        return self.metrics[0] if self.metrics else None


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person said of a file. `columns`: its column → field, or "metric:NAME" for a column that is one metric.

    `arm`: the arm of every row; `arms`: name in the file → name in the plan; `metric`: the metric of every row.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    arm: str | None = None
    arms: Mapping[str, str] = field(default_factory=dict)
    metric: str | None = None
    phase: str | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """`fields`: field → column; `metrics`: column → metric, of a wide file; `unused`: columns without a meaning."""

    fields: Mapping[str, str]
    metrics: Mapping[str, str]
    unused: tuple[str, ...]

    @property
    def wide(self) -> bool:
        """Whether each metric has a column of its own."""
        return bool(self.metrics)


def choices_of(
    known: Known,
    *,
    columns: Sequence[str] = (),
    arms: Sequence[str] = (),
    metric: str | None = None,
    phase: str | None = None,
) -> Choices:
    """What a person said: `columns` as COLUMN=FIELD, `arms` as PLAN'S or FILE'S=PLAN'S. Raises UsageError.

    Names may hold an equals sign themselves: an arm of the plan is taken as it stands.
    """
    found: dict[str, str] = {}
    for each in columns:
        column, equals, target = each.partition("=metric:") if "=metric:" in each else each.rpartition("=")
        if not equals or not column.strip() or not target.strip():
            raise UsageError(f"“{each}” is not COLUMN=FIELD.", mend="Write it as loss=value.")
        found[column.strip()] = f"metric:{target.strip()}" if equals != "=" else target.strip()
    whole, renamed = [], {}
    for each in arms:
        parts = each.split("=")
        splits = [("=".join(parts[:place]), "=".join(parts[place:])) for place in range(1, len(parts))]
        pair = next(((left, right) for left, right in splits if right in known.arms and left), None)
        if each in known.arms or pair is None:
            whole.append(each)
        else:
            renamed[pair[0]] = pair[1]
    if len(whole) > 1:
        raise UsageError(
            f"All rows cannot be of {' and of '.join(whole)}.",
            mend=f"Another name for an arm is written FILE'S=PLAN'S; the plan has {', '.join(known.arms)}.",
        )
    return Choices(found, whole[0] if whole else None, renamed, metric, phase)


def bare(name: str) -> str:
    """A name without marks and case: "GPU-hours" and gpu_hours are the same."""
    return re.sub(r"[\W_]+", "", one_line(name).casefold())


def alike(name: str) -> str:
    """What is left of a name when case, blanks and underscores do not count. Other marks do: 1e-3 is not 1e3."""
    return re.sub(r"[\s_]+", " ", one_line(name).casefold())


def nearest(name: str, known: Sequence[str]) -> str | None:
    """The name of the plan that somebody may have meant."""
    by_bare = {bare(each): each for each in known}
    near = difflib.get_close_matches(bare(name), list(by_bare), 1, 0.6)
    return by_bare[near[0]] if near else None


def layout(names: Sequence[str], known: Known, choices: Choices) -> Layout:
    """What each column means. Raises UsageError where that is not clear, naming what would make it so."""
    fields, metrics = _chosen(names, choices)
    taken = {*fields.values(), *metrics}
    left = [name for name in names if name not in taken]
    for target, aliases in ALIASES.items():
        if target in fields:
            continue
        found = [name for name in left if bare(name) in aliases]
        exact = [name for name in found if bare(name) == aliases[0]]
        if len(found) > 1 and len(exact) != 1:
            raise UsageError(
                f"The columns {' and '.join(found)} may both be the {target}.",
                mend=f"Say which it is: --map '{found[0]}={target}'.",
            )
        if found:
            fields[target] = (exact or found)[0]
            left.remove(fields[target])
    if "value" not in fields:
        by_name = {alike(metric): metric for metric in known.metrics}
        metrics |= {name: by_name[alike(name)] for name in left if alike(name) in by_name}
    elif metrics:
        raise UsageError(
            f"The column {fields['value']} would be values of a metric that another column names, and "
            f"{', '.join(metrics)} a metric each.",
            mend="A file is the one or the other.",
        )
    if "metric" in fields and metrics:
        raise UsageError(
            f"There is a column {fields['metric']} for metrics, and a column for each of {', '.join(metrics)}."
        )
    twice = _first_twice(list(metrics.values()))
    if twice is not None:
        columns = " and ".join(name for name, metric in metrics.items() if metric == twice)
        raise UsageError(f"The columns {columns} are both {twice}.", mend="Rename one, or --map it to another metric.")
    _refuse_lacking(names, fields, metrics, known, choices)
    unused = tuple(name for name in left if name not in metrics and one_line(name))
    return Layout(fields, metrics, unused)


def _chosen(names: Sequence[str], choices: Choices) -> tuple[dict[str, str], dict[str, str]]:
    fields: dict[str, str] = {}
    metrics: dict[str, str] = {}
    for column, target in choices.columns.items():
        if column not in names:
            near = difflib.get_close_matches(column, names, 1)
            hint = f"Did you mean {near[0]}?" if near else f"There are {', '.join(names)}."
            raise UsageError(f"There is no column {column}. {hint}")
        if target.startswith("metric:") and one_line(target[7:]):
            metrics[column] = one_line(target[7:])
        elif target not in ALIASES:
            raise UsageError(
                f"{target} is nothing that a column can hold.",
                mend=f"It is one of {', '.join(ALIASES)}, or metric:NAME for a metric in a column of its own.",
            )
        elif target in fields:
            raise UsageError(f"{fields[target]} and {column} cannot both be the {target}.")
        else:
            fields[target] = column
    return fields, metrics


def _refuse_lacking(
    names: Sequence[str], fields: Mapping[str, str], metrics: Mapping[str, str], known: Known, choices: Choices
) -> None:
    there = f"There are {', '.join(one_line(name) or '(without a name)' for name in names)}."
    if "value" not in fields and not metrics:
        if len(names) == 1:
            raise UsageError(
                f"There is only one column: {one_line(names[0])}.",
                mend="The first line names the columns, parted by commas, semicolons or tabs.",
            )
        named = f", nor one named as a metric of the plan ({', '.join(known.metrics)})" if known.metrics else ""
        raise UsageError(
            f"No column holds values{named}. {there}",
            mend="Say which: --map COLUMN=value, or --map COLUMN=metric:NAME for each metric in a column of its own.",
        )
    if "arm" not in fields and choices.arm is None:
        raise UsageError(
            f"No column says which arm. {there}", mend="Say which: --map COLUMN=arm, or --arm NAME for all."
        )
    if "seed" not in fields:
        raise UsageError(
            f"No column says which seed. {there}",
            mend="Arms are paired by seed: --map COLUMN=seed (a run's id serves where nothing is paired).",
        )
    if "value" in fields and "metric" not in fields and choices.metric is None and known.primary is None:
        raise UsageError(
            f"No column says which metric, and the plan names none. {there}", mend="Say it: --metric NAME."
        )


def _first_twice(names: Sequence[str]) -> str | None:
    return next((name for place, name in enumerate(names) if name in names[:place]), None)
