"""The options that every command takes, before or after the verb, and what they mean."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from library.paths import WorkspacePaths
    from planner.workspace import Workspace

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Options:
    """`--home`, `--as`, `--json`, `--read-only`, merged from both sides of the verb."""

    home: Path | None = None
    person: str | None = None
    json: bool = False
    read_only: bool = False

    def open(self, *, create: bool = True, marked: bool = True) -> "Workspace":
        """Open the workspace that these options name.

        `marked`: where it is the sample workspace, say so on stderr, so that no text output passes for one's own.
        """
        from planner.workspace import open_workspace

        workspace = open_workspace(self.home, person=self.person, read_only=self.read_only, create=create)
        if workspace.demo and marked and not self.json:
            click.echo(f"DEMO: the sample workspace, as of {workspace.clock.today()}.", err=True)
        return workspace

    def paths(self) -> "WorkspacePaths":
        """The files of the workspace that these options name, whether it exists or not."""
        from planner.workspace import workspace_paths

        return workspace_paths(self.home)


def common_options(function: F) -> F:
    """Add `--home DIR`, `--as NAME`, `--json` and `--read-only`; the verb's own win over the group's."""

    def remember(name: str) -> Callable[[click.Context, click.Parameter, Any], Any]:
        def callback(ctx: click.Context, _: click.Parameter, value: Any) -> Any:
            if value not in (None, False):
                ctx.meta[f"labtop.{name}"] = value
            return value

        return callback

    for decorate in (
        click.option(
            "--read-only",
            is_flag=True,
            expose_value=False,
            callback=remember("read_only"),
            help="Change nothing.",
        ),
        click.option(
            "--json",
            is_flag=True,
            expose_value=False,
            callback=remember("json"),
            help="Print one JSON object.",
        ),
        click.option(
            "--as",
            "person",
            metavar="NAME",
            expose_value=False,
            callback=remember("person"),
            help="Who acts, for the journal (default: $LABTOP_AS, else the system's user).",
        ),
        click.option(
            "--home",
            type=click.Path(path_type=Path),
            metavar="DIR",
            expose_value=False,
            callback=remember("home"),
            help="The workspace's folder (default: $LABTOP_HOME).",
        ),
    ):
        function = decorate(function)
    return function


def options_of(ctx: click.Context) -> Options:
    """The merged options (click shares `meta` between a group and its verb). Raises UsageError for an empty name."""
    meta = ctx.meta
    return Options(
        meta.get("labtop.home"),
        _name(meta.get("labtop.person") or os.environ.get("LABTOP_AS") or None),
        bool(meta.get("labtop.json")),
        bool(meta.get("labtop.read_only")),
    )


def _name(person: str | None) -> str | None:
    """A name as it goes into the journal: cleaned, since colleagues' terminals will show it."""
    if person is None:
        return None
    from library.errors import UsageError
    from library.text import one_line

    name = one_line(person)
    if not name or len(name) > 60:
        raise UsageError("--as (or LABTOP_AS) needs a name of 1 to 60 characters.")
    return name


def pass_options(function: F) -> F:
    """Add the common options to a verb and hand it the merged `Options` first."""

    @common_options
    @click.pass_context
    def verb(ctx: click.Context, /, *args: Any, **kwargs: Any) -> Any:
        return ctx.invoke(function, options_of(ctx), *args, **kwargs)

    verb.__doc__ = function.__doc__
    verb.__name__ = function.__name__
    # Decorators below this one (click.argument, click.option) left their parameters on the inner function.
    parameters = [*getattr(function, "__click_params__", []), *getattr(verb, "__click_params__", [])]
    verb.__click_params__ = parameters  # type: ignore[attr-defined]
    return verb  # type: ignore[return-value]
