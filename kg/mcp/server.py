"""The server of the Model Context Protocol: lists the tools and calls them; it keeps nothing between two calls."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Awaitable, Callable
from typing import Any, Final

import mcp_types as types
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel.server import Server
from mcp.shared.exceptions import MCPError

from kg import __version__
from kg.agents import INSTRUCTIONS, TOOL_BY_NAME, TOOLS, Reading, Tool, call, near_tools

Opener = Callable[[Any], Awaitable[Reading]]
"""Returns what a call is to read; is given the HTTP request that brought it, None where none did."""

_LOG: Final = logging.getLogger(__name__)


def make_server(opener: Opener) -> Server[Any]:
    """Return a server whose calls read what `opener` returns."""

    async def list_tools(
        _context: ServerRequestContext[Any], _params: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[_declared(tool) for tool in TOOLS])

    async def call_tool(
        context: ServerRequestContext[Any], params: types.CallToolRequestParams
    ) -> types.CallToolResult:
        tool = TOOL_BY_NAME.get(params.name)
        if tool is None:
            raise MCPError(types.INVALID_PARAMS, _unknown(params.name))
        try:
            outcome = await call(tool, params.arguments or {}, lambda: opener(context.request))
        except Exception as error:
            log_id = secrets.token_hex(6)
            _LOG.exception("%s tool %s", log_id, tool.name, exc_info=error)
            words = f"This is our fault; the log has more under {log_id}. / 这是服务的问题，日志编号为 {log_id}。"
            raise MCPError(types.INTERNAL_ERROR, words) from None
        return types.CallToolResult(
            content=[types.TextContent(text=outcome.text)], structured_content=outcome.data, is_error=outcome.failed
        )

    return Server(
        "policy-kg",
        version=__version__,
        title="Policy knowledge graph · 政策知识图谱",
        instructions=INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


def _declared(tool: Tool) -> types.Tool:
    return types.Tool(
        name=tool.name,
        title=tool.title,
        description=tool.description,
        input_schema=tool.input,
        output_schema=dict(tool.output),
        annotations=types.ToolAnnotations(
            read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
        ),
    )


def _unknown(name: str) -> str:
    near = near_tools(name) or list(TOOL_BY_NAME)
    name = name[:100]
    return f"There is no tool {name!r}. Did you mean {', '.join(near)}? / 没有工具 {name!r}。是否指 {'、'.join(near)}？"
