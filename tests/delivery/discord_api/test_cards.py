"""The requests for a shared card, and what people see of it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import discord
import pytest
from discord.http import Route

from bot.delivery.discord_api.cards import THREAD_ARCHIVED, take_card
from bot.delivery.discord_api.responses import Response
from bot.delivery.discord_api.rest import Call
from bot.delivery.ports import Done, MessageDeleted, PermissionMissing, RetryLater, Step
from bot.models import Article
from bot.store.shared_cards import DueCard, MessageRef, SharedCard
from tests.delivery.discord_api.sender_world import SenderWorld, open_sender_world
from tests.delivery.samples import ARTICLE

LINE = "📣 Ann shares this article."
NEW = [{"type": 17, "components": [{"type": 10, "content": "new"}]}]


def work(place: MessageRef, article: Article = ARTICLE) -> DueCard:
    return DueCard(SharedCard(1, article.id, place, 5), article)


@asynccontextmanager
async def shared(**denied: bool) -> AsyncIterator[tuple[SenderWorld, MessageRef]]:
    """A card in a channel in which the bot lacks some permissions."""
    async with open_sender_world() as world:
        me = world.guild.me
        assert me is not None
        channel = world.guild.create_text_channel("general", overwrites={me: discord.PermissionOverwrite(**denied)})
        old: list[dict[str, Any]] = [{"type": 10, "content": LINE}, *NEW]
        made = await world.client.http.request(
            Route("POST", "/channels/{channel_id}/messages", channel_id=channel.id),
            json={"components": old, "flags": 1 << 15},
        )
        yield world, MessageRef(world.guild.id, channel.id, int(made["id"]), "en")


async def words(world: SenderWorld, place: MessageRef) -> list[str]:
    """Every text of the message, from the top."""
    raw: Any = await world.client.http.get_message(place.channel_id, place.message_id)
    found: list[str] = []
    for part in raw["components"]:
        found += [one["content"] for one in (part, *part.get("components", ())) if one["type"] == 10]
    return found


async def test_a_corrected_card_keeps_the_line_that_names_who_shared_it() -> None:
    async with shared() as (world, place):
        assert isinstance(await world.sender.take_card(Step.EDIT, work(place)), Done)

        assert await words(world, place) == [LINE, f"@everyone {ARTICLE.title}"]
        raw = await world.client.http.get_message(place.channel_id, place.message_id)
        assert raw["mention_everyone"] is False


async def test_nothing_of_the_card_remains_beside_the_notice() -> None:
    async with shared() as (world, place):
        assert isinstance(await world.sender.take_card(Step.REPLACE, work(place)), Done)

        assert await words(world, place) == ["@everyone Withdrawn"]


async def test_a_deleted_card_is_reported_as_deleted() -> None:
    async with shared() as (world, place):
        assert isinstance(await world.sender.take_card(Step.DELETE, work(place)), Done)

        for step in (Step.EDIT, Step.REPLACE, Step.DELETE):
            assert await world.sender.take_card(step, work(place)) == MessageDeleted()


async def test_without_the_history_the_card_is_corrected_all_the_same() -> None:
    """The line above cannot be read then; a correct card is more important than who shared it."""
    async with shared() as (world, place):
        world.env.inject_error("GET", "/channels/*/messages/*", status=403, code=50001)
        assert isinstance(await world.sender.take_card(Step.EDIT, work(place)), Done)

        assert await words(world, place) == [f"@everyone {ARTICLE.title}"]


async def test_a_channel_that_cannot_be_seen_costs_no_request() -> None:
    async with open_sender_world() as world:
        me = world.guild.me
        assert me is not None
        hidden = discord.PermissionOverwrite(view_channel=False)
        closed = world.guild.create_text_channel("closed", overwrites={me: hidden})
        opened = world.guild.create_text_channel("open")

        for server, channel, reason in (
            (world.guild.id, opened.id, None),
            (world.guild.id, 5, None),  # which may be an archived thread
            (world.guild.id, closed.id, "view_channel"),
            (5, opened.id, "guild_left"),
        ):
            before = len(world.env.http_requests)
            answer = await world.sender.take_card(Step.DELETE, work(MessageRef(server, channel, 1, "en")))
            assert (answer == PermissionMissing(reason or "")) is (reason is not None)
            assert (len(world.env.http_requests) > before) is (reason is None)


class Answers:
    """Discord's answers, one after another, and what was asked for."""

    def __init__(self, *replies: Response) -> None:
        self.replies, self.asked = list(replies), list[str]()

    async def __call__(self, call: Call) -> Response:
        self.asked.append(f"{call.method} {call.path.rsplit('/', 2)[-2]}")
        return self.replies.pop(0)


PLACE = MessageRef(7, 70, 700, "en")
OK = Response(200, {"id": "700", "components": [{"type": 10, "content": LINE}]})
AWAY = Response(400, {"code": THREAD_ARCHIVED})
REFUSED = Response(400, {"code": 50035})


@pytest.mark.parametrize("step", [Step.REPLACE, Step.DELETE])
async def test_an_archived_thread_is_unarchived_for_the_edit(step: Step) -> None:
    """A thread that was archived after a week must not keep a name public."""
    answers = Answers(AWAY, Response(200), OK)

    assert await take_card(answers, step, PLACE, NEW) == Done(700)
    assert answers.asked[1] == "PATCH channels"


@pytest.mark.parametrize("code", [50001, 50013])
async def test_a_thread_that_may_not_be_unarchived_is_reported_as_locked(code: int) -> None:
    answers = Answers(AWAY, Response(403, {"code": code}))

    assert await take_card(answers, Step.REPLACE, PLACE, NEW) == PermissionMissing("manage_threads")


async def test_a_page_of_a_proxy_is_no_locked_thread() -> None:
    assert isinstance(await take_card(Answers(AWAY, Response(403, "<html>")), Step.REPLACE, PLACE, NEW), RetryLater)


async def test_a_card_is_deleted_where_the_notice_is_refused() -> None:
    answers = Answers(REFUSED, Response(204))

    assert isinstance(await take_card(answers, Step.REPLACE, PLACE, NEW), Done)
    assert [one.split()[0] for one in answers.asked] == ["PATCH", "DELETE"]


async def test_a_card_that_cannot_be_read_just_now_is_not_corrected_blindly() -> None:
    """Otherwise an outage would remove the line that names who shared it."""
    assert isinstance(await take_card(Answers(Response(503)), Step.EDIT, PLACE, NEW), RetryLater)
