"""Sets of others: what is read, in which direction, how weakly, and what the report says was lost."""

from pathlib import Path

import pytest
from mapping_samples import NAMES

from aimsgraph.errors import InputError, NotFound
from aimsgraph.exchange.ciso_assistant import read_ciso_assistant
from aimsgraph.exchange.losses import LossKind
from aimsgraph.exchange.mapping_files import ReadOptions, read_mapping, tell_format
from aimsgraph.exchange.mapping_table import Imported, MappingRow
from aimsgraph.exchange.names import safe_local
from aimsgraph.exchange.oscal_read import parse_oscal, read_oscal
from aimsgraph.exchange.sssom_read import parse_sssom, read_sssom
from aimsgraph.exchange.sssom_slots import predicate_for, relations_for
from aimsgraph.exchange.strm import StrmDocuments, read_strm

FILES = Path(__file__).parent / "files"
SHARED = ("equal-to", "subset-of", "superset-of", "intersects-with")
Pairs = dict[tuple[str, str], tuple[str, ...]]


def relations(imported: Imported, table: int = 0) -> Pairs:
    return {("+".join(row.subjects), "+".join(row.objects)): row.relations for row in imported.tables[table].rows}


def row_of(imported: Imported, subject: str) -> MappingRow:
    return next(row for table in imported.tables for row in table.rows if subject in row.subjects)


def losses(imported: Imported, kind: LossKind) -> dict[str, tuple[str, int]]:
    return {loss.what: (loss.why, loss.count) for loss in imported.report.of(kind)}


class TestSssom:
    @pytest.fixture
    def imported(self) -> Imported:
        return read_sssom(FILES / "other.sssom.tsv", NAMES)

    def test_predicates_are_read_as_far_as_they_go(self, imported: Imported) -> None:
        assert relations(imported) == {
            ("pets:1", "iso-42001:6.1.2"): ("equal-to",),
            ("pets:1", "iso-42001:9.1"): SHARED,
            ("pets:2", "iso-42001:9.1"): ("subset-of",),
            ("pets:3", "iso-42001:9.1"): ("superset-of",),
            ("pets:4", "iso-42001:A.6.2.8"): SHARED,
            ("pets:5", "iso-42001:A.6.2.8"): ("subset-of", "superset-of", "intersects-with", "no-relationship"),
        }

    def test_a_close_match_is_never_equal(self) -> None:
        assert set(relations_for("skos:closeMatch", "")) == set(SHARED)
        assert relations_for("skos:closeMatch", "Not") == relations_for("rdfs:seeAlso", "") == ()

    @pytest.mark.parametrize("word", ["equal-to", "subset-of", "superset-of", "intersects-with", "no-relationship"])
    def test_what_we_write_is_read_back_by_a_reader_of_predicates_alone(self, word: str) -> None:
        read = relations_for(*predicate_for((word,)))
        assert read == (word,)

    def test_a_set_that_may_be_disjoint_is_not_written_as_an_overlap(self) -> None:
        assert predicate_for(("intersects-with", "no-relationship")) == ("skos:mappingRelation", "")

    def test_header_and_rows_keep_what_they_can(self, imported: Imported) -> None:
        table = imported.table
        assert (table.header.id, table.header.title) == ("import--pets-to-ours", "Pets to ours")
        assert (table.header.author, table.header.licence) == ("Ann Other, Ben Other", "CC BY 4.0")
        assert table.header.subject == "pets@2025"
        assert {row.status for row in table.rows} == {"candidate"}
        assert str(table.rows[0].confidence) == "0.9"
        assert [(item.local, item.label) for item in table.foreign[0].items][:2] == [("1", "Cats"), ("2", "Dogs")]

    def test_no_term_found_is_a_no_match(self, imported: Imported) -> None:
        (none,) = imported.table.nomatches
        assert (none.item, none.scope) == ("pets:7", "iso-42001")
        assert "Really none." in none.reason and "skos:exactMatch" in none.reason

    def test_the_report_names_what_was_lost_and_where(self, imported: Imported) -> None:
        skipped = [(loss.why, loss.first.line) for loss in imported.report.of(LossKind.SKIPPED) if loss.first]
        assert ("from Not skos:closeMatch nothing follows about what is shared", 23) in skipped
        assert ("from oboInOwl:hasDbXref nothing follows about what is shared", 25) in skipped
        assert ("iso-42001 has no item '99.9'", 26) in skipped
        assert {"similarity_score", "set mapping_tool"} <= losses(imported, LossKind.DROPPED).keys()
        assert "similarity_score" in imported.report.render()

    def test_bare_iris_and_urns_name_frameworks_too(self) -> None:
        text = """subject_id\tpredicate_id\tobject_id\tmapping_justification\tsubject_source
https://a.example/rules/7\tskos:exactMatch\turn:b:item:x (1)\tsemapv:ManualMappingCuration\t
sssom:NoTermFound\tskos:exactMatch\turn:b:item:y\tsemapv:ManualMappingCuration\thttps://a.example/rules/
"""
        table = parse_sssom(text.encode(), "f", NAMES).table
        assert table.header.id == "import--https-a-example-rules--urn-b-item"
        assert table.rows[0].subjects == ("https-a-example-rules:7",)
        assert [(row.item, row.scope) for row in table.nomatches] == [("urn-b-item:y", "https-a-example-rules")]
        assert table.foreign[1].items[0].original == "x (1)"

    def test_a_prefix_that_is_called_like_a_framework_of_ours_is_not_it(self) -> None:
        text = """#curie_map: {"iso-42001": "https://other.example/", "our": "https://w3id.org/aimsgraph/id/iso/42001/2023/"}
subject_id\tpredicate_id\tobject_id
iso-42001:9.1\tskos:exactMatch\tour:9.1
"""
        (row,) = parse_sssom(text.encode(), "f", NAMES).table.rows
        assert (row.subjects, row.objects) == (("iso-42001-foreign:9.1",), ("iso-42001:9.1",))


