"""Every wrong file ends in an error that says where and what to do; hostile ones are bounded."""

import io
import json
import re
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mapping_samples import HEADER, NAMES, TINY

from aimsgraph.errors import AimsgraphError, InputError, UsageError
from aimsgraph.exchange import bounded
from aimsgraph.exchange.ciso_assistant import parse_ciso_assistant
from aimsgraph.exchange.mapping_files import ReadOptions, read_mapping, write_mapping
from aimsgraph.exchange.oscal_read import parse_oscal
from aimsgraph.exchange.sssom_read import parse_sssom
from aimsgraph.exchange.strm import StrmDocuments, parse_strm
from aimsgraph.exchange.tables import parse_csv, parse_xlsx

FILES = Path(__file__).parent / "files"
CSV = write_mapping(TINY, NAMES, "csv")[0].decode()
SSSOM = write_mapping(TINY, NAMES, "sssom")[0].decode()
OSCAL = write_mapping(TINY, NAMES, "oscal")[0].decode()
XLSX = write_mapping(TINY, NAMES, "xlsx")[0]
CISO = (FILES / "ciso-library.yaml").read_text()
OLIR = (FILES / "olir.csv").read_text()
OTHER = (FILES / "other.sssom.tsv").read_text()
OTHER_OSCAL = (FILES / "other.oscal.json").read_text()


def olir(text: str) -> object:
    return parse_strm(text.encode(), "f", StrmDocuments("a", "b"), NAMES)


READ = {
    "csv": lambda text: parse_csv(text.encode(), "f", NAMES),
    "sssom": lambda text: parse_sssom(text.encode(), "f", NAMES),
    "oscal": lambda text: parse_oscal(text.encode(), "f", NAMES),
    "ciso": lambda text: parse_ciso_assistant(text.encode(), "f", NAMES, {"iso42001-2023": "iso-42001"}),
    "olir": olir,
}


