"""Writes a register as the folder it stands for: all files or none."""

from __future__ import annotations

import csv
import io
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from aimsgraph.content.format import replace_file, writing
from aimsgraph.content.organisation_files import AUDITS, HEADER, YAML_FOLDERS, OrganisationFiles
from aimsgraph.content.register_tables import TABLES, columns_of
from aimsgraph.errors import Location, Refused
from aimsgraph.exchange.register_write import check_sound, documents_of


class _Plain(yaml.SafeDumper):
    """Writes texts without quotes wherever they read back the same: our reader takes every value as text."""


_Plain.yaml_implicit_resolvers = {}


def write_folder(files: OrganisationFiles, folder: Path) -> tuple[Path, ...]:
    """Write a register into a folder that is new or empty; hidden files in it do not count.

    Args:
        files: the register as read.
        folder: where.

    Returns:
        The files written.

    Raises:
        CheckFailed: fields or cells of the register are wrong; nothing was written.
        Refused: something stands in the folder already, or it may not be written.
        BackendError: writing failed; nothing was written.
    """
    check_sound(files)
    texts = dict(_texts(files))
    with writing(folder):
        _check_empty(folder)
        folder.parent.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            for name, text in texts.items():
                (staging / name).parent.mkdir(exist_ok=True)
                replace_file(staging / name, text.encode())
            staging.chmod(0o755)
            _move(staging, folder)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    return tuple(folder / name for name in texts)


def _check_empty(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise Refused("it is no folder", location=Location(str(folder)), remedy="choose a new folder")
    taken = sorted(path.name for path in folder.iterdir() if path.name[0] != ".") if folder.exists() else []
    if taken:
        raise Refused(
            f"the folder is not empty: it holds {taken[0]}",
            location=Location(str(folder)),
            remedy="choose a new folder; nothing is overwritten",
        )


def _move(staging: Path, folder: Path) -> None:
    """Put what was written in its place; into a folder with hidden files entry by entry, and back on failure."""
    if not folder.exists() or not any(folder.iterdir()):
        staging.replace(folder)
        return
    moved: list[Path] = []
    try:
        for path in sorted(staging.iterdir()):
            path.rename(folder / path.name)
            moved.append(folder / path.name)
    except OSError:
        for path in moved:
            path.rename(staging / path.name)
        raise


def _texts(files: OrganisationFiles) -> Iterator[tuple[str, str]]:
    """Yield the files of the folder by their path."""
    for name in (HEADER, AUDITS):
        for document in documents_of(files, name):
            yield name, _to_yaml(document.data)
    for name in YAML_FOLDERS:
        for document in documents_of(files, name):
            yield f"{name}/{document.stem}.yaml", _to_yaml(document.data)
    for name in TABLES:
        if files.rows(name):
            yield name, _to_csv(files, name)


def _to_yaml(data: Any) -> str:  # noqa: ANN401 - what YAML gives
    return yaml.dump(data, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=100_000)


def _to_csv(files: OrganisationFiles, name: str) -> str:
    columns = [column.name for column in columns_of(name)]
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([row[column] for column in columns] for row in files.rows(name))
    return buffer.getvalue()
