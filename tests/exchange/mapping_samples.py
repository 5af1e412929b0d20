"""Small mapping sets of our own making, and a strategy for random ones."""

import datetime as dt
import string
from decimal import Decimal

from hypothesis import strategies as st

from aimsgraph.domain.mapping import BASES, EFFECTS, EXTENTS, KINDS, OUTSIDE, STATUSES
from aimsgraph.domain.relation import WORDS
from aimsgraph.exchange.mapping_table import (
    ForeignFramework,
    ForeignItem,
    MappingRow,
    MappingTable,
    NoMatchRow,
    ReviewRow,
    SetHeader,
    clean,
    order_relations,
)
from aimsgraph.exchange.names import FrameworkName, Names

ISO = "https://w3id.org/aimsgraph/id/iso/42001/2023"
ACT = "https://w3id.org/aimsgraph/id/eu/reg/2024/1689"
SUBJECTS = ("iso-42001:6.1.2", "iso-42001:9.1", "iso-42001:A.6.2.8", "iso-42001:A.2.4")
OBJECTS = ("eu-ai-act:Art.6(2)", "eu-ai-act:art9-1", "eu-ai-act:art12-1", "eu-ai-act:Annex.IV(2)(g)")
_PATHS = ("art_6/par_2", "stmt/art9-1", "stmt/art12-1", "anx_IV/pnt_2/pnt_g")

NAMES = Names.of(
    [
        *((r, f"{ISO}/{r.partition(':')[2]}", f"Label of {r}") for r in SUBJECTS),
        *((r, f"{ACT}/{path}", f"Label of {r}") for r, path in zip(OBJECTS, _PATHS, strict=True)),
    ],
    [
        FrameworkName("iso-42001", "2023", ISO, "AI management system"),
        FrameworkName("eu-ai-act", "2024", ACT, "AI Act"),
    ],
)
HEADER = SetHeader(
    id="tiny--set",
    title="A tiny set",
    subject="iso-42001@2023",
    object="eu-ai-act@2024",
    version="1.0.0",
    licence="CC BY 4.0",
    author="Ada Example",
    author_kind="human",
    authored_on=dt.date(2026, 3, 1),
    method="human",
    justification="semapv:ManualMappingCuration",
    methodology="docs/methodology.md",
    law_version="2026-11-23",
    notes=("Every row only supports.", "Made for tests; nothing in it is advice."),
)
TINY = MappingTable(
    HEADER,
    rows=(
        MappingRow(
            id="A.6.2.8--art12-1",
            subjects=("iso-42001:A.6.2.8",),
            objects=("eu-ai-act:art12-1",),
            relations=("intersects-with",),
            extent="some",
            rationale="Both ask for logs; here they are a choice of phases, there a property of the system.",
            gap_object="Logging over the whole lifetime.",
            gap_subject="=Logs of other phases, such as test.",
            basis="functional",
            confidence=Decimal("0.8"),
            perspective=("provider", "deployer"),
            effect="supports-only",
            status="reviewed",
            subject_versions=("2023",),
            object_versions=("2026-07-27",),
            note="a | b; c",
        ),
        MappingRow(
            id="joint-1",
            subjects=("iso-42001:6.1.2", "iso-42001:9.1"),
            objects=("eu-ai-act:art9-1", "eu-ai-act:Art.6(2)"),
            relations=("superset-of",),
            extent="all",
            rationale="Together the two clauses ask for all that the two duties ask for, in other words.",
            basis="semantic",
            confidence=Decimal("0.55"),
            effect="presumption-of-conformity",
            citation="OJ C 1, 1.1.2026, p. 1",
            status="accepted",
            author="https://orcid.org/0000-0000-0000-0001",
            author_kind="hybrid",
            authored_on=dt.date(2026, 4, 2),
        ),
        MappingRow(
            id="9.1--Annex.IV(2)(g)",
            subjects=("iso-42001:9.1",),
            objects=("eu-ai-act:Annex.IV(2)(g)",),
            relations=("equal-to", "subset-of", "superset-of", "intersects-with"),
            extent="some",
            rationale="Something is shared, such as metrics; how far could not be judged from short titles.",
            basis="syntactic",
            confidence=Decimal("0.4"),
            status="candidate",
        ),
        MappingRow(
            id="9.1--art12-1",
            subjects=("iso-42001:9.1",),
            objects=("eu-ai-act:art12-1",),
            relations=("no-relationship",),
            extent="none",
            rationale="Evaluation of the management system and automatic records have no requirement in common.",
            basis="semantic",
            confidence=Decimal("1"),
            status="contested",
        ),
    ),
    nomatches=(
        NoMatchRow("iso-42001:A.2.4", "eu-ai-act", "Looked in chapters III and IX.", dt.date(2026, 3, 3)),
        NoMatchRow("eu-ai-act:art9-1", "iso-42001", "Looked in clauses 4 to 10."),
    ),
    reviews=(
        ReviewRow("joint-1", "Bo Reviewer", "human", dt.date(2026, 5, 1), True, ("superset-of",), Decimal("1"), "Yes."),
        ReviewRow(
            "A.6.2.8--art12-1", "reviewer two", "automated", dt.date(2026, 5, 2), False,
            ("subset-of", "no-relationship"), Decimal("-0.5"),
        ),
        ReviewRow("nomatch-A.2.4", "Bo Reviewer", "human", dt.date(2026, 5, 3), False, (), Decimal("0.5"), "Same."),
        ReviewRow(
            "joint-1", "https://orcid.org/0000-0000-0000-0002", "human", dt.date(2026, 5, 4), False, (), Decimal("0")
        ),
    ),
)  # fmt: skip
FOREIGN = MappingTable(
    SetHeader(id="import--other", title="Other to AI Act", subject="other@7.1", object="eu-ai-act@2024"),
    rows=(
        MappingRow("X-1--art9-1", ("other:X-1",), ("eu-ai-act:art9-1",), ("subset-of",)),
        MappingRow("AC-2--art12-1", ("other:AC-2-1-ebd5b80b",), ("eu-ai-act:art12-1",), ("equivalent-to",)),
    ),
    foreign=(
        ForeignFramework(
            "other", "Other framework", "7.1", "https://other.example/7.1",
            (ForeignItem("AC-2-1-ebd5b80b", "AC-2 (1)", "Title"), ForeignItem("X-1", "X-1")),
        ),
    ),
)  # fmt: skip

