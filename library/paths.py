"""Where files live. The only place that spells their names."""

import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from library.errors import LabtopError


@dataclass(frozen=True, slots=True)
class WorkspacePaths:
    """The files of one workspace."""

    home: Path

    @property
    def database(self) -> Path:
        """The one SQLite file: the truth."""
        return self.home / "labtop.db"

    @property
    def settings(self) -> Path:
        """What the user chose: categories, contact, model, theme."""
        return self.home / "settings.toml"

    @property
    def vectors(self) -> Path:
        """FAISS files: a cache that can be deleted at any time."""
        return self.home / "vectors"

    @property
    def backups(self) -> Path:
        """Where `labtop backup` writes unless told otherwise."""
        return self.home / "backups"

    @property
    def documents(self) -> Path:
        """Copies of local documents that were added."""
        return self.home / "documents"

    @property
    def logs(self) -> Path:
        """Log files."""
        return self.home / "logs"


def default_home() -> Path:
    """`$LABTOP_HOME`, else the platform's data directory."""
    set_by_user = os.environ.get("LABTOP_HOME")
    return Path(set_by_user).expanduser() if set_by_user else Path(platformdirs.user_data_dir("labtop"))


def user_cache() -> Path:
    """What can be made again (converted models), shared by a user's workspaces. `$LABTOP_CACHE` overrides it."""
    set_by_user = os.environ.get("LABTOP_CACHE")
    return Path(set_by_user).expanduser() if set_by_user else Path(platformdirs.user_cache_dir("labtop"))


def user_state() -> Path:
    """What all processes of a user share (the arXiv limiter). `$LABTOP_STATE` overrides it."""
    set_by_user = os.environ.get("LABTOP_STATE")
    return Path(set_by_user).expanduser() if set_by_user else Path(platformdirs.user_state_dir("labtop"))


def private_directory(path: Path) -> Path:
    """Make `path` (and what is missing above it), readable by its owner alone; returns it."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except FileExistsError as error:
        mend = "Move that file away: labtop keeps a folder there."
        raise LabtopError(f"{path} is a file where a folder should be.", mend=mend) from error
    except OSError as error:
        raise LabtopError(
            f"Cannot make the folder {path}: {error.strerror}.",
            mend="Choose another place with --home DIR or LABTOP_HOME.",
        ) from error
    return path


def reference_data() -> Path:
    """The read-only data that ships with labtop: inside the wheel, or beside the packages in a checkout."""
    here = Path(__file__).parent
    packaged = here / "_data"
    return packaged if packaged.is_dir() else here.parent / "data"
