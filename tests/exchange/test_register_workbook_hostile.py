"""Workbooks that are wrong, by mistake or on purpose: each is refused with sheet, row, column and a remedy."""

import datetime as dt
import io
import resource
import zipfile

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText
from openpyxl.styles import Font
from workbook_samples import (
    CLEAN,
    EXAMPLES,
    LAW,
    changed,
    part_of,
    read,
    repacked,
    rules,
    sheet_xml,
    with_shared_strings,
)

from aimsgraph.content.organisation import check_organisation
from aimsgraph.domain.report import Severity
from aimsgraph.errors import CheckFailed, InputError, Refused, UsageError
from aimsgraph.exchange.register_folder import write_folder

VIOLATION = Severity.VIOLATION


def put(sheet: str, cell: str, value):
    """Return a change that sets one cell, as somebody typing it would."""

    def change(book):
        at = book[sheet][cell]
        at.value = value
        if isinstance(value, str) and not value.startswith("="):
            at.data_type = "s"
        at.number_format = "yyyy-mm-dd" if isinstance(value, dt.date) else "General"

    return change


def refused(data: bytes, folder) -> list:
    """Read a workbook, see that nothing of it is written, and return what is wrong with it."""
    files = read(data, folder)
    target = folder / "target"
    with pytest.raises(CheckFailed):
        write_folder(files, target)
    assert not target.exists()
    assert [path.name for path in folder.iterdir() if path.name != "book.xlsx"] == []
    return [finding for finding in files.findings if finding.severity is VIOLATION]


def column(sheet: str, name: str) -> str:
    """Return the letter of a column of the clean example."""
    header = openpyxl.load_workbook(io.BytesIO(CLEAN), read_only=True)[sheet]
    return next(cell.column_letter for cell in next(header.iter_rows(max_row=1)) if cell.value == name)


CELLS = [
    # sheet, column, value, rule, what the message and remedy say
    ("risks", "inherent", "hight", "BAD_VALUE", "did you mean 'high'"),
    ("impacts", "kind", "fri", "BAD_VALUE", "did you mean 'fria'"),
    ("roles", "system", "shift-plannr", "UNKNOWN_REFERENCE", "did you mean 'shift-planner'"),
    ("risks", "title", "=1+1", "FORMULA", "holds a formula"),
    ("people", "name", '=HYPERLINK("https://evil.example")', "FORMULA", "holds a formula"),
    ("systems", "name", "=[1]Other!$A$1", "FORMULA", "not trusted"),
    ("risks", "id", 7, "CELL_TYPE", "holds a number, 7, where text is meant"),
    ("policies", "version", 1.1, "CELL_TYPE", "holds a number, 1.1, where text is meant"),
    ("organisation", "soa_version", dt.date(2026, 1, 1), "CELL_TYPE", "holds a date, 2026-01-01, where text is meant"),
    ("risks", "id", dt.date(2026, 1, 1), "CELL_TYPE", "holds a date, 2026-01-01, where text is meant"),
    ("people", "name", True, "CELL_TYPE", "holds TRUE or FALSE, yes, where text is meant"),
    ("risks", "assessed_on", "14.9.2026", "BAD_VALUE", "write YYYY-MM-DD"),
    ("roles", "from", "soon", "BAD_VALUE", "write YYYY-MM-DD"),
    ("risks", "assessed_on", 46000, "CELL_TYPE", "holds a number, 46000, where a date is meant"),
    ("evidence", "collected_on", dt.datetime(2026, 1, 1, 12, 30), "CELL_TYPE", "a time of day"),
    ("evidence", "max_age_days", 1.5, "BAD_VALUE", "no whole number"),
    ("evidence", "max_age_days", dt.date(2026, 1, 1), "CELL_TYPE", "where a whole number is meant"),
    ("risks", "owner", "#N/A", "CELL_ERROR", "holds the error #N/A"),
    ("risks", "title", "edge ", "NOT_NORMAL", "delete the spaces around it"),
    ("risks", "title", "a\u200bb", "BAD_CHARACTER", "U+200B"),
    ("systems", "id", "shift planner", "BAD_ID", "is not well-formed"),
    ("systems", "id", "../evil", "BAD_ID", "is not well-formed"),
    ("risks", "id", "", "MISSING_VALUE", "'id' is empty"),
    ("systems", "purpose", "", "MISSING_VALUE", "'purpose' is empty"),
    ("roles", "system", "", "MISSING_VALUE", "'system' is empty"),
    ("exclusions", "answer", "", "MISSING_VALUE", "is empty"),
    ("system_facts", "condition", "", "MISSING_VALUE", "'condition' is empty"),
]


