"""What one does to experiments: write, edit, move, judge, note what is in the way, bring results in."""

from abc import abstractmethod
from os.path import expanduser
from typing import Any, Final

from textual import work

from library.errors import LabtopError, NotFound, UsageError
from library.records import store
from library.records.field import Field
from library.records.kind import Kind
from planner.experiments import commands
from planner.experiments.baselines import ages, rerun, said
from planner.experiments.effective import effective
from planner.experiments.kind import EXPERIMENT
from planner.experiments.model import Baseline, State
from planner.experiments.states import MOVES, asks_reason, state_of
from planner.obstacles import commands as obstacles
from planner.obstacles.kind import OBSTACLE
from planner.obstacles.queries import obstacles as open_obstacles
from planner.roadmap.queries import Card
from planner.transfer.queries import transfer
from tui.actions import changes
from tui.safe import line
from tui.screens.base import opens_dialog
from tui.screens.programme import ProgrammeScreen
from tui.screens.prompt import Ask, Choice
from tui.screens.transfer import TransferScreen
from tui.widgets.board import COLUMNS

_REASON: Final = Field("reason", "text", "Why", "What others read later")
_MEANING: Final = {
    "idea": "not thought through yet",
    "ready": "the plan lacks nothing",
    "planned": "in a quarter's plan",
    "running": "its runs have begun",
    "analysing": "results are there",
    "done": "a verdict, or the reason why there is none",
    "dropped": "given up; it stays on record",
}
_RESOLVE: Final = Kind(
    "resolution",
    "resolutions",
    "obstacle",
    "",
    "how",
    (Field("how", "text", "How", "What took it out of the way", required=True),),
)
_RESULTS: Final = Kind(
    "results",
    "results",
    "result",
    "",
    "file",
    (
        Field("file", "line", "File", "CSV or JSON lines (also gzipped): arm, seed, metric, value", required=True),
        Field("phase", "choice", "Phase", "Where the file does not say it", choices=("offline", "online")),
        Field(
            "differing",
            "choice",
            "Other values",
            "Where another value is stored already",
            choices=("refuse", "replace"),
            default="refuse",
        ),
        Field(
            "bad",
            "choice",
            "Bad lines",
            "Lines that cannot be taken",
            choices=("refuse", "leave out"),
            default="refuse",
        ),
    ),
)


