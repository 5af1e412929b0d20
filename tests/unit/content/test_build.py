"""The compiled folder: what it holds, all or nothing, up to date or refused, loaded back and verified."""

import hashlib
import json
import os
import re
from pathlib import Path

import pyoxigraph as ox
import pytest
from make_tiny import ACT, spoil

from aimsgraph import content as content_package
from aimsgraph.content import build as build_module
from aimsgraph.content.build import CompiledGraph, build, load_compiled
from aimsgraph.content.check import ContentCheckFailed
from aimsgraph.content.format import replace_file
from aimsgraph.errors import BackendError, CheckFailed, InputError, Location, Refused
from aimsgraph.graph.canonical import digest

AID = "https://w3id.org/aimsgraph/id/"
GRAPH = "https://w3id.org/aimsgraph/graph/"


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def refused(tiny: Path, **options) -> ContentCheckFailed:
    with pytest.raises(ContentCheckFailed) as caught:
        build(tiny, **options)
    assert isinstance(caught.value, CheckFailed)
    assert caught.value.exit_code == 1
    return caught.value


@pytest.fixture
def built(tiny: Path) -> Path:
    build(tiny)
    return tiny


def test_what_a_build_writes(tiny: Path):
    report = build(tiny)
    names = {path.name for path in report.folder.iterdir()}
    assert names == {
        "MANIFEST.json", "sources.tsv", "catalogue.ttl", "tiny-act--2020.ttl", "tiny-amendment--2021.ttl",
        "tiny-standard--2022.ttl", "vocabularies.ttl",
    }  # fmt: skip
    assert set(report.changed) == names | {"released-ids.txt"}
    manifest = json.loads((report.folder / "MANIFEST.json").read_text(encoding="utf-8"))
    assert manifest["current_to"]["tiny-act@2020"] == "2024-01-01"
    assert manifest["counts"]["tiny-act@2020"]["statement"] == 2
    assert manifest["counts"]["catalogue"] == {"entry": 2}
    for record in manifest["graphs"]:
        data = (report.folder / record["file"]).read_bytes()
        assert hashlib.sha256(data).hexdigest() == record["sha256"]
        assert len(list(ox.parse(data, format=ox.RdfFormat.TURTLE))) == record["triples"]


