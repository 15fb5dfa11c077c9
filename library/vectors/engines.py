"""What encodes many texts: sentence-transformers on a GPU, else OpenVINO, else ONNX Runtime on the converted graph.

Runs in the child process of `bulk_child`. Measured on two cores at 240 tokens a text, per second of both cores:
OpenVINO with a stream a core and requests of four texts 30, with one stream over both cores 27, sentence-transformers
16. Small requests of texts of like length hold little padding and stay in the processor's cache.
"""

import os
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from library.vectors.batches import Batches
from library.vectors.model import ConvertedModel
from library.vectors.runtime import Vectors, encodable, feed, open_session, open_tokenizer, silence_telemetry, unit

Notice = Callable[[str], None]
_Request = tuple[list[int], dict[str, npt.NDArray[np.int64]]]  # where the vectors go, the graph's inputs
_Run = Callable[[Iterable[_Request], Vectors], None]
_REQUESTS = 8  # that a batch is shared out in, on a CPU
_STREAMS = 8  # at most: each holds its own working memory


class Engine(Protocol):
    """Texts to unit vectors. `runtime` and `device` are shown to the user."""

    runtime: str
    device: str

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, float32 (len(texts), dimension), in the order of the texts."""
        ...


class GraphEngine:
    """The converted graph on the CPU."""

    device = "cpu"

    def __init__(self, model: ConvertedModel, run: _Run, runtime: str, batch_size: int) -> None:
        self.runtime = runtime
        self._model, self._run = model, run
        self._size = max(1, batch_size // _REQUESTS)
        self._tokenizer = open_tokenizer(model)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """See Engine."""
        prompted = [self._model.document_prompt + encodable(text) for text in texts]
        lengths = [sum(item.attention_mask) for item in self._tokenizer.encode_batch(prompted)]
        order = sorted(range(len(texts)), key=lambda number: -lengths[number])
        vectors = np.empty((len(texts), self._model.dimension), dtype=np.float32)
        self._run(self._requests(prompted, order), vectors)
        return unit(vectors)

    def _requests(self, texts: Sequence[str], order: Sequence[int]) -> Iterable[_Request]:
        """Tokens anew for each request: padding goes to the longest text of a call."""
        for start in range(0, len(order), self._size):
            numbers = list(order[start : start + self._size])
            encodings = self._tokenizer.encode_batch([texts[number] for number in numbers])
            yield numbers, feed(self._model, encodings)


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
        run, runtime = _openvino(model)
    except Exception as error:  # any trouble of a library that is an accelerator only
        notice(f"OpenVINO cannot be used ({type(error).__name__}: {error}); going on with ONNX Runtime, more slowly.")
        run, runtime = _onnxruntime(model)
    return GraphEngine(model, run, runtime, batch_size)


def cores() -> int:
    """The processor cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _openvino(model: ConvertedModel) -> tuple[_Run, str]:
    silence_telemetry()
    import openvino

    core = openvino.Core()
    streams = min(cores(), _STREAMS)
    settings = {
        "INFERENCE_PRECISION_HINT": "f32",  # else bfloat16 where the processor has it
        "PERFORMANCE_HINT": "THROUGHPUT",
        "NUM_STREAMS": streams,
        "INFERENCE_NUM_THREADS": cores(),
    }
    compiled = core.compile_model(core.read_model(str(model.graph)), "CPU", settings)
    under_way = openvino.AsyncInferQueue(compiled, streams)

    def run(requests: Iterable[_Request], into: Vectors) -> None:
        def done(request: Any, numbers: list[int]) -> None:
            into[numbers] = request.get_output_tensor(0).data

        under_way.set_callback(done)
        for numbers, inputs in requests:
            under_way.start_async(inputs, numbers)
        under_way.wait_all()

    return run, f"OpenVINO {openvino.__version__.split('-')[0]}"


def _onnxruntime(model: ConvertedModel) -> tuple[_Run, str]:
    session = open_session(model, threads=cores())
    import onnxruntime

    def run(requests: Iterable[_Request], into: Vectors) -> None:
        for numbers, inputs in requests:
            into[numbers] = session.run(["embedding"], inputs)[0]

    return run, f"ONNX Runtime {onnxruntime.__version__}"
