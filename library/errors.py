"""Every error that labtop raises on purpose.

    LabtopError            exit code 1
    ├── UsageError         exit code 2   the request itself is wrong
    │   └── QueryError                   a search that cannot be read; points at a column
    │       └── NeedsMeaning             it asks for meaning, and only words are searched
    ├── NotFound           exit code 3   nothing of that name
    ├── PartlyDone         exit code 4   the rest was done; `left_out` says what was not
    ├── ReadOnly                         a change was asked of a workspace opened read-only
    ├── WorkspaceBusy                    another process kept the database locked for too long
    ├── WorkspaceDamaged                 the database or a file of the workspace cannot be read
    └── MissingPart                      an optional part (model, extra, service) is not there

A message says what went wrong and why; `mend` says what to do about it.
"""


class LabtopError(Exception):
    """Something a person should read: what, why, and (in `mend`) what to do."""

    exit_code = 1

    def __init__(self, message: str, *, mend: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.mend = mend

    def __str__(self) -> str:
        return f"{self.message} {self.mend}".strip()


class UsageError(LabtopError):
    """The request itself is wrong."""

    exit_code = 2


class QueryError(UsageError):
    """A search that cannot be read. `column` counts from 1."""

    def __init__(self, message: str, *, column: int, expected: str = "", mend: str = "") -> None:
        super().__init__(message, mend=mend)
        self.column = column
        self.expected = expected


class NeedsMeaning(QueryError):
    """A search that only meaning can answer, where only words are searched."""


class NotFound(LabtopError):
    """Nothing of that name."""

    exit_code = 3


class PartlyDone(LabtopError):
    """The rest was done; `left_out` lists what was not, one line each."""

    exit_code = 4

    def __init__(self, message: str, *, left_out: tuple[str, ...], mend: str = "") -> None:
        super().__init__(message, mend=mend)
        self.left_out = left_out


class ReadOnly(LabtopError):
    """A change was asked of a workspace that was opened read-only."""


def read_only_error() -> ReadOnly:
    """The refusal, in the same words everywhere."""
    return ReadOnly("This workspace is open read-only.", mend="Run it again without --read-only.")


class WorkspaceBusy(LabtopError):
    """Another process kept the database locked for too long."""


class WorkspaceDamaged(LabtopError):
    """The database or a file of the workspace cannot be read."""


class MissingPart(LabtopError):
    """An optional part (a model, an extra, a service) is not there."""
