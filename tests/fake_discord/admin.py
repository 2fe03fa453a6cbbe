"""The test's interface: what happened, and faults to inject. Not part of Discord."""

from collections import Counter
from dataclasses import asdict
from typing import Any

from aiohttp import web

from tests.fake_discord import payloads
from tests.fake_discord.json_response import json_response
from tests.fake_discord.server import FakeDiscordServer
from tests.fake_discord.state import Channel, Message

Json = dict[str, Any]


def _role_event(guild_id: int, role_id: int) -> Json:
    return {"guild_id": str(guild_id), "role": payloads.role(role_id)}


class Admin:
    """The routes under `/admin`; no limit and no fault applies to them."""

    def __init__(self, server: FakeDiscordServer) -> None:
        self._server = server

    def app(self) -> web.Application:
        """To be mounted under `/admin`."""
        app = web.Application()
        app.router.add_get("/summary", self.summary)
        app.router.add_get("/posts", self.posts)
        app.router.add_get("/channels", self.channels)
        app.router.add_post("/faults", self.add_fault)
        app.router.add_get("/faults", self.list_faults)
        app.router.add_delete("/faults", self.clear_faults)
        app.router.add_post("/gateway/{action}", self.gateway)
        app.router.add_post("/ask", self.ask)
        app.router.add_post("/state", self.change_state)
        app.router.add_post("/guilds/{guild}", self.change_guild)
        app.router.add_post("/shards/{shard}", self.change_shard)
        app.router.add_post("/channels/{channel}", self.change_channel)
        app.router.add_delete("/channels/{channel}", self.delete_channel)
        app.router.add_delete("/channels/{channel}/messages/{message}", self.delete_message)
        return app

    async def summary(self, _: web.Request) -> web.Response:
        """Counts: posts of articles, channels with one, doubles, published, threads, answers by route and status."""
        world = self._server.world
        posts = [(self._home(message), message) for message in self._messages() if message.marker]
        copies = Counter((home.id, message.marker) for home, message in posts)
        times = sorted(message.made_at for _, message in posts)
        return json_response(
            {
                "posts": len(posts),
                "delivered": len(copies),
                "doubled": sum(count - 1 for count in copies.values()),
                "published": sum(1 for _, message in posts if message.published),
                "threads": sum(1 for _, message in posts if message.has_thread),
                "edits": sum(len(message.edits) for _, message in posts),
                "deleted": sum(1 for _, message in posts if message.deleted),
                "first": times[0] if times else None,
                "last": times[-1] if times else None,
                "answers": dict(self._server.answers),
                "identifies": self._server.gateway.identifies,
                "resumes": self._server.gateway.resumes,
                "ready_at": self._server.gateway.ready_at,
                "commands": [command["name"] for command in world.commands],
            }
        )

    async def posts(self, _: web.Request) -> web.Response:
        """How many posts of articles were made: quick, so that asking again and again delays nothing that is timed."""
        return json_response({"posts": self._server.world.posts})

    async def channels(self, request: web.Request) -> web.Response:
        """Every channel with its posts and the names of its threads; `payloads=1` adds what was sent."""
        shown: dict[int, Json] = {
            found.id: {"id": found.id, "guild_id": found.guild_id, "kind": found.kind, "posts": [], "threads": {}}
            for found in self._server.world.channels.values()
            if found.parent_id is None or found.id in self._server.world.planned_threads
        }
        for thread in self._server.world.channels.values():
            if thread.parent_id is not None:
                shown[thread.parent_id]["threads"][thread.id] = thread.name
        for message in self._messages():
            post = asdict(message)
            if "payloads" not in request.query:
                del post["payload"]
            shown[self._home(message).id]["posts"].append(post)
        return json_response(list(shown.values()))

    async def add_fault(self, request: web.Request) -> web.Response:
        """Adds a rule."""
        return json_response(self._server.faults.add(await request.json()).to_json())

    async def list_faults(self, _: web.Request) -> web.Response:
        """The rules with how often each has hit."""
        return json_response([rule.to_json() for rule in self._server.faults.rules])

    async def clear_faults(self, _: web.Request) -> web.Response:
        """Drops every rule; hanging requests stay so."""
        self._server.faults.rules.clear()
        return json_response({})

    async def gateway(self, request: web.Request) -> web.Response:
        """Injects a gateway fault, or reopens the gateway."""
        gateway, action = self._server.gateway, request.match_info["action"]
        match action:
            case "refuse":
                await self._server.close_gateway()
            case "open":
                await self._server.open_gateway()
            case "abort":
                gateway.abort()
            case "invalidate":
                await gateway.invalidate()
            case "refuse_token":
                await gateway.refuse_token()
            case "reconnect":
                await gateway.ask_to_reconnect()
            case _:
                return json_response({"message": f"no such action: {action}"}, 404)
        return json_response({})

    async def ask(self, request: web.Request) -> web.Response:
        """Uses a slash command, or presses a button, and returns its response times."""
        body: Json = await request.json()
        interactions, channel_id = self._server.interactions, int(body["channel_id"])
        if channel_id not in self._server.world.channels:
            return json_response({"message": "no such channel"}, 404)
        wait_seconds = float(body["wait_seconds"])
        if "custom_id" in body:
            asked = await interactions.press(body["custom_id"], channel_id, wait_seconds)
        else:
            asked = await interactions.ask(body["command"], body.get("options", []), channel_id, wait_seconds)
        return json_response(asked.to_json())

    async def change_channel(self, request: web.Request) -> web.Response:
        """Changes the bot's permissions and sends the event."""
        found = self._server.world.channels[int(request.match_info["channel"])]
        changes: Json = await request.json()
        found.denied, found.kind = int(changes.get("denied", found.denied)), changes.get("kind", found.kind)
        found.locked, found.archived = changes.get("locked", found.locked), changes.get("archived", found.archived)
        if found.parent_id is None:
            await self._server.gateway.dispatch("CHANNEL_UPDATE", payloads.channel(found), found.guild_id)
        else:
            shown = payloads.thread(self._server.world, found)
            await self._server.gateway.dispatch("THREAD_UPDATE", shown, found.guild_id)
        return json_response({})

    async def change_state(self, request: web.Request) -> web.Response:
        """Revokes or restores the token, or removes the registered commands."""
        changes: Json = await request.json()
        world = self._server.world
        world.token_valid = bool(changes.get("token_valid", world.token_valid))
        world.posts_left = int(changes.get("posts_left", world.posts_left))
        if changes.get("wipe_commands"):
            world.commands = []
        return json_response({})

    async def change_guild(self, request: web.Request) -> web.Response:
        """Removes the bot from a server or invites it again; adds or deletes roles. Events go out."""
        guild_id, changes = int(request.match_info["guild"]), await request.json()
        world, gateway = self._server.world, self._server.gateway
        for role_id in changes.get("roles_added", ()):
            world.roles.setdefault(guild_id, set()).add(int(role_id))
            await gateway.dispatch("GUILD_ROLE_CREATE", _role_event(guild_id, int(role_id)), guild_id)
        for role_id in changes.get("roles_deleted", ()):
            world.roles.get(guild_id, set()).discard(int(role_id))
            event = {"guild_id": str(guild_id), "role_id": str(role_id)}
            await gateway.dispatch("GUILD_ROLE_DELETE", event, guild_id)
        if changes.get("joined") is False:
            world.left.add(guild_id)
            await gateway.dispatch("GUILD_DELETE", {"id": str(guild_id)}, guild_id)
        elif changes.get("joined") is True:
            world.left.discard(guild_id)
            await gateway.dispatch("GUILD_CREATE", payloads.guild(world, guild_id), guild_id)
        return json_response({})

    async def change_shard(self, request: web.Request) -> web.Response:
        """Lets a shard stall or refuses it, or serves it again."""
        shard, state = int(request.match_info["shard"]), (await request.json())["state"]
        for name, shards in (("stalled", self._server.gateway.stalled), ("refused", self._server.gateway.refused)):
            if name == state:
                shards.add(shard)
            else:
                shards.discard(shard)
        return json_response({})

    async def delete_channel(self, request: web.Request) -> web.Response:
        """Deletes a channel and sends the event."""
        gone = self._server.world.delete_channel(int(request.match_info["channel"]))
        await self._server.gateway.dispatch("CHANNEL_DELETE", payloads.channel(gone), gone.guild_id)
        return json_response({})

    async def delete_message(self, request: web.Request) -> web.Response:
        """A moderator deletes a message."""
        self._server.world.delete_message(int(request.match_info["channel"]), int(request.match_info["message"]))
        return json_response({})

    def _messages(self) -> list[Message]:
        """Everything the bot posted, the starters of forum posts included."""
        return [message for found in self._server.world.channels.values() for message in found.messages.values()]

    def _home(self, message: Message) -> Channel:
        world = self._server.world
        found = world.channels[message.channel_id]
        is_post = found.parent_id is not None and found.id not in world.planned_threads
        return world.channels[found.parent_id or 0] if is_post else found
