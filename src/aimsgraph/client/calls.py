"""The operations of `/v1`, by the names they have in its OpenAPI description; the clients are made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aimsgraph.client import crosswalk_models, models, organisation_models
from aimsgraph.client.call import Call, part

_ZIP = "application/zip"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ROWS = "application/sparql-results+json"


def frameworks(*, limit: int = 50) -> Call[models.Frameworks]:
    """Return the frameworks and catalogues."""
    return Call("/v1/frameworks", models.Frameworks, {"limit": limit})


def framework(slug: str) -> Call[models.FrameworkAnswer]:
    """Return one framework or catalogue."""
    return Call(f"/v1/frameworks/{part(slug)}", models.FrameworkAnswer)


def show(reference: str, *, on: str | None = None, law_as_of: str | None = None) -> Call[models.Provision]:
    """Return everything about what a reference, citation, IRI or ELI address means."""
    return Call(f"/v1/provisions/{part(reference)}", models.Provision, {"on": on, "law_as_of": law_as_of})


def search(words: str, *, framework: str | None = None, limit: int = 50) -> Call[models.Hits]:
    """Return what fits words best, best first."""
    return Call("/v1/search", models.Hits, {"q": words, "framework": framework, "limit": limit})


def duties(
    *, role: str, route: str | Sequence[str], facts: Sequence[str] = (), applies: Sequence[str] = (),
    everything: bool = False, on: str | None = None, law_as_of: str | None = None, limit: int = 50,
) -> Call[models.Duties]:  # fmt: skip
    """Return the duties of a role on routes; a fact is `CODE=yes` or `CODE=no`."""
    parameters = {
        "role": role, "route": route, "fact": facts, "applies": applies, "everything": everything, "on": on,
        "law_as_of": law_as_of, "limit": limit,
    }  # fmt: skip
    return Call("/v1/duties", models.Duties, parameters)


def changes(start: str, end: str, *, law_as_of: str | None = None, limit: int = 50) -> Call[models.Changes]:
    """Return what starts, changes and ends from one day to another, both included."""
    parameters = {"from": start, "to": end, "law_as_of": law_as_of, "limit": limit}
    return Call("/v1/changes", models.Changes, parameters)


def crosswalk(  # noqa: PLR0913  # the parameters of the operation
    items: str | Sequence[str], to: str, *, max_hops: int = 3, min_status: str = "reviewed", role: str | None = None,
    explain: bool = True, on: str | None = None, law_as_of: str | None = None, limit: int = 50,
) -> Call[crosswalk_models.Crosswalk]:  # fmt: skip
    """Return what corresponds to items in another framework, with proofs, or that nothing follows."""
    parameters = {
        "from": items, "to": to, "max_hops": max_hops, "min_status": min_status, "role": role, "explain": explain,
        "on": on, "law_as_of": law_as_of, "limit": limit,
    }  # fmt: skip
    return Call("/v1/crosswalk", crosswalk_models.Crosswalk, parameters)


def crosswalk_batch(  # noqa: PLR0913  # the parameters of the operation
    items: Sequence[str], to: str, *, max_hops: int = 3, min_status: str = "reviewed", role: str = "",
    explain: bool = True, on: str | None = None, law_as_of: str | None = None, limit: int = 50,
) -> Call[crosswalk_models.Crosswalk]:  # fmt: skip
    """Return the crosswalk of many items."""
    body = {
        "from": list(items), "to": to, "max_hops": max_hops, "min_status": min_status, "role": role,
        "explain": explain, "on": on, "law_as_of": law_as_of, "limit": limit,
    }  # fmt: skip
    return Call("/v1/crosswalk:batch", crosswalk_models.Crosswalk, body=_given(body))


def matrix(
    one: str, other: str, *, min_status: str = "reviewed", max_hops: int = 1, on: str | None = None,
    law_as_of: str | None = None, limit: int = 50,
) -> Call[crosswalk_models.Matrix]:  # fmt: skip
    """Return how two frameworks meet, headings against headings."""
    parameters = {
        "from": one, "to": other, "min_status": min_status, "max_hops": max_hops, "on": on, "law_as_of": law_as_of,
        "limit": limit,
    }  # fmt: skip
    return Call("/v1/matrix", crosswalk_models.Matrix, parameters)


def unmapped(
    one: str, other: str, *, min_status: str = "reviewed", on: str | None = None, law_as_of: str | None = None,
    limit: int = 50,
) -> Call[crosswalk_models.Unmapped]:  # fmt: skip
    """Return the items of one framework without a counterpart in another."""
    parameters = {
        "from": one, "to": other, "min_status": min_status, "on": on, "law_as_of": law_as_of, "limit": limit,
    }  # fmt: skip
    return Call("/v1/unmapped", crosswalk_models.Unmapped, parameters)


def contradictions(*, min_status: str = "candidate", limit: int = 50) -> Call[crosswalk_models.Contradictions]:
    """Return sets of rows that cannot all be right."""
    parameters = {"min_status": min_status, "limit": limit}
    return Call("/v1/contradictions", crosswalk_models.Contradictions, parameters)


def check_proofs(answers: Sequence[Mapping[str, Any]]) -> Call[crosswalk_models.ProofCheck]:
    """Check the proofs in the `answers` of a crosswalk, given as JSON."""
    return Call("/v1/proofs:check", crosswalk_models.ProofCheck, body={"answers": [dict(each) for each in answers]})


def questions(*, limit: int = 50) -> Call[models.Questions]:
    """Return the stored questions."""
    return Call("/v1/questions", models.Questions, {"limit": limit})


def ask(name: str, /, **values: str) -> Call[dict[str, Any]]:
    """Ask a stored question whose answer is rows; return the SPARQL results as JSON."""
    return Call(f"/v1/questions/{part(name)}", dict[str, Any], values, accept=f"{_ROWS}, application/ld+json;q=0.5")


def validate(
    register: Mapping[str, str] | bytes, *, workbook: bool = False, profiles: Sequence[str] = (),
    on: str | None = None, law_as_of: str | None = None,
) -> Call[models.Report]:  # fmt: skip
    """Judge a register: its files by name, or the bytes of a zip archive or (`workbook`) of an .xlsx workbook."""
    how = {"profiles": profiles, "on": on, "law_as_of": law_as_of}
    if isinstance(register, bytes):
        return Call("/v1/validate", models.Report, how, content=(register, _XLSX if workbook else _ZIP))
    return Call("/v1/validate", models.Report, body={"files": dict(register), **_given(how)})


def cite(
    text: str, *, name: str = "text.md", framework: str = "", on: str | None = None, law_as_of: str | None = None
) -> Call[models.Cited]:
    """Find and check the citations in a text; the ending of its name tells how to read it."""
    body = {"text": text, "name": name, "framework": framework, "on": on, "law_as_of": law_as_of}
    return Call("/v1/cite", models.Cited, body=_given(body))


def organisations(*, limit: int = 50) -> Call[organisation_models.Organisations]:
    """Return the organisations that may be asked about."""
    return Call("/v1/orgs", organisation_models.Organisations, {"limit": limit})


def organisation_duties(
    organisation: str, *, system: str | None = None, applies: Sequence[str] = (), everything: bool = False,
    on: str | None = None, law_as_of: str | None = None, limit: int = 50,
) -> Call[models.Duties]:  # fmt: skip
    """Return the duties that an organisation's systems bring."""
    parameters = {
        "system": system, "applies": applies, "everything": everything, "on": on, "law_as_of": law_as_of,
        "limit": limit,
    }  # fmt: skip
    return Call(f"/v1/orgs/{part(organisation)}/duties", models.Duties, parameters)


