"""Pictures hold whatever the moment: a cursor that blinks is there in one and not in the next."""

import pytest
from textual.widgets import Input, TextArea


@pytest.fixture(autouse=True)
def cursors_that_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Input, "cursor_blink", False)
    monkeypatch.setattr(TextArea, "cursor_blink", False)
