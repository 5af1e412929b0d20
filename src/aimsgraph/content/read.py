"""Finds and reads the content folders: frameworks, catalogues, vocabularies.

Discovery is a glob; nothing is registered.

```text
data/frameworks/<slug>/<edition>/framework.yaml + tables
data/catalogue/catalogue.yaml + entries.tsv
data/vocabularies/<scheme>.tsv
data/mappings/<set>/set.yaml + rows/*.tsv + nomatch.tsv + reviews.tsv
```
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from aimsgraph.content import mapping_schemas, schemas
from aimsgraph.content.mapping_schemas import MappingSetHeader
from aimsgraph.content.models import CatalogueHeader, FrameworkHeader, parse_model
from aimsgraph.content.tables import Column, Row, Table, nearest, read_table
from aimsgraph.content.yaml_source import YamlSource, read_yaml
from aimsgraph.domain.report import Finding
from aimsgraph.errors import InputError, Location


@dataclass(frozen=True, slots=True)
class FrameworkSource:
    """A framework as read: its header, and its tables by name."""

    header: FrameworkHeader
    yaml: YamlSource
    tables: dict[str, Table]

    def rows(self, table: str) -> tuple[Row, ...]:
        """Return the rows of a table; empty when the framework has none."""
        return self.tables[table].rows if table in self.tables else ()


@dataclass(frozen=True, slots=True)
class CatalogueSource:
    """A catalogue as read."""

    header: CatalogueHeader
    yaml: YamlSource
    entries: Table


@dataclass(frozen=True, slots=True)
class MappingSetSource:
    """A mapping set as read.

    Attributes:
        header: who made it, between which editions, and how.
        rows: the tables of rows, one a file.
        nomatch: what was looked for and not found.
        reviews: who reviewed which row.
    """

    header: MappingSetHeader
    yaml: YamlSource
    rows: tuple[Table, ...]
    nomatch: Table | None
    reviews: Table | None

    @property
    def tables(self) -> tuple[Table, ...]:
        """All its tables."""
        return (*self.rows, *(table for table in (self.nomatch, self.reviews) if table is not None))

    @property
    def all_rows(self) -> tuple[Row, ...]:
        """The rows of all files."""
        return tuple(row for table in self.rows for row in table.rows)


@dataclass(frozen=True, slots=True)
class Content:
    """Everything the content folders hold, in a fixed order whatever the file system says."""

    frameworks: tuple[FrameworkSource, ...]
    catalogues: tuple[CatalogueSource, ...]
    vocabularies: tuple[tuple[str, Table], ...]
    mappings: tuple[MappingSetSource, ...] = ()

    @property
    def findings(self) -> list[Finding]:
        """What was wrong with single cells and headers."""
        tables = [table for framework in self.frameworks for table in framework.tables.values()]
        tables += [catalogue.entries for catalogue in self.catalogues]
        tables += [table for _, table in self.vocabularies]
        tables += [table for mapping in self.mappings for table in mapping.tables]
        return [finding for table in tables for finding in table.findings]


def read_content(folders: list[Path]) -> Content:
    """Read one or more content folders; a later folder is an overlay that adds to the earlier ones.

    Raises:
        InputError: a folder or file cannot be read, or two folders hold the same framework edition.
    """
    frameworks: dict[tuple[str, str], FrameworkSource] = {}
    catalogues, vocabularies, mappings = [], [], []
    for folder in folders:
        if not folder.is_dir():
            raise InputError(
                "there is no such data folder",
                location=Location(str(folder)),
                remedy="give an existing folder",
            )
        for header in sorted(folder.glob("frameworks/*/*/framework.yaml")):
            source = _read_framework(header, folder)
            key = (source.header.slug, source.header.edition)
            if key in frameworks:
                raise InputError(
                    f"framework {key[0]}@{key[1]} is defined twice",
                    location=source.yaml.where("slug"),
                    remedy=f"the other one stands in {frameworks[key].yaml.file}; give this one another edition",
                )
            frameworks[key] = source
        for header in sorted(folder.glob("*/catalogue.yaml")):
            yaml = read_yaml(header, shown(header, folder))
            entries = header.with_name("entries.tsv")
            catalogues.append(
                CatalogueSource(
                    parse_model(CatalogueHeader, yaml),
                    yaml,
                    read_table(entries, shown(entries, folder), schemas.CATALOGUE),
                )
            )
        for path in sorted(folder.glob("vocabularies/*.tsv")):
            vocabularies.append((path.stem, read_table(path, shown(path, folder), schemas.VOCABULARY)))
        mappings += [read_mapping_set(path, folder) for path in sorted(folder.glob("mappings/*/set.yaml"))]
    ordered = tuple(frameworks[key] for key in sorted(frameworks))
    return Content(ordered, tuple(catalogues), tuple(vocabularies), tuple(mappings))


def shown(path: Path, folder: Path) -> str:
    """Return how a file is named in messages: below the data folder, with the folder's own name before it."""
    return f"{folder.name}/{path.relative_to(folder).as_posix()}"


