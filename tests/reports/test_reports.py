"""Reports say what the answers say, the same way every time, and whatever a register holds stays text."""

import dataclasses
import hashlib
import io
import re
import shutil
import zipfile
from html.parser import HTMLParser

import openpyxl
import pytest

from aimsgraph import answers
from aimsgraph.errors import Location
from aimsgraph.reports.case import Case
from aimsgraph.reports.evidence import file_digest
from aimsgraph.reports.pack import SUMS, auditor_pack
from aimsgraph.reports.render import FORMATS, REPORTS, render

HOSTILE = "</style><script>alert(1)</script> [a](javascript:alert(2)) =1+1 `x` |\x1b[31m\u202e"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("registers") / "acme"
    shutil.copytree("data/examples/acme", made)
    return made


def case_of(graph, folder, **asked):
    return Case(graph, graph.posture(folder, **asked), folder)


@pytest.fixture(scope="module")
def case(graph, folder):
    return case_of(graph, folder)


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.addresses, self.words = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.addresses += [v for name, v in attrs if name in ("src", "href", "action", "style") or name[:2] == "on"]

    def handle_data(self, data):
        self.words.append(data)


@pytest.mark.parametrize(
    "name", ["soa", *(pytest.param(name, marks=pytest.mark.slow) for name in ("gaps", "readiness"))]
)
@pytest.mark.parametrize("format_", FORMATS)
def test_the_same_input_gives_the_same_bytes_and_another_register_others(graph, folder, case, tmp_path, name, format_):
    first = render(REPORTS[name](case), format_)
    assert render(REPORTS[name](Case(graph, case.posture, folder)), format_) == first
    other = tmp_path / "acme"
    shutil.copytree(folder, other)
    with (other / "people.csv").open("a") as file:
        file.write("\n")
    assert render(REPORTS[name](Case(graph, case.posture, other)), format_) != first


def test_totals_are_those_of_the_answers(graph, case):
    summary = answers.coverage(graph, case.posture)["summary"]
    found = case.posture.gaps()
    report = REPORTS["gaps"](case)
    assert dict(report.sections[0].counts) == summary
    by_system = report.sections[1].table.rows
    assert [sum(row[i] for row in by_system) for i in range(1, 6)] == list(summary.values())
    assert [row[0] for row in by_system] == [system.id for system in case.posture.systems]
    listed = [section for section in report.sections if section.title.startswith("Gaps ")]
    assert sum(len(section.table.rows) for section in listed) == len(found.gaps)
    book = openpyxl.load_workbook(io.BytesIO(render(report, "xlsx")), read_only=True)
    rows = {sheet.title: sum(1 for _ in sheet.iter_rows()) - 1 for sheet in book}
    assert rows["gaps"] == len(found.gaps)
    assert rows["actions"] == len(found.actions)
    assert rows["coverage"] == sum(summary.values())
    steps = answers.readiness(case.posture)
    assert dict(REPORTS["readiness"](case).sections[0].counts) == steps["summary"]
    text = render(report, "html").decode()
    for word in ("unknown", "no day is known", case.posture.moment.on.isoformat(), graph.version, answers.NO_CLAIM):
        assert word in text, word


def hostile(case):
    register = case.posture.register
    organisation = dataclasses.replace(register.organisation, label=HOSTILE)
    decisions = tuple(dataclasses.replace(each, reason=HOSTILE) for each in register.soa.decisions)
    soa = dataclasses.replace(register.soa, version=HOSTILE, decisions=decisions)
    changed = dataclasses.replace(register, organisation=organisation, soa=soa)
    return dataclasses.replace(case, posture=case.graph.posture(changed))


def test_what_a_register_holds_is_text_in_every_format(case):
    report = REPORTS["soa"](hostile(case))
    text = render(report, "html").decode()
    page = Page(text)
    assert "script" not in page.tags
    assert page.tags.count("style") == 1
    assert page.addresses == []
    assert "<script>alert(1)</script>" in "".join(page.words)
    assert not set(text) & set("\x1b\u202e")
    assert re.search(r"default-src 'none'; style-src 'sha256-[^']+'", text)
    written = render(report, "md").decode()
    assert "<script" not in written
    assert not re.search(r"(?<!\\)\]\(", written)
    for sheet in openpyxl.load_workbook(io.BytesIO(render(report, "xlsx"))):
        assert all(cell.data_type != "f" and cell.hyperlink is None for row in sheet.iter_rows() for cell in row)


def test_a_file_outside_the_register_is_no_file(case, folder):
    record = case.posture.register.evidence[0]
    assert file_digest(folder, record) == record.sha256
    outside = folder.parent / "outside.txt"
    outside.write_text("x")
    (folder / "evidence/link.txt").symlink_to(outside)
    try:
        for locator in ("../outside.txt", str(outside), "evidence/link.txt", "https://acme.example/x", "none.txt", ""):
            assert file_digest(folder, dataclasses.replace(record, locator=locator, location=Location("x", 1))) == ""
    finally:
        (folder / "evidence/link.txt").unlink()


@pytest.mark.slow
def test_the_pack_verifies_and_is_the_same_every_time(graph, folder, case):
    data = auditor_pack(case)
    assert auditor_pack(case_of(graph, folder)) == data
    with zipfile.ZipFile(io.BytesIO(data)) as pack:
        names = pack.namelist()
        assert names == sorted(names)
        assert {entry.date_time for entry in pack.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        sums = dict(line.split("  ")[::-1] for line in pack.read(SUMS).decode().splitlines())
        assert set(sums) == set(names) - {SUMS}
        assert all(hashlib.sha256(pack.read(name)).hexdigest() == digest for name, digest in sums.items())
        for name in names:
            if name.endswith((".html", ".md", ".json")):
                assert str(folder.parent) not in pack.read(name).decode(), name
            if name.endswith(".html"):
                page = Page(pack.read(name).decode())
                assert "script" not in page.tags
                assert all(address in names for address in page.addresses), name
    names_of_people = [person.name for person in case.posture.register.people]
    left_out = dataclasses.replace(case, posture=graph.posture(folder, without=("people",)), without=("people",))
    with zipfile.ZipFile(io.BytesIO(auditor_pack(left_out))) as pack:
        told = "".join(pack.read(name).decode() for name in pack.namelist() if not name.endswith(".xlsx"))
        assert not [name for name in names_of_people if name in told]
