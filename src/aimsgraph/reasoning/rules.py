"""Derives what the ontology's axioms say about the facts: `queries/rules/` to fixpoint.

Each file holds one SPARQL CONSTRUCT that reads the axioms and the facts alike, so a new axiom needs no new
rule. What is derived goes into a graph of its own, `INFERRED`; a triple that is asserted in any graph is not
repeated there.

Only what a question can ask for is derived: relations between things, and the named classes of things. Left
out on purpose are statements about the ontology itself (that a class is narrower than a class two steps up),
classes without a name, `owl:Thing`, the datatypes of literals, and `owl:sameAs` from functional properties or
keys: things are never merged, a second value is for the validation to find. Clashes are for `consistency`.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from aimsgraph import assets
from aimsgraph.domain.identifiers import GRAPH
from aimsgraph.errors import BackendError, CheckFailed, InputError, Location
from aimsgraph.graph.embedded import engine_errors
from aimsgraph.graph.query_text import QueryForm, detect_form
from aimsgraph.graph.store import Store, Term
from aimsgraph.graph.vocabulary import RDF_TYPE

INFERRED: Final = ox.NamedNode(GRAPH + "inferred")
MAX_ROUNDS: Final = 100

_RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
_OWL: Final = "http://www.w3.org/2002/07/owl#"
_AXIOM_TERMS: Final = tuple(
    ox.NamedNode(iri)
    for iri in (
        _RDFS + "subClassOf", _RDFS + "subPropertyOf", _RDFS + "domain", _RDFS + "range",
        _OWL + "inverseOf", _OWL + "propertyChainAxiom", _RDF + "first", _RDF + "rest",
    )
)  # fmt: skip
_PROPERTY_KINDS: Final = frozenset(ox.NamedNode(_OWL + name) for name in ("SymmetricProperty", "TransitiveProperty"))

_FIELD: Final = re.compile(r"^#\+ ([a-z][a-z ]*): (.+)$", re.MULTILINE)
_FIELDS: Final = ("id", "derives", "stands for", "stratum")

# An axiom no rule stands for must not be passed over in silence.
_PREFIXES: Final = f"PREFIX owl: <{_OWL}> PREFIX rdf: <{_RDF}> PREFIX rdfs: <{_RDFS}> "
_UNCOVERED: Final = {
    "a property chain of one, four or more steps": """ASK {
        ?property owl:propertyChainAxiom ?list . ?list rdf:rest ?second .
        OPTIONAL { ?second rdf:rest/rdf:rest/rdf:rest ?beyond }
        FILTER(?second = rdf:nil || BOUND(?beyond)) }""",
    "an axiom on rdf:type, so that relations follow from classes": """ASK {
        { rdf:type rdfs:subPropertyOf|^rdfs:subPropertyOf|owl:inverseOf|^owl:inverseOf ?other }
        UNION { rdf:type rdfs:domain|rdfs:range|owl:propertyChainAxiom ?other }
        UNION { ?list rdf:first rdf:type . ?other owl:propertyChainAxiom/rdf:rest* ?list } }""",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: a CONSTRUCT that gives only triples that are not there yet.

    Attributes:
        id: the name of its file.
        derives: what it adds, in words.
        stands_for: the axiom it carries out.
        stratum: 1 for relations from relations, 2 for classes from relations, 3 for classes from classes. No
            rule reads what a later stratum derives, and those of stratum 2 need to be asked only once.
        text: the query.
    """

    id: str
    derives: str
    stands_for: str
    stratum: int
    text: str


@dataclass(frozen=True, slots=True)
class Derivation:
    """What a run of the rules did.

    Attributes:
        rounds: how often a stratum's rules were asked, over all strata; the last round of each finds nothing.
        by_rule: the number of triples each rule added, by its id.
        seconds: how long it took.
        generation: the store's generation afterwards.
    """

    rounds: int
    by_rule: Mapping[str, int]
    seconds: float
    generation: str

    @property
    def triples(self) -> int:
        """The number of derived triples."""
        return sum(self.by_rule.values())


def read_rules(folder: Path | None = None) -> tuple[Rule, ...]:
    """Read the rules, in order of stratum and name.

    Args:
        folder: where the `.rq` files lie; the shipped ones if left out.

    Raises:
        InputError: there are none, or a file lacks a header field or is no CONSTRUCT.
    """
    folder = folder if folder is not None else assets.path("queries", "rules")
    rules = [_read_rule(path) for path in sorted(folder.glob("*.rq"))]
    if not rules:
        raise InputError("there are no rules", location=Location(str(folder)), remedy="give a folder with .rq files")
    return tuple(sorted(rules, key=lambda rule: (rule.stratum, rule.id)))


