"""The gateway: identify, resume, heartbeats, guilds, and ways to fail.

Frames are sent as text, never compressed: discord.py decompresses only binary ones.
"""

import asyncio
import itertools
import json
from collections import deque
from typing import Any

from aiohttp import WSMsgType, web

from tests.fake_discord import payloads
from tests.fake_discord.state import APPLICATION_ID, FakeDiscordState

Json = dict[str, Any]

DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, INVALID, HELLO, HEARTBEAT_ACK = 0, 1, 2, 6, 7, 9, 10, 11
TOKEN_REFUSED = 4004
HEARTBEAT_MILLISECONDS = 41_250
ACK_SECONDS = 0.02
REMEMBERED_EVENTS = 5_000


class Session:
    """One shard's session; it outlives its connection so that it can be resumed."""

    def __init__(self, identity: str, shard: int) -> None:
        self.identity, self.shard = identity, shard
        self.sequence = 0
        self.sent: deque[Json] = deque(maxlen=REMEMBERED_EVENTS)
        self.socket: web.WebSocketResponse | None = None

    async def dispatch(self, event: str, data: Json) -> None:
        """Sends an event, or keeps it for a resume while disconnected."""
        self.sequence += 1
        frame = {"op": DISPATCH, "t": event, "s": self.sequence, "d": data}
        self.sent.append(frame)
        if self.socket is not None and not self.socket.closed:
            try:
                await self.socket.send_str(json.dumps(frame))
            except ConnectionError:
                self.socket = None


class Gateway:
    """All sessions. `url` is set when the socket listens."""

    def __init__(self, world: FakeDiscordState) -> None:
        self.url = ""
        self.identifies = 0
        self.resumes = 0
        self.ready_at: list[float] = []
        self.stalled: set[int] = set()  # shards that get no READY
        self.refused: set[int] = set()  # shards whose connection is closed
        self._world = world
        self._sessions: dict[str, Session] = {}
        self._requests: dict[web.WebSocketResponse, web.Request] = {}
        self._numbers = itertools.count(1)

    async def dispatch(self, event: str, data: Json, guild_id: int) -> None:
        """Sends an event to the shard of the guild."""
        shard = (guild_id >> 22) % self._world.plan.shards
        for session in list(self._sessions.values()):
            if session.shard == shard:
                await session.dispatch(event, data)

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        """One connection, from HELLO to its end."""
        socket = web.WebSocketResponse(max_msg_size=0)
        await socket.prepare(request)
        self._requests[socket] = request
        await socket.send_json({"op": HELLO, "d": {"heartbeat_interval": HEARTBEAT_MILLISECONDS}})
        try:
            async for frame in socket:
                if frame.type == WSMsgType.TEXT:
                    await self._receive(socket, json.loads(frame.data))
        except ConnectionError:
            pass  # the bot was killed; its session waits for a resume that may never come
        finally:
            del self._requests[socket]
            self._detach(socket)
        return socket

    def abort(self) -> int:
        """Cuts every connection without a close frame."""
        for request in list(self._requests.values()):
            if request.transport is not None:
                request.transport.abort()
        return len(self._requests)

    async def invalidate(self) -> int:
        """Invalidates every session."""
        self._sessions.clear()
        return await self._broadcast({"op": INVALID, "d": False})

    async def refuse_token(self) -> int:
        """Closes every connection as Discord does when a token was reset."""
        for socket in list(self._requests):
            await socket.close(code=TOKEN_REFUSED)
        return len(self._requests)

    async def ask_to_reconnect(self) -> int:
        """Asks every connection to reconnect and resume."""
        return await self._broadcast({"op": RECONNECT, "d": None})

    async def _broadcast(self, frame: Json) -> int:
        for socket in list(self._requests):
            await socket.send_json(frame)
        return len(self._requests)

    async def _receive(self, socket: web.WebSocketResponse, frame: Json) -> None:
        if frame["op"] == HEARTBEAT:
            # discord.py notes the time of a heartbeat only after it has been sent; no real answer is that quick.
            await asyncio.sleep(ACK_SECONDS)
            await socket.send_json({"op": HEARTBEAT_ACK})
        elif frame["op"] == IDENTIFY:
            await self._identify(socket, frame["d"])
        elif frame["op"] == RESUME:
            await self._resume(socket, frame["d"])

    async def _identify(self, socket: web.WebSocketResponse, data: Json) -> None:
        self.identifies += 1
        shard = int((data.get("shard") or [0, 1])[0])
        if shard in self.refused or not self._world.token_valid:
            await socket.close(code=4000 if self._world.token_valid else TOKEN_REFUSED)
            return
        if shard in self.stalled:
            return
        for old in [session for session in self._sessions.values() if session.shard == shard]:
            del self._sessions[old.identity]
        session = Session(f"session-{next(self._numbers)}", shard)
        session.socket = socket
        self._sessions[session.identity] = session
        shards = self._world.plan.shards
        mine = [guild for guild in self._world.joined if (guild >> 22) % shards == shard]
        await session.dispatch("READY", self._ready(session, mine))
        for guild_id in mine:
            await session.dispatch("GUILD_CREATE", payloads.guild(self._world, guild_id))
        self.ready_at.append(self._world.clock())

    async def _resume(self, socket: web.WebSocketResponse, data: Json) -> None:
        session = self._sessions.get(str(data.get("session_id")))
        if session is None:
            await socket.send_json({"op": INVALID, "d": False})
            return
        self.resumes += 1
        session.socket = socket
        for frame in [frame for frame in session.sent if frame["s"] > int(data.get("seq") or 0)]:
            await socket.send_json(frame)
        await session.dispatch("RESUMED", {})

    def _ready(self, session: Session, guild_ids: list[int]) -> Json:
        return {
            "v": 10,
            "user": payloads.bot_user(),
            "guilds": [{"id": str(guild_id), "unavailable": True} for guild_id in guild_ids],
            "session_id": session.identity,
            "resume_gateway_url": self.url,
            "shard": [session.shard, self._world.plan.shards],
            "application": {"id": str(APPLICATION_ID), "flags": 0},
        }

    def _detach(self, socket: web.WebSocketResponse) -> None:
        for session in self._sessions.values():
            if session.socket is socket:
                session.socket = None
