"""Looks a post up in its channel. Never guesses.

A bot without Read Message History sees an empty channel instead of an error, so the permission is
checked first; without it the result is `Unverifiable`.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import discord

from bot.delivery.discord_api.responses import Response, classify, json_objects
from bot.delivery.discord_api.rest import Call
from bot.delivery.permissions import PROOF, holds, name_of
from bot.delivery.ports import Done, MessageDeleted, NotPosted, RetryLater, Step, StepResult, Unverifiable
from bot.models import ChannelKind
from bot.store.outbox import DueDelivery

PAGE = 100
MOST_PAGES = 20
CLOCK_SKEW = 600.0  # how far this machine's clock may differ from Discord's

ALWAYS_READ = 5  # threads of ours in a forum that are read whatever the clock says

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PostLookup:
    """Looks for a post; `call` sends one request.

    `link` is the address the post's button opens, `title` the name of its thread in a forum.
    """

    client: discord.Client
    call: Callable[[Call], Awaitable[Response]]
    work: DueDelivery
    link: str
    title: str

    async def find(self) -> StepResult:
        """Done with the message's id, NotPosted, Unverifiable, or the failure of the look-up."""
        subscription = self.work.subscription
        guild = self.client.get_guild(subscription.guild_id)
        channel = guild.get_channel_or_thread(subscription.channel_id) if guild else None
        if channel is None or not holds(channel.permissions_for(channel.guild.me).value, PROOF):
            return Unverifiable(name_of(PROOF))
        me, forum = str(channel.guild.me.id), subscription.kind is ChannelKind.FORUM
        # The earliest instant at which the post can have been created, by Discord's clock.
        since = (self.work.delivery.claimed_at or self.work.delivery.posted_at or 0.0) - CLOCK_SKEW
        return await (self._in_forum(me, since) if forum else self._in_channel(me, since))

    async def _in_channel(self, me: str, since: float) -> StepResult:
        query: dict[str, int | str] = {"limit": PAGE}
        for _ in range(MOST_PAGES):
            ids = {"channel_id": self.work.subscription.channel_id}
            response = await self.call(Call("GET", "/channels/{channel_id}/messages", ids, query=query))
            if not response.ok:
                return classify(Step.VERIFY, response)
            messages = json_objects(response.body)
            for message in messages:
                if self._is_ours(message, me):
                    return Done(int(message["id"]))
            if len(messages) < PAGE or _time(messages[-1]) < since:
                return NotPosted()
            query["before"] = str(messages[-1]["id"])
        return Unverifiable("too_many_messages")

    async def _in_forum(self, me: str, since: float) -> StepResult:
        guild, forum = self.work.subscription.guild_id, self.work.subscription.channel_id
        for call in (
            Call("GET", "/guilds/{guild_id}/threads/active", {"guild_id": guild}),
            Call("GET", "/channels/{channel_id}/threads/archived/public", {"channel_id": forum}, query={"limit": PAGE}),
        ):
            response = await self.call(call)
            if not response.ok:
                return classify(Step.VERIFY, response)
            found = json_objects(response.record.get("threads"))
            ours = [one for one in found if (one.get("parent_id"), one.get("owner_id")) == (str(forum), me)]
            for place, thread in enumerate(sorted(ours, key=_time, reverse=True)):
                if place >= ALWAYS_READ and _time(thread) < since:
                    break  # older than the claim; the newest are read even where our clock is off
                answer = await self._in_thread(thread, me)
                if not isinstance(answer, NotPosted):
                    return answer
        return NotPosted()

    async def _in_thread(self, thread: Json, me: str) -> StepResult:
        number = int(thread["id"])
        ids = {"channel_id": number, "message_id": number}
        response = await self.call(Call("GET", "/channels/{channel_id}/messages/{message_id}", ids))
        if response.ok:
            return Done(number) if self._is_ours(response.record, me) else NotPosted()
        answer = classify(Step.EDIT, response)
        if isinstance(answer, MessageDeleted):
            # A moderator deleted the first message of a thread that we opened: its name still identifies it.
            return Done(number) if thread.get("name") == self.title else NotPosted()
        return answer if isinstance(answer, RetryLater) else Unverifiable("unreadable_thread")

    def _is_ours(self, message: Json, me: str) -> bool:
        """Whether it is this very post."""
        if not is_own_post(message, me):
            return False
        if message.get("nonce") == self.work.delivery.nonce:
            return True
        parts = tuple(_parts(message.get("components")))
        return any(
            part.get("id") == self.work.delivery.component_id or (self.link and part.get("url") == self.link)
            for part in parts
        )


def is_own_post(message: Json, me: str) -> bool:
    """Whether the message is a post of ours, and not a card that a member shared."""
    return message["author"]["id"] == me and "interaction_metadata" not in message and "webhook_id" not in message


def _parts(components: object) -> Iterator[Json]:
    """Every component, at any depth."""
    for component in json_objects(components):
        yield component
        yield from _parts(component.get("components"))
        accessory = component.get("accessory")
        yield from _parts([accessory] if accessory else None)


def _time(thing: Json) -> float:
    return discord.utils.snowflake_time(int(thing["id"])).timestamp()
