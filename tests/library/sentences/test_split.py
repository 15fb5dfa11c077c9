"""Splitting: nothing lost, nothing twice, exact places, in linear time, and where a person would."""

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from library.sentences.split import LONGEST, Span, split
from library.text import clean

REPOSITORY = Path(__file__).parents[3]
MARK = "‖"
# Texts of our own, marked by hand. A tilde before one: the rules are known to miss something in it.
ALL = Path(__file__).with_name("marked.txt").read_text(encoding="utf-8").rstrip("\n").split("\n=====\n")
MARKED = [text for text in ALL if not text.startswith("~")]
MISSED = [text[1:] for text in ALL if text.startswith("~")]
PIECES = (
    *(
        "word",
        "We",
        "The",
        "Smith",
        "et al",
        "e.g",
        "Fig",
        "No",
        "mT5",
        "0.5",
        "3",
        "A",
        "§",
        "é",
        "中文",
        "😀",
        "İ",
        "\u200b",
    ),
    *(
        ".",
        ". ",
        "! ",
        "? ",
        "...",
        "…",
        "。",
        "！",
        " ",
        "  ",
        "\n",
        "\n\n",
        "\t",
        "\u00a0",
        "\u2028",
        ", ",
        "; ",
        ": ",
    ),
    *(
        "(",
        ")",
        "[",
        "]",
        "[1]",
        '"',
        "“",
        "”",
        "'",
        "$",
        "$x$",
        "\\(",
        "\\)",
        "- ",
        "• ",
        "1. ",
        "(i) ",
        "# ",
        "| ",
        "%",
    ),
)
texts = st.one_of(st.text(max_size=300), st.lists(st.sampled_from(PIECES), max_size=80).map("".join))


def unmarked(marked: str) -> tuple[str, set[int]]:
    """The text, and where its sentences end: at the marks and at the end."""
    parts = marked.split(MARK)
    text, ends, place = "".join(parts), set(), 0
    for part in parts:
        place += len(part)
        ends.add(len(text[:place].rstrip()))
    return text, ends


def ends_of(text: str) -> set[int]:
    return {span.end for span in split(text)}


@pytest.mark.parametrize("marked", MARKED, ids=[marked[:24] for marked in MARKED])
def test_sentences_end_where_a_person_says(marked: str) -> None:
    text, ends = unmarked(marked)
    shown = [text[span.start : span.end] for span in split(text)]
    assert ends_of(text) == ends, shown


def test_precision_and_recall_over_all_that_was_marked() -> None:
    """Boundaries inside texts: the end of a text is no merit."""
    right = wrong = missed = 0
    for marked in (*MARKED, *MISSED):
        text, ends = unmarked(marked)
        inside = {len(text.rstrip())}
        wanted, found = ends - inside, ends_of(text) - inside
        right += len(wanted & found)
        wrong += len(found - wanted)
        missed += len(wanted - found)
    assert right + missed >= 150
    assert right / (right + wrong) >= 0.99
    assert right / (right + missed) >= 0.99


@pytest.mark.parametrize("marked", MISSED, ids=[marked[:24] for marked in MISSED])
def test_what_is_known_to_be_missed(marked: str) -> None:
    text, ends = unmarked(marked)
    assert ends_of(text) != ends, "it is right now: take the tilde away"


@given(texts)
@example("")
@example(" \n ")
@example("a" * (2 * LONGEST + 1))
@example("a " * LONGEST)
def test_every_visible_character_is_in_exactly_one_sentence(text: str) -> None:
    cleaned = clean(text)
    spans = split(cleaned)
    covered = [place for span in spans for place in range(span.start, span.end)]
    assert len(covered) == len(set(covered))
    assert {place for place, char in enumerate(cleaned) if not char.isspace()} <= set(covered)
    assert list(spans) == sorted(spans, key=lambda span: span.start)
    for span in spans:
        assert 0 < span.end - span.start <= LONGEST
        assert not cleaned[span.start].isspace()
        assert not cleaned[span.end - 1].isspace()


@given(texts)
def test_the_same_text_gives_the_same_sentences(text: str) -> None:
    assert split(text) == split("".join(list(text)))


@given(texts, st.text(alphabet=" \n\t\u00a0", max_size=5))
def test_blank_space_around_changes_nothing_but_the_places(text: str, blank: str) -> None:
    moved = split(blank + text + blank)
    assert moved == tuple(Span(span.start + len(blank), span.end + len(blank)) for span in split(text))


@given(st.lists(st.sampled_from(MARKED), min_size=1, max_size=4))
def test_paragraphs_do_not_influence_each_other(chosen: list[str]) -> None:
    whole, ends = unmarked(f"{MARK}\n\n".join(chosen))
    assert ends_of(whole) == ends


@pytest.mark.parametrize("marked", MARKED, ids=[marked[:24] for marked in MARKED])
def test_a_sentence_by_itself_is_one_sentence(marked: str) -> None:
    text = marked.replace(MARK, "")
    for span in split(text):
        alone = text[span.start : span.end]
        assert split(alone) == (Span(0, len(alone)),)


@pytest.mark.realdata
def test_ends_in_real_abstracts_are_where_a_person_put_them(shared_data: Path) -> None:
    """60 abstracts drawn at random; benchmarks/sentences.py looks at difficult ones, too."""
    labels = json.loads((REPOSITORY / "benchmarks" / "sentence_boundaries.json").read_text())["random"]
    texts = {}
    with gzip.open(shared_data / "arxiv" / "dev" / "sample_1000.jsonl.gz", "rt", encoding="utf-8") as lines:
        for record in map(json.loads, lines):
            texts[record["id"]] = record["abstract"]
    marked = [(set(label["ends"]), ends_of(texts[key])) for key, label in labels.items()]
    right = sum(len(wanted & found) for wanted, found in marked)
    assert right >= 400
    assert right / sum(len(found) for _, found in marked) >= 0.995
    assert right / sum(len(wanted) for wanted, _ in marked) >= 0.995


HOSTILE = {
    "one word": "a" * 1_000_000,
    "one line": "word " * 200_000,
    "dots": "." * 1_000_000 + "x",
    "dots apart": ". " * 500_000,
    "line breaks": "\n" * 100_000 + "x",
    "line breaks and blanks": " \n" * 100_000 + "x",
    "blanks": "x." + " " * 1_000_000 + "x",
    "lines": "Ab\n" * 100_000,
    "dollars": "$a " * 200_000,
    "formulas never closed": "\\( a" * 200_000,
    "parentheses": "(" * 500_000,
    "sentences in a parenthesis": "(A is. " * 100_000,
    "closers": '."' * 300_000,
    "citations": ".[1" * 200_000,
    "initials": "A. " * 200_000,
    "numbers": "1. " * 200_000,
    "bullets": "• " * 200_000,
    "full width": "。" * 500_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_texts_come_to_an_end(text: str) -> None:
    """A second each; rules that look back or ahead without bound would take minutes."""
    spans = split(text)
    assert all(0 < span.end - span.start <= LONGEST for span in spans)
    assert sum(len(text[span.start : span.end].split()) for span in spans) >= len(text.split())


@settings(max_examples=30)
@given(st.integers(1, 40))
def test_long_runs_are_cut_at_blanks(words: int) -> None:
    text = ("x" * 99 + " ") * words
    spans = split(text)
    assert all(
        text[span.start : span.end].split() == ["x" * 99] * ((span.end - span.start + 1) // 100) for span in spans
    )
    assert len(spans) == -(-words // 20) or len(spans) == -(-words // 19)
