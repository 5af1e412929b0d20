"""What the commands answer: the JSON of the contract, tables, CSV, and one stream for data, one for talk."""

import csv
import io
import json

import pytest

from aimsgraph import assets

ENVELOPE = {"graph_version", "data_current_to", "on", "law_as_of", "warnings"}
ACME = assets.path("data", "examples", "acme")
LISTINGS = {
    "frameworks": ["frameworks"],
    "questions": ["questions"],
    "resolve": ["resolve", "AI Act Art. 6(2)"],
    "search": ["search", "human", "oversight"],
    "changes": ["changes", "--from", "2026-12-02", "--to", "2026-12-02"],
    "duties": ["duties", "--role", "provider", "--route", "annex-iii", "--on", "2027-12-02"],
    "duties of systems": ["duties", ACME, "--system", "cv-ranker", "--on", "2027-12-15"],
}


def as_json(result):
    assert result.code == 0, result.err
    view = json.loads(result.out)
    assert set(view) >= ENVELOPE
    assert isinstance(view["warnings"], list)
    return view


def test_duties_as_json(cli):
    view = as_json(cli(*LISTINGS["duties"], "--format", "json"))
    assert set(view) == ENVELOPE | {"duties"}
    assert (view["on"], view["law_as_of"], view["data_current_to"]) == ("2027-12-02", "2026-11-23", "2026-11-23")
    for duty in view["duties"]:
        assert set(duty) >= {
            "statement",
            "provision",
            "label",
            "role",
            "route",
            "applies",
            "applies_from",
            "readings",
            "legal_basis",
            "conditions",
            "because",
        }
        assert duty["applies"] in ("yes", "no", "unknown", "contested")
        for reading in duty["readings"]:
            assert set(reading) >= {"applies_from", "reading", "legal_basis"}
    first = next(duty for duty in view["duties"] if duty["statement"] == "eu-ai-act:art9-1")
    assert (first["provision"], first["applies"], first["applies_from"]) == ("eu-ai-act:Art.9(1)", "yes", "2027-12-02")
    assert first["legal_basis"] == "eu-ai-act:Art.113(3)(c)(i)"


def test_duties_of_a_real_system_as_json(cli):
    view = as_json(cli(*LISTINGS["duties of systems"], "--format", "json"))
    assert {duty["system"] for duty in view["duties"]} == {"cv-ranker"}
    assert {duty["role"] for duty in view["duties"]} == {"provider", "deployer"}


def test_changes_as_json(cli):
    view = as_json(cli(*LISTINGS["changes"], "--format", "json"))
    assert (view["from"], view["to"]) == ("2026-12-02", "2026-12-02")
    assert {change["kind"] for change in view["changes"]} == {"starts", "ends"}
    assert all(set(change) >= {"date", "provision", "kind", "by", "effect"} for change in view["changes"])


def test_search_as_json(cli):
    view = as_json(cli(*LISTINGS["search"], "--format", "json", "--limit", "3"))
    assert len(view["hits"]) == 3
    assert all(set(hit) == {"ref", "iri", "label", "kind", "framework", "score"} for hit in view["hits"])
    assert view["hits"][0]["ref"] == "eu-ai-act:Art.14"


def test_resolve_as_json(cli):
    view = as_json(cli(*LISTINGS["resolve"], "--format", "json"))
    assert view["ref"] == "eu-ai-act:Art.6(2)"
    assert view["iri"] == "https://w3id.org/aimsgraph/id/eu/reg/2024/1689/art_6/par_2"
    assert (view["kind"], view["framework"]) == ("provision", "eu-ai-act")


def test_show_as_json_and_as_text(cli):
    view = as_json(cli("show", "AI", "Act", "Art.", "4", "--on", "2025-06-01", "--format", "json"))
    assert view["on"] == "2025-06-01"
    assert [version["in_force"] for version in view["versions"]] == [True, False]
    text = cli("show", "eu-ai-act:Art.72").out
    for words in ("contested", "Art.113(2)", "2026-08-02", "2027-12-02", "asked for 2026-11-23"):
        assert words in text
    assert "EUR 35,000,000 or 7 % of turnover" in cli("show", "eu-ai-act:Art.99(3)").out


