"""What every kind of record has on the command line: add, edit, set. A domain hands in what these call."""

import sys
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from library.db.changes import Change
from library.errors import LabtopError, UsageError
from library.records import store
from library.records.kind import Kind
from library.records.toml import explained, from_toml, to_toml
from planner.workspace import Workspace
from tui.commands.asking import edited, on_terminal
from tui.options import Options, pass_options
from tui.output import print_change, print_json

LARGEST = 4_000_000  # bytes of a file of fields: far beyond any record
ERROR_MARK = "# ✗ "


@dataclass(frozen=True, slots=True)
class Writing:
    """`add(db, person, raw)` and `revise(db, person, number, raw)` write; `record(db, number)` is what --json prints.

    `notes(db, number)`: what a person should know after a change (unapproved data), one line each; `remarks`: the same,
    where the workspace is needed to tell (near-duplicates by its encoder).
    """

    kind: Kind
    add: Callable[[Any, str, Mapping[str, Any]], tuple[int, Change]]
    revise: Callable[[Any, str, int, Mapping[str, Any]], Change]
    record: Callable[[Any, int], Mapping[str, Any]]
    notes: Callable[[Any, int], Sequence[str]] | None = None
    remarks: Callable[[Workspace, int], Sequence[str]] | None = None


def add_writing_verbs(group: click.Group, writing: Writing) -> None:
    """Give a group its add, edit and set."""
    group.add_command(_add(writing))
    group.add_command(_edit(writing))
    group.add_command(_set(writing))


def _add(writing: Writing) -> click.Command:
    kind = writing.kind
    heading = kind.field(kind.heading)

    @click.command("add", help=f"Add a new {kind.noun}.\n\n{field_help(kind)}")
    @click.argument("heading", required=False, metavar=f"[{heading.name.upper()}]")
    @_SET
    @_FROM
    @click.option("--edit", "editing", is_flag=True, help="Fill it in as TOML in $EDITOR first.")
    @pass_options
    def verb(
        options: Options, heading: str | None, settings: tuple[str, ...], source: str | None, editing: bool
    ) -> None:
        raw = read_source(kind, source) if source else {}
        raw |= pairs(settings)
        if heading is not None:
            raw[kind.heading] = heading
        with options.open() as workspace:
            workspace.refuse_if_read_only()
            if editing or (not raw and on_terminal()):
                defaults = {field.name: field.default for field in kind.fields}
                in_editor(writing, workspace, options, None, {**defaults, **_known(kind, raw)})
            elif not raw:
                raise UsageError(
                    f"A new {kind.noun} needs its {kind.heading}.",
                    mend=f'labtop {kind.noun} add "…", or --from FILE, or --edit.',
                )
            else:
                number, change = workspace.store.write(lambda db: writing.add(db, workspace.person, raw)).result()
                _done(writing, workspace, options, number, change)

    return verb


def _edit(writing: Writing) -> click.Command:
    kind = writing.kind

    @click.command("edit", help=f"Change {_a(kind)} as TOML in $EDITOR.\n\n{field_help(kind)}")
    @click.argument("name", metavar=kind.noun.upper())
    @_FROM
    @pass_options
    def verb(options: Options, name: str, source: str | None) -> None:
        with options.open(create=False) as workspace:
            workspace.refuse_if_read_only()
            number = workspace.store.read(lambda db: store.find(db, kind, name)).result()
            if source:
                raw = read_source(kind, source)
                change = workspace.store.write(lambda db: writing.revise(db, workspace.person, number, raw)).result()
                _done(writing, workspace, options, number, change)
            else:
                values = workspace.store.read(lambda db: store.get(db, kind, number)).result()
                in_editor(writing, workspace, options, number, values)

    return verb


def _set(writing: Writing) -> click.Command:
    kind = writing.kind

    @click.command("set", help=f"Change fields of {_a(kind)}; an empty value empties the field.\n\n{field_help(kind)}")
    @click.argument("name", metavar=kind.noun.upper())
    @click.argument("settings", nargs=-1, required=True, metavar="FIELD=VALUE…")
    @pass_options
    def verb(options: Options, name: str, settings: tuple[str, ...]) -> None:
        raw = pairs(settings)
        with options.open(create=False) as workspace:
            number = workspace.store.read(lambda db: store.find(db, kind, name)).result()
            change = workspace.store.write(lambda db: writing.revise(db, workspace.person, number, raw)).result()
            _done(writing, workspace, options, number, change)

    return verb


def changing(kind: Kind) -> Callable[[Options, str, Callable[[Workspace, Any, int], Change]], None]:
    """What verbs that change one record end with: find it by its name, let `write` change it, say what was done."""

    def change(options: Options, name: str, write: Callable[[Workspace, Any, int], Change]) -> None:
        with options.open(create=False) as workspace:
            done = workspace.store.write(lambda db: write(workspace, db, store.find(db, kind, name))).result()
        print_change(done, json_wanted=options.json)

    return change


