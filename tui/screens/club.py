"""The paper club: sessions left, and right what the one under the cursor needs; proposals, members, history."""

import asyncio
from array import array
from collections.abc import Sequence
from functools import partial
from typing import Any, ClassVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Static

from library.club import queries
from library.club.model import Member, Proposal, Session
from library.club.names import name_key
from library.club.reminders import when
from library.club.rotation import Standing
from library.club.turns import standing
from library.db.changes import Change
from library.errors import NotFound
from planner.club.prep import prep, preps
from tui.actions import bindings
from tui.screens.club_pages import Pages
from tui.screens.under_cursor import DETAIL_DELAY
from tui.widgets import club_row
from tui.widgets.club_text import member_content, proposal_content, session_content
from tui.widgets.detail import Detail
from tui.widgets.empty import Empty
from tui.widgets.fields import Field
from tui.widgets.months import months_content
from tui.widgets.tab_strip import TabStrip
from tui.widgets.table_lines import Cell
from tui.widgets.text_parts import joined
from tui.widgets.virtual_table import VirtualTable

HELP = """\
The group's paper club: what is proposed, who presents it when, and what came of it. Everybody sees and does the same;
members are names, nobody needs an account. `.` and `,` go from tab to tab.

**Sessions.** `n` plans one with the proposal that most want, and asks whose turn it is: whoever has not presented for
the longest time and is there that day. `r` asks again, `R` names somebody, `S` exchanges two turns. The right side is
the prep pack: why it was picked, what it bears on, three questions by template, what is related, the critique so far.
`m` writes the minutes: a line `- experiment: what @who` decides something, and `t` takes it over.

**Proposals.** `p` proposes a paper, here and in every list of papers; `v` votes; `>` puts it on a session.

**Members.** In the order of turns. `n` adds one, `a` notes an absence, `e` changes, `X` lets one leave.

**History.** What was discussed. `o` reads the minutes in your pager, `y` copies them, `i` writes a calendar file.

    ○ planned   ● held   ✗ cancelled   ? its time has passed: was it held   ▲ somebody cannot be there
    ✓ you voted for it
"""
TABS = ("sessions", "proposals", "members", "history")
_HEARD = frozenset({"club", "papers", "rows", "programme", "ranking"})
MONTHS_FROM = 30  # lines of the screen: below that the list needs them
_TABLES = {name: f"club-{name}" for name in TABS}


