"""A memo says what the record says: every number traced, every quote exact, nothing unknown filled in."""

import hashlib
import json
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from library.clock import stamped
from library.purge.run import purge
from library.settings import ProgrammeSettings
from library.workspace import Workspace
from planner.decisions.body import body
from planner.decisions.commands import add, draft, propose, revise
from planner.decisions.facts import Fact
from planner.decisions.page import memo_page
from planner.decisions.queries import memo, memo_detail_record
from tests.planner.decisions.planted import (
    AGAINST,
    AT,
    QUOTE,
    experiment,
    frozen,
    hypothesis,
    insert,
    paper,
    plant,
    quoted,
    results,
    verdict,
)
from tests.planner.decisions.tracing import misread, untraced

GOLDEN = Path(__file__).parent / "golden"
SETTINGS = ProgrammeSettings()
Do = Callable[[Callable[[Any], Any]], Any]
WRITTEN = {
    "deciders": "kim, lee",
    "options": "Two:\n- wait for 3 more seeds\n- buy GPUs",
    "consequences": "p95 latency rises by 4 ms | 5 %.",
    "review_on": "2027-02-01",
}


def drafted(write: Do, number: int, kind: str = "proceed", **more: str) -> int:
    memo_id: int = write(lambda db: draft(db, "ada", kind, hypothesis=number, more=more))[0]
    return memo_id


def test_a_planted_programme_gives_a_memo_with_every_number_traced(
    programme: tuple[int, int], write: Do, read: Do
) -> None:
    number = drafted(write, programme[0], **WRITTEN)
    text, facts = read(lambda db: body(db, number))
    assert untraced(text, facts) == []
    assert read(lambda db: misread(db, facts)) == []
    values = {fact.key: fact.value for fact in facts}
    assert values["V-1 effect"] == 1.8125
    assert values["V-1 p adjusted"] == 0.0224
    assert values["E-1 GPU-hours planned"] == 20 + 6 * (10 + 4 * 15 + 26) / 6
    assert values["E-1 GPU-hours actual"] == 12 * 9.5  # twelve runs, though each has a row for each metric
    assert values["H-1 prior"] == 0.4
    assert values["belief 2"] == 0.8421
    assert values["evidence 1 quote"] == QUOTE
    assert values["evidence 2 quote"] == AGAINST
    assert values["E-1 plan hash"] == f"{1:064x}"


def test_the_page_is_traced_too(programme: tuple[int, int], workspace: Workspace, write: Do, read: Do) -> None:
    first = drafted(write, programme[0], **WRITTEN)
    write(lambda db: propose(db, "ada", SETTINGS, first))
    _, text, facts = read(lambda db: memo_page(db, first))
    assert untraced(text, facts) == []
    assert read(lambda db: misread(db, facts)) == []


def test_numbers_in_a_memo_are_in_its_record(programme: tuple[int, int], write: Do, read: Do) -> None:
    number = drafted(write, programme[0], **WRITTEN)
    record = json.loads(json.dumps(read(lambda db: memo_detail_record(memo(db, number)))))
    facts = [
        Fact(each["key"], each["sort"], each["value"], each["shown"], each["unit"] or "", each["table"], each["column"],
             tuple(each["rows"]), each["how"] or "")
        for each in record["facts"]
    ]  # fmt: skip
    assert untraced(record["markdown"], facts) == []


def test_the_check_finds_a_number_that_is_made_up(programme: tuple[int, int], write: Do, read: Do) -> None:
    number = drafted(write, programme[0], **WRITTEN)
    text, facts = read(lambda db: body(db, number))
    assert untraced(text.replace("+1.81 points", "+1.91 points"), facts) == ["+1.91"]
    assert untraced(text.replace("We proceed", "For 7 reasons we proceed"), facts) == ["7"]
    assert untraced(text.replace("| verdict 1 · effect", "| verdict 2 · effect"), facts)


