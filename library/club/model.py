"""Members, proposals and sessions as they are read."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from library.club.zones import ends_at, starts_at

SessionState = Literal["planned", "held", "cancelled"]
ProposalState = Literal["open", "scheduled", "discussed", "withdrawn"]
DecisionKind = Literal["action", "experiment", "evidence"]
DECISION_KINDS: tuple[DecisionKind, ...] = ("action", "experiment", "evidence")


@dataclass(frozen=True, slots=True)
class Absence:
    """Both days included."""

    id: int
    first_day: str
    last_day: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class Member:
    """`presented`: sessions held; `last_on`: the day of the last of them; `next_on`: of the next planned one.

    `left_on` is the first day on which they are no longer there.
    """

    id: int
    name: str
    joined_on: str
    left_on: str | None
    note: str | None
    absences: tuple[Absence, ...]
    presented: int
    last_on: str | None
    next_on: str | None

    def away(self, day: str) -> Absence | None:
        """The absence that a day falls into."""
        return next((each for each in self.absences if each.first_day <= day <= each.last_day), None)

    def there(self, day: str) -> bool:
        """Whether they take part on a day."""
        return self.joined_on <= day and (self.left_on is None or day < self.left_on) and self.away(day) is None


@dataclass(frozen=True, slots=True)
class Proposal:
    """`session_id`: where it stands or was discussed; `votes`: names, the first to vote first. `day`: the paper's."""

    id: int
    paper_id: int
    key: str
    title: str
    day: str
    why: str | None
    again: bool
    proposed_by: str
    proposed_at: str
    state: ProposalState
    votes: tuple[str, ...]
    session_id: int | None
    session_day: str | None

    @property
    def label(self) -> str:
        """ "P-3"."""
        return f"P-{self.id}"


@dataclass(frozen=True, slots=True)
class Slot:
    """A paper of a session. `discussed` is None until the session was held."""

    paper_id: int
    key: str
    title: str
    proposal_id: int | None
    discussed: bool | None
    votes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """What the minutes decided. `taken`: the record that it became ("E-12", "evidence 7")."""

    id: int
    session_id: int
    kind: DecisionKind
    text: str
    owner: str | None
    paper_id: int | None
    key: str | None
    done_at: str | None
    taken: str | None
    created_by: str
    created_at: str

    @property
    def label(self) -> str:
        """ "M-5"."""
        return f"M-{self.id}"

    @property
    def open(self) -> bool:
        """Whether something is still to be done about it."""
        return self.done_at is None and self.taken is None


@dataclass(frozen=True, slots=True)
class Session:
    """`due`: whose turn it was where somebody else presents. `conflicts`: who has a task in it and is not there."""

    id: int
    uid: str
    sequence: int
    topic: str | None
    day: str
    time: str
    zone: str
    length: int
    place: str | None
    link: str | None
    state: SessionState
    reason: str | None
    presenter_id: int | None
    presenter: str | None
    due: str | None
    backup_id: int | None
    backup: str | None
    swapped_with: int | None
    agenda: str | None
    minutes: str | None
    slots: tuple[Slot, ...]
    decisions: tuple[Decision, ...]
    conflicts: tuple[str, ...]
    created_by: str
    created_at: str
    updated_at: str

    @property
    def label(self) -> str:
        """ "S-4"."""
        return f"S-{self.id}"

    @property
    def start(self) -> datetime:
        """When it begins, in its own zone."""
        return starts_at(self.day, self.time, self.zone)

    @property
    def end(self) -> datetime:
        """When it ends."""
        return ends_at(self.start, self.length)

    @property
    def heading(self) -> str:
        """What it is about, in a line: its topic, else its papers."""
        if self.topic:
            return self.topic
        if not self.slots:
            return "no paper yet"
        more = f" +{len(self.slots) - 1}" if len(self.slots) > 1 else ""
        return f"{self.slots[0].title or '(no title)'}{more}"

    def begun(self, now: datetime) -> bool:
        """Whether it has begun by `now`."""
        return self.start <= now

    def over(self, now: datetime) -> bool:
        """Whether its time has passed, held or not."""
        return self.end <= now
