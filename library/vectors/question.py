"""What a person types becomes a vector in a few milliseconds: ONNX Runtime on the converted graph, no torch."""

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from library.settings import Settings
from library.vectors.model import ConvertedModel, require_converted
from library.vectors.runtime import Vectors, encodable, feed, open_session, open_tokenizer, unit

if TYPE_CHECKING:
    import onnxruntime
    from tokenizers import Tokenizer

_TOGETHER = 16  # texts a run: bounds the memory of a call with many long texts


class QuestionEncoder:
    """Encodes questions. Opens its runtime (0.3 s) at the first call; safe to share between threads.

    One thread: for a text as short as a question two are no faster and leave no core to the screen.
    """

    def __init__(self, model: ConvertedModel, *, threads: int = 1) -> None:
        self.model = model
        self._threads = threads
        self._lock = threading.Lock()
        self._opened: tuple[Tokenizer, onnxruntime.InferenceSession] | None = None

    @classmethod
    def open(cls, settings: Settings) -> "QuestionEncoder":
        """The encoder of the model in `settings`.

        Raises MissingPart ("Run labtop index") where the model has not been converted: that takes half a minute and
        is never done silently inside a question.
        """
        return cls(require_converted(settings))

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self.model.dimension

    def warm(self) -> None:
        """Open the runtime now, for instance in a background thread, so that the first question is quick."""
        self._runtime()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, float32 (len(texts), dimension), of any text at all, the empty one included."""
        return self._encode([self.model.query_prompt + text for text in texts])

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        """As papers are encoded: for the models that tell questions from documents by a prefix."""
        return self._encode([self.model.document_prompt + text for text in texts])

    def _encode(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        tokenizer, session = self._runtime()
        parts = []
        for start in range(0, len(texts), _TOGETHER):
            together = [encodable(text) for text in texts[start : start + _TOGETHER]]
            encodings = tokenizer.encode_batch(together)
            parts.append(unit(session.run(["embedding"], feed(self.model, encodings))[0]))
        return np.concatenate(parts)

    def _runtime(self) -> "tuple[Tokenizer, onnxruntime.InferenceSession]":
        with self._lock:
            if self._opened is None:
                self._opened = open_tokenizer(self.model), open_session(self.model, threads=self._threads)
            return self._opened
