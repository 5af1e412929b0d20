"""Foreign frameworks as lines of text, the same in every format: one JSON object a framework and one an item."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from aimsgraph.domain.identifiers import slugify
from aimsgraph.errors import InputError, Location
from aimsgraph.exchange.mapping_table import ForeignFramework, ForeignItem, clean_cell
from aimsgraph.exchange.names import Names, safe_local

FRAMEWORK = "foreign"
ITEM = "foreign-item"


def foreign_fields(foreign: Iterable[ForeignFramework]) -> list[tuple[str, str]]:
    """Return foreign frameworks as (field, value)."""
    found = []
    for framework in foreign:
        said = {name: getattr(framework, name) for name in ("slug", "title", "version", "source")}
        found.append((FRAMEWORK, _write(said)))
        found += [(ITEM, _write({"framework": framework.slug, **asdict(item)})) for item in framework.items]
    return found


def read_foreign_fields(
    fields: Iterable[tuple[str, str, Location]], names: Names
) -> tuple[tuple[ForeignFramework, ...], Names]:
    """Return the foreign frameworks that (field, value, where) describe, and the names with theirs added.

    Raises:
        InputError: a line is not as it was written, or takes the name of a framework of ours.
    """
    frameworks: dict[str, dict[str, str]] = {}
    items: dict[str, dict[str, ForeignItem]] = {}
    for field, value, where in fields:
        said = _read(value, where)
        if field == FRAMEWORK:
            slug = said.get("slug", "")
            if slugify(slug) != slug or not slug or slug in names.frameworks or slug in frameworks:
                raise InputError(f"{slug[:60]!r} cannot name a foreign framework", location=where, remedy="export anew")
            frameworks[slug] = said
            items[slug] = {}
            continue
        slug, local = said.get("framework", ""), said.get("local", "")
        if slug not in items or not local or safe_local(local) != local:
            raise InputError(f"{local[:60]!r} is no item of {slug[:60]!r}", location=where, remedy="export anew")
        items[slug][local] = ForeignItem(local, said.get("original", local), said.get("label", ""))
    found = tuple(
        ForeignFramework(
            slug, said.get("title", slug), said.get("version", ""), said.get("source", ""), tuple(items[slug].values())
        )
        for slug, said in frameworks.items()
    )
    return found, names.with_foreign(found) if found else names


def _write(value: dict[str, Any]) -> str:
    return json.dumps({name: text for name, text in value.items() if text}, ensure_ascii=False, separators=(",", ":"))


def _read(value: str, where: Location) -> dict[str, str]:
    try:
        said = json.loads(value)
    except (ValueError, RecursionError) as error:
        raise InputError(f"not JSON: {error}", location=where, remedy="export anew") from error
    if not isinstance(said, dict):
        raise InputError("no JSON object", location=where, remedy="export anew")
    return {str(name): clean_cell(str(text), str(name), where) for name, text in said.items()}
