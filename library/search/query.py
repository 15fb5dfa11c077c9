"""What a query is once it is read: a small tree of frozen values.

Leaves know the column (from 1) at which they were written, so that whatever finds fault with one can point at it.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

TextField = Literal["title", "abstract", "authors", "notes_text", "body"]


@dataclass(frozen=True, slots=True)
class Word:
    """A bare or field-bound word. `prefix`: every word that begins so. `field` None: anywhere in the paper."""

    text: str
    column: int
    field: TextField | None = None
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that stand next to each other, in this order."""

    text: str
    column: int
    field: TextField | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """`name` is, or (where `value` ends in `*`) begins with, `value`: category, tag, status, source, id, doi …"""

    name: str
    value: str
    column: int


@dataclass(frozen=True, slots=True)
class Between:
    """`start` ≤ value < `stop`; None is open. Days as YYYY-MM-DD texts, years as four digits. `written`: as typed."""

    name: str
    start: str | None
    stop: str | None
    written: str
    column: int


@dataclass(frozen=True, slots=True)
class Meaning:
    """`~"…"`: ranks by what it means, selects nothing."""

    text: str
    column: int


@dataclass(frozen=True, slots=True)
class Like:
    """`like:2501.01234`: ranks by nearness to that paper, selects nothing."""

    paper: str
    column: int


@dataclass(frozen=True, slots=True)
class Not:
    """Papers that `of` does not select."""

    of: "Node"


@dataclass(frozen=True, slots=True)
class And:
    """Papers that every part selects; at least two parts, none of them an And."""

    parts: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Or:
    """Papers that some part selects; at least two parts, none of them an Or."""

    parts: "tuple[Node, ...]"


Leaf: TypeAlias = Word | Phrase | Fact | Between | Meaning | Like
Node: TypeAlias = Leaf | Not | And | Or


@dataclass(frozen=True, slots=True)
class Parsed:
    """A query that was read: its cleaned text, its tree (None: nothing in it selects), what was read leniently."""

    text: str
    node: Node | None
    notices: tuple[str, ...] = ()


def conjuncts(node: Node | None) -> tuple[Node, ...]:
    """The parts that must all hold."""
    if node is None:
        return ()
    return node.parts if isinstance(node, And) else (node,)


def leaves(node: Node | None, *, positive: bool = False) -> tuple[Leaf, ...]:
    """Every leaf in the order written; with `positive` those that no Not excludes."""
    if node is None:
        return ()
    if isinstance(node, Not):
        return () if positive else leaves(node.of)
    if isinstance(node, (And, Or)):
        return tuple(leaf for part in node.parts for leaf in leaves(part, positive=positive))
    return (node,)


def join(kind: type[And] | type[Or], parts: list[Node]) -> Node | None:
    """`parts` under one And or Or, flattened; None for none, the part itself for one."""
    flat: list[Node] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, kind) else (part,))
    if not flat:
        return None
    return flat[0] if len(flat) == 1 else kind(tuple(flat))


def negate(node: Node) -> Node:
    """Not `node`; two of them cancel out."""
    return node.of if isinstance(node, Not) else Not(node)
