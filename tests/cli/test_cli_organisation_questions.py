"""`query --org`: questions about an organisation on the command line."""

import csv
import io
import json
import shutil

import pytest

from aimsgraph import assets

ACME = assets.path("data", "examples", "acme")


def rows_of(result):
    assert result.code == 0, result.err
    return list(csv.DictReader(io.StringIO(result.out)))


def test_a_question_about_an_organisation_is_asked_of_its_folder(cli):
    rows = rows_of(cli("query", "cq-007", "--org", ACME, "-p", "system=cv-ranker-legacy", "--format", "csv"))
    assert {row["role"]: row["holder"] for row in rows} == {"provider": "Talentry B.V.", "deployer": "Acme Hiring GmbH"}


def test_the_day_asked_about_is_the_day_the_register_is_judged_by(cli):
    asked = (
        "query",
        "cq-007",
        "--org",
        ACME,
        "-p",
        "system=cv-ranker-legacy",
        "-p",
        "on=2028-03-01",
        "--format",
        "csv",
    )
    assert {row["role"]: row["holder"] for row in rows_of(cli(*asked))}["provider"] == "Acme Hiring GmbH"


def test_sparql_of_ones_own_sees_the_register(cli, tmp_path):
    query = tmp_path / "systems.rq"
    query.write_text("SELECT ?id { ?s a aims:AISystem ; aims:systemId ?id } ORDER BY ?id")
    ids = [row["id"] for row in rows_of(cli("query", query, "--org", ACME, "--format", "csv"))]
    assert ids == sorted(path.stem for path in (ACME / "systems").glob("*.yaml"))
    assert rows_of(cli("query", query, "--format", "csv")) == []


def test_an_earlier_state_is_compared(cli, tmp_path):
    before = shutil.copytree(ACME, tmp_path / "before")
    header = before / "organisation.yaml"
    header.write_text(header.read_text(encoding="utf-8").replace('version: "1.2"', 'version: "1.1"'), encoding="utf-8")
    rows = rows_of(cli("query", "cq-014", "--org", ACME, "--org-before", before, "--format", "csv"))
    assert [(row["from"], row["to"], row["change"]) for row in rows] == [("1.1", "1.2", "nothing changed")]


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["query", "cq-012"], 2, "name its folder: --org PATH"),
        (["query", "cq-012", "--org", "nowhere"], 3, "nowhere"),
        (["query", "cq-007", "--org", ACME, "-p", "system=cv-rankr"], 2, "did you mean 'cv-ranker'?"),
        (["query", "cq-007", "--org", ACME, "-p", "on=2027-13-01"], 2, "2027-13-01"),
        (["query", "cq-014", "--org-before", ACME], 2, "name one folder"),
    ],
)
def test_what_cannot_be_asked_of_a_register(cli, arguments, code, says):
    result = cli(*arguments)
    assert (result.code, result.out) == (code, "")
    assert says in result.err


def test_a_folder_with_violations_is_named_with_the_place(cli, tmp_path):
    folder = shutil.copytree(ACME, tmp_path / "acme")
    table = folder / "controls.csv"
    text = table.read_text(encoding="utf-8")
    table.write_text(
        text.replace("operating,dana,2025-02-03,,,,,ai-policy", "operating,nobody,2025-02-03,,,,,ai-policy")
    )
    result = cli("query", "cq-012", "--org", folder)
    assert (result.code, result.out) == (3, "")
    assert "controls.csv:2" in result.err and "nobody" in result.err


def test_the_list_of_questions_says_which_need_a_register(cli):
    listed = json.loads(cli("questions", "--format", "json").out)["questions"]
    scopes = {question["id"][:6]: question["scope"] for question in listed}
    assert (scopes["cq-001"], scopes["cq-012"]) == ("catalogue", "organisation")
    assert rows_of(cli("questions", "--format", "csv"))[0]["scope"] == "catalogue"
