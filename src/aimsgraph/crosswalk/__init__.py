"""Compose mappings soundly, prove, lint, cover. May use graph and domain.

```text
network.py         items, asserted rows and structure as one graph of steps
compose.py         every path between items, composed and intersected; verdicts, leads
proof.py           an answer with the paths that prove it
checker.py         a second, separate judgement of a proof: shares no code with the composer
contradictions.py  the smallest set of rows that cannot all be right
collective.py      several items that together cover one
lint.py            what is wrong with single rows
```
"""
