"""The settings of a run: flags before environment before configuration file before defaults.

A configuration file is TOML with the keys of `Settings` (`store = "…"`, `data = ["…"]`); the environment uses the same
names in capitals after `AIMSGRAPH_` (`AIMSGRAPH_STORE`). A misspelt key is an error that names the nearest one.
"""

from __future__ import annotations

import datetime as dt
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from aimsgraph.domain.time import parse_date
from aimsgraph.errors import InputError, Location, UsageError

PREFIX = "AIMSGRAPH_"
MEMORY = "memory"
ENVIRONMENT = "environment"
SECRETS = frozenset({"store_password", "store_token"})
"""Settings that the environment alone may hold, and that nothing prints."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run is given.

    Attributes:
        store: `memory`, the path of a store directory, or the address of a SPARQL 1.1 server.
        data: overlay folders with further content, in order.
        today: the day taken as today; None means the clock in UTC.
        query_seconds: how long a query may take; None means as long as it takes.
        query_rows: how many rows of a query are given; None means all.
        store_update: where a server takes updates; empty means where it takes queries.
        store_graphs: where a server takes whole graphs (Graph Store Protocol); empty means nowhere.
        store_user: the user a server asks for.
        store_password: that user's password.
        store_token: a bearer token, instead of user and password.
    """

    store: str = MEMORY
    data: tuple[Path, ...] = ()
    today: dt.date | None = None
    query_seconds: float | None = 60.0
    query_rows: int | None = None
    store_update: str = ""
    store_graphs: str = ""
    store_user: str = ""
    store_password: str = field(default="", repr=False)
    store_token: str = field(default="", repr=False)


def load_settings(
    config: Path | None = None,
    flags: Mapping[str, Any] | None = None,
    environment: Mapping[str, str] | None = None,
) -> Settings:
    """Put the settings of a run together.

    Args:
        config: a configuration file.
        flags: values given on the command line, by field name; None means not given.
        environment: the environment; the process's own when None.

    Raises:
        InputError: the configuration file cannot be read.
        UsageError: a key is unknown or a value is wrong; a variable that is set to nothing counts as not set.
    """
    settings = Settings()
    if config is not None:
        settings = _apply(settings, _read_config(config), str(config))
    environment = os.environ if environment is None else environment
    named = {key.removeprefix(PREFIX).lower(): value for key, value in environment.items() if key.startswith(PREFIX)}
    settings = _apply(settings, {key: value for key, value in named.items() if value}, ENVIRONMENT)
    return _apply(settings, {k: v for k, v in (flags or {}).items() if v is not None and v != ()}, "command line")


def _read_config(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"cannot read the configuration: {error.strerror}", location=Location(str(path))) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"the configuration is no TOML: {error}", location=Location(str(path))) from error


def _apply(settings: Settings, values: Mapping[str, Any], origin: str) -> Settings:
    for name, value in values.items():
        if name not in {field.name for field in fields(Settings)}:
            raise _unknown(name, origin)
        if name in SECRETS and origin != ENVIRONMENT:
            raise UsageError(
                f"setting {name!r} ({origin}): a secret does not belong there",
                remedy=f"set {PREFIX}{name.upper()} in the environment",
            )
        try:
            settings = replace(settings, **{name: _PARSERS[name](value)})
        except (ValueError, TypeError, OverflowError) as error:
            raise UsageError(f"setting {name!r} ({origin}): {error}", remedy="see `aimsgraph --help`") from error
    return settings


def _unknown(name: str, origin: str) -> UsageError:
    from rapidfuzz import fuzz, process

    known = [field.name for field in fields(Settings)]
    near = process.extractOne(name, known, scorer=fuzz.ratio, score_cutoff=50)
    remedy = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}"
    return UsageError(f"unknown setting {name!r} ({origin})", remedy=remedy)


def _folders(value: Any) -> tuple[Path, ...]:  # noqa: ANN401
    parts = value.split(os.pathsep) if isinstance(value, str) else value
    return tuple(Path(part) for part in parts)


def _positive(value: Any) -> float:  # noqa: ANN401
    number = float(value)
    if not number > 0 or isinstance(value, bool):
        raise ValueError("must be a number above 0")
    return number


def _count(value: Any) -> int:  # noqa: ANN401
    number = int(_positive(value))
    if number != float(value):
        raise ValueError("must be a whole number above 0")
    return number


def _text(value: Any) -> str:  # noqa: ANN401
    if not isinstance(value, str) or not value:
        raise ValueError("must be a text that is not empty")
    return value


def _date(value: Any) -> dt.date:  # noqa: ANN401
    return value if type(value) is dt.date else parse_date(str(value))


_PARSERS: dict[str, Any] = {
    "store": _text,
    "data": _folders,
    "today": _date,
    "query_seconds": _positive,
    "query_rows": _count,
    "store_update": _text,
    "store_graphs": _text,
    "store_user": _text,
    "store_password": _text,
    "store_token": _text,
}
