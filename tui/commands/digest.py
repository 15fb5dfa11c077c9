"""`labtop digest`: the day or the week as Markdown or HTML, for cron and mail."""

import sys
from pathlib import Path

import click

from library.quarter import read_day
from library.triage import digest as digests
from tui.commands.export_decision import write_new
from tui.commands.ranking import NO_RANK, rank_if_behind
from tui.options import Options, pass_options
from tui.output import print_json


@click.command()
@click.option("--day", metavar="DAY", help="The last day that it tells of (default: today).")
@click.option("--week", is_flag=True, help="The seven days up to it.")
@click.option("--format", "format_name", type=click.Choice(["markdown", "html"]), default="markdown", show_default=True)
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help='A file, or "-".')
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@NO_RANK
@pass_options
def digest(
    options: Options, day: str | None, week: bool, format_name: str, output: Path | None, force: bool, no_rank: bool
) -> None:
    """What was announced on a day, or in a week: the best of it with why, and the reason of every empty day.

    HTML is one page that loads nothing. The same inbox always gives the same text.
    """
    with options.open(create=False) as workspace:
        until = read_day(day) if day else workspace.clock.today()
        days = digests.WEEK if week else 1
        if not no_rank:
            rank_if_behind(workspace)
        found = workspace.store.read(lambda db: digests.digest(db, workspace.person, until, days=days)).result()
    text = found.markdown
    if format_name == "html":
        from library.html import page

        text = page(found.title, text, arxiv_links=True)
    to_file = output if output is not None and str(output) != "-" else None
    if to_file is not None:
        write_new(to_file, text, force=force)
    if options.json:
        print_json(
            {
                "id": until.isoformat(),
                "days": days,
                "announced": sum(each.announced for each in found.days),
                "waiting": sum(each.waiting for each in found.days),
                "file": str(to_file.absolute()) if to_file is not None else None,
                "format": format_name,
                "text": text if to_file is None else None,
            }
        )
    elif to_file is not None:
        click.echo(f"{to_file}: {found.title}")
    else:
        sys.stdout.write(text)
