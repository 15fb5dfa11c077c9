"""Reading a query. The grammar is Lark's (LALR); every character that a person may type has a place in it.

Written-out syntax is obeyed or refused with its column. Where the intent is plain it is read leniently and said so: a
quote that is never closed ends with the text, `foo:bar` of an unknown field is searched as it stands.
"""

import functools
import re
import unicodedata
from datetime import date
from typing import TYPE_CHECKING, Final

from library.errors import QueryError
from library.search.fields import FIELDS, LATER, field_name, fielded, has_token, identifier, near_field, word
from library.search.query import And, Like, Meaning, Node, Or, Parsed, Phrase, Word, conjuncts, join, leaves, negate
from library.text import clean

if TYPE_CHECKING:
    from lark import Lark, Token, Tree

MAX_CHARACTERS: Final = 20_000
MAX_DEPTH: Final = 40
MAX_PARTS: Final = 250  # that are written out (bare words have a limit of their own): SQLite takes some 500
# Operators count only in capitals and standing alone; "-" only before a term; a field only where its value follows.
GRAMMAR: Final = r"""
start: [_or]
_or: either | _and
either: _and (_OR _and)+
_and: both | _unary
both: _unary (_AND? _unary)+
_unary: negated | _atom
negated: NOT+ _atom
_atom: group | fielded | meaning | PHRASE | WORD
group: LPAR _or RPAR
fielded: FIELD (group | PHRASE | WORD)
meaning: TILDE (PHRASE | WORD)

_OR.3: /(?:OR|\|\|)(?=[\s()]|$)/
_AND.3: /(?:AND|&&)(?=[\s()]|$)/
NOT.3: /(?:NOT|ANDNOT)(?=[\s()]|$)|(?<![^\s(:])-(?=[^\s\-)])/
FIELD.3: /[^\W\d_][\w]*:(?=[^\s:)\/])/
TILDE.3: /~(?=[^\s~)(])/
PHRASE.2: /["“”„«»][^"“”„«»]*(?:["“”„«»]|$)/
LPAR: "("
RPAR: ")"
WORD: /[^\s()"“”„«»]+/
%ignore /\s+/
"""
_OPERATORS: Final = frozenset({"AND", "OR", "NOT", "ANDNOT"})
_SAYS: Final = {
    "_OR": "OR",
    "_AND": "AND",
    "RPAR": ")",
    "WORD": 'a word, a "phrase", field:value or (',
    "$END": "the end of the query",
}


def parse(text: str, *, today: date) -> Parsed:
    """Read `text`. Raises QueryError, and nothing else, for whatever cannot be read."""
    from lark.exceptions import UnexpectedInput

    written = tidy(text)
    if len(written) > MAX_CHARACTERS:
        raise QueryError(
            f"The query has {len(written):,} characters.",
            column=MAX_CHARACTERS,
            expected=f"at most {MAX_CHARACTERS:,} characters",
        )
    if not written.strip():
        return Parsed(written, None)
    named = identifier(written.strip())
    if named is not None:
        return Parsed(written, named)
    try:
        tree = _parser().parse(written)
    except UnexpectedInput as error:
        raise _explained(written, error) from None
    reader = _Reader(written, today)
    node = reader.read_all(tree.children)
    if node is None:
        raise QueryError(
            f"There is nothing to search for in {shortened(written)}.",
            column=1,
            expected="a word, a number or a field",
        )
    parts = [leaf for leaf in leaves(node) if not isinstance(leaf, Word) or leaf.field or leaf.prefix]
    parts += [leaf for part in conjuncts(node) if not isinstance(part, Word) for leaf in leaves(part)]
    parts = list(dict.fromkeys(parts))
    if len(parts) > MAX_PARTS:
        raise QueryError(
            f"The query has {len(parts):,} fields, phrases and alternatives.",
            column=parts[MAX_PARTS].column,
            expected=f"at most {MAX_PARTS} of them",
        )
    return Parsed(written, node, tuple(dict.fromkeys(reader.notices)))


def tidy(text: str) -> str:
    """The text that is read, and that columns count in: cleaned, on one line, nothing else changed."""
    return re.sub(r"[\t\n]", " ", clean(text))


def plain(text: str) -> str:
    """A query of the bare words of `text`: whatever stands in it, nothing of it is syntax."""
    words = (word.strip("-~*|&") for word in re.sub(r'[()"“”„«»:]', " ", tidy(text)).split())
    return " ".join(word.lower() if word in _OPERATORS else word for word in words if word)


