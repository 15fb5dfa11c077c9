"""A paper's PDF from arXiv: the version that is stored, from the host that arXiv wants machines to ask.

Through the one transport and the one limiter, so that a PDF counts like any other request. https://info.arxiv.org/help/bulk_data.html
"""

import re
from dataclasses import dataclass
from typing import Final

from library.arxiv.limiter import Limiter
from library.arxiv.problems import BadAnswer, what_came
from library.arxiv.transport import Answer, Transport
from library.errors import NotFound
from library.fulltext.files import Arriving
from library.jobs import CancelToken
from library.paths import user_state
from library.workspace import Workspace

_NAMED: Final = re.compile(r"v(\d{1,3})(?:\.pdf)?\"?\s*(?:;|$)")
_TOTAL_SECONDS: Final = 540.0  # for the whole file: below what others wait for their turn
_GONE: Final = frozenset({404, 410})


@dataclass(frozen=True, slots=True)
class Fetched:
    """Where it came from, and the version as arXiv names the file; None where it does not."""

    url: str
    version: int | None


def open_pdf_transport(workspace: Workspace, cancel: CancelToken | None) -> Transport:
    """A transport with this user's limiter that has more patience for a big file."""
    return Transport(
        workspace.settings.arxiv,
        Limiter(user_state()),
        now=workspace.clock.now,
        cancel=cancel,
        total_seconds=_TOTAL_SECONDS,
    )


def fetch(transport: Transport, base: str, version: int | None, target: Arriving, *, withdrawn: bool) -> Fetched:
    """Bring the PDF of arXiv paper `base` into `target`.

    Raises NotFound where arXiv has none, BadAnswer for what is no PDF, and the transport's problems.
    """
    named = f"{base}v{version}" if version else base
    url = f"{transport.settings.pdf_url.rstrip('/')}/{named}"
    answer = transport.get(url, into=target, also=_GONE)
    if answer.status in _GONE:
        why = "Its authors withdrew it." if withdrawn else "It was withdrawn, or there is only its source."
        raise NotFound(
            f"arXiv has no PDF of {named} ({answer.status}). {why}",
            mend=f"With a file of your own: labtop pdf {base} FILE.",
        )
    if b"%PDF-" not in answer.body[:1024]:
        raise BadAnswer(
            f"arXiv sent {what_came(answer.body)} instead of the PDF of {named}.",
            mend="It may still be made, or your network wants you to log in: try again later.",
            evidence={"url": answer.url, "status": answer.status},
        )
    if target.total and target.bytes < target.total:
        raise BadAnswer(f"The PDF of {named} broke off after {target.bytes:,} of {target.total:,} bytes.")
    return Fetched(answer.url, _version_named(answer) or version)


def _version_named(answer: Answer) -> int | None:
    """The version in the name that arXiv gives the file, or in the address that it sent us on to."""
    named = _NAMED.search(answer.headers.get("content-disposition", "")) or _NAMED.search(answer.url)
    return int(named[1]) if named else None