class TestOscal:
    @pytest.fixture
    def imported(self) -> Imported:
        return read_oscal(FILES / "other.oscal.json", NAMES)

    def test_relations_joint_rows_and_directions(self, imported: Imported) -> None:
        joint = f"garden-rules:g-2+garden-rules:{safe_local('g 3')}"
        assert relations(imported) == {
            ("garden-rules:g-1", "iso-42001:9.1"): SHARED,
            (joint, "iso-42001:A.6.2.8"): ("superset-of",),
        }

    def test_fields(self, imported: Imported) -> None:
        first = row_of(imported, "garden-rules:g-1")
        assert (first.gap_object, first.basis, first.extent) == ("Fences.", "semantic", "most")
        assert first.rationale == "Both speak of growth."
        assert "0.6" in first.note and "Dogs." in first.note
        second = imported.table.rows[1]
        assert (second.extent, second.basis, str(second.confidence)) == ("all", "functional", "0.75")
        header = imported.table.header
        assert (header.method, header.author, str(header.authored_on)) == ("automated", "Garden club", "2026-01-05")

    @pytest.mark.parametrize(
        ("href", "slug"),
        [
            ("https://g.example/cat/Garden%20v1.json", "garden-v1"),
            ("http://[x", "x"),
            ("?", "unnamed"),
            ("a.xml#b", "a"),
        ],
    )
    def test_any_address_names_a_framework(self, href: str, slug: str) -> None:
        text = (FILES / "other.oscal.json").read_text().replace("#6f0c9a3e-2f5d-4f5e-8c7e-0a5b7e0f0009", href)
        assert parse_oscal(text.encode(), "f", NAMES).table.foreign[0].slug == slug

    def test_gap_summaries_are_no_matches_on_both_sides(self, imported: Imported) -> None:
        assert {(row.item, row.scope) for row in imported.table.nomatches} == {
            ("garden-rules:g-9", "iso-42001"),
            ("iso-42001:A.2.4", "garden-rules"),
        }

    def test_the_report_names_what_was_lost(self, imported: Imported) -> None:
        assert "the relationship 'grows-with' of https://garden.example/ns is not known" in imported.report.render()
        assert {"links", "confidence category"} <= losses(imported, LossKind.DROPPED).keys()
        assert {"relation", "coverage"} <= losses(imported, LossKind.WEAKENED).keys()
        assert losses(imported, LossKind.SKIPPED)["no-match"] == ("the item is mapped as well", 1)


