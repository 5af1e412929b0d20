"""The directory store between real processes: readers beside a writer, killed writers, damage, refusals."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pyoxigraph as ox
import pytest

from aimsgraph.errors import (
    BackendError,
    InputError,
    NotFound,
    Refused,
    StoreCorrupted,
    StoreLocked,
)
from aimsgraph.graph import generations
from aimsgraph.graph.directory import open_directory

G = ox.NamedNode("http://example.org/g")
P = ox.NamedNode("http://example.org/p")
PREAMBLE = """
import sys, time
from pathlib import Path
import pyoxigraph as ox
from aimsgraph.graph.directory import open_directory
G, P = ox.NamedNode("http://example.org/g"), ox.NamedNode("http://example.org/p")
path = Path(sys.argv[1])
def quads(label, count=200):
    return [ox.Quad(ox.NamedNode(f"http://example.org/{n}"), P, ox.Literal(label), G) for n in range(count)]
"""


def quads(label: str, count: int = 200) -> list[ox.Quad]:
    return [ox.Quad(ox.NamedNode(f"http://example.org/{number}"), P, ox.Literal(label), G) for number in range(count)]


def start(path: Path, body: str) -> subprocess.Popen[str]:
    script = PREAMBLE + textwrap.dedent(body)
    return subprocess.Popen(
        [sys.executable, "-c", script, str(path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def finish(process: subprocess.Popen[str]) -> str:
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    return output


def wait_for_line(process: subprocess.Popen[str], line: str) -> None:
    assert process.stdout is not None
    assert process.stdout.readline().strip() == line


def labels(path: Path) -> set[str]:
    with open_directory(path) as store:
        return {quad.object.value for quad in store.quads()}


def names(path: Path) -> list[str]:
    return sorted(entry.name for entry in path.iterdir())


@pytest.fixture
def path(tmp_path):
    with open_directory(tmp_path / "store", write=True) as store:
        store.load(quads("0"))
    return tmp_path / "store"


def generation_folder(path: Path) -> Path:
    return path / (path / "CURRENT").read_text().strip()


# Readers and a writer


def test_readers_see_whole_generations_while_a_writer_commits(path):
    read = """
        import collections
        seen = []
        end = time.monotonic() + 3
        while time.monotonic() < end:
            with open_directory(path) as store:
                found = collections.Counter(quad.object.value for quad in store.quads())
                rows = store.query("SELECT DISTINCT ?o { ?s ?p ?o }")
                assert [row["o"].value for row in rows] == list(found), found
                assert list(found.values()) == [200], found
                seen.append(int(next(iter(found))))
        assert seen == sorted(seen), seen
        print(len(set(seen)))
    """
    readers = [start(path, read) for _ in range(3)]
    end = time.monotonic() + 3
    turn = 0
    with open_directory(path, write=True) as writer:
        while time.monotonic() < end:
            turn += 1
            writer.replace_graph(G, quads(str(turn)))
    assert turn > 3
    assert all(int(finish(reader)) > 1 for reader in readers)


def test_a_reader_keeps_its_generation_until_it_refreshes(path):
    with open_directory(path) as reader, open_directory(path, write=True) as writer:
        before = reader.generation
        answer = reader.query("SELECT ?o { ?s ?p ?o }")
        for turn in range(1, 6):
            writer.replace_graph(G, quads(str(turn)))
        assert reader.generation == before
        assert {quad.object.value for quad in reader.quads()} == {"0"}
        assert generation_folder(path).name != f"gen-{int(before.partition('-')[0]):06d}"
        assert f"gen-{int(before.partition('-')[0]):06d}" in names(path)
        assert reader.refresh()
        assert not reader.refresh()
        assert reader.generation == writer.generation
        assert {row["o"].value for row in answer} == {"0"}
        del answer
        writer.replace_graph(G, quads("last"))
        assert [name for name in names(path) if name.startswith("gen-")] == ["gen-000007", "gen-000008"]


def test_a_generation_held_by_another_process_is_not_removed(path):
    reader = start(
        path,
        """
        with open_directory(path) as store:
            print("open", flush=True)
            end = time.monotonic() + 60
            while not (path.parent / "go").exists() and time.monotonic() < end:
                time.sleep(0.01)
            print({quad.object.value for quad in store.quads()})
        """,
    )
    wait_for_line(reader, "open")
    with open_directory(path, write=True) as writer:
        for turn in range(1, 5):
            writer.replace_graph(G, quads(str(turn)))
        assert "gen-000002" in names(path)
        (path.parent / "go").touch()
        assert "{'0'}" in finish(reader)
        writer.replace_graph(G, quads("last"))
    assert "gen-000002" not in names(path)


def test_a_second_writer_is_refused_and_can_write_later(path):
    writer = start(
        path,
        """
        with open_directory(path, write=True) as store:
            print("open", flush=True)
            end = time.monotonic() + 60
            while not (path.parent / "go").exists() and time.monotonic() < end:
                time.sleep(0.01)
        """,
    )
    wait_for_line(writer, "open")
    with pytest.raises(StoreLocked) as caught:
        open_directory(path, write=True)
    assert caught.value.remedy
    assert labels(path) == {"0"}
    (path.parent / "go").touch()
    finish(writer)
    with open_directory(path, write=True) as store:
        assert store.size == 200


@pytest.mark.parametrize("moment", range(6))
def test_a_killed_writer_leaves_the_old_generation(path, moment):
    writer = start(
        path,
        """
        store = open_directory(path, write=True)
        print("writing", flush=True)
        turn = 0
        while True:
            turn += 1
            store.replace_all(quads(f"turn {turn}", 20_000))
        """,
    )
    wait_for_line(writer, "writing")
    time.sleep(0.05 + 0.11 * moment)
    os.kill(writer.pid, signal.SIGKILL)
    writer.communicate()
    with open_directory(path) as reader:
        reader.verify()
        (label,) = {quad.object.value for quad in reader.quads()}
        assert (label, reader.size) == ("0", 200) or (label.startswith("turn "), reader.size) == (
            True,
            20_000,
        )
    with open_directory(path, write=True) as store:
        store.replace_all(quads("after"))
    assert labels(path) == {"after"}
    assert not [name for name in names(path) if ".new-" in name or ".old-" in name]


@pytest.mark.parametrize("step", ["write_record", "replace_file", "flush"])
def test_a_commit_that_fails_leaves_the_store_as_it_was(path, monkeypatch, step):
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    before = names(path)
    with open_directory(path, write=True) as writer:
        if step == "flush":
            monkeypatch.setattr("aimsgraph.graph.directory.describe_content", fail)
        else:
            monkeypatch.setattr(generations, step, fail)
        with pytest.raises(BackendError, match="No space left"):
            writer.replace_graph(G, quads("new"))
        monkeypatch.undo()
        assert names(path) == before
        assert {quad.object.value for quad in writer.quads()} == {"0"}
        writer.replace_graph(G, quads("new"))
    assert labels(path) == {"new"}


def test_a_pointer_that_moved_is_not_pulled_from_under_its_readers(path, monkeypatch):
    real = generations.replace_file

    def moved_then_failed(target: Path, text: str) -> None:
        real(target, text)
        raise OSError(5, "Input/output error")

    with open_directory(path, write=True) as writer:
        monkeypatch.setattr(generations, "replace_file", moved_then_failed)
        with pytest.raises(BackendError):
            writer.replace_graph(G, quads("new"))
    assert labels(path) == {"new"}


# Damage


def damage_missing(path: Path) -> str:
    next(generation_folder(path).glob("data/*.sst")).unlink()
    return "is missing"


def damage_truncated(path: Path) -> str:
    victim = max(generation_folder(path).glob("data/*.sst"), key=lambda entry: entry.stat().st_size)
    os.truncate(victim, victim.stat().st_size // 2)
    return "bytes instead of"


def damage_record(path: Path) -> str:
    (generation_folder(path) / "generation.json").write_text("{")
    return "generation.json cannot be read"


def damage_count(path: Path) -> str:
    record = generation_folder(path) / "generation.json"
    record.write_text(record.read_text().replace('"quads": 200', '"quads": 201'))
    return "holds 200 quads instead of 201"


def damage_generation(path: Path) -> str:
    generation_folder(path).rename(path / "elsewhere")
    return "is missing"


def damage_current(path: Path) -> str:
    (path / "CURRENT").unlink()
    return "CURRENT is missing"


def damage_pointer(path: Path) -> str:
    (path / "CURRENT").write_bytes(b"\xff\x00../../etc")
    return "CURRENT names no generation"


def damage_bits(path: Path) -> str:
    for victim in generation_folder(path).glob("data/MANIFEST-*"):
        victim.write_bytes(bytes(byte ^ 0xFF for byte in victim.read_bytes()))
    return "the store failed"


DAMAGES = [
    damage_missing,
    damage_truncated,
    damage_record,
    damage_count,
    damage_generation,
    damage_current,
    damage_pointer,
    damage_bits,
]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
@pytest.mark.parametrize("write", [False, True])
def test_damage_is_reported(path, damage, write):
    message = damage(path)
    with pytest.raises(StoreCorrupted, match=message) as caught:
        open_directory(path, write=write)
    assert caught.value.remedy
    with pytest.raises(StoreCorrupted):  # and it stays so: nothing was overwritten on the way
        open_directory(path)


def test_other_content_than_recorded_is_found_by_verify(path):
    record = generation_folder(path) / "generation.json"
    with open_directory(path) as store:
        store.verify()
        record.write_text(record.read_text().replace(store.generation.partition("-")[2], "0" * 12))
    with open_directory(path) as store, pytest.raises(StoreCorrupted, match="other quads"):
        store.verify()


# What is there instead of a store


def test_nothing_there(tmp_path):
    with pytest.raises(NotFound) as caught:
        open_directory(tmp_path / "none")
    assert caught.value.remedy
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("write", [False, True])
def test_something_else_is_there(tmp_path, write):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match="not an aimsgraph store"):
        open_directory(tmp_path, write=write)
    assert names(tmp_path) == ["notes.txt"]


@pytest.mark.parametrize("write", [False, True])
def test_a_store_of_another_version_is_left_alone(path, write):
    (path / "FORMAT").write_text("aimsgraph-store 99\n")
    before = names(path)
    with pytest.raises(InputError, match="aimsgraph-store 99") as caught:
        open_directory(path, write=write)
    assert "version" in caught.value.remedy
    assert names(path) == before


@pytest.mark.parametrize("write", [False, True])
def test_a_path_through_a_file_is_an_error_not_a_crash(tmp_path, write):
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file", tmp_path / "file" / "store"):
        with pytest.raises((NotFound, InputError, BackendError)):
            open_directory(place, write=write)


def test_a_folder_that_may_not_be_written_to(path, monkeypatch):
    """Root may write anywhere but on a read-only mount, so the refusal of the system is played once."""
    monkeypatch.setattr(os, "open", _refusing(os.open))
    with pytest.raises(Refused, match="not allowed to write") as caught:
        open_directory(path, write=True)
    assert "read-only" in caught.value.remedy
    assert labels(path) == {"0"}


def _refusing(real):
    def open_(target, flags, *rest, **named):
        if flags & (os.O_WRONLY | os.O_RDWR):
            raise PermissionError(13, "Permission denied", str(target))
        return real(target, flags, *rest, **named)

    return open_


def test_a_place_the_system_keeps_for_itself():
    with pytest.raises((Refused, BackendError)) as caught:
        open_directory(Path("/proc/self/aimsgraph-store"), write=True)
    assert "/proc/self" in caught.value.message


@pytest.mark.parametrize("left", ["nothing", "format", "first generation"])
def test_a_store_killed_while_it_was_made_is_made_anew(tmp_path, left):
    path = tmp_path / "store"
    open_directory(path, write=True).close()
    (path / "CURRENT").unlink()
    if left != "first generation":
        (path / "gen-000001").rename(tmp_path / "away")
    if left == "nothing":
        (path / "FORMAT").unlink()
    else:
        with pytest.raises(NotFound, match="never finished"):
            open_directory(path)
    with open_directory(path, write=True) as store:
        store.load(quads("new"))
    assert labels(path) == {"new"}


def test_replace_all_is_one_generation(path):
    with open_directory(path, write=True) as store:
        number = int(store.generation.partition("-")[0])
        after = store.replace_all(quads("new", 3))
        assert int(after.partition("-")[0]) == number + 1
        assert store.size == 3


def test_equal_content_has_an_equal_digest_whatever_the_order(tmp_path):
    digests = set()
    for name, order in (("a", 1), ("b", -1)):
        with open_directory(tmp_path / name, write=True) as store:
            digests.add(store.load(quads("x")[::order]))
    assert len(digests) == 1
