"""Requests of other sites, hostile names and parameters, answers that are cut off, values that look like formulas."""

import csv
import io
from urllib.parse import parse_qsl, urlencode

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from siege import ENDLESS, EX, Besieged, is_problem

from aimsgraph.web.requests import LONG, Parameters

REFUSED = (403, "refused")
BAD = (400, "bad-parameter")
SYNTAX = (400, "sparql-syntax")
FORM = {"update": "INSERT DATA { <urn:a> <urn:b> 1 }"}

OTHER_SITES = {
    "origin": {"Origin": "https://evil.example"},
    "no origin": {"Origin": "null"},
    "cross-site": {"Sec-Fetch-Site": "cross-site"},
    "same-site": {"Sec-Fetch-Site": "same-site"},
    "a name that leads here": {"Host": "evil.example:8000", "Origin": "http://evil.example:8000"},
    "a name that leads here, without origin": {"Host": "evil.example"},
    "a name that begins like ours": {"Host": "127.0.0.1.evil.example"},
}


@pytest.mark.parametrize("name", OTHER_SITES)
def test_a_page_of_another_site_changes_nothing(name: str, besieged: Besieged) -> None:
    with besieged.attack(f"csrf: {name}"), besieged.server.client(**OTHER_SITES[name]) as client:
        is_problem(client.post("/update", data=FORM), REFUSED, BAD)
        is_problem(client.put("/graphs?default", content=b"<urn:a> <urn:b> 1 ."), REFUSED, BAD)
        is_problem(client.delete("/graphs", params={"graph": f"{EX}g"}), REFUSED, BAD)


def test_a_page_whose_name_leads_here_reads_nothing(besieged: Besieged) -> None:
    with besieged.attack("dns rebinding"), besieged.server.client(Host="evil.example") as client:
        for path in ("/sparql?query=ASK%20%7B%7D", "/graphs?default", "/metrics", "/id/x"):
            is_problem(client.get(path), REFUSED)


def test_no_page_of_another_site_may_read_an_answer(besieged: Besieged) -> None:
    with besieged.server.client(Origin="https://evil.example") as client:
        answer = client.post("/sparql", data={"query": "ASK {}"})
    assert "access-control-allow-credentials" not in answer.headers
    assert "set-cookie" not in answer.headers


def test_reading_never_writes(besieged: Besieged) -> None:
    with besieged.attack("writes by reading"), besieged.server.client() as client:
        is_problem(client.get("/sparql", params=FORM), BAD)
        is_problem(client.get("/update", params=FORM), (405, "method-not-allowed"))
        is_problem(client.post("/sparql", data={"query": FORM["update"]}), SYNTAX)
        is_problem(client.get("/sparql", params={"query": FORM["update"]}), SYNTAX)
        for method in ("GET", "HEAD"):
            answer = client.request(method, "/graphs", params={"graph": f"{EX}g", "update": FORM["update"]})
            assert answer.status_code == 200


PATHS = [
    "/id/../../../../etc/passwd",
    "/id/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "/id/..%2f..%2f..%2fetc%2fpasswd",
    "/id//etc/passwd",
    "/id/%00",
    "/id/%0a%0dSet-Cookie:x",
    "/id/<script>alert(1)</script>",
    "/id/%22%3E%3Cscript%3E",
    "/id/%F0%9F%92%A3",
    "/id/%ff%fe",
    "/id/" + "a/" * 8_000,
    "/id/" + "%41" * 15_000,
    "/graph/../../etc/passwd",
    "/map/" + ":" * 5_000,
    "/v1/../../etc/passwd",
    "/problems/../../../../etc/passwd",
    "/problems/%2e%2e%2fSECURITY",
    "/v1/provisions/" + "(" * 5_000,
    "/v1/provisions/..%2f..%2fetc",
    "/graphs/..%2f..%2f..%2fetc%2fpasswd",
    "/graphs/%3E%20%7B%7D",
    "/docs/../../etc/passwd",
    "/static/../../etc/passwd",
]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path[:30])
def test_a_path_names_a_thing_and_never_a_file(path: str, besieged: Besieged) -> None:
    with besieged.attack(f"path: {path[:30]}"), besieged.server.client() as client:
        url = httpx.URL(besieged.server.url).copy_with(raw_path=path.encode())
        for accept in ("text/html", "text/turtle", "application/json"):
            answer = client.get(url, headers={"Accept": accept}, follow_redirects=True)
            assert 400 <= answer.status_code < 500, (answer.status_code, answer.text[:200])
            assert "root:" not in answer.text
            assert "set-cookie" not in answer.headers
            assert "<script>alert" not in answer.text or not answer.headers["content-type"].startswith("text/html")


IRIS = [
    "../../etc/passwd",
    "relative",
    "",
    "urn:a b",
    "urn:a>",
    "urn:a> } } ; DROP ALL ; #",
    "urn:\n",
    "urn:{x}",
    "urn:a\\u003E",
    'urn:"',
    "urn:`",
    "urn:^",
    "urn:|",
    ":",
    "1:a",
    "urn:%zz",
    "http://[::1",
    "\x00:",
    "urn:\x00",
    "urn:\x7f\x80",
    "urn:\ud7ff\ue000",
]


