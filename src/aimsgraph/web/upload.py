"""A register somebody sends: files by name, a zip archive, or a workbook, put into a folder within bounds.

Nothing is parsed here. What is refused: names that are absolute or climb, links, encrypted entries, one name twice,
more files or bytes than a register has. Bytes are counted as they are unpacked, whatever an archive claims.
"""

from __future__ import annotations

import io
import re
import stat
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from aimsgraph.errors import InputError
from aimsgraph.web.problems import HttpProblem

MOST_FILES = 500
FILE_BYTES = 4 * 1024 * 1024
ALL_BYTES = 32 * 1024 * 1024
DEPTH = 4
_LONGEST = 200
_NAME = re.compile(r"[\w][\w .,()@+-]*")
_PIECE = 64 * 1024


def write_files(files: Mapping[str, bytes], folder: Path) -> None:
    """Write files by name.

    Raises:
        InputError: a name is unsafe, or stands for two things.
        HttpProblem: 413, they are too many or too large.
    """
    if not files:
        raise InputError("there is no file", remedy="send at least organisation.yaml")
    if len(files) > MOST_FILES:
        raise _too_large(f"there are more than {MOST_FILES} files")
    if sum(map(len, files.values())) > ALL_BYTES:
        raise _too_large(f"the files have more than {ALL_BYTES:,} bytes")
    names = {name: _safe(name) for name in files}
    _refuse_doubles(list(names.values()))
    for name, data in files.items():
        if len(data) > FILE_BYTES:
            raise _too_large(f"{name} has more than {FILE_BYTES:,} bytes")
        target = folder.joinpath(*names[name].parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


def unpack_zip(data: bytes, folder: Path) -> None:
    """Unpack an archive; where everything stands below one folder, that folder is left out.

    Raises:
        InputError: it is no archive that can be read, or holds something unsafe.
        HttpProblem: 413, it holds too much.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            write_files(_without_top(_read_zip(archive)), folder)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, UnicodeDecodeError, ValueError, OSError) as error:
        raise InputError(f"this is no zip archive that can be read: {error}") from error
    except zipfile.zlib.error as error:  # type: ignore[attr-defined]
        raise InputError("the zip archive is broken") from error


def _read_zip(archive: zipfile.ZipFile) -> dict[str, bytes]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MOST_FILES:
        raise _too_large(f"the archive holds more than {MOST_FILES} files")
    found: dict[str, bytes] = {}
    left = ALL_BYTES
    for entry in entries:
        mode = entry.external_attr >> 16
        if mode and not stat.S_ISREG(mode) and stat.S_IFMT(mode):
            raise InputError(f"{entry.filename!r} is a link or a device", remedy="send plain files")
        if entry.flag_bits & 1:
            raise InputError(f"{entry.filename!r} is encrypted", remedy="send it as it is")
        if entry.filename in found:
            raise InputError(f"{entry.filename!r} is there twice", remedy="send each file once")
        _safe(entry.filename)
        found[entry.filename] = _read_entry(archive, entry, min(left, FILE_BYTES))
        left -= len(found[entry.filename])
    return found


def _read_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> bytes:
    data = bytearray()
    with archive.open(entry) as stream:
        while piece := stream.read(_PIECE):
            data += piece
            if len(data) > most:
                raise _too_large(f"{entry.filename!r}, unpacked, has more bytes than are left: {most:,}")
    return bytes(data)


def _without_top(files: dict[str, bytes]) -> dict[str, bytes]:
    tops = {name.partition("/")[0] for name in files}
    if "organisation.yaml" in files or len(tops) != 1 or any("/" not in name for name in files):
        return files
    return {name.partition("/")[2]: data for name, data in files.items()}


def _safe(name: str) -> PurePosixPath:
    """Return a name as a path below a folder.

    Raises:
        InputError: it is absolute, climbs, is hidden, too long or too deep, or has unusual characters.
    """
    path = PurePosixPath(name)
    parts = name.split("/")
    if len(name) > _LONGEST or len(parts) > DEPTH or not all(_NAME.fullmatch(part) for part in parts):
        raise InputError(
            f"{name[:_LONGEST]!r} is no name for a file of a register",
            remedy=f"use letters, digits, - and _; at most {DEPTH} levels, none of them hidden",
        )
    return path


def _refuse_doubles(paths: list[PurePosixPath]) -> None:
    folded = [str(path).casefold() for path in paths]
    folders = {str(parent).casefold() for path in paths for parent in path.parents}
    for path, name in zip(paths, folded, strict=True):
        if folded.count(name) > 1 or name in folders:
            raise InputError(f"{str(path)!r} stands for two things", remedy="give each file a name of its own")


def _too_large(why: str) -> HttpProblem:
    return HttpProblem(413, "body-too-large", why, remedy="send the register's own files alone")
