"""A register as a workbook on the command line: there and back, equal in standing, answers for people who file them."""

import csv
import io
import json
import re
import shlex
import shutil
import sys
from pathlib import Path

import openpyxl
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "exchange"))

from workbook_samples import CLEAN, EXAMPLES, changed

from aimsgraph import assets

GUIDE = assets.path("data").parent / "docs" / "how-to" / "workbook.md"


@pytest.fixture
def acme(cli, tmp_path):
    """The example as a workbook, with its evidence beside it."""
    file = tmp_path / "acme.xlsx"
    result = cli("org", "export", EXAMPLES / "acme", file)
    assert (result.code, result.out) == (0, f"{file}\n"), result.err
    assert "dropped comments: a workbook has no place for them" in result.err
    shutil.copytree(EXAMPLES / "acme" / "evidence", tmp_path / "evidence")
    return file


EQUAL = [
    ("coverage", "{}", "--system", "cv-ranker", "--format", "json"),
    ("gaps", "{}", "--system", "cv-ranker", "--format", "csv"),
    ("soa", "{}", "--format", "csv"),
    ("readiness", "{}", "--format", "csv"),
    ("impact", "iso-42001:A.6.2.8", "{}", "--format", "csv"),
    ("duties", "{}", "--system", "cv-ranker", "--format", "csv"),
]


def test_every_command_answers_the_same_from_a_workbook(cli, acme):
    for arguments in EQUAL:
        folder, book = (cli(*(a.format(path) for a in arguments)) for path in (EXAMPLES / "acme", acme))
        assert (folder.code, book.code) == (0, 0), book.err
        told = [placeless(each.out, path) for each, path in ((folder, EXAMPLES / "acme"), (book, acme))]
        assert told[0] == told[1], arguments
        assert len(told[0]) > 200


def placeless(text: str, path: Path) -> str:
    text = re.sub(r'\s*"(file|line|column)": .*', "", text)
    return re.sub(rf"{re.escape(path.name)}[\[/][^ ,;\"]*", "PLACE", text)


def test_org_check_says_the_same_of_both(cli, acme):
    folder, book = (json.loads(cli("org", "check", p, "--format", "json").out) for p in (EXAMPLES / "acme", acme))
    assert book["counts"] == folder["counts"]
    assert book["violations"] == folder["violations"] == 0


def test_validate_finds_the_same_in_both(cli, acme):
    found = []
    for path in (EXAMPLES / "acme", acme):
        result = cli("validate", path, "--format", "json")
        assert result.code == 1
        findings = json.loads(result.out)["findings"]
        assert all(f["line"] for f in findings if f["rule"] != "NOTHING_JUDGED")
        found.append(sorted((f["rule"], f["severity"], f["message"], f["focus"]) for f in findings))
    assert found[0] == found[1]
    assert len(found[0]) > 3


def test_a_finding_names_sheet_row_and_column(cli, tmp_path):
    def change(book):
        book["risks"]["J3"].value = "nobody"
        book["risks"]["F2"].value = "hihg"

    file = tmp_path / "book.xlsx"
    file.write_bytes(changed(change))
    shutil.copytree(EXAMPLES / "clean" / "evidence", tmp_path / "evidence")
    checked = cli("org", "check", file)
    assert checked.code == 1
    assert "book.xlsx[risks]:2:6: violation BAD_VALUE 'inherent': unknown value 'hihg'" in checked.out
    asked = cli("coverage", file)
    assert asked.code == 3
    assert "book.xlsx[risks]:2:6" in asked.err
    refused = cli("org", "import", file, tmp_path / "target")
    assert refused.code == 1
    assert "did you mean 'high'" in refused.err
    assert not (tmp_path / "target").exists()


def test_import_writes_a_register_and_export_nothing_twice(cli, tmp_path):
    file, folder = tmp_path / "book.xlsx", tmp_path / "folder"
    file.write_bytes(CLEAN)
    result = cli("org", "import", file, folder)
    assert result.code == 0, result.err
    assert f"{folder / 'organisation.yaml'}\n" in result.out
    assert cli("org", "import", file, folder).code == 5
    assert cli("org", "export", folder, file).code == 5
    assert file.read_bytes() == CLEAN
    assert cli("org", "export", folder, tmp_path / "book.ods").code == 2
    assert cli("org", "export", folder, tmp_path / "again.xlsx").err == "nothing was lost\n"


