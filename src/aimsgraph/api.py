"""The Python API: one object over the rooms, the same that the command line uses.

>>> import aimsgraph
>>> g = aimsgraph.open_graph()
>>> g.resolve("AI Act Art. 6(2)").reference
'eu-ai-act:Art.6(2)'
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from aimsgraph.app import Opened, open_store
from aimsgraph.domain.time import Moment, parse_date, utc_today
from aimsgraph.errors import Location, NotFound, UsageError
from aimsgraph.graph.store import Answer, Deadline, Limits, Store
from aimsgraph.norms.index import Entry, FrameworkInfo, Index
from aimsgraph.settings import Settings, load_settings

if TYPE_CHECKING:
    import pyoxigraph as ox
    import rdflib

    from aimsgraph.compliance.coverage import CoverageRow
    from aimsgraph.compliance.dataset import RegisterNames
    from aimsgraph.compliance.gaps import Gaps
    from aimsgraph.compliance.impact import Impact
    from aimsgraph.compliance.posture import Posture, SoaReport
    from aimsgraph.compliance.readiness import ReadinessStep
    from aimsgraph.crosswalk.answers import Crosswalk
    from aimsgraph.domain.duty import Duty
    from aimsgraph.domain.organisation import AISystem
    from aimsgraph.domain.register import Register
    from aimsgraph.graph.questions import Question
    from aimsgraph.norms.changes import Change
    from aimsgraph.norms.law import Law
    from aimsgraph.norms.search import Searcher

Json = dict[str, Any]
Day = dt.date | str | None
LAW = "eu-ai-act"
ORGANISATION = "organisation"
"""The scope of questions that need a register."""


def open_graph(
    store: str = "memory",
    *,
    data: Sequence[str | Path] = (),
    today: Day = None,
    settings: Settings | None = None,
) -> AimsGraph:
    """Open the graph of norms.

    Args:
        store: `memory` (the shipped content, loaded now), the path of a store directory, or the address of a SPARQL
            server; give `settings` for one that wants credentials.
        data: overlay folders with further content.
        today: the day taken as today, for reproducible answers; the clock in UTC when None.
        settings: complete settings, instead of the other arguments.

    Raises:
        AimsgraphError: the store or the content cannot be read.
    """
    if settings is None:
        flags = {"store": str(store), "data": tuple(Path(d) for d in data), "today": _day(today)}
        settings = load_settings(flags=flags, environment={})
    return AimsGraph(open_store(settings), settings)


class AimsGraph:
    """A loaded graph of norms that can be asked.

    Dates are `datetime.date` or ISO text; `on` is the day asked about, `law_as_of` the day whose knowledge of the law
    is used; both default to today.
    """

    def __init__(self, opened: Opened, settings: Settings, organisation_moment: Moment | None = None) -> None:
        self._opened = opened
        self.settings = settings
        self._organisation_moment = organisation_moment

    @cached_property
    def store(self) -> Store:
        """The store behind it, for SPARQL and for pattern access; what follows from its content is derived first."""
        self._opened.derive()
        return self._opened.store

    @property
    def asserted(self) -> Store:
        """The store for what needs no derived facts, such as validation; nothing is derived on its account."""
        return self._opened.store

    @property
    def version(self) -> str:
        """What names this content: equal versions hold equal graphs."""
        return self._opened.version

    @cached_property
    def index(self) -> Index:
        """Every name in the graph."""
        return Index.from_store(self._opened.store)

    @cached_property
    def law(self) -> Law:
        """The law as values."""
        from aimsgraph.norms.law import Law

        return Law.from_store(self._opened.store)

    @cached_property
    def _searcher(self) -> Searcher:
        from aimsgraph.norms.search import Searcher

        return Searcher(self._opened.store, self.index)

    def moment(self, on: Day = None, law_as_of: Day = None) -> Moment:
        """Return the two days of an answer.

        Raises:
            UsageError: a date is malformed.
        """
        today = self.settings.today or utc_today()
        return Moment(_day(on) or today, _day(law_as_of) or today)

    def warnings(self, moment: Moment, *slugs: str) -> list[str]:
        """Return what a reader of an answer must know about how current it is."""
        current = self.current_to(*slugs)
        found = []
        if moment.law_as_of > current:
            found.append(f"the law is known up to {current} only, not up to {moment.law_as_of}")
        unknown = [slug for slug in slugs if self.index.framework(slug).current_to is None]
        found += [f"{slug}: how current it is nobody says" for slug in unknown]
        return found

    def current_to(self, *slugs: str) -> dt.date:
        """Return the day up to which the facts were checked: the earliest of the frameworks an answer draws on.

        Those of others, for which no day is known, are passed over; `warnings` tells of them.
        """
        known = {slug: info.current_to for slug, info in self.index.frameworks.items() if info.current_to is not None}
        wanted = [self.index.framework(slug).slug for slug in slugs]
        return min(known[slug] for slug in (wanted if known.keys() & set(wanted) else known) if slug in known)

    def frameworks(self) -> list[Json]:
        """Return the frameworks and catalogues with edition, counts, source and rights."""
        moment = self.moment()
        return [
            self.show(slug, on=moment.on, law_as_of=moment.law_as_of) | {"slug": slug} for slug in self.index.frameworks
        ]

    def framework(self, text: str) -> FrameworkInfo:
        """Return the framework a slug or name means.

        Raises:
            NotFound: there is none.
        """
        return self.index.framework(text)

    def resolve(self, text: str) -> Entry:
        """Return what a citation, reference, IRI or ELI address means.

        >>> import aimsgraph
        >>> aimsgraph.open_graph().resolve("ISO 42001 A.6.2.8").label
        'A.6.2.8 AI system recording of event logs'

        Raises:
            NotFound: nothing fits; the message names the nearest.
            UsageError: it fits more than one framework.
        """
        return self.index.resolve(text)

    def show(self, reference: str, *, on: Day = None, law_as_of: Day = None) -> Json:
        """Return everything about one provision, statement, framework or catalogue entry.

        Raises:
            NotFound: nothing fits.
        """
        from aimsgraph.norms.show import Shower

        entry = self.resolve(reference)
        return Shower(self._opened.store, self.index, self.law, self._opened.locate).show(
            entry, self.moment(on, law_as_of)
        )

    def search(self, words: str, *, framework: str = "", limit: int = 20) -> list[tuple[Entry, float]]:
        """Return the entries whose names, labels or notes fit best, best first."""
        slug = self.index.framework(framework).slug if framework else ""
        return self._searcher.search(words, framework=slug, limit=limit)

    def duties(
        self,
        *,
        role: str,
        route: str | Iterable[str],
        on: Day = None,
        law_as_of: Day = None,
        facts: Mapping[str, bool] | None = None,
        everything: bool = False,
    ) -> list[Duty]:
        """Return the duties of a role on one or more routes, on a day, by the law as known on a day.

        >>> import aimsgraph
        >>> g = aimsgraph.open_graph(today="2026-11-23")
        >>> day_before, day = (
        ...     {d.statement: d.applies.value for d in g.duties(role="deployer", route="annex-iii", on=on)}
        ...     for on in ("2027-12-01", "2027-12-02")
        ... )
        >>> day_before["eu-ai-act:art26-1"], day["eu-ai-act:art26-1"]
        ('no', 'yes')

        Args:
            role: slug of the role, such as `provider`.
            route: slug or slugs of the routes, such as `annex-iii`.
            on: the day asked about.
            law_as_of: the day whose knowledge of the law is used.
            facts: answers to conditions, by code.
            everything: also options, status rules and statements that only point to others.

        Raises:
            UsageError: role, route or condition code is unknown, a date is malformed or lies before the act.
        """
        from aimsgraph.compliance.applicability import ROUTE_FACTS, Query, decide_duties

        routes = (route,) if isinstance(route, str) else tuple(route)
        _known(role, list(self.law.roles), "role")
        for each in routes:
            _known(each, list(ROUTE_FACTS), "route")
        for code in facts or {}:
            _known(code, list(self.law.questions), "condition")
        moment = self.legal_moment(on, law_as_of)
        return decide_duties(self.law, Query(role, routes, facts or {}, everything), moment)

    def legal_moment(self, on: Day = None, law_as_of: Day = None) -> Moment:
        """Return the two days of an answer about the act, refusing days before there was one.

        Raises:
            UsageError: no version of the act was known, or none in force.
            NotFound: the store does not hold the act.
        """
        moment = self.moment(on, law_as_of)
        law = self.index.framework(LAW)
        ours = [v.span for group in self.law.versions.values() for v in group if v.iri.startswith(law.iri + "/")]
        first_known, first_day = min(s.published for s in ours), min(s.start for s in ours)
        name = law.label
        if moment.law_as_of < first_known:
            raise UsageError(
                f"on {moment.law_as_of} the {name} was not published yet",
                remedy=f"ask for {first_known} or later",
            )
        if moment.on < first_day:
            raise UsageError(f"on {moment.on} the {name} was not in force yet", remedy=f"ask for {first_day} or later")
        return moment

    def with_organisation(
        self, *folders: str | Path, on: Day = None, law_as_of: Day = None, before: str | Path | None = None
    ) -> AimsGraph:
        """Return a graph that also holds registers, and what they come to on a day, for questions and SPARQL.

        >>> import aimsgraph
        >>> g = aimsgraph.open_graph(today="2026-11-23").with_organisation("data/examples/acme")
        >>> len(list(g.query("SELECT ?s { ?s a <https://w3id.org/aimsgraph/ns#AISystem> }")))
        4

        Each register stands in a named graph of its own, `…/graph/org/<slug>`, what is derived from it in
        `…/graph/org/<slug>/on/<day>`. This graph is left as it is.

        Args:
            folders: the organisations' folders.
            on: the day to judge by.
            law_as_of: the day whose knowledge of the law is used.
            before: an earlier state of the one folder; its statement of applicability is put beside the present one.

        Raises:
            InputError: a folder cannot be read, or says something wrong; the first place is named.
            UsageError: a date is wrong, two registers have one slug, or `before` is no earlier state of the one folder.
        """
        from aimsgraph.app import with_graphs
        from aimsgraph.compliance.dataset import earlier_statement, organisation_quads
        from aimsgraph.compliance.register import load_sound_register

        if before is not None and len(folders) != 1:
            raise UsageError("an earlier state goes with one register", remedy="name one folder")
        moment = self.legal_moment(on, law_as_of)
        quads: list[ox.Quad] = []
        places: dict[str, Location] = {}
        seen: dict[str, Path] = {}
        for folder in map(Path, folders):
            source = load_sound_register(folder)
            register = source.register
            assert register is not None, "a sound folder has a register"
            slug = register.organisation.slug
            if slug in seen:
                raise UsageError(f"{seen[slug]} and {folder} both say slug {slug!r}", remedy="ask about one at a time")
            seen[slug] = folder
            rows = self.posture(register, on=moment.on, law_as_of=moment.law_as_of).coverage
            compiled = source.compile()
            quads += organisation_quads(source, compiled, rows, self.law, self.asserted, moment)
            places |= compiled.sources
            if before is not None:
                quads += earlier_statement(source, load_sound_register(Path(before)))
        return AimsGraph(with_graphs(self._opened, quads, places.get), self.settings, moment)

    def register_names(self, folder: str | Path, *, on: Day = None, law_as_of: Day = None) -> RegisterNames:
        """Return what a register calls its records, for `bound_text`; a small part of what `with_organisation` does.

        Raises:
            InputError: the folder cannot be read, or says something wrong; the first place is named.
            UsageError: a date is wrong.
        """
        from aimsgraph.compliance.dataset import register_names
        from aimsgraph.compliance.register import load_sound_register

        return register_names(load_sound_register(Path(folder)), self.asserted, self.legal_moment(on, law_as_of))

    def systems(self, folder: str | Path) -> list[AISystem]:
        """Return the AI systems of an organisation's folder.

        Raises:
            InputError: the folder or a file in it cannot be read, or says something unknown.
        """
        from aimsgraph.compliance.register import load_systems

        return load_systems(Path(folder))

    def system_duties(
        self, system: AISystem, *, on: Day = None, law_as_of: Day = None, everything: bool = False
    ) -> list[Duty]:
        """Return the duties that a real system brings its organisation on a day, with the path of reasons."""
        from aimsgraph.compliance.systems import decide_system_duties

        return decide_system_duties(self.law, system, self.legal_moment(on, law_as_of), everything=everything)

    def posture(
        self,
        organisation: str | Path | Register,
        *,
        system: str = "",
        on: Day = None,
        law_as_of: Day = None,
        min_status: str = "reviewed",
        without: Collection[str] = (),
    ) -> Posture:
        """Return where an organisation stands on a day; coverage, gaps, statement, readiness and impact come from it.

        Args:
            organisation: its folder, or its register as a value.
            system: id of one AI system; all of them when empty.
            on: the day asked about.
            law_as_of: the day whose knowledge of the law is used.
            min_status: the least weight of the mappings used.
            without: what answers leave out: `people` (their names), `evidence` (its contents).

        Raises:
            InputError: the folder cannot be read, or says something wrong.
            NotFound: there is no such system.
            UsageError: a date, a status or what to leave out is wrong.
        """
        from aimsgraph.compliance.posture import Norms, Posture, load_sound
        from aimsgraph.compliance.privacy import CHOICES

        _known(min_status, ["candidate", "reviewed", "accepted"], "status")
        for each in without:
            _known(each, list(CHOICES), "choice of what to leave out")
        moment = self.legal_moment(on, law_as_of)
        register, links = (
            load_sound(Path(organisation)) if isinstance(organisation, str | Path) else (organisation, None)
        )
        norms = Norms(self._opened.store, self.index, self.law, self.crosswalks)
        return Posture(
            norms, register, moment, system=system, min_status=min_status, links=links, without=tuple(without)
        )

    def coverage(
        self, organisation: str | Path | Register, *, system: str = "", on: Day = None, law_as_of: Day = None
    ) -> list[CoverageRow]:
        """Return how far each duty of an organisation is covered on a day, with the chain of causes."""
        return self.posture(organisation, system=system, on=on, law_as_of=law_as_of).coverage

    def gaps(
        self, organisation: str | Path | Register, *, system: str = "", on: Day = None, law_as_of: Day = None
    ) -> Gaps:
        """Return what is missing, most pressing first, what would close it, and which questions are open."""
        return self.posture(organisation, system=system, on=on, law_as_of=law_as_of).gaps()

    def soa(
        self, organisation: str | Path | Register, *, system: str = "", on: Day = None, law_as_of: Day = None
    ) -> SoaReport:
        """Return the statement of applicability with the columns an auditor wants, and its machine checks."""
        return self.posture(organisation, system=system, on=on, law_as_of=law_as_of).soa()

    def readiness(
        self, organisation: str | Path | Register, *, system: str = "", on: Day = None, law_as_of: Day = None
    ) -> list[ReadinessStep]:
        """Return how ready the management system is, step by step."""
        return self.posture(organisation, system=system, on=on, law_as_of=law_as_of).readiness()

    def impact(
        self,
        thing: str,
        organisation: str | Path | Register,
        *,
        system: str = "",
        on: Day = None,
        law_as_of: Day = None,
    ) -> Impact:
        """Return what depends on a control, implementation, evidence, dataset, provision or person, and what falls."""
        return self.posture(organisation, system=system, on=on, law_as_of=law_as_of).impact(thing)

    def changes(self, start: Day, end: Day, *, law_as_of: Day = None) -> list[Change]:
        """Return what starts, changes or ends from one day to another, both included.

        >>> import aimsgraph
        >>> g = aimsgraph.open_graph(today="2026-11-23")
        >>> sorted({c.provision for c in g.changes("2026-12-02", "2026-12-02") if c.kind == "ends"})
        ['eu-ai-act:Art.111(4)']

        Raises:
            UsageError: a date is malformed, or the end lies before the start.
        """
        from aimsgraph.norms.changes import list_changes

        moment = self.moment(None, law_as_of)
        first, last = _day(start) or moment.on, _day(end) or moment.on
        if last < first:
            raise UsageError(f"the period ends on {last}, before it starts on {first}", remedy="swap the two dates")
        return list_changes(self.law, self.index, first, last, moment.law_as_of)

    @cached_property
    def crosswalks(self) -> Crosswalk:
        """The mappings, ready to be asked in detail."""
        from aimsgraph.crosswalk.answers import Crosswalk

        return Crosswalk(self._opened.store, self.index, self.law, self._opened.locate)

    def crosswalks_with(self, quads: Iterable[ox.Quad], locate: Callable[[str], Location | None]) -> Crosswalk:
        """Return the crosswalk of the store and of quads beside it, such as those of a mapping set in a file.

        Args:
            quads: the rows; the store is left as it is.
            locate: where a row was written, by its IRI; asked before the store's own places.
        """
        from aimsgraph.crosswalk.answers import Crosswalk
        from aimsgraph.graph.embedded import MemoryStore

        store = MemoryStore([*self._opened.store.quads(), *quads])
        return Crosswalk(store, Index.from_store(store), self.law, lambda iri: locate(iri) or self._opened.locate(iri))

    def crosswalk(
        self,
        references: str | Iterable[str],
        to: str,
        *,
        max_hops: int = 3,
        min_status: str = "reviewed",
        role: str = "",
        explain: bool = True,
        on: Day = None,
        law_as_of: Day = None,
    ) -> Json:
        """Return what corresponds to items in another framework: sound answers with proofs, or that nothing follows.

        >>> import aimsgraph
        >>> g = aimsgraph.open_graph(today="2026-11-23")
        >>> answers = g.crosswalk("iso-42001:A.6.2.8", "eu-ai-act")["answers"]
        >>> {a["object"]: a["summary"] for a in answers}["eu-ai-act:art12-1"]
        'overlaps'

        Args:
            references: one or more items; a provision stands for its parts.
            to: slug or name of the framework whose items are wanted.
            max_hops: how many asserted rows a path may use.
            min_status: `candidate`, `reviewed` or `accepted`.
            role: only rows that hold for this role.
            explain: whether answers carry their proofs.
            on: the day asked about.
            law_as_of: the day whose knowledge of the law is used.

        Raises:
            NotFound: a reference or the framework is unknown.
            UsageError: a status, a number of hops or a role is wrong.
        """
        _known(min_status, ["candidate", "reviewed", "accepted"], "status")
        if role:
            _known(role, list(self.law.roles), "role")
        if max_hops < 1:
            raise UsageError(f"a path needs at least 1 hop, not {max_hops}", remedy="leave --max-hops out for 3")
        texts = (references,) if isinstance(references, str) else tuple(references)
        items = [self.resolve(text).iri for text in texts]
        crosswalk = self.crosswalks
        request = crosswalk.request(self.framework(to).slug, min_status, max_hops=max_hops, role=role)
        return crosswalk.ask(items, request, self.moment(on, law_as_of), explain=explain)

    def label(self, iri: str) -> str:
        """Return what a reader sees first of an item; its IRI where it has no name."""
        entry = self.index.by_iri(iri)
        return entry.label if entry else iri

    def heading(self, iri: str) -> str:
        """Return the heading an item is grouped under: the article or annex, the clause or objective, the function."""
        tops = {"article", "annex", "objective", "function"}
        at = self.law.parents.get(iri) or next((s.provision for s in self.law.statements if s.iri == iri), iri)
        chain = [iri, at]
        while parent := self.law.parents.get(chain[-1]):
            chain.append(parent)
        found = next((each for each in chain if self._kinds.get(each) in tops), chain[-1])
        entry = self.index.by_iri(found)
        return entry.reference.partition(":")[2] if entry else found

    @cached_property
    def _kinds(self) -> dict[str, str]:
        from aimsgraph.norms.ask import iter_rows, text_of

        query = "SELECT ?p ?kind WHERE { ?p aims:provisionKind/skos:notation ?kind }"
        return {text_of(row, "p"): text_of(row, "kind") for row in iter_rows(self._opened.store, query)}

    def questions(self) -> list[Question]:
        """Return the stored questions."""
        return list(self._questions)

    @cached_property
    def _questions(self) -> list[Question]:
        from aimsgraph.app import read_questions

        return read_questions()

    def question(self, name: str) -> Question:
        """Return a stored question by its id or the beginning of it.

        Raises:
            NotFound: there is none; the message names the nearest.
        """
        from rapidfuzz import process

        questions = self.questions()
        found = [q for q in questions if q.id == name] or [q for q in questions if q.id.startswith(name)]
        if len(found) == 1:
            return found[0]
        near = [match[0] for match in process.extract(name, [q.id for q in questions], limit=3)]
        raise NotFound(f"there is no single question {name!r}", remedy=f"nearest: {', '.join(near)}")

    def ask(self, name: str, values: Mapping[str, str] | None = None) -> Answer:
        """Ask a stored question; `on` and `lawAsOf` default to today where it has them.

        Raises:
            NotFound: there is no such question.
            UsageError: a parameter is unknown, missing or of the wrong type.
        """
        return self.query(self.bound_text(self.question(name), values or {}))

    def bound_text(self, question: Question, values: Mapping[str, str], names: RegisterNames | None = None) -> str:
        """Return a question's text with parameter values in place of its examples.

        Args:
            question: the question.
            values: parameter → what a person typed.
            names: of the register that it is about, where this graph holds none.

        Raises:
            UsageError: a parameter is unknown, missing or of the wrong type; the question is about an organisation and
                none is here, or it was loaded for another day.
        """
        from aimsgraph.graph.binding import bind

        held = names.moment if names else self._organisation_moment
        moment = held if question.scope == ORGANISATION else self.moment()
        if moment is None:
            raise UsageError(
                f"question {question.id} is about an organisation, and none is here",
                remedy="name its folder: --org PATH, or with_organisation(path) in Python",
            )
        defaults = {"on": moment.on.isoformat(), "lawAsOf": moment.law_as_of.isoformat()}
        given = {name: value for name, value in defaults.items() if question.parameter(name)} | dict(values)
        if question.scope == ORGANISATION:
            self._refuse_other_days(given, defaults)
        records = names.records if names else self.asserted
        return bind(question, given, lambda parameter, value: self._term_for(parameter, value, records))

    def _refuse_other_days(self, given: Mapping[str, str], loaded: Mapping[str, str]) -> None:
        """Refuse a day for which nothing was derived: the answer would say nothing, or the wrong thing."""
        for name, day in loaded.items():
            if given.get(name, day).strip() != day:
                argument = "on" if name == "on" else "law_as_of"
                raise UsageError(
                    f"the organisation was loaded with {name}={day}, not {given[name]}",
                    remedy=f"load it with {argument}={given[name]!r}",
                )

    def query(self, text: str, *, limits: Limits | None = None, deadline: Deadline | None = None) -> Answer:
        """Ask any SPARQL 1.1 query.

        Raises:
            QuerySyntaxError: the text does not parse.
            Refused: it says SERVICE, or is too long or too deeply nested.
            DeadlineExceeded: the answer took too long.
        """
        limits = limits or Limits(rows=self.settings.query_rows)
        return self.store.query(text, limits=limits, deadline=deadline or Deadline(self.settings.query_seconds))

    def as_rdflib(self) -> rdflib.Dataset:
        """Return the graph as an rdflib Dataset, read-only and with the union as its default graph."""
        from aimsgraph.graph.rdflib_view import as_rdflib

        return as_rdflib(self.store)

    def _term_for(self, parameter: Any, value: str, records: Store) -> Any:  # noqa: ANN401
        import pyoxigraph as ox

        from aimsgraph.graph.questions import RECORD_TYPES
        from aimsgraph.graph.records import find_record

        if parameter.type == "reference":
            return ox.NamedNode(self.resolve(value).iri)
        if parameter.type == "role":
            _known(value, list(self.law.roles), "role")
            return ox.NamedNode(f"{self.index.frameworks[LAW].iri}/role/{value}")
        if parameter.type in RECORD_TYPES:
            return find_record(records, RECORD_TYPES[parameter.type], parameter.type, value)
        concepts = self._concepts
        _known(value, sorted(concepts), parameter.type)
        return ox.NamedNode(concepts[value])

    @cached_property
    def _concepts(self) -> dict[str, str]:
        from aimsgraph.norms.ask import iter_rows, text_of

        query = "SELECT ?c ?n WHERE { ?c skos:notation ?n } ORDER BY ?n ?c"
        return {text_of(row, "n"): text_of(row, "c") for row in iter_rows(self._opened.store, query)}

    def close(self) -> None:
        """Let go of the store."""
        self._opened.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _day(value: Day) -> dt.date | None:
    if isinstance(value, dt.datetime):
        return value.date()
    if value is None or isinstance(value, dt.date):
        return value
    try:
        return parse_date(value)
    except ValueError as error:
        raise UsageError(str(error), remedy="write a day as 2027-12-02") from error


def _known(value: str, known: list[str], what: str) -> None:
    if value in known:
        return
    from rapidfuzz import process

    near = process.extractOne(value, known, score_cutoff=50)
    remedy = f"did you mean {near[0]!r}? " if near else ""
    raise UsageError(f"there is no {what} {value!r}", remedy=f"{remedy}Known: {', '.join(known)}")
