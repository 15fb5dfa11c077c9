"""What one does to a quarter: plan, adopt, lock, veto, pick the week, close, look at what changed, copy."""

import asyncio
from abc import abstractmethod
from contextlib import suppress
from typing import Any, Final

from textual import work

from library.errors import LabtopError
from library.jobs import Cancelled, CancelToken, Pace
from library.quarter import Quarter, week_of
from library.records.field import Field
from library.records.kind import Kind, read_values
from library.text import counted
from planner.prioritisation.portfolio import Budget, Lock
from planner.prioritisation.robustness import DRAWS, Robustness
from planner.roadmap import adoption, closing, locks, plans, queries
from planner.roadmap.markdown import plan_markdown
from planner.roadmap.planning import Planned, compute, resampled
from planner.roadmap.queries import RoadmapRows
from planner.roadmap.snapshot import snapshot
from planner.roadmap.storing import store_plan, store_shares
from planner.roadmap.week_picking import pick, week_snapshot
from planner.roadmap.weeks import WeekPlan, store_week, week_plan
from tui.actions import changes
from tui.long_work import Tell
from tui.screens.base import opens_dialog
from tui.screens.page import Page
from tui.screens.review import ReviewScreen
from tui.screens.roadmap_experiments import ExperimentActions
from tui.widgets.roadmap_pages import changes_content, week_content

FEW: Final = 200  # experiments; beyond, resampling takes minutes and has to be asked for in a shell
_BUDGET: Final = Kind(
    "plan",
    "plans",
    "roadmap",
    "",
    "gpu_hours",
    (
        Field("gpu_hours", "number", "GPU-hours", "Of the whole quarter", required=True, minimum=0),
        Field("people_days", "number", "People-days", "Empty: no limit", minimum=0),
        Field("floor", "share", "Exploration", "At least this share of the GPU-hours; empty: none"),
    ),
)
_FREE: Final = Kind(
    "week",
    "weeks",
    "week",
    "",
    "gpu_hours",
    (
        Field("gpu_hours", "number", "Free GPU-hours", "Empty: what the quarter has not used yet", minimum=0),
        Field("people_days", "number", "Free people-days", "Empty: no limit", minimum=0),
    ),
)
_REASON: Final = Kind(
    "lock",
    "locks",
    "roadmap_lock",
    "",
    "reason",
    (Field("reason", "line", "Why", "Others will ask for it", required=True),),
)


