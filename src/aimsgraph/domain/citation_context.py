"""Says of which framework each citation of a document is: from its sentence, its section, its headings.

In the sentence a name right behind the citation wins ("Article 35 GDPR"), then the name before it. Without one, the
framework named most recently in the section counts, then the headings over it, then the only one of its style that the
document names. A law or standard that is none of ours takes over in the same way, and its citations are left alone.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from aimsgraph.domain.citation_finder import LAW, NUMBER, STANDARD, Citation, CitationFinder
from aimsgraph.domain.citation_names import FOREIGN, Mention
from aimsgraph.domain.segments import HEADING, ROW, Segment

NEAREST_NAMES = 24
_END = re.compile(r"(?:[.!?]['\"”’)\]]{0,2}|\n[ \t]*[-*•] )\s+(?=[\"“'‘(\[*_`]{0,3}[A-Z0-9])")
_ABBREVIATION = re.compile(
    r"(?:\b(?:Arts?|art|arts|No|Nos|para|par|pt|pts|Rec|Reg|Dir|cf|vs|approx|Abs|Nr|lit|Sec|Fig|resp|incl|Cl|Ch|pp?|Dr|Mr|Ms|Inc)|"
    r"\be\.g|\bi\.e|\bet al|\bU\.S|(?<!\w)[A-Z])\.$"
)
_ITEM_NUMBER = re.compile(r"[ \t]*\d{1,2}\.")
_OF = re.compile(
    r"(?P<soft>[\s*_`\"”’)\]]{0,4}[,(]?\s?[\[*_`]{0,3})(?P<word>(?:of|in|under|from|within|per|der|des|du|to)\s)?(?:the\s|EU\s|EU’s\s)?[\[*_`]{0,3}"
)
_BESIDE = re.compile(r"['’]s?\s|[\s:,(\[–—*_`-]{0,4}(?:\(EU\) )?(?:\d{4}/\d+ )?")
_OTHER_FOLLOWS = re.compile(
    r"[\s,)]{0,3}(?:of|in|under) (?:the|our|this|your|its|their|that) (?:said )?(?:[a-z]\w+ ){0,2}(?:contract|agreement"
    r"|statutes?|bylaws|by-laws|constitution|charter|policy|manual|handbook|guide|appendix|schedule|code|convention|treaty"
    r"|proposal|draft|law|directive|decree|white paper|paper|report)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Located:
    """A citation with its framework and surroundings.

    Attributes:
        segment: the piece of text it stands in.
        start: where its sentence starts.
        end: where its sentence ends.
        sentence: the sentence.
        slug: its framework.
        explicit: the framework is named in its own sentence, or it names it itself.
        others: frameworks of the same style that the document names.
        unsure: another law or standard is named in the same section.
    """

    segment: Segment
    start: int
    end: int
    sentence: str
    citation: Citation
    slug: str
    explicit: bool
    others: frozenset[str]
    unsure: bool


@dataclass(slots=True)
class _Section:
    recent: dict[str, str] = field(default_factory=dict)
    foreign: set[str] = field(default_factory=set)
    headings: list[tuple[int, dict[str, str]]] = field(default_factory=list)

    def enter(self, level: int, named: dict[str, str]) -> None:
        self.headings = [*((lv, n) for lv, n in self.headings if lv < level), (level, named)]
        self.recent = {}
        self.foreign = set()

    def over(self, style: str) -> str:
        return next((named[style] for _, named in reversed(self.headings) if style in named), "")


def locate(segments: Iterable[Segment], finder: CitationFinder, hint: str = "") -> Iterator[Located | Segment]:
    """Yield every citation whose framework is clear, and every segment before its citations.

    Args:
        segments: the document, in its order.
        finder: finds citations and names.
        hint: slug of the framework to assume where the document names none.
    """
    read = [(segment, *finder.find(f"{segment.text}")) for segment in segments]
    titled = [(s, c, _with_context(s, m, finder)) for s, c, m in read]
    document: dict[str, set[str]] = {}
    for _, _, mentions in titled:
        for mention in mentions:
            document.setdefault(mention.style, set()).add(mention.slug)
    section = _Section()
    for segment, citations, mentions in titled:
        yield segment
        if segment.kind == HEADING:
            section.enter(segment.level, {m.style: m.slug for m in mentions})
        if citations:
            yield from _in_segment(segment, citations, mentions, section, _Document(document, hint, finder))
        for mention in mentions:
            section.recent[mention.style] = mention.slug
            if mention.slug == FOREIGN:
                section.foreign.add(mention.style)


def sentences(segment: Segment) -> list[int]:
    """Return where the sentences of a segment start, and its end; a row is one sentence."""
    text = segment.text
    if segment.kind == ROW and len(text) < 600:
        return [0, len(text)]
    ends = [m.end() for m in _END.finditer(text) if not _is_inside(text, m.start() + 1)]
    return [0, *(e for e in ends if e < len(text)), len(text)]


def _is_inside(text: str, end: int) -> bool:
    """Say whether a full stop belongs to an abbreviation or to the number of a list item."""
    line = text.rfind("\n", 0, end) + 1
    return bool(
        _ABBREVIATION.search(text[max(0, end - 9) : end]) or _ITEM_NUMBER.fullmatch(text[max(line, end - 9) : end])
    )


@dataclass(frozen=True, slots=True)
class _Document:
    named: dict[str, set[str]]
    hint: str
    finder: CitationFinder

    def only(self, style: str) -> str:
        """Return the framework to assume: the hint, or the only one of a style that is named anywhere."""
        if self.hint and self.finder.styles.get(self.hint) == style:
            return self.hint
        named = self.named.get(style, set())
        return next(iter(named)) if len(named) == 1 else ""


def _with_context(segment: Segment, mentions: list[Mention], finder: CitationFinder) -> list[Mention]:
    """Add the frameworks that the words over a value or a table's columns name, before everything."""
    if not segment.context:
        return mentions
    over = finder.names.find(segment.context)
    slugs = {m.style: {o.slug for o in over if o.style == m.style} for m in over}
    return [*(Mention(0, 0, m.slug, m.style, attaches=False) for m in over if len(slugs[m.style]) == 1), *mentions]


