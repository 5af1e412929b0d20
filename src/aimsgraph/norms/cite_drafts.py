"""Tells when a number is that of a draft of the act: the words beside it speak of what the draft had there."""

from __future__ import annotations

import re

from aimsgraph.domain.citation_context import Located
from aimsgraph.domain.citation_finder import LAW
from aimsgraph.norms.cite_labels import LabelJudge
from aimsgraph.norms.cite_tables import CiteTables, DraftNumber, head_of
from aimsgraph.norms.cite_words import KNOWN_DRAFT, LINK, says
from aimsgraph.norms.index import Entry, Index

REACH = 110
"""Characters before and after a citation in which a topic is looked for."""


class DraftJudge:
    """Finds citations by draft numbers of one act."""

    def __init__(self, index: Index, labels: LabelJudge, tables: CiteTables, slug: str) -> None:
        self._index, self._labels, self._tables, self._slug = index, labels, tables, slug

    def find(self, one: Located) -> DraftNumber | None:
        """Return the draft's number that is meant, if the words beside it say so and the text does not know it."""
        citation = one.citation
        rows = self._tables.drafts.get(head_of(citation.local), ()) if one.slug == self._slug else ()
        if not rows or citation.style != LAW or says(KNOWN_DRAFT, one.sentence):
            return None
        adopted = self._index.by_reference.get(f"{one.slug}:{head_of(citation.local)}")
        return next((row for row in rows if self._is_meant(row, one, adopted)), None)

    def _is_meant(self, row: DraftNumber, one: Located, adopted: Entry | None) -> bool:
        if adopted is None:  # the number is only a draft's: the topic may stand anywhere in the sentence
            return any(topic.search(f"{one.sentence} {one.segment.beside}") for topic in row.topics)
        if any(
            self._is_title_of(label, f"{one.slug}:{row.adopted}", adopted, one) for label in self._labels.labels(one)
        ):
            return True
        said = (_linked(topic, one) for topic in row.topics)
        return any(words and not self._labels.fits(words, adopted) for words in said)

    def _is_title_of(self, label: str, target: str, cited: Entry, one: Located) -> bool:
        owner = self._labels.owner(label, one.slug)
        strict = self._labels.is_strict(one, label)
        return (
            owner is not None and owner.entry.reference == target and not self._labels.fits(label, cited, strict=strict)
        )


def _linked(topic: re.Pattern[str], one: Located) -> str:
    """Return the words of a topic that nothing but linking words separates from the citation."""
    text, citation = one.segment.text, one.citation
    after = text[citation.group_end : min(one.end, citation.group_end + REACH)]
    before = text[max(one.start, citation.start - REACH) : citation.start]
    for match in topic.finditer(after):
        if LINK.fullmatch(after[: match.start()]):
            return match.group()
    for match in topic.finditer(before):
        if LINK.fullmatch(before[match.end() :]):
            return match.group()
    beside = topic.search(one.segment.beside)
    return beside.group() if beside else ""
