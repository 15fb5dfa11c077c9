"""The `labtop` command. Each verb's module is imported only when it is asked for, so that starting costs nothing."""

import importlib
import sys
from collections.abc import Callable
from typing import Any, NoReturn

import click

from tui.options import common_options

# verb → (module:attribute, one line of help). The order is that of `labtop --help`.
COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("tui.commands.demo:demo", "Look around in a sample workspace."),
    "init": ("tui.commands.init:init", "Set up a workspace of your own."),
    "today": ("tui.commands.today:today", "New papers by day, and what needs a look."),
    "sync": ("tui.commands.sync:sync", "Bring in what arXiv announced, with the reason for every empty day."),
    "import": ("tui.commands.importing:import_", "Bring papers in from files."),
    "add": ("tui.commands.add:add", "Add papers by id, DOI, address, file, or typed in."),
    "quarantine": ("tui.commands.quarantine:quarantine", "Records that could not be read, to mend and try again."),
    "index": ("tui.commands.index:index", "Give every paper its vector, so that search finds meanings."),
    "pdf": ("tui.commands.pdf:pdf", "A paper's full text, from arXiv or a file, to search and quote."),
    "enrich": ("tui.commands.enrich:enrich", "What other services know of papers, where you let labtop ask them."),
    "show": ("tui.commands.papers:show", "Everything stored of one paper."),
    "sentences": ("tui.commands.sentences:sentences", "A paper sentence by sentence, numbered."),
    "triage": ("tui.commands.triage:triage", "What waits for your decision, the best first."),
    "keep": ("tui.commands.papers:keep", "Keep papers: onto your reading queue."),
    "skip": ("tui.commands.papers:skip", "Skip papers: they do not concern you."),
    "star": ("tui.commands.papers:star", "Star papers: to the front of your queue."),
    "later": ("tui.commands.papers:later", "Put papers off; they come back."),
    "undecide": ("tui.commands.papers:undecide", "Take your decision on papers back."),
    "digest": ("tui.commands.digest:digest", "The day or the week as Markdown or HTML."),
    "tag": ("tui.commands.papers:tag", "Put a tag on papers."),
    "untag": ("tui.commands.papers:untag", "Take a tag off papers."),
    "tags": ("tui.commands.papers:tags", "The tags in use."),
    "note": ("tui.commands.papers:note", "Write a note on a paper."),
    "queue": ("tui.commands.queue:queue_", "What you read now, and what waits."),
    "critique": ("tui.commands.critique:critique_", "What you make of papers, by a template."),
    "quote": ("tui.commands.quote:quote_", "Sentences that you took down."),
    "diff": ("tui.commands.diff:diff", "What another version of a paper changed."),
    "search": ("tui.commands.search:search_papers", "Find papers by words and by meaning."),
    "searches": ("tui.commands.search:searches", "Saved searches, and what is new in each."),
    "interest": ("tui.commands.interest:interest_", "What you look for: topics, tags, saved searches."),
    "line": ("tui.commands.line:line_", "Where the line of triage lies, and how good it was lately."),
    "why": ("tui.commands.why:why", "What a paper's score is made of."),
    "club": ("tui.commands.club:club", "The paper club: proposals, votes, sessions with fair turns, minutes."),
    "hypothesis": ("tui.commands.hypothesis:hypothesis_", "Testable claims, from a draft to what was found."),
    "evidence": ("tui.commands.evidence:evidence", "What speaks for and against hypotheses."),
    "experiment": ("tui.commands.experiment:experiment_", "Plans, results, and verdicts by the rule fixed beforehand."),
    "dataset": ("tui.commands.dataset:dataset_", "The register of data: who may use what, until when."),
    "obstacle": ("tui.commands.obstacle:obstacle_", "Blockers and risks."),
    "roadmap": ("tui.commands.roadmap:roadmap", "What experiments are worth, the quarter's plan, the week."),
    "decision": ("tui.commands.decision:decision", "Decision memos, drafted from the record."),
    "approval": ("tui.commands.approval:approval", "What needs an authority's yes."),
    "transfer": ("tui.commands.transfer:transfer", "Experiments on their way to production, through gates."),
    "incident": ("tui.commands.incident:incident", "What went wrong, and which verdicts it throws doubt on."),
    "undo": ("tui.commands.journal:undo", "Undo your own last action."),
    "journal": ("tui.commands.journal:journal", "Who did what, newest first."),
    "settings": ("tui.commands.settings:settings", "Show or change what you chose."),
    "export": ("tui.commands.export:export", "Write papers, the queue, the club and decisions to files."),
    "backup": ("tui.commands.backup:backup", "Copy the whole workspace into one file."),
    "restore": ("tui.commands.backup:restore", "Go back to a backup."),
    "purge": ("tui.commands.purge:purge", "Remove papers for good, and keep them out."),
    "doctor": ("tui.commands.doctor:doctor", "What works on this machine, and how to mend the rest."),
}


