"""Looks a post up in its channel. Never guesses.

A bot without Read Message History sees an empty channel instead of an error, so the permission is
checked first; without it the result is `Unverifiable`.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any, cast

import discord

from bot.delivery.discord_api.responses import Response, classify
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


class PostLookup:
    """Looks for posts; `call` sends one request.

    `link` is the address a post's button opens, `title` the name of its thread in a forum.
    """

    def __init__(
        self, client: discord.Client, call: Callable[[Call], Awaitable[Response]], link: str = "", title: str = ""
    ) -> None:
        self._client, self._call = client, call
        self._link, self._title = link, title
        self._me = client.user.id if client.user else 0

    async def find(self, work: DueDelivery) -> StepResult:
        """Done with the message's id, NotPosted, Unverifiable, or the failure of the look-up."""
        guild = self._client.get_guild(work.subscription.guild_id)
        channel = guild.get_channel_or_thread(work.subscription.channel_id) if guild else None
        if channel is None or not holds(channel.permissions_for(channel.guild.me).value, PROOF):
            return Unverifiable(name_of(PROOF))
        if work.subscription.kind is ChannelKind.FORUM:
            return await self._in_forum(work)
        return await self._in_channel(work)

    async def _in_channel(self, work: DueDelivery) -> StepResult:
        query: dict[str, int | str] = {"limit": PAGE}
        for _ in range(MOST_PAGES):
            ids = {"channel_id": work.subscription.channel_id}
            response = await self._call(Call("GET", "/channels/{channel_id}/messages", ids, query=query))
            if not response.ok:
                return classify(Step.VERIFY, response)
            messages = json_objects(response.body)
            for message in messages:
                if self._is_ours(message, work):
                    return Done(int(message["id"]))
            if len(messages) < PAGE or _time(messages[-1]) < _since(work):
                return NotPosted()
            query["before"] = str(messages[-1]["id"])
        return Unverifiable("too_many_messages")

    async def _in_forum(self, work: DueDelivery) -> StepResult:
        guild, forum = work.subscription.guild_id, work.subscription.channel_id
        for call in (
            Call("GET", "/guilds/{guild_id}/threads/active", {"guild_id": guild}),
            Call("GET", "/channels/{channel_id}/threads/archived/public", {"channel_id": forum}, query={"limit": PAGE}),
        ):
            response = await self._call(call)
            if not response.ok:
                return classify(Step.VERIFY, response)
            found = json_objects(response.record.get("threads"))
            mine = (str(forum), str(self._me))
            ours = [thread for thread in found if (thread.get("parent_id"), thread.get("owner_id")) == mine]
            for place, thread in enumerate(sorted(ours, key=_time, reverse=True)):
                if place >= ALWAYS_READ and _time(thread) < _since(work):
                    break  # older than the claim; the newest are read even where our clock is off
                answer = await self._in_thread(thread, work)
                if not isinstance(answer, NotPosted):
                    return answer
        return NotPosted()

    async def _in_thread(self, thread: Json, work: DueDelivery) -> StepResult:
        number = int(thread["id"])
        ids = {"channel_id": number, "message_id": number}
        response = await self._call(Call("GET", "/channels/{channel_id}/messages/{message_id}", ids))
        if response.ok:
            return Done(number) if self._is_ours(response.record, work) else NotPosted()
        answer = classify(Step.EDIT, response)
        if isinstance(answer, MessageDeleted):
            # A moderator deleted the first message of a thread that we opened: its name still identifies it.
            return Done(number) if thread.get("name") == self._title else NotPosted()
        return answer if isinstance(answer, RetryLater) else Unverifiable("unreadable_thread")

    def _is_ours(self, message: Json, work: DueDelivery) -> bool:
        """Whether it is this very post: by us, about this article, and not a card a member shared."""
        if message["author"]["id"] != str(self._me) or "interaction_metadata" in message or "webhook_id" in message:
            return False
        if message.get("nonce") == work.delivery.nonce:
            return True
        parts = tuple(_parts(message.get("components")))
        return any(
            part.get("id") == work.delivery.component_id or (self._link and part.get("url") == self._link)
            for part in parts
        )


def _parts(components: object) -> Iterator[Json]:
    """Every component, at any depth."""
    for component in json_objects(components):
        yield component
        yield from _parts(component.get("components"))
        accessory = component.get("accessory")
        yield from _parts([accessory] if accessory else None)


def json_objects(value: object) -> list[Json]:
    """The value where it is a list, of JSON objects; else none."""
    return cast("list[Json]", value) if isinstance(value, list) else []


def _time(thing: Json) -> float:
    return discord.utils.snowflake_time(int(thing["id"])).timestamp()


def _since(work: DueDelivery) -> float:
    """The earliest instant at which the post can have been created, by Discord's clock."""
    delivery = work.delivery
    return (delivery.claimed_at or delivery.posted_at or 0.0) - CLOCK_SKEW
