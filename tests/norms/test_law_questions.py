"""The questions the product was made for, asked of the real graph, each with its legal basis."""

import csv
import datetime as dt

import pytest

from aimsgraph import assets
from aimsgraph.domain.time import Moment
from aimsgraph.errors import UsageError

TODAY = "2026-11-23"


def application(view):
    return {
        (
            rule["applies_from"],
            *rule.get("routes", []),
            rule["interpretation"],
            rule["legal_basis"].removeprefix("eu-ai-act:"),
        )
        for rule in view["application"]
    }


def test_the_date_annex_iii_duties_apply_before_and_after_the_amendment(graph):
    before = graph.show("eu-ai-act:Art.9", on="2026-07-01", law_as_of="2026-07-01")
    after = graph.show("eu-ai-act:Art.9", on=TODAY, law_as_of=TODAY)
    assert ("2026-08-02", "annex-iii", "settled", "Art.113(2)") in application(before)
    assert ("2027-12-02", "annex-iii", "settled", "Art.113(3)(c)(i)") in application(after)
    assert ("2028-08-02", "annex-i", "settled", "Art.113(3)(c)(ii)") in application(after)
    assert not {rule for rule in application(after) if rule[0] == "2026-08-02"}
    other = {(rule["applies_from"], rule["legal_basis"]) for rule in after["application_known_otherwise"]}
    assert ("2026-08-02", "eu-ai-act:Art.113(2)") in other


def test_what_starts_on_2026_12_02(graph):
    changes = graph.changes("2026-12-02", "2026-12-02")
    starts = {c.provision: c.by for c in changes if c.kind == "starts"}
    new_bans = dict.fromkeys(["Art.5(1)(ba)", "Art.5(1)(bb)", "Art.5(1a)", "Art.5(1b)"], "eu-ai-act:Art.113(3)(a)")
    assert starts == {f"eu-ai-act:{p}": by for p, by in new_bans.items()} | {
        "eu-ai-act:art111-4": "eu-ai-act:Art.111(4)"
    }
    ends = [(c.provision, c.by, c.effect) for c in changes if c.kind == "ends"]
    assert [(p, by) for p, by, _ in ends] == [("eu-ai-act:Art.111(4)", "eu-ai-act:Art.111(4)")]
    assert "before 2026-08-02" in ends[0][2]
    assert graph.changes("2026-12-02", "2026-12-02", law_as_of="2026-07-23") == []


def test_who_bears_article_26_6(graph):
    view = graph.show("Art. 26(6)")
    (statement,) = view["statements"]
    assert statement["roles"] == ["deployer"]
    assert statement["condition"] == "logs-under-control"
    assert view["clocks"][0]["duration"] == "P6M"
    assert view["clocks"][0]["roles"] == "deployer"
    assert view["missing_statement"] == "the rule for financial institutions"
    assert ("2027-12-02", "annex-iii", "settled", "Art.113(3)(c)(i)") in application(view)


def test_reporting_deadlines_of_article_73_and_when_they_apply(graph):
    view = graph.show("eu-ai-act:Art.73")
    clocks = {clock["provision"]: clock["duration"] for clock in view["clocks"] if clock["duration"].startswith("P")}
    assert clocks == {"eu-ai-act:Art.73(2)": "P15D", "eu-ai-act:Art.73(3)": "P2D", "eu-ai-act:Art.73(4)": "P10D"}
    assert all(clock["roles"] == "provider" for clock in view["clocks"][:3])
    assert application(view) == {
        ("2026-08-02", "annex-iii", "contested", "Art.113(2)"),
        ("2027-12-02", "annex-iii", "contested", "Art.113(3)(c)(i)"),
        ("2026-08-02", "annex-i", "contested", "Art.113(2)"),
        ("2028-08-02", "annex-i", "contested", "Art.113(3)(c)(ii)"),
    }


