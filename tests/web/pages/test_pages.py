"""What the pages say is what the graph says, as of the days asked about; every link on them leads somewhere."""

import hashlib
import io
import re
import zipfile
from html import unescape
from html.parser import HTMLParser

import httpx
import openpyxl
import pytest

HTML = {"Accept": "text/html"}
PAGES = [
    "/", "/find?q=logging", "/duties", "/duties?on=2027-12-02&role=deployer", "/crosswalk",
    "/crosswalk?row=A.6&column=Art.12", "/crosswalk?from=nist-ai-rmf&to=eu-ai-act&max_hops=2", "/time",
    "/time?before=2026-01-01&from=2026-07-01&to=2028-12-31", "/orgs", "/orgs/acme", "/orgs/acme/coverage",
    "/orgs/acme/gaps", "/orgs/acme/systems", "/orgs/acme/systems/cv-ranker", "/orgs/acme/findings",
    "/orgs/acme/evidence", "/orgs/acme/impact", "/orgs/acme/impact?of=person:dana",
    "/orgs/acme/statement?system=cv-ranker", "/orgs/acme/readiness", "/orgs/acme/reports",
    "/questions", "/questions/cq-025?framework=iso-42001", "/sparql-editor", "/id/iso/42001/2023/A.6.2.8",
    "/id/eu/reg/2024/1689/art_12/par_1", "/id/eu/reg/2024/1689/stmt/art12-1", "/id/eu/reg/2024/1689", "/ns",
]  # fmt: skip


