"""Whatever is written stands there as text: read back by a CommonMark parser that has HTML switched on."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from library.markdown import Marked, bullets, code, code_block, document, escape, heading, prose, quote, strong, table
from library.text import one_line

PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
SIGNS = "\\`*_[]()<>#|~!&$+-=.:;0123456789 \nabAB/\"'{}^@%"
TEXTS = st.text(st.sampled_from(SIGNS), max_size=30) | st.text(max_size=30)
HOSTILE = (
    "<script>alert(1)</script>",
    "![x](http://example.org/pixel.png)",
    "[click](javascript:alert(1))",
    "<http://example.org>",
    "&lt;b&gt; &amp; &#60;",
    "# heading",
    "- item",
    "1. item",
    "12) item",
    "> quote",
    "---",
    "===",
    "```\ncode",
    "~~~",
    "~~struck~~",
    "a | b\n--|--\n1 | 2",
    ":-:",
    "|:-:|",
    "[ref]: http://example.org",
    "a\\",
    "\\|",
    "`|`",
    "*a* _b_ __c__ **d**",
    "ends with #",
    "<!-- hidden -->",
    "    indented",
    "\ttabbed",
    "a  \nb",
    "\u202eright to left",
    "a\x1b]0;title\x07",
)


def shown(token: Token) -> str:
    """The text of an inline token that has nothing but text in it."""
    assert token.children is not None
    assert {child.type for child in token.children} <= {"text", "text_special"}, token.children
    return "".join(child.content for child in token.children)


def inlines(markdown: str) -> list[Token]:
    return [token for token in PARSER.parse(markdown) if token.type == "inline"]


def types(markdown: str) -> list[str]:
    return [token.type for token in PARSER.parse(markdown)]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_as_it_is(text: str) -> None:
    assert types(escape(text)) == ["paragraph_open", "inline", "paragraph_close"]
    assert shown(*inlines(escape(text))) == one_line(text)


@given(TEXTS)
@example("a_b_ _c _")
@example("<")
@example("a&amp")
def test_any_text_is_one_paragraph_that_shows_it(text: str) -> None:
    if one_line(text):
        assert types(escape(text)) == ["paragraph_open", "inline", "paragraph_close"]
        assert shown(*inlines(escape(text))) == one_line(text)
    else:
        assert escape(text) == ""


@given(TEXTS, TEXTS)
def test_texts_may_stand_beside_each_other(left: str, right: str) -> None:
    both = f"{escape(left)} {escape(right)}".strip()
    assert [shown(token) for token in inlines(both)] == (
        [f"{one_line(left)} {one_line(right)}".strip()] if both else []
    )


@given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS), max_size=4))
def test_a_table_holds_the_texts_of_its_cells(rows: list[tuple[str, str, str]]) -> None:
    written = table(("name", "a|b", "n"), rows, "lcr")
    tokens = PARSER.parse(written)
    assert [token.type for token in tokens if token.level == 0] == ["table_open", "table_close"]
    cells = [shown(token) for token in tokens if token.type == "inline"]
    assert cells == ["name", "a|b", "n", *(one_line(cell) for row in rows for cell in row)]
    styles = [token.attrs.get("style") for token in tokens if token.type == "th_open"]
    assert styles == ["text-align:left", "text-align:center", "text-align:right"]


@given(TEXTS)
@settings(max_examples=200)
def test_prose_has_paragraphs_breaks_and_lists_and_nothing_else(text: str) -> None:
    tokens = PARSER.parse(prose(text))
    allowed = ("paragraph_open", "paragraph_close", "inline", "bullet_list_open", "bullet_list_close")
    assert {token.type for token in tokens} <= {*allowed, "list_item_open", "list_item_close"}
    kinds = {child.type for token in tokens for child in token.children or ()}
    assert kinds <= {"text", "text_special", "hardbreak"}


@given(TEXTS)
def test_a_quotation_stays_one(text: str) -> None:
    tokens = PARSER.parse(quote(text))
    top = [token.type for token in tokens if token.level == 0]
    assert top == ["blockquote_open", "blockquote_close"]


@given(TEXTS, st.integers(1, 6))
def test_a_heading_shows_its_text(text: str, level: int) -> None:
    tokens = PARSER.parse(heading(level, text))
    assert [token.tag for token in tokens if token.type == "heading_open"] == [f"h{level}"]
    assert shown(tokens[1]) == one_line(text)


@given(TEXTS)
def test_code_shows_its_text(text: str) -> None:
    found = inlines(code(text))
    assert [child.content for token in found for child in token.children or () if child.type == "code_inline"] in (
        [],
        [one_line(text)],
    )
    assert "".join(child.content for token in found for child in token.children or ()) == one_line(text)
    cell = inlines(table(("x",), [(code(text),)]))[1]
    assert "".join(child.content for child in cell.children or ()) == one_line(text)


def test_a_fence_holds_a_fence() -> None:
    tokens = PARSER.parse(code_block("```\n<b>\n````", "sh"))
    assert [(token.type, token.info, token.content) for token in tokens] == [("fence", "sh", "```\n<b>\n````\n")]


def test_what_is_harmless_stays_legible() -> None:
    for text in ("ndcg_10 of R&D", "p < 0.05 & n <= 6", "−0.8", "-5 points", "2.5 %", "a > b", "C#", "(a) b"):
        assert escape(text) == text


def test_marked_text_is_taken_as_it_is_and_plain_text_never() -> None:
    assert escape(escape("*")) == "\\*"
    assert escape(str(escape("*"))) == "\\\\\\*"
    assert "| **a\\|b** |" in table(("x",), [(strong("a|b"),)])
    assert bullets(["- a", Marked("*b*")]) == "- \\- a\n- *b*"


def test_lines_that_begin_with_a_hyphen_are_a_list() -> None:
    assert prose("Two ways:\n- wait\n- *stop*\n\nNeither is good.\nYet.") == (
        "Two ways:\n\n- wait\n- \\*stop\\*\n\nNeither is good.\\\nYet."
    )


def test_a_quotation_says_where_it_stands() -> None:
    assert quote("It is so.\n\nIt is.", "2501.00001, abstract") == (
        "> It is so.\n>\n> It is.\n>\n> — 2501.00001, abstract"
    )


def test_ragged_rows_are_refused() -> None:
    with pytest.raises(ValueError, match="as many cells"):
        table(("a", "b"), [("1",)])
    with pytest.raises(ValueError, match="as many letters"):
        table(("a", "b"), [("1", "2")], "l")


def test_a_document_has_blank_lines_between_its_blocks() -> None:
    assert document(["# a", "", "b\n"]) == "# a\n\nb\n"