@pytest.mark.parametrize(("sheet", "name", "value", "rule", "words"), CELLS)
def test_a_wrong_cell_is_named_by_its_place(sheet, name, value, rule, words, tmp_path):
    letter = column(sheet, name)
    data = changed(put(sheet, f"{letter}2", None if value == "" else value))
    if value == "#N/A":
        data = changed(lambda book: setattr(book[sheet][f"{letter}2"], "value", "#N/A"))
    found = {(f.rule, str(f.location)): f for f in refused(data, tmp_path)}
    place = f"book.xlsx[{sheet}]:2:{openpyxl.utils.column_index_from_string(letter)}"
    assert (rule, place) in found, found.keys()
    finding = found[rule, place]
    assert words in f"{finding.message} {finding.remedy}"
    assert finding.remedy
    assert len([at for at in found if at[1] == place]) == 1


def test_a_text_longer_than_a_cell_may_be(tmp_path):
    long = sheet_xml(
        '<row r="1"><c r="A1" t="inlineStr"><is><t>issue</t></is></c></row>'
        f'<row r="2"><c r="A2" t="inlineStr"><is><t>{"x" * 32_768}</t></is></c></row>'
    )
    (finding,) = refused(repacked({part_of("issues"): long}), tmp_path)
    assert (finding.rule, str(finding.location)) == ("TOO_LONG", "book.xlsx[issues]:2:1")


def test_a_number_in_a_day_column_of_a_yaml_file(tmp_path):
    found = refused(changed(put("roles", f"{column('roles', 'from')}2", 46000)), tmp_path)
    assert {f.rule for f in found} == {"CELL_TYPE"}


def test_a_stored_result_of_a_formula_is_never_read(tmp_path):
    """A cell says `=A1`, with a stored result that would be a fine id."""
    sheet = sheet_xml(
        '<row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c>'
        '<c r="B1" t="inlineStr"><is><t>name</t></is></c></row>'
        '<row r="2"><c r="A2" t="str"><f>B2</f><v>fine-id</v></c><c r="B2" t="inlineStr"><is><t>N</t></is></c></row>'
    )
    files = read(repacked({part_of("agents"): sheet}), tmp_path)
    assert ("FORMULA", "book.xlsx[agents]:2:1") in rules(files)
    assert "fine-id" not in repr(files.header)


def test_text_that_looks_like_a_formula_is_text(tmp_path):
    def change(book):
        for row, text in enumerate(["=1+1", "+49 30 1", "-x", "@x"], start=2):
            cell = book["issues"][f"A{row}"]
            cell.value, cell.data_type, cell.quotePrefix = text, "s", True

    files = read(changed(change), tmp_path)
    assert files.findings == ()
    assert files.header.model.context.issues[:4] == ("=1+1", "+49 30 1", "-x", "@x")


def test_a_leading_zero_survives_as_text(tmp_path):
    files = read(changed(put("policies", f"{column('policies', 'version')}2", "007")), tmp_path)
    assert files.findings == ()
    assert "007" in {policy.model.version for policy in files.policies}


def test_what_people_do_and_nothing_is_lost_by(tmp_path):
    """Rich text, empty rows, days as text, flags, whole floats, other orders of sheets and columns, own widths."""

    def change(book):
        book["risks"].insert_rows(3, 2)
        book["risks"].column_dimensions["B"].width = 3
        book["people"]["B2"].value = CellRichText("Ann ", "Frost")
        book["people"]["B2"].font = Font(italic=True)
        day = book["people"][f"{column('people', 'since')}2"]
        day.value, day.number_format = "2026-01-05", "@"
        book["evidence"][f"{column('evidence', 'refutes')}2"].value = False
        book["evidence"][f"{column('evidence', 'max_age_days')}2"].value = 365.0
        book.move_sheet("risks", -5)
        book["risks"].move_range("Q1:Q9", cols=1)
        book["risks"].insert_cols(1)
        book.create_sheet("Sheet1")

    before, after = read(CLEAN, tmp_path), read(changed(change), tmp_path)
    assert after.findings == ()
    assert [row.cells["id"] for row in after.rows("risks.csv")] == [row["id"] for row in before.rows("risks.csv")]
    assert str(after.rows("risks.csv")[1].where("id")) == "book.xlsx[risks]:5:2"
    person = after.rows("people.csv")[0]
    assert (person["name"], person["since"]) == ("Ann Frost", "2026-01-05")
    assert (after.rows("evidence.csv")[0]["refutes"], after.rows("evidence.csv")[0]["max_age_days"]) == ("no", "365")


