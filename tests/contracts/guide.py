"""The user guide as data: its pages, blocks of commands, tables and examples."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import click

from tui.cli import labtop

REPOSITORY = Path(__file__).parents[2]
GUIDE = REPOSITORY / "docs" / "guide"
PAGES = tuple(sorted(GUIDE.glob("*.md")))
_FENCE = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`([^`]+)`")


@dataclass(frozen=True)
class Block:
    """A fenced block: `info` is what stands behind the backticks, `line` counts from 1."""

    page: Path
    line: int
    info: str
    text: str
    end: int  # where it ends in the page's text


@dataclass(frozen=True)
class Command:
    """A `labtop` call as a person would type it; `exit_code` from a comment "exit N" behind it."""

    page: Path
    line: int
    words: tuple[str, ...]
    exit_code: int = 0

    def __str__(self) -> str:
        return f"{self.page.name}:{self.line} {shlex.join(('labtop', *self.words))}"


def blocks(page: Path) -> Iterator[Block]:
    """The fenced blocks of a page."""
    text = page.read_text(encoding="utf-8")
    for match in _FENCE.finditer(text):
        yield Block(page, text.count("\n", 0, match.start()) + 1, match[1].strip(), match[2], match.end())


def commands(block: Block) -> Iterator[Command]:
    """The `labtop` calls of a block."""
    for number, line in enumerate(block.text.splitlines(), block.line + 1):
        yield from commands_of(block.page, number, line)


def commands_of(page: Path, number: int, line: str) -> Iterator[Command]:
    """The `labtop` calls in a line of shell: after assignments, in a pipe, in a crontab. Comments are left out."""
    wanted = re.search(r"#.*\bexit (\d+)", line)
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|&;<>")
    lexer.whitespace_split, lexer.commenters = True, "#"
    calls: list[list[str]] = [[]]
    for token in lexer:
        if set(token) <= set("|&;<>") and token:
            calls.append([])
        else:
            calls[-1].append(token)
    for call in calls:
        starts = [place for place, token in enumerate(call) if token == "labtop" or token.endswith("/labtop")]
        if starts:
            given = ["2604.00001"] if "xargs" in call[: starts[0]] else []
            words = (*call[starts[0] + 1 :], *given)
            yield Command(page, number, words, int(wanted[1]) if wanted else 0)


def check(words: tuple[str, ...]) -> None:
    """Let click read the words without running anything. Raises click.UsageError."""
    with patch.object(click.Command, "invoke", lambda command, context: None):
        labtop.main(list(words), prog_name="labtop", standalone_mode=False)


def rows(page: Path, *heads: str) -> Iterator[list[str]]:
    """The cells of every row of the page's tables whose first header cell is one of `heads`."""
    inside = False
    for line in page.read_text(encoding="utf-8").splitlines():
        if not line.startswith("|"):
            inside = False
            continue
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]
        if cells[0] in heads:
            inside = True
        elif inside and not set(cells[0]) <= set("-: "):
            yield cells


def code(text: str) -> list[str]:
    """What stands in backticks."""
    return _CODE.findall(text)
