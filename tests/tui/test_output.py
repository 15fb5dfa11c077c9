"""What commands print, whatever is in it."""

import json

import pytest

from tui.output import print_json

HOSTILE = "\x1b[31m\x07\x7f\x9b5m\u202eabc\u2066 é 漢字"


def test_json_is_read_back_and_brings_no_escapes(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"id": HOSTILE, "list": [HOSTILE]})
    out = capsys.readouterr().out
    assert json.loads(out) == {"id": HOSTILE, "list": [HOSTILE]}
    assert not set(out) & set("\x1b\x07\x7f\x9b\u202e\u2066")
    assert "é 漢字" in out
