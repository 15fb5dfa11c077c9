"""Search quality on test collections, through the search that a person uses.

Each collection is imported as papers into a workspace of its own under .labtop/bench, encoded once, and asked its own
questions through `library.search.run.search`. nDCG@10 (gain = grade, log2 discount) and recall@100, as trec_eval has
them. The constants of fusion.py and words.py were fixed on Cranfield; the budget is judged on the others alone.

"keyword" is the keyword side of a hybrid search, which may fall back to some of the words: a stronger opponent than
`--mode keyword`, where a question in whole sentences must first match with every word.
The clicks sample only re-ranks the ten results that were shown, and stands outside the mean.
"""

import gzip
import json
import math
import sys
from dataclasses import dataclass
from datetime import date

import numpy as np

from benchmarks.big_workspace import BENCH, DATA, big_workspace
from library.papers.ingest import CHUNK, add_drafts
from library.papers.model import PaperDraft
from library.search.meaning import Meaning
from library.search.parse import plain
from library.search.run import Mode, search
from library.text import clean
from library.workspace import Workspace
from planner.workspace import open_workspace

COLLECTIONS = {"cranfield": "Cranfield", "cisi": "CISI", "npl_vaswani": "NPL"}
CLICKS = "s2_search_clicks_sample"
MODES: tuple[Mode, ...] = ("keyword", "semantic", "hybrid")
TODAY = date(2026, 1, 1)
RESAMPLES = 10_000


@dataclass(frozen=True)
class Collection:
    """Questions (id, text), grades by question and document, what is left out of a ranking before scoring."""

    name: str
    questions: list[tuple[str, str]]
    grades: dict[str, dict[str, int]]
    left_out: dict[str, set[str]]


def main() -> list[dict]:
    if not (DATA / "retrieval" / "dev").is_dir():
        print(f"  the test collections are not in {DATA}: set LABTOP_SHARED_DATA")
        return []
    rows, by_mode = [], {mode: [] for mode in MODES}
    worst = math.inf
    for name, label in COLLECTIONS.items():
        scores = evaluate(name)
        ndcg = {mode: np.array([score[0] for score in scores[mode]]) for mode in MODES}
        for mode in MODES:
            by_mode[mode].append(ndcg[mode])
            recall = float(np.mean([score[1] for score in scores[mode]]))
            note = f"recall@100 {recall:.3f}, {len(ndcg[mode])} questions"
            rows.append(_row(f"{label}: nDCG@10, {mode}", round(float(ndcg[mode].mean()), 3), "", "", None, note))
        better = max(float(ndcg["keyword"].mean()), float(ndcg["semantic"].mean()))
        worst = min(worst, float(ndcg["hybrid"].mean()) - better)
    rows.append(_gain(by_mode, slice(1, None), "held-out collections", judged=True))
    rows.append(_gain(by_mode, slice(None), "all three, Cranfield (tuned on) too", judged=False))
    rows.append(
        _row("hybrid against the better mode, worst collection", round(worst, 4), "", "≥ −0.01", worst >= -0.01)
    )
    rows += topics()
    clicks = evaluate(CLICKS)
    for mode in MODES:
        value = float(np.mean([score[0] for score in clicks[mode]]))
        rows.append(_row(f"Semantic Scholar clicks, re-ranked: nDCG@10, {mode}", round(value, 3), "", "", None))
    return rows


def _gain(by_mode: dict[Mode, list[np.ndarray]], which: slice, said: str, *, judged: bool) -> dict:
    """Hybrid against the better single mode of these collections, question by question."""
    joined = {mode: np.concatenate(parts[which]) for mode, parts in by_mode.items()}
    single = max(("keyword", "semantic"), key=lambda mode: joined[mode].mean())
    gain, low, high = paired_interval(joined["hybrid"] - joined[single])
    note = f"95 % paired bootstrap [{low:.4f}, {high:.4f}], {len(joined['hybrid'])} questions; {said}"
    name = f"hybrid nDCG@10 over {single} alone, {said.split(',')[0]}"
    return _row(name, round(gain, 4), "", "interval > 0" if judged else "", low > 0 if judged else None, note)


def topics() -> list[dict]:
    """Short questions: section headings of curated reading lists, over the 20,000 newest real papers.

    The papers filed under a heading count as relevant, all others as not, though most were never judged: the figures
    are low and only compare.
    """
    home = big_workspace(20_000)
    assert home is not None
    scores: dict[Mode, list[tuple[float, float]]] = {mode: [] for mode in MODES}
    with open_workspace(home, person="bench") as workspace:
        meaning = Meaning(workspace)
        keys = keys_of(workspace)
        have = set(keys.values())
        for line in (DATA / "arxiv" / "dev" / "topic_queries.jsonl").read_text().splitlines():
            topic = json.loads(line)
            grades = {key: 1 for key in topic["relevant"] if key in have}
            if len(grades) < 2:
                continue
            for mode in MODES:
                ranking = [keys[paper] for paper in ask(workspace, meaning, topic["query"], mode)]
                scores[mode].append((ndcg(ranking, grades, 10), recall(ranking, grades, 100)))
    rows = []
    for mode in MODES:
        mean = np.mean(scores[mode], axis=0)
        note = f"recall@100 {mean[1]:.3f}, {len(scores[mode])} headings"
        rows.append(_row(f"arXiv reading lists: nDCG@10, {mode}", round(float(mean[0]), 3), "", "", None, note))
    return rows


