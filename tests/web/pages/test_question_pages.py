"""Stored questions about a register: the page says what the command line says, on the same day."""

import re
import shlex
import shutil
import time
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest

from aimsgraph.api import ORGANISATION, AimsGraph
from aimsgraph.web.keys import KeyFile, Scope
from aimsgraph.web.register_rooms import FURTHER_ROOMS
from running import running

HTML = {"Accept": "text/html"}
ACME = "data/examples/acme"


@pytest.fixture(scope="module")
def alone() -> Iterator[httpx.Client]:
    with running() as started, started.client() as client:
        yield client


def page(http: httpx.Client, path: str, **asked: str) -> str:
    answer = http.get(path, params=asked, headers=HTML)
    assert answer.status_code == 200, (path, answer.text[:500])
    return answer.text


def count(text: str) -> int:
    found = re.search(r'id="answer">[^<]*<span class="quiet">([\d,]+) found', text)
    assert found, text[:2000]
    return int(found[1].replace(",", ""))


def cells(text: str) -> list[list[str]]:
    rows = re.findall(r"<tr>(<td.*?)</tr>", text, re.DOTALL)
    return [
        [unescape(re.sub(r"<span class=\"quiet\">.*?</span>|<[^>]+>", "", cell)).strip() for cell in row.split("</td>")]
        for row in rows
    ]


def test_every_question_about_a_register_has_an_answer(http: httpx.Client, graph: AimsGraph) -> None:
    asked = [each for each in graph.questions() if each.scope == ORGANISATION]
    assert len(asked) == 35
    held = graph.with_organisation(ACME)
    for question in asked:
        text = page(http, f"/questions/{question.id}")
        systems = {p.name: "cv-ranker" for p in question.parameters if p.type == "system" and not p.optional}
        given = {p.name: p.example for p in question.parameters if not p.optional} | systems
        days = {name: value for name, value in given.items() if name not in ("on", "lawAsOf")}
        assert count(text) == len(list(held.ask(question.id, days))), question.id  # type: ignore[arg-type]
        assert f"aimsgraph query {question.id} --org" in text


@pytest.mark.parametrize("name,given", [
    ("cq-012", {}), ("cq-041", {"system": "support-chatbot", "on": "2027-12-02"}),
    ("cq-008", {"system": "cv-ranker", "on": "2026-06-01", "law_as_of": "2026-06-01"}),
])  # fmt: skip
def test_the_rows_are_those_of_the_command_line(
    name: str, given: dict[str, str], http: httpx.Client, cli_json: Callable[..., Any]
) -> None:
    named = {"law_as_of": "lawAsOf"}
    parameters = [f"--parameter={named.get(key, key)}={value}" for key, value in given.items()]
    told = cli_json("query", name, "--org", ACME, *parameters)
    wanted = [[row.get(column, {}).get("value", "") for column in told["head"]["vars"]]
              for row in told["results"]["bindings"]]  # fmt: skip
    shown = cells(page(http, f"/questions/{name}", org="acme", **given))
    assert len(shown) == len(wanted) > 0
    for told_row, shown_row in zip(wanted, shown, strict=True):
        for value, cell in zip(told_row, shown_row, strict=False):
            assert cell == value or value.endswith(cell.partition(":")[2] or cell), (value, cell)


def test_what_the_register_holds_leads_to_its_page(http: httpx.Client) -> None:
    text = page(http, "/questions/cq-029")
    assert "https://acme.example" not in text.partition("<main")[2]
    links = set(re.findall(r'href="(/orgs/acme/(?:impact\?of=evidence:|systems/)[^"]+)"', text))
    assert links
    for link in links:
        assert http.get(unescape(link), headers=HTML).status_code == 200, link


def test_what_the_register_does_not_know_is_said_beside_the_form(http: httpx.Client) -> None:
    text = page(http, "/questions/cq-040", dataset="<script>alert(1)</script>")
    assert "there is no dataset" in text
    assert "<script>alert" not in text
    assert 'id="answer"' not in text
    text = page(http, "/questions/cq-027", control="iso-42001:A.99")
    assert "names nothing in the graph" in text
    assert 'id="answer"' not in text


def test_what_is_shown_to_be_typed_into_a_shell_stays_one_word(http: httpx.Client) -> None:
    text = unescape(page(http, "/questions/cq-040", dataset="x; touch 'y'"))
    (command,) = re.findall(r"<pre tabindex=\"0\">(aimsgraph query .*?)</pre>", text)
    assert shlex.split(command)[-1] == "dataset=x; touch 'y'"


def test_an_organisation_that_is_not_here_has_no_answer(http: httpx.Client, alone: httpx.Client) -> None:
    assert http.get("/questions/cq-012?org=nobody", headers=HTML).status_code == 404
    text = page(alone, "/questions/cq-012")
    assert "none is here" in text
    assert 'id="answer"' not in text


def test_a_key_sees_its_own_organisation_alone_and_files_are_read_as_they_are(tmp_path: Path) -> None:
    for name in ("acme", "clean"):
        shutil.copytree(Path("data/examples") / name, tmp_path / name)
    file = KeyFile(tmp_path / "keys.json")
    one, _ = file.new("acme only", [Scope.READ], organisations=["acme"])
    options = ("--org", str(tmp_path / "acme"), "--org", str(tmp_path / "clean"), "--keys", str(file.path))
    with running(*options) as server, server.client(one) as client:
        (hidden,) = re.findall(r"^slug: (\S+)", (tmp_path / "clean/organisation.yaml").read_text(), re.M)
        assert client.get(f"/questions/cq-012?org={hidden}", headers=HTML).status_code == 404
        shown = page(client, "/questions/cq-036")
        assert re.findall(r'<option value="(\w+)"', shown) == ["acme"]
        assert "CV ranker" in shown
        system = tmp_path / "acme/systems/cv-ranker.yaml"
        system.write_text(system.read_text("utf-8").replace("name: CV ranker", "name: Ranker of old"), "utf-8")
        assert "Ranker of old" in page(client, "/questions/cq-036")
        with server.client() as stranger:
            assert stranger.get("/questions/cq-036", headers=HTML).status_code == 401


def test_a_question_that_takes_too_long_is_ended() -> None:
    with running("--org", ACME, "--timeout", "0.001") as server, server.client() as client:
        ended = client.get("/questions/cq-012", headers=HTML)
        assert ended.status_code == 504, ended.text[:500]
        assert "no complete answer within" in ended.text or "no worker became free" in ended.text
        assert client.get("/orgs/acme", headers=HTML).status_code == 200


def templates_of(pid: int) -> int:
    """Return how many processes of a server hold a content."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return sum("execution.template" in Path(f"/proc/{child}/cmdline").read_text() for child in children)


@pytest.mark.slow
def test_no_more_rooms_are_held_than_are_allowed() -> None:
    with running("--org", ACME) as server, server.client() as client:
        most = 1 + FURTHER_ROOMS  # there is one organisation
        days = [f"2027-0{month}-01" for month in range(1, most + 3)]
        for day in days:
            assert count(page(client, "/questions/cq-012", on=day)) > 0
        ends = time.monotonic() + 20
        while templates_of(server.pid) > 1 + most and time.monotonic() < ends:
            time.sleep(0.2)
        assert templates_of(server.pid) == 1 + most, "the shared content, and that of the days asked last"
        assert count(page(client, "/questions/cq-012", on=days[0])) > 0
