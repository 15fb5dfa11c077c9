"""What the authors of 1,501 real training runs claim in their notes, read out of these notes.

A claim names the runs it is about. Claims that stand in a fixed form (a test against 3.28, a table of runs, the list of
results) are found by that form; those in running text are listed here with the words they stand in, and a claim whose
words are not in the note is an error.
"""

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

THRESHOLDS = {"track_1_short": 3.28, "track_2_medium": 2.92, "track_3_optimization": 3.28}


@dataclass(frozen=True)
class Group:
    """Runs of one folder: final validation loss and training time (s) by run, and losses by step."""

    name: str
    losses: dict[str, float] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    curves: dict[str, dict[int, float]] = field(default_factory=dict)

    def at(self, step: int | None) -> dict[str, float]:
        """The loss at a step where every run has it, else the final one."""
        found = {run: curve[step] for run, curve in self.curves.items() if step in curve} if step else {}
        return found if len(found) == len(self.losses) else self.losses


@dataclass(frozen=True)
class Claim:
    """`says`: below (the threshold), lower (loss than `against`), faster, same (loss), steps, or not-below.

    `p`, `n` and `mean` (loss) are the authors'; `values` their list of losses. `known_sigma`: they took the spread as
    known. `step`: the loss is that of this step.
    """

    kind: str
    runs: str
    says: str
    note: str
    quote: str
    against: str = ""
    p: float | None = None
    n: int | None = None
    mean: float | None = None
    values: tuple[float, ...] = ()
    step: int | None = None
    known_sigma: bool = False