_TEXT = st.text(
    st.one_of(
        st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cf", "Co", "Cn")),
        st.sampled_from("=+-@'\"|;,\\#\t&<>_x0"),
    ),
    max_size=40,
).map(clean) | st.sampled_from(("_x0041_", "_x005F_x0041_", "'=1", "''-1", "-1", "''", "\\|", "null", "~", "1.0"))
_DAYS = st.dates(dt.date(2020, 1, 1), dt.date(2030, 1, 1))
_RELATIONS = st.lists(st.sampled_from(tuple(WORDS)), min_size=1, unique=True).map(order_relations)
_IDS = st.text(string.ascii_letters + string.digits, min_size=1, max_size=8)
_CONFIDENCE = st.integers(0, 1000).map(lambda n: Decimal(n) / 1000)
_AUTHORS = st.one_of(_TEXT.filter(lambda t: t != HEADER.author and "://" not in t), st.just("https://orcid.org/1"))


@st.composite
def mapping_rows(draw: st.DrawFn, id_: str) -> MappingRow:
    subjects = draw(st.lists(st.sampled_from(SUBJECTS), min_size=1, max_size=3, unique=True))
    objects = draw(st.lists(st.sampled_from(OBJECTS), min_size=1, max_size=3, unique=True))
    pins = [draw(st.sampled_from(((), tuple(f"v{n}" for n in range(len(ends)))))) for ends in (subjects, objects)]
    return MappingRow(
        id=id_,
        subjects=tuple(subjects),
        objects=tuple(objects),
        relations=draw(_RELATIONS),
        extent=draw(st.sampled_from(("", *EXTENTS))),
        rationale=draw(_TEXT),
        gap_object=draw(_TEXT),
        gap_subject=draw(_TEXT),
        basis=draw(st.sampled_from(("", *BASES))),
        confidence=draw(st.none() | _CONFIDENCE),
        perspective=tuple(draw(st.lists(_IDS, max_size=2, unique=True))),
        effect=draw(st.sampled_from(("", *EFFECTS))),
        citation=draw(_TEXT),
        status=draw(st.sampled_from((*STATUSES, *OUTSIDE))),
        subject_versions=pins[0],
        object_versions=pins[1],
        author=draw(_AUTHORS),
        author_kind=draw(st.sampled_from(("", "automated", "hybrid"))),
        authored_on=draw(st.none() | _DAYS.filter(lambda day: day != HEADER.authored_on)),
        note=draw(_TEXT),
    )


@st.composite
def mapping_tables(draw: st.DrawFn) -> MappingTable:
    ids = draw(st.lists(_IDS, max_size=4, unique=True))
    rows = tuple(draw(mapping_rows(id_)) for id_ in ids)
    sides = [*((item, "eu-ai-act") for item in SUBJECTS), *((item, "iso-42001") for item in OBJECTS)]
    nomatches = tuple(
        NoMatchRow(item, scope, draw(_TEXT) + "x", draw(_DAYS.filter(lambda day: day != HEADER.authored_on)))
        for item, scope in draw(st.lists(st.sampled_from(sides), max_size=2, unique=True))
    )
    known = [*ids, *(row.id for row in nomatches)]
    reviews = tuple(
        ReviewRow(
            row,
            draw(_TEXT) + "r",
            draw(st.sampled_from(KINDS)),
            draw(_DAYS),
            draw(st.booleans()),
            draw(st.just(()) | _RELATIONS),
            draw(st.integers(-100, 100).map(lambda n: Decimal(n) / 100)),
            draw(_TEXT),
        )
        for row in (draw(st.lists(st.sampled_from(known), max_size=3)) if known else [])
    )
    notes = tuple(draw(st.lists(_TEXT.filter(bool), max_size=2)))
    header = SetHeader(**{**_plain(HEADER), "notes": notes, "licence": draw(_TEXT), "title": draw(_TEXT) + "t"})
    return MappingTable(header, rows, nomatches, reviews)


def _plain(header: SetHeader) -> dict:
    return {name: getattr(header, name) for name in header.__slots__}
