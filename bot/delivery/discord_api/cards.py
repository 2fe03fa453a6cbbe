"""Edits and deletes shared cards, and messages in threads that were archived."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any, cast

from bot.delivery.discord_api.responses import THREAD_LOCKED, Response, classify
from bot.delivery.discord_api.rest import Call
from bot.delivery.ports import MessageDeleted, Rejected, RetryLater, Step, StepResult
from bot.store.shared_cards import MessageRef

CHANNEL = "/channels/{channel_id}"
MESSAGE = "/channels/{channel_id}/messages/{message_id}"
COMPONENTS_V2 = 1 << 15
THREAD_ARCHIVED = 50083
FORBIDDEN = 403
TEXT = 10  # Discord's number for a component of text

Send = Callable[[Call], Awaitable[Response]]
Json = dict[str, Any]


async def awake(send: Send, call: Call) -> Response:
    """Sends a request about a message; when its thread is archived, unarchives it and sends once more.

    A refusal to unarchive it is answered as the locked thread that it is: members may unarchive any other.
    """
    response = await send(call)
    if response.code != THREAD_ARCHIVED:
        return response
    woken = await send(Call("PATCH", CHANNEL, {"channel_id": call.ids["channel_id"]}, {"archived": False}))
    if woken.status == FORBIDDEN and woken.from_discord:
        return replace(woken, body={**woken.record, "code": THREAD_LOCKED})
    return await send(call) if woken.ok else woken


async def take_card(send: Send, step: Step, place: MessageRef, components: Sequence[Json]) -> StepResult:
    """Puts the components into the message, or deletes it; see `Sender.take_card`."""
    ids = {"channel_id": place.channel_id, "message_id": place.message_id}
    if step is Step.DELETE:
        return classify(step, await awake(send, Call("DELETE", MESSAGE, ids)))
    if step is Step.EDIT:
        seen = await send(Call("GET", MESSAGE, ids))
        unseen = classify(step, seen)
        if isinstance(unseen, RetryLater | MessageDeleted):
            return unseen
        # The line with the name of who asked for the card: only the message has it.
        parts = cast("list[Json]", seen.record.get("components") or [])
        line = [{"type": TEXT, "content": part["content"]} for part in parts[:1] if part.get("type") == TEXT]
        components = [*line, *components]
    body: Json = {"components": list(components), "flags": COMPONENTS_V2, "allowed_mentions": {"parse": []}}
    answer = classify(step, await awake(send, Call("PATCH", MESSAGE, ids, body)))
    if step is Step.REPLACE and isinstance(answer, Rejected):
        return await take_card(send, Step.DELETE, place, ())
    return answer
