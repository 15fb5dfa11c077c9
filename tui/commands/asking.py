"""Questions before what cannot be taken back."""

import sys

import click

from library.errors import UsageError


def on_terminal() -> bool:
    """Whether somebody is there to answer."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def confirm(question: str, *, yes: bool) -> None:
    """Go on only after a yes: `--yes`, or an answer on the terminal. Raises UsageError where nobody can answer."""
    if yes:
        return
    if not on_terminal():
        raise UsageError(f"{question} Nobody is there to answer.", mend="Add --yes to do it without asking.")
    click.confirm(question, abort=True, err=True)


def human_bytes(count: int) -> str:
    """ "812 B", "4.2 MB": powers of 1,000, as disks are sold."""
    size = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" or size >= 100 else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"
