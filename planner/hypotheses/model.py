"""A hypothesis as lists and pages show it, with what speaks for and against it."""

from dataclasses import dataclass, field
from typing import Any, Literal

from library.records.kind import Values
from library.sentences.quotes import Standing
from planner.experiments.headline import headline
from planner.hypotheses.scale import Directness, Stance, scale_label
from planner.hypotheses.states import OUTCOMES, State

EvidenceKind = Literal["paper", "verdict", "run"]
QuotedSource = Literal["abstract", "body", "note", "title"]


@dataclass(frozen=True, slots=True)
class Move:
    """A change of state, with its reason."""

    before: State
    after: State
    reason: str
    person: str
    at: str


@dataclass(frozen=True, slots=True)
class BeliefStep:
    """What belief became, and what moved it. `before` is None for the first. `method`: prior, person or verdict."""

    value: float
    before: float | None
    reason: str
    method: str
    verdict_id: int | None
    person: str
    at: str


@dataclass(frozen=True, slots=True)
class VerdictLine:
    """A verdict as it is told beside a hypothesis. `superseded_by`: a newer one on the same comparison. `blocked_by`:
    breached guardrails and slices, `suspected`: those it is not cleared of.

    `doubted_by`: incidents that name it. `of_earlier_wording`: what is claimed was changed after it.
    """

    id: int
    experiment_id: int
    hypothesis_id: int | None
    state: str
    label: str | None
    blocked_by: tuple[str, ...]
    exploratory: bool
    effect: float | None
    low: float | None
    high: float | None
    n: int
    summary: str
    person: str
    at: str
    suspected: tuple[str, ...] = ()
    superseded_by: int | None = None
    doubted_by: tuple[int, ...] = ()
    of_earlier_wording: bool = False

    @property
    def headline(self) -> str:
        """ "supported, blocked by latency", "refuted (harmful)", "supported – exploratory"."""
        return self._headline()

    @property
    def with_doubts(self) -> str:
        """The headline, and the incidents that throw doubt on it, where these are not shown beside it."""
        return self._headline(self.doubted_by)

    def _headline(self, doubted_by: tuple[int, ...] = ()) -> str:
        return headline(
            self.state,
            self.label,
            blocked_by=self.blocked_by,
            suspected=self.suspected,
            doubted_by=doubted_by,
            exploratory=self.exploratory,
        )

    @property
    def but(self) -> str:
        """ ", blocked by latency", ", not cleared of latency"; empty where no guardrail is in the way."""
        return headline("supported", blocked_by=self.blocked_by, suspected=self.suspected).removeprefix("supported")


@dataclass(frozen=True, slots=True)
class Counted:
    """Evidence on one side. `papers` counts papers, not sentences; `total` counts pieces: sentences, verdicts, runs."""

    total: int = 0
    papers: int = 0
    sentences: int = 0
    verdicts: int = 0
    runs: int = 0
    direct: int = 0
    indirect: int = 0


@dataclass(frozen=True, slots=True)
class Balance:
    """What speaks for, against, and beside it. Three counts, never one number. Superseded verdicts are left out."""

    supporting: Counted = field(default_factory=Counted)
    opposing: Counted = field(default_factory=Counted)
    context: Counted = field(default_factory=Counted)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence, a verdict or a run that speaks for, against, or beside a hypothesis.

    Of a paper: its key and title, where the quote stood (`source`, `version`, `start`, `end` in code points), and
    `standing`: whether the quote is in the text now, in an older version alone, or gone. `summary`: what stands for
    the abstract is somebody's summary, not the authors' words.
    """

    id: int
    hypothesis_id: int
    kind: EvidenceKind
    stance: Stance
    scale: int | None
    directness: Directness | None
    note: str | None
    person: str
    at: str
    paper_id: int | None = None
    paper_key: str | None = None
    paper_title: str | None = None
    paper_version: int | None = None
    withdrawn: bool = False
    summary: bool = False
    source: QuotedSource | None = None
    note_id: int | None = None
    version: int | None = None
    start: int | None = None
    end: int | None = None
    quote: str | None = None
    standing: Standing | None = None
    verdict: VerdictLine | None = None
    run: str | None = None

    @property
    def label(self) -> str | None:
        """The word for its step on the scale."""
        return None if self.scale is None else scale_label(self.scale)

    @property
    def origin(self) -> str:
        """ "2604.09492", "V-5", or the run's id."""
        return self.paper_key or (f"V-{self.verdict.id}" if self.verdict else self.run or "")

    @property
    def stale(self) -> tuple[str, ...]:
        """Why it may no longer hold, in a few words each; empty where nothing is known against it."""
        found = []
        if self.withdrawn:
            found.append("the paper was withdrawn")
        if self.standing == "older version":
            now = f" (now v{self.paper_version})" if self.paper_version else ""
            found.append(f"stands in an older version only{now}")
        if self.standing == "gone":
            found.append("no longer stands in the paper")
        if self.verdict is not None:
            if self.verdict.superseded_by is not None:
                found.append(f"superseded by V-{self.verdict.superseded_by}")
            found += [f"doubted by I-{number}" for number in self.verdict.doubted_by]
            if self.verdict.of_earlier_wording:
                found.append("the claim was changed since")
        return tuple(found)


