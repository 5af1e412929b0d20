"""The web face: SPARQL, graphs, the crosswalk API and linked data over HTTP. It parses, calls the rooms, renders."""
