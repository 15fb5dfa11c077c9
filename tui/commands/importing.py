"""`labtop import`: files of papers into the workspace."""

import os
import sys
from dataclasses import asdict

import click

from library.errors import LabtopError, NotFound, PartlyDone, UsageError
from library.papers.importing import FileReport, import_file
from library.sources.formats import FORMATS
from library.text import counted
from tui.options import Options, pass_options
from tui.output import ProgressLine, duration, print_list

_COUNTS = ("records", "added", "changed", "unchanged", "refused", "quarantined", "resolved")


@click.command(name="import")
@click.argument("files", metavar="FILE…", nargs=-1, required=True)
@click.option("--format", "format_name", type=click.Choice(list(FORMATS)), help="Do not tell the format by itself.")
@click.option("--tags", is_flag=True, help="Make tags of the keywords that records bring along.")
@pass_options
def import_(options: Options, files: tuple[str, ...], format_name: str | None, tags: bool) -> None:
    """Bring papers in from files ("-" is standard input), also gzipped.

    Reads arXiv's metadata snapshot, plain JSON lines, arXiv Atom and OAI-PMH XML, BibTeX, RIS, CSL-JSON and Zotero's
    items, and tells them apart by what they hold. Importing again changes nothing; a record that cannot be read goes
    into quarantine (labtop quarantine) and the rest goes in.
    """
    reports: list[FileReport] = []
    failures: list[LabtopError] = []
    with options.open() as workspace:
        for path in files:
            try:
                with ProgressLine() as progress:
                    report = import_file(
                        workspace,
                        path,
                        format_name=format_name,
                        keywords_as_tags=tags,
                        stdin=sys.stdin.buffer,
                        progress=progress,
                    )
            except LabtopError as error:
                if len(files) == 1 or (not isinstance(error, NotFound) and error.exit_code != 2):
                    raise
                failures.append(error)
                continue
            reports.append(report)
            if not options.json:
                click.echo(_line(report))
            if not report.records and not report.problem:
                nothing = f"No record was found in {report.file}, read as {report.format}."
                if _is_empty(path):
                    click.echo(f"labtop: {nothing}", err=True)
                else:
                    failures.append(UsageError(nothing))
    totals = {name: sum(getattr(report, name) for report in reports) for name in _COUNTS}
    if options.json:
        print_list([{"id": report.file, **asdict(report)} for report in reports], counts=totals)
    elif len(reports) > 1:
        click.echo(f"all {len(reports)} files: {_counts(totals)}")
    left_out = [str(error) for error in failures]
    left_out += [f"{report.file}: {report.problem}" for report in reports if report.problem]
    if totals["quarantined"]:
        left_out.append(f"{counted(totals['quarantined'], 'record')} that could not be read")
    if left_out:
        mend = "See labtop quarantine list for the reasons." if totals["quarantined"] else ""
        raise PartlyDone("Not everything came in.", left_out=tuple(left_out), mend=mend)


def _is_empty(path: str) -> bool:
    """Whether a file holds nothing, so that nothing of it was left out; of a pipe nobody knows any more."""
    return not os.path.isfile(path) or os.path.getsize(path) == 0


def _line(report: FileReport) -> str:
    counts = {name: getattr(report, name) for name in _COUNTS}
    return f"{report.file} ({report.format}): {_counts(counts)} · {duration(report.seconds)}"


def _counts(counts: dict[str, int]) -> str:
    """ "20 records: 18 added, 1 changed, 0 unchanged, 1 quarantined"; what rarely happens is shown where it did."""
    parts = [f"{counts[name]:,} {name}" for name in ("added", "changed", "unchanged")]
    parts += [f"{counts['refused']:,} refused (purged before)"] if counts["refused"] else []
    parts += [f"{counts['quarantined']:,} quarantined"] if counts["quarantined"] else []
    parts += [f"{counts['resolved']:,} mended since"] if counts["resolved"] else []
    named = ("added", "changed", "unchanged", "refused", "quarantined")
    folded = counts["records"] - sum(counts[name] for name in named)
    parts += [f"{folded:,} more of the same papers"] if folded > 0 else []
    return f"{counted(counts['records'], 'record')}: {', '.join(parts)}"
