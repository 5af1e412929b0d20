"""The execution room: answers, deadlines, limits, crashes, what is left afterwards."""

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from aimsgraph.errors import Busy, DeadlineExceeded, NotFound, QuerySyntaxError, Refused, ResourcesExceeded
from aimsgraph.execution.room import Query, Room
from aimsgraph.execution.settings import MEGABYTE, TemplateSettings
from aimsgraph.graph.directory import open_directory
from aimsgraph.graph.union import Dataset
from aimsgraph.settings import Settings

EX = "http://example.org/"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?p ?x . ?b ?q ?y . ?c ?r ?z . ?d ?s ?w }"
HUGE = (
    'SELECT * { BIND("'
    + "a" * 16
    + '" AS ?v0) '
    + " ".join(f"BIND(CONCAT(?v{i}, ?v{i}) AS ?v{i + 1})" for i in range(30))
    + "}"
)
SMALL = f"SELECT ?o {{ <{EX}n7> <{EX}p> ?o }}"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("room") / "store"
    predicate, graph = ox.NamedNode(f"{EX}p"), ox.NamedNode(f"{EX}g")
    quads = [ox.Quad(ox.NamedNode(f"{EX}n{i}"), predicate, ox.Literal(str(i)), graph) for i in range(400)]
    quads.append(ox.Quad(ox.NamedNode(f"{EX}n0"), predicate, ox.Literal("unnamed")))
    with open_directory(path, write=True) as made:
        made.load(quads)
    return path


@asynccontextmanager
async def room_of(store: Path, **settings: Any) -> AsyncIterator[Room]:
    template = TemplateSettings(Settings(store=str(store)), worker_memory_bytes=512 * MEGABYTE)
    async with Room(template, **settings) as room:
        yield room


async def ask(room: Room, text: str, format_: str = "json", seconds: float = 10, **more: Any) -> tuple[bytes, bool]:
    async with room.run(Query(text, format_, **more), seconds) as answer:
        data = b"".join([piece async for piece in answer])
    return data, answer.truncated


def run(store: Path, work: Callable[[Room], Awaitable[None]], **settings: Any) -> None:
    async def inside() -> None:
        async with room_of(store, **settings) as room:
            await work(room)

    asyncio.run(inside())


def test_answers_of_every_form_and_dataset(store: Path) -> None:
    async def work(room: Room) -> None:
        data, truncated = await ask(room, SMALL)
        assert json.loads(data)["results"]["bindings"] == [{"o": {"type": "literal", "value": "7"}}]
        assert truncated is False
        assert (await ask(room, "ASK { ?s ?p 'unnamed' }", "csv"))[0] == b"true"
        assert (await ask(room, f"CONSTRUCT WHERE {{ <{EX}n7> ?p ?o }}", "ntriples"))[0].count(b"\n") == 1
        count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
        counts = {
            "union": Dataset(),
            "unnamed": Dataset(union=False),
            "named": Dataset((f"{EX}g",), ()),
            "none": Dataset((), (f"{EX}g",)),
        }
        found = {name: (await ask(room, count, "csv", dataset=dataset))[0] for name, dataset in counts.items()}
        assert found == {
            "union": b"n\r\n401\r\n",
            "unnamed": b"n\r\n1\r\n",
            "named": b"n\r\n400\r\n",
            "none": b"n\r\n0\r\n",
        }

    run(store, work)


def test_errors_come_back_as_what_they_are_and_cost_no_worker(store: Path) -> None:
    async def work(room: Room) -> None:
        with pytest.raises(QuerySyntaxError) as caught:
            await ask(room, "SELECT * {\n ?s ?p . }")
        assert caught.value.location is not None
        assert caught.value.location.line == 2
        with pytest.raises(QuerySyntaxError, match="not declared"):
            await ask(room, "SELECT * { ?s aims:x ?o }")
        with pytest.raises(Refused):
            await ask(room, "SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }")
        assert room.is_ready
        assert (await ask(room, SMALL, "csv"))[0] == b"o\r\n7\r\n"

    run(store, work, workers=1)


