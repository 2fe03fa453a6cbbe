"""The fake Discord as seen from a test: start, query, inject faults, stop."""

import asyncio
import json
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from tests.fake_discord.plan import Plan
from tests.limits import HANG_SECONDS

ROOT = Path(__file__).parents[2]
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Summary:
    """What the fake Discord counted. `delivered` are pairs of channel and article, `doubled` posts beyond the first."""

    posts: int
    delivered: int
    doubled: int
    published: int
    threads: int
    edits: int
    deleted: int
    first: float | None
    last: float | None
    answers: dict[str, int]
    identifies: int
    resumes: int
    ready_at: list[float]
    commands: list[str]

    def answered(self, status: str, route: str = "") -> int:
        """Requests answered with that status, on one route or all; `none`: never answered."""
        return sum(
            count
            for key, count in self.answers.items()
            if key.split()[1] == status and (not route or key.split()[0] == route)
        )


class FakeDiscord:
    """A running fake Discord."""

    def __init__(self, url: str, gateway_url: str, plan: Plan, session: aiohttp.ClientSession) -> None:
        self.url, self.gateway_url, self.plan = url, gateway_url, plan
        self._session = session

    @classmethod
    @asynccontextmanager
    async def start(cls, plan: Plan) -> AsyncGenerator["FakeDiscord"]:
        """Starts the process and ends it with the block."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.fake_discord", plan.to_json(), cwd=ROOT, stdout=asyncio.subprocess.PIPE
        )
        assert process.stdout is not None
        try:
            addresses = json.loads(await process.stdout.readline())
            async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(2 * HANG_SECONDS)) as session:
                yield cls(addresses["url"], addresses["gateway"], plan, session)
        finally:
            if process.returncode is None:
                process.kill()
            await process.communicate()  # not wait(): the pipe has to be closed with it

    @property
    def api(self) -> str:
        """The base address of its REST API."""
        return f"{self.url}/discord/api/v10"

    async def summary(self) -> Summary:
        """What it counted so far."""
        return Summary(**await self._call("GET", "summary"))

    async def posts(self) -> int:
        """How many posts of articles it received so far."""
        return (await self._call("GET", "posts"))["posts"]

    async def channels(self, *, payloads: bool = False) -> list[Json]:
        """Every channel with its posts."""
        return await self._call("GET", "channels?payloads=1" if payloads else "channels")

    async def fault(self, fault: str, **fields: object) -> None:
        """Adds a rule; the fields are those of `tests.fake_discord.faults.Rule`."""
        await self._call("POST", "faults", {"fault": fault, **fields})

    async def faults(self) -> list[Json]:
        """The rules with how often each has hit."""
        return await self._call("GET", "faults")

    async def clear_faults(self) -> None:
        """Drops every rule."""
        await self._call("DELETE", "faults")

    async def gateway(self, action: str) -> None:
        """`refuse`, `open`, `abort`, `invalidate`, `refuse_token` or `reconnect`."""
        await self._call("POST", f"gateway/{action}")

    async def ask(self, command: str, channel_id: int, *options: Json, wait_seconds: float = HANG_SECONDS) -> Json:
        """Uses a slash command: `first` and `final` are the seconds until it was answered, None if never."""
        body = {"command": command, "channel_id": channel_id, "options": options, "wait_seconds": wait_seconds}
        return await self._call("POST", "ask", body)

    async def press(self, custom_id: str, channel_id: int, wait_seconds: float = HANG_SECONDS) -> Json:
        """Presses a button of that id in a channel; the answer is that of `ask`."""
        return await self._call(
            "POST", "ask", {"custom_id": custom_id, "channel_id": channel_id, "wait_seconds": wait_seconds}
        )

    async def deny(self, channel_id: int, denied: int) -> None:
        """Denies the bot these permissions in a channel; 0 restores all."""
        await self._call("POST", f"channels/{channel_id}", {"denied": denied})

    async def change_channel(self, channel_id: int, **changes: object) -> None:
        """Changes `denied`, `kind`, `locked` or `archived` of a channel or thread, and sends the event."""
        await self._call("POST", f"channels/{channel_id}", changes)

    async def change_guild(self, guild_id: int, **changes: object) -> None:
        """Changes `joined`, `roles_added` or `roles_deleted` of a server, and sends the events."""
        await self._call("POST", f"guilds/{guild_id}", changes)

    async def change_shard(self, shard: int, state: str) -> None:
        """`stalled`, `refused` or `served`."""
        await self._call("POST", f"shards/{shard}", {"state": state})

    async def change_state(self, **changes: object) -> None:
        """Changes `token_valid`, revokes the token after `posts_left`, or removes all commands with `wipe_commands`."""
        await self._call("POST", "state", changes)

    async def delete_channel(self, channel_id: int) -> None:
        """Deletes a channel."""
        await self._call("DELETE", f"channels/{channel_id}")

    async def delete_message(self, channel_id: int, message_id: int) -> None:
        """A moderator deletes a message."""
        await self._call("DELETE", f"channels/{channel_id}/messages/{message_id}")

    async def _call(self, method: str, path: str, body: object = None) -> Any:
        async with self._session.request(method, f"{self.url}/admin/{path}", json=body) as response:
            response.raise_for_status()
            return await response.json()
