"""Writes the table of `data/examples/faulty/README.md` anew: `python tests/validation/write_faulty_table.py`."""

import re

from faulty_corpus import README, read_faults, table_of

if __name__ == "__main__":
    old = README.read_text(encoding="utf-8")
    new = re.sub(r"\| folder \|(?:.*\n)*?(?=\n)", lambda _: table_of(read_faults()) + "\n", old, count=1)
    README.write_text(new, encoding="utf-8")
