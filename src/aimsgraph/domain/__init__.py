"""What the words mean in Python: pure values and algebra. Imports nothing of ours but errors, and no RDF library."""
