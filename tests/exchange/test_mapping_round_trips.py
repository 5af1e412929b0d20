"""What is written in any format is read back equal: random sets, the tiny set, the shipped ones."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from mapping_samples import FOREIGN, NAMES, TINY, mapping_tables

from aimsgraph import assets
from aimsgraph.content.read import Content, read_content
from aimsgraph.exchange.into_folder import table_of_source
from aimsgraph.exchange.mapping_files import WRITABLE, read_mapping, tell_format, write_mapping
from aimsgraph.exchange.mapping_table import MappingTable
from aimsgraph.exchange.names import Names
from aimsgraph.exchange.oscal_read import parse_oscal
from aimsgraph.exchange.sssom_read import parse_sssom
from aimsgraph.exchange.tables import parse_csv, parse_xlsx

READERS = {"sssom": parse_sssom, "oscal": parse_oscal, "csv": parse_csv, "xlsx": parse_xlsx}
ENDINGS = {"sssom": "set.sssom.tsv", "oscal": "set.json", "csv": "set.csv", "xlsx": "set.xlsx"}


@pytest.fixture(scope="module")
def content() -> Content:
    return read_content([assets.root() / "data"])


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(table=mapping_tables())
def test_random_set_is_read_back_equal_from_xlsx(table: MappingTable) -> None:
    assert parse_xlsx(write_mapping(table, NAMES, "xlsx")[0], "set", NAMES).table == table


@pytest.mark.parametrize("format_", ["sssom", "oscal", "csv"])
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(table=mapping_tables())
def test_random_set_is_read_back_equal(format_: str, table: MappingTable) -> None:
    data, _ = write_mapping(table, NAMES, format_)
    assert READERS[format_](data, "set", NAMES).table == table


@pytest.mark.parametrize("format_", WRITABLE)
@pytest.mark.parametrize("table", [TINY, FOREIGN], ids=["tiny", "foreign"])
def test_sample_is_read_back_equal_from_a_file_whose_format_is_told(
    table: MappingTable, format_: str, tmp_path: Path
) -> None:
    path = tmp_path / ENDINGS[format_]
    path.write_bytes(write_mapping(table, NAMES, format_)[0])
    assert tell_format(path.read_bytes(), path) == format_
    imported = read_mapping(path, NAMES)
    assert imported.table == table
    assert imported.report.is_lossless


@pytest.mark.parametrize("format_", WRITABLE)
def test_same_set_gives_same_bytes(format_: str) -> None:
    assert write_mapping(TINY, NAMES, format_) == write_mapping(TINY, NAMES, format_)


@pytest.mark.parametrize("format_", WRITABLE)
def test_every_shipped_set_is_read_back_equal(content: Content, format_: str) -> None:
    names = Names.of_content(content)
    assert content.mappings
    for source in content.mappings:
        table = table_of_source(source, names)
        assert table.rows
        data, _ = write_mapping(table, names, format_)
        assert READERS[format_](data, "set", names).table == table


def test_rows_know_where_they_stand_in_the_file_they_came_from(tmp_path: Path) -> None:
    places = {}
    for format_ in WRITABLE:
        imported = READERS[format_](write_mapping(TINY, NAMES, format_)[0], "set", NAMES)
        places[format_] = [str(row.location) for row in imported.table.rows]
    assert places["csv"] == ["set:17:2", "set:18:2", "set:19:2", "set:20:2"]
    assert places["xlsx"] == ["set[rows]:2:1", "set[rows]:3:1", "set[rows]:4:1", "set[rows]:5:1"]
    lines = write_mapping(TINY, NAMES, "sssom")[0].decode().split("\n")
    first = next(number for number, line in enumerate(lines, start=1) if "A.6.2.8--art12-1" in line)
    assert places["sssom"][0].startswith(f"set:{first}:")
    assert all(place.startswith("set:") for place in places["oscal"])
