"""The experimental part of a memo: plans with their preregistration, and every verdict with what it says."""

import json
import sqlite3
from typing import Any

from library.markdown import Marked, bullets, escape, heading, quote, strong, table
from planner.decisions.body_metric import delta_of, unit_of
from planner.decisions.facts import NOT_KNOWN, Facts
from planner.decisions.gather import Gathered, Tried


def plans(found: Gathered, facts: Facts) -> str:
    """Each experiment: what was compared, how it was to be judged, and under which hash that was frozen."""
    blocks = [f"{_title(each, facts)}\n\n{_plan(each, found, facts)}" for each in found.experiments]
    for number in found.gone:
        name = facts.text(f"E-{number} gone", f"E-{number}", "decision_memo", "experiments", found.memo_id)
        blocks.append(f"{name} is not there any more.")
    return "\n\n".join(blocks) or "This decision rests on no experiment."


def _title(tried: Tried, facts: Facts) -> Marked:
    number = tried.row["id"]
    label = facts.id(f"E-{number}", "experiment", number)
    return heading(
        3, Marked(f"{label}: {facts.text(f'E-{number} title', tried.row['title'], 'experiment', 'title', number)}")
    )


def _plan(tried: Tried, found: Gathered, facts: Facts) -> Marked:
    row, number = tried.row, tried.row["id"]

    def count(name: str, label: str) -> Marked:
        return facts.number(f"E-{number} {label}", row[name], "experiment", name, number)

    arms = [
        Marked(f"{_arm(facts, number, place, arm['name'])} ({escape(arm['role'])})")
        for place, arm in enumerate(json.loads(row["arms"] or "[]"))
    ]
    looks = facts.text(f"E-{number} looks", row["looks"], "experiment", "looks", number)
    planned = (
        f"{count('seeds', 'seeds planned')} seeds planned for each arm, α {count('alpha', 'α')}, looked at: {looks}"
    )
    return bullets(
        Marked(line)
        for line in (
            f"{escape(row['kind'])}, {escape(row['state'])}",
            f"Arms: {', '.join(arms) or NOT_KNOWN}",
            f"Smallest effect worth having: {delta_of(facts, found.hypothesis, row)}",
            planned,
            f"Plan: {_frozen(tried, facts)}",
        )
    )


def _arm(facts: Facts, number: int, place: int, name: str) -> Marked:
    letters = "abcdefghijklmnopqrstuvwxyz"
    key = letters[place] if place < len(letters) else f"{place}"
    return facts.text(f"E-{number} arm {key}", name, "experiment", "arms", number)


def _frozen(tried: Tried, facts: Facts) -> str:
    """ "frozen as version 1 on 2026-11-02 by ada, sha256 9f…", with what a later edit did to it."""
    if not tried.plans:
        return "never frozen"
    plan = tried.plans[-1]
    number, key = plan["id"], f"E-{tried.row['id']} plan"
    version = facts.number(f"{key} version", plan["version"], "preregistration", "version", number)
    day = facts.day(f"{key} day", plan["at"], "preregistration", "at", number)
    person = facts.text(f"{key} person", plan["person"], "preregistration", "person", number)
    digest = facts.text(f"{key} hash", plan["hash"], "preregistration", "hash", number)
    late = "; **edited after it was frozen, so its verdicts are exploratory**" if plan["exploratory"] else ""
    return f"frozen as version {version} on {day} by {person}, sha256 {digest}{late}"


def results(found: Gathered, facts: Facts) -> str:
    """All verdicts in one table, the newest first, then what each says and what throws doubt on it."""
    listed = [(tried, row) for tried in found.experiments for row in tried.verdicts]
    if not listed:
        return "No verdict was drawn yet."
    counting = {
        next((row["id"] for row in tried.verdicts if not row["exploratory"]), None) for tried in found.experiments
    }
    head = ("verdict", "on", "says", "effect", "interval", "level", "p", "p adjusted", "pairs or runs", "counts as")
    rows = [_row(tried, row, row["id"] in counting, found, facts) for tried, row in listed]
    said = [block for _, row in listed for block in _said(row, found, facts)]
    turned = "Effects are differences treatment − baseline, turned so that up is better."
    return "\n\n".join([table(head, rows, "lllrrrrrrl"), turned, *said])


