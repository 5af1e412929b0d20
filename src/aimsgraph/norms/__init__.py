"""Look norms up in a store: resolve a citation, show a provision, search, what changes. May use graph and domain.

```text
ask.py         rows of a query as plain Python values
index.py       every name in the graph; resolve() reads what people write
law.py         statements, versions, rules and amendments as values, read once a store generation
show.py        everything about one provision, statement, framework or catalogue entry
search.py      ranked full-text search over labels and notes
changes.py     what starts, changes and ends between two days
```
"""