def table_columns(path: Path) -> tuple[Column, ...] | None:
    """Return the columns a table file may have, by where it stands; None for a file that is no table of ours."""
    if path.parent.name == "vocabularies":
        return schemas.VOCABULARY
    if path.name == "entries.tsv" and (path.parent / "catalogue.yaml").exists():
        return schemas.CATALOGUE
    if (path.parent.parent / "set.yaml").exists() and path.parent.name == "rows":
        return mapping_schemas.ROWS
    if (path.parent / "set.yaml").exists():
        return mapping_schemas.TABLES.get(path.stem)
    if (path.parent / "framework.yaml").exists():
        return schemas.FRAMEWORK_TABLES.get(path.stem)
    return None


def read_mapping_set(header: Path, folder: Path) -> MappingSetSource:
    """Read the folder of a mapping set.

    Raises:
        InputError: a file cannot be read, or is none that a mapping set has.
    """
    yaml = read_yaml(header, shown(header, folder))
    model = parse_model(MappingSetHeader, yaml)
    others: dict[str, Table] = {}
    for path in sorted(header.parent.glob("*.tsv")):
        columns = mapping_schemas.TABLES.get(path.stem)
        if columns is None:
            raise InputError(
                f"unknown table {path.name!r}",
                location=Location(shown(path, folder)),
                remedy="a mapping set has rows/*.tsv, nomatch.tsv and reviews.tsv",
            )
        others[path.stem] = read_table(path, shown(path, folder), columns)
    rows = tuple(
        read_table(path, shown(path, folder), mapping_schemas.ROWS) for path in sorted(header.parent.glob("rows/*.tsv"))
    )
    return MappingSetSource(model, yaml, rows, others.get("nomatch"), others.get("reviews"))


def _read_framework(header: Path, folder: Path) -> FrameworkSource:
    yaml = read_yaml(header, shown(header, folder))
    model = parse_model(FrameworkHeader, yaml)
    expected = (header.parent.parent.name, header.parent.name)
    if (model.slug, model.edition) != expected:
        raise InputError(
            f"slug and edition are {model.slug}@{model.edition}, the folder says {'@'.join(expected)}",
            location=yaml.where("slug"),
            remedy="name the folder frameworks/<slug>/<edition> as in the header",
        )
    tables = {}
    for path in sorted(header.parent.glob("*.tsv")):
        columns = schemas.FRAMEWORK_TABLES.get(path.stem)
        if columns is None:
            guess = nearest(path.stem, list(schemas.FRAMEWORK_TABLES))
            raise InputError(
                f"unknown table {path.name!r}",
                location=Location(shown(path, folder)),
                remedy=f"did you mean {guess}.tsv?" if guess else f"known: {', '.join(schemas.FRAMEWORK_TABLES)}",
            )
        tables[path.stem] = read_table(path, shown(path, folder), columns)
    return FrameworkSource(model, yaml, tables)
