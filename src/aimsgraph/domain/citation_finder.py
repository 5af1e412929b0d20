"""Finds citations in running text: where they stand, which ids they may mean, and which frameworks the text names.

Nothing here knows which ids exist. A citation is found by its form ("Article 6(2)", "Annex III, point 4(a)", "A.6.2.8",
"clause 6.1.3", "GOVERN 1.1", `eu-ai-act:Art.6(2)`, an address); `citation_context` says of which framework it is.
Every pattern is bounded, so that time grows with the length of the text and no faster.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from aimsgraph.domain.citation_names import FOREIGN, Mention, NameFinder
from aimsgraph.domain.citations import Scheme, iter_candidates
from aimsgraph.domain.identifiers import ELI_HOSTS, ID, is_local_id, is_statement_id

LAW, STANDARD, NIST, NUMBER = "eu-law", "iso", "nist", "number"
_URL = re.compile(r"https?://[^\s<>\"'`\]}|]{1,400}")
_PLACEHOLDER = re.compile(r"[{<$…*]|\.\.\.")
_SITE = re.compile(
    r"https?://(?:www\.)?(?:(?P<act>artificialintelligenceact\.eu|ai-act-law\.eu|ai-act-service-desk\.ec\.europa\.eu"
    r"|aiact\.algolia\.com)|(?P<gdpr>gdpr-info\.eu|gdpr\.eu))/(?:[\w.-]{1,20}/){0,3}art(?:icle)?[-/](?P<n>\d{1,3}[a-z]?)"
    r"(?:-gdpr)?/?(?=$|[#?])",
    re.IGNORECASE,
)
_CELEX = re.compile(
    r"CELEX(?::|%3A)[03](?P<year>\d{4})R(?P<number>\d{4})(?:-\d{8})?[^#]{0,80}(?:#(?P<anchor>art_\d+))?"
)

_TOKEN = r"(?:\d{1,2}[a-z]?|[a-z]|[ivx]{1,5}|[a-h][a-h])"
_STEP = rf"(?:\s?\(\s?{_TOKEN}\s?\)|\.\d{{1,2}}(?![\d.]|\s?%)(?:\.[a-z](?![\w.]))?)"
_ORDINAL = r"(?:first|second|third|fourth|fifth|sixth)"
_WORDED = (
    r"(?:,?\s(?:paragraphs?|para\.?|par\.|Abs\.|points?|pt\.?|letter|lit\.|Buchst\.)\s?"
    rf"(?:\(\s?{_TOKEN}\s?\)|\d{{1,2}}(?:\.\d{{1,2}}|[a-z])?(?![\w])|(?<=lit\.\s)[a-z](?![\w])))"
)
_SUB = rf"(?:,?\s{_ORDINAL}\ssub-?paragraph\b)"
_STEPS = rf"(?:{_STEP}|{_WORDED}|{_SUB}){{0,6}}"
_BEFORE = (
    rf"(?:(?:(?:paragraph|point|subparagraph)\s(?:\({_TOKEN}\)|\d{{1,2}})|{_ORDINAL}\ssub-?paragraph)(?:,|\s)?\s?of\s)?"
)
_NUMBER = r"[1-9]\d{0,2}(?!(?:st|nd|rd|th)\b)[a-z]{0,2}(?![A-Za-z0-9/_]|[.,]\d{3})"
_ARTICLE = re.compile(
    rf"(?<![A-Za-z0-9_]){_BEFORE}(?P<word>articles?|arts?\b\.?|artikel|art(?=\d))\s?§?\s?(?P<id>{_NUMBER}{_STEPS})",
    re.IGNORECASE,
)
_MORE_LAW = re.compile(
    rf"(?P<sep>\s?(?:,|/|–|-|\bto\b|\band\b|\bor\b|&|,\s?and\b|\bthrough\b|\bund\b)\s?)(?P<id>{_NUMBER}{_STEPS})"
    r"(?!\s?(?:%|days?|weeks?|months?|years?|hours?|million|EUR|[A-Z]?[a-z]{2,9}\s\d{4}|(?:January|February|March|April|May"
    r"|June|July|August|September|October|November|December)\b))",
)
_MORE_STEP = re.compile(rf"\s?(?:,|/|\band\b|\bor\b|–|-)\s?(?P<step>\({_TOKEN}\))(?![\w])")
_RECITAL = re.compile(
    r"(?<![A-Za-z0-9_])(?P<word>recitals?)\s?\(?(?P<id>[1-9]\d{0,2})\)?(?![A-Za-z0-9/_])", re.IGNORECASE
)
_MORE_RECITAL = re.compile(
    r"(?P<sep>\s?(?:,|–|-|\bto\b|\band\b|\bor\b|,\s?and\b)\s?)\(?(?P<id>[1-9]\d{0,2})\)?(?![\w/.%]|\s\w+\s\d{4})"
)
_ANNEX_TAIL = (
    r"(?:[\s,.]{0,2}(?:Section|Part)\s[A-C1-3](?![\w])|\.[A-C](?![\w])|\s[A-C](?=\s?\())?"
    rf"(?:[\s,.]{{0,2}}(?:points?|pt\.?|No\.?|§|\#|item|area|paragraph|para\.?)\s?(?:\d{{1,2}}(?:\.\d)?(?![\w])|\(\s?{_TOKEN}\s?\))"
    rf"|\s?\(\s?{_TOKEN}\s?\)|\.\d{{1,2}}(?![\w])|[\s,]{{1,2}}\d{{1,2}}(?=\([a-z]\))|\.[a-z](?![\w])|{_SUB}){{0,5}}"
)
_ANNEX = re.compile(
    rf"(?<![A-Za-z0-9_])(?:(?:point|section)\s[\w()]{{1,6}}(?:\([a-z]\))?\sof\s)?(?P<word>annex(?:es)?)\s"
    rf"(?P<id>(?-i:[IVX]{{1,5}})(?![A-Za-z0-9_]){_ANNEX_TAIL})",
    re.IGNORECASE,
)
_MORE_ANNEX = re.compile(r"(?P<sep>\s?(?:,|\bto\b|\band\b|\bor\b|&|–|-)\s?)(?P<id>[IVX]{1,5})(?![A-Za-z0-9_])")
_CHAPTER = re.compile(
    r"(?<![A-Za-z0-9_])(?P<word>chapter)\s(?P<id>(?-i:[IVX]{1,5})(?![A-Za-z0-9_])(?:,?\sSection\s[1-9](?!\d))?)",
    re.IGNORECASE,
)
_DOTS = r"\d{1,2}(?:\.\d{1,2}){0,3}"
_TAIL = r"(?![A-Za-z0-9_]|\.\w|-\d|/\d|\s?%)"
_ITEM = r"(?:\s?\(?[a-l]\)(?![\w]))?"
_CLAUSE = re.compile(
    rf"(?<![A-Za-z0-9_])(?P<word>(?:sub-?)?clauses?|Cl\.|controls?|objectives?|Annex\s[A-D]|§{{1,2}}|sections?)\s?"
    rf"(?P<id>(?:[A-D]\.)?{_DOTS}){_ITEM}{_TAIL}",
    re.IGNORECASE,
)
_MORE_CLAUSE = re.compile(
    rf"(?P<sep>\s?(?:,|–|-|\bto\b|\band\b|\bor\b|&|,\s?and\b)\s?)(?P<id>(?:[A-D]\.)?\d{{1,2}}(?:\.\d{{1,2}}){{1,3}}){_ITEM}{_TAIL}"
)
_BARE = re.compile(rf"(?<![\w.§/$@#-])(?P<id>[A-D]\.{_DOTS}){_ITEM}{_TAIL}")
_AFTER_NAME = re.compile(rf"[\s,:–—-]{{1,3}}(?P<id>\d{{1,2}}(?:\.\d{{1,2}}){{1,3}}){_ITEM}{_TAIL}")
_FUNCTION = re.compile(
    r"(?<![\w-])(?P<f>GOVERN|MAP|MEASURE|MANAGE|(?:Govern|Map|Measure|Manage)(?=[\s-]\d{1,2}\.\d)|(?:GV|MP|MS|MG)(?=[\s-]\d{1,2}\.\d))"
    r"(?:[\s.-]|\s-\s)?(?P<n>\d{1,2}(?:\.\d{1,2})?)(?:-\d{3})?(?![\w]|\.\d)"
)
_FUNCTIONS = {"GV": "GOVERN", "MP": "MAP", "MS": "MEASURE", "MG": "MANAGE"}
_RISK = re.compile(r"(?<![\w])(?P<word>[Rr]isk)\s#?(?P<id>\d{1,2})(?![\w.%])")
_APPENDIX = re.compile(
    r"(?:appendix|table|figure|fig\.|step|exhibit|version|release|schedule|part|question|requirement)\s$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Citation:
    """One citation.

    Attributes:
        start: offset of its first character.
        end: offset after its last character.
        text: as written.
        style: style of local ids it may be of: `eu-law`, `iso`, `nist`, `number`.
        locals: canonical local ids it may mean, likeliest first.
        slug: its framework, where it names it itself (a reference, an address).
        address: the address to look up, for an IRI of ours.
        group_end: end of the list it stands in ("Articles 9, 10 and 11").
        worded: it has a word such as "Article" or "control", not only a number.
    """

    start: int
    end: int
    text: str
    style: str
    locals: tuple[str, ...]
    slug: str = ""
    address: str = ""
    group_end: int = 0
    worded: bool = True

    @property
    def local(self) -> str:
        """The likeliest local id."""
        return self.locals[0] if self.locals else ""


class CitationFinder:
    """Finds citations and names of frameworks, for the frameworks it is given."""

    def __init__(self, schemes: Mapping[str, Scheme]) -> None:
        self.styles = {slug: scheme.style for slug, scheme in schemes.items()}
        self.names = NameFinder(schemes)
        slugs = "|".join(sorted((re.escape(slug) for slug in schemes), key=lambda s: (-len(s), s)))
        self._reference = re.compile(
            rf"(?<![\w/.#-])(?P<slug>{slugs})(?:@[0-9.]{{1,8}})?:(?P<local>[A-Za-z0-9][\w.()@-]{{0,80}})"
        )

    def find(self, text: str) -> tuple[list[Citation], list[Mention]]:
        """Return the citations and the names of frameworks in a text, in its order."""
        fixed, masked = self._fixed(text)
        named = [
            Mention(c.start, c.end, c.slug, self.styles.get(c.slug, c.style), attaches=False) for c in fixed if c.slug
        ]
        mentions = sorted((*self.names.find(masked), *named), key=lambda m: m.start)
        found = [*fixed, *_iter_law(masked), *self._iter_standard(masked, mentions), *_iter_nist(masked)]
        found = _without_overlaps([c for c in found if not _within_name(c, mentions)])
        return [c for c in found if c.locals or c.address], mentions

    def _fixed(self, text: str) -> tuple[list[Citation], str]:
        """Find addresses and references; return them, and the text with blanks in their place."""
        found: list[Citation] = []
        blanks: list[tuple[int, int]] = []
        for match in _URL.finditer(text):
            end = match.start() + len(_trim(match.group()))
            blanks.append((match.start(), end))
            if not _PLACEHOLDER.search(text[match.start() : end + 1]):
                found += self._address(text[match.start() : end], match.start())
        for match in self._reference.finditer(text):
            local = _trim(match.group("local"))
            slug = match.group("slug")
            end = match.start("local") + len(local)
            if any(a <= match.start() < b for a, b in blanks):
                continue
            style = self.styles[slug]
            known_form = is_statement_id(local) or is_local_id(local, style) or any(c.isdigit() for c in local)
            if known_form and not _PLACEHOLDER.match(text[end : end + 3]) and text[end : end + 1] not in ("*", "{"):
                found.append(
                    Citation(match.start(), end, text[match.start() : end], style, (local,), slug, group_end=end)
                )
            blanks.append((match.start(), end))
        return found, _blank(text, blanks)

    def _address(self, url: str, start: int) -> Iterator[Citation]:
        end = start + len(url)
        if url.startswith(ID) or url.startswith(ELI_HOSTS):
            path = url.removeprefix(ID)
            for host in ELI_HOSTS:
                path = f"eu/{path.removeprefix(host)}" if path.startswith(host) else path
            slug = self.names.slug_of_path(path)
            yield Citation(start, end, url, "address", (), slug, address=url.partition("#")[0], group_end=end)
        elif site := _SITE.match(url):
            slug = self.names.slug_of_number("2024/1689" if site.group("act") else "2016/679")
            if slug:
                yield Citation(start, end, url, LAW, (f"Art.{site.group('n').lower()}",), slug, group_end=end)
        elif celex := _CELEX.search(url):
            slug = self.names.slug_of_number(f"{celex.group('year')}/{int(celex.group('number'))}")
            anchor = celex.group("anchor")
            if slug:
                locals_ = (f"Art.{anchor.removeprefix('art_')}",) if anchor else ()
                address = "" if anchor else ID
                yield Citation(start, end, url, LAW, locals_, slug, address=address, group_end=end)

    def _iter_standard(self, text: str, mentions: list[Mention]) -> Iterator[Citation]:
        for match in _CLAUSE.finditer(text):
            word = match.group("word").lower()
            weak = word.startswith(("section", "§"))
            prefix = (
                "" if weak or word.startswith(("clause", "sub", "cl")) else f"{word} ".replace("controls", "control")
            )
            if word.startswith("annex"):
                prefix = "" if match.group("id")[0].isalpha() else f"{word[-1].upper()}."
            prefix = "" if match.group("id")[0].isalpha() else prefix.replace("objectives", "objective")
            items = _list(text, match, _MORE_CLAUSE, plural=True)
            for start, end, id_ in items:
                one = prefix if not id_[0].isalpha() else ""
                yield Citation(
                    start,
                    end,
                    text[start:end],
                    STANDARD,
                    tuple(iter_candidates(one + id_, STANDARD)),
                    group_end=items[-1][1],
                    worded=not weak,
                )
        for match in _BARE.finditer(text):
            if _APPENDIX.search(text[max(0, match.start() - 14) : match.start()]):
                continue
            yield Citation(
                match.start(),
                match.end(),
                match.group(),
                STANDARD,
                (match.group("id"),),
                group_end=match.end(),
                worded=False,
            )
        for mention in mentions:
            if mention.style == STANDARD and mention.slug != FOREIGN and mention.attaches:
                match_ = _AFTER_NAME.match(text, mention.end)
                if match_:
                    start = match_.start("id")
                    yield Citation(
                        start,
                        match_.end(),
                        text[start : match_.end()],
                        STANDARD,
                        (match_.group("id"),),
                        group_end=match_.end(),
                        worded=False,
                    )


def _iter_law(text: str) -> Iterator[Citation]:
    for match in _ARTICLE.finditer(text):
        items = _list(text, match, _MORE_LAW, plural=match.group("word").lower().rstrip(".") in ("articles", "arts"))
        for number, (start, end, id_) in enumerate(items):
            cited = match.group() if number == 0 else f"Article {id_}"
            yield _law(text, start, end, _normal(cited), items[-1][1])
            more = _MORE_STEP.match(text, end) if number == len(items) - 1 else None
            if more and (last := re.search(r"\([^()]*\)$", id_)) and _kind(last.group()) == _kind(more.group("step")):
                yield _law(
                    text,
                    more.start("step"),
                    more.end(),
                    f"Article {id_[: last.start()]}{more.group('step')}",
                    more.end(),
                )
    for match in _RECITAL.finditer(text):
        items = _list(text, match, _MORE_RECITAL, plural=match.group("word").lower().endswith("s"))
        for start, end, id_ in items:
            yield _law(text, start, end, f"Recital {id_}", items[-1][1])
    for match in _ANNEX.finditer(text):
        items = _list(text, match, _MORE_ANNEX, plural=match.group("word").lower() == "annexes")
        for number, (start, end, id_) in enumerate(items):
            yield _law(text, start, end, _normal(match.group() if number == 0 else f"Annex {id_}"), items[-1][1])
    for match in _CHAPTER.finditer(text):
        yield _law(text, match.start(), match.end(), match.group(), match.end())


def _law(text: str, start: int, end: int, cited: str, group_end: int) -> Citation:
    locals_ = tuple(iter_candidates(cited, LAW))
    if cited[:5].lower() == "annex" and " section " in cited.lower():  # "section 4" for what the Act calls a point
        locals_ += tuple(iter_candidates(re.sub(r"(?i)section", "point", cited), LAW))
    return Citation(start, end, text[start:end], LAW, locals_, group_end=group_end)


def _iter_nist(text: str) -> Iterator[Citation]:
    for match in _FUNCTION.finditer(text):
        function = _FUNCTIONS.get(match.group("f"), match.group("f").upper())
        local = f"{function}-{match.group('n')}"
        yield Citation(match.start(), match.end(), match.group(), NIST, (local,), group_end=match.end())
    for match in _RISK.finditer(text):
        yield Citation(match.start(), match.end(), match.group(), NUMBER, (match.group("id"),), group_end=match.end())


def _list(text: str, first: re.Match[str], more: re.Pattern[str], *, plural: bool) -> list[tuple[int, int, str]]:
    """Return start, end and id of each item of "Articles 9, 10 and 11"."""
    items = [(first.start(), first.end(), first.group("id"))]
    end = first.end()
    while plural and len(items) < 40 and (match := more.match(text, end)):
        items.append((match.start("id"), match.end(), match.group("id")))
        end = match.end()
    return items


def _normal(cited: str) -> str:
    """Put what `domain.citations` does not read into words it does."""
    cited = re.sub(r"(?i)\bannexes\b", "Annex", cited)
    cited = re.sub(r"(?i)\bartikel\b|\bart(?=\d)", "Article ", cited)
    cited = re.sub(r"\bAbs\.", "paragraph", cited)
    cited = re.sub(r"\b(?:lit\.|Buchst\.|item|area)|[§#]", "point ", cited)
    return re.sub(r"(?i)(annex \S+?,? )part\b", r"\1Section", cited)


def _kind(step: str) -> bool:
    return step[1].isdigit()


def _trim(text: str) -> str:
    """Cut punctuation that belongs to the sentence off the end."""
    while text and (text[-1] in ".,;:@-_!?" or (text[-1] == ")" and text.count(")") > text.count("("))):
        text = text[:-1]
    return text


def _blank(text: str, spans: list[tuple[int, int]]) -> str:
    parts, at = [], 0
    for start, end in sorted(spans):
        if start >= at:
            parts += [text[at:start], " " * (end - start)]
            at = end
    return "".join((*parts, text[at:]))


def _within_name(citation: Citation, mentions: list[Mention]) -> bool:
    return any(m.attaches and m.start <= citation.start and citation.end <= m.end for m in mentions)


def _without_overlaps(found: list[Citation]) -> list[Citation]:
    """Keep the longest of citations that overlap, in the order of the text."""
    kept: list[Citation] = []
    for citation in sorted(found, key=lambda c: (c.start, -c.end)):
        if kept and citation.start < kept[-1].end:
            continue
        kept.append(replace(citation, group_end=max(citation.group_end, citation.end)))
    return kept
