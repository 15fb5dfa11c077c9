"""A Why in words: parts whose shown figures add up, and lines for a shell."""

from dataclasses import dataclass
from typing import Final

from library.ranking.stored import Check, Why, WhySentence
from library.text import counted, signed

_PLACES: Final = 2
_ALIKE: Final = 3  # details shown of a part
_LEAST: Final = 0.005  # log-odds, below which a detail would be shown as nothing


@dataclass(frozen=True, slots=True)
class ShownPart:
    """A part as it is shown: `value` in hundredths of log-odds, `detail` what it is made of."""

    name: str
    hundredths: int
    detail: str

    @property
    def value(self) -> str:
        """ "+0.46"."""
        return signed(self.hundredths / 100, f".{_PLACES}f")


def shown_parts(why: Why) -> tuple[ShownPart, ...]:
    """The parts, the strongest first and the base last, rounded so that they add up to `shown_sum`.

    Where rounding each by itself would miss the sum, the parts that were rounded farthest the other way take the rest.
    """
    exact = [part.value * 100 for part in why.parts]
    rounded = [round(value) for value in exact]
    rest = round(why.log_odds * 100) - sum(rounded)
    step = 1 if rest > 0 else -1
    by_error = sorted(range(len(exact)), key=lambda at: ((rounded[at] - exact[at]) * step, at))
    for at in by_error[: abs(rest)]:
        rounded[at] += step
    parts = [
        ShownPart(_name(part.name, why), hundredths, _detail(part.detail))
        for part, hundredths in zip(why.parts, rounded, strict=True)
    ]
    order = sorted(range(len(parts)), key=lambda at: (why.parts[at].name == "base", -abs(exact[at]), at))
    return tuple(parts[at] for at in order if parts[at].hundredths or why.parts[at].name == "base")


def shown_sum(why: Why) -> str:
    """ "= −0.32 log-odds, a score of .42"."""
    return f"{signed(round(why.log_odds * 100) / 100, f'.{_PLACES}f')}"


def shown_score(score: float) -> str:
    """ ".81"; ".00" and "1.0" at the ends."""
    text = f"{score:.2f}"
    return "1.0" if text == "1.00" else text.lstrip("0")


def why_lines(why: Why) -> list[str]:
    """The whole of it as lines of plain text, unbroken."""
    lines = [f"{why.title or '(no title)'} ({why.key})", "", f"Score {shown_score(why.score)}{_best(why)}"]
    parts = shown_parts(why)
    width = max(len(shown_sum(why)), *(len(part.value) for part in parts))
    lines += [f"  {part.value:>{width}}  {part.name}{f'  ({part.detail})' if part.detail else ''}" for part in parts]
    lines += [f"  {shown_sum(why):>{width}}  in log-odds: a score of {shown_score(why.score)}"]
    if why.sentence is not None:
        lines += ["", f"{_sentence(why.sentence)}", f"  “{why.sentence.text}”"]
    if why.terms:
        lines += ["", f"Words in common: {', '.join(why.terms)}"]
    if why.nearest:
        lines += ["", "Nearest of what you kept:"]
        lines += [f"  {shown_score(near.cosine)}  {near.title or '(no title)'} ({near.key})" for near in why.nearest]
    for check in why.to_check:
        lines += ["", *check_lines(check)]
    if why.explored:
        lines += ["", explored_text(why)]
    return [*lines, "", *made_of(why)]


def check_lines(check: Check) -> list[str]:
    """ "To check against H-4 “…” (sentence 2, cosine .61)": whether it speaks for or against is the reader's to say."""
    where = f" · {_sentence(check.sentence).lower()}" if check.sentence is not None else ""
    return [f"To check against {check.label}{where}", f"  “{check.text}”"]


def explored_text(why: Why) -> str:
    """Why a paper was picked to explore."""
    near = "among the next below the line, where ranking is unsure"
    return f"Picked to explore: {'far from all your interests' if why.explored_as == 'far' else near}."


def made_of(why: Why) -> list[str]:
    """What the score rests on, and what it had to do without."""
    lines = [f"{regime_text(why.regime, why.labels)} · ranked {why.ranked_at} · model {why.model_hash[:12]}"]
    if why.by_words:
        lines.append("Interests were matched by words alone: the encoder is not ready (labtop index).")
    elif why.without_vector:
        lines.append("The paper had no vector yet (labtop index): its words alone count.")
    elif why.without_sentences:
        lines.append("Its sentences had no vectors yet: title and abstract stand for them.")
    if why.changed:
        lines.append("The abstract has changed since: no sentence is shown.")
    return lines


def regime_text(regime: str, labels: int) -> str:
    """ "learned from 54 of your decisions" or "by your interests alone (4 decisions; learned from 10 on)"."""
    if regime == "learned":
        return f"Learned from {counted(labels, 'decision')} of yours"
    return f"By your interests alone ({counted(labels, 'decision')} so far; it learns from 10 on)"


def _best(why: Why) -> str:
    if why.interest is None:
        return ""
    named = f" for {why.interest.label}"
    return f"{named}: {why.interest.text}" if why.interest.kind in ("hypothesis", "search") else named


def _sentence(sentence: WhySentence) -> str:
    near = f" (cosine {shown_score(sentence.cosine)})" if sentence.cosine is not None else ""
    return f"Sentence {sentence.number}{near}"


def _name(name: str, why: Why) -> str:
    """The sentence part says which one, and what it is like."""
    if name == "sentence" and why.sentence is not None and why.interest is not None:
        return f"sentence {why.sentence.number} ↔ {why.interest.label}"
    return name


def _detail(detail: tuple[tuple[str, float], ...]) -> str:
    return ", ".join(f"{what} {signed(value, '.2f')}" for what, value in detail[:_ALIKE] if abs(value) >= _LEAST)
