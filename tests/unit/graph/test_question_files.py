import re

import pyoxigraph as ox
import pytest

from aimsgraph.errors import InputError, NotFound, QuerySyntaxError, UsageError
from aimsgraph.graph.binding import bind
from aimsgraph.graph.query_text import QueryForm
from aimsgraph.graph.questions import Parameter, parse_question, read_question

HEADER = """\
#+ id: duties
#+ question: "Which duties: on a day?"
#+ asker: auditor
#+ cq: CQ-07, CQ-08
#+ parameters:
#+   - {name: role, type: role, example: provider, description: whose duties}
#+   - name: on
#+     type: date
#+     example: 2027-12-02
#+     optional: true
#+   - {name: words, type: string, example: risk}
#+   - {name: most, type: integer, example: 10}
#+   - {name: open, type: boolean, example: no}
#+   - {name: kind, type: iri, example: aims:Provision}
#+ answers: one row a duty
"""
BODY = """\
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
# VALUES $comment { 1 }
SELECT * WHERE {
  VALUES $role { <http://example.org/role/provider> }
  VALUES $on { "2027-12-02"^^xsd:date }
  VALUES $words { "risk"@en }
  VALUES $most { -10 }
  VALUES $open{false}
  VALUES $kind { <http://example.org/Provision> }
  VALUES ?other { 1 2 3 }
  BIND("VALUES $string { 1 }" AS ?text)
}
"""
GIVEN = {"role": "Deployer", "words": "x", "most": "5", "open": "yes", "kind": "http://example.org/K"}


def resolve(parameter: Parameter, text: str) -> ox.NamedNode:
    if text == "unheard-of":
        raise NotFound(f"no {parameter.type} {text}")
    return ox.NamedNode(f"http://example.org/{parameter.type}/{text.lower()}")


@pytest.fixture
def question():
    return parse_question(HEADER + BODY, file="queries/duties.rq")


def test_the_header_is_read(question):
    assert (question.id, question.question, question.asker) == (
        "duties",
        "Which duties: on a day?",
        "auditor",
    )
    assert question.cq == ("CQ-07", "CQ-08")
    assert question.answers == "one row a duty"
    assert question.form is QueryForm.SELECT
    assert [parameter.name for parameter in question.parameters] == [
        "role",
        "on",
        "words",
        "most",
        "open",
        "kind",
    ]
    assert question.parameter("on") == Parameter("on", "date", "2027-12-02", True, "")
    assert question.parameter("open").example == "no"
    assert question.parameter("nothing") is None


def test_the_file_runs_as_it_stands(question):
    rows = list(ox.Store().query(question.text))
    assert len(rows) == 3
    assert rows[0]["on"].value == "2027-12-02"


def test_values_replace_the_examples(question):
    bound = bind(question, {**GIVEN, "on": "2026-08-02"}, resolve)
    (row, *_) = ox.Store().query(bound)
    assert row["role"] == ox.NamedNode("http://example.org/role/deployer")
    assert row["on"] == ox.Literal("2026-08-02", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#date"))
    assert (row["words"], row["most"], row["open"]) == (ox.Literal("x"), ox.Literal(5), ox.Literal(True))
    assert row["kind"] == ox.NamedNode("http://example.org/K")
    assert "VALUES ?other { 1 2 3 }" in bound
    assert 'BIND("VALUES $string { 1 }" AS ?text)' in bound


def test_an_optional_parameter_left_out_is_open(question):
    (row, *_) = ox.Store().query(bind(question, GIVEN, resolve))
    assert row["on"] is None


def test_curies_are_iris(question):
    (row, *_) = ox.Store().query(bind(question, {**GIVEN, "kind": "aims:Provision"}, resolve))
    assert row["kind"].value == "https://w3id.org/aimsgraph/ns#Provision"
    (row, *_) = ox.Store().query(bind(question, {**GIVEN, "kind": "<urn:x:y>"}, resolve))
    assert row["kind"].value == "urn:x:y"


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("on", "2026-02-30", "a day like"),
        ("on", "02.08.2026", "a day like"),
        ("on", "20260802", "a day like"),
        ("most", "ten", "a whole number"),
        ("most", "1.5", "a whole number"),
        ("most", "\u0661", "a whole number"),
        ("most", "9" * 30, "a whole number"),
        ("open", "maybe", "true or false"),
        ("kind", "no iri", "an absolute IRI"),
        ("kind", "x> } DROP ALL", "an absolute IRI"),
        ("words", "\ud800", "text"),
    ],
)
def test_a_value_of_another_type_says_what_is_expected(question, name, value, expected):
    with pytest.raises(UsageError, match=re.escape(expected)) as caught:
        bind(question, {**GIVEN, name: value}, resolve)
    assert name in caught.value.message
    assert name in caught.value.remedy


