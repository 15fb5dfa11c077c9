"""Ranking anew before a list of what is ranked, where something has changed since."""

import click

from library.errors import LabtopError
from library.workspace import Workspace
from tui.output import ProgressLine

NO_RANK = click.option("--no-rank", is_flag=True, help="Take the ranking as it is; else it is made anew when behind.")


def rank_if_behind(workspace: Workspace) -> None:
    """Rank for this person where the ranking is behind and there is something to rank by; some seconds.

    Where that fails, what was ranked before stays, and stderr says why.
    """
    from library.ranking.refresh import anything_to_rank_by, is_behind, rerank

    if workspace.read_only or not anything_to_rank_by(workspace) or not is_behind(workspace):
        return
    try:
        with ProgressLine() as progress:
            rerank(workspace, progress=progress)
    except LabtopError as error:
        click.echo(f"labtop: not ranked anew: {error}", err=True)
