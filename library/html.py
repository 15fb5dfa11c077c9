"""Markdown as one HTML page: a single file that loads nothing, for screens light and dark and for paper.

The Markdown is the source of truth; the same text always gives the same bytes. HTML, links and pictures in it are shown
as text: what labtop writes has none, so none can be brought in.
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


def page(title: str, markdown: str) -> str:
    """`markdown` as a whole page called `title`."""
    from markupsafe import Markup

    body = re.sub(r"<table>.*?</table>", r'<div class="table">\g<0></div>', _parser().render(markdown), flags=re.DOTALL)
    # Alignment as classes: the page's policy allows no style attributes.
    body = re.sub(r'<(t[dh]) style="text-align:(left|right|center)">', r'<\1 class="\2">', body)
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
