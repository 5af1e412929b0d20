"""Compiles SHACL shapes to SPARQL that judges all focus nodes of a shape at once, on any store that answers SPARQL 1.1.

`graph` reads shapes as triples, `paths` property paths, `parse` shapes and constraints into the plan of `plan`; `text`
writes each check of a plan as one query, `prebinding` does so for the queries that shapes bring; `run` asks a store
and joins the answers; `engine` is the `Engine` port, with pySHACL for what a plan cannot say.
"""
