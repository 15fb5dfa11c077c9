"""Questions: any text becomes a unit vector, without torch, without a socket."""

import threading
from pathlib import Path

import numpy as np
import pytest

from library.errors import MissingPart
from library.settings import EncoderSettings, Settings
from library.vectors.bulk import encode_missing
from library.vectors.engines import open_engine
from library.vectors.model import ConvertedModel
from library.vectors.question import QuestionEncoder
from library.workspace import Workspace

from .conftest import add_papers, run_python

pytestmark = pytest.mark.model

HOSTILE = (
    "",
    " \n\t ",
    "a",
    "🧪🦀👩‍🔬",
    "检索增强生成与大规模语言模型",
    "日本語の論文、한국어 논문, العربية, עברית",
    "C++ GPT-4 foo:bar \" ' -- \\ \x00\x1b[31m",
    "x" * 10_000,
    "transformer " * 900,
    "lone surrogate \ud800 here",
    "Scaling laws for neural language models.",
)


@pytest.fixture(scope="module")
def encoder(converted_model: ConvertedModel) -> QuestionEncoder:
    return QuestionEncoder(converted_model)


def test_any_text_becomes_a_unit_vector(encoder: QuestionEncoder) -> None:
    vectors = encoder.encode(HOSTILE)
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(HOSTILE), 384)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert encoder.encode([]).shape == (0, 384)


def test_company_does_not_change_a_vector(encoder: QuestionEncoder) -> None:
    texts = [HOSTILE[number] for number in (0, 2, 4, 6, 8)]
    together = encoder.encode(texts)
    alone = np.concatenate([encoder.encode([text]) for text in texts])
    assert np.sum(together * alone, axis=1).min() >= 0.99999


def test_meaning_beats_words(encoder: QuestionEncoder) -> None:
    question, near, far = encoder.encode(["heart attack", "myocardial infarction", "panic attack on a highway"])
    assert question @ near > question @ far


def test_threads_share_it(converted_model: ConvertedModel) -> None:
    encoder, seen = QuestionEncoder(converted_model), []
    expected = encoder.encode(["shared"])

    def ask() -> None:
        seen.extend(np.allclose(encoder.encode(["shared"]), expected, atol=1e-6) for _ in range(5))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [True] * 20


def test_without_a_converted_model_it_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABTOP_CACHE", str(tmp_path / "empty"))
    with pytest.raises(MissingPart) as raised:
        QuestionEncoder.open(Settings())
    assert "has not been converted" in raised.value.message
    assert "labtop index" in raised.value.mend
    with pytest.raises(MissingPart, match="no sentence-transformers model nobody/nothing"):
        QuestionEncoder.open(Settings(encoder=EncoderSettings(model="nobody/nothing")))


REFERENCE = """
import json, sys, warnings
warnings.simplefilter("ignore")
import numpy as np
from pathlib import Path
texts, source, out, toy = json.loads(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4])
texts = [text.encode("utf-8", "replace").decode() for text in texts]
from sentence_transformers import SentenceTransformer
model = SentenceTransformer(source, device="cpu")
np.save(out / "own.npy", model.encode(texts, show_progress_bar=False))

# The engine for GPUs, here on the CPU in full precision, with room for two texts at a time.
import torch
from library.settings import Settings
from library.vectors.engines import TorchEngine
from library.vectors.model import require_converted
engine = TorchEngine(require_converted(Settings()), source, "cpu", 8, print)
assert engine.parameters_device == "cpu"
whole = engine._network.encode
def small(batch, **options):
    if len(batch) > 2:
        raise torch.OutOfMemoryError("CUDA out of memory.")
    return whole(batch, **options)
engine._network.encode = small
np.save(out / "torch.npy", engine.encode(texts))

# Another model in the same costly process: first token, no normalisation, prompts.
from sentence_transformers.models import Pooling, Transformer
body = model[0]
prompts = {"query": "ask: ", "document": ""}
other = SentenceTransformer(modules=[body, Pooling(384, pooling_mode="cls")], prompts=prompts)
other.max_seq_length = 40
other.save(str(toy / "source"))
from library.vectors.conversion_child import _convert
class Nobody:
    def send(self, *_): pass
(toy / "converted").mkdir()
_convert(Nobody(), {"source": str(toy / "source"), "folder": str(toy / "converted"), "name": "other",
                    "file_hash": "0" * 64, "weights_sha256": "1" * 64})
np.save(out / "other.npy", other.encode_query(texts, show_progress_bar=False))
"""


