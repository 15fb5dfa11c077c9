"""What a person should know after a hypothesis was added or edited; none of it stands in the way."""

import sqlite3

from library.records import store
from library.records.kind import from_row
from library.workspace import Workspace
from planner.hypotheses.duplicates import Encode, near_duplicates, told
from planner.hypotheses.history import revisions
from planner.hypotheses.kind import HYPOTHESIS
from planner.hypotheses.meaning import encoder_of
from planner.hypotheses.states import lacking
from planner.hypotheses.verdicts import verdict_lines


def remarks(workspace: Workspace, hypothesis_id: int) -> tuple[str, ...]:
    """One line each. Drafts are compared by meaning, too, which takes half a second."""
    state = workspace.store.read(lambda db: store.row_of(db, HYPOTHESIS, hypothesis_id)["state"]).result()
    encode = encoder_of(workspace.settings) if state == "draft" else None
    return workspace.store.read(lambda db: remarks_on(db, hypothesis_id, encode)).result()


def remarks_on(db: sqlite3.Connection, hypothesis_id: int, encode: Encode | None = None) -> tuple[str, ...]:
    """Near-duplicates, what it lacks to be tested, and verdicts that are about an earlier wording."""
    row = store.row_of(db, HYPOTHESIS, hypothesis_id)
    values = from_row(HYPOTHESIS, row)
    label = HYPOTHESIS.label(hypothesis_id)
    near = near_duplicates(db, values["statement"], besides=hypothesis_id, encode=encode)
    found = [f"{label} is {told(each)}" for each in near]
    if row["state"] == "draft":
        missing = [HYPOTHESIS.field(name).label.lower() for name in lacking(values)]
        found += [f"{label} needs {' and '.join(missing)} before it can be tested"] if missing else []
    if values["prior"] is None:
        found.append(f"{label} has no prior: no verdict can move belief in it, and no score can rank its experiments")
    edits = revisions(db, hypothesis_id)
    earlier = [f"V-{each.id}" for each in verdict_lines(db, hypothesis_id, edits) if each.of_earlier_wording]
    if earlier:
        found.append(f"what {label} claims was changed since {', '.join(earlier)}: a verdict is on the earlier wording")
    return tuple(found)
