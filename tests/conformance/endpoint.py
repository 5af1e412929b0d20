"""What the conformance tests do to a running server, by HTTP alone."""

from dataclasses import dataclass

import httpx
import pyoxigraph as ox

JSON = "application/sparql-results+json"


@dataclass
class Endpoint:
    """A server that takes updates."""

    client: httpx.Client

    def query(self, text: str, **parameters: list[str]) -> httpx.Response:
        """Ask a query with the dataset of the request."""
        data = {"query": text, **parameters}
        accept = f"{JSON}, text/turtle;q=0.9"
        return self.client.post("/sparql", data=data, headers={"Accept": accept})

    def update(self, text: str) -> httpx.Response:
        """Run an update."""
        return self.client.post("/update", content=text.encode(), headers={"Content-Type": "application/sparql-update"})

    def fill(self, graphs: dict[str | None, list[ox.Triple]]) -> None:
        """Make the store hold exactly these graphs, in one update."""
        parts = ["DROP ALL"]
        for name, triples in graphs.items():
            if name is not None:
                parts.append(f"CREATE SILENT GRAPH <{name}>")
            body = "\n".join(f"{triple} ." for triple in triples)
            if body:
                parts.append(
                    f"INSERT DATA {{ {body} }}" if name is None else f"INSERT DATA {{ GRAPH <{name}> {{ {body} }} }}"
                )
        answer = self.update(" ;\n".join(parts))
        assert answer.status_code == 204, answer.text

    def quads(self) -> tuple[set[ox.Quad], set[str]]:
        """Return all quads, and the names of all graphs, empty ones too."""
        answer = self.query("SELECT ?g ?s ?p ?o { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }")
        found = ox.parse_query_results(answer.content, format=ox.QueryResultsFormat.JSON)
        assert isinstance(found, ox.QuerySolutions)
        quads = {ox.Quad(row["s"], row["p"], row["o"], row["g"] or ox.DefaultGraph()) for row in found}
        names = ox.parse_query_results(
            self.query("SELECT DISTINCT ?g { GRAPH ?g {} }").content, format=ox.QueryResultsFormat.JSON
        )
        assert isinstance(names, ox.QuerySolutions)
        return quads, {row["g"].value for row in names}
