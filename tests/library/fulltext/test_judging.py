"""Whether a text is the paper's: by arXiv's stamp, else by the title's words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.fulltext.judging import Stamp, doubt, stamp_of, title_share

KEY, TITLE = "2604.00001", "Late Interaction for Dense Retrieval"


@pytest.mark.parametrize(
    ("text", "stamp"),
    [
        ("arXiv:2604.00001v2  [cs.IR]  1 Apr 2026\nA Title", Stamp("2604.00001", 2)),
        ("x" * 500 + "\narXiv:2604.00001v12 [stat.ML] 31 Dec 2026", Stamp("2604.00001", 12)),
        ("arXiv:math.GT/0309136v1  [math.GT]  8 Sep 2003", Stamp("math/0309136", 1)),
        ("as in A. Author, arXiv:2104.01234 [cs.CL], 2021", None),
        ("A. Author. arXiv:2104.01234v1 [cs.CL]. 2021", None),
        ("arXiv preprint arXiv:2104.01234, 2021", None),
        ("x" * 9_000 + "arXiv:2604.00001v2  [cs.IR]  1 Apr 2026", None),
        ("", None),
    ],
)
def test_arxivs_stamp_and_no_reference(text: str, stamp: Stamp | None) -> None:
    assert stamp_of(text) == stamp


@pytest.mark.parametrize(
    ("title", "text", "share"),
    [
        (TITLE, "Late Interaction for Dense Retrieval\nAda", 1.0),
        (TITLE, "L ATE I NTERACTION FOR D ENSE R ETRIEVAL", 1.0),  # small capitals, as pypdf reads them
        (TITLE, "Late inter-\naction for\ndense re-\ntrieval", 1.0),
        ("Über Schrödinger-Brücken im Maß", "Uber Schrodinger Brucken im Mass", 1.0),
        ("Learning $\\alpha$-Mixtures", "Learning α-Mixtures of Gaussians", 0.667),
        (TITLE, "Protein Folding with Sparse Autoencoders", 0.0),
        (TITLE, "Dense Retrieval of Proteins", 0.5),
        ("On It", "Protein Folding", None),
        ("深層学習による検索", "whatever", None),
    ],
)
def test_the_titles_words(title: str, text: str, share: float | None) -> None:
    found = title_share(title, text)
    assert found == share or (found is not None and share is not None and found == pytest.approx(share, abs=0.01))


def test_the_stamp_counts_more_than_words_and_no_words_are_no_doubt() -> None:
    assert doubt(KEY, TITLE, "arXiv:2604.00001v1 [cs.IR] 1 Apr 2026\nAn Earlier Title") == ""
    assert "arXiv:2604.00077" in doubt(KEY, TITLE, f"arXiv:2604.00077v1 [cs.IR] 1 Apr 2026\n{TITLE}")
    assert "none of the title's words" in doubt(KEY, TITLE, "Protein Folding with Sparse Autoencoders")
    assert "only 25%" in doubt(KEY, TITLE, "Protein Folding, late")
    assert doubt(KEY, "On It", "Protein Folding") == ""
    assert doubt("doi:10.1145/1", TITLE, f"arXiv:2604.00077v1 [cs.IR] 1 Apr 2026\n{TITLE}") == ""


@given(st.text(max_size=200), st.text(max_size=400))
def test_no_text_breaks_it_and_its_own_title_is_no_doubt(title: str, body: str) -> None:
    doubt(KEY, title, body)
    share = title_share(title, f"{title}\n{body}")
    assert share is None or share == 1.0
