"""Pages into one text: words whole, places known, hard files refused with their reason."""

import threading
import time
from pathlib import Path

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.fulltext.model import page_at
from library.jobs import Cancelled, CancelToken, Progress
from library.sources.pdf_text import MAX_BODY, joined, mend, read_pdf
from library.text import clean
from tests.library.fulltext.pdfs import TITLE, many_pages, pdf, pictures

PAGE = st.text(st.sampled_from("ab -\n\u00ad\ufb01Zé\x00\u202e."), max_size=40)


def _file(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "x.pdf"
    path.write_bytes(content)
    return path


def test_a_paper_is_read_page_by_page(tmp_path: Path) -> None:
    found = read_pdf(_file(tmp_path, pdf(title="On Interaction")))
    assert (found.state, found.pages, found.pages_read, found.title) == ("text", 3, 3, "On Interaction")
    assert found.body.startswith(TITLE)
    assert page_at(found.page_starts, 0) == 1
    assert page_at(found.page_starts, found.body.index("gains 1.8")) == 2
    assert page_at(found.page_starts, found.body.index("Quixotic")) == 3


def test_words_that_a_lines_end_broke_are_whole_again(tmp_path: Path) -> None:
    body = read_pdf(_file(tmp_path, pdf())).body
    assert "beats distillation on short queries" in " ".join(body.split())
    assert "the multi-vector model" in " ".join(body.split())  # written with its hyphen elsewhere


@pytest.mark.parametrize(
    ("pages", "wanted"),
    [
        (["e\ufb03cient \ufb01ne-tuning"], "efficient fine-tuning"),
        (["retrie-\nval"], "retrieval"),
        (["retrie- \n val"], "retrieval"),
        (["soft\u00ad\nly so\u00adft"], "softly soft"),
        (["by Smith-\nJones"], "by Smith-Jones"),
        (["pages 3-\n4"], "pages 3-\n4"),
        (["a co-\noperation", "its cooperation"], "a cooperation"),
        (["cross-\nencoder", "a Cross-Encoder"], "cross-encoder"),
    ],
)
def test_mending(pages: list[str], wanted: str) -> None:
    assert mend(pages)[0] == wanted


@given(st.lists(PAGE, max_size=6))
def test_every_page_begins_where_it_is_said_to(pages: list[str]) -> None:
    body, starts = joined(pages)
    mended = mend([clean(page) for page in pages])
    assert len(starts) == len(pages)
    assert body == clean(body)
    for number, (start, text) in enumerate(zip(starts, mended, strict=True), 1):
        assert body[start : start + len(text)] == text
        if text:
            assert page_at(starts, start) == number
            assert page_at(starts, start + len(text) - 1) == number


def test_a_text_beyond_the_limit_is_cut_and_its_pages_with_it() -> None:
    body, starts = joined(["x" * (MAX_BODY // 2)] * 4)
    assert len(body) == MAX_BODY
    assert len(starts) == 2


@pytest.mark.parametrize(
    ("content", "state"),
    [
        (pdf(password="secret"), "encrypted"),
        (pictures(), "empty"),
        (b"%PDF-1.7\nnothing of the kind", "broken"),
        (pdf()[:700], "broken"),
        (b"", "broken"),
    ],
    ids=["encrypted", "pictures", "nonsense", "cut off", "nothing"],
)
def test_what_cannot_be_read_says_why(tmp_path: Path, content: bytes, state: str) -> None:
    found = read_pdf(_file(tmp_path, content))
    assert (found.state, found.body) == (state, "")
    assert found.reason or state != "broken"


def test_five_thousand_pages_are_read_up_to_the_limit(tmp_path: Path) -> None:
    told: list[Progress] = []
    found = read_pdf(_file(tmp_path, many_pages()), progress=told.append)
    assert (found.state, found.pages, found.pages_read) == ("text", 5_000, 2_000)
    assert told
    assert told[-1].total == 5_000


def test_reading_stops_when_asked_and_leaves_no_child(tmp_path: Path) -> None:
    token = CancelToken()
    threading.Timer(0.6, token.cancel).start()
    begun = time.monotonic()
    with pytest.raises(Cancelled):
        read_pdf(_file(tmp_path, many_pages()), cancel=token)
    assert time.monotonic() - begun < 20
    assert not [child for child in psutil.Process().children() if "pdf_child" in " ".join(child.cmdline())]
