"""Titles and names as the worst of sources write them, cleaned as they are when they come in."""

from hypothesis import strategies as st

from library.papers.model import Author
from library.text import one_line

TITLES = (
    "Plain",
    "<script>alert(1)</script> & <b>bold</b> &amp; &lt;",
    "[red]markup[/red] [link=file:///etc/passwd]x[/link]",
    "\x1b[31mred\x1b[0m \x1b]0;title\x07 bell",
    "right to left \u202egnirts\u202c and \u2066isolates\u2069",
    "العربية و עברית in one title",
    "深度学习：一种方法（第二版）",
    "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 😀 e\u0301 ﬁ",
    "$\\ell_1$ norms, 5% of R&D_sets #1 ~ ^ \\",
    "{Braces} {{nested}} {unbalanced",
    "}closing first{",
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2",
    "@SUM(A1)",
    "'quoted",
    '"double", and; semicolons \\; too',
    "TY  - JOUR",
    "ER  - ",
    "# heading * _emph_ `code` | cell",
    "---",
    "%% labtop:end %%",
    "x" * 10_000,
    "word " * 300,
    "a -- b --- c … “q” ‘r’",
    "null",
    "2026-01-01",
    "yes",
    "12:30:45",
    "\u2028line\u2029paragraph\x85next",
)
PEOPLE = (
    Author("Ada Lovelace", "Lovelace", "Ada"),
    Author("Ludwig van Beethoven", "van Beethoven", "Ludwig"),
    Author("Johannes Diderik van der Waals", "van der Waals", "Johannes Diderik"),
    Author("Pierre De Vries", "De Vries", "Pierre"),
    Author("Martin King Jr.", "King Jr.", "Martin"),
    Author("Plato", "Plato", ""),
    Author("Plato"),
    Author("World Health Organization", "World Health Organization", ""),
    Author("Barnes and Noble, Inc.", "Barnes and Noble, Inc.", ""),
    Author("Jürgen Müller"),
    Author("王小明"),
    Author("小明 王", "王", "小明"),
    Author("José María Ñandú y Ortega", "Ñandú y Ortega", "José María"),
    Author("Ursula K. Le Guin", "Le Guin", "Ursula K."),
    Author("d'Alembert", "d'Alembert", ""),
    Author("Robert'); DROP TABLE paper;--", "", ""),
    Author("=cmd|' /C calc'!A0"),
    Author("A {B", "{B", "A"),
    Author("Others and Sons", "and Sons", "Others"),
    Author("\\o Ø", "Ø", "\\o"),
    Author("\\ \\", "\\", "\\"),
    Author("LIGO Collaboration"),
    Author("N" * 3_000, "N" * 3_000, ""),
)
_ALPHABET = st.one_of(
    st.sampled_from("ab cd{}\\$%&#_^~\"'@,;:= é—中\n\t-+<>[]()|*`!?.\u202e\u200fאب😀\x1b\r'"),
    st.characters(codec="utf-8"),
)
words = st.text(_ALPHABET, max_size=40).map(one_line)
titles = st.one_of(st.sampled_from(TITLES).map(one_line), words)


def _person(parts: tuple[str, str]) -> Author:
    family, given = (part.strip(" ,") for part in parts)
    return Author(f"{given} {family}".strip(), family, given)


people = st.lists(
    st.one_of(
        st.sampled_from(PEOPLE), st.tuples(words, words).map(_person), words.map(lambda name: Author(name, name, ""))
    ).filter(lambda author: bool(author.name)),
    max_size=4,
).map(tuple)
