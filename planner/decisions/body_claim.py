"""The hypothesis part of a memo: what is claimed, what moved the belief in it, and what speaks for and against."""

import sqlite3
from collections.abc import Iterator

from library.markdown import Marked, bullets, escape, prose, quote, strong, table
from planner.decisions.body_metric import delta_of
from planner.decisions.facts import NOT_KNOWN, Facts
from planner.decisions.gather import Gathered
from planner.hypotheses.scale import scale_label


def claim(found: Gathered, facts: Facts) -> str:
    """The statement with what it is measured by, and the way from the prior to the current belief."""
    row = found.hypothesis
    if row is None:
        return "This decision rests on no hypothesis."
    return "\n\n".join(part for part in (_statement(row, facts), _belief(found, facts)) if part)


def _statement(row: sqlite3.Row, facts: Facts) -> str:
    number = row["id"]

    def text(name: str) -> Marked:
        value = " ".join(row[name].split()) if row[name] else None
        return facts.text(f"H-{number} {name}", value, "hypothesis", name, number)

    label = facts.id(f"H-{number}", "hypothesis", number)
    lines = [
        ("Because", text("mechanism")),
        ("Serves", text("problem")),
        ("Product metric", text("product_metric")),
        ("Measured by", f"{text('metric') or NOT_KNOWN}, which should {row['direction']}"),
        ("Smallest effect worth having", delta_of(facts, row, None)),
        ("State", escape(row["state"])),
        ("Owner", text("owner") or NOT_KNOWN),
    ]
    listed = bullets(Marked(f"{name}: {value}") for name, value in lines if value)
    said = text("statement")
    return f"{strong(Marked(f'{label}: {said}'))}\n\n{listed}"


def _belief(found: Gathered, facts: Facts) -> str:
    """ "Belief: 0.4 → 0.62", and a row for each thing that moved it."""
    row = found.hypothesis
    assert row is not None
    number = row["id"]
    prior = facts.number(f"H-{number} prior", row["prior"], "hypothesis", "prior", number)
    if not found.beliefs:
        reason = facts.text(
            f"H-{number} prior_reason", row["prior_reason"], "hypothesis", "prior_reason", number, write=prose
        )
        return f"Belief: {prior}, and nothing has moved it." + (f"\n\n{reason}" if reason else "")
    last = found.beliefs[-1]
    now = _moved(last, facts)
    return f"Belief: {prior} before any test, {now} now.\n\n" + table(
        ("day", "belief", "moved by", "because"), (_step(each, facts) for each in found.beliefs), "lrll"
    )


def _moved(row: sqlite3.Row, facts: Facts) -> Marked:
    return facts.number(f"belief {row['id']}", row["value"], "belief", "value", row["id"])


def _step(row: sqlite3.Row, facts: Facts) -> tuple[str, str, str, str]:
    key = f"belief {row['id']}"
    if row["verdict_id"] is not None:
        by = facts.id(f"V-{row['verdict_id']}", "verdict", row["verdict_id"])
    else:
        by = facts.text(f"{key} person", row["person"], "belief", "person", row["id"])
    return (
        facts.day(f"{key} day", row["at"], "belief", "at", row["id"]),
        _moved(row, facts),
        Marked(f"{by} (prior)") if row["method"] == "prior" else by,
        facts.text(f"{key} reason", row["reason"], "belief", "reason", row["id"]),
    )


def evidence(found: Gathered, facts: Facts, stance: str) -> str:
    """Everything that was linked with this stance, quoted exactly, in the order in which it came."""
    blocks = [block for row in found.evidence if row["stance"] == stance for block in _piece(row, found, facts)]
    return "\n\n".join(blocks)


def _piece(row: sqlite3.Row, found: Gathered, facts: Facts) -> Iterator[str]:
    number, key = row["id"], f"evidence {row['id']}"
    if row["paper_id"] is not None:
        yield facts.text(f"{key} quote", row["quote"], "evidence", "quote", number, write=quote)
        yield Marked(f"— {_paper(row, facts)}{_weight(row)}, {_linked(row, facts)}")
    elif row["verdict_id"] is not None:
        label = facts.id(f"V-{row['verdict_id']}", "verdict", row["verdict_id"])
        doubt = " **In doubt: see the results.**" if row["verdict_id"] in found.affected else ""
        yield Marked(f"{strong('Verdict')} {label}{_weight(row)}, {_linked(row, facts)}.{doubt}")
    else:
        run = facts.text(f"{key} run", row["run"], "evidence", "run", number)
        yield Marked(f"{strong('Run')} {run}{_weight(row)}, {_linked(row, facts)}.")
    if row["note"]:
        yield Marked(f"Note: {facts.text(f'{key} note', ' '.join(row['note'].split()), 'evidence', 'note', number)}")


def _paper(row: sqlite3.Row, facts: Facts) -> str:
    """ "2501.00001 “Title”, abstract, version 2, characters 120 to 240"."""
    number, key = row["id"], f"evidence {row['id']}"
    paper = facts.text(f"{key} paper", row["paper_key"], "paper", "key", row["paper_id"])
    title = facts.text(f"{key} title", row["paper_title"], "paper", "title", row["paper_id"])
    start = facts.number(f"{key} start", row["start"], "evidence", "start", number)
    end = facts.number(f"{key} end", row["end"], "evidence", "end", number)
    version = ""
    if row["version"] is not None:
        version = f", version {facts.number(f'{key} version', row['version'], 'evidence', 'version', number)}"
    source = escape(row["source"] or NOT_KNOWN)
    return f"{paper} “{title}”, {source}{version}, characters {start} to {end}"


def _weight(row: sqlite3.Row) -> str:
    """ "; explicit agreement, direct"."""
    words = [scale_label(row["scale"])] if row["scale"] is not None else []
    words += [row["directness"]] if row["directness"] else []
    return f"; {', '.join(words)}" if words else ""


def _linked(row: sqlite3.Row, facts: Facts) -> str:
    number, key = row["id"], f"evidence {row['id']}"
    person = facts.text(f"{key} person", row["person"], "evidence", "person", number)
    return f"linked by {person} on {facts.day(f'{key} day', row['at'], 'evidence', 'at', number)}"
