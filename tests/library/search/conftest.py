"""A small library that every search test asks questions of."""

from collections.abc import Callable
from datetime import date

import pytest

from library.papers import commands
from library.papers.ingest import add_drafts
from library.papers.model import Announcement, Author, PaperDraft
from library.search.run import SearchResult, search
from library.workspace import Workspace

TODAY = date(2026, 3, 10)
Ask = Callable[..., list[str]]
Search = Callable[..., SearchResult]

PAPERS = (
    ("2601.00001", "Diffusion models for video", "We generate video with diffusion.", "cs.CV cs.LG", "2026-01-05"),
    ("2601.00002", "Pruning language models", "Smaller networks with the same accuracy.", "cs.CL", "2026-01-20"),
    ("2602.00003", "GPT-4 writes C++", "A study of code assistants in C++ projects.", "cs.SE cs.CL", "2026-02-02"),
    ("2602.00004", "Saving memory on phones", "Quantisation makes networks fit small devices.", "cs.LG", "2026-02-20"),
    ("2503.00005", "Naïve Bayes revisited", "Spam filters, forty years later.", "stat.ML", "2025-03-03"),
    ("2603.00006", "Image diffusion without noise", "A negative result on images.", "cs.CV", "2026-03-09"),
)
_AUTHORS = (Author("Geoffrey Hinton", "Hinton", "Geoffrey"), Author("Ada Lovelace", "Lovelace", "Ada"))


@pytest.fixture
def library(workspace: Workspace) -> Workspace:
    """Six papers; the second is starred and tagged by ada and skipped by kim, the first has a note."""
    drafts = [
        PaperDraft(
            key=key,
            kind="arxiv",
            source="test",
            title=title,
            abstract=abstract,
            authors=_AUTHORS[: 1 + (number % 2)],
            categories=tuple(categories.split()),
            first_listed=day,
            announcements=(Announcement(categories.split()[0], "new", day),),
            comment="This paper has been withdrawn" if number == 4 else None,
            doi="10.1234/spam" if number == 4 else None,
        )
        for number, (key, title, abstract, categories, day) in enumerate(PAPERS)
    ]
    write = workspace.store.write
    ids = write(lambda db: add_drafts(db, drafts, at="2026-03-10T08:00:00Z")).result().added
    write(lambda db: commands.decide(db, "ada", ids[1:2], "star")).result()
    write(lambda db: commands.decide(db, "kim", ids[1:2], "skip")).result()
    write(lambda db: commands.tag(db, "ada", ids[1:2], "to read")).result()
    write(lambda db: commands.add_note(db, "ada", ids[0], "compare with flow matching")).result()
    return workspace


@pytest.fixture
def run(library: Workspace) -> Search:
    """Search the library by words alone."""

    def answer(text: str, **options: object) -> SearchResult:
        settings = {"meaning": None, "person": "ada", "today": TODAY, **options}
        return search(library.store, text, **settings)  # type: ignore[arg-type]

    return answer


@pytest.fixture
def ask(library: Workspace, run: Search) -> Ask:
    """The same, giving the last digit of each paper found: "1" is 2601.00001."""

    def answer(text: str, **options: object) -> list[str]:
        return keys(library, run(text, **options))

    return answer


def keys(workspace: Workspace, result: SearchResult) -> list[str]:
    found = dict(
        workspace.store.read(lambda db: [tuple(row) for row in db.execute("SELECT id, key FROM paper")]).result()
    )
    return [found[hit.paper_id][-1] for hit in result.hits]
