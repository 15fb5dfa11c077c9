"""The whole record of a form as TOML in the person's own editor, and back into the form."""

import tempfile
from abc import abstractmethod
from pathlib import Path
from typing import Any

from textual import work

from library.errors import UsageError
from library.papers.drafts import drop_draft, keep_draft, read_draft
from library.records.field import FieldError, read_value
from library.records.kind import Kind
from library.records.toml import from_toml, to_toml
from tui.form.entries import Form
from tui.lending import edit_file
from tui.screens.base import Dialog
from tui.screens.prompt import Ask, Choice
from tui.widgets.form_body import FormBody

ERROR_MARK = "# ✗ "
_WHOLE = ("rows", "refs")  # fields that TOML can only hold whole


class FormText(Dialog[Any]):
    """The half of a form that lends the terminal."""

    kind: Kind
    form: Form
    draft: Path | None

    @property
    @abstractmethod
    def body(self) -> FormBody:
        """The fields."""

    @abstractmethod
    def say(self, text: str, *, wrong: bool = False) -> None:
        """A line below the fields."""

    @work(group="write", exit_on_error=False, description="the record as text")
    async def action_text(self) -> None:
        """Edit the record as TOML; what cannot be read offers to go on editing."""
        self.body.leave()
        broken = next(
            (p for p, entry in enumerate(self.form.entries) if entry.problem and entry.field.type in _WHOLE), None
        )
        if broken is not None:
            self.body.go(broken)
            self.say("Mend this first: as text it must be whole.", wrong=True)
            return
        with tempfile.TemporaryDirectory(prefix="labtop-") as folder:
            path = self.draft.with_suffix(".toml") if self.draft else Path(folder) / f"{self.kind.noun}.toml"
            before = read_draft(path) or to_toml(self.kind, values_of(self.form), heading=f"{self.kind.noun}")
            keep_draft(path, before)
            raw = await self._edited(path, before)
            drop_draft(path)
        if raw is not None:
            self.form.put_raw(raw)
            self.body.reload()
            wrong = self.form.wrong
            if wrong:
                self.body.go(wrong[0])
            self.say(
                f"{len(wrong)} of its fields cannot be stored so." if wrong else "^s stores it.", wrong=bool(wrong)
            )

    async def _edited(self, path: Path, before: str) -> dict[str, Any] | None:
        while True:
            kept = f"The text is in {path}."
            edit_file(self.app, path, otherwise="Fill in the form instead.", kept=kept)
            text = read_draft(path) or ""
            body = "\n".join(each for each in text.splitlines() if not each.startswith(ERROR_MARK))
            if text == before:
                self.say("Nothing was changed.")
                return None
            try:
                raw = from_toml(self.kind, body)
                for name in raw or {}:
                    self.kind.field(name)
            except UsageError as error:
                choices = [Choice("again", "Go on editing", error.message), Choice("drop", "Drop the text", "")]
                answer = await self.app.push_screen_wait(Ask(error.message, choices, free=False))
                if answer != "again":
                    return None
                keep_draft(path, f"{ERROR_MARK}{error.message}\n{body}\n")
                continue
            if raw is None:
                self.say("Nothing was taken over: the text was empty.")
            return raw


def values_of(form: Form) -> dict[str, Any]:
    """The values of a form as it stands; a text that cannot be read stands for itself."""
    values: dict[str, Any] = {}
    for field in form.kind.fields:
        own = [entry for entry in form.entries if entry.field is field]
        if field.type == "checks":
            values[field.name] = {entry.item: entry.text for entry in own if entry.text}
            continue
        try:
            values[field.name] = read_value(field, own[0].text)
        except FieldError:
            text = own[0].text
            values[field.name] = [part.strip() for part in text.split(",")] if field.type == "words" else text
    return values