def test_a_query_past_its_deadline_is_ended_and_the_next_one_is_answered(store: Path) -> None:
    async def work(room: Room) -> None:
        started = time.monotonic()
        with pytest.raises(DeadlineExceeded):
            await ask(room, ENDLESS, seconds=0.5)
        assert 0.4 < time.monotonic() - started < 3
        assert (await ask(room, SMALL, "csv"))[0] == b"o\r\n7\r\n"

    run(store, work, workers=1)


def test_a_query_that_takes_too_much_memory_ends_its_worker_alone(store: Path) -> None:
    async def work(room: Room) -> None:
        with pytest.raises(ResourcesExceeded):
            await ask(room, HUGE, seconds=30)
        assert (await ask(room, SMALL, "csv"))[0] == b"o\r\n7\r\n"

    run(store, work, workers=1)


def test_an_answer_is_cut_off_at_the_bytes_allowed_and_says_so(store: Path) -> None:
    async def work(room: Room) -> None:
        whole, truncated = await ask(room, "SELECT * { ?s ?p ?o }", "csv")
        assert truncated is False
        for most in (len(whole) - 1, 100):
            data, truncated = await ask(room, "SELECT * { ?s ?p ?o }", "csv", bytes=most)
            assert truncated is True
            assert len(data) <= most
        assert await ask(room, "SELECT * { ?s ?p ?o }", "csv", bytes=len(whole)) == (whole, False)

    run(store, work)


def test_whoever_stops_reading_frees_the_worker(store: Path) -> None:
    async def work(room: Room) -> None:
        product = "SELECT * { ?a ?p ?x . ?b ?q ?y . ?c ?r ?z }"
        async with room.run(Query(product, "csv"), 30) as answer:
            async for _ in answer:
                break
        assert answer.complete is False
        assert (await ask(room, SMALL, "csv"))[0] == b"o\r\n7\r\n"

    run(store, work, workers=1)


def test_too_many_waiting_are_told_so_at_once_and_one_that_waits_keeps_its_deadline(store: Path) -> None:
    async def work(room: Room) -> None:
        long = asyncio.create_task(ask(room, ENDLESS, seconds=1.5))
        await asyncio.sleep(0.2)
        waiting = asyncio.create_task(ask(room, SMALL, seconds=0.3))
        await asyncio.sleep(0.1)
        with pytest.raises(Busy):
            await ask(room, SMALL)
        with pytest.raises(DeadlineExceeded, match="no worker became free"):
            await waiting
        with pytest.raises(DeadlineExceeded):
            await long

    run(store, work, workers=1, waiting=1)


def test_a_write_is_seen_by_a_query_that_asks_for_its_generation(store: Path, tmp_path: Path) -> None:
    path = tmp_path / "written"
    with open_directory(path, write=True) as made:
        first = made.load([ox.Quad(ox.NamedNode(f"{EX}a"), ox.NamedNode(f"{EX}p"), ox.Literal("1"))])

    async def work(room: Room) -> None:
        count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
        assert (await ask(room, count, "csv", generation=first))[0] == b"n\r\n1\r\n"
        with open_directory(path, write=True) as made:
            second = made.load([ox.Quad(ox.NamedNode(f"{EX}b"), ox.NamedNode(f"{EX}p"), ox.Literal("1"))])
        for _ in range(4):
            assert (await ask(room, count, "csv", generation=second))[0] == b"n\r\n2\r\n"

    run(path, work)


def test_a_store_that_is_not_there_is_said_when_the_room_opens(tmp_path: Path) -> None:
    async def work(room: Room) -> None:
        raise AssertionError("never reached")

    with pytest.raises(NotFound):
        run(tmp_path / "none", work)


def test_closing_ends_every_process(store: Path) -> None:
    async def work(room: Room) -> None:
        long = asyncio.create_task(ask(room, ENDLESS, seconds=60))
        await asyncio.sleep(0.2)
        long.cancel()

    before = children()
    run(store, work)
    deadline = time.monotonic() + 5
    while children() - before and time.monotonic() < deadline:
        time.sleep(0.05)
    assert children() - before == set()


def children() -> set[int]:
    """Return the processes whose command line is a template's; workers keep it too."""
    found = set()
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            command = (entry / "cmdline").read_bytes()
            group = os.getpgid(int(entry.name))
        except OSError:
            continue
        if b"aimsgraph.execution.template" in command and group == os.getpgid(0):
            found.add(int(entry.name))
    return found
