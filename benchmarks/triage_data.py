"""Real curators' picks as people who triage: papers by the day they were announced, labels by the day they were made.

A folder holds papers_*.jsonl.gz and labels.jsonl.gz, at any depth, lists.json with what a list says of itself, and
perhaps vectors/*.npy with *.ids; ../shared/data/arxiv/README.md describes the fields. Several folders are read as one.
"""

import gzip
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.triage_vectors import Rows, TextVectors
from library.papers.model import encoded_text
from library.ranking.model import Corpus, Work
from library.sentences.split import split
from library.text import clean, one_line

WINDOW = 60  # days before the cut that unlabelled papers are taken from
LEAST = 10  # papers of the test month that a list must have picked, to be a user
POOL = 50  # papers of a day, below which there is nothing to rank
ENOUGH = 1_000  # papers before the cut; a month without so many is cut later


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper as announced. `fresh`: new on its day, not a replacement of an old one, and of the daily stream."""

    work: Work
    fresh: bool


@dataclass(frozen=True, slots=True)
class Pick:
    """A list's mention of a paper (by number); `usable` as the data set marks what may stand for a triage decision."""

    day: str
    paper: int
    usable: bool


@dataclass(frozen=True, slots=True)
class Curated:
    """Everything read. `own` by list: its title and its tagline."""

    papers: Sequence[Paper]
    picks: dict[str, list[Pick]]
    own: dict[str, tuple[str, str]]
    ready: dict[str, "np.ndarray[Any, Any]"]  # vectors that came with the data, by key


@dataclass(frozen=True, slots=True)
class Month:
    """A replay: everything before `cut` may be learned from, the papers of `days` are ranked.

    `behind`: unlabelled or not, the fresh papers of the WINDOW before the cut; `days` by day: the papers announced.
    """

    name: str
    cut: str
    behind: tuple[int, ...]
    days: dict[str, tuple[int, ...]]

    @property
    def tested(self) -> list[int]:
        """All papers that are ranked, day by day."""
        return [paper for papers in self.days.values() for paper in papers]


def read(folders: Sequence[Path]) -> Curated:
    """All papers, each once (the fresher record wins), and all picks."""
    numbers: dict[str, int] = {}
    papers: list[Paper] = []
    for folder in folders:
        for file in sorted(folder.rglob("papers_*.jsonl.gz")):
            for record in _records(file):
                paper = _paper(record, stream="labelled" not in file.name)
                number = numbers.setdefault(record["id"], len(papers))
                if number == len(papers):
                    papers.append(paper)
                elif paper.fresh:
                    papers[number] = paper
    picks: dict[str, dict[int, Pick]] = defaultdict(dict)
    own: dict[str, tuple[str, str]] = {}
    ready: dict[str, np.ndarray] = {}
    for folder in folders:
        for file in sorted(folder.rglob("labels.jsonl.gz")):
            for record in _records(file):
                number = numbers.get(record["paper_id"])
                if number is None:
                    continue
                pick = Pick(record["date"][:10], number, bool(record.get("usable_for_triage")))
                known = picks[record["list"]].get(number)
                if known is None or pick.day < known.day:
                    picks[record["list"]][number] = pick
        for file in sorted(folder.rglob("lists.json")):
            for each in json.loads(file.read_text()):
                own[each["list"]] = (each.get("readme_title") or "", each.get("readme_tagline") or "")
        for file in sorted(folder.rglob("*.ids")):
            if file.with_suffix(".npy").is_file():
                rows = np.load(file.with_suffix(".npy"), mmap_mode="r")
                ready |= dict(zip(file.read_text().split(), rows, strict=True))
    ordered = {name: sorted(of.values(), key=lambda p: (p.day, p.paper)) for name, of in sorted(picks.items())}
    return Curated(papers, ordered, own, ready)


