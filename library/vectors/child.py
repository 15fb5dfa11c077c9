"""Child processes for heavy work: niced, isolated, and gone when their parent is gone.

Encoding and conversion in a thread would stall the dashboard for up to half a second; in a child at nice 15 the
worst stall measured is 20 ms. Both ends speak frames over the child's standard input and output.
"""

import contextlib
import json
import os
import select
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from types import TracebackType
from typing import IO, Any, Final

from library.errors import LabtopError
from library.jobs import CancelToken

NICENESS: Final = 15
_HEADER: Final = struct.Struct("<cQ")  # kind, length
_LONGEST: Final = 1 << 32
_POLL: Final = 0.1  # seconds between looks at a cancel token


def write_frame(stream: IO[bytes], kind: bytes, payload: bytes = b"") -> None:
    """One frame: a byte that says what it is, the length, the payload."""
    rest = memoryview(_HEADER.pack(kind, len(payload)) + payload)
    while rest:
        rest = rest[stream.write(rest) :]
    stream.flush()


def read_frame(stream: IO[bytes]) -> tuple[bytes, bytes] | None:
    """The next frame; None where the other side has gone (also in the middle of one)."""
    header = stream.read(_HEADER.size)
    if len(header) < _HEADER.size:
        return None
    kind, length = _HEADER.unpack(header)
    if length > _LONGEST:
        return None
    payload = stream.read(length)
    return (kind, payload) if len(payload) == length else None


class Child:
    """A running `python -I -m module`. Its standard error is kept for the message of a failure.

    `what` it is and `mend` are for that message.
    """

    def __init__(
        self,
        module: str,
        *,
        environment: Mapping[str, str] | None = None,
        what: str = "encoding process",
        mend: str = "What was stored stays stored; run labtop index to go on.",
    ) -> None:
        self._what, self._mend = what, mend
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115  closed in close()
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            bufsize=0,
            env={**os.environ, **(environment or {})},
            start_new_session=True,  # a Ctrl-C on the terminal is the parent's to answer
        )

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._process.pid

    def send(self, kind: bytes, value: Any = None) -> None:
        """Send a frame of JSON. Raises LabtopError where the child has gone."""
        assert self._process.stdin is not None
        try:
            write_frame(self._process.stdin, kind, json.dumps(value).encode())
        except OSError as error:
            raise self.failure() from error

    def receive(self, cancel: CancelToken | None = None) -> tuple[bytes, bytes]:
        """The next frame. Raises LabtopError, with what the child said last, where it has gone; Cancelled."""
        kind, length = _HEADER.unpack(self._exactly(_HEADER.size, cancel))
        return kind, self._exactly(length, cancel)

    def _exactly(self, count: int, cancel: CancelToken | None) -> bytes:
        assert self._process.stdout is not None
        descriptor = self._process.stdout.fileno()
        received = bytearray()
        while len(received) < count:
            if cancel is not None:
                cancel.check()
                if not select.select([descriptor], [], [], _POLL)[0]:
                    continue
            piece = os.read(descriptor, min(count - len(received), 1 << 20))
            if not piece:
                raise self.failure()
            received += piece
        return bytes(received)

    def failure(self) -> LabtopError:
        """Why the child ended, for a person."""
        code = self._process.wait()
        how = f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
        self._errors.seek(0)
        lines = [line for line in self._errors.read().decode("utf-8", "replace").splitlines() if line.strip()]
        said = f": {lines[-1].strip()}" if lines else ""
        return LabtopError(f"The {self._what} {how}{said}.", mend=self._mend)

    def close(self) -> None:
        """End the child, at once if need be, and wait for it."""
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        try:
            self._process.wait(timeout=0.5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._errors.close()

    def __enter__(self) -> "Child":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Parent:
    """The child's side: frames to and from the parent. When the parent goes, the process ends at once.

    Standard output belongs to the frames: whatever a library prints goes to standard error.
    """

    def __init__(self) -> None:
        os.nice(NICENESS)
        self._in = sys.stdin.buffer
        self._out = os.fdopen(os.dup(1), "wb")
        os.dup2(2, 1)
        self._frames: list[tuple[bytes, bytes]] = []
        self._arrived = threading.Condition()
        threading.Thread(target=self._listen, daemon=True).start()

    def receive(self) -> tuple[bytes, Any]:
        """The next frame's kind and JSON value."""
        with self._arrived:
            self._arrived.wait_for(lambda: self._frames)
            kind, payload = self._frames.pop(0)
        return kind, json.loads(payload)

    def send(self, kind: bytes, value: Any) -> None:
        """A frame of bytes as they are, or of JSON."""
        try:
            write_frame(self._out, kind, value if isinstance(value, bytes) else json.dumps(value).encode())
        except BrokenPipeError:
            os._exit(1)

    def _listen(self) -> None:
        """Reads ahead, so that a parent's death is noticed in the middle of a batch."""
        while (frame := read_frame(self._in)) is not None:
            with self._arrived:
                self._frames.append(frame)
                self._arrived.notify()
        os._exit(1)
