"""The tabs of an organisation say what the command line says, follow the files, and show hostile text as text."""

import csv
import re
import shutil
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import httpx
import pytest

from running import running

ACME = "data/examples/acme"
HTML = {"Accept": "text/html"}
TABS = (
    "", "/systems", "/systems/cv-ranker", "/coverage", "/gaps", "/findings", "/evidence", "/impact?of=person:dana",
    "/statement", "/readiness", "/reports",
)  # fmt: skip
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\u05d0"


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the register, which tests may edit, with hostile names in it."""
    folder = tmp_path_factory.mktemp("registers") / "acme"
    shutil.copytree(ACME, folder)
    rename(folder / "evidence.csv", "title")
    rename(folder / "people.csv", "name")
    rename(folder / "controls.csv", "title")
    system = folder / "systems/cv-ranker.yaml"
    system.write_text(
        system.read_text("utf-8").replace("name: CV ranker", f"name: {HOSTILE!r}".replace("'", '"')), "utf-8"
    )
    return folder


def rename(path: Path, column: str) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row[column] = HOSTILE
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture(scope="module")
def edited(own: Path) -> Iterator[httpx.Client]:
    with running("--org", str(own)) as started, started.client() as client:
        yield client


def page(http: httpx.Client, path: str) -> str:
    answer = http.get(path, headers=HTML)
    assert answer.status_code == 200, (path, answer.text[:500])
    return answer.text


def words(text: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text)))


def test_the_systems_are_listed_with_what_is_known_of_them(http: httpx.Client) -> None:
    text = page(http, "/orgs/acme/systems")
    systems = http.get("/v1/orgs").json()["organisations"][0]["systems"]
    assert len(systems) == 4
    for system in systems:
        rows = http.get(f"/v1/orgs/acme/coverage?system={system}&status=not-covered&limit=500").json()["coverage"]
        card = text[text.index(f'/systems/{system}"') :].partition("</section>")[0]
        assert words(card).rstrip().endswith(f"not covered {len(rows)}"), system


@pytest.mark.parametrize("day", ["2026-11-23", "2027-12-15"])
def test_the_page_of_a_system_counts_its_duties_as_the_interface_does(day: str, http: httpx.Client) -> None:
    text = words(page(http, f"/orgs/acme/systems/cv-ranker?on={day}"))
    duties = http.get(f"/v1/orgs/acme/duties?system=cv-ranker&on={day}&limit=500").json()["duties"]
    applying = sum(duty["applies"] == "yes" for duty in duties)
    assert applying > 0
    assert f" {applying} apply " in text
    assert http.get("/orgs/acme/systems/nobody", headers=HTML).status_code == 404


def test_coverage_can_be_looked_at_by_framework(http: httpx.Client) -> None:
    counts = {}
    for framework in ("eu-ai-act", "iso-42001"):
        text = page(http, f"/orgs/acme/coverage?framework={framework}")
        rows = http.get(f"/v1/orgs/acme/coverage?framework={framework}&status=unknown&limit=500").json()["coverage"]
        counts[framework] = len(rows)
        assert f"unknown {len(rows)} " in words(text)
        assert f'value="{framework}" selected' in text
    assert counts["eu-ai-act"] != counts["iso-42001"]
    assert http.get("/orgs/acme/coverage?framework=none", headers=HTML).status_code == 422


def test_findings_are_those_of_validate_with_file_and_line(http: httpx.Client, cli_json) -> None:
    found = cli_json("validate", ACME, "--profile", "all")
    text = words(page(http, "/orgs/acme/findings"))
    assert len(found["findings"]) > 20
    for finding in found["findings"]:
        assert finding["message"] in text
        assert f"acme/{Path(finding['file']).relative_to(ACME).as_posix()}, line {finding['line']}" in text
    judged = sum(1 for count in found["focus_counts"].values() if count)
    assert f"{judged} shapes had something to judge; {len(found['nothing_judged'])} found nothing" in text


def test_evidence_that_ends_soon_is_said_to_run_out_on_that_day_only(http: httpx.Client) -> None:
    def state(day: str) -> str:
        text = words(page(http, f"/orgs/acme/evidence?on={day}"))
        return text[text.index("Acknowledgements of the AI policy") :].partition("statement")[0]

    assert "2027-10-30 counts" in state("2026-11-23")
    assert "2027-10-30 running out" in state("2027-08-15")
    assert "2027-10-30 expired" in state("2027-11-01")
    assert "Acknowledgements of the AI policy" in words(page(http, "/orgs/acme?on=2027-10-29"))


def test_what_falls_is_what_the_interface_says(http: httpx.Client) -> None:
    found = http.get("/v1/orgs/acme/impact?of=evidence:policy-acknowledgements&limit=500").json()
    text = words(page(http, "/orgs/acme/impact?of=evidence:policy-acknowledgements"))
    assert found["item_falls"]
    said = f"takes {len(found['falls'])} duties, {len(found['item_falls'])} items of other frameworks and"
    assert f"{said} {len(found['soa_falls'])} rows" in text
    assert all(fall["statement"] in text for fall in (*found["falls"], *found["item_falls"]))
    assert "takes" not in words(page(http, "/orgs/acme/impact"))
    assert "'nothing'" in words(page(http, "/orgs/acme/impact?of=nothing"))


@pytest.mark.parametrize("tab", TABS)
def test_hostile_names_show_as_text(tab: str, edited: httpx.Client) -> None:
    text = page(edited, f"/orgs/acme{tab}")
    assert "<script>alert" not in text
    assert "<img src=x" not in text
    if tab in ("/systems", "/evidence", "/impact?of=person:dana"):
        assert "&lt;script&gt;alert(1)" in text
        assert "<bdi" in text or "bidi" in text


def test_the_page_follows_the_files_and_says_when_they_are_wrong(edited: httpx.Client, own: Path) -> None:
    state = edited.get("/orgs/acme/state").text
    assert state == edited.get("/orgs/acme/state").text
    assert f'data-state="{state}"' in page(edited, "/orgs/acme")
    header = own / "organisation.yaml"
    sound = header.read_text("utf-8")
    header.write_text(re.sub(r"(?m)^name: .*", "name: Acme Anew", sound), "utf-8")
    assert edited.get("/orgs/acme/state").text != state
    assert "Acme Anew" in page(edited, "/orgs/acme")
    controls = own / "controls.csv"
    rows = controls.read_text("utf-8")
    controls.write_text(rows.replace("iso-42001:A.2.2", "iso-42001:A.2.99", 1), "utf-8")
    assert edited.get("/orgs/acme", headers=HTML).status_code == 503
    text = words(page(edited, "/orgs/acme/findings"))
    assert "no shape has judged" in text
    assert "A.2.99" in text
    assert re.search(r"acme/controls\.csv, line \d", text)
    controls.write_text(rows, "utf-8")
    assert page(edited, "/orgs/acme")


def test_nobody_sees_the_state_of_what_is_not_there(http: httpx.Client) -> None:
    assert http.get("/orgs/nobody/state").status_code == 404
    assert http.get("/orgs/nobody/findings", headers=HTML).status_code == 404
