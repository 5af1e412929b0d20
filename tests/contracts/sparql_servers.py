"""Real SPARQL servers for the tests: started on loopback, awaited, and ended by their process ids."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

OXIGRAPH = Path(sys.executable).parent / "oxigraph"
FUSEKI_JAR = os.environ.get("FUSEKI_JAR", "")


@contextmanager
def oxigraph(*options: str, command: str = "serve") -> Iterator[str]:
    port = free_port()
    arguments = [str(OXIGRAPH), command, *options, "--bind", f"127.0.0.1:{port}"]
    with _running(arguments, f"http://127.0.0.1:{port}", seconds=20) as address:
        yield address


@contextmanager
def fuseki(folder: Path) -> Iterator[str]:
    port = free_port()
    options = ["--localhost", "--port", str(port), "--mem", "--update", "/ds"]
    environment = os.environ | {"FUSEKI_BASE": str(folder)}
    arguments = ["java", "-Xmx1g", "-jar", FUSEKI_JAR, *options]
    with _running(arguments, f"http://127.0.0.1:{port}/ds", seconds=90, environment=environment) as address:
        yield address


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _running(
    arguments: list[str], address: str, *, seconds: float, environment: dict[str, str] | None = None
) -> Iterator[str]:
    process = subprocess.Popen(
        arguments, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _await(process, address, time.monotonic() + seconds)
        yield address
    finally:
        process.kill()
        process.wait()


def _await(process: subprocess.Popen[bytes], address: str, ends: float) -> None:
    while time.monotonic() < ends:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        try:
            httpx.get(address, trust_env=False, timeout=5)
        except httpx.TransportError:
            time.sleep(0.02)
        else:
            return
    raise RuntimeError("the server did not start in time")
