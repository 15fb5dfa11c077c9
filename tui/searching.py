"""Searches from the dashboard: words at once, meaning when its model and vectors are there; nothing blocks."""

import asyncio
from typing import TYPE_CHECKING

from library.errors import LabtopError, NeedsMeaning
from library.jobs import CancelToken
from tui.context import Context

if TYPE_CHECKING:
    from library.search.meaning import Meaning
    from library.search.run import Mode, SearchResult


class Searcher:
    """One for as long as a workspace is open. `reason` says why meaning is not searched (yet); empty when it is."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._meaning: Meaning | None = None
        self._warming = asyncio.Lock()
        self.reason = "meaning is loading"

    @property
    def ready(self) -> bool:
        """Whether meaning is searched."""
        return self._meaning is not None

    async def warm(self) -> None:
        """Open the index and the encoder on a thread; afterwards `ready`, or `reason` says why not."""
        async with self._warming:
            if self._meaning is None:
                self._meaning, self.reason = await self._ctx.compute(_open_meaning, self._ctx)

    async def search(
        self, text: str, *, mode: "Mode", limit: int, by_words_only: bool, as_you_type: bool
    ) -> "SearchResult":
        """Answer `text`. Cancelling the coroutine stops the search. Raises QueryError, MissingPart, LabtopError."""
        cancel = CancelToken()
        meaning = None if by_words_only else self._meaning
        try:
            return await self._ctx.compute(_run, self._ctx, text, mode, limit, meaning, as_you_type, cancel)
        except asyncio.CancelledError:
            cancel.cancel()
            raise


def _run(
    ctx: Context,
    text: str,
    mode: "Mode",
    limit: int,
    meaning: "Meaning | None",
    as_you_type: bool,
    cancel: CancelToken,
) -> "SearchResult":
    from library.search.run import search

    chosen: Mode = "keyword" if meaning is None and mode == "hybrid" else mode
    try:
        return search(
            ctx.workspace.store,
            text,
            meaning=meaning,
            person=ctx.person,
            today=ctx.clock.today(),
            mode=chosen,
            limit=limit,
            as_you_type=as_you_type,
            cancel=cancel,
        )
    except NeedsMeaning as error:
        if chosen != mode:
            mend = "Meaning is not ready yet."
            raise NeedsMeaning(error.message, column=error.column, expected=error.expected, mend=mend) from error
        raise


def _open_meaning(ctx: Context) -> "tuple[Meaning | None, str]":
    try:
        from library.search.meaning import Meaning

        meaning = Meaning(ctx.workspace)
        meaning.index()
        meaning.encode("warming up")
    except LabtopError as error:
        return None, str(error)
    return meaning, ""
