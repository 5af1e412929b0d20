"""Random worlds in which the true relation of any two items is known: sets by item, day and role, with rows."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from worlds import Ground, between, framework, network, row

from aimsgraph.crosswalk.network import Network, Period
from aimsgraph.domain.mapping import Mapping as Row

DAYS = ("2024", "2026")
PERIODS: dict[str, Period] = {"old": ("2024", "2026"), "new": ("2026", ""), "only": ("2024", "")}
ROLES = ("deployer", "importer", "provider")


@dataclass
class World:
    """Sets of requirements by item, day and role; the versions of each item; the parts; rows that tell no lie."""

    ground: dict[tuple[str, str, str], Ground]
    versions: dict[str, tuple[str, ...]]
    parents: dict[str, str]
    rows: list[Row] = field(default_factory=list)

    @property
    def periods(self) -> dict[str, Period]:
        return {f"{item}@{key}": PERIODS[key] for item, keys in self.versions.items() for key in keys}

    @property
    def network(self) -> Network:
        return network(self.rows, self.parents, self.periods)

    def days_of(self, *pins: str) -> list[str]:
        """Return the days on which all pinned versions are in force."""
        spans = [self.periods[pin] for pin in pins if pin]
        return [day for day in DAYS if all(start <= day and (not end or day < end) for start, end in spans)]

    def truths(self, subject: str, days: list[str], object_: str, other_days: list[str], roles: frozenset[str]) -> int:
        """Return, as bits, the relations that hold on any of these days for any of these roles (all when empty)."""
        bits = 0
        for role in roles or ROLES:
            for day in days:
                for other in other_days:
                    bits |= between(self.ground[subject, day, role], self.ground[object_, other, role]).value
        return bits


def make_world(seed: int, rows: int = 14) -> World:
    """Return a world of four frameworks with parts in wholes, two versions of some items, and rows about pairs."""
    dice = random.Random(seed)
    items = [f"f{number}:{letter}" for number in range(4) for letter in "abcd"[: dice.randint(1, 4)]]
    parents = {
        item: whole
        for item in items
        if (above := [other for other in items if framework(other) == framework(item) and other < item])
        and dice.random() < 0.5
        if (whole := dice.choice(above))
    }
    versions = {item: dice.choice([(), ("only",), ("old", "new")]) for item in items}
    world = World(_ground(dice, items, parents, versions), versions, parents)
    pairs = [(a, b) for a in items for b in items if framework(a) != framework(b)]
    for number in range(rows):
        world.rows.append(_true_row(dice, world, str(number), *dice.choice(pairs)))
    return world


def _ground(
    dice: random.Random, items: list[str], parents: dict[str, str], versions: dict[str, tuple[str, ...]]
) -> dict[tuple[str, str, str], Ground]:
    ground: dict[tuple[str, str, str], Ground] = {}
    same_for_all_roles = dice.random() < 0.5
    for item in sorted(items, reverse=True):  # a part is named after its whole and so comes first
        parts = [part for part, whole in parents.items() if whole == item]
        own = {
            (day, role): frozenset(dice.sample(range(6), dice.randint(1, 3)))
            for day in DAYS
            for role in ROLES
        }  # fmt: skip
        for day in DAYS:
            for role in ROLES:
                of_day = day if len(versions[item]) == 2 else DAYS[0]
                days = [day] if len(versions[item]) == 2 else DAYS
                whole = own[of_day, ROLES[0] if same_for_all_roles else role]
                ground[item, day, role] = whole.union(*(ground[part, d, role] for part in parts for d in days))
    return ground


def _true_row(dice: random.Random, world: World, name: str, subject: str, object_: str) -> Row:
    pins = tuple(f"{i}@{dice.choice(keys)}" if (keys := world.versions[i]) and dice.random() < 0.8 else ""
                 for i in (subject, object_))  # fmt: skip
    roles = frozenset(dice.sample(ROLES, dice.choice([0, 0, 1, 1, 2])))
    bits = world.truths(subject, world.days_of(pins[0]), object_, world.days_of(pins[1]), roles)
    if dice.random() < 0.4:
        bits |= dice.randrange(32)
    letters = "".join(letter for i, letter in enumerate("esSid") if bits >> i & 1)
    confidence, status = dice.choice([0.3, 0.6, 0.9]), dice.choice(["candidate", "reviewed", "accepted"])
    return row(
        name, subject, object_, letters, versions=pins, perspective=roles, confidence=confidence, status=status,
        extent=dice.choice(["", "some", "most"]), gap_object=dice.choice(["", "a record"]),
        gap_subject=dice.choice(["", "a plan"]),
    )  # fmt: skip


def iter_worlds(count: int, first: int = 0) -> Iterator[World]:
    return (make_world(seed) for seed in range(first, first + count))
