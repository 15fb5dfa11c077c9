"""The child process that converts a model: `python -I -m library.vectors.conversion_child`.

Reads one frame {source, folder, name, file_hash, weights_sha256}, writes model.onnx, tokenizer.json and meta.json into
`folder`, and answers with frames P (progress, a line), then D (done, the smallest cosine) or E (refused, why).
Source of the recipe: https://docs.pytorch.org/docs/stable/onnx.html (the TorchScript exporter: the other one needs
two packages more and takes ten times as long).
"""

import json
import os
import warnings
from pathlib import Path
from typing import Any

from library.clock import stamp
from library.vectors.child import Parent
from library.vectors.runtime import encodable

OPSET = 17
LEAST_COSINE = 0.9999
SAMPLES = (
    "",
    "Attention is all you need.",
    "A Transformer learns WHERE to look: cross-attention over 3,000 frames, +4.2% mAP.",
    "检索增强生成 と 大規模言語モデル — naïve Bayes, Erdős–Rényi 🧪",
    "We study retrieval with dense vectors and show that exact search is fast enough. " * 60,
)


def main() -> None:
    """Convert, check against the model's own encode, report."""
    parent = Parent()
    _, order = parent.receive()
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    if Path(order["source"]).is_dir():
        os.environ["HF_HUB_OFFLINE"] = "1"
    warnings.simplefilter("ignore")
    try:
        _check(Path(order["source"]))
        parent.send(b"P", "loading PyTorch and the model")
        parent.send(b"D", _convert(parent, order))
    except Exception as error:
        parent.send(b"E", f"{type(error).__name__}: {error}")


def _convert(parent: Parent, order: dict[str, Any]) -> float:
    folder = Path(order["folder"])
    model = _load(order["source"])
    parent.send(b"P", "writing the graph")
    inputs = _write_graph(model, folder / "model.onnx")
    _write_tokenizer(model, folder / "tokenizer.json")
    parent.send(b"P", "comparing with the model itself")
    meta = {**_meta(model, folder, inputs), **{key: order[key] for key in ("name", "file_hash", "weights_sha256")}}
    cosine = _compare(model, folder, meta)
    meta["least_cosine"] = round(cosine, 8)
    (folder / "meta.json").write_text(json.dumps(meta, indent=1))
    return cosine


def _check(source: Path) -> None:
    """What is no model at all is refused before PyTorch is loaded."""
    config = source / "config.json"
    if config.is_file() and not json.loads(config.read_text()).get("model_type"):
        raise ValueError(f"{config} names no kind of network (model_type)")


def _load(source: str) -> Any:
    from sentence_transformers import SentenceTransformer

    # Eager attention: the fused kernels trace into graphs that are right for the traced shape alone.
    model = SentenceTransformer(source, device="cpu", model_kwargs={"attn_implementation": "eager"})
    model.float()
    return model.eval()


def _write_graph(model: Any, path: Path) -> tuple[str, ...]:
    import torch

    features = {
        name: value
        for name, value in model.preprocess(list(SAMPLES[1:3])).items()
        if isinstance(value, torch.Tensor) and value.dtype == torch.int64
    }
    inputs = tuple(name for name in ("input_ids", "attention_mask", "token_type_ids") if name in features)

    class Graph(torch.nn.Module):  # type: ignore[misc]
        """The model's own modules one after the other: transformer, pooling, normalisation."""

        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, *tensors: Any) -> Any:
            return self.model(dict(zip(inputs, tensors, strict=True)))["sentence_embedding"]

    with torch.no_grad():
        torch.onnx.export(
            Graph(),
            tuple(features[name] for name in inputs),
            str(path),
            input_names=list(inputs),
            output_names=["embedding"],
            dynamic_axes={**{name: {0: "batch", 1: "sequence"} for name in inputs}, "embedding": {0: "batch"}},
            opset_version=OPSET,
            dynamo=False,
        )
    return inputs


def _write_tokenizer(model: Any, path: Path) -> None:
    from tokenizers import Tokenizer

    slow = model.tokenizer
    fast = Tokenizer.from_str(slow.backend_tokenizer.to_str())
    fast.enable_truncation(int(model.max_seq_length))
    fast.enable_padding(
        pad_id=slow.pad_token_id or 0,
        pad_token=slow.pad_token or "[PAD]",
        pad_type_id=slow.pad_token_type_id,
        direction=slow.padding_side,
    )
    fast.save(str(path))


def _meta(model: Any, folder: Path, inputs: tuple[str, ...]) -> dict[str, Any]:
    from library.vectors.model import FORMAT, sha256_of

    prompts = {name: prompt for name, prompt in (model.prompts or {}).items() if prompt}
    default = prompts.get(model.default_prompt_name or "", "")
    document = next((prompts[name] for name in ("document", "passage", "corpus") if name in prompts), default)
    return {
        "format": FORMAT,
        "dimension": int(model.encode(["x"], show_progress_bar=False).shape[1]),
        "max_tokens": int(model.max_seq_length),
        "inputs": list(inputs),
        "query_prompt": prompts.get("query", default),
        "document_prompt": document,
        "graph_bytes": (folder / "model.onnx").stat().st_size,
        "graph_sha256": sha256_of(folder / "model.onnx"),
        "tokenizer_bytes": (folder / "tokenizer.json").stat().st_size,
        "converted_at": stamp(),
    }


def _compare(model: Any, folder: Path, meta: dict[str, Any]) -> float:
    """The smallest cosine between the light path and the model's own encode, both of questions and of documents."""
    import numpy as np

    from library.vectors.model import ConvertedModel
    from library.vectors.question import QuestionEncoder
    from library.vectors.runtime import unit

    names = ("name", "file_hash", "weights_sha256", "dimension", "max_tokens", "query_prompt", "document_prompt")
    converted = ConvertedModel(
        folder=folder,
        inputs=tuple(meta["inputs"]),
        graph_bytes=meta["graph_bytes"],
        **{name: meta[name] for name in names},
    )
    light, texts = QuestionEncoder(converted), [encodable(text) for text in SAMPLES]
    least = min(
        float(np.min(np.sum(unit(own) * ours, axis=1)))
        for own, ours in (
            (model.encode_query(texts, show_progress_bar=False), light.encode(texts)),
            (model.encode_document(texts, show_progress_bar=False), light.encode_documents(texts)),
        )
    )
    if not least >= LEAST_COSINE:
        raise ValueError(f"the converted graph disagrees with the model (cosine {least:.6f}, at least {LEAST_COSINE})")
    return least


if __name__ == "__main__":
    main()
