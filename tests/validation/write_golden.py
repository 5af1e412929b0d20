"""Writes the expected outputs anew; look at the difference before keeping it."""

import subprocess
import sys

from expected_output import FORMATS, HERE, golden_path, mask


def main():
    for format_ in FORMATS:
        command = [
            sys.executable,
            "-m",
            "aimsgraph",
            "--today",
            "2026-11-23",
            "validate",
            "register",
            "--format",
            format_,
        ]
        done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)
        golden_path(format_).write_text(mask(done.stdout), encoding="utf-8")


if __name__ == "__main__":
    main()
