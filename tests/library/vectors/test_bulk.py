"""Encoding in bulk: nothing lost, nothing twice, whoever is killed and whatever changes meanwhile."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence

import numpy as np
import psutil
import pytest
from filelock import FileLock

from library.errors import LabtopError, MissingPart, ReadOnly, UsageError, WorkspaceBusy
from library.jobs import CancelToken, Progress
from library.papers.ingest import add_drafts
from library.papers.model import PaperDraft
from library.vectors import devices, stored, waiting
from library.vectors.batches import Batches
from library.vectors.bulk import encode_missing, prune
from library.vectors.devices import Gpu, free_gpu
from library.vectors.index import open_index
from library.vectors.model import ConvertedModel
from library.vectors.question import QuestionEncoder
from library.workspace import Workspace
from planner.workspace import open_workspace

from .conftest import AT, add_papers

WORDS = ("retrieval", "sparse", "attention", "robots", "graph", "protein", "diffusion", "causal", "speech", "market")


def long_texts(count: int) -> list[str]:
    """Titles of some 60 words, all different."""
    return [
        f"Number {number}: " + " ".join(WORDS[(number * step + step) % len(WORDS)] for step in range(60))
        for number in range(count)
    ]


def stored_count(workspace: Workspace) -> int:
    return int(workspace.store.read(lambda db: db.execute("SELECT count(*) FROM embedding").fetchone()[0]).result())


def indexing(workspace: Workspace, *options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tui", "--home", str(workspace.paths.home), "index", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONWARNINGS": "default"},
    )


def child_of(process: subprocess.Popen[str]) -> psutil.Process:
    def children() -> list[psutil.Process]:
        return [child for child in psutil.Process(process.pid).children() if "bulk_child" in " ".join(child.cmdline())]

    return wait_for(children)[0]


def wait_for(condition):  # type: ignore[no-untyped-def]
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.01)
    raise AssertionError("it did not happen within a minute")


@pytest.mark.model
def test_killed_twice_it_ends_complete(workspace: Workspace, converted_model: ConvertedModel) -> None:
    add_papers(workspace, long_texts(110))

    first = indexing(workspace)
    child = child_of(first)
    some = wait_for(lambda: stored_count(workspace))
    first.kill()
    first.communicate()
    wait_for(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)  # it dies with its parent
    some = stored_count(workspace)
    assert 0 < some < 110

    second = indexing(workspace)
    child_of(second).kill()
    _, said = second.communicate(timeout=60)
    assert second.returncode == 1
    assert "signal 9" in said
    assert "run labtop index to go on" in said
    assert some <= stored_count(workspace) < 110

    third = indexing(workspace, "--json")
    out, said = third.communicate(timeout=120)
    assert third.returncode == 0, said
    report = json.loads(out)
    assert (report["waiting"], report["indexed"], report["stopped"]) == (0, 110, False)
    assert report["encoded"] <= 110 - some
    assert stored_count(workspace) == 110

    index = open_index(workspace)
    assert index.notice == ""
    text = long_texts(110)[77]
    own = QuestionEncoder(converted_model).encode_documents([f"{text}. "])
    assert index.search(own, 1)[0].tolist() == [[78]]
    assert index.search(own, 1)[1][0, 0] > 0.9999


@pytest.mark.model
def test_only_changed_text_is_encoded_again(workspace: Workspace, converted_model: ConvertedModel) -> None:
    add_papers(workspace, ["one", "two", "two", "three"])
    assert encode_missing(workspace).encoded == 3  # two papers of one text share a vector
    assert open_index(workspace).count == 4
    assert encode_missing(workspace).encoded == 0
    draft = PaperDraft(key="t:0", kind="reference", source="t", title="one, revised", updated_at=AT)
    workspace.store.write(lambda db: add_drafts(db, [draft], at=AT)).result()
    index = open_index(workspace)
    assert (index.count, index.missing) == (3, 1)
    report = encode_missing(workspace)
    assert (report.encoded, report.waiting) == (1, 0)
    assert index.refresh()
    assert (index.count, index.missing) == (4, 0)
    assert prune(workspace) == 1  # the vector of the old text
    assert prune(workspace) == 0
    assert encode_missing(workspace, rebuild=True).encoded == 3


@pytest.mark.model
def test_the_newest_first_some_only_and_a_limit(workspace: Workspace, converted_model: ConvertedModel) -> None:
    add_papers(workspace, ["oldest", "older", "newer", "newest"])
    assert encode_missing(workspace, only=[1, 999]).encoded == 1
    report = encode_missing(workspace, limit=2)
    assert (report.encoded, report.waiting) == (2, 1)
    index = open_index(workspace)
    assert [index.vector(paper) is not None for paper in (1, 2, 3, 4)] == [True, False, True, True]


@pytest.mark.model
def test_it_stops_when_asked_and_keeps_what_it_has(workspace: Workspace, converted_model: ConvertedModel) -> None:
    add_papers(workspace, long_texts(100))
    token, seen = CancelToken(), []

    def progress(now: Progress) -> None:
        seen.append(now)
        if now.what == "encoding" and now.done:
            token.cancel()

    report = encode_missing(workspace, progress=progress, cancel=token)
    assert report.stopped
    assert 0 < report.encoded == stored_count(workspace) < 100
    assert report.waiting == 100 - report.encoded
    assert seen[-1].total == 100
    assert "OpenVINO" in seen[-1].note


@pytest.mark.model
def test_vectors_of_two_models_never_mix(workspace: Workspace, converted_model: ConvertedModel) -> None:
    add_papers(workspace, ["one", "two"])

    def another(db):  # type: ignore[no-untyped-def]
        model_id = db.execute(
            "INSERT INTO encoder_model (name, file_hash, dimension, created_at) VALUES ('other', ?, 4, ?)",
            ("cd" * 32, AT),
        ).lastrowid
        hashes = waiting.waiting_hashes(db, model_id)
        return stored.store(db, model_id, hashes, np.ones((2, 4), np.float16))

    assert workspace.store.write(another).result() == 2
    assert open_index(workspace).count == 0
    with pytest.raises(MissingPart, match="Nothing has been encoded"):
        prune(workspace)
    assert encode_missing(workspace).encoded == 2
    index = open_index(workspace)
    assert (index.count, index.dimension, index.model) == (2, 384, converted_model.file_hash)
    assert stored_count(workspace) == 4
    assert prune(workspace) == 2


@pytest.mark.model
def test_a_gpu_that_is_not_there_is_named(workspace: Workspace, converted_model: ConvertedModel) -> None:
    if devices.may_have_gpu():
        pytest.skip("this machine may have a GPU")
    add_papers(workspace, ["one"])
    encode_missing(workspace)
    with pytest.raises(LabtopError, match="no Apple GPU"):
        encode_missing(workspace, device="mps", rebuild=True)
    assert stored_count(workspace) == 1  # nothing is forgotten before there is something that encodes


def test_what_is_refused_before_any_work(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="no device tpu"):
        encode_missing(workspace, device="tpu")
    with (
        open_workspace(workspace.paths.home, person="ada", read_only=True) as reader,
        pytest.raises(ReadOnly),
    ):
        encode_missing(reader)


@pytest.mark.model
def test_a_second_process_is_told_who_encodes(workspace: Workspace, converted_model: ConvertedModel) -> None:
    workspace.paths.vectors.mkdir()
    (workspace.paths.vectors / "encoding.pid").write_text("4242")
    with FileLock(workspace.paths.vectors / "encoding.lock"), pytest.raises(WorkspaceBusy, match="process 4242"):
        encode_missing(workspace)
    assert encode_missing(workspace).encoded == 0


def test_a_text_purged_meanwhile_gets_no_vector(workspace: Workspace) -> None:
    add_papers(workspace, ["stays"])

    def write(db):  # type: ignore[no-untyped-def]
        model_id = db.execute(
            "INSERT INTO encoder_model (name, file_hash, dimension, created_at) VALUES ('m', 'h', 2, ?)", (AT,)
        ).lastrowid
        (stays,) = waiting.waiting_hashes(db, model_id)
        return stored.store(db, model_id, [stays, "f" * 64, stays], np.ones((3, 2), np.float16))

    assert workspace.store.write(write).result() == 1
    assert stored_count(workspace) == 1


# ── devices ──────────────────────────────────────────────────────────────────────────────────────────────────────


class OutOfMemoryError(RuntimeError):
    """As torch's."""


