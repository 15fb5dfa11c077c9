"""A query in plain words, and what SQLite is asked for it: what `--explain` shows."""

from dataclasses import dataclass

from library.search.compile import Plan
from library.search.query import And, Between, Fact, Like, Meaning, Node, Not, Or, Parsed, Phrase, Word, conjuncts

_WHERE = {
    None: "",
    "title": "title has ",
    "abstract": "abstract has ",
    "authors": "authors have ",
    "notes_text": "notes or critiques have ",
    "body": "document's text has ",
}
_DAYS = {
    **{"date": "announced or dated", "added": "added here", "announced": "in a mailing", "year": "of the years"},
    **{"due": "to be read by a day", "verdict": "a critique's verdict is"},
}


@dataclass(frozen=True, slots=True)
class Explained:
    """`words`: the query, one line a part. `fts`: the index expression. `conditions`: SQL of the restrictions."""

    words: tuple[str, ...]
    fts: str
    conditions: tuple[str, ...]
    meaning: str


def explain(parsed: Parsed, plan: Plan) -> Explained:
    """What `parsed` means and how it is asked."""
    lines = []
    for part in conjuncts(parsed.node):
        if isinstance(part, Word) and part.field is None and not part.prefix:
            lines.append(f"the word {describe(part)} (by its meaning too)")
        elif isinstance(part, (Meaning, Like)):
            lines.append(describe(part))
        else:
            lines.append(f"only papers where {describe(part)}")
    conditions = tuple(
        f"id {'IN' if wanted else 'NOT IN'} ({_filled(sql, values)})" for wanted, (sql, values) in plan.conditions
    )
    return Explained(tuple(lines), plan.match(), conditions, plan.question)


def describe(node: Node) -> str:
    """A part of a query in plain words."""
    match node:
        case Word(text=text, field=field, prefix=prefix):
            return f"{_WHERE[field]}{'words beginning with ' if prefix else ''}“{text}”"
        case Phrase(text=text, field=field):
            return f"{_WHERE[field]}the phrase “{text}”"
        case Fact(name="is" | "status", value=value):
            return f"it is {value}"
        case Fact(name="queue", value=value):
            return "it is on your queue" if value == "any" else f"it is {value} on your queue"
        case Fact(name="critique", value=value):
            return f"a critique has words beginning with “{value}”"
        case Fact(name=name, value=value):
            return f"{name} is {value}"
        case Between(name=name, start=start, stop=stop):
            since = f" from {start}" if start else ""
            until = f" before {stop}" if stop else ""
            return f"{_DAYS[name]}{since}{until}"
        case Meaning(text=text):
            return f"ranked by nearness to “{text}”"
        case Like(paper=paper):
            return f"ranked by nearness to the paper {paper}"
        case Not(of=of):
            return f"not ({describe(of)})"
        case And(parts=parts):
            return " and ".join(_bracketed(part) for part in parts)
        case Or(parts=parts):
            return " or ".join(_bracketed(part) for part in parts)


def _bracketed(node: Node) -> str:
    return f"({describe(node)})" if isinstance(node, (And, Or)) else describe(node)


def _filled(sql: str, values: tuple[str | int, ...]) -> str:
    """For reading only: the values at their places. What runs is the statement with parameters."""
    pieces = sql.split("?")
    shown = [str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'" for value in values]
    shown = [value.replace("\U0010ffff", "…") for value in shown]
    return "".join(piece + value for piece, value in zip(pieces, [*shown, ""], strict=False))
