"""The GitLab component: its inputs fit, and its job's scripts are run as a runner would run them."""

import json
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET

import pytest
import yaml
from pipeline_parts import HOSTILE, PYTHON, ROOT, TEMPLATE, Run, copy_example, environment, snippets, start

SPEC, _ = yaml.safe_load_all(TEMPLATE)
INPUTS = SPEC["spec"]["inputs"]
BODY = TEMPLATE.split("\n---\n", 1)[1]
BLOCK = re.compile(r"\$\[\[ inputs\.([\w-]+) \]\]")


def job_for(given):
    """Return the one job that the component makes of these inputs."""
    values = {name: spec.get("default") for name, spec in INPUTS.items()} | given
    assert set(values) == set(INPUTS)
    filled = BLOCK.sub(lambda found: str(values[found[1]]), BODY)
    ((name, job),) = yaml.safe_load(filled).items()
    assert name == values["job"]
    return job


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """A repository with the pipeline's scripts under a tag."""
    folder = tmp_path_factory.mktemp("fetched from")
    shutil.copytree(ROOT / "integrations", folder / "integrations")
    who = ["-c", "user.name=Test", "-c", "user.email=test@example.org"]
    for arguments in (["init", "-q"], ["add", "."], [*who, "commit", "-q", "-m", "scripts"], ["tag", "v0"]):
        subprocess.run(["git", *arguments], cwd=folder, check=True, env=environment(), capture_output=True)
    return folder


@pytest.fixture
def run_job(tmp_path, repository):
    """Return a function that runs the job in a project's folder."""
    project = tmp_path / "project"
    project.mkdir()

    def run(**given):
        inputs = {"repository": f"file://{repository}", "version": "v0", "python": PYTHON}
        job = job_for(inputs | {name.replace("_", "-"): value for name, value in given.items()})
        variables = {n: v["value"] if isinstance(v, dict) else v for n, v in job["variables"].items()}
        (tmp_path / "temp").mkdir(exist_ok=True)
        variables |= {"CI_PROJECT_DIR": str(project), "TMPDIR": str(tmp_path / "temp")}
        done = start("\n".join((*job["before_script"], *job["script"])), project, variables)
        return Run(done.returncode, done.stdout + done.stderr, {"junit": job["artifacts"]["reports"]["junit"]})

    run.project = project
    return run


def test_inputs_are_described_used_and_named_right():
    assert set(BLOCK.findall(BODY)) == set(INPUTS)
    assert {name for name, spec in INPUTS.items() if "default" not in spec} == {"repository", "version"}
    for spec in INPUTS.values():
        assert set(spec) <= {"description", "default", "options"}
        assert spec["description"].endswith(".")
        assert spec.get("default", "") in spec.get("options", [spec.get("default", "")])


def test_inputs_reach_the_scripts_as_variables_only():
    job = yaml.safe_load(BODY)["$[[ inputs.job ]]"]
    assert set(job) == {"stage", "image", "variables", "before_script", "script", "artifacts"}
    assert "$[[" not in "".join((*job["before_script"], *job["script"]))
    for name, value in job["variables"].items():
        assert not name.startswith("AIMSGRAPH_"), "the program would take it for a setting"
        assert isinstance(value, str) or (set(value) == {"value", "expand"} and value["expand"] is False)


def test_a_register_with_faults_fails_and_its_reports_are_kept(run_job):
    copy_example("acme", run_job.project / "acme")
    run = run_job(path="acme")
    assert run.code == 1, run.log
    assert "acme/policies/oversight-procedure.yaml:3:5: violation ApproverNotAuthor" in run.log
    suite = ET.parse(run_job.project / run.outputs["junit"]).getroot()[0]
    assert int(suite.get("failures")) == len(suite.findall("testcase/failure")) == 1
    (kept,) = job_for({"repository": "r", "version": "v"})["artifacts"]["paths"]
    names = {path.name for path in (run_job.project / kept).iterdir()}
    assert names == {"report.json", "findings.sarif", "junit.xml", "summary.md"}
    assert json.loads((run_job.project / kept / "report.json").read_text())["conforms"] is False


def test_a_sound_register_in_the_projects_root_passes_beside_the_reports_of_an_earlier_run(run_job):
    run_job.project.rmdir()
    copy_example("clean", run_job.project)
    (kept,) = job_for({"repository": "r", "version": "v"})["artifacts"]["paths"]
    (run_job.project / kept).mkdir()
    (run_job.project / kept / "junit.xml").write_text("<testsuites>")
    run = run_job(profiles="soa iso-42001", fail_level="info")
    assert run.code == 0, run.log
    assert ET.parse(run_job.project / run.outputs["junit"]).getroot()[0].get("failures") == "0"


@pytest.mark.parametrize("name", ["path", "profiles", "baseline", "waivers", "version", "repository"])
def test_what_a_shell_would_run_is_not_run(run_job, name):
    for value in HOSTILE:
        run = run_job(**{name: value})
        assert run.code != 0
    assert not list(run_job.project.parent.rglob("pwned"))


def test_the_page_gives_every_input_that_is_needed_and_none_that_is_not_there():
    components = [include for page in snippets("gitlab.md") for include in page["include"]]
    assert components
    for include in components:
        address, _, version = include["component"].rpartition("@")
        assert address.endswith("/validate")
        assert include["inputs"].keys() <= INPUTS.keys()
        assert include["inputs"].keys() >= {"repository", "version"}
        assert include["inputs"]["version"] == version
        job_for(include["inputs"])
