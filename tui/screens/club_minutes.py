"""Minutes, in place or in $EDITOR; decisions, and what becomes of them."""

from typing import Any

from textual import work

from library.club import minutes
from library.club.kind import DECISION
from library.club.model import Decision, Session
from library.papers.drafts import draft_path, drop_draft, keep_draft, read_draft
from library.records.kind import Kind
from planner.club.taking_over import as_evidence, as_experiment, proposed
from planner.experiments.kind import EXPERIMENT
from planner.hypotheses.linking import candidates, targets
from tui.actions import changes
from tui.lending import edit_file
from tui.safe import line
from tui.screens.base import opens_dialog
from tui.screens.club_planning import Planning
from tui.screens.note import NoteScreen
from tui.screens.prompt import Ask, Choice

_STANCES = (
    Choice("for", "for", "it speaks for the hypothesis"),
    Choice("against", "against", "it speaks against it"),
    Choice("context", "context", "neither"),
)
_EXPERIMENT = Kind(
    "experiment",
    "experiments",
    "experiment",
    "E",
    "title",
    tuple(EXPERIMENT.field(name) for name in ("title", "hypothesis_id", "kind", "question", "owner")),
)


ABOUT = "A line “- experiment: what @who” becomes a decision; so does action: or evidence:"


class Minutes(Planning):
    """Acts on the session under the cursor."""

    @changes
    @opens_dialog
    @work(group="write", exit_on_error=False, description="write the minutes")
    async def action_minutes(self) -> None:
        """Write them in place; lines such as "- experiment: … @kim" become decisions."""
        found = self.session
        if found is None:
            self.app.release_keys()
            return
        draft = self._draft(found)
        stored = found.minutes or minutes.template(found)
        title = f"Minutes of {found.label}, {found.day}"
        written = await self.app.push_screen_wait(NoteScreen(title, stored, draft, about=ABOUT, key="m"))
        if written is not None:
            await self._store(found, written.text)
            await self.ctx.compute(drop_draft, draft)

    @changes
    @work(group="write", exit_on_error=False, description="minutes in an editor")
    async def action_minutes_text(self) -> None:
        """Write them in $EDITOR. The text is the draft until it is stored, so nothing is lost on the way."""
        found = self.session
        if found is None:
            return
        draft = self._draft(found)
        before = found.minutes or minutes.template(found)
        keep_draft(draft, read_draft(draft) or before or "\n")
        edit_file(self.app, draft, otherwise="Write them with m.", kept="The text is kept as a draft: m shows it.")
        await self._store(found, read_draft(draft) or "")
        drop_draft(draft)

    def _draft(self, found: Session) -> Any:
        return draft_path(self.ctx.workspace.paths, self.ctx.person, f"minutes of {found.label}")

    async def _store(self, found: Session, text: str) -> None:
        if text.strip() == (found.minutes or "").strip() or minutes.is_template(found, text):
            self.notify("Nothing was written.", markup=False, timeout=3)
            return
        now = self.ctx.clock.now()
        self.done(await self.ctx.write(minutes.write_minutes, self.ctx.person, found.id, text, now=now))

    @changes
    @opens_dialog
    @work(group="write", exit_on_error=False, description="add a decision")
    async def action_decide(self) -> None:
        """Add a decision to the minutes."""
        found = self.session
        if found is None:
            self.app.release_keys()
            return

        async def keep(raw: dict[str, Any]) -> Any:
            return await self.ctx.write(minutes.decide, self.ctx.person, found.id, raw)

        self.tell(await self.fill_in(DECISION, f"Decided in {found.label}", keep, number=found.id))

    @changes
    @opens_dialog
    @work(group="write", exit_on_error=False, description="take a decision over")
    async def action_take(self) -> None:
        """An experiment or evidence of a decision; an action is done."""
        found = self.session
        waiting = [one for one in found.decisions if one.open] if found is not None else []
        if not waiting:
            self.app.release_keys()
            self.notify("No decision of this session waits: d adds one.", markup=False)
            return
        chosen = waiting[0]
        if len(waiting) > 1:
            choices = [Choice(str(one.id), f"{one.kind}: {line(one.text)}", line(one.owner or "")) for one in waiting]
            answer = await self.app.push_screen_wait(Ask("Which decision?", choices, free=False))
            if answer is None:
                return
            chosen = next(one for one in waiting if str(one.id) == answer)
        if chosen.kind == "action":
            self.done(await self.ctx.write(minutes.done, self.ctx.person, chosen.id))
        elif chosen.kind == "experiment":
            await self._experiment(chosen)
        else:
            await self._evidence(chosen)

    async def _experiment(self, chosen: Decision) -> None:
        async def keep(raw: dict[str, Any]) -> Any:
            return await self.ctx.write(as_experiment, self.ctx.person, chosen.id, raw)

        filled = await self.ctx.read(proposed, chosen)
        title = f"{chosen.label} becomes an experiment"
        self.tell(await self.fill_in(_EXPERIMENT, title, keep, filled=filled, keeps_draft=False))

    async def _evidence(self, chosen: Decision) -> None:
        """Which hypothesis, which sentence, which stance: the person says all three."""
        if chosen.paper_id is None:
            self.notify("It names no paper, so nothing can be quoted.", title=chosen.label, markup=False)
            return
        claims = await self.ctx.read(targets, self.ctx.person, chosen.paper_id)
        choices = [Choice(str(each.id), f"H-{each.id} {line(each.statement)}", each.state) for each in claims]
        claim = await self.app.push_screen_wait(Ask(f"{chosen.label}: on which hypothesis?", choices, free=False))
        if claim is None:
            return
        said = await self.ctx.read(candidates, int(claim), chosen.paper_id)
        ordered = sorted(said, key=lambda each: -each.likeness)
        choices = [Choice(each.name, line(each.text), each.name) for each in ordered]
        sentence = await self.app.push_screen_wait(Ask("Which sentence of the paper says so?", choices, free=False))
        if sentence is None:
            return
        stance = await self.app.push_screen_wait(Ask("What does it say of the hypothesis?", _STANCES, free=False))
        if stance is not None:
            marks = {"stance": stance}
            _, change = await self.ctx.write(
                as_evidence, self.ctx.person, chosen.id, int(claim), marks, sentence=sentence
            )
            self.done(change)