def test_frameworks_as_json(cli):
    view = as_json(cli("frameworks", "--format", "json"))
    slugs = [framework["slug"] for framework in view["frameworks"]]
    assert set(slugs) >= {"iso-42001", "eu-ai-act", "nist-ai-rmf", "nist-ai-600-1", "iso-27001", "gdpr"}
    assert all(framework["rights"] and framework["current_to"] for framework in view["frameworks"])


def test_questions_as_json_can_be_asked_with_their_examples(cli):
    view = as_json(cli("questions", "--format", "json"))
    assert len(view["questions"]) >= 30
    question = next(q for q in view["questions"] if q["id"].startswith("cq-001"))
    given = [part for p in question["parameters"] for part in ("-p", f"{p['name']}={p['example']}")]
    answer = cli("query", question["id"], *given, "--format", "json")
    assert answer.code == 0
    assert json.loads(answer.out)["results"]["bindings"]


@pytest.mark.parametrize("arguments", LISTINGS.values(), ids=LISTINGS)
def test_csv_and_table_hold_the_same_rows(cli, arguments):
    table, text = cli(*arguments), cli(*arguments, "--format", "csv")
    assert (table.code, text.code) == (0, 0)
    rows = list(csv.reader(io.StringIO(text.out)))
    assert len(rows) > 1
    assert {len(row) for row in rows} == {len(rows[0])}
    lines = table.out.split("\n")
    assert lines[0].split() == " ".join(rows[0]).split()
    assert set(lines[1]) == {"─", " "}
    body = lines[2 : 2 + len(rows) - 1]
    for line, row in zip(body, rows[1:], strict=True):
        assert line.split() == " ".join(row).split()


def test_duties_can_be_narrowed_and_counted(cli):
    result = cli(*LISTINGS["duties"], "--applies", "yes", "--format", "csv")
    assert {row["applies"] for row in csv.DictReader(io.StringIO(result.out))} == {"yes"}
    table = cli(*LISTINGS["duties"], "--applies", "contested")
    assert "duties on 2027-12-02 by the law as known on 2026-11-23: " in table.out
    fact = cli(
        "duties",
        "--role",
        "deployer",
        "--route",
        "annex-iii",
        "--on",
        "2027-12-02",
        "--fact",
        "logs-under-control=no",
        "--format",
        "csv",
    )
    answers = {row["statement"]: row["applies"] for row in csv.DictReader(io.StringIO(fact.out))}
    assert answers["eu-ai-act:art26-6"] == "no"
    assert len(cli(*LISTINGS["duties"], "--all").out) > len(cli(*LISTINGS["duties"]).out)


def test_contested_dates_show_every_reading(cli):
    result = cli(
        "duties",
        "--role",
        "provider",
        "--route",
        "annex-iii",
        "--on",
        "2026-11-23",
        "--applies",
        "contested",
        "--format",
        "csv",
    )
    rows = list(csv.DictReader(io.StringIO(result.out)))
    assert rows
    assert {row["from"] for row in rows} >= {"2026-08-02 or 2027-12-02"}


@pytest.mark.parametrize("arguments", LISTINGS.values(), ids=LISTINGS)
def test_stdout_is_data_and_stderr_is_talk(cli, arguments):
    talking, quiet = cli("--verbose", *arguments, "--format", "json"), cli("--quiet", *arguments, "--format", "json")
    assert talking.out == quiet.out
    json.loads(talking.out)
    assert talking.err.startswith("store memory, version ")
    assert quiet.err == ""


@pytest.mark.parametrize("name", ["changes", "duties"])
def test_what_lies_after_the_facts_is_warned_about_on_stderr_and_in_the_json(cli, name):
    late = cli(*LISTINGS[name], "--law-as-of", "2027-01-01", "--format", "json")
    warning = "the law is known up to 2026-11-23 only, not up to 2027-01-01"
    assert json.loads(late.out)["warnings"] == [warning]
    assert f"warning: {warning}\n" in late.err
    assert cli(*LISTINGS[name], "--law-as-of", "2026-11-23").err == ""


def test_show_warns_too(cli):
    late = cli("show", "eu-ai-act:Art.4", "--law-as-of", "2027-01-01")
    assert "warning: the law is known up to 2026-11-23 only" in late.out
    assert "warning: the law is known up to 2026-11-23 only" in late.err


