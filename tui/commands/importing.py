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
@click.argument("files", metavar="FILE…", nargs=-1)
@click.option("--format", "format_name", type=click.Choice(list(FORMATS)), help="Do not tell the format by itself.")
@click.option("--tags", is_flag=True, help="Make tags of the keywords that records bring along.")
@click.option("--own", is_flag=True, help="From JSON lines of labtop: decisions and notes, too.")
@click.option("--zotero", is_flag=True, help="From the Zotero that runs on this machine, not from files.")
@click.option("--zotero-url", metavar="URL", help="Where that Zotero answers (default: http://localhost:23119).")
@click.option("--collection", "collections", multiple=True, metavar="NAME", help="Zotero: only this collection.")
@click.option("--group", "groups", multiple=True, metavar="NAME", help="Zotero: this group's library, not your own.")
@click.option("--all", "everything", is_flag=True, help="Zotero: all of it again, not only what changed.")
@pass_options
def import_(
    options: Options,
    files: tuple[str, ...],
    format_name: str | None,
    tags: bool,
    own: bool,
    zotero: bool,
    zotero_url: str | None,
    collections: tuple[str, ...],
    groups: tuple[str, ...],
    everything: bool,
) -> None:
    """Bring papers in from files ("-" is standard input), also gzipped.

    Reads arXiv's metadata snapshot, plain JSON lines, arXiv Atom and OAI-PMH XML, BibTeX, RIS, CSL-JSON, Zotero's
    items and RDF, and tells them apart by what they hold. Importing again changes nothing; a record that cannot be read
    goes into quarantine (labtop quarantine) and the rest goes in.
    """
    if zotero or zotero_url is not None:
        from tui.commands.import_zotero import import_from_zotero

        if files or format_name is not None or own:
            raise UsageError("--zotero goes without files.", mend="Import the files with a command of their own.")
        import_from_zotero(
            options, zotero_url, groups=groups, collections=collections, tags=tags, everything=everything
        )
        return
    if collections or groups or everything:
        raise UsageError("--collection, --group and --all are for --zotero.", mend="Add --zotero.")
    if not files:
        raise UsageError("Name a file to import.", mend='Such as refs.bib, "-" for standard input, or --zotero.')
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
                        own=own,
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
