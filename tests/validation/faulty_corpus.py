"""The seeded faults of `data/examples/faulty`: what each declares, its whole register, and what is found in it."""

import datetime as dt
import hashlib
import multiprocessing
import shutil
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby

from aimsgraph import assets
from aimsgraph.compliance.validate import Catalogue, Request, validate_registers
from aimsgraph.content.yaml_source import read_yaml
from aimsgraph.domain.time import Moment
from aimsgraph.validation.pyshacl_engine import PyShaclEngine, _read, _to_ntriples
from aimsgraph.validation.report import make_report

EXAMPLES = assets.path("data", "examples")
FOLDER = EXAMPLES / "faulty"
README = FOLDER / "README.md"
BASES = ("acme", "clean")
FIELDS = ("title", "what", "base", "on", "profiles", "expects", "removes")
DAY = "2026-11-23"
HEADER = "fault.yaml"


@dataclass(frozen=True)
class Fault:
    """One folder of the corpus.

    Attributes:
        slug: the folder's name.
        title: the fault in a line.
        what: the fault in a sentence or two.
        base: the example it is laid over.
        on: the day to judge by.
        profiles: the audits it is put through.
        expects: the rules that find it.
        removes: what of the base is not there.
    """

    slug: str
    title: str
    what: str
    base: str
    on: dt.date
    profiles: tuple[str, ...]
    expects: frozenset[str]
    removes: tuple[str, ...]

    @property
    def question(self):
        return self.base, self.on, self.profiles

    @property
    def files(self):
        """The files that are laid over the base, by their path in the register."""
        folder = FOLDER / self.slug
        paths = [p for p in sorted(folder.rglob("*")) if p.is_file() and p != folder / HEADER]
        return {path.relative_to(folder).as_posix(): path for path in paths}

    @property
    def digest(self):
        """What is the same for two faults that are one."""
        parts = [*map(str, self.question), *sorted(self.removes)]
        parts += [f"{name}\0{path.read_text(encoding='utf-8')}" for name, path in self.files.items()]
        return hashlib.sha256("\0\0".join(parts).encode()).hexdigest()

    def build(self, folder):
        """Make the register: a copy of the base, without what is removed, with the files of the fault laid over it."""
        shutil.copytree(EXAMPLES / self.base, folder)
        for name in self.removes:
            (folder / name).unlink()
        for name, path in self.files.items():
            (folder / name).parent.mkdir(exist_ok=True)
            shutil.copyfile(path, folder / name)
        return folder


def read_faults():
    return [_read_fault(path) for path in sorted(FOLDER.glob(f"*/{HEADER}"))]


def _read_fault(path):
    said = read_yaml(path, path.as_posix()).data
    unknown = set(said) - set(FIELDS)
    assert not unknown, f"{path}: unknown fields {unknown}"
    return Fault(
        path.parent.name,
        said["title"],
        said["what"],
        said["base"],
        dt.date.fromisoformat(said.get("on", DAY)),
        tuple(said.get("profiles", ())),
        frozenset(said["expects"]),
        tuple(said.get("removes", ())),
    )


def table_of(faults):
    """The table of the README."""
    lines = ["| folder | fault | base | found by |", "|---|---|---|---|"]
    for fault in faults:
        rules = ", ".join(f"`{rule}`" for rule in sorted(fault.expects))
        lines.append(f"| `{fault.slug}` | {fault.title} | {fault.base} | {rules} |")
    return "\n".join(lines)


class KeptEngine(PyShaclEngine):
    """pySHACL in one process for all registers: to start it, and to read the queries, takes longer than to judge."""

    def __init__(self, pool):
        self._pool = pool

    def validate_all(self, jobs, deadline=None):
        return [self._validate(job) for job in jobs]

    def _validate(self, job):
        facts = _to_ntriples(job.quads)
        found = self._pool.submit(_run_job, {"facts": facts, "shapes": job.shapes.turtle}).result()
        return make_report(_read(found), job.shapes, engine=self.name, facts=facts)


def _run_job(job):
    from aimsgraph.validation.pyshacl_worker import run_job  # not in pytest's process: it changes how rdflib reads

    return run_job(job)


@contextmanager
def kept_pyshacl():
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield KeptEngine(pool)


def find_all(faults, graph, library, folder, engine):
    """Return what each faulty register has found beside what is found in its base: findings by slug."""
    catalogue, found = Catalogue(graph.store, graph.law, library), {}
    bases = {base: shutil.copytree(EXAMPLES / base, folder / f"base-{base}") for base in BASES}
    with engine as judge:
        for question, group in groupby(sorted(faults, key=lambda fault: fault.question), lambda fault: fault.question):
            base, on, profiles = question
            folders = {fault.slug: fault.build(folder / fault.slug) for fault in group}
            request = Request(Moment(on, on), profiles)
            outcome = validate_registers([bases[base], *folders.values()], catalogue, judge, request)
            known = _counted(outcome.findings, bases[base])
            found |= {slug: _counted(outcome.findings, place) - known for slug, place in folders.items()}
    return found


def _counted(findings, folder):
    """Count a register's findings; where in a file one stands is no part of it."""
    start = f"{folder.as_posix()}/"
    return Counter(
        (f.rule, f.location.file.removeprefix(start), f.focus, f.path, f.value, f.message)
        for f in findings
        if f.location.file.startswith(start)
    )
