"""Quotes hold on to what was said: found again, and told apart when the paper moved on."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.papers.commands import add_note, delete_note, edit_note
from library.papers.ingest import add_drafts
from library.papers.model import PaperDraft
from library.sentences.model import Sentence, StoredText
from library.sentences.queries import sentences_in, sentences_of
from library.sentences.quotes import Standing, check_quote, locate, quote_at
from library.workspace import Workspace

FIRST = "We keep half of the tokens. The index shrinks by 50 %. Quality stays."
SECOND = "In this version, we keep a third. The index shrinks by 50 %. Quality drops."
DRAFT = PaperDraft(key="2501.00001", kind="arxiv", source="t", title="Half", abstract=FIRST, version=1)


def put(workspace: Workspace, draft: PaperDraft) -> None:
    workspace.store.write(lambda db: add_drafts(db, [draft], at="2026-04-14T06:00:00Z")).result()


def said(workspace: Workspace, number: int) -> Sentence:
    return workspace.store.read(lambda db: sentences_of(db, 1)).result()[number - 1]


def standing(workspace: Workspace, each: Sentence) -> Standing:
    return workspace.store.read(
        lambda db: check_quote(db, 1, each.source, each.start, each.end, each.text, note_id=each.note_id)
    ).result()


def at(workspace: Workspace, each: Sentence) -> str | None:
    return workspace.store.read(
        lambda db: quote_at(db, 1, each.source, each.version, each.start, each.end, note_id=each.note_id)
    ).result()


def found(workspace: Workspace, quote: str) -> str | None:
    where = workspace.store.read(lambda db: locate(db, 1, quote)).result()
    return where.text if where else None


def test_a_later_version_leaves_quotes_of_the_earlier_one_readable(workspace: Workspace) -> None:
    put(workspace, DRAFT)
    old = [said(workspace, number) for number in (1, 2, 3)]
    assert [standing(workspace, each) for each in old] == ["current"] * 3
    put(workspace, replace(DRAFT, version=2, abstract=SECOND))
    assert [standing(workspace, each) for each in old] == ["older version", "current", "older version"]
    assert [at(workspace, each) for each in old] == [each.text for each in old]
    new = [said(workspace, number) for number in (1, 2, 3)]
    assert [(each.version, at(workspace, each)) for each in new] == [(2, each.text) for each in new]
    assert new[1].start != old[1].start


def test_versions_that_say_the_same_share_their_text(workspace: Workspace) -> None:
    put(workspace, DRAFT)
    old = said(workspace, 1)
    put(workspace, replace(DRAFT, version=2))
    put(workspace, replace(DRAFT, version=4, abstract=SECOND))
    # Version 1 said what version 2 was kept with; version 3 was never seen.
    assert [at(workspace, replace(old, version=number)) for number in (1, 2)] == [old.text] * 2
    assert at(workspace, replace(old, version=4)) == SECOND[old.start : old.end]
    assert at(workspace, replace(old, version=None)) == SECOND[old.start : old.end]
    assert standing(workspace, old) == "older version"


def test_a_corrected_text_of_the_same_version_leaves_nothing(workspace: Workspace) -> None:
    put(workspace, DRAFT)
    old = [said(workspace, number) for number in (1, 2)]
    put(workspace, replace(DRAFT, abstract=SECOND))
    assert [standing(workspace, each) for each in old] == ["gone", "current"]
    assert at(workspace, old[0]) != old[0].text


def test_other_white_space_is_still_the_same_text(workspace: Workspace) -> None:
    put(workspace, DRAFT)
    old = said(workspace, 2)
    put(workspace, replace(DRAFT, abstract=FIRST.replace("index shrinks", "index\n  shrinks")))
    assert standing(workspace, old) == "current"
    assert found(workspace, old.text) == "The index\n  shrinks by 50 %."


def test_quotes_of_notes_and_full_texts(workspace: Workspace) -> None:
    put(workspace, replace(DRAFT, body="Full text. With more in it."))
    workspace.store.write(lambda db: add_note(db, "ada", 1, "I doubt it. Too good.")).result()
    body, note = (
        workspace.store.read(lambda db, s=source: sentences_of(db, 1, (s,))).result()[1] for source in ("body", "note")
    )
    assert [at(workspace, each) for each in (body, note)] == ["With more in it.", "Too good."]
    workspace.store.write(lambda db: edit_note(db, "ada", 1, "I doubt it.")).result()
    assert [standing(workspace, each) for each in (body, note)] == ["current", "gone"]
    assert at(workspace, note) is None  # the note is shorter now
    workspace.store.write(lambda db: delete_note(db, "ada", 1)).result()
    assert (standing(workspace, note), at(workspace, note)) == ("gone", None)


def test_a_place_that_is_none_gives_nothing(workspace: Workspace) -> None:
    put(workspace, DRAFT)
    for start, end in ((0, len(FIRST) + 1), (5, 5), (-3, 2), (9, 4)):
        assert workspace.store.read(lambda db, a=start, b=end: quote_at(db, 1, "abstract", 1, a, b)).result() is None
    assert workspace.store.read(lambda db: quote_at(db, 2, "abstract", 1, 0, 3)).result() is None
    assert workspace.store.read(lambda db: check_quote(db, 2, "abstract", 0, 3, "We ")).result() == "gone"


@pytest.mark.parametrize(
    ("quote", "sentence"),
    [
        ("The index shrinks by 50 %.", "The index shrinks by 50 %."),
        ("index shrinks", "The index shrinks by 50 %."),
        ("The   index\nshrinks by", "The index shrinks by 50 %."),
        ("tokens. The index", "We keep half of the tokens. The index shrinks by 50 %."),
        ("  Quality stays. ", "Quality stays."),
        ("with \x1b[31mmore\x1b[0m in it", "Full text\nwith more in it."),
        ("doubt", "I doubt it."),
        ("the index shrinks by 50 %.", None),
        ("a.b.c.d.e", None),
        (" \n", None),
        ("", None),
    ],
)
def test_a_quote_is_located(workspace: Workspace, quote: str, sentence: str | None) -> None:
    put(workspace, replace(DRAFT, body="Full text\nwith more in it."))
    workspace.store.write(lambda db: add_note(db, "ada", 1, "I doubt it. Too good.")).result()
    assert found(workspace, quote) == sentence


@given(
    st.lists(
        st.sampled_from(("We", "see", "it.", "(Fig. 3)", "0.5", "So", "U.S.", "end.", "。")), min_size=1, max_size=12
    )
)
def test_sentences_of_a_text_are_slices_of_it_with_its_hash(parts: list[str]) -> None:
    text = StoredText(1, "abstract", None, 3, " ".join(parts))
    found = list(sentences_in(text))
    assert [each.position for each in found] == list(range(1, len(found) + 1))
    assert all(text.text[each.start : each.end] == each.text for each in found)
    assert len({each.text_hash for each in found}) == 1
