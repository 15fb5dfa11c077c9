"""What the inbox says in plain text: the line and how good it is, the head of a day, a paper."""

from datetime import date

from library.ranking.stored import Line, RankState
from library.ranking.why_text import shown_score
from library.text import counted, one_line
from library.triage.inbox import InboxDay, Item
from tui.dates import full_day
from tui.plain import WIDTH, fit, wrap

SIGNS = {"star": "★", "keep": "●", "later": "◔", "skip": "–", None: " "}
_LISTINGS = {"new": "new", "cross": "cross", "replaced": "replaced"}


def score_text(score: float | None) -> str:
    """ ".81"; "—" where it is not known."""
    return "—" if score is None else shown_score(score)


def precision_text(line: Line) -> str:
    """ "precision here lately 71 % [64, 77] n=200": of what was decided singly above the line, how much was wanted."""
    if line.precision is None:
        return "precision here not known yet (n=0)"
    return (
        f"precision here lately {100 * line.precision:.0f} % [{100 * line.low:.0f}, {100 * line.high:.0f}] n={line.n}"
        + ("" if line.known else ", too few to tell")
    )


def line_text(line: Line) -> str:
    """The line, and how good it was lately."""
    if line.score is None:
        return "Not ranked yet: papers stand in the order of their numbers."
    return f"The line lies at {score_text(line.score)} · {precision_text(line)}"


def ranking_text(state: RankState) -> str:
    """What the order rests on."""
    if state.regime is None:
        return "There is nothing to rank by yet: labtop interest add “…”, or keep and skip some papers."
    by = f"learned from {counted(state.labels, 'decision')}" if state.regime == "learned" else "by your interests alone"
    return f"Ranked {by}, {str(state.ranked_at)[:16].replace('T', ' ')} UTC" + (", behind" if state.behind else "")


def counts_text(day: InboxDay) -> str:
    """ "198 new · 16 cross-listed · 12 above the line · 3 to explore · 4 replaced"."""
    parts = []
    for count, what in (
        (day.count(listing="new"), "new"),
        (day.count(listing="cross"), "cross-listed"),
        (day.count(place="above"), "above the line"),
        (day.count(place="explore"), "to explore"),
        (len(day.items) - day.announced, "replaced"),
    ):
        if count:
            parts.append(f"{count:,} {what}")
    return " · ".join(parts)


def day_head(day: InboxDay, today: date) -> list[str]:
    """The day, what it brought, how much of it is decided; why it is empty where it is."""
    name = full_day(day.day) + (", today" if day.day == today.isoformat() else "")
    if not day.announced:
        told = f"{name}: {day.reason}"
    else:
        done = day.announced - day.waiting
        told = f"{name}: {counts_text(day)} · {f'{done:,} of {day.announced:,} decided' if done else 'none decided'}"
    return wrap(told)


def item_lines(item: Item, title: str, line: Line) -> list[str]:
    """A paper on two lines: sign, score, id, title; what it matches and how it was listed."""
    sign = SIGNS[item.decision]
    head = f"{sign} {score_text(item.score):>4}  {item.key:<12}  {one_line(title) or '(no title)'}"
    said = [
        "◇ to explore" if item.explored else "",
        item.label,
        f"{item.category} {_LISTINGS[item.listing]}" if item.announced else f"{item.category} as imported",
        f"skipped: {item.reason}" if item.reason and item.decision == "skip" else "",
        "skipped with the rest" if item.bulk else "",
    ]
    return [fit(head, WIDTH).rstrip(), f"        {' · '.join(part for part in said if part)}"]
