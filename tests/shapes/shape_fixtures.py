"""The fixtures of the shapes: `tests/shapes/<Name>/pass.ttl` and `fail.ttl`, small worlds of their own.

Each is judged by its shape alone, together with the subclass axioms, the code lists, and a run as of `TODAY` unless it
brings its own. `fail.ttl` begins with `# expects: N`, the number of results its shape has to give.
"""

import datetime as dt
import re
from functools import cache
from pathlib import Path

import pyoxigraph as ox

from aimsgraph import assets
from aimsgraph.graph.rdf_text import read_rdf
from aimsgraph.graph.vocabulary import RDF_TYPE, RDFS_SUBCLASS_OF, aims
from aimsgraph.validation.facts import run_triples

FOLDER = Path(__file__).parent
TODAY = dt.date(2026, 11, 23)


@cache
def background() -> tuple[ox.Quad, ...]:
    axioms = [q for path in sorted(assets.path("ontology").glob("*.ttl")) for q in read_rdf(path)]
    codes = read_rdf(assets.path("data", "compiled", "vocabularies.ttl"))
    kept = [q for q in axioms if q.predicate == RDFS_SUBCLASS_OF and isinstance(q.object, ox.NamedNode)]
    return (*kept, *(q for q in codes if q.predicate == RDF_TYPE))


def facts_of(path: Path) -> tuple[ox.Quad, ...]:
    own = tuple(read_rdf(path))
    if any(quad.predicate == aims("asOf") for quad in own):
        return (*background(), *own)
    run = (ox.Quad(t.subject, t.predicate, t.object) for t in run_triples(TODAY))
    return (*background(), *own, *run)


def expected_results(path: Path) -> int:
    found = re.match(r"# expects: ([1-9][0-9]*)\n", path.read_text(encoding="utf-8"))
    assert found, f"{path} does not begin with '# expects: N'"
    return int(found.group(1))
