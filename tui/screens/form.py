"""A record, filled in or changed in place: any kind of the planner, from its one description.

    stored = await self.app.push_screen_wait(
        FormScreen(HYPOTHESIS, "A new hypothesis", store, draft=record_draft(paths, person, HYPOTHESIS, None))
    )

`store(raw)` is awaited with what was typed, by field; where it raises RecordError, each problem is shown at its field
and the form stays. The screen closes with `Stored(what store returned)`, or with None where nothing was stored.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from library.errors import LabtopError
from library.records.draft import drop_draft, keep_typed, read_typed
from library.records.field import FieldError, record_number
from library.records.headings import heading, headings
from library.records.kind import Kind
from library.records.store import RecordError
from tui.actions import bindings, changes
from tui.form.about import about, heading_about
from tui.form.entries import Form
from tui.safe import line, literal
from tui.screens.form_text import FormText
from tui.screens.prompt import Ask, Choice
from tui.widgets.form_body import FormBody
from tui.widgets.frame import KeyLine, clickable

DRAFT_SECONDS = 0.5  # after the last key
ASK_SECONDS = 0.08  # after the last key, before records are looked for
SHORT = 5  # fields: a form of no more needs no whole screen
GROUPS_FROM = 118  # cells of the screen, from which on the groups stand beside the fields


@dataclass(frozen=True, slots=True)
class Stored:
    """What `store` returned."""

    value: Any


class FormScreen(FormText):
    """`values`: the stored record that is changed, None for a new one; `filled`: texts by field that a new one begins
    with; `draft`: where what is typed is kept until it is stored; `at`: the field to begin in; `meanings`: what each
    choice of a field means, said while it is chosen; `as_text`: begin in the editor."""

    BINDINGS = bindings("form")
    AUTO_FOCUS = ""

    def __init__(
        self,
        kind: Kind,
        title: str,
        store: Callable[[dict[str, Any]], Awaitable[Any]],
        *,
        values: Mapping[str, Any] | None = None,
        filled: Mapping[str, str] | None = None,
        draft: Path | None = None,
        at: str = "",
        meanings: Mapping[str, Mapping[str, str]] | None = None,
        as_text: bool = False,
    ) -> None:
        super().__init__()
        self.kind, self.draft = kind, draft
        self.form = Form(kind, values, filled)
        self._heading, self._store, self._at = title, store, at
        self._meanings, self._as_text = meanings or {}, as_text
        self._storing = False

    def compose(self) -> ComposeResult:
        """Title and count, the fields, what is said of the one that one is in."""
        short = "-short" if len(self.form.entries) <= SHORT else ""
        with Vertical(classes=f"dialog form {short}"):
            with Horizontal(id="form-head"):
                yield Static(literal(line(self._heading), "bold"), id="form-title")
                yield Static("", id="form-count", markup=False)
            with Horizontal(id="form-main"):
                groups = Static("", id="form-groups", markup=False)
                groups.auto_links = False  # they look like what they are
                yield groups
                yield FormBody(self.form)
            yield Static("", id="form-hint", markup=False)
            yield Static("", id="form-about", markup=False)
        yield KeyLine()

    @property
    def body(self) -> FormBody:
        """The fields."""
        return self.query_one(FormBody)

    def on_mount(self) -> None:
        """What was typed before and not stored comes back."""
        found = read_typed(self.draft) if self.draft else {}
        if found:
            self.form.put(found)
            self.say("What you typed before is back; ^r drops it.")
        place = next((p for p, entry in enumerate(self.form.entries) if entry.field.name == self._at), 0)
        self.body.go(place)
        self._summarise()
        self._name_records()
        if self._as_text:
            self.call_after_refresh(self.action_text)

    def on_resize(self) -> None:
        """Room for the groups, or not."""
        wide = self.size.width >= GROUPS_FROM and len(self.form.groups) > 2
        self.query_one("#form-groups").display = wide

    # What is said.

    def say(self, text: str, *, wrong: bool = False) -> None:
        """A line above the field's own help."""
        hint = self.query_one("#form-hint", Static)
        hint.update(literal(f"✗ {line(text)}" if wrong else line(text), "$error" if wrong else "$quiet"))
        hint.display = bool(text)

    @on(FormBody.Moved)
    def _moved(self) -> None:
        entry = self.body.entry
        if entry is None:
            said = heading_about(self.form, -1 - self.body.here)
        else:
            row, column = self.body.area.cursor_location
            typed = self.body.area.document.get_line(row)[:column] if entry.lines == "rows" else ""
            said = about(entry, typed, self._meanings.get(entry.field.name, {}))
        self.query_one("#form-about", Static).update(said)
        self._summarise()

    @on(FormBody.Changed)
    def _changed(self) -> None:
        self._moved()
        self._keep_soon(self.form.typed())

    def _summarise(self) -> None:
        form = self.form
        wrong = len(form.wrong)
        count = Content.assemble(
            (f"{form.filled()} of {len(form.entries)} filled", "$quiet"),
            (f" · ✗ {wrong} wrong" if wrong else "", "$error"),
        )
        self.query_one("#form-count", Static).update(count)
        if self.query_one("#form-groups").display:
            self.query_one("#form-groups", Static).update(self._groups())

    def _groups(self) -> Content:
        here = self.body.here
        lines = []
        for number, group in enumerate(self.form.groups):
            inside = here in group.places or here == -1 - number
            wrong = any(self.form.entries[place].problem for place in group.places)
            count = f"{self.form.filled(group.places)}/{len(group.places)}"
            name = group.name or self.kind.noun.capitalize()
            text = Content.assemble(
                ("▸ " if inside else "  ", "$accent"),
                (f"{name:<15}", "bold" if inside else "$quiet"),
                (f"{count:>5}", "$quiet"),
                (" ✗" if wrong else "", "$error"),
            )
            lines.append(text.stylize(clickable(f"screen.to_group({number})")))
        return Content("\n").join(lines)

    # Drafts.

    @work(group="draft", exclusive=True, exit_on_error=False)
    async def _keep_soon(self, typed: dict[str, str]) -> None:
        await asyncio.sleep(DRAFT_SECONDS)
        if self.draft is not None:
            await self.app.ctx.compute(keep_typed, self.draft, typed)

    def action_close(self) -> None:
        """Keep what was typed as a draft."""
        self.body.leave()
        typed = self.form.typed()
        if self.draft is not None:
            keep_typed(self.draft, typed)
            if typed:
                self.app.notify("It is back when you come again.", title="Kept as a draft, not stored", markup=False)
        self.dismiss(None)

    def action_revert(self) -> None:
        """Give the draft up."""
        if self.draft is not None:
            drop_draft(self.draft)
        self.form.revert()
        self.body.reload()
        self.say("Back to what is stored." if not self.form.is_new else "Empty again.")

    # Storing.

    @changes
    def action_save(self) -> None:
        """Store the record, or go to the first field that is wrong."""
        if self._storing:
            return
        self.body.leave()
        wrong = self.form.look_at_all()
        if wrong:
            self._back_to(wrong[0], f"{len(wrong)} field{'s' if len(wrong) > 1 else ''} cannot be stored so.")
        else:
            self._storing = True
            self.say("storing …")
            self._save()

    @work(group="write", exit_on_error=False, description="store the record")
    async def _save(self) -> None:
        try:
            stored = await self._store(self.form.raw())
        except RecordError as error:
            elsewhere = self.form.take(error.problems)
            wrong = self.form.wrong
            self._back_to(wrong[0] if wrong else self.body.here, "; ".join(elsewhere) or "It was not stored.")
        except FieldError as error:
            elsewhere = self.form.take([error])
            self._back_to((self.form.wrong or [self.body.here])[0], "; ".join(elsewhere) or "It was not stored.")
        except LabtopError as error:
            self._back_to(self.body.here, str(error))
        else:
            self.workers.cancel_group(self, "draft")
            if self.draft is not None:
                drop_draft(self.draft)
            self.dismiss(Stored(stored))
        finally:
            self._storing = False

    def _back_to(self, place: int, why: str) -> None:
        problems = {p: entry.problem for p, entry in enumerate(self.form.entries) if entry.problem}
        self.body.go(place)
        for other, problem in problems.items():  # leaving a field looks at it again, alone
            self.form.entries[other].problem = problem
        self.body.reload()
        self.say(why, wrong=True)

    # Walking.

    def action_walk(self, step: int) -> None:
        """To the next field or the one before."""
        self.say("")
        self.body.step(step)

    def action_group(self, step: int) -> None:
        """To the next group or the one before."""
        self.body.to_group(step)

    def action_to_group(self, number: int) -> None:
        """To a group that was clicked."""
        self.body.go(self.form.groups[number].places.start)

    def action_open(self) -> None:
        """All groups open, or all but the first closed."""
        closed = any(group.closed for group in self.form.groups)
        here = self.form.group_of(self.body.here) if self.body.here >= 0 else None
        for group in self.form.groups[1:]:
            group.closed = not closed and group is not here
        self.body.go(self.body.here if closed or here else 0)

    @work(group="ask", exclusive=True, exit_on_error=False, description="go to a field")
    async def action_jump(self) -> None:
        """Go to a field by its name."""
        choices = [
            Choice(entry.key, entry.label, self.form.group_of(place).name)
            for place, entry in enumerate(self.form.entries)
        ]
        key = await self.app.push_screen_wait(Ask("Go to", choices, hint="part of its name", free=False))
        places = [place for place, entry in enumerate(self.form.entries) if entry.key == key]
        if places:
            self.body.go(places[0])

    # Records that a field may name.

    @on(FormBody.Asked)
    def _asked(self, event: FormBody.Asked) -> None:
        self._offer(event.place, event.prefix, event.words)

    @work(group="offers", exclusive=True, exit_on_error=False, description="records to name")
    async def _offer(self, place: int, prefix: str, words: str) -> None:
        await asyncio.sleep(ASK_SECONDS)
        self.body.offer(place, await self.app.ctx.read(headings, prefix, words))

    @work(group="names", exclusive=True, exit_on_error=False, description="names of the records")
    async def _name_records(self) -> None:
        for entry in self.form.entries:
            if entry.field.type == "ref" and entry.text and not entry.problem:
                number = record_number(entry.field.target, entry.text)
                text = await self.app.ctx.read(heading, entry.field.target, number)
                if text is not None:
                    self.body.names[entry.text] = text
        self.body.paint()
