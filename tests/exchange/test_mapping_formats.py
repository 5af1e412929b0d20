"""What each format looks like to others: golden files, and the promises of each."""

import csv
import io
import json
import re
import zipfile
from pathlib import Path

import pytest
from mapping_samples import NAMES, TINY
from write_golden_mappings import FILES, render

from aimsgraph.exchange.losses import Loss, LossBook, LossKind, LossReport
from aimsgraph.exchange.mapping_files import write_mapping
from aimsgraph.exchange.oscal import token_of
from aimsgraph.exchange.sssom_slots import predicate_for
from aimsgraph.exchange.tables import parse_csv, parse_xlsx

GOLDEN = Path(__file__).parent / "golden"
_TOKEN = re.compile(r"[^\W\d][\w.\-]*")


@pytest.mark.parametrize("name", FILES)
def test_golden(name: str) -> None:
    assert render(name) == (GOLDEN / name).read_bytes(), "python tests/exchange/write_golden_mappings.py writes it anew"


class TestSssom:
    @pytest.fixture
    def lines(self) -> list[dict[str, str]]:
        text = write_mapping(TINY, NAMES, "sssom")[0].decode()
        body = "\n".join(line for line in text.split("\n") if not line.startswith("#"))
        return list(csv.DictReader(io.StringIO(body), delimiter="\t"))

    def test_a_joint_row_is_one_line_a_pair_with_ids_of_its_own(self, lines: list[dict[str, str]]) -> None:
        joint = [line for line in lines if line["aims_row"] == "joint-1"]
        assert {(line["subject_id"], line["object_id"]) for line in joint} == {
            (subject, object_)
            for subject in ("iso-42001:6.1.2", "iso-42001:9.1")
            for object_ in ("eu-ai-act:stmt/art9-1", "eu-ai-act:art_6/par_2")
        }
        assert {line["aims_joint"] for line in joint} == {"all 2 subjects together; all 2 objects together"}
        ids = [line["record_id"] for line in lines]
        assert len(set(ids)) == len(ids)

    def test_predicates_and_the_modifier(self, lines: list[dict[str, str]]) -> None:
        said = {line["aims_row"]: (line["predicate_id"], line["predicate_modifier"]) for line in lines}
        assert said["A.6.2.8--art12-1"] == ("aims:intersects", "")
        assert said["joint-1"] == ("skos:mappingRelation", "")
        assert said["9.1--Annex.IV(2)(g)"] == ("aims:overlaps", "")
        assert said["9.1--art12-1"] == ("aims:overlaps", "Not")

    def test_of_a_joint_row_a_pair_says_only_what_is_handed_down(self) -> None:
        assert predicate_for(("superset-of",), subjects=1, objects=2) == ("skos:narrowMatch", "")
        assert predicate_for(("superset-of",), subjects=2, objects=1) == ("skos:mappingRelation", "")
        assert predicate_for(("subset-of",), subjects=2, objects=1) == ("skos:broadMatch", "")
        assert predicate_for(("equal-to",), subjects=2, objects=1) == ("skos:mappingRelation", "")
        assert predicate_for(("no-relationship",), subjects=2, objects=2) == ("aims:overlaps", "Not")
        assert "joint row" in write_mapping(TINY, NAMES, "sssom")[1].render()

    def test_no_matches_on_either_side(self, lines: list[dict[str, str]]) -> None:
        none = [line for line in lines if "sssom:NoTermFound" in (line["subject_id"], line["object_id"])]
        assert [(line["subject_id"], line["object_id"], line["mapping_cardinality"]) for line in none] == [
            ("iso-42001:A.2.4", "sssom:NoTermFound", "1:0"),
            ("sssom:NoTermFound", "eu-ai-act:stmt/art9-1", "0:1"),
        ]

    def test_cardinality_counts_the_set(self, lines: list[dict[str, str]]) -> None:
        said = {(line["subject_id"], line["object_id"]): line["mapping_cardinality"] for line in lines}
        assert said["iso-42001:A.6.2.8", "eu-ai-act:stmt/art12-1"] == "n:1"
        assert said["iso-42001:9.1", "eu-ai-act:stmt/art12-1"] == "n:n"

    def test_a_reviewer_who_rejects_is_no_reviewer_of_sssom(self, lines: list[dict[str, str]]) -> None:
        first = next(line for line in lines if line["aims_row"] == "A.6.2.8--art12-1")
        assert (first["reviewer_label"], first["review_date"]) == ("", "")
        assert json.loads(first["aims_reviews"])[0]["agreement"] == "-0.5"


