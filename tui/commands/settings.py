"""`labtop settings`: show or change what was chosen."""

import sys

import click

from library.errors import ReadOnly, UsageError
from library.init import change_settings
from library.preferences import changed, keys, public, shown, value_of, with_value
from library.settings import SECRETS, Settings, load_settings
from library.text import one_line
from tui.options import Options, pass_options
from tui.output import print_json, print_list


@click.command()
@click.argument("key", required=False)
@click.argument("value", required=False)
@click.option("--default", "back", is_flag=True, help="Set it back to its default.")
@pass_options
def settings(options: Options, key: str | None, value: str | None, back: bool) -> None:
    """Show all settings, one of them, or set one. A key of a service is never shown; as "-" it is read from stdin.

    \b
    labtop settings
    labtop settings arxiv.categories "cs.IR cs.CL"
    labtop settings arxiv.contact you@example.org
    """
    if back and (key is None or value is not None):
        raise UsageError("--default stands for a value.", mend="Such as: labtop settings arxiv.days --default.")
    if key is not None and (value is not None or back):
        _change(options, key, value)
        return
    found = load_settings(options.paths().settings)
    if key is not None:
        if options.json:
            print_json(_record(found, key))
        else:
            click.echo(shown(public(found, key)))
        return
    if options.json:
        print_list([_record(found, each) for each in keys()])
        return
    for each in keys():
        own = value_of(found, each) != value_of(Settings(), each)
        click.echo(f"{'*' if own else ' '} {each:<28} {shown(public(found, each)) or '—'}")
    click.echo(f"\n* set by you, in {options.paths().settings}")


def _change(options: Options, key: str, value: str | None) -> None:
    if options.read_only:
        raise ReadOnly("This changes the settings.", mend="Run it again without --read-only.")
    if key in SECRETS and value == "-":
        value = sys.stdin.readline()  # so that no shell remembers it
    if key == "theme" and value is not None:
        _check_theme(value)
    with options.open() as workspace:
        before = load_settings(workspace.paths.settings)
        after = with_value(before, key, value_of(Settings(), key)) if value is None else changed(before, key, value)
        change_settings(workspace, after)
    if options.json:
        print_json(_record(after, key))
    else:
        click.echo(f"{key} = {shown(public(after, key)) or '—'}")


def _check_theme(name: str) -> None:
    """Raise UsageError for a theme that is not there: the dashboard would quietly open with another one."""
    from tui.themes import NAMES

    if name not in NAMES:
        raise UsageError(f"There is no theme {one_line(name)[:40]!r}.", mend=f"Choose one of {', '.join(NAMES)}.")


def _record(found: Settings, key: str) -> dict[str, object]:
    return {"id": key, "value": public(found, key), "default": value_of(Settings(), key)}
