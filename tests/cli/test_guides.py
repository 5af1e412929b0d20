"""Every command that a page of the documentation shows is run here, or by the test that is named beside the page.

A command runs in this process, in a folder that has what its page speaks of; what a page shows below a command is held
against what is printed. What cannot be run is named with the reason, and must still be somewhere in the pages.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import click
import pytest

from aimsgraph.cli.main import cli as program
from reading_guides import blocks, commands, differs
from running import running

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "data/README.md", *ROOT.glob("docs/**/*.md"))
)
RUN_ELSEWHERE = {
    "docs/tutorials/first-statement-of-applicability.md": "tests/cli/test_tutorial.py",
    "docs/operate.md": "tests/web/test_operate_guide.py",
    "docs/reference/http-api.md": "tests/web/test_http_reference.py",
    "data/README.md": "tests/data/test_readme.py",
}
NOT_HERE = {
    "git clone <this repository> aimsgraph && cd aimsgraph": "the gate clones",
    "make demo": "`make` sets up another environment; its command is run by tests/cli",
    "make test": "this is it",
    "make check": "the gate runs it",
    "make pages": "`make test` does first",
    "make docs": "tests/packaging/test_documentation_site.py builds it",
    "make test-all": "this is it, with the slow suites",
    "make bench": "it measures for minutes",
    "make lock": "it asks the package index",
    "pip install '.[serve]'": "tests/packaging installs",
    "pip install 'aimsgraph[mcp]'": "tests/packaging installs",
    "claude mcp add aimsgraph -- aimsgraph mcp --org /home/dana/acme": "the program of somebody else",
    "pandoc policy.odt -t plain | aimsgraph cite -": "the program of somebody else",
    "oxigraph serve --location graph.oxi --bind 127.0.0.1:7878 &": "tests/contracts starts it, on a free port",
    "aimsgraph --store http://127.0.0.1:7878 build": "tests/contracts does",
    "aimsgraph --store http://127.0.0.1:7878 import register.ttl": "tests/contracts does",
    "aimsgraph --store http://127.0.0.1:7878 duties --role deployer --route annex-iii": "tests/contracts does",
    "AIMSGRAPH_STORE=https://graphs.example.org/ds aimsgraph crosswalk iso-42001:A.6.2.8 --to eu-ai-act": "nobody's",
    "aimsgraph mcp --http --host 0.0.0.0 --keys keys.json --org /home/dana/acme --public-url https://aims.example.org":
        "it opens the machine to others; tests/mcp start it for this machine alone",
    "aimsgraph map import others.xlsx --ours \"ISO 42001=iso-42001\" --into my-data": "tests/exchange does",
    "aimsgraph --store graph.d map import library.yaml --ours iso42001-2023=iso-42001": "tests/exchange does",
    "aimsgraph validate my-register --changed-since origin/main": "tests/validation makes a history",
}  # fmt: skip
STAYS = ("serve", "watch", "mcp --http")
"""Commands that run until they are stopped."""
FINDS = {
    "aimsgraph cite README.md docs": "the reference shows what a wrong citation is answered with",
    "aimsgraph cite README.md docs policies": "the same",
    "aimsgraph validate data/examples/acme --profile soa": "the example is there to have findings",
}
"""Commands that leave with 1, and what they find."""


@dataclass(frozen=True)
class Step:
    page: str
    command: str
    output: str = ""


def steps_of(page):
    """Return the commands of a page: lines of `sh`, without their comment, and prompts of `console`."""
    text = (ROOT / page).read_text(encoding="utf-8")
    lines = "".join(blocks(text, "sh")).replace("\\\n", " ").splitlines()
    plain = [Step(page, re.sub(r"\s+#\s.*$", "", line).strip()) for line in lines]
    return [step for step in plain if step.command] + [Step(page, each.command, each.output) for each in commands(text)]


HERE = [page for page in PAGES if page not in RUN_ELSEWHERE and steps_of(page)]


@pytest.fixture
def stage(tmp_path, monkeypatch, request):
    """A folder with what the pages speak of."""
    for name in ("README.md", "docs", "data"):
        (tmp_path / name).symlink_to(ROOT / name)
    if "register" not in request.node.name and "README" not in request.node.name:
        shutil.copytree(ROOT / "data/examples/clean", tmp_path / "my-register")
    shutil.copytree(ROOT / "data/examples/acme", tmp_path / "another")
    for name in ("../earlier",):
        shutil.copytree(ROOT / "data/examples/clean", tmp_path / name, dirs_exist_ok=True)
    earlier = tmp_path / "../earlier/organisation.yaml"
    earlier.write_text(earlier.read_text("utf-8").replace('version: "1.0"', 'version: "0.9"'), "utf-8")
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies/logging.md").write_text("We keep logs: ISO/IEC 42001, A.6.2.8.\n")
    (tmp_path / "soa.csv").write_text("control,why\nA.6.2.8,logs\n")
    (tmp_path / "waivers.yaml").write_text("waivers: []\n")
    house_rules = (ROOT / "docs/how-to/own-shapes.md").read_text("utf-8").split("```turtle\n")[1].split("```")[0]
    (tmp_path / "house-rules.ttl").write_text(house_rules)
    (tmp_path / "my.rq").write_text("SELECT ?s { ?s a aims:AISystem }\n")
    (tmp_path / "others.sssom.tsv").write_bytes((ROOT / "tests/exchange/golden/foreign.sssom.tsv").read_bytes())
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_page_with_commands_is_run():
    for page, test in RUN_ELSEWHERE.items():
        assert steps_of(page), page
        assert Path(page).name in (ROOT / test).read_text(encoding="utf-8")
    assert len(HERE) >= 8


def test_what_is_not_run_is_still_shown():
    shown = {step.command for page in HERE for step in steps_of(page)}
    assert set(NOT_HERE) - shown == set()


@pytest.mark.slow
@pytest.mark.parametrize("page", HERE)
def test_the_commands_of_a_page_work(page, stage, cli):
    done = 0
    for step in steps_of(page):
        if step.command in NOT_HERE:
            continue
        words = shlex.split(step.command)
        if words[0] == "curl":
            printed, code = _fetched(words)
        elif "|" in words:
            printed, code = _piped(step.command)
        elif any(f"aimsgraph {each}" in step.command for each in STAYS):
            _is_understood(words[1:])
            printed, code = "", 0
        else:
            assert words[0] == "aimsgraph", step.command
            result = cli(*_fitted(words[1:]))
            printed, code = result.out + result.err, result.code
            _fill_in(stage, words)
        assert code == (1 if step.command in FINDS else 0), f"{page}: {step.command}\n{printed[-2000:]}"
        said = differs(step.output, printed) if step.output else ""
        assert not said, f"{page}: {step.command}\n{said}"
        done += 1
    assert done or all(step.command in NOT_HERE for step in steps_of(page))


def _fitted(words):
    """Put a system of the register in place of `ID`."""
    return [word.replace("ID", "shift-planner") if word in ("ID", "system=ID") else word for word in words]


def _fill_in(stage, words):
    """After templates were written, put a register that is filled in in their place."""
    if words[1:3] == ["org", "init"] and words[3] == "my-register":
        shutil.rmtree(stage / "my-register")
        shutil.copytree(ROOT / "data/examples/clean", stage / "my-register")


def _is_understood(words):
    """Fail unless a command that would stay has only options that it knows; tests of its own start it for real."""
    words = [str(ROOT / "data/examples/acme") if word.startswith(("/home/", "my-register")) else word for word in words]
    command, context = program, click.Context(program, info_name="aimsgraph")
    while isinstance(command, click.Group):
        name, *words = words
        command = command.get_command(context, name)
        assert command is not None, name
    command.make_context(command.name, words, parent=context)


def _fetched(words):
    with running("--org", "data/examples/acme") as server:
        address = words[-1].replace("http://127.0.0.1:8000", server.url)
        done = subprocess.run(["curl", "-sf", address], capture_output=True, text=True, timeout=60, check=False)
    return done.stdout, done.returncode


def _piped(command):
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    kept = {key: value for key, value in os.environ.items() if not key.startswith("AIMSGRAPH_")} | {"PATH": path}
    done = subprocess.run(["bash", "-c", command], env=kept, capture_output=True, text=True, timeout=120, check=False)
    return done.stdout + done.stderr, done.returncode
