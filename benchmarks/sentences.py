"""Sentences: how fast texts are split, what a day costs, how much room they take, and whether the ends are right.

Real papers throughout (LABTOP_SHARED_DATA). A day's sentences are split and encoded as the dashboard does it: in small
steps, through the child process. Ends are held against sentence_boundaries.json: places in 120 abstracts, 60 drawn from
all and 60 drawn from those where abbreviations stand or another splitter disagrees, each candidate judged by eye.
"""

import gzip
import hashlib
import json
import tempfile
import time
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.big_workspace import DATA
from library.papers.ingest import store_drafts
from library.papers.model import PaperDraft
from library.sentences.split import split
from library.sentences.splitting import split_waiting
from library.sentences.vectors import encode_sentences
from library.settings import Settings
from planner.workspace import Workspace, open_workspace

PAPERS = 20_000
DAY = 300
BOUNDARIES = Path(__file__).with_name("sentence_boundaries.json")
_SIZE = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"


def main() -> list[dict]:
    files = sorted((DATA / "arxiv" / "dev").glob("papers_*.jsonl.gz"))
    if not files:
        print(f"  the real data is not in {DATA}: set LABTOP_SHARED_DATA")
        return []
    from library.vectors.conversion import convert

    convert(Settings())
    rows = _boundaries(files)
    with tempfile.TemporaryDirectory() as folder, open_workspace(Path(folder) / "home", person="bench") as workspace:
        drafts = [draft for file in files[:3] for draft in _drafts(file)][:PAPERS]
        store_drafts(workspace.store, drafts, at="2026-04-14T06:00:00Z")
        before = _size(workspace)
        report = split_waiting(workspace)
        assert report.papers == PAPERS, report
        rate, each = PAPERS / report.seconds, report.sentences / PAPERS
        note = f"{each:.1f} sentences a paper; beyond the import, which does none of it"
        rows.append(_row("splitting 20,000 papers into sentences, stored", round(rate), "papers/s", note=note))
        grown = (_size(workspace) - before) / PAPERS * 1_000 / 1e6
        note = f"beside {before / PAPERS * 1_000 / 1e6:.1f} MB of papers and their word index"
        rows.append(_row("room that sentences take, 1,000 papers", round(grown, 2), "MB", note=note))
        start = time.perf_counter()
        assert split_waiting(workspace).papers == 0
        rows.append(_row("nothing to split: found out in", round((time.perf_counter() - start) * 1e3, 1), "ms"))
    with tempfile.TemporaryDirectory() as folder, open_workspace(Path(folder) / "home", person="bench") as workspace:
        day = list(islice(_drafts(files[-1]), DAY))
        ids = store_drafts(workspace.store, day, at="2026-04-14T06:00:00Z").added
        start = time.perf_counter()
        done = encode_sentences(workspace, ids)
        seconds = time.perf_counter() - start
        assert not done.waiting, done
        note = f"{done.encoded:,} sentences, {done.encoded / seconds:.0f} a second, the child's start included"
        name = f"sentences of a day ({DAY} papers) split and encoded"
        rows.append(_row(name, round(seconds, 1), "s", "≤ 60 s", seconds <= 60, note))
    return rows


def _boundaries(files: list[Path]) -> list[dict]:
    """Precision and recall of ends inside abstracts; that of the whole text is no merit."""
    marked = json.loads(BOUNDARIES.read_text())
    wanted = {key for part in marked.values() for key in part}
    sample = DATA / "arxiv" / "dev" / "sample_1000.jsonl.gz"
    texts: dict[str, str] = {}
    for file in (sample, *files):
        texts |= {
            record["id"]: record["abstract"] for record in _records(file) if record["id"] in wanted - texts.keys()
        }
        if wanted <= texts.keys():
            break
    rows = []
    for part, papers in marked.items():
        right = wrong = missed = 0
        for key, labels in papers.items():
            text = texts[key]
            assert hashlib.sha256(text.encode()).hexdigest().startswith(labels["sha256"]), key
            ends, found = set(labels["ends"][:-1]), {span.end for span in split(text)} - {len(text.rstrip())}
            right, wrong, missed = right + len(ends & found), wrong + len(found - ends), missed + len(ends - found)
        note = f"recall {right / (right + missed):.4f}; {right + missed} ends inside {len(papers)} real abstracts"
        precision = round(right / (right + wrong), 4)
        rows.append(_row(f"sentence ends, {part} abstracts: precision", precision, "", note=note))
    return rows


def _records(path: Path) -> Any:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _drafts(path: Path) -> Any:
    for record in _records(path):
        yield PaperDraft(
            key=record["id"],
            kind="arxiv",
            source="bench",
            title=record["title"],
            abstract=record["abstract"],
            first_listed=record["first_listed"],
        )


def _size(workspace: Workspace) -> int:
    return int(workspace.store.read(lambda db: db.execute(_SIZE).fetchone()[0]).result())


def _row(name: str, value: float, unit: str, budget: str = "", ok: bool | None = None, note: str = "") -> dict:
    return {"name": name, "value": value, "unit": unit, "budget": budget, "ok": ok, "note": note}


if __name__ == "__main__":
    for row in main():
        print(json.dumps(row, ensure_ascii=False))
