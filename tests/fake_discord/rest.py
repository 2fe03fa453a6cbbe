"""The REST routes of Discord's API v10 that the bot uses."""

from datetime import datetime
from typing import Any

from aiohttp import web

from tests.fake_discord import payloads
from tests.fake_discord.gateway import Gateway
from tests.fake_discord.interactions import Interactions
from tests.fake_discord.json_response import json_response
from tests.fake_discord.state import APPLICATION_ID, EPOCH, ApiError, FakeDiscordState

Json = dict[str, Any]
NEWEST = (1 << 63) - 1


def _number(request: web.Request, name: str) -> int:
    return int(request.match_info[name])


async def _body(request: web.Request) -> Json:
    return await request.json() if request.can_read_body else {}


class Rest:
    """Handlers by the name of their route; limits and faults stand in front of them."""

    def __init__(self, world: FakeDiscordState, gateway: Gateway, interactions: Interactions) -> None:
        self._world, self._gateway, self._interactions = world, gateway, interactions

    def add_to(self, app: web.Application) -> None:
        """Registers every route under the names that limits, faults and counters use."""
        message = "/channels/{channel}/messages/{message}"
        commands = "/applications/{application}/commands"
        response = "/webhooks/{application}/{token}/messages/@original"
        for method, path, name, handler in (
            ("GET", "/gateway/bot", "gateway", self.gateway),
            ("GET", "/users/@me", "me", self.me),
            ("GET", "/applications/@me", "application", self.application),
            ("GET", "/oauth2/applications/@me", "application_info", self.application),
            ("GET", "/channels/{channel}", "get_channel", self.get_channel),
            ("PATCH", "/channels/{channel}", "edit_channel", self.edit_channel),
            ("DELETE", "/channels/{channel}", "delete_channel", self.delete_channel),
            ("GET", "/channels/{channel}/messages", "list_messages", self.list_messages),
            ("POST", "/channels/{channel}/messages", "create_message", self.create_message),
            ("GET", message, "get_message", self.get_message),
            ("PATCH", message, "edit_message", self.edit_message),
            ("DELETE", message, "delete_message", self.delete_message),
            ("POST", f"{message}/crosspost", "publish", self.publish),
            ("POST", f"{message}/threads", "open_thread", self.open_thread),
            ("POST", "/channels/{channel}/threads", "forum_post", self.forum_post),
            ("GET", "/channels/{channel}/threads/archived/public", "archived_threads", self.archived_threads),
            ("GET", "/guilds/{guild}", "get_guild", self.get_guild),
            ("GET", "/guilds/{guild}/channels", "guild_channels", self.guild_channels),
            ("GET", "/guilds/{guild}/members/{member}", "get_member", self.get_member),
            ("GET", "/guilds/{guild}/threads/active", "active_threads", self.active_threads),
            ("GET", commands, "get_commands", self.get_commands),
            ("PUT", commands, "put_commands", self.put_commands),
            ("POST", "/interactions/{interaction}/{token}/callback", "interaction", self._interactions.callback),
            ("POST", "/webhooks/{application}/{token}", "followup", self._interactions.followup),
            ("GET", response, "get_response", self._interactions.get_response),
            ("PATCH", response, "edit_response", self._interactions.edit_response),
            ("DELETE", response, "delete_response", self._interactions.delete_response),
        ):
            app.router.add_route(method, f"/api/v10{path}", handler, name=name)

    async def gateway(self, _: web.Request) -> web.Response:
        """Where the gateway is and how many shards it wants."""
        limit = {"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 1}
        return json_response(
            {"url": self._gateway.url, "shards": self._world.plan.shards, "session_start_limit": limit}
        )

    async def me(self, _: web.Request) -> web.Response:
        """The bot's user."""
        return json_response(payloads.bot_user())

    async def application(self, _: web.Request) -> web.Response:
        """The bot's application."""
        return json_response(payloads.application())

    async def get_guild(self, request: web.Request) -> web.Response:
        """A server with its roles, without the channels and members that the gateway would send."""
        shown = payloads.guild(self._world, self._joined(request))
        return json_response(
            {name: value for name, value in shown.items() if name not in ("channels", "threads", "members")}
        )

    async def guild_channels(self, request: web.Request) -> web.Response:
        """The channels of a server, threads left out."""
        found = self._world.of_guild(self._joined(request), threads=False)
        return json_response([payloads.channel(channel) for channel in found])

    async def get_member(self, request: web.Request) -> web.Response:
        """A member of a server; the bot alone is asked for."""
        self._joined(request)
        return json_response(payloads.member(_number(request, "member"), "herald", bot=True))

    def _joined(self, request: web.Request) -> int:
        """The server of a request, if the bot is in it. Raises ApiError."""
        guild_id = _number(request, "guild")
        if guild_id not in self._world.joined:
            raise ApiError(403, 50001, "Missing Access")
        return guild_id

    async def get_channel(self, request: web.Request) -> web.Response:
        """A channel or thread."""
        found = self._world.channel(_number(request, "channel"))
        return json_response(
            payloads.channel(found) if found.parent_id is None else payloads.thread(self._world, found)
        )

    async def edit_channel(self, request: web.Request) -> web.Response:
        """Renames a thread of the bot's, or unarchives it."""
        found = self._world.change_thread(_number(request, "channel"), await _body(request))
        return json_response(payloads.thread(self._world, found))

    async def delete_channel(self, _: web.Request) -> web.Response:
        """Requires Manage Threads, which this bot does not have."""
        raise ApiError(403, 50013, "Missing Permissions")

    async def list_messages(self, request: web.Request) -> web.Response:
        """Up to `limit` messages, newest first."""
        after, before = int(request.query.get("after", 0)), int(request.query.get("before", NEWEST))
        limit = int(request.query.get("limit", 50))
        found = self._world.list_messages(_number(request, "channel"), after, before, limit)
        return json_response([payloads.message(message) for message in found])

    async def create_message(self, request: web.Request) -> web.Response:
        """Creates a message; a repeated nonce returns the first one."""
        channel = self._world.channels.get(_number(request, "channel"))
        was_archived = channel is not None and channel.archived
        made = self._world.create_message(_number(request, "channel"), await _body(request))
        if channel is not None and was_archived:
            await self._gateway.dispatch("THREAD_UPDATE", payloads.thread(self._world, channel), channel.guild_id)
        return json_response(payloads.message(made, nonce=True))

    async def get_message(self, request: web.Request) -> web.Response:
        """One message."""
        return json_response(
            payloads.message(self._world.message(_number(request, "channel"), _number(request, "message")))
        )

    async def edit_message(self, request: web.Request) -> web.Response:
        """Changes a message."""
        channel, message = _number(request, "channel"), _number(request, "message")
        return json_response(payloads.message(self._world.edit_message(channel, message, await _body(request))))

    async def delete_message(self, request: web.Request) -> web.Response:
        """Deletes a message."""
        self._world.delete_message(_number(request, "channel"), _number(request, "message"))
        return web.Response(status=204)

    async def publish(self, request: web.Request) -> web.Response:
        """Publishes a message to the channel's followers."""
        return json_response(
            payloads.message(self._world.publish(_number(request, "channel"), _number(request, "message")))
        )

    async def open_thread(self, request: web.Request) -> web.Response:
        """Opens a thread on a message."""
        body = await _body(request)
        made = self._world.open_thread(_number(request, "channel"), _number(request, "message"), body["name"])
        shown = payloads.thread(self._world, made)
        await self._gateway.dispatch("THREAD_CREATE", shown | {"newly_created": True}, made.guild_id)
        return json_response(shown, 201)

    async def forum_post(self, request: web.Request) -> web.Response:
        """Creates a forum post."""
        made, message = self._world.forum_post(_number(request, "channel"), await _body(request))
        shown = payloads.thread(self._world, made)
        await self._gateway.dispatch("THREAD_CREATE", shown | {"newly_created": True}, made.guild_id)
        return json_response(shown | {"message": payloads.message(message)}, 201)

    async def archived_threads(self, request: web.Request) -> web.Response:
        """Archived public threads, latest first."""
        parent = self._world.channel(_number(request, "channel"))
        found = [thread for thread in self._world.of_parent(parent.id) if thread.archived]
        if "before" in request.query:
            until = int((datetime.fromisoformat(request.query["before"]).timestamp() - EPOCH) * 1000) << 22
            found = [thread for thread in found if thread.id < until]
        found.sort(key=lambda thread: -thread.id)
        limit = int(request.query.get("limit", 50))
        shown = [payloads.thread(self._world, thread) for thread in found[:limit]]
        return json_response({"threads": shown, "members": [], "has_more": len(found) > limit})

    async def active_threads(self, request: web.Request) -> web.Response:
        """All threads of a guild that are not archived."""
        found = [t for t in self._world.of_guild(_number(request, "guild"), threads=True) if not t.archived]
        shown = [payloads.thread(self._world, thread) for thread in sorted(found, key=lambda thread: -thread.id)]
        return json_response({"threads": shown, "members": []})

    async def get_commands(self, _: web.Request) -> web.Response:
        """The application's commands."""
        return json_response(self._world.commands)

    async def put_commands(self, request: web.Request) -> web.Response:
        """Replaces all commands."""
        sent: list[Json] = await request.json()
        defaults = {"application_id": str(APPLICATION_ID), "version": "1", "type": 1, "description": ""}
        self._world.commands = [defaults | command | {"id": str(self._world.new_id())} for command in sent]
        return json_response(self._world.commands)
