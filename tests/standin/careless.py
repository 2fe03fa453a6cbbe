"""Takes the nonce and the read-back away from a bot, below its own code, to show that the tests notice."""

from typing import Any

from discord.http import HTTPClient, Route

NOTHING: dict[str, Any] = {"threads": [], "members": [], "has_more": False}


def make_careless() -> None:
    """From here on this process sends without nonces and reads every channel as empty."""
    request = HTTPClient.request

    async def careless(self: HTTPClient, route: Route, **kwargs: Any) -> Any:
        if route.method == "GET" and route.path.endswith("/messages"):
            return []
        if route.method == "GET" and "/threads/" in route.path:
            return NOTHING
        payload = kwargs.get("json")
        if isinstance(payload, dict):
            kwargs["json"] = {key: value for key, value in payload.items() if key not in ("nonce", "enforce_nonce")}  # pyright: ignore[reportUnknownVariableType] - JSON
        return await request(self, route, **kwargs)

    HTTPClient.request = careless
