"""`mcp`: the tools of a language model."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import click

from aimsgraph.cli.session import Session, pass_session
from aimsgraph.errors import EngineMissing, UsageError

_ONLY_HTTP = ("host", "port", "keys", "anonymous_read", "rate", "request_log", "public_url")


@click.command()
@click.option(
    "--org", "organisations", multiple=True, metavar="PATH", type=click.Path(path_type=Path),
    help="An organisation's folder or workbook that may be asked about; repeatable.",
)  # fmt: skip
@click.option(
    "--timeout", type=click.FloatRange(min=0, min_open=True), default=30.0, show_default=True,
    help="The longest a query may take, in seconds.",
)  # fmt: skip
@click.option("--http", is_flag=True, help="Over streamable HTTP at /mcp, instead of standard input and output.")
@click.option("--host", default="127.0.0.1", show_default=True, help="With --http: the address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True,
    help="With --http: the port; 0 takes a free one.",
)  # fmt: skip
@click.option("--keys", type=click.Path(path_type=Path), help="With --http: the file of API keys.")
@click.option(
    "--anonymous-read/--no-anonymous-read", default=None,
    help="With --http: whether reading needs no key. [default: on an address only this machine reaches, without keys]",
)  # fmt: skip
@click.option(
    "--rate", type=click.FloatRange(min=0, min_open=True),
    help="With --http: requests a second for each key or address. [default: any]",
)  # fmt: skip
@click.option("--request-log", is_flag=True, help="With --http: write a line of JSON to stderr for every answer.")
@click.option("--public-url", default="", help="With --http: the address users see, when it is another one.")
@pass_session
def mcp(
    session: Session, /, organisations: tuple[Path, ...], timeout: float, http: bool, **over_http: Any  # noqa: ANN401
) -> None:  # fmt: skip
    """Give a language model the questions of this program as tools (Model Context Protocol), read-only.

    \b
    aimsgraph mcp --org data/examples/acme
    aimsgraph mcp --http --port 8001
    """
    try:
        from aimsgraph.mcp.server import run_stdio
    except ImportError as error:
        raise EngineMissing("the MCP server is not installed", remedy="pip install 'aimsgraph[mcp]'") from error
    from aimsgraph.web.settings import ServeSettings

    for path in organisations:
        if not path.exists():
            raise UsageError(f"--org {path}: nothing is there", remedy="name an organisation's folder or workbook")
    if not http:
        _refuse_options_of_http()
        settings = ServeSettings(session.settings, organisations=organisations, query_seconds=timeout)
        session.say(
            "serving standard input and output; a client starts this program, people use --http or other commands"
        )
        asyncio.run(run_stdio(settings))
        return
    from aimsgraph.mcp.http import mcp_app, security_of
    from aimsgraph.web.listen import listen
    from aimsgraph.web.logs import write_to_stderr

    settings = ServeSettings(
        session.settings, over_http["host"], over_http["port"], organisations, over_http["keys"],
        over_http["anonymous_read"], query_seconds=timeout, requests_per_second=over_http["rate"],
        public_url=over_http["public_url"], mcp=True,
    )  # fmt: skip
    settings.check()
    security_of(settings)  # before anything is opened
    if over_http["request_log"]:
        write_to_stderr()
    asyncio.run(listen(mcp_app(settings), settings, lambda address: session.say(f"listening on {address}/mcp")))


def _refuse_options_of_http() -> None:
    """Refuse options that would be passed over.

    Raises:
        UsageError: one is given.
    """
    context = click.get_current_context()
    for name in _ONLY_HTTP:
        if context.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE:
            raise UsageError(f"--{name.replace('_', '-')} goes with --http", remedy="add --http, or leave it out")
