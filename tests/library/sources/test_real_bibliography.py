"""All 290 real exports: every entry comes in right, or is kept with a reason. What is right is Zotero's own reading."""

import functools
import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from library.papers.importing import import_file
from library.papers.model import PaperDraft
from library.sources import BadRecord, Record
from library.sources.formats import detect, reader_of
from library.sources.opening import open_source
from library.workspace import Workspace
from tests.library.exporting.parsing import exported

pytestmark = pytest.mark.realdata
ZOTERO = Path("zotero_bbt_import") / "retorquere__zotero-better-bibtex"
_MARKUP = re.compile(r"<[^>]*>")


def files(folder: Path) -> list[Path]:
    found = (Path(base) / name for base, _, names in os.walk(folder) for name in names)
    return sorted(path for path in found if path.name not in ("index.json", "README.md"))


@functools.cache  # a third of a minute for all of them; several tests look at the same ones
def read(path: Path) -> tuple[str, tuple[Record | BadRecord, ...]]:
    with open_source(str(path)) as source:
        name = detect(source.head, str(path))
        assert name is not None, path
        return name, tuple(reader_of(name)(source.stream))


def test_every_file_is_read_and_every_entry_accounted_for(shared_data: Path) -> None:
    counts: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for path in files(shared_data / "bibliography"):
        name, found = read(path)
        counts["files"] += 1
        for item in found:
            counts[f"{name} {'read' if isinstance(item, Record) else 'kept'}"] += 1
            if isinstance(item, BadRecord):
                assert item.reason
                reasons[item.reason.split(":")[0]] += 1
            else:
                check(item.draft)
    assert counts["files"] == 290
    assert counts["bibtex read"] >= 8_512
    assert counts["ris read"] >= 3_321
    assert counts["json read"] >= 600
    assert counts["bibtex kept"] + counts["ris kept"] + counts["json kept"] <= 173
    assert set(reasons) <= {
        "no title, and no arXiv id or DOI to know it by",
        "not readable BibTeX",
        "a Zotero note on its own, not a reference",
    }
    assert reasons["not readable BibTeX"] <= 5


def check(draft: PaperDraft) -> None:
    """What holds of every draft, whatever file it came from."""
    assert draft.title
    assert draft.key
    assert draft.kind in ("arxiv", "reference")
    for text in (draft.title, draft.journal_ref or "", *(author.name for author in draft.authors)):
        assert "\n" not in text
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text)
    assert draft.published is None or re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", draft.published)


def plain(text: str) -> str:
    return re.sub(r"\W+", "", _MARKUP.sub("", text)).casefold()


def expectations(folder: Path) -> Iterator[tuple[PaperDraft | None, dict[str, Any]]]:
    """(what we read, what Zotero read) of every entry that both name by the same citation key."""
    for path in sorted(folder.glob("*.bib")):
        beside = path.with_suffix(".json")
        if beside.exists():
            ours: dict[str, PaperDraft] = {}
            for item in read(path)[1]:
                if isinstance(item, Record):
                    ours.setdefault(item.draft.extra["entry"]["key"], item.draft)
            items = json.loads(beside.read_text(encoding="utf-8")).get("items", [])
            theirs = {item.get("citationKey"): item for item in items if item["itemType"] not in ("note", "attachment")}
            yield from ((ours.get(key), item) for key, item in theirs.items() if key)


def test_entries_come_in_as_zotero_reads_them(shared_data: Path) -> None:
    same: Counter[str] = Counter()
    of: Counter[str] = Counter()
    for draft, item in expectations(shared_data / "bibliography" / ZOTERO):
        of["entries"] += 1
        if draft is None:
            continue
        same["entries"] += 1
        authors = [one for one in item.get("creators", []) if one.get("creatorType") == "author"]
        year = re.search(r"\d{4}", item.get("date") or "")
        for name, theirs, mine in (
            # Mathematics stays mathematics with us, where Zotero makes characters of it.
            ("title", plain(item.get("title") or "") if "$" not in draft.title else "", plain(draft.title)),
            (
                "authors",
                [plain(one.get("lastName") or one.get("name") or "") for one in authors],
                [plain(author.family or author.name) for author in draft.authors],
            ),
            ("year", year[0] if year else "", (draft.published or "")[:4]),
            ("doi", (item.get("DOI") or "").lower(), draft.doi or ""),
            ("abstract", plain(item.get("abstractNote") or "")[:200], plain(draft.abstract)[:200]),
        ):
            if theirs:
                of[name] += 1
                same[name] += theirs == mine
    assert of["entries"] == 161
    assert same["entries"] >= 156  # the others have no title, or a key that Zotero made
    assert (same["doi"], same["abstract"], same["year"]) == (of["doi"], of["abstract"], of["year"])
    assert of["authors"] - same["authors"] <= 3  # a suffix, a macro of the file's own, "others" as a person
    assert of["title"] - same["title"] <= 1  # an @inreference whose own title Zotero takes from another field


def test_one_library_in_two_formats_is_one_library(shared_data: Path) -> None:
    folder = shared_data / "bibliography" / "bibtex_ris_same_library" / "camaradesuk__ASySD"
    keys = [
        {item.draft.key for item in read(folder / name)[1] if isinstance(item, Record)}
        for name in ("zotero_export.bib.gz", "zotero_export.ris.gz")
    ]
    shared = len(keys[0] & keys[1])
    assert shared >= 0.98 * min(map(len, keys)), (shared, *map(len, keys))


def test_whole_libraries_import_twice_and_export_back(workspace: Workspace, shared_data: Path, tmp_path: Path) -> None:
    import bibtexparser
    from pybtex.database import parse_string

    folder = shared_data / "bibliography" / "bibtex"
    paths = [path for path in files(folder) if "jhasegaw" not in str(path) and "gbk" not in path.name]
    first = [import_file(workspace, str(path)) for path in paths]
    again = [import_file(workspace, str(path)) for path in paths]
    assert sum(report.added for report in again) == 0
    added = sum(report.added for report in first)
    text = exported(workspace, "bibtex")
    library = bibtexparser.parse_string(text)
    assert (len(library.entries), len(library.failed_blocks)) == (added, 0)
    assert len(parse_string(text, "bibtex").entries) == added
    back = tmp_path / "back.bib"
    back.write_text(text, encoding="utf-8")
    report = import_file(workspace, str(back))
    assert (report.records, report.quarantined) == (added, 0)
    assert report.added <= 0.002 * added