def _records(file: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _paper(record: dict[str, Any], *, stream: bool) -> Paper:
    work = Work(
        record["id"],
        record["first_listed"][:10],
        one_line(record.get("title") or ""),
        clean(record.get("abstract") or ""),
        tuple(one_line(str(name)) for name in record.get("authors") or ()),
        tuple(record.get("categories") or ()),
    )
    return Paper(work, stream and record.get("announce", "new") == "new")


def month(curated: Curated, name: str) -> Month:
    """The replay of a month ("2026-03"), cut on its first day; a week later for a first month without a past."""
    first = date.fromisoformat(f"{name}-01")
    fresh = [number for number, paper in enumerate(curated.papers) if paper.fresh]
    day_of = {number: curated.papers[number].work.day for number in fresh}
    cut = first
    for later in range(3):
        cut = first + timedelta(days=7 * later)
        since = (cut - timedelta(days=WINDOW)).isoformat()
        behind = tuple(number for number in fresh if since <= day_of[number] < cut.isoformat())
        if len(behind) >= ENOUGH:
            break
    days: dict[str, list[int]] = defaultdict(list)
    for number in fresh:
        if day_of[number] >= cut.isoformat() and day_of[number][:7] == name:
            days[day_of[number]].append(number)
    return Month(name, cut.isoformat(), behind, {day: tuple(days[day]) for day in sorted(days)})


def known(curated: Curated, name: str, cut: str, count: int | None = None) -> list[Pick]:
    """A list's picks before the cut, of papers announced before it, oldest first; the last `count` of them.

    Later picks of the same papers, and picks of later papers, are not there: that is all the learning that there is.
    """
    found = [pick for pick in curated.picks[name] if pick.day < cut and curated.papers[pick.paper].work.day < cut]
    return found if count is None else found[len(found) - count :] if len(found) >= count else []


def wanted(curated: Curated, name: str, replay: Month) -> set[int]:
    """The papers of the month that the list picked, whenever it did."""
    tested = set(replay.tested)
    return {pick.paper for pick in curated.picks[name] if pick.usable and pick.paper in tested}


def users(curated: Curated, replay: Month) -> dict[str, set[int]]:
    """Lists with LEAST picks in the month, and those."""
    found = {name: wanted(curated, name, replay) for name in curated.picks}
    return {name: picked for name, picked in found.items() if len(picked) >= LEAST}


def interest(curated: Curated, name: str) -> str:
    """What the list says of itself."""
    title, tagline = curated.own.get(name, ("", ""))
    return ". ".join(text.strip().rstrip(".") for text in (title, tagline) if text.strip())


def sentences_of(work: Work) -> list[str]:
    """The sentences of an abstract."""
    return [work.abstract[span.start : span.end] for span in split(work.abstract)]


def vectors_of(curated: Curated, numbers: Sequence[int], store: TextVectors) -> Rows:
    """Unit vectors of papers: those that came with the data, else made now."""
    works = [curated.papers[number].work for number in numbers]
    lacking = [encoded_text(work.title, work.abstract) for work in works if work.key not in curated.ready]
    store.ensure(lacking, what="papers")
    made = iter(store.get(lacking))
    out = np.zeros((len(works), store.dimension), dtype=np.float32)
    for at, work in enumerate(works):
        row = curated.ready.get(work.key)
        out[at] = next(made) if row is None else row
    lengths = np.linalg.norm(out, axis=1, keepdims=True)
    return np.divide(out, lengths, out=np.zeros_like(out), where=lengths > 0)


def corpus_of(curated: Curated, numbers: Sequence[int], with_sentences: Iterable[int], store: TextVectors) -> Corpus:
    """What the ranker takes: these papers in this order, sentences with vectors for some of them."""
    some = set(with_sentences)
    texts: list[str] = []
    firsts = [0]
    works = []
    for number in numbers:
        work = curated.papers[number].work
        if number in some:
            texts += sentences_of(work)
            places = tuple((span.start, span.end) for span in split(work.abstract))
            work = Work(work.key, work.day, work.title, work.abstract, work.authors, work.categories, places)
        works.append(work)
        firsts.append(len(texts))
    store.ensure(texts, what="sentences")
    return Corpus(works, vectors_of(curated, numbers, store), store.get(texts), np.array(firsts, dtype=np.int64))
