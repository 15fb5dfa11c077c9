"""Verdicts that an incident throws doubt on: a warning stands wherever such a verdict is shown."""

import json
import sqlite3
from collections.abc import Mapping

from planner.decisions.model import Affected

# A verdict is reached where the incident names it; where it names its experiment, and the verdict was drawn before the
# incident was closed; and where it names a run that the verdict's experiment had results of when it was drawn.
_NAMED = """
SELECT i.id, i.title, i.state, v.id AS verdict_id, 'named' AS how, 0 AS place
FROM incident i, json_each(i.verdicts) j JOIN verdict v ON v.id = j.value
UNION ALL
SELECT i.id, i.title, i.state, v.id, 'its experiment E-' || v.experiment_id, 1
FROM incident i, json_each(i.experiments) j JOIN verdict v ON v.experiment_id = j.value
WHERE i.closed_at IS NULL OR v.at <= i.closed_at
UNION ALL
SELECT i.id, i.title, i.state, v.id, 'its run ' || j.value, 2
FROM incident i, json_each(i.runs) j
JOIN result r ON r.run = j.value JOIN result_batch b ON b.id = r.batch_id
JOIN verdict v ON v.experiment_id = r.experiment_id AND v.at >= b.at
ORDER BY 1, 6, 4
"""


def affected_verdicts(db: sqlite3.Connection) -> Mapping[int, tuple[Affected, ...]]:
    """Verdict number → the incidents that reach it, each once, the most direct way first."""
    found: dict[int, dict[int, Affected]] = {}
    for row in db.execute(_NAMED).fetchall():
        reached = found.setdefault(row["verdict_id"], {})
        reached.setdefault(row["id"], Affected(row["id"], row["title"], row["state"], row["how"]))
    return {verdict: tuple(incidents.values()) for verdict, incidents in found.items()}


def follow_ups(db: sqlite3.Connection) -> Mapping[int, tuple[int, ...]]:
    """Experiment number → the incidents it came of."""
    found: dict[int, tuple[int, ...]] = {}
    for row in db.execute("SELECT id, follow_ups FROM incident WHERE follow_ups IS NOT NULL ORDER BY id").fetchall():
        for number in json.loads(row["follow_ups"]):
            found[number] = (*found.get(number, ()), row["id"])
    return found
