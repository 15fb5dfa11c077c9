"""Verdicts on 1,501 real training runs, held against what their authors claim in their notes.

Every claim becomes an experiment: its runs are imported as JSON lines and judged by the product's own rule, with α .05,
without pairs (the runs share no seeds that are known), and δ 0.001 in loss (the notes' own exchange rate is 0.0045 a
hundred steps) or 0.1 s in training time. A claim "below 3.28" is judged against an arm that always gives 3.28: Welch's
interval is then the one-sample t-interval. Where verdict and claim disagree, the cause comes from a closed list and
from the numbers alone; all of them stand in benchmarks/real_seeds.md.
"""

import json
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.big_workspace import DATA
from benchmarks.real_claims import THRESHOLDS, Claim, Group, claims, read
from library.workspace import Workspace
from planner.experiments import commands
from planner.experiments.columns import Choices
from planner.experiments.importing import import_results, known_names
from planner.experiments.model import VerdictDetail
from planner.experiments.reading import read_results
from planner.experiments.verdicts import judge, verdict
from planner.workspace import open_workspace

FOLDER = DATA / "experiments" / "modded_nanogpt"
TABLE = Path(__file__).with_suffix(".md")
TODAY = date(2026, 11, 25)
DELTA = {"loss": 0.001, "speed": 0.1}
SAME_MEAN = 2e-4  # of a note's mean and that of the runs that are here, with what rounding leaves
CAUSES = {
    "runs that are not here": "the note tests more runs than are kept here, other ones, or another measure of them",
    "no comparable baseline": "the note compares with runs on the same machine that are not kept",
    "too few seeds": "fewer than 3 runs in an arm, or an effect of at least δ whose interval holds 0",
    "effect below δ": "there is an effect, and it is smaller than what would be worth having",
    "different statistic": "the note's test is one-sided, at another level, or takes the spread between seeds as known",
    "claim about speed, not loss": "the note says that fewer steps reach the same loss",
    "noise": "the difference is below δ, and its interval holds 0",
    "contradicted": "the runs show the opposite of what the note says",
}


@dataclass(frozen=True)
class Held:
    """A claim beside its verdict, None where it cannot be judged; `cause` is empty where they agree."""

    claim: Claim
    found: VerdictDetail | None
    cause: str


def main() -> list[dict]:
    if not (FOLDER / "runs.jsonl.gz").is_file():
        print(f"  the real runs are not in {FOLDER}: set LABTOP_SHARED_DATA")
        return []
    groups, notes = read(FOLDER)
    made = claims(groups, notes)
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder, open_workspace(Path(folder) / "home", person="bench") as workspace:
        held = [hold(workspace, Path(folder), claim, groups) for claim in made]
    seconds = time.perf_counter() - start
    write_table(held, groups, notes)
    runs = sum(len(group.losses) for group in groups.values())
    seen = [each for each in held if each.found is not None]
    judged = {name for each in seen for name in (each.claim.runs, each.claim.against) if name}
    used = sum(len(groups[name].losses) for name in judged)
    causes = Counter(each.cause for each in held if each.cause)
    unknown = sorted(set(causes) - set(CAUSES))
    assert not unknown, unknown
    rows = [
        _row("real runs with a final loss", runs, "", f"in {len(groups)} groups, {len(notes)} notes"),
        _row(
            "claims read out of the notes",
            len(held),
            "",
            f"{len(seen)} of them judged, on {used} runs of {len(judged)} groups",
        ),
    ]
    for kind, said in (
        ("threshold", "mean loss below the line, or not shown to be"),
        ("speed", "faster than a baseline on the same machine"),
        ("loss", "lower loss than a baseline, or the same"),
        ("steps", "fewer steps to the same loss"),
    ):
        mine = [each for each in held if each.claim.kind == kind]
        agree = sum(not each.cause for each in mine)
        rows.append(_row(f"verdicts that agree: {said}", agree, f"of {len(mine)}", _causes(mine)))
    contradicted = causes["contradicted"]
    rows.append(
        {
            **_row("verdicts that contradict a claim", contradicted, "", "every disagreement: real_seeds.md"),
            "budget": "0",
            "ok": contradicted == 0,
        }
    )
    rows.append(_row("importing, freezing and judging a claim", round(1000 * seconds / len(seen)), "ms", "mean"))
    return rows


def hold(workspace: Workspace, folder: Path, claim: Claim, groups: dict[str, Group]) -> Held:
    """Judge the runs that a claim is about, through import and frozen plan."""
    if claim.kind == "speed" and not claim.against:
        return Held(claim, None, "no comparable baseline")
    treatment, baseline = arms_of(claim, groups)
    timed = claim.kind == "speed"
    metric = "training time" if timed else "validation loss"
    seeds = max(1, min(len(treatment), len(baseline)))
    raw: dict[str, Any] = {
        "title": f"{claim.runs} {claim.says}",
        "question": claim.quote,
        "arms": [{"name": "baseline", "role": "baseline"}, {"name": "treatment", "role": "treatment"}],
        "metric": metric,
        "direction": "decrease",
        "delta": DELTA["speed" if timed else "loss"],
        "unit": "s" if timed else "nats",
        "pairing": "none",
        "seeds": seeds,
    }
    number = workspace.store.write(lambda db: commands.add(db, "bench", raw)).result()[0]
    file = folder / "runs.jsonl"
    rows = [
        {"arm": arm, "seed": run, "value": value}
        for arm, values in (("baseline", baseline), ("treatment", treatment))
        for run, value in values.items()
    ]
    file.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    known = workspace.store.read(lambda db: known_names(db, number)).result()
    read_ = read_results(str(file), known, Choices())
    workspace.store.write(lambda db: import_results(db, "bench", number, read_)).result()
    verdict_id = workspace.store.write(lambda db: judge(db, "bench", number, today=TODAY)).result()[0]
    found = workspace.store.read(lambda db: verdict(db, verdict_id)).result()
    here = None if timed or not treatment else sum(treatment.values()) / len(treatment)
    return Held(claim, found, cause_of(claim, found, len(treatment), here))


