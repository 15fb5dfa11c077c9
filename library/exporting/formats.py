"""The formats that papers are written in, one file each."""

import importlib
from collections.abc import Mapping
from typing import Final, cast

from library.errors import UsageError
from library.exporting.model import Format, FormatName, Write

# format → (module, suffix, what it is for)
FORMATS: Final[Mapping[str, tuple[str, str, str]]] = {
    "bibtex": ("bibtex", ".bib", "LaTeX and every reference manager"),
    "ris": ("ris", ".ris", "Zotero, EndNote, Mendeley"),
    "csl": ("csl", ".json", "CSL-JSON: pandoc and citation processors"),
    "csv": ("tabular", ".csv", "spreadsheets"),
    "markdown": ("markdown_list", ".md", "a list to read or to post"),
    "jsonl": ("json_lines", ".jsonl", "all that is stored, for another labtop or a script"),
}
_WHOLE: Final = ("jsonl",)


def format_of(name: str) -> Format:
    """The format of that name. Raises UsageError for an unknown one."""
    if name not in FORMATS:
        raise UsageError(f"There is no format {name} to export.", mend=f"Known: {', '.join(FORMATS)}.")
    module, suffix, about = FORMATS[name]
    write: Write = importlib.import_module(f"library.exporting.{module}").write
    return Format(cast(FormatName, name), suffix, about, write, name in _WHOLE)
