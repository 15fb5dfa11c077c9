"""Lines of plain text: nothing is lost, nothing is wider than it may be."""

import textwrap
import unicodedata

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.plain import fit, hung, part, wrap

TEXTS = st.text(st.sampled_from("ab -漢字😀é\u0301/"), max_size=60)


@given(TEXTS, st.integers(10, 40), st.text(" ▲x", max_size=5), st.text(" ", max_size=5))
def test_every_word_comes_through_in_lines_that_fit(text: str, width: int, first: str, rest: str) -> None:
    lines = wrap(text, width, first=first, rest=rest)
    assert all(cell_len(line) <= width for line in lines)
    joined = "".join(line.removeprefix(first if place == 0 else rest) for place, line in enumerate(lines))
    assert "".join(joined.split()) == "".join(unicodedata.normalize("NFC", text).split())


@given(st.text(st.sampled_from("abc de"), max_size=80), st.integers(12, 40))
def test_plain_words_break_as_everywhere(text: str, width: int) -> None:
    words = " ".join(word[:5] for word in text.split())
    assert wrap(words, width) == textwrap.wrap(words, width)


@given(TEXTS, st.integers(1, 30))
def test_fit_is_exact(text: str, width: int) -> None:
    assert cell_len(fit(text, width)) == width


def test_lines_hang_below_the_first() -> None:
    assert hung("H-1   ", "word " * 20)[1].startswith("      word")
    assert hung("漢字 ", "word " * 20)[1].startswith("     word")
    assert hung("H-1   ", "") == ["H-1"]
    assert part("Verdicts", []) == []
