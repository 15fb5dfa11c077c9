"""Files of results: what is taken, what is refused and why, and that nothing is guessed."""

import gzip
import io
import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from library.errors import LabtopError, NotFound, UsageError
from planner.experiments import reading
from planner.experiments.columns import Known, choices_of
from planner.experiments.reading import ResultsFile, read_results
from planner.experiments.storing import Draft

KNOWN = Known(("bm25", "dense distill", "lr=1e-3", "lr=1e3"), ("nDCG@10", "latency"), ("long queries",))


def read(tmp_path: Path, content: str | bytes, encoding: str | None = None, **chosen: Any) -> ResultsFile:
    file = tmp_path / "results.csv"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_results(str(file), KNOWN, choices_of(KNOWN, **chosen), encoding=encoding)


def drafts(found: ResultsFile) -> list[Draft]:
    assert not found.bad, found.bad
    return list(found.drafts.values())


def why(tmp_path: Path, line: str, head: str = "arm,seed,metric,value,status,gpu_hours,phase") -> str:
    (bad,) = read(tmp_path, f"{head}\nbm25,1,nDCG@10,1,ok,,\n{line}\n").bad
    assert bad.line == 3
    return bad.why


def test_a_long_csv(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "Arm;Random seed;Metric;Slice;Value;Status;GPU-hours;Phase;Run ID;colour\n"
        "BM25;3;ndcg@10;Long  Queries;-1.5e-1;finished;2.5;offline;r-1;red\n\n"
        "dense_distill;3.0;MRR;;0.5;;;online;;blue\n",
    )
    first, second = drafts(found)
    assert first == Draft(
        "bm25", "nDCG@10", "3", -0.15, "ok", "long queries", "offline", None, 2.5, "r-1", 2
    )  # names of the plan are spelt as the plan spells them
    assert (second.arm, second.metric, second.seed, second.phase, second.line) == (
        "dense distill",
        "MRR",
        "3",
        "online",
        4,
    )
    assert (found.format, found.rows, found.layout.wide, found.layout.unused) == ("csv", 2, False, ("colour",))  # type: ignore[union-attr]


def test_a_wide_csv_has_a_column_for_each_metric(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "\ufeffarm,seed,NDCG@10,latency,val loss,status\nbm25,1,40.5,12,3.2,\nbm25,2,,13,3.1,ok\nbm25,3,,,,crashed\n",
        columns=["val loss=metric:loss"],
    )
    got = {(each.seed, each.metric): (each.value, each.status) for each in drafts(found)}
    assert got == {
        ("1", "nDCG@10"): (40.5, "ok"),
        ("1", "latency"): (12.0, "ok"),
        ("1", "loss"): (3.2, "ok"),
        ("2", "latency"): (13.0, "ok"),
        ("2", "loss"): (3.1, "ok"),
        ("3", "nDCG@10"): (None, "crashed"),
        ("3", "latency"): (None, "crashed"),
        ("3", "loss"): (None, "crashed"),
    }


def test_json_lines_may_leave_out_what_they_do_not_know(tmp_path: Path) -> None:
    rows = [
        {"arm": "bm25", "seed": 1, "status": "crashed", "reason": "OOM"},
        {"arm": "bm25", "seed": 2, "value": 40},
        {"arm": "bm25", "seed": 3.0, "value": "41.5", "gpu_hours": 2},
        {"arm": "bm25", "seed": "a", "value": float("nan"), "extra": [1, {"x": None}]},
    ]
    found = read(tmp_path, "\n".join(map(json.dumps, rows)))
    assert [(each.seed, each.value, each.status, each.reason) for each in drafts(found)] == [
        ("1", None, "crashed", "OOM"),
        ("2", 40.0, "ok", None),
        ("3", 41.5, "ok", None),
        ("a", None, "nan", "value nan"),
    ]
    assert found.format == "jsonl"
    assert {each.metric for each in found.drafts.values()} == {"nDCG@10"}


