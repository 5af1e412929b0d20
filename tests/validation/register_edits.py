"""Edits that may happen to a register: to its facts, triple by triple, and to its files."""

import datetime as dt
import re

import pyoxigraph as ox
import yaml

from aimsgraph.graph.vocabulary import RDF_TYPE, RDFS_SUBCLASS_OF, aims
from aimsgraph.validation.facts import date_literal

RUN = ox.NamedNode("urn:aimsgraph:run")


class FactEdits:
    """Edits facts at random, with what the facts themselves are made of."""

    def __init__(self, rng, triples):
        self._rng = rng
        self._all = sorted(triples, key=str)
        self._known = set(self._all)
        self._objects = {}
        self.made = 0
        for triple in self._all:
            self._objects.setdefault(triple.predicate, []).append(triple.object)

    def edit(self, triples):
        """Return the facts after one to eight edits; their order is kept, so that a seed makes the same edits."""
        now = dict.fromkeys(triples)
        for _ in range(self._rng.choice([1, 1, 2, 4, 8])):
            edit = self._rng.choice(
                [self._remove, self._add, self._replace, self._replace, self._move, self._retype, self._drop_node,
                 self._shift_day, self._put_back, self._put_back, self._odd]
            )  # fmt: skip
            edit(now)
            self.made += 1
        return now

    def _some(self, now, test=lambda _: True):
        return self._rng.choice(list(filter(test, now)))

    def _remove(self, now):
        del now[self._some(now)]

    def _add(self, now):
        one = self._some(now)
        now[ox.Triple(one.subject, one.predicate, self._rng.choice(self._objects[one.predicate]))] = None

    def _replace(self, now):
        one = self._some(now)
        del now[one]
        now[ox.Triple(one.subject, one.predicate, self._rng.choice(self._objects[one.predicate]))] = None

    def _move(self, now):
        one, other = self._some(now), self._some(now)
        del now[one]
        now[ox.Triple(other.subject, one.predicate, one.object)] = None

    def _retype(self, now):
        one = self._some(now, lambda t: t.predicate == RDF_TYPE)
        del now[one]
        now[ox.Triple(one.subject, RDF_TYPE, self._rng.choice(self._objects[RDF_TYPE]))] = None

    def _drop_node(self, now):
        node = self._some(now).subject
        for triple in [triple for triple in now if node in (triple.subject, triple.object)]:
            del now[triple]

    def _shift_day(self, now):
        one = self._some(now, lambda t: isinstance(t.object, ox.Literal) and t.object.datatype.value.endswith("#date"))
        del now[one]
        day = dt.date.fromisoformat(one.object.value) + dt.timedelta(days=self._rng.choice([-800, -30, 30, 800]))
        now[ox.Triple(one.subject, one.predicate, date_literal(day))] = None

    def _put_back(self, now):
        """Bring back what earlier edits took away, and take away what they brought."""
        now |= dict.fromkeys(self._rng.sample(self._all, len(self._all) // 3))
        strange = list(now.keys() - self._known)
        for triple in self._rng.sample(sorted(strange, key=str), len(strange) // 2):
            del now[triple]

    def _odd(self, now):
        """Do what registers seldom do: another day, a new subclass, a node without a name."""
        one = self._some(now)
        kind = self._rng.randrange(3)
        if kind == 0:
            for triple in [triple for triple in now if triple.subject == RUN and triple.predicate == aims("asOf")]:
                del now[triple]
            day = dt.date(2026, 1, 1) + dt.timedelta(days=self._rng.randrange(700))
            now[ox.Triple(RUN, aims("asOf"), date_literal(day))] = None
        elif kind == 1:
            classes = [self._rng.choice(self._objects[RDF_TYPE]) for _ in range(2)]
            now[ox.Triple(classes[0], RDFS_SUBCLASS_OF, classes[1])] = None
        else:
            now[ox.Triple(ox.BlankNode(f"b{self._rng.randrange(3)}"), one.predicate, one.object)] = None


class FileEdits:
    """Edits the files of a copy of an organisation's folder at random, one each time."""

    def __init__(self, rng, folder):
        self._rng = rng
        self._folder = folder
        self._original = {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}

    def edit(self):
        """Change one file."""
        edit = self._rng.choice(
            [self._drop_row, self._copy_row, self._shift_day, self._shift_day, self._swap_words, self._swap_words,
             self._drop_entry]
        )  # fmt: skip
        edit()

    def restore(self):
        """Bring all files back."""
        for path, content in self._original.items():
            path.write_bytes(content)

    def _pick(self, *patterns):
        return self._rng.choice(sorted(path for pattern in patterns for path in self._folder.glob(pattern)))

    def _lines(self):
        path = self._pick("*.csv")
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        return path, lines, self._rng.randrange(1, len(lines)) if len(lines) > 1 else 0

    def _drop_row(self):
        path, lines, number = self._lines()
        path.write_text("".join(lines[:number] + lines[number + 1 :]), encoding="utf-8")

    def _copy_row(self):
        """Add a row like another, such as a piece of evidence, a risk or a person."""
        path, lines, number = self._lines()
        path.write_text("".join([*lines, f"x{self._rng.randrange(1000)}-{lines[number]}"]), encoding="utf-8")

    def _shift_day(self):
        """Put a day some years back or forth."""
        path = self._pick("*.csv", "*.yaml", "*/*.yaml")
        text = path.read_text(encoding="utf-8")
        days = [found.start() for found in re.finditer(r"\b20[0-9]{2}-[01][0-9]-", text)]
        if days:
            start = self._rng.choice(days)
            year = int(text[start : start + 4]) + self._rng.choice([-2, -1, 1, 2])
            path.write_text(f"{text[:start]}{year}{text[start + 4 :]}", encoding="utf-8")

    def _swap_words(self):
        """Put another word of its kind in the place of one: owners, states, ratings, roles."""
        path = self._pick("*.csv", "*.yaml", "*/*.yaml")
        text = path.read_text(encoding="utf-8")
        kind = self._rng.choice(_WORDS)
        found = list(re.finditer(rf"(?<![\w-])({'|'.join(kind)})(?![\w-])", text))
        if found:
            one = self._rng.choice(found)
            path.write_text(f"{text[: one.start()]}{self._rng.choice(kind)}{text[one.end() :]}", encoding="utf-8")

    def _drop_entry(self):
        """Take one entry out of a file of an AI system, a policy or an impact assessment."""
        path = self._pick("*/*.yaml")
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        data.pop(self._rng.choice(sorted(set(data) - {"id"})))
        path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")


_WORDS = [
    ("dana", "ben", "carla", "mira", "nils"), ("operating", "planned"), ("high", "medium", "low"),
    ("provider", "deployer"), ("yes", "no"),
]  # fmt: skip
