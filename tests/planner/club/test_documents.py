"""Prep packs, questions, agenda, minutes, history and figures: what they say is in the record, and reads back."""

from dataclasses import replace
from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt

from library.clock import stamped
from library.club import minutes, proposals
from library.html import page
from library.reading.critiques import write_critique
from library.text import one_line
from planner.club.documents import agenda_page, history_page, minutes_page, written
from planner.club.prep import prep, prep_record
from planner.club.questions import Claim, questions
from planner.club.stats import stats, stats_record
from planner.hypotheses.evidence import add_evidence
from tests.library.club.conftest import NOW, draft
from tests.planner.club.conftest import Group
from tests.tui.screens.test_hostile_text import HOSTILE


class Text(HTMLParser):
    """Its text, tags and links."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())


def agenda(group: Group, number: int) -> str:
    return group.read(lambda db: agenda_page(db, "ada", number))[1]


def test_the_prep_pack_has_what_the_record_has(group: Group) -> None:
    claim, paper = group.claim(), group.papers[900]
    group.join("ada", "kim")
    number = group.propose(900, "kim", "It would *halve* our index.")
    group.vote(number, "ada", "lee")
    group.write(lambda db: add_evidence(db, "kim", claim, paper, {"stance": "for"}, sentence="2"))
    group.put(draft(901))
    other = group.papers[901]
    group.write(lambda db: add_evidence(db, "kim", claim, other, {"stance": "against"}, sentence="1"))
    group.write(lambda db: write_critique(db, "kim", paper, {"line": "One dataset only", "verdict": "2"}))
    group.write(lambda db: write_critique(db, "lee", paper, {"verdict": "5", "baselines": "fair"}))
    found = group.read(lambda db: prep(db, "ada", paper))
    assert found.proposal is not None
    assert found.proposal.votes == ("ada", "lee")
    assert [each.label for each in found.claims] == ["H-1"]
    assert [(each.text.split(":")[0], each.basis) for each in found.questions] == [
        ("kim gives it 2 of 5, lee 5", "the verdicts of two critiques"),
        ("A sentence of it speaks for H-1, 1 piece of evidence is against", "the evidence on H-1"),
        ("H-1 asks nDCG@10 to increase by 0.5 points or more", "δ and metric of H-1"),
    ]
    session_ = group.plan("2026-03-26", 900, place="Room 4")
    text = agenda(group, session_)
    for words in (
        "# Paper club of 2026-03-26",
        "**Thursday 26 March 2026, 16:00 to 17:00** Europe/Berlin (2026-03-26T15:00:00Z)",
        "- Presenter: ada",
        "- Backup: kim",
        "- kim proposed it (P-1): It would \\*halve\\* our index.",
        "- 2 votes: ada, lee",
        "- It is not ranked for ada",
        "> Late interaction wins on long documents by 2.1 points.",
        "They were made from the record by templates, not by anybody who read the paper.",
        "- kim: 2/5 One dataset only",
        "- lee on baselines: fair",
        "It has no vector yet, so nobody knows",
    ):
        assert words in text, words
    record = prep_record(found)
    assert record["related"] is None
    assert record["score"] is None
    assert len(record["questions"]) == 3


def test_questions_ask_for_what_nobody_has_looked_at(group: Group) -> None:
    bare = questions((), ())
    assert [each.basis for each in bare] == ["nobody wrote a critique"] * 3
    paper = group.papers[900]
    every = ("baselines", "threats", "applicability", "reproducibility", "compute")
    raw = dict.fromkeys(every, "said") | {"line": "x"}
    critique, _ = group.write(lambda db: write_critique(db, "ada", paper, raw))
    assert [each.basis for each in questions((), [critique])] == [
        "no critique says anything of its evidence",
        "no critique says anything of what would change a mind",
        "asked of every paper",
    ]
    vague = Claim(4, "It helps", None, None, None, "increase", 0, 0, frozenset())
    assert "Which number in it would speak for or against H-4?" in [each.text for each in questions((vague,), ())]


def test_a_paper_without_anything_still_has_an_agenda(group: Group) -> None:
    group.put(replace(draft(902), title=""))
    text = agenda(group, group.plan("2026-03-26", 902))
    assert "## (no title)" in text
    assert "Nobody proposed it: it was put on the session" in text
    assert "Nobody has written one yet." in text
    assert "No paper is chosen yet." in agenda(group, group.plan("2026-03-27"))


def test_minutes_and_their_decisions(group: Group) -> None:
    number = group.plan("2026-02-26", 900)
    text = "# Late interaction pays\nWe <b>liked</b> it.\n\n- one\n- two\n\n- action: ask them @kim"
    group.write(lambda db: minutes.write_minutes(db, "ada", number, text, now=NOW))
    title, markdown = group.read(lambda db: minutes_page(db, number))
    assert title == "Minutes of the paper club of 2026-02-26"
    assert "### Late interaction pays" in markdown
    assert "`M-1` action: ask them, kim" in markdown
    found = Text(page(title, markdown))
    assert "We <b>liked</b> it." in found.text
    assert "b" not in found.tags
    later = group.plan("2026-03-26")
    assert "Nobody has written them yet." in group.read(lambda db: minutes_page(db, later))[1]


@pytest.mark.parametrize(
    "text", ["# a\n## b\ntext", "####### seven", "#no heading", "- a\n- b", "1. x", "", "#", "a\n\n\nb", "> <i>q</i>"]
)
def test_what_people_wrote_keeps_its_words(text: str) -> None:
    html = MarkdownIt("commonmark", {"html": False}).enable("table").render(written(text))
    signs = str.maketrans("", "", "#-")  # of headings and lists: there, or made into tags
    assert Text(html).text.translate(signs).split() == text.translate(signs).split()


ODD = (
    *(text for text in HOSTILE if text.strip()),
    "| a | b |\n|---|---|",
    "</main><script>alert(1)</script>",
    "; DROP TABLE club_session; --",
    "[x](javascript:alert(1))",
    "![x](http://a/b.png)",
    "```\nfence",
)


def odd_session(group: Group, place: int, text: str) -> int:
    """A session whose every word is `text`."""
    number = group.propose(100 + place, "<i>ada</i>", text[:4000])
    group.write(lambda db: proposals.vote(db, "ada", number, "<u>v</u>"))
    part = text[:300]
    made = group.plan("2026-02-26", 100 + place, topic=part, place=part, link=part, agenda=text)
    said = f"{text}\n- action: {one_line(text)[:400]}"
    group.write(lambda db: minutes.write_minutes(db, "ada", made, said, now=NOW))
    return made


def test_hostile_words_stay_words_in_every_document(group: Group) -> None:
    group.put(*(draft(100 + place, text) for place, text in enumerate(ODD)))
    group.join("<b>Kim</b> | [x](y)", "`lee` *bold*")
    pages = [group.read(lambda db: history_page(db, ODD[0], NOW))]
    for place, text in enumerate(ODD):
        made = odd_session(group, place, text)
        pages.append(group.read(lambda db, n=made: agenda_page(db, "ada", n)))  # type: ignore[misc]
        shown = Text(page(*pages[-1])).text
        assert one_line(group.session(made).slots[0].title) in shown
        assert "<b>Kim</b> | [x](y)" in shown
        pages.append(group.read(lambda db, n=made: minutes_page(db, n)))  # type: ignore[misc]
    pages.append(group.read(lambda db: history_page(db, ODD[0], NOW)))
    for title, markdown in pages:
        assert not any(ord(letter) < 32 and letter != "\n" for letter in markdown)
        assert "\u202e" not in markdown
        found = Text(page(title, markdown))
        assert not found.tags & {"script", "img", "a", "b", "i", "u", "iframe"}
        assert not {name for name in found.attributes if name.startswith("on")}
    rows = [line for line in pages[-1][1].splitlines() if line.startswith("| 2026-02-26")]
    assert len(rows) == len(ODD)  # nothing in them begins another row


def test_the_figures_say_what_they_were_counted_from(group: Group) -> None:
    claim, paper = group.claim(), group.papers[900]
    group.put(*(draft(number) for number in (1, 2, 3, 4)))
    assert stats_record(group.read(lambda db: stats(db, NOW)))["share_changed"] is None
    group.hold(group.plan("2025-12-18", 1))  # before it was announced: not dated
    group.hold(group.plan("2026-02-12", 900, 2))
    group.hold(group.plan("2026-02-26", 3))
    group.plan("2026-03-26", 4)
    group.write(lambda db: linked(db, claim, paper))
    found = group.read(lambda db: stats(db, NOW))
    assert (found.sessions, found.discussions, found.dated, found.days_to_discuss) == (3, 4, 3, 10)
    assert [(each.month, each.sessions, each.papers) for each in found.months] == [
        ("2025-12", 1, 1),
        ("2026-01", 0, 0),
        ("2026-02", 2, 3),
    ]
    assert (found.changed, found.share_changed) == (1, 0.25)
    assert found.low is not None
    assert found.high is not None
    assert 0.04 < found.low < 0.05 < 0.69 < found.high < 0.70  # Wilson, 1 of 4
    assert not stats_record(found)["known"]


def linked(db: object, claim: int, paper: int) -> None:
    with stamped("2026-02-20T10:00:00Z"):
        add_evidence(db, "kim", claim, paper, {"stance": "for"}, sentence="2")  # type: ignore[arg-type]


def test_evidence_from_elsewhere_is_none_of_the_clubs(group: Group) -> None:
    claim, paper = group.claim(), group.papers[900]
    group.hold(group.plan("2025-11-18", 900))
    group.write(lambda db: linked(db, claim, paper))  # three months later
    assert group.read(lambda db: stats(db, NOW)).changed == 0