SHEETS = [
    (lambda book: book["risks"].merge_cells("B2:B3"), "MERGED_CELLS", "[risks]:2:2", "B2:B3 are merged"),
    (lambda book: book["people"].merge_cells("A9:C12"), "MERGED_CELLS", "[people]:9:1", "fill in each"),
    (lambda book: setattr(book["risks"], "title", "Risk"), "UNKNOWN_SHEET", "[Risk]", "did you mean 'risks'"),
    (
        lambda book: setattr(book["risks"]["B1"], "value", "titel"),
        "UNKNOWN_COLUMN",
        "[risks]:1:2",
        "did you mean 'title'",
    ),
    (lambda book: setattr(book["roles"]["C1"], "value", "rol"), "UNKNOWN_COLUMN", "[roles]:1:3", "did you mean 'role'"),
    (lambda book: setattr(book["risks"]["B1"], "value", "id"), "DOUBLE_COLUMN", "[risks]:1:2", "keep one"),
    (lambda book: book["risks"].delete_cols(1), "MISSING_COLUMN", "[risks]:1", "'id' is missing"),
    (put("risks", "Z3", "x"), "NO_COLUMN", "[risks]:3:26", "a column without a name"),
    (put("systems", "A3", "shift-planner"), "DUPLICATE_ID", "[systems]:3:1", "the first one is at"),
    (put("organisation", "A3", "other"), "SECOND_ORGANISATION", "[organisation]:3", "one organisation"),
    (lambda book: book["organisation"].delete_rows(2), "MISSING_VALUE", "[organisation]:2", "fill in one row"),
    (put("exclusions", "B3", "military"), "DUPLICATE_ROW", "[exclusions]:3:2", "keep one"),
    (put("classification", "A3", "shift-planner"), "DUPLICATE_ROW", "[classification]:3", "keep one"),
]


@pytest.mark.parametrize(("change", "rule", "place", "words"), SHEETS, ids=[str(i) for i in range(len(SHEETS))])
def test_a_wrong_sheet_is_named_by_its_place(change, rule, place, words, tmp_path):
    found = {(f.rule, str(f.location)): f for f in refused(changed(change), tmp_path)}
    assert (rule, f"book.xlsx{place}") in found, found.keys()
    finding = found[rule, f"book.xlsx{place}"]
    assert words in f"{finding.message} {finding.remedy}"


def test_a_hidden_sheet_counts_and_is_said(tmp_path):
    files = read(changed(lambda book: setattr(book["risks"], "sheet_state", "veryHidden")), tmp_path)
    assert [(f.rule, str(f.location), f.severity) for f in files.findings] == [
        ("HIDDEN_SHEET", "book.xlsx[risks]", Severity.WARNING)
    ]
    assert len(files.rows("risks.csv")) == len(read(CLEAN, tmp_path).rows("risks.csv"))


def test_a_workbook_without_its_main_sheet_is_no_register(tmp_path):
    with pytest.raises(InputError, match="no sheet 'organisation'"):
        read(changed(lambda book: book.remove(book["organisation"])), tmp_path)