@pytest.mark.parametrize("iri", IRIS, ids=ascii)
def test_a_hostile_iri_in_a_parameter(iri: str, besieged: Besieged) -> None:
    with besieged.attack(f"iri: {iri!a}"), besieged.server.client() as client:
        requests = [
            client.get("/graphs", params={"graph": iri}),
            client.delete("/graphs", params={"graph": iri}),
            client.put("/graphs", params={"graph": iri}, content=b"<urn:a> <urn:b>"),
            client.get("/sparql", params={"query": "SELECT * { ?s ?p ?o }", "default-graph-uri": iri}),
            client.get("/sparql", params={"query": "SELECT * { ?s ?p ?o }", "named-graph-uri": iri}),
            client.post(
                "/update", data={"update": "DELETE { ?s ?p ?o } WHERE { ?s ?p ?o, ?z }", "using-graph-uri": iri}
            ),
        ]
        for answer in requests:
            assert answer.status_code < 500, (answer.request.url, answer.text)
        assert requests[0].status_code in (400, 404)


PARAMETERS = [
    {"query": "ASK {}", "timeout": "nan"},
    {"query": "ASK {}", "timeout": "inf"},
    {"query": "ASK {}", "timeout": "-1"},
    {"query": "ASK {}", "timeout": "1e400"},
    {"query": "ASK {}", "format": "../../etc"},
    {"query": ""},
    {"query": "\ufeffASK {}"},
]


@pytest.mark.parametrize("said", PARAMETERS, ids=ascii)
def test_a_strange_parameter(said: dict[str, str], besieged: Besieged) -> None:
    with besieged.attack(f"parameter: {said!a}"), besieged.server.client() as client:
        assert client.get("/sparql", params=said).status_code in (200, 400, 406)
        is_problem(client.get("/sparql?query=ASK%20{}&query=ASK%20{}"), BAD)
        is_problem(client.get("/sparql?query=%ff%fe"), BAD)


@given(
    st.lists(st.tuples(st.text(min_size=1), st.text())),
    st.integers(0, 4),
    st.sampled_from(["", "&", "&&a", "%", "=%4", "%zz=+"]),
)
def test_parameters_are_read_as_the_standard_library_reads_them(
    pairs: list[tuple[str, str]], shift: int, tail: str
) -> None:
    long = "x" * (LONG - 8 + shift) + "%é💣" * 3
    text = urlencode([*pairs, ("long", long)]) + tail
    assert list(Parameters.parse(text).pairs) == parse_qsl(text, keep_blank_values=True)


def test_an_answer_that_is_cut_off_never_looks_whole(besieged: Besieged) -> None:
    begun: list[bool] = []
    with besieged.attack("cut off"), besieged.server.client() as client:
        for form, accept in (
            ("SELECT *", "text/csv"),
            ("SELECT *", "application/json"),
            ("CONSTRUCT { ?a ?p ?x }", "text/turtle"),
        ):
            text = {"query": f"{form} {ENDLESS}", "timeout": "1.5"}
            with client.stream("POST", "/sparql", data=text, headers={"Accept": accept}) as answer:
                begun.append(answer.status_code != 504)
                if answer.status_code == 504:  # on a busy machine not even the first megabyte was there in time
                    continue
                assert answer.status_code == 200
                assert "content-length" not in answer.headers
                with pytest.raises(httpx.RemoteProtocolError):
                    answer.read()
    assert any(begun)


def test_csv_says_what_the_graph_says_even_where_a_spreadsheet_would_compute(besieged: Besieged) -> None:
    values = ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://evil.example")', "\t=1", 'a"b,c\r\nd']
    quoted = " ".join(
        '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t").replace("\r\n", "\\r\\n") + '"'
        for value in values
    )
    with besieged.attack("csv"), besieged.server.client(Accept="text/csv") as client:
        answer = client.post("/sparql", data={"query": f"SELECT ?v {{ VALUES ?v {{ {quoted} }} }}"})
        # SPARQL 1.1 CSV is the plain value; who opens it in a spreadsheet has to import it as text.
        rows = list(csv.reader(io.StringIO(answer.text, newline="")))
        assert rows == [["v"], *([value] for value in values)]
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"


def test_what_is_stored_is_text_on_a_page(besieged: Besieged) -> None:
    with besieged.server.client() as client:
        for path in ("/", "/docs", "/id/<img src=x onerror=alert(1)>"):
            answer = client.get(path, headers={"Accept": "text/html"})
            assert "onerror=alert(1)>" not in answer.text or not answer.headers["content-type"].startswith("text/html")
            if answer.headers["content-type"].startswith("text/html"):
                assert "content-security-policy" in answer.headers
                assert answer.headers["x-content-type-options"] == "nosniff"
