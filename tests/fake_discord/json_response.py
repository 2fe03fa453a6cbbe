"""JSON responses as Discord writes them."""

import json

from aiohttp import web


def json_response(data: object, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """JSON with the bare content type Discord uses; discord.py compares it literally."""
    extra = headers or {}
    return web.Response(
        body=json.dumps(data).encode(), status=status, headers={"Content-Type": "application/json", **extra}
    )
