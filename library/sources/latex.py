r"""LaTeX in bibliographies to plain text: accents and commands become characters, `$…$` stays as written.

Braces that only guard capitals go: "{LSTM} networks" is read as "LSTM networks". `%`, `&`, `#` and `_` outside math
are what people mean by them, not LaTeX's comment, tabulator, parameter and subscript.
"""

import functools
import re
from typing import Any

from library.text import one_line

_SPECIAL = re.compile(r"[\\{}~$]|--|``|''")
_MATH = re.compile(r"(?<!\\)\$(?:[^$\\]|\\.){1,2000}\$")
_BARE = re.compile(r"(?<!\\)([%&#])")
_CHARACTERS = {"{": "", "}": "", "~": " ", "---": "—", "--": "–", "``": "“", "''": "”"}
_TYPED = re.compile("|".join(sorted(map(re.escape, _CHARACTERS), key=len, reverse=True)))
_DEEP = 60  # levels of braces; pylatexenc would run out of stack at some hundreds
_LINK = re.compile(r"\\href\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
_URL = re.compile(r"\\(?:url|path|nolinkurl)\s*\{([^{}]*)\}")


def latex_to_text(value: str) -> str:
    """`value` as one line of plain text."""
    if not _SPECIAL.search(value):
        return one_line(value)
    if _depth(value) > _DEEP or len(value) > 400_000:
        return one_line(re.sub(r"[{}]", "", value))
    parts: list[str] = []
    start = 0
    for match in _MATH.finditer(value):
        parts += [_decoded(value[start : match.start()]), match.group()]
        start = match.end()
    parts.append(_decoded(value[start:]))
    return one_line("".join(parts))


def latex_to_paragraphs(value: str) -> str:
    """As latex_to_text, with blank lines between paragraphs kept."""
    return "\n\n".join(text for part in re.split(r"\n\s*\n", value) if (text := latex_to_text(part)))


def _decoded(text: str) -> str:
    if "\\" not in text:  # most of a bibliography: nothing that takes a parser
        return _TYPED.sub(lambda match: _CHARACTERS[match[0]], text)
    text = _URL.sub(lambda match: match[1].replace("\\", ""), _LINK.sub(lambda match: match[2], text))
    text = _BARE.sub(r"\\\1", text).replace("$", r"\$").replace(r"\\$", r"\$")
    try:
        decoded: str = _converter().latex_to_text(text)
    except Exception:  # pylatexenc raises many kinds on what is not LaTeX; the text itself is still worth keeping
        return re.sub(r"[{}]", "", text)
    return decoded


@functools.cache
def _converter() -> Any:
    from pylatexenc.latex2text import LatexNodes2Text, MacroTextSpec, get_default_latex_context_db

    names = ("TeX", "LaTeX", "LaTeXe", "BibTeX", "XeTeX", "LuaTeX", "KaTeX")  # pylatexenc reads them as nothing
    context = get_default_latex_context_db()
    context.add_context_category("logos", [MacroTextSpec(name, name) for name in names], prepend=True)
    return LatexNodes2Text(context, math_mode="verbatim", keep_comments=True, strict_latex_spaces=True, fill_text=False)


def _depth(text: str) -> int:
    deepest = level = 0
    for character in text:
        if character == "{":
            level += 1
            deepest = max(deepest, level)
        elif character == "}":
            level = max(0, level - 1)
    return deepest