def test_an_unknown_parameter_names_the_nearest_and_its_type(question):
    with pytest.raises(UsageError, match=r"'rolle'; the nearest is role \(role\)"):
        bind(question, {**GIVEN, "rolle": "x"}, resolve)


def test_a_missing_parameter_is_named(question):
    with pytest.raises(UsageError, match=r"role \(role\) is missing") as caught:
        bind(question, {}, resolve)
    assert "-p role=provider" in caught.value.remedy


def test_what_the_callback_raises_comes_through(question):
    with pytest.raises(NotFound, match="unheard-of"):
        bind(question, {**GIVEN, "role": "unheard-of"}, resolve)


def test_a_question_without_parameters():
    plain = parse_question("#+ id: all\n#+ question: What is there?\nASK {}")
    assert bind(plain, {}, resolve) == plain.text
    with pytest.raises(UsageError, match="has no parameters"):
        bind(plain, {"x": "1"}, resolve)


def test_further_keys_must_be_asked_for():
    text = "#+ id: hyg-1\n#+ question: q\n#+ severity: violation\nASK {}"
    with pytest.raises(InputError, match="'severity'"):
        parse_question(text)
    assert parse_question(text, note_keys=["severity", "remedy"]).notes == {"severity": "violation"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ASK {}", "no header"),
        ("#+ id: x\nASK {}", "has no question"),
        ("#+ question: x\nASK {}", "has no id"),
        ("#+ id: [\nASK {}", "cannot be read"),
        ("#+ id: x\n#+ question: q\n#+ parameters: many\nASK {}", "must be a list"),
        ("#+ id: x\n#+ question: q\n#+ parameters: [{type: date}]\nASK {}", "needs a name"),
        ("#+ id: x\n#+ question: q\n#+ parameters: [{name: a, type: day}]\nASK {}", "unknown type 'day'"),
        ("#+ id: x\n#+ question: q\n#+ parameters: [{name: a, typ: day}]\nASK {}", "unknown key 'typ'"),
        (
            "#+ id: x\n#+ question: q\n#+ parameters: [{name: a, type: date, optional: perhaps}]\nASK {}",
            "optional",
        ),
        (
            "#+ id: x\n#+ question: q\n#+ parameters: [{name: a, type: date}, {name: a, type: date}]\nASK {}",
            "twice",
        ),
        ("#+ id: x\n#+ question: q\n#+ parameters: [{name: a, type: date}]\nASK {}", "blocks for []"),
        ("#+ id: x\n#+ question: q\nASK { VALUES $a { 1 } }", "declares []"),
        ("#+ id: x\n#+ question: q\nASK { VALUES $a { 1 2 } }", "exactly one term"),
        ("#+ id: x\n#+ question: q\nASK { VALUES $a { } }", "exactly one term"),
    ],
)
def test_a_wrong_file_says_what_is_wrong(text, message):
    with pytest.raises(InputError, match=re.escape(message)) as caught:
        parse_question(text, file="x.rq")
    assert caught.value.location is not None


def test_a_text_that_does_not_parse_is_located_in_its_file():
    with pytest.raises(QuerySyntaxError) as caught:
        parse_question("#+ id: x\n#+ question: q\nASK { } }", file="x.rq")
    assert str(caught.value.location) == "x.rq:3:9"


def test_files_are_read(tmp_path):
    (tmp_path / "a.rq").write_text(HEADER + BODY, encoding="utf-8")
    assert read_question(tmp_path / "a.rq").file == str(tmp_path / "a.rq")
    with pytest.raises(InputError, match="cannot read"):
        read_question(tmp_path / "b.rq")
