"""`aimsgraph watch` in a process of its own, on a copy of the example that is edited under its eyes."""

import queue
import shutil
import signal
import subprocess
import sys
import threading

import pytest

from aimsgraph import assets

ACME = assets.path("data", "examples", "acme")
PATIENCE = 60


def _heed_interrupts():
    """Undo what a shell does that runs the tests in the background: let the signal be ignored, here and below."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Watching:
    """The command, with its words line by line."""

    def __init__(self, folder, *arguments):
        command = [sys.executable, "-u", "-m", "aimsgraph", "--today", "2026-11-23", "watch", str(folder), *arguments]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            preexec_fn=_heed_interrupts,  # noqa: PLW1509  # it only sets a signal
        )  # fmt: skip
        self._lines = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self._lines.put(line.rstrip("\n"))
        self._lines.put(None)

    def until(self, start):
        """Return the lines up to and with the first that begins so."""
        lines = []
        while True:
            line = self._lines.get(timeout=PATIENCE)
            assert line is not None, f"it ended before {start!r}: {lines}"
            lines.append(line)
            if line.startswith(start):
                return lines


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(ACME, tmp_path / "acme")


@pytest.fixture
def watch(folder):
    started = []

    def start(*arguments):
        started.append(Watching(folder, *arguments))
        return started[-1]

    yield start
    for watching in started:
        watching.process.kill()
        watching.process.wait()
        watching.process.stdout.close()


def test_it_shows_what_appears_and_what_goes(folder, watch):
    watching = watch("--rounds", "4")
    assert "4 findings" in watching.until("4 findings")[-1]
    watching.until(f"+ {folder}/suppliers.csv")

    lines = (folder / "suppliers.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "suppliers.csv").write_text("".join(lines[:3] + lines[4:]), encoding="utf-8")
    judged, gone = watching.until("- ")
    assert judged.startswith("3 findings")
    assert "judged anew: 1 shapes, 1 focus nodes" in judged
    assert "SupplierContractCovers" in gone

    good = (folder / "organisation.yaml").read_text(encoding="utf-8")
    (folder / "organisation.yaml").write_text(good + "\nbroken: [", encoding="utf-8")
    assert "organisation.yaml" in watching.until("! ")[-1]

    (folder / "organisation.yaml").write_text(good, encoding="utf-8")
    (folder / "suppliers.csv").write_text("".join(lines), encoding="utf-8")
    assert "SupplierContractCovers" in watching.until("+ ")[-1]
    assert watching.process.wait(PATIENCE) == 0


def test_ctrl_c_ends_it_well(watch):
    watching = watch()
    watching.until("4 findings")
    watching.process.send_signal(signal.SIGINT)
    assert watching.process.wait(PATIENCE) == 0


def test_wrong_use_ends_it(folder, watch):
    watching = watch("--profile", "nonsense")
    watching.until("aimsgraph: there is no profile")
    assert watching.process.wait(PATIENCE) == 2
    shutil.rmtree(folder)
    watching = watch()
    watching.until("aimsgraph: ")
    assert watching.process.wait(PATIENCE) == 3
