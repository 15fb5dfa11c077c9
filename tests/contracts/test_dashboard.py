"""What every screen must keep to: one table of actions, styles without colours, workers on screens alone."""

import ast
import importlib
import re
from collections import Counter
from pathlib import Path

import pytest
from textual.binding import Binding
from textual.design import ColorSystem

import tui
from tui.actions import ACTIONS, bindings, in_scope
from tui.sections import SECTIONS
from tui.themes import THEMES

ROOT = Path(tui.__file__).parent
SOURCES = sorted(ROOT.rglob("*.py"))
STYLES = sorted((ROOT / "styles").glob("*.tcss"))
SCOPES = sorted({action.scope for action in ACTIONS})


def test_ids_are_unique_and_every_action_is_explained() -> None:
    assert [id_ for id_, n in Counter(action.id for action in ACTIONS).items() if n > 1] == []
    for action in ACTIONS:
        assert action.text, action.id
        assert action.tooltip.endswith("."), action.id
        assert action.keys, action.id


@pytest.mark.parametrize("scope", SCOPES)
def test_bindings_have_id_description_and_tooltip_and_no_key_twice(scope: str) -> None:
    made = [binding for binding in bindings(scope) if isinstance(binding, Binding)]
    assert all(binding.id and binding.description and binding.tooltip for binding in made)
    keys = Counter(key for binding in made for key in binding.key.split(","))
    assert [key for key, n in keys.items() if n > 1] == []


@pytest.mark.parametrize("section", [section.id for section in SECTIONS])
def test_no_two_live_bindings_of_a_screen_share_a_key(section: str) -> None:
    """The list's own keys come first; what it does not take must be one thing only."""
    keys = Counter(key for action in in_scope(section, "app") for key in action.keys.split(","))
    assert [key for key, n in keys.items() if n > 1] == []
    on_list = {key for action in in_scope("list") for key in action.keys.split(",")} - {"down", "up"}
    assert on_list & {key for action in in_scope(section, "app") for key in action.keys.split(",")} == set()


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.id)
def test_every_action_of_a_section_has_its_method_and_what_writes_is_guarded(section: object) -> None:
    from tui.app import LabtopApp

    module, name = section.screen.split(":")  # type: ignore[attr-defined]
    screen = getattr(importlib.import_module(module), name)
    for owner, scope in ((screen, section.id), (LabtopApp, "app")):  # type: ignore[attr-defined]
        for action in in_scope(scope):
            method = getattr(owner, f"action_{action.action.partition('(')[0]}", None)
            assert method is not None, action.id
            assert bool(getattr(method, "changes", False)) == action.changes, action.id
    assert screen.HELP


def test_every_binding_of_ours_comes_from_the_table() -> None:
    for source in SOURCES:
        for node in ast.walk(ast.parse(source.read_text())):
            if isinstance(node, ast.Assign) and any(getattr(t, "id", "") == "BINDINGS" for t in node.targets):
                assert "bindings(" in ast.unparse(node.value), source


def test_only_screens_and_the_app_start_workers_and_none_is_a_thread() -> None:
    for source in SOURCES:
        text = source.read_text()
        assert "thread=True" not in text, source
        if source.parent.name == "widgets":
            assert "@work" not in text, source
            assert "run_worker" not in text, source


def test_styles_name_no_colour() -> None:
    names = r"\b(?:red|green|blue|white|black|yellow|cyan|magenta|gr[ae]y|orange|purple)\b"
    for style in STYLES:
        text = re.sub(r"/\*.*?\*/", "", style.read_text(), flags=re.S)
        values = [line.split(":", 1)[1] for line in text.splitlines() if ":" in line and "{" not in line.split(":")[0]]
        for value in values:
            assert not re.search(rf"#[0-9a-fA-F]{{3,8}}\b|\brgba?\(|\bhsl|{names}", value), (style.name, value)


def test_colours_stand_in_the_themes_alone() -> None:
    for source in SOURCES:
        if source.name != "themes.py":
            assert not re.search(r"[\"']#[0-9a-fA-F]{6}[\"']", source.read_text()), source


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_text_can_be_read_on_every_ground(theme: object) -> None:
    """WCAG contrast of 4.5 for both weights of text and the accent: on the ground, raised parts, cursor and marks."""
    grounds = [theme.background, theme.panel, theme.variables["row-cursor"], theme.variables["row-marked"]]  # type: ignore[attr-defined]
    inks = [theme.foreground, theme.variables["quiet"], theme.accent]  # type: ignore[attr-defined]
    low = [(i, g, round(contrast(i, g), 2)) for i in inks for g in grounds if contrast(i, g) < 4.5]
    assert low == []
    assert isinstance(theme.to_color_system(), ColorSystem)  # type: ignore[attr-defined]


def contrast(ink: str, ground: str) -> float:
    def luminance(text: str) -> float:
        parts = [int(text[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(ink), luminance(ground)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
