"""Reads OSCAL `mapping-collection` JSON: ours without loss, that of others with the weakest reading that is safe.

In a collection of others `intersects-with` says only that something is shared: its authors need not have checked that
each side has more.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from aimsgraph.content.tables import nearest
from aimsgraph.content.yaml_source import Path_, YamlSource
from aimsgraph.domain.relation import WORDS
from aimsgraph.errors import InputError, Location
from aimsgraph.exchange.bounded import decode, read_bytes
from aimsgraph.exchange.located import parse_json
from aimsgraph.exchange.mapping_table import MAX_TEXT, Imported, clean
from aimsgraph.exchange.names import Names
from aimsgraph.exchange.oscal import NS
from aimsgraph.exchange.oscal_foreign import read_foreign
from aimsgraph.exchange.oscal_own import read_own

ROOT = "mapping-collection"


def read_oscal(path: Path, names: Names, ours: Mapping[str, str] | None = None) -> Imported:
    """Read an OSCAL mapping collection in JSON: one table a mapping.

    Args:
        path: the file.
        names: our own names.
        ours: `href` or title of a resource → slug of the framework of ours that it is.

    Raises:
        InputError: the file cannot be read; line, column, the field and a remedy are named.
    """
    return parse_oscal(read_bytes(path), str(path), names, ours)


def parse_oscal(data: bytes, file: str, names: Names, ours: Mapping[str, str] | None = None) -> Imported:
    """Read the bytes of an OSCAL mapping collection; see `read_oscal`."""
    source = parse_json(decode(data, file), file)
    root = OscalNode(source, ())
    collection = root.child(ROOT)
    own = any(one.get("name") == "subject" and one.get("ns") == NS for one in collection.child("metadata").objects("props"))
    return read_own(collection, names) if own else read_foreign(collection, names, ours or {})
