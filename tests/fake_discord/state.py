"""The fake Discord's state: guilds, channels, threads, messages, and Discord's rules about them.

No HTTP here. Breaking a rule raises `ApiError` with Discord's status and code.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntFlag
from typing import Any

from tests.fake_discord.plan import Plan

EPOCH = 1_420_070_400.0
BOT_ID = 900_000_000_000_000_001
APPLICATION_ID = BOT_ID
MEMBER_ID = 900_000_000_000_000_002
GUILD_BASE = 100_000_000_000_000_000
CHANNEL_BASE = 200_000_000_000_000_000
NONCE_LENGTH = 25
NAME_CHANGED, THREAD_CREATED = 4, 18  # types of messages that Discord writes itself, as their author the bot
MARKER = re.compile(r"fixture-\d+")  # identifies the articles of a test, in whatever form they are posted


class Permission(IntFlag):
    """The permission bits checked here."""

    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    READ_MESSAGE_HISTORY = 1 << 16
    CREATE_PUBLIC_THREADS = 1 << 35
    SEND_MESSAGES_IN_THREADS = 1 << 38


class ApiError(Exception):
    """Discord's answer to a request it does not carry out."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(f"{status} ({code}): {message}")
        self.status, self.code, self.message = status, code, message


@dataclass(slots=True)
class Message:
    """A message the bot made; `payload` is what was last sent for it."""

    id: int
    channel_id: int
    payload: dict[str, Any]
    marker: str
    made_at: float
    nonce: str = ""
    published: int = 0
    has_thread: bool = False
    edits: list[float] = field(default_factory=list[float])
    deleted: bool = False
    kind: int = 0
    thread_id: int | None = None  # that a message of the kind THREAD_CREATED is about
    by_member: bool = False


@dataclass(slots=True)
class Channel:
    """A channel or, with a parent, a thread. `denied` are the bits the bot lacks there."""

    id: int
    guild_id: int
    kind: str
    name: str
    parent_id: int | None = None
    denied: int = 0
    archived: bool = False
    locked: bool = False
    messages: dict[int, Message] = field(default_factory=dict[int, Message])


