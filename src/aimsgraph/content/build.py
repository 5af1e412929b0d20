"""Builds `data/compiled/` from the content folders, and loads it back.

```text
data/compiled/<slug>--<edition>.ttl   one graph, canonical Turtle
data/compiled/sources.tsv             IRI → file, line, column: where a node was written
data/compiled/MANIFEST.json           what there is, with counts and digests
data/released-ids.txt                 every IRI ever released; it only grows
```

The bytes depend on the sources alone. The folder is replaced as a whole or not at all.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

import pyoxigraph as ox
from pydantic import BaseModel, ConfigDict, ValidationError

from aimsgraph.content.check import ContentCheckFailed, count_framework, require_sound
from aimsgraph.content.compile import Compiled, compile_content
from aimsgraph.content.format import iter_source_files, replace_file, writing
from aimsgraph.content.read import Content, read_content
from aimsgraph.content.tables import nearest, read_lines
from aimsgraph.domain.identifiers import BASE, GRAPH
from aimsgraph.domain.report import Finding
from aimsgraph.errors import InputError, Location
from aimsgraph.graph.canonical import digest, to_turtle
from aimsgraph.graph.rdf_text import parse_rdf

COMPILED = "compiled"
MANIFEST = "MANIFEST.json"
SOURCES = "sources.tsv"
RELEASED = "released-ids.txt"
_SOURCES_HEADER = "iri\tfile\tline\tcolumn"
_REMEDY = "run `aimsgraph build`"


class GraphRecord(BaseModel):
    """One compiled graph: its name, its file, how many triples, and the digest of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    graph: str
    file: str
    triples: int
    sha256: str


class Manifest(BaseModel):
    """What `data/compiled/` holds.

    Attributes:
        format: the layout of the folder.
        graph_version: SHA-256 of all quads in canonical N-Quads: two equal ones mean equal graphs.
        sources_digest: SHA-256 over the source files.
        source_map: SHA-256 of `sources.tsv`.
        current_to: by framework or catalogue, the day up to which its source was followed.
        counts: by framework or catalogue, how many there are of each kind.
        graphs: the graphs, by name.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1]
    graph_version: str
    sources_digest: str
    source_map: str
    current_to: dict[str, dt.date]
    counts: dict[str, dict[str, int]]
    graphs: tuple[GraphRecord, ...]


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did.

    Attributes:
        folder: the compiled folder.
        manifest: what it holds.
        changed: the files that are new, different or gone; empty when all was up to date.
        new_ids: the IRIs that were added to `released-ids.txt`.
    """

    folder: Path
    manifest: Manifest
    changed: tuple[str, ...]
    new_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CompiledGraph:
    """A compiled graph that was verified but not parsed yet; iterating parses it, each time anew."""

    record: GraphRecord
    turtle: bytes

    def __iter__(self) -> Iterator[ox.Quad]:
        """Yield its quads, in its named graph."""
        graph = ox.NamedNode(self.record.graph)
        return parse_rdf(self.turtle, ox.RdfFormat.TURTLE, graph=graph, file=self.record.file)


class CompiledSources(Mapping[str, Location]):
    """IRI → where it was written, read from `sources.tsv` when first asked."""

    def __init__(self, path: Path, sha256: str) -> None:
        self._path = path
        self._sha256 = sha256
        self._entries: dict[str, Location] | None = None

    def __getitem__(self, iri: str) -> Location:
        """Return where a node was written."""
        return self._read()[iri]

    def __iter__(self) -> Iterator[str]:
        """Yield the IRIs, sorted."""
        return iter(self._read())

    def __len__(self) -> int:
        """Return how many nodes are known."""
        return len(self._read())

    def _read(self) -> dict[str, Location]:
        if self._entries is None:
            lines = _verified(self._path, self._sha256).decode().splitlines()
            data = self._path.absolute().parent.parent.name
            entries = {}
            for line in lines[1:]:
                iri, file, row, column = line.split("\t")
                entries[iri] = Location(f"{data}/{file}", int(row), int(column))
            self._entries = entries
        return self._entries


class LoadedContent(NamedTuple):
    """A compiled folder that was verified.

    Attributes:
        graphs: the graphs by name; iterating one parses it.
        manifest: what the folder holds.
        sources: where each node was written.
    """

    graphs: dict[str, CompiledGraph]
    manifest: Manifest
    sources: CompiledSources

    @property
    def version(self) -> str:
        """The digest of all quads."""
        return self.manifest.graph_version

    def quads(self) -> Iterator[ox.Quad]:
        """Yield the quads of all graphs."""
        for graph in self.graphs.values():
            yield from graph

    def locate(self, iri: str) -> Location | None:
        """Return where a node was written, None for a node that is not in the content."""
        return self.sources.get(iri)


