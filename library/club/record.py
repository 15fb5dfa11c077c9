"""The club as scripts see it: the objects that `--json` prints."""

from collections.abc import Mapping
from typing import Any

from library.clock import iso
from library.club.guard import Discussed
from library.club.model import Decision, Member, Proposal, Session, Slot
from library.club.rotation import Standing


def session_record(each: Session) -> dict[str, Any]:
    """A session with its papers and decisions."""
    plain = ("uid", "sequence", "state", "reason", "topic", "day", "time", "zone", "length", "place", "link")
    return {
        "id": each.label,
        **{name: getattr(each, name) for name in plain},
        "starts_at": iso(each.start),
        "ends_at": iso(each.end),
        "presenter": each.presenter,
        "due": each.due,
        "backup": each.backup,
        "swapped_with": None if each.swapped_with is None else f"S-{each.swapped_with}",
        "conflicts": list(each.conflicts),
        "papers": [slot_record(slot) for slot in each.slots],
        "agenda": each.agenda,
        "minutes": each.minutes,
        "decisions": [decision_record(one) for one in each.decisions],
        "created_by": each.created_by,
        "created_at": each.created_at,
        "updated_at": each.updated_at,
    }


def slot_record(slot: Slot) -> dict[str, Any]:
    """A paper of a session."""
    return {
        "id": slot.key,
        "title": slot.title,
        "proposal_id": None if slot.proposal_id is None else f"P-{slot.proposal_id}",
        "votes": list(slot.votes),
        "discussed": slot.discussed,
    }


def decision_record(each: Decision) -> dict[str, Any]:
    """What minutes decided."""
    return {
        "id": each.label,
        "session_id": f"S-{each.session_id}",
        "kind": each.kind,
        "text": each.text,
        "owner": each.owner,
        "paper_id": each.key,
        "open": each.open,
        "done_at": each.done_at,
        "taken_as": each.taken,
        "created_by": each.created_by,
        "created_at": each.created_at,
    }


def proposal_record(each: Proposal, before: tuple[Discussed, ...] = ()) -> dict[str, Any]:
    """A proposal. `before`: where the paper was discussed."""
    return {
        "id": each.label,
        "paper_id": each.key,
        "title": each.title,
        "state": each.state,
        "votes": list(each.votes),
        "why": each.why,
        "again": each.again,
        "session_id": None if each.session_id is None else f"S-{each.session_id}",
        "day": each.session_day,
        "discussed_on": [one.day for one in before],
        "proposed_by": each.proposed_by,
        "proposed_at": each.proposed_at,
    }


def member_record(each: Member, places: Mapping[int, int], standing: Mapping[int, Standing]) -> dict[str, Any]:
    """A member. `places`: in which turn of those who are there now; `standing`: waiting since when."""
    own = standing.get(each.id)
    return {
        "id": each.name,
        "joined_on": each.joined_on,
        "left_on": each.left_on,
        "note": each.note,
        "presented": each.presented,
        "last_on": each.last_on,
        "next_on": each.next_on,
        "turn": places.get(each.id),
        "waiting_since": own.since[:10] if own is not None else None,
        "absences": [
            {"id": str(one.id), "first_day": one.first_day, "last_day": one.last_day, "reason": one.reason}
            for one in each.absences
        ],
    }
