"""Disables nonces and look-ups below the bot's own code, to show that the tests notice."""

from dataclasses import replace
from typing import Any

from bot.delivery.discord_api.responses import Response
from bot.delivery.discord_api.rest import Call, HttpTransport

NO_THREADS: dict[str, Any] = {"threads": [], "members": [], "has_more": False}
NONCE = ("nonce", "enforce_nonce")


def remove_safeguards() -> None:
    """From now on this process sends without nonces and reads every channel as empty."""
    original = HttpTransport.call

    async def without_safeguards(self: HttpTransport, call: Call) -> Response:
        if call.method == "GET" and call.path.endswith("/messages"):
            return Response(200, [])
        if call.method == "GET" and "/threads/" in call.path:
            return Response(200, NO_THREADS)
        if call.body:
            call = replace(call, body={key: value for key, value in call.body.items() if key not in NONCE})
        return await original(self, call)

    HttpTransport.call = without_safeguards
