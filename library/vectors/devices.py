"""Which device encodes. Looks for the signs of a GPU before it imports torch, which takes seven seconds or more."""

import platform
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from library.errors import MissingPart, UsageError

DEVICES: Final = ("auto", "cpu", "cuda", "mps")
_ROOM: Final = 2 << 30  # bytes that the model and a batch of 32 need, with a margin
_BUSY: Final = 30  # per cent of the time in which a GPU computes for somebody else


@dataclass(frozen=True, slots=True)
class Gpu:
    """A CUDA device. `utilization` in per cent; None where the driver does not tell."""

    number: int
    free_bytes: int
    utilization: int | None = None


def device_problem(wanted: str) -> None:
    """Raise UsageError for a device that labtop does not know."""
    if wanted not in DEVICES and not (wanted.startswith("cuda:") and wanted[5:].isdigit()):
        raise UsageError(f"There is no device {wanted}.", mend=f"Choose {', '.join(DEVICES)} or cuda:N.")


def choose(wanted: str) -> tuple[str, str]:
    """(device for torch, or "cpu" for the light runtime; a notice, else empty).

    Raises MissingPart where a device was asked for that is not there.
    """
    if wanted == "cpu" or (wanted == "auto" and not may_have_gpu()):
        return "cpu", ""
    import torch

    if wanted == "mps" or (wanted == "auto" and torch.backends.mps.is_available()):
        if not torch.backends.mps.is_available():
            raise MissingPart("This machine has no Apple GPU (mps).", mend="Use --device auto or cpu.")
        return "mps", ""
    if not torch.cuda.is_available():
        if wanted == "auto":
            return "cpu", ""
        raise MissingPart("PyTorch sees no CUDA device on this machine.", mend="Use --device auto or cpu.")
    if wanted.startswith("cuda:"):
        if int(wanted[5:]) >= torch.cuda.device_count():
            raise MissingPart(f"This machine has no {wanted}.", mend=f"It has {torch.cuda.device_count()} GPUs.")
        return wanted, ""
    free = free_gpu([_gpu(number) for number in range(torch.cuda.device_count())])
    if free is not None:
        return f"cuda:{free.number}", ""
    if wanted == "cuda":
        raise MissingPart("Every GPU of this machine is busy.", mend="Wait, or name one with --device cuda:N.")
    return "cpu", "Every GPU is busy; encoding on the CPU instead."


def free_gpu(gpus: Sequence[Gpu]) -> Gpu | None:
    """The GPU with the most free memory among those that nobody uses; None where all are in use."""
    idle = [gpu for gpu in gpus if gpu.free_bytes >= _ROOM and (gpu.utilization or 0) <= _BUSY]
    return max(idle, key=lambda gpu: (gpu.free_bytes, -gpu.number), default=None)


def may_have_gpu() -> bool:
    """Whether there are signs of a GPU that torch might use; no import, no driver call."""
    if sys.platform == "darwin":
        return platform.machine() == "arm64"
    return any(Path(sign).exists() for sign in ("/dev/nvidia0", "/dev/nvidiactl", "/dev/dxg", "/dev/kfd"))


def _gpu(number: int) -> Gpu:
    import torch

    try:
        utilization: int | None = int(torch.cuda.utilization(number))
    except Exception:  # the driver's own library is optional, and raises errors of its own
        utilization = None
    return Gpu(number, int(torch.cuda.mem_get_info(number)[0]), utilization)
