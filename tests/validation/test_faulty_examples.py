"""Every seeded fault is found by the rules it declares and by no other."""

import re
from contextlib import nullcontext
from pathlib import Path

import pytest
from faulty_corpus import BASES, EXAMPLES, FOLDER, HEADER, README, find_all, kept_pyshacl, read_faults, table_of

import aimsgraph
from aimsgraph.validation.compiled.engine import CompiledEngine
from aimsgraph.validation.report import NOTHING_JUDGED

FAULTS = read_faults()


@pytest.fixture(scope="module")
def shapes(library):
    return set(library.for_organisation(["all"]).by_name)


# One test for all, so that the registers are judged once, whatever number of processes run the tests.
@pytest.mark.parametrize(
    "engine", [lambda: nullcontext(CompiledEngine()), pytest.param(kept_pyshacl, marks=pytest.mark.slow)],
    ids=["compiled", "pyshacl"],
)  # fmt: skip
def test_each_fault_is_found_by_the_rules_it_declares_and_no_other(engine, graph, library, tmp_path):
    found = find_all(FAULTS, graph, library, tmp_path, engine())
    wrong = {
        fault.slug: (sorted(fault.expects), sorted((key[0], key[1], key[-1]) for key in found[fault.slug]))
        for fault in FAULTS
        if {key[0] for key in found[fault.slug]} != fault.expects
    }
    assert wrong == {}


def test_there_are_enough_faults_and_no_two_are_the_same():
    assert len(FAULTS) >= 60
    assert {fault.slug for fault in FAULTS} == {path.name for path in FOLDER.iterdir() if path.is_dir()}
    for name in ("digest", "title", "what"):
        assert len({getattr(fault, name) for fault in FAULTS}) == len(FAULTS), name


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.slug)
def test_the_folder_holds_what_differs_and_nothing_else(fault):
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", fault.slug)
    assert fault.base in BASES
    assert fault.expects
    assert fault.title
    assert fault.what.endswith(".")
    assert fault.files or fault.removes
    for name, path in fault.files.items():
        below = EXAMPLES / fault.base / name
        assert not below.exists() or below.read_bytes() != path.read_bytes(), f"{name} is as in {fault.base}"
        assert name not in fault.removes
    for name in fault.removes:
        assert (EXAMPLES / fault.base / name).is_file()


def test_every_rule_that_is_declared_exists(shapes):
    checks = "".join(
        path.read_text(encoding="utf-8") for path in (Path(aimsgraph.__file__).parent / "content").glob("*.py")
    )
    for fault in FAULTS:
        for rule in fault.expects - shapes - {NOTHING_JUDGED}:
            assert f'"{rule}"' in checks, f"{fault.slug}: there is no rule {rule}"


def test_every_shape_about_organisations_is_expected_or_named_as_out_of_reach(shapes):
    expected = {rule for fault in FAULTS for rule in fault.expects}
    text = README.read_text(encoding="utf-8").partition("## Shapes out of reach")[2]
    out_of_reach = set(re.findall(r"^\| `([A-Za-z]+)` \| .{20,} \|$", text, re.MULTILINE))
    assert shapes - expected == out_of_reach


def test_the_table_of_the_readme_is_that_of_the_folders():
    assert f"\n{table_of(FAULTS)}\n" in README.read_text(encoding="utf-8"), "run tests/validation/write_faulty_table.py"


def test_the_corpus_is_no_register_itself():
    assert not (FOLDER / "organisation.yaml").exists()
    assert not [base for base in BASES if (EXAMPLES / base / HEADER).exists()]
