"""TeX's accents in titles and abstracts become letters; nothing else is touched."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.accents import with_letters
from library.papers import queries
from library.papers.ingest import add_drafts
from library.papers.model import PaperDraft
from library.workspace import Workspace


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (r"Schr\"odinger bridges", "Schrödinger bridges"),
        (r"Schr\"{o}dinger", "Schrödinger"),
        (r"Schr{\"o}dinger", "Schrödinger"),
        (r"Schr{\"{o}}dinger", "Schrödinger"),
        (r"Erd\H{o}s-R\'enyi", "Erdős-Rényi"),
        (r"na\"ive", "naïve"),
        (r"na\"{\i}ve and na\"\i ve", "naïve and naïve"),
        (r"Anota\c{c}\~oes", "Anotações"),
        (r"Fran\c cois", "François"),
        (r"Karhunen-Lo\`eve", "Karhunen-Loève"),
        (r"Ho\v{r}ava, \v{S}ipka", "Hořava, Šipka"),
        (r"Weierstra{\ss}, Erd\"os, {\O}rsted, \L{}ojasiewicz", "Weierstraß, Erdös, Ørsted, Łojasiewicz"),
        (r"\AA{}ngstr\"om, 5 \AA.", "Ångström, 5 Å."),
        (r"$\ddot{\"o}$ and $\'e$ stay, \'e does not", r"$\ddot{\"o}$ and $\'e$ stay, é does not"),
        (r"costs \$5 and na\"ive \$6", r"costs \$5 and naïve \$6"),
        (r"\emph{x} \lambda \omega \cite{a} \url{b} \log \over \hat{o} 5\% \_ \\ a", None),
        (r"C:\users\data \c{} \'5 \"", None),
        (r"\cal L and \rm d and \bf k", None),
    ],
)
def test_accents(typed: str, read: str | None) -> None:
    assert with_letters(typed) == (typed if read is None else read)


@given(st.text(alphabet="\\\"'`^~={}$. ciouHlLass", max_size=60))
def test_any_text_is_settled_after_one_reading_or_stays_within_it(text: str) -> None:
    once = with_letters(text)
    assert len(once) <= len(text)
    assert unicodedata.is_normalized("NFC", once)


def test_a_paper_is_found_by_the_letters_of_its_title(workspace: Workspace) -> None:
    draft = PaperDraft(
        key="2501.00001", kind="arxiv", source="snapshot", title=r"Schr\"odinger bridges", abstract=r"After L\'evy."
    )
    for _ in range(2):
        done = workspace.store.write(lambda db: add_drafts(db, [draft], at="2026-01-01T00:00:00Z")).result()
    assert len(done.unchanged) == 1
    paper = workspace.store.read(lambda db: queries.paper(db, done.unchanged[0], "ada")).result()
    assert (paper.title, paper.abstract) == ("Schrödinger bridges", "After Lévy.")
