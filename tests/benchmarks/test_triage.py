"""The replay of curators: nothing of a later day is learned from, and what is measured is what it says."""

import gzip
import hashlib
import json
import math
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import triage_data
from benchmarks.triage import COUNTS, figures, labtop, replay, table
from benchmarks.triage_data import Curated
from benchmarks.triage_rivals import Sanity, zotero
from benchmarks.triage_scores import area, average_precision, paired_interval, recall_at
from library.ranking.model import Corpus, Label
from library.ranking.ranker import rank
from library.ranking.words import Reader

SUBJECTS = ("retrieval of passages", "pruning of weights", "agents with tools", "streets in rain")
Record = dict[str, Any]


class Made:
    """Vectors by the subject that a text names, with a little noise of its own."""

    dimension = 24

    def ensure(self, texts: Iterable[str], *, what: str = "") -> None:
        pass

    def get(self, texts: Sequence[str]) -> Any:
        out = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for at, text in enumerate(texts):
            seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")
            out[at] = np.random.default_rng(seed).normal(size=self.dimension) * 0.1
            for number, subject in enumerate(SUBJECTS):
                out[at, number] += subject in text
        return out / np.linalg.norm(out, axis=1, keepdims=True)


def records() -> tuple[list[Record], list[Record]]:
    """Sixty papers a day on 24 days of February and 4 of March; a list picks retrieval the day after."""
    papers, labels = [], []
    for day in [f"2026-02-{n:02}" for n in range(1, 25)] + [f"2026-03-{n:02}" for n in range(2, 6)]:
        for number in range(60):
            key = f"{day[2:4]}{day[5:7]}.{day[8:]}{number:03}"
            subject = SUBJECTS[number % 4]
            abstract = f"We look at {subject} in case {number * 7 % 31}. It is about {subject} again, see {day}."
            papers.append(
                {
                    "id": key,
                    "title": f"On {subject}, case {number}",
                    "abstract": abstract,
                    "authors": [f"Ada Writer{number % 11}"],
                    "categories": ["cs.IR"],
                    "first_listed": day,
                    "announce": "new",
                }
            )
            if number % 12 == 0:
                labels.append(
                    {
                        "list": "reader",
                        "paper_id": key,
                        "date": f"{day[:8]}{int(day[8:]) + 1:02}",
                        "usable_for_triage": True,
                    }
                )
    return papers, labels


def write(folder: Path, papers: Sequence[Record], labels: Sequence[Record]) -> Curated:
    (folder / "dev").mkdir(parents=True)
    for name, lines in (("papers_2026-03", papers), ("labels", labels)):
        with gzip.open(folder / "dev" / f"{name}.jsonl.gz", "wt") as file:
            file.writelines(json.dumps(line) + "\n" for line in lines)
    own = [{"list": "reader", "readme_title": "Reading list", "readme_tagline": "Papers on retrieval of passages."}]
    (folder / "lists.json").write_text(json.dumps(own))
    return triage_data.read([folder])


def test_labels_and_papers_are_cut_at_the_first_day(tmp_path: Path) -> None:
    curated = write(tmp_path, *records())
    month = triage_data.month(curated, "2026-03")
    assert (month.cut, len(month.behind), list(month.days)) == (
        "2026-03-01",
        24 * 60,
        ["2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05"],
    )
    known = triage_data.known(curated, "reader", month.cut)
    assert len(known) == 24 * 5
    assert all(pick.day < month.cut and curated.papers[pick.paper].work.day < month.cut for pick in known)
    assert [pick.day for pick in triage_data.known(curated, "reader", month.cut, 10)] == ["2026-02-24"] * 5 + [
        "2026-02-25"
    ] * 5
    assert triage_data.known(curated, "reader", month.cut, 400) == []
    assert {name: len(picked) for name, picked in triage_data.users(curated, month).items()} == {"reader": 20}


def later_labels(papers: list[Record], labels: list[Record]) -> None:
    """Other picks from the cut on, of old papers, too."""
    for label in labels:
        if label["date"] >= "2026-03-01":
            label["paper_id"] = papers[7]["id"]
    labels += [{**label, "paper_id": papers[at]["id"], "date": "2026-03-02"} for at, label in enumerate(labels[:50])]


def later_papers(papers: list[Record], labels: list[Record]) -> None:
    """Other words on all days but the first one ranked."""
    for paper in papers:
        if paper["first_listed"] > "2026-03-02":
            paper["title"] = "Retrieval of passages, passages, passages"
            paper["abstract"] = "Zebra quantum pruning of weights in streets in rain."


def earlier_papers(papers: list[Record], labels: list[Record]) -> None:
    for paper in papers:
        if paper["first_listed"] == "2026-02-20":
            paper["title"] = "Retrieval of passages everywhere"


