"""What one does to decisions, requests and incidents: draft, propose, decide, take back, close."""

import tempfile
from abc import abstractmethod
from pathlib import Path
from typing import Any, cast

from textual import work

from library.records import store
from library.records.field import Field
from library.records.kind import Kind
from planner.decisions import approvals, commands, incidents
from planner.decisions.authority import MEANING
from planner.decisions.kind import INCIDENT, MEMO, NEEDED_TO_CLOSE
from planner.decisions.model import What
from planner.decisions.page import memo_page
from planner.hypotheses.linking import targets
from tui.actions import changes
from tui.lending import page_text
from tui.safe import line
from tui.screens.base import opens_dialog
from tui.screens.hypothesis_actions import HypothesisActions
from tui.screens.prompt import Ask, Choice
from tui.widgets.decision_row import DecisionRow, line_id
from tui.widgets.virtual_table import VirtualTable

_ASKED: tuple[What, ...] = (
    "budget",
    "publication",
)  # what is not asked for where it belongs: with a promotion, a stage, a dataset
_REQUEST = Kind(
    "request",
    "requests",
    "approval",
    "A",
    "subject",
    (
        Field("what", "choice", "What", "What needs a yes", required=True, choices=_ASKED, default=_ASKED[0]),
        Field("subject", "line", "Subject", "What is asked, in one line", required=True),
    ),
)
_NEW = (
    Choice("memo", "decision memo", "on a hypothesis, drafted from its record"),
    Choice("incident", "incident", "what went wrong, and what it affects"),
    Choice("request", "request", "for an authority's yes: budget, publication"),
)


def _answer(*, needed: bool) -> Kind:
    why = Field("reason", "text", "Why", "What others read later", required=needed)
    return Kind("answer", "answers", "approval", "", "reason", (why,))


