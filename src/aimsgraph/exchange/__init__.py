"""Other people's formats in and out. Only reads and writes formats; may use graph, content and domain."""
