"""Hold quads and ask them: the Store port, the stores behind it, query text, results. May use domain.

```text
store.py        the port: Store, Limits, Deadline and the three kinds of answer
embedded.py     MemoryStore: a pyoxigraph store in this process
directory.py    DirectoryStore: generations in a folder, one writer and many readers
generations.py  the files and locks under a DirectoryStore
worker.py       runs one engine call beside the caller, so that a deadline can be kept
lexer.py        cuts SPARQL text into tokens as the engine reads it
query_text.py   the guard in front of every store, and the form of a query
questions.py    `.rq` files: header, parameters, text
binding.py      puts parameter values into a query
results.py      writes answers as table, JSON, CSV, TSV, XML, and graphs in the RDF formats
rdf_text.py     RDF text and files to quads
prefixes.py     the one prefix table; vocabulary.py: namespaces and `aims()`
canonical.py    quads to bytes that never change, and their digest
rdflib_view.py  a store seen as an rdflib Dataset; the only module here that imports rdflib
```
"""