class PlanningActions(ExperimentActions):
    """Acts on the quarter that is shown."""

    quarter: Quarter | None
    rows: RoadmapRows | None

    @property
    @abstractmethod
    def chosen(self) -> tuple[int, ...]:
        """Experiments that an action is meant for."""

    @abstractmethod
    def show_shares(self, roadmap: int, found: Robustness) -> None:
        """In what share of the draws so far each experiment stays in."""

    # Planning.

    @changes
    @opens_dialog
    @work(group="write", exit_on_error=False, description="plan the quarter")
    async def action_plan(self) -> None:
        """Ask for the budget, then plan beside the screen."""
        quarter = self.quarter
        if quarter is None:
            self.app.release_keys()
            return
        before = await self.ctx.read(plans.current, quarter)
        limit = self.ctx.workspace.settings.programme.quarter_gpu_hours
        filled = {"gpu_hours": f"{limit:g}" if limit else ""}
        if before is not None:
            filled = {
                "gpu_hours": f"{before.gpu_hours:g}",
                "people_days": "" if before.people_days is None else f"{before.people_days:g}",
                "floor": f"{before.exploration_floor:g}" if before.exploration_floor else "",
            }

        async def keep(raw: dict[str, Any]) -> Any:
            values, _ = read_values(_BUDGET, raw)
            return Budget(values["gpu_hours"], values.get("people_days"), values.get("floor") or 0.0)

        stored = await self.fill_in(_BUDGET, f"Plan {quarter}: what there is", keep, filled=filled, keeps_draft=False)
        if stored is not None and not self.app.long_work.run(
            "plan", lambda token: self._plan(token, quarter, stored.value)
        ):
            self.notify("x stops it.", title="A quarter is being planned already", markup=False)

    async def _plan(self, token: CancelToken, quarter: Quarter, budget: Budget) -> None:
        long_work, ctx = self.app.long_work, self.ctx
        settings = ctx.workspace.settings.programme
        long_work.tell("plan", f"planning {quarter}")
        try:
            now = await ctx.read(snapshot, settings, quarter)
            planned = await long_work.in_thread("plan", lambda _: compute(now, budget, cancel=token))
            token.check()
        except Cancelled:
            self.app.notify("Nothing was stored.", title="Planning stopped", markup=False)
            return
        change = await ctx.write(store_plan, ctx.person, planned)
        self.app.notify(f"{change.summary}. A adopts it.", markup=False)
        draft = await ctx.read(plans.current, quarter, ("draft",))
        if draft is None or draft.id is None:
            return
        if len(planned.plan.entries) > FEW:
            told = f"{len(planned.plan.entries):,} experiments: labtop roadmap plan --robust draws what stays in."
            self.app.notify(told, title="Not resampled", markup=False)
        elif planned.plan.entries:
            await self._resample(token, planned, draft.id)

    async def _resample(self, token: CancelToken, planned: Planned, roadmap: int) -> None:
        loop, newest = asyncio.get_running_loop(), list[Robustness]()

        def draw(tell: Tell) -> None:
            pace = Pace(f"drawing what stays in {planned.plan.quarter}", DRAWS, tell)
            for found in resampled(planned, cancel=token):
                newest[:] = [found]
                with suppress(RuntimeError):  # the loop is closed: nobody looks any more
                    loop.call_soon_threadsafe(self.show_shares, roadmap, found)
                pace.at(found.draws, final=found.draws == found.target)

        with suppress(Cancelled):
            await self.app.long_work.in_thread("plan", draw)
        if newest and newest[0].shares:
            with suppress(LabtopError):  # planned again or adopted meanwhile: then these are shares of another plan
                await self.ctx.write(store_shares, self.ctx.person, roadmap, newest[0])

    @changes
    @work(group="write", exit_on_error=False, description="adopt the plan")
    async def action_adopt(self) -> None:
        """Make the draft the plan; over the limit, ask for approval instead."""
        if self.quarter is None:
            return
        await self.app.long_work.stop("plan")  # the draws so far belong to the draft
        change = await self.ctx.write(
            adoption.adopt, self.ctx.person, self.ctx.workspace.settings.programme, self.quarter
        )
        self.notify(change.summary, markup=False, timeout=8)

    # A person's word.

    @changes
    @opens_dialog
    @work(group="write", exit_on_error=False, description="lock in or veto")
    async def action_lock(self, lock: Lock) -> None:
        """Lock in or veto, with the reason; again takes it back."""
        quarter, numbers = self.quarter, self.chosen
        if quarter is None or not numbers:
            self.app.release_keys()
            return
        there = await self.ctx.read(locks.locks_of, quarter)
        if all(number in there and there[number].lock == lock for number in numbers):
            change = await self.ctx.write(locks.unlock, self.ctx.person, numbers, quarter)
            self.app.release_keys()
            self.notify(change.summary, markup=False)
            return

        async def keep(raw: dict[str, Any]) -> Any:
            return await self.ctx.write(locks.set_lock, self.ctx.person, numbers, quarter, lock, raw["reason"])

        names = ", ".join(f"E-{number}" for number in numbers[:4]) + (" …" if len(numbers) > 4 else "")
        title = f"Lock {names} in for {quarter}" if lock == "in" else f"Veto {names} for {quarter}"
        stored = await self.fill_in(_REASON, title, keep, keeps_draft=False)
        if stored is not None:
            self.notify(f"{stored.value.summary}. P plans again with it.", markup=False)

    # The week, the end of the quarter.

    @changes
    @opens_dialog
    @work(group="write", exit_on_error=False, description="pick the week")
    async def action_week(self) -> None:
        """Ask for what is free, pick, store, and say what waits."""
        settings = self.ctx.workspace.settings.programme
        week = week_of(self.ctx.clock.today())
        there = await self.ctx.read(week_plan, settings, week)
        now = await self.ctx.read(week_snapshot, settings, week)

        async def keep(raw: dict[str, Any]) -> WeekPlan:
            values, _ = read_values(_FREE, raw)
            found = await self.ctx.compute(pick, now, values.get("gpu_hours"), values.get("people_days"))
            await self.ctx.write(store_week, self.ctx.person, found)
            return found

        picked = f", {counted(len(there.items), 'experiment')} picked" if there is not None else ""
        stored = await self.fill_in(_FREE, f"This week, {week}{picked}: what is free?", keep, keeps_draft=False)
        if stored is not None:
            found = stored.value
            self.app.push_screen(Page(f"{found.week} of {found.quarter}", lambda width: week_content(found, width)))

    @changes
    @opens_dialog
    @work(group="write", exit_on_error=False, description="close the quarter")
    async def action_close_quarter(self) -> None:
        """Go through what is not over, then freeze the plan beside what became of it."""
        quarter = self.quarter
        if quarter is None:
            self.app.release_keys()
            return
        entries = await self.ctx.read(closing.unfinished, quarter)
        reviewed = await self.app.push_screen_wait(ReviewScreen(str(quarter), entries))
        if reviewed is None:
            return
        settings = self.ctx.workspace.settings.programme
        change = await self.ctx.write(
            closing.close, self.ctx.person, settings, quarter, reviewed.answers, reviewed.learned or None
        )
        self.notify(change.summary, markup=False, timeout=8)

    @work(group="outside", exit_on_error=False, description="what changed")
    async def action_what_changed(self) -> None:
        """Since the last review: what came in, what left, what was found."""
        if self.quarter is None:
            return
        found = await self.ctx.read(queries.changed_since, self.quarter)
        today = self.ctx.clock.today()
        title = f"{found.quarter}: changed since {found.since[:10]}"
        self.app.push_screen(Page(title, lambda width: changes_content(found, today, width)))

    def action_copy(self) -> None:
        """The plan as Markdown, into the clipboard."""
        plan = self.rows.plan if self.rows is not None else None
        if plan is None:
            self.notify("P plans the quarter.", title="There is no plan to copy", markup=False)
            return
        self.app.copy_to_clipboard(plan_markdown(plan))
        self.notify(f"The plan of {plan.quarter}, as Markdown.", title="Copied", markup=False)
