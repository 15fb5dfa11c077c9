"""The palette: every action that applies on this screen, the themes, and papers by their words or id."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.dom import DOMNode

from tui.actions import Action, in_scope
from tui.safe import line, literal
from tui.themes import NAMES

if TYPE_CHECKING:
    from tui.app import LabtopApp


class ActionProvider(Provider):
    """Actions of this screen and of the app, from the one table."""

    def _rows(self) -> Iterator[Action]:
        for action in in_scope(*getattr(self.screen, "scopes", ("app",))):
            if action.palette:
                yield action

    async def _run(self, action: Action) -> None:
        node: DOMNode = self.app if action.scope == "app" else self.screen
        if action.scope == "list":
            tables = self.screen.query("VirtualTable")
            node = next((table for table in tables if table.display), tables.first())
        await self.app.run_action(action.action, node)

    async def discover(self) -> Hits:
        """Everything that applies here."""
        for action in self._rows():
            yield DiscoveryHit(title(action), lambda row=action: self._run(row), text=action.text, help=action.tooltip)

    async def search(self, query: str) -> Hits:
        """What matches, by name or by sentence."""
        matcher = self.matcher(query)
        for action in self._rows():
            text = title(action)
            score = max(matcher.match(text), 0.7 * matcher.match(action.tooltip))
            if score > 0:
                yield Hit(
                    score, matcher.highlight(text), lambda row=action: self._run(row), text=text, help=action.tooltip
                )


class ThemeProvider(Provider):
    """The themes by name."""

    async def search(self, query: str) -> Hits:
        """ "theme light" and the like."""
        app, matcher = cast("LabtopApp", self.app), self.matcher(query)
        for name in NAMES:
            text = f"Theme: {name}"
            score = matcher.match(text)
            if score > 0:
                yield Hit(
                    score, matcher.highlight(text), lambda n=name: app.set_theme(n), text=text, help="Other colours."
                )


class SavedProvider(Provider):
    """Saved searches by name."""

    async def search(self, query: str) -> Hits:
        """Those whose name or query match."""
        from library.search import saved

        app, matcher = cast("LabtopApp", self.app), self.matcher(query)
        for one in await app.ctx.read(saved.saved_searches, app.ctx.person, today=app.ctx.clock.today()):
            text = f"Search: {line(one.name)}"
            score = max(matcher.match(text), 0.7 * matcher.match(one.query))
            if score > 0:
                yield Hit(
                    score,
                    literal(text),
                    lambda found=one: app.run_query(found.query, found.mode),
                    text=text,
                    help=_literal_help(one.query),
                )


class PaperProvider(Provider):
    """Papers, by id or by words of their titles."""

    async def search(self, query: str) -> Hits:
        """At most a handful: the palette is for going somewhere, the Library for searching."""
        from library.papers import listing, queries

        app = cast("LabtopApp", self.app)
        if len(query) < 3:
            return
        ids = await app.ctx.read(listing.ids_by_title, query, limit=6)
        for place, row in enumerate(await app.ctx.read(queries.rows, ids, app.ctx.person)):
            yield Hit(
                0.3 - place / 100,
                literal(row.title),
                lambda paper_id=row.id: app.open_paper(paper_id),
                text=row.title,
                help=_literal_help(f"{row.first_author or 'no author'} · {row.day}"),
            )


def title(action: Action) -> str:
    """ "Keep  a" with its key, so that the palette teaches the key."""
    return f"{action.text[:1].upper()}{action.text[1:]}  ({action.key})"


def _literal_help(text: str) -> str:
    """A help line from outside. Textual reads these as markup unless they are Content, which it takes as it is."""
    return cast(str, Content(line(text)))


PROVIDERS: set[type[Provider] | Callable[[], type[Provider]]] = {
    ActionProvider,
    ThemeProvider,
    SavedProvider,
    PaperProvider,
}
