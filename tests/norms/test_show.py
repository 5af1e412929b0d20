"""Everything about one thing, for every thing there is."""

import json

import pytest

from aimsgraph.cli.show_text import render_show
from aimsgraph.errors import NotFound

KINDS = {
    "framework": {"counts", "rights", "checked_on", "current_to"},
    "provision": {"local_id", "provision_kind", "versions"},
    "statement": {"provision", "roles", "routes", "modality", "umbrella", "assessable", "in_force", "versions"},
    "catalogue-entry": {"designation", "title", "publisher", "status_text", "grade"},
}


def sample(graph):
    """Every framework, every statement that differs, and every seventh of the rest: all would take a while."""
    return [
        entry for i, entry in enumerate(graph.index.by_reference.values()) if i % 7 == 0 or entry.kind == "framework"
    ]


def test_everything_can_be_shown_as_json_and_as_text(graph):
    kinds = set()
    for entry in sample(graph):
        view = graph.show(entry.reference)
        assert {"ref", "iri", "label", "kind", "framework"} <= set(view)
        missing = KINDS[entry.kind] - set(view)
        assert missing <= {"counts"} if entry.framework == "eu-omnibus-ai" else not missing, entry.reference
        assert json.loads(json.dumps(view)) == view
        assert not any(value in ("", [], {}, None) for value in view.values())
        text = render_show(view | {"on": "2026-11-23", "law_as_of": "2026-11-23", "warnings": []})
        assert text.startswith(f"{entry.reference}  {entry.label}\n")
        assert text.endswith("\n")
        kinds.add(entry.kind)
    assert kinds == set(KINDS)


def test_the_source_of_a_fact_is_the_line_it_was_written_on(graph):
    from aimsgraph import assets

    for reference in (
        "eu-ai-act:Art.6(2)",
        "eu-ai-act:art9-1",
        "iso-42001:A.6.2.8",
        "gdpr:Art.35",
        "catalogue:pren-18228",
    ):
        view = graph.show(reference)
        line = (
            assets.root()
            .joinpath(view["source"]["file"])
            .read_text(encoding="utf-8")
            .split("\n")[view["source"]["line"] - 1]
        )
        assert line.split("\t")[0] == reference.partition(":")[2]
        assert view["source"]["file"] in view["report_error"]


def test_parents_and_children_are_each_other(graph):
    view = graph.show("eu-ai-act:Art.6(3)")
    assert [parent["ref"] for parent in view["parents"]] == [
        "eu-ai-act:Cpt.III",
        "eu-ai-act:Cpt.III.Sec.1",
        "eu-ai-act:Art.6",
    ]
    assert "eu-ai-act:Art.6(3)" in [child["ref"] for child in graph.show("eu-ai-act:Art.6")["children"]]
    assert [child["ref"] for child in graph.show("iso-42001:A.6.2")["children"]][:2] == [
        "iso-42001:A.6.2.2",
        "iso-42001:A.6.2.3",
    ]


def test_a_statement_shows_its_conditions_with_their_questions(graph):
    view = graph.show("eu-ai-act:art26-6")
    assert view["conditions"] == {
        "logs-under-control": "Are the automatically generated logs under the operator's control?"
    }
    assert view["condition_expression"] == "logs-under-control"
    assert view["provision"] == "eu-ai-act:Art.26(6)"


def test_a_definition_a_penalty_and_a_standard_stand_with_their_provision(graph):
    assert graph.show("eu-ai-act:Art.3(1)")["defines"] == ["AI system"]
    penalties = graph.show("eu-ai-act:Art.99")["penalties"]
    assert {p.get("maximum_eur") for p in penalties if p["provision"] == "eu-ai-act:Art.99(3)"} == {35_000_000}
    standards = graph.show("eu-ai-act:Art.17")["standards"]
    assert "catalogue:en-18286-2026" in [standard["ref"] for standard in standards]


def test_roles_of_a_clock_stand_in_order(graph):
    for provision in ("eu-ai-act:Art.4a", "eu-ai-act:Art.73"):
        for clock in graph.show(provision)["clocks"]:
            roles = clock["roles"].split("; ")
            assert roles == sorted(roles)


def test_a_public_domain_text_is_shown_in_full_and_a_protected_one_is_not(graph):
    assert graph.show("nist-ai-rmf:GOVERN-1.1")["full_text"].startswith("Legal and regulatory requirements")
    for reference, entry in graph.index.by_reference.items():
        if entry.framework in ("iso-42001", "iso-27001"):
            assert "full_text" not in graph.show(reference)


def test_counts_of_the_frameworks(graph):
    counts = {view["slug"]: view.get("counts", {}) for view in graph.frameworks()}
    assert counts["eu-ai-act"]["article"] == 119
    assert counts["eu-ai-act"]["recital"] == 180
    assert counts["eu-ai-act"]["statement"] == 414
    assert counts["iso-42001"]["control"] == 38
    assert counts["iso-27001"]["control"] == 93
    assert counts["nist-ai-rmf"]["subcategory"] == 72
    assert counts["nist-ai-600-1"] == {"risk": 12}
    assert counts["gdpr"]["article"] == 99
    assert counts["catalogue"] == {"entry": 134}


def test_nothing_is_shown_for_what_does_not_exist(graph):
    with pytest.raises(NotFound):
        graph.show("eu-ai-act:Art.114")
