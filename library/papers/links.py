"""Where a paper is on the web. Addresses are made here from ids; one that came with the paper must be http or https."""

from urllib.parse import quote, urlsplit

from library.papers.identity import abs_url, arxiv_id
from library.papers.model import Paper


def page_url(paper: Paper) -> str | None:
    """The paper's own page: arXiv, else its DOI, else the address it came with; None where there is none."""
    identifier = arxiv_id(paper.key)
    if identifier is not None:
        return abs_url(identifier.base)
    if paper.doi:
        return f"https://doi.org/{quote(paper.doi, safe='/:;().-_')}"
    return web_url(paper.url)


def stored_url(paper: Paper) -> str | None:
    """The address that the paper came with, as it was; else that of its arXiv page."""
    return paper.url or (abs_url(paper.key) if paper.kind == "arxiv" else None)


def pdf_url(paper: Paper) -> str | None:
    """The PDF on arXiv; None for papers from elsewhere, whose PDFs have no rule."""
    identifier = arxiv_id(paper.key)
    return f"https://arxiv.org/pdf/{identifier.base}" if identifier else None


def web_url(text: str | None) -> str | None:
    """`text` if it is a plain http(s) address with a host, else None: javascript:, file: and their like never open."""
    if not text or any(c.isspace() or not c.isprintable() for c in text):
        return None
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    return text if parts.scheme in ("http", "https") and parts.hostname else None
