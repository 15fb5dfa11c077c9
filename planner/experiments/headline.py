"""A verdict in few words, the same wherever it is shown: with what blocks it and what throws doubt on it."""

from collections.abc import Iterable, Sequence


def headline(
    state: str,
    label: str | None = None,
    *,
    blocked_by: Sequence[str] = (),
    suspected: Sequence[str] = (),
    doubted_by: Iterable[int] = (),
    exploratory: bool = False,
) -> str:
    """ "refuted (harmful)", "supported, blocked by latency, doubted by I-1 – exploratory".

    `suspected`: guardrails that it is not cleared of; `doubted_by`: incidents that reach it.
    """
    text = f"{state} ({label})" if label else state
    if blocked_by:
        text += f", blocked by {', '.join(blocked_by)}"
    elif state == "supported" and suspected:
        text += f", not cleared of {', '.join(suspected)}"
    incidents = ", ".join(f"I-{number}" for number in doubted_by)
    text += f", doubted by {incidents}" if incidents else ""
    return f"{text} – exploratory" if exploratory else text
