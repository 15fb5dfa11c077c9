"""What encodes many texts: sentence-transformers on a GPU, else OpenVINO, else ONNX Runtime on the converted graph.

Runs in the child process of `bulk_child`. Measured on two cores at 240 tokens a text: OpenVINO 28 texts a second with
the latency hint and batches of 16 or 32 (15 with the throughput hint, which gives one request half of the cores),
ONNX Runtime 18.
"""

import os
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from library.vectors.batches import Batches
from library.vectors.model import ConvertedModel
from library.vectors.runtime import Vectors, encodable, feed, open_session, open_tokenizer, silence_telemetry, unit

Notice = Callable[[str], None]
_Infer = Callable[[dict[str, npt.NDArray[np.int64]]], npt.NDArray[Any]]


class Engine(Protocol):
    """Texts to unit vectors. `runtime` and `device` are shown to the user."""

    runtime: str
    device: str
    batches: Batches

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, float32 (len(texts), dimension), in the order of the texts."""
        ...


class GraphEngine:
    """The converted graph on the CPU."""

    device = "cpu"

    def __init__(self, model: ConvertedModel, infer: _Infer, runtime: str, batch_size: int, notice: Notice) -> None:
        self.runtime = runtime
        self.batches = Batches(batch_size, notice)
        self._model, self._infer = model, infer
        self._tokenizer = open_tokenizer(model)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """See Engine."""
        prompted = [self._model.document_prompt + encodable(text) for text in texts]

        def encode(numbers: Sequence[int]) -> npt.NDArray[Any]:
            # Padding goes to the longest text of a call: so tokens are counted first and padded batch by batch.
            return self._infer(feed(self._model, self._tokenizer.encode_batch([prompted[n] for n in numbers])))

        lengths = [sum(item.attention_mask) for item in self._tokenizer.encode_batch(prompted)]
        return unit(self.batches.run(lengths, encode, self._model.dimension))


class TorchEngine:
    """sentence-transformers in half precision on a GPU."""

    def __init__(self, model: ConvertedModel, source: str, device: str, batch_size: int, notice: Notice) -> None:
        import torch
        from sentence_transformers import SentenceTransformer

        if os.path.isdir(source):
            os.environ["HF_HUB_OFFLINE"] = "1"
        self.runtime, self.device = f"PyTorch {torch.__version__}", device
        self._model, self._torch = model, torch
        self._network = SentenceTransformer(source, device=device)
        if not device.startswith("cpu"):
            self._network.half()
        self._network.eval()
        self.batches = Batches(batch_size, notice, self._give_back)

    @property
    def parameters_device(self) -> str:
        """Where the weights really are: what a test asserts."""
        return str(next(self._network.parameters()).device)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """See Engine."""
        prompted = [self._model.document_prompt + encodable(text) for text in texts]

        def encode(numbers: Sequence[int]) -> npt.NDArray[Any]:
            batch = [prompted[number] for number in numbers]
            vectors = self._network.encode(
                batch, batch_size=len(batch), prompt="", show_progress_bar=False, convert_to_numpy=True
            )
            return np.asarray(vectors, dtype=np.float32)

        return unit(self.batches.run([len(text) for text in prompted], encode, self._model.dimension))

    def _give_back(self) -> None:
        if self.device.startswith("cuda"):
            self._torch.cuda.empty_cache()
        elif self.device == "mps":
            self._torch.mps.empty_cache()


def open_engine(model: ConvertedModel, source: str | None, device: str, batch_size: int, notice: Notice) -> Engine:
    """The engine for `device`, an answer of `devices.choose`. `source`: the model's own folder, for a GPU."""
    if device != "cpu" and source is not None:
        return TorchEngine(model, source, device, batch_size, notice)
    if device != "cpu":
        notice("The model's own files are not here, which the GPU needs; encoding on the CPU.")
    try:
        infer, runtime = _openvino(model)
    except Exception as error:  # any trouble of a library that is an accelerator only
        notice(f"OpenVINO cannot be used ({type(error).__name__}: {error}); going on with ONNX Runtime, more slowly.")
        infer, runtime = _onnxruntime(model)
    return GraphEngine(model, infer, runtime, batch_size, notice)


def _openvino(model: ConvertedModel) -> tuple[_Infer, str]:
    silence_telemetry()
    import openvino

    core = openvino.Core()
    settings = {
        "INFERENCE_PRECISION_HINT": "f32",  # else bfloat16 where the processor has it
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_NUM_THREADS": os.cpu_count() or 1,
    }
    request = core.compile_model(core.read_model(str(model.graph)), "CPU", settings).create_infer_request()

    def infer(inputs: dict[str, npt.NDArray[np.int64]]) -> npt.NDArray[Any]:
        found: npt.NDArray[Any] = request.infer(inputs, share_inputs=True)[0]
        return found

    return infer, f"OpenVINO {openvino.__version__.split('-')[0]}"


def _onnxruntime(model: ConvertedModel) -> tuple[_Infer, str]:
    session = open_session(model, threads=os.cpu_count() or 1)
    import onnxruntime

    def infer(inputs: dict[str, npt.NDArray[np.int64]]) -> npt.NDArray[Any]:
        found: npt.NDArray[Any] = session.run(["embedding"], inputs)[0]
        return found

    return infer, f"ONNX Runtime {onnxruntime.__version__}"
