"""What one does to proposals and members, and which key does what in which tab."""

import re
from abc import abstractmethod
from typing import Any

from textual import work

from library.club import members, proposals, sessions
from library.club.kind import ABSENCE, MEMBER
from library.club.model import Member, Proposal
from library.club.names import name_key
from library.errors import NotFound
from library.papers import listing, queries
from library.records import store
from tui.actions import changes
from tui.safe import line
from tui.screens.base import opens_dialog
from tui.screens.club_minutes import Minutes
from tui.screens.prompt import Ask, Choice
from tui.screens.sure import Sure

_ON_PLANNED = frozenset({"rotate", "assign", "swap", "hold"})
_ON_SESSIONS = frozenset({"minutes", "minutes_text", "decide", "take", "outside", "copy"})
_MOST_FOUND = 50


class People(Minutes):
    """Acts on the line under the cursor, whichever tab it is in."""

    proposals: dict[int, Proposal]

    @property
    @abstractmethod
    def tab(self) -> str:
        """Which list is shown."""

    @property
    @abstractmethod
    def table(self) -> Any:
        """The list."""

    @property
    @abstractmethod
    def proposal(self) -> Proposal | None:
        """The proposal under the cursor."""

    @property
    @abstractmethod
    def member(self) -> Member | None:
        """The member under the cursor."""

    def applies(self, action: str) -> bool | None:
        """Whether an action is of use on the line under the cursor; None: others decide."""
        found, proposed = self.session, self.proposal
        if action in _ON_PLANNED:
            return found is not None and found.state == "planned"
        if action == "take":
            return found is not None and any(one.open for one in found.decisions)
        if action in ("outside", "copy"):
            return found is not None or proposed is not None
        if action == "library":
            return proposed is not None or (found is not None and bool(found.slots))
        if action in _ON_SESSIONS:
            return found is not None and found.state != "cancelled"
        if action in ("vote", "onto", "off"):
            return proposed is not None and proposed.state != "withdrawn"
        if action == "away":
            return self.member is not None
        if action == "edit":
            return self.member is not None or proposed is not None or (found is not None and found.state != "cancelled")
        if action == "cancel":
            return self.member is not None or proposed is not None or (found is not None and found.state == "planned")
        return None

    # What every tab has.

    @changes
    @opens_dialog
    @work(group="write", exit_on_error=False, description="something new")
    async def action_new(self) -> None:
        """Plan a session; on the proposals with those that are marked; add a member."""
        if self.tab == "members":
            await self._new_member()
        elif self.tab == "proposals" and self.table.marks:
            await self.plan(self._chosen())
        else:
            await self.plan()

    @changes
    @opens_dialog
    @work(group="write", exit_on_error=False, description="edit")
    async def action_edit(self) -> None:
        """Change a session, a member, or why one's own proposal should be read."""
        if (found := self.session) is not None:
            await self.edit_session(found)
        elif (member := self.member) is not None:
            await self._edit_member(member)
        elif (proposed := self.proposal) is not None:
            hint = "why the others should read it"
            asked = Ask(f"Why {proposed.label}?", value=line(proposed.why or ""), hint=hint, empty=True)
            why = await self.app.push_screen_wait(asked)
            if why is not None:
                self.done(await self.ctx.write(proposals.reason, self.ctx.person, proposed.id, why))
        else:
            self.app.release_keys()

    @changes
    @opens_dialog
    @work(group="write", exit_on_error=False, description="cancel")
    async def action_cancel(self) -> None:
        """Cancel the session, withdraw the proposal, let the member leave."""
        if (found := self.session) is not None:
            await self.cancel_session(found)
        elif (proposed := self.proposal) is not None:
            if await self.app.push_screen_wait(Sure(f"Withdraw {proposed.label}?", line(proposed.title))):
                self.done(await self.ctx.write(proposals.withdraw, self.ctx.person, proposed.id))
        elif (member := self.member) is not None:
            today = self.ctx.clock.today()
            if await self.app.push_screen_wait(
                Sure(f"{member.name} leaves the club today?", "What was presented stays.")
            ):
                self.done(await self.ctx.write(members.leave, self.ctx.person, member.id, today))
        else:
            self.app.release_keys()

    # Proposals.

    @changes
    @opens_dialog
    @work(group="write", exit_on_error=False, description="propose")
    async def action_propose(self) -> None:
        """Find a paper by its id or its words, and propose it."""
        typed = await self.app.push_screen_wait(Ask("Propose which paper?", hint="an arXiv id, or words of its title"))
        if not typed:
            return
        found = await self._papers(typed)
        if not found:
            self.notify("No paper here has this id or these words.", title=line(typed), markup=False)
            return
        chosen = next(iter(found))
        if len(found) > 1:
            choices = [Choice(str(id_), line(title), note) for id_, (title, note) in found.items()]
            answer = await self.app.push_screen_wait(Ask("Which one?", choices, free=False))
            if answer is None:
                return
            chosen = int(answer)
        change = await self.propose_paper(chosen, found[chosen][0])
        if change is not None:
            newest = await self.ctx.read(proposals.pending, chosen)
            if newest is not None:
                self.go_to("proposals", newest.id)

    async def _papers(self, typed: str) -> dict[int, tuple[str, str]]:
        """(title, key and day) of the papers that are meant."""
        ids: list[int] = []
        if re.search(r"\d", typed):
            try:
                ids = [await self.ctx.read(queries.find_id, typed)]
            except NotFound:
                ids = []
        ids = ids or list(await self.ctx.read(listing.ids_by_title, typed, limit=_MOST_FOUND))
        rows = await self.ctx.read(queries.rows, ids, self.ctx.person)
        return {row.id: (row.title, f"{row.key} · {row.day}") for row in rows}

    @changes
    @work(group="write", exit_on_error=False, description="vote")
    async def action_vote(self) -> None:
        """Vote, or take one's vote back."""
        found = self.proposal
        if found is not None:
            voted = name_key(self.ctx.person) in {name_key(name) for name in found.votes}
            await self.ctx.write(proposals.unvote if voted else proposals.vote, self.ctx.person, found.id)

    @changes
    @opens_dialog
    @work(group="write", exit_on_error=False, description="put on a session")
    async def action_onto(self) -> None:
        """Put what is marked, else what is under the cursor, on a session."""
        wanted = self._chosen()
        if wanted:
            await self.put_on(wanted)
        else:
            self.app.release_keys()
            self.notify("Only what is open can be put on a session.", markup=False)

    def _chosen(self) -> list[tuple[int, int | None]]:
        known = self.proposals
        found = [known[id_] for id_ in self.table.chosen if id_ in known]
        return [(each.paper_id, each.id) for each in found if each.state == "open"]

    @changes
    @work(group="write", exit_on_error=False, description="take off the session")
    async def action_off(self) -> None:
        """Take it off its session."""
        found = self.proposal
        if found is not None and found.state == "scheduled" and found.session_id is not None:
            self.done(await self.ctx.write(sessions.remove_paper, self.ctx.person, found.session_id, found.paper_id))

    # Members.

    async def _new_member(self) -> None:
        today = self.ctx.clock.today()

        async def keep(raw: dict[str, Any]) -> Any:
            return await self.ctx.write(members.join, self.ctx.person, raw, today=today)

        stored = await self.fill_in(MEMBER, "A new member", keep, filled={"joined_on": today.isoformat()})
        self.tell(stored)
        if stored is not None:
            self.go_to("members", stored.value[0])

    async def _edit_member(self, member: Member) -> None:
        values = await self.ctx.read(store.get, MEMBER, member.id)

        async def keep(raw: dict[str, Any]) -> Any:
            return await self.ctx.write(members.revise, self.ctx.person, member.id, raw)

        self.tell(await self.fill_in(MEMBER, member.name, keep, number=member.id, values=values))

    @changes
    @opens_dialog
    @work(group="write", exit_on_error=False, description="note an absence")
    async def action_away(self) -> None:
        """Note an absence; where one is noted for today, take it back."""
        member = self.member
        if member is None:
            self.app.release_keys()
            return
        today = self.ctx.clock.today().isoformat()
        ahead = next((one for one in member.absences if one.last_day >= today), None)
        if ahead is not None:
            days = f"{ahead.first_day} to {ahead.last_day}"
            choices = [
                Choice("more", "note another absence", ""),
                Choice("back", f"take back {days}", line(ahead.reason or "")),
            ]
            answer = await self.app.push_screen_wait(Ask(f"{line(member.name)} is away", choices, free=False))
            if answer == "back":
                self.done(await self.ctx.write(members.present, self.ctx.person, member.id, ahead.first_day))
            if answer != "more":
                return

        async def keep(raw: dict[str, Any]) -> Any:
            return await self.ctx.write(members.absent, self.ctx.person, member.id, raw)

        title = f"{line(member.name)} is away"
        self.tell(await self.fill_in(ABSENCE, title, keep, number=member.id, keeps_draft=False))