class ClubScreen(Pages):
    """Four tabs over four lists, and the detail."""

    SECTION = "club"
    SHARES = ("tabs",)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("club"), *bindings("tabs")]
    HELP = HELP
    AUTO_FOCUS = "#club-sessions"

    def __init__(self) -> None:
        super().__init__()
        self.sessions: dict[int, Session] = {}
        self.proposals: dict[int, Proposal] = {}
        self.members: dict[int, Member] = {}
        self.standing: tuple[Standing, ...] = ()
        self._places: dict[int, int] = {}
        self._wanted: tuple[str, int] | None = None  # tab and line to go to once it is here

    def compose_body(self) -> ComposeResult:
        """Tabs and filter, the lists, the detail."""
        with Horizontal(id="club-head"):
            yield TabStrip(TABS, widget_id="tabs")
            yield Static("/", id="club-prompt", markup=False)
            yield Field(placeholder="words, a name", id="filter", compact=True)
        with Horizontal(id="club-body"):
            with Vertical(id="club-left"):
                yield VirtualTable(club_row.SESSIONS, self._session_cells, widget_id="club-sessions")
                yield VirtualTable(club_row.PROPOSALS, self._proposal_cells, widget_id="club-proposals")
                yield VirtualTable(club_row.MEMBERS, self._member_cells, widget_id="club-members")
                yield VirtualTable(club_row.SESSIONS, self._session_cells, widget_id="club-history")
                yield Empty(id="empty")
                yield Static("", id="club-months", markup=False)
            yield Detail(widget_id="club-detail")

    @property
    def tabs(self) -> TabStrip:
        """Which list is shown."""
        return self.query_one(TabStrip)

    @property
    def tab(self) -> str:
        """Its name."""
        return self.tabs.current

    @property
    def table(self) -> "VirtualTable[Any]":
        """The list that is shown."""
        return self.query_one(f"#{_TABLES[self.tab]}", VirtualTable)

    @property
    def field(self) -> Input:
        """The filter."""
        return self.query_one("#filter", Input)

    @property
    def session(self) -> Session | None:
        """The session under the cursor."""
        return self.sessions.get(self.table.cursor_id or 0) if self.tab in ("sessions", "history") else None

    @property
    def proposal(self) -> Proposal | None:
        """The proposal under the cursor."""
        return self.proposals.get(self.table.cursor_id or 0) if self.tab == "proposals" else None

    @property
    def member(self) -> Member | None:
        """The member under the cursor."""
        return self.members.get(self.table.cursor_id or 0) if self.tab == "members" else None

    def _session_cells(self, each: Session) -> Sequence[Cell]:
        return club_row.session_cells(each, self.ctx.clock.now(), self.ctx.person)

    def _proposal_cells(self, each: Proposal) -> Sequence[Cell]:
        return club_row.proposal_cells(each, self.ctx.person, self.ctx.clock.today())

    def _member_cells(self, each: Member) -> Sequence[Cell]:
        return club_row.member_cells(each, self._places, self.ctx.clock.today())

    # Reading.

    async def load(self, changes: tuple[Change, ...]) -> None:
        """All of it: a club has hundreds of rows."""
        if changes and not any(change.topic in _HEARD for change in changes):
            return
        now = self.ctx.clock.now()
        self.sessions = {each.id: each for each in await self.ctx.read(queries.sessions)}
        self.proposals = {each.id: each for each in await self.ctx.read(queries.proposals)}
        self.members = {each.id: each for each in await self.ctx.read(queries.members, now)}
        self.standing = await self.ctx.read(standing, self.ctx.clock.today().isoformat())
        self._places = club_row.placed(self.standing)
        for name in TABS:
            self.query_one(f"#{_TABLES[name]}", VirtualTable).forget()
        self.show_list()
        self._read_detail(again=True)

    def ids_of(self, tab: str) -> list[int]:
        """What a tab holds, in its order, as far as it has the filter's words."""
        words = self.field.value.lower().split()
        if tab == "proposals":
            return [
                each.id for each in self.proposals.values() if club_row.has_words(club_row.proposal_words(each), words)
            ]
        if tab == "members":
            ordered = sorted(
                self.members.values(), key=lambda each: (self._places.get(each.id, len(self.members) + 1), each.id)
            )
            return [each.id for each in ordered if club_row.has_words(f"{each.name} {each.note or ''}".lower(), words)]
        planned = [each for each in self.sessions.values() if each.state == "planned"]
        past = [each for each in reversed(self.sessions.values()) if each.state != "planned"]
        shown = planned if tab == "sessions" else past
        return [each.id for each in shown if club_row.has_words(club_row.session_words(each), words)]

    def show_list(self, *, restart: bool = False) -> None:
        """Every list, with the filter's words."""
        for name in TABS:
            table = self.query_one(f"#{_TABLES[name]}", VirtualTable)
            table.show(array("q", self.ids_of(name)), restart=restart)
            self.set_class(name == self.tab, f"-{name}")
        if self._wanted is not None and self._wanted[0] == self.tab and self.table.move_to_id(self._wanted[1]):
            self._wanted = None
        self.tabs.show(self.tab, self._right())
        self._show_months()
        nothing = not len(self.table.ids)
        self.set_class(nothing, "-empty")
        if nothing:
            self.query_one(Detail).clear()
            self._explain_nothing()
        self.refresh_bindings()

    def on_resize(self) -> None:
        """More months, or fewer."""
        self._show_months()

    def _show_months(self) -> None:
        """A calendar below the sessions, where there is room for one."""
        months, now = self.query_one("#club-months", Static), self.ctx.clock.now()
        months.display = self.tab in ("sessions", "history") and bool(self.sessions) and self.size.height >= MONTHS_FROM
        wide = self.has_class("-wide") or self.size.width >= 100
        width = (self.size.width * 2 // 5 if wide else self.size.width) - 3
        signs = {each.day: club_row.session_mark(each, now) for each in self.sessions.values()}
        text = months_content(signs, self.ctx.clock.today(), width=width, back=self.tab == "history")
        months.update(text)

    def _right(self) -> Content:
        """The next session, and what waits for a vote."""
        now, me = self.ctx.clock.now(), name_key(self.ctx.person)
        ahead = [each for each in self.sessions.values() if each.state == "planned" and not each.over(now)]
        parts: list[Content] = []
        if ahead:
            first = ahead[0]
            who = "you present" if name_key(first.presenter or "") == me else ""
            who = "you are the backup" if not who and name_key(first.backup or "") == me else who
            said = f"next {when(first, now).removesuffix(f' {first.zone}')}"
            parts.append(joined((Content.styled(said, "$quiet"), Content.styled(who, "$accent") if who else "")))
        waiting = sum(
            each.state == "open" and me not in {name_key(name) for name in each.votes}
            for each in self.proposals.values()
        )
        if waiting:
            parts.append(Content.styled(f"{waiting} to vote on", "$accent"))
        return joined(parts, "  ")

    def _explain_nothing(self) -> None:
        empty = self.query_one(Empty)
        if self.field.value:
            empty.say("Nothing has these words", "esc takes the filter away.")
        elif self.tab == "sessions":
            steps = () if self.members else ("p    in any list of papers proposes one",)
            empty.say(
                "No session is planned",
                "The club reads together: papers are proposed and voted for, turns go round fairly, and what a "
                "session decided becomes an experiment or evidence.",
                "",
                *(() if self.members else (".    the next tabs: proposals, then members; n there adds one",)),
                *steps,
                "n    plans a session with the proposal that most voted for",
                "",
                "In a shell: labtop club schedule DAY",
            )
        elif self.tab == "proposals":
            empty.say(
                "Nothing is proposed",
                "Propose what the group should read, and say why; everybody has one vote a paper.",
                "",
                "p    finds a paper; so does p on a paper in Triage, Library and Reading",
            )
        elif self.tab == "members":
            empty.say(
                "Nobody is in the club yet",
                "Members are names; nobody needs an account. Turns go to whoever has not presented for the longest "
                "time, and pass by whoever is away.",
                "",
                "n    adds a member",
            )
        else:
            empty.say(
                "Nothing was discussed yet", "Held and cancelled sessions stand here, with minutes and decisions."
            )

    @on(VirtualTable.RowsNeeded)
    def _rows_needed(self, event: VirtualTable.RowsNeeded) -> None:
        sources = (("sessions", self.sessions), ("proposals", self.proposals), ("members", self.members))
        for name, known in (*sources, ("history", self.sessions)):
            table = self.query_one(f"#{_TABLES[name]}", VirtualTable)
            shown = set(table.ids)
            table.fill(cast(Any, known)[id_] for id_ in event.ids if id_ in known and id_ in shown)

    @on(VirtualTable.Moved)
    def _moved(self) -> None:
        self._read_detail(delay=DETAIL_DELAY)
        self.refresh_bindings()

    @work(group="detail", exclusive=True, exit_on_error=False, description="what is under the cursor")
    async def _read_detail(self, *, again: bool = False, delay: float = 0) -> None:
        await asyncio.sleep(delay)
        now, today, detail = self.ctx.clock.now(), self.ctx.clock.today(), self.query_one(Detail)
        try:
            if (found := self.session) is not None:
                packs = await self.ctx.read(preps, self.ctx.person, found)
                text = partial(session_content, found, packs, now)
            elif (proposed := self.proposal) is not None:
                pack = await self.ctx.read(prep, self.ctx.person, proposed.paper_id, proposed.id)
                text = partial(proposal_content, proposed, pack, today)
            elif (member := self.member) is not None:
                text = partial(member_content, member, self.standing, tuple(self.sessions.values()), today, now)
            else:
                detail.clear()
                return
        except NotFound:
            return  # gone meanwhile; the list follows with the next change
        detail.show(lambda width: text(width=width), restart=not again)

    # Tabs and filter.

    def action_tab(self, step: int) -> None:
        """The next tab or the one before."""
        self.action_to_tab(self.tabs.stepped(step))

    def action_to_tab(self, name: str) -> None:
        """Go to a tab. What is typed meanwhile is for it."""
        self.app.hold_keys()
        self.tabs.show(name)
        self.remove_class("-detail")
        self.show_list()
        if not self.field.has_focus:
            self.table.focus()
        self._read_detail()
        self.call_after_refresh(self.app.release_keys)

    def go_to(self, tab: str, number: int) -> None:
        """Put the cursor on a line of a tab once the list holds it."""
        self._wanted = (tab, number)
        if self.tab != tab:
            self.action_to_tab(tab)
        else:
            self.show_list()

    @on(Input.Changed, "#filter")
    def _typed(self) -> None:
        self.show_list(restart=True)

    @on(Input.Submitted, "#filter")
    def _entered(self) -> None:
        self.table.focus()

    def action_search(self) -> None:
        """To the filter, at once: the next key is its first letter."""
        self.set_focus(self.field)

    def action_to_list(self) -> None:
        """From the filter into the list."""
        self.table.focus()

    def action_back(self) -> None:
        """Filter → list; then marks and the filter are taken away."""
        if self.field.has_focus:
            self.table.focus()
        elif self.table.marks:
            self.table.mark_none()
        else:
            self.field.value = ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Each tab has its own; each line what applies to it."""
        if action in ("search", "to_list"):
            return self.field.has_focus == (action == "to_list")
        if action == "back":
            return self.field.has_focus or bool(self.table.marks or self.field.value)
        allowed = self.applies(action)
        return super().check_action(action, parameters) if allowed is None else allowed

    @on(VirtualTable.Opened)
    def _opened(self) -> None:
        self.add_class("-detail")
        self.query_one(Detail).focus()

    def on_detail_left(self) -> None:
        """Back to the list."""
        self.remove_class("-detail")
        self.table.focus()

    def on_detail_stepped(self, event: Detail.Stepped) -> None:
        """On to another one, without leaving the detail."""
        self.table.action_move(event.step)
