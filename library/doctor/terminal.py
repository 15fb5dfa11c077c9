"""The terminal, and the programs that labtop may call."""

import locale
import os
import shlex
import shutil
import sys

from library.doctor.model import Finding

GROUP = "terminal"
NARROWEST, LOWEST = 80, 24


def size() -> Finding:
    """80×24 and upwards."""
    if not sys.stdout.isatty():
        return Finding(GROUP, "size", "unknown", "not on a terminal")
    width, height = shutil.get_terminal_size()
    if width < NARROWEST or height < LOWEST:
        return Finding(
            GROUP, "size", "watch", f"{width}×{height}", f"Screens are made for {NARROWEST}×{LOWEST} and more."
        )
    return Finding(GROUP, "size", "good", f"{width}×{height}")


def colours() -> Finding:
    """What the terminal says of itself."""
    if os.environ.get("NO_COLOR"):
        return Finding(GROUP, "colours", "good", "off (NO_COLOR): everything is told by signs as well")
    terminal, claim = os.environ.get("TERM", ""), os.environ.get("COLORTERM", "")
    if claim in ("truecolor", "24bit"):
        return Finding(GROUP, "colours", "good", "16 million")
    if "256color" in terminal:
        return Finding(GROUP, "colours", "good", f"256 ({terminal})")
    if terminal in ("", "dumb"):
        return Finding(GROUP, "colours", "unknown", "TERM is not set" if not terminal else "TERM is dumb")
    return Finding(
        GROUP, "colours", "watch", f"16 ({terminal})", "Set TERM to one with 256 colours, such as xterm-256color."
    )


def text() -> Finding:
    """UTF-8, without which signs come out as question marks."""
    found = (getattr(sys.stdout, "encoding", None) or locale.getpreferredencoding(False)).lower()
    if found.replace("-", "") == "utf8":
        return Finding(GROUP, "text", "good", "UTF-8")
    return Finding(GROUP, "text", "watch", found, "Set LANG to a UTF-8 locale, such as C.UTF-8.")


def editor() -> Finding:
    """For notes outside the dashboard."""
    chosen = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if not chosen:
        return Finding(GROUP, "editor", "good", "none set: notes are written in labtop ($EDITOR opens them elsewhere)")
    command = shlex.split(chosen)[0] if chosen.strip() else ""
    if command and shutil.which(command):
        return Finding(GROUP, "editor", "good", chosen)
    return Finding(GROUP, "editor", "watch", f"{chosen} is not found", "Set EDITOR to a program that is there.")


def clipboard() -> Finding:
    """labtop copies through the terminal itself (OSC 52), which works over ssh, where the terminal allows it."""
    terminal = os.environ.get("TERM", "")
    if os.environ.get("TMUX") or terminal.startswith(("screen", "tmux")):
        return Finding(GROUP, "clipboard", "unknown", "inside tmux or screen", "tmux needs: set -g set-clipboard on")
    return Finding(GROUP, "clipboard", "good", "through the terminal (OSC 52), where it allows that")
