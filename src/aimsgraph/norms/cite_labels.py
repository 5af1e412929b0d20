"""Judges titles that stand right beside a citation: do they belong to it, or to another item of the same framework?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rapidfuzz import fuzz

from aimsgraph.domain.citation_context import Located
from aimsgraph.domain.citation_finder import LAW
from aimsgraph.domain.segments import ROW
from aimsgraph.domain.time import Moment
from aimsgraph.norms.index import Entry, Index
from aimsgraph.norms.law import Law

LONGEST_NAME = 40
"""Characters beside a citation in a value that is nothing but a citation: the name of its framework."""
_CLOSE = r"[*_`\]]{0,3}(?:\([^()\s]{1,200}\))?[*_`]{0,3}"
_AFTER = (
    re.compile(_CLOSE + r"\s{0,2}\(\s?([^()]{3,160})\)"),
    re.compile(_CLOSE + r"[\s,:]{0,2}[\"“‘«]([^\"”’»]{3,160})[\"”’»]"),
    re.compile(_CLOSE + r"[\s.]{0,2}\s?(?:[–—:]|\s-)\s{1,2}[*_\"“]{0,3}([^|\n.;:()–—\"”]{3,160})"),
    re.compile(_CLOSE + r"\s{0,3}\|\s?[*_\"“`]{0,3}([^|]{3,160}?)[*_\"”`]{0,3}\s?(?:\||$)"),
    re.compile(_CLOSE + r"\s[*_]{0,3}([A-Z][^|\n.;:()–—\"]{3,160})"),
)
_CELL_BEFORE = re.compile(r"(?:^|\|)\s{0,3}([^|]{3,160}?)\s{0,3}\|\s{0,3}[*_`\[]{0,3}$")
_LINE_BEFORE = re.compile(
    r"(?:^|\n|\|)[\s>*•#-]{0,6}(?:\d{1,2}[.)]\s)?[*_\"“`]{0,3}([^\n|()]{3,160}?)[*_\"”`]{0,3}\s\([^()]{0,40}$"
)
_CUT = re.compile(
    r"\s(?:is|are|must|shall|requires?|applies|sets|says|lays|covers|mandates|does|has|which|that|and its)\s"
)
_STOP = frozenset(re.findall(r"\w+", "the a an of for to and or in on by with its their as such which that ai system"))
_GENERIC = frozenset(
    {
        "general",
        "procedure",
        "scope",
        "tasks",
        "reports",
        "commitments",
        "competence",
        "powers",
        "chair",
        "support",
        "operation",
        "planning",
        "improvement",
        "people",
        "use",
        "data",
        "definitions",
        "independence",
        "certificates",
        "processor",
        "processors",
    }
)
_TITLE_COLUMN = re.compile(r"\b(?:title|label|name|heading)s?\b", re.IGNORECASE)
_WORD = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Title:
    """A title in comparable form, and whose it is."""

    key: str
    entry: Entry
    current: bool


class LabelJudge:
    """Knows the titles of all frameworks, those of replaced versions included."""

    def __init__(self, index: Index, law: Law, moment: Moment) -> None:
        self._titles: dict[str, dict[str, list[Title]]] = {}
        self._own: dict[str, list[str]] = {}
        self._words: dict[str, set[str]] = {}
        self._law, self._index = law, index
        for entry in index.by_reference.values():
            if entry.kind == "provision":
                self._learn(entry, law, moment)
        for statement in law.statements:
            provision: str = statement.provision
            while provision:
                self._words.setdefault(provision, set()).update(_content(statement.label), _content(statement.note))
                provision = law.parents.get(provision, "")

    def _learn(self, entry: Entry, law: Law, moment: Moment) -> None:
        versions = [v for v in law.versions.get(entry.iri, ()) if v.title]
        titles = {_key(title_of(entry)): True} | {
            _key(v.title): v.span.holds(moment) or not any(w.span.holds(moment) for w in versions) for v in versions
        }
        for key, current in titles.items():
            if key:
                self._own.setdefault(entry.reference, []).append(key)
                self._titles.setdefault(entry.framework, {}).setdefault(key, []).append(Title(key, entry, current))

    def labels(self, located: Located) -> list[str]:
        """Return the texts right beside a citation that may be titles, likeliest first."""
        segment, citation = located.segment, located.citation
        text = segment.text
        found = []
        listed = citation.group_end != citation.end or (citation.style == LAW and citation.text[0].isdigit())
        if not listed:
            for number, pattern in enumerate(_AFTER):
                match = pattern.match(text, citation.end)
                if match and (number == 3 or match.start(1) < located.end):
                    found.append(match.group(1))
                    break
        whole = len(text.strip()) <= len(citation.text) + LONGEST_NAME
        if segment.beside and whole:
            found.append(segment.beside)
        before = _LINE_BEFORE.search(text[max(0, citation.start - 220) : citation.start])
        if before and not listed and text[citation.group_end : citation.group_end + 2].startswith((")", "])", "`)")):
            found.append(before.group(1))
        return [label for label in found if label]

    def is_column_of_titles(self, located: Located) -> bool:
        """Say whether the words over a citation tell that titles stand beside it."""
        segment = located.segment
        return bool(segment.beside) or (segment.kind == ROW and _TITLE_COLUMN.search(segment.context) is not None)

    def is_strict(self, located: Located, label: str) -> bool:
        """Say whether a label is written as a title, so that it can be no mere gloss."""
        return self.is_column_of_titles(located) or (label[:1].isupper() and len(label.split()) >= 3)

    def own_beside(self, located: Located, entry: Entry) -> bool:
        """Say whether its own title stands in the cell before it."""
        before = _CELL_BEFORE.search(located.segment.text[: located.citation.start][-220:])
        return before is not None and self.fits(before.group(1), entry)

    def fits(self, label: str, entry: Entry, *, strict: bool = False) -> bool:
        """Say whether a label may be the entry's own.

        It is if it is its title, in other words perhaps, or that of a whole or part of it. Unless told to be strict,
        words that all stand in the entry's own statements are no title but tell what it is about: "Article 26(2)
        (human oversight)".
        """
        key = _key(label)
        for own in self._own.get(entry.reference, ()):
            if key in own or (len(own) > 8 and own in key) or fuzz.token_sort_ratio(key, own) >= 88:
                return True
        if any(key in self._own.get(other.reference, ()) for other in self._family(entry)):
            return True
        if strict:
            return False
        words = _content(label)
        known = set(self._words.get(entry.iri, ())) | {
            w for own in self._own.get(entry.reference, ()) for w in _content(own)
        }
        return bool(words) and words <= known

    def _family(self, entry: Entry) -> Iterator[Entry]:
        iri = entry.iri
        while parent := self._law.parents.get(iri):
            if (found := self._index.by_iri(parent)) is not None and "Cpt" not in found.reference:
                yield found
            iri = parent
        for child, parent in self._law.parents.items():
            if parent == entry.iri and (found := self._index.by_iri(child)) is not None:
                yield found

    def owner(self, label: str, framework: str) -> Title | None:
        """Return whose title a label is; None if it is nobody's, or too general to tell."""
        for text in dict.fromkeys((label, _CUT.split(label, maxsplit=1)[0])):
            key = _key(text)
            if len(key) < 5 or key in _GENERIC:
                continue
            titles = self._titles.get(framework, {})
            if key in titles:
                return titles[key][0]
            words = key.split()
            begun = [
                t
                for k, ts in titles.items()
                for t in ts
                if len(words) >= 3
                and k.startswith(f"{key} ")
                and k[len(key) + 1 :].split()[0] in ("of", "for", "by", "in", "and", "with", "referred")
            ]
            if len({t.entry.reference for t in begun}) == 1:
                return begun[0]
            near = [(fuzz.ratio(key, k), k) for k in titles if len(key) >= 14 and abs(len(k) - len(key)) < 8]
            if near and (best := max(near))[0] >= 94:
                return titles[best[1]][0]
        return None


def title_of(entry: Entry) -> str:
    """Return the title within a label: "Article 6 – Title", "A.5.2 Title"; empty if it has none."""
    _, dash, title = entry.label.partition(" – ")
    if dash:
        return title
    local = entry.reference.partition(":")[2]
    return entry.label.removeprefix(local).strip() if entry.label.startswith(f"{local} ") else ""


def _key(text: str) -> str:
    text = (
        text.casefold()
        .replace("organis", "organiz")
        .replace("authoris", "authoriz")
        .replace("&", " and ")
        .replace("recognis", "recogniz")
    )
    words = [w[:-1] if len(w) > 3 and w.endswith("s") and not w.endswith("ss") else w for w in _WORD.findall(text)]
    return " ".join(w for w in words if w not in ("the", "a", "an"))


def _content(text: str) -> set[str]:
    return {w[:6] for w in _key(text).split() if w not in _STOP}
