"""Markdown that labtop wrote, on the screen: what people wrote in it stays what it is."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.markdown import bullets, document, escape, heading, prose, quote, table
from tui.widgets.markdown_text import blocks_of, markdown_lines

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cf", "Zl", "Zp")), max_size=60)


def shown(markdown: str, width: int = 60) -> list[str]:
    return [line.plain.rstrip() for line in markdown_lines(blocks_of(markdown), width)]


def test_blocks_are_set_apart_and_lists_are_not() -> None:
    text = document(
        [
            heading(1, "A title"),
            prose("One.\n\nTwo."),
            bullets(["a", "b"]),
            quote("said", "by whom"),
            heading(2, "Next"),
            "End.",
        ]
    )
    assert shown(text) == [
        "A title",
        "One.",
        "",
        "Two.",
        "",
        "· a",
        "· b",
        "",
        "▏ said",
        "",
        "▏ — by whom",
        "",
        "Next",
        "End.",
    ]


def test_a_table_keeps_its_columns_and_gives_way_where_it_is_narrow() -> None:
    text = table(("name", "value"), [("short", "1"), ("a name that is rather long", "2.5")])
    assert shown(text) == [
        "name                        value",
        "short                       1",
        "a name that is rather long  2.5",
    ]
    narrow = shown(text, 16)
    assert all(len(line) <= 16 for line in narrow)
    assert narrow[2].startswith("a name")
    assert narrow[2].endswith("2.5")


@pytest.mark.parametrize(
    "text", ["[x](javascript:a)", "<b>x</b>", "![i](u)", "**not bold**", "1. no list", "[/x]", "a\\|b"]
)
def test_what_people_wrote_is_shown_as_it_is(text: str) -> None:
    assert shown(escape(text)) == [text]
    assert any(text in line for line in shown(table(("head",), [(text,)])))


@given(TEXT)
def test_any_text_stays_itself(text: str) -> None:
    wanted = " ".join(unicodedata.normalize("NFC", text).split())  # as all text that comes in
    assert " ".join("".join(shown(escape(text), 1_000)).split()) == wanted