def test_where_article_10_5_went(graph):
    view = graph.show("AI Act Art. 10(5)")
    (amendment,) = view["amendments"]
    assert (amendment["kind"], amendment["moved_to"]) == ("deleted", "eu-ai-act:Art.4a")
    assert amendment["by"] == "Regulation (EU) 2026/1744 Art.1(9)(b)"
    (version,) = view["versions"]
    assert (version["in_force_until"], version["in_force"]) == ("2026-07-27", False)
    assert all(not s["in_force"] and s["replaced_by"].startswith("eu-ai-act:art4a-1") for s in view["statements"])
    there = graph.show("eu-ai-act:Art.4a")
    assert {"from": ["eu-ai-act:Art.10(5)"], "by": "Regulation (EU) 2026/1744 Art.1(9)(b)"} in there["moved_here"]
    assert graph.show("eu-ai-act:art10-5@2024")["replaced_by"] == "eu-ai-act:art4a-1"
    past = graph.show("AI Act Art. 10(5)", on="2026-07-26")
    assert past["versions"][0]["in_force"] is True


def test_the_two_readings_of_article_72(graph):
    view = graph.show("AI Act Article 72")
    readings = {
        rule["reading"]: rule["applies_from"] for rule in view["application"] if rule["routes"] == ["annex-iii"]
    }
    assert readings == {"formal date": "2026-08-02", "presupposes classification under Art. 6": "2027-12-02"}
    assert {rule["interpretation"] for rule in view["application"]} == {"contested"}
    assert all(rule["note"] for rule in view["application"])
    starts = [c for c in graph.changes("2026-08-02", "2028-08-02") if c.provision == "eu-ai-act:Art.72"]
    assert [(str(c.date), c.contested) for c in starts] == [
        ("2026-08-02", True),
        ("2026-08-02", True),
        ("2027-12-02", True),
        ("2028-08-02", True),
    ]
    assert all("may start to apply" in c.effect for c in starts)


def test_article_4_as_on_2025_06_01_and_now(graph):
    then, now = (graph.show("eu-ai-act:Art.4", on=on) for on in ("2025-06-01", TODAY))
    assert [(v["key"], v["in_force"]) for v in then["versions"]] == [("oj", True), ("2026-07-27", False)]
    assert [(v["key"], v["in_force"]) for v in now["versions"]] == [("oj", False), ("2026-07-27", True)]
    assert {s["statement"]: s["in_force"] for s in then["statements"]} == {
        "eu-ai-act:art4-1@2024": True,
        "eu-ai-act:art4-1": False,
    }
    assert {s["statement"]: s["in_force"] for s in now["statements"]} == {
        "eu-ai-act:art4-1@2024": False,
        "eu-ai-act:art4-1": True,
    }
    assert application(then) == application(now) == {("2025-02-02", "settled", "Art.113(3)(a)")}


@pytest.mark.parametrize(
    ("law_as_of", "on", "in_force"),
    [
        ("2026-07-20", "2026-07-20", "oj"),
        ("2026-07-25", "2026-07-25", "oj"),  # known, not yet in force
        ("2026-07-25", "2026-07-27", "2026-07-27"),
        ("2026-07-20", "2026-07-27", "oj"),  # not known, so the old text goes on
        ("2026-11-23", "2026-07-26", "oj"),
        ("2026-11-23", "2026-07-27", "2026-07-27"),
    ],
)
def test_what_was_known_on_2026_07_25_and_on_2026_07_20(graph, law_as_of, on, in_force):
    view = graph.show("eu-ai-act:Art.4", on=on, law_as_of=law_as_of)
    assert [v["key"] for v in view["versions"] if v["in_force"]] == [in_force]
    article = graph.show("eu-ai-act:Art.9", on=on, law_as_of=law_as_of)
    expected = "2026-08-02" if in_force == "oj" else "2027-12-02"
    assert (expected, "annex-iii", "settled") in {rule[:3] for rule in application(article)}


def test_what_starts_by_the_law_known_before_and_after_the_amendment_was_published(graph):
    def annex_iii(law_as_of):
        changes = graph.changes("2026-07-25", "2030-01-01", law_as_of=law_as_of)
        return {str(c.date) for c in changes if c.provision == "eu-ai-act:Cpt.III.Sec.2" and "annex-iii" in c.effect}

    assert annex_iii("2026-07-23") == {"2026-08-02"}
    assert annex_iii("2026-07-24") == {"2027-12-02"}


