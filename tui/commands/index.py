"""`labtop index`: give every paper its vector, so that search finds meanings and not only words."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from library.errors import LabtopError, UsageError
from library.jobs import Cancelled
from library.text import counted
from tui.commands.stopping import STOPPED, ctrl_c
from tui.options import Options, pass_options
from tui.output import ProgressLine, duration, print_json

if TYPE_CHECKING:
    from library.vectors.bulk import EncodeReport
    from library.workspace import Workspace


@click.command()
@click.option("--device", metavar="DEVICE", help="auto, cpu, cuda, cuda:N or mps (default: settings).")
@click.option("--model", metavar="NAME", help="Encode with another model, and search with it from then on.")
@click.option("--batch-size", type=click.IntRange(1, 4096), help="Texts at a time (default: settings).")
@click.option("--limit", type=click.IntRange(1), help="Encode at most so many texts, the newest papers first.")
@click.option("--rebuild", is_flag=True, help="Forget the stored vectors of the model and encode everything again.")
@click.option("--prune", is_flag=True, help="Only delete vectors of other models and of texts that changed.")
@click.option("--convert-only", is_flag=True, help="Only convert the model for this machine (once; part of set-up).")
@pass_options
def index(
    options: Options,
    device: str | None,
    model: str | None,
    batch_size: int | None,
    limit: int | None,
    rebuild: bool,
    prune: bool,
    convert_only: bool,
) -> int | None:
    """Split what is new into sentences, encode the papers that have no vector yet, and rank your inbox by them.

    Can be stopped at any time, and goes on where it was.
    """
    if prune + convert_only + rebuild > 1:
        raise UsageError("--prune, --convert-only and --rebuild exclude each other.", mend="Give one of them.")
    if model and Path(model).expanduser().is_dir():
        model = str(Path(model).expanduser().absolute())
    if convert_only:
        return _convert(options, model)
    if prune:
        _prune(options)
        return None
    return _encode(options, device, model, batch_size, limit, rebuild)


def _encode(
    options: Options, device: str | None, model: str | None, batch_size: int | None, limit: int | None, rebuild: bool
) -> int | None:
    from library.sentences.splitting import split_waiting
    from library.vectors.bulk import encode_missing
    from library.vectors.index import open_index

    with options.open(create=False) as workspace:
        with ProgressLine() as line, ctrl_c() as cancel:
            split = split_waiting(workspace, progress=line, cancel=cancel)
            report = encode_missing(
                workspace,
                device=device,
                model=model,
                batch_size=batch_size,
                limit=limit,
                rebuild=rebuild,
                progress=line,
                cancel=cancel,
            )
        switched = bool(model) and model != workspace.settings.encoder.model and not report.waiting
        if model and switched:
            _use_from_now_on(options, model)
    with options.open(create=False, marked=False) as workspace:
        found = open_index(workspace)
        found.refresh(save_now=True)
        total = found.count
        ranked = None if report.stopped or limit else _rank(workspace)
    if options.json:
        now = {"rate": report.rate, "indexed": total, "switched": switched, "split": split.papers, "ranked": ranked}
        print_json({**asdict(report), **now})
    else:
        if split.papers:
            click.echo(f"Split {counted(split.papers, 'paper')} into {counted(split.sentences, 'sentence')}.")
        for notice in report.notices:
            click.echo(notice, err=True)
        _say(report, model, switched, total)
        if ranked:
            click.echo(f"Ranked {counted(ranked, 'paper')} of your inbox: labtop triage lists them.")
    return STOPPED if report.stopped else None


def _rank(workspace: "Workspace") -> int | None:
    """Encode the sentences that ranking compares, and rank; how many papers. None where there is nothing to rank by."""
    from library.ranking.compared import DECIDED, encode_compared
    from library.ranking.refresh import anything_to_rank_by, is_behind, rerank

    if not anything_to_rank_by(workspace):
        return None
    try:
        with ProgressLine() as line, ctrl_c() as cancel:
            encode_compared(workspace, limit=DECIDED, progress=line, cancel=cancel)
            return rerank(workspace, progress=line, cancel=cancel).papers if is_behind(workspace) else None
    except Cancelled:
        click.echo("Stopped; what was ranked before stays.", err=True)
    except LabtopError as error:
        click.echo(f"labtop: not ranked anew: {error}", err=True)
    return None


def _say(report: "EncodeReport", model: str | None, switched: bool, total: int) -> None:
    if report.encoded:
        rate = f"{report.rate:.1f}/s, " if report.rate else ""
        click.echo(
            f"Encoded {counted(report.encoded, 'text')} in {duration(report.seconds)} "
            f"({rate}{report.runtime} on {report.device}, {report.model})."
        )
    if report.stopped:
        click.echo("Stopped; what was encoded is stored. Run labtop index again to go on.")
    if report.waiting:
        have, they = ("have", "they are") if report.waiting > 1 else ("has", "it is")
        click.echo(f"{counted(report.waiting, 'paper')} {have} no vector yet; {they} found by words alone.")
    else:
        click.echo("Every paper has its vector." if total else "There are no papers yet: labtop import brings some in.")
    if switched:
        click.echo(f"Search uses {report.model} from now on; labtop index --prune removes the old vectors.")
    elif model and report.waiting:
        click.echo("Search keeps the model it had until every paper has a vector of the new one.")


def _convert(options: Options, model: str | None) -> int | None:
    from library.settings import load_settings
    from library.vectors.conversion import convert

    try:
        with ProgressLine() as line, ctrl_c() as cancel:
            converted = convert(load_settings(options.paths().settings), model=model, progress=line, cancel=cancel)
    except Cancelled:
        click.echo("Stopped; nothing was left behind.", err=True)
        return STOPPED
    if options.json:
        print_json({**asdict(converted), "folder": str(converted.folder)})
    else:
        click.echo(f"The model {converted.name} is ready in {converted.folder} ({converted.graph_bytes / 1e6:.0f} MB).")
    return None


def _prune(options: Options) -> None:
    from library.vectors.bulk import prune
    from library.vectors.index import open_index

    with options.open(create=False) as workspace:
        deleted = prune(workspace)
        found = open_index(workspace)
        found.refresh(save_now=True)
        total = found.count
    if options.json:
        print_json({"deleted": deleted, "indexed": total})
    else:
        click.echo(f"Deleted {counted(deleted, 'vector')}; the index holds {counted(total, 'paper')}.")


def _use_from_now_on(options: Options, model: str) -> None:
    from library.settings import save_settings

    with options.open(create=False, marked=False) as workspace:
        encoder = replace(workspace.settings.encoder, model=model)
        save_settings(workspace.paths.settings, replace(workspace.settings, encoder=encoder))
