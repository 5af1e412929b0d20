"""Checks the citations of a text: does the id exist, is it still law, is the title its own, is the date right?

Pure judging: text comes in as segments, findings go out. What is doubtful is left alone: a citation whose framework is
not clear, a level of a framework that the graph does not record, a sentence that tells history.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from rapidfuzz import fuzz, process

from aimsgraph.domain.citation_context import Located, locate, sentences
from aimsgraph.domain.citation_finder import STANDARD, CitationFinder
from aimsgraph.domain.citations import format_citation
from aimsgraph.domain.identifiers import ID, is_statement_id
from aimsgraph.domain.report import Finding, Severity
from aimsgraph.domain.segments import HEADING, Segment
from aimsgraph.domain.time import Moment
from aimsgraph.errors import Location, NotFound, UsageError
from aimsgraph.norms.cite_dates import DateJudge
from aimsgraph.norms.cite_drafts import DraftJudge
from aimsgraph.norms.cite_labels import LabelJudge, title_of
from aimsgraph.norms.cite_tables import CiteTables, head_of
from aimsgraph.norms.cite_words import DENIED, KNOWN_DRAFT, NOT_BEFORE, PAST, says
from aimsgraph.norms.index import Entry, Index
from aimsgraph.norms.law import Amendment, Law, Version

UNKNOWN_ID, WRONG_LABEL, STALE_DATE = "CITE_UNKNOWN_ID", "CITE_WRONG_LABEL", "CITE_STALE_DATE"
SUPERSEDED, DRAFT_NUMBERING = "CITE_SUPERSEDED", "CITE_DRAFT_NUMBERING"
RULES = {
    UNKNOWN_ID: "The cited id does not exist",
    WRONG_LABEL: "The title beside the id is that of another item",
    STALE_DATE: "An application date contradicts the law as known",
    SUPERSEDED: "The cited provision was deleted, moved or reworded",
    DRAFT_NUMBERING: "The number is that of a draft of the act",
}
MOST_CITATIONS = 20_000
"""Citations checked of one document."""
IGNORE = "aimsgraph:ignore"
"""A line with this mark is left alone."""
_DRAFT_OF = "eu-ai-act"
_OUR_PATH = re.compile(r"/(?:art|anx|rct|cpt)_|/stmt/|/iso/|/nist/")


@dataclass(frozen=True, slots=True)
class CitationFinding:
    """A finding with what was cited and, where there is one, the provision it is about."""

    finding: Finding
    cited: str
    provision: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the finding as JSON."""
        at = self.finding.location
        return {
            "rule": self.finding.rule,
            "severity": self.finding.severity.value,
            "message": self.finding.message,
            "remedy": self.finding.remedy,
            "value": self.cited,
            "file": at.file,
            "line": at.line,
            "column": at.column,
            "provision": self.provision,
        }


@dataclass(slots=True)
class Checked:
    """What came out for one document; `cut` if it cites so much that the rest was left unread."""

    citations: int = 0
    cut: bool = False
    findings: list[CitationFinding] = field(default_factory=list)


