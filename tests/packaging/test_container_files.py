"""The container, its compose file and the service unit: what they name exists, and they give away nothing."""

import json
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import click
import pytest
import yaml

from aimsgraph.cli.main import cli
from aimsgraph.cli.serve import serve

ROOT = Path(__file__).parents[2]
UNIT = ROOT / "integrations/systemd/aimsgraph.service"
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
SERVICE = COMPOSE["services"]["aimsgraph"]
SECRET = re.compile(r"agk_[0-9a-f]{12}_|BEGIN [A-Z ]*PRIVATE KEY|(?i:password|token)\s*[=:]\s*\S")


def instructions(text: str) -> list[tuple[str, str]]:
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n", " ", "\n".join(lines))
    return [
        (word.upper(), rest.strip()) for word, _, rest in (line.partition(" ") for line in joined.splitlines() if line)
    ]


CONTAINER = instructions((ROOT / "Containerfile").read_text(encoding="utf-8"))
FINAL = CONTAINER[max(i for i, (word, _) in enumerate(CONTAINER) if word == "FROM") :]


def values(word: str, stage: list[tuple[str, str]] = CONTAINER) -> list[str]:
    return [rest for name, rest in stage if name == word]


def parses(arguments: list[str]) -> str:
    """Check that the program has these options and values, running nothing; return the command's name."""
    with cli.make_context("aimsgraph", list(arguments), resilient_parsing=False) as context:
        name, command, rest = cli.resolve_command(context, [*context._protected_args, *context.args])
        assert isinstance(command, click.Command)
        with command.make_context(name, list(rest), parent=context):
            return str(name)


# ----- The container -----


def test_every_source_exists_and_reaches_the_build() -> None:
    rules = [
        line for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line[:1] not in ("#", "")
    ]
    assert rules[0] == "*"
    let_in = {rule.removeprefix("!") for rule in rules if rule.startswith("!")}
    sources = {each for rest in values("COPY") if "--from" not in rest for each in rest.split()[:-1]}
    assert sources == let_in
    assert {source for source in sources if not (ROOT / source).exists()} == set()


def test_the_build_has_what_the_wheel_is_made_of() -> None:
    sources = {each for rest in values("COPY") if "--from" not in rest for each in rest.split()[:-1]}
    hook = (ROOT / "hatch_build.py").read_text(encoding="utf-8")
    assets = re.search(r"ASSET_FOLDERS = \((.*)\)", hook)
    assert assets
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    needed = {*re.findall(r'"([^"]+)"', assets[1]), *project["project"]["license-files"], project["project"]["readme"]}
    assert needed <= sources


def test_every_package_is_taken_by_its_digest() -> None:
    for run in values("RUN"):
        for command in run.split("&&"):
            if " install " in command and "pip" in command:
                assert "--require-hashes" in command or "--no-index" in command, command


def test_it_does_not_run_as_root_and_keeps_its_tools_at_the_build() -> None:
    assert values("USER", FINAL) == ["10001:10001"]
    after = [word for word, _ in FINAL[[word for word, _ in FINAL].index("USER") :]]
    assert not {"RUN", "COPY", "ADD"} & set(after)
    assert values("COPY", FINAL) == ["--from=build /opt/aimsgraph /opt/aimsgraph"]
    assert "pip" not in " ".join(values("RUN", FINAL))
    assert "ADD" not in dict(CONTAINER)
    for base in values("FROM"):
        assert base.split()[0] == "${BASE}"
    assert re.search(r":\d+\.\d+-slim-\w+$", values("ARG")[0])


def test_what_it_starts_has_these_options_and_is_closed() -> None:
    assert json.loads(values("ENTRYPOINT")[0]) == ["aimsgraph"]
    command = json.loads(values("CMD", FINAL)[-1])
    assert parses(command) == "serve"
    assert "--keys" in command
    assert "--anonymous-read" not in command
    shown = re.findall(r"aimsgraph (serve .+)$", (ROOT / "Containerfile").read_text(encoding="utf-8"), re.MULTILINE)
    assert [parses(shlex.split(each)) for each in shown] == ["serve"]


def test_its_health_check_is_a_program_that_can_fail() -> None:
    (check,) = values("HEALTHCHECK")
    program, flag, code = json.loads(check[check.index("[") :])
    assert (program, flag) == ("python", "-c")
    assert values("EXPOSE") == ["8000"]
    assert ":8000/readyz" in code
    nothing_there = code.replace(":8000/", ":9/")
    assert subprocess.run([sys.executable, flag, nothing_there], capture_output=True, check=False).returncode == 1


# ----- Compose -----


