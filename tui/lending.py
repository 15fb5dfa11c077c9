"""The terminal lent to the person's own editor or pager."""

import os
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

from textual.app import App, SuspendNotSupported

from library.errors import LabtopError, MissingPart

EDITORS = ("nano", "vim", "vi")
PAGERS = ("less", "more")


def edit_file(app: App[Any], path: Path, *, otherwise: str, kept: str) -> None:
    """Edit a file in $VISUAL or $EDITOR; comes back when the editor is left.

    `otherwise`: how to write it without an editor; `kept`: where the text is if the editor fails. Raises LabtopError.
    """
    command = editor(otherwise)
    try:
        with app.suspend():
            done = subprocess.run([*command, str(path)], check=False)
    except SuspendNotSupported as error:
        raise LabtopError("This terminal cannot be lent to an editor.", mend=otherwise) from error
    except OSError as error:
        raise LabtopError(f"The editor did not start: {error}.", mend="Set EDITOR.") from error
    if done.returncode:
        raise LabtopError(f"The editor ended with code {done.returncode}, so nothing was stored.", mend=kept)


def editor(otherwise: str) -> list[str]:
    """The user's editor as a command: $VISUAL, $EDITOR, else one that is there. Raises MissingPart."""
    chosen = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if chosen:
        return shlex.split(chosen)
    for name in EDITORS:
        if shutil.which(name):
            return [name]
    raise MissingPart("No editor is set and none was found.", mend=f"Set EDITOR. {otherwise}")


def page_text(app: App[Any], path: Path) -> None:
    """Show a file in $PAGER; comes back when it is left. Raises LabtopError."""
    chosen = os.environ.get("PAGER", "").strip()
    command = shlex.split(chosen) if chosen else [next((name for name in PAGERS if shutil.which(name)), "")]
    if not command[0]:
        raise MissingPart("No pager was found.", mend="Set PAGER, or copy the text with y.")
    try:
        with app.suspend():
            subprocess.run([*command, str(path)], check=False)
    except SuspendNotSupported as error:
        raise LabtopError("This terminal cannot be lent to a pager.", mend="Copy the text with y.") from error
    except OSError as error:
        raise LabtopError(f"The pager did not start: {error}.", mend="Set PAGER.") from error
