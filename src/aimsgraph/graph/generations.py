"""The folder behind a directory store: generations, the pointer to the present one, and the locks.

```text
PATH/FORMAT             "aimsgraph-store 1"
PATH/LOCK               held exclusively by the one writer
PATH/CURRENT            the name of the present generation; replaced by rename, never edited
PATH/gen-000007/        a generation, never changed once it has this name
    generation.json     number, quads, digest, files with their sizes
    lock                held shared by every reader of this generation
    data/               the RocksDB folder
```
"""

from __future__ import annotations

import errno
import fcntl
import itertools
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from aimsgraph.errors import BackendError, InputError, NotFound, Refused, StoreCorrupted, StoreLocked
from aimsgraph.graph.canonical import Content

FORMAT: Final = "aimsgraph-store 1"
KEPT: Final = 2
_NAME: Final = re.compile(r"gen-([0-9]{6,})")
_LEFTOVER: Final = re.compile(r"(?:gen-[0-9]{6,}|CURRENT|FORMAT)\.(?:new|old)-[0-9-]+")
_temporary = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Record:
    """What `generation.json` says of a generation.

    Attributes:
        number: counts up from 1.
        quads: how many quads it holds.
        digest: the SHA-256 of its content, as `canonical.describe_content` makes it.
        overlaps: whether a triple is in more than one graph.
        files: the size of every file under `data/`.
    """

    number: int
    quads: int
    digest: str
    overlaps: bool
    files: dict[str, int]

    @property
    def name(self) -> str:
        """The name of its folder."""
        return name_of(self.number)

    @property
    def generation(self) -> str:
        """What the store calls this content."""
        return f"{self.number}-{self.digest[:12]}"


def temporary(path: Path, kind: str) -> Path:
    """Return a new name beside a path, of kind `new` or `old`; `sweep` knows such names as leftovers."""
    return path.with_name(f"{path.name}.{kind}-{os.getpid()}-{next(_temporary)}")


def name_of(number: int) -> str:
    """Return the folder name of a generation."""
    return f"gen-{number:06d}"


@contextmanager
def file_errors(path: Path) -> Iterator[None]:
    """Turn what the operating system says about a store folder into our errors."""
    try:
        yield
    except OSError as error:
        if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
            raise Refused(
                f"not allowed to write to the store {path}: {error.strerror}",
                remedy="open it read-only, or choose a folder you may write to",
            ) from error
        raise BackendError(f"the store {path} cannot be used: {error.strerror or error}") from error


def check_format(path: Path) -> None:
    """Make sure that a folder is a store of the one format known.

    Raises:
        NotFound: nothing is there.
        InputError: it is something else, or a store of another version.
    """
    if not path.exists():
        raise NotFound(f"no store at {path}", remedy="make one by loading into it, or check the path")
    marker = path / "FORMAT"
    if not marker.is_file():
        raise InputError(f"{path} is not an aimsgraph store", remedy="name the folder of a store")
    found = marker.read_bytes().decode(errors="replace").strip()
    if found != FORMAT:
        raise InputError(
            f"{path} has the store format {found!r}; this version knows {FORMAT!r}",
            remedy="open it with the version of aimsgraph that wrote it, and export its content",
        )


def read_current(path: Path) -> str:
    """Return the name of the present generation.

    Raises:
        NotFound: the store was never finished.
        StoreCorrupted: generations without a pointer to one, or a pointer to nothing.
    """
    name = present_name(path)
    if name is None:
        if generations(path) in ([], [1]):
            raise NotFound(f"the store at {path} was never finished", remedy="load into it again")
        raise corrupted(path, "CURRENT is missing")
    if not _NAME.fullmatch(name):
        raise corrupted(path, "CURRENT names no generation")
    return name


def present_name(path: Path) -> str | None:
    """Return what CURRENT says, unchecked; None when it is missing."""
    try:
        return (path / "CURRENT").read_bytes().decode(errors="replace").strip()
    except FileNotFoundError:
        return None


