"""Text files to quads: read, check, normalise, compile. May use graph and domain."""
