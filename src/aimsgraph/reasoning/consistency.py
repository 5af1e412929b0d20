"""Asks HermiT whether axioms and data can all be true at once.

HermiT is the Java reasoner that owlready2 ships. It is started here directly, one process a question, because
owlready2's own call has no deadline and keeps its settings in global variables.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rdflib import OWL, RDF, RDFS, XSD, Graph, Literal, URIRef
from rdflib.term import Node

from aimsgraph.errors import BackendError, DeadlineExceeded, EngineMissing
from aimsgraph.reasoning.owl_datatypes import DATATYPES

DEFAULT_TIMEOUT: Final = 120.0
DEFAULT_MEMORY_MB: Final = 1024

_JAVA_REMEDY: Final = (
    "install a Java runtime, version 11 or newer: on Debian or Ubuntu "
    "`apt-get install default-jre-headless`, elsewhere any Java 11+ runtime; "
    "put its `java` on the PATH, or say where it is"
)
_PACKAGE_REMEDY: Final = "install the reasoner: `pip install 'aimsgraph[reason]'`"

_CHARACTERISTICS: Final = frozenset(
    {
        OWL.TransitiveProperty,
        OWL.SymmetricProperty,
        OWL.AsymmetricProperty,
        OWL.ReflexiveProperty,
        OWL.IrreflexiveProperty,
        OWL.InverseFunctionalProperty,
    }
)
_SILENT_TYPES: Final = frozenset({OWL.Ontology, OWL.AnnotationProperty, OWL.OntologyProperty})
_SILENT_PREDICATES: Final = frozenset(
    {OWL.imports, OWL.versionIRI, OWL.versionInfo, OWL.deprecated, OWL.priorVersion}
    | {OWL.backwardCompatibleWith, OWL.incompatibleWith}
)
_SCHEMA_PREDICATES: Final = frozenset(
    {RDF.type, RDF.first, RDF.rest, RDFS.subClassOf, RDFS.subPropertyOf, RDFS.domain, RDFS.range}
)
_PLUMBING: Final = frozenset({RDF.first, RDF.rest})
_BUILT_IN: Final = (str(OWL), str(RDF), str(RDFS), str(XSD))


@dataclass(frozen=True, slots=True)
class ConsistencyResult:
    """What HermiT said.

    Attributes:
        consistent: whether everything can be true at once.
        unsatisfiable: addresses of the classes that can have no member; empty when inconsistent.
        seconds: how long the reasoner took, the start of Java included.
        axioms: how many statements with a logical meaning it was given.
    """

    consistent: bool
    unsatisfiable: tuple[str, ...]
    seconds: float
    axioms: int


def find_java(java: Path | None = None) -> Path:
    """Return the `java` program to use.

    Args:
        java: the program to use; when absent it is looked for on the PATH, then below `JAVA_HOME`.

    Raises:
        EngineMissing: there is none.
    """
    if java is not None:
        if java.is_file() and os.access(java, os.X_OK):
            return java
        raise EngineMissing(f"no Java program at {java}", remedy=_JAVA_REMEDY)
    found = shutil.which("java")
    if found is None and os.environ.get("JAVA_HOME"):
        found = shutil.which("java", path=str(Path(os.environ["JAVA_HOME"]) / "bin"))
    if found is None:
        raise EngineMissing("the OWL reasoner needs Java, and none was found", remedy=_JAVA_REMEDY)
    return Path(found)


def find_hermit() -> Path:
    """Return the folder that holds HermiT's classes, inside the installed owlready2.

    Raises:
        EngineMissing: owlready2 is not installed, or ships no HermiT.
    """
    spec = importlib.util.find_spec("owlready2")
    if spec is None or spec.origin is None:
        raise EngineMissing("the OWL reasoner is not installed", remedy=_PACKAGE_REMEDY)
    folder = Path(spec.origin).parent / "hermit"
    if not (folder / "HermiT.jar").is_file():
        raise EngineMissing(f"owlready2 holds no HermiT in {folder}", remedy=_PACKAGE_REMEDY)
    return folder


def prepare_for_reasoner(graphs: Iterable[Graph]) -> Graph:
    """Merge graphs and keep what has a meaning in OWL 2.

    Dropped are annotations, ontology headers, predicates that nobody declares, and literals and ranges of
    types outside the OWL 2 datatype map, above all `xsd:date`, on which HermiT stops. Foreign classes and
    properties that axioms mention are declared, so that the result can be read by itself.
    """
    merged = Graph(bind_namespaces="none")
    for graph in graphs:
        merged += graph
    properties = _collect_properties(merged)
    kept = Graph(bind_namespaces="none")
    for subject, predicate, value in merged:
        if _is_meaningful(predicate, value, properties):
            kept.add((subject, predicate, value))
    for subject, kind in properties.items():
        kept.add((subject, RDF.type, kind))
    for named in _collect_classes(kept, properties):
        kept.add((named, RDF.type, OWL.Class))
    return kept


def _collect_properties(graph: Graph) -> dict[Node, URIRef]:
    """Map every property that is declared, or named above a declared one, to its kind."""
    kinds: dict[Node, URIRef] = {}
    for kind in (OWL.DatatypeProperty, OWL.ObjectProperty):
        kinds.update(dict.fromkeys(graph.subjects(RDF.type, kind), kind))
    for characteristic in _CHARACTERISTICS:
        for subject in graph.subjects(RDF.type, characteristic):
            kinds.setdefault(subject, OWL.ObjectProperty)
    for subject, parent in graph.subject_objects(RDFS.subPropertyOf):
        if subject in kinds:
            kinds.setdefault(parent, kinds[subject])
    return kinds


def _collect_classes(graph: Graph, properties: dict[Node, URIRef]) -> set[Node]:
    """Return the classes that axioms or type statements mention by name."""
    places = [RDF.type, RDFS.subClassOf, RDFS.domain, OWL.someValuesFrom, OWL.allValuesFrom, OWL.disjointWith]
    named = {value for place in places for value in graph.objects(None, place)}
    named |= {
        value for subject, value in graph.subject_objects(RDFS.range) if properties.get(subject) == OWL.ObjectProperty
    }
    return {
        value
        for value in named
        if isinstance(value, URIRef) and not str(value).startswith(_BUILT_IN) and value not in DATATYPES
    }


def _is_meaningful(predicate: Node, value: Node, properties: dict[Node, URIRef]) -> bool:
    if predicate in _SILENT_PREDICATES or value in _SILENT_TYPES:
        return False
    if predicate == RDFS.range and str(value).startswith(str(XSD)) and value not in DATATYPES:
        return False
    if isinstance(value, Literal) and value.datatype is not None and value.datatype not in DATATYPES:
        return False
    return predicate in _SCHEMA_PREDICATES or predicate in properties or str(predicate).startswith(str(OWL))


def check_consistency(
    graphs: Iterable[Graph],
    *,
    classify: bool = True,
    java: Path | None = None,
    timeout: float = DEFAULT_TIMEOUT,
    memory_mb: int = DEFAULT_MEMORY_MB,
) -> ConsistencyResult:
    """Ask HermiT whether graphs are consistent together and which classes can have no member.

    Bulk data is best asked about with the axioms inside OWL 2 RL only and without `classify`: the whole Act
    takes seconds then, and many minutes with the existential axioms and keys.

    Args:
        graphs: axioms and data; they are merged.
        classify: also look for classes that can have no member.
        java: the `java` program; looked for when absent.
        timeout: after how many seconds to give up.
        memory_mb: how many megabytes of heap Java may use.

    Raises:
        EngineMissing: Java or HermiT is not there.
        DeadlineExceeded: the reasoner did not finish in time.
        BackendError: the reasoner failed for another reason.
    """
    program, hermit = find_java(java), find_hermit()
    prepared = prepare_for_reasoner(graphs)
    axioms = sum(1 for _, predicate, _ in prepared if predicate not in _PLUMBING)
    with tempfile.TemporaryDirectory(prefix="aimsgraph-hermit-") as folder:
        source = Path(folder) / "ontology.nt"
        prepared.serialize(source, format="nt", encoding="utf-8")
        command = _compose_command(program, hermit, source, classify=classify, memory_mb=memory_mb)
        started = time.monotonic()
        code, output = _run(command, folder, timeout)
        seconds = time.monotonic() - started
    if "InconsistentOntologyException" in output or "Inconsistent ontology" in output:
        return ConsistencyResult(consistent=False, unsatisfiable=(), seconds=seconds, axioms=axioms)
    if code != 0 or "Exception" in output:
        raise _explain_failure(output)
    found = {line.strip() for line in output.splitlines() if line.startswith("\t")} - {str(OWL.Nothing)}
    return ConsistencyResult(True, tuple(sorted(found)), seconds, axioms)


def _compose_command(program: Path, hermit: Path, source: Path, *, classify: bool, memory_mb: int) -> list[str]:
    # Small questions are over before Java's second compiler would pay; bulk data needs it.
    quick_start = ["-XX:TieredStopAtLevel=1"] if classify else []
    classes = os.pathsep.join([str(hermit), str(hermit / "HermiT.jar")])
    return [
        *(str(program), f"-Xmx{memory_mb}m", "-XX:+UseSerialGC", *quick_start, "-cp", classes),
        *("org.semanticweb.HermiT.cli.CommandLine", "-N", "-U" if classify else "-k", source.as_uri()),
    ]


def _run(command: list[str], folder: str, timeout: float) -> tuple[int, str]:
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise DeadlineExceeded(
            f"HermiT did not finish within {timeout:g} seconds",
            remedy="allow more time, or leave out data that the question does not need",
        ) from error
    except OSError as error:
        raise EngineMissing(f"Java cannot be started: {error}", remedy=_JAVA_REMEDY) from error
    return done.returncode, done.stdout.decode("utf-8", errors="replace")


def _explain_failure(output: str) -> BackendError:
    """Turn what a failed run printed into the error that says what to do."""
    if "Unable to locate a Java Runtime" in output or "UnsupportedClassVersionError" in output:
        return EngineMissing("the `java` that was found cannot run HermiT", remedy=_JAVA_REMEDY)
    if "OutOfMemoryError" in output:
        return BackendError("HermiT ran out of memory", remedy="allow more memory")
    noise = ("\tat ", "Picked up")
    lines = [line for line in output.splitlines() if line.strip() and not line.startswith(noise)]
    return BackendError(
        f"HermiT failed: {' '.join(lines[:3])[:400]}",
        remedy="check that the input is OWL 2 DL: no transitive or chained property in a cardinality, "
        "functional, asymmetric or disjointness axiom, and no unknown datatype",
    )
