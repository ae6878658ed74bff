"""The tools of `kg.agents` as a server of the Model Context Protocol, whatever carries it."""

from kg.mcp.server import make_server

__all__ = ["make_server"]