class TestArchives:
    """Files that are refused before anything in them is looked at."""

    @pytest.mark.parametrize("data", [b"", b"PK", b"hello", b"id,title\n1,2\n", CLEAN[:-40], CLEAN[: len(CLEAN) // 2]])
    def test_not_a_workbook(self, data, tmp_path):
        with pytest.raises(InputError, match="not an xlsx workbook"):
            read(data, tmp_path)

    def test_encrypted(self, tmp_path):
        with pytest.raises(InputError, match="it is encrypted") as caught:
            read(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000, tmp_path)
        assert "password" in caught.value.remedy

    def test_encrypted_members(self, tmp_path):
        data = bytearray(CLEAN)
        for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            start = -1
            while (start := data.find(mark, start + 1)) >= 0:
                data[start + at] |= 1
        with pytest.raises(InputError, match="not an xlsx workbook"):
            read(bytes(data), tmp_path)

    def test_macros(self, tmp_path):
        types = zipfile.ZipFile(io.BytesIO(CLEAN)).read("[Content_Types].xml")
        macro = types.replace(b"spreadsheetml.sheet.main+xml", b"ms-excel.sheet.macroEnabled.main+xml")
        assert macro != types
        for changes in ({"xl/vbaProject.bin": b"x"}, {"[Content_Types].xml": macro + b"<!-- macroEnabled -->"}):
            with pytest.raises(InputError, match="holds macros"):
                read(repacked(changes), tmp_path)

    def test_zip_bomb(self, tmp_path):
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        bomb = repacked({part_of("risks"): b"\0" * (130 * 1024 * 1024)})
        made = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        assert len(bomb) < 1_000_000
        with pytest.raises(InputError, match="unpacks to"):
            read(bomb, tmp_path)
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - made < 32 * 1024, "it was unpacked"
        assert made >= before

    def test_a_zip_that_lies_about_its_size(self, tmp_path):
        data = repacked({"xl/media/x.bin": b"\0" * (200 * 1024 * 1024)})
        lie = data.replace((200 * 1024 * 1024).to_bytes(4, "little"), (10).to_bytes(4, "little"))
        assert lie != data
        with pytest.raises(InputError, match="not an xlsx workbook"):
            read(lie, tmp_path)

    @pytest.mark.parametrize("code", ["utf-8", "utf-16"])
    def test_entity_bomb(self, code, tmp_path):
        evil = (
            f'<?xml version="1.0" encoding="{code}"?><!DOCTYPE l [<!ENTITY a "{"x" * 10}">'
            '<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><sst>&b;</sst>'
        ).encode(code)
        with pytest.raises(InputError, match="document type"):
            read(repacked({part_of("risks"): evil}), tmp_path)

    def test_entities_in_a_code_that_hides_them(self, tmp_path):
        evil = b'<?xml version="1.0" encoding="cp037"?>' + "<!DOCTYPE l>".encode("cp037")
        with pytest.raises(InputError, match="written in 'cp037'"):
            read(repacked({part_of("risks"): evil}), tmp_path)

    def test_external_links_are_not_followed(self, tmp_path):
        link = f'<externalLink xmlns="{"http://schemas.openxmlformats.org/spreadsheetml/2006/main"}"/>'.encode()
        files = read(repacked({"xl/externalLinks/externalLink1.xml": link}), tmp_path)
        assert files.findings == ()
        assert len(files.systems) == 2

    def test_broken_parts(self, tmp_path):
        data = with_shared_strings(CLEAN)
        assert read(data, tmp_path).findings == ()
        for part in ("xl/workbook.xml", "[Content_Types].xml", part_of("risks"), "xl/sharedStrings.xml"):
            for content in (b"", b"<a>", b"\xff"):
                with pytest.raises(InputError, match="not readable"):
                    read(repacked({part: content}, data), tmp_path)


class TestSize:
    @pytest.mark.slow
    def test_a_hundred_thousand_rows_are_read(self, tmp_path):
        cell = '<c r="A{0}" t="inlineStr"><is><t>{1}</t></is></c>'
        rows = "".join(f'<row r="{i}">{cell.format(i, f"issue {i}")}</row>' for i in range(2, 100_002))
        head = f'<row r="1">{cell.format(1, "issue")}</row>'
        files = read(repacked({part_of("issues"): sheet_xml(head + rows)}), tmp_path)
        assert files.findings == ()
        issues = files.header.model.context.issues
        assert (len(issues), issues[-1]) == (100_000, "issue 100001")

    @pytest.mark.parametrize(
        ("row", "cell", "words"),
        [
            (200_001, "A", "more than 200000 rows"),
            (99_999_999_999, "A", "more than 1048576 rows"),
            (3, "XFD", "more than 200 columns"),
        ],
    )
    def test_far_away_cells_are_refused_at_once(self, row, cell, words, tmp_path):
        sheet = sheet_xml(
            '<row r="1"><c r="A1" t="inlineStr"><is><t>issue</t></is></c></row>'
            f'<row r="{row}"><c r="{cell}{row}" t="inlineStr"><is><t>x</t></is></c></row>'
        )
        with pytest.raises(InputError, match=words):
            read(repacked({part_of("issues"): sheet}), tmp_path)

    def test_styled_emptiness_below_does_not_count(self, tmp_path):
        sheet = sheet_xml(
            '<row r="1"><c r="A1" t="inlineStr"><is><t>issue</t></is></c></row><row r="900000"><c r="A900000"/></row>'
        )
        assert read(repacked({part_of("issues"): sheet}), tmp_path).findings == ()


class TestTargets:
    def test_what_stands_there_is_left_alone(self, tmp_path):
        files = read(CLEAN, tmp_path)
        (tmp_path / "full").mkdir()
        (tmp_path / "full" / "mine.txt").write_text("mine")
        (tmp_path / "file").write_text("mine")
        for name in ("full", "file"):
            with pytest.raises(Refused):
                write_folder(files, tmp_path / name)
        assert (tmp_path / "file").read_text() == (tmp_path / "full" / "mine.txt").read_text() == "mine"
        assert sorted(path.name for path in tmp_path.iterdir()) == ["book.xlsx", "file", "full"]

    def test_hidden_files_do_not_count(self, tmp_path):
        files = read(CLEAN, tmp_path)
        (tmp_path / "repository" / ".git").mkdir(parents=True)
        written = write_folder(files, tmp_path / "repository")
        assert all(path.is_file() for path in written)
        assert {path.name for path in (tmp_path / "repository").iterdir()} >= {".git", "organisation.yaml", "systems"}
        assert sorted(path.name for path in tmp_path.iterdir()) == ["book.xlsx", "repository"]

    def test_an_empty_folder_is_filled(self, tmp_path):
        (tmp_path / "empty").mkdir()
        write_folder(read(CLEAN, tmp_path), tmp_path / "empty")
        assert (tmp_path / "empty" / "organisation.yaml").is_file()
        assert (tmp_path / "empty").stat().st_mode & 0o777 == 0o755


def test_findings_across_sheets_are_placed_too(tmp_path):
    """What only the whole register shows wrong: names of people, of law, order of days, files of evidence."""

    def change(book):
        for sheet, name, value in (
            ("risks", "owner", "nobody"),
            ("roles", "role", "provder"),
            ("policies", "documents", "iso-42001:99"),
            ("findings", "audit", "none"),
            ("evidence", "location", "evidence/none.txt"),
            ("evidence", "sha256", ""),
        ):
            letter = column(sheet, name)
            if sheet == "findings":
                book[sheet]["A2"].value, book[sheet]["C2"].value = "nc-1", "iso-42001:7.5.3"
                book[sheet]["D2"].value, book[sheet]["E2"].value = "minor", "text"
            put(sheet, f"{letter}2", value or None)(book)

    source = check_organisation(read(changed(change), tmp_path), LAW)
    found = {(f.rule, str(f.location)) for f in source.findings}
    for sheet, name, rule in (
        ("risks", "owner", "UNKNOWN_REFERENCE"),
        ("roles", "role", "UNKNOWN_REFERENCE"),
        ("policies", "documents", "UNKNOWN_REFERENCE"),
        ("findings", "audit", "UNKNOWN_REFERENCE"),
        ("evidence", "location", "FILE_MISSING"),
    ):
        place = openpyxl.utils.column_index_from_string(column(sheet, name))
        assert (rule, f"book.xlsx[{sheet}]:2:{place}") in found
    assert source.register is None
    assert source.systems == ()


def test_a_file_of_evidence_is_judged_beside_the_workbook(tmp_path):
    import shutil

    shutil.copytree(EXAMPLES / "clean" / "evidence", tmp_path / "evidence")
    assert check_organisation(read(CLEAN, tmp_path), LAW).findings == ()
    for path in (tmp_path / "evidence").iterdir():
        path.write_text("changed")
    found = check_organisation(read(CLEAN, tmp_path), LAW).findings
    assert {f.rule for f in found} == {"FILE_CHANGED"}


def test_without_openpyxl_it_says_what_to_install(tmp_path, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(UsageError, match=r"aimsgraph\[xlsx\]"):
        read(CLEAN, tmp_path)
