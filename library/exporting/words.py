"""Keywords: those that the paper came with, then the tags that people gave it."""

from library.papers.model import Paper
from library.text import one_line


def keywords(paper: Paper) -> tuple[str, ...]:
    """Each once, in their order."""
    came_with = paper.extra.get("keywords")
    words = [one_line(str(word)) for word in came_with] if isinstance(came_with, (list, tuple)) else []
    return tuple(dict.fromkeys(word for word in (*words, *paper.tags) if word))
