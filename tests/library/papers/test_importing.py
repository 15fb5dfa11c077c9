"""Files into the store: counted, idempotent, resumable after kill -9, and one bad record never stops the rest."""

import gzip
import io
import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from library.errors import NotFound, UsageError
from library.jobs import Cancelled, CancelToken, Progress
from library.papers import commands, quarantine
from library.papers.importing import FileReport, import_file
from library.papers.ingest import CHUNK, subject_hash
from library.workspace import Workspace
from planner.workspace import open_workspace


def record(number: int, **more: Any) -> dict[str, Any]:
    base = {
        "id": f"2507.{number:05}",
        "title": f"Paper {number} on zymurgy",
        "abstract": f"What number {number} says.",
        "authors": ["Ada Lovelace", f"Person {number % 7}"],
        "categories": ["cs.LG", "cs.AI"],
        "first_listed": "2025-07-02",
        "announce": "new",
    }
    return {**base, **more}


def lines(path: Path, records: list[Any]) -> Path:
    path.write_text("".join((r if isinstance(r, str) else json.dumps(r)) + "\n" for r in records), encoding="utf-8")
    return path


def count(workspace: Workspace, sql: str = "SELECT count(*) FROM paper") -> int:
    return int(workspace.store.read(lambda db: db.execute(sql).fetchone()[0]).result())


def dump(workspace: Workspace) -> list[tuple[Any, ...]]:
    """Everything that an import decides, whatever the row numbers and times are."""
    queries = (
        "SELECT key, title, authors, categories, version, day, year, first_listed, text_hash, extra FROM paper",
        "SELECT p.key, a.category, a.type, a.day FROM announcement a JOIN paper p ON p.id = a.paper_id",
        "SELECT p.key, c.category, c.position FROM paper_category c JOIN paper p ON p.id = c.paper_id",
        "SELECT p.key, x.position, n.name FROM paper_author x JOIN paper p ON p.id = x.paper_id"
        " JOIN author n ON n.id = x.author_id",
        "SELECT file, line, reason, raw FROM quarantine",
        "SELECT title FROM paper_fts WHERE paper_fts MATCH 'zymurgy'",
    )
    return [
        tuple(sorted(tuple(row) for row in rows))
        for rows in workspace.store.read(lambda db: [db.execute(sql).fetchall() for sql in queries]).result()
    ]


def counts(report: FileReport) -> tuple[int, int, int, int]:
    return report.added, report.changed, report.unchanged, report.quarantined


def test_importing_again_changes_nothing(workspace: Workspace, tmp_path: Path) -> None:
    path = lines(tmp_path / "papers.jsonl", [record(n) for n in range(CHUNK + 20)])
    first = import_file(workspace, str(path))
    assert counts(first) == (CHUNK + 20, 0, 0, 0)
    assert (first.records, first.format, first.problem) == (CHUNK + 20, "jsonl", None)
    before = dump(workspace)
    assert counts(import_file(workspace, str(path))) == (0, 0, CHUNK + 20, 0)
    assert dump(workspace) == before
    packed = tmp_path / "papers.bin"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert counts(import_file(workspace, str(packed))) == (0, 0, CHUNK + 20, 0)
    assert count(workspace, "SELECT count(*) FROM paper_fts WHERE paper_fts MATCH 'zymurgy'") == CHUNK + 20


def test_a_corrected_record_changes_its_paper_and_what_people_wrote_stays(workspace: Workspace, tmp_path: Path) -> None:
    import_file(workspace, str(lines(tmp_path / "a.jsonl", [record(1)])))
    workspace.store.write(lambda db: commands.add_note(db, "ada", 1, "mine")).result()
    workspace.store.write(lambda db: commands.tag(db, "ada", [1], "read")).result()
    report = import_file(workspace, str(lines(tmp_path / "b.jsonl", [record(1, title="Corrected")])))
    assert counts(report) == (0, 1, 0, 0)
    assert count(workspace, "SELECT count(*) FROM paper WHERE title = 'Corrected' AND notes_text = 'mine'") == 1
    assert count(workspace, "SELECT count(*) FROM tag") == 1


def test_the_rest_goes_in_and_the_bad_are_kept(workspace: Workspace, tmp_path: Path) -> None:
    path = lines(tmp_path / "mixed.jsonl", [record(1), '{"id": "2507.00002", "title": "half', record(3), "[]"])
    report = import_file(workspace, str(path))
    assert counts(report) == (2, 0, 0, 2)
    kept = workspace.store.read(quarantine.listed).result()
    assert [(item.line, item.format, Path(item.file).name) for item in kept] == [
        (2, "jsonl", "mixed.jsonl"),
        (4, "jsonl", "mixed.jsonl"),
    ]
    assert "not valid JSON" in kept[0].reason
    assert import_file(workspace, str(path)).quarantined == 2
    assert count(workspace, "SELECT count(*) FROM quarantine") == 2