@pytest.mark.parametrize(
    ("format_", "text", "old", "new", "place", "message"),
    [
        ("csv", CSV, "intersects-with,some", "intersect-with,some", "f:17:5", "did you mean 'intersects-with'"),
        ("csv", CSV, "iso-42001:A.6.2.8", "iso-42001:A.6.2.9", "f:17:3", "did you mean 'iso-42001:A.6.2.8'"),
        ("csv", CSV, ",0.8,", ",1.8,", "f:17:11", "between 0 and 1"),
        ("csv", CSV, "joint-1,iso", "A.6.2.8--art12-1,iso", "f:18:2", "stands twice"),
        ("csv", CSV, "joint-1,iso", "jo int,iso", "f:18:2", "no row id"),
        ("csv", CSV, "2026-04-02", "2026-4-2", "f:18", "YYYY-MM-DD"),
        ("csv", CSV, "review,,", "revue,,", "f:23:1", "unknown record"),
        ("csv", CSV, "record,", "id,", "f:1:2", "stands twice"),
        ("csv", CSV, ",2023,", ",2023;2024,", "f:17:16", "2 versions for 1 items"),
        ("csv", CSV, "set,,", "set,,,", "f:2", "cells where the header has"),
        ("csv", CSV, "iso-42001@2023", "", "f", "'subject' is missing"),
        ("csv", CSV, "law_version", "law_versoin", "f:14", "did you mean 'law_version'"),
        ("csv", CSV, "tiny--set", "Tiny Set", "f", "no id of a set"),
        ("csv", CSV, '"\'=Logs', '"x"\'=Logs', "f:17", "not readable as a table"),
        ("sssom", SSSOM, "\tiso-42001:A.6.2.8\t", "\tiso-42001:Z.6\t", "f:", "no item of ours has the IRI"),
        ("sssom", SSSOM, "\tiso-42001:A.6.2.8\t", "\tiso42001:A.6.2.8\t", "f:", "no declared prefix"),
        ("sssom", SSSOM, "\t0.8\t", "\tmuch\t", "f:", "is no number"),
        ("sssom", SSSOM, "subject_id", "subject", "f:", "the column 'subject_id' is missing"),
        ("sssom", SSSOM, "#curie_map:", "#curie_map: &x", "f:2", "anchors"),
        ("sssom", SSSOM, '""number"": 1', '""number"": ""a""', "f:", "number"),
        ("sssom", OTHER, "\tNot\t", "\tNo\t", "f:22:4", "unknown modifier 'No'"),
        ("sssom", OTHER, "\t0.9\t", "\t9\t", "f:17:7", "between 0 and 1"),
        ("sssom", OTHER, "PETS:1", "PATS:1", "f:17:1", "no declared prefix"),
        ("sssom", OTHER, "2025-12-24", "Christmas", "f:5", "YYYY-MM-DD"),
        ("oscal", OSCAL, '"relationship": "intersects-with"', '"relationship": "intersect"', "f:", "did you mean"),
        ("oscal", OSCAL, '"id-ref": "A.6.2.8"', '"id-ref": "A.6"', "f:", "no item 'iso-42001:A.6'"),
        ("oscal", OSCAL, '"maps": [', '"maps": {', "f:", "not JSON"),
        ("oscal", OTHER_OSCAL, '"sources": [', '"source": [', "f:23", "names no item"),
        ("oscal", OTHER_OSCAL, '"title": "Garden rules to ours",', "", "f:4", "'title' is missing"),
        ("oscal", OTHER_OSCAL, '"percentage": 0.75', '"percentage": 75', "f:43", "between 0 and 1"),
        ("oscal", OTHER_OSCAL, '"relationship": "inter', '"uuid": "b", "relationship": "inter', "f:25", "twice"),
        ("oscal", OTHER_OSCAL, '"mapping-collection"', '"catalog"', "f:1:1", "'mapping-collection' is missing"),
        ("ciso", CISO, "relationship: superset", "relationship: supersede", "f:31:25", "did you mean 'superset'"),
        ("ciso", CISO, "source_requirement_urn: urn:", "source_requirement_urn: ", "f:29:35", "names no"),
        ("ciso", CISO, "requirement_mapping_sets", "reference_controls", "f:", "no requirement mapping set"),
        ("ciso", CISO, "rationale: semantic", "rationale: magic", "f:32:22", "unknown rationale"),
        ("ciso", CISO, "locale: en", "locale: &a en", "f:2", "anchors"),
        ("ciso", CISO, "locale: en", "urn: en", "f:2", "stands twice"),
        ("ciso", CISO, "locale: en", "locale: !!python/object:os.system x", "f:2", "tags"),
        ("ciso", CISO, "locale: en", "locale: [", "f:", "not YAML"),
        ("olir", OLIR, "subset of", "sub of", "f:2:5", "unknown relationship"),
        ("olir", OLIR, "Reference Document Element,", "Other,", "f:1", "no sheet has the columns"),
    ],
)  # fmt: skip
def test_an_error_says_where_and_what_to_do(
    format_: str, text: str, old: str, new: str, place: str, message: str
) -> None:
    assert old in text
    with pytest.raises(InputError, match=re.escape(message)) as caught:
        READ[format_](text.replace(old, new, 1))
    assert str(caught.value.location).startswith(place)
    assert caught.value.remedy


