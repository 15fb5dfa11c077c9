"""Other services that a person lets labtop ask: how each answered last. Nobody is asked here."""

from contextlib import closing

from library.db.store import connect_reader, explaining
from library.doctor.model import Finding, State
from library.enrichment import ledger
from library.enrichment.model import SourceId
from library.enrichment.services import SERVICES, key_of
from library.paths import WorkspacePaths
from library.settings import Settings
from library.text import counted

GROUP = "workspace"


def service(paths: WorkspacePaths, settings: Settings, source: SourceId) -> Finding:
    """One that is on."""
    about = SERVICES[source]
    key = key_of(settings.enrichment, source)
    with explaining(paths.database), closing(connect_reader(paths.database)) as db:
        last = ledger.latest(db).get(source)
        sql = "SELECT count(*) FROM enrichment WHERE source = ? AND found"
        papers = int(db.execute(sql, (source,)).fetchone()[0])
    if about.needs_key and not key:
        mend = f"{about.variable}, or labtop settings enrichment.{about.setting}_key KEY"
        return Finding(GROUP, about.title, "watch", "on, and its key is missing", mend)
    with_key = ", with a key" if key else ""
    if last is None:
        return Finding(GROUP, about.title, "good", f"on{with_key}, not asked yet")
    if last.state == "ok":
        return Finding(
            GROUP, about.title, "good", f"answers{with_key}; knows {counted(papers, 'paper')} of this library"
        )
    bad: State = "watch" if last.state in ("throttled", "offline", "key missing") else "bad"
    return Finding(
        GROUP, about.title, bad, ledger.in_words(last), str(last.evidence.get("mend") or "labtop enrich status")
    )
