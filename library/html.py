"""Markdown as one HTML page: a single file that loads nothing, for screens light and dark and for paper.

The Markdown is the source of truth; the same text always gives the same bytes. HTML, links and pictures in it are shown
as text: what labtop writes has none, so none can be brought in. Addresses of papers on arXiv are the one exception,
where a page asks for it.
"""

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from library.paths import reference_data
from library.text import one_line

if TYPE_CHECKING:
    from jinja2 import Template
    from markdown_it import MarkdownIt

_OFF: Final = ("html_block", "html_inline", "link", "image", "autolink", "reference", "entity")


# What arXiv calls its papers, and nothing else: the only addresses that may become links.
_ARXIV: Final = re.compile(r"https://arxiv\.org/abs/(?:\d{4}\.\d{4,5}|[a-z][a-z\-]{1,20}/\d{7})(?:v\d+)?(?![\w/.%-])")


def page(title: str, markdown: str, *, arxiv_links: bool = False) -> str:
    """`markdown` as a whole page called `title`; `arxiv_links`: addresses of papers on arXiv can be followed."""
    from markupsafe import Markup

    body = re.sub(r"<table>.*?</table>", r'<div class="table">\g<0></div>', _parser().render(markdown), flags=re.DOTALL)
    # Alignment as classes: the page's policy allows no style attributes.
    body = re.sub(r'<(t[dh]) style="text-align:(left|right|center)">', r'<\1 class="\2">', body)
    if arxiv_links:
        body = _ARXIV.sub(lambda found: f'<a href="{found[0]}">{found[0]}</a>', body)
    return _template().render(title=one_line(title), body=Markup(body)) + "\n"


@lru_cache(1)
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table").disable(list(_OFF))


@lru_cache(1)
def _template() -> "Template":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(reference_data() / "templates"), autoescape=True, undefined=StrictUndefined
    )
    return environment.get_template("document.html")