def _row(tried: Tried, row: sqlite3.Row, counts: bool, found: Gathered, facts: Facts) -> tuple[str, ...]:
    number, key = row["id"], f"V-{row['id']}"
    unit = tried.row["unit"] or (found.hypothesis["unit"] if found.hypothesis else None) or ""

    def value(name: str, label: str, *, signed: bool = False) -> Marked:
        of_effect = name in ("effect", "low", "high")
        return facts.number(
            f"{key} {label}", row[name], "verdict", name, number, signed=signed, unit=unit if of_effect else ""
        )

    interval = NOT_KNOWN
    if row["low"] is not None and row["high"] is not None:
        low, high = value("low", "lower end", signed=True), value("high", "upper end", signed=True)
        interval = f"\\[{low}, {high}\\]"
    shown = value("effect", "effect", signed=True)
    return (
        facts.id(key, "verdict", number),
        facts.id(f"E-{tried.row['id']}", "experiment", tried.row["id"]),
        _headline(row, facts),
        Marked(
            f"{shown} {unit_of(facts, found.hypothesis, tried.row)}".rstrip() if row["effect"] is not None else shown
        ),
        Marked(interval),
        value("level", "level") if row["level"] is not None else Marked("—"),
        value("p", "p"),
        value("p_adjusted", "p adjusted"),
        value("n", "pairs or runs"),
        Marked("exploratory" if row["exploratory"] else "confirmatory" if counts else "confirmatory, earlier"),
    )


def _headline(row: sqlite3.Row, facts: Facts) -> Marked:
    """ "supported, blocked by latency"."""
    number, key = row["id"], f"V-{row['id']}"
    label = facts.text(f"{key} label", row["label"], "verdict", "label", number)
    text = f"{escape(row['state'])} ({label})" if label else escape(row["state"])
    blocked = ", ".join(json.loads(row["blocked_by"] or "[]"))
    if blocked:
        return Marked(f"{text}, blocked by {facts.text(f'{key} blocked by', blocked, 'verdict', 'blocked_by', number)}")
    suspected = ", ".join(_details(row).get("suspected") or ())
    if suspected and row["state"] == "supported":
        said = facts.text(f"{key} suspected", suspected, "verdict", "details", number)
        return Marked(f"{text}, not cleared of {said}")
    return Marked(text)


def _said(row: sqlite3.Row, found: Gathered, facts: Facts) -> list[str]:
    """The verdict's own sentence, the seeds that would settle it, and the incidents that reach it."""
    number, key = row["id"], f"V-{row['id']}"
    label = facts.id(key, "verdict", number)
    treatment = facts.text(f"{key} treatment", row["treatment"], "verdict", "treatment", number)
    baseline = facts.text(f"{key} baseline", row["baseline"], "verdict", "baseline", number)
    method = facts.text(f"{key} method", row["method"], "verdict", "method", number)
    day = facts.day(f"{key} day", row["at"], "verdict", "at", number)
    lines = [f"{strong(label)} compares {treatment} with {baseline}; {method}; drawn on {day}."]
    summary = facts.text(f"{key} summary", row["summary"], "verdict", "summary", number, write=quote)
    details = _details(row)
    if row["state"] == "inconclusive" and isinstance(details.get("more_seeds"), int):
        seeds = facts.number(f"{key} more seeds", details["more_seeds"], "verdict", "details", number)
        hours = details.get("more_gpu_hours")
        cost = facts.number(f"{key} more GPU-hours", hours, "verdict", "details", number, unit="GPU-hours")
        lines.append(f"About {seeds} more seeds would settle it; GPU-hours for them: {cost}.")
    for each in found.affected.get(number, ()):
        title = facts.text(f"I-{each.incident_id} title", each.title, "incident", "title", each.incident_id)
        incident = facts.id(f"I-{each.incident_id}", "incident", each.incident_id)
        lines.append(strong(Marked(f"In doubt: {incident}, “{title}” ({each.state}), reaches this verdict.")))
    return [" ".join(lines), summary]


def _details(row: sqlite3.Row) -> dict[str, Any]:
    loaded = json.loads(row["details"])
    return loaded if isinstance(loaded, dict) else {}
