"""Validation of what a change can touch: paths and queries walked backwards from changed triples to focus nodes."""