def test_out_of_memory_halves_the_batch_and_goes_on() -> None:
    notices: list[str] = []
    freed: list[int] = []
    batches = Batches(32, notices.append, lambda: freed.append(batches.size))
    sizes: list[int] = []

    def encode(numbers: Sequence[int]) -> np.ndarray:
        if len(numbers) > 5:
            raise OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")
        sizes.append(len(numbers))
        return np.array([[number, number] for number in numbers], dtype=np.float16)

    lengths = [number * 7 % 20 for number in range(23)]
    vectors = batches.run(lengths, encode, 2)
    assert vectors.tolist() == [[number, number] for number in range(23)]
    assert max(sizes) == batches.size == 4
    assert freed == [16, 8, 4]
    assert notices[-1].endswith("batches of 4.")
    batches.run(lengths, encode, 2)  # the size that fitted is remembered
    assert len(notices) == 3


def test_a_batch_is_made_of_texts_of_like_length() -> None:
    seen: list[list[int]] = []
    lengths = [3, 200, 5, 190, 4, 210]
    batches = Batches(3, lambda _: None)
    batches.run(lengths, lambda numbers: (seen.append([lengths[n] for n in numbers]), np.zeros((3, 1)))[1], 1)
    assert seen == [[210, 200, 190], [5, 4, 3]]


