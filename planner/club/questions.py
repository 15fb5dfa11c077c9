"""Three questions to begin a discussion with, made from the record by the rules below and by nothing else.

Each says what it rests on. They are templates, not insight: what the record lacks or disagrees on is asked for.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from library.reading.model import Critique

COUNT: Final = 3
# Fields of the critique that nobody has filled in, the most telling first.
_LACKING: Final = (
    ("baselines", "Are the baselines as strong, as well tuned and measured in the same way as what it proposes?"),
    ("threats", "What else than its method could explain its results?"),
    ("applicability", "What of it would still hold under our own constraints?"),
    ("reproducibility", "Could we run it again: are there code, data, and more than one seed?"),
    ("compute", "What would it cost us, in data and GPU-hours, to try it?"),
    ("evidence", "Which single result carries its claim, and how sure is that one?"),
    ("change_mind", "What would we have to see to think otherwise of it?"),
)
_ALWAYS: Final = (
    ("If it is right, what would we do differently next week?", "asked of every paper"),
    ("Which result of its own does it not explain?", "asked of every paper"),
    ("Which experiment would we plan to find out whether it holds for us?", "asked of every paper"),
)


@dataclass(frozen=True, slots=True)
class Question:
    """A question and what in the record made it."""

    text: str
    basis: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A hypothesis that the paper bears on. `supporting`, `opposing`: pieces of evidence of other papers;
    `here`: how sentences of this one were linked."""

    id: int
    statement: str
    metric: str | None
    delta: float | None
    unit: str | None
    direction: str
    supporting: int
    opposing: int
    here: frozenset[str]

    @property
    def label(self) -> str:
        """ "H-4"."""
        return f"H-{self.id}"


def questions(claims: Sequence[Claim], critiques: Sequence[Critique], count: int = COUNT) -> tuple[Question, ...]:
    """The first `count` that apply: disagreement, then hypotheses, then what nobody has looked at."""
    found = [
        *_disagreement(critiques),
        *_of_claims(claims),
        *_lacking([each.values for each in critiques]),
        *(Question(*each) for each in _ALWAYS),
    ]
    return tuple(dict.fromkeys(found))[:count]


def _disagreement(critiques: Sequence[Critique]) -> Iterator[Question]:
    rated = sorted((each.values["verdict"], each.person) for each in critiques if each.values.get("verdict"))
    if len(rated) > 1 and rated[-1][0] - rated[0][0] >= 2:
        (low, one), (high, other) = rated[0], rated[-1]
        text = f"{one} gives it {low} of 5, {other} {high}: what does each see that the other does not?"
        yield Question(text, "the verdicts of two critiques")


def _of_claims(claims: Sequence[Claim]) -> Iterator[Question]:
    for claim in claims:
        basis = f"the evidence on {claim.label}"
        if claim.opposing and "for" in claim.here:
            others = f"{_pieces(claim.opposing)} against"
            yield Question(f"A sentence of it speaks for {claim.label}, {others}: what differs between them?", basis)
        elif claim.supporting and "against" in claim.here:
            others = f"{_pieces(claim.supporting)} for"
            yield Question(
                f"A sentence of it speaks against {claim.label}, {others}: what differs between them?", basis
            )
    for claim in claims[:2]:
        if claim.metric and claim.delta is not None:
            size = f"{claim.delta:g}{f' {claim.unit}' if claim.unit else ''}"
            wanted = f"{claim.label} asks {claim.metric} to {claim.direction} by {size} or more"
            question = f"{wanted}: does it show an effect of that size, on data like ours?"
            yield Question(question, f"δ and metric of {claim.label}")
        else:
            basis = f"{claim.label} names no δ or metric yet"
            yield Question(f"Which number in it would speak for or against {claim.label}?", basis)


def _lacking(written: Sequence[Mapping[str, Any]]) -> Iterator[Question]:
    for name, text in _LACKING:
        if not any(values.get(name) for values in written):
            yield Question(
                text, f"no critique says anything of {_NAMES[name]}" if written else "nobody wrote a critique"
            )


_NAMES: Final = {
    "baselines": "the fairness of baselines",
    "threats": "threats to validity",
    "applicability": "applicability",
    "reproducibility": "reproducibility",
    "compute": "data and compute",
    "evidence": "its evidence",
    "change_mind": "what would change a mind",
}


def _pieces(count: int) -> str:
    return f"{count} {'piece' if count == 1 else 'pieces'} of evidence {'is' if count == 1 else 'are'}"
