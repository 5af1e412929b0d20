"""`serve`: the server."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from aimsgraph.cli.session import Session, pass_session
from aimsgraph.errors import EngineMissing


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="The port; 0 takes a free one."
)
@click.option(
    "--org",
    "organisations",
    multiple=True,
    metavar="PATH",
    type=click.Path(path_type=Path),
    help="An organisation's folder or workbook, as a dataset of its own; repeatable.",
)
@click.option("--keys", type=click.Path(path_type=Path), help="The file of API keys, made by `aimsgraph keys new`.")
@click.option(
    "--anonymous-read/--no-anonymous-read",
    default=None,
    help="Whether reading needs no key. [default: on an address only this machine reaches, without --keys]",
)
@click.option("--writes", is_flag=True, help="Take updates; needs --store PATH.")
@click.option(
    "--default-graph",
    type=click.Choice(["union", "unnamed"]),
    default="union",
    show_default=True,
    help="What a query sees that names no dataset: all graphs as one, or the graph without a name.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=30.0,
    show_default=True,
    help="The longest a query may take, in seconds.",
)
@click.option(
    "--workers", type=click.IntRange(1), default=2, show_default=True, help="How many queries run at the same time."
)
@click.option(
    "--rate",
    type=click.FloatRange(min=0, min_open=True),
    help="Requests a second for each key or address. [default: any]",
)
@click.option(
    "--concurrency", type=click.IntRange(1), default=32, show_default=True, help="Requests at the same time, likewise."
)
@click.option("--request-log", is_flag=True, help="Write a line of JSON to stderr for every answer.")
@click.option("--public-url", default="", help="The address users see, when it is another one.")
@click.option(
    "--federate",
    "federation",
    multiple=True,
    metavar="URL",
    help="A SPARQL server that SERVICE may name; repeatable. Any other is refused.",
)
@click.option("--mcp", is_flag=True, help="Offer the tools of a language model at /mcp.")
@pass_session
def serve(
    session: Session, host: str, port: int, organisations: tuple[Path, ...], keys: Path | None,
    anonymous_read: bool | None, writes: bool, default_graph: str, timeout: float, workers: int, rate: float | None,
    concurrency: int, request_log: bool, public_url: str, federation: tuple[str, ...],
    mcp: bool,
) -> None:  # fmt: skip
    """Answer over HTTP: SPARQL at /sparql, the crosswalk API at /v1, every IRI as a page.

    \b
    aimsgraph serve
    aimsgraph --store ./store serve --writes --keys keys.json
    aimsgraph serve --org data/examples/acme
    """
    try:
        from aimsgraph.web.app import serve_app
        from aimsgraph.web.listen import listen
        from aimsgraph.web.logs import write_to_stderr
    except ImportError as error:
        raise EngineMissing("the server is not installed", remedy="pip install 'aimsgraph[serve]'") from error
    from aimsgraph.web.settings import ServeSettings

    settings = ServeSettings(
        session.settings, host, port, organisations, keys, anonymous_read, writes, default_graph == "union",
        query_seconds=timeout, workers=workers, requests_per_second=rate, concurrent_requests=concurrency,
        federation=federation, public_url=public_url, mcp=mcp,
    )  # fmt: skip
    settings.check()
    if request_log:
        write_to_stderr()

    asyncio.run(
        listen(serve_app(settings), settings, lambda url: session.say(f"listening on {url}  (stop with Ctrl-C)"))
    )
