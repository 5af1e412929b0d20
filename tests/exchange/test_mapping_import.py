"""What is read becomes quads by the compiler of our own sets, or a folder of our own format; all of it or nothing."""

from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest

from aimsgraph import assets
from aimsgraph.content.compile import compile_content
from aimsgraph.content.mapping_check import check_mappings
from aimsgraph.content.mapping_compile import graph_of
from aimsgraph.content.read import Content, read_content, read_mapping_set
from aimsgraph.crosswalk.load import load_mappings, load_network
from aimsgraph.domain.relation import OVERLAPS, Relation
from aimsgraph.domain.time import parse_date
from aimsgraph.errors import InputError, Refused
from aimsgraph.exchange.ciso_assistant import read_ciso_assistant
from aimsgraph.exchange.into_folder import complete, source_of, table_of_source, weakest_extent, write_folder
from aimsgraph.exchange.into_graph import quads_of_table, write_turtle
from aimsgraph.exchange.losses import LossKind
from aimsgraph.exchange.mapping_table import MappingRow, MappingTable, SetHeader
from aimsgraph.exchange.names import Names
from aimsgraph.graph.embedded import MemoryStore
from aimsgraph.norms.index import Index

FILES = Path(__file__).parent / "files"
DAY = parse_date("2026-02-03")
OUTSIDE = "https://w3id.org/aimsgraph/id/foreign/garden"


@pytest.fixture(scope="module")
def content() -> Content:
    return read_content([assets.root() / "data"])


@pytest.fixture(scope="module")
def names(content: Content) -> Names:
    return Names.of_content(content)


@pytest.fixture(scope="module")
def garden(names: Names) -> tuple[MappingTable, ...]:
    imported = read_ciso_assistant(FILES / "ciso-library.yaml", names, {"iso42001-2023": "iso-42001"})
    return tuple(complete(table, DAY)[0] for table in imported.tables)


def test_a_set_of_ours_gives_the_very_graph_that_the_build_gives(content: Content, names: Names) -> None:
    built = compile_content(content).graphs
    for source in content.mappings:
        quads = quads_of_table(table_of_source(source, names), content)
        assert {quad.triple for quad in quads} == built[graph_of(source.header.id)]


def test_turtle_is_the_same_twice_and_parses(garden: tuple[MappingTable, ...], content: Content) -> None:
    data = write_turtle(garden[0], content)
    assert data == write_turtle(garden[0], content)
    assert len(list(ox.parse(data, format=ox.RdfFormat.TURTLE))) == len(quads_of_table(garden[0], content))


@pytest.fixture(scope="module")
def store(garden: tuple[MappingTable, ...], content: Content) -> MemoryStore:
    quads = [quad for table in garden for quad in quads_of_table(table, content)]
    return MemoryStore([*compile_content(content).quads(), *quads])


class TestForeignGraph:
    def test_rows_are_loaded_as_any_others(self, store: MemoryStore) -> None:
        rows = {
            (row.subjects[0], row.objects[0]): row
            for row in load_mappings(store, lambda _: None)
            if row.set_id.startswith("import--")
        }
        assert len(rows) == 4
        iso = "https://w3id.org/aimsgraph/id/iso/42001/2023/"
        assert rows[f"{OUTSIDE}/g.1", f"{iso}A.6.2.8"].relation == Relation.of("superset-of")
        assert rows[f"{OUTSIDE}/g.2", f"{iso}9.1"].relation == OVERLAPS
        assert {row.status for row in rows.values()} == {"candidate"}
        assert {row.confidence for row in rows.values()} == {0.5}
        first = rows[f"{OUTSIDE}/g.1", f"{iso}A.6.2.8"]
        assert first.subject_versions == (f"{OUTSIDE}/g.1/4",)
        assert first.object_versions == (f"{iso}A.6.2.8/2023",)

    def test_foreign_items_stand_in_their_framework(self, store: MemoryStore) -> None:
        network = load_network(store, lambda _: None)
        assert network.framework_of[f"{OUTSIDE}/g.1"] == "garden"

    def test_the_index_of_names_still_works(self, store: MemoryStore) -> None:
        index = Index.from_store(store)
        assert index.resolve("iso-42001:A.6.2.8").reference == "iso-42001:A.6.2.8"

    def test_a_graph_may_be_named(self, garden: tuple[MappingTable, ...], content: Content) -> None:
        name = "https://w3id.org/aimsgraph/graph/import/x"
        assert {quad.graph_name.value for quad in quads_of_table(garden[0], content, name)} == {name}