class ExperimentActions(ProgrammeScreen):
    """Acts on the experiment under the cursor."""

    @property
    @abstractmethod
    def card(self) -> Card | None:
        """The experiment under the cursor."""

    @abstractmethod
    def go_to(self, number: int) -> None:
        """Put the cursor on an experiment once the list holds it."""

    def _card_or_release(self) -> Card | None:
        card = self.card
        if card is None:
            self.app.release_keys()
        return card

    @changes
    @opens_dialog
    @work(group="write", exit_on_error=False, description="a new experiment")
    async def action_new(self) -> None:
        """Fill in a new one."""

        async def keep(raw: dict[str, Any]) -> Any:
            return await self.ctx.write(commands.add, self.ctx.person, raw)

        stored = await self.fill_in(EXPERIMENT, "A new experiment", keep)
        if stored is not None:
            self.go_to(stored.value[0])

    @changes
    @opens_dialog
    def action_edit(self) -> None:
        """Change its fields."""
        self._edit(as_text=False)

    @changes
    @opens_dialog
    def action_edit_text(self) -> None:
        """Change it as TOML in $EDITOR."""
        self._edit(as_text=True)

    @work(group="write", exit_on_error=False, description="edit the experiment")
    async def _edit(self, *, as_text: bool) -> None:
        card = self._card_or_release()
        if card is None:
            return
        number = card.number
        values = await self.ctx.read(store.get, EXPERIMENT, number)

        async def keep(raw: dict[str, Any]) -> Any:
            return await self.ctx.write(commands.revise, self.ctx.person, number, raw)

        title = f"{card.id}  {values['title']}"
        self.tell(await self.fill_in(EXPERIMENT, title, keep, number=number, values=values, as_text=as_text))

    # States.

    @changes
    @opens_dialog
    @work(group="write", exit_on_error=False, description="move the experiment")
    async def action_move(self) -> None:
        """To another state, with the reason."""
        card = self._card_or_release()
        if card is not None:
            await self._ask_move(card, MOVES[card.state], MOVES[card.state][0])

    async def _ask_move(self, card: Card, ways: tuple[State, ...], first: State) -> None:
        state = Field("state", "choice", "State", "Where it goes from here", required=True, choices=ways)
        kind = Kind("move", "moves", "experiment_move", "", "reason", (state, _REASON))

        async def keep(raw: dict[str, Any]) -> Any:
            reason = raw.get("reason", "")
            return await self.ctx.write(commands.move, self.ctx.person, card.number, raw["state"], reason)

        title = f"Move {card.id} from {card.state} to"
        filled, meanings = {"state": first}, {"state": _MEANING}
        at = "reason" if len(ways) == 1 else ""
        self.tell(await self.fill_in(kind, title, keep, keeps_draft=False, filled=filled, meanings=meanings, at=at))

    @changes
    def action_shift(self, step: int) -> None:
        """To the column beside, where it may go there; why is asked only where it has to be said."""
        if self.card is not None:
            self._shift(self.card, step)

    @work(group="write", exit_on_error=False, description="move the card")
    async def _shift(self, card: Card, step: int) -> None:
        before = await self.ctx.read(state_of, card.number)  # keys may come faster than the board is read again
        place = COLUMNS.index(before) + step if before in COLUMNS else -1
        if not 0 <= place < len(COLUMNS):
            return
        to = COLUMNS[place]
        try:
            await self.ctx.write(commands.move, self.ctx.person, card.number, to)
        except UsageError:
            if not (asks_reason(before, to) and to in MOVES[before]):
                raise
            await self._ask_move(card, (to,), to)

    # What is in the way.

    @changes
    @opens_dialog
    @work(group="write", exit_on_error=False, description="a blocker or risk")
    async def action_obstacle(self) -> None:
        """Note one, resolve one of those that are there, or plan to measure a stale baseline again."""
        card = self._card_or_release()
        if card is None:
            return
        there = {each.label: each for each in await self.ctx.read(open_obstacles, experiment=card.number)}
        stale = {f"stale {each.arm}": each for each in await self._stale_baselines(card)}
        chosen: str | None = "new"
        if there or stale:
            choices = [Choice("new", "A new blocker or risk")]
            choices += [Choice(label, f"Resolve {label}", each.what) for label, each in there.items()]
            choices += [Choice(key, f"Measure {each.arm} again", said(each)) for key, each in stale.items()]
            title = f"In the way of {card.id}"
            chosen = await self.app.push_screen_wait(Ask(title, choices, free=False))
        if chosen == "new":
            await self._new_obstacle(card)
        elif chosen in stale:
            _, change = await self.ctx.write(rerun, self.ctx.person, card.number, arm=stale[chosen].arm)
            self.notify(line(change.summary), markup=False, timeout=6)
        elif chosen in there:
            number = there[chosen].id

            async def keep(raw: dict[str, Any]) -> Any:
                return await self.ctx.write(obstacles.resolve, self.ctx.person, number, raw["how"])

            title = f"{chosen}  {there[chosen].what}"
            self.tell(await self.fill_in(_RESOLVE, title, keep, number=number))

    async def _stale_baselines(self, card: Card) -> tuple[Baseline, ...]:
        """Those that nothing planned measures again."""
        days = self.ctx.workspace.settings.programme.stale_baseline_days
        plan = await self.ctx.read(effective, card.number)
        found = await self.ctx.read(ages, plan, self.ctx.clock.today(), days)
        return tuple(each for each in found if each.stale and each.again is None)

    async def _new_obstacle(self, card: Card) -> None:
        today = self.ctx.clock.today()

        async def keep(raw: dict[str, Any]) -> Any:
            return await self.ctx.write(obstacles.add, self.ctx.person, raw, today=today)

        filled = {"experiment_id": card.id, "since": today.isoformat()}
        title = f"In the way of {card.id}  {card.title}"
        # A draft of its own for each experiment; below 0, for numbers are those of obstacles.
        self.tell(await self.fill_in(OBSTACLE, title, keep, number=-card.number, filled=filled, at="what"))

    # Its way to production.

    @opens_dialog
    @work(group="ask", exit_on_error=False, description="the way to production")
    async def action_transfer(self) -> None:
        """Stages, gates, and what came out offline and online; or why there is nothing of that."""
        card = self._card_or_release()
        if card is None:
            return
        try:
            found = await self.ctx.read(transfer, card.number)
        except NotFound:
            raise
        except LabtopError as error:
            mend = "" if card.state == "dropped" else "e changes its kind, if that is what it is."
            self.notify(mend or line(error.message), title=line(error.message) if mend else "", markup=False, timeout=8)
        else:
            self.app.push_screen(TransferScreen(found))

    # Results and verdicts.

    @changes
    @opens_dialog
    @work(group="write", exit_on_error=False, description="judge the results")
    async def action_judge(self) -> None:
        """Judge a treatment against a baseline, by the plan that was frozen."""
        from planner.experiments.verdicts import judge

        card = self._card_or_release()
        if card is None:
            return
        plan = await self.ctx.read(effective, card.number)
        treatment = await self._chosen_arm("Which treatment?", plan.treatments)
        baseline = await self._chosen_arm("Against which baseline?", plan.baselines) if treatment is not None else None
        self.app.release_keys()
        if treatment is None or baseline is None:
            return
        await self.ctx.compute(_load_statistics)
        _, change = await self.ctx.write(
            judge,
            self.ctx.person,
            card.number,
            treatment=treatment or None,
            baseline=baseline or None,
            today=self.ctx.clock.today(),
            stale_days=self.ctx.workspace.settings.programme.stale_baseline_days,
            fiscal_month=self.ctx.workspace.settings.programme.fiscal_month,
        )
        self.notify(line(change.summary), title=f"{card.id} judged", markup=False, timeout=8)

    async def _chosen_arm(self, question: str, names: tuple[str, ...]) -> str | None:
        """The one there is (empty for none: the command says what is missing); else a person says which."""
        if len(names) < 2:
            return names[0] if names else ""
        return await self.app.push_screen_wait(Ask(question, [Choice(name, name) for name in names], free=False))

    @changes
    @opens_dialog
    @work(group="write", exit_on_error=False, description="bring results in")
    async def action_results(self) -> None:
        """From a file, whole or not at all."""
        from planner.experiments.columns import choices_of
        from planner.experiments.importing import import_results, known_names
        from planner.experiments.reading import read_results

        card = self._card_or_release()
        if card is None:
            return
        known = await self.ctx.read(known_names, card.number)

        async def keep(raw: dict[str, Any]) -> Any:
            choices = choices_of(known, phase=raw.get("phase") or None)
            file = await self.ctx.compute(lambda: read_results(expanduser(raw["file"].strip()), known, choices))
            return await self.ctx.write(
                import_results,
                self.ctx.person,
                card.number,
                file,
                replacing=raw.get("differing") == "replace",
                skip_bad=raw.get("bad") == "leave out",
            )

        stored = await self.fill_in(_RESULTS, f"Results of {card.id}  {card.title}", keep, number=card.number)
        if stored is None:
            return
        report, change = stored.value
        self.notify(line(change.summary), markup=False, timeout=6)
        said = [*report.warnings, *(f"line {bad.line}: {bad.why}" for bad in report.skipped[:3])]
        for text in said[:4]:
            self.notify(line(text), title="To bear in mind", severity="warning", markup=False, timeout=10)


def _load_statistics() -> None:
    """What judging imports, on a thread of its own: the writer's is waited for by others."""
    import planner.experiments.judging
    import planner.statistics.decide
    import planner.statistics.guardrails  # noqa: F401
