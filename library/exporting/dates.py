"""When a paper appeared, as exactly as it is known: a year alone stays a year."""

from library.papers.model import Paper


def issued(paper: Paper) -> str | None:
    """YYYY, YYYY-MM or YYYY-MM-DD. A first of the month that was only filled in counts as unknown.

    A month or day that nobody stated is stored as 1, so that a true first of a month loses its day here as well.
    """
    for stated in (paper.submitted_at, paper.first_listed):
        if stated and stated[:4] == str(paper.year):
            return stated[:10]
    if paper.year is None:
        return None
    if paper.day[:4] != str(paper.year):
        return str(paper.year)
    day = paper.day.removesuffix("-01")
    return day.removesuffix("-01") if len(day) == 7 else day


def parts(date: str | None) -> list[int]:
    """[2026, 11, 2] of "2026-11-02", [2026] of "2026", [] of None."""
    return [int(part) for part in date.split("-")] if date else []
