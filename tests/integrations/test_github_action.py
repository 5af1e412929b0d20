"""The GitHub action: its shape is GitHub's, and its steps are run as a runner would run them."""

import json
import os
import re
import shutil
import stat
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from pipeline_parts import ACTION, HOSTILE, PYTHON, ROOT, Run, copy_example, environment, start

STEPS = ACTION["runs"]["steps"]
EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")


def evaluate(text, inputs, steps):
    """Fill in the expressions of a value, of the few kinds that the action uses."""

    def value_of(term):
        if found := re.fullmatch(r"inputs\.([\w-]+)", term):
            return inputs[found[1]]
        if found := re.fullmatch(r"steps\.([\w-]+)\.outputs\.([\w-]+)", term):
            return steps.get(found[1], {}).get(found[2], "")
        assert term == "''", f"no runner would know {term}"
        return ""

    def fill(found):
        if " == " in found[1]:
            left, right = found[1].split(" == ")
            return str(value_of(left) == value_of(right)).lower()
        return next((value for value in map(value_of, found[1].split(" || ")) if value), "")

    return EXPRESSION.sub(fill, text)


@pytest.fixture
def act(tmp_path):
    """Return a function that runs the action's steps in a workspace, as a runner does."""
    workspace = tmp_path / "work space"
    workspace.mkdir()

    def run(**given):
        inputs = {name: str(spec.get("default", "")) for name, spec in ACTION["inputs"].items()}
        inputs |= {"python": PYTHON} | {name.replace("_", "-"): value for name, value in given.items()}
        summary, outputs, log = tmp_path / "summary.md", {}, []
        summary.write_text("## Of an earlier step\n")
        (tmp_path / "temp").mkdir(exist_ok=True)
        code = 0
        for step in STEPS:
            if evaluate(step.get("if", "true"), inputs, outputs) != "true":
                continue
            file = tmp_path / f"output-{step['id']}"
            file.write_text("")
            variables = {
                "GITHUB_ACTION_PATH": str(ROOT), "GITHUB_OUTPUT": str(file), "GITHUB_STEP_SUMMARY": str(summary),
                "GITHUB_WORKSPACE": str(workspace), "GITHUB_RUN_ID": "7", "RUNNER_TEMP": str(tmp_path / "temp"),
            }  # fmt: skip
            variables |= {name: evaluate(value, inputs, outputs) for name, value in step.get("env", {}).items()}
            done = start(step["run"], workspace, variables)
            log.append(done.stdout + done.stderr)
            outputs[step["id"]] = dict(line.split("=", 1) for line in file.read_text().splitlines())
            if code := done.returncode:
                break
        given_out = {name: evaluate(spec["value"], inputs, outputs) for name, spec in ACTION["outputs"].items()}
        return Run(code, "".join(log), given_out, summary.read_text())

    run.workspace = workspace
    run.tmp_path = tmp_path
    return run


def test_it_has_the_shape_github_documents():
    assert set(ACTION) == {"name", "description", "inputs", "outputs", "runs"}
    for spec in ACTION["inputs"].values():
        assert set(spec) == {"description", "required", "default"}
        assert isinstance(spec["default"], str)
        assert isinstance(spec["required"], bool)
    assert all(set(spec) == {"description", "value"} for spec in ACTION["outputs"].values())
    assert set(ACTION["runs"]) == {"using", "steps"}
    assert ACTION["runs"]["using"] == "composite"
    for step in STEPS:
        assert set(step) <= {"name", "id", "if", "shell", "env", "run"}
        assert step["shell"] == "bash"
    assert len({step["id"] for step in STEPS}) == len(STEPS)


def test_expressions_name_inputs_and_outputs_that_exist_and_never_stand_in_a_script():
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    used = [term for expression in EXPRESSION.findall(text) for term in re.split(r" \|\| | == ", expression)]
    inputs = {term.removeprefix("inputs.") for term in used if term.startswith("inputs.")}
    assert inputs == set(ACTION["inputs"])
    scripts = {step["id"]: step["run"] for step in STEPS}
    for term in used:
        if term.startswith("steps."):
            _, step, _, name = term.split(".")
            assert f'echo "{name}=' in scripts[step]
    assert not [name for name, script in scripts.items() if "${{" in script]


