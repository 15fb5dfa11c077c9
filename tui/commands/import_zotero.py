"""`labtop import --zotero`: a running Zotero's library into the workspace."""

from dataclasses import asdict

import click

from library.errors import PartlyDone
from library.papers.zotero import ZoteroReport
from library.sources.zotero_problems import LOCAL
from library.text import counted
from tui.options import Options
from tui.output import ProgressLine, duration, print_list

_COUNTS = ("records", "added", "changed", "unchanged", "refused", "quarantined", "resolved")


def import_from_zotero(
    options: Options,
    url: str | None,
    *,
    groups: tuple[str, ...],
    collections: tuple[str, ...],
    tags: bool,
    everything: bool,
) -> None:
    """Import and tell of each library. Raises PartlyDone where something was left out for a reason."""
    from library.papers.zotero import import_zotero
    from library.sources.zotero_api import Zotero

    with options.open() as workspace, Zotero(url or LOCAL) as zotero, ProgressLine() as progress:
        reports = import_zotero(
            workspace,
            zotero,
            groups=groups,
            collections=collections,
            keywords_as_tags=tags,
            everything=everything,
            progress=progress,
        )
    totals = {name: sum(getattr(report, name) for report in reports) for name in _COUNTS}
    if options.json:
        print_list([asdict(report) for report in reports], counts=totals)
    else:
        for report in reports:
            click.echo(_line(report))
    left_out = [f"{report.library}: {report.problem}" for report in reports if report.problem]
    if totals["quarantined"]:
        left_out.append(f"{counted(totals['quarantined'], 'item')} that could not be read")
    if left_out:
        mend = "See labtop quarantine list for the reasons." if totals["quarantined"] else ""
        raise PartlyDone("Not everything came in.", left_out=tuple(left_out), mend=mend)


def _line(report: ZoteroReport) -> str:
    since = " since the last time" if report.changes_only else ""
    parts = [f"{getattr(report, name):,} {name}" for name in ("added", "changed", "unchanged")]
    parts += [f"{report.quarantined:,} quarantined"] if report.quarantined else []
    left = [
        counted(number, noun)
        for number, noun in ((report.notes_left, "note"), (report.attachments_left, "attachment"))
        if number
    ]
    stayed = f" · {' and '.join(left)} left in Zotero" if left else ""
    said = f"{counted(report.records, 'item')}{since}: {', '.join(parts)}"
    return f"Zotero, {report.library}: {said}{stayed} · {duration(report.seconds)}"
