"""The start-up budgets, measured: each command in fresh processes, best and median of several runs.

    python bench/startup.py [RUNS]

Budgets: `aimsgraph --help` 0.5 s, `import aimsgraph` 0.15 s above a bare interpreter, `aimsgraph demo` 15 s. A bare
`python -c pass` in the same run is the yardstick. The script fails when a best run is over its budget.
"""

import statistics
import subprocess
import sys
import time

PYTHON = sys.executable
MEASURED = (
    ("python -c pass", [PYTHON, "-c", "pass"], None),
    ("import aimsgraph", [PYTHON, "-c", "import aimsgraph"], 0.15),
    ("aimsgraph --help", [PYTHON, "-m", "aimsgraph", "--help"], 0.5),
    ("aimsgraph resolve", [PYTHON, "-m", "aimsgraph", "resolve", "AI Act Art. 6(2)"], None),
    (
        "aimsgraph duties",
        [PYTHON, "-m", "aimsgraph", "duties", "--role", "provider", "--route", "annex-iii"],
        None,
    ),
    ("aimsgraph demo", [PYTHON, "-m", "aimsgraph", "demo"], 15.0),
)


def measure(command: list[str], runs: int) -> list[float]:
    seconds = []
    for _ in range(runs):
        started = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        seconds.append(time.perf_counter() - started)
    return seconds


def main() -> int:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    bare, over = 0.0, 0
    print(f"{'what':<20} {'best s':>8} {'median s':>9} {'× bare':>7} {'budget s':>9}")
    for name, command, budget in MEASURED:
        seconds = measure(command, runs)
        best = min(seconds)
        bare = bare or best
        spent = best - bare if name.startswith("import") else best
        over += budget is not None and spent > budget
        budget_text = f"{budget:.2f}" if budget is not None else "-"
        print(f"{name:<20} {best:8.3f} {statistics.median(seconds):9.3f} {best / bare:7.1f} {budget_text:>9}")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
