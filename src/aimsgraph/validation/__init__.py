"""Judges facts: SHACL shapes, the engines that run them, one report. May use graph and domain."""
