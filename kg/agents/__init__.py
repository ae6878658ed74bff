"""The tools that agents use, as plain functions over one revision; how they are called over the wire is `kg.mcp`."""

from kg.agents.reading import Ask, Reading
from kg.agents.things import Result
from kg.agents.tools import INSTRUCTIONS, TOOL_BY_NAME, TOOLS, Outcome, Tool, call, near_tools

__all__ = [
    "INSTRUCTIONS",
    "TOOLS",
    "TOOL_BY_NAME",
    "Ask",
    "Outcome",
    "Reading",
    "Result",
    "Tool",
    "call",
    "near_tools",
]
