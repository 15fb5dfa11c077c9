"""Vectors of texts for the triage benchmark: made once by labtop's own encoder, kept in a folder between runs.

One file of hashes and one of half-precision rows, both only ever appended to and cut to whole rows when opened, so that
a run which was stopped loses nothing but the texts it was at. Named by the model: another model has other files.
"""

import hashlib
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from library.settings import Settings
from library.vectors.conversion import convert
from library.vectors.engines import open_engine

Rows = npt.NDArray[np.float32]
_DIGEST = 16  # bytes
_AT_ONCE = 512  # texts


class TextVectors:
    """The store. Open it with `make=False` to read what another process has made so far."""

    def __init__(self, folder: Path, *, make: bool = True) -> None:
        self._model = convert(Settings())
        self._make, self._engine = make, None
        folder.mkdir(parents=True, exist_ok=True)
        self._keys = folder / f"texts-{self._model.file_hash[:12]}.sha"
        self._rows = folder / f"texts-{self._model.file_hash[:12]}.f2"
        self.dimension = self._model.dimension
        self.reload()

    def reload(self) -> None:
        """Look again at what is there."""
        keys = self._keys.read_bytes() if self._keys.exists() else b""
        width = 2 * self.dimension
        made = self._rows.stat().st_size // width if self._rows.exists() else 0
        count = min(made, len(keys) // _DIGEST)
        if self._make and count:
            for path, size in ((self._keys, _DIGEST), (self._rows, width)):
                with path.open("r+b") as file:
                    file.truncate(count * size)
        self._place = {keys[at * _DIGEST : (at + 1) * _DIGEST]: at for at in range(count)}

    def __contains__(self, text: str) -> bool:
        return _digest(text) in self._place

    def ensure(self, texts: Iterable[str], *, what: str = "texts") -> None:
        """Encode those that have no vector yet."""
        waiting = [text for text in dict.fromkeys(texts) if _digest(text) not in self._place]
        if not waiting or not self._make:
            return
        if self._engine is None:
            self._engine = open_engine(self._model, None, "cpu", 32, lambda text: print(f"  {text}", flush=True))
        engine: Any = self._engine
        start = time.perf_counter()
        for first in range(0, len(waiting), _AT_ONCE):
            some = waiting[first : first + _AT_ONCE]
            rows = np.ascontiguousarray(engine.encode(some), dtype="<f2")
            with self._rows.open("ab") as file:
                file.write(rows.tobytes())
            with self._keys.open("ab") as file:
                file.write(b"".join(map(_digest, some)))
            for text in some:
                self._place[_digest(text)] = len(self._place)
            if first // _AT_ONCE % 20 == 0:
                done = first + len(some)
                rate = done / (time.perf_counter() - start)
                print(f"  encoding {what}: {done:,} of {len(waiting):,}, {rate:.0f}/s", flush=True)

    def get(self, texts: Sequence[str]) -> Rows:
        """Unit vectors (len(texts), dimension); zeros where there is none."""
        out = np.zeros((len(texts), self.dimension), dtype=np.float32)
        places = np.array([self._place.get(_digest(text), -1) for text in texts], dtype=np.int64)
        known = np.nonzero(places >= 0)[0]
        if len(known):
            order = known[np.argsort(places[known])]
            stored = np.memmap(self._rows, dtype="<f2", mode="r").reshape(-1, self.dimension)
            rows = stored[places[order]].astype(np.float32)
            out[order] = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)
        return out


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()[:_DIGEST]