class Read(HTMLParser):
    """The links of a page, its ids, and what stands in attributes that must not be there."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.forbidden: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("href", "src", "action"):
                self.links.append(value or "")
            if name == "id":
                self.ids.append(value or "")
            if name == "style" or name.startswith("on"):
                self.forbidden.append(f"{tag} {name}")


def page(http: httpx.Client, path: str) -> str:
    answer = http.get(path, headers=HTML)
    assert answer.status_code == 200, (path, answer.text[:500])
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "script-src 'self';" in answer.headers["content-security-policy"]
    return answer.text


def words(text: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text)))


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_sound_html_without_inline_scripts_or_styles(path: str, http: httpx.Client) -> None:
    read = Read(page(http, path))
    assert read.forbidden == []
    assert len(read.ids) == len(set(read.ids))
    assert all(link.startswith(("/", "https://", "http://", "#", "?")) for link in read.links)


def test_every_link_of_the_main_pages_leads_somewhere(http: httpx.Client) -> None:
    asked: dict[str, str] = {}
    for path in ("/", "/orgs/acme", "/questions", "/id/eu/reg/2024/1689/art_12/par_1"):
        for link in Read(page(http, path)).links:
            if link.startswith("/"):
                asked.setdefault(link.partition("#")[0].partition("?")[0], path)
    assert len(asked) > 40
    for link, path in asked.items():
        assert http.get(link, headers=HTML).status_code == 200, (path, link)


def test_a_duty_appears_when_the_day_crosses_its_date(http: httpx.Client) -> None:
    before, after = (
        words(page(http, f"/duties?role=provider&route=annex-iii&on={day}")) for day in ("2027-12-01", "2027-12-02")
    )
    assert "0 apply" in before
    applying = re.search(r"(\d+) apply", after)
    assert applying is not None
    answer = http.get("/v1/duties?role=provider&route=annex-iii&on=2027-12-02&applies=yes&limit=500").json()
    assert int(applying[1]) == len(answer["duties"]) > 50


def test_several_routes_are_asked_about_at_once(http: httpx.Client) -> None:
    text = page(http, "/duties?role=provider&route=annex-iii&route=transparency&on=2027-12-02")
    assert re.findall(r'value="([a-z-]+)" checked', text) == ["annex-iii", "transparency"]
    query = "/v1/duties?role=provider&route=annex-iii&route=transparency&on=2027-12-02&applies=yes&limit=500"
    assert f" {len(http.get(query).json()['duties'])} apply " in words(text)


def test_the_law_as_it_was_known_is_shown_as_such(http: httpx.Client) -> None:
    now = words(page(http, "/id/eu/reg/2024/1689/art_12/par_1"))
    assert "2027-12-02 annex-iii" in now
    assert "as known 2024-08-01 – 2026-07-27" in now
    then = words(page(http, "/id/eu/reg/2024/1689/art_12/par_1?law_as_of=2026-01-01"))
    new, old = "2027-12-02 annex-iii", "2026-08-02 annex-iii"
    assert now.index(new) < now.index(old), "what counts stands first"
    assert then.index(old) < then.index(new)


def test_the_entity_tag_of_a_provision_depends_on_the_days(http: httpx.Client) -> None:
    path = "/id/eu/reg/2024/1689/art_12/par_1"
    tags = {
        http.get(path + query, headers=HTML).headers["etag"]
        for query in ("", "?on=2027-12-02", "?law_as_of=2026-01-01")
    }
    assert len(tags) == 3


def test_a_control_shows_what_answers_it_with_the_proof(http: httpx.Client) -> None:
    text = page(http, "/id/iso/42001/2023/A.6.2.8")
    found = http.get("/v1/crosswalk?from=iso-42001:A.6.2.8&to=eu-ai-act&max_hops=2&limit=500").json()["answers"]
    for answer in found:
        assert f">{answer['object']}</code>" in text, answer["object"]
    first = found[0]["proofs"][0]["steps"][0]
    assert f"{first['file']}, line {first['line']}" in words(text)
    assert first["rationale"] in words(text)


def test_the_matrix_opens_to_the_answers_of_a_cell(http: httpx.Client) -> None:
    text = words(page(http, "/crosswalk?row=A.6&column=Art.12"))
    cells = http.get("/v1/matrix?from=iso-42001&to=eu-ai-act&limit=500").json()["cells"]
    (cell,) = [each for each in cells if (each["row"], each["column"]) == ("A.6", "Art.12")]
    assert f"A.6 → Art.12: {cell['count']} answers" in text
    none = words(page(http, "/crosswalk?row=A.6&column=Art.12&relation=equal"))
    assert "0 answers" in none


def test_reports_can_be_read_and_taken_away(http: httpx.Client) -> None:
    forms = [f"/orgs/acme/reports/{name}" for name in ("soa.html", "soa.xlsx", "soa.md", "gaps.md", "readiness.html")]
    listed = page(http, "/orgs/acme/reports?system=cv-ranker")
    for address in forms:
        assert f"{address}?system=cv-ranker" in unescape(listed)
        answer = http.get(address)
        assert answer.status_code == 200
        assert http.get(address).content == answer.content
        if address.endswith(".html"):
            policy = answer.headers["content-security-policy"]
            assert policy.startswith("default-src 'none'; style-src 'sha256-")
            assert unescape(answer.text).count(policy) == 1
        else:
            assert answer.headers["content-disposition"] == f'attachment; filename="acme-{address.rpartition("/")[2]}"'
    book = openpyxl.load_workbook(io.BytesIO(http.get(forms[1]).content), read_only=True)
    rows = list(book["soa"].iter_rows(values_only=True))
    assert sum(str(row[0]).startswith("iso-42001:A.") for row in rows) == 38
    assert "cv-ranker" in http.get("/orgs/acme/reports/gaps.md?system=cv-ranker").text
    for unknown in ("other.html", "soa", "soa.zip", "pack.html", "soa.exe"):
        assert http.get(f"/orgs/acme/reports/{unknown}").status_code == 404
    assert http.get("/orgs/nobody/reports/soa.md").status_code == 404


@pytest.mark.slow
def test_the_auditors_pack_is_whole(http: httpx.Client) -> None:
    answer = http.get("/orgs/acme/reports/pack.zip", timeout=120)
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        sums = dict(line.split("  ", 1)[::-1] for line in archive.read("SHA256SUMS").decode().splitlines())
        assert len(sums) == len(archive.namelist()) - 1 > 20
        assert all(hashlib.sha256(archive.read(name)).hexdigest() == digest for name, digest in sums.items())


def test_a_stored_question_is_asked_with_what_its_form_says(http: httpx.Client) -> None:
    text = words(page(http, "/questions/cq-001?role=deployer&route=annex-iii&on=2027-12-02"))
    rows = http.get("/v1/questions/cq-001?role=deployer&route=annex-iii&on=2027-12-02").json()["results"]["bindings"]
    assert f"{len(rows)} found" in text


def test_sparql_answers_as_a_table(http: httpx.Client) -> None:
    query = 'SELECT ?a ?b { VALUES (?a ?b) { ("<script>alert(1)</script>" <javascript:alert(1)>) } }'
    text = page(http, str(httpx.URL("/sparql-editor", params={"query": query})))
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text
    assert not any(link.startswith("javascript") for link in Read(text).links)
    long = f'SELECT ?a {{ BIND(REPLACE("{"x" * 1000}", "x", "{"y" * 1000}") AS ?a) }}'
    shown = page(http, str(httpx.URL("/sparql-editor", params={"query": long})))
    assert "y" * 2000 + "…" in shown
    assert "y" * 2001 not in shown
    assert "yes" in words(page(http, str(httpx.URL("/sparql-editor", params={"query": "ASK {}"}))))


@pytest.mark.parametrize(("path", "status"), [
    ("/nowhere", 404), ("/orgs/nobody", 404), ("/id/eu/reg/2024/1689/art_999", 404), ("/questions/cq-999", 404),
    ("/duties?role=nobody", 400), ("/duties?on=yesterday", 400), ("/crosswalk?max_hops=9", 422),
    ("/crosswalk?from=nothing", 422), ("/sparql-editor?query=SELEC", 400), ("/orgs/acme?system=none", 404),
    ("/time?from=2027-01-01&to=2026-01-01", 400), ("/find?q=" + "x" * 501, 422),
])  # fmt: skip
def test_an_error_is_a_page_for_a_browser_and_a_problem_for_a_program(
    path: str, status: int, http: httpx.Client
) -> None:
    shown = http.get(path, headers=HTML)
    assert shown.status_code == status, shown.text[:300]
    assert shown.headers["content-type"].startswith("text/html")
    assert f"{status} ·" in words(shown.text)
    told = http.get(path, headers={"Accept": "application/problem+json, */*;q=0.1"})
    assert (told.status_code, told.headers["content-type"]) == (status, "application/problem+json")


def test_pages_are_sent_packed_to_whoever_takes_that(http: httpx.Client) -> None:
    plain = http.get("/duties", headers=HTML | {"Accept-Encoding": "identity"})
    packed = http.get("/duties", headers=HTML | {"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.text == plain.text
    assert int(packed.headers["content-length"]) < len(plain.content) / 4


def test_the_first_page_with_all_it_needs_is_small(http: httpx.Client) -> None:
    packed = {**HTML, "Accept-Encoding": "gzip"}
    first = http.get("/", headers=packed)
    sizes = [int(first.headers["content-length"])]
    scripts = ["shell.js", "live.js", "days.js", "suggest.js"]
    base = re.search(r"/static/\w+/", first.text)
    assert base is not None
    for link in {*re.findall(r'(?:src|href)="(/static/[^"]+)"', first.text), *(base[0] + name for name in scripts)}:
        answer = http.get(link, headers=packed)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
        sizes.append(int(answer.headers["content-length"]))
    assert sum(sizes) < 150_000


def test_the_data_of_a_provision_as_a_table(http: httpx.Client) -> None:
    answer = http.get("/id/eu/reg/2024/1689/art_12/par_1?format=csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    lines = answer.text.splitlines()
    assert lines[0] == "subject,predicate,object,datatype,language"
    triples = http.get("/id/eu/reg/2024/1689/art_12/par_1?format=ntriples").text.splitlines()
    beside = [line for line in triples if line.startswith("<http://127.0.0.1")]
    assert len(lines) - 1 == len(triples) - len(beside) >= 20