class TestCisoAssistant:
    @pytest.fixture
    def imported(self) -> Imported:
        return read_ciso_assistant(FILES / "ciso-library.yaml", NAMES, {"iso42001-2023": "iso-42001"})

    def test_relations_run_from_source_to_target(self, imported: Imported) -> None:
        assert relations(imported, 0) == {
            ("garden:g.1", "iso-42001:A.6.2.8"): ("superset-of",),
            ("garden:g.2", "iso-42001:9.1"): SHARED,
        }
        assert relations(imported, 1) == {
            ("iso-42001:9.1", "garden:g.3"): ("no-relationship",),
            ("iso-42001:A.6.2.8", "garden:g.1"): ("subset-of",),
        }

    def test_strength_is_a_note_and_no_confidence(self, imported: Imported) -> None:
        row = row_of(imported, "garden:g.1")
        assert row.confidence is None and row.note == "Strength of relationship in the source: 8."
        assert row.rationale == "Water flows are logged in both." and row.basis == "semantic"

    def test_titles_are_taken_and_texts_are_not(self, imported: Imported) -> None:
        (framework,) = imported.tables[0].foreign
        assert (framework.title, framework.version) == ("Garden rules", "4")
        assert framework.items[0].label == "G.1 Water"
        assert "Long text" not in str(imported)
        assert "requirement description" in losses(imported, LossKind.DROPPED)

    def test_an_unknown_item_of_ours_is_reported(self, imported: Imported) -> None:
        assert losses(imported, LossKind.SKIPPED)["row"] == ("iso-42001 has no item 'a.77'", 1)

    def test_without_being_told_a_framework_is_not_taken_for_ours(self) -> None:
        imported = read_ciso_assistant(FILES / "ciso-library.yaml", NAMES)
        assert ("garden:g.1", "iso42001-2023:a.6.2.8") in relations(imported, 0)
        assert [len(table.foreign) for table in imported.tables] == [2, 2]

    def test_ids_of_imported_sets_never_meet_ours(self, imported: Imported) -> None:
        assert all(table.header.id.startswith("import--") for table in imported.tables)
        assert len({table.header.id for table in imported.tables}) == 2


class TestStrm:
    @pytest.fixture
    def imported(self) -> Imported:
        documents = StrmDocuments("Kitchen 1.0", "ISO 42001")
        return read_strm(FILES / "olir.csv", documents, NAMES, {"ISO 42001": "iso-42001"})

    def test_the_focal_element_is_the_subject(self, imported: Imported) -> None:
        (k3,) = [item.local for item in imported.table.foreign[0].items if item.original == "K-3 (a)"]
        assert relations(imported) == {
            ("kitchen-1-0:K-1", "iso-42001:A.6.2.8"): ("subset-of",),
            ("kitchen-1-0:K-2", "iso-42001:9.1"): ("superset-of",),
            (f"kitchen-1-0:{k3}", "iso-42001:9.1"): SHARED,
            ("kitchen-1-0:K-4", "iso-42001:6.1.2"): ("equal-to",),
            ("kitchen-1-0:K-5", "iso-42001:A.2.4"): SHARED,
            ("kitchen-1-0:K-6", "iso-42001:A.2.4"): ("no-relationship",),
        }

    def test_an_empty_reference_is_no_no_match(self, imported: Imported) -> None:
        assert imported.table.nomatches == ()
        assert losses(imported, LossKind.SKIPPED)["row"] == ("the reference element is empty", 1)

    def test_words_in_the_rationale_column_are_kept(self, imported: Imported) -> None:
        assert row_of(imported, "kitchen-1-0:K-4").rationale == "Because it burns."
        assert row_of(imported, "kitchen-1-0:K-1").basis == "semantic"
        assert row_of(imported, "kitchen-1-0:K-2").note == "Nice."
        assert "Text of" not in str(imported)

    def test_a_workbook_gives_the_same_and_its_format_is_told(self, tmp_path: Path, imported: Imported) -> None:
        from openpyxl import Workbook

        book = Workbook()
        book.active.title = "General Information"
        book.active.append(["Field Name", "Value"])
        sheet = book.create_sheet("Relationships")
        lines = [line.split(",") for line in (FILES / "olir.csv").read_text().splitlines()]
        for line in [[name.replace(" Document ", " Document\n") for name in lines[0]], *lines[1:]]:
            sheet.append([cell or None for cell in line])
        path = tmp_path / "olir.xlsx"
        book.save(path)
        assert tell_format(path.read_bytes(), path) == "strm"
        options = ReadOptions(ours={"ISO 42001": "iso-42001"}, documents=StrmDocuments("Kitchen 1.0", "ISO 42001"))
        found = read_mapping(path, NAMES, options)
        assert found.table == imported.table
        assert str(found.table.rows[0].location) == f"{path}[Relationships]:2:1"
        assert "sheet General Information" in losses(found, LossKind.DROPPED)


@pytest.mark.parametrize(
    ("name", "format_"),
    [
        ("other.sssom.tsv", "sssom"),
        ("other.oscal.json", "oscal"),
        ("ciso-library.yaml", "ciso-assistant"),
        ("olir.csv", "strm"),
    ],
)
def test_the_format_is_told_from_the_file(name: str, format_: str) -> None:
    assert tell_format((FILES / name).read_bytes(), FILES / name) == format_
    assert read_mapping(FILES / name, NAMES).tables


def test_a_framework_of_ours_that_is_not_there_is_refused() -> None:
    with pytest.raises((InputError, NotFound), match="iso-999"):
        read_ciso_assistant(FILES / "ciso-library.yaml", NAMES, {"iso42001-2023": "iso-999"})
