"""Files of results: one value a row, or a column for each metric."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import IO, Final

from library.errors import UsageError
from planner.experiments.cells import BadCell, drafts
from planner.experiments.columns import Choices, Known, Layout, layout
from planner.experiments.storing import Draft, Key
from planner.experiments.tabular import BadLine, Row, Source, read_rows, source_of

MOST_RESULTS: Final = 100_000  # of one file: one value for each seed, arm, metric and slice never gets that far
_AHEAD: Final = 200  # rows


@dataclass(slots=True)
class ResultsFile:
    """What was read. `same` counts values that repeat an earlier one; `bad` is sorted by line.

    `cut`: it is a table whose last line has no end.
    """

    source: str
    format: str = ""
    layout: Layout | None = None
    sha256: str = ""
    rows: int = 0
    same: int = 0
    drafts: dict[Key, Draft] = field(default_factory=dict)
    bad: list[BadLine] = field(default_factory=list)
    cut: bool = False


def read_results(
    path: str, known: Known, choices: Choices, *, stdin: IO[bytes] | None = None, encoding: str | None = None
) -> ResultsFile:
    """Read a file ("-" is standard input). Raises NotFound, UsageError (unclear columns, encoding), LabtopError."""
    source = source_of(path)
    found = ResultsFile(source.name)
    for number, row, shape in _with_layout(read_rows(path, source, stdin=stdin, encoding=encoding), found, source,
                                           known, choices):  # fmt: skip
        found.rows += 1
        try:
            _keep(found, list(drafts(row, number, shape, known, choices)))
        except BadCell as error:
            source.refuse(number, str(error))
        if len(found.drafts) > MOST_RESULTS:
            raise UsageError(
                f"{source.name} holds more than {MOST_RESULTS:,} results: that looks like a log of steps.",
                mend="Give one value for each arm, seed, metric and slice, such as that of the last step.",
            )
    found.format, found.sha256, found.bad = source.format, source.sha256, sorted(source.bad)
    found.cut = source.cut and source.format == "csv"
    return found


def _keep(found: ResultsFile, row: list[Draft]) -> None:
    """Take a row whole or not at all. Raises BadCell where it says otherwise than an earlier one."""
    for draft in row:
        earlier = found.drafts.get(draft.key, draft)
        if (earlier.value, earlier.status) != (draft.value, draft.status):
            where = f"{draft.arm}, seed {draft.seed}, {draft.metric}{f' on {draft.slice}' if draft.slice else ''}"
            raise BadCell(f"gives {_said(draft)} for {where}, and line {earlier.line:,} gives {_said(earlier)}")
    for draft in row:
        found.same += draft.key in found.drafts
        found.drafts.setdefault(draft.key, draft)


def _said(draft: Draft) -> str:
    return draft.status if draft.value is None else f"{draft.value:.12g}"


def _with_layout(
    rows: Iterator[tuple[int, Row]], found: ResultsFile, source: Source, known: Known, choices: Choices
) -> Iterator[tuple[int, Row, Layout]]:
    """Rows with what their columns mean. JSON objects leave out what is not known, so several are looked at first."""
    ahead = list(islice(rows, _AHEAD))
    names = dict.fromkeys(name for _, row in ahead for name in row)
    if ahead:
        found.layout = layout(tuple(names), known, choices)
    for number, row in chain(ahead, rows):
        if not row.keys() <= names.keys():
            more = names | dict.fromkeys(row)
            try:
                found.layout, names = layout(tuple(more), known, choices), more
            except UsageError as error:
                source.refuse(number, error.message)
                continue
        assert found.layout is not None
        yield number, row, found.layout
