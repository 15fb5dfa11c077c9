"""Searching in the Library: as one types, sorted, narrowed down, saved."""

import asyncio
from abc import abstractmethod
from array import array
from typing import TYPE_CHECKING

from textual import on, work
from textual.widgets import Input, Static

from library.clock import stamp
from library.errors import LabtopError, NeedsMeaning, QueryError
from library.papers import listing, queries
from tui.actions import changes
from tui.safe import line, literal
from tui.screens.base import opens_dialog
from tui.screens.prompt import Ask, Choice
from tui.screens.under_cursor import PapersScreen
from tui.searching import Searcher
from tui.widgets.empty import Empty
from tui.widgets.table_lines import Sorting
from tui.widgets.virtual_table import VirtualTable

if TYPE_CHECKING:
    from library.search.run import Mode, SearchResult
    from library.search.saved import SavedSearch

DEBOUNCE = 0.08  # seconds after the last key
FIRST_HITS = 1_000  # as many as both rankings hold; the rest of a long list is fetched when one gets there
MORE_HITS = 10
SORT_KEYS = ("day", "title", "author", "year", "category")
_FALLING = ("day", "year")  # start with the largest; names start with A
MODES: tuple["Mode", ...] = ("hybrid", "keyword", "semantic")
_MODE_NAMES = {"hybrid": "words and meaning", "keyword": "words", "semantic": "meaning"}


