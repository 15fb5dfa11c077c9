"""The meaning side of a search: the vector index and the question encoder, opened when first asked for."""

import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from library.errors import LabtopError, MissingPart
from library.workspace import Workspace

if TYPE_CHECKING:
    from library.vectors.index import VectorIndex
    from library.vectors.question import QuestionEncoder

Ids = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float32]
_REMEMBERED = 64  # questions whose vectors are kept: paging and sorting ask the same one again


class Meaning:
    """Ranks papers by meaning. Safe to share between threads; keep one for as long as a workspace is open."""

    def __init__(self, workspace: Workspace, *, encoder: "QuestionEncoder | None" = None) -> None:
        self._workspace = workspace
        self._index_lock = threading.Lock()
        self._encoder_lock = threading.Lock()
        self._index: VectorIndex | None = None
        self._encoder = encoder
        self._told = ""
        self._known: dict[str, Scores] = {}

    def index(self) -> "VectorIndex":
        """The vectors of the workspace. Raises MissingPart where it has none, WorkspaceDamaged for unusable ones."""
        with self._index_lock:
            if self._index is None:
                from library.vectors.index import open_index

                self._index = open_index(self._workspace)
            else:
                self._index.refresh()
        if not self._index.count:
            raise MissingPart(
                "No paper here has a vector yet, so nothing can be found by meaning.", mend="Run labtop index."
            )
        return self._index

    @property
    def count(self) -> int:
        """Papers that have a vector."""
        return self._index.count if self._index is not None else 0

    def encode(self, text: str) -> Scores:
        """The unit vector (dimension,) of `text`. Raises MissingPart where the model was not converted."""
        with self._encoder_lock:
            known = self._known.get(text)
            if known is not None:
                return known
            if self._encoder is None:
                from library.vectors.question import QuestionEncoder

                self._encoder = QuestionEncoder.open(self._workspace.settings)
            vector: Scores = self._encoder.encode([text])[0]
            if len(self._known) >= _REMEMBERED:
                self._known.pop(next(iter(self._known)))
            self._known[text] = vector
            return vector

    def encode_ahead(self, text: str) -> None:
        """Begin to encode `text` on a thread where the encoder is not open yet: beside the index."""
        if self._encoder is None and text:
            threading.Thread(target=self._encode_quietly, args=(text,), name="labtop-encode-ahead").start()

    def _encode_quietly(self, text: str) -> None:
        with suppress(Exception):  # `encode` meets the same trouble again, where somebody waits for it
            self.encode(text)

    def problem(self) -> LabtopError | None:
        """Why nothing can be found by meaning; None where it can."""
        try:
            self.index()
            self.encode("")
        except LabtopError as error:
            return error
        return None

    def vector(self, question: str, like: Sequence[int]) -> Scores:
        """One unit vector for a question and papers to be near to. Raises MissingPart where there is none."""
        vectors = [self.encode(question)] if question else []
        for paper_id in like:
            found = (self._index or self.index()).vector(paper_id)
            if found is None:
                raise MissingPart("That paper has no vector yet.", mend="Run labtop index.")
            vectors.append(found)
        together: Scores = np.sum(vectors, axis=0, dtype=np.float32)
        length = float(np.linalg.norm(together))
        return together / np.float32(length) if length > 0 else together

    def news(self) -> str:
        """What the index had to repair since this was last asked; empty for nothing."""
        notice = self._index.notice if self._index is not None else ""
        fresh = notice if notice != self._told else ""
        self._told = notice
        return fresh

    def rank(self, vector: Scores, k: int, allowed: Ids | None) -> tuple[Ids, Scores]:
        """The `k` nearest papers (ids, cosines), best first, among `allowed` where given. As `index` last saw them."""
        index = self._index or self.index()
        ids, cosines = index.search(vector[np.newaxis, :], k, allowed=allowed, refresh=False)
        there = ids[0] >= 0
        return ids[0][there], cosines[0][there]
