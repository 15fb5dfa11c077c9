"""How strongly a piece of evidence speaks: eleven steps from explicit contradiction to explicit agreement.

The scale is that of Skarlinski et al., "Language agents achieve superhuman synthesis of scientific knowledge", 2024
(arXiv 2409.13740). Here people use it, and nobody has to.
"""

from typing import Any, Final, Literal, get_args

from library.errors import UsageError
from library.records.field import number_of
from library.text import one_line, shortened, signed

Stance = Literal["for", "against", "context"]
Directness = Literal["direct", "indirect"]
STANCES: Final[tuple[Stance, ...]] = get_args(Stance)
DIRECTNESS: Final[tuple[Directness, ...]] = get_args(Directness)
STRONGEST: Final = 5
LABELS: Final = (
    "explicit contradiction",
    "strong contradiction",
    "contradiction",
    "nuanced contradiction",
    "possible contradiction",
    "lack of evidence",
    "possible agreement",
    "nuanced agreement",
    "agreement",
    "strong agreement",
    "explicit agreement",
)


def scale_label(step: int) -> str:
    """The word for a step from −5 to 5."""
    return LABELS[step + STRONGEST]


def shown_step(step: int) -> str:
    """ "−3", "0", "+2"."""
    return signed(step, "d") if step else "0"


def read_scale(raw: Any) -> int:
    """A step from its number (−5 … 5) or its word. Raises UsageError naming all of them."""
    text = one_line(str(raw)).lower()
    if text in LABELS:
        return LABELS.index(text) - STRONGEST
    value = number_of(raw)
    if value is None or value != int(value) or not -STRONGEST <= value <= STRONGEST:
        steps = ", ".join(f"{shown_step(place - STRONGEST)} {label}" for place, label in enumerate(LABELS))
        raise UsageError(f"“{shortened(text)}” is no step of the scale.", mend=f"There are: {steps}.")
    return int(value)


def stance_of(step: int) -> Stance:
    """On which side a step is; 0, lack of evidence, is on none."""
    return "for" if step > 0 else "against" if step < 0 else "context"


def refuse_contradiction(stance: Stance, step: int | None) -> None:
    """Raise UsageError where the step says the contrary of the stance.

    Context goes with any step: what a survey says in passing may agree without being evidence.
    """
    if step is None or stance == "context":
        return
    if stance_of(step) != stance:
        raise UsageError(
            f"“{stance}” and {shown_step(step)} ({scale_label(step)}) contradict each other.",
            mend=f"Take another step, or {stance_of(step)} as the stance.",
        )
