"""The user guide and the README are true: what they name exists, what they show runs, what they count is so.

`LABTOP_WRITE_DOCS=1` writes the guide's tables of keys anew from the table of actions.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from library import preferences
from library.arxiv import calendar, ledger, missed, transport
from library.errors import QueryError
from library.papers.model import PaperRow
from library.paths import WorkspacePaths
from library.preferences import keys, shown, value_of
from library.ranking import bearing, exploring, pool
from library.ranking.line import FEW, WINDOW
from library.ranking.model import LEARN_FROM
from library.reading import model as reading_model
from library.reading import summary
from library.sample import sample_drafts, sample_workspace
from library.search import fusion
from library.search import words as found_words
from library.search.fields import DAY_FIELDS, FIELDS, STATES
from library.search.parse import parse
from library.search.run import search
from library.settings import Settings
from library.sources.formats import FORMATS
from library.today import notices
from library.workspace import Workspace
from planner.workspace import open_workspace
from tests.contracts.guide import GUIDE, PAGES, REPOSITORY, Command, blocks, check, code, commands, commands_of, rows
from tui import app
from tui.actions import ACTIONS, Action, shown_key
from tui.cli import COMMANDS, labtop, run
from tui.sections import SECTIONS
from tui.themes import NAMES
from tui.widgets import experiment_signs, hypothesis_row, reading_text
from tui.widgets.day_strip import SIGNS
from tui.widgets.paper_row import DECISIONS, flags

README = REPOSITORY / "README.md"
DOCS = (*PAGES, README)
WHOLE = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
HEADINGS = {
    "app": "Everywhere",
    "list": "In every list",
    "tabs": "In a room with tabs",
    "papers": "Papers, in every list of them",
    "triage": "In Triage",
    "library": "In the Library",
    "reading": "In Reading",
    "club": "In the Club",
    "hypotheses": "In Hypotheses",
    "detail": "In the detail beside a list",
    "today": "On Today",
    "lines": "On Today's lines",
    "first_run": "On the very first screen",
    "roadmap": "On the Roadmap",
    "board": "On the Roadmap's board",
    "transfer": "On an experiment's way to production",
    "review": "Closing a quarter",
    "dialog": "In every dialog",
    "reason": "Why a paper is skipped",
    "sure": "On a question with yes or no",
    "help": "In the help",
    "note": "Writing a note",
    "link": "Linking a sentence to a hypothesis",
    "quote": "Taking sentences down",
    "difference": "On what another version changed",
    "interests": "What you look for",
    "form": "Filling in a record",
    "pick": "On choices and questions of a record",
}
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


def name_of(path: Path) -> str:
    return path.name


# Verbs and options.


def verbs(
    command: click.Command = labtop, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """(words, command) of every verb and every verb of a group."""
    context = click.Context(command)
    for name in command.list_commands(context) if isinstance(command, click.Group) else ():
        assert isinstance(command, click.Group)
        found = command.get_command(context, name)
        assert found is not None
        yield (*path, name), found
        yield from verbs(found, (*path, name))


VERBS = dict(verbs())


def inline_calls(page: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(as written, words) of `labtop …` in running text, brackets and ellipses left out."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    for written in (" ".join(words.split()) for words in code(text)):
        if written.startswith("labtop "):
            yield written, tuple(re.sub(r"[\[\]…]", "", written).split()[1:])


def verb_of(words: tuple[str, ...]) -> tuple[str, ...]:
    """The longest verb that `words` begin with."""
    return next((words[:length] for length in (3, 2, 1) if words[:length] in VERBS), ())


def test_every_verb_is_described() -> None:
    assert {words[0] for words in VERBS} == set(COMMANDS)
    for words in VERBS:
        assert re.search(rf"labtop {' '.join(words)}\b", WHOLE), f"labtop {' '.join(words)} is not in the guide"


@pytest.mark.parametrize("page", DOCS, ids=name_of)
def test_what_is_named_in_the_text_exists(page: Path) -> None:
    for written, words in inline_calls(page):
        verb = verb_of(words)
        assert verb or words[0].startswith("-"), f"{page.name}: {written}"
        known = {
            flag for parameter in (*labtop.params, *(VERBS[verb].params if verb else ())) for flag in parameter.opts
        }
        wrong = [word for word in words if word.startswith("--") and word not in known]
        assert not wrong, f"{page.name}: {written} has no {wrong}"


def test_every_option_is_in_the_guide() -> None:
    for words, command in VERBS.items():
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                flags = [flag for flag in parameter.opts if flag in WHOLE]
                assert flags, f"labtop {' '.join(words)} takes {parameter.opts}, which the guide does not name"


# Commands.


def shell_lines(page: Path) -> Iterator[Command]:
    """Every `labtop` call in fenced blocks, and in the README's indented ones."""
    for block in blocks(page):
        if block.info.startswith(("sh", "cron")):
            yield from commands(block)
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("    labtop"):
            yield from commands_of(page, number, line)


