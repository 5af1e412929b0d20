"""The reference of the HTTP API: complete, and its examples, run against a real server, answer as it shows."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from aimsgraph.cli.main import run
from aimsgraph.web.keys import KeyFile, Scope
from reading_guides import Shown, blocks, commands, differs
from running import Server, running

TEXT = (Path(__file__).parents[2] / "docs/reference/http-api.md").read_text(encoding="utf-8")
ADDRESS = "http://127.0.0.1:8000"
EXAMPLES = commands(TEXT)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, str]]:
    """The server that the page is about, and its key."""
    folder = tmp_path_factory.mktemp("reference")
    store = str(folder / "store")
    assert run(["--quiet", "--store", store, "build"]) == 0
    key, _ = KeyFile(folder / "keys.json").new("example", [Scope.READ, Scope.VALIDATE, Scope.WRITE])
    start = blocks(TEXT, "sh")[0].splitlines()[-1].split()
    program, serve = start[1 : start.index("serve")], start[start.index("serve") + 1 :]
    replaced = {"./store": store, "keys.json": str(folder / "keys.json")}
    with running(
        *(replaced.get(each, each) for each in serve), program=tuple(replaced.get(each, each) for each in program)
    ) as server:
        yield server, key


@pytest.mark.slow
def test_the_examples_answer_as_shown(asked: tuple[Server, str]) -> None:
    """All in one shell, in order: later ones use what earlier ones wrote."""
    server, key = asked
    script = "".join(f"{each.command}\nprintf '\\n=== {i} ===\\n'\n" for i, each in enumerate(EXAMPLES))
    environment = {"PATH": os.environ["PATH"], "KEY": key, "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        ["bash", "-c", script.replace(ADDRESS, server.url)],
        env=environment, capture_output=True, text=True, timeout=300, check=True,
    )  # fmt: skip
    outputs = re.split(r"\n=== \d+ ===\n", done.stdout)
    assert len(outputs) == len(EXAMPLES) + 1
    wrong = [
        f"{shown.command}\n  {said}"
        for shown, printed in zip(EXAMPLES, outputs, strict=False)
        if (said := differs(shown.output, printed))
    ]
    assert not wrong, "\n".join(wrong)


def test_most_examples_show_an_answer() -> None:
    assert len(EXAMPLES) > 30
    assert [each.command for each in EXAMPLES if not each.output and not each.command.startswith("tag=")] == []


@pytest.mark.slow
def test_every_address_and_every_parameter_is_in_it(asked: tuple[Server, str]) -> None:
    with asked[0].client() as client:
        paths = client.get("/openapi.json").json()["paths"]
    shown = {
        re.sub(r"\?.*|['\"].*", "", each)
        for each in re.findall(rf"{ADDRESS}(/[^\s]*)", "\n".join(e.command for e in EXAMPLES))
    }
    for path, methods in paths.items():
        pattern = re.compile(
            "".join(".+" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{\w+\})", path))
        )
        space = path.split("/{")[0]
        assert any(pattern.fullmatch(each) for each in shown) or (len(methods) == 1 and f"`{space}`" in TEXT), path
        for parameter in (p for each in methods.values() for p in each.get("parameters", ()) if p["in"] == "query"):
            assert re.search(rf"[`?&]{parameter['name']}[`=]|[?&]{parameter['name']}\b", TEXT), (
                path,
                parameter["name"],
            )


@pytest.mark.slow
def test_the_python_in_it_runs(asked: tuple[Server, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
    (code,) = blocks(TEXT, "python")
    said: dict[str, str] = {}
    exec(compile(code.replace(ADDRESS, asked[0].url), "http-api.md", "exec"), said)
    assert int(said["count"]) >= 6


def test_links_lead_somewhere() -> None:
    here = Path(__file__).parents[2] / "docs/reference"
    headings = {
        re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in re.findall(r"^#+ (.+)$", TEXT, re.MULTILINE)
    }
    for target in re.findall(r"\]\(([^)]+)\)", TEXT):
        if "://" not in target:
            path, _, anchor = target.partition("#")
            assert (here / path).exists() if path else anchor in headings, target


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        ('{"a": [1, 2]}', '{"a": [1]}'), ('{"a": "x…"}', '{"a": "y"}'), ('{"a": 1}', '{"b": 1}'), ("x", "y"),
        ('{"a": []}', '{"a": [1]}'), ("HTTP/1.1 200 OK", "HTTP/1.1 404 Not Found\r\n\r\n"), ('{"a": true}', '{"a": 1}'),
        ("a\nb", "b\na"), ("HTTP/1.1 200 OK\netag: \"…\"\n\n{}", "HTTP/1.1 200 OK\r\n\r\n{}"),
    ],
)  # fmt: skip
def test_what_is_not_as_shown_is_found(shown: str, printed: str) -> None:
    assert differs(shown, printed)
    assert not differs(shown, shown.replace("…", "")) or "HTTP" in shown


def test_an_example_of_more_lines_is_one_command() -> None:
    assert commands("```console\n$ a 'b\n>   c'\nd\n$ e\n```\n") == [Shown("a 'b\n  c'", "d"), Shown("e", "")]