def build(data_folder: Path, *, check: bool = False) -> BuildReport:
    """Compile a data folder into its `compiled/`, or check that this was done.

    Args:
        data_folder: the folder with `frameworks/`, `vocabularies/` and so on.
        check: write nothing; compare bytes.

    Raises:
        InputError: something cannot be read.
        ContentCheckFailed: the content has findings, a released id is gone, or `check` found a file stale.
        Refused: the folder may not be written.
        BackendError: writing failed; all is as it was.
    """
    content = read_content([data_folder])
    require_sound(content)
    compiled = compile_content(content)
    released = _read_released(data_folder)
    ids = _ids_of(compiled)
    _refuse_vanished(released, ids)
    manifest, files = _render(content, compiled, data_folder)
    folder = data_folder / COMPILED
    register = "".join(f"{iri}\n" for iri in sorted(ids)).encode()
    stale = _compare(folder, files, register)
    if check and stale:
        raise ContentCheckFailed(stale, what="files do not match the sources")
    if stale:
        _replace_folder(folder, files, data_folder / RELEASED, register)
    changed = tuple(sorted(Path(finding.location.file).name for finding in stale))
    return BuildReport(folder, manifest, changed, tuple(sorted(ids - released.keys())))


def load_compiled(folder: Path) -> LoadedContent:
    """Return the graphs by name, the manifest and the source map; files are verified, not parsed.

    Raises:
        InputError: a file is missing, damaged, or not the one the manifest speaks of.
    """
    manifest = _read_manifest(folder)
    graphs: dict[str, CompiledGraph] = {}
    for record in manifest.graphs:
        if record.file != _file_of(record.graph):
            raise _unusable(folder / MANIFEST, f"it names the file {record.file!r} for {record.graph}")
        graphs[record.graph] = CompiledGraph(record, _verified(folder / record.file, record.sha256))
    if not (folder / SOURCES).is_file():
        raise _unusable(folder / SOURCES, "it is missing")
    return LoadedContent(graphs, manifest, CompiledSources(folder / SOURCES, manifest.source_map))


def _render(content: Content, compiled: Compiled, data_folder: Path) -> tuple[Manifest, dict[str, bytes]]:
    files: dict[str, bytes] = {}
    records = []
    for graph, triples in sorted(compiled.graphs.items()):
        turtle = to_turtle(triples)
        record = GraphRecord(graph=graph, file=_file_of(graph), triples=len(triples), sha256=_sha256(turtle))
        files[record.file] = turtle
        records.append(record)
    files[SOURCES] = _render_sources(compiled, data_folder)
    current_to = {c.header.slug: c.header.current_to for c in content.catalogues}
    counts = {c.header.slug: {"entry": len(c.entries.rows)} for c in content.catalogues}
    for framework in content.frameworks:
        name = f"{framework.header.slug}@{framework.header.edition}"
        current_to[name] = framework.header.current_to
        counts[name] = count_framework(framework)
    manifest = Manifest(
        format=1,
        graph_version=digest(_quads_of(compiled)),
        sources_digest=_digest_sources(data_folder),
        source_map=_sha256(files[SOURCES]),
        current_to=current_to,
        counts=counts,
        graphs=tuple(records),
    )
    text = json.dumps(manifest.model_dump(mode="json"), indent=2, sort_keys=True, ensure_ascii=False)
    files[MANIFEST] = f"{text}\n".encode()
    return manifest, files


def _render_sources(compiled: Compiled, data_folder: Path) -> bytes:
    """Write the source map; files are named from the data folder, so that its own name does not matter."""
    rows = [_SOURCES_HEADER]
    for iri, where in sorted(compiled.sources.items()):
        file = where.file.removeprefix(f"{data_folder.name}/")
        rows.append(f"{iri}\t{file}\t{where.line}\t{where.column}")
    return ("\n".join(rows) + "\n").encode()


def _file_of(graph: str) -> str:
    return graph.removeprefix(GRAPH).replace("/", "--") + ".ttl"


def _quads_of(compiled: Compiled) -> Iterator[ox.Quad]:
    for graph, triples in compiled.graphs.items():
        name = ox.NamedNode(graph)
        yield from (ox.Quad(t.subject, t.predicate, t.object, name) for t in triples)


