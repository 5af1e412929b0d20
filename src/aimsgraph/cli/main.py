"""The root of the command line: global options, lazily imported commands, errors to exit codes.

Exit codes: 0 ok · 1 findings at or above the fail level · 2 wrong usage or configuration · 3 input unreadable · 4 not
found · 5 refused · 6 backend failed or deadline · 70 our bug. stdout is data, stderr is talk.
"""

from __future__ import annotations

import gc
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from aimsgraph.errors import AimsgraphError
from aimsgraph.version import __version__

COLLECT_AFTER = (50_000, 20, 50)
"""The collector of Python runs after so many new things; see `gc.set_threshold`."""
# name → (module below aimsgraph.cli, function, one line of help); the module is imported when the command runs.
COMMANDS: dict[str, tuple[str, str, str]] = {
    "demo": ("demo", "demo", "The tour: load, ask, read an example organisation, what to try next."),
    "frameworks": ("norms", "frameworks", "The frameworks: edition, counts, source, rights."),
    "resolve": (
        "norms",
        "resolve",
        "What a citation means: canonical reference and IRI, or the nearest ids.",
    ),
    "show": ("norms", "show", "Everything about a provision, statement, framework or catalogue entry."),
    "search": ("norms", "search", "Ranked search over names, labels and notes."),
    "duties": ("duties", "duties", "Which duties bind a role, or a real system, on a day, and why."),
    "org": ("org", "org", "Start and check the folder of an organisation's register."),
    "changes": ("norms", "changes", "What starts, changes and ends between two days, and by which act."),
    "validate": ("validate", "validate", "Judge a register: its files, its facts, an audit's demands."),
    "watch": ("watch", "watch", "Judge a register whenever its files are saved: what appears, what goes."),
    "cite": ("cite", "cite", "Find the citations in any text, and check each."),
    "crosswalk": ("crosswalk", "crosswalk", "What corresponds in another framework: sound answers, with proofs."),
    "matrix": ("crosswalk", "matrix", "How two frameworks meet: fully, partly, not at all, not looked at."),
    "unmapped": ("crosswalk", "unmapped", "What has no counterpart, and what nobody looked at."),
    "cover": ("crosswalk", "cover", "The smallest set of items that helps with most duties."),
    "coverage": ("compliance", "coverage", "How far each duty of your systems is covered, and by what."),
    "gaps": ("compliance", "gaps", "What is missing, most pressing first, and which questions are open."),
    "soa": ("compliance", "soa", "The statement of applicability, with an auditor's columns and checks."),
    "readiness": ("compliance", "readiness", "How ready the management system is, step by step."),
    "impact": ("compliance", "impact", "What depends on something, and what falls if it goes."),
    "report": ("report", "report", "Statement of applicability, gaps, readiness to file; the auditor's pack."),
    "map": ("map", "map_", "Lint, review, prove, import and export mappings."),
    "query": ("query", "query", "Ask a stored question, a .rq file, or standard input."),
    "questions": ("query", "questions", "The stored questions with their parameters."),
    "serve": ("serve", "serve", "Answer over HTTP: SPARQL, the crosswalk API, linked data."),
    "mcp": ("mcp", "mcp", "Give a language model these questions as tools."),
    "keys": ("keys", "keys", "Make, list, renew and revoke the API keys of a server."),
    "doctor": ("doctor", "doctor", "Check a store directory: files, content, acknowledged writes."),
    "data": ("data", "data", "Check, format, start and compare the content's text files."),
    "build": ("data", "build", "Compile the text files to Turtle and a manifest."),
    "ontology": ("ontology", "ontology", "Check the ontology with a reasoner; build its documentation."),
    "import": ("transfer", "import_", "Load an RDF file into a store directory, all or nothing."),
    "export": ("transfer", "export", "Write the graph, or one named graph, as RDF."),
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are asked for, so that help is fast."""

    def list_commands(self, _context: click.Context) -> list[str]:
        """Return the names in the order of the tour, not of the alphabet."""
        return list(COMMANDS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        """Import the command of that name."""
        if name not in COMMANDS:
            return None
        module, function, _ = COMMANDS[name]
        command = getattr(import_module(f"aimsgraph.cli.{module}"), function)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, _context: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands from the table, importing none."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, _, line) in COMMANDS.items()])

    def invoke(self, context: click.Context) -> Any:  # noqa: ANN401
        """Run a command; a reader that has seen enough, such as `head`, is no failure."""
        try:
            return super().invoke(context)
        except BrokenPipeError:
            from aimsgraph.cli.output import silence_stdout

            silence_stdout()
            raise click.exceptions.Exit(0) from None

    def resolve_command(self, context: click.Context, args: list[str]) -> Any:  # noqa: ANN401
        """Name the nearest command for one that is unknown."""
        name = args[0] if args else ""
        if name and name not in COMMANDS and not name.startswith("-"):
            from rapidfuzz import process

            near = process.extractOne(name, list(COMMANDS), score_cutoff=50)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            context.fail(f"No such command {name!r}.{hint}")
        return super().resolve_command(context, args)


@click.command(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="Start with `aimsgraph demo`. Answers about the law are no legal advice and claim no conformity.",
)
@click.option("--store", metavar="memory|PATH|URL", help="Where the graph lives. [default: memory]")
@click.option(
    "--data",
    "data",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Overlay folder with further content; repeatable.",
)
@click.option("--config", type=click.Path(path_type=Path), help="Configuration file (TOML).")
@click.option("--today", metavar="DAY", help="The day taken as today, for reproducible answers.")
@click.option("--quiet", "-q", is_flag=True, help="No talk on stderr.")
@click.option("--verbose", "-v", is_flag=True, help="More talk on stderr.")
@click.version_option(__version__, prog_name="aimsgraph")
@click.pass_context
def cli(context: click.Context, /, config: Path | None, quiet: bool, verbose: bool, **flags: Any) -> None:  # noqa: ANN401
    """A knowledge graph of AI law, AI standards and your own register of AI systems.

    Ask what applies, what it says, since when and why, as of any date.
    """
    from aimsgraph.cli.session import Session
    from aimsgraph.settings import load_settings

    context.obj = Session(load_settings(config, flags), quiet=quiet, verbose=verbose)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and leave with its exit code."""
    # Most of what is made is kept. Looking for what is not, as often as Python does, takes an eighth of a large job.
    gc.set_threshold(*COLLECT_AFTER)
    sys.exit(run(arguments))


def run(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code; errors are told on stderr."""
    try:
        left_with = cli.main(arguments, prog_name="aimsgraph", standalone_mode=False)  # of `Exit`, else None
    except AimsgraphError as error:
        click.echo(f"aimsgraph: {error}", err=True)
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except SystemExit:
        return 0  # how click leaves when the reader of a help page has gone
    except click.Abort:
        click.echo("aimsgraph: stopped", err=True)
        return 130
    except Exception as error:
        import traceback

        traceback.print_exc()
        click.echo(f"aimsgraph: this is a bug: {type(error).__name__}: {error} [internal]", err=True)
        return 70
    return left_with if isinstance(left_with, int) else 0
