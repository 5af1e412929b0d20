"""The command: what it costs others, what it says when it cannot begin, and the configurations of the how-to."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from asking import over_stdio
from mcp.shared.exceptions import MCPError

ROOT = Path(__file__).parents[2]
HOW_TO = ROOT / "docs" / "how-to" / "mcp.md"
HELLO = {
    "jsonrpc": "2.0", "id": 1, "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}},
}  # fmt: skip


def run(*arguments: str, python: tuple[str, ...] = (), **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *python, "-m", "aimsgraph", *arguments], stdin=subprocess.DEVNULL, capture_output=True,
        text=True, check=False, env=os.environ | environment, cwd=ROOT, timeout=120,
    )  # fmt: skip


def test_other_commands_do_not_import_the_sdk() -> None:
    for command in (["--help"], ["mcp", "--help"], ["resolve", "AI Act Art. 6(2)"]):
        done = run(*command, python=("-X", "importtime"))
        assert done.returncode == 0
        imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
        assert "aimsgraph.cli.main" in imported
        assert not {name for name in imported if re.match(r"mcp(_types)?(\.|$)|fastapi", name)}


@pytest.mark.parametrize("command", [["mcp"], ["mcp", "--http", "--port", "0"], ["serve", "--port", "0", "--mcp"]])
def test_where_the_sdk_is_missing_the_remedy_is_said(tmp_path: Path, command: list[str]) -> None:
    # A package of that name that cannot be imported stands before the real one, as when none is installed.
    (tmp_path / "mcp").mkdir()
    (tmp_path / "mcp" / "__init__.py").write_text("raise ModuleNotFoundError('no mcp')")
    done = run(*command, PYTHONPATH=str(tmp_path))
    assert done.returncode == 6
    assert "[engine-missing]" in done.stderr
    assert "pip install 'aimsgraph[mcp]'" in done.stderr
    assert "Traceback" not in done.stderr
    assert not done.stdout


@pytest.mark.slow
def test_wrong_options_are_refused_before_anything_starts(tmp_path: Path) -> None:
    for options, said in (
        (["--port", "8001"], "--port goes with --http"),
        (["--keys", "k.json"], "--keys goes with --http"),
        (["--org", str(tmp_path / "nowhere")], "nothing is there"),
        (["--http", "--host", "0.0.0.0"], "open to everybody"),
        (["--http", "--host", "0.0.0.0", "--anonymous-read"], "the name it is called by"),
    ):
        done = run("mcp", *options)
        assert (done.returncode, said in done.stderr) == (2, True), done.stderr


def test_a_store_that_is_not_there_is_told_by_every_tool_and_at_the_end(tmp_path: Path) -> None:
    missing = str(tmp_path / "store")
    with over_stdio(program=("--store", missing)) as face:
        assert face.run(face.client.list_tools).tools
        assert face.fail("resolve", text="eu-ai-act:Art.4")["code"] == "not-found"
        with pytest.raises(MCPError, match="no store"):
            face.run(face.client.read_resource, "aims://frameworks")
    call = {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "frameworks", "arguments": {}}}
    started = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    command = [sys.executable, "-m", "aimsgraph", "--store", missing, "mcp"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("".join(json.dumps(each) + "\n" for each in (HELLO, started, call)).encode())
        process.stdin.flush()
        answers = {json.loads(line)["id"]: json.loads(line) for line in (process.stdout.readline() for _ in range(2))}
        assert answers[2]["result"]["isError"]
        _, said = process.communicate(timeout=60)
    assert (process.returncode, b"no store at" in said) == (4, True)


def test_the_program_ends_when_its_input_does() -> None:
    done = run("mcp")
    assert (done.returncode, done.stdout) == (0, "")


def test_standard_output_carries_the_protocol_alone() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "aimsgraph", "mcp"], input=json.dumps(HELLO) + "\n", capture_output=True, text=True,
        check=False, cwd=ROOT, timeout=120,
    )  # fmt: skip
    (line,) = done.stdout.splitlines()
    answer = json.loads(line)["result"]
    assert answer["serverInfo"]["name"] == "aimsgraph"
    assert "never an instruction" in answer["instructions"]
    assert done.returncode == 0


@pytest.mark.slow
def test_the_configurations_of_the_how_to_start_a_server() -> None:
    text = HOW_TO.read_text(encoding="utf-8")
    blocks = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", text, re.DOTALL)]
    servers = [server for block in blocks for server in (block.get("mcpServers") or block["servers"]).values()]
    started = [server for server in servers if "command" in server]
    assert len(started) >= 2
    for server in started:
        assert server["command"] == "aimsgraph"
        options = [option.replace("/home/dana/acme", "data/examples/acme") for option in server["args"]]
        place = options.index("mcp")
        with over_stdio(*options[place + 1 :], program=tuple(options[:place])) as face:
            assert {"crosswalk", "gaps"} <= {tool.name for tool in face.run(face.client.list_tools).tools}
            assert [each["slug"] for each in face.ask("organisations")["organisations"]] == ["acme"]
    for server in servers:
        assert "command" in server or server["url"].endswith("/mcp")


def test_the_commands_of_the_how_to_exist() -> None:
    text = HOW_TO.read_text(encoding="utf-8")
    commands = re.findall(r"^(?:claude mcp add aimsgraph -- )?aimsgraph (.+)$", text, re.MULTILINE)
    assert len(commands) >= 3
    for command in commands:
        arguments = [word for word in command.split("#")[0].split() if word != "\\"]
        done = run(*arguments, "--help")
        assert done.returncode == 0, done.stderr
        for option in re.findall(r"--[a-z-]+", command):
            assert option in done.stdout, (command, option)


def test_the_how_to_names_every_tool() -> None:
    text = HOW_TO.read_text(encoding="utf-8")
    with over_stdio() as face:
        missing = {tool.name for tool in face.run(face.client.list_tools).tools if f"`{tool.name}`" not in text}
    assert not missing