def test_other_errors_and_hopeless_memory_are_not_hidden() -> None:
    def encode(error: Exception):  # type: ignore[no-untyped-def]
        def fail(_: Sequence[int]) -> np.ndarray:
            raise error

        return fail

    with pytest.raises(ZeroDivisionError):
        Batches(4, print).run([1], encode(ZeroDivisionError()), 1)
    with pytest.raises(LabtopError, match="not enough memory to encode one text"):
        Batches(4, lambda _: None).run([1], encode(RuntimeError("MPS backend out of memory")), 1)


def test_gpus_that_others_use_are_left_alone() -> None:
    busy, full, idle, roomy = Gpu(0, 60 << 30, 97), Gpu(1, 1 << 30, 0), Gpu(2, 10 << 30, 3), Gpu(3, 20 << 30, None)
    assert free_gpu([busy, full, idle, roomy]) == roomy
    assert free_gpu([busy, full, idle]) == idle
    assert free_gpu([busy, full]) is None
    assert free_gpu([]) is None


@pytest.mark.gpu
@pytest.mark.model
def test_on_a_gpu_the_batch_runs_there_and_agrees_with_the_cpu(
    workspace: Workspace, converted_model: ConvertedModel
) -> None:
    if not devices.may_have_gpu():
        pytest.skip("no CUDA or MPS device on this machine")
    from library.vectors.engines import TorchEngine
    from library.vectors.model import find_source

    device, why = devices.choose("auto")
    if device == "cpu":
        pytest.skip(why or "PyTorch sees no CUDA or MPS device")
    engine = TorchEngine(converted_model, str(find_source("all-MiniLM-L6-v2")), device, 32, print)
    texts = [*long_texts(40), "", "short", "🧪"]
    on_gpu = engine.encode(texts)
    assert engine.parameters_device.startswith(device.split(":")[0])
    on_cpu = QuestionEncoder(converted_model).encode_documents(texts)
    assert np.sum(on_gpu * on_cpu, axis=1).min() >= 0.9999
    add_papers(workspace, long_texts(40))
    assert encode_missing(workspace).device.startswith(device.split(":")[0])
