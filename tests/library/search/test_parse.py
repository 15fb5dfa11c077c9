"""The query language: what is read how, what is refused where, and that nothing a person types ends otherwise."""

from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from library.errors import QueryError
from library.search.parse import caret, parse, plain, tidy
from library.search.query import And, Between, Fact, Like, Meaning, Node, Not, Or, Phrase, Word, leaves

TODAY = date(2026, 3, 10)


def read(text: str) -> Node | None:
    return parse(text, today=TODAY).node


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("pruning", Word("pruning", 1)),
        ("graph networks", And((Word("graph", 1), Word("networks", 7)))),
        ('"graph networks"', Phrase("graph networks", 1)),
        ("“graph networks”", Phrase("graph networks", 1)),
        ("a OR b c", Or((Word("a", 1), And((Word("b", 6), Word("c", 8)))))),
        ("(a OR b) c", And((Or((Word("a", 2), Word("b", 7))), Word("c", 10)))),
        ("a AND NOT b", And((Word("a", 1), Not(Word("b", 11))))),
        ("a ANDNOT b", And((Word("a", 1), Not(Word("b", 10))))),
        ("a -b", And((Word("a", 1), Not(Word("b", 4))))),
        ('-"a b"', Not(Phrase("a b", 2))),
        ("NOT NOT a", Word("a", 9)),
        ("-(-(a))", Word("a", 5)),
        ("state-of-the-art", Word("state-of-the-art", 1)),
        ("C++", Word("C++", 1)),
        ("GPT-4", Word("GPT-4", 1)),
        ("and or not", And((Word("and", 1), Word("or", 5), Word("not", 8)))),
        ("ti:pruning", Word("pruning", 4, "title")),
        ("TITLE:pruning", Word("pruning", 7, "title")),
        ("abs:(a OR b)", Or((Word("a", 6, "abstract"), Word("b", 11, "abstract")))),
        ('note:"flow matching"', Phrase("flow matching", 6, "notes_text")),
        ('au:"Hinton, Geoffrey"', And((Word("Hinton", 4, "authors"), Word("Geoffrey", 4, "authors")))),
        ("transf*", Word("transf", 1, prefix=True)),
        ("ti:transf*", Word("transf", 4, "title", prefix=True)),
        ("cat:cs.cl", Fact("category", "cs.CL", 5)),
        ("cat:CS.*", Fact("category", "cs.*", 5)),
        ("cat:cond-mat.STAT-mech", Fact("category", "cond-mat.stat-mech", 5)),
        ('tag:"To Read"', Fact("tag", "to-read", 5)),
        ("status:starred", Fact("status", "star", 8)),
        ("has:note", Fact("is", "noted", 5)),
        ("id:arXiv:2501.01234v2", Fact("id", "2501.01234", 4)),
        ("doi:https://doi.org/10.1234/X", Fact("doi", "10.1234/x", 5)),
        ("date:2026-01..", Between("date", "2026-01-01", None, "2026-01..", 6)),
        ("date:2026-01-05..2026-02", Between("date", "2026-01-05", "2026-03-01", "2026-01-05..2026-02", 6)),
        ("date:2025-12", Between("date", "2025-12-01", "2026-01-01", "2025-12", 6)),
        ("date:>=2026-02-28", Between("date", "2026-02-28", None, ">=2026-02-28", 6)),
        ("date:<2026", Between("date", None, "2026-01-01", "<2026", 6)),
        ("date:yesterday", Between("date", "2026-03-09", "2026-03-10", "yesterday", 6)),
        ("added:7d", Between("added", "2026-03-03", None, "7d", 7)),
        ("year:2024..2026", Between("year", "2024", "2027", "2024..2026", 6)),
        ("year:..2024", Between("year", None, "2025", "..2024", 6)),
        ('~"less memory"', Meaning("less memory", 1)),
        ("~memory", Meaning("memory", 1)),
        ("like:2501.01234", Like("2501.01234", 6)),
        ("what is new?", And((Word("what", 1), Word("is", 6), Word("new?", 9)))),
        ("10:30", Word("10:30", 1)),
        ("std::vector", Word("std::vector", 1)),
        ("https://arxiv.org", Word("https://arxiv.org", 1)),
        ("", None),
        ("   ", None),
    ],
)
def test_reads(text: str, node: Node | None) -> None:
    assert read(text) == node


@pytest.mark.parametrize(
    ("text", "column", "says"),
    [
        ("NOT", 4, "ends too early"),
        ("a AND", 6, "ends too early"),
        ("(a OR b c", 1, "never closed"),
        ("((a) b", 1, "never closed"),
        ("a)", 2, "closes nothing"),
        ("a ()", 4, "cannot stand here"),
        ("auther:x", 1, "Did you mean author:"),
        ('foo:"a b"', 1, "no field foo:"),
        ("hyp:3", 1, "not in this version"),
        ("x score:0.6..", 3, "not in this version"),
        ("date:soon", 6, "cannot be 'soon'"),
        ("date:2026-02-30", 6, "cannot be"),
        ("year:2026..2024", 6, "ends before it begins"),
        ('date:""', 6, "needs a value"),
        ('x year:"', 8, "needs a value"),
        ('like:""', 6, "needs"),
        ("date:..", 6, "neither beginning nor end"),
        ("status:maybe", 8, "nothing that labtop knows"),
        ("a wo*", 3, "three letters"),
        ("a OR ~b", 6, "cannot stand under OR"),
        ("NOT like:2501.01234", 10, "cannot stand under NOT"),
        ("ti:(cat:cs.CL)", 5, "stands inside title"),
        ("a title:", 9, "needs a value"),
        ("ti:?", 4, "needs a word"),
        ("😀", 1, "nothing to search for"),
        ('"', 1, "nothing to search for"),
        ("x" * 30_000, 20_000, "characters"),
    ],
)
def test_points_at_what_it_refuses(text: str, column: int, says: str) -> None:
    with pytest.raises(QueryError, match=says) as caught:
        read(text)
    assert caught.value.column == column
    assert caught.value.expected


