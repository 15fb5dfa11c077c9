"""Questions before what cannot be taken back."""

import os
import sys

import click

from library.errors import LabtopError, UsageError


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


def edited(text: str, suffix: str) -> str | None:
    """`text` as it was saved in $VISUAL or $EDITOR; None where nothing was.

    Raises UsageError where no editor is set and nobody is there to use another one, LabtopError where it fails.
    """
    if not on_terminal() and not (os.environ.get("VISUAL") or os.environ.get("EDITOR")):
        raise UsageError("Nobody is there to write in an editor.", mend='Give the text, or "-" for standard input.')
    try:
        return click.edit(text, extension=suffix)
    except click.ClickException as error:
        raise LabtopError(f"{error.message.rstrip('.')}.", mend="Set EDITOR to an editor that works.") from error


def human_bytes(count: int) -> str:
    """ "812 B", "4.2 MB": powers of 1,000, as disks are sold."""
    size = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" or size >= 100 else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"
