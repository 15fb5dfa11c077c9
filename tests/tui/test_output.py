"""What commands print, whatever is in it."""

import json

import pytest

from library.jobs import Progress
from tui.output import ProgressLine, print_json

HOSTILE = "\x1b[31m\x07\x7f\x9b5m\u202eabc\u2066 é 漢字"


def test_json_is_read_back_and_brings_no_escapes(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"id": HOSTILE, "list": [HOSTILE]})
    out = capsys.readouterr().out
    assert json.loads(out) == {"id": HOSTILE, "list": [HOSTILE]}
    assert not set(out) & set("\x1b\x07\x7f\x9b\u202e\u2066")
    assert "é 漢字" in out


def test_a_progress_line_never_wraps(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "50")
    with ProgressLine() as line:
        line(Progress("converting the model", 2, 3, 9.0, "comparing with the model's own vectors, once"))
    drawn = capsys.readouterr().err.split("\x1b[2K")[1]
    assert len(drawn.rstrip("\r")) <= 49
    assert drawn.startswith("converting the model ▇▇▇▇▇▇▁▁▁▁ 2 of 3")