# Headings of the help, with the verb that each begins with.
SECTIONS = {"Begin": "demo", "Papers": "sync", "The programme": "hypothesis", "Care": "undo"}


class LazyGroup(click.Group):
    """A group that knows its verbs by name and loads them when called; unknown verbs name the nearest one."""

    def __init__(
        self, *args: Any, verbs: dict[str, tuple[str, str]], sections: dict[str, str] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.verbs = verbs
        self.sections = sections or {"Commands": next(iter(verbs))}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The verbs, in the order in which a newcomer meets them."""
        return list(self.verbs)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a verb's module."""
        if cmd_name not in self.verbs:
            return None
        module, attribute = self.verbs[cmd_name][0].split(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """As click's, where the reader of a pipe may go away."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise _ReaderGone from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Help from the table above, without importing every verb."""
        verbs = list(self.verbs)
        starts = [verbs.index(first) for first in self.sections.values()]
        for heading, start, end in zip(self.sections, starts, [*starts[1:], len(verbs)], strict=True):
            with formatter.section(heading):
                formatter.write_dl([(verb, self.verbs[verb][1]) for verb in verbs[start:end]])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click's, with the nearest verb named for a typing error."""
        import difflib

        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            near = difflib.get_close_matches(args[0], self.verbs, 1)
            if near:
                raise click.UsageError(f"{error.message} Did you mean {near[0]}?", ctx) from None
            raise


class _ReaderGone(Exception):
    """Nobody reads our output any more. Not an OSError: click would end the process with 1 for that."""


def _show_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        click.echo(f"labtop {version('labtop')}")
        ctx.exit()


@click.group(
    cls=LazyGroup,
    verbs=COMMANDS,
    sections=SECTIONS,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the version.",
)
@common_options
@click.pass_context
def labtop(ctx: click.Context) -> None:
    """Top for a research lab: papers, hypotheses, experiments, runs and decisions in one terminal.

    Without a verb it opens the dashboard; without a terminal it prints today's page.
    """
    if ctx.invoked_subcommand is None:
        module = importlib.import_module("tui.commands.dashboard")
        opening: Callable[[click.Context], None] = module.open_dashboard
        opening(ctx)


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run `labtop` and exit: 0 done, 1 failed, 2 wrong usage, 3 nothing of that name, 4 done in part."""
    sys.exit(run(arguments))


def run(arguments: list[str] | None = None) -> int:
    """Run one command; returns its exit code. Errors go to stderr: what, why, what to do."""
    from library.errors import LabtopError, PartlyDone

    try:
        result = labtop.main(args=arguments, prog_name="labtop", standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("Stopped.", err=True)
        return 130
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except LabtopError as error:
        click.echo(f"labtop: {error}", err=True)
        if isinstance(error, PartlyDone):
            for line in error.left_out:
                click.echo(f"  left out: {line}", err=True)
        return error.exit_code
    except _ReaderGone:
        _silence_stdout()
        return 0
    return result if isinstance(result, int) else 0


def _silence_stdout() -> None:
    """The reader of our pipe went away (`labtop … | head`): nothing more to say, and no traceback."""
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