@pytest.mark.parametrize(("change", "same"), [(later_labels, True), (later_papers, True), (earlier_papers, False)])
def test_nothing_later_decides_a_score(
    tmp_path: Path, change: Callable[[list[Record], list[Record]], None], same: bool
) -> None:
    def first_day(folder: Path, papers: list[Record], labels: list[Record]) -> list[list[float]]:
        curated = write(folder, papers, labels)
        month, store = triage_data.month(curated, "2026-03"), Made()
        after = triage_data.corpus_of(curated, month.tested, month.tested, store)
        before = triage_data.vectors_of(curated, month.behind, store)
        kept = [pick.paper for pick in triage_data.known(curated, "reader", month.cut, 25)]
        ranking, first = labtop(curated, month, "reader", kept, "Retrieval of passages", before, after, store, Reader())
        mine = {each.paper - first: each.log_odds for each in ranking.ranked}
        sanity = Sanity([curated.papers[at].work for at in month.behind], after.works)
        others = np.array([at for at, number in enumerate(month.behind) if number not in set(kept)])
        theirs = sanity.scores([curated.papers[number].work for number in kept], others)
        nearest = zotero(triage_data.vectors_of(curated, kept, store), after.vectors)
        return [[mine[at] for at in range(60)], list(theirs[:60]), list(nearest[:60])]

    plain = first_day(tmp_path / "plain", *records())
    papers, labels = records()
    change(papers, labels)
    changed = first_day(tmp_path / "changed", papers, labels)
    equal = [np.allclose(one, other, atol=1e-8) for one, other in zip(plain, changed, strict=True)]
    assert equal[:2] == [same, same]
    assert equal[2] or not same


def test_a_replay_measures_every_method_on_the_same_days(tmp_path: Path) -> None:
    curated = write(tmp_path, *records())
    month = triage_data.month(curated, "2026-03")
    cells = replay(curated, month, None, COUNTS, Made())
    assert {(count, method) for _, count, _, method in cells} == {
        *((0, method) for method in ("labtop", "c", "d", "d2")),
        *((count, method) for count in (10, 25, 50) for method in ("labtop", "a", "b", "c", "e")),
    }
    assert {len(days) for days in cells.values()} == {4}
    rows = figures(cells, ["2026-03"])
    assert [row["name"].split()[3] for row in rows] == ["0", "10", "25", "50"]
    assert all(row["value"] > 0.25 for row in rows)  # 5 of 60 are picked, 15 are on the subject
    assert sum(line.startswith("| labtop |") for line in table(cells, ["2026-03"])) == 3


def test_measures() -> None:
    relevant, scores = [True, False, True, False], [0.9, 0.8, 0.7, 0.1]
    assert average_precision(relevant, scores) == pytest.approx((1 + 2 / 3) / 2)
    assert recall_at(relevant, scores, 1) == 0.5
    assert area(relevant, scores) == pytest.approx(0.75)
    assert area([True, False], [0.5, 0.5]) == 0.5
    assert math.isnan(average_precision([False], [1.0]))
    mean, low, high = paired_interval([[0.1, 0.3], [0.2, 0.2]])
    assert (mean, low <= mean <= high) == (pytest.approx(0.2), True)
    assert (low, high) == (pytest.approx(0.15), pytest.approx(0.25))


@pytest.mark.realdata
def test_real_picks_are_read_and_found(shared_data: Path, tmp_path: Path) -> None:
    """Vectors that come with the data, no sentences: a day of one list, learned from 25 picks of two months."""
    for name in ("2026-01", "2026-02"):
        for part in (f"dev/papers_{name}.jsonl.gz", f"vectors/vec_{name}.ids", f"vectors/vec_{name}.npy"):
            (tmp_path / Path(part).name).symlink_to(shared_data / "arxiv" / part)
    (tmp_path / "labels.jsonl.gz").symlink_to(shared_data / "arxiv" / "dev" / "labels.jsonl.gz")
    curated = triage_data.read([tmp_path])
    month = triage_data.month(curated, "2026-02")
    picked = triage_data.users(curated, month)["awesome_world_models"]
    pool = next(papers for papers in month.days.values() if len(papers) > 200 and len(picked & set(papers)) > 2)
    kept = [pick.paper for pick in triage_data.known(curated, "awesome_world_models", month.cut, 25)]
    others = [number for number in month.behind if number not in set(kept)][-1_500:]
    numbers = [*others, *kept, *pool]
    vectors = np.stack([curated.ready[curated.papers[at].work.key] for at in numbers]).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    nothing = np.zeros((0, vectors.shape[1]), dtype=np.float32)
    works = [curated.papers[at].work for at in numbers]
    corpus = Corpus(works, vectors, nothing, np.zeros(len(works) + 1, dtype=np.int64))
    rows = range(len(others), len(others) + len(kept))
    labels = [Label(row, True, month.cut) for row in rows]
    ranking = rank(corpus, [], labels, range(rows.stop, len(works)), today=month.cut)
    relevant = [numbers[each.paper] in picked for each in ranking.ranked]
    assert recall_at(relevant, [each.score for each in ranking.ranked]) >= 0.8
    best = {part.name: part for part in ranking.ranked[0].parts}
    assert any("world" in term for term, _ in best["words"].detail)
