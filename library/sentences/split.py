"""Text into sentences by rules: one pass, exact places, no model.

Offsets are those of a Python str (Unicode code points): `text[span.start:span.end]` is the sentence. Spans ascend, do
not overlap, begin and end with a visible character, and together hold every visible character of the text. What is no
prose comes out in pieces that are short enough to be quoted. The time is linear in the length of the text.

Own rules, because the libraries are either slow beyond reason, need trained data, return texts instead of places, or
do not know the abbreviations of papers (benchmarks/README.md has the figures).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from library.sentences import words

RULES: Final = 1  # counts up whenever these rules change: texts that were split by other ones are split again
LONGEST: Final = 2_000  # characters of a sentence; what runs on without an end is cut at a blank

_CLOSERS = r"""(?:["'”’»›)\]}*_$]|\[\d[\d,;–\- ]{0,30}\])*"""
_MARK = re.compile(
    rf"(?P<stop>[.!?…]+{_CLOSERS})"
    r"|(?P<wide>[。！？｡．]+[」』”’）］〉》】)\]\"']*)"
    r"|(?P<line>\n\s*)"
    r"|(?P<bullet>[•◦▪‣●■])"
)
_STOPS = re.compile(r"[.!?…]+")
_MATH = re.compile(
    r"\$\$[^$]{1,2000}\$\$"
    r"|(?<!\\)\$(?=[^\s$]*[\\^_{=<>])[^\s$]{1,80}\$"  # $\geq$90
    r"|(?<!\\)\$(?![\s$])(?:[^$\\\n]|\\.|\n(?!\s?\n)){1,300}(?<!\s)\$(?!\d)"  # not "$5 to $7"
    r"|\\\((?:[^\\]|\\(?![()])){1,300}\\\)"
    r"|\\\[(?:[^\\]|\\(?![\[\]])){1,2000}\\\]",
    re.DOTALL,
)
_PROSE = re.compile(r"[a-z]{3}[.!?]\s+[A-Z][\w-]+\s+[a-z]")  # between two $: then they are no pair
_PARENTHESIS = re.compile(r"[()（）]|\n\s*\n")
_BLANK = re.compile(r"\s")
_NEXT = re.compile(r"\S")
_FIRST_WORD = re.compile(r"[\"'“‘«(\[*_]*([A-Z][A-Za-z]*)(?![\w.])")
_GLUED = re.compile(r"([A-Z][a-z]+)(?:-[a-z]+)*,?(?=\s)|[A-Z]\w+(?=\s)")
_PLAIN_END = re.compile(r"[(\"“]?(?:[A-Za-z]+-)*[A-Za-z]*[a-z]{3}[)\"”]?|\S*[)\]$%\d]")
_SMALL_WORD = re.compile(r"\s[a-z]")
_NUMBER_NEXT = re.compile(r"[(\[]?\d|[(\[]?[IVXivx]+\b")
# What begins small and may begin a sentence: mT5, word2vec, torch.nn, an address, "ii) we show".
_OWN_CASE = re.compile(r"[a-z]+[A-Z]|[a-z]{1,8}-?\d|[a-z]{3,}[._]\w|https?://|(?:[ivx]{1,4}|[a-h])\)\s")
_SUBJECT = re.compile(r"[A-Z]\S*\s+(?:is|are|was|were|has|have|can|consists?|achieves?|outperforms?|provides?)\b")
_DOTTED = re.compile(r"(?:[A-Za-z]\.)+[A-Za-z]")
_COMMENT = re.compile(r"%+\s?[A-Z]")  # left over from LaTeX
_ENUMERATOR = re.compile(
    r"[(\[]?(?:\d{1,3}(?:\.\d{1,3}){0,4}|[A-Za-z]|[IVXivx]{1,6}|(?:RQ|[AQHCS])\d{1,2})[)\]]?"
    r"|(?:Theorem|Lemma|Proposition|Corollary|Definition|Assumption|Claim|Remark|Example|Step|Phase|Stage)\s\d[\d.]{0,6}"
)
_ITEM = re.compile(r"(?:[-*•◦▪‣●■]|#{1,6}|>)\s|\|")
_NUMBERED_ITEM = re.compile(r"(?:\d{1,3}[.)]|\(?[a-z]\)|\(?[ivx]{1,5}\)|\(\d{1,3}\)|\[\d{1,3}\]|[–—+])\s")
_NUMBERED_HEADING = re.compile(r"(?:\d{1,2}(?:\.\d{1,2}){0,3}\.?|[IVX]{1,5}\.|[A-Z]\.)\s+[A-Z]")
_PARTICLES = "とっでにをがはもの、，"  # what follows a closing 」 inside a Japanese sentence
_OPENING = "\"'“‘«([{$\\#*_@~<`-–—¿¡「『（《【"  # what a sentence may begin with beside letters and digits
_SHORT_LINE, _HEADING = 40, 60  # characters of a line that stands by itself


@dataclass(frozen=True, slots=True)
class Span:
    """A sentence's place: `text[start:end]`, in code points."""

    start: int
    end: int


def split(text: str) -> tuple[Span, ...]:
    """The sentences of `text`, in order."""
    spans: list[Span] = []
    begin = 0
    for end in (*_Scan(text).cuts(), len(text)):
        first = _NEXT.search(text, begin, end)
        if first is not None:
            spans += _in_pieces(text, first.start(), begin + len(text[begin:end].rstrip()))
        begin = end
    return tuple(spans)


def _in_pieces(text: str, start: int, end: int) -> Iterator[Span]:
    while end - start > LONGEST:
        half = start + LONGEST // 2
        cut = max((found.start() for found in _BLANK.finditer(text, half, start + LONGEST)), default=start + LONGEST)
        yield Span(start, start + len(text[start:cut].rstrip()))
        following = _NEXT.search(text, cut, end)
        assert following is not None  # the last character before `end` is visible
        start = following.start()
    yield Span(start, end)


class _Scan:
    """One pass over a text. What is known of the sentence that is being read is kept here."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._start = 0  # of the present sentence
        self._line = 0  # of the present line
        self._depth = self._counted = self._opened = 0  # parentheses
        self._math = iter(_formulas(text))
        self._formula = next(self._math, None)

    def cuts(self) -> Iterator[int]:
        """Where sentences end; blank space may follow."""
        self._begin(0)
        for match in _MARK.finditer(self._text):
            kind = match.lastgroup
            if kind == "line":
                if self._line_ends(match):
                    yield match.start()
                    self._begin(match.end())
                self._line = match.end()
            elif kind == "bullet":
                if match.start() > self._start and self._text[match.start() - 1].isspace():
                    yield match.start()
                    self._begin(match.start())
            elif not self._in_formula(*match.span()):
                ends = self._stop_ends(match) if kind == "stop" else self._wide_ends(match)
                if ends and not self._in_parentheses(match.end()):
                    yield match.end()
                    self._begin(match.end())

    def _begin(self, place: int) -> None:
        first = _NEXT.search(self._text, place)
        self._start = first.start() if first else len(self._text)
        self._depth, self._counted = 0, self._start

    def _in_formula(self, place: int, end: int) -> bool:
        """Whether a mark is inside a formula, and not its last."""
        while self._formula is not None and self._formula[1] <= place:
            self._formula = next(self._math, None)
        return self._formula is not None and self._formula[0] <= place and end < self._formula[1]

    def _in_parentheses(self, place: int) -> bool:
        """Whether `place` is inside parentheses that were opened within the sentence, and are closed soon."""
        for found in _PARENTHESIS.finditer(self._text, self._counted, place):
            if found[0] in "(（":
                if not self._depth:
                    self._opened = found.start()
                self._depth += 1
            elif found[0] in ")）":
                self._depth = max(0, self._depth - 1)
        self._counted = max(self._counted, place)
        if not self._depth or self._opened == self._start:
            return False
        following = _PARENTHESIS.search(self._text, place, place + 400)
        return following is not None and following[0] in ")）"

    def _stop_ends(self, match: re.Match[str]) -> bool:
        text, place, after = self._text, match.start(), match.end()
        if after >= len(text):
            return False
        stops = _STOPS.match(text, place)
        assert stops is not None
        dot = stops[0] == "."
        if not text[after].isspace():
            return after == stops.end() and len(stops[0]) == 1 and self._glued(place, after)
        following = _NEXT.search(text, after)
        if following is None:
            return False
        first, opens = following[0], following.start()
        before = text[max(self._start, place - 40) : place]
        word = before.rsplit(None, 1)[-1].lstrip("([{\"'“‘«*_$—–") if before and not before[-1].isspace() else ""
        if first.islower() and not _OWN_CASE.match(text, opens):
            return False
        if not (first.isalnum() or first in _OPENING or _COMMENT.match(text, opens)):
            return False
        if not dot:
            return word.rstrip(",") != "Yahoo" and not before.rstrip().endswith(",")
        return not self._is_abbreviation(word, before, place, opens)

    def _is_abbreviation(self, word: str, before: str, place: int, opens: int) -> bool:
        """Whether the full stop at `place` belongs to the `word` before it, and the sentence goes on at `opens`."""
        text, small = self._text, word.lower().rstrip(".")
        if place - self._start <= 24 and _ENUMERATOR.fullmatch(text, self._start, place):
            return True  # the number of a section, an item or a question: it belongs to what follows
        before_number = _NUMBER_NEXT.match(text, opens) is not None
        if before_number and (small in words.BEFORE_NUMBERS or word in words.CAPITAL_BEFORE_NUMBERS):
            return True
        if len(word) > 1 and word.isupper() and "." not in word:
            return before_number and small in words.NEVER_LAST  # an acronym: MT, DR, MS
        if small in words.NEVER_LAST or word in words.NEVER_LAST_CAPITAL or before.endswith(("i. e", "e. g")):
            return True
        initial = len(word) == 1 and word.isupper()
        if not initial and small not in words.RARELY_LAST and not _DOTTED.fullmatch(word):
            return False
        opener = _FIRST_WORD.match(text, opens)
        if opener is None or opener[1] not in words.OPENERS:
            return small not in ("etc", "i.i.d") or _SUBJECT.match(text, opens) is None
        return initial and len(opener[1]) == 1 and not _SMALL_WORD.match(text, opener.end())

    def _glued(self, place: int, after: int) -> bool:
        """Whether a sentence ends here although the blank behind it was forgotten: "of frames.These are"."""
        text = self._text
        if _is_other_letter(text[after]) and not text[place - 1 : place].isdigit():
            return True
        before = text[max(self._start, place - 40) : place].rsplit(None, 1)
        word = before[-1] if before else ""
        opener = _GLUED.match(text, after)
        if opener is None or not _PLAIN_END.fullmatch(word):
            return False
        if opener[1] in words.OPENERS:
            return True
        plain = word == word.lower() and not word[-1].isdigit() and word not in words.MODULES
        return plain and _SMALL_WORD.match(text, opener.end()) is not None

    def _wide_ends(self, match: re.Match[str]) -> bool:
        following = self._text[match.end() : match.end() + 1]
        if match[0] == "．" and following.isdigit():
            return False
        return not (following and following in _PARTICLES and match[0][-1] not in "。！？｡．")

    def _line_ends(self, match: re.Match[str]) -> bool:
        """Whether a line break ends a sentence: paragraphs, items, headings, and short lines that stand alone."""
        text, end, opens = self._text, match.start(), match.end()
        if match[0].count("\n") > 1 or opens >= len(text) or end <= self._start:
            return True
        begin = max(self._line, self._start)
        line = text[begin:end].strip() if end - begin <= 200 else ""
        if _ITEM.match(text, opens) or line[:1] == "|" or (line[:1] == "#" and _ITEM.match(line)):
            return True
        last = text[end - 1]
        if _NUMBERED_ITEM.match(text, opens) and (last in ".:;!?" or _NUMBERED_ITEM.match(line)):
            return True
        if not line or not (text[opens].isupper() or text[opens].isdigit() or text[opens] in '([“"*_$'):
            return False
        return _stands_alone(line)


def _formulas(text: str) -> list[tuple[int, int]]:
    if "$" not in text and "\\" not in text:
        return []
    return [found.span() for found in _MATH.finditer(text) if not _PROSE.search(text, *found.span())]


def _stands_alone(line: str) -> bool:
    """Whether a line without an end of its own is a heading, a name, a thought: nothing that the next one continues."""
    if line.lower().rstrip(":") in words.HEADINGS:
        return True
    last = re.split(r"[\s(\[]+", line)[-1].lower()
    if not (line[-1].isalnum() or line[-1] in ')]:"”’*_%') or last in words.NEVER_ENDS_LINE:
        return False
    return len(line) <= _SHORT_LINE or (len(line) <= _HEADING and bool(_NUMBERED_HEADING.match(line)))


def _is_other_letter(character: str) -> bool:
    """A letter of a script that has no capitals (Chinese, Japanese, Arabic, Hindi …)."""
    return character.isalpha() and not character.isupper() and not character.islower()
