"""The queue, critiques, quotes and differences as scripts see them: ids as texts, missing null."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from library.reading.changes import Difference
from library.reading.critiques import Stats
from library.reading.model import Critique, Entry, Quote
from library.reading.template import CRITIQUE

_ENTRY = (
    *("title", "state", "place", "due", "progress", "score", "version", "changed"),
    *("added_at", "started_at", "finished_at", "verdict", "notes", "critiques", "quotes"),
)
_QUOTE = (
    "person",
    "source",
    "version",
    "start",
    "end",
    "quote",
    "remark",
    "standing",
    "page",
    "created_at",
    "updated_at",
)


def entry_record(entry: Entry, today: date) -> dict[str, Any]:
    """A line of the queue."""
    return {
        "id": entry.key,
        **{name: getattr(entry, name) for name in _ENTRY},
        "age_days": entry.age(today),
        "days_left": entry.days_left(today),
        "remark": entry.remark or None,
    }


def critique_record(critique: Critique) -> dict[str, Any]:
    """A critique, every field of the template among its keys."""
    values = {name: value for name, value in critique.values.items() if name != "effects"}
    effects = [
        {"hypothesis_id": f"H-{each['hypothesis']}", "effect": each["effect"], "strength": each.get("strength")}
        for each in critique.values["effects"] or ()
    ]
    return {
        "id": critique.label,
        "paper_id": critique.paper_key,
        "paper_title": critique.paper_title or None,
        "person": critique.person,
        "version": critique.version,
        "stale": critique.stale,
        **values,
        "effects": effects,
        "created_at": critique.created_at,
        "updated_at": critique.updated_at,
    }


def stats_record(found: Stats) -> dict[str, Any]:
    """Counts of critiques."""
    labels = {field.name: field.label for field in CRITIQUE.fields}
    return {
        "critiques": found.critiques,
        "papers": found.papers,
        "people": found.people,
        "stale": found.stale,
        "mean_verdict": found.mean,
        "verdicts": [{"verdict": verdict, "count": count} for verdict, count in found.verdicts],
        "fields": [{"field": name, "label": labels[name], "count": count} for name, count in found.fields],
        "hypotheses": [
            {
                "hypothesis_id": f"H-{number}",
                **{effect: counts.get(effect, 0) for effect in ("supports", "weakens", "neutral")},
            }
            for number, counts in found.hypotheses
        ],
    }


def quote_record(quote: Quote) -> dict[str, Any]:
    """A quote."""
    return {
        "id": str(quote.id),
        "paper_id": quote.paper_key,
        "paper_title": quote.paper_title or None,
        **{name: getattr(quote, name) for name in _QUOTE},
    }


def difference_record(key: str, found: Difference) -> dict[str, Any]:
    """Two versions, and the pieces of which both are made."""
    removed, added = found.words
    return {
        "id": key,
        "from": found.before.version,
        "to": found.after.version,
        "same": found.same,
        "words_removed": removed,
        "words_added": added,
        "title": _pieces(found.title),
        "abstract": _pieces(found.abstract),
    }


def _pieces(pieces: Sequence[Any]) -> list[dict[str, Any]]:
    return [asdict(piece) for piece in pieces]