def coverage(  # noqa: PLR0913  # the parameters of the operation
    organisation: str, *, framework: str = "eu-ai-act", status: Sequence[str] = (), system: str | None = None,
    without: Sequence[str] = (), min_status: str = "reviewed", on: str | None = None,
    law_as_of: str | None = None, limit: int = 50,
) -> Call[organisation_models.Coverage]:  # fmt: skip
    """Return how far each duty is covered, with the chain of causes."""
    parameters = _posture(system, without, min_status, on, law_as_of, limit) | {
        "framework": framework,
        "status": status,
    }
    return Call(f"/v1/orgs/{part(organisation)}/coverage", organisation_models.Coverage, parameters)


def gaps(
    organisation: str, *, system: str | None = None, without: Sequence[str] = (), min_status: str = "reviewed",
    on: str | None = None, law_as_of: str | None = None, limit: int = 50,
) -> Call[organisation_models.Gaps]:  # fmt: skip
    """Return what is missing, most pressing first."""
    parameters = _posture(system, without, min_status, on, law_as_of, limit)
    return Call(f"/v1/orgs/{part(organisation)}/gaps", organisation_models.Gaps, parameters)


def soa(
    organisation: str, *, system: str | None = None, without: Sequence[str] = (), min_status: str = "reviewed",
    on: str | None = None, law_as_of: str | None = None, limit: int = 50,
) -> Call[organisation_models.Soa]:  # fmt: skip
    """Return the statement of applicability."""
    parameters = _posture(system, without, min_status, on, law_as_of, limit)
    return Call(f"/v1/orgs/{part(organisation)}/soa", organisation_models.Soa, parameters)


def readiness(
    organisation: str, *, system: str | None = None, without: Sequence[str] = (), min_status: str = "reviewed",
    on: str | None = None, law_as_of: str | None = None, limit: int = 50,
) -> Call[organisation_models.Readiness]:  # fmt: skip
    """Return how ready the management system is, step by step."""
    parameters = _posture(system, without, min_status, on, law_as_of, limit)
    return Call(f"/v1/orgs/{part(organisation)}/readiness", organisation_models.Readiness, parameters)


def impact(
    organisation: str, of: str, *, system: str | None = None, without: Sequence[str] = (),
    min_status: str = "reviewed", on: str | None = None, law_as_of: str | None = None, limit: int = 50,
) -> Call[organisation_models.Impact]:  # fmt: skip
    """Return what depends on a thing, and what falls if it goes."""
    parameters = _posture(system, without, min_status, on, law_as_of, limit) | {"of": of}
    return Call(f"/v1/orgs/{part(organisation)}/impact", organisation_models.Impact, parameters)


def _posture(
    system: str | None, without: Sequence[str], min_status: str, on: str | None, law_as_of: str | None, limit: int
) -> dict[str, Any]:
    return {
        "system": system,
        "without": without,
        "min_status": min_status,
        "on": on,
        "law_as_of": law_as_of,
        "limit": limit,
    }


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "", ())}