@dataclass(frozen=True, slots=True)
class ExperimentLine:
    """An experiment of the hypothesis. `gpu_hours`: spent so far; None where no result says. `unknown_runs` do not."""

    id: int
    title: str
    kind: str
    state: str
    start: str | None
    success: str | None
    gpu_hours: float | None
    unknown_runs: int


@dataclass(frozen=True, slots=True)
class HypothesisRow:
    """One line of the list.

    `outcome`: how it was last decided, also where it was retired or reopened since. `verdict`: the newest confirmatory
    one, else the newest exploratory. `updated_at`: the last time anything about it was changed.
    """

    id: int
    statement: str
    state: State
    outcome: State | None
    prior: float | None
    belief: float | None
    supporting: int
    opposing: int
    context: int
    stale: int
    next_experiment: ExperimentLine | None
    verdict: VerdictLine | None
    gpu_hours: float | None
    unknown_runs: int
    owner: str | None
    horizon: str | None
    tags: tuple[str, ...]
    created_at: str
    updated_at: str

    @property
    def shown_state(self) -> str:
        """ "testing", "supported, blocked by latency", "retired (refuted)"."""
        return shown_state(self.state, self.outcome, self.verdict)

    @property
    def disagreement(self) -> str:
        """How what was decided by hand stands to the newest confirmatory verdict; empty where they agree."""
        return disagreement(self.state, self.verdict)


def disagreement(state: str, verdict: VerdictLine | None) -> str:
    """ "against V-5, refuted (harmful)", "without a confirmatory verdict"; empty where nothing was decided by hand."""
    if state not in OUTCOMES:
        return ""
    if verdict is None or verdict.exploratory:
        return "without a confirmatory verdict"
    return f"against V-{verdict.id}, {verdict.headline}" if verdict.state != state else ""


def shown_state(state: State, outcome: State | None, verdict: VerdictLine | None) -> str:
    """A state as it is shown everywhere: with what blocks it, and with how it was decided before."""
    text = f"{state} ({outcome})" if state == "retired" and outcome else str(state)
    held = state in ("supported", "promoted") or outcome == "supported"
    return f"{text}{verdict.but}" if held and verdict is not None and verdict.state == "supported" else text


@dataclass(frozen=True, slots=True)
class Revision:
    """One edit: which fields changed, from what to what."""

    at: str
    person: str
    changes: tuple[tuple[str, Any, Any], ...]


@dataclass(frozen=True, slots=True)
class Near:
    """Another hypothesis that says nearly the same. `words` and `meaning` from 0 to 1; None: not looked at.

    `contrary`: it looks like the same claim the other way round.
    """

    id: int
    statement: str
    state: State
    words: float
    meaning: float | None
    contrary: bool


@dataclass(frozen=True, slots=True)
class HypothesisDetail:
    """Everything about one hypothesis. `values` are its fields; `missing` what it lacks to be tested.

    `statement_since`: when the statement became what it is. `change_mind`: what would change our mind, one line each.
    """

    row: HypothesisRow
    values: Values
    origin: str
    created_by: str
    missing: tuple[str, ...]
    balance: Balance
    evidence: tuple[Evidence, ...]
    moves: tuple[Move, ...]
    beliefs: tuple[BeliefStep, ...]
    experiments: tuple[ExperimentLine, ...]
    verdicts: tuple[VerdictLine, ...]
    near: tuple[Near, ...]
    change_mind: tuple[str, ...]
    statement_since: str
    revisions: tuple[Revision, ...]
