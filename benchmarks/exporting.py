"""Exporting: 20,000 papers in each format by the command itself, and a vault made and renewed.

The real papers where the data is here (LABTOP_SHARED_DATA), else made-up records of the same size, and said so. Each
export is a cold process of its own; memory is the peak of that process.
"""

import itertools
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.importing import _MEASURED, DATA, PAPERS, ROOT, _import, _lines, _made_up
from library.exporting.formats import FORMATS


def main() -> list[dict]:
    files = sorted((DATA / "arxiv" / "dev").glob("papers_*.jsonl.gz"))
    note = "real papers" if files else "made-up records: the real data is not here"
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        home, papers = Path(folder) / "home", Path(folder) / "papers.jsonl"
        lines = itertools.chain.from_iterable(_lines(file) for file in files) if files else _made_up()
        papers.write_bytes(b"".join(itertools.islice(lines, PAPERS)))
        _import(home, [papers])
        peak = {}
        for name, (_, suffix, _) in FORMATS.items():
            target = Path(folder) / f"all{suffix}"
            seconds, told, peak[name], cpu = _export(home, name, target)
            assert told["papers"] == PAPERS, told
            size = f"{target.stat().st_size / 1e6:,.0f} MB"
            rows.append(
                _row(f"exporting 20,000 papers as {name}", seconds, "s", f"{cpu:.1f} s of processor; {size}; {note}")
            )
        most = max(peak, key=lambda name: peak[name])
        rows.append(_row("peak memory of these exports", peak[most], "MB", f"whole process; {most} has the most"))
        vault = Path(folder) / "vault"
        for what in ("made", "renewed where nothing changed"):
            seconds, told, _, cpu = _export(home, "vault", vault)
            assert told["papers"] == PAPERS, told
            rows.append(_row(f"a vault of 20,000 notes, {what}", seconds, "s", f"{cpu:.1f} s of processor"))
    return rows


def _export(home: Path, name: str, target: Path) -> tuple[float, dict, float, float]:
    """(seconds, what was printed, peak MB, seconds of processor)."""
    arguments = ["--home", str(home), "--json", "export", "library", "--format", name, "-o", str(target)]
    start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-c", _MEASURED, *arguments], capture_output=True, text=True, cwd=ROOT, check=True
    )
    seconds, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, json.loads(done.stdout), json.loads(done.stderr.splitlines()[-1])["megabytes"], cpu


def _row(name: str, value: float, unit: str, note: str) -> dict:
    return {"name": name, "value": round(value, 2), "unit": unit, "budget": "", "ok": None, "note": note}


if __name__ == "__main__":
    for row in main():
        print(json.dumps(row, ensure_ascii=False))