def keys_of(workspace: Workspace) -> dict[int, str]:
    return dict(workspace.store.read(lambda db: [tuple(r) for r in db.execute("SELECT id, key FROM paper")]).result())


def evaluate(name: str) -> dict[Mode, list[tuple[float, float]]]:
    """(nDCG@10, recall@100) of each question, by mode."""
    collection = load(name)
    results: dict[Mode, list[tuple[float, float]]] = {mode: [] for mode in MODES}
    with workspace_of(name) as workspace:
        meaning = Meaning(workspace)
        keys = keys_of(workspace)
        for question, text in collection.questions:
            for mode in MODES:
                hits = ask(workspace, meaning, text, mode, pool=question if name == CLICKS else None)
                ranking = [keys[paper].partition(":")[2] for paper in hits]
                ranking = [key for key in ranking if key not in collection.left_out.get(question, ())]
                grades = collection.grades[question]
                results[mode].append((ndcg(ranking, grades, 10), recall(ranking, grades, 100)))
    return results


def ask(workspace: Workspace, meaning: Meaning, text: str, mode: Mode, *, pool: str | None = None) -> list[int]:
    """Paper ids in the order in which they would be shown. Keyword mode is the keyword side of a hybrid search."""
    # A question that is not a query (an unbalanced parenthesis) is asked word by word, as the error message advises.
    query = f"({plain(text)}) tag:{pool}" if pool else plain(text)
    result = search(
        workspace.store,
        query,
        meaning=None if mode == "keyword" else meaning,
        person="bench",
        today=TODAY,
        mode="semantic" if mode == "semantic" else "hybrid",
        limit=150,
    )
    return [hit.paper_id for hit in result.hits]


def ndcg(ranking: list[str], grades: dict[str, int], depth: int) -> float:
    def gain(values: list[int]) -> float:
        return sum(value / math.log2(place + 2) for place, value in enumerate(values[:depth]))

    ideal = gain(sorted(grades.values(), reverse=True))
    return gain([grades.get(key, 0) for key in ranking]) / ideal if ideal else 0.0


def recall(ranking: list[str], grades: dict[str, int], depth: int) -> float:
    relevant = {key for key, grade in grades.items() if grade > 0}
    return len(relevant.intersection(ranking[:depth])) / len(relevant)


def paired_interval(differences: np.ndarray) -> tuple[float, float, float]:
    """Mean and 95 % percentile interval of the mean over resampled questions."""
    generator = np.random.default_rng(7)
    picks = generator.integers(0, len(differences), (RESAMPLES, len(differences)))
    means = differences[picks].mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return float(differences.mean()), float(low), float(high)


def load(name: str) -> Collection:
    folder = DATA / "retrieval" / "dev" / name
    grades: dict[str, dict[str, int]] = {}
    for line in (folder / "qrels.tsv").read_text().splitlines()[1:]:
        question, document, grade = line.split("\t")
        grades.setdefault(question, {})[document] = int(grade)
    questions = [json.loads(line) for line in (folder / "queries.jsonl").read_text().splitlines()]
    left_out: dict[str, set[str]] = {}
    if (folder / "source_docs.tsv").exists():  # Cranfield: the paper that a question was made from
        for line in (folder / "source_docs.tsv").read_text().splitlines()[1:]:
            question, document, *_ = line.split("\t")
            left_out.setdefault(question, set()).add(document)
    asked = [(q["_id"], q["text"]) for q in questions if any(g > 0 for g in grades.get(q["_id"], {}).values())]
    return Collection(name, asked, grades, left_out)


def workspace_of(name: str) -> Workspace:
    """The collection as a workspace: made and encoded the first time, only opened later."""
    home = BENCH / f"retrieval-{name}"
    workspace = open_workspace(home, person="bench")
    have = workspace.store.read(lambda db: db.execute("SELECT count(*) FROM paper").fetchone()[0]).result()
    drafts = documents(name)
    if have < len(drafts):
        for start in range(0, len(drafts), CHUNK):
            part = drafts[start : start + CHUNK]
            workspace.store.write(lambda db, part=part: add_drafts(db, part, at="2026-01-01T00:00:00Z")).result()
    encode(workspace)
    return workspace


def encode(workspace: Workspace) -> None:
    from library.vectors.bulk import encode_missing

    encode_missing(workspace, progress=None, cancel=None)


def documents(name: str) -> list[PaperDraft]:
    folder = DATA / "retrieval" / "dev" / name
    pools: dict[str, list[str]] = {}
    if name == CLICKS:
        for line in (folder / "qrels.tsv").read_text().splitlines()[1:]:
            question, document, _ = line.split("\t")
            pools.setdefault(document, []).append(question)
    drafts = []
    with gzip.open(folder / "corpus.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            title, text = clean(record["title"]).strip(), clean(record["text"]).strip()
            if title and text.startswith(title):  # Cranfield repeats the title
                text = text[len(title) :].strip()
            drafts.append(
                PaperDraft(
                    key=f"{name}:{record['_id']}",
                    kind="reference",
                    source=name,
                    title=title,
                    abstract=text,
                    tags=tuple(pools.get(record["_id"], ())),
                )
            )
    return drafts


def _row(name: str, value: float, unit: str, budget: str, ok: bool | None, note: str = "") -> dict:
    return {"name": name, "value": value, "unit": unit, "budget": budget, "ok": ok, "note": note}


if __name__ == "__main__":
    for row in main():
        print(row)
    sys.exit(0)