def _in_segment(
    segment: Segment, citations: list[Citation], mentions: list[Mention], section: _Section, document: _Document
) -> Iterator[Located]:
    bounds = sentences(segment)
    texts = [segment.text[a:b] for a, b in pairwise(bounds)]
    attached = _attached(segment.text, citations, mentions)
    over = [m for m in mentions if m.end == 0]
    named = [m for m in mentions if m.end > 0]
    starts = [m.start for m in named]
    foreign = {m.style for m in mentions if m.slug == FOREIGN}
    for citation in citations:
        at = max(bisect_right(bounds, citation.start) - 1, 0)
        start, end = bounds[at], bounds[min(at + 1, len(bounds) - 1)]
        near = named[bisect_left(starts, start) : bisect_left(starts, end)]
        inside = [*over, *near] if len(near) <= NEAREST_NAMES else _nearest(over, near, citation.start)
        slug, explicit = citation.slug, True
        if not slug:
            earlier = named[: bisect_left(starts, citation.start)]
            slug, explicit = _decide(segment, citation, inside, attached, section, document, [*over, *earlier[-20:]])
        if slug in ("", FOREIGN):
            continue
        style = document.finder.styles[slug]
        others = frozenset(document.named.get(style, set()) - {slug})
        unsure = style in section.foreign or style in foreign
        yield Located(segment, start, end, texts[min(at, len(texts) - 1)], citation, slug, explicit, others, unsure)


def _nearest(over: list[Mention], near: list[Mention], start: int) -> list[Mention]:
    """Return the names around a citation in a sentence that names very many."""
    at = bisect_left([m.start for m in near], start)
    return [*over, *near[max(0, at - NEAREST_NAMES // 2) : at + NEAREST_NAMES // 2]]


def _decide(
    segment: Segment,
    citation: Citation,
    inside: list[Mention],
    attached: dict[int, Mention],
    section: _Section,
    document: _Document,
    mentions: Sequence[Mention],
) -> tuple[str, bool]:
    """Return the framework of a citation, and whether its own sentence names it."""
    style = citation.style
    if citation.start in attached:
        return attached[citation.start].slug, True
    if _OTHER_FOLLOWS.match(segment.text, citation.group_end):
        return FOREIGN, True
    same = [m for m in inside if m.style == style]
    if before := [m for m in same if m.end <= citation.start]:
        return before[-1].slug, len({m.slug for m in before}) == 1
    taken = {id(m) for m in attached.values()}
    after = {m.slug for m in same if m.start >= citation.end and id(m) not in taken and m.attaches}
    earlier = [m for m in mentions if m.style == style and m.end <= citation.start]
    context = earlier[-1].slug if earlier else section.recent.get(style, "")
    if len(after) == 1 and (not context or context in after):
        return after.pop(), True
    return _from_context(segment, citation, context, section, document)


def _from_context(
    segment: Segment, citation: Citation, context: str, section: _Section, document: _Document
) -> tuple[str, bool]:
    style = citation.style
    if style == NUMBER:  # "Risk 2" means too much: it needs the profile's name in the sentence or a heading
        return section.over(style), True
    is_own_number = style == STANDARD and not citation.worded and segment.kind == HEADING
    if is_own_number and not segment.text[: citation.start].strip():
        return "", False
    return context or section.over(style) or document.only(style), False


def _attached(text: str, citations: list[Citation], mentions: list[Mention]) -> dict[int, Mention]:
    """Return, by where a citation starts, the name right behind it or right before it."""
    found: dict[int, Mention] = {}
    ours = [m for m in mentions if m.attaches and m.end > 0]
    starts = [m.start for m in ours]
    for citation in citations:
        if citation.slug:
            continue
        at = bisect_right(starts, citation.start)
        before = next((m for m in reversed(ours[:at]) if m.end <= citation.start), None)
        beside = before is not None and before.style == citation.style and citation.start - before.end <= 14
        beside = beside and before is not None and _BESIDE.fullmatch(text[before.end : citation.start]) is not None
        after = next((m for m in ours[at:] if m.start >= citation.group_end), None)
        if after is not None and after.style == citation.style and after.start - citation.group_end <= 24:
            gap = _OF.fullmatch(text[citation.group_end : after.start])
            if gap and (not beside or gap.group("word")) and not (citation.style != LAW and not gap.group("word")):
                found[citation.start] = after
                continue
        if beside and before is not None:
            found[citation.start] = before
    return found