class CitationJudge:
    """Checks documents against one graph, for one moment."""

    def __init__(self, index: Index, law: Law, moment: Moment, tables: CiteTables) -> None:
        self._index, self._law, self._moment, self._tables = index, law, moment, tables
        self.finder = CitationFinder(
            {s: scheme for s, scheme in index.schemes.items() if index.frameworks[s].style != "slug"}
        )
        self._labels = LabelJudge(index, law, moment)
        self._dates = DateJudge(index, law, moment, _DRAFT_OF) if _DRAFT_OF in index.frameworks else None
        self._keys = {reference.casefold(): entry for reference, entry in index.by_reference.items()}
        self._levels = _levels(index)
        self._drafts = DraftJudge(index, self._labels, tables, _DRAFT_OF)
        self._nearest: dict[str, str] = {}

    def check(self, segments: Iterable[Segment], file: str, hint: str = "") -> Checked:
        """Check one document.

        Args:
            segments: its text.
            file: its name, for the findings.
            hint: slug of the framework to assume where it names none.
        """
        checked = Checked()
        found: list[CitationFinding] = []
        pending: list[Located] = []
        at: Segment | None = None
        for item in (*locate(segments, self.finder, hint), None):
            if isinstance(item, Located):
                pending.append(item)
                continue
            if at is not None:
                checked.citations += len(pending)
                if IGNORE not in at.text:
                    found += self._segment(at, pending, file)
            at, pending = item, []
            if checked.citations > MOST_CITATIONS:
                checked.cut = True
                break
        checked.findings = sorted(
            set(found),
            key=lambda f: (f.finding.location.line, f.finding.location.column, f.finding.rule, f.finding.message),
        )
        return checked

    def _segment(self, segment: Segment, located: list[Located], file: str) -> Iterator[CitationFinding]:
        for one in located:
            yield from self._citation(one, file)
        if self._dates is None:
            return
        bounds = sentences(segment)
        for start, end in itertools.pairwise(bounds):
            cited = [one for one in located if start <= one.citation.start < end and one.slug == _DRAFT_OF]
            for stale in self._dates.judge(segment.text[start:end], segment.context, cited, start):
                message = f"{stale.claimed} is not when {_subject(stale.subject)} applies: {stale.now}"
                place = self._place(segment, stale.start, file)
                remedy = f"see `aimsgraph show {stale.provision}`; law as known on {self._moment.law_as_of}"
                yield CitationFinding(Finding(STALE_DATE, message, place, remedy), stale.claimed, stale.provision)

    def _place(self, segment: Segment, offset: int, file: str) -> Location:
        return Location(file, *segment.position(offset))

    def _citation(self, one: Located, file: str) -> Iterator[CitationFinding]:
        place = self._place(one.segment, one.citation.start, file)
        cited = " ".join(one.citation.text.split())

        def found(
            rule: str, message: str, remedy: str, provision: str, severity: Severity = Severity.VIOLATION
        ) -> CitationFinding:
            return CitationFinding(Finding(rule, message, place, remedy, severity), cited, provision)

        if draft := self._drafts.find(one):
            target = f"{one.slug}:{draft.adopted}"
            entry = self._index.by_reference[target]
            yield found(
                DRAFT_NUMBERING,
                f"{cited} is the number of the {draft.source}; in the adopted act this is {entry.label}",
                f"cite {target}",
                target,
            )
            return
        entry_ = self._entry(one)
        if entry_ is None:
            if message := self._unknown(one):
                yield found(UNKNOWN_ID, *message, "")
            return
        if gone := self._gone(entry_, one):
            yield found(SUPERSEDED, *gone, entry_.reference)
            return
        for wording in self._tables.wordings.get(head_of(one.citation.local), ()) if one.slug == _DRAFT_OF else ():
            text = one.sentence
            if all(p.search(text) for p in wording.words) and not says(PAST, text):
                yield found(
                    SUPERSEDED,
                    f"{cited} is cited with a wording that was replaced",
                    f"now: {wording.now}",
                    entry_.reference,
                    Severity.WARNING,
                )
        yield from (
            found(rule, message, remedy, entry_.reference) for rule, message, remedy in self._label(one, entry_, cited)
        )

    def _entry(self, one: Located) -> Entry | None:
        citation = one.citation
        if citation.address and not citation.locals:
            if citation.address == ID:
                return self._index.by_reference[one.slug]
            try:
                return self._index.resolve(citation.address)
            except (NotFound, UsageError):
                return None
        for local in citation.locals:
            if entry := self._keys.get(f"{one.slug}:{local}".casefold()):
                return entry
        return None

    def _unknown(self, one: Located) -> tuple[str, str] | None:
        """Return message and remedy for an id that does not exist; None where that cannot be told."""
        citation = one.citation
        if citation.address:
            if not _OUR_PATH.search(citation.address):
                return None
            near = self._near(one.slug, _local_of_path(citation.address))
            return "nothing in the graph has this address", f"check it with `aimsgraph resolve`; {near}"
        if not citation.locals or self._is_denied(one) or not self._is_recorded(one) or self._is_doubtful(one):
            return None
        info = self._index.frameworks[one.slug]
        reason = next((info.known_mistakes[local] for local in citation.locals if local in info.known_mistakes), "")
        because = f": {reason}" if reason else ""
        message = f"{info.label} has no {_cite(citation.local, info.style)}{because.rstrip('.')}"
        return message, self._near(one.slug, citation.local)

    def _is_denied(self, one: Located) -> bool:
        """Say whether the text itself says that there is no such id, or that it is a draft's."""
        before = one.segment.text[max(0, one.citation.start - 12) : one.citation.start]
        known = says(KNOWN_DRAFT, one.sentence) and head_of(one.citation.local) in self._tables.drafts
        return bool(known or says(DENIED, one.sentence) or NOT_BEFORE.search(before))

    def _is_doubtful(self, one: Located) -> bool:
        """Say whether a citation whose sentence names no framework may be of another one."""
        if one.explicit:
            return False
        citation = one.citation
        others = (f"{other}:{local}".casefold() in self._keys for other in one.others for local in citation.locals)
        own_number = citation.style == STANDARD and not citation.worded and one.segment.kind == HEADING
        return one.unsure or any(others) or (own_number and not self._is_decoy(one))

    def _is_decoy(self, one: Located) -> bool:
        return any(local in self._index.frameworks[one.slug].known_mistakes for local in one.citation.locals)

    def _is_recorded(self, one: Located) -> bool:
        """Say whether the graph records the level of a framework that an id is of."""
        levels = self._levels.get(one.slug, frozenset())
        local = one.citation.local
        if is_statement_id(local) and local[:1].islower():
            return "statement" in levels
        if _level(local) not in levels:
            return False
        if "(" in local or ".s" in local[3:]:
            head = f"{one.slug}:{head_of(local)}".casefold()
            if "step" not in levels:
                return head not in self._keys
        return True

    def _near(self, slug: str, local: str) -> str:
        """Return "nearest: …"."""
        key = f"{slug}:{local}"
        if key not in self._nearest:
            whole, names = local, []
            while match := re.search(r"(?:\([^()]*\)|[.-][^.()-]*)$", whole):
                whole = whole[: match.start()]
                if entry := self._keys.get(f"{slug}:{whole}".casefold()):
                    names.append(entry.reference)
                    break
            begun = sorted(
                (r for r in self._index.by_reference if r.startswith(f"{slug}:{local}")), key=lambda r: (len(r), r)
            )
            pool = [r for r, e in self._index.by_reference.items() if e.framework == slug and e.kind == "provision"]
            scored = process.extract(key, pool, scorer=fuzz.ratio, limit=3)
            names += [*begun[:2], *(name for name, *_ in scored)]
            self._nearest[key] = "nearest: " + ", ".join(list(dict.fromkeys(names))[:3])
        return self._nearest[key]

    def _gone(self, entry: Entry, one: Located) -> tuple[str, str] | None:
        """Return message and remedy for a provision that is not law at the moment."""
        versions = self._law.versions.get(entry.iri, ())
        if not versions or any(v.span.holds(self._moment) for v in versions):
            return None
        text = one.sentence
        if all(v.span.published > self._moment.law_as_of for v in versions):
            day = min(v.span.published for v in versions)
            return f"{_cite_entry(entry)} was not known yet on {self._moment.law_as_of}", f"it was published on {day}"
        ended = [v for v in versions if v.span.end is not None and v.span.end <= self._moment.on]
        if not ended or says(PAST, text):
            return None
        amendments = self._ending(ended[-1], entry)
        moved = next((a.moved_to for a in amendments if a.moved_to), "")
        if moved and moved.partition(":")[2] in one.citation.locals:
            return None
        by = f" by {amendments[0].source}" if amendments else ""
        how = "moved" if moved else "deleted"
        gone = f"{_cite_entry(entry)} was {how}{by}: no longer in force since {ended[-1].span.end}"
        return gone, f"cite {moved}" if moved else f"see `aimsgraph show {entry.reference}`"

    def _ending(self, version: Version, entry: Entry) -> list[Amendment]:
        found = [self._law.amendments[a] for a in version.ended_by if a in self._law.amendments]
        iri = entry.iri
        while iri and not found:
            found = [
                self._law.amendments[a]
                for v in self._law.versions.get(iri, ())
                for a in v.ended_by
                if self._law.amendments[a].kind == "deleted"
            ]
            iri = self._law.parents.get(iri, "")
        return found

    def _label(self, one: Located, entry: Entry, cited: str) -> Iterator[tuple[str, str, str]]:
        if entry.kind != "provision" or "(" in entry.reference or "Rec." in entry.reference:
            return
        for label in self._labels.labels(one):
            owner = self._labels.owner(label, one.slug)
            if owner is None:
                continue
            shown = " ".join(label.split()).strip(' *_`"“”')
            if owner.entry.reference == entry.reference:
                if not owner.current:
                    yield (
                        SUPERSEDED,
                        f"“{shown}” was the title of {cited} before it was amended",
                        f"now: {self._title(entry)}",
                    )
                return
            strict = self._labels.is_strict(one, label)
            if self._labels.fits(label, entry, strict=strict) or self._labels.own_beside(one, entry):
                return
            title = self._title(entry)
            is_ = f"{cited} is “{title}”" if title else f"{cited} is another item"
            yield (
                WRONG_LABEL,
                f"“{shown}” is the title of {_cite_entry(owner.entry)}; {is_}",
                f"cite {owner.entry.reference}, or correct the title",
            )
            return

    def _title(self, entry: Entry) -> str:
        now = [v.title for v in self._law.versions.get(entry.iri, ()) if v.title and v.span.holds(self._moment)]
        return now[-1] if now else title_of(entry)


