"""Run benchmarks, each in a process of its own, and write the table of benchmarks/README.md.

A benchmark is a module here with `main() -> list[dict]`: name, value, unit, budget (text), ok (true, false or null for
"no budget"), note. Figures of benchmarks that are not run this time stay in the table with their own day. Options after
the name of one go to its main(options); it is then printed only, for it was not run as the table says.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

HERE = Path(__file__).parent
FIGURES = HERE / "figures.json"
README = HERE / "README.md"
START, END = "<!-- figures: written by make bench -->", "<!-- end of figures -->"
# The order of the table; those that need the real data say so themselves and are left as they were.
BENCHMARKS = (
    "start",
    "importing",
    "exporting",
    "cold_search",
    "searching",
    "retrieval",
    "dashboard",
    "encoding",
    "sentences",
    "index_scale",
    "statistics",
    "prioritisation",
    "real_seeds",
    "triage",
)
_RUN = "import importlib, json, sys; module = importlib.import_module('benchmarks.' + sys.argv[1]); " + (
    "r = module.main(*([sys.argv[3:]] if sys.argv[3:] else [])); open(sys.argv[2], 'w').write(json.dumps(r))"
)


def main() -> int:
    """Run what is named (or everything), print as it goes, write the table. Exit code 1 where a budget is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*BENCHMARKS, []], help="which (default: all)")
    if sys.argv[1:2] and sys.argv[1] in BENCHMARKS and sys.argv[2:3] and sys.argv[2] not in BENCHMARKS:
        return run_alone(sys.argv[1], sys.argv[2:])
    names = parser.parse_args().names or BENCHMARKS
    figures = json.loads(FIGURES.read_text()) if FIGURES.exists() else {}
    failed = []
    for name in names:
        print(f"── {name}", flush=True)
        rows = run(name)
        if rows is None:
            failed.append(name)
            continue
        for row in rows:
            print("  " + describe(row), flush=True)
        if rows:
            figures[name] = {"day": date.today().isoformat(), "machine": machine(), "rows": rows}
            FIGURES.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n")
            write_table(figures)
    missed = [row["name"] for name in names for row in figures.get(name, {}).get("rows", []) if row["ok"] is False]
    for line in (*(f"missed: {name}" for name in missed), *(f"did not run: {name}" for name in failed)):
        print(line, file=sys.stderr)
    return 1 if missed or failed else 0


def run_alone(name: str, options: list[str]) -> int:
    """One benchmark with options of its own: printed, and not written into the table."""
    rows = run(name, options)
    for row in rows or []:
        print("  " + describe(row), flush=True)
    return 1 if rows is None or any(row["ok"] is False for row in rows) else 0


def run(name: str, options: list[str] | None = None) -> list[dict] | None:
    """One benchmark's rows; None where it ended with an error."""
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "rows.json"
        environment = {**os.environ, "LABTOP_STATE": folder}
        done = subprocess.run(
            [sys.executable, "-c", _RUN, name, str(result), *(options or [])], cwd=HERE.parent, env=environment
        )
        return json.loads(result.read_text()) if done.returncode == 0 else None


def describe(row: dict) -> str:
    mark = {True: "●", False: "✗", None: "·"}[row["ok"]]
    note = f"  ({row['note']})" if row.get("note") else ""
    return f"{mark} {row['name']}: {row['value']} {row['unit']}  budget {row['budget'] or '—'}{note}"


def write_table(figures: dict) -> None:
    lines = ["", "| | what | measured | budget | day | note |", "|---|---|---|---|---|---|"]
    for name in BENCHMARKS:
        for row in figures.get(name, {}).get("rows", []):
            mark = {True: "●", False: "✗", None: ""}[row["ok"]]
            cells = (mark, row["name"], f"{row['value']} {row['unit']}", row["budget"] or "—", figures[name]["day"])
            lines.append("| " + " | ".join([*cells, row.get("note") or ""]) + " |")
    lines += ["", f"Machine: {machine()}.", ""]
    text = README.read_text()
    before, rest = text.split(START)
    README.write_text(before + START + "\n".join(lines) + END + rest.split(END)[1])


def machine() -> str:
    return f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"


if __name__ == "__main__":
    sys.exit(main())
