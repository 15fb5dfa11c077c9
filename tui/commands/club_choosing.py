"""Which session a verb means."""

from typing import Any

from library.club.model import Session
from library.club.queries import find, last_session, next_session, session
from library.errors import NotFound
from planner.workspace import Workspace


def chosen(workspace: Workspace, name: str | None, *, past: bool = False) -> Session:
    """The session of that name; without one the next (`past`: the last that has begun). Raises NotFound."""

    def read(db: Any) -> Session:
        if name is not None:
            return session(db, find(db, "S", name))
        now = workspace.clock.now()
        first, other = (last_session, next_session) if past else (next_session, last_session)
        found = first(db, now) or other(db, now)
        if found is None:
            raise NotFound("No session is planned.", mend="labtop club schedule DAY plans one.")
        return found

    return workspace.store.read(read).result()