def read_record(path: Path, name: str) -> Record:
    """Read the record of a generation and compare the files with it.

    Raises:
        StoreCorrupted: the record is missing or unreadable, or a file is missing, cut or too much.
    """
    folder = path / name
    try:
        fields = json.loads((folder / "generation.json").read_bytes())
        record = Record(
            int(fields["number"]),
            int(fields["quads"]),
            str(fields["digest"]),
            bool(fields["overlaps"]),
            dict(fields["files"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise corrupted(path, f"{name}/generation.json cannot be read") from error
    for file, size in record.files.items():
        try:
            found = (folder / "data" / file).stat().st_size
        except OSError:
            raise corrupted(path, f"{name}/data/{file} is missing") from None
        if found != size:
            raise corrupted(path, f"{name}/data/{file} has {found} bytes instead of {size}")
    if record.name != name:
        raise corrupted(path, f"{name}/generation.json is that of {record.name}")
    return record


def write_record(folder: Path, number: int, content: Content) -> Record:
    """Write the record of a finished generation and make all its files durable."""
    data = folder / "data"
    for unneeded in (data / "LOCK", *data.glob("LOG*")):
        unneeded.unlink(missing_ok=True)
    files = {entry.name: entry.stat().st_size for entry in sorted(data.iterdir())}
    record = Record(number, content.quads, content.digest, content.overlaps, files)
    (folder / "lock").touch()
    text = json.dumps(asdict(record), indent=2, sort_keys=True) + "\n"
    (folder / "generation.json").write_text(text, encoding="utf-8")
    for entry in (*data.iterdir(), folder / "generation.json", data, folder):
        _sync(entry)
    return record


def replace_file(path: Path, text: str) -> None:
    """Write a small file so that it holds either the old text or the new, whatever happens."""
    new = temporary(path, "new")
    try:
        new.write_text(text, encoding="utf-8")
        _sync(new)
        new.rename(path)
    except OSError:
        new.unlink(missing_ok=True)
        raise
    _sync(path.parent)


def generations(path: Path) -> list[int]:
    """Return the numbers of the generations that have a folder, ascending."""
    found = (_NAME.fullmatch(entry.name) for entry in path.iterdir())
    return sorted(int(match[1]) for match in found if match)


def lock_for_writing(path: Path) -> int:
    """Take the writer's lock and return its file descriptor.

    Raises:
        StoreLocked: another writer holds it.
    """
    with file_errors(path):
        descriptor = os.open(path / "LOCK", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise StoreLocked(
                f"another process is writing to the store {path}",
                remedy="wait until it has finished, or open the store read-only",
            ) from None
    return descriptor


def lock_for_reading(folder: Path) -> int | None:
    """Hold a generation so that it is not removed; None when it is being removed or is gone."""
    try:
        descriptor = os.open(folder / "lock", os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        held, present = os.fstat(descriptor), (folder / "lock").stat()
    except (BlockingIOError, FileNotFoundError):
        os.close(descriptor)
        return None
    if (held.st_dev, held.st_ino) != (present.st_dev, present.st_ino):
        os.close(descriptor)
        return None
    return descriptor


def sweep(path: Path, current: int) -> None:
    """Remove old generations that no reader holds, and what a killed writer left; the writer calls it."""
    for entry in list(path.iterdir()):
        if _LEFTOVER.fullmatch(entry.name):
            _remove(entry)
    for number in generations(path):
        if number > current or number <= current - KEPT:
            _remove_generation(path / name_of(number))


def _remove_generation(folder: Path) -> None:
    try:
        descriptor = os.open(folder / "lock", os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        _remove(folder)
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        away = temporary(folder, "old")
        folder.rename(away)
        _remove(away)
    except BlockingIOError:
        return  # a reader holds it; a later writer removes it
    finally:
        os.close(descriptor)


def _remove(entry: Path) -> None:
    if entry.is_dir():
        shutil.rmtree(entry, ignore_errors=True)
    else:
        entry.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def corrupted(path: Path, what: str) -> StoreCorrupted:
    """Return the error for a store whose files are not what its record says."""
    return StoreCorrupted(
        f"the store {path} is damaged: {what}",
        remedy="restore it from a copy, or make it anew from the sources it was loaded from",
    )
