"""The hands on shared cards, and on whatever stands in a thread that was put away meanwhile."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, cast

import discord

from bot.delivery.discord_api.responses import Reply, judge
from bot.delivery.discord_api.rest import Call
from bot.delivery.permissions import Permission, holds, name_of
from bot.delivery.ports import Answer, Later, Refused, Step, Vanished
from bot.store.shared_cards import Place
from bot.store.subscriptions import GUILD_LEFT

CHANNEL = "/channels/{channel_id}"
MESSAGE = "/channels/{channel_id}/messages/{message_id}"
COMPONENTS_V2 = 1 << 15
THREAD_ARCHIVED = 50083
TEXT = 10  # Discord's number for a component of text

Send = Callable[[Call], Awaitable[Reply]]
Json = dict[str, Any]


async def awake(send: Send, call: Call) -> Reply:
    """Sends a request about a message; where its thread was put away, wakes the thread and sends it once more."""
    reply = await send(call)
    if reply.code != THREAD_ARCHIVED:
        return reply
    woken = await send(Call("PATCH", CHANNEL, {"channel_id": call.ids["channel_id"]}, {"archived": False}))
    return await send(call) if woken.well else woken


async def take_card(send: Send, step: Step, place: Place, components: Sequence[Json]) -> Answer:
    """Puts the components into the message, or deletes it; see `Sender.take_card`."""
    ids = {"channel_id": place.channel_id, "message_id": place.message_id}
    if step is Step.DELETE:
        return judge(step, await awake(send, Call("DELETE", MESSAGE, ids)))
    if step is Step.EDIT:
        seen = await send(Call("GET", MESSAGE, ids))
        unseen = judge(step, seen)
        if isinstance(unseen, Later | Vanished):
            return unseen
        components = [*_line_above(seen), *components]
    body: Json = {"components": list(components), "flags": COMPONENTS_V2, "allowed_mentions": {"parse": []}}
    answer = judge(step, await awake(send, Call("PATCH", MESSAGE, ids, body)))
    if step is Step.NOTICE and isinstance(answer, Refused):
        return await take_card(send, Step.DELETE, place, ())
    return answer


def card_obstacle(client: discord.Client, place: Place) -> str:
    """What the client's cache says against reaching a message; empty where it does not know."""
    guild = client.get_guild(place.guild_id)
    if guild is None:
        return GUILD_LEFT if client.is_ready() else ""
    channel = guild.get_channel_or_thread(place.channel_id)
    if guild.unavailable or channel is None:  # threads that were put away are not in the cache
        return ""
    granted = channel.permissions_for(guild.me).value
    return "" if holds(granted, Permission.VIEW_CHANNEL) else name_of(Permission.VIEW_CHANNEL)


def _line_above(message: Reply) -> list[Json]:
    """The line that tells who asked for the card. It is kept in the message alone, so it is read from there."""
    parts = cast("list[Json]", message.record.get("components") or [])
    return [{"type": TEXT, "content": part["content"]} for part in parts[:1] if part.get("type") == TEXT]