def test_what_is_no_register(cli, tmp_path):
    (tmp_path / "text.xlsx").write_text("hello")
    for path in (tmp_path / "text.xlsx", tmp_path / "missing.xlsx"):
        for arguments in (
            ("org", "check", path),
            ("validate", path),
            ("soa", path),
            ("org", "import", path, tmp_path / "t"),
        ):
            result = cli(*arguments)
            assert result.code == 3, arguments
            assert path.name in result.err
    assert not (tmp_path / "t").exists()


def test_init_writes_a_sound_template_with_lists(cli, tmp_path):
    file = tmp_path / "my-firm.xlsx"
    assert cli("org", "init", file, "--name", "My =Firm").code == 0
    assert cli("org", "init", file).code == 5
    checked = cli("org", "check", file, "--format", "json")
    assert checked.code == 0
    assert json.loads(checked.out)["counts"]["decisions"] == 38
    book = openpyxl.load_workbook(file)
    assert book["organisation"]["A2"].value == "my-firm"
    assert book["organisation"]["B2"].value == "My =Firm"
    assert book["evidence"].data_validations.count > 1
    assert book["evidence"]["A1"].comment
    again = tmp_path / "other" / "my-firm.xlsx"
    again.parent.mkdir()
    cli("org", "init", again, "--name", "My =Firm")
    assert again.read_bytes() == file.read_bytes()


COMMANDS = ["coverage", "gaps", "soa", "readiness", "impact"]


@pytest.mark.parametrize("name", COMMANDS)
def test_an_answer_as_a_workbook_holds_what_csv_holds(cli, name, tmp_path):
    thing = ("iso-42001:A.6.2.8",) if name == "impact" else ()
    system = ("--system", "cv-ranker") if name in ("coverage", "gaps") else ()
    arguments = (name, *thing, EXAMPLES / "acme", *system, "--without", "people,evidence")
    rows = list(csv.reader(io.StringIO(cli(*arguments, "--format", "csv").out)))
    file = tmp_path / f"{name}.xlsx"
    result = cli(*arguments, "--format", "xlsx", "--output", file)
    assert result.code == 0, result.err
    book = openpyxl.load_workbook(file)
    sheet = book[name]
    assert book.sheetnames[0] == name
    assert book.sheetnames[-1] == "about"
    told = [["" if c.value is None else text_of(c) for c in row] for row in sheet.iter_rows()]
    assert told == rows
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == sheet.dimensions
    assert not [c for row in sheet for c in row if c.data_type == "f"]
    about = [row[1].value for row in book["about"].iter_rows(min_row=2)]
    assert any("no statement of conformity" in text for text in about)
    assert "names of people are left out: people are numbered in the order of people.csv" in about
    assert "contents of evidence are left out: only ids, types and dates are shown" in about
    assert not [c.value for page in book for row in page for c in row if "Quillfeather" in str(c.value)]
    again = tmp_path / "again.xlsx"
    cli(*arguments, "--format", "xlsx", "--output", again)
    assert again.read_bytes() == file.read_bytes()


def text_of(cell) -> str:
    return cell.value.date().isoformat() if cell.is_date else str(cell.value)


def test_days_and_counts_of_an_answer_are_days_and_numbers(cli, tmp_path):
    for name, column, kind in (("soa", "last_review", "d"), ("gaps", "due", "d"), ("gaps", "closes", "n")):
        file = tmp_path / f"{name}-{column}.xlsx"
        cli(name, EXAMPLES / "acme", "--format", "xlsx", "--output", file)
        sheet = openpyxl.load_workbook(file)[name]
        position = [cell.value for cell in sheet[1]].index(column)
        assert sheet[2][position].data_type == kind


def test_a_workbook_is_not_written_to_a_terminal(cli):
    result = cli("soa", EXAMPLES / "clean", "--format", "xlsx")
    assert result.code == 2
    assert "--output FILE.xlsx" in result.err


def test_the_commands_of_the_guide_do_what_it_says(cli, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    told = 0
    blocks = re.findall(r"^```console\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    for block in blocks:
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            line, _, shown = part.partition("\n")
            name, *arguments = shlex.split(line)
            assert name == "aimsgraph"
            result = cli(*arguments)
            assert result.code == 0, (line, result.err, result.out)
            printed = result.out.splitlines()
            for wanted in shown.splitlines():
                if wanted != "…":
                    assert wanted in printed, f"{line} does not print: {wanted}"
                    told += 1
    assert told > 3
    assert {path.name for path in tmp_path.glob("*.xlsx")} == {"book.xlsx", "again.xlsx", "soa.xlsx", "coverage.xlsx"}