def caret(text: str, error: QueryError, *, width: int = 76) -> tuple[str, str]:
    """Two lines: the query (around the fault, where it is long) and a caret under the fault."""
    written = tidy(text)
    at = max(0, min(error.column - 1, len(written)))
    start = max(0, at - width // 2) if len(written) > width else 0
    part = written[start : start + width]
    before, after = "…" if start else "", "…" if start + width < len(written) else ""
    return f"{before}{part}{after}", f"{' ' * (_cells(written[start:at]) + len(before))}^"


def _cells(text: str) -> int:
    """Cells of a terminal: two for wide characters (Chinese, emoji), none for marks that join the one before."""
    wide = sum(unicodedata.east_asian_width(one) in "WF" for one in text)
    return len(text) + wide - sum(unicodedata.category(one) in ("Mn", "Me", "Cf") for one in text)


def shortened(text: str, width: int = 40) -> str:
    """`text` in typographic quotes, cut where it is long."""
    text = text.strip()
    return f"“{text if len(text) <= width else text[: width - 1] + '…'}”"


@functools.cache
def _parser() -> "Lark":
    from lark import Lark

    return Lark(GRAMMAR, parser="lalr", lexer="contextual", maybe_placeholders=False)


class _Reader:
    """Lark's tree into ours. Depth is bounded before recursion is."""

    def __init__(self, text: str, today: date) -> None:
        self.text, self.today = text, today
        self.notices: list[str] = []

    def read_all(self, children: "list[Tree[Token] | Token]") -> Node | None:
        found = [self.read(child, None, 0) for child in children]
        return join(And, [node for node in found if node is not None])

    def read(self, item: "Tree[Token] | Token", field: str | None, depth: int) -> Node | None:
        """The node of `item`, whose bare values belong to `field`; None where nothing in it can be searched."""
        from lark import Token

        if isinstance(item, Token):
            return self.value(item, field)
        if depth > MAX_DEPTH:
            raise QueryError(
                "The query is nested too deeply.",
                column=_column(item),
                expected=f"at most {MAX_DEPTH} parentheses in one another",
            )
        children = item.children
        match str(item.data):
            case "negated":
                return self.negated(children, field, depth)
            case "group":
                return self.read(children[1], field, depth + 1)
            case "fielded":
                return self.fielded(children, field, depth)
            case "meaning":
                return self.meaning(children[1], field)
            case kind:
                found = [self.read(child, field, depth) for child in children]
                nodes = [node for node in found if node is not None]
                if kind == "either":
                    for node in nodes:
                        _only_selecting(node, "OR")
                return join(Or if kind == "either" else And, nodes)

    def value(self, token: "Token", field: str | None) -> Node | None:
        """A phrase or a word, bare or of a field."""
        column = token.column or 1
        quoted = token.type == "PHRASE"
        text = self.unquoted(token) if quoted else str(token)
        if field is not None:
            return fielded(field, text, quoted=quoted, column=column, today=self.today)
        if not quoted:
            self.look_for_detached_field(text, token)
            return word(text, column)
        return Phrase(text, column) if has_token(text) else None

    def look_for_detached_field(self, text: str, token: "Token") -> None:
        """`title: x`: the value has to follow the colon; at the end of the query it is still to come."""
        name = field_name(text[:-1]) if text.endswith(":") else None
        if name is None:
            return
        end = (token.column or 1) + len(text)
        if not self.text[end - 1 :].strip():
            raise QueryError(f"{text} needs a value.", column=end, expected=f"a value right after {text}")
        self.notices.append(f"{text} was read as a word: to search that field leave no blank after the colon.")

    def unquoted(self, token: "Token") -> str:
        text = str(token)
        if len(text) > 1 and text[-1] in '"“”„«»':
            return text[1:-1].strip()
        if has_token(text):
            self.notices.append(f"The quote in column {token.column} is never closed: read as a phrase up to the end.")
        else:
            self.notices.append(f"The quote in column {token.column} stands alone and was left out.")
        return text[1:].strip()

    def negated(self, children: "list[Tree[Token] | Token]", field: str | None, depth: int) -> Node | None:
        node = self.read(children[-1], field, depth)
        if node is None:
            return None
        _only_selecting(node, "NOT")
        return negate(node) if len(children) % 2 == 0 else node

    def fielded(self, children: "list[Tree[Token] | Token]", outer: str | None, depth: int) -> Node | None:
        from lark import Token

        written, value = str(children[0])[:-1], children[1]
        column = _column(children[0])
        name = field_name(written)
        if name is None:
            return self.unknown_field(written, column, value, outer)
        if outer is not None and outer != name:
            raise QueryError(
                f"{name}: stands inside {outer}:( … ).", column=column, expected=f"values of {outer}: only"
            )
        if isinstance(value, Token):
            return self.value(value, name)
        node = self.read(value, name, depth)
        if node is None:
            raise QueryError(f"{written}:( … ) is empty.", column=column, expected=f"a value for {written}:")
        return node

    def unknown_field(self, written: str, column: int, value: "Tree[Token] | Token", outer: str | None) -> Node | None:
        from lark import Token

        if written.lower() in LATER:
            raise QueryError(
                f"{written}: searches {LATER[written.lower()]}, which are not in this version.",
                column=column,
                expected=f"one of {', '.join(FIELDS)}",
            )
        near = near_field(written)
        if near is not None or not isinstance(value, Token) or value.type != "WORD":
            hint = f" Did you mean {near}:?" if near else ""
            raise QueryError(
                f"There is no field {written}:.{hint}", column=column, expected=f"one of {', '.join(FIELDS)}"
            )
        literal = f"{written}:{value}"
        self.notices.append(f"{written}: is not a field, so {shortened(literal)} was searched as it stands.")
        if outer is not None:
            return fielded(outer, literal, quoted=False, column=column, today=self.today)
        return word(literal, column)

    def meaning(self, item: "Tree[Token] | Token", field: str | None) -> Node | None:
        from lark import Token

        assert isinstance(item, Token)
        column = (item.column or 2) - 1
        if field is not None:
            raise QueryError(
                f"~ ranks by meaning and cannot be a value of {field}:.", column=column, expected="a word or a phrase"
            )
        text = self.unquoted(item) if item.type == "PHRASE" else str(item)
        return Meaning(text, column) if has_token(text) else None


def _only_selecting(node: Node, operator: str) -> None:
    """~ and like: rank papers and select none, so that OR and NOT can make nothing of them."""
    for leaf in leaves(node):
        if isinstance(leaf, (Meaning, Like)):
            what = "~" if isinstance(leaf, Meaning) else "like:"
            raise QueryError(
                f"{what} ranks papers and selects none, so it cannot stand under {operator}.",
                column=leaf.column,
                expected=f"{what} beside the rest of the query, not inside {operator}",
            )


def _column(item: "Tree[Token] | Token") -> int:
    from lark import Token

    while not isinstance(item, Token):
        if not item.children:
            return 1
        item = item.children[0]
    return item.column or 1


def _explained(text: str, error: Exception) -> QueryError:
    from lark.exceptions import UnexpectedToken

    if not isinstance(error, UnexpectedToken):  # a lone operator sign such as a "~" before a blank ends up here
        column = int(getattr(error, "column", 1) or 1)
        return QueryError(
            f"{shortened(text[column - 1 : column + 20])} cannot be read.", column=column, expected=_SAYS["WORD"]
        )
    names = [_SAYS[name] for name in ("WORD", "RPAR", "$END") if name in error.expected]
    expected = " or ".join(names) or _SAYS["WORD"]
    token = error.token
    if token.type == "$END":
        opened = _open_parenthesis(text)
        if opened and "RPAR" in error.expected:
            return QueryError(f"The ( in column {opened} is never closed.", column=opened, expected=") further on")
        return QueryError("The query ends too early.", column=len(text.rstrip()) + 1, expected=expected)
    column = token.column or 1
    if token.type == "RPAR" and not _open_parenthesis(text[: column - 1]):
        return QueryError("This ) closes nothing.", column=column, expected="a ( before it, or no )")
    return QueryError(f"{shortened(str(token))} cannot stand here.", column=column, expected=expected)


def _open_parenthesis(text: str) -> int:
    """Column of the last parenthesis left open in `text`, 0 for none; those inside quotes do not count."""
    bare = re.sub(r'["“”„«»][^"“”„«»]*(?:["“”„«»]|$)', lambda match: " " * len(match[0]), text)
    opened: list[int] = []
    for at, character in enumerate(bare, 1):
        if character == "(":
            opened.append(at)
        elif character == ")" and opened:
            opened.pop()
    return opened[-1] if opened else 0
