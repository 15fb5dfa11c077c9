"""Settings by their names, as a person types them: `arxiv.days`, "7"."""

import difflib
import re
from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any

from library.errors import UsageError
from library.settings import SECRETS, Settings
from library.text import one_line

MOST_DAYS = 90
SET = "(set)"  # what is shown of a secret


def keys() -> tuple[str, ...]:
    """Every setting's name, in the order of the file."""
    found: list[str] = []
    for item in fields(Settings):
        inner = getattr(Settings(), item.name)
        found += [f"{item.name}.{each.name}" for each in fields(inner)] if is_dataclass(inner) else [item.name]
    return tuple(found)


def value_of(settings: Settings, key: str) -> Any:
    """The value of a setting. Raises UsageError naming the nearest one."""
    _known(key)
    value: Any = settings
    for part in key.split("."):
        value = getattr(value, part)
    return value


def changed(settings: Settings, key: str, text: str) -> Settings:
    """`settings` with `key` set to what `text` says. Raises UsageError with what was expected."""
    value = _parse(key, value_of(Settings(), key), text)
    return with_value(settings, key, value)


def with_value(settings: Settings, key: str, value: Any) -> Settings:
    """`settings` with `key` set to `value`, unchecked."""
    table, _, name = key.rpartition(".")
    changes = {table: replace(getattr(settings, table), **{name: value})} if table else {name: value}
    return replace(settings, **changes)


def shown(value: Any) -> str:
    """A value as `changed` reads it back."""
    return " ".join(value) if isinstance(value, tuple) else str(value)


def public(settings: Settings, key: str) -> Any:
    """The value of a setting as it may be shown: of a key no more than that there is one. Raises UsageError."""
    value = value_of(settings, key)
    return SET if key in SECRETS and value else value


def categories(text: str | Sequence[str]) -> tuple[str, ...]:
    """Category codes between blanks or commas, each once, spelled as arXiv does. Raises UsageError with a near one."""
    from library.arxiv.categories import find_categories

    words = re.split(r"[\s,;]+", text if isinstance(text, str) else " ".join(text))
    return tuple(category.code for category in find_categories(word for word in words if word))


def contact(text: str) -> str:
    """An address or web page by which arXiv can reach whoever asks; empty is allowed. Raises UsageError."""
    found = one_line(text)
    if found and (len(found) > 200 or not re.fullmatch(r"(?:mailto:)?[^@\s]+@[^@\s]+\.[^@\s]+|https?://\S+", found)):
        raise UsageError(
            f"{found[:60]!r} is no contact.", mend="Give an e-mail address or a web page: arXiv asks for one."
        )
    return found


def days(text: str) -> int:
    """How many days back to fetch, 0 to 90. Raises UsageError."""
    number = _whole(text, "arxiv.days")
    if not 0 <= number <= MOST_DAYS:
        raise UsageError(f"arxiv.days goes from 0 to {MOST_DAYS}.", mend="More days come with labtop import.")
    return number


def _model(text: str) -> str:
    name = one_line(text)
    if not name:
        raise UsageError("encoder.model needs a name or a folder.", mend="--default sets back the one that came along.")
    return name


def _device(text: str) -> str:
    from library.vectors.devices import device_problem

    device_problem(text)
    return text


def _batch(text: str) -> int:
    number = _whole(text, "encoder.batch_size")
    if not 1 <= number <= 4096:
        raise UsageError("encoder.batch_size goes from 1 to 4096.")
    return number


def _share(text: str) -> int:
    number = _whole(text, "triage.share")
    if not 1 <= number <= 90:
        raise UsageError("triage.share goes from 1 to 90.", mend="10 leaves a tenth of the papers above the line.")
    return number


def _explore(text: str) -> int:
    number = _whole(text, "triage.explore")
    if not 0 <= number <= 10:
        raise UsageError("triage.explore goes from 0 to 10.", mend="Two or three a day cost little.")
    return number


