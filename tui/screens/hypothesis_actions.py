"""What one does to hypotheses: add, edit, move, believe, put evidence beside them, decide on them."""

import re
from abc import abstractmethod
from typing import Any, cast

from textual import work

from library.errors import NotFound
from library.records import store
from library.records.field import Field
from library.records.kind import Kind
from planner.decisions import commands as decisions
from planner.hypotheses import commands
from planner.hypotheses.beliefs import shown_share
from planner.hypotheses.evidence import MARKS, remove_evidence, set_evidence
from planner.hypotheses.kind import HYPOTHESIS
from planner.hypotheses.model import Evidence, HypothesisRow
from planner.hypotheses.promotion import ask_promotion
from planner.hypotheses.queries import hypothesis
from planner.hypotheses.remarks import remarks_on
from planner.hypotheses.states import MEANING, MOVES
from tui.actions import changes
from tui.safe import line
from tui.screens.base import opens_dialog
from tui.screens.programme import ProgrammeScreen
from tui.screens.prompt import Ask, Choice
from tui.widgets.virtual_table import VirtualTable

_REASON = Field("reason", "text", "Why", "What others read later; a verdict that says the same is reason enough")
_BELIEF = Kind(
    "belief",
    "beliefs",
    "belief",
    "",
    "reason",
    (
        Field("value", "share", "Belief", "How probable it is held to be now", required=True),
        Field("reason", "text", "Why", "What has moved it", required=True),
    ),
)
_EVIDENCE = Kind(
    "evidence",
    "evidence",
    "evidence",
    "",
    "stance",
    (
        *MARKS,
        Field(
            "keep",
            "choice",
            "Keep it",
            "Removed evidence comes back with u",
            choices=("keep", "remove"),
            default="keep",
        ),
    ),
)
MEMO_KINDS = (
    Choice("proceed", "proceed", "go on with it, or adopt it"),
    Choice("pivot", "pivot", "change direction"),
    Choice("stop", "stop", "stop work on it"),
)


