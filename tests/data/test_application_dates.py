"""Dates of application: the rules of the amended Article 113 against the dates checked by hand, statement by statement.

`expected-dates.tsv` is a snapshot of the checked facts, kept as an oracle: it is never generated from `data/`.
Where the facts infer a date, the law allows another reading, and the graph must show both and choose none.
"""

import csv
from collections import defaultdict
from pathlib import Path

import pytest
from test_content import ACT, AIMS, described, rows

FORMAL = "2026-08-02"
AMENDED_LAW = {f"{ACT}art_113/2026-07-27", f"{ACT}art_111/2026-07-27"}
ROUTE_DATES = {"annex-iii": "2027-12-02", "annex-i": "2028-08-02"}
ROUTES = {
    "RouteAnnexIII": "annex-iii", "RouteAnnexI": "annex-i", "RouteTransparency": "transparency", "RouteGpai": "gpai",
    "RouteGpaiSystemic": "gpai-systemic", "RouteProhibited": "prohibited", "RouteAllAI": "all-ai",
}  # fmt: skip
FOLLOWS_INFERRED = ("follows Art 43(1)", "follows Art 47(2)", "follows Art 49")
TESTING = ("Art.60(", "Art.61(", "Annex.IX(")

with (Path(__file__).parent / "expected-dates.tsv").open(encoding="utf-8", newline="") as _stream:
    FACTS = {row["id"]: row for row in csv.DictReader(_stream, delimiter="\t", quoting=csv.QUOTE_NONE)}
LIVE = {row["id"]: row for row in rows("statements") if not row["in_force_until"]}
RULES = [node for node in described().values() if "governs" in node]


def dates_of(statement: str) -> dict[str, dict[str, set[str]]]:
    """Route → date → interpretations, by the rules the amended law lays down."""
    iri = f"{ACT}stmt/{statement}"
    found: dict[str, dict[str, set[str]]] = {}
    for route in described()[iri]["arisesOnRoute"]:
        by_date = found.setdefault(ROUTES[route.removeprefix(AIMS)], defaultdict(set))
        for rule in RULES:
            if iri not in rule["governs"] or not rule["laidDownBy"] & AMENDED_LAW:
                continue
            if "appliesToRoute" in rule and route not in rule["appliesToRoute"]:
                continue
            for date in rule["appliesFrom"]:
                by_date[date] |= {value.removeprefix(AIMS) for value in rule["interpretation"]}
    return found


def fact(row: dict[str, str], route: str) -> str:
    own = {"annex-iii": row["applies_from_annex_iii"], "annex-i": row["applies_from_annex_i"]}
    return own.get(route) or row["applies_from"]


def expected(statement: str, route: str) -> tuple[set[str], bool]:
    """Return the dates there must be, and whether they are readings between which the law does not decide."""
    row = FACTS[statement]
    basis, provision = row["applies_basis"], LIVE[statement]["provision"]
    if provision.startswith(TESTING):
        return {FORMAL, fact(row, route), ROUTE_DATES[route]}, True
    if basis.startswith("inferred") or basis.startswith(FOLLOWS_INFERRED):
        return {FORMAL, fact(row, route)}, True
    if "high-risk routes inferred" in basis and route in ROUTE_DATES:
        return {FORMAL, fact(row, route)}, True
    return {fact(row, route)}, False


def test_the_oracle_and_the_data_speak_of_the_same_statements():
    assert len(FACTS) == 414
    assert set(FACTS) == set(LIVE)


@pytest.mark.parametrize("statement", sorted(FACTS))
def test_dates_under_the_amended_law(statement: str):
    found = dates_of(statement)
    assert set(found) == set(LIVE[statement].items("routes"))
    for route, by_date in found.items():
        dates, contested = expected(statement, route)
        assert set(by_date) == dates, route
        if contested:
            assert set().union(*by_date.values()) == {"Contested"}, route
        else:
            assert "Contested" not in set().union(*by_date.values()), route


def test_all_that_is_contested_is_so_by_the_facts():
    contested = {s for s in FACTS if any("Contested" in set().union(*d.values()) for d in dates_of(s).values())}
    assert contested == {s for s in FACTS if any(expected(s, r)[1] for r in LIVE[s].items("routes"))}
    assert 100 < len(contested) < 140


def test_testing_in_real_world_conditions_under_the_inserted_article_is_settled():
    inserted = [s for s in FACTS if LIVE[s]["provision"].startswith("Art.60a")]
    assert inserted
    for statement in inserted:
        for by_date in dates_of(statement).values():
            assert dict(by_date) == {FORMAL: {"Settled"}}
