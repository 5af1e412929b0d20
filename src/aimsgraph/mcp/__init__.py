"""The MCP server: the questions of the command line as tools of a language model (Model Context Protocol)."""
