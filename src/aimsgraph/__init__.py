"""aimsgraph."""
