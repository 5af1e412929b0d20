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
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from aimsgraph import assets
from aimsgraph.domain.identifiers import GRAPH
from aimsgraph.errors import BackendError, CheckFailed, InputError, Location
from aimsgraph.graph.query_text import QueryForm, detect_form
from aimsgraph.graph.store import Boolean, Graph, Store

INFERRED: Final = ox.NamedNode(GRAPH + "inferred")
MAX_ROUNDS: Final = 100

_FIELD: Final = re.compile(r"^#\+ ([a-z][a-z ]*): (.+)$", re.MULTILINE)
_FIELDS: Final = ("id", "derives", "stands for", "stratum")

# An axiom no rule stands for must not be passed over in silence.
_PREFIXES: Final = """
    PREFIX owl: <http://www.w3.org/2002/07/owl#>
    PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
    PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
"""
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

    The axioms are taken from the store as well, so the ontology has to be loaded first. What the graph held
    before is dropped, and put back if the run fails.

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
    _refuse_uncovered(store)
    before = list(store.quads(graph=INFERRED))
    if before:
        store.replace_graph(INFERRED, ())
    by_rule = {rule.id: 0 for rule in chosen}
    rounds = 0
    try:
        for stratum in (1, 2, 3):
            rounds += _run_stratum(store, [rule for rule in chosen if rule.stratum == stratum], by_rule, max_rounds)
    except BaseException:
        store.replace_graph(INFERRED, before)
        raise
    return Derivation(rounds, by_rule, time.perf_counter() - started, store.generation)


def _run_stratum(store: Store, rules: Sequence[Rule], by_rule: dict[str, int], max_rounds: int) -> int:
    """Ask the rules in turn until a whole round has found nothing, and return the number of rounds."""
    found: dict[str, int] = {}
    for number in range(1, max_rounds + 1):
        found = {rule.id: _run_once(store, rule) for rule in rules}
        for id_, count in found.items():
            by_rule[id_] += count
        if not any(found.values()) or all(rule.stratum == 2 for rule in rules):
            return number
    busy = ", ".join(sorted(id_ for id_, count in found.items() if count))
    raise BackendError(
        f"the rules still found something new in round {max_rounds} ({busy})",
        remedy="look for a chain or sub-property axiom that feeds itself, or allow more rounds",
    )


def _run_once(store: Store, rule: Rule) -> int:
    answer = store.query(rule.text)
    assert isinstance(answer, Graph), f"rule {rule.id} is no CONSTRUCT"
    # Sorted, so that the store's generation does not depend on the order in which the engine finds things.
    triples = sorted(set(answer), key=str)
    if triples:
        store.load(ox.Quad(triple.subject, triple.predicate, triple.object, INFERRED) for triple in triples)
    return len(triples)


def _refuse_uncovered(store: Store) -> None:
    for what, question in _UNCOVERED.items():
        answer = store.query(_PREFIXES + question)
        if isinstance(answer, Boolean) and answer.value:
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
