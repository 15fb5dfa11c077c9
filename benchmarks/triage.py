"""Ranking for triage, against other tools' recipes, on what real curators picked: `python -m benchmarks triage`.

Each list is a person. At the cut (a month's first day) everything that is later is unknown: labels, papers, and what
words are rare. Each method learns once, from 0, 10, 25, 50 and 400 of a list's latest picks before the cut, and ranks
the papers of each following day of the month. Measured by day: average precision, recall@20, the area under the ROC
curve; then the mean over a list's days, and over lists. Days without a pick, or of fewer than 50 papers, are left out.

    python -m benchmarks triage [--data DIR …] [--months 2026-03 …] [--lists NAME …] [--counts 0 10 …]
                                [--cache DIR] [--out FILE]

Months default to the two newest of the data. Vectors that the data lacks are made by labtop's own encoder and kept in
the cache. The weights of the ranker were chosen on 2025-12 to 2026-02 alone (docs/architecture.md).
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import triage_data
from benchmarks.big_workspace import DATA
from benchmarks.triage_data import Curated, Month
from benchmarks.triage_rivals import Sanity, logistic, summed, zotero
from benchmarks.triage_scores import area, average_precision, paired_interval, recall_at
from benchmarks.triage_vectors import TextVectors
from library.paths import user_cache
from library.ranking.model import Corpus, Label, Ranking, Wish
from library.ranking.ranker import rank
from library.ranking.words import Reader

COUNTS = (0, 10, 25, 50, 400)
METHODS = {
    "labtop": "labtop",
    "a": "(a) arxiv-sanity-lite",
    "b": "(b) zotero-arxiv-daily",
    "c": "(c) newest first",
    "d": "(d) the tagline's vector",
    "d2": "(d') title and tagline's vector",
    "e": "(e) (a) + logistic on vectors",
}
MEASURES = {"AP": average_precision, "recall@20": recall_at, "AUC": area}
Cells = dict[tuple[str, int, str, str], list[dict[str, float]]]  # month, labels, list, method → its days


def main(arguments: Sequence[str] = ()) -> list[dict]:
    options = _options(arguments)
    folders = [Path(folder) for folder in options.data]
    if not any(folder.is_dir() for folder in folders):
        print(f"  the real data is not in {DATA}: set LABTOP_SHARED_DATA, or name it with --data")
        return []
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    curated = triage_data.read([folder for folder in folders if folder.is_dir()])
    names = options.months or sorted({paper.work.day[:7] for paper in curated.papers if paper.fresh})[-2:]
    store = TextVectors(Path(options.cache))
    cells: Cells = {}
    for name in names:
        cells |= replay(curated, triage_data.month(curated, name), options.lists, options.counts, store)
    if len(names) > 1:
        cells |= together(cells, names)
        names = [*names, _span(names)]
    for line in table(cells, names):
        print(line, flush=True)
    rows = figures(cells, names)
    if options.out:
        text = json.dumps({"rows": rows, "cells": _plain(cells)}, ensure_ascii=False)
        Path(options.out).write_text(text + "\n", encoding="utf-8")
    return rows


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks triage")
    parser.add_argument("--data", nargs="+", default=[str(DATA / "arxiv")])
    parser.add_argument("--months", nargs="+")
    parser.add_argument("--lists", nargs="+")
    parser.add_argument("--counts", nargs="+", type=int, default=list(COUNTS))
    parser.add_argument("--cache", default=str(user_cache() / "benchmarks"))
    parser.add_argument("--out")
    return parser.parse_args(list(arguments))


def replay(
    curated: Curated, month: Month, lists: Sequence[str] | None, counts: Sequence[int], store: TextVectors
) -> Cells:
    """All methods on all lists of a month, at each count of labels."""
    people = {name: picked for name, picked in triage_data.users(curated, month).items() if not lists or name in lists}
    print(
        f"  {month.name}: cut {month.cut}, {len(month.behind):,} papers before, {len(month.tested):,} after", flush=True
    )
    for name, picked in people.items():
        had = len(triage_data.known(curated, name, month.cut))
        print(f"    {name}: {len(picked)} picks to find, {had} known", flush=True)
    if not people:
        return {}
    tested = month.tested
    after = triage_data.corpus_of(curated, tested, tested, store)
    before = triage_data.vectors_of(curated, month.behind, store)
    sanity = Sanity([curated.papers[at].work for at in month.behind], after.works)
    reader, cells = Reader(), Cells()
    for name, picked in people.items():
        for count in counts:
            kept = [pick.paper for pick in triage_data.known(curated, name, month.cut, count)] if count else []
            if len(kept) < count:
                continue
            start = time.perf_counter()
            scores = {"c": np.array([float(work.day.replace("-", "")) for work in after.works])}
            text = triage_data.interest(curated, name)
            if count == 0:
                scores |= _by_tagline(curated, name, after, store)
            else:
                own = set(kept)
                others = np.array([at for at, number in enumerate(month.behind) if number not in own])
                vectors = triage_data.vectors_of(curated, kept, store)
                scores["a"] = sanity.scores([curated.papers[number].work for number in kept], others)
                scores["b"] = zotero(vectors, after.vectors)
                scores["e"] = summed(scores["a"], logistic(vectors, before[others], after.vectors))
            if count or text:
                ranking, first = labtop(curated, month, name, kept, text, before, after, store, reader)
                scores["labtop"] = _places(ranking, first, len(after.works))
            for method, values in scores.items():
                if method != "c" or "labtop" in scores:
                    cells[month.name, count, name, method] = _by_day(month, picked, values)
            mine, best = (
                max((_mean(cells[month.name, count, name, key], "AP") for key in keys if key in scores), default=0.0)
                for keys in (("labtop",), ("a", "b", "c", "d", "d2", "e"))
            )
            seconds = time.perf_counter() - start
            print(f"    {name} {count}: AP {mine:.3f}, best rival {best:.3f} ({seconds:.0f} s)", flush=True)
    return cells


def _by_tagline(curated: Curated, name: str, after: Corpus, store: TextVectors) -> dict[str, Any]:
    tagline = curated.own.get(name, ("", ""))[1]
    both = triage_data.interest(curated, name)
    if not both:
        return {}
    store.ensure([tagline or both, both], what="taglines")
    alone, whole = store.get([tagline or both, both])
    return {"d": after.vectors @ alone, "d2": after.vectors @ whole}


def labtop(
    curated: Curated,
    month: Month,
    name: str,
    kept: Sequence[int],
    text: str,
    before: Any,
    after: Corpus,
    store: TextVectors,
    reader: Reader,
) -> tuple[Ranking, int]:
    """labtop's own ranking, and the row of its corpus where the ranked papers begin.

    The corpus holds the papers of the window, what was kept and what is ranked, and nothing else.
    """
    window = set(month.behind)
    older = [number for number in kept if number not in window]
    numbers = [*month.behind, *older]
    works = [*(curated.papers[number].work for number in numbers), *after.works]
    vectors = np.concatenate([before, triage_data.vectors_of(curated, older, store), after.vectors])
    firsts = np.concatenate([np.zeros(len(numbers), dtype=np.int64), after.firsts])
    corpus = Corpus(works, vectors, after.sentences, firsts)
    row_of = {number: row for row, number in enumerate(numbers)}
    day_of = {pick.paper: pick.day for pick in curated.picks[name]}
    labels = [Label(row_of[number], True, day_of[number]) for number in kept]
    wishes = []
    if text:
        store.ensure([text], what="taglines")
        wishes.append(Wish(1, text, store.get([text])[0]))
    pool = range(len(numbers), len(works))
    return rank(corpus, wishes, labels, pool, today=month.cut, explain=False, reader=reader), len(numbers)


def _places(ranking: Ranking, first: int, count: int) -> Any:
    """Scores in the order that a person would see: equal ones by key."""
    scores = np.zeros(count)
    for place, each in enumerate(ranking.ranked):
        scores[each.paper - first] = -place
    return scores


def _by_day(month: Month, picked: set[int], scores: Any) -> list[dict[str, float]]:
    """A row a day that says something: its measures, by name."""
    rows, first = [], 0
    for papers in month.days.values():
        of_day = scores[first : first + len(papers)]
        first += len(papers)
        relevant = [paper in picked for paper in papers]
        if len(papers) >= triage_data.POOL and any(relevant):
            rows.append({name: measure(relevant, of_day) for name, measure in MEASURES.items()})
    return rows


def _mean(days: Sequence[dict[str, float]], measure: str) -> float:
    return float(np.nanmean([day[measure] for day in days])) if days else float("nan")


def table(cells: Cells, months: Sequence[str]) -> list[str]:
    """Means over lists, by month and count, as Markdown."""
    lines = []
    for month in months:
        for measure in MEASURES:
            lines += [
                "",
                f"{month}, mean {measure} over lists",
                "",
                "| | " + " | ".join(map(str, _counts(cells, month))) + " |",
            ]
            lines.append("|---|" + "---|" * len(_counts(cells, month)))
            for method, said in METHODS.items():
                values = [_over_lists(cells, month, count, method, measure) for count in _counts(cells, month)]
                if any(value is not None for value in values):
                    lines.append(f"| {said} | " + " | ".join("–" if v is None else f"{v:.3f}" for v in values) + " |")
            lines.append(
                "| lists | " + " | ".join(str(len(_lists(cells, month, c))) for c in _counts(cells, month)) + " |"
            )
    return lines


def figures(cells: Cells, months: Sequence[str]) -> list[dict]:
    """For the table of benchmarks/README.md: labtop's mean AP, and the difference to the best rival."""
    rows = []
    for month in months:
        for count in _counts(cells, month):
            people = _lists(cells, month, count)
            means = {key: _over_lists(cells, month, count, key, "AP") for key in METHODS}
            rivals = {key: value for key, value in means.items() if key != "labtop" and value is not None}
            if not rivals or means["labtop"] is None:
                continue
            best = max(rivals, key=lambda key: (rivals[key], key))
            gain, low, high = difference(cells, month, count, best)
            said = ", ".join(f"{key} {value:.3f}" for key, value in rivals.items())
            note = f"{len(people)} lists; {said}; over {best}: {gain:+.3f} [{low:+.3f}, {high:+.3f}]"
            rows.append(
                {
                    "name": f"triage of {month}, {count} labels: mean average precision",
                    "value": round(means["labtop"], 3),
                    "unit": "",
                    "budget": "interval over every rival > 0",
                    "ok": all(difference(cells, month, count, key)[1] > 0 for key in rivals),
                    "note": note,
                }
            )
    return rows


