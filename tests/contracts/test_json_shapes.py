"""What verbs print with --json is what docs/guide/scripting.md shows: keys, types and the rules at its top.

The guide's own commands are run in their order, in a sample workspace without a model. `LABTOP_WRITE_DOCS=1` writes
the examples anew from what they print.
"""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from library.settings import load_settings, save_settings
from library.vectors.model import ConvertedModel
from tests.contracts.guide import GUIDE, Block, Command, blocks, code, commands
from tests.library.arxiv.server import FakeArxiv, api, papers
from tests.library.fulltext.pdfs import pdf
from tui.cli import run

SHAPES = (
    GUIDE / "scripting.md",
    GUIDE / "scripting-programme.md",
    GUIDE / "scripting-reading.md",
    GUIDE / "scripting-services.md",
    GUIDE / "scripting-club.md",
)
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
MAYBE_DAYS = ("submitted_at", "updated_at")  # sources that know only the day
LONGEST = 72
# Objects whose keys come from outside, from tables or from a state: their insides are not part of the shape.
OPEN = ("extra", "evidence", "rows", "removed", "key", "before", "after", "value", "default")

RESULTS = """arm,seed,slice,nDCG@10,gpu_hours
full,3,,43.4,2.2
full,3,short,45.0,2.2
full,3,long,41.2,2.2
half,3,,43.1,2.2
half,3,short,45.1,2.2
half,3,long,40.6,2.2
"""
PAPERS = '{"id": "2501.00001", "title": "On growth", "authors": ["Ada Lovelace"], "categories": ["cs.IR"]}\nno record\n'


def examples(*pages: Path) -> Iterator[tuple[Block, Block, frozenset[str]]]:
    """(commands, example, names that can be null)."""
    for page in pages or SHAPES:
        yield from _examples(page)


def _examples(page: Path) -> Iterator[tuple[Block, Block, frozenset[str]]]:
    found = list(blocks(page))
    text = page.read_text(encoding="utf-8")
    for block, example in pairwise(found):
        if block.info.startswith("sh json"):
            assert example.info == "json", f"{page.name}:{block.line} has no example"
            line = text[example.end :].strip().split("\n\n", 1)[0]
            yield block, example, frozenset(code(line) if line.startswith("Can be null:") else ())


def differences(example: Any, actual: Any, nullable: frozenset[str], name: str = "", path: str = "") -> Iterator[str]:
    """Where `actual` has another shape than `example`."""
    if actual is None or example is None:
        if name not in nullable:
            yield f"{path} is null, and the guide does not say that it can be"
    elif name in OPEN:
        return
    elif isinstance(example, dict) and isinstance(actual, dict):
        if example.keys() != actual.keys():
            yield f"{path}: keys differ: {sorted(example.keys() ^ actual.keys())}"
        for key in example.keys() & actual.keys():
            yield from differences(example[key], actual[key], nullable, key, f"{path}.{key}")
    elif isinstance(example, list) and isinstance(actual, list):
        for number, item in enumerate(actual if example else []):
            yield from differences(example[0], item, nullable, name, f"{path}[{number}]")
    elif isinstance(example, float) and isinstance(actual, int) and not isinstance(actual, bool):
        return
    elif type(example) is not type(actual):
        yield f"{path} is {actual!r}, of another type than {example!r}"
    elif isinstance(example, str) and isinstance(actual, str):
        for form in (TIME, DAY):
            loose = name in MAYBE_DAYS and DAY.fullmatch(actual)
            if form.fullmatch(example) and not form.fullmatch(actual) and not loose:
                yield f"{path} is {actual!r}, and not of the form {example!r}"


def broken_rules(value: Any, name: str = "", path: str = "") -> Iterator[str]:
    """Where a record breaks the rules at the top of the page."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from broken_rules(inner, key, f"{path}.{key}")
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from broken_rules(item, name, f"{path}[{number}]")
    elif value == "":
        yield f"{path} is an empty text: missing is null"
    elif (name == "id" or name.endswith("_id")) and not isinstance(value, (str, type(None))):
        yield f"{path} is {value!r}: ids are texts"
    elif value is not None and (name in ("at", "until") or name.endswith("_at")):
        form = DAY if name in MAYBE_DAYS and len(value) == 10 else TIME
        if not form.fullmatch(value):
            yield f"{path} is {value!r}: times are UTC, ISO 8601 with a Z"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files that the page speaks of, its sample workspace, and one that follows cs.IR."""
    folder = tmp_path_factory.mktemp("desk")
    (folder / "papers.jsonl").write_text(PAPERS)
    (folder / "paper.pdf").write_bytes(pdf(stamp="arXiv:2604.09492v1  [cs.IR]  10 Apr 2026"))
    (folder / "memo.md").write_text("# A memo\n\nWhat we decided.\n")
    (folder / "minutes.md").write_text("# Minutes\n\nWho said what.\n")
    (folder / "results.csv").write_text(RESULTS)
    assert run(["demo", "--home", str(folder / "sample"), "--no-open", "--no-model"]) == 0
    assert run(["init", "--home", str(folder / "mine"), "-c", "cs.IR", "--no-model", "--no-input"]) == 0
    return folder


