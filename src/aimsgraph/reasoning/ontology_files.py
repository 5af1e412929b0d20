"""Finds and reads the ontology's files, and names what is wrong with one of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rdflib import Graph, URIRef

from aimsgraph.errors import InputError, Location

NAMESPACE: Final = "https://w3id.org/aimsgraph/ns#"
DOCUMENTS: Final = "https://w3id.org/aimsgraph/ontology/"

_SUBJECT_LINE: Final = re.compile(r"^aims:([A-Za-z]\w*)\b")
_PREFIX_LINE: Final = re.compile(r"^@prefix\s+([\w-]*):\s+<([^>]*)>\s*\.")


@dataclass(frozen=True, slots=True)
class OntologyFinding:
    """One thing that is wrong with one file of the ontology.

    Attributes:
        rule: stable kebab-case name of the check that failed.
        location: the file, relative to the asset root, and the line when it is known.
        message: what is wrong, in one sentence.
        remedy: what to do about it.
    """

    rule: str
    location: Location
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class OntologyFiles:
    """Where the parts of the ontology lie.

    Attributes:
        root: the asset root, which locations are relative to.
        modules: the modules that define terms, in name order.
        entry: the file that imports all modules and holds the axioms across them.
        dl: the file with the axioms outside OWL 2 RL.
        alignments: the opt-in files that relate terms to other vocabularies.
        mappings: the tables that do the same where axioms would say too much.
        term_lists: for each foreign prefix the list of the terms that vocabulary has.
        faults: the data sets that must be found inconsistent.
        prefixes: the table of prefixes.
        catalog: the table from ontology address to file.
    """

    root: Path
    modules: tuple[Path, ...]
    entry: Path
    dl: Path
    alignments: tuple[Path, ...]
    mappings: tuple[Path, ...]
    term_lists: tuple[Path, ...]
    faults: tuple[Path, ...]
    prefixes: Path
    catalog: Path

    @property
    def rl(self) -> tuple[Path, ...]:
        """The files whose axioms stay inside OWL 2 RL: the entry file and the modules."""
        return (self.entry, *self.modules)

    @property
    def turtle(self) -> tuple[Path, ...]:
        """Every Turtle file of the vocabulary itself, the faults left out."""
        return (*self.rl, self.dl, *self.alignments)

    def locate(self, path: Path, line: int = 0) -> Location:
        """Return a location whose file is given relative to the asset root."""
        return Location(path.relative_to(self.root).as_posix(), line)


def find_ontology_files(root: Path) -> OntologyFiles:
    """List the ontology's files below an asset root.

    Args:
        root: the folder that holds `ontology/`.

    Raises:
        InputError: there is no ontology with an entry file there.
    """
    folder = root / "ontology"
    entry, dl = folder / "aimsgraph.ttl", folder / "dl.ttl"
    if not entry.is_file() or not dl.is_file():
        raise InputError(
            f"no ontology in {folder}",
            remedy="pass the folder that holds ontology/aimsgraph.ttl and ontology/dl.ttl",
        )
    return OntologyFiles(
        root=root,
        modules=tuple(path for path in sorted(folder.glob("*.ttl")) if path not in (entry, dl)),
        entry=entry,
        dl=dl,
        alignments=tuple(sorted((folder / "align").glob("*.ttl"))),
        mappings=tuple(sorted((folder / "align").glob("*.sssom.tsv"))),
        term_lists=tuple(sorted((folder / "align" / "terms").glob("*.txt"))),
        faults=tuple(sorted((folder / "faults").glob("*.ttl"))),
        prefixes=folder / "prefixes.tsv",
        catalog=folder / "catalog-v001.xml",
    )


def read_turtle(path: Path) -> Graph:
    """Parse one Turtle file.

    Raises:
        InputError: the file cannot be read or is not Turtle.
    """
    from rdflib.plugins.parsers.notation3 import BadSyntax

    graph = Graph(bind_namespaces="none")
    try:
        graph.parse(path, format="turtle")
    except BadSyntax as error:
        raise InputError(
            f"not Turtle: {error.message}",
            remedy="mend the syntax; the line is where the parser gave up",
            location=Location(str(path), error.lines + 1),
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read: {error}", location=Location(str(path))) from error
    return graph


def merge_turtle(paths: tuple[Path, ...]) -> Graph:
    """Parse several Turtle files into one graph."""
    merged = Graph(bind_namespaces="none")
    for path in paths:
        merged += read_turtle(path)
    return merged


def find_subject_lines(path: Path) -> dict[URIRef, int]:
    """Map each `aims:` subject of a Turtle file to the first line it begins a statement on."""
    lines: dict[URIRef, int] = {}
    for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        match = _SUBJECT_LINE.match(text)
        if match:
            lines.setdefault(URIRef(NAMESPACE + match.group(1)), number)
    return lines


def read_prefix_lines(path: Path) -> dict[str, tuple[str, int]]:
    """Map each prefix that a Turtle file declares to its address and line."""
    found: dict[str, tuple[str, int]] = {}
    for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        match = _PREFIX_LINE.match(text)
        if match:
            found[match.group(1)] = (match.group(2), number)
    return found


def read_prefix_table(path: Path) -> dict[str, str]:
    """Read `prefixes.tsv` into a table from prefix to address.

    Raises:
        InputError: the table has no header or a row without exactly two cells.
    """
    header, *rows = path.read_text(encoding="utf-8").splitlines()
    if header != "prefix\tiri":
        raise InputError("the header must be: prefix<TAB>iri", location=Location(str(path), 1))
    table: dict[str, str] = {}
    for number, row in enumerate(rows, start=2):
        cells = row.split("\t")
        if len(cells) != 2:
            raise InputError("a row must have two cells", location=Location(str(path), number))
        table[cells[0]] = cells[1]
    return table