@pytest.mark.parametrize("content", [
    "arm,seed,value\nGrüße,1,2\n".encode(),
    "arm,seed,value\nGrüße,1,2\n".encode("utf-8-sig"),
    "arm,seed,value\nGrüße,1,2\n".encode("utf-16"),
    gzip.compress("arm,seed,value\r\nGrüße,1,2\r\n".encode(), mtime=0),
])  # fmt: skip
def test_encodings_and_compression(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "r.csv"
    file.write_bytes(content)
    known = Known(("Grüße",), ("m",))
    found = read_results(str(file), known, choices_of(known))
    assert [each.arm for each in found.drafts.values()] == ["Grüße"]
    import hashlib

    assert found.sha256 == hashlib.sha256(content).hexdigest()


def test_an_encoding_is_never_guessed(tmp_path: Path) -> None:
    content = "arm,seed,value\nGrüße,1,2\n".encode("cp1252")
    with pytest.raises(UsageError, match="not UTF-8"):
        read(tmp_path, content)
    known = Known(("Grüße",), ("m",))
    found = read_results(str(tmp_path / "results.csv"), known, choices_of(known), encoding="cp1252")
    assert [each.arm for each in found.drafts.values()] == ["Grüße"]
    with pytest.raises(UsageError, match="no encoding cp9999"):
        read(tmp_path, content, encoding="cp9999")


@pytest.mark.parametrize("raw", ["nan", "NaN", "inf", "-Infinity", "-nan", "1.#IND"])
def test_values_that_are_not_finite_are_no_values(tmp_path: Path, raw: str) -> None:
    (draft,) = drafts(read(tmp_path, f"arm,seed,value\nbm25,1,{raw}\n"))
    assert (draft.value, draft.status) == (None, "nan")
    assert draft.reason is not None
    assert raw in draft.reason


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('bm25,2,nDCG@10,"0,83",,,', "decimal or a thousands comma"),
        ('bm25,2,nDCG@10,"1.234,5",,,', "decimal or a thousands comma"),
        ("bm25,2,nDCG@10,0,83,,,", "8 cells where the header has 7; is one of them a decimal comma"),
        ("bm25,2,nDCG@10,83 %,,,", "percentage"),
        ("bm25,2,nDCG@10,high,,,", "is no number"),
        ("bm25,2,nDCG@10,,,,", "has no value, and no status"),
        ("bm25,2,nDCG@10,,ok,,", "has no value, and no status"),
        ("bm25,,nDCG@10,1,,,", "names no seed"),
        ("bm25,2,,1,,,", "names no metric"),
        (",2,nDCG@10,1,,,", "names no arm"),
        ("dense distil,2,nDCG@10,1,,,", "did you mean dense distill?"),
        ("zzz,2,nDCG@10,1,,,", "it has bm25, dense distill"),
        ("lr=1e4,2,nDCG@10,1,,,", "did you mean lr=1e"),  # near, and never taken for one
        ("bm25,2,nDCG@10,1,odd,,", "has the status “odd”"),
        ("bm25,2,nDCG@10,1,excluded,,", "labtop experiment results exclude"),
        ("bm25,2,nDCG@10,1,,-1,", "gpu_hours -1 is below 0"),
        ("bm25,2,nDCG@10,1,,two,", "gpu_hours “two” is no number"),
        ("bm25,2,nDCG@10,1,,,beta", "has the phase “beta”"),
        (f"bm25,{'9' * 201},nDCG@10,1,,,", "seed is longer than 200"),
        ("bm25,2", "2 cells where the header has 7"),
        ("bm25,1,nDCG@10,2,,,", "gives 2 for bm25, seed 1, nDCG@10, and line 2 gives 1"),
        ("bm25,1.0,ndcg@10,,crashed,,", "gives crashed for bm25, seed 1, nDCG@10, and line 2 gives 1"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_said_with_its_line(tmp_path: Path, line: str, reason: str) -> None:
    assert reason in why(tmp_path, line)


def test_the_same_value_twice_is_once(tmp_path: Path) -> None:
    found = read(tmp_path, "arm,seed,value\nbm25,1,2\nbm25,1,2.0\nbm25,1.0,2e0\n")
    assert (len(found.drafts), found.same, found.bad) == (1, 2, [])


def test_a_crashed_run_keeps_no_value(tmp_path: Path) -> None:
    (draft,) = drafts(read(tmp_path, "arm,seed,value,status\nbm25,1,39.5,failed\n"))
    assert (draft.value, draft.status, draft.reason) == (None, "crashed", "last value 39.5")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "is empty"),
        ("\n \n", "is empty"),
        ("arm,seed,value\n", "has a header and no row"),
        ("arm,seed,value,value\nbm25,1,1,1\n", "Two columns are called value"),
        ("arm,seed,loss\nbm25,1,1\n", "No column holds values, nor one named as a metric of the plan"),
        ("seed,value\n1,1\n", "No column says which arm"),
        ("arm,value\nbm25,1\n", "No column says which seed"),
        ("arm,variant,seed,value\nbm25,x,1,1\n", ""),
        ("variant,model,seed,value\nbm25,x,1,1\n", "variant and model may both be the arm"),
        ("arm,seed,nDCG@10,ndcg@10 \nbm25,1,1,2\n", "are both nDCG@10"),
        ('[{"arm": "bm25"}]', "is a JSON list"),
        ("PK\x03\x04\x00\x00", "is not text"),
        ("x" * 1_000_001, "is longer than"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_file_as_a_whole_is_refused_with_the_reason(tmp_path: Path, content: str, reason: str) -> None:
    if not reason:
        assert len(drafts(read(tmp_path, content))) == 1  # an exact name goes before another one for the same
        return
    with pytest.raises(UsageError, match=reason):
        read(tmp_path, content)


def test_bad_lines_of_csv_and_json_keep_their_numbers(tmp_path: Path) -> None:
    found = read(tmp_path, 'arm,seed,value\nbm25,1,1\n\n"bm25",2,"x\ny"\nbm25,3,3\nbm25,4,"open\n')
    assert [bad.line for bad in found.bad] == [4, 7]
    assert "unexpected end of data" in found.bad[1].why
    lines = ['{"arm": "bm25", "seed": 1, "value": 1}', "{broken", '"text"', '{"arm": "bm25", "seed": 2, "seed": 3}', "",
             '{"arm": "bm25", "seed": 4, "value": true}', "[" * 100_000]  # fmt: skip
    found = read(tmp_path, "\n".join(lines))
    assert [bad.line for bad in found.bad] == [2, 3, 4, 6, 7]
    assert len(found.drafts) == 1


def test_columns_arms_and_metrics_can_be_named(tmp_path: Path) -> None:
    text = "which,run,x,y\nA,1,1.5,0\nB,1,2.5,0\n"
    found = read(
        tmp_path, text, columns=["which=arm", "run=seed", "x=value"], arms=["A=bm25", "B=lr=1e-3"], metric="MRR"
    )
    assert [(each.arm, each.metric, each.value) for each in drafts(found)] == [
        ("bm25", "MRR", 1.5),
        ("lr=1e-3", "MRR", 2.5),
    ]
    one = read(tmp_path, "seed,value\n1,1.5\n", arms=["lr=1e-3"])
    assert [each.arm for each in drafts(one)] == ["lr=1e-3"]
    for wrong, reason in (
        ({"columns": ["whch=arm"]}, "Did you mean which"),
        ({"columns": ["which=weather"]}, "nothing that a column can hold"),
        ({"columns": ["which"]}, "not COLUMN=FIELD"),
        ({"arms": ["one", "two"]}, "All rows cannot be of one and of two"),
        ({"columns": ["x=value", "y=value"]}, "cannot both be the value"),
    ):
        with pytest.raises(UsageError, match=reason):
            read(tmp_path, text, **wrong)  # type: ignore[arg-type]


def test_a_log_of_steps_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_RESULTS", 500)
    rows = "".join(f"bm25,{step},1\n" for step in range(501))
    with pytest.raises(UsageError, match="looks like a log of steps"):
        read(tmp_path, f"arm,seed,value\n{rows}")


def test_too_many_bad_lines_end_the_reading(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"More than 1,000 lines .* the first: line 2"):
        read(tmp_path, "arm,seed,value\n" + "nobody,1,1\n" * 1_500)


def test_damaged_and_missing_files(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        read_results(str(tmp_path / "none.csv"), KNOWN, choices_of(KNOWN))
    with pytest.raises(UsageError, match="is a folder"):
        read_results(str(tmp_path), KNOWN, choices_of(KNOWN))
    noise = random.Random(1)
    whole = gzip.compress("".join(f"bm25,{n},{noise.random()}\n" for n in range(5_000)).encode(), mtime=0)
    with pytest.raises(LabtopError, match="cannot be read"):
        read(tmp_path, gzip.compress(b"arm,seed,value\n", mtime=0) + whole[: len(whole) // 2])


def test_standard_input_is_read_in_a_stream() -> None:
    class Slow(io.RawIOBase):
        """Gives one byte at a time, and counts how much was taken before the first row came out."""

        def __init__(self, data: bytes) -> None:
            self.data, self.taken = data, 0

        def read(self, size: int = -1) -> bytes:
            part = self.data[self.taken : self.taken + 1]
            self.taken += len(part)
            return part

    data = b"arm,seed,value\nbm25,1,1\nbm25,2,2\n"
    found = read_results("-", KNOWN, choices_of(KNOWN), stdin=Slow(data))  # type: ignore[arg-type]
    assert len(found.drafts) == 2
    assert found.source == "standard input"


# Whatever stands in a file: no traceback, no row lost without a word, no value that was not there.
CELL = st.sampled_from(
    ["bm25", "dense distill", "nope", "1", "2", "3.0", "0.5", "0,5", "nan", "inf", "", " ", "ok", "crashed", "nDCG@10",
     "latency", '"', '""', 'a"b', "\x1b[31m", "\u202e", "=1+1", "1e400", "-", "é", "\x00"]
)  # fmt: skip
HEADS = st.lists(
    st.sampled_from(["arm", "seed", "value", "metric", "status", "nDCG@10", "latency", "gpu_hours", "x", ""]),
    min_size=1, max_size=7,
)  # fmt: skip


@given(HEADS, st.lists(st.lists(CELL, max_size=8), max_size=8), st.sampled_from([",", ";", "\t"]))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_table_is_read_or_refused(tmp_path: Path, head: list[str], rows: list[list[str]], mark: str) -> None:
    text = "\n".join(mark.join(cells) for cells in [head, *rows]) + "\n"
    try:
        found = read(tmp_path, text)
    except UsageError:
        return
    sound(found)


@given(st.binary(max_size=300))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_read_or_refused(tmp_path: Path, content: bytes) -> None:
    for start in (b"", b"arm,seed,value\n", b'{"arm": "bm25", "seed": 1, "value": 1}\n', b"\x1f\x8b\x08"):
        try:
            found = read(tmp_path, start + content)
        except LabtopError:
            continue
        sound(found)


def sound(found: ResultsFile) -> None:
    assert found.rows or found.bad
    assert found.bad == sorted(found.bad)
    for draft in found.drafts.values():
        assert draft.arm in KNOWN.arms
        assert draft.seed
        assert draft.metric
        assert (draft.value is None) == (draft.status != "ok")
        assert draft.value is None or draft.value - draft.value == 0
        assert all(name.isprintable() for name in (draft.seed, draft.metric, draft.slice))


@given(
    st.dictionaries(
        st.tuples(st.sampled_from(KNOWN.arms), st.integers(0, 999), st.sampled_from(["nDCG@10", "latency", "F1"])),
        st.floats(allow_nan=False, allow_infinity=False),
        min_size=1, max_size=12,
    ),
    st.booleans(),
)  # fmt: skip
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_was_written_is_what_is_read(
    tmp_path: Path, values: dict[tuple[str, int, str], float], as_json: bool
) -> None:
    rows = [
        {"arm": arm, "seed": seed, "metric": metric, "value": value} for (arm, seed, metric), value in values.items()
    ]
    if as_json:
        text = "\n".join(map(json.dumps, rows))
    else:
        text = "\n".join(["arm,seed,metric,value", *(",".join(map(str, row.values())) for row in rows)])
    got = {(each.arm, int(each.seed), each.metric): each.value for each in drafts(read(tmp_path, text))}
    assert got == values


@pytest.mark.parametrize(
    ("content", "cut"),
    [
        ("arm,seed,value\nbm25,1,0.5\nbm25,2,0.", True),
        ("arm,seed,value\nbm25,1,0.5\n", False),
        ("arm,seed,value\nbm25,1,0.5\n  ", False),
        ('{"arm":"bm25","seed":1,"value":0.5}', False),  # half of it would be no JSON
    ],
)
def test_a_table_whose_last_line_has_no_end_may_be_cut(tmp_path: Path, content: str, cut: bool) -> None:
    assert read(tmp_path, content).cut is cut


@pytest.mark.parametrize("encoding", ["base64", "rot13", "zip", "no-such"])
def test_what_encodes_no_text_is_refused(tmp_path: Path, encoding: str) -> None:
    with pytest.raises(UsageError, match=f"There is no encoding {encoding}"):
        read(tmp_path, "arm,seed,value\nbm25,1,1\n", encoding)


def test_numbers_with_commas_are_said_to_have_them(tmp_path: Path) -> None:
    for number in ('"1,234.5"', '"1,234"', '"0,5"', '"1.234,5"'):
        assert "has a comma" in why(tmp_path, f"bm25,2,nDCG@10,{number},,,")


def test_another_delimiter_is_one_column(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"only one column: arm\|seed\|value.*commas, semicolons or tabs"):
        read(tmp_path, "arm|seed|value\nbm25|1|1\n")
