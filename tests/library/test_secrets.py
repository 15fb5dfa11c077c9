"""Keys of services: never shown, journalled, or in a backup; going back to one keeps those that are here."""

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from library.backup.make import make_backup
from library.backup.restore import restore
from library.db.journal import entries
from library.init import change_settings
from library.preferences import changed
from library.secrets import with_keys_of, without_keys
from library.settings import EnrichmentSettings, Settings, load_settings, save_settings
from planner.workspace import MIGRATIONS, open_workspace, workspace_paths
from tui.cli import run

KEY = "s3cretKEY0123456789"


@pytest.mark.parametrize(
    "text",
    [
        f'[enrichment]\nopenalex = true\nopenalex_key = "{KEY}" # mine\n',
        f'enrichment = {{ openalex = true, semantic_scholar_key = "{KEY}" }}\n',
        f'enrichment.openalex_key = "{KEY}"\n',
        f'# openalex_key = "{KEY}"\nname = "x"\n',
        f'[[broken\nopenalex_key="{KEY}"\nname = "x"\n',
    ],
)
def test_no_way_of_writing_a_key_survives(text: str) -> None:
    assert KEY not in without_keys(text)
    assert "name" not in text or 'name = "x"' in without_keys(text)


def test_keys_of_here_are_kept() -> None:
    here = f'[enrichment]\nopenalex_key = "{KEY}"\n'
    assert f'openalex_key = "{KEY}"' in with_keys_of('name = "old"\n', here)
    assert with_keys_of('name = "old"\n', "not = [toml") == 'name = "old"\n'
    other = with_keys_of("[enrichment]\nopenalex = true # yes\n", here)
    assert "openalex = true # yes" in other
    assert KEY in other


def test_a_key_is_set_and_nobody_is_shown_it(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    home = tmp_path / "home"
    for words in (
        ("settings", "enrichment.openalex_key", KEY),
        ("settings", "enrichment.openalex_key"),
        ("settings",),
        ("settings", "--json"),
        ("settings", "enrichment.openalex_key", "--json"),
        ("journal", "--json"),
        ("doctor", "--json"),
    ):
        run([*words, "--home", str(home)])
        out, err = capsys.readouterr()
        assert KEY not in out + err, words
        if words[0] == "settings":
            assert "(set)" in out, words
    settings = load_settings(home / "settings.toml")
    assert settings.enrichment.openalex_key == KEY
    assert KEY not in repr(settings)


def test_a_key_may_come_by_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{KEY}\n"))
    assert run(["settings", "enrichment.semantic_scholar_key", "-", "--home", str(tmp_path / "home")]) == 0
    assert load_settings(tmp_path / "home" / "settings.toml").enrichment.semantic_scholar_key == KEY


def test_a_key_is_neither_journalled_nor_backed_up_and_restoring_keeps_it(tmp_path: Path) -> None:
    home = tmp_path / "home"
    paths = workspace_paths(home)
    with open_workspace(home, person="ada") as workspace:
        old = replace(Settings(), name="before", enrichment=EnrichmentSettings(openalex_key="older" + KEY))
        change_settings(workspace, old)
        backup = make_backup(paths)
        change_settings(workspace, replace(old, name="after", enrichment=EnrichmentSettings(openalex_key=KEY)))
        told = workspace.store.read(lambda db: entries(db)).result()
        assert not [entry for entry in told if KEY in entry.summary]
    with zipfile.ZipFile(backup.path) as archive:
        assert not [name for name in archive.namelist() if KEY.encode() in archive.read(name)]
    restore(paths, backup.path, person="ada", migrations=MIGRATIONS)
    settings = load_settings(paths.settings)
    assert (settings.name, settings.enrichment.openalex_key) == ("before", KEY)


def test_what_is_no_key_is_refused(tmp_path: Path) -> None:
    from library.errors import UsageError

    for wrong in ("two words", "schlüssel", "(set)", "x" * 400):
        with pytest.raises(UsageError, match="no key"):
            changed(Settings(), "enrichment.openalex_key", wrong)
    assert changed(Settings(), "enrichment.openalex_key", "").enrichment.openalex_key == ""
    save_settings(tmp_path / "s.toml", Settings())