def read(folder: Path) -> tuple[dict[str, Group], dict[str, str]]:
    """(groups by name, notes by folder)."""
    groups: dict[str, Group] = {}
    with gzip.open(folder / "runs.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            run = json.loads(line)
            group = groups.setdefault(run["group"], Group(run["group"]))
            curve = run["val_loss"] if isinstance(run["val_loss"], list) else json.loads(run["val_loss"])
            points = {int(point[0]): float(point[1]) for point in curve}
            if run["final_val_loss"] is not None:
                group.losses[run["path"]] = run["final_val_loss"]
                group.curves[run["path"]] = points
            if run["final_train_time_ms"]:
                group.seconds[run["path"]] = run["final_train_time_ms"] / 1000
    with gzip.open(folder / "groups.jsonl.gz", "rt", encoding="utf-8") as lines:
        notes = {record["group"]: record["readme"] for record in map(json.loads, lines)}
    return groups, notes


def claims(groups: dict[str, Group], notes: dict[str, str]) -> list[Claim]:
    """Every claim that can be read out of the notes, each once."""
    found = [
        *_tests(groups, notes),
        *_tables(groups, notes),
        *_results(groups, notes),
        *_in_words(groups, notes),
        *_retimed(groups, notes),
    ]
    unique: dict[tuple[str, str, str, str], Claim] = {}
    for claim in found:
        unique.setdefault((claim.kind, claim.runs, claim.against, claim.says), claim)
    return list(unique.values())


# "p=0.0003" behind scipy.stats.ttest_1samp(losses, 3.28, alternative="less"), with the list of losses before it.

_LIST = re.compile(r"(?:losses|accs|val_losses?)\s*=\s*\[([^\]]+)\]")
_TEST = re.compile(r"ttest_1samp\([^)]*?(?P<line>3\.28|2\.92)[^)]*?less[^)]*?\)[^\n]*\n?[^\n]*?p=(?P<p>[\d.]+)")


def _tests(groups: dict[str, Group], notes: dict[str, str]) -> Iterator[Claim]:
    for name, note in notes.items():
        if name not in groups:
            continue
        found = []
        for match in _TEST.finditer(note):
            before = [each for each in _LIST.finditer(note) if each.end() <= match.start()]
            numbers = [float(text) for text in re.findall(r"\d\.\d{3,}", before[-1][1])] if before else []
            shared = (_shared(numbers, groups[name]), len(numbers))
            found.append((shared, float(match["p"]), tuple(numbers), match[0].splitlines()[-1]))
        if found:
            _, p, values, quote = max(
                found, key=lambda each: each[0]
            )  # of several lists that of the runs that are here
            says = "below" if p < 0.01 else "not-below"
            mean = sum(values) / len(values) if values else None
            yield Claim("threshold", name, says, name, quote.strip(), p=p, n=len(values) or None, mean=mean,
                        values=values)  # fmt: skip


def _shared(numbers: list[float], group: Group) -> float:
    left = [round(value, 4) for value in group.losses.values()]
    return sum(round(number, 4) in left for number in numbers) / max(1, len(numbers))


# Tables of runs: name, runs, perhaps steps, time with spread and change, loss with spread and change, p.

_HEAD = re.compile(r"^\s*Runs\b.*Time.*Loss.*$", re.MULTILINE)
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?|NaN|nan")


def _tables(groups: dict[str, Group], notes: dict[str, str]) -> Iterator[Claim]:
    for name, note in notes.items():
        inside = {key: group for key, group in groups.items() if key == name or key.startswith(f"{name}/")}
        for head in _HEAD.finditer(note):
            rows = []
            for line in note[head.end() :].strip("\n").splitlines():
                row = _row(line, head[0], inside)
                if row is None:
                    break
                rows.append((line.strip(), *row))
            yield from _of_table(name, rows)


def _row(line: str, head: str, inside: dict[str, Group]) -> tuple[str, int, float, float, float] | None:
    """(the group that it is about or "", runs, time, loss, p)."""
    cells = re.split(r"\s{2,}", line.split("#")[0].strip())
    if len(cells) < 6:
        return None
    numbers = [float(text) for text in _NUMBER.findall(" ".join(cells[1:]))]
    rest = numbers[2 if "Steps" in head else 1 :]
    loss = next((value for value in rest if 2.5 < value < 3.5), None)
    if len(numbers) < 6 or loss is None:
        return None
    n, seconds, p = int(numbers[0]), rest[0], numbers[-1]
    for key, group in inside.items():
        values = list(group.losses.values())
        times = list(group.seconds.values())
        if len(values) == n and abs(sum(values) / n - loss) < 6e-5 and abs(sum(times) / len(times) - seconds) < 0.02:
            return key, n, seconds, loss, p
    return "", n, seconds, loss, p


def _of_table(name: str, rows: list[tuple[str, str, int, float, float, float]]) -> Iterator[Claim]:
    for place, (line, key, n, seconds, loss, p) in enumerate(rows):
        if not key:
            continue
        yield Claim("threshold", key, "below" if p < 0.01 else "not-below", name, line, p=p, n=n, mean=loss)
        if place and rows[0][1] and seconds < rows[0][3]:
            yield Claim("speed", key, "faster", name, line, against=rows[0][1], n=n)


# The list of results of track 3: "| 5 | 3325(!) | 3.2782 (n=10)✓ | … [log](results/FOLDER/…)".

_RESULT = re.compile(
    r"^\| (?P<number>\d+) \| (?P<step>\d+)(?:\(!\))? \| (?P<mean>[\d.]+) \(n=(?P<n>\d+)\)(?P<mark>[✓Ⓧ])", re.M
)
_VERSUS = re.compile(r"vs\. #(?P<other>\d+) is p=(?P<p>[\d.]+)")


def _results(groups: dict[str, Group], notes: dict[str, str]) -> Iterator[Claim]:
    note = notes.get("track_3_optimization", "")
    folders: dict[str, str] = {}
    rows = []
    for match in _RESULT.finditer(note):
        line = note[match.start() :].split("\n", 1)[0]
        log = re.search(r"\(results/([^)]*)/[^/)]+\)", line)
        key = f"track_3_optimization/results/{log[1]}" if log else ""
        if key in groups:
            folders[match["number"]] = key
            rows.append((match, line, key))
    for match, line, key in rows:
        says = "below" if match["mark"] == "✓" else "not-below"
        quote = f"#{match['number']}: {match['step']} steps, {match['mean']} (n={match['n']}){match['mark']}"
        yield Claim("threshold", key, says, "track_3_optimization", quote, n=int(match["n"]),
                    mean=float(match["mean"]), step=int(match["step"]), known_sigma=True)  # fmt: skip
        for versus in _VERSUS.finditer(line):
            if versus["other"] in folders:
                yield Claim("steps", key, "steps", "track_3_optimization", versus[0], against=folders[versus["other"]],
                            p=float(versus["p"]), step=int(match["step"]))  # fmt: skip


# "Previous record (timed on same machine): …": faster than runs that are told of, and not kept.

_RETIMED = re.compile(r"Previous (?:PR|record) \(?timed on (?:the )?same machine\)?")


def _retimed(groups: dict[str, Group], notes: dict[str, str]) -> Iterator[Claim]:
    for name, note in notes.items():
        match = _RETIMED.search(note)
        if match and name in groups:
            yield Claim("speed", name, "faster", name, match[0])


# Claims on loss in running text.

_SHORT = "track_1_short/"
_GATES, _DOCS, _MUDD = "2025-12-31_GatesToCompiledAdam", "2026-03-22_VarlenMaxDocs", "2026-04-22_MuddFormer"
_XSA, _EARLIER, _DC = "2026-05-07_XSAGatedLayers", "../2026-04-29_XSAGatedLayers", "2026-05-27-MuddGatedAndDC"
# (record, runs, what is said, against which, the words)
_WORDS = (
    (_GATES, "12-31-gates-to-adam", "lower", "12-29-baseline", "to take advantage of the decrease in loss"),
    (_DOCS, "muon-beta2", "lower", "baseline", "slightly improved loss"),
    (_XSA, "xsa-gated-s1410", "lower", "master-s1480", "relative gap between branches is preserved (~−0.0007 here"),
    (_XSA, f"{_EARLIER}/this_pr_v1-s1410", "lower", f"{_EARLIER}/baseline-s1440", "vs ~−0.0008 there)"),
    (_XSA, "xsa-gated-s1410", "faster", "master-s1480", "t-test on wall-time, PR < master"),
    (_MUDD, "baseline-s1480", "lower", "baseline-s1430", "is clearly above target (Δloss +0.0080"),
    (_MUDD, "this_pr_v1", "same", "baseline-s1480", "recovers (slightly beats) the step-1480 baseline loss"),
    (_MUDD, "this_pr_v3", "lower", "baseline-s1480", "(best loss & time)"),
    (_DC, "this_pr_v1", "lower", "xsa-baseline-s1335", "v1 improves mean loss by about **0.00763**"),
    (_DC, "this_pr_v1", "lower", "xsa-baseline-s1385", "while improving mean validation loss"),
    (_DC, "this_pr_v3", "same", "this_pr_v2", "mean loss, which is not significant in these samples"),
    ("2026-06-11_RecursiveFromBest", "this_pr", "faster", "baseline_pr299", "| 79.7s | 80.61s | 77.34s |"),
)


def _in_words(groups: dict[str, Group], notes: dict[str, str]) -> Iterator[Claim]:
    for record, runs, says, against, quote in _WORDS:
        note = f"{_SHORT}{record}"
        keys = [re.sub(r"[^/]+/\.\./", "", f"{note}/{name}") for name in (runs, against)]
        if quote not in notes[note] or any(key not in groups for key in keys):
            raise ValueError(f"{note} does not say {quote!r}, or has no runs {keys}")
        kind = "speed" if says == "faster" else "loss"
        yield Claim(kind, keys[0], says, note, quote, against=keys[1])