class SearchActions(PapersScreen):
    """The search half of the Library."""

    all_ids: "array[int]"
    result: "SearchResult | None"
    places: dict[int, int]
    sorting: Sorting
    searcher: Searcher
    mode: "Mode" = "hybrid"
    _limit = FIRST_HITS
    _said = ""

    @property
    @abstractmethod
    def field(self) -> Input:
        """The search field."""

    @abstractmethod
    async def show_all(self, *, restart: bool = False) -> None:
        """Every paper."""

    @abstractmethod
    def show_list(self, ids: "array[int]", *, ranked: bool, restart: bool) -> None:
        """Put ids on the screen."""

    @property
    def marked_words(self) -> tuple[str, ...]:
        """The query's words, for the detail to mark."""
        if self.result is None:
            return ()
        from library.search.query import Meaning, Phrase, Word, leaves

        found = leaves(self.result.parsed.node, positive=True)
        texts = [leaf.text for leaf in found if isinstance(leaf, (Word, Phrase, Meaning))]
        return tuple(word for text in texts for word in text.replace("-", " ").split())

    # As one types.

    @on(Input.Changed, "#query")
    def _typed(self, event: Input.Changed) -> None:
        self._limit = FIRST_HITS
        self._search(event.value, delay=DEBOUNCE, restart=True)

    @on(Input.Submitted, "#query")
    def _entered(self) -> None:
        self.action_to_list()

    def search_again(self, *, restart: bool = False) -> None:
        """The same question: papers, vectors or the model changed."""
        self._search(self.field.value, delay=0, restart=restart)

    def maybe_more(self) -> None:
        """Near the end of what was fetched of a longer list: fetch more of it."""
        result = self.result
        if result is None or len(result.hits) < self._limit or result.total <= len(result.hits):
            return
        if self.table.cursor > len(self.table.ids) - 100 and self.sorting.key == "rank":
            self._limit *= MORE_HITS
            self.search_again()

    @work(group="search", exclusive=True, exit_on_error=False, description="search")
    async def _search(self, text: str, *, delay: float, restart: bool) -> None:
        await asyncio.sleep(delay)
        if not text.strip():
            self._say_problem("")
            await self.show_all(restart=restart)
            return
        typing = self.field.has_focus
        shown = False
        if self.mode == "hybrid":
            try:
                found = await self.searcher.search(
                    text, mode="hybrid", limit=self._limit, by_words_only=True, as_you_type=typing
                )
            except QueryError as error:
                if not self.searcher.ready or not isinstance(error, NeedsMeaning):
                    self._show_error(error)
                    return
            else:
                await self._show(found, restart=restart)
                shown = True
        if self.mode == "hybrid" and not self.searcher.ready:
            return
        if self.mode == "semantic":
            await self.searcher.warm()
        try:
            found = await self.searcher.search(
                text,
                mode=self.mode,
                limit=self._limit,
                by_words_only=self.mode == "keyword",
                as_you_type=typing,
            )
        except LabtopError as error:
            self._show_error(error)
            return
        await self._show(found, restart=restart and (not shown or self.table.cursor == 0))

    async def _show(self, result: "SearchResult", *, restart: bool) -> None:
        self.result = result
        self.places = {hit.paper_id: place for place, hit in enumerate(result.hits, 1)}
        ids = array("q", (hit.paper_id for hit in result.hits))
        if restart and not self._chosen_sorting:
            self.sorting = Sorting("rank", descending=False)
        if self.sorting.key != "rank":
            ids = await self.ctx.read(
                listing.ids_sorted, self.sorting.key, descending=self.sorting.descending, within=ids
            )
        self._say_problem("")
        self.show_list(ids, ranked=True, restart=restart)
        self.say_hits(self._summary(result))
        if not ids:
            self._explain_no_hits(result)

    _chosen_sorting = False

    def _summary(self, result: "SearchResult") -> str:
        how = _MODE_NAMES[result.mode]
        if self.mode == "hybrid" and result.mode == "keyword":
            how = "words only"
        count = hits(result)
        if len(result.hits) < result.total:
            count = f"first {len(result.hits):,} of {count}"
        text = f"{count} · {result.took_ms.total:,.0f} ms"
        return text if self.has_class("-narrow") else f"{text} · {how}"

    def _explain_no_hits(self, result: "SearchResult") -> None:
        self.query_one(Empty).say(
            "Nothing found",
            *result.notices,
            "Fewer or other words find more; M searches by meaning; esc goes back to all papers.",
        )

    def say_hits(self, text: str) -> None:
        """Beside the search field: how many, how long it took, how it was searched."""
        self._said = text
        self.query_one("#hits", Static).update(literal(text))
        self.refresh_bindings()

    def say_marks(self, marked: int) -> None:
        """How many are marked, before what was said of the search."""
        text = f"{marked:,} marked · {self._said}" if marked else self._said
        self.query_one("#hits", Static).update(literal(text))

    def _show_error(self, error: LabtopError) -> None:
        where = f"column {error.column}: " if isinstance(error, QueryError) else ""
        expected = f" Expected: {error.expected}." if isinstance(error, QueryError) and error.expected else ""
        self._say_problem(f"✗ {where}{error}{expected}")
        self.say_hits("the list is unchanged")

    def _say_problem(self, text: str) -> None:
        problem = self.query_one("#problem", Static)
        problem.update(literal(line(text)))
        problem.display = bool(text)

    # Actions.

    def action_search(self) -> None:
        """To the search field, at once: the next key is the first letter."""
        self.set_focus(self.field)

    def action_to_list(self) -> None:
        """From the field into the list."""
        if self.field.has_focus:
            self.table.focus()

    def action_back(self) -> None:
        """Field → list; then marks, then the search are cleared."""
        if self.field.has_focus:
            self.table.focus()
        elif self.table.marks:
            self.table.mark_none()
        elif self.field.value:
            self.field.value = ""

    def action_mode(self) -> None:
        """Words and meaning, words, meaning."""
        self.mode = MODES[(MODES.index(self.mode) + 1) % len(MODES)]
        self.notify(f"Searching by {_MODE_NAMES[self.mode]}.", markup=False, timeout=3)
        if self.field.value.strip():
            self.search_again()

    def action_sort(self, step: int) -> None:
        """By the next or the previous column."""
        keys = ("rank", *SORT_KEYS) if self.result is not None else SORT_KEYS
        place = keys.index(self.sorting.key) if self.sorting.key in keys else 0
        self.sort_by(keys[(place + step) % len(keys)])

    def action_reverse(self) -> None:
        """The other way round."""
        if self.sorting.key != "rank":
            self.sort_by(self.sorting.key)

    @on(VirtualTable.HeaderClicked)
    def _header_clicked(self, event: VirtualTable.HeaderClicked) -> None:
        if event.key in SORT_KEYS or (event.key == "rank" and self.result is not None):
            self.sort_by(event.key)

    def sort_by(self, key: str) -> None:
        """Sort by a column; the same one again turns it round."""
        again = key == self.sorting.key
        self.sorting = Sorting(key, not self.sorting.descending if again else key in _FALLING)
        self._chosen_sorting = key != "rank"
        self._sort_now()

    @work(group="search", exclusive=True, exit_on_error=False, description="sort")
    async def _sort_now(self) -> None:
        if self.result is None:
            await self.show_all()
        else:
            await self._show(self.result, restart=False)

    def action_day(self, step: int) -> None:
        """To where the next day of the list begins."""
        if self.sorting.key != "day":
            self.notify("Days follow one another only where the list is by day: < and > sort.", markup=False)
            return
        self._to_day(step if self.sorting.descending else -step)

    @work(group="day", exclusive=True, exit_on_error=False, description="next day")
    async def _to_day(self, step: int) -> None:
        place = await self.ctx.read(listing.day_boundary, self.table.ids, self.table.cursor, step)
        if place is not None:
            self.table.move_to(place)

    @opens_dialog
    @work(group="ask", exclusive=True, exit_on_error=False, description="choose a filter")
    async def action_filter(self) -> None:
        """Add a category, tag, state or span of days to the query."""
        categories = await self.ctx.read(listing.categories_in_use)
        tags = await self.ctx.read(queries.tags_in_use)
        choices = [
            *(Choice(f"is:{state}", f"is:{state}", note) for state, note in _STATES),
            *(Choice(f"date:{span}", f"date:{span}", note) for span, note in _SPANS),
            *(Choice(f"tag:{tag}", f"tag:{tag}", f"{n:,}") for tag, n in tags),
            *(Choice(f"category:{name}", f"category:{name}", f"{n:,}") for name, n in categories),
        ]
        chosen = await self.app.push_screen_wait(
            Ask("Only papers with", choices, hint="type to narrow down", free=False)
        )
        if chosen and chosen not in self.field.value.split():
            self.field.value = f"{self.field.value.rstrip()} {chosen}".lstrip()
            self.field.cursor_position = len(self.field.value)

    @changes
    def action_save_search(self) -> None:
        """Give the search a name."""
        if not self.field.value.strip():
            self.notify("There is no search to save: type one with / first.", markup=False)
            return
        self.app.hold_keys()
        self._save_search()

    @work(group="write", exit_on_error=False, description="save the search")
    async def _save_search(self) -> None:
        from library.search import saved

        text = self.field.value.strip()
        name = await self.app.push_screen_wait(Ask("Save this search as", value=text[:60]))
        if name:
            today = self.ctx.clock.today()
            await self.ctx.write(saved.save, self.ctx.person, name, text, mode=self.mode, today=today)
            self.notify(name, title="Search saved: Q runs it", markup=False)

    @opens_dialog
    @work(group="ask", exclusive=True, exit_on_error=False, description="choose a saved search")
    async def action_saved(self) -> None:
        """Run a saved search."""
        from library.search import saved

        found = await self.ctx.read(saved.saved_searches, self.ctx.person, today=self.ctx.clock.today())
        if not found:
            self.notify(
                "None yet: search with /, then S gives the search a name.", title="Saved searches", markup=False
            )
            return
        choices = [Choice(one.name, one.name, _about(one)) for one in found]
        name = await self.app.push_screen_wait(Ask("Saved searches", choices, free=False))
        for one in found:
            if one.name == name:
                self.run_query(one.query, one.mode)
                if not self.ctx.workspace.read_only:
                    await self.ctx.write(saved.mark_seen, self.ctx.person, one.name, at=stamp())

    def run_query(self, text: str, mode: "Mode" = "hybrid") -> None:
        """Put a query into the field, which runs it."""
        self.mode = mode
        if self.field.value == text:
            self.search_again()
        self.field.value = text
        self.table.focus()


def hits(result: "SearchResult") -> str:
    """ "2 hits + 9 partial + 188 near": has all the words, some of them, or only their meaning."""
    if result.matches is None:
        return f"{result.total:,} nearest"
    count = f"{result.matches:,} hit{'' if result.matches == 1 else 's'}"
    if result.some_words:
        count += f" + {result.some_words:,} partial"
    return f"{count} + {result.by_meaning:,} near" if result.by_meaning else count


def _about(one: "SavedSearch") -> str:
    """Its query, and how many papers came in since one last looked."""
    if one.problem:
        return f"{one.query}  ✗ {one.problem}"
    return f"{one.query}  {one.unread:,} new" if one.unread else one.query


_STATES = (
    ("starred", "your stars"),
    ("kept", "what you kept"),
    ("later", "what you put off"),
    ("undecided", "what you have not decided on"),
    ("skipped", "what you skipped"),
    ("noted", "with a note"),
    ("tagged", "with a tag"),
    ("document", "your own documents"),
    ("withdrawn", "withdrawn by its authors"),
)
_SPANS = (("today", ""), ("7d", "the last week"), ("30d", "the last month"), ("1y", "the last year"))
