"""Keys in settings.toml: they stay on this machine. A backup goes without them, and going back keeps those of here."""

import re
import tomllib
from typing import Any, Final

from library.settings import SECRETS

_NAMES: Final = tuple(key.partition(".")[2] for key in SECRETS)
_NAMED: Final = re.compile(rf"^.*\b(?:{'|'.join(_NAMES)})\b[\"']?\s*=.*$\n?", re.MULTILINE)


def without_keys(text: str) -> str:
    """The settings without their keys; those in comments go, too, and those in a file that is no valid TOML."""
    import tomlkit

    try:
        document = tomlkit.parse(text)
        for table, name in (key.split(".") for key in SECRETS):
            inner = document.get(table)
            if isinstance(inner, dict) and name in inner:
                del inner[name]
        text = tomlkit.dumps(document)
    except (ValueError, KeyError):  # a backup of broken settings is better than none
        pass
    return _NAMED.sub("", text)


def with_keys_of(text: str, other: str) -> str:
    """The settings `text` with the keys that the settings `other` have."""
    import tomlkit

    keys = _keys(other)
    if not keys:
        return text
    document = tomlkit.parse(text)
    for key, value in keys.items():
        table, name = key.split(".")
        if table not in document:
            document[table] = tomlkit.table()
        inner: Any = document[table]
        inner[name] = value
    return tomlkit.dumps(document)


def _keys(text: str) -> dict[str, str]:
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return {}
    keys = {}
    for key in SECRETS:
        table, name = key.split(".")
        inner = found.get(table)
        value = inner.get(name) if isinstance(inner, dict) else None
        if isinstance(value, str) and value:
            keys[key] = value
    return keys
