"""The text of a decision memo, drafted from the record. The shape is that of architecture decision records (MADR).

What a person wrote in the memo's own fields is taken word for word; what they left empty is drafted from the rows, or
said to be missing. Constant text holds no digit: each number comes from a fact.
"""

import sqlite3
from collections.abc import Iterator

from library.markdown import Marked, bullets, document, escape, heading, prose, strong, table
from planner.decisions.body_claim import claim, evidence
from planner.decisions.body_cost import cost, seeds_and_runs
from planner.decisions.body_metric import delta_of
from planner.decisions.body_results import plans, results
from planner.decisions.facts import NOT_KNOWN, Fact, Facts
from planner.decisions.gather import Gathered, gather
from planner.decisions.opposition import opposition

NOTHING = Marked("None is recorded.")
_DOES = {"proceed": "We proceed", "pivot": "We change direction", "stop": "We stop"}


def body(db: sqlite3.Connection, memo_id: int) -> tuple[str, tuple[Fact, ...]]:
    """(Markdown, facts) of a memo as the record stands now. Raises NotFound."""
    facts = Facts()
    found = gather(db, memo_id)
    text = document(_parts(db, found, facts))
    return text, tuple(facts.found.values())


def _parts(db: sqlite3.Connection, found: Gathered, facts: Facts) -> Iterator[str]:
    yield heading(1, own(found, facts, "title"))
    yield heading(2, "Decision")
    yield _decision(found, facts)
    yield heading(2, "Question")
    yield _question(found, facts)
    yield heading(2, "Hypothesis")
    yield claim(found, facts)
    for stance, title in (("for", "Evidence for"), ("against", "Evidence against"), ("context", "Context")):
        text = evidence(found, facts, stance)
        if text or stance != "context":
            yield heading(2, title)
            yield text or NOTHING
    yield heading(2, "Experiments")
    yield plans(found, facts)
    yield heading(2, "Results")
    yield results(found, facts)
    yield heading(2, "What would change our mind")
    yield _change_mind(found, facts)
    yield heading(2, "Cost")
    yield cost(found, facts)
    for name, title in (("options", "Options considered"), ("consequences", "Consequences")):
        yield heading(2, title)
        yield own(found, facts, name) or NOTHING
    against = opposition(db, found.values)
    if against is not None or found.values["justification"]:
        yield heading(2, "Why against the verdict" if against else "Justification")
        yield Marked(f"This decision {escape(against.why)}.") if against and against.verdict_id is None else ""
        if against is not None and against.verdict_id is not None:
            label = facts.id(f"V-{against.verdict_id}", "verdict", against.verdict_id)
            yield Marked(f"The newest confirmatory verdict, {label}, is {against.outcome}.")
        yield own(found, facts, "justification") or strong("No reason is written yet.")
    yield heading(2, "Who decides")
    yield _deciders(found, facts)
    yield heading(2, "Review")
    review = facts.day(
        f"D-{found.memo_id} review", found.values["review_on"], "decision_memo", "review_on", found.memo_id
    )
    yield Marked(f"To be looked at again on {review}.") if found.values["review_on"] else Marked(f"When: {NOT_KNOWN}.")
    yield heading(2, "Appendix: seeds and runs")
    yield seeds_and_runs(found, facts)
    yield heading(2, "Appendix: where each number was read")
    yield sources(facts)


def own(found: Gathered, facts: Facts, name: str) -> Marked:
    """A field of the memo itself, as its author wrote it."""
    write = escape if name == "title" else prose
    return facts.text(
        f"D-{found.memo_id} {name}", found.values[name], "decision_memo", name, found.memo_id, write=write
    )


def _decision(found: Gathered, facts: Facts) -> Marked:
    text = own(found, facts, "decision")
    does = _DOES[found.values["kind"]]
    if text:
        return Marked(f"**{does}.** {text}")
    if found.hypothesis is None:
        return Marked(f"**{does}.**")
    return Marked(f"**{does}** with {_hypothesis(found, facts)}.")


def _hypothesis(found: Gathered, facts: Facts) -> Marked:
    """ "H-4, “Late interaction beats distillation”"."""
    row = found.hypothesis
    assert row is not None
    label = facts.id(f"H-{row['id']}", "hypothesis", row["id"])
    said = facts.text(f"H-{row['id']} statement", row["statement"], "hypothesis", "statement", row["id"])
    return Marked(f"{label}, “{said}”")


def _question(found: Gathered, facts: Facts) -> str:
    parts: list[str] = [own(found, facts, "question")]
    asked = []
    for tried in found.experiments:
        number = tried.row["id"]
        question = facts.text(
            f"E-{number} question", " ".join((tried.row["question"] or "").split()), "experiment", "question", number
        )
        if question:
            asked.append(Marked(f"{facts.id(f'E-{number}', 'experiment', number)} asks: {question}"))
    parts.append(bullets(asked))
    return "\n\n".join(part for part in parts if part) or NOTHING


def _change_mind(found: Gathered, facts: Facts) -> Marked:
    """What the author wrote; else what the rule of the plans says would turn the verdict."""
    text = own(found, facts, "change_mind")
    if text:
        return text
    lines = []
    for tried in found.experiments:
        delta = delta_of(facts, found.hypothesis, tried.row)
        if delta == NOT_KNOWN:
            continue
        label = facts.id(f"E-{tried.row['id']}", "experiment", tried.row["id"])
        size = f"δ = {delta}"
        if found.values["kind"] == "proceed":
            lines.append(
                Marked(f"A new confirmatory result on the question of {label} whose whole interval lies below {size}.")
            )
        else:
            lines.append(
                Marked(
                    f"A new confirmatory result on the question of {label} whose interval lies above zero, "
                    f"with an effect of at least {size}."
                )
            )
    return bullets(lines) or NOTHING


def _deciders(found: Gathered, facts: Facts) -> str:
    names = found.values["deciders"] or ()
    who = facts.text(f"D-{found.memo_id} deciders", ", ".join(names), "decision_memo", "deciders", found.memo_id)
    author = facts.text(f"D-{found.memo_id} author", found.created_by, "decision_memo", "created_by", found.memo_id)
    dissent = own(found, facts, "dissent")
    lines = (Marked(f"Deciders: {who or NOT_KNOWN}"), Marked(f"Written by: {author}"))
    return f"{bullets(lines)}\n\n{strong('Dissent.')} {dissent or NOTHING}"


def sources(facts: Facts) -> str:
    """The table from each number to the rows it was read from."""
    rows = [
        (fact.key, Marked(fact.shown), fact.unit, fact.source)
        for fact in facts.found.values()
        if fact.sort in ("number", "day")
    ]
    return table(("number", "value", "unit", "read from"), rows, "lrll") if rows else NOTHING