def _digest_sources(data_folder: Path) -> str:
    whole = hashlib.sha256()
    for path in iter_source_files(data_folder):
        name = path.relative_to(data_folder).as_posix()
        whole.update(f"{name}\t{_sha256(_read_bytes(path))}\n".encode())
    return whole.hexdigest()


def _ids_of(compiled: Compiled) -> set[str]:
    """Return the IRIs that others may have taken over: every node of ours that is described."""
    subjects = {triple.subject for triples in compiled.graphs.values() for triple in triples}
    return {node.value for node in subjects if isinstance(node, ox.NamedNode) and node.value.startswith(BASE)}


def _read_released(data_folder: Path) -> dict[str, Location]:
    path = data_folder / RELEASED
    if not path.exists():
        return {}
    shown_as = f"{data_folder.name}/{RELEASED}"
    released = {}
    for number, line in enumerate(read_lines(path, shown_as), start=1):
        where = Location(shown_as, number)
        if not line.startswith(BASE):
            raise InputError(
                f"no IRI of ours: {line[:80]!r}",
                location=where,
                remedy="one IRI a line; after a merge conflict keep the lines of both sides",
            )
        released[line] = where
    return released


def _refuse_vanished(released: Mapping[str, Location], ids: set[str]) -> None:
    new = sorted(ids - released.keys())
    found = []
    for iri in sorted(released.keys() - ids):
        guess = nearest(iri, new)
        renamed = f" It looks like {guess}: an id may not be renamed." if guess else ""
        remedy = (
            "restore its row: what is retired gets in_force_until and replaced_by and stays."
            f"{renamed} Only an id that was never published may be taken off {RELEASED} by hand"
        )
        found.append(Finding("RELEASED_ID_VANISHED", f"{iri} was released and is gone", released[iri], remedy))
    if found:
        raise ContentCheckFailed(found, what="released ids are gone")


def _compare(folder: Path, files: Mapping[str, bytes], register: bytes) -> list[Finding]:
    """Return one finding for each file that is missing, different or not ours."""
    data = folder.absolute().parent.name
    present = {path.name: path for path in folder.iterdir()} if folder.is_dir() else {}
    wanted = {f"{data}/{COMPILED}/{name}": (present.get(name), content) for name, content in files.items()}
    released = folder.parent / RELEASED
    wanted[f"{data}/{RELEASED}"] = (released if released.exists() else None, register)
    found = []
    for shown_as, (path, content) in sorted(wanted.items()):
        if path is None:
            found.append(Finding("FILE_MISSING", "is missing", Location(shown_as), _REMEDY))
        elif not path.is_file() or _read_bytes(path) != content:
            found.append(Finding("FILE_STALE", "does not match the sources", Location(shown_as), _REMEDY))
    for name in sorted(present.keys() - files.keys()):
        where = Location(f"{data}/{COMPILED}/{name}")
        found.append(Finding("FILE_EXTRA", "is not made from the sources", where, _REMEDY))
    return found


def _replace_folder(folder: Path, files: Mapping[str, bytes], released: Path, register: bytes) -> None:
    """Write beside, then swap; whatever fails on the way, the old folder stands again."""
    with writing(folder):
        staging = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        new, old = staging / "new", staging / "old"
        try:
            new.mkdir()
            for name, content in files.items():
                _write_through(new / name, content)
            _sync_folder(new)
            if folder.exists():
                folder.rename(old)
            try:
                new.rename(folder)
                _sync_folder(folder.parent)
                replace_file(released, register)
            except BaseException:  # also an interrupt: the old folder must stand again
                if folder.exists():
                    folder.rename(staging / "failed")
                if old.exists():
                    old.rename(folder)
                raise
        finally:
            shutil.rmtree(staging, ignore_errors=True)


def _write_through(path: Path, content: bytes) -> None:
    with path.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _read_manifest(folder: Path) -> Manifest:
    path = folder / MANIFEST
    if not path.is_file():
        raise _unusable(path, "it is missing")
    try:
        return Manifest.model_validate_json(_read_bytes(path))
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or "the document"
        raise _unusable(path, f"{field}: {first['msg']}") from error


def _verified(path: Path, sha256: str) -> bytes:
    if not path.is_file():
        raise _unusable(path, "it is missing")
    content = _read_bytes(path)
    if _sha256(content) != sha256:
        raise _unusable(path, f"it is not the file {MANIFEST} speaks of")
    return content


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(
            f"cannot read the file: {error.strerror}",
            location=Location(str(path)),
            remedy="check that it exists and may be read",
        ) from error


def _unusable(path: Path, why: str) -> InputError:
    return InputError(f"the compiled data cannot be used: {why}", location=Location(str(path)), remedy=_REMEDY)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