def _subject(name: str) -> str:
    return f"“{' '.join(name.split())}”"


def _cite(local: str, style: str) -> str:
    return format_citation(local, style) if not is_statement_id(local) else local


def _cite_entry(entry: Entry) -> str:
    return entry.label


def _local_of_path(path: str) -> str:
    tail = (
        re.split(r"/(?=(?:art|anx|rct|cpt)_)", path)[-1]
        if re.search(r"/(?:art|anx|rct|cpt)_", path)
        else path.rpartition("/")[2]
    )
    tail = tail.replace("art_", "Art.").replace("anx_", "Annex.").replace("rct_", "Rec.").replace("cpt_", "Cpt.")
    head, *steps = re.sub(r"/(?:oj|\d{4}-\d\d-\d\d).*$", "", tail).split("/")
    return head + "".join(f"({step.partition('_')[2]})" for step in steps if "_" in step)


def _level(local: str) -> str:
    """Return what kind of id a local id is, told by its beginning."""
    if match := re.match(r"(Art|Annex|Rec|Cpt)\.", local):
        return match.group(1)
    if re.match(r"[A-D](?:\.|$)", local):
        return local[0]
    return "clause" if local[:1].isdigit() else "function"


def _levels(index: Index) -> dict[str, frozenset[str]]:
    """Return which kinds of ids each framework records: clauses, an annex, articles, recitals, steps, statements."""
    found: dict[str, set[str]] = {}
    for entry in index.by_reference.values():
        local = entry.reference.partition(":")[2]
        if entry.kind == "provision":
            found.setdefault(entry.framework, set()).add(_level(local))
            if "(" in local:
                found[entry.framework].add("step")
        elif entry.kind == "statement":
            found.setdefault(entry.framework, set()).add("statement")
    return {slug: frozenset(levels) for slug, levels in found.items()}
