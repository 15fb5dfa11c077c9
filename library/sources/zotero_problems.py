"""Where a Zotero is, and what it means when it does not answer as it should."""

import ipaddress
from typing import Final
from urllib.parse import urlsplit

from library.errors import LabtopError, UsageError
from library.text import one_line

LOCAL: Final = "http://localhost:23119"
ALLOW: Final = (
    "In Zotero: Settings → Advanced → “Allow other applications on this computer to communicate with Zotero”."
)


class ZoteroProblem(LabtopError):
    """Zotero does not answer, or not with what was asked for."""


def base_url(text: str) -> str:
    """The address of a Zotero, without what follows its port. Raises UsageError."""
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        raise UsageError(f"{text!r} is no address of a Zotero.", mend=f"Such as {LOCAL}.")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}{f':{port}' if port else ''}"


def is_loopback(host: str) -> bool:
    """Whether that is this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def refusal(status: int, path: str, body: bytes) -> ZoteroProblem:
    """What a status other than 200 means."""
    said = one_line(body[:200].decode("utf-8", "replace"))
    if status == 403:
        return ZoteroProblem("Zotero does not let other programs read its library.", mend=ALLOW)
    if status == 404 and path.startswith("/users"):
        return ZoteroProblem("This Zotero has no local interface.", mend="Update it to Zotero 7 or newer.")
    if status == 501:
        return ZoteroProblem("This Zotero speaks another version of its interface.", mend="Update labtop or Zotero.")
    what = "is out of order" if status >= 500 else "refused the request"
    return ZoteroProblem(
        f"Zotero {what} ({status}{f': {said}' if said else ''}).", mend="Restart Zotero and try again."
    )
