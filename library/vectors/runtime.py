"""ONNX Runtime without its telemetry, and the tokenizer as the model wants it: the light path, no torch anywhere."""

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from library.vectors.model import ConvertedModel

if TYPE_CHECKING:
    import onnxruntime
    from tokenizers import Tokenizer

Vectors = npt.NDArray[np.float32]
_CHARACTERS = 100_000  # of a text that are looked at: a model reads some 250 words of it


def silence_telemetry() -> None:
    """Before either runtime is imported: neither may look up a host, queue events or write a home folder."""
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    os.environ["OPENVINO_TELEMETRY_DISABLED"] = "1"
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]


def open_tokenizer(model: ConvertedModel) -> "Tokenizer":
    """The tokenizer: truncates at the model's length and pads to the longest text of a call.

    The file of a model may be preset to something else (MiniLM's: pad to 128), which costs accuracy.
    """
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    from tokenizers import Tokenizer

    return Tokenizer.from_file(str(model.tokenizer))


def open_session(model: ConvertedModel, *, threads: int = 0) -> "onnxruntime.InferenceSession":
    """An ONNX Runtime session on the CPU; `threads` 0 leaves the number to it."""
    silence_telemetry()
    import onnxruntime

    onnxruntime.set_default_logger_severity(3)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    # A question is one short text now and then: threads that spin between calls would take the dashboard's cores.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.enable_cpu_mem_arena = False
    return onnxruntime.InferenceSession(str(model.graph), options, providers=["CPUExecutionProvider"])


def encodable(text: str) -> str:
    """`text` without lone surrogates (no tokenizer takes them) and without what no model would read of a huge one."""
    return text[:_CHARACTERS].encode("utf-8", "replace").decode("utf-8")


def feed(model: ConvertedModel, encodings: Sequence[Any]) -> dict[str, npt.NDArray[np.int64]]:
    """The graph's inputs (n, tokens) of padded `encodings`."""
    columns = {"input_ids": "ids", "attention_mask": "attention_mask", "token_type_ids": "type_ids"}
    return {
        name: np.array([getattr(encoding, columns[name]) for encoding in encodings], dtype=np.int64)
        for name in model.inputs
    }


def unit(vectors: npt.NDArray[Any]) -> Vectors:
    """Rows of unit length in float32 (a row of zeros stays)."""
    rows: Vectors = np.asarray(vectors, dtype=np.float32)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    out: Vectors = np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 0)
    return out
