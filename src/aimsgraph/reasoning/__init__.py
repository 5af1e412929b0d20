"""Derive facts: rules to fixpoint, OWL consistency. May use graph and domain."""
