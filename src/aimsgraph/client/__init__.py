"""The clients of the HTTP API. They know the errors and the wire format, and neither the graph nor the server."""

from aimsgraph.client.http import AsyncClient, Client

__all__ = ["AsyncClient", "Client"]