def _inbox_days(text: str) -> int:
    number = _whole(text, "triage.days")
    if not 1 <= number <= 60:
        raise UsageError("triage.days goes from 1 to 60.", mend="Older days open one by one, with [ on the screen.")
    return number


def _later_days(text: str) -> int:
    number = _whole(text, "triage.later_days")
    if not 0 <= number <= 365:
        raise UsageError("triage.later_days goes from 0 to 365.", mend="0 brings what was put off back at once.")
    return number


def _in_progress(text: str) -> int:
    number = _whole(text, "reading.in_progress")
    if not 0 <= number <= 1000:
        raise UsageError("reading.in_progress goes from 0 to 1000.", mend="0 never asks whether you mean it.")
    return number


def _interval(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= 3600:
        raise UsageError("arxiv.min_interval_seconds is a number of seconds.", mend="arXiv asks for 3 or more.")
    return seconds


def _month(text: str) -> int:
    number = _whole(text, "programme.fiscal_month")
    if not 1 <= number <= 12:
        raise UsageError("programme.fiscal_month goes from 1 to 12.", mend="4 is a fiscal year that begins in April.")
    return number


def _fresh_days(text: str) -> int:
    number = _whole(text, "enrichment.days")
    if not 1 <= number <= 365:
        raise UsageError("enrichment.days goes from 1 to 365.", mend="14 asks again every two weeks.")
    return number


def _key(text: str) -> str:
    found = text.strip()
    if (
        found == SET
        or len(found) > 300
        or not found.isascii()
        or any(c.isspace() or not c.isprintable() for c in found)
    ):
        raise UsageError(
            "That is no key: it is one word of letters and digits.", mend="Copy it from the service's page."
        )
    return found


_CHECKS: dict[str, Callable[[str], Any]] = {
    "programme.fiscal_month": _month,
    "enrichment.days": _fresh_days,
    **dict.fromkeys(SECRETS, _key),
    "arxiv.categories": categories,
    "arxiv.contact": contact,
    "arxiv.days": days,
    "arxiv.min_interval_seconds": _interval,
    "encoder.model": _model,
    "encoder.device": _device,
    "encoder.batch_size": _batch,
    "triage.share": _share,
    "triage.explore": _explore,
    "triage.days": _inbox_days,
    "triage.later_days": _later_days,
    "reading.in_progress": _in_progress,
}


def _parse(key: str, default: Any, text: str) -> Any:
    if key in _CHECKS:
        return _CHECKS[key](text)
    found = one_line(text)
    if isinstance(default, tuple):
        return tuple(re.split(r"[\s,]+", found)) if found else ()
    if isinstance(default, bool):
        if found.lower() not in ("true", "false", "yes", "no", "on", "off"):
            raise UsageError(f"{key} is true or false.")
        return found.lower() in ("true", "yes", "on")
    if isinstance(default, int):
        return _whole(found, key)
    if isinstance(default, float):
        return _amount(found, key)
    if key.endswith("_url") and not re.fullmatch(r"https?://[^\s/]+\S*", found):
        raise UsageError(f"{key} is a web address (http:// or https://).")
    return found


def _whole(text: str, key: str) -> int:
    try:
        return int(text.strip())
    except ValueError as error:
        raise UsageError(f"{key} is a whole number, not {one_line(text)[:40]!r}.") from error


def _amount(text: str, key: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number < float("inf"):
        raise UsageError(f"{key} is a number from 0 up, not {text[:40]!r}.")
    return number


def _known(key: str) -> None:
    if key in keys():
        return
    near = difflib.get_close_matches(key, keys(), 1, cutoff=0.5)
    last = [known for known in keys() if known.rpartition(".")[2] == key.rpartition(".")[2]]
    hint = f"Did you mean {(last or near)[0]}?" if last or near else f"Known: {', '.join(keys())}."
    raise UsageError(f"There is no setting {one_line(key)[:60]!r}.", mend=hint)
