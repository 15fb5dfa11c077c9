"""A purged paper's sentences leave evidence, the journal, written decisions and backups alike."""

import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.backup.make import make_backup
from library.clock import stamp
from library.db.journal import Recorder, record
from library.markdown import quote
from library.papers.model import PaperDraft
from library.purge.quotes import BLACKED_OUT, _pattern, without
from library.purge.run import purge
from planner.hypotheses import evidence
from planner.workspace import open_workspace
from tests.planner.hypotheses.conftest import Lab

SECRET = PaperDraft(
    key="2501.00666",
    kind="arxiv",
    source="test",
    title="Quasicrystal embeddings",
    abstract="We say *nothing* yet. The [vorpal] encoder_2 doubles “nDCG” at half the cost (p < .01). "
    "The frumious baseline loses everywhere, and badly. A third sentence on tulgey woods stays unquoted.",
    version=1,
)
FIRST, SECOND = "The [vorpal] encoder_2 doubles", "The frumious baseline loses"
PROBES = ("vorpal", "frumious", "tulgey", "Quasicrystal", "galumphing", "2501.00666")


def left(home: Path) -> set[str]:
    """The probes that are in the bytes of any file, those packed in backups included."""
    data = []
    for path in home.rglob("*"):
        if path.is_file():
            data.append(path.read_bytes())
            if zipfile.is_zipfile(path):
                with zipfile.ZipFile(path) as archive:
                    data += [archive.read(name) for name in archive.namelist()]
    return {probe for probe in PROBES for each in data if probe.encode() in each}


def write_memo(lab: Lab, number: int) -> dict[str, Any]:
    """A decision's text as it is written and kept: Markdown with the quote, and the facts behind it as JSON."""
    said = lab.one("SELECT quote FROM evidence WHERE quote LIKE ?", f"{FIRST}%")
    memo = lab.insert("decision_memo", title="Go on", kind="proceed", hypothesis_id=number, created_by="kim",
                      created_at=stamp(), updated_at=stamp())  # fmt: skip
    row = {
        "memo_id": memo,
        "version": 1,
        "markdown": f"# Go on\n\nWhat speaks for it:\n\n{quote(said)}\n\nAnd nothing else.",
        "facts": json.dumps([{"key": "evidence 1 quote", "value": said}, {"key": "δ", "value": 0.5}]),
        "hash": "h",
        "person": "kim",
        "at": stamp(),
    }

    def store(recorder: Recorder) -> int:
        return recorder.insert("memo_version", row)

    lab.write(lambda db: record(db, person="kim", action="decision.propose", summary="proposed D-1", write=store))
    return row


def test_no_byte_of_a_quote_stays(lab: Lab) -> None:
    lab.put(SECRET)
    number, paper = lab.active(), lab.papers[SECRET.key]

    def add(words: str, **marks: str) -> int:
        given = {"stance": "for", **marks}
        return lab.write(lambda db: evidence.add_evidence(db, "ada", number, paper, given, quote=words))[0]

    first = add(FIRST, note="a galumphing thought")
    add(FIRST, stance="against")  # revised
    lab.write(lambda db: evidence.set_evidence(db, "kim", first, {"note": "galumphing, twice"}))
    second = add(SECOND)
    lab.write(lambda db: evidence.remove_evidence(db, "ada", second))  # only the journal has it
    add("tulgey woods stays unquoted")
    lab.undo()
    lab.write(
        lambda db: evidence.add_evidence(db, "ada", number, lab.papers["2501.00002"], {"stance": "for"}, sentence="1")
    )
    lab.put(replace(SECRET, version=2, abstract="An abstract of a later version, quite another."))
    memo = write_memo(lab, number)
    make_backup(lab.workspace.paths)
    assert left(lab.workspace.paths.home) == set(PROBES)
    actions = lab.rows("SELECT id, at, person, action FROM journal ORDER BY id")

    done = purge(lab.workspace, [SECRET.key], "made-up data")

    assert left(lab.workspace.paths.home) == set()
    assert done.left_out == ()
    assert (done.rows["evidence"], done.backups) == (1, 1)
    # What is not the paper's stays: other evidence, the hypothesis, who did what and when, the memo's own words.
    assert lab.rows("SELECT paper_id FROM evidence") == [(lab.papers["2501.00002"],)]
    assert lab.state(number) == "active"
    assert (
        lab.rows("SELECT id, at, person, action FROM journal WHERE action != 'purge' ORDER BY id")[: len(actions)]
        == actions
    )
    markdown, facts = lab.one("SELECT markdown, facts FROM memo_version")
    assert markdown == f"# Go on\n\nWhat speaks for it:\n\n> {BLACKED_OUT}\n\nAnd nothing else."
    assert json.loads(facts) == [{"key": "evidence 1 quote", "value": BLACKED_OUT}, {"key": "δ", "value": 0.5}]
    assert memo["markdown"] != markdown
    # Journal and row agree still, so that proposing can be taken back.
    lab.undo("kim")
    assert lab.rows("SELECT * FROM memo_version") == []


def test_a_statement_that_repeats_the_paper_is_named_not_rewritten(lab: Lab) -> None:
    lab.put(SECRET)
    sentence = "The frumious baseline loses everywhere, and badly."
    number = lab.add(sentence)
    lab.write(
        lambda db: evidence.add_evidence(db, "ada", number, lab.papers[SECRET.key], {"stance": "for"}, quote=SECOND)
    )
    done = purge(lab.workspace, [SECRET.key], "made-up data")
    assert [line for line in done.left_out if "still quotes the paper" in line]
    with open_workspace(lab.workspace.paths.home) as again:
        kept = again.store.read(lambda db: db.execute("SELECT statement FROM hypothesis").fetchone()[0]).result()
    assert kept == sentence


_WORDS = st.from_regex(
    r"[A-Za-z*_\[\]\\<>#&.“”\"'()$~|`é雪]{1,9}( [A-Za-z*_\[\]\\<>#&.“”\"'()$~|`é雪]{1,9}){3,9}", fullmatch=True
)


@given(_WORDS, st.booleans(), st.booleans())
def test_quotes_are_found_as_markdown_writes_them(text: str, in_json: bool, in_lines: bool) -> None:
    text = text.replace(" ", "\n", 2) if in_lines else text
    written = f"before\n\n{quote(text)}\n\nafter"
    shown = json.dumps({"said": written, "n": 1}) if in_json else written
    clean = without(shown, [_pattern(text)])
    said = json.loads(clean)["said"] if in_json else clean
    assert BLACKED_OUT in said
    assert said.startswith("before\n\n>")
    assert said.endswith("\n\nafter")
    assert not [word for word in text.split() if len(word) > 5 and word.isalpha() and word in said]


@pytest.mark.parametrize("text", ["", "nothing of it", '{"a": 1}', "[1, 2", "{not json}"])
def test_what_holds_nothing_of_it_is_left_as_it_is(text: str) -> None:
    assert without(text, [_pattern("some quite other words")]) is text