@pytest.mark.parametrize("page", DOCS, ids=name_of)
def test_every_command_can_be_read(page: Path) -> None:
    for command in shell_lines(page):
        try:
            check(command.words)
        except click.UsageError as error:
            pytest.fail(f"{command}: {error.format_message()}")


@pytest.mark.parametrize("page", [page for page in PAGES if "```sh run" in page.read_text()], ids=name_of)
def test_commands_that_are_said_to_run_do(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LABTOP_OFFLINE", "1")
    monkeypatch.setenv("LABTOP_HOME", str(tmp_path / "lab-demo"))
    assert run(["demo", "--home", str(tmp_path / "lab-demo"), "--no-open", "--no-model"]) == 0
    for block in blocks(page):
        for command in commands(block) if block.info == "sh run" else ():
            capsys.readouterr()
            exit_code = run(list(command.words))
            assert exit_code in ((0, 1) if command.words[0] == "doctor" else (0,)), f"{command}: {capsys.readouterr()}"


# Tables.


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    from planner.sample import make_demo

    home = tmp_path_factory.mktemp("queries") / "sample"
    make_demo(WorkspacePaths(home))
    with open_workspace(home) as workspace:
        yield workspace


def queries() -> Iterator[tuple[str, str]]:
    for cells in rows(GUIDE / "searching.md", "query"):
        yield code(cells[0])[0], cells[2]


@pytest.mark.parametrize(("text", "matches"), list(queries()), ids=lambda value: value)
def test_a_query_finds_what_the_guide_says(sample: Workspace, text: str, matches: str) -> None:
    today = sample.clock.today()
    if matches == "—":  # by meaning: needs a model
        assert parse(text, today=today).node is not None
        return
    found = search(sample.store, text, meaning=None, person=sample.person, today=today, mode="keyword", limit=1)
    assert found.matches == int(matches)
    assert not [notice for notice in found.notices if matches != "0" or "labtop add" not in notice]


@pytest.mark.parametrize(("text", "why"), [(code(c[0])[0], c[1]) for c in rows(GUIDE / "searching.md", "wrong")])
def test_a_wrong_query_is_refused_with_what_the_guide_says(sample: Workspace, text: str, why: str) -> None:
    with pytest.raises(QueryError, match=re.escape(why)):
        parse(text, today=sample.clock.today())


def test_every_field_and_state_is_described() -> None:
    page = (GUIDE / "searching.md").read_text(encoding="utf-8")
    assert not [name for name in FIELDS if f"`{name}:" not in page and f" {name}:" not in page]
    assert not [name for name in STATES if f"`is:{name}`" not in page]
    assert set(DAY_FIELDS) <= {code(cells[0])[0].partition(":")[0] for cells in rows(GUIDE / "searching.md", "query")}


def test_the_ledgers_states_are_those_of_the_guide() -> None:
    described = [cells[0] for cells in rows(GUIDE / "arxiv.md", "state")]
    assert sorted(described) == sorted(ledger.STATES)
    assert set(described[:3]) == ledger.SETTLED  # "the first three are settled", says the page


def test_every_format_is_described() -> None:
    assert [code(cells[0])[0] for cells in rows(GUIDE / "importing.md", "`--format`")] == list(FORMATS)


def test_every_setting_is_described_with_its_default() -> None:
    table = {code(cells[0])[0]: cells[2] for cells in rows(GUIDE / "care.md", "setting")}
    assert list(sorted(table)) == sorted(keys())
    for key, said in table.items():
        default = shown(value_of(Settings(), key)).removesuffix(".0")
        assert said == (default or ("the folder's name" if key == "name" else "none")), key


def test_every_variable_is_described() -> None:
    page = (GUIDE / "scripting.md").read_text(encoding="utf-8")
    described = {name for cells in rows(GUIDE / "scripting.md", "variable") for name in code(cells[0])}
    sources = [path for package in ("library", "planner", "tui") for path in (REPOSITORY / package).rglob("*.py")]
    used = {name for path in sources for name in re.findall(r"\"(LABTOP_[A-Z]+)\"", path.read_text(encoding="utf-8"))}
    assert used == {name for name in described if name.startswith("LABTOP_")}, page


def test_numbers_are_those_of_the_code() -> None:
    """(page, what it says, what the code says)."""
    retries = [int(ledger.back_off(tries).total_seconds() / 60) for tries in (1, 2, 3, 4, 5)]
    for name, words, holds in (
        ("searching", "1/(60 + k) + 1/(60 + m)", (fusion.K, fusion.WORDS, fusion.MEANING) == (60, 1.0, 1.0)),
        ("searching", "five times as much", found_words.FIELD_WEIGHTS[0] == 5 * found_words.FIELD_WEIGHTS[1]),
        ("searching", "fewer than 50 papers", found_words.FEW == 50),
        ("searching", "the 200 nearest", fusion.MEANING_DEPTH == 200),
        ("arxiv", "15, 20, 25 and then every 30", retries == [15, 20, 25, 30, 30]),
        ("arxiv", "ten minutes", transport.COOLDOWN_SECONDS == 600),
        ("arxiv", "stops for a day", transport.REFUSAL_SECONDS == 24 * 3600),
        ("arxiv", "every three seconds", transport.POLITE_SECONDS == 3),
        ("arxiv", "a year back", 365 <= missed.FARTHEST_DAYS <= 366),
        ("arxiv", "20:00 in New York", calendar.ANNOUNCED.hour == 20),
        ("care", "by two weeks", notices.BACKUP_DAYS == 14),
        ("care", "0 to 90", preferences.MOST_DAYS == 90),
        ("dashboard", "about a second", app.WATCH_SECONDS <= 1),
        ("dashboard", "fewer than 100 columns", (100, "-wide") in app.LabtopApp.HORIZONTAL_BREAKPOINTS),
        ("reading", "due within two days", summary.SOON == 2),
        ("reading", "14 days or more", reading_model.LONG == 14),
        ("reading", "three, unless you set", Settings().reading.in_progress == 3),
        ("ranking", "the last 14 days", pool.DAYS == 14),
        ("ranking", "the newest 3,000 papers", pool.MOST == 3_000),
        ("ranking", "the last 200 papers", WINDOW == 200),
        ("ranking", "Below 30", FEW == 30),
        ("ranking", "a cosine of 0.5 or more", bearing.NEAR == 0.5),
        ("ranking", "one in four at most", exploring.EVERY == 4),
        ("ranking", "From ten decisions on", LEARN_FROM == 10),
        ("first-steps", "201 real papers", len(sample_drafts()) == 201),
        ("first-steps", "13 April 2026", sample_workspace().as_of == "2026-04-13"),
    ):
        assert words in " ".join((GUIDE / f"{name}.md").read_text(encoding="utf-8").split()), words
        assert holds, f"{name}.md says {words!r}"


# The dashboard.


def key_tables() -> str:
    """The tables of keys as Markdown, in the order of `HEADINGS`."""
    parts = []
    for scope, heading in HEADINGS.items():
        lines = [f"### {heading}", "", "| key | what it does |", "|---|---|"]
        lines += [
            f"| {key_cells(action)} | {action.tooltip}{' *Writes.*' if action.changes else ''} |"
            for action in ACTIONS
            if action.scope == scope
        ]
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def key_cells(action: Action) -> str:
    return " ".join(f"`{shown_key(key)}`" for key in action.keys.split(","))


def test_the_keys_are_those_of_the_registry() -> None:
    path = GUIDE / "dashboard.md"
    text = path.read_text(encoding="utf-8")
    start, end = text.index("-->\n") + 4, text.index("<!-- /keys -->")
    assert {action.scope for action in ACTIONS} == set(HEADINGS), "a scope has no heading"
    if os.environ.get("LABTOP_WRITE_DOCS"):
        path.write_text(f"{text[:start]}\n{key_tables()}\n\n{text[end:]}", encoding="utf-8")
        text = path.read_text(encoding="utf-8")
        end = text.index("<!-- /keys -->")
    assert text[start:end].strip() == key_tables(), "run LABTOP_WRITE_DOCS=1 pytest tests/contracts/test_docs.py"


def test_rooms_and_themes_are_those_that_exist() -> None:
    page = (GUIDE / "dashboard.md").read_text(encoding="utf-8")
    rooms = {(int(digit), title) for title, digit in re.findall(r"\*\*(\w+) \((\d)\)\*\*", page)}
    assert rooms == {(section.digit, section.title) for section in SECTIONS}
    assert set(re.findall(r"`(labtop-[a-z-]+)`", page)) == set(NAMES)


def test_signs_are_those_of_the_screen() -> None:
    page = GUIDE / "dashboard.md"
    row = PaperRow(1, "2501.00001", "2025-01-01", "On growth", "", 0, None, "", None, ("a",), "a note", "arxiv")
    signs = {sign for sign, _ in DECISIONS.values()} | set(flags(row)[0].strip())
    assert {code(cells[0])[0] for cells in rows(page, "sign")} == signs
    assert {code(cells[0])[0] for cells in rows(page, "on the strip")} == {*SIGNS.values(), "–"}
    states = {code(cells[0])[0]: re.split("[ :]", cells[1])[0] for cells in rows(page, "state of a hypothesis")}
    assert {sign: state for sign, state in states.items() if sign != "▲"} == {
        sign: state for state, (sign, _) in hypothesis_row.SIGNS.items()
    }
    reading = {code(cells[0])[0]: cells[0].split()[-1] for cells in rows(GUIDE / "reading.md", "state of reading")}
    assert reading == {sign: state for state, (sign, _) in reading_text.STATES.items()}


def test_signs_of_the_roadmap_are_those_of_the_screen() -> None:
    named = " ".join(cells[0] for cells in rows(GUIDE / "dashboard.md", "on the roadmap"))
    for sign, _ in (
        experiment_signs.LOCKED_IN,
        experiment_signs.VETOED,
        experiment_signs.BLOCKED,
        experiment_signs.STALE,
        experiment_signs.DATA,
        experiment_signs.EDITED,
        experiment_signs.LACKING,
        experiment_signs.KINDS["transfer-ready"],
    ):
        assert sign in named, sign


# Links.


def anchors(page: Path) -> set[str]:
    heads = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", [*DOCS, *REPOSITORY.glob("docs/*.md")], ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        if target.startswith(("https://", "mailto:")):
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), f"{page.name} links to {target}"
        assert not anchor or anchor in anchors(there), f"{page.name} links to {target}"


def test_lines_of_text_are_of_one_length() -> None:
    for page in PAGES:
        text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
        for line in text.splitlines():
            assert len(line) <= 120 or line.startswith(("|", "Can be null:", "<!--")), f"{page.name}: {line}"
