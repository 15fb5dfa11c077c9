"""The machine: Python, SQLite, FAISS, the runtimes, the model, a GPU."""

import importlib.util
import shutil
import sqlite3
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version

from library.doctor.model import Finding, in_a_process
from library.settings import Settings

GROUP = "machine"
_NEEDED = ("ENABLE_FTS5",)
_QUIET = "from library.vectors.runtime import silence_telemetry; silence_telemetry()\n"
_FAISS = """
import faiss, numpy
vectors = numpy.eye(4, dtype='float32')
index = faiss.IndexScalarQuantizer(4, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
index.train(vectors); index.add(vectors)
assert index.search(vectors, 1)[1].ravel().tolist() == [0, 1, 2, 3]
"""
_OPENVINO = "import openvino; print(', '.join(openvino.Core().available_devices))"
_TORCH = """
import torch
cuda = torch.cuda.is_available()
print(torch.cuda.get_device_name(0) if cuda else 'Apple GPU' if torch.backends.mps.is_available() else '')
"""


def python() -> Finding:
    """3.11 or later."""
    found = ".".join(map(str, sys.version_info[:3]))
    good = sys.version_info >= (3, 11)
    mend = "" if good else "Install labtop with Python 3.11 or later."
    return Finding(GROUP, "Python", "good" if good else "bad", found, mend)


def sqlite() -> Finding:
    """FTS5, STRICT tables and RETURNING."""
    mend = "Use a Python whose SQLite is 3.37 or later, with FTS5 (python.org's and the distributions' are)."
    if sqlite3.sqlite_version_info < (3, 37):
        return Finding(GROUP, "SQLite", "bad", f"{sqlite3.sqlite_version}: too old", mend)
    from library.db.store import compile_options

    options = compile_options()
    lacking = [option for option in _NEEDED if option not in options]
    if lacking:
        return Finding(GROUP, "SQLite", "bad", f"{sqlite3.sqlite_version} without {', '.join(lacking)}", mend)
    return Finding(GROUP, "SQLite", "good", f"{sqlite3.sqlite_version} with FTS5")


def faiss() -> Finding:
    """Whether it finds what it was given."""
    return _tried("FAISS", "faiss-cpu", _FAISS, "search by meaning does not work")


def onnx_runtime() -> Finding:
    """Encodes questions."""
    return _tried("ONNX Runtime", "onnxruntime", f"{_QUIET}import onnxruntime", "search by meaning does not work")


def openvino() -> Finding:
    """Encodes papers on the CPU."""
    return _tried("OpenVINO", "openvino", f"{_QUIET}{_OPENVINO}", "papers cannot be encoded on the CPU")


def torch(*, deep: bool) -> Finding:
    """Converts the model, and encodes on a GPU. Imported only where asked: it takes ten seconds."""
    found = _version("torch")
    if found is None or importlib.util.find_spec("sentence_transformers") is None:
        text = "torch or sentence-transformers is missing: models cannot be converted"
        return Finding(GROUP, "torch", "watch", text, "Install labtop again.")
    if not deep:
        return Finding(GROUP, "torch", "good", f"{found} (not tried; --deep does)")
    well, said = in_a_process(_TORCH, patience=180)
    if not well:
        return Finding(GROUP, "torch", "bad", f"{found} cannot be imported: {said}", "Install labtop again.")
    return Finding(GROUP, "torch", "good", f"{found}{f', sees {said}' if said else ', sees no GPU'}")


def gpu() -> Finding:
    """What the driver's own tool says; no torch needed."""
    from library.vectors.devices import may_have_gpu

    tool = shutil.which("nvidia-smi")
    if tool:
        query = [tool, "--query-gpu=name,memory.total,memory.free", "--format=csv,noheader"]
        done = subprocess.run(query, capture_output=True, text=True, timeout=20)
        if done.returncode == 0 and done.stdout.strip():
            return Finding(GROUP, "GPU", "good", " · ".join(done.stdout.strip().splitlines()[:4]))
        text = f"nvidia-smi fails: {(done.stderr or done.stdout).strip().splitlines()[:1]}"
        return Finding(GROUP, "GPU", "watch", text, "Look at the driver; encoding runs on the CPU meanwhile.")
    if sys.platform == "darwin" and may_have_gpu():
        return Finding(GROUP, "GPU", "good", "Apple GPU (mps)")
    if may_have_gpu():
        return Finding(
            GROUP, "GPU", "unknown", "there are signs of one, and no tool to ask it", "Try labtop doctor --deep."
        )
    return Finding(GROUP, "GPU", "good", "none: encoding runs on the CPU")


def model(settings: Settings) -> Finding:
    """Present, of the right bytes, converted for this machine, and working."""
    from library.vectors.model import model_status, verify_model

    status = model_status(settings)
    if status.source is None and status.converted is None:
        return Finding(GROUP, "model", "bad", status.problem, status.mend)
    if status.converted is None:
        return Finding(GROUP, "model", "watch", f"{status.name}: present, not converted yet", "labtop index")
    wrong = verify_model(settings) if status.source is not None else ()
    if wrong:
        return Finding(GROUP, "model", "bad", wrong[0])
    weights = status.converted.weights_sha256
    return Finding(
        GROUP,
        "model",
        "good",
        f"{status.name}, {status.converted.dimension} numbers a text, sha256 {weights[:12]}… checked",
    )


def _tried(name: str, package: str, code: str, without: str) -> Finding:
    found = _version(package)
    if found is None:
        return Finding(GROUP, name, "bad", f"missing: {without}", "Install labtop again.")
    well, said = in_a_process(code)
    if not well:
        return Finding(GROUP, name, "bad", f"{found}: {without} ({said})", "Install labtop again.")
    return Finding(GROUP, name, "good", f"{found}{f' ({said})' if said else ''}")


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
