"""What one does to sessions: plan, edit, cancel, say who presents, exchange turns, hold, write a calendar file."""

from abc import abstractmethod
from pathlib import Path
from typing import Any

from textual import work

from library.atomic import write_atomic
from library.club import proposals, sessions, turns
from library.club.calendar import calendar
from library.club.guard import AlreadyDiscussed
from library.club.kind import SESSION
from library.club.model import Member, Session
from library.club.queries import members
from library.club.sessions import Papers
from library.errors import LabtopError
from library.records import store
from tui.actions import changes
from tui.safe import line
from tui.screens.base import opens_dialog
from tui.screens.programme import ProgrammeScreen
from tui.screens.prompt import Ask, Choice
from tui.screens.proposing import Proposer
from tui.screens.sure import Sure


class Planning(ProgrammeScreen, Proposer):
    """Acts on the session under the cursor."""

    sessions: dict[int, Session]

    @property
    @abstractmethod
    def session(self) -> Session | None:
        """The session under the cursor."""

    @abstractmethod
    def go_to(self, tab: str, number: int) -> None:
        """Put the cursor on a line of a tab once the list holds it."""

    def done(self, change: Any) -> None:
        """Say in a line what was done."""
        self.notify(line(change.summary), markup=False, timeout=4)

    async def plan(self, wanted: Papers | None = None) -> None:
        """Fill in a new session. `wanted`: its papers; None takes the proposal that most voted for."""
        usual = await self.ctx.read(sessions.usual, self.ctx.clock.now())
        chosen = wanted
        if chosen is None:
            chosen = [(each.paper_id, each.id) for each in await self.ctx.read(proposals.top, 1)]

        async def keep(raw: dict[str, Any]) -> Any:
            return await self.ctx.write(sessions.plan, self.ctx.person, raw, chosen)

        count = len(chosen)
        papers = f" with {count} {'paper' if count == 1 else 'papers'}" if count else ""
        stored = await self.fill_in(SESSION, f"A new session{papers}", keep, filled=usual)
        self.tell(stored)
        if stored is not None:
            self.go_to("sessions", stored.value[0])

    async def edit_session(self, found: Session) -> None:
        """Change its fields."""
        values = await self.ctx.read(store.get, SESSION, found.id)

        async def keep(raw: dict[str, Any]) -> Any:
            return await self.ctx.write(sessions.revise, self.ctx.person, found.id, raw)

        title = f"{found.label}  {found.heading}"
        self.tell(await self.fill_in(SESSION, title, keep, number=found.id, values=values))

    async def cancel_session(self, found: Session) -> None:
        """Cancel it, with the reason."""
        hint = "why, in a few words; calendars show it"
        reason = await self.app.push_screen_wait(Ask(f"Cancel {found.label} of {found.day}", hint=hint, empty=True))
        if reason is not None:
            self.done(await self.ctx.write(sessions.cancel, self.ctx.person, found.id, reason))

    async def put_on(self, wanted: Papers) -> None:
        """Put papers on a planned session: the only one there is, the one that is chosen, or a new one."""
        now = self.ctx.clock.now()
        ahead = [each for each in self.sessions.values() if each.state == "planned" and not each.over(now)]
        choices = [Choice(str(each.id), f"{each.day} {each.time}", line(each.heading)) for each in ahead]
        choices.append(Choice("new", "a new session", "the usual time"))
        chosen = await self.app.push_screen_wait(Ask("On which session?", choices, free=False)) if ahead else "new"
        if chosen == "new":
            await self.plan(wanted)
            return
        if chosen is None:
            return
        try:
            change = await self.ctx.write(sessions.add_papers, self.ctx.person, int(chosen), wanted)
        except AlreadyDiscussed as error:
            if not await self.app.push_screen_wait(Sure("Discuss it again?", error.message)):
                return
            change = await self.ctx.write(sessions.add_papers, self.ctx.person, int(chosen), wanted, again=True)
        self.done(change)

    # Turns.

    @changes
    @work(group="write", exit_on_error=False, description="assign by rotation")
    async def action_rotate(self) -> None:
        """Presenter and backup by rotation."""
        if self.session is not None:
            self.done(await self.ctx.write(turns.assign, self.ctx.person, self.session.id))

    @changes
    @opens_dialog
    @work(group="write", exit_on_error=False, description="assign by name")
    async def action_assign(self) -> None:
        """Say who presents."""
        found = self.session
        if found is None:
            self.app.release_keys()
            return
        chosen = await self._member(f"Who presents on {found.day}?", found.day)
        if chosen is not None:
            self.done(await self.ctx.write(turns.assign, self.ctx.person, found.id, presenter=chosen))

    @changes
    @opens_dialog
    @work(group="write", exit_on_error=False, description="exchange turns")
    async def action_swap(self) -> None:
        """Exchange its turn with another session's."""
        found = self.session
        others = [
            each
            for each in self.sessions.values()
            if found is not None and each.state == "planned" and each.presenter and each.id != found.id
        ]
        if found is None or not others:
            self.app.release_keys()
            self.notify("Another planned session with a presenter is needed.", markup=False)
            return
        choices = [
            Choice(str(each.id), f"{each.day}  {line(each.presenter or '')}", line(each.heading)) for each in others
        ]
        title = f"{line(found.presenter or 'Nobody')} presents {found.label}. Exchange with"
        chosen = await self.app.push_screen_wait(Ask(title, choices, free=False))
        if chosen is not None:
            self.done(await self.ctx.write(turns.swap, self.ctx.person, found.id, int(chosen)))

    @changes
    @opens_dialog
    @work(group="write", exit_on_error=False, description="hold the session")
    async def action_hold(self) -> None:
        """It took place: who presented, and which papers there was no time for."""
        found = self.session
        if found is None:
            self.app.release_keys()
            return
        presenter = None
        if await self.ctx.read(members, self.ctx.clock.now()):
            presenter = await self._member(f"Who presented {found.label}?", found.day, first=found.presenter_id)
            if presenter is None:
                return
        left: tuple[int, ...] = ()
        if len(found.slots) > 1:
            choices = [Choice("all", "all papers were discussed", "")]
            choices += [Choice(str(slot.paper_id), f"all but {line(slot.title)}", "") for slot in found.slots]
            answer = await self.app.push_screen_wait(Ask("What was discussed?", choices, free=False))
            if answer is None:
                return
            left = () if answer == "all" else (int(answer),)
        self.done(
            await self.ctx.write(sessions.hold, self.ctx.person, found.id, presenter=presenter, not_discussed=left)
        )

    async def _member(self, title: str, day: str, *, first: int | None = None) -> int | None:
        """One of the members, those who are there in the order of their turns first."""
        found = {each.id: each for each in await self.ctx.read(members, self.ctx.clock.now())}
        order = [each.member for each in await self.ctx.read(turns.standing, day)]
        ids = [*([first] if first is not None else []), *order, *(id_ for id_ in found)]
        choices = [_choice(found[id_], order, day) for id_ in dict.fromkeys(ids)]
        chosen = await self.app.push_screen_wait(Ask(title, choices, free=False))
        return int(chosen) if chosen is not None else None

    # Calendars.

    @opens_dialog
    @work(group="ask", exit_on_error=False, description="write the calendar file")
    async def action_calendar(self) -> None:
        """Write all sessions as an .ics file."""
        name = self.ctx.workspace.name
        place = Path.home() / "club.ics"
        hint = "a file; given again to a calendar, it updates and cancels"
        typed = await self.app.push_screen_wait(Ask("Write all sessions to", value=str(place), hint=hint))
        if typed:
            data = await self.ctx.read(calendar, name, now=self.ctx.clock.now())
            path = await self.ctx.compute(_write, typed, data)
            self.notify(line(str(path)), title="Calendar file written", markup=False)


def _choice(member: Member, order: list[int], day: str) -> Choice:
    place = order.index(member.id) + 1 if member.id in order else None
    note = f"{place} in turn" if place is not None else "not there" if not member.there(day) else ""
    return Choice(str(member.id), line(member.name), note)


def _write(typed: str, data: bytes) -> Path:
    path = Path(typed).expanduser()
    try:
        write_atomic(path, data, mode=0o666)  # as private as the user's other files
    except OSError as error:
        raise LabtopError(f"{path} cannot be written: {error.strerror}.", mend="Choose another place.") from error
    return path
