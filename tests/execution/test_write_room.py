"""The writer: all or nothing, durable before it is said, ended when too long, one at a time, a log that tells all."""

import asyncio
import json
import os
import random
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from aimsgraph.errors import (
    AimsgraphError,
    BackendError,
    Conflict,
    DeadlineExceeded,
    InputError,
    NotFound,
    QuerySyntaxError,
    Refused,
    StoreCorrupted,
    StoreLocked,
)
from aimsgraph.execution.write_log import WriteLog
from aimsgraph.execution.write_room import Write, WriteRoom
from aimsgraph.graph.directory import open_directory

G = "http://example.org/g"
ENDLESS = (
    b"INSERT { ?a <urn:p> ?b } WHERE { "
    + b" ".join(b"VALUES ?x%d { 1 2 3 4 5 6 7 8 9 10 }" % i for i in range(12))
    + b" BIND(<urn:a> AS ?a) BIND(?x1 AS ?b) }"
)


def insert(number: int) -> Write:
    return Write("update", f"INSERT DATA {{ <urn:s{number}> <urn:a> {number} ; <urn:b> {number} }}".encode())


def run(path: Path, work: Callable[[WriteRoom], Awaitable[None]]) -> None:
    async def inside() -> None:
        async with WriteRoom(path) as room:
            await work(room)

    asyncio.run(inside())


def contents(path: Path) -> set[str]:
    with open_directory(path) as store:
        return {str(quad) for quad in store.quads()}


def test_graph_changes_and_updates(tmp_path: Path) -> None:
    path = tmp_path / "store"

    async def work(room: WriteRoom) -> None:
        made = await room.write(Write("put", b"<a> <b> 1 .", G), 20)
        assert made.created is True
        again = await room.write(Write("post", b"<a> <b> 2 .", G), 20)
        assert again.created is False
        assert again.generation == room.generation != made.generation
        assert len(contents(path)) == 2
        await room.write(Write("put", b"<a> <b> 3 .", G), 20)
        assert contents(path) == {
            f'<http://example.org/a> <http://example.org/b> "3"^^<http://www.w3.org/2001/XMLSchema#integer> <{G}>'
        }
        await room.write(Write("put", b"", f"{G}/empty"), 20)
        with open_directory(path) as store:
            assert f"<{G}/empty>" in map(str, store.graphs())
        await room.write(Write("delete", graph=G), 20)
        assert contents(path) == set()
        await room.write(Write("post", b"<urn:a> <urn:b> 1 ."), 20)
        await room.write(Write("delete"), 20)
        assert contents(path) == set()

    run(path, work)


@pytest.mark.parametrize(
    ("write", "error"),
    [
        (Write("update", b"INSERT DATA { <urn:a> <urn:b> "), QuerySyntaxError),
        (Write("update", b"\xff"), InputError),
        (Write("update", b"INSERT DATA { <urn:a> <urn:b> 1 } ; CREATE GRAPH <urn:g> ; CREATE GRAPH <urn:g>"), Refused),
        (Write("update", b"LOAD <http://127.0.0.1/x>"), Refused),
        (Write("put", b"<a> <b> ", G), InputError),
        (Write("put", b"<!DOCTYPE x><rdf/>", G, "rdfxml"), Refused),
        (Write("put", b"<a> <b> 1 .", "https://w3id.org/aimsgraph/graph/ontology"), Refused),
        (Write("update", b"INSERT DATA { GRAPH <https://w3id.org/aimsgraph/graph/x> { <urn:a> <urn:b> 1 } }"), Refused),
        (Write("delete", graph="urn:none"), NotFound),
        (Write("put", b"<a> <b> 1 .", G, if_match=("1-000000000000",)), Conflict),
    ],
)
def test_what_fails_changes_nothing_and_is_not_logged(
    write: Write, error: type[AimsgraphError], tmp_path: Path
) -> None:
    path = tmp_path / "store"

    async def work(room: WriteRoom) -> None:
        await room.write(insert(1), 20)
        before, generation = contents(path), room.generation
        with pytest.raises(error):
            await room.write(write, 20)
        assert (contents(path), room.generation) == (before, generation)
        await room.write(insert(2), 20)
        assert len(list(WriteLog(path).entries())) == 2

    run(path, work)


def test_a_change_past_its_deadline_is_ended_and_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "store"

    async def work(room: WriteRoom) -> None:
        await room.write(insert(1), 20)
        before = contents(path)
        with pytest.raises(DeadlineExceeded):
            await room.write(Write("update", ENDLESS), 1)
        assert contents(path) == before
        await room.write(insert(2), 20)
        assert len(contents(path)) == 4

    run(path, work)


def test_only_one_process_writes(tmp_path: Path) -> None:
    async def work(room: WriteRoom) -> None:
        with pytest.raises(StoreLocked):
            async with WriteRoom(tmp_path / "store"):
                pass

    run(tmp_path / "store", work)


def test_if_match_lets_one_of_two_through(tmp_path: Path) -> None:
    async def work(room: WriteRoom) -> None:
        await room.write(insert(1), 20)
        seen = (room.generation,)
        writes = [Write("put", b"<a> <b> %d ." % i, G, if_match=seen) for i in range(2)]
        outcomes = await asyncio.gather(*(room.write(each, 20) for each in writes), return_exceptions=True)
        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Conflict", "Written"]

    run(tmp_path / "store", work)


@pytest.mark.parametrize("kills", [8, pytest.param(100, marks=pytest.mark.slow)])
def test_no_acknowledged_write_is_lost_and_none_is_partial_when_the_writer_is_killed(
    kills: int, tmp_path: Path
) -> None:
    path = tmp_path / "store"
    acknowledged: list[int] = []
    dice = random.Random(7)

    async def work(room: WriteRoom) -> None:
        number = 0
        for _ in range(kills):

            async def kill_soon() -> None:
                await asyncio.sleep(dice.uniform(0.0, 0.4))
                while room.process_id is None:  # between two writers
                    await asyncio.sleep(0.01)
                os.kill(room.process_id, signal.SIGKILL)

            killer = asyncio.create_task(kill_soon())
            while not killer.done():
                number += 1
                try:
                    await room.write(insert(number), 20)
                except BackendError:
                    continue  # it may be the end of the round before; the next write starts a writer to be killed
                acknowledged.append(number)
            await killer

    run(path, work)
    present: dict[str, int] = {}
    for line in contents(path):
        subject = line.partition(" ")[0]
        present[subject] = present.get(subject, 0) + 1
    assert set(present.values()) <= {2}, "a change is there in part"
    assert {f"<urn:s{number}>" for number in acknowledged} <= set(present)
    with open_directory(path) as store:
        store.verify()
        entries = list(WriteLog(path).entries())
        assert len(entries) >= len(acknowledged)
        assert not entries or entries[-1].number <= store.number


def test_a_torn_last_line_of_the_log_is_no_entry_and_is_taken_away(tmp_path: Path) -> None:
    log = WriteLog(tmp_path)
    log.append(2, "2-a", {"kind": "update", "key": "k1"}, 3)
    whole = log.path.read_bytes()
    log.path.write_bytes(whole + whole[:20])
    assert [entry.number for entry in log.entries()] == [2]
    log.mend()
    assert log.path.read_bytes() == whole
    log.append(3, "3-b", {"kind": "put", "graph": G}, 5)
    assert [(entry.number, entry.key, entry.graph) for entry in log.entries()] == [(2, "k1", ""), (3, "", G)]
    log.path.write_text("no entry\n" + json.dumps({}) + "\n", encoding="utf-8")
    with pytest.raises(StoreCorrupted):
        list(log.entries())