@pytest.fixture
def at_the_desk(desk: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(desk)
    monkeypatch.setenv("LABTOP_HOME", str(desk / "sample"))
    monkeypatch.setenv("LABTOP_OFFLINE", "1")
    return desk


def answer(command: Command, capsys: pytest.CaptureFixture[str]) -> Any:
    capsys.readouterr()
    exit_code = run(list(command.words))
    out, err = capsys.readouterr()
    allowed = {0, 1} if command.words[0] == "doctor" else {command.exit_code}
    assert exit_code in allowed, f"{command} ended with {exit_code}: {err}"
    return json.loads(out)


@pytest.mark.usefixtures("converted_model")
@pytest.mark.parametrize("page", SHAPES, ids=lambda page: page.stem)
def test_every_verb_prints_what_the_guide_shows(
    page: Path, at_the_desk: Path, converted_model: ConvertedModel, capsys: pytest.CaptureFixture[str]
) -> None:
    problems, anew = [], []
    for block, example, nullable in examples(page):
        if {"query", "services"} & set(block.info.split()):  # tests of their own, with a server that answers
            continue
        problems += [
            f"{page.name}:{block.line}: {n} is in no example" for n in nullable if f'"{n}":' not in example.text
        ]
        for command in commands(block):
            actual = answer(command, capsys)
            anew.append((example, actual))
            if example.text.strip():
                found = [*differences(json.loads(example.text), actual, nullable), *broken_rules(actual)]
                problems += [f"{command}: {problem}" for problem in found]
            else:
                problems.append(f"{command}: no example; LABTOP_WRITE_DOCS=1 makes one")
    if os.environ.get("LABTOP_WRITE_DOCS"):
        write(anew)
    assert not problems, "\n".join(problems)


def test_a_search_on_arxiv_prints_what_the_guide_shows(at_the_desk: Path, capsys: pytest.CaptureFixture[str],
                                                       monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.delenv("LABTOP_OFFLINE")
    (block, example, nullable) = next(each for each in examples() if "query" in each[0].info)
    with FakeArxiv() as fake:
        fake.on("api", api(papers("2608", 1, 3), total=3))
        path = at_the_desk / "mine" / "settings.toml"
        save_settings(path, replace(load_settings(path), arxiv=fake.settings(categories=("cs.IR",))))
        (command,) = commands(block)
        actual = answer(command, capsys)
    if os.environ.get("LABTOP_WRITE_DOCS"):
        write([(example, actual)])
    assert not [*differences(json.loads(example.text), actual, nullable), *broken_rules(actual)]


def test_every_list_says_how_many_there_are() -> None:
    for _, example, _ in examples():
        shown = json.loads(example.text)
        if "results" in shown:
            assert list(shown)[:2] == ["total", "results"], example.line
            assert isinstance(shown["total"], int)
            assert all("id" in record for record in shown["results"]), example.line


def test_failing_prints_nothing_on_stdout(at_the_desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words, code_ in (
        (["show", "nothing", "--json"], 3),
        (["search", "title:", "--json"], 2),
        (["settings", "arxiv.day", "--json"], 2),
        (["keep", "--read-only", "2604.09492", "--json"], 1),
        (["restore", "nothing", "--json"], 3),
    ):
        assert run(words) == code_
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith("labtop: ")


# Writing the examples anew.


def write(found: list[tuple[Block, Any]]) -> None:
    """Put the first answer of each example into its page, shortened."""
    if not found:
        return
    page = found[0][0].page
    text = page.read_text(encoding="utf-8")
    first: dict[int, tuple[Block, Any]] = {}
    for example, actual in found:
        first.setdefault(example.line, (example, actual))
    for example, actual in sorted(first.values(), key=lambda each: each[0].end, reverse=True):
        start = example.end - len(example.text) - len("```")
        shown = json.dumps(shortened(actual), ensure_ascii=False, indent=2)
        text = text[:start] + in_few_lines(shown) + "\n" + text[example.end - len("```") :]
    page.write_text(text, encoding="utf-8")


def shortened(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: shortened(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [shortened(item) for item in value[: 1 if value and isinstance(value[0], dict) else 2]]
    if isinstance(value, str) and value.startswith("/"):  # of whoever ran this
        return re.sub(r"^.*/(?=(?:sample|mine|models|[\w.-]+)(?:/[\w.-]+){0,1}$)", "/home/ada/", value)
    if isinstance(value, str) and len(value) > LONGEST:
        return value[: LONGEST - 1] + "…"
    return value


def in_few_lines(text: str) -> str:
    """Lists and objects of plain values on one line, where they fit."""
    pattern = re.compile(r"([\[{])\n\s+([^\[\]{}]*?)\n\s*([\]}])")

    def joined(match: re.Match[str]) -> str:
        inner = re.sub(r"\n\s+", " ", match[2])
        whole = f"{match[1]}{inner}{match[3]}"
        return whole if len(whole) <= 100 else match[0]

    return pattern.sub(joined, text)
