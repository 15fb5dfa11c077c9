"""Importing: JSON lines into a new workspace by the command itself, stored and searchable by keyword.

The real papers where the data is here (LABTOP_SHARED_DATA), else made-up records of the same size, and said so. Each
import is a cold process of its own; memory is the peak of that process.
"""

import gzip
import itertools
import json
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from planner.workspace import open_workspace

ROOT = Path(__file__).parent.parent
DATA = Path(os.environ.get("LABTOP_SHARED_DATA", ROOT.parent / "shared" / "data"))
PAPERS = 20_000
_MEASURED = """
import json, resource, sys
from tui.cli import run
code = run(sys.argv[1:])
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"code": code, "megabytes": peak / (1024 if sys.platform != "darwin" else 1 << 20)}), file=sys.stderr)
sys.exit(code)
"""


def main(every: bool | None = None) -> list[dict]:
    """`every`: also all papers of the real data (about a minute; by default where it is here)."""
    files = sorted((DATA / "arxiv" / "dev").glob("papers_*.jsonl.gz"))
    note = "real papers" if files else "made-up records: the real data is not here"
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "papers.jsonl"
        lines = itertools.chain.from_iterable(_lines(file) for file in files) if files else _made_up()
        path.write_bytes(b"".join(itertools.islice(lines, PAPERS)))
        home = Path(folder) / "home"
        seconds, counts, megabytes = _import(home, [path])
        assert counts["added"] == PAPERS == _searchable(home), counts
        rows.append(_row("importing 20,000 papers from JSON lines, searchable", seconds, "s", 15, note))
        rows.append(_row("peak memory of that import", megabytes, "MB", None, "whole process"))
        again, counts, _ = _import(home, [path])
        assert counts["unchanged"] == PAPERS, counts
        rows.append(_row("the same file again: nothing changed", again, "s", None, ""))
        if files and every is not False:
            home = Path(folder) / "all"
            seconds, counts, megabytes = _import(home, files)
            rate = f"{counts['added'] / seconds:,.0f} a second"
            rows.append(_row(f"importing all {counts['added']:,} papers, gzipped", seconds, "s", None, rate))
            rows.append(_row("peak memory of that import", megabytes, "MB", None, "constant: it does not grow"))
    return rows


def _import(home: Path, files: list[Path]) -> tuple[float, dict[str, int], float]:
    command = [sys.executable, "-c", _MEASURED, "--home", str(home), "--json", "import", *map(str, files)]
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
    seconds = time.perf_counter() - start
    return seconds, json.loads(done.stdout)["counts"], json.loads(done.stderr.splitlines()[-1])["megabytes"]


def _searchable(home: Path) -> int:
    """Papers in the keyword index; 50 of them are looked up by the first long word of their title."""
    sql = "SELECT 1 FROM paper_fts WHERE paper_fts MATCH ? AND rowid = ?"

    def look(db: sqlite3.Connection) -> int:
        for row in db.execute("SELECT id, title FROM paper LIMIT 50").fetchall():
            word = re.search(r"\b[A-Za-z]{4,}\b", row["title"])
            if word and not db.execute(sql, (f'"{word[0]}"', row["id"])).fetchone():
                raise AssertionError(f"{row['title']} is not found by {word[0]}")
        return int(db.execute("SELECT count(*) FROM paper_fts").fetchone()[0])

    with open_workspace(home, person="bench", read_only=True) as workspace:
        return workspace.store.read(look).result()


def _lines(path: Path) -> Iterator[bytes]:
    with gzip.open(path) as file:
        yield from file


def _made_up() -> Iterator[bytes]:
    words = ("growth", "lichen", "model", "transfer", "sparse", "reward", "token", "graph", "retrieval", "encoder")
    for number in itertools.count():
        abstract = " ".join(words[(number * step + step) % len(words)] + str(number % 97) for step in range(1, 180))
        record = {
            "id": f"{2501 + number // 90_000 % 8}.{number % 90_000:05}",
            "title": f"{words[number % len(words)]} {number}",
            "abstract": abstract,
            "authors": [f"Person{number * k % 9_001} Name{number * k % 977}" for k in range(1, 6)],
            "categories": ["cs.LG", "cs.AI"],
            "first_listed": "2025-07-01",
            "announce": "new",
        }
        yield json.dumps(record).encode() + b"\n"


def _row(name: str, value: float, unit: str, budget: float | None, note: str) -> dict:
    return {
        "name": name,
        "value": round(value, 2),
        "unit": unit,
        "budget": f"≤ {budget:g} {unit}" if budget is not None else "",
        "ok": None if budget is None else value <= budget,
        "note": note,
    }


if __name__ == "__main__":
    for row in main():
        print(json.dumps(row, ensure_ascii=False))
