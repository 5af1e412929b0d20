"""The crosswalk at the size of the largest open mapping library, beside a plain breadth-first search.

    python bench/crosswalk.py [ROWS] [FRAMEWORKS]

A library is generated in the shape of what is published: hub and spoke with some direct sets, about 95 % of the rows
"intersects", a few percent subset, superset and equal, a few disjoint. From every item every chain of at most three
rows that says something is composed; the answers are streamed and dropped. The yardstick does the same work in plain
Python: breadth first, no pruning but the length of a path, the set of each path worked out when it is complete, proofs
kept for all paths that say something. On a sample both must give the same answers and the same paths. The sample is
for the yardstick, which is too slow for the whole; its whole is projected from the sample.

Budgets: a warm answer with its proofs in 20 ms (p95), memory below 2 GB. The script fails when one is missed.
"""

import random
import resource
import statistics
import sys
import time
from collections import deque
from collections.abc import Iterator

from aimsgraph.crosswalk.compose import Composer, Request
from aimsgraph.crosswalk.network import Network
from aimsgraph.crosswalk.proof import Step
from aimsgraph.domain.mapping import Mapping
from aimsgraph.domain.relation import ANYTHING, Relation

HOPS = 3
SAMPLE = 150
MIX = (
    ("intersects-with", 0.952), ("subset-of", 0.02), ("superset-of", 0.016), ("equal-to", 0.007),
    ("no-relationship", 0.005),
)  # fmt: skip
ANSWER_MS = 20.0
MEMORY_GB = 2.0


def generate(rows: int, frameworks: int, seed: int = 42001) -> Network:
    """Return a library: one hub that every framework is mapped to, two lesser hubs, a few direct sets."""
    dice = random.Random(seed)
    sizes = {f"f{number:03}": dice.randint(40, 160) for number in range(frameworks)}
    hubs = dict(zip(list(sizes)[:3], (1200, 500, 300), strict=True))
    sizes |= hubs
    items = {slug: [f"{slug}:{number}" for number in range(size)] for slug, size in sizes.items()}
    pairs: dict[tuple[str, str], None] = {}
    spokes = [slug for slug in sizes if slug not in hubs]
    while len(pairs) < rows:
        spoke = dice.choice(spokes)
        kind = dice.random()
        other = "f000" if kind < 0.75 else dice.choice(("f001", "f002")) if kind < 0.88 else dice.choice(spokes)
        if other != spoke:
            pairs[dice.choice(items[spoke]), dice.choice(items[other])] = None
    framework_of = {item: slug for slug, found in items.items() for item in found}
    made = (_row(number, pair, dice) for number, pair in enumerate(pairs))
    return Network.build(framework_of, {}, made)


def _row(number: int, pair: tuple[str, str], dice: random.Random) -> Mapping:
    (word,) = dice.choices([word for word, _ in MIX], [share for _, share in MIX])
    return Mapping(
        iri=f"row:{number}", set_id="bench", subjects=pair[:1], objects=pair[1:], subject_versions=("",),
        object_versions=("",), relation=Relation.of(word), extent="", rationale="", gap_object="", gap_subject="",
        basis="semantic", method="automated", confidence=round(dice.uniform(0.3, 1), 2), status="reviewed",
        perspective=frozenset(), conformity_effect="none", author="", author_kind="automated", authored_on=None,
    )  # fmt: skip


def search(network: Network, item: str) -> dict[str, tuple[Relation, set[tuple[str, ...]]]]:
    """Return, for every item reached, what stays possible and the rows of each path: breadth first, in plain Python."""
    found: dict[str, tuple[Relation, set[tuple[str, ...]]]] = {}
    waiting: deque[tuple[Step, ...]] = deque([()])
    while waiting:
        path = waiting.popleft()
        at = path[-1].object if path else item
        for step in network.steps.get(at, ()):
            if step.object == item or any(step.object == before.object for before in path):
                continue
            longer = (*path, step)
            relation = longer[0].relation
            for each in longer[1:]:
                relation = relation.then(each.relation)
            if not relation.says_nothing:
                known, proofs = found.get(step.object, (ANYTHING, set()))
                found[step.object] = known.meet(relation), proofs | {tuple(s.row.iri for s in longer if s.row)}
            if len(longer) < HOPS:
                waiting.append(longer)
    return found


def iter_all(network: Network) -> Iterator[tuple[int, int]]:
    """Yield how many answers and paths each item has, its answers dropped at once."""
    composer = Composer(network)
    request = Request("", HOPS)
    for item in network.steps:
        answers = composer.answers(item, request)
        yield len(answers), sum(len(answer.paths) for answer in answers)


def warm_answers(network: Network, sample: list[str]) -> list[float]:
    """Return the milliseconds of each answer towards one framework, as JSON with proofs, not kept from before."""
    composer = Composer(network)
    targets = sorted(set(network.framework_of.values()))
    for item in sample:
        composer.answers(item, Request("", HOPS))
    spent = []
    for number, item in enumerate(sample):
        request = Request(targets[number % len(targets)] if number % 2 else "f000", HOPS)
        started = time.perf_counter()
        for answer in composer.answers(item, request):
            answer.to_dict(str)
        spent.append((time.perf_counter() - started) * 1000)
    return spent


def memory_gb() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 30 if sys.platform == "darwin" else 1 << 20)


def _line(what: str, ours: float, plain: float | None = None) -> None:
    said = f"{ours:10.3f}" if isinstance(ours, float) else f"{ours:10}"
    print(f"{what:<62} {said}" + (f" {plain:8.2f} {plain / ours:6.1f}×" if plain else ""))


def main() -> int:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 75_000
    frameworks = int(sys.argv[2]) if len(sys.argv) > 2 else 150
    network = generate(rows, frameworks)
    sample = random.Random(1).sample(sorted(network.steps), SAMPLE)

    started = time.perf_counter()
    counts = list(iter_all(network))
    whole = time.perf_counter() - started
    peak = memory_gb()

    composer, request = Composer(network), Request("", HOPS)
    started = time.perf_counter()
    ours = [composer.answers(item, request) for item in sample]
    our_sample = time.perf_counter() - started
    started = time.perf_counter()
    theirs = [search(network, item) for item in sample]
    their_sample = time.perf_counter() - started
    for answers, found in zip(ours, theirs, strict=True):
        told = {a.object: (a.relation, {tuple(row.iri for row in path.rows) for path in a.paths}) for a in answers}
        assert told == found, "the two do not give the same answers and proofs"

    warm = sorted(warm_answers(network, sample))
    p50, p95 = statistics.median(warm), warm[int(len(warm) * 0.95)]
    items = len(network.steps)
    print(f"{len(network.rows)} rows, {frameworks} frameworks, {items} items with rows, at most {HOPS} rows a path")
    print(f"{'what':<62} {'aimsgraph':>10} {'plain':>8} {'ratio':>7}")
    _line(f"{SAMPLE} items, the same answers and proofs, s", our_sample, their_sample)
    _line("all items, s (the plain search projected from the sample)", whole, their_sample / SAMPLE * items)
    _line("  answers found", sum(answers for answers, _ in counts))
    _line("  paths in their proofs", sum(paths for _, paths in counts))
    _line("peak memory after composing all, GB (budget 2)", peak)
    _line("answers towards one framework with proofs, ms, p50", p50)
    _line("answers towards one framework with proofs, ms, p95 (budget 20)", p95)
    return 1 if p95 > ANSWER_MS or peak > MEMORY_GB else 0


if __name__ == "__main__":
    sys.exit(main())
