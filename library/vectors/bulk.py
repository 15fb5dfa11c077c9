"""Give texts their vectors: only those that lack one, in a child process, stored bit by bit.

Whatever is killed at whatever moment, the next call goes on where this one stopped: a text either has its vector in
SQLite or it has none.
"""

import json
import os
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial

import numpy as np
from filelock import FileLock, Timeout

from library.atomic import write_atomic
from library.errors import LabtopError, MissingPart, WorkspaceBusy
from library.jobs import Cancelled, CancelToken, Pace, ReportProgress
from library.paths import private_directory
from library.vectors import stored, waiting
from library.vectors.child import Child
from library.vectors.conversion import convert
from library.vectors.devices import device_problem
from library.vectors.model import ConvertedModel, find_source
from library.vectors.tasks import Papers, Task
from library.workspace import Workspace

_SECONDS = 2.0  # of encoding between two transactions
_LEAST, _MOST = 32, 4_096  # texts between two transactions
_AHEAD = 2  # pieces under way, so that the child never waits for SQLite


@dataclass(frozen=True, slots=True)
class EncodeReport:
    """What was done. `waiting`: papers that still have no vector; `stopped`: somebody asked to stop."""

    encoded: int
    waiting: int
    model: str
    device: str
    runtime: str
    seconds: float
    stopped: bool = False
    notices: tuple[str, ...] = ()

    @property
    def rate(self) -> float | None:
        """Texts a second, loading of the model left out; None where nothing was encoded."""
        return self.encoded / self.seconds if self.encoded and self.seconds > 0 else None


def encode_missing(
    workspace: Workspace,
    *,
    device: str | None = None,
    model: str | None = None,
    batch_size: int | None = None,
    limit: int | None = None,
    only: Sequence[int] | None = None,
    rebuild: bool = False,
    progress: ReportProgress | None = None,
    cancel: CancelToken | None = None,
) -> EncodeReport:
    """Encode the papers that lack a vector of the model (`only`: among these paper ids; at most `limit` texts).

    `device`, `model` and `batch_size` default to the settings. Converts the model where that was not done yet.
    `rebuild` encodes again what has a vector. Raises ReadOnly, WorkspaceBusy where another process encodes,
    UsageError for an unknown device, MissingPart where the model or the device asked for is not there, LabtopError
    where the child process ended.
    """
    return encode(
        workspace,
        Papers(only),
        device=device,
        model=model,
        batch_size=batch_size,
        limit=limit,
        rebuild=rebuild,
        progress=progress,
        cancel=cancel,
    )


def encode(
    workspace: Workspace,
    task: Task,
    *,
    device: str | None = None,
    model: str | None = None,
    batch_size: int | None = None,
    limit: int | None = None,
    rebuild: bool = False,
    progress: ReportProgress | None = None,
    cancel: CancelToken | None = None,
) -> EncodeReport:
    """`encode_missing` for the texts of any task; `waiting` of the report is what the task counts as left."""
    device = device or workspace.settings.encoder.device
    device_problem(device)
    workspace.refuse_if_read_only()
    try:
        converted = convert(workspace.settings, model=model, progress=progress, cancel=cancel)
    except Cancelled:
        name = model or workspace.settings.encoder.model
        left = workspace.store.read(lambda db: task.count(db, None)).result()
        return EncodeReport(0, left, name, device, "", 0.0, stopped=True)
    size = batch_size or workspace.settings.encoder.batch_size
    with _Alone(workspace):
        model_id = workspace.store.write(lambda db: waiting.register(db, converted)).result()
        hashes = workspace.store.read(lambda db: task.hashes(db, None if rebuild else model_id)).result()[:limit]
        report = EncodeReport(0, 0, converted.name, device, "", 0.0)
        if hashes:
            source = find_source(model or workspace.settings.encoder.model)
            run = _Run(workspace, task, model_id, converted, hashes, progress, cancel, forget=rebuild)
            report = run.go({"device": device, "source": str(source) if source else None, "batch_size": size})
    left = workspace.store.read(lambda db: task.count(db, model_id)).result()
    return replace(report, waiting=left)


def prune(workspace: Workspace) -> int:
    """Delete the vectors of other models and of texts that are no more; returns how many.

    Raises MissingPart where nothing was encoded with the model of the settings: pruning would leave nothing.
    """
    from library.vectors.model import model_status

    status = model_status(workspace.settings)
    find = partial(waiting.model_row, name=status.name, file_hash=status.known_hash)
    row = workspace.store.read(find).result()
    if row is None:
        raise MissingPart(f"Nothing has been encoded with {status.name} yet.", mend="Run labtop index first.")
    return workspace.store.write(lambda db: stored.prune(db, row[0])).result()


