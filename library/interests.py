"""What papers are ranked by. Other parts put their own here, so that ranking need not know of them."""

from library.clock import stamp
from library.db.journal import Recorder


def set_interest(recorder: Recorder, kind: str, reference: str, text: str, active: bool) -> None:
    """Keep the shared interest `reference` of that kind ("hypothesis", "H-4") in step, inside an action of its own.

    One that was never active leaves no trace.
    """
    row = recorder.connection.execute(
        "SELECT id FROM interest WHERE kind = ? AND reference = ? AND person IS NULL", (kind, reference)
    ).fetchone()
    if row is not None:
        recorder.put("interest", {"id": row["id"]}, {"text": text, "active": int(active)})
    elif active:
        values = {"person": None, "text": text, "kind": kind, "reference": reference, "active": 1}
        recorder.insert("interest", {**values, "created_at": stamp()})