def test_the_source_map_names_the_row(built: Path):
    lines = (built / "compiled/sources.tsv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "iri\tfile\tline\tcolumn"
    assert f"{AID}eu/reg/2020/1/stmt/art1-2\t{ACT}/statements.tsv\t3\t1" in lines
    assert lines[1:] == sorted(lines[1:])


def test_a_second_build_changes_nothing(built: Path):
    before = {path: path.stat().st_mtime_ns for path in (built / "compiled").iterdir()}
    report = build(built)
    assert report.changed == ()
    assert report.new_ids == ()
    assert {path: path.stat().st_mtime_ns for path in (built / "compiled").iterdir()} == before
    assert build(built, check=True).changed == ()


def test_unsound_content_is_not_built(built: Path):
    before = snapshot(built / "compiled")
    spoil(built, f"{ACT}/roles.tsv", "provider|provider", "provder|provider")
    assert {finding.rule for finding in refused(built).findings} == {"UNKNOWN_REFERENCE"}
    assert snapshot(built / "compiled") == before


# the check


def test_check_names_each_file_that_differs(built: Path):
    spoil(built, f"{ACT}/roles.tsv", "provider|provider", "provider|Provider")
    (built / "compiled/vocabularies.ttl").unlink()
    (built / "compiled/notes.txt").write_text("mine", encoding="utf-8")
    (built / "compiled/sub").mkdir()
    before = snapshot(built)
    found = {(f.rule, f.location.file) for f in refused(built, check=True).findings}
    assert found == {
        ("FILE_STALE", "data/compiled/tiny-act--2020.ttl"),
        ("FILE_STALE", "data/compiled/MANIFEST.json"),
        ("FILE_MISSING", "data/compiled/vocabularies.ttl"),
        ("FILE_EXTRA", "data/compiled/notes.txt"),
        ("FILE_EXTRA", "data/compiled/sub"),
    }
    assert refused(built, check=True).remedy == "run `aimsgraph build`"
    assert snapshot(built) == before


def test_check_of_a_folder_never_built(tiny: Path):
    error = refused(tiny, check=True)
    assert {finding.rule for finding in error.findings} == {"FILE_MISSING"}
    assert not (tiny / "compiled").exists()
    assert not (tiny / "released-ids.txt").exists()


def test_a_directory_in_place_of_a_file_is_stale(built: Path):
    (built / "compiled/catalogue.ttl").unlink()
    (built / "compiled/catalogue.ttl").mkdir()
    assert [(f.rule, Path(f.location.file).name) for f in refused(built, check=True).findings] == [
        ("FILE_STALE", "catalogue.ttl")
    ]
    build(built)
    assert (built / "compiled/catalogue.ttl").is_file()


def test_a_build_removes_what_it_did_not_make(built: Path):
    (built / "compiled/old.ttl").write_text("", encoding="utf-8")
    assert build(built).changed == ("old.ttl",)
    assert not (built / "compiled/old.ttl").exists()


# released ids


def test_the_register_holds_every_id_sorted(built: Path):
    ids = (built / "released-ids.txt").read_text(encoding="utf-8").splitlines()
    assert ids == sorted(set(ids))
    for path in ("", "/art_1/par_2", "/art_1/2021-03-01", "/stmt/art1-2", "/app/ban", "/amd/am-4", "/role/deployer"):
        assert f"{AID}eu/reg/2020/1{path}" in ids
    assert "https://w3id.org/aimsgraph/ns#ModalityMust" in ids
    assert f"{AID}catalogue/en-1" in ids


def test_a_vanished_id_fails_the_build_and_the_check(built: Path):
    before = snapshot(built)
    spoil(built, f"{ACT}/application.tsv", "ban|Art.1(2)", "bann|Art.1(2)")
    for check in (False, True):
        error = refused(built, check=check)
        (finding,) = error.findings
        assert finding.rule == "RELEASED_ID_VANISHED"
        assert f"{AID}eu/reg/2020/1/app/ban was released" in finding.message
        lines = before["released-ids.txt"].decode().splitlines()
        line = lines.index(f"{AID}eu/reg/2020/1/app/ban") + 1
        assert finding.location == Location("data/released-ids.txt", line)
        assert "restore its row" in finding.remedy
        assert f"It looks like {AID}eu/reg/2020/1/app/bann" in finding.remedy
    assert snapshot(built)["released-ids.txt"] == before["released-ids.txt"]


def test_new_ids_are_appended_and_checked(built: Path):
    spoil(built, f"{ACT}/roles.tsv", "provider|provider", "importer|importer\nprovider|provider")
    stale = {Path(f.location.file).name for f in refused(built, check=True).findings}
    assert "released-ids.txt" in stale
    report = build(built)
    assert report.new_ids == (f"{AID}eu/reg/2020/1/role/importer",)
    assert f"{AID}eu/reg/2020/1/role/importer\n" in (built / "released-ids.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("line", ["<<<<<<< HEAD", "", "http://example.org/x"])
def test_a_register_that_is_none(built: Path, line: str):
    register = built / "released-ids.txt"
    register.write_text(register.read_text(encoding="utf-8") + line + "\n", encoding="utf-8")
    with pytest.raises(InputError, match="no IRI of ours") as caught:
        build(built)
    assert caught.value.location is not None
    assert caught.value.location.line == len(register.read_text(encoding="utf-8").splitlines())
    assert "merge conflict" in caught.value.remedy


def test_a_register_out_of_order_is_stale(built: Path):
    register = built / "released-ids.txt"
    lines = register.read_text(encoding="utf-8").splitlines(keepends=True)
    register.write_text("".join(reversed(lines)), encoding="utf-8")
    assert [f.rule for f in refused(built, check=True).findings] == ["FILE_STALE"]
    build(built)
    assert register.read_text(encoding="utf-8") == "".join(lines)


# interrupted


class Halt(BaseException):
    """Stands for whatever may stop a program: also an interrupt."""


@pytest.mark.parametrize("where", [
    "compile_content", "to_turtle", "digest", "_write_through", "_sync_folder", "replace_file",
])  # fmt: skip
@pytest.mark.parametrize("kind", [Halt, OSError])
def test_an_interrupted_build_leaves_all_as_it_was(built: Path, monkeypatch, where: str, kind: type[BaseException]):
    before = snapshot(built)
    spoil(built, f"{ACT}/roles.tsv", "provider|provider", "importer|importer\nprovider|provider")
    calls = []

    def stop(*_arguments: object) -> None:
        calls.append(where)
        raise kind(28, "No space left on device")

    monkeypatch.setattr(build_module, where, stop)
    with pytest.raises((kind, BackendError)):
        build(built)
    assert calls == [where]
    after = snapshot(built)
    del before[f"{ACT}/roles.tsv"], after[f"{ACT}/roles.tsv"]
    assert after == before
    assert [path.name for path in built.iterdir() if path.name.startswith(".")] == []
    monkeypatch.undo()
    build(built)
    assert build(built, check=True).changed == ()


@pytest.mark.parametrize("step", [1, 2])
def test_a_failed_swap_brings_the_old_folder_back(built: Path, monkeypatch, step: int):
    before = snapshot(built / "compiled")
    spoil(built, f"{ACT}/roles.tsv", "provider|provider", "provider|Provider")
    rename, count = Path.rename, []

    def stop(self: Path, target: Path) -> Path:
        count.append(self)
        if len(count) == step:
            raise OSError(5, "Input/output error")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", stop)
    with pytest.raises(BackendError, match="Input/output error"):
        build(built)
    monkeypatch.undo()
    assert snapshot(built / "compiled") == before
    assert [path.name for path in built.iterdir() if path.name.startswith(".")] == []


def test_a_first_build_that_fails_leaves_no_folder(tiny: Path, monkeypatch):
    def stop(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(build_module, "replace_file", stop)
    with pytest.raises(BackendError, match="No space left"):
        build(tiny)
    assert not (tiny / "compiled").exists()


def test_a_folder_that_may_not_be_written(tiny: Path, monkeypatch):
    def stop(*_arguments: object, **_options: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(build_module.tempfile, "mkdtemp", stop)
    with pytest.raises(Refused, match="may not write") as caught:
        build(tiny)
    assert caught.value.exit_code == 5


def test_an_unreadable_source_gives_exit_code_3(built: Path, monkeypatch):
    read = Path.read_bytes

    def stop(self: Path) -> bytes:
        if self.name == "roles.tsv":
            raise PermissionError(13, "Permission denied")
        return read(self)

    monkeypatch.setattr(Path, "read_bytes", stop)
    with pytest.raises(InputError, match="Permission denied") as caught:
        build(built)
    assert caught.value.exit_code == 3
    assert str(caught.value.location) == f"data/{ACT}/roles.tsv"


# loading


def test_what_was_built_is_loaded_back(built: Path):
    graphs, manifest, sources = loaded = load_compiled(built / "compiled")
    assert set(graphs) == {f"{GRAPH}{name}" for name in (
        "catalogue", "tiny-act/2020", "tiny-amendment/2021", "tiny-standard/2022", "vocabularies")}  # fmt: skip
    quads = list(loaded.quads())
    assert {quad.graph_name.value for quad in quads} == set(graphs)
    assert len(quads) == sum(record.triples for record in manifest.graphs)
    assert digest(quads) == manifest.graph_version == loaded.version
    act = graphs[f"{GRAPH}tiny-act/2020"]
    assert list(act) == list(act)
    role = f"{AID}eu/reg/2020/1/role/provider"
    assert sources[role] == Location(f"data/{ACT}/roles.tsv", 3, 1)
    assert loaded.locate(role) == sources[role]
    assert loaded.locate("https://example.org/x") is None
    assert len(sources) == len(list(sources)) > 20


def test_the_source_map_is_read_when_asked(built: Path):
    loaded = load_compiled(built / "compiled")
    (built / "compiled/sources.tsv").write_text("iri\tfile\tline\tcolumn\n", encoding="utf-8")
    with pytest.raises(InputError, match="not the file MANIFEST"):
        loaded.locate("https://example.org/x")


def unusable(folder: Path) -> InputError:
    with pytest.raises(InputError) as caught:
        load_compiled(folder)
    assert caught.value.remedy == "run `aimsgraph build`"
    assert caught.value.exit_code == 3
    return caught.value


@pytest.mark.parametrize("name", ["MANIFEST.json", "sources.tsv", "tiny-act--2020.ttl"])
def test_a_missing_file_is_named(built: Path, name: str):
    (built / "compiled" / name).unlink()
    error = unusable(built / "compiled")
    assert "it is missing" in error.message
    assert str(error.location) == str(built / "compiled" / name)


def test_a_damaged_graph_is_named(built: Path):
    path = built / "compiled/tiny-act--2020.ttl"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))
    error = unusable(built / "compiled")
    assert "not the file MANIFEST.json speaks of" in error.message
    assert str(error.location) == str(path)


@pytest.mark.parametrize("edit, what", [
    (lambda m: m | {"format": 2}, "format"),
    (lambda m: m | {"extra": 1}, "extra"),
    (lambda m: {k: v for k, v in m.items() if k != "graph_version"}, "graph_version"),
    (lambda m: m | {"graphs": [m["graphs"][0] | {"file": "../../secret"}]}, "'../../secret'"),
    (lambda m: m | {"graphs": [m["graphs"][0] | {"triples": "many"}]}, "graphs.0.triples"),
])  # fmt: skip
def test_a_manifest_of_another_kind(built: Path, edit, what: str):
    path = built / "compiled/MANIFEST.json"
    path.write_text(json.dumps(edit(json.loads(path.read_text(encoding="utf-8")))), encoding="utf-8")
    assert what in unusable(built / "compiled").message


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff\xfe", b"null"])
def test_a_manifest_that_is_none(built: Path, data: bytes):
    (built / "compiled/MANIFEST.json").write_bytes(data)
    assert str(unusable(built / "compiled").location).endswith("MANIFEST.json")


def test_a_graph_with_a_right_digest_and_wrong_text():
    record = build_module.GraphRecord(graph=f"{GRAPH}x", file="x.ttl", triples=1, sha256="")
    with pytest.raises(InputError, match="not readable as Turtle") as caught:
        list(CompiledGraph(record, b"<a> <b> "))
    assert caught.value.location is not None
    assert caught.value.location.file == "x.ttl"


# writing one file


def test_a_file_is_replaced_whole_and_keeps_its_mode(tmp_path: Path):
    path = tmp_path / "x"
    path.write_bytes(b"old")
    path.chmod(0o640)
    replace_file(path, b"new")
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o640
    assert os.listdir(tmp_path) == ["x"]  # noqa: PTH208


def test_a_file_that_cannot_be_written_stays(tmp_path: Path, monkeypatch):
    path = tmp_path / "x"
    path.write_bytes(b"old")

    def stop(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", stop)
    with pytest.raises(BackendError, match="No space left"):
        replace_file(path, b"new")
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["x"]


def test_every_code_of_building_is_tested():
    folder = Path(content_package.__file__).parent
    codes = set(re.findall(r'Finding\(\s*"([A-Z_]+)"', (folder / "build.py").read_text(encoding="utf-8")))
    assert codes == {"RELEASED_ID_VANISHED", "FILE_MISSING", "FILE_STALE", "FILE_EXTRA"}