def test_golden(workspace: Workspace, write: Do, read: Do) -> None:
    """The whole text of a small case. `LABTOP_WRITE_GOLDEN=1` writes it anew: read the difference before committing."""
    number, _ = plant(workspace)
    with stamped(AT):
        memo_id = drafted(write, number, **WRITTEN)
        propose_at(write, memo_id)
    text = read(lambda db: memo_page(db, memo_id))[1]
    path = GOLDEN / "memo.md"
    if os.environ.get("LABTOP_WRITE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def propose_at(write: Do, memo_id: int) -> None:
    def within(db: sqlite3.Connection) -> None:
        with stamped(AT):  # the writer is another thread
            propose(db, "ada", SETTINGS, memo_id)

    write(within)


def test_the_same_record_gives_the_same_bytes(programme: tuple[int, int], write: Do, read: Do) -> None:
    number = drafted(write, programme[0], **WRITTEN)
    assert read(lambda db: body(db, number)) == read(lambda db: body(db, number))


def test_an_empty_record_says_what_is_not_known(write: Do, read: Do) -> None:
    bare = write(
        lambda db: hypothesis(db, delta=None, unit=None, prior=None, prior_reason=None, metric=None, owner=None)
    )
    tried = write(
        lambda db: experiment(
            db, bare, arms=None, seeds=None, gpu_hours=None, gpu_hours_per_seed=None, people_days=None, question=None
        )
    )
    number = drafted(write, bare, "stop", experiments=f"E-{tried}")
    text, facts = read(lambda db: body(db, number))
    assert untraced(text, facts) == []
    for said in (
        "Measured by: not known",
        "Belief: not known, and nothing has moved it",
        "Smallest effect worth having: not known",
        "never frozen",
        "No verdict was drawn yet",
        "| E-1        |         not known |        not known |           not known |",
        "No result came in yet",
        "When: not known",
        "Deciders: not known",
    ):
        assert said in text, said
    assert text.count("None is recorded.") >= 5
    assert {fact.value for fact in facts if fact.shown == "not known"} == {None}


def test_a_memo_on_nothing_says_so(write: Do, read: Do) -> None:
    number = write(lambda db: add(db, "ada", {"title": "Move to 2 clusters", "kind": "proceed"}))[0]
    text, facts = read(lambda db: body(db, number))
    assert "rests on no hypothesis" in text
    assert "rests on no experiment" in text
    assert untraced(text, facts) == []


def test_costs_are_summed_only_where_all_are_known(programme: tuple[int, int], write: Do, read: Do) -> None:
    number = programme[0]
    second = write(lambda db: experiment(db, number, gpu_hours=None, gpu_hours_per_seed="2", seeds=4, people_days=None))
    write(lambda db: results(db, second, hours=None))
    memo_id = drafted(write, number)
    _, facts = read(lambda db: body(db, memo_id))
    values = {fact.key: fact.value for fact in facts}
    assert values["GPU-hours planned"] == 116 + 8
    assert values["GPU-hours actual"] is None
    assert values["people-days planned"] is None
    assert values[f"E-{second} GPU-hours actual"] is None


def test_runs_that_do_not_say_their_cost_are_counted(programme: tuple[int, int], write: Do, read: Do) -> None:
    number = programme[0]
    write(lambda db: db.execute("UPDATE result SET gpu_hours = NULL WHERE seed = '6'"))
    memo_id = drafted(write, number)
    text, facts = read(lambda db: body(db, memo_id))
    assert "Runs of E-1 that do not say what they used: 2." in text
    assert {fact.key: fact.value for fact in facts}["E-1 GPU-hours actual"] == 10 * 9.5
    assert untraced(text, facts) == []


def test_exploratory_blocked_and_doubtful_verdicts_are_marked(programme: tuple[int, int], write: Do, read: Do) -> None:
    number, tried = programme
    write(lambda db: verdict(db, tried, "supported", blocked_by='["latency p95", "slice short"]'))
    write(lambda db: frozen(db, tried, version=2, exploratory=1))
    write(lambda db: verdict(db, tried, "refuted", label="harmful", exploratory=1))
    write(
        lambda db: verdict(db, tried, "inconclusive", p=None, low=None, high=None, level=None,
                           details=json.dumps({"more_seeds": 4, "more_gpu_hours": 31.0}))
    )  # fmt: skip
    write(
        lambda db: insert(db, "incident", title="Leaked test queries", happened_on="2026-11-19", verdicts="[2]",
                          created_by="kim", created_at=AT, updated_at=AT)
    )  # fmt: skip
    memo_id = drafted(write, number)
    text, facts = read(lambda db: body(db, memo_id))
    for said in (
        "supported, blocked by latency p95, slice short",
        "refuted (harmful)",
        "| exploratory",
        "| confirmatory, earlier",
        "edited after it was frozen, so its verdicts are exploratory",
        "About 4 more seeds would settle it; GPU-hours for them: 31.",
        "**In doubt: I-1, “Leaked test queries” (open), reaches this verdict.**",
    ):
        assert said in text, said
    assert untraced(text, facts) == []
    assert read(lambda db: misread(db, facts)) == []


def test_what_the_author_wrote_goes_before_what_is_drafted(programme: tuple[int, int], write: Do, read: Do) -> None:
    memo_id = drafted(write, programme[0], decision="Ship to 5 % first.", change_mind="A drop of 1 point.")
    text, _ = read(lambda db: body(db, memo_id))
    assert "**We proceed.** Ship to 5 % first." in text
    assert "A drop of 1 point." in text
    assert "whose whole interval" not in text


def test_quotes_stay_exact_when_the_paper_gets_another_version(programme: tuple[int, int], write: Do, read: Do) -> None:
    write(lambda db: db.execute("UPDATE paper SET abstract = 'All new', version = 2"))
    memo_id = drafted(write, programme[0])
    facts = {fact.key: fact.value for fact in read(lambda db: body(db, memo_id))[1]}
    assert facts["evidence 1 quote"] == QUOTE


def test_a_proposed_text_stays_what_it_was(programme: tuple[int, int], write: Do, read: Do) -> None:
    number, tried = programme
    memo_id = drafted(write, number, **WRITTEN)
    write(lambda db: propose(db, "ada", SETTINGS, memo_id))
    before = read(lambda db: memo(db, memo_id))
    write(lambda db: verdict(db, tried, "supported", effect=1.1))
    write(lambda db: db.execute("UPDATE hypothesis SET delta = 0.75"))
    after = read(lambda db: memo(db, memo_id))
    assert (after.markdown, after.facts) == (before.markdown, before.facts)
    assert before.moved == ()
    assert "H-1 δ: 0.5, now 0.75" in after.moved
    assert "V-2 effect: new, +1.1" in after.moved
    [version] = after.versions
    stored = read(lambda db: db.execute("SELECT * FROM memo_version").fetchone())
    assert version.hash == hashlib.sha256(f"{stored['markdown']}\0{stored['facts']}".encode()).hexdigest()
    assert version.intact


def test_a_text_that_was_tampered_with_is_told(programme: tuple[int, int], write: Do, read: Do) -> None:
    memo_id = drafted(write, programme[0], **WRITTEN)
    write(lambda db: propose(db, "ada", SETTINGS, memo_id))
    with pytest.raises(sqlite3.IntegrityError, match="never changed"):
        write(lambda db: db.execute("UPDATE memo_version SET hash = 'x'"))
    write(lambda db: db.execute("UPDATE memo_version SET markdown = replace(markdown, '+1.81', '+9.81')"))
    assert not read(lambda db: memo(db, memo_id)).versions[0].intact
    assert "no longer has that hash" in read(lambda db: memo_page(db, memo_id))[1]


def test_an_edit_makes_the_next_version_and_the_earlier_one_stays(
    programme: tuple[int, int], write: Do, read: Do
) -> None:
    memo_id = drafted(write, programme[0], **WRITTEN)
    write(lambda db: propose(db, "ada", SETTINGS, memo_id))
    said = write(lambda db: revise(db, "ada", memo_id, {"dissent": "kim: 6 seeds are few"})).summary
    assert "proposed anew as version 2 (A-2)" in said
    found = read(lambda db: memo(db, memo_id))
    assert [each.version for each in found.versions] == [1, 2]
    assert "6 seeds are few" not in found.versions[0].markdown
    assert "6 seeds are few" in found.versions[1].markdown
    assert [each.state for each in found.approvals] == ["withdrawn", "waiting"]
    first = read(lambda db: memo_page(db, memo_id, 1))[1]
    assert "Version 1 (an earlier one)" in first
    assert "6 seeds are few" not in first


HOSTILE = st.text(
    st.sampled_from("<>&\"'`*_[]()!|\\#-+=~$1234567890 \nabé€{}%:;,./@^"), min_size=1, max_size=40
) | st.sampled_from(
    [
        "<script>alert(1)</script>",
        "![x](http://example.org/1.png)",
        "[1](javascript:alert(1))",
        "# 1",
        "1. one\n2. two",
        "| 1 | 2 |\n|---|---|",
        "{{ 7*7 }} {% raw %}",
        "</main></body>",
    ]
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(texts=st.lists(HOSTILE, min_size=8, max_size=8), effect=st.floats(-1e6, 1e6), prior=st.floats(0.001, 0.999))
def test_whatever_is_written_no_number_comes_from_nowhere(
    lab: Workspace, texts: list[str], effect: float, prior: float
) -> None:
    """With digits in every text there is, the template itself has none."""

    def drafted_once(db: sqlite3.Connection) -> tuple[str, tuple[Fact, ...], list[str]]:
        db.execute("SAVEPOINT once")
        one = [" ".join(text.split()) or "x" for text in texts]
        number = hypothesis(
            db, statement=one[0], mechanism=texts[1], metric=one[2], unit=one[3], prior=prior, owner=one[4]
        )
        quoted(db, number, paper(db, f"key:{one[5]}", one[6]), "for", texts[7], note=texts[1])
        arms = json.dumps([{"name": one[2], "role": "baseline"}, {"name": one[3] + "b", "role": "treatment"}])
        tried = experiment(db, number, title=one[5], question=texts[6], arms=arms, owner=one[4])
        verdict(db, tried, "supported", effect=effect, summary=texts[4], label=one[1], method=one[0], person=one[2],
                blocked_by=json.dumps([one[6]]))  # fmt: skip
        results(db, tried, person=one[4], seeds=2)
        more = {"options": texts[0], "consequences": texts[3], "justification": texts[5], "dissent": texts[2]}
        memo_id = draft(db, "ada", "proceed", hypothesis=number, more={"title": one[6] or "t", **more})[0]
        text, facts = body(db, memo_id)
        wrong = misread(db, facts)
        db.execute("ROLLBACK TO once")
        db.execute("RELEASE once")
        return text, facts, wrong

    text, facts, wrong = lab.store.write(drafted_once).result()
    assert untraced(text, facts) == []
    assert wrong == []


def test_a_purged_paper_is_not_quoted_any_longer(
    programme: tuple[int, int], workspace: Workspace, write: Do, read: Do
) -> None:
    memo_id = drafted(write, programme[0], **WRITTEN)
    write(lambda db: propose(db, "ada", SETTINGS, memo_id))
    done = purge(workspace, ["2501.00001"], "withdrawn by its authors")
    assert done.left_out == ()
    found = read(lambda db: memo(db, memo_id))
    text = read(lambda db: memo_page(db, memo_id))[1]
    assert "128" not in text
    assert "improves nDCG" not in text
    assert "[purged]" in text
    assert "A paper that it quotes was purged" in text
    assert not found.versions[0].intact
    assert found.versions[0].facts