class TestOscal:
    @pytest.fixture
    def collection(self) -> dict:
        return json.loads(write_mapping(TINY, NAMES, "oscal")[0])["mapping-collection"]

    def test_a_set_of_relations_is_not_one_word_of_oscal(self, collection: dict) -> None:
        said = {one["uuid"]: (one.get("ns"), one["relationship"]) for one in collection["mappings"][0]["maps"]}
        assert ("https://w3id.org/aimsgraph/ns", "overlaps") in said.values()
        assert (None, "intersects-with") in said.values()

    def test_coverage_is_written_where_it_is_known(self, collection: dict) -> None:
        found = [one.get("coverage", {}).get("target-coverage") for one in collection["mappings"][0]["maps"]]
        assert found == [None, 1.0, None, 0.0]

    def test_gaps_stand_on_the_side_that_demands_more(self, collection: dict) -> None:
        (first, *_) = collection["mappings"][0]["maps"]
        assert {one["subject"]: one["description"] for one in first["qualifiers"]} == {
            "target": "Logging over the whole lifetime.",
            "source": "=Logs of other phases, such as test.",
        }

    def test_unmapped_items_are_summed_up_on_both_sides(self, collection: dict) -> None:
        mapping = collection["mappings"][0]
        assert mapping["source-gap-summary"]["unmapped-controls"] == [{"with-ids": ["A.2.4"]}]
        assert mapping["target-gap-summary"]["unmapped-controls"] == [{"with-ids": ["art9-1"]}]
        assert all(_TOKEN.fullmatch(token_of(row)) for row in TINY.nomatches)

    def test_statements_and_controls_are_told_apart(self, collection: dict) -> None:
        types = {i["id-ref"]: i["type"] for m in collection["mappings"][0]["maps"] for i in m["sources"] + m["targets"]}
        assert types["art12-1"] == "statement" and types["A.6.2.8"] == types["Art.6(2)"] == "control"


class TestSpreadsheets:
    def test_what_looks_like_a_formula_is_text_in_csv(self) -> None:
        text = write_mapping(TINY, NAMES, "csv")[0].decode()
        cells = [cell for line in csv.reader(io.StringIO(text)) for cell in line]
        assert "'=Logs of other phases, such as test." in cells
        assert not [cell for cell in cells if cell[:1] in "=+@" and cell]
        assert "-0.5" in cells

    def test_what_looks_like_a_formula_is_text_in_xlsx(self) -> None:
        import openpyxl

        book = openpyxl.load_workbook(io.BytesIO(write_mapping(TINY, NAMES, "xlsx")[0]))
        cells = [cell for sheet in book for line in sheet.iter_rows() for cell in line if cell.value is not None]
        assert {cell.data_type for cell in cells} == {"s"}
        (formula,) = [cell for cell in cells if str(cell.value).startswith("=")]
        assert formula.quotePrefix

    def test_a_workbook_guides_its_reader(self) -> None:
        import openpyxl

        book = openpyxl.load_workbook(io.BytesIO(write_mapping(TINY, NAMES, "xlsx")[0]))
        assert book.sheetnames == ["README", "set", "rows", "nomatch", "reviews"]
        rows = book["rows"]
        assert (rows["A1"].value, rows.freeze_panes) == ("id", "A2")
        lists = {str(rule.sqref)[0]: rule.formula1 for rule in rows.data_validations.dataValidation}
        assert lists["E"] == '"all,most,some,none"'
        assert all(len(formula) < 257 for formula in lists.values())

    def test_a_workbook_has_no_clock(self) -> None:
        data = write_mapping(TINY, NAMES, "xlsx")[0]
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            core = archive.read("docProps/core.xml").decode()
        assert core.count("2026-03-01T00:00:00Z") == 2

    def test_csv_as_spreadsheets_save_it_is_read_alike(self) -> None:
        text = write_mapping(TINY, NAMES, "csv")[0].decode()
        out = io.StringIO()
        csv.writer(out, delimiter=";").writerows(csv.reader(io.StringIO(text)))
        assert parse_csv(b"\xef\xbb\xbf" + out.getvalue().encode(), "f", NAMES).table == TINY

    def test_cells_that_a_spreadsheet_made_numbers_and_days_are_read_alike(self) -> None:
        import datetime as dt

        import openpyxl

        book = openpyxl.load_workbook(io.BytesIO(write_mapping(TINY, NAMES, "xlsx")[0]))
        rows = book["rows"]
        cells = {cell.value: cell.column for cell in rows[1]}
        rows.cell(2, cells["confidence"]).value = 0.8
        rows.cell(2, cells["subject_version"]).value = 2023
        rows.cell(3, cells["authored_on"]).value = dt.datetime(2026, 4, 2)
        out = io.BytesIO()
        book.save(out)
        assert parse_xlsx(out.getvalue(), "f", NAMES).table == TINY


class TestLosses:
    def test_equal_losses_are_counted_and_the_worst_comes_first(self) -> None:
        book = LossBook()
        book.add(LossKind.ASSUMED, "extent", "not stated")
        for _ in range(3):
            book.add(LossKind.SKIPPED, "row", "no item")
        report = book.report()
        assert report.losses == (
            Loss(LossKind.ASSUMED, "extent", "not stated", 1),
            Loss(LossKind.SKIPPED, "row", "no item", 3),
        )
        assert report.render() == "skipped row: no item (3 times)\nassumed extent: not stated\n"
        assert report.to_list()[1]["count"] == 3

    def test_nothing_lost(self) -> None:
        assert LossReport().is_lossless
        assert LossReport().render() == "nothing was lost\n"

    def test_what_oscal_demands_and_a_set_does_not_say_is_reported(self) -> None:
        from mapping_samples import FOREIGN

        _, report = write_mapping(FOREIGN, NAMES, "oscal")
        assert {loss.what for loss in report.of(LossKind.ASSUMED)} == {"last-modified", "version", "method"}
