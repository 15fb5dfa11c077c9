"""Choices are checked where they are typed, stored once, journalled, and safe to make again."""

from pathlib import Path

import pytest

from library.db.journal import entries, undo
from library.errors import UsageError
from library.init import Choices, change_settings, interests_in, interests_of, set_up
from library.preferences import categories, changed, contact, days, keys, shown, value_of
from library.settings import Settings, load_settings
from library.workspace import Workspace


def test_choices_are_stored_and_what_was_not_chosen_stays(workspace: Workspace) -> None:
    workspace.paths.settings.write_text('# mine\ntheme = "labtop-light"\n')
    after = set_up(workspace, Choices(categories=("cs.IR",), contact="a@b.org", interests=("late interaction",)))
    assert after.settings.arxiv.categories == ("cs.IR",)
    assert after.settings.theme == "labtop-light"
    assert workspace.paths.settings.read_text().startswith("# mine")
    set_up(workspace, Choices(days=3, interests=("Late Interaction", "new one")))
    stored = load_settings(workspace.paths.settings)
    assert (stored.arxiv.days, stored.arxiv.contact) == (3, "a@b.org")
    read = workspace.store.read(lambda db: interests_of(db, "ada")).result()
    assert read == ("late interaction", "new one")


def test_choices_are_journalled_and_an_interest_can_be_undone(workspace: Workspace) -> None:
    set_up(workspace, Choices(days=3, interests=("a topic",)))
    actions = [entry.action for entry in workspace.store.read(entries).result()]
    assert actions == ["settings", "interest.add"]
    workspace.store.write(lambda db: undo(db, "ada")).result()
    assert workspace.store.read(lambda db: interests_of(db, "ada")).result() == ()


def test_nothing_chosen_changes_nothing(workspace: Workspace) -> None:
    set_up(workspace, Choices())
    assert not workspace.paths.settings.exists()
    assert workspace.store.read(entries).result() == ()
    assert change_settings(workspace, Settings()) == ()


@pytest.mark.parametrize(
    ("text", "found"), [("cs.ir, CS.cl", ("cs.IR", "cs.CL")), ("", ()), (" ; ", ()), ("cs.IR cs.IR", ("cs.IR",))]
)
def test_categories_are_read_as_people_type_them(text: str, found: tuple[str, ...]) -> None:
    assert categories(text) == found


@pytest.mark.parametrize(
    ("key", "text", "hint"),
    [
        ("arxiv.categories", "cs.IIR", r"cs\.IR"),
        ("arxiv.categories", "cs", "archive"),
        ("arxiv.contact", "me", "e-mail"),
        ("arxiv.contact", "a@b.org\nX-Evil: 1", "contact"),
        ("arxiv.days", "many", "whole number"),
        ("arxiv.days", "-1", "0 to 90"),
        ("arxiv.days", "91", "0 to 90"),
        ("arxiv.min_interval_seconds", "nan", "seconds"),
        ("arxiv.api_url", "file:///etc/passwd", "web address"),
        ("encoder.device", "gpu", "device"),
        ("encoder.batch_size", "0", "4096"),
        ("arxiv.dayz", "1", r"arxiv\.days"),
        ("days", "1", r"arxiv\.days"),
        ("arxiv", "1", "no setting"),
    ],
)
def test_a_wrong_value_names_what_was_expected(key: str, text: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        changed(Settings(), key, text)
    import re

    assert re.search(hint, str(caught.value))


@pytest.mark.parametrize("key", keys())
def test_every_setting_reads_back_what_it_shows(key: str) -> None:
    text = shown(value_of(Settings(), key))
    if text:
        assert changed(Settings(), key, text) == Settings()


def test_words_become_interests() -> None:
    assert interests_in("a;b\n a ;; \x1b[31mc") == ("a", "b", "c")
    assert contact(" https://example.org/me ") == "https://example.org/me"
    assert days(" 7 ") == 7


def test_settings_survive_a_file_that_is_not_there_yet(tmp_path: Path) -> None:
    assert load_settings(tmp_path / "settings.toml") == Settings()