def arms_of(claim: Claim, groups: dict[str, Group]) -> tuple[dict[str, float], dict[str, float]]:
    """Values by run of the two sides."""
    group = groups[claim.runs]
    if claim.kind == "speed":
        return group.seconds, groups[claim.against].seconds
    treatment = listed(group.at(claim.step), claim.values)
    if claim.kind == "threshold":
        line = THRESHOLDS[claim.runs.split("/")[0]]
        return treatment, {f"line {place}": line for place in range(max(3, len(treatment)))}
    return treatment, groups[claim.against].losses


def listed(losses: dict[str, float], values: tuple[float, ...]) -> dict[str, float]:
    """The runs that a note lists, where all of them are here (a folder may hold those of its baseline, too)."""
    left, found = dict(losses), {}
    for value in values:
        run = next((run for run, loss in left.items() if round(loss, 4) == round(value, 4)), None)
        if run is None:
            return losses
        found[run] = left.pop(run)
    return found or losses


def cause_of(claim: Claim, found: VerdictDetail, runs: int, mean: float | None) -> str:
    """Why verdict and claim disagree, from the closed list; empty where they agree."""
    row, delta = found.row, found.details["rule"]["delta"]
    effect = row.effect if row.effect is not None else 0.0
    sign = 1 if row.low is not None and row.low > 0 else -1 if row.high is not None and row.high < 0 else 0
    positive = claim.says in ("below", "lower", "faster") or (claim.says == "steps" and (claim.p or 1) < 0.05)
    if positive and row.state == "supported":
        return ""
    if not positive and sign <= 0 and claim.says != "same":
        return ""
    if claim.says == "same" and row.state == "refuted" and row.label != "harmful":
        return ""
    if claim.kind == "steps":
        return "claim about speed, not loss"
    other = claim.mean is not None and mean is not None and abs(claim.mean - mean) > SAME_MEAN
    if claim.kind == "threshold" and (other or (claim.n is not None and claim.n > runs)):
        return "runs that are not here"
    if claim.known_sigma and runs < 3:
        return "different statistic"
    if row.n < 3:
        return "too few seeds"
    if not positive:  # not shown by a stricter test, or said to be the same
        if claim.says == "same":
            return "contradicted" if sign else "noise" if abs(effect) < delta else "too few seeds"
        return "different statistic"
    if sign < 0:
        return "contradicted"
    if sign > 0 and effect < delta:
        return "effect below δ"
    if effect >= delta:
        return "too few seeds"
    if claim.kind == "threshold" and effect > 0:  # a one-sided test passed what a two-sided interval does not
        return "different statistic"
    return "noise"


def _causes(held: list[Held]) -> str:
    counted = Counter(each.cause for each in held if each.cause)
    told = "; ".join(f"{count} {cause}" for cause, count in counted.most_common())
    return f"the others: {told}" if told else ""


def write_table(held: list[Held], groups: dict[str, Group], notes: dict[str, str]) -> None:
    """Every disagreement with its numbers and its cause."""
    differing = [each for each in held if each.cause]
    without = len({name for name in groups if not any(name in (each.claim.runs, each.claim.against) for each in held)})
    counted = Counter(each.cause for each in differing)
    lines = [
        "# Real runs against what their authors claim",
        "",
        "Written by `python -m benchmarks real_seeds`. "
        f"{len(held)} claims out of {len(notes)} notes, {len(differing)} of them where labtop's verdict differs. "
        f"{without} of {len(groups)} groups have no note with a claim that could be read, or no baseline beside them.",
        "",
        "| cause | claims | it means |",
        "|---|---:|---|",
        *(f"| {cause} | {counted[cause]} | {meaning} |" for cause, meaning in CAUSES.items()),
        "",
        "Effects are improvements (less loss, less time); the interval is labtop's, two-sided at 95 %.",
        "",
        "| runs | the note says | runs in the note / here | labtop finds | cause |",
        "|---|---|---|---|---|",
    ]
    for each in sorted(differing, key=lambda held: (list(CAUSES).index(held.cause), held.claim.runs)):
        claim = each.claim
        name = claim.runs.split("/", 1)[1].removeprefix("results/")
        against = f" against {claim.against.rsplit('/', 1)[-1]}" if claim.against else ""
        p = "" if claim.p is None else f", p {claim.p:.2g}"
        here = "—" if each.found is None else each.found.details["arms"][1]["usable"]
        says = (f"{name}{against}", f"{claim.says}{p}", f"{claim.n or '—'} / {here}")
        cells = (*says, "—" if each.found is None else finding(each.found), each.cause)
        lines.append(f"| {' | '.join(cells)} |")
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")


def finding(found: VerdictDetail) -> str:
    """ "inconclusive: +0.0009 [0.0002, 0.0015]"."""
    row = found.row
    between = "" if row.low is None or row.high is None else f" [{row.low:.4f}, {row.high:.4f}]"
    effect = "no effect can be told" if row.effect is None else f"{row.effect:+.4f}{between}"
    return f"{f'{row.state} ({row.label})' if row.label else row.state}: {effect}"


def _row(name: str, value: float, unit: str, note: str = "") -> dict:
    return {"name": name, "value": value, "unit": unit, "budget": "", "ok": None, "note": note}
