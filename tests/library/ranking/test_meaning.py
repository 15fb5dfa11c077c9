"""Ranking with the real model: sentences behind it, which sentence it is, what to check against which hypothesis."""

import pytest

from library.db.journal import record
from library.interests import set_interest
from library.ranking.compared import encode_compared
from library.ranking.refresh import is_behind, rerank
from library.ranking.stored import scores, why
from library.vectors.bulk import encode_missing
from library.vectors.model import ConvertedModel
from library.workspace import Workspace
from tests.library.ranking.making import decide, papers, put, rows, stand_still

pytestmark = pytest.mark.model
STATEMENT = "Late interaction ranks passages better than one vector a passage."


def test_sentences_come_behind_and_are_shown(workspace: Workspace, converted_model: ConvertedModel) -> None:
    stand_still(workspace)
    put(workspace, papers(12))
    workspace.store.write(
        lambda db: record(
            db,
            person="kim",
            action="test",
            summary="a hypothesis",
            write=lambda recorder: set_interest(recorder, "hypothesis", "H-4", STATEMENT, True),
        )
    ).result()
    first = rerank(workspace)
    assert (first.by_words, first.without_vector, first.without_sentences) == (False, 12, 12)
    encode_missing(workspace)
    assert is_behind(workspace)
    second = rerank(workspace)
    assert (second.without_vector, second.without_sentences) == (0, 12)
    decide(workspace, [12], "keep")
    assert encode_compared(workspace, limit=11) == 11 * 3
    assert encode_compared(workspace) == 3  # of the one that was decided
    assert encode_compared(workspace) == 0
    assert is_behind(workspace)
    third = rerank(workspace)
    assert (third.papers, third.without_sentences) == (11, 0)

    found = workspace.store.read(lambda db: scores(db, "ada", range(1, 12))).result()
    best = max(found.values(), key=lambda each: (each.score, -each.paper_id))
    assert best.paper_id in (1, 5, 9)
    assert (best.label, best.kind, best.reference) == ("H-4", "hypothesis", "H-4")
    said = workspace.store.read(lambda db: why(db, "ada", best.paper_id)).result()
    assert said is not None
    assert said.sentence is not None
    assert (said.sentence.number, said.sentence.text) == (
        3,
        "A retriever ranks passages for a question by late interaction.",
    )
    (abstract,) = rows(workspace, "SELECT abstract FROM paper WHERE id = ?", best.paper_id)[0]
    assert abstract[said.sentence.start : said.sentence.end] == said.sentence.text
    assert said.sentence.cosine is not None
    assert said.sentence.cosine > 0.5
    (check,) = said.to_check
    assert (check.label, check.text, check.sentence) == ("H-4", STATEMENT, said.sentence)
    other = workspace.store.read(lambda db: why(db, "ada", 4)).result()  # of streets in the rain
    assert other is not None
    assert other.to_check == ()
    assert (said.without_vector, said.without_sentences, said.by_words) == (False, False, False)