def test_the_known_and_not_yet_enforced_texts_of_2026_07_25(graph):
    answer = graph.ask("cq-077", {"lawAsOf": "2026-07-25"})
    assert len(list(answer)) > 40
    assert list(graph.ask("cq-077", {"lawAsOf": "2026-07-20"})) == []


def test_what_changed_in_annex_i(graph):
    view = graph.show("eu-ai-act:Annex.I")
    changes = {(a["kind"], a["provisions"][0], a.get("moved_to", "")) for a in view["amendments"]}
    assert changes == {
        ("deleted", "eu-ai-act:Annex.I.A(1)", "eu-ai-act:Annex.I.B(21)"),
        ("inserted", "eu-ai-act:Annex.I.B(21)", ""),
    }
    assert {a["by"] for a in view["amendments"]} == {
        "Regulation (EU) 2026/1744 Art.1(41)(a)",
        "Regulation (EU) 2026/1744 Art.1(41)(b)",
    }
    assert {a["in_force_from"] for a in view["amendments"]} == {"2026-07-27"}
    listed = {(c.kind, c.provision) for c in graph.changes("2026-07-27", "2026-07-27") if "Annex.I." in c.provision}
    assert listed == {("deleted", "eu-ai-act:Annex.I.A(1)"), ("inserted", "eu-ai-act:Annex.I.B(21)")}


def test_which_clauses_require_documented_information(graph):
    path = assets.path("data", "frameworks", "iso-42001", "2023", "provisions.tsv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    documents = {f"iso-42001:{row['id']}": row["document"] for row in rows if row["document"]}
    assert len(documents) >= 15
    found = {
        reference: view["requires_document"]
        for reference, entry in graph.index.by_reference.items()
        if entry.framework == "iso-42001" and entry.kind == "provision"
        for view in [graph.show(reference)]
        if "requires_document" in view
    }
    assert found == documents
    assert len(list(graph.ask("cq-060", {"framework": "iso-42001"}))) == len(documents)


def test_the_law_before_its_publication_and_before_its_entry_into_force(graph):
    with pytest.raises(UsageError, match="was not published yet"):
        graph.legal_moment("2027-12-02", "2024-07-11")
    with pytest.raises(UsageError, match="was not in force yet"):
        graph.legal_moment("2024-07-31", "2026-11-23")
    assert graph.legal_moment("2024-08-01", "2024-07-12") == Moment(dt.date(2024, 8, 1), dt.date(2024, 7, 12))
    early = graph.show("eu-ai-act:Art.4", on="2024-07-31", law_as_of="2024-07-31")
    assert not any(version["in_force"] for version in early["versions"])
    unknown = graph.show("eu-ai-act:Art.4", on="2024-08-01", law_as_of="2024-07-11")
    assert not any(version["in_force"] for version in unknown["versions"])
    assert "application" not in unknown


def test_answers_say_how_far_the_facts_go(graph):
    assert str(graph.current_to("eu-ai-act")) == "2026-11-23"
    assert str(graph.current_to("iso-42001")) == "2026-10-09"
    assert str(graph.current_to()) == "2026-10-09"
    assert graph.warnings(graph.moment("2030-01-01", "2026-11-23"), "eu-ai-act") == []
    (warning,) = graph.warnings(graph.moment("2026-11-24", "2026-11-24"), "eu-ai-act")
    assert warning == "the law is known up to 2026-11-23 only, not up to 2026-11-24"
    assert graph.moment() == Moment(dt.date(2026, 11, 23), dt.date(2026, 11, 23))


def test_a_moment_of_the_clock_is_a_day(graph):
    assert graph.moment(dt.datetime(2027, 12, 2, 12, 30), "2026-11-23") == Moment(
        dt.date(2027, 12, 2), dt.date(2026, 11, 23)
    )
