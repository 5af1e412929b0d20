"""`keys new|list|rotate|revoke`: the API keys of a server."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from aimsgraph.cli.output import format_options, write_listing
from aimsgraph.cli.session import Session, pass_session

_SCOPES = ("read", "validate", "write", "admin")
_file = click.option(
    "--keys",
    "file",
    type=click.Path(path_type=Path),
    default=Path("keys.json"),
    show_default=True,
    help="The key file.",
)


@click.group("keys")
def keys() -> None:
    """Make, list, renew and revoke the API keys of a server.

    The file is given to `aimsgraph serve --keys`, which reads it anew when it changes.
    """


@keys.command()
@click.argument("name")
@click.option(
    "--scope", "scopes", multiple=True, type=click.Choice(_SCOPES), help="What it allows; repeatable. [default: read]"
)
@click.option("--days", type=click.IntRange(1), help="For how many days it counts. [default: for ever]")
@click.option(
    "--org",
    "organisations",
    multiple=True,
    metavar="SLUG",
    help="Only this organisation's register; repeatable. [default: all]",
)
@_file
@pass_session
def new(
    session: Session, name: str, scopes: tuple[str, ...], days: int | None, organisations: tuple[str, ...], file: Path
) -> None:
    """Make a key called NAME and show it, this once.

    \b
    aimsgraph keys new grc-tool --days 90
    aimsgraph keys new importer --scope read --scope write
    """
    from aimsgraph.web.keys import KeyFile, Scope

    shown, key = KeyFile(file).new(
        name, [Scope(scope) for scope in scopes or ("read",)], days=days, organisations=organisations or None
    )
    click.echo(shown)
    session.say(f"key {key.id}, {_until(key.expires)}; it is shown only now, {file} holds a digest of it")


@keys.command("list")
@_file
@format_options()
@pass_session
def list_(session: Session, file: Path, format_: str, output: Path | None) -> None:
    """The keys, without their secrets."""
    from aimsgraph.web.keys import KeyFile

    now = dt.datetime.now(dt.UTC)
    listed, rows = [], []
    for key in KeyFile(file).keys().values():
        scopes = sorted(scope.value for scope in key.scopes)
        organisations = None if key.organisations is None else sorted(key.organisations)
        expires = key.expires.isoformat(timespec="seconds") if key.expires else None
        state = "counts" if key.counts(now) else "revoked" if key.revoked else "expired"
        created = key.created.isoformat(timespec="seconds")
        listed.append(
            {
                "id": key.id,
                "name": key.name,
                "scopes": scopes,
                "organisations": organisations,
                "created": created,
                "expires": expires,
                "state": state,
            }
        )
        seen = "all" if organisations is None else " ".join(organisations)
        rows.append([key.id, key.name, " ".join(scopes), seen, (expires or "never")[:10], state])
    write_listing(
        format_, output, {"keys": listed}, ["id", "name", "scopes", "organisations", "expires", "state"], rows
    )


@keys.command()
@click.argument("id_", metavar="ID")
@click.option(
    "--grace-days",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="For how many days the former key still counts.",
)
@_file
@pass_session
def rotate(session: Session, id_: str, grace_days: int, file: Path) -> None:
    """Make a key that allows the same as ID, show it, and let ID end."""
    from aimsgraph.web.keys import KeyFile

    shown, key = KeyFile(file).rotate(id_, grace_days=grace_days)
    click.echo(shown)
    session.say(f"key {key.id}, {_until(key.expires)}; {id_} counts for {grace_days} more days")


@keys.command()
@click.argument("id_", metavar="ID")
@_file
@pass_session
def revoke(session: Session, id_: str, file: Path) -> None:
    """Let the key ID count no longer."""
    from aimsgraph.web.keys import KeyFile

    key = KeyFile(file).revoke(id_)
    session.say(f"key {key.id} ({key.name}) is revoked")


def _until(expires: dt.datetime | None) -> str:
    return f"until {expires:%Y-%m-%d}" if expires else "without an end"
