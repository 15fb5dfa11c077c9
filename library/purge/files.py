"""What a purged paper leaves in files: copies of documents, log lines, and a last look at every byte."""

import mmap
import pwd
from collections.abc import Iterable, Sequence
from pathlib import Path

from library.atomic import write_atomic
from library.backup.archive import SUFFIX
from library.papers.drafts import draft_path, drop_draft
from library.paths import WorkspacePaths
from library.purge.content import Erased
from library.reading.drafts import critique_draft


def remove_documents(documents: Path, erased: Sequence[Erased]) -> None:
    """Copies in documents/; the person's own file elsewhere is not ours to touch."""
    for name in (name for each in erased for name in each.files):
        path = (documents / Path(name).name) if not Path(name).is_absolute() else Path(name)
        for candidate in (path, documents / name, documents.parent / name):
            if candidate.resolve().is_relative_to(documents.resolve()) and candidate.is_file():
                candidate.unlink()


def remove_drafts(paths: WorkspacePaths, erased: Sequence[Erased], people: Iterable[str]) -> None:
    """Notes and critiques that were begun: named by person and paper, so everybody who may have begun one is tried."""
    everybody = {*people, *(entry.pw_name for entry in pwd.getpwall())}
    for each in erased:
        for person in everybody:
            drop_draft(draft_path(paths, person, each.key))
            drop_draft(critique_draft(paths, person, each.key))


def clean_logs(logs: Path, texts: Sequence[str]) -> None:
    """Lines that name the paper go."""
    if not texts or not logs.is_dir():
        return
    for path in logs.rglob("*"):
        if not path.is_file():
            continue
        lines = path.read_text(encoding="utf-8", errors="surrogateescape").splitlines(keepends=True)
        kept = [line for line in lines if not any(text[:40] in line for text in texts)]
        if len(kept) < len(lines):
            write_atomic(path, "".join(kept).encode("utf-8", errors="surrogateescape"))


def still_there(paths: WorkspacePaths, texts: Sequence[str]) -> list[str]:
    """Look for the texts in the bytes of every file: a record of another paper may quote them."""
    probes = [text.split("\n")[0][:60].encode() for text in texts]
    found = []
    for path in sorted(paths.home.rglob("*")):
        if not path.is_file() or not path.stat().st_size or path.suffix == SUFFIX:
            continue
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            if any(len(probe) >= 20 and content.find(probe) >= 0 for probe in probes):
                found.append(f"{path.relative_to(paths.home)}: something else in it still quotes the paper")
    return found