class TestHostileText:
    def test_yaml_bomb(self) -> None:
        lines = ["a: &a [x,x]"] + [f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)},*{chr(97 + n)}]" for n in range(20)]
        with pytest.raises(InputError, match="anchors"):
            READ["ciso"]("\n".join(lines))

    @pytest.mark.parametrize("format_", ["oscal", "ciso"])
    def test_deep_nesting(self, format_: str) -> None:
        with pytest.raises(InputError, match=r"levels|nesting depth"):
            READ[format_]('{"a":' + "[" * 10_000 + "]" * 10_000 + "}")

    @pytest.mark.parametrize(
        ("format_", "text"),
        [
            ("csv", CSV.replace("Both ask for logs", "x" * 1_000_000)),
            ("sssom", SSSOM.replace("Both ask for logs", "x" * 1_000_000)),
            ("oscal", OSCAL.replace("Both ask for logs", "x" * 1_000_000)),
            ("ciso", CISO.replace("Water flows", "x" * 1_000_000)),
            ("olir", OLIR.replace("Because it burns", "x" * 1_000_000)),
            ("olir", OLIR.replace("Because it burns", "x" * 40_000)),
        ],
    )
    def test_a_cell_of_a_megabyte(self, format_: str, text: str) -> None:
        with pytest.raises(InputError, match=r"characters|field larger") as caught:
            READ[format_](text)
        assert caught.value.location
        assert len(str(caught.value)) < 1000

    def test_huge_numbers_are_not_computed(self) -> None:
        with pytest.raises(InputError):
            READ["oscal"](OTHER_OSCAL.replace("0.75", "1e-999"))
        with pytest.raises(InputError):
            READ["csv"](CSV.replace(",0.8,", ",1e-999999999,"))

    def test_a_json_number_that_is_none(self) -> None:
        with pytest.raises(InputError, match="no JSON"):
            READ["oscal"](OTHER_OSCAL.replace("0.75", "NaN"))

    def test_a_file_that_is_too_large(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(bounded, "MAX_BYTES", 10)
        path = tmp_path / "a.csv"
        path.write_text("x" * 11)
        with pytest.raises(InputError, match="more than 10 bytes"):
            read_mapping(path, NAMES)

    @pytest.mark.parametrize("name", ["missing.csv", "."])
    def test_a_file_that_cannot_be_read(self, tmp_path: Path, name: str) -> None:
        with pytest.raises(InputError, match="cannot read"):
            read_mapping(tmp_path / name, NAMES)

    @pytest.mark.parametrize("format_", ["csv", "sssom", "oscal", "ciso-assistant", "strm"])
    def test_bytes_that_are_no_utf8(self, tmp_path: Path, format_: str) -> None:
        path = tmp_path / "file"
        path.write_bytes(b"a\nb\xff")
        with pytest.raises(InputError, match="not UTF-8") as caught:
            read_mapping(path, NAMES, ReadOptions(format=format_))
        assert str(caught.value.location) == f"{path}:2"

    def test_unknown_formats(self, tmp_path: Path) -> None:
        path = tmp_path / "a.bin"
        path.write_bytes(b"?")
        with pytest.raises(InputError, match="cannot be told"):
            read_mapping(path, NAMES)
        with pytest.raises(UsageError, match="no format"):
            read_mapping(path, NAMES, ReadOptions(format="docx"))
        with pytest.raises(UsageError, match="no format"):
            write_mapping(TINY, NAMES, "docx")

    @settings(max_examples=80)
    @given(st.sampled_from(sorted(READ)), st.data())
    def test_any_damage_ends_in_an_error_of_ours_or_in_a_table(self, format_: str, data: st.DataObject) -> None:
        text = {"csv": CSV, "sssom": SSSOM, "oscal": OSCAL, "ciso": CISO, "olir": OLIR}[format_]
        at = data.draw(st.integers(0, len(text)))
        cut = data.draw(st.integers(0, 30))
        put = data.draw(st.text(max_size=5))
        damaged = (text[:at] + put + text[at + cut :]).encode("utf-8", "replace").decode()
        try:
            assert READ[format_](damaged)
        except AimsgraphError as error:
            assert isinstance(error, InputError)


def repacked(changes: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(XLSX)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in {*old.namelist(), *changes}:
            new.writestr(name, changes[name] if name in changes else old.read(name))
    return out.getvalue()


class TestHostileWorkbooks:
    def test_zip_bomb(self) -> None:
        bomb = repacked({"xl/media/bomb.bin": b"\0" * (130 * 1024 * 1024)})
        assert len(bomb) < 1_000_000
        with pytest.raises(InputError, match="unpacks to"):
            parse_xlsx(bomb, "f", NAMES)

    def test_many_parts(self) -> None:
        with pytest.raises(InputError, match="parts"):
            parse_xlsx(repacked({f"x/{n}": b"" for n in range(2_001)}), "f", NAMES)

    def test_entities(self) -> None:
        evil = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "x">]><sst>&a;</sst>'
        with pytest.raises(InputError, match="document type"):
            parse_xlsx(repacked({"xl/sharedStrings.xml": evil}), "f", NAMES)

    @pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet3.xml", "[Content_Types].xml"])
    def test_broken_parts(self, part: str) -> None:
        for content in (b"", b"<a>", b"<a/>", b"\xff"):
            with pytest.raises(InputError):
                parse_xlsx(repacked({part: content}), "f", NAMES)

    @pytest.mark.parametrize("data", [b"", b"PK", b"PK\x03\x04" + b"x" * 50, XLSX[:-40], XLSX[: len(XLSX) // 2]])
    def test_no_workbook(self, data: bytes) -> None:
        with pytest.raises(InputError, match="not an xlsx workbook"):
            parse_xlsx(data, "f", NAMES)

    @pytest.mark.parametrize(
        ("value", "place", "message"),
        [
            ("=1+1", "f[rows]:2:5", "holds a formula"),
            ("#N/A", "f[rows]:2:5", "holds the error"),
            ("x" * 32_001, "f[rows]:2:5", "characters"),
            ("nonsense", "f[rows]:2:5", "unknown value"),
        ],
    )
    def test_cells(self, value: str, place: str, message: str) -> None:
        import openpyxl

        book = openpyxl.load_workbook(io.BytesIO(XLSX))
        book["rows"]["E2"] = value
        out = io.BytesIO()
        book.save(out)
        with pytest.raises(InputError, match=message) as caught:
            parse_xlsx(out.getvalue(), "f", NAMES)
        assert str(caught.value.location) == place

    def test_a_workbook_of_something_else(self) -> None:
        import openpyxl

        out = io.BytesIO()
        openpyxl.Workbook().save(out)
        with pytest.raises(InputError, match="no sheet 'rows'"):
            parse_xlsx(out.getvalue(), "f", NAMES)


def test_rows_alone_need_to_be_told_their_set() -> None:
    text = "id,subject,object,relation,status,colour\nr1,iso-42001:9.1,eu-ai-act:art9-1,subset-of,candidate,red\n"
    with pytest.raises(InputError, match="which set"):
        parse_csv(text.encode(), "f", NAMES)
    imported = parse_csv(text.encode(), "f", NAMES, HEADER)
    assert imported.table.header == HEADER
    assert imported.table.rows[0].relations == ("subset-of",)
    assert "colour" in imported.report.render()


def test_a_file_with_several_sets_has_no_one_table() -> None:
    imported = parse_ciso_assistant(CISO.encode(), "f", NAMES)
    with pytest.raises(InputError, match="2 mapping sets"):
        _ = imported.table


def test_a_foreign_file_from_which_nothing_follows_is_an_error() -> None:
    text = json.loads(OTHER_OSCAL)
    mapping = text["mapping-collection"]["mappings"][0]
    mapping["maps"] = mapping["maps"][2:]
    for side in ("source", "target"):
        del mapping[f"{side}-gap-summary"]
    with pytest.raises(InputError, match="no mapping could be read"):
        READ["oscal"](json.dumps(text))


def test_xlsx_without_openpyxl_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(UsageError, match=r"aimsgraph\[xlsx\]"):
        write_mapping(TINY, NAMES, "xlsx")
    with pytest.raises(UsageError, match="openpyxl"):
        parse_xlsx(XLSX, "f", NAMES)