@pytest.mark.parametrize(
    ("text", "node", "says"),
    [
        ('"graph netw', Phrase("graph netw", 1), "never closed"),
        ('disk "', Word("disk", 1), "left out"),
        ("foo:bar", Word("foo:bar", 1), "not a field"),
        ("title: pruning", And((Word("title:", 1), Word("pruning", 8))), "no blank"),
    ],
)
def test_plain_intent_is_read_leniently_and_said(text: str, node: Node, says: str) -> None:
    parsed = parse(text, today=TODAY)
    assert parsed.node == node
    assert any(says in notice for notice in parsed.notices)


def test_deep_nesting_is_refused_not_crashed_on() -> None:
    with pytest.raises(QueryError, match="nested"):
        read("(a OR (b AND " * 300 + "c" + "))" * 300)


def test_ten_thousand_characters_are_read() -> None:
    assert len(leaves(read("word " * 2_000))) == 2_000
    assert read("(" * 30 + "a" + ")" * 30) == Word("a", 31)
    assert read("NOT " * 2_000 + "a") == Word("a", 8_001)


def test_the_caret_stands_under_the_fault() -> None:
    text = f"{'long ' * 60}\x1b[31mauther:x{' and on' * 60}"
    with pytest.raises(QueryError) as caught:
        read(text)
    line, mark = caret(text, caught.value)
    assert line[mark.index("^") :].startswith("auther:x")
    assert len(line) < 80
    assert "\x1b" not in line


def test_the_caret_counts_wide_characters_as_two_cells() -> None:
    with pytest.raises(QueryError) as caught:
        read("模型 auther:x")
    assert caret("模型 auther:x", caught.value) == ("模型 auther:x", f"{' ' * 5}^")


_PIECES = st.sampled_from(
    [
        *('"', "(", ")", " ", "  ", "-", "~", "*", ":", "..", "AND", "OR", "NOT", " AND ", " OR ", " NOT ", "“", "”"),
        *("ti:", "cat:", "date:", "year:", "like:", "is:", "foo:", "a", "b c", "word*", "2026-01", "cs.CL", "..2024"),
        *("'", "\\", "%", "{title} :", "NEAR(", "^", "+", "\x00", "é", "😀", "機械学習", "\u202e", ";--"),
    ]
)
ANY_TEXT = st.one_of(st.text(max_size=80), st.lists(_PIECES, max_size=14).map("".join))


@settings(max_examples=400, deadline=None)
@given(ANY_TEXT)
@example('"" OR')
@example("ti:\ud800")
@example("-" * 50)
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        parsed = parse(text, today=TODAY)
    except QueryError as error:
        assert 1 <= error.column <= len(tidy(text)) + 1  # noqa: PT017
        caret(text, error)
    else:
        for leaf in leaves(parsed.node):
            assert 1 <= leaf.column <= len(parsed.text)


@settings(max_examples=200, deadline=None)
@given(ANY_TEXT)
def test_plain_text_holds_no_syntax(text: str) -> None:
    try:
        found = leaves(read(plain(text)))
    except QueryError as error:
        assert "nothing to search for" in str(error)  # noqa: PT017
    else:
        assert all(isinstance(leaf, Word) and not leaf.field and not leaf.prefix for leaf in found)


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("2611.00004", Fact("id", "2611.00004", 1)),
        (" 2604.09492v1 ", Fact("id", "2604.09492", 1)),
        ("arXiv:2604.09492v1", Fact("id", "2604.09492", 1)),
        ("arXiv:2604.09492v1 [cs.IR]", Fact("id", "2604.09492", 1)),
        ("arXiv: 2604.09492", Fact("id", "2604.09492", 1)),
        ("https://arxiv.org/abs/2604.09492v2", Fact("id", "2604.09492", 1)),
        ("http://www.arxiv.org/pdf/2604.09492v1.pdf#page=3", Fact("id", "2604.09492", 1)),
        ("math/0309136", Fact("id", "math/0309136", 1)),
        ("https://doi.org/10.48550/arXiv.2604.09492", Fact("id", "2604.09492", 1)),
        ("doi:10.48550/arXiv.2604.09492", Fact("id", "2604.09492", 1)),
        ("10.1145/3397271.3401075", Fact("doi", "10.1145/3397271.3401075", 1)),
        ("https://doi.org/10.1145/3397271.3401075", Fact("doi", "10.1145/3397271.3401075", 1)),
        ("10.1016/S0140-6736(20)30183-5", Fact("doi", "10.1016/s0140-6736(20)30183-5", 1)),
    ],
)
def test_a_pasted_identifier_means_its_paper(text: str, fact: Fact) -> None:
    assert read(text) == fact


@pytest.mark.parametrize("text", ["2611.00004 pruning", "10.1145/x OR pruning", '"2604.09492"', "2613.00004", "3.14"])
def test_more_than_an_identifier_is_words(text: str) -> None:
    assert not any(isinstance(leaf, Fact) for leaf in leaves(read(text)))