def test_the_day_taken_as_today_is_the_default_of_both_dates(cli):
    view = as_json(cli("show", "eu-ai-act:Art.4", "--format", "json", today="2026-07-25"))
    assert (view["on"], view["law_as_of"]) == ("2026-07-25", "2026-07-25")
    assert [version["in_force"] for version in view["versions"]] == [True, False]


def test_nothing_found_is_said_and_is_no_error(cli):
    result = cli("search", "xyzzyx")
    assert (result.code, result.err) == (0, "nothing found\n")
    result = cli("changes", "--from", "2031-01-01", "--to", "2031-01-02")
    assert (result.code, result.err) == (0, "nothing changes in that period\n")


# --- query -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format_", ["table", "json", "csv", "tsv", "xml"])
def test_rows_in_every_format(cli, format_, tmp_path):
    file = tmp_path / "q.rq"
    file.write_text("SELECT ?slug { ?f a aims:Framework ; aims:slug ?slug } ORDER BY ?slug", encoding="utf-8")
    result = cli("query", file, "--format", format_)
    assert result.code == 0
    assert "eu-ai-act" in result.out


@pytest.mark.parametrize("format_", ["table", "turtle", "ntriples", "trig", "jsonld", "rdfxml"])
def test_graphs_in_every_format(cli, format_, tmp_path):
    file = tmp_path / "q.rq"
    file.write_text("CONSTRUCT { ?f aims:slug ?s } { ?f a aims:Framework ; aims:slug ?s }", encoding="utf-8")
    result = cli("query", file, "--format", format_)
    assert result.code == 0
    assert "eu-ai-act" in result.out


def test_standard_input_and_limits(cli, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("SELECT ?s { ?s a aims:Provision }"))
    result = cli("query", "-", "--limit", "2", "--format", "csv")
    assert (result.code, len(result.out.split())) == (0, 3)
    assert result.err == "cut off after 2 rows; there are more\n"


def test_a_question_takes_parameters_by_name_and_defaults_to_today(cli):
    result = cli("query", "cq-003", "-p", "provision=AI Act Art. 4", "--format", "csv")
    assert result.code == 0
    assert len(result.out.strip().split("\n")) == 3
    dated = cli("query", "cq-079", "--format", "csv", today="2026-12-02")
    assert dated.code == 0
    assert len(dated.out) > len(cli("query", "cq-079", "--format", "csv", today="2026-11-23").out)


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["query", "cq-999"], 4, "nearest: "),
        (["query", "cq"], 4, "no single question"),
        (["query", "cq-003"], 2, "provision"),
        (["query", "cq-003", "-p", "provision=eu-ai-act:Art.114"], 4, "nearest: "),
        (["query", "cq-003", "-p", "provison=x"], 2, "the nearest is provision"),
        (["query", "cq-003", "-p", "provision"], 2, "write -p name=value"),
        (["query", "cq-001", "-p", "role=provder"], 2, "did you mean 'provider'?"),
        (["query", "cq-079", "-p", "on=2027-13-01"], 2, "2027-13-01"),
        (["query", "cq-003", "-p", "provision=AI Act Art. 4", "--format", "turtle"], 2, "cannot be written as turtle"),
        (["query", "nowhere.rq"], 3, "nowhere.rq"),
    ],
)
def test_what_cannot_be_asked(cli, arguments, code, says):
    result = cli(*arguments)
    assert (result.code, result.out) == (code, "")
    assert says in result.err


def test_an_error_in_a_query_is_told_where_it_stands_in_the_persons_own_text(cli, tmp_path, monkeypatch):
    file = tmp_path / "bad.rq"
    file.write_text("SELECT *\n{ ?a ?b ?? }", encoding="utf-8")
    result = cli("query", file)
    assert result.code == 3
    assert f"{file}:2:11: " in result.err
    assert "[sparql-syntax]" in result.err
    monkeypatch.setattr("sys.stdin", io.StringIO("SELECT * { ?a ?b ?? }"))
    assert "standard input:1:20: " in cli("query", "-").err
    file.write_bytes(b"SELECT \xff")
    assert "is not UTF-8" in cli("query", file).err
    file.write_text("SELECT * { ?a ?b ?c }", encoding="utf-8")
    assert cli("query", file, "-p", "a=b").code == 2
