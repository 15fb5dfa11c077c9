"""Whether two names mean one person, however they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.people import same


@pytest.mark.parametrize(
    "name",
    [
        "ada",
        "Ada",
        " ADA ",
        "a\u200bda",  # a character without width
        "ada\u2060",
        "\u00adada",
        "ａｄａ",  # full width
        "аda",  # a Cyrillic а
        "Аdа",
        "𝐚𝐝𝐚",  # mathematical letters
        "ada()",
        "[ada]",
        "«ada»",
        "ada.",
    ],
)
def test_lookalikes_are_one_person(name: str) -> None:
    assert same("ada", name)
    assert same(name, "ada")


@pytest.mark.parametrize(
    ("left", "right"),
    [("ada", "adam"), ("ada", "ida"), ("ada", None), (None, None), ("jan novák", "jan horák"), ("李", "王"), ("", "")],
)
def test_others_are_others(left: str | None, right: str | None) -> None:
    assert not same(left, right)


def test_names_in_any_script_are_themselves() -> None:
    for name in ("Нора Вебер", "Ελένη", "李雷", "José", "Zoë", "محمد", "İpek", "Straße"):
        assert same(name, name.upper())
        assert same(name, f" {name}\u200d")
    for name in ("🙂", "...", "\u200b"):  # of these nothing else is left
        assert same(name, name)
    assert not same("🙂", "🙃")
    assert same("jan van  dyk", "Jan van Dyk")
    assert not same("jan van dyk", "janvan dyk")


@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=20))
def test_it_is_symmetric_and_carries_over(one: str, two: str, three: str) -> None:
    assert same(one, two) == same(two, one)
    if same(one, two) and same(two, three):
        assert same(one, three)
