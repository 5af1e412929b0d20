"""Registers and texts somebody sends: judged as the command line judges them, within bounds."""

import asyncio
import io
import json
import stat
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from aimsgraph.api import AimsGraph
from aimsgraph.cli.main import run
from aimsgraph.compliance.register import load_law
from aimsgraph.content.organisation import read_organisation
from aimsgraph.errors import AimsgraphError, DeadlineExceeded, InputError, NotFound, UsageError
from aimsgraph.exchange.register_write import write_register
from aimsgraph.settings import Settings
from aimsgraph.web.command import run_command
from aimsgraph.web.problems import HttpProblem
from aimsgraph.web.upload import ALL_BYTES, FILE_BYTES, MOST_FILES, unpack_zip, write_files

ACME = Path("data/examples/acme")
ZIP = {"Content-Type": "application/zip"}
XLSX = {"Content-Type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def files(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def zipped(contents: dict[str, str | bytes], top: str = "") -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in contents.items():
            archive.writestr(top + name, text)
    return data.getvalue()


@pytest.fixture(scope="module")
def expected(graph: AimsGraph, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the command line says of the example organisation."""
    file = tmp_path_factory.mktemp("expected") / "report.json"
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ACME.parent)
        patch.setattr("aimsgraph.cli.session.AimsGraph", lambda *_: graph)
        patch.setattr("aimsgraph.cli.session.open_store", lambda *_, **__: None)
        asked = [
            "validate",
            "acme",
            "--profile",
            "soa",
            "--on",
            "2026-11-23",
            "--format",
            "json",
            "--output",
            str(file),
        ]
        assert run(["--quiet", *asked, "--output", str(file)]) == 1
    report: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return report


def comparable(report: dict[str, Any]) -> dict[str, Any]:
    findings = [each | {"file": each["file"].removeprefix("acme/")} for each in report["findings"]]
    return {name: report[name] for name in ("conforms", "focus_counts", "graph_version", "on")} | {"findings": findings}


@pytest.mark.parametrize("form", ["json", "zip", "zip of a folder"])
def test_a_register_is_judged_as_on_the_command_line(
    form: str, http: httpx.Client, expected: dict[str, Any]
) -> None:  # fmt: skip
    register = files(ACME)
    if form == "json":
        body = {"files": register, "profiles": ["soa"], "on": "2026-11-23"}
        answer = http.post("/v1/validate", json=body)
    else:
        data = zipped(dict(register), "acme/" if "folder" in form else "")
        answer = http.post("/v1/validate?profiles=soa&on=2026-11-23", content=data, headers=ZIP)
    assert answer.status_code == 200, answer.text
    assert comparable(answer.json()) == comparable(expected)
    assert "/tmp" not in answer.text


def test_a_workbook_is_judged_as_on_the_command_line(
    http: httpx.Client, cli_json: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    law = load_law()
    workbook, _ = write_register(read_organisation(ACME, law).files, law, "1")
    monkeypatch.chdir(tmp_path)
    Path("register.xlsx").write_bytes(workbook)
    expected = cli_json("validate", "register.xlsx", "--on", "2026-11-23")
    assert expected["findings"]
    answer = http.post("/v1/validate?on=2026-11-23", content=workbook, headers=XLSX)
    assert answer.status_code == 200, answer.text
    assert answer.json() == expected


def test_a_register_with_a_fault_says_where(http: httpx.Client) -> None:
    body = {"files": {"organisation.yaml": "slug: [\n"}}
    answer = http.post("/v1/validate", json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "input-unreadable")
    assert answer.json()["detail"].startswith("organisation.yaml:2")
    assert "/tmp" not in answer.text


def test_a_profile_that_is_not_there_and_a_workbook_that_is_none(http: httpx.Client) -> None:
    answer = http.post("/v1/validate", json={"files": {"organisation.yaml": "slug: x\n"}, "profiles": ["--help"]})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad-parameter")
    assert "soa" in answer.json()["remedy"]
    answer = http.post("/v1/validate", content=b"PK no workbook", headers=XLSX)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")


@pytest.mark.parametrize(
    "name",
    ["/etc/passwd", "../x.yaml", "systems/../../x", "a/b/c/d/e.yaml", ".hidden", "systems/.x", "", "a//b", "x\0y",
     "C:\\x", "a/" * 3, "x" * 201, "con\n", "systems/"],
)  # fmt: skip
def test_names_that_would_leave_the_folder(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "register"
    folder.mkdir()
    with pytest.raises(InputError):
        write_files({name: b"x"}, folder)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    "names", [("a.csv", "A.csv"), ("systems", "systems/a.yaml"), ("x/a", "X/a"), ("systems/a", "SYSTEMS")]
)
def test_names_that_stand_for_two_things(names: tuple[str, str], tmp_path: Path) -> None:
    with pytest.raises(InputError, match="two things"):
        write_files(dict.fromkeys(names, b"x"), tmp_path)


def test_what_is_too_much(tmp_path: Path) -> None:
    for contents in (
        {f"f{i}.csv": b"" for i in range(MOST_FILES + 1)},
        {"one.csv": b"x" * (FILE_BYTES + 1)},
        {f"f{i}.csv": b"x" * FILE_BYTES for i in range(ALL_BYTES // FILE_BYTES + 1)},
    ):
        with pytest.raises(HttpProblem) as found:
            write_files(contents, tmp_path)
        assert found.value.status == 413
        with pytest.raises(HttpProblem):
            unpack_zip(zipped(dict(contents)), tmp_path)
    with pytest.raises(InputError):
        write_files({}, tmp_path)


def test_a_zip_bomb_is_stopped_by_what_comes_out_of_it(tmp_path: Path) -> None:
    bomb = zipped({f"f{i}.csv": b"\0" * (40 * 1024 * 1024) for i in range(3)})
    assert len(bomb) < 200_000
    started = time.monotonic()
    with pytest.raises(HttpProblem):
        unpack_zip(bomb, tmp_path)
    assert time.monotonic() - started < 5
    # A size that an archive claims for itself is not believed.
    at = bomb.rindex(b"PK\x01\x02") + 24
    with pytest.raises((HttpProblem, InputError)):
        unpack_zip(bomb[:at] + (1).to_bytes(4, "little") + bomb[at + 4 :], tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_links_doubles_and_broken_archives(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("organisation.yaml")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    whole = zipped({"organisation.yaml": "slug: x\n" * 100})
    broken = whole.replace(b"PK\x03\x04", b"PK\x03\x05")
    bent = bytearray(whole)
    bent[45] ^= 0xFF
    double = io.BytesIO()
    with zipfile.ZipFile(double, "w") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("a.csv", "1")
        archive.writestr("a.csv", "2")
    for content in (data.getvalue(), b"", b"PK", whole[:-30], broken, bytes(bent), double.getvalue()):
        with pytest.raises(InputError):
            unpack_zip(content, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("kind", "text", "line"),
    [("text/plain", "Article 6(99) of the AI Act", 1), ("text/markdown", "# x\n\nSee Article 6(99) AI Act.", 3),
     ("text/html", "<p>\n<b>Article 6(99)</b> of the AI Act</p>", 2)],
)  # fmt: skip
def test_citations_in_a_text(kind: str, text: str, line: int, http: httpx.Client) -> None:
    answer = http.post("/v1/cite?name=policy.txt" if kind == "text/plain" else "/v1/cite", content=text.encode(),
                       headers={"Content-Type": kind})  # fmt: skip
    assert answer.status_code == 200, answer.text
    (finding,) = answer.json()["findings"]
    assert (finding["rule"], finding["line"]) == ("CITE_UNKNOWN_ID", line)
    assert finding["file"].startswith("policy.txt" if kind == "text/plain" else "text.")


def test_citations_are_those_of_the_command_line_short_or_long(
    http: httpx.Client, cli_json: Callable[..., Any], tmp_path: Path
) -> None:
    line = "Article 6(99) of the AI Act, and Article 9 of it.\n\n"
    for text in (line * 3, line * 900):
        file = tmp_path / "policy.md"
        file.write_text(text, encoding="utf-8")
        expected = cli_json("cite", str(file))
        answer = http.post("/v1/cite", json={"text": text, "name": "policy.md", "framework": "eu-ai-act"}).json()
        findings = [each | {"file": "policy.md"} for each in expected["findings"]]
        assert answer["findings"] == findings
        assert (answer["citations"], answer["files"]) == (expected["citations"], 1)
        assert len(answer["notes"]) == len(expected["notes"])


def run_here(arguments: list[str], folder: Path, seconds: float = 60.0) -> Any:
    return asyncio.run(run_command(Settings(), arguments, folder, seconds))


def test_a_command_that_takes_too_long_is_ended_with_all_it_started(tmp_path: Path) -> None:
    started = time.monotonic()
    with pytest.raises(DeadlineExceeded):
        run_here(["validate", str(ACME.absolute()), "--format=json"], tmp_path, 0.3)
    assert time.monotonic() - started < 5
    alive = [path for path in Path("/proc").glob("[0-9]*/cwd") if _points_to(path, tmp_path)]
    assert alive == []


def _points_to(path: Path, folder: Path) -> bool:
    try:
        return path.resolve() == folder.resolve()
    except OSError:
        return False


def test_a_command_cannot_write_or_be_tricked_by_a_parameter(tmp_path: Path) -> None:
    for arguments, kind in (
        (["frameworks", "--format=json", f"--output={tmp_path / 'out'}"], UsageError),
        (["show", "eu-ai-act:Art.999", "--format=json"], NotFound),
        (["show", "x\0y"], UsageError),
    ):
        with pytest.raises(AimsgraphError) as found:
            run_here(arguments, tmp_path)
        assert type(found.value) is kind
    assert list(tmp_path.iterdir()) == []
