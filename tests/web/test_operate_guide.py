"""The operator's guide: its commands run in order, its tables are those of the program, its links lead somewhere."""

import json
import os
import re
import socket
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import click
import pytest

from aimsgraph.cli.serve import serve
from aimsgraph.execution.room import DEFAULT_BYTES
from aimsgraph.web import api_crosswalk, api_documents, upload
from aimsgraph.web.settings import ServeSettings
from reading_guides import commands, differs
from running import running

PAGE = Path(__file__).parents[2] / "docs/operate.md"
TEXT = PAGE.read_text(encoding="utf-8")
SHOWN = commands(TEXT)
NO_OPTION = {"program", "write_seconds", "answer_bytes", "body_bytes", "worker_bytes"}
"""Settings that `serve` has no option for; `program` is what stands before it."""


def section(heading: str) -> str:
    return TEXT.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.slow
def test_the_commands_do_as_shown(tmp_path: Path) -> None:
    port = str(free_port())
    script = "".join(f"{each.command}\nprintf '\\n=== {i} ===\\n'\n" for i, each in enumerate(SHOWN))
    script = "set -e\ntrap 'kill ${server:-} 2>/dev/null || true' EXIT\n" + script.replace(":8000", f":{port}").replace(
        "--port 8000", f"--port {port}"
    )
    kept = {key: value for key, value in os.environ.items() if not key.startswith("AIMSGRAPH_")}
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, env=kept | {"PATH": path, "PYTHONUNBUFFERED": "1"},
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    outputs = re.split(r"\n=== \d+ ===\n", done.stdout)
    assert (done.returncode, len(outputs)) == (0, len(SHOWN) + 1), done.stdout[-500:] + done.stderr[-1500:]
    wrong = [
        f"{shown.command}\n  {said}"
        for shown, printed in zip(SHOWN, outputs, strict=False)
        if (said := differs(shown.output, printed))
    ]
    assert not wrong, "\n".join(wrong)
    assert sum(bool(each.output) for each in SHOWN) >= 10


def test_the_table_of_settings_is_that_of_the_command() -> None:
    rows = re.findall(r"^\| (`--.*?) \| (.*?) ?\| (.*?) \|", section("Settings"), re.MULTILINE)
    told = {tuple(re.findall(r"`(--[\w-]+)`", options)): default for options, _, default in rows}
    real = {(*each.opts, *each.secondary_opts): each for each in serve.params if isinstance(each, click.Option)}
    assert set(told) == set(real)
    with serve.make_context("serve", []) as context:
        defaults = dict(context.params)
    for options, option in real.items():
        default = defaults[str(option.name)]
        if options[0] == "--anonymous-read":
            assert (default, told[options]) == (None, "depends")
        elif isinstance(default, (int, float)) and not option.is_flag:
            assert float(told[options]) == default, options
        else:
            assert told[options] == (default or ("no" if option.is_flag else "none")), options
    settings = {name for _, named, _ in rows for name in re.findall(r"`(\w+)`", named)}
    assert settings == {each.name for each in fields(ServeSettings)} - NO_OPTION


def test_the_bounds_are_those_of_the_program() -> None:
    text, mega = section("Limits"), 1024 * 1024
    told = ServeSettings()
    assert f"| bytes of an answer | {told.answer_bytes // mega} MiB |" in text
    assert told.answer_bytes == DEFAULT_BYTES
    assert f"| time of a change | {told.write_seconds:g} s |" in text
    assert f"| memory a query adds | {told.worker_bytes // mega // 1024} GiB" in text
    cite, batch = api_documents.TEXT_BYTES // mega, api_crosswalk.BODY_BYTES // mega
    assert f"| a body | {told.body_bytes // mega} MiB; JSON at `/v1` {batch} MiB, a text to cite {cite} MiB |" in text
    assert (
        f"{upload.MOST_FILES} files, {upload.FILE_BYTES // mega} MiB each, {upload.ALL_BYTES // mega} MiB together"
        in text
    )
    assert f"| {api_documents.QUEUE}; each judged within {api_documents.SECONDS:g} s and" in text


def test_the_figures_and_the_log_are_those_of_a_server() -> None:
    with running("--request-log") as server, server.client() as client:
        client.get("/version")
        figures = set(
            re.findall(r"^# TYPE (\w+) (?:counter|gauge|histogram)$", client.get("/metrics").text, re.MULTILINE)
        )
        line = json.loads(next(each for each in server.said().splitlines() if each.startswith("{")))
    text = section("Health, figures, logs")
    named = set(re.findall(r"^\| (`aimsgraph_.*?) \|", text, re.MULTILINE))
    told = {name for each in named for name in re.findall(r"`(\w+)`", each)}
    assert told == {name for name in figures if not name.endswith("_created")}
    assert set(re.findall(r"(aimsgraph_\w+)[{\[]", text)) <= told
    assert {name for name in line if f"`{name}`" not in text} == set()


@pytest.mark.parametrize("page", ["docs/operate.md", "docs/problems/README.md", *sorted(
    f"docs/problems/{each.name}" for each in (PAGE.parent / "problems").glob("*-*.md"))])  # fmt: skip
def test_links_lead_somewhere(page: str) -> None:
    file = PAGE.parents[1] / page
    for target in re.findall(r"\]\(([^)]+)\)", file.read_text(encoding="utf-8")):
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        other = file.parent / path if path else file
        assert other.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.+)$", other.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in headings}, target
