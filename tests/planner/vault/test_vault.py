"""A workspace as a vault: PyYAML reads every front matter, every link leads to a note, nothing hostile is markup."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from library.exporting.choosing import Chosen, everything
from library.papers import commands
from library.papers.ingest import add_drafts
from library.papers.model import PaperDraft
from library.reading.critiques import write_critique
from library.reading.quotes import take_quote
from library.text import one_line
from library.workspace import Workspace
from planner.hypotheses import commands as hypotheses
from planner.hypotheses.evidence import add_evidence
from planner.vault.export import VaultReport, export_vault
from tests.library.exporting.nasty import PEOPLE, TITLES

ABSTRACT = "Late interaction wins on long documents. It costs more memory. [[Nothing]] is %% free #tag ==here==."


@pytest.fixture
def full(workspace: Workspace) -> Workspace:
    """Nasty papers, two hypotheses, evidence, a critique, a quote, notes."""
    drafts = [
        PaperDraft(
            key=f"2611.{number:05}",
            kind="arxiv",
            source="test",
            title=one_line(title)[:2_000],
            abstract=ABSTRACT,
            authors=PEOPLE[number % len(PEOPLE) :][:3],
            categories=("cs.LG",),
            tags=("kv-cache", "2026", "c++"),
            version=1,
        )
        for number, title in enumerate((*TITLES, "Plain", "PLAIN"))
    ]

    def write(db: Any) -> None:
        ids = add_drafts(db, drafts, at="2026-11-30T00:00:00Z").added
        one, _ = hypotheses.add(db, "ada", {"statement": "Late [[interaction]] pays: 5% / more?"})
        two, _ = hypotheses.add(db, "ada", {"statement": "Memory is no problem"})
        add_evidence(db, "ada", one, ids[0], {"stance": "for", "scale": "3", "note": "but see %% this"}, sentence="1")
        add_evidence(db, "ada", one, ids[1], {"stance": "against"}, sentence="3")
        add_evidence(db, "ada", two, ids[0], {"stance": "context"}, sentence="2")
        values = {"line": "fair #baselines", "verdict": 4, "claim": "It [[wins]].", "effects": []}
        write_critique(db, "ada", ids[0], {**values, "effects": [{"hypothesis": one, "effect": "supports"}]})
        take_quote(db, "kim", ids[0], sentence="3", remark="ha")
        commands.add_note(db, "ada", ids[0], "# My heading\n\n%% labtop:end %%\n\n- [ ] todo")
        commands.decide(db, "ada", ids[:2], "keep")

    workspace.store.write(write).result()
    return workspace


def notes(root: Path) -> Iterator[tuple[Path, dict[str, Any], str]]:
    for path in sorted(root.rglob("*.md")):
        match = re.match(r"---\n(.*?)\n---\n(.*)", path.read_text(encoding="utf-8"), re.DOTALL)
        assert match is not None, path
        yield path, yaml.safe_load(match[1]), match[2]


def linked(text: str) -> set[str]:
    return {found.split("|")[0] for found in re.findall(r"(?<!\\)\[\[([^\]]+)\]\]", text)}


def export(workspace: Workspace, root: Path, chosen: Chosen | None = None, **options: Any) -> VaultReport:
    return export_vault(workspace, chosen or everything(workspace), root, **options)


def test_every_note_is_read_and_every_link_leads_somewhere(full: Workspace, tmp_path: Path) -> None:
    root = tmp_path / "vault"
    report = export(full, root)
    count = len(TITLES) + 2
    assert (report.papers, report.hypotheses, report.created, report.left) == (count, 2, count + 2, ())
    found = list(notes(root))
    stems = {path.stem for path, _, _ in found}
    assert len({stem.casefold() for stem in stems}) == count + 2
    titles = {one_line(title)[:2_000] for title in (*TITLES, "Plain", "PLAIN")}
    assert {front["title"] for path, front, _ in found if path.parent.name == "Papers"} == titles
    for path, front, text in found:
        assert linked(text) <= stems, path
        assert len(re.findall(r"%%", text)) == 4
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)
        if front["labtop-id"].startswith("paper/"):
            assert front["tags"] == ["c", "kv-cache", "t-2026"] or set(front["tags"]) == {"c", "kv-cache", "t-2026"}
            assert front["citekey"]
    again = export(full, root)
    assert (again.created, again.updated, again.unchanged) == (0, 0, count + 2)


def test_a_papers_note_says_what_is_known_of_it(full: Workspace, tmp_path: Path) -> None:
    export(full, tmp_path)
    by_id = {front["labtop-id"]: (path, front, text) for path, front, text in notes(tmp_path)}
    path, front, text = by_id["paper/2611.00000"]
    assert (front["decision"], front["verdict"], front["arxiv"]) == ("keep", 4, "arXiv:2611.00000")
    one, two = by_id["hypothesis/H-1"], by_id["hypothesis/H-2"]
    assert front["hypotheses"] == [f"[[{one[0].stem}|H-1]]", f"[[{two[0].stem}|H-2]]"]
    assert {one[0].stem, two[0].stem} <= linked(text)
    assert by_id["paper/2611.00001"][0].stem in linked(text)  # related: on the same hypothesis
    for words in ("For [[", "Late interaction wins on long documents", "4/5 fair", "ha", "My heading", "todo", "ada"):
        assert words in text, words
    assert path.stem in linked(one[2])
    assert one[1]["state"] == "draft"
    assert "## For" in one[2]
    assert "## Against" in one[2]


def test_part_of_a_library_joins_what_is_there(full: Workspace, tmp_path: Path) -> None:
    first = export(full, tmp_path, Chosen([1]))
    assert (first.papers, first.created) == (1, 3)
    before = {path: path.read_text() for path in tmp_path.rglob("*.md") if path.parent.name == "Papers"}
    second = export(full, tmp_path, Chosen([2, 3]))
    assert (second.papers, second.created) == (2, 2)
    assert all(path.read_text() == text for path, text in before.items())
    names = {path.stem for path in tmp_path.rglob("*.md")}
    for _, _, text in notes(tmp_path):
        assert linked(text) <= names


def test_a_title_that_changes_renews_the_note_under_its_name(full: Workspace, tmp_path: Path) -> None:
    export(full, tmp_path)
    path = next(path for path, front, _ in notes(tmp_path) if front["labtop-id"] == "paper/2611.00000")
    path.write_text(path.read_text() + "my words\n")
    later = PaperDraft(key="2611.00000", kind="arxiv", source="test", title="Renamed", abstract="New.", version=2)
    full.store.write(lambda db: add_drafts(db, [later], at="2026-12-01T00:00:00Z")).result()
    report = export(full, tmp_path)
    assert report.created == 0
    assert report.updated >= 1
    text = path.read_text()
    assert "# Renamed" in text
    assert text.endswith("my words\n")
    assert "no longer stands" in text or "older version" in text


def test_a_reference_that_turns_out_to_be_on_arxiv_keeps_its_note(workspace: Workspace, tmp_path: Path) -> None:
    reference = PaperDraft(key="doi:10.1000/x", kind="reference", source="ris", title="On growth", doi="10.1000/x")
    workspace.store.write(lambda db: add_drafts(db, [reference], at="2026-11-30T00:00:00Z")).result()
    export(workspace, tmp_path)
    (path,) = tmp_path.rglob("*.md")
    path.write_text(path.read_text() + "mine\n")
    found = PaperDraft(key="2611.00001", kind="arxiv", source="atom", title="On growth", doi="10.1000/x", version=1)
    workspace.store.write(lambda db: add_drafts(db, [found], at="2026-12-01T00:00:00Z")).result()
    report = export(workspace, tmp_path)
    assert (report.papers, report.created, report.updated) == (1, 0, 1)
    ((_, front, text),) = notes(tmp_path)
    assert front["labtop-id"] == "paper/2611.00001"
    assert text.endswith("mine\n")


def test_a_sample_is_marked(full: Workspace, tmp_path: Path) -> None:
    from dataclasses import replace

    export(replace(full, demo=True), tmp_path)
    for _, front, text in notes(tmp_path):
        assert front["demo"] is True
        assert "DEMO" in text
