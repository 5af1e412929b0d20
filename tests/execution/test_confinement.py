"""What a confined process can no longer do, each tried in a process of its own; and that the same works unconfined."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

import pyoxigraph as ox
import pytest

from aimsgraph.execution.confine import Confinement, confine

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the kernel's filter is Linux's")
GIGABYTE = 1024**3


def network() -> None:
    socket.socket(socket.AF_INET, socket.SOCK_STREAM).close()


def network_6() -> None:
    socket.socket(socket.AF_INET6, socket.SOCK_DGRAM).close()


def local_socket() -> None:
    for end in socket.socketpair():
        end.close()


def program() -> None:
    subprocess.run(["true"], check=True)


def read_file() -> None:
    Path("/proc/self/status").read_bytes()


def write_file() -> None:
    descriptor = os.open(f"/tmp/aimsgraph-{os.getpid()}", os.O_WRONLY | os.O_CREAT, 0o600)
    os.close(descriptor)
    Path(f"/tmp/aimsgraph-{os.getpid()}").unlink()


def signal_another() -> None:
    os.kill(os.getppid(), 0)


def much_memory() -> None:
    bytearray(2 * GIGABYTE)


def federated_query() -> None:
    list(ox.Store().query("SELECT * { SERVICE <http://127.0.0.1:9999/> { ?s ?p ?o } }"))


def attempt(end: Connection, confinement: Confinement | None, deed: Callable[[], None]) -> None:
    in_force = confine(confinement) if confinement else None
    try:
        deed()
    except (OSError, MemoryError) as error:
        end.send((in_force, f"{type(error).__name__}: {error}"))
    else:
        end.send((in_force, "done"))


def outcome(confinement: Confinement | None, deed: Callable[[], None]) -> tuple[bool | None, str]:
    here, there = get_context("fork").Pipe(duplex=False)
    process = get_context("fork").Process(target=attempt, args=(there, confinement, deed))
    process.start()
    there.close()
    try:
        found: tuple[bool | None, str] = here.recv()
    finally:
        process.join()
    return found


STRICT = Confinement(memory_bytes=GIGABYTE)


@pytest.mark.parametrize("deed", [network, network_6, program, read_file, write_file, signal_another])
def test_a_confined_process_is_refused_what_an_unconfined_one_may_do(deed: Callable[[], None]) -> None:
    assert outcome(None, deed) == (None, "done")
    in_force, said = outcome(STRICT, deed)
    assert in_force is True
    assert said.startswith("PermissionError")


def test_memory_is_bounded() -> None:
    assert outcome(None, much_memory) == (None, "done")
    assert outcome(STRICT, much_memory) == (True, "MemoryError: ")


def test_a_query_cannot_ask_another_server_even_when_the_guard_lets_it_through() -> None:
    assert "Permission denied" in outcome(STRICT, federated_query)[1]
    assert "Connection refused" in outcome(None, federated_query)[1]


def test_what_is_allowed_still_works() -> None:
    assert outcome(STRICT, local_socket) == (True, "done")
    assert outcome(Confinement(reading=True), read_file) == (True, "done")
    assert outcome(Confinement(reading=True), write_file)[1].startswith("PermissionError")
    assert outcome(Confinement(reading=True, writing=True), write_file) == (True, "done")
    assert outcome(Confinement(network=True), network) == (True, "done")