class FakeDiscordState:
    """Everything on this fake Discord. `clock` gives unix seconds."""

    def __init__(self, plan: Plan, clock: Callable[[], float]) -> None:
        self.plan, self.clock = plan, clock
        self.guild_ids = [GUILD_BASE + (number << 22) for number in range(plan.guilds)]
        self.channels: dict[int, Channel] = {}
        self.commands: list[dict[str, Any]] = []
        self.left: set[int] = set()  # servers the bot is not in
        self.roles: dict[int, set[int]] = {}  # roles besides @everyone, by server
        self.token_valid = True
        self.posts = 0  # of articles, those in deleted channels included
        self.posts_left = -1  # until the token is revoked; never while negative
        self._nonces: dict[str, tuple[float, Message]] = {}
        self._last_id = 0
        for number in range(plan.channels):
            kind = plan.kinds[number % len(plan.kinds)]
            guild_id = self.guild_ids[number % plan.guilds]
            identity = CHANNEL_BASE + number
            self.channels[identity] = Channel(identity, guild_id, kind, f"{kind}-{number}")
        self.planned_threads = range(CHANNEL_BASE + plan.channels, CHANNEL_BASE + plan.channels + plan.threads)
        for identity in self.planned_threads:
            self._add_thread(self.channels[CHANNEL_BASE], identity, f"thread-{identity - CHANNEL_BASE}")

    def new_id(self) -> int:
        """A unique snowflake of this moment."""
        self._last_id = max(self._last_id + 1, int((self.clock() - EPOCH) * 1000) << 22)
        return self._last_id

    @property
    def joined(self) -> list[int]:
        """The servers the bot is in."""
        return [guild_id for guild_id in self.guild_ids if guild_id not in self.left]

    def of_guild(self, guild_id: int, *, threads: bool) -> list[Channel]:
        """The channels of a guild, or its threads."""
        return [
            channel
            for channel in self.channels.values()
            if channel.guild_id == guild_id and (channel.parent_id is not None) == threads
        ]

    def channel(self, channel_id: int, needed: int = 0) -> Channel:
        """The channel, if the bot has the `needed` permissions there. Raises ApiError."""
        channel = self.channels.get(channel_id)
        if channel is None:
            raise ApiError(404, 10003, "Unknown Channel")
        if channel.guild_id in self.left:
            raise ApiError(403, 50001, "Missing Access")
        parent = self.channels.get(channel.parent_id or 0)
        denied = channel.denied | (parent.denied if parent else 0)
        if denied & Permission.VIEW_CHANNEL:
            raise ApiError(403, 50001, "Missing Access")
        if denied & needed:
            raise ApiError(403, 50013, "Missing Permissions")
        return channel

    def message(self, channel_id: int, message_id: int) -> Message:
        """An existing message. Raises ApiError."""
        message = self.channel(channel_id).messages.get(message_id)
        if message is None or message.deleted:
            raise ApiError(404, 10008, "Unknown Message")
        return message

    def create_message(self, channel_id: int, payload: dict[str, Any]) -> Message:
        """Creates a message, or returns the first one with the same enforced nonce; that unarchives a thread."""
        nonce = str(payload.get("nonce") or "")
        if len(nonce) > NONCE_LENGTH:
            raise ApiError(400, 50035, "Invalid Form Body")
        if (first := self._repeated(nonce)) is not None and payload.get("enforce_nonce"):
            return self.message(first.channel_id, first.id)
        channel = self.channel(channel_id, Permission.SEND_MESSAGES)
        if channel.locked:
            raise ApiError(403, 160005, "Thread is locked")
        if channel.kind == "forum":
            raise ApiError(400, 50008, "Cannot send messages in a non-text channel")
        channel.archived = False
        message = self._post(channel, self.new_id(), payload)
        message.nonce = nonce
        if nonce:
            self._nonces[nonce] = (self.clock(), message)
        if self.plan.replies:
            self._post(channel, self.new_id(), {"content": "A reply"}).by_member = True
        return message

    def list_messages(self, channel_id: int, after: int, before: int, limit: int) -> list[Message]:
        """The newest of those between, newest first; with `after` alone the oldest, as Discord does."""
        channel = self.channel(channel_id)
        if channel.denied & Permission.READ_MESSAGE_HISTORY:
            return []
        found = [m for m in channel.messages.values() if after < m.id < before and not m.deleted]
        found.sort(key=lambda message: message.id)
        return list(reversed(found[:limit] if after else found[-limit:]))

    def edit_message(self, channel_id: int, message_id: int, payload: dict[str, Any]) -> Message:
        """Changes a message."""
        message = self.message(channel_id, message_id)
        if self.channels[channel_id].archived:
            raise ApiError(400, 50083, "Thread is archived")
        message.payload = message.payload | payload
        message.edits.append(self.clock())
        return message

    def delete_message(self, channel_id: int, message_id: int) -> None:
        """Deletes a message and its words; its id stays known, so that a repeat of its nonce is answered."""
        message = self.message(channel_id, message_id)
        if message.kind == NAME_CHANGED:
            raise ApiError(403, 50021, "Cannot execute action on a system message")
        message.deleted, message.payload = True, {}

    def publish(self, channel_id: int, message_id: int) -> Message:
        """Publishes a message of an announcement channel, once."""
        channel = self.channel(channel_id, Permission.SEND_MESSAGES)
        if channel.kind != "announcement":
            raise ApiError(400, 50024, "Cannot execute action on this channel type")
        message = self.message(channel_id, message_id)
        if message.published:
            raise ApiError(400, 40033, "This message has already been crossposted")
        message.published += 1
        return message

    def open_thread(self, channel_id: int, message_id: int, name: str) -> Channel:
        """Opens the thread of a message, once; it has the message's id. Discord says so below an older message."""
        channel = self.channel(channel_id, Permission.CREATE_PUBLIC_THREADS)
        message = self.message(channel_id, message_id)
        if message.has_thread:
            raise ApiError(400, 160004, "A thread has already been created for this message")
        message.has_thread = True
        if max(channel.messages) != message_id:
            self._post(channel, self.new_id(), {"content": name}, THREAD_CREATED).thread_id = message_id
        return self._add_thread(channel, message_id, name)

    def forum_post(self, channel_id: int, payload: dict[str, Any]) -> tuple[Channel, Message]:
        """Makes a forum post: a thread and its first message, which share one id."""
        channel = self.channel(channel_id, Permission.SEND_MESSAGES)
        if channel.kind != "forum":
            raise ApiError(400, 50024, "Cannot execute action on this channel type")
        thread = self._add_thread(channel, self.new_id(), str(payload["name"]))
        return thread, self._post(thread, thread.id, payload["message"])

    def change_thread(self, channel_id: int, payload: dict[str, Any]) -> Channel:
        """Changes the name of a thread, which Discord says in the thread, and whether it is archived."""
        thread = self.channel(channel_id)
        if thread.parent_id is None:
            raise ApiError(403, 50013, "Missing Permissions")
        if thread.locked:
            raise ApiError(403, 50013, "Missing Permissions")
        if "name" in payload and payload["name"] != thread.name:
            thread.name = str(payload["name"])
            self._post(thread, self.new_id(), {"content": thread.name}, NAME_CHANGED)
        thread.archived = bool(payload.get("archived", thread.archived))
        return thread

    def delete_channel(self, channel_id: int) -> Channel:
        """Removes a channel with its threads."""
        for thread in self.of_parent(channel_id):
            del self.channels[thread.id]
        return self.channels.pop(channel_id)

    def of_parent(self, channel_id: int) -> list[Channel]:
        """The threads of a channel."""
        return [channel for channel in self.channels.values() if channel.parent_id == channel_id]

    def _repeated(self, nonce: str) -> Message | None:
        made_at, message = self._nonces.get(nonce, (float("-inf"), None))
        return message if self.clock() - made_at < self.plan.nonce_window else None

    def _post(self, channel: Channel, message_id: int, payload: dict[str, Any], kind: int = 0) -> Message:
        marker = MARKER.search(repr(payload)) if kind == 0 else None
        message = Message(message_id, channel.id, payload, marker.group() if marker else "", self.clock(), kind=kind)
        channel.messages[message_id] = message
        self.posts += bool(message.marker)
        self.posts_left -= 1
        self.token_valid = self.token_valid and self.posts_left != 0
        return message

    def _add_thread(self, parent: Channel, thread_id: int, name: str) -> Channel:
        thread = Channel(thread_id, parent.guild_id, "thread", name, parent_id=parent.id)
        self.channels[thread_id] = thread
        return thread
