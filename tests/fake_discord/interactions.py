"""Sends slash commands to the bot through the gateway and measures the time until they are answered."""

import asyncio
import contextlib
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.fake_discord import payloads
from tests.fake_discord.gateway import Gateway
from tests.fake_discord.json_response import json_response
from tests.fake_discord.state import APPLICATION_ID, MEMBER_ID, ApiError, FakeDiscordState, Message

Json = dict[str, Any]

PING, MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, AUTOCOMPLETE, MODAL = 1, 4, 5, 6, 7, 8, 9
COMMAND, COMPONENT = 2, 3
ROW, BUTTON = 1, 2
EPHEMERAL = 1 << 6
ARRIVED = "arrived"  # under which a request carries the time of its arrival


@dataclass(slots=True)
class SentInteraction:
    """An interaction under way. `first` and `final` are the seconds until each response arrived."""

    id: int
    token: str
    channel_id: int
    sent_at: float
    first: float | None = None
    final: float | None = None
    kind: int = 0
    data: Json = field(default_factory=dict[str, Any])
    followups: list[Json] = field(default_factory=list[Json])
    answered: asyncio.Event = field(default_factory=asyncio.Event)

    def to_json(self) -> Json:
        """For the admin's answer."""
        return {"first": self.first, "final": self.final, "kind": self.kind, "data": self.data}


class Interactions:
    """Sends interactions and receives their responses. `clock` is monotonic."""

    def __init__(self, world: FakeDiscordState, gateway: Gateway, clock: Callable[[], float]) -> None:
        self._world, self._gateway, self._clock = world, gateway, clock
        self._by_token: dict[str, SentInteraction] = {}
        self._numbers = itertools.count(1)

    async def ask(self, command: str, options: list[Json], channel_id: int, wait_seconds: float) -> SentInteraction:
        """Uses a slash command as a moderator in a channel and waits for the whole answer, or `wait_seconds`."""
        known = next((found for found in self._world.commands if found["name"] == command), {"id": "1"})
        data: Json = {"id": known["id"], "name": command, "type": 1, "options": options}
        return await self._send(COMMAND, {"data": data}, channel_id, wait_seconds)

    async def press(self, custom_id: str, channel_id: int, wait_seconds: float) -> SentInteraction:
        """Presses a button of that id in a channel as a moderator, and waits as `ask` does."""
        button: Json = {"type": BUTTON, "style": 2, "label": "?", "custom_id": custom_id}
        page: Json = {"components": [{"type": ROW, "components": [button]}]}
        pressed = Message(self._world.new_id(), channel_id, page, "", self._world.clock())
        data: Json = {"custom_id": custom_id, "component_type": BUTTON}
        body: Json = {"data": data, "message": payloads.message(pressed)}
        return await self._send(COMPONENT, body, channel_id, wait_seconds)

    async def _send(self, kind: int, body: Json, channel_id: int, wait_seconds: float) -> SentInteraction:
        channel = self._world.channels[channel_id]  # whatever the bot may do there
        asked = SentInteraction(self._world.new_id(), f"interaction-{next(self._numbers)}", channel_id, self._clock())
        self._by_token[asked.token] = asked
        shown: Json = {
            **body,
            "id": str(asked.id),
            "application_id": str(APPLICATION_ID),
            "type": kind,
            "token": asked.token,
            "version": 1,
            "guild_id": str(channel.guild_id),
            "guild": {"id": str(channel.guild_id), "locale": "en-US", "features": []},
            "channel_id": str(channel_id),
            "channel": payloads.channel(channel) | {"permissions": payloads.ALL_PERMISSIONS},
            "member": payloads.member(MEMBER_ID, "moderator", bot=False),
            "locale": "en-US",
            "guild_locale": "en-US",
            "app_permissions": payloads.ALL_PERMISSIONS,
            "entitlements": [],
            "authorizing_integration_owners": {"0": str(channel.guild_id)},
            "context": 0,
            "attachment_size_limit": 10_485_760,
        }
        await self._gateway.dispatch("INTERACTION_CREATE", shown, channel.guild_id)
        with contextlib.suppress(TimeoutError):  # `first` and `final` show what arrived
            await asyncio.wait_for(asked.answered.wait(), wait_seconds)
        return asked

    async def callback(self, request: web.Request) -> web.Response:
        """The first answer to an interaction, within three seconds and only once."""
        asked = self._asked(request)
        if asked.first is not None:
            raise ApiError(400, 40060, "Interaction has already been acknowledged.")
        body: Json = await request.json()
        asked.first = request[ARRIVED] - asked.sent_at
        asked.kind = int(body["type"])
        data: Json = body.get("data") or {}
        if asked.kind == MESSAGE and not int(data.get("flags") or 0) & EPHEMERAL:
            # Public: it is in the channel like any message, and is edited there later.
            public = Message(asked.id, asked.channel_id, data, "", self._world.clock())
            self._world.channel(asked.channel_id).messages[asked.id] = public
        if asked.kind not in (DEFERRED, DEFERRED_UPDATE):
            self._settle(request, asked, data)
        return (
            json_response(self._callback_response(asked))
            if request.query.get("with_response")
            else web.Response(status=204)
        )

    async def followup(self, request: web.Request) -> web.Response:
        """A further message; for a deferred answer, the answer itself."""
        asked = self._asked(request)
        body: Json = await request.json()
        asked.followups.append(body)
        if asked.final is None:
            self._settle(request, asked, body)
        return json_response(self._message(asked, body))

    async def get_response(self, request: web.Request) -> web.Response:
        """The current response."""
        asked = self._asked(request)
        return json_response(self._message(asked, asked.data))

    async def edit_response(self, request: web.Request) -> web.Response:
        """Edits the response; a deferred one is completed this way."""
        asked = self._asked(request)
        self._settle(request, asked, await request.json())
        if (public := self._world.channel(asked.channel_id).messages.get(asked.id)) is not None:
            public.payload = public.payload | asked.data
        return json_response(self._message(asked, asked.data))

    async def delete_response(self, request: web.Request) -> web.Response:
        """Deletes the response."""
        self._settle(request, self._asked(request), {})
        return web.Response(status=204)

    def _asked(self, request: web.Request) -> SentInteraction:
        asked = self._by_token.get(request.match_info["token"])
        if asked is None:
            raise ApiError(404, 10062, "Unknown interaction")
        return asked

    @staticmethod
    def _settle(request: web.Request, asked: SentInteraction, data: Json) -> None:
        asked.data = data
        if asked.final is None:
            asked.final = request[ARRIVED] - asked.sent_at
        asked.answered.set()

    def _message(self, asked: SentInteraction, data: Json) -> Json:
        made = Message(asked.id, asked.channel_id, data, "", self._world.clock())
        return payloads.message(made) | {"webhook_id": str(APPLICATION_ID), "application_id": str(APPLICATION_ID)}

    def _callback_response(self, asked: SentInteraction) -> Json:
        interaction: Json = {
            "id": str(asked.id),
            "type": COMMAND,
            "response_message_id": str(asked.id),
            "response_message_loading": asked.kind == DEFERRED,
            "response_message_ephemeral": bool(int(asked.data.get("flags") or 0) & EPHEMERAL),
        }
        shown: Json = {"interaction": interaction}
        if asked.kind in (MESSAGE, UPDATE):
            shown["resource"] = {"type": asked.kind, "message": self._message(asked, asked.data)}
        return shown