def _a(kind: Kind) -> str:
    return f"an {kind.noun}" if kind.noun[0] in "aeiou" else f"a {kind.noun}"


_SET = click.option("--set", "settings", multiple=True, metavar="FIELD=VALUE", help="Fill in a field; may be repeated.")
_FROM = click.option("--from", "source", metavar="FILE", help="Read the fields from a TOML file; - is standard input.")


def field_help(kind: Kind) -> str:
    """The fields of a kind for --help, each hung below its name, within 80 columns (click indents by two)."""
    lines = [
        textwrap.fill(
            explained(field),
            78,
            initial_indent=f"  {field.name:<18} ",
            subsequent_indent=" " * 21,
            break_on_hyphens=False,
        )
        for field in kind.fields
    ]
    if any(field.type == "rows" for field in kind.fields):
        lines.append("  In a table, semicolons part the rows and | their columns: 'a | b; c | d'.")
    return "\b\nFields:\n" + "\n".join(lines)


def pairs(settings: Sequence[str]) -> dict[str, Any]:
    """ "prior=0.3" → {"prior": "0.3"}. Rows are separated by a semicolon or a line end. Raises UsageError."""
    found: dict[str, Any] = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals or not name.strip():
            raise UsageError(f"“{setting}” is not FIELD=VALUE.", mend="Write it as prior=0.3.")
        found[name.strip().replace("-", "_")] = value
    return found


def read_source(kind: Kind, source: str) -> dict[str, Any]:
    """The fields in a TOML file, or on standard input. Raises UsageError, LabtopError."""
    named = "Standard input" if source == "-" else source
    try:
        data = sys.stdin.buffer.read(LARGEST + 1) if source == "-" else _bytes(Path(source).expanduser())
    except OSError as error:
        raise LabtopError(f"{named} cannot be read: {error.strerror}.", mend="Name another file.") from error
    if len(data) > LARGEST:
        raise UsageError(f"{named} is larger than {LARGEST // 1_000_000} MB: that is no {kind.noun}.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{named} is not UTF-8 (byte {error.start}).", mend="Save it as UTF-8.") from error
    raw = from_toml(kind, text, source=named, whole=False)
    if raw is None:
        raise UsageError(f"{named} holds no field.", mend=f"labtop {kind.noun} {kind.verb} --help lists them.")
    return raw


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(LARGEST + 1)


def _known(kind: Kind, raw: Mapping[str, Any]) -> dict[str, Any]:
    from library.records.kind import read_values

    values, problems = read_values(kind, raw)
    if problems:
        raise problems[0]
    return {name: value for name, value in values.items() if value is not None}


def in_editor(
    writing: Writing, workspace: Workspace, options: Options, number: int | None, values: Mapping[str, Any]
) -> None:
    """Edit as TOML until it can be stored, as a new one where `number` is None.

    On a terminal, an error comes back at the top of the file.
    """
    kind = writing.kind
    heading = kind.label(number) if number is not None else f"A new {kind.noun}"
    text = to_toml(kind, values, heading=heading)
    before = text
    while True:
        answer = edited(text, ".toml")
        if answer is None or (answer == before and number is not None):
            click.echo("Nothing was changed.", err=True)
            return
        body = "\n".join(line for line in answer.splitlines() if not line.startswith(ERROR_MARK))
        try:
            raw = from_toml(kind, body)
            if raw is None:
                click.echo("Nothing was stored: the text was empty.", err=True)
                return
            made, change = _stored(writing, workspace, number, raw)
        except UsageError as error:
            if not on_terminal() or not click.confirm(f"{error}\nEdit it again?", default=True, err=True):
                raise
            marks = "\n".join(f"{ERROR_MARK}{line}" for line in _lines(error))
            text = f"{marks}\n{body}"
            continue
        _done(writing, workspace, options, made, change)
        return


def _stored(writing: Writing, workspace: Workspace, number: int | None, raw: Mapping[str, Any]) -> tuple[int, Change]:
    person = workspace.person
    if number is None:
        return workspace.store.write(lambda db: writing.add(db, person, raw)).result()
    return number, workspace.store.write(lambda db: writing.revise(db, person, number, raw)).result()


def _lines(error: UsageError) -> list[str]:
    if isinstance(error, store.RecordError):
        return [problem.message for problem in error.problems]
    return [str(error)]


def _done(writing: Writing, workspace: Workspace, options: Options, number: int, change: Change) -> None:
    """Say what was done: the whole record in JSON, else one line; then what a person should know."""
    record = workspace.store.read(lambda db: writing.record(db, number)).result() if options.json else None
    if record is not None:
        print_json(record)
    else:
        click.echo(change.summary)
    if writing.notes is not None:
        notes = writing.notes
        for line in workspace.store.read(lambda db: notes(db, number)).result():
            click.echo(f"▲ {line}", err=True)
    for line in writing.remarks(workspace, number) if writing.remarks is not None else ():
        click.echo(f"▲ {line}", err=True)