class DecisionActions(HypothesisActions):
    """Acts on the line under the cursor of the decisions."""

    decided: dict[int, DecisionRow]

    @property
    def decisions(self) -> "VirtualTable[DecisionRow]":
        """The list of decisions."""
        return cast("VirtualTable[DecisionRow]", self.query_one("#decisions", VirtualTable))

    @property
    def decision(self) -> DecisionRow | None:
        """The line under the cursor."""
        return self.decided.get(self.decisions.cursor_id or -1)

    def applies(self, action: str) -> bool:
        """Whether the line under the cursor can be proposed, answered, closed."""
        row = self.decision
        if row is None:
            return False
        if action == "propose":
            return row.what == "memo" and row.state in ("draft", "rejected")
        if action == "answer":
            return row.what != "incident" and row.waiting
        return action != "close_incident" or (row.what == "incident" and row.waiting)

    @work(group="write", exit_on_error=False, description="a new decision")
    async def new_decision(self) -> None:
        """A memo, an incident or a request."""
        what = await self.app.push_screen_wait(Ask("New", _NEW, free=False))
        if what == "memo":
            found = await self.ctx.read(targets, self.ctx.person)
            choices = [Choice(str(each.id), f"H-{each.id} {each.statement}", each.state) for each in found]
            chosen = await self.app.push_screen_wait(Ask("On which hypothesis?", choices, free=False))
            if chosen is not None:
                await self.draft_memo(int(chosen))
        elif what == "incident":
            await self._new_incident()
        elif what == "request":
            await self._new_request()

    async def _new_incident(self) -> None:
        async def keep(raw: dict[str, Any]) -> Any:
            return await self.ctx.write(incidents.add, self.ctx.person, raw)

        filled = {"happened_on": self.ctx.clock.today().isoformat()}
        stored = await self.fill_in(INCIDENT, "A new incident", keep, filled=filled)
        if stored is not None:
            self.go_to_line(line_id("incident", stored.value[0]))
            for said in await self.ctx.read(incidents.notes, stored.value[0]):
                self.notify(line(said), severity="warning", markup=False)

    async def _new_request(self) -> None:
        async def keep(raw: dict[str, Any]) -> Any:
            settings = self.ctx.workspace.settings.programme
            return await self.ctx.write(approvals.ask, self.ctx.person, settings, raw["what"], raw["subject"])

        meanings = {"what": {str(name): MEANING[name] for name in _ASKED}}
        stored = await self.fill_in(_REQUEST, "Ask for a yes", keep, meanings=meanings)
        self.tell(stored)
        if stored is not None:
            self.go_to_line(line_id("approval", stored.value[0]))

    @abstractmethod
    def go_to_line(self, id_: int) -> None:
        """Put the cursor on a line of the decisions once the list holds it."""

    def go_to_memo(self, number: int) -> None:
        """Show a memo once the list holds it."""
        self.go_to_line(line_id("memo", number))

    @work(group="write", exit_on_error=False, description="edit the decision")
    async def edit_decision(self, *, as_text: bool = False) -> None:
        """Change a memo or an incident."""
        row = self.decision
        if row is None or row.what == "approval":
            self.app.release_keys()
            self.notify("A request is not edited: W takes your own back.", markup=False)
            return
        kind = MEMO if row.what == "memo" else INCIDENT
        revise = commands.revise if row.what == "memo" else incidents.revise
        values = await self.ctx.read(store.get, kind, row.number)

        async def keep(raw: dict[str, Any]) -> Any:
            return await self.ctx.write(revise, self.ctx.person, row.number, raw)

        title = f"{row.label}  {row.title}"
        self.tell(await self.fill_in(kind, title, keep, number=row.number, values=values, as_text=as_text))

    # Deciding.

    @changes
    def action_propose(self) -> None:
        """Freeze the memo and ask its deciders for their yes."""
        if self.decision is not None:
            self._propose(self.decision.number)

    @work(group="write", exit_on_error=False, description="propose the memo")
    async def _propose(self, number: int) -> None:
        settings = self.ctx.workspace.settings.programme
        change = await self.ctx.write(commands.propose, self.ctx.person, settings, number)
        self.notify(line(change.summary), markup=False)

    @changes
    @opens_dialog
    @work(group="write", exit_on_error=False, description="decide")
    async def action_answer(self, answer: str) -> None:
        """Say yes or no to what somebody else asked for, or take one's own back."""
        row = self.decision
        if row is None:
            self.app.release_keys()
            return

        async def keep(raw: dict[str, Any]) -> Any:
            return await self.ctx.write(_answered, self.ctx.person, row, answer, raw.get("reason"))

        word = {"approved": "Accept", "refused": "Reject", "withdrawn": "Take back"}[answer]
        kind = _answer(needed=answer == "refused")
        self.tell(await self.fill_in(kind, f"{word} {row.label}: {row.title}", keep, number=row.id))

    @changes
    @opens_dialog
    @work(group="write", exit_on_error=False, description="close the incident")
    async def action_close_incident(self) -> None:
        """Close the incident, with its cause and what was learned."""
        row = self.decision
        if row is None:
            self.app.release_keys()
            return
        fields = tuple(INCIDENT.field(name) for name in NEEDED_TO_CLOSE)
        kind = Kind("closing", "closings", "incident", "I", "cause", fields)
        values = await self.ctx.read(store.get, INCIDENT, row.number)

        async def keep(raw: dict[str, Any]) -> Any:
            return await self.ctx.write(_closed, self.ctx.person, row.number, raw)

        self.tell(await self.fill_in(kind, f"Close {row.label}: {row.title}", keep, number=row.number, values=values))

    # Reading elsewhere.

    async def decision_text(self, row: DecisionRow) -> tuple[str, str]:
        """(what it is, its Markdown)."""
        if row.what == "memo":
            return row.label, (await self.ctx.read(memo_page, row.number))[1]
        if row.what == "incident":
            return row.label, await self.ctx.read(incidents.postmortem, row.number)
        return row.label, f"{row.label} {row.said}: {row.title}\n"

    @work(group="outside", exit_on_error=False, description="open as text")
    async def action_outside(self) -> None:
        """The memo or postmortem as Markdown in the pager."""
        if self.decision is None:
            return
        label, text = await self.decision_text(self.decision)
        with tempfile.TemporaryDirectory(prefix="labtop-") as folder:
            path = Path(folder) / f"{label}.md"
            await self.ctx.compute(path.write_text, text, "utf-8")
            page_text(self.app, path)


def _answered(db: Any, person: str, row: DecisionRow, answer: str, reason: str | None) -> Any:
    number = commands.waiting_for(db, row.number).id if row.what == "memo" else row.number
    if answer == "withdrawn":
        return approvals.withdraw(db, person, number, reason)
    return approvals.decide_approval(db, person, number, "approved" if answer == "approved" else "refused", reason)


def _closed(db: Any, person: str, number: int, raw: dict[str, Any]) -> Any:
    return incidents.close(db, person, number, cause=raw.get("cause"), learnings=raw.get("learnings"))
