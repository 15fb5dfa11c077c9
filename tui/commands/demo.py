"""`labtop demo`: a sample workspace to look around in."""

import sys
from dataclasses import replace

import click

from library.demo import demo_home, encode_demo
from library.errors import ReadOnly
from library.paths import default_home
from planner.sample import make_demo
from planner.workspace import Workspace, open_workspace, workspace_paths
from tui.commands.today import print_today
from tui.options import Options, pass_options
from tui.output import ProgressLine


@click.command()
@click.option("--no-open", is_flag=True, help="Make it, and print today's page instead of opening the dashboard.")
@click.option("--no-model", is_flag=True, help="Leave the model alone: search is by words only.")
@pass_options
def demo(options: Options, no_open: bool, no_model: bool) -> None:
    """Make a sample workspace (real papers, made-up people) and open it. Works offline.

    It gets a folder of its own beside your workspace, or goes into --home; it never goes into a workspace of yours.
    The first time, the encoder is converted for this machine: about half a minute.
    """
    if options.read_only:
        raise ReadOnly("The demo has to be made first.", mend="Run it again without --read-only.")
    home = options.home or demo_home(default_home())
    paths = workspace_paths(home)
    made, papers = make_demo(paths)
    if made and not options.json:
        click.echo(f"DEMO: made a sample workspace of {papers:,} papers in {paths.home}.", err=True)
    with open_workspace(home, person=options.person) as workspace:
        if not no_model:
            _encode(workspace)
        if no_open or options.json or not (sys.stdin.isatty() and sys.stdout.isatty()):
            print_today(options, workspace)
            return
    from tui.commands.dashboard import show

    click.get_current_context().exit(show(replace(options, home=home)))


def _encode(workspace: Workspace) -> None:
    with ProgressLine() as progress:
        _, problem = encode_demo(workspace, report=progress)
    if problem:
        click.echo(f"Search by meaning is off: {problem}", err=True)