def test_compose_names_files_that_exist_and_takes_everything_away() -> None:
    build = SERVICE["build"]
    assert (ROOT / build["context"] / build["dockerfile"]).is_file()
    assert SERVICE["read_only"] is True
    assert SERVICE["cap_drop"] == ["ALL"]
    assert SERVICE["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in SERVICE
    assert all(port.startswith("127.0.0.1:") for port in SERVICE["ports"])
    assert {each.partition(":")[0] for each in SERVICE["volumes"]} <= set(COMPOSE["volumes"])
    assert set(SERVICE["secrets"]) == set(COMPOSE["secrets"])


def test_compose_starts_a_server_with_options_that_exist() -> None:
    command = SERVICE["command"]
    assert parses(command) == "serve"
    assert f"--keys=/run/secrets/{SERVICE['secrets'][0]}" in command
    (store,) = [each.partition("=")[2] for each in command if each.startswith("--store=")]
    assert store.startswith(SERVICE["volumes"][0].partition(":")[2] + "/")
    for shown in re.findall(
        r"^#   (?:docker compose run --rm )?aimsgraph (.+?)(?:  +\(.*)?$", (ROOT / "compose.yaml").read_text(), re.M
    ):
        assert parses(shlex.split(shown)) in ("keys", "build")


# ----- The service -----


def lines_of(text: str) -> list[str]:
    return re.sub(r"\\\n[# ]*", " ", text).splitlines()


def commands(text: str) -> list[list[str]]:
    found = [re.sub(r"^#?\s*", "", line) for line in lines_of(text) if re.search(r"ExecStart(Pre)?=/", line)]
    return [shlex.split(line.partition("=")[2])[1:] for line in found]


def test_the_unit_starts_a_server_with_options_that_exist_and_keys() -> None:
    text = UNIT.read_text(encoding="utf-8")
    found = commands(text)
    assert sorted(parses(each) for each in found) == ["build", "serve", "serve"]
    assert all("${CREDENTIALS_DIRECTORY}/keys.json" in each for each in found if "serve" in each)
    assert "LoadCredential=keys.json:" in text


def settings() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in lines_of(UNIT.read_text(encoding="utf-8")):
        name, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found.setdefault(name, []).append(value)
    return found


def test_the_unit_is_hardened() -> None:
    said = settings()
    for name, value in (
        ("DynamicUser", "yes"), ("ProtectSystem", "strict"), ("ProtectHome", "yes"), ("NoNewPrivileges", "yes"),
        ("CapabilityBoundingSet", ""), ("MemoryDenyWriteExecute", "yes"), ("PrivateDevices", "yes"),
    ):  # fmt: skip
        assert said[name] == [value]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_the_unit_leaves_what_confining_a_worker_needs() -> None:
    allowed: set[str] = set()
    for value in settings()["SystemCallFilter"]:
        group = members(value.removeprefix("~"))
        allowed = allowed - group if value.startswith("~") else allowed | group
    allowed |= members("@default")
    needed = {
        "prctl", "setrlimit", "prlimit64", "fork", "clone", "execve", "pidfd_open", "pidfd_send_signal", "kill",
        "socketpair", "sendmsg", "recvmsg", "setsid", "flock",
        "fsync", "fdatasync", "link", "rename", "ftruncate", "mmap",
    }  # fmt: skip
    assert needed <= allowed
    assert not {"ptrace", "bpf", "mount", "init_module", "setuid"} & allowed
    assert "AF_UNIX" in settings()["RestrictAddressFamilies"][0].split()


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path: Path) -> None:
    copy = tmp_path / UNIT.name
    text = UNIT.read_text(encoding="utf-8")
    copy.write_text(text.replace("=/opt/aimsgraph/bin/aimsgraph", f"={sys.executable}"), encoding="utf-8")
    done = subprocess.run(["systemd-analyze", "verify", str(copy)], capture_output=True, text=True, check=False)
    assert (done.returncode, UNIT.name in done.stderr) == (0, False), done.stderr
    copy.write_text(text.replace("ProtectSystem=strict", "ProtectSystem=wrong"), encoding="utf-8")
    done = subprocess.run(["systemd-analyze", "verify", str(copy)], capture_output=True, text=True, check=False)
    assert "Failed to parse protect system" in done.stderr
    command = ["systemd-analyze", "security", "--offline=true", "--threshold=20", str(UNIT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-200:]


def members(name: str) -> set[str]:
    """Return the system calls of a group."""
    if not name.startswith("@"):
        return {name}
    command = ["systemd-analyze", "syscall-filter", name]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[1:]
    words = [line.strip() for line in said if line.strip() and not line.strip().startswith("#")]
    return {call for word in words for call in (members(word) if word.startswith("@") else {word})}


# ----- All of them -----


@pytest.mark.parametrize(
    "name", ["Containerfile", "compose.yaml", ".dockerignore", "integrations/systemd/aimsgraph.service"]
)
def test_no_secret_stands_in_it(name: str) -> None:
    assert not SECRET.search((ROOT / name).read_text(encoding="utf-8"))
    assert SECRET.search("STORE_TOKEN=abc")


def test_an_option_that_does_not_exist_is_found() -> None:
    with pytest.raises(click.UsageError):
        parses(["serve", "--no-such-option"])
    assert parses(["serve"]) == serve.name