class TestAllOrNothing:
    def test_an_item_that_is_not_there(self, content: Content) -> None:
        header = SetHeader("s", "S", "iso-42001@2023", "eu-ai-act@2024")
        row = MappingRow("r", ("iso-42001:99",), ("eu-ai-act:art9-1",), ("subset-of",))
        table, _ = complete(MappingTable(header, (row,)), DAY)
        with pytest.raises(InputError, match="no item '99'"):
            quads_of_table(table, content)

    def test_a_version_that_is_not_there(self, content: Content) -> None:
        header = SetHeader("s", "S", "iso-42001@2023", "eu-ai-act@2024")
        row = MappingRow(
            "r", ("iso-42001:9.1",), ("eu-ai-act:art9-1",), ("subset-of",), object_versions=("1999-01-01",)
        )
        table, _ = complete(MappingTable(header, (row,)), DAY)
        with pytest.raises(InputError, match="no version '1999-01-01'"):
            quads_of_table(table, content)

    def test_an_author_that_is_no_iri(self, content: Content) -> None:
        header = SetHeader("s", "S", "iso-42001@2023", "eu-ai-act@2024", author="see http://a b")
        row = MappingRow("r", ("iso-42001:9.1",), ("eu-ai-act:art9-1",), ("subset-of",))
        table, _ = complete(MappingTable(header, (row,)), DAY)
        with pytest.raises(InputError, match="no IRI can hold"):
            quads_of_table(table, content)

    def test_a_framework_that_is_not_there(self, garden: tuple[MappingTable, ...], content: Content) -> None:
        with pytest.raises(InputError, match="no framework 'garden'"):
            quads_of_table(replace(garden[0], foreign=()), content)


class TestFolder:
    def test_a_shipped_set_is_written_and_read_back_equal(self, content: Content, names: Names, tmp_path: Path) -> None:
        for source in content.mappings:
            table = table_of_source(source, names)
            files = write_folder(table, tmp_path / "data" / "mappings")
            back = read_mapping_set(files[0], tmp_path / "data")
            assert not [finding for one in back.tables for finding in one.findings]
            assert table_of_source(back, names) == table

    def test_an_imported_set_between_frameworks_of_ours_passes_the_check(
        self, content: Content, tmp_path: Path
    ) -> None:
        header = SetHeader("import--x", "X", "iso-42001@2023", "eu-ai-act@2024")
        row = MappingRow("r", ("iso-42001:9.1",), ("eu-ai-act:art12-1",), ("intersects-with",), status="accepted")
        table, report = complete(MappingTable(header, (row,)), DAY)
        files = write_folder(table, tmp_path / "data" / "mappings")
        back = read_mapping_set(files[0], tmp_path / "data")
        assert list(check_mappings(replace(content, mappings=(back,)))) == []
        assert back.all_rows[0]["status"] == "candidate"
        assumed = {loss.what for loss in report.of(LossKind.ASSUMED)}
        assert {"extent", "basis", "confidence", "rationale", "gap_object", "status", "set licence"} <= assumed

    def test_nothing_is_overwritten(self, garden: tuple[MappingTable, ...], tmp_path: Path) -> None:
        write_folder(garden[0], tmp_path)
        with pytest.raises(Refused, match="there already"):
            write_folder(garden[0], tmp_path)
        assert [path.name for path in tmp_path.iterdir()] == [garden[0].header.id]

    def test_nothing_is_left_when_writing_fails(
        self, garden: tuple[MappingTable, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(path: Path, data: bytes) -> None:
            raise Refused("no")

        monkeypatch.setattr("aimsgraph.exchange.into_folder.replace_file", fail)
        with pytest.raises(Refused):
            write_folder(garden[0], tmp_path)
        assert list(tmp_path.iterdir()) == []

    def test_places_of_an_import_are_those_of_its_file(self, garden: tuple[MappingTable, ...]) -> None:
        row = source_of(garden[0]).all_rows[0]
        assert row.file.endswith("ciso-library.yaml") and row.line == 29


@pytest.mark.parametrize(
    ("relations", "extent"),
    [
        (("equal-to",), "all"),
        (("equal-to", "superset-of"), "all"),
        (("subset-of",), "some"),
        (("equal-to", "subset-of", "superset-of", "intersects-with"), "some"),
        (("intersects-with", "no-relationship"), "none"),
    ],
)
def test_the_extent_filled_in_is_the_least_that_is_true(relations: tuple[str, ...], extent: str) -> None:
    assert weakest_extent(relations) == extent
