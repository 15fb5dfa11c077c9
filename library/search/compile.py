"""A query's tree into what SQLite is asked: FTS5 expressions of quoted tokens, and SELECTs of ids with parameters.

What a person writes out (quotes, fields, OR, NOT, prefixes) is required of every hit. Bare words are required of the
keyword side only: the same words also rank by meaning, and may be looked for one by one where no paper has them all.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from library.search.query import (
    And,
    Between,
    Fact,
    Like,
    Meaning,
    Node,
    Not,
    Or,
    Parsed,
    Phrase,
    Word,
    conjuncts,
    leaves,
)

Sql = tuple[str, tuple[str | int, ...]]
MAX_WORDS = 64  # of one question that the keyword side asks for; the meaning side reads them all


@dataclass(frozen=True, slots=True)
class Plan:
    """What to ask.

    `words`: bare words, once each. `required`: text that every hit must match, as one FTS5 expression ("" for none).
    `excluded`: text that none may match. `conditions`: SELECTs of ids, each with whether ids in it are wanted.
    `question`: the text that is encoded ("" for none). `like`: papers named by like:. `repeats`: bare words that were
    said more than once, and how often.
    """

    words: tuple[Word, ...]
    required: str
    excluded: tuple[str, ...]
    conditions: tuple[tuple[bool, Sql], ...]
    question: str
    like: tuple[Like, ...]
    dropped_words: int = 0
    repeats: tuple[tuple[str, int], ...] = ()

    @property
    def restricts(self) -> bool:
        """Whether some papers are ruled out whatever they mean."""
        return bool(self.required or self.excluded or self.conditions)

    @property
    def has_text(self) -> bool:
        """Whether the keyword side has something to rank by."""
        return bool(self.words or self.required)

    @property
    def has_meaning(self) -> bool:
        """Whether the meaning side has something to rank by."""
        return bool(self.question or self.like)

    def said(self, word: Word) -> int:
        """How often the query says `word`, up to five times."""
        return dict(self.repeats).get(word.text.casefold(), 1)

    def match(self, words: Sequence[Word] | None = None, *, any_word: bool = False) -> str:
        """The FTS5 expression of the required text and `words` (default: all of the query's), joined by AND or OR."""
        parts = [fts(item) for item in (self.words if words is None else words)]
        wanted = (" OR " if any_word else " AND ").join(parts)
        both = " AND ".join(f"({part})" for part in (self.required, wanted) if part)
        for text in self.excluded if both else ():
            both = f"({both}) NOT ({text})"
        return both

    def where(self, column: str) -> Sql:
        """All that is required of the id in `column`, whatever it means; "1" for nothing."""
        return _joined(column, self.restrictions())

    def restrictions(self) -> tuple[tuple[bool, Sql], ...]:
        """`conditions`, and the required and excluded text in the same form. Bare words restrict nothing."""
        texts = [(True, _matching(self.required))] if self.required else []
        texts += [(False, _matching(text)) for text in self.excluded]
        return (*texts, *self.conditions)


def compile_query(parsed: Parsed, *, person: str, as_you_type: bool = False) -> Plan:
    """`person`: whose decisions status: and is: mean. `as_you_type`: the last word may be half a word."""
    words: list[Word] = []
    required: list[str] = []
    excluded: list[str] = []
    conditions: list[tuple[bool, Sql]] = []
    for part in conjuncts(parsed.node):
        if isinstance(part, (Meaning, Like)):
            continue
        if as_you_type and isinstance(part, Word) and part.field is not None and _may_go_on(parsed.text, part):
            part = replace(part, prefix=True)
        if isinstance(part, Word) and part.field is None and not part.prefix:
            words.append(part)
        elif is_text(part):
            required.append(fts(part))
        elif isinstance(part, Not) and is_text(part.of):
            excluded.append(fts(part.of))
        elif isinstance(part, Not):
            conditions.append((False, ids_of(part.of, person)))
        else:
            conditions.append((True, ids_of(part, person)))
    times = Counter(word.text.casefold() for word in words)
    unique = list({word.text.casefold(): word for word in words}.values())
    if as_you_type and unique and _may_go_on(parsed.text, unique[-1]):
        unique[-1] = replace(unique[-1], prefix=True)
    return Plan(
        tuple(unique[:MAX_WORDS]),
        " AND ".join(f"({text})" for text in dict.fromkeys(required)),
        tuple(dict.fromkeys(excluded)),
        tuple(dict.fromkeys(conditions)),
        question_of(parsed.node),
        tuple(part for part in conjuncts(parsed.node) if isinstance(part, Like)),
        max(0, len(unique) - MAX_WORDS),
        tuple((text, min(number, 5)) for text, number in times.items() if number > 1),
    )


def question_of(node: Node | None) -> str:
    """The positive text about the papers' content, in the order written: what the encoder reads."""
    about = (None, "title", "abstract", "body")
    return " ".join(
        leaf.text
        for leaf in leaves(node, positive=True)
        if isinstance(leaf, Meaning) or (isinstance(leaf, (Word, Phrase)) and leaf.field in about)
    )


def is_text(node: Node) -> bool:
    """Whether `node` is words and phrases alone, none of them excluded: one FTS5 expression says it."""
    if isinstance(node, (And, Or)):
        return all(is_text(part) for part in node.parts)
    return isinstance(node, (Word, Phrase))


def fts(node: Node) -> str:
    """The FTS5 expression of a node for which `is_text` holds. User text only ever stands inside its quotes."""
    if isinstance(node, (And, Or)):
        operator = " AND " if isinstance(node, And) else " OR "
        return operator.join(f"({fts(part)})" if isinstance(part, (And, Or)) else fts(part) for part in node.parts)
    assert isinstance(node, (Word, Phrase))
    doubled = node.text.replace('"', '""')
    star = "*" if isinstance(node, Word) and node.prefix else ""
    scope = f"{{{node.field}}} : " if node.field else ""
    return f'{scope}"{doubled}"{star}'


def ids_of(node: Node, person: str) -> Sql:
    """A SELECT of the ids that `node` selects."""
    if is_text(node):
        return _matching(fts(node))
    match node:
        case And(parts) | Or(parts):
            combined = [ids_of(part, person) for part in parts]
            operator = " INTERSECT " if isinstance(node, And) else " UNION "
            sql = operator.join(f"SELECT id FROM ({part})" for part, _ in combined)
            return sql, tuple(value for _, values in combined for value in values)
        case Not(of):
            sql, values = ids_of(of, person)
            return f"SELECT id FROM paper WHERE id NOT IN ({sql})", values
        case Between():
            return _between(node, person)
        case Fact():
            return _fact(node, person)
    raise AssertionError(f"{node} selects nothing")


def _matching(expression: str) -> Sql:
    return "SELECT rowid AS id FROM paper_fts WHERE paper_fts MATCH ?", (expression,)


def _joined(column: str, conditions: Sequence[tuple[bool, Sql]]) -> Sql:
    """The unary plus keeps SQLite from looking papers up one by one in the order of the SELECT."""
    parts = [f"+{column} {'IN' if wanted else 'NOT IN'} ({sql})" for wanted, (sql, _) in conditions]
    return " AND ".join(parts) or "1", tuple(value for _, (_, values) in conditions for value in values)


def _may_go_on(text: str, word: Word) -> bool:
    """Whether `word` ends the text and is long enough to be the beginning of a longer one."""
    ends = len(text) == word.column - 1 + len(word.text) and text.endswith(word.text)
    return ends and sum(map(str.isalnum, word.text)) >= 3


def _bounds(column: str, node: Between, kind: type[str] | type[int] = str) -> Sql:
    parts, values = [], []
    for operator, bound in ((">=", node.start), ("<", node.stop)):
        if bound is not None:
            parts.append(f"{column} {operator} ?")
            values.append(kind(bound))
    return " AND ".join(parts), tuple(values)


def _between(node: Between, person: str) -> Sql:
    if node.name == "announced":
        where, values = _bounds("day", node)
        return f"SELECT paper_id AS id FROM announcement WHERE {where}", values
    if node.name == "due":
        where, values = _bounds("due", node)
        return f"{_QUEUE} AND state IN ('queued', 'reading') AND {where}", (person, *values)
    if node.name == "verdict":
        where, values = _bounds("verdict", node, int)
        return f"SELECT paper_id AS id FROM critique WHERE {where}", values
    if node.name == "year":
        where, values = _bounds("year", node, int)
    else:
        where, values = _bounds({"date": "day", "added": "added_at"}[node.name], node)
    return f"SELECT id FROM paper WHERE {where}", values


_STATE_SQL = {
    "undecided": "SELECT id FROM paper WHERE id NOT IN (SELECT paper_id FROM decision WHERE person = ?)",
    "new": "SELECT id FROM paper WHERE day > (SELECT date(max(day), '-7 days') FROM paper)"
    " AND id NOT IN (SELECT paper_id FROM decision WHERE person = ?)",
    "noted": "SELECT paper_id AS id FROM note",
    "tagged": "SELECT paper_id AS id FROM tag",
    "critiqued": "SELECT paper_id AS id FROM critique",
    "quoted": "SELECT paper_id AS id FROM quote",
    "arxiv": "SELECT id FROM paper WHERE kind = 'arxiv'",
    "reference": "SELECT id FROM paper WHERE kind = 'reference'",
    "document": "SELECT id FROM paper WHERE kind = 'document'",
    "fulltext": "SELECT paper_id AS id FROM full_text UNION SELECT paper_id FROM document",
    "published": "SELECT id FROM paper WHERE journal_ref IS NOT NULL OR doi IS NOT NULL",
    "withdrawn": "SELECT id FROM paper WHERE withdrawn",
}
_QUEUE = "SELECT paper_id AS id FROM queue_entry WHERE person = ?"
_DECISIONS = {"starred": "star", "kept": "keep", "skipped": "skip"}


def _fact(node: Fact, person: str) -> Sql:
    name, value = node.name, node.value
    if name in ("is", "status"):
        if value in _STATE_SQL:
            sql = _STATE_SQL[value]
            return sql, (person,) * sql.count("?")
        decided = "SELECT paper_id AS id FROM decision WHERE person = ? AND decision = ?"
        return decided, (person, _DECISIONS.get(value, value))
    if name == "queue":
        return (_QUEUE, (person,)) if value == "any" else (f"{_QUEUE} AND state = ?", (person, value))
    if name == "critique":  # at the beginning of a word; scripts without blanks between words: anywhere
        return "SELECT paper_id AS id FROM critique WHERE instr(folded, ?)", (
            f" {value}" if value.isascii() else value,
        )
    if name == "category":
        archive = value.removesuffix(".*")
        if "." not in archive and "*" not in archive:  # cs is cs.*
            return (
                "SELECT paper_id AS id FROM paper_category WHERE category = ? OR (category >= ? AND category < ?)",
                (archive, f"{archive}.", f"{archive}/"),
            )
        return _equal("paper_id", "paper_category", "category", value)
    if name == "tag":
        return _equal("paper_id", "tag", "tag", value)
    if name == "doi":
        sql, values = _equal("id", "paper", "doi", value)
        key, of_key = _equal("id", "paper", "key", f"doi:{value}")
        return f"{sql} UNION {key}", values + of_key
    return _equal("id", "paper", {"id": "key", "source": "source"}[name], value)


def _equal(select: str, table: str, column: str, value: str) -> Sql:
    named = select if select == "id" else f"{select} AS id"
    stem = value.rstrip("*")
    if stem == value:
        return f"SELECT {named} FROM {table} WHERE {column} = ?", (value,)
    return f"SELECT {named} FROM {table} WHERE {column} >= ? AND {column} < ?", (stem, stem + "\U0010ffff")
