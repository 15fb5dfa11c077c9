"""The same values in another experiment: a plan that was made after they were known predicts nothing."""

import sqlite3
from dataclasses import dataclass
from typing import Final

from library.text import counted
from planner.experiments.model import Phase, Preregistration
from planner.experiments.plans import versions

LEAST: Final = 3  # values: fewer are alike by chance
_ALIKE = """
SELECT other.experiment_id AS id, count(*) AS n,
  EXISTS (SELECT 1 FROM verdict v WHERE v.experiment_id = other.experiment_id AND v.at <= ?4) AS judged,
  (SELECT hypothesis_id FROM experiment WHERE id = other.experiment_id) AS hypothesis_id
FROM result own
JOIN result other ON other.metric = own.metric AND other.seed = own.seed AND other.value = own.value
  AND other.slice = own.slice AND other.phase = own.phase AND other.experiment_id != own.experiment_id
JOIN result_batch batch ON batch.id = other.batch_id
WHERE own.experiment_id = ?1 AND own.arm = ?2 AND own.metric = ?3 AND own.slice = '' AND own.phase = ?5
  AND batch.at <= ?4
GROUP BY other.experiment_id, other.arm HAVING count(DISTINCT own.value) >= ?6
ORDER BY other.experiment_id
"""


@dataclass(frozen=True, slots=True)
class Copy:
    """Values of the treatment that another experiment had before this plan was frozen.

    `counted`: a verdict on the same hypothesis has been drawn from them there.
    """

    experiment_id: int
    said: str
    counted: bool


def copies_of(db: sqlite3.Connection, frozen: Preregistration, treatment: str, phase: Phase) -> tuple[Copy, ...]:
    """Experiments in which values of a treatment stood before. A baseline is measured once for many, and left out."""
    first = next(each for each in versions(db, frozen.experiment_id) if each.text == frozen.text)
    own = db.execute("SELECT hypothesis_id FROM experiment WHERE id = ?", (frozen.experiment_id,)).fetchone()
    rows = db.execute(
        _ALIKE, (frozen.experiment_id, treatment, frozen.plan["metric"], first.at, phase, LEAST)
    ).fetchall()
    return tuple(
        Copy(
            row["id"],
            f"{counted(row['n'], 'value')} of {treatment} stood in E-{row['id']} before this plan was frozen",
            bool(row["judged"]) and row["hypothesis_id"] is not None and row["hypothesis_id"] == own["hypothesis_id"],
        )
        for row in rows
    )