def test_all_runtimes_agree_with_sentence_transformers(
    converted_model: ConvertedModel, encoder: QuestionEncoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import json
    import sys

    from library.vectors.model import FORMAT, find_source, load_converted

    source = find_source("all-MiniLM-L6-v2")
    (tmp_path / "toy").mkdir()
    done = run_python(REFERENCE, json.dumps(HOSTILE), source, tmp_path, tmp_path / "toy", TOKENIZERS_PARALLELISM="0")
    assert done.returncode == 0, done.stderr
    own = np.load(tmp_path / "own.npy")
    assert cosines(encoder.encode(HOSTILE), own).min() >= 0.9999

    assert cosines(np.load(tmp_path / "torch.npy"), own).min() >= 0.9999
    assert "batches of 4." in done.stdout
    assert "batches of 2." in done.stdout

    notices: list[str] = []
    openvino = open_engine(converted_model, None, "cpu", 4, notices.append)
    assert openvino.runtime.startswith("OpenVINO")
    assert notices == []
    assert cosines(openvino.encode(HOSTILE), own).min() >= 0.9999

    monkeypatch.setitem(sys.modules, "openvino", None)
    fallback = open_engine(converted_model, None, "cpu", 4, notices.append)
    assert fallback.runtime.startswith("ONNX Runtime")
    assert "more slowly" in notices[0]
    assert cosines(fallback.encode(HOSTILE), own).min() >= 0.9999

    (tmp_path / "models").mkdir()
    (tmp_path / "toy" / "converted").rename(tmp_path / "models" / ("0" * 64))
    monkeypatch.setenv("LABTOP_CACHE", str(tmp_path))
    other = load_converted("0" * 64)
    assert other is not None
    assert (other.max_tokens, other.query_prompt, other.document_prompt, FORMAT) == (40, "ask: ", "", 1)
    other_own = np.load(tmp_path / "other.npy")
    assert cosines(QuestionEncoder(other).encode(HOSTILE), other_own).min() >= 0.9999


def cosines(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    dots = np.sum(one * other, axis=1)
    return dots / np.linalg.norm(one, axis=1) / np.linalg.norm(other, axis=1)


# The kernel refuses socket() to this process and ends it if it asks, whichever library does (Linux, seccomp);
# elsewhere Python's own sockets refuse.
NO_SOCKET = """
import ctypes, platform, socket, struct, sys
calls = {"x86_64": (0xC000003E, 41, 42), "aarch64": (0xC00000B7, 198, 203)}.get(platform.machine())
if sys.platform == "linux" and calls:
    arch, *forbidden = calls
    rule = lambda code, jt, jf, k: struct.pack("HBBI", code, jt, jf, k)
    kill, allow = rule(6, 0, 0, 0x80000000), rule(6, 0, 0, 0x7FFF0000)
    program = rule(0x20, 0, 0, 4) + rule(0x15, 1, 0, arch) + allow + rule(0x20, 0, 0, 0)
    program += rule(0x15, 0, 1, forbidden[0]) + kill + rule(0x15, 0, 1, forbidden[1]) + kill + allow
    memory = ctypes.create_string_buffer(program)
    class Program(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.prctl(38, 1, 0, 0, 0) == 0
    assert libc.prctl(22, 2, ctypes.byref(Program(len(program) // 8, ctypes.addressof(memory)))) == 0
def refuse(*_, **__): raise AssertionError("a socket was asked for")
socket.socket.__init__ = refuse
if "try" in sys.argv: socket._socket.socket() if sys.platform == "linux" and calls else socket.socket()
"""
SEARCH = """
import os
from pathlib import Path
from planner.workspace import open_workspace
from library.vectors.index import open_index
from library.vectors.question import QuestionEncoder
with open_workspace(Path(sys.argv[1]), person="ada", create=False) as workspace:
    question = QuestionEncoder.open(workspace.settings).encode(["how do birds find their way"])
    ids, scores = open_index(workspace).search(question, 2)
    print(ids[0].tolist())
light = {"torch", "transformers", "sentence_transformers", "openvino", "sklearn", "scipy", "sqlite_utils", "requests"}
print(sorted(light & set(sys.modules)), os.environ["ORT_DISABLE_TELEMETRY"])
from library.vectors.engines import open_engine
from library.vectors.model import require_converted
engine = open_engine(require_converted(workspace.settings), None, "cpu", 4, print)
print(engine.runtime.split()[0], len(engine.encode(["bulk"])[0]))
"""


def test_a_process_that_may_open_no_socket_encodes_and_searches(
    workspace: Workspace, converted_model: ConvertedModel, tmp_path: Path
) -> None:
    add_papers(workspace, ["Magnetic compasses of migrating robins", "Catalysts for ammonia", "Pigeons home by smell"])
    report = encode_missing(workspace)
    assert (report.encoded, report.waiting, report.device) == (3, 0, "cpu")
    nobody = tmp_path / "nobody"
    nobody.mkdir()
    done = run_python(NO_SOCKET + SEARCH, workspace.paths.home, HOME=str(nobody))
    assert done.returncode == 0, done.stderr
    assert list(nobody.iterdir()) == []  # nor does a runtime leave anything in the user's home
    assert done.stdout.splitlines() == ["[3, 1]", "[] 1", "OpenVINO 384"]
    assert run_python(NO_SOCKET, "try").returncode != 0  # the prohibition itself works
