"""What needs a look: services that are on and do not answer, proposals that wait for a person."""

import sqlite3
from typing import Final, Literal

from library.enrichment import ledger
from library.enrichment.model import SourceState
from library.enrichment.services import SERVICES, those_on
from library.enrichment.stored import open_count
from library.settings import EnrichmentSettings
from library.text import counted

Tone = Literal["bad", "warn", "info"]
WAITS: Final = frozenset({"throttled", "offline"})  # these mend themselves


def troubles(db: sqlite3.Connection, settings: EnrichmentSettings) -> tuple[SourceState, ...]:
    """How those services answered last that are on and did not answer."""
    on = those_on(settings)
    return tuple(each for each in ledger.latest(db).values() if each.source in on and each.state != "ok")


def source_notices(db: sqlite3.Connection, settings: EnrichmentSettings) -> tuple[tuple[Tone, str, str], ...]:
    """(tone, what it is, the one thing to do about it)."""
    found: list[tuple[Tone, str, str]] = []
    for each in troubles(db, settings):
        tone: Tone = "info" if each.state in WAITS else "warn"
        service = SERVICES[each.source]
        mend = "labtop enrich status"
        if each.state == "key missing":
            mend = f"labtop settings enrichment.{service.setting}_key -"
        found.append((tone, f"{service.title}: {ledger.in_words(each)}", mend))
    waiting = open_count(db)
    if waiting:
        text = f"{counted(waiting, 'published DOI')} {'waits' if waiting == 1 else 'wait'} for your yes or no"
        found.append(("info", text, "labtop enrich proposals"))
    return tuple(found)
