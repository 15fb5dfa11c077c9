"""A note of two hands: labtop's part is renewed, everything else stays letter for letter; PyYAML reads the front."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from library.errors import UsageError
from library.exporting.vault.folder import open_folder
from library.exporting.vault.naming import folded, stem
from library.exporting.vault.note import Note, id_in, new_text, plain, renewed, wikilink
from library.exporting.vault.properties import lines_of, read_list, split_front
from tests.library.exporting.nasty import TITLES, titles, words

NOTE = Note(
    id="paper/2611.01234",
    folder="Papers",
    name="On growth",
    properties={"title": "On growth", "authors": ["Ada Lovelace", "王小明"], "year": 2026, "demo": True},
    body="# On growth\n\nWhat grows.",
    tags=("kv-cache",),
    retired=("decision",),
)


def front(text: str) -> dict[str, object]:
    match = re.match(r"---\n(.*?)\n---\n", text, re.DOTALL)
    assert match is not None
    found = yaml.safe_load(match[1])
    assert isinstance(found, dict)
    return found


def test_a_new_note() -> None:
    text = new_text(NOTE)
    assert front(text) == {
        "labtop-id": "paper/2611.01234",
        "title": "On growth",
        "authors": ["Ada Lovelace", "王小明"],
        "year": 2026,
        "demo": True,
        "aliases": ["On growth"],
        "tags": ["kv-cache"],
        "labtop-tags": ["kv-cache"],
    }
    assert text.endswith("%% labtop:end %%\n\n## My notes\n\n")
    assert id_in(text) == NOTE.id
    assert renewed(text, NOTE) == (text, "unchanged")


@given(titles, st.lists(words.filter(bool), max_size=3), words)
def test_front_matter_says_what_went_in(title: str, authors: list[str], tag: str) -> None:
    note = replace(NOTE, properties={"title": title, "authors": authors}, tags=(tag,) if tag else ())
    text = new_text(note)
    found = front(text)
    assert (found["title"], found["authors"]) == (title, authors)
    assert found.get("tags") == ([tag] if tag else None)
    assert id_in(text) == NOTE.id
    assert renewed(text, note) == (text, "unchanged")


@given(st.text(st.characters(codec="utf-8")))
def test_any_text_at_all_is_a_property(text: str) -> None:
    value = yaml.safe_load("\n".join(lines_of("key", text)))
    assert value == {"key": text}
    assert yaml.safe_load("\n".join(lines_of("key", [text, "b"]))) == {"key": [text, "b"]}


@given(words, words)
def test_what_a_person_wrote_stays(above: str, below: str) -> None:
    text = new_text(NOTE)
    at = text.index("%% labtop:begin")
    text = text[:at] + f"{above}\n\n" + text[at:] + f"{below}\n- [ ] todo\n"
    changed = replace(NOTE, body="# On growth\n\nIt grew.", properties={"title": "On growing"}, tags=())
    new, state = renewed(text, changed)
    if "%% labtop" in above + below:
        return
    assert state == "updated"
    assert f"---\n{above}\n\n%% labtop:begin" in new
    assert new.endswith(f"## My notes\n\n{below}\n- [ ] todo\n")
    assert "It grew." in new
    assert "What grows." not in new
    assert front(new) == {
        "labtop-id": "paper/2611.01234",
        "title": "On growing",
        "authors": ["Ada Lovelace", "王小明"],
        "year": 2026,
        "demo": True,
        "aliases": ["On growing"],
        "tags": [],
    } | {name: front(new)[name] for name in ("authors", "year", "demo") if name in front(new)}
    assert renewed(new, changed) == (new, "unchanged")


def test_properties_and_tags_of_the_user_stay_beside_ours() -> None:
    text = new_text(NOTE)
    own = {
        **front(text),
        "rating": 5,
        "aliases": ["On growth", "growth"],
        "tags": ["kv-cache", "mine"],
        "decision": "keep",
    }
    # As an editor of properties writes them anew: other order, other quotes.
    text = f"---\n{yaml.safe_dump(own, allow_unicode=True, sort_keys=True)}---\n{text.split('---', 2)[2].lstrip()}"
    assert id_in(text) == NOTE.id
    changed = replace(NOTE, tags=("reranking",), properties={**NOTE.properties, "title": "On growing"})
    new, state = renewed(text, changed)
    assert state == "updated"
    found = front(new)
    assert found["rating"] == 5
    assert found["tags"] == ["reranking", "mine"]
    assert found["aliases"] == ["On growing", "growth"]
    assert "decision" not in found  # ours, and there is none now
    assert renewed(new, changed) == (new, "unchanged")


@given(st.integers(0, 40), words.filter(lambda text: bool(text.strip("-"))), st.booleans())
def test_no_line_of_a_person_is_ever_lost(place: int, typed: str, comment: bool) -> None:
    lines = new_text(NOTE).split("\n")
    place = 1 + place % (len(lines) - 1)
    in_front = place <= lines.index("---", 1)
    mine = f"# {typed}" if comment or in_front else typed
    text = "\n".join([*lines[:place], mine, *lines[place:]])
    changed = replace(NOTE, body="It grew.", properties={"title": "On growing"}, tags=("other",))
    new, state = renewed(text, changed)
    assert mine in new.split("\n")
    assert new == text or state == "updated"
    assert renewed(new, changed)[0] == new


@pytest.mark.parametrize(
    ("written", "values"),
    [
        (["tags: [a, 'b c', \"d\"]"], ["a", "b c", "d"]),
        (["tags:", "  - a", "  - 'it''s'", '  - "x\\u00e9"'], ["a", "it's", "xé"]),
        (["tags: one"], ["one"]),
        (["tags: []"], []),
        (["tags:"], []),
        (["tags: &anchor [a]"], None),
        (["tags: |", "  a"], None),
    ],
)
def test_lists_as_people_write_them(written: list[str], values: list[str] | None) -> None:
    assert read_list(written) == values
    if values:
        assert yaml.safe_load("\n".join(written))["tags"] in (values, values[0])


def test_what_is_no_list_is_left_alone() -> None:
    text = new_text(NOTE).replace('tags:\n  - "kv-cache"\n', "tags: &mine [a]\n", 1)
    new, _ = renewed(text, replace(NOTE, tags=("other",)))
    assert "tags: &mine [a]\n" in new


def test_an_edited_part_is_not_overwritten_unasked() -> None:
    text = new_text(NOTE).replace("What grows.", "What grows, said ada.")
    changed = replace(NOTE, body="# On growth\n\nIt grew.")
    assert renewed(text, changed) == (text, "edited")
    new, state = renewed(text, changed, force=True)
    assert state == "updated"
    assert "said ada" not in new
    # Blanks at the ends of lines are editors' doing.
    assert renewed(new.replace("It grew.", "It grew.  "), NOTE)[1] == "updated"


@pytest.mark.parametrize("mark", ["%% labtop:begin", "%% labtop:end %%"])
def test_without_its_marks_a_note_is_left(mark: str) -> None:
    text = re.sub(rf"^{mark}.*\n", "", new_text(NOTE), flags=re.MULTILINE)
    assert renewed(text, NOTE) == (text, "unmarked")
    new, _ = renewed(text, NOTE, force=True)
    assert new.count("%% labtop:begin") == new.count("%% labtop:end") == 1
    assert "What grows.\n" in new.split("%% labtop:end %%")[1]
    twice = new_text(NOTE) + "\n%% labtop:end %%\n"
    assert renewed(twice, NOTE) == (twice, "unmarked")


@given(st.one_of(st.sampled_from(TITLES), words))
def test_no_text_ends_our_part_or_hides_the_rest(body: str) -> None:
    note = replace(NOTE, body=f"before\n{body}\n%% labtop:end %%\n%% labtop:begin %%\nafter")
    text = new_text(note)
    assert len(re.findall("%%", text)) == 4
    assert renewed(text, note) == (text, "unchanged")
    assert renewed(text + "mine", replace(NOTE, body="x"))[0].endswith("mine")


@given(titles)
def test_no_text_is_a_link_a_tag_or_a_comment(title: str) -> None:
    shown = plain(title)
    assert "[[" not in shown.replace("\\[", "")
    assert "%%" not in shown.replace("\\%", "")
    assert "==" not in shown.replace("\\=", "")
    assert not re.search(r"(?:^|\s)#[^\s#\\]", shown)
    link = wikilink("On growth (1)", title)
    assert re.fullmatch(r"\[\[[^\[\]]*\]\]", link)


# Names


@given(
    st.one_of(st.sampled_from(TITLES), titles),
    st.sampled_from(["2611.01234", "cs-0612047", "smith2020", "n" * 3_000, ""]),
)
def test_names_that_every_system_takes(title: str, mark: str) -> None:
    name = stem(title, mark, lambda _: False)
    assert 0 < len(f"{name}.md".encode()) <= 150
    assert not re.search(r"[\\/:*?\"<>|#^\[\]%\x00-\x1f\u202a-\u202e\u2066-\u2069\u200f]", name)
    assert name == name.strip(" .")
    assert not name.startswith(".")
    assert not re.fullmatch(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?", name)
    assert name.encode().decode() == name


@pytest.mark.parametrize("title", ["con", "AUX", "nul.txt", "COM1", "", "...", "  ", "///"])
def test_names_that_windows_keeps_for_itself(title: str) -> None:
    assert folded(stem(title, "", lambda _: False)) not in ("con", "aux", "nul.txt", "com1", "", "...")


def test_names_that_differ_in_case_or_accents_alone_are_told_apart() -> None:
    taken: set[str] = set()
    found = []
    for title in ("Résumé", "RÉSUMÉ", "Re\u0301sume\u0301", "straße", "STRASSE"):
        name = stem(title, "", lambda wished: folded(wished) in taken)
        taken.add(folded(name))
        found.append(name)
    assert len(taken) == 5
    assert found[1] == "RÉSUMÉ 2"


# The folder


def written(root: Path, *notes: Note, renew: bool = False) -> list[str]:
    folder = open_folder(root, renew=renew)
    for note in notes:
        folder.plan(note.id, note.name, "")
    states = [folder.write(note) for note in notes]
    return [*states, *(left.reason for left in folder.left)]


def test_a_renamed_and_moved_note_is_found_again(tmp_path: Path) -> None:
    assert written(tmp_path, NOTE) == ["created"]
    (tmp_path / "Deep" / "er").mkdir(parents=True)
    (tmp_path / "Papers" / "On growth.md").rename(tmp_path / "Deep" / "er" / "Mein Name.md")
    assert open_folder(tmp_path).name_of(NOTE.id) == "Mein Name"
    assert written(tmp_path, replace(NOTE, body="new")) == ["updated"]
    assert [path.name for path in tmp_path.rglob("*.md")] == ["Mein Name.md"]


def test_somebody_elses_note_of_that_name_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "Papers").mkdir()
    (tmp_path / "Papers" / "on GROWTH.md").write_text("mine")
    (tmp_path / "Papers" / "target").write_text("x")
    (tmp_path / "Papers" / "On growth 2.md").symlink_to(tmp_path / "Papers" / "target")
    assert written(tmp_path, NOTE) == ["created"]
    assert (tmp_path / "Papers" / "on GROWTH.md").read_text() == "mine"
    assert (tmp_path / "Papers" / "target").read_text() == "x"
    assert (tmp_path / "Papers" / "On growth 3.md").exists()


def test_line_ends_and_times_stay(tmp_path: Path) -> None:
    written(tmp_path, NOTE)
    path = tmp_path / "Papers" / "On growth.md"
    path.write_bytes((path.read_text() + "mine\n").replace("\n", "\r\n").encode())
    before = path.stat().st_mtime_ns
    assert written(tmp_path, NOTE) == ["unchanged"]
    assert path.stat().st_mtime_ns == before
    assert written(tmp_path, replace(NOTE, body="new")) == ["updated"]
    data = path.read_bytes()
    assert data.count(b"\r\n") == data.count(b"\n")
    assert data.endswith(b"mine\r\n")


def test_what_was_edited_is_reported_and_on_request_kept_aside(tmp_path: Path) -> None:
    written(tmp_path, NOTE)
    path = tmp_path / "Papers" / "On growth.md"
    edited = path.read_text().replace("What grows.", "Mine.")
    path.write_text(edited)
    new = replace(NOTE, body="new")
    states = written(tmp_path, new)
    assert states[0] == "edited"
    assert "left as it is" in states[1]
    assert path.read_text() == edited
    for number in ("", " 2"):
        path.write_text(edited)
        assert written(tmp_path, new, renew=True)[0] == "updated"
        assert (tmp_path / ".labtop" / "kept" / f"On growth{number}.md").read_text() == edited
    assert written(tmp_path, new) == ["unchanged"]


def test_copies_broken_files_and_hidden_folders(tmp_path: Path) -> None:
    written(tmp_path, NOTE)
    path = tmp_path / "Papers" / "On growth.md"
    copy = tmp_path / "Papers" / "Z copy.md"
    copy.write_text(path.read_text())
    (tmp_path / ".trash").mkdir()
    (tmp_path / ".trash" / "On growth.md").write_text(path.read_text())
    (tmp_path / "latin.md").write_bytes(b"---\nlabtop-id: \xe9\n---\n")
    assert written(tmp_path, replace(NOTE, body="new"))[0] == "updated"
    assert [left.file for left in open_folder(tmp_path).left] == ["Papers/Z copy.md"]
    assert "What grows." in copy.read_text()
    with pytest.raises(UsageError):
        open_folder(path)


def test_split_front_needs_front_matter() -> None:
    assert split_front("no front") is None
    assert split_front("---\nopen: end\n") is None
    assert split_front("\ufeff---\na: 1\n# c\n---\nrest") == ([("a", ["a: 1", "# c"])], "rest")
