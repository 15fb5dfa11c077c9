"""The page holds the text and nothing else: read back with lxml."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from library.html import page
from library.markdown import Marked, bullets, document, escape, heading, quote, table
from library.text import one_line

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "![p](https://example.org/pixel.png)",
    "[click](javascript:alert(1))",
    "<https://example.org>",
    "https://example.org",
    "</main></body></html>",
    "<!-- -->",
    "&lt;b&gt;",
    "{{ 7 * 7 }}{% for x in y %}",
    "'\"><svg/onload=alert(1)>",
    "<style>*{display:none}</style>",
    "`</code>`",
    "a | b",
    "\x1b]0;title\x07x",
)
ALLOWED = {
    "html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "p", "ul", "li", "blockquote", "div",
    "table", "thead", "tbody", "tr", "th", "td", "strong", "br",
}  # fmt: skip


def written(text: str) -> str:
    """A document with the text in every place that there is."""
    return document(
        (
            heading(1, text),
            escape(text),
            bullets([text]),
            quote(text, text),
            table((text, "n"), [(text, "1")], "lr"),
        )
    )


def assert_harmless(source: str, text: str) -> None:
    tree = html.fromstring(page(text, source))
    assert {element.tag for element in tree.iter()} <= ALLOWED
    for element in tree.iter():
        assert set(element.attrib) <= {"lang", "charset", "name", "content", "http-equiv", "class"}, element.tag
    assert not tree.xpath("//@href | //@src | //@style")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text: str) -> None:
    source = written(text)
    assert_harmless(source, text)
    tree = html.fromstring(page(text, source))
    shown = one_line(text)
    assert " ".join(tree.findtext(".//h1", "").split()) == shown
    assert [" ".join(cell.text_content().split()) for cell in tree.iter("td")] == [shown, "1"]
    assert " ".join(tree.find(".//li").text_content().split()) == shown
    assert tree.findtext(".//title") == shown


@pytest.mark.parametrize("text", HOSTILE)
def test_even_text_that_nobody_escaped_brings_nothing_in(text: str) -> None:
    """Should a part of labtop forget to escape: no element, link or picture comes of it."""
    tree = html.fromstring(page("t", f"# {text}\n\n{text}\n\n- {text}\n"))
    assert not tree.xpath("//script | //img | //svg | //a | //iframe | //object | //form | //main//style")
    assert not tree.xpath("//@href | //@src | //@*[starts-with(name(), 'on')]")


@given(st.text(st.sampled_from("<>&\"'`*_[]()!|\\#-=~/ab1 \n:;{}%"), max_size=40))
def test_any_text_stays_text(text: str) -> None:
    if one_line(text):
        assert_harmless(written(text), text)


def test_a_page_is_one_file_that_loads_nothing() -> None:
    made = page("A & B", "# A & B\n\n| a | b |\n|:--|--:|\n| 1 | 2 |\n")
    assert made.startswith("<!doctype html>")
    assert "default-src 'none'" in made
    for loading in ("@import", "url(", "<link", "<script", "src="):
        assert loading not in made, loading
    for wanted in ("prefers-color-scheme: dark", "@media print", '<meta charset="utf-8">', "<title>A &amp; B</title>"):
        assert wanted in made, wanted
    tree = html.fromstring(made)
    assert [cell.get("class") for cell in tree.iter("td")] == ["left", "right"]
    assert tree.find(".//table").getparent().get("class") == "table"


def test_the_same_markdown_gives_the_same_bytes() -> None:
    source = written("a *b* | c")
    assert page("t", source) == page("t", source)


def test_colours_are_legible_on_their_ground() -> None:
    """Contrast of at least 4.5 to 1 (WCAG 2.2, AA), light, dark and in print."""
    style = page("t", "t").partition("<style>")[2].partition("</style>")[0]
    palettes = re.findall(r":root \{([^}]*)\}", style)
    assert len(palettes) == 3
    light = dict(re.findall(r"--(\w+): (#\w+)", palettes[0]))
    for palette in palettes:
        colours = {**light, **dict(re.findall(r"--(\w+): (#\w+)", palette))}
        for name in ("text", "soft", "accent"):
            assert contrast(colours[name], colours["page"]) >= 4.5, (name, colours)
        assert contrast(colours["text"], colours["shade"]) >= 4.5


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(letter * 2 for letter in colour[1:])
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_marked_text_keeps_its_markup() -> None:
    tree = html.fromstring(page("t", document([bullets([Marked("**a** b")])])))
    assert tree.find(".//li/strong").text == "a"
