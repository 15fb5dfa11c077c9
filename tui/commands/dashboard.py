"""`labtop` without a verb: the dashboard on a terminal, today's page in a pipe."""

import sys

import click

from tui.options import Options, options_of


def open_dashboard(ctx: click.Context) -> None:
    """Open the dashboard; without a terminal print what `labtop today` prints. A missing workspace is made first."""
    if sys.stdin.isatty() and sys.stdout.isatty() and not options_of(ctx).json:
        ctx.exit(show(options_of(ctx)))
    from tui.commands.today import today

    ctx.invoke(today)


def show(options: Options) -> int:
    """Run the dashboard on the workspace that `options` name; returns its exit code."""
    from library.errors import NotFound
    from tui import collector
    from tui.app import LabtopApp

    try:
        workspace = options.open(create=False)
    except NotFound:
        if options.read_only:
            raise
        return LabtopApp(None, home=options.home, person=options.person).run() or 0
    collector.pause()
    with workspace:
        return LabtopApp(workspace).run() or 0