def test_a_register_with_faults_fails_and_every_report_is_there(act):
    copy_example("acme", act.workspace / "registers" / "acme")
    run = act(paths="registers/acme", profiles="soa")
    assert run.code == 1
    assert run.outputs["exit-code"] == "1"
    assert re.search(r"^::error file=registers/acme/policies/oversight-procedure.yaml,line=\d+,col=\d+,", run.log, re.M)
    assert run.summary.startswith("## Of an earlier step\n## aimsgraph validate\n")
    assert "| `registers/acme/policies/oversight-procedure.yaml:3:5` | violation |" in run.summary
    (sarif,) = json.loads(Path(run.outputs["sarif"]).read_text(encoding="utf-8"))["runs"]
    uris = {r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for r in sarif["results"]}
    assert "registers/acme/soa.csv" in uris
    assert all(uri.startswith("registers/acme/") for uri in uris)
    report = json.loads(Path(run.outputs["report"]).read_text(encoding="utf-8"))
    assert len(report["findings"]) == len(sarif["results"]) == run.log.count("\n::") + run.log.startswith("::")
    assert int(ET.parse(run.outputs["junit"]).getroot()[0].get("failures")) >= 2


def test_a_sound_register_passes_from_a_path_with_spaces_and_no_module_of_it_is_imported(act):
    copy_example("clean", act.workspace / "my register")
    for module in ("click", "aimsgraph", "yaml"):
        (act.workspace / f"{module}.py").write_text("open('imported', 'w')\nraise SystemExit(66)\n")
    run = act(paths="my register\n\n", profiles="soa, iso-42001", fail_level="info", format="text")
    assert (run.code, run.outputs["exit-code"]) == (0, "0")
    assert "\n0 findings, 5" in f"\n{run.log}"
    assert "**No findings.**" in run.summary
    assert not (act.workspace / "imported").exists()


@pytest.mark.slow
def test_baseline_and_waivers_set_findings_aside_and_the_fail_level_counts(act):
    shutil.copytree(ROOT / "tests/validation/register", act.workspace / "small")
    first = act(paths="small")
    shutil.copy(first.outputs["report"], act.workspace / "base line.json")
    (act.workspace / "waivers.csv").write_text(
        "rule,focus,file,owner,reason,expires\n"
        "EvidenceProvenance,,small/evidence.csv,ada,its origin is asked for,2027-01-31\n"
    )
    waived = act(paths="small", waivers="waivers.csv")
    assert (first.code, waived.code) == (1, 0)
    assert "1 waived" in waived.log
    assert act(paths="small", waivers="waivers.csv", fail_level="warning").code == 1
    known = act(paths="small", baseline="base line.json", fail_level="info")
    assert known.code == 0
    assert "3 in the baseline" in known.log


@pytest.mark.parametrize("name", sorted(ACTION["inputs"].keys() - {"python"}))
def test_what_a_shell_would_run_is_not_run(act, name):
    (act.workspace / "a register").mkdir()
    for value in HOSTILE:
        run = act(**{"paths": "a register", name: value})
        assert run.code in (2, 3), run.log
        assert run.outputs["exit-code"] == str(run.code)
        assert run.outputs["sarif"] == ""
        assert run.summary == "## Of an earlier step\n"
    assert not list(act.tmp_path.rglob("pwned"))


def test_an_input_that_looks_like_an_option_is_none(act):
    run = act(paths="--help")
    assert run.code == 3
    assert "--help" in run.log
    assert act(paths="\n").code == 2


def test_an_older_python_is_told(tmp_path):
    old = tmp_path / "python"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(old.stat().st_mode | stat.S_IXUSR)
    done = start(f'bash "{ROOT}/integrations/install.sh" env', tmp_path, {"PYTHON": str(old)})
    assert (done.returncode, done.stdout) == (2, "")
    assert "3.11 or later" in done.stderr
    assert not (tmp_path / "env").exists()


@pytest.mark.slow
def test_the_action_installs_what_it_needs_and_nothing_unhashed(act):
    copy_example("clean", act.workspace / "clean")
    run = act(paths="clean", python="")
    assert run.code == 0, run.log
    python = act.tmp_path / "temp" / "aimsgraph" / "bin" / "python"
    listed = subprocess.run(
        [python, "-m", "pip", "list", "--format", "json"], capture_output=True, check=True, env=environment()
    )
    locked = (ROOT / "requirements/core.txt").read_text(encoding="utf-8")
    installed = {entry["name"] for entry in json.loads(listed.stdout)} - {"pip", "setuptools"}
    assert "pyshacl" in installed
    for name in installed:
        assert re.search(rf"^{re.escape(name).replace('_', '[-_]')}==", locked, re.M | re.I), name


def test_scripts_are_sound_bash():
    for script in sorted((ROOT / "integrations").glob("*.sh")):
        done = subprocess.run(["bash", "-n", os.fspath(script)], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
