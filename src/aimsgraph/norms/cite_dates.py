"""Judges what a text says about when something applies, against the application rules of the law as known.

A claim is flagged only if it is plainly one: a landmark date of the law, a word of applying, and a subject (a provision
or a common phrase such as "high-risk obligations") none of whose dates is that date. Sentences that tell history are
left alone.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from aimsgraph.domain.citation_context import Located
from aimsgraph.domain.time import Moment
from aimsgraph.norms.cite_words import (
    APPLIES,
    GENERAL_PURPOSE,
    HIGH_RISK,
    LEADS_TO_DATE,
    LITERACY,
    NO_CLAIM,
    OWED,
    PROHIBITED,
    SANCTION,
    TELLS_HISTORY,
    TRANSPARENCY,
)
from aimsgraph.norms.index import Index
from aimsgraph.norms.law import Law, Rule

MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_MONTH = "(?P<{0}>" + "|".join(f"{m.title()}|{m[:3].title()}" for m in MONTHS) + ")"
_DATE = re.compile(
    rf"(?<![\w/.-])(?:(?P<y1>20\d\d)-(?P<m1>\d\d)-(?P<d1>\d\d)(?![\w/-])|(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\s(?:of\s)?{_MONTH.format('m2')}\.?,?\s(?P<y2>20\d\d)(?!\d)"
    rf"|{_MONTH.format('m3')}\.?\s(?P<d3>\d{{1,2}})(?:st|nd|rd|th)?,?\s(?P<y3>20\d\d)(?!\d)|(?P<d4>\d{{1,2}})[./](?P<m4>\d{{1,2}})[./](?P<y4>20\d\d)(?!\d)"
    rf"|{_MONTH.format('m5')}\s(?P<y5>20\d\d)(?!\d))"
)
_ANNEX_III, _ANNEX_I = (
    re.compile(r"\bAnnex III\b"),
    re.compile(r"\bAnnex I\b(?!I|V|X)|\bproduct safety\b|\bembedded in (?:regulated )?products\b"),
)
LONGEST_CELL = 70
Meant = tuple[str, tuple[str, ...], tuple[str, ...]]
"""Name, local ids and routes of what a date is about."""
Placed = tuple[int, int, str, tuple[str, ...], tuple[str, ...]]
"""The same with start and end before it."""
ROUTES = ("annex-iii", "annex-i")


@dataclass(frozen=True, slots=True)
class Topic:
    """A phrase that means a part of the law, with the routes it speaks of."""

    pattern: re.Pattern[str]
    provisions: tuple[str, ...]
    routes: tuple[str, ...] = ()
    name: str = ""


TOPICS = (
    Topic(HIGH_RISK, ("Cpt.III.Sec.2", "Cpt.III.Sec.3"), ROUTES, "high-risk duties"),
    Topic(GENERAL_PURPOSE, ("Cpt.V",), ("gpai", "gpai-systemic"), "duties for general-purpose AI models"),
    Topic(PROHIBITED, ("Cpt.II",), (), "prohibited practices"),
    Topic(LITERACY, ("Art.4",), (), "AI literacy"),
    Topic(TRANSPARENCY, ("Cpt.IV",), (), "transparency obligations"),
)


@dataclass(frozen=True, slots=True)
class StaleDate:
    """A claim that contradicts the law as known."""

    start: int
    end: int
    claimed: str
    subject: str
    provision: str
    now: str


class DateJudge:
    """Judges claims about application dates of one act."""

    def __init__(self, index: Index, law: Law, moment: Moment, slug: str) -> None:
        self._index, self._law, self._moment, self._slug = index, law, moment, slug
        rules = [rule for rule in law.rules.values() if any(self._is_ours(iri) for iri in rule.governs)]
        self._landmarks = {rule.applies_from for rule in rules}
        self._cache: dict[tuple[str, tuple[str, ...], bool], tuple[Rule, ...]] = {}

    def _is_ours(self, iri: str) -> bool:
        return iri.startswith(self._index.frameworks[self._slug].iri + "/")

    def judge(self, sentence: str, context: str, cited: Sequence[Located], start: int) -> Iterator[StaleDate]:
        """Yield the stale dates of a sentence; offsets are those of its segment."""
        dates = [(m.start(), m.end(), days) for m in _DATE.finditer(sentence) if (days := self._landmark(m))]
        if not dates or TELLS_HISTORY.search(sentence):
            return
        words = f"{context} {sentence}"
        applies, owed = APPLIES.search(words), OWED.search(words)
        if not (applies or owed):
            return
        subjects = _subjects(sentence, cited, start)
        for number, (begin, end, days) in enumerate(dates):
            if NO_CLAIM.search(sentence[max(0, begin - 16) : begin]) or not (
                begin <= 3 or LEADS_TO_DATE.search(sentence[max(0, begin - 24) : begin])
            ):
                continue
            floor = dates[number - 1][1] if number else 0
            ceiling = dates[number + 1][0] if number + 1 < len(dates) else len(sentence)
            meant = _meant(sentence, subjects, (floor, begin, end, ceiling))
            others = {day for *_, more in dates for day in more} - set(days)
            if stale := self._contradiction(
                meant, days, others, sure=applies is not None, near=sentence[floor:ceiling]
            ):
                name, provision, now = stale
                yield StaleDate(start + begin, start + end, sentence[begin:end], name, provision, now)

    def _landmark(self, match: re.Match[str]) -> tuple[dt.date, ...]:
        """Return the landmark dates a written date may mean; a month means those in it."""
        groups = match.groupdict()
        for n in "12345":
            if not groups[f"y{n}"]:
                continue
            year, month = int(groups[f"y{n}"]), groups[f"m{n}"]
            number = (
                int(month)
                if month.isdigit()
                else next(i for i, m in enumerate(MONTHS, 1) if m.startswith(month.lower()[:3]))
            )
            day = groups.get(f"d{n}")
            return tuple(
                d
                for d in sorted(self._landmarks)
                if (d.year, d.month) == (year, number) and (day is None or d.day == int(day))
            )
        return ()

    def _contradiction(
        self,
        meant: Sequence[Meant],
        days: tuple[dt.date, ...],
        others: set[dt.date],
        *,
        sure: bool,
        near: str,
    ) -> tuple[str, str, str] | None:
        """Return subject, provision and what applies now, if no subject has one of these dates."""
        found: tuple[str, str, str] | None = None
        for name, locals_, asked in meant:
            routes = _narrowed(asked, near)
            now = [rule for local in locals_ for rule in self._rules(local, routes, holding=True)]
            past = [rule for local in locals_ for rule in self._rules(local, routes, holding=False)]
            allowed = {rule.applies_from for rule in now} | self._spared(locals_, routes)
            if not allowed or allowed & (set(days) | others):
                return None
            if not sure and not {rule.applies_from for rule in past} & set(days):
                return None
            if found is None:
                found = (name, f"{self._slug}:{locals_[0]}", _in_words(now))
        return found

    def _spared(self, locals_: tuple[str, ...], routes: tuple[str, ...]) -> set[dt.date]:
        """Return the days by which what was on the market before must comply."""
        iris = [e.iri for local in locals_ if (e := self._index.by_reference.get(f"{self._slug}:{local}"))]
        return {
            t.comply_by
            for t in self._law.transitions
            if t.comply_by
            and (
                t.spares & set(routes)
                or any(self._law.is_within(s, i) or self._law.is_within(i, s) for s in t.spares for i in iris)
            )
        }

    def _rules(self, local: str, routes: tuple[str, ...], *, holding: bool) -> tuple[Rule, ...]:
        key = (local, routes, holding)
        if key not in self._cache:
            entry = self._index.by_reference.get(f"{self._slug}:{local}")
            self._cache[key] = tuple(self._iter_rules(entry.iri, routes, holding=holding)) if entry else ()
        return self._cache[key]

    def _iter_rules(self, iri: str, routes: tuple[str, ...], *, holding: bool) -> Iterator[Rule]:
        """Yield the rules of the nearest whole that has some, and those of its parts."""
        at = iri
        while at and not any(at in rule.governs for rule in self._law.rules.values()):
            at = self._law.parents.get(at, "")
        stated = {s.iri for s in self._law.statements if self._law.is_within(s.provision, iri)}
        for rule in self._law.rules.values():
            if rule.holds(self._moment) is not holding or (routes and rule.routes and not rule.routes & set(routes)):
                continue
            within = any(g in stated or (self._law.is_within(g, iri) and g in self._law.parents) for g in rule.governs)
            if within or self._governs_over(rule, at):
                yield rule

    def _governs_over(self, rule: Rule, iri: str) -> bool:
        while iri:
            if iri in rule.governs:
                return True
            iri = self._law.parents.get(iri, "")
        return False


def _subjects(sentence: str, cited: Sequence[Located], start: int) -> list[Placed]:
    """Return start, end, name, provisions and routes of what a sentence speaks of."""
    found: list[Placed] = []
    for located in cited:
        local = located.citation.local
        if re.match(r"(?:Art\.(?:111|112|113)\b|Rec\.)", local):
            continue
        found.append(
            (located.citation.start - start, located.citation.end - start, located.citation.text, (local,), ())
        )
    for topic in TOPICS:
        if topic.routes != ROUTES and SANCTION.search(sentence):
            continue  # the fines and powers behind a duty have dates of their own
        found += [
            (m.start(), m.end(), topic.name, topic.provisions, topic.routes) for m in topic.pattern.finditer(sentence)
        ]
    return sorted(found)


def _meant(
    sentence: str,
    subjects: Sequence[Placed],
    span: tuple[int, int, int, int],
) -> list[Meant]:
    """Return what a date is about: what stands in brackets or behind a colon after it, else before, else after it."""
    floor, begin, end, ceiling = span
    bracket = re.match(r"[*_`\"]{0,2}\s?\(([^()]{0,160})\)", sentence[end:ceiling])
    behind = re.match(r"[*_`\"]{0,3}\s?(?:[:–—|]|-\s)", sentence[end:ceiling])
    skipped = re.match(r"[*_`\"]{0,2}\s?\([^()]{0,160}\)", sentence[floor:begin]) if floor else None
    low = floor + (skipped.end() if skipped else 0)
    cut = max(sentence.rfind(";", low, begin), low - 1) + 1
    stop = sentence.find(";", end, ceiling)
    if "|" in sentence:  # cells of a row: what a date is about stands in its own cell or the next one, and is short
        low, ceiling = _cells(sentence, begin, end, low, ceiling)
        cut = max(cut, low)
    before = [s for s in subjects if cut <= s[0] and s[1] <= begin]
    after = [s for s in subjects if end <= s[0] and s[1] <= (ceiling if stop < 0 else stop)]
    if bracket and (inner := [s for s in after if s[1] <= end + bracket.end()]):
        chosen = inner
    elif behind and after and "|" not in sentence[:begin]:
        chosen = after
    else:
        chosen = before or after
    return [(name, locals_, routes) for _, _, name, locals_, routes in chosen]


def _cells(sentence: str, begin: int, end: int, low: int, high: int) -> tuple[int, int]:
    """Return from where to where a row tells what a date in it is about."""
    left, right = sentence.rfind("|", low, begin), sentence.find("|", end, high)
    if left >= 0:
        further = max(sentence.rfind("|", low, left), low - 1) + 1
        low = further if left - further <= LONGEST_CELL else left
    if right >= 0:
        further = sentence.find("|", right + 1, high)
        further = high if further < 0 else further
        high = further if further - right <= LONGEST_CELL else right
    return low, high


def _narrowed(routes: tuple[str, ...], near: str) -> tuple[str, ...]:
    if routes != ROUTES:
        return routes
    three, one = bool(_ANNEX_III.search(near)), bool(_ANNEX_I.search(near))
    return routes if three == one else ("annex-iii",) if three else ("annex-i",)


def _in_words(rules: Sequence[Rule]) -> str:
    """Return "2027-12-02 (annex-iii) by Art.113(3)(c)(i), …" for the settled rules, or all if none is settled."""
    chosen = [rule for rule in rules if rule.interpretation == "settled"] or rules
    seen: Mapping[tuple[dt.date, str, str], None] = dict.fromkeys(
        (rule.applies_from, ", ".join(sorted(rule.routes)), rule.legal_basis.partition(":")[2] or rule.legal_basis)
        for rule in sorted(chosen, key=lambda r: (r.applies_from, r.legal_basis, r.iri))
    )
    return ", ".join(f"{day}{f' ({routes})' if routes else ''} by {basis}" for day, routes, basis in seen)