def test_a_record_that_comes_in_right_later_leaves_quarantine(workspace: Workspace, tmp_path: Path) -> None:
    path = lines(tmp_path / "mixed.jsonl", ['{"id": "2507.00002", "title": "half', "{nothing to know it by"])
    import_file(workspace, str(path))
    report = import_file(workspace, str(lines(tmp_path / "mended.jsonl", [record(2)])))
    assert report.resolved == 1
    (left,) = workspace.store.read(quarantine.listed).result()
    assert left.line == 2


def test_a_cut_archive_gives_its_beginning_and_says_so(workspace: Workspace, tmp_path: Path) -> None:
    whole = gzip.compress(lines(tmp_path / "x", [record(n) for n in range(3_000)]).read_bytes())
    path = tmp_path / "cut.jsonl.gz"
    path.write_bytes(whole[: len(whole) // 2])
    report = import_file(workspace, str(path))
    assert report.problem is not None
    assert "cut off" in report.problem
    assert 500 < report.added == count(workspace) < 3_000


def test_purged_papers_stay_out(workspace: Workspace, tmp_path: Path) -> None:
    def bury(db: Any) -> None:
        db.execute(
            "INSERT INTO tombstone (subject, person, reason, at, removed) VALUES (?, 'ada', 'r', 't', '{}')",
            (subject_hash("2507.00001"),),
        )

    workspace.store.write(bury).result()
    report = import_file(workspace, str(lines(tmp_path / "a.jsonl", [record(1), record(2)])))
    assert (report.added, report.refused) == (1, 1)


def test_keywords_become_tags_only_when_asked(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "a.bib"
    path.write_text("@misc{k, title={T}, keywords={Deep Learning, graphs}}", encoding="utf-8")
    import_file(workspace, str(path))
    assert count(workspace, "SELECT count(*) FROM tag") == 0
    import_file(workspace, str(path), keywords_as_tags=True)
    tags = workspace.store.read(lambda db: [row[0] for row in db.execute("SELECT tag FROM tag ORDER BY tag")]).result()
    assert tags == ["deep-learning", "graphs"]


def test_standard_input_and_forced_formats(workspace: Workspace) -> None:
    data = json.dumps(record(1)).encode()
    assert counts(import_file(workspace, "-", stdin=io.BytesIO(data))) == (1, 0, 0, 0)
    report = import_file(workspace, "-", stdin=io.BytesIO(data), format_name="bibtex")
    assert report.records == 0


@pytest.mark.parametrize(("content", "says"), [(b"a,b\n1,2", "no format"), (b"\x7fELF\0\0\0\0", "no format")])
def test_what_is_no_library_is_refused(workspace: Workspace, tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "data.csv"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=says):
        import_file(workspace, str(path))
    with pytest.raises(UsageError, match="folder"):
        import_file(workspace, str(tmp_path))
    with pytest.raises(NotFound):
        import_file(workspace, str(tmp_path / "none"))


def test_progress_has_a_total_from_the_bytes_read(workspace: Workspace, tmp_path: Path) -> None:
    path = lines(tmp_path / "a.jsonl", [record(n) for n in range(5 * CHUNK)])
    seen: list[Progress] = []
    import_file(workspace, str(path), progress=seen.append)
    assert seen
    assert seen[0].what == "importing a.jsonl"
    assert all(progress.total is not None and progress.total >= progress.done for progress in seen)


def test_cancelling_keeps_whole_chunks(workspace: Workspace, tmp_path: Path) -> None:
    path = lines(tmp_path / "a.jsonl", [record(n) for n in range(4 * CHUNK)])
    token = CancelToken()
    with pytest.raises(Cancelled):
        import_file(workspace, str(path), progress=lambda _: token.cancel(), cancel=token)
    assert count(workspace) % CHUNK == 0
    import_file(workspace, str(path))
    assert count(workspace) == 4 * CHUNK


@pytest.mark.realdata
def test_a_thousand_real_papers(workspace: Workspace, shared_data: Path) -> None:
    path = shared_data / "arxiv" / "dev" / "sample_1000.jsonl.gz"
    records = [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]
    assert counts(import_file(workspace, str(path))) == (1_000, 0, 0, 0)
    assert counts(import_file(workspace, str(path))) == (0, 0, 1_000, 0)
    assert count(workspace, "SELECT count(*) FROM paper WHERE kind = 'arxiv' AND length(abstract) > 100") == 1_000
    listed = [record for record in records if not record.get("listing_inferred")]
    for announce, kind in (("new", "new"), ("replaced", "replace")):
        days = {(r["id"], r["first_listed"]) for r in listed if r["announce"] == announce}
        days |= {(r["id"], day) for r in listed if kind == "replace" for day in r.get("relisted", ())}
        sql = f"SELECT count(*) FROM announcement WHERE type = '{kind}'"
        assert count(workspace, sql) == len(days)
    truncated = sum(bool(record.get("authors_truncated")) for record in records)
    assert count(workspace, "SELECT count(*) FROM paper WHERE authors_truncated") == truncated
    assert count(workspace, "SELECT count(*) FROM paper_author") == sum(len(record["authors"]) for record in records)


IMPORT = """
import sys
from pathlib import Path
from library.papers.importing import import_file
from planner.workspace import open_workspace
with open_workspace(Path(sys.argv[1]), person="ada") as workspace:
    print("ready", flush=True)
    import_file(workspace, sys.argv[2])
"""


def test_killed_anywhere_and_run_again_ends_the_same(tmp_path: Path) -> None:
    records = [record(n % 2_900, version=1 + n // 2_900, title=f"Paper {n} on zymurgy") for n in range(3_500)]
    path = lines(tmp_path / "papers.jsonl", [*records, "{broken"])
    with open_workspace(tmp_path / "whole", person="ada") as workspace:
        import_file(workspace, str(path))
        expected = dump(workspace)
    home = tmp_path / "killed"
    for delay in (0.05, 0.25, 0.6):
        process = subprocess.Popen([sys.executable, "-c", IMPORT, home, path], stdout=subprocess.PIPE)
        assert process.stdout is not None
        with process.stdout as output:
            output.readline()
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        process.wait()
    with open_workspace(home, person="ada") as workspace:
        stored = count(workspace)
        assert stored % 100 == 0
        report = import_file(workspace, str(path))
        assert report.quarantined == 1
        assert dump(workspace) == expected
        check = "INSERT INTO paper_fts (paper_fts, rank) VALUES ('integrity-check', 1)"
        workspace.store.write(lambda db: db.execute(check) and None).result()


def test_two_imports_at_once_lose_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with open_workspace(home, person="ada"):
        pass
    one = lines(tmp_path / "one.jsonl", [record(n) for n in range(0, 1_500)])
    two = lines(tmp_path / "two.jsonl", [record(n) for n in range(1_000, 2_500)])
    running = [
        subprocess.Popen([sys.executable, "-c", IMPORT, home, path], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        for path in (one, two)
    ]
    for process in running:
        _, errors = process.communicate(timeout=120)
        assert (process.returncode, errors) == (0, b"")
    with open_workspace(home, person="ada") as workspace:
        assert count(workspace) == 2_500
        assert count(workspace, "SELECT count(*) FROM announcement") == 5_000


ESCAPES = "\x1b]0;owned\x07\x1b[31m\x9b5m\u202e"


@pytest.mark.parametrize(
    "fields",
    [
        {"id": f"own{ESCAPES}", "title": "By a name of its own"},
        {"id": f"10.1000/x{ESCAPES}", "title": "By a DOI"},
        {"id": "10.1000/%1b%5b31m", "title": "By a DOI in an address"},
        {"id": "2501.00001", "doi": f"10.1000/y{ESCAPES}", "title": "With a DOI", "license": ESCAPES},
        {"type": "book", "id": ESCAPES, "title": "CSL", "publisher": ESCAPES, "keyword": ESCAPES, "note": ESCAPES},
        {"itemType": "book", "title": "Zotero", "publisher": ESCAPES, "tags": [ESCAPES], "citationKey": ESCAPES},
    ],
    ids=lambda fields: fields["title"],
)
def test_no_field_of_a_record_brings_terminal_escapes(
    workspace: Workspace, tmp_path: Path, fields: dict[str, object]
) -> None:
    path = tmp_path / "papers.jsonl"
    path.write_text(json.dumps(fields) + "\n")
    import_file(workspace, str(path), keywords_as_tags=True)

    def stored(db: sqlite3.Connection) -> list[object]:
        rows = db.execute("SELECT * FROM paper").fetchall() + db.execute("SELECT * FROM tag").fetchall()
        assert rows
        return [value for row in rows for value in tuple(row)]

    for value in workspace.store.read(stored).result():
        for text in texts_in(value):
            assert not set(text) & set("\x1b\x07\x9b\u202e")


def texts_in(value: object) -> Iterator[str]:
    """Every text in a column, those inside JSON included."""
    if isinstance(value, str):
        yield value
        if value.startswith("{"):
            yield from texts_in(json.loads(value))
    elif isinstance(value, dict):
        yield from texts_in([*value, *value.values()])
    elif isinstance(value, list):
        for inner in value:
            yield from texts_in(inner)


def test_two_entries_that_differ_on_one_paper_do_not_change_it_again(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "a.bib"
    path.write_text(
        "@article{a, title={On Growth and Form of Shells}, author={A. B}, doi={10.1000/1}, year=2001}\n"
        "@article{b, title={On growth and form of shells}, author={A. Bee}, doi={10.1000/1}, year=2001}\n"
        "@article{c, title={On Growth}, author={C. D}, doi={10.1000/2}}\n",
        encoding="utf-8",
    )
    import_file(workspace, str(path))
    first = dump(workspace)
    again = import_file(workspace, str(path))
    assert (again.added, again.changed, again.unchanged) == (0, 0, 2)
    assert dump(workspace) == first
    path.write_text(path.read_text(encoding="utf-8").replace("A. Bee", "A. Beech"), encoding="utf-8")
    mended = import_file(workspace, str(path))
    assert (mended.added, mended.changed, mended.unchanged) == (0, 1, 1)