class HypothesisActions(ProgrammeScreen):
    """Acts on the hypothesis under the cursor."""

    hypotheses: dict[int, HypothesisRow]

    @property
    def claims(self) -> "VirtualTable[HypothesisRow]":
        """The list of hypotheses."""
        return cast("VirtualTable[HypothesisRow]", self.query_one("#claims", VirtualTable))

    @property
    def claim(self) -> HypothesisRow | None:
        """The hypothesis under the cursor."""
        return self.hypotheses.get(self.claims.cursor_id or 0)

    @work(group="write", exit_on_error=False, description="a new hypothesis")
    async def new_hypothesis(self) -> None:
        """Fill in a new one; then what stands near it is pointed out."""

        async def keep(raw: dict[str, Any]) -> Any:
            return await self.ctx.write(commands.add, self.ctx.person, raw)

        stored = await self.fill_in(HYPOTHESIS, "A new hypothesis", keep)
        if stored is not None:
            self.go_to(stored.value[0])
            await self._remark(stored.value[0])

    @work(group="write", exit_on_error=False, description="edit the hypothesis")
    async def edit_hypothesis(self, *, as_text: bool = False) -> None:
        """Change its fields."""
        number = self.claims.cursor_id
        if number is None:
            self.app.release_keys()
            return
        values = await self.ctx.read(store.get, HYPOTHESIS, number)

        async def keep(raw: dict[str, Any]) -> Any:
            return await self.ctx.write(commands.edit, self.ctx.person, number, raw)

        title = f"H-{number}  {values['statement']}"
        stored = await self.fill_in(HYPOTHESIS, title, keep, number=number, values=values, as_text=as_text)
        if stored is not None and stored.value.journal_id is not None:
            await self._remark(number)

    @abstractmethod
    def go_to(self, number: int) -> None:
        """Put the cursor on a hypothesis once the list holds it."""

    async def _remark(self, number: int) -> None:
        said = "\n".join(line(each) for each in await self.ctx.read(remarks_on, number))
        if said:
            self.notify(said, title="To bear in mind", severity="warning", markup=False, timeout=8)

    @changes
    @opens_dialog
    @work(group="write", exit_on_error=False, description="move the hypothesis")
    async def action_move(self) -> None:
        """To another state, with the reason."""
        row = self.claim
        if row is None:
            self.app.release_keys()
            return
        ways = MOVES[row.state]
        state = Field("state", "choice", "State", "Where it goes from here", required=True, choices=ways)
        kind = Kind("hypothesis-move", "moves", "hypothesis_move", "", "reason", (state, _REASON))

        async def keep(raw: dict[str, Any]) -> Any:
            reason = raw.get("reason", "")
            return await self.ctx.write(commands.move, self.ctx.person, row.id, raw["state"], reason)

        title = f"Move H-{row.id} from {row.state} to"
        found = row.verdict.state if row.verdict is not None and not row.verdict.exploratory else ""
        filled = {"state": found if found in ways else ways[0]}  # what the verdict says is what one comes for
        self.tell(await self.fill_in(kind, title, keep, number=row.id, filled=filled, meanings={"state": MEANING}))

    @changes
    @opens_dialog
    @work(group="write", exit_on_error=False, description="state a belief")
    async def action_believe(self) -> None:
        """How probable it is held to be now, and why."""
        row = self.claim
        if row is None:
            self.app.release_keys()
            return

        async def keep(raw: dict[str, Any]) -> Any:
            return await self.ctx.write(commands.believe, self.ctx.person, row.id, raw["value"], raw["reason"])

        title = f"Belief in H-{row.id}, {shown_share(row.belief)} until now"
        self.tell(await self.fill_in(_BELIEF, title, keep, number=row.id))

    # Evidence.

    @changes
    def action_find_evidence(self) -> None:
        """To the Library, with what speaks of this claim; + and − there put its sentences beside it."""
        row = self.claim
        if row is None:
            return
        self.app.linking = row.id
        words = re.findall(r"\w+", line(row.statement).lower())
        self.notify(
            f"+ and − on a paper put its sentence beside H-{row.id}.", title="Papers that speak of it", markup=False
        )
        self.app.run_query(" ".join(words))

    @changes
    @opens_dialog
    @work(group="write", exit_on_error=False, description="revise evidence")
    async def action_evidence(self) -> None:
        """Choose a piece of evidence: say how strongly it speaks, note something, take it away."""
        row = self.claim
        detail = await self.ctx.read(hypothesis, row.id) if row is not None else None
        if detail is None or not detail.evidence:
            self.app.release_keys()
            self.notify("Nothing is linked yet: L finds papers that speak of it.", title="Evidence", markup=False)
            return
        pieces = {str(each.id): each for each in detail.evidence}
        choices = [Choice(key, f"{_SIGN[each.stance]} {_said(each)}", each.origin) for key, each in pieces.items()]
        chosen = await self.app.push_screen_wait(Ask(f"Evidence on H-{detail.row.id}", choices, free=False))
        if chosen in pieces:
            await self._revise(pieces[chosen])

    async def _revise(self, piece: Evidence) -> None:
        async def keep(raw: dict[str, Any]) -> Any:
            if raw.pop("keep", "keep") == "remove":
                return await self.ctx.write(remove_evidence, self.ctx.person, piece.id)
            return await self.ctx.write(set_evidence, self.ctx.person, piece.id, raw)

        values = {name: getattr(piece, name) for name in ("stance", "scale", "directness", "note")} | {"keep": "keep"}
        self.tell(await self.fill_in(_EVIDENCE, _said(piece), keep, number=piece.id, values=values))

    # Deciding.

    @changes
    @opens_dialog
    @work(group="write", exit_on_error=False, description="draft a memo")
    async def action_memo(self) -> None:
        """Draft a decision memo from the record of this hypothesis."""
        if self.claim is None:
            self.app.release_keys()
        else:
            await self.draft_memo(self.claim.id)

    async def draft_memo(self, number: int) -> None:
        """Ask what is decided, and draft the memo."""
        kind = await self.app.push_screen_wait(Ask(f"Decide on H-{number}", MEMO_KINDS, free=False))
        if kind is not None:
            memo, change = await self.ctx.write(decisions.draft, self.ctx.person, kind, hypothesis=number)
            self.notify("e fills it in, p proposes it.", title=line(change.summary), markup=False)
            self.go_to_memo(memo)

    @abstractmethod
    def go_to_memo(self, number: int) -> None:
        """Show a memo once the list holds it."""

    @changes
    def action_promote(self) -> None:
        """Ask for the approval that a promotion needs."""
        if self.claim is not None:
            self._promote(self.claim.id)

    @work(group="write", exit_on_error=False, description="ask for a promotion")
    async def _promote(self, number: int) -> None:
        settings = self.ctx.workspace.settings.programme
        change = await self.ctx.write(ask_promotion, self.ctx.person, settings, number)
        self.notify(line(change.summary), markup=False)

    # Copying.

    async def hypothesis_text(self, number: int) -> tuple[str, str]:
        """(what was copied, its text): everything about a hypothesis, as `labtop hypothesis show` prints it."""
        from tui.commands.hypothesis_text import page_lines

        try:
            detail = await self.ctx.read(hypothesis, number)
        except NotFound:
            return "", ""
        return f"H-{number}", "\n".join(page_lines(detail, self.ctx.clock.today()))


_SIGN = {"for": "+", "against": "−", "context": "·"}


def _said(piece: Evidence) -> str:
    if piece.verdict is not None:
        return line(f"{piece.verdict.headline}: {piece.verdict.summary}")
    return line(piece.quote or f"run {piece.run}")