def materialise(store: Store, rules: Sequence[Rule] | None = None, *, max_rounds: int = MAX_ROUNDS) -> Derivation:
    """Derive all that follows from the store's content and make the graph `INFERRED` hold exactly that.

    The axioms are taken from the store as well, so the ontology has to be loaded first. The store is written to
    once, when all is derived; if the run fails it stays as it was.

    Args:
        store: where to read and write.
        rules: the shipped ones if left out.
        max_rounds: how often the rules of a stratum may be asked.

    Raises:
        CheckFailed: the ontology holds an axiom that no rule stands for.
        BackendError: there was still something new after `max_rounds`.
    """
    started = time.perf_counter()
    chosen = rules if rules is not None else read_rules()
    table = _lay_out(store)
    _refuse_uncovered(table)
    by_rule = {rule.id: 0 for rule in chosen}
    derived: set[ox.Triple] = set()
    rounds = 0
    for stratum in (1, 2, 3):
        for found in _run_stratum(table, [rule for rule in chosen if rule.stratum == stratum], max_rounds):
            rounds += 1
            for id_, triples in found.items():
                by_rule[id_] += len(triples)
                derived |= triples
    # Sorted, so that the store's generation does not depend on the order in which the engine finds things.
    ordered = sorted(derived, key=str)
    generation = store.replace_graph(INFERRED, (ox.Quad(t.subject, t.predicate, t.object, INFERRED) for t in ordered))
    return Derivation(rounds, by_rule, time.perf_counter() - started, generation)


def _lay_out(store: Store) -> ox.Store:
    """Return a private store to work on: the axioms and the asserted facts that the rules can read.

    A working copy costs less than writing to the store after every rule, and a store that others read is changed
    once, when all is done.
    """

    def asserted(predicate: ox.NamedNode) -> Iterator[ox.Quad]:
        return (quad for quad in store.quads(predicate=predicate) if quad.graph_name != INFERRED)

    axioms = [quad for term in _AXIOM_TERMS for quad in asserted(term)]
    types = list(asserted(RDF_TYPE))
    named: set[Term] = {term for quad in axioms for term in (quad.subject, quad.object)}
    named |= {quad.subject for quad in types if quad.object in _PROPERTY_KINDS}
    properties = sorted(t.value for t in named if isinstance(t, ox.NamedNode) and t != RDF_TYPE)
    facts = chain.from_iterable(asserted(ox.NamedNode(iri)) for iri in properties)
    table = ox.Store()
    table.bulk_extend(chain(axioms, types, facts))
    return table


def _run_stratum(table: ox.Store, rules: Sequence[Rule], max_rounds: int) -> Iterator[dict[str, set[ox.Triple]]]:
    """Ask the rules in turn until a whole round has found nothing, and yield what each found in each round."""
    found: dict[str, set[ox.Triple]] = {}
    for _ in range(max_rounds):
        found = {rule.id: _run_once(table, rule) for rule in rules}
        yield found
        if not any(found.values()) or all(rule.stratum == 2 for rule in rules):
            return
    busy = ", ".join(sorted(id_ for id_, triples in found.items() if triples))
    raise BackendError(
        f"the rules still found something new in round {max_rounds} ({busy})",
        remedy="look for a chain or sub-property axiom that feeds itself, or allow more rounds",
    )


def _run_once(table: ox.Store, rule: Rule) -> set[ox.Triple]:
    with engine_errors():
        answer = table.query(rule.text, use_default_graph_as_union=True)
        assert isinstance(answer, ox.QueryTriples), f"rule {rule.id} is no CONSTRUCT"
        triples = set(answer)
    table.extend(ox.Quad(t.subject, t.predicate, t.object) for t in triples)
    return triples


def _refuse_uncovered(table: ox.Store) -> None:
    for what, question in _UNCOVERED.items():
        answer = table.query(_PREFIXES + question, use_default_graph_as_union=True)
        if isinstance(answer, ox.QueryBoolean) and bool(answer):
            raise CheckFailed(
                f"the ontology holds {what}, and no rule stands for it",
                remedy="write a rule for it in queries/rules/, or take the axiom out",
            )


def _read_rule(path: Path) -> Rule:
    text = path.read_text(encoding="utf-8")
    fields = dict(_FIELD.findall(text))

    def wrong(message: str, remedy: str) -> InputError:
        return InputError(message, location=Location(str(path), 1), remedy=remedy)

    if missing := [repr(name) for name in _FIELDS if name not in fields]:
        raise wrong(f"the rule lacks {', '.join(missing)}", "begin the file with lines '#+ <field>: <text>'")
    if fields["id"] != path.stem:
        raise wrong(f"the rule calls itself {fields['id']!r}", f"write '#+ id: {path.stem}' or rename the file")
    if fields["stratum"] not in ("1", "2", "3"):
        raise wrong(
            f"there is no stratum {fields['stratum']!r}",
            "write 1 (relations from relations), 2 (classes from relations) or 3 (classes from classes)",
        )
    if detect_form(text) is not QueryForm.CONSTRUCT:
        raise wrong("the rule is no CONSTRUCT query", "write one CONSTRUCT a file")
    return Rule(fields["id"], fields["derives"], fields["stands for"], int(fields["stratum"]), text)
