"""The one-time conversion of a model's graph: half a minute, in a child process, all or nothing.

Set-up, `labtop init`, `labtop index` and `labtop demo` call it; a question never does.
"""

import json
import os
import shutil
import tempfile
from pathlib import Path

from filelock import FileLock, Timeout

from library.errors import LabtopError, MissingPart
from library.jobs import Cancelled, CancelToken, Pace, ReportProgress
from library.paths import private_directory
from library.settings import Settings
from library.vectors.child import Child
from library.vectors.model import (
    DEFAULT_NAMES,
    DEFAULT_WEIGHTS,
    ConvertedModel,
    find_source,
    full_hash,
    load_converted,
    models_folder,
    status_of,
    weights_hash,
)

_LOCK_POLL = 0.2
_STEPS = 3  # that the child reports: load, write, compare


def convert(
    settings: Settings,
    *,
    model: str | None = None,
    progress: ReportProgress | None = None,
    cancel: CancelToken | None = None,
) -> ConvertedModel:
    """The converted model of `settings` (or of the name or path `model`); converts it where that was not done.

    A second process that asks meanwhile waits for the first. Raises MissingPart where the model is not on this
    machine and cannot be fetched, LabtopError where its weights are not the expected ones or the graph disagrees with
    the model's own encode, Cancelled.
    """
    name = model or settings.encoder.model
    status = status_of(name)
    if status.converted is not None:
        return status.converted
    pace = Pace("converting the model", _STEPS, progress)
    pace.at(0, note="looking for it", final=True)
    source = status.source or _fetch(name, pace)
    file_hash, weights = full_hash(source), weights_hash(source)
    if name in DEFAULT_NAMES and weights != DEFAULT_WEIGHTS:
        raise LabtopError(
            f"The weights of {name} in {source} are not the ones labtop was made with (sha256 {weights}).",
            mend="Install labtop again, or set encoder.model to a model's folder to use other weights knowingly.",
        )
    folder = private_directory(models_folder())
    with _locked(folder / f"{file_hash}.lock", pace, cancel):
        if (done := load_converted(file_hash)) is not None:
            return done
        _sweep(folder, file_hash)
        temporary = Path(tempfile.mkdtemp(prefix=f".{file_hash[:16]}-", dir=folder))
        try:
            _run(source, temporary, name, file_hash, weights, pace, cancel)
            _swap(temporary, folder / file_hash)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    converted = load_converted(file_hash)
    if converted is None:
        raise LabtopError(f"The converted model in {folder / file_hash} vanished.", mend="Run labtop index again.")
    return converted


def _run(
    source: Path, folder: Path, name: str, file_hash: str, weights: str, pace: Pace, cancel: CancelToken | None
) -> None:
    order = {
        "source": str(source),
        "folder": str(folder),
        "name": name,
        "file_hash": file_hash,
        "weights_sha256": weights,
    }
    with Child("library.vectors.conversion_child") as child:
        child.send(b"C", order)
        steps = 0
        while True:
            kind, payload = child.receive(cancel)
            value = json.loads(payload)
            if kind == b"P":
                pace.at(steps, note=value, final=True)
                steps += 1
            elif kind == b"D":
                return
            else:
                full = value.startswith("OSError")
                raise LabtopError(
                    f"The model {name} could not be converted: {value}.",
                    mend=f"Make room for {folder.parent} and try again."
                    if full
                    else "Choose another with encoder.model in settings.toml.",
                )


def _fetch(name: str, pace: Pace) -> Path:
    """A model that is not on this machine, from the model hub: only when a person named it, and never the default."""
    is_path = name.startswith(("/", ".", "~")) or name.count("/") > 1
    if name in DEFAULT_NAMES or is_path or os.environ.get("LABTOP_OFFLINE"):
        raise _absent(name)
    pace.at(0, note=f"fetching {name} from the model hub", final=True)
    from huggingface_hub import snapshot_download

    repository = name if "/" in name else f"sentence-transformers/{name}"
    try:
        snapshot_download(
            repository, allow_patterns=["*.safetensors", "*.json", "*.txt", "*.model"], ignore_patterns=["onnx/*"]
        )
    except Exception as error:  # the hub's library raises its own, requests' and the system's errors
        raise _absent(name, f" and it could not be fetched ({type(error).__name__})") from error
    source = find_source(name)
    if source is None:
        raise _absent(name)
    return source


def _absent(name: str, why: str = "") -> MissingPart:
    status = status_of(name)
    return MissingPart(f"{status.problem.rstrip('.')}{why}.", mend=status.mend)


class _locked:
    """The conversion lock of one model, waited for as long as it takes; lets a cancellation through."""

    def __init__(self, path: Path, pace: Pace, cancel: CancelToken | None) -> None:
        self._lock, self._pace, self._cancel = FileLock(path, mode=0o600), pace, cancel

    def __enter__(self) -> None:
        while True:
            try:
                self._lock.acquire(timeout=_LOCK_POLL)
                return
            except Timeout:
                self._pace.at(0, note="another process is converting it")
                if self._cancel is not None and self._cancel.cancelled:
                    raise Cancelled from None

    def __exit__(self, *_: object) -> None:
        self._lock.release()


def _swap(temporary: Path, folder: Path) -> None:
    """Into place by one rename; what stood there was of another format, or damaged."""
    for path in temporary.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())
    if folder.exists():
        shutil.rmtree(folder)
    os.replace(temporary, folder)


def _sweep(folder: Path, file_hash: str) -> None:
    """Remove what killed conversions of this model left behind; the lock says that none is running."""
    for path in folder.glob(f".{file_hash[:16]}-*"):
        shutil.rmtree(path, ignore_errors=True)