class _Run:
    """One child process, fed piece by piece; what comes back is stored before more is sent."""

    def __init__(
        self,
        workspace: Workspace,
        task: Task,
        model_id: int,
        model: ConvertedModel,
        hashes: Sequence[str],
        progress: ReportProgress | None,
        cancel: CancelToken | None,
        *,
        forget: bool,
    ) -> None:
        self._forget, self._task = forget, task
        self._workspace, self._model_id, self._model = workspace, model_id, model
        self._hashes, self._progress, self._cancel = hashes, progress, cancel
        self._position = self._encoded = 0
        self._piece = _LEAST * 2
        self._notices: list[str] = []
        self._ready = {"device": "", "runtime": ""}

    def go(self, order: dict[str, object]) -> EncodeReport:
        """Encode everything, or until somebody asks to stop."""
        start, stopped = time.monotonic(), False
        with Child("library.vectors.bulk_child") as child:
            try:
                child.send(b"O", {**order, "model": {**asdict(self._model), "folder": str(self._model.folder)}})
                Pace("opening the encoder", None, self._progress).at(0, final=True)
                self._ready = json.loads(self._next(child, b"R"))
                if self._forget:  # not before there is something that can encode them again
                    self._workspace.store.write(
                        partial(self._task.forget, hashes=self._hashes, model_id=self._model_id)
                    ).result()
                start = time.monotonic()
                self._encode(child)
            except Cancelled:
                stopped = True
        return EncodeReport(
            self._encoded,
            0,
            self._model.name,
            self._ready["device"],
            self._ready["runtime"],
            round(time.monotonic() - start, 3),
            stopped,
            tuple(self._notices),
        )

    def _encode(self, child: Child) -> None:
        pace = Pace(self._task.what, len(self._hashes), self._progress)
        where = f"{self._ready['runtime']} on {self._ready['device']}"
        under_way: deque[list[str]] = deque()
        last = time.monotonic()
        while True:
            while len(under_way) < _AHEAD and (piece := self._next_piece()):
                child.send(b"T", [item.text for item in piece])
                under_way.append([item.text_hash for item in piece])
            if not under_way:
                break
            flat = np.frombuffer(self._next(child, b"V"), dtype="<f2")
            hashes = under_way.popleft()
            vectors = flat.reshape(len(hashes), self._model.dimension)
            write = partial(self._task.store, model_id=self._model_id, hashes=hashes, vectors=vectors)
            self._encoded += self._workspace.store.write(write).result()
            pace.at(self._position - sum(map(len, under_way)), note=where)
            now = time.monotonic()
            self._piece = int(min(_MOST, max(_LEAST, len(hashes) / max(now - last, 1e-3) * _SECONDS)))
            last = now
        pace.at(len(self._hashes), note=where, final=True)

    def _next_piece(self) -> list[waiting.Waiting]:
        """The next texts, as they are now; hashes whose paper changed or went meanwhile are passed over."""
        while self._position < len(self._hashes):
            hashes = self._hashes[self._position : self._position + self._piece]
            self._position += len(hashes)
            found = self._workspace.store.read(partial(self._task.texts, hashes=hashes)).result()
            if found:
                return found
        return []

    def _next(self, child: Child, wanted: bytes) -> bytes:
        while True:
            kind, payload = child.receive(self._cancel or CancelToken())
            if kind == wanted:
                return payload
            if kind == b"N":
                self._notices.append(str(json.loads(payload)))
            else:
                trouble = json.loads(payload)
                raise LabtopError(trouble["message"], mend=trouble["mend"])


class _Alone:
    """One process at a time encodes a workspace; a second one would only do the same work again."""

    def __init__(self, workspace: Workspace) -> None:
        folder = private_directory(workspace.paths.vectors)
        self._home, self._lock = workspace.paths.home, FileLock(folder / "encoding.lock", timeout=0, mode=0o600)
        self._who = folder / "encoding.pid"

    def __enter__(self) -> None:
        try:
            self._lock.acquire()
        except Timeout:
            try:
                who = f" (process {int(self._who.read_text())})"
            except (OSError, ValueError):
                who = ""
            raise WorkspaceBusy(
                f"Another process{who} is encoding the papers of {self._home}.",
                mend="Wait until it is done; its vectors appear here as they come.",
            ) from None
        write_atomic(self._who, str(os.getpid()))

    def __exit__(self, *_: object) -> None:
        self._who.unlink(missing_ok=True)
        self._lock.release()
