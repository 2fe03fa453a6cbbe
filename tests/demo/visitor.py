"""Someone who looks at the sandbox's page."""

from typing import Any

import aiohttp


class Visitor:
    """A browser's part of the conversation with the page."""

    def __init__(self, session: aiohttp.ClientSession, origin: str, capability: str) -> None:
        self._session, self._origin = session, origin
        self._headers = {"X-Simcord-Capability": capability}

    async def open(self) -> dict[str, Any]:
        """Opens the page as the first viewer."""
        return await self._send("POST", "/api/pages", {})

    async def state(self, page: dict[str, Any]) -> dict[str, Any]:
        """What the page shows now."""
        self._headers["X-Simcord-Context"] = page["context"]["id"]
        return await self._send("GET", "/api/state")

    async def _send(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        async with self._session.request(method, self._origin + path, json=body, headers=self._headers) as response:
            assert response.status == 200, await response.text()
            return await response.json()
