"""What can go wrong between labtop and arXiv, each with the ledger state it leads to.

ArxivProblem       LabtopError, exit code 1
├── Offline        no answer: no network, a server that is down, stalls or breaks off
├── Throttled      arXiv asked for fewer requests; nothing is asked before `until`
│   └── Refused    403: arXiv wants no requests from here until a person has looked into it
└── BadAnswer      an answer that is not what it should be: HTML, cut-off XML, an unknown status
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Final

from library.clock import iso
from library.errors import LabtopError
from library.text import one_line

_HTML: Final = re.compile(r"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_MARKUP: Final = re.compile(r"<(?:script|style)\b.*?(?:</|$)|<[^<>]*>?", re.IGNORECASE | re.DOTALL)


def what_came(body: bytes) -> str:
    """What an answer is instead of what was asked for, in words: "an HTML page (“Down for maintenance”)"."""
    start = body[:4096].decode("utf-8", "replace")
    if not start.strip():
        return "an empty answer"
    shown = one_line(_MARKUP.sub(" ", start))[:80]
    if _HTML.search(start):
        return f"an HTML page (“{shown}”)" if shown else "an HTML page"
    if start.lstrip().startswith("<"):
        return "XML of another kind"
    return f"plain text (“{shown}”)" if shown else "something unreadable"


class ArxivProblem(LabtopError):
    """Why arXiv could not be read. `state` is the ledger's word for it; `evidence` is what was seen."""

    state: ClassVar[str] = "offline"

    def __init__(self, message: str, *, mend: str = "", evidence: Mapping[str, Any] | None = None) -> None:
        super().__init__(message, mend=mend)
        self.evidence = {"message": message, **(evidence or {})}


class Offline(ArxivProblem):
    """No usable answer came."""


class Throttled(ArxivProblem):
    """arXiv asked us to wait. `until`: UTC, not before."""

    state = "throttled"

    def __init__(
        self, message: str, *, until: datetime, mend: str = "", evidence: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(message, mend=mend, evidence={"until": iso(until), **(evidence or {})})
        self.until = until


class Refused(Throttled):
    """403: asking again at once would be taken for an attack."""


class BadAnswer(ArxivProblem):
    """An answer came, and it is not what was asked for."""

    state = "parse error"