def difference(cells: Cells, month: str, count: int, rival: str) -> tuple[float, float, float]:
    """labtop's mean AP less a rival's, on the same lists and days, with its interval."""
    pairs = [
        [mine["AP"] - other["AP"] for mine, other in zip(cells[month, count, name, "labtop"], days, strict=True)]
        for name in _lists(cells, month, count)
        if (days := cells.get((month, count, name, rival)))
    ]
    return paired_interval(pairs)


def together(cells: Cells, months: Sequence[str]) -> Cells:
    """The days of several months of each list as one: each month was ranked by what was known at its own cut."""
    found: Cells = {}
    for (month, count, name, method), days in cells.items():
        if month in months:
            found.setdefault((_span(months), count, name, method), []).extend(days)
    return found


def _span(months: Sequence[str]) -> str:
    return f"{min(months)} to {max(months)}"


def _counts(cells: Cells, month: str) -> list[int]:
    return sorted({count for name, count, _, _ in cells if name == month})


def _lists(cells: Cells, month: str, count: int) -> list[str]:
    return sorted({who for name, n, who, method in cells if (name, n, method) == (month, count, "labtop")})


def _over_lists(cells: Cells, month: str, count: int, method: str, measure: str) -> float | None:
    found = [
        _mean(cells[month, count, name, method], measure)
        for name in _lists(cells, month, count)
        if (month, count, name, method) in cells
    ]
    return float(np.mean(found)) if found else None


def _plain(cells: Cells) -> list[dict[str, Any]]:
    """Every cell with its days, from which all figures can be made again (`cells_of`)."""
    return [
        {"month": month, "labels": count, "list": name, "method": method, "days": days}
        for (month, count, name, method), days in cells.items()
    ]


def cells_of(written: Sequence[dict[str, Any]]) -> Cells:
    """What `--out` wrote, to be put together from several runs."""
    return {(each["month"], each["labels"], each["list"], each["method"]): each["days"] for each in written}


if __name__ == "__main__":
    main(sys.argv[1:])
