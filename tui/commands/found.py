"""How found papers are printed: aligned columns where there is room, two lines a paper on a narrow terminal."""

from library.search.run import SearchResult
from library.search.show import FoundPaper

_WIDE = 110  # columns from which one line a paper leaves a title enough room
_LONG_KEY = 24


def lines(papers: tuple[FoundPaper, ...], *, first: int, columns: int | None) -> list[str]:
    """One paper after the other, numbered from `first`. `columns`: of the terminal; None (a pipe) cuts nothing."""
    ranked = any(paper.keyword_rank or paper.semantic_rank for paper in papers)
    rows = [_cells(number, paper, ranked=ranked) for number, paper in enumerate(papers, first)]
    if columns is not None and columns < _WIDE:
        return _two_lines(rows, columns)
    place, key, day, title, author, category, ranks = (_width(rows, cell) for cell in range(7))
    key = min(key, _LONG_KEY)
    if columns is not None:
        title = min(title, max(24, columns - place - key - day - author - category - ranks - 2 * 6))
    widths = (place, key, day, title, author, category, ranks)
    return ["  ".join(_fit(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def summary(result: SearchResult) -> str:
    """ "1,204 papers have all the words · 188 more by meaning · 38 ms"."""
    parts = []
    if result.matches is not None:
        words = bool(result.question or result.some_words)
        parts.append(_counted(result.matches, "have all the words" if words else "match"))
    if result.some_words:
        parts.append(f"{result.some_words:,} {'more have' if result.matches else 'have'} some of them")
    if result.by_meaning:
        more = bool(result.matches or result.some_words)
        parts.append(f"{result.by_meaning:,} more by meaning" if more else f"{result.by_meaning:,} nearest by meaning")
    return " · ".join([*(parts or ["nothing found"]), f"{result.took_ms.total:,.0f} ms"])


def _counted(number: int, verb: str) -> str:
    if number == 1:
        return "1 paper has all the words" if verb.startswith("have") else "1 paper matches"
    return f"{number:,} papers {verb}" if number else f"no papers {verb}"


def _cells(number: int, paper: FoundPaper, *, ranked: bool) -> tuple[str, ...]:
    others = f" +{len(paper.authors) - 1}" if len(paper.authors) > 1 else ""
    author = _cut(paper.authors[0] if paper.authors else "—", 24) + others
    ranks = f"k {paper.keyword_rank or '–'} · m {paper.semantic_rank or '–'}" if ranked else ""
    return str(number), paper.id, paper.day, paper.title or "(no title)", author, (paper.categories or ("—",))[0], ranks


def _two_lines(rows: list[tuple[str, ...]], columns: int) -> list[str]:
    place_width = _width(rows, 0)
    found = []
    for place, key, day, title, author, category, ranks in rows:
        found.append(f"{place:>{place_width}}  {_cut(title, columns - place_width - 2)}")
        facts = " · ".join(part for part in (key, day, author, category) if part)
        room = columns - place_width - 2 - (len(ranks) + 2 if ranks else 0)
        found.append(f"{'':{place_width}}  {_fit(facts, room)}{'  ' + ranks if ranks else ''}".rstrip())
    return found


def _width(rows: list[tuple[str, ...]], cell: int) -> int:
    from rich.cells import cell_len

    return max((cell_len(row[cell]) for row in rows), default=0)


def _fit(text: str, width: int) -> str:
    """Cut or filled to `width` terminal cells."""
    from rich.cells import cell_len

    text = _cut(text, width)
    return text + " " * (width - cell_len(text))


def _cut(text: str, width: int) -> str:
    from rich.cells import cell_len, set_cell_size

    return text if cell_len(text) <= width else f"{set_cell_size(text, max(0, width - 1)).rstrip()}…"
