"""The parameters of tools: what each means, what it may be, and an example."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from aimsgraph.web.paging import LONGEST_CURSOR

MOST_ITEMS = 200
_Short = Annotated[str, Field(max_length=20)]
Json = dict[str, Any]

Reference = Annotated[
    str,
    Field(
        description="A reference, a citation as people write it, an IRI or an ELI address.", min_length=1,
        max_length=300, examples=["eu-ai-act:Art.9(1)", "AI Act Art. 6(2)", "ISO 42001 A.6.2.8"],
    ),
]  # fmt: skip
Framework = Annotated[
    str,
    Field(
        description="Slug or name of a framework; `frameworks` lists them.", min_length=1, max_length=100,
        examples=["eu-ai-act", "iso-42001", "nist-ai-rmf"],
    ),
]  # fmt: skip
Within = Annotated[str, Field(description="Only this framework; all when left out.", max_length=100)]
On = Annotated[_Short | SkipJsonSchema[None], Field(description="The day asked about; today when left out.",
    examples=["2027-12-02"])]  # fmt: skip
LawAsOf = Annotated[_Short | SkipJsonSchema[None], Field(description="The law as known on this day; today when left"
    " out.", examples=["2026-11-23"])]  # fmt: skip
FirstDay = Annotated[str, Field(description="The first day.", max_length=20, examples=["2026-12-02"])]
LastDay = Annotated[str, Field(description="The last day, included.", max_length=20, examples=["2027-12-02"])]
Limit = Annotated[int, Field(description="At most so many items on a page.", ge=1, le=MOST_ITEMS)]
Cursor = Annotated[
    str, Field(description="The page to go on with: `next` of the page before.", max_length=LONGEST_CURSOR)
]
MinStatus = Annotated[
    Literal["candidate", "reviewed", "accepted"], Field(description="The least weight of the mappings used.")
]
Hops = Annotated[int, Field(description="At most so many mappings in a chain.", ge=1, le=6)]
Role = Annotated[
    str, Field(description="A role of the AI Act.", max_length=100, examples=["provider", "deployer", "importer"])
]
Route = Literal["annex-iii", "annex-i", "transparency", "gpai", "gpai-systemic", "prohibited", "all-ai"]
Routes = Annotated[
    list[Route], Field(description="The routes into the Act's duties.", max_length=16, examples=[["annex-iii"]])
]
Facts = Annotated[
    list[Annotated[str, Field(max_length=200)]],
    Field(
        description="Answers to conditions, `CODE=yes` or `CODE=no`; a condition nobody answers stays `unknown`.",
        max_length=100, examples=[["employer=yes"]],
    ),
]  # fmt: skip
Applies = Annotated[
    list[Literal["yes", "no", "unknown", "contested"]],
    Field(description="Only duties with one of these answers.", max_length=4),
]
Everything = Annotated[bool, Field(description="Also options, status rules and statements that only point to others.")]
Organisation = Annotated[
    str,
    Field(
        description="Slug of an organisation, of those `organisations` lists; needed only where there are several.",
        max_length=100, examples=["acme"],
    ),
]  # fmt: skip
System = Annotated[
    str, Field(description="Id of one AI system; all when left out.", max_length=300, examples=["cv-ranker"])
]
Without = Annotated[
    list[Literal["people", "evidence"]],
    Field(description="What the answer leaves out: names of people, contents of evidence.", max_length=2),
]
Statuses = Annotated[
    list[Literal["covered", "partly", "unknown", "not-covered", "not-applicable"]],
    Field(description="Only rows with one of these.", max_length=5),
]
Thing = Annotated[
    str,
    Field(
        description="What is to go: an id of the register, a reference or an IRI.", min_length=1, max_length=300,
        examples=["iso-42001:A.6.2.8"],
    ),
]  # fmt: skip
Words = Annotated[str, Field(description="The words.", min_length=1, max_length=500, examples=["event logs"])]
Items = Annotated[
    list[Reference],
    Field(
        description="The items asked about; a provision stands for its parts.", min_length=1, max_length=50,
        examples=[["iso-42001:A.6.2.8"]],
    ),
]  # fmt: skip
Answers = Annotated[
    list[Json],
    Field(description="What `crosswalk` gave as `answers`, with their `proofs`.", max_length=200, examples=[[]]),
]
Text = Annotated[
    str,
    Field(
        description="The text; its citations are looked for.", min_length=1, max_length=1_000_000,
        examples=["Article 6(2) of the AI Act"],
    ),
]  # fmt: skip
Files = Annotated[
    dict[str, str] | SkipJsonSchema[None],
    Field(
        description="A register as the text of each file by its name in the folder; instead of `organisation`.",
        examples=[{"organisation.yaml": "slug: example\n"}],
    ),
]  # fmt: skip
Profiles = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=100)]],
    Field(description="Audits to put it through, or `all`.", max_length=20, examples=[["soa"]]),
]
Level = Annotated[
    Literal["violation", "warning", "info"], Field(description="From here on a finding means it does not conform.")
]
Question = Annotated[
    str, Field(description="A question's id or the beginning of it.", min_length=1, max_length=200, examples=["cq-001"])
]
Values = Annotated[
    dict[str, Annotated[str, Field(max_length=500)]],
    Field(
        description="Its parameters, as `questions` lists them.",
        examples=[{"role": "provider", "route": "annex-iii", "on": "2027-12-02"}],
    ),
]  # fmt: skip
Sparql = Annotated[
    str,
    Field(
        description="A SPARQL 1.1 query; known prefixes need no declaration. SERVICE and updates are refused.",
        min_length=1, max_length=100_000, examples=["SELECT ?f ?slug { ?f a aims:Framework ; aims:slug ?slug }"],
    ),
]  # fmt: skip
Seconds = Annotated[
    float | SkipJsonSchema[None],
    Field(description="The longest it may take; the server allows no more than its own time.", gt=0, le=3600),
]
