"""Takes the nonce and the read-back away from a bot, below its own code, to show that the tests notice."""

from dataclasses import replace
from typing import Any

from bot.delivery.discord_api.responses import Reply
from bot.delivery.discord_api.rest import Call, HttpRest

NO_THREADS: dict[str, Any] = {"threads": [], "members": [], "has_more": False}
NONCE = ("nonce", "enforce_nonce")


def make_careless() -> None:
    """From here on this process sends without nonces and reads every channel as empty."""
    careful = HttpRest.call

    async def careless(self: HttpRest, call: Call) -> Reply:
        if call.method == "GET" and call.path.endswith("/messages"):
            return Reply(200, [])
        if call.method == "GET" and "/threads/" in call.path:
            return Reply(200, NO_THREADS)
        if call.body:
            call = replace(call, body={key: value for key, value in call.body.items() if key not in NONCE})
        return await careful(self, call)

    HttpRest.call = careless
