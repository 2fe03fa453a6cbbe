"""`/announcements send` and `why`: one article in one channel, and the reason it is or is not there."""

from typing import Any

import pytest
import simcord

from bot.config.settings import Settings
from bot.models import Rhythm, Schedule
from bot.search.index import SearchIndex
from bot.store.deliveries import DeliveryState
from tests.cogs.moderation import Server, labels, open_server, shown
from tests.conftest import NOW


async def asked(server: Server, command: str, article: object) -> simcord.ResponseMessage:
    """The answer of a command about an article in the server's channel."""
    result = await server.moderator.slash(
        server.channel, f"announcements {command}", article=str(article), channel=str(server.channel.id)
    )
    assert result.ephemeral
    assert result.response is not None
    return result.response


async def newest_id(server: Server) -> int:
    (found,) = await server.services.articles.latest(limit=1)
    return found.id


async def deliveries(server: Server, article: int) -> list[DeliveryState]:
    subscription = await server.services.subscriptions.get(server.channel.id)
    assert subscription is not None
    return [one.state for one in await server.services.deliveries.of_article(article, subscription.id)]


async def test_an_article_is_announced_only_after_confirmation(settings: Settings) -> None:
    async with open_server(settings) as server:
        await server.subscribe(server.channel, topics=("nothing",))
        article = await newest_id(server)
        page = await asked(server, "send", article)
        assert "Announce this in" in shown(page)
        assert "It mentions nobody." in shown(page)
        assert await deliveries(server, article) == []

        await server.moderator.click(page, label="Cancel")
        assert await deliveries(server, article) == []
        page = await asked(server, "send", article)
        await server.moderator.click(page, label="Announce it")

        assert "It is on its way" in shown(page)
        assert await deliveries(server, article) == [DeliveryState.PLANNED]
        assert server.announcer.woken


async def test_announcing_again_says_so_and_makes_a_second_delivery(settings: Settings) -> None:
    async with open_server(settings) as server:
        await server.subscribe(server.channel)
        article = await newest_id(server)
        await server.plan(article)
        await server.set_delivery(article, state="posted", message_id=77, posted_at=NOW, due=None)

        page = await asked(server, "send", article)
        assert "announced there already" in shown(page)
        await server.moderator.click(page, label="Announce it")

        assert await deliveries(server, article) == [DeliveryState.PLANNED, DeliveryState.POSTED]


async def test_two_moderators_who_press_at_once_announce_once(settings: Settings) -> None:
    async with open_server(settings) as server:
        await server.subscribe(server.channel)
        article = await newest_id(server)
        first, second = await asked(server, "send", article), await asked(server, "send", article)
        await server.moderator.click(first, label="Announce it")

        refused = await server.moderator.click(second, label="Announce it")

        assert "changed in the meantime" in shown(refused.response)
        assert len(await deliveries(server, article)) == 1


async def test_what_waits_is_sent_now_instead_of_twice(settings: Settings) -> None:
    async with open_server(settings) as server:
        await server.subscribe(server.channel)
        article = await newest_id(server)
        await server.plan(article)
        await server.set_delivery(article, due=None, release_at=NOW + 3_600)

        page = await asked(server, "send", article)
        await server.moderator.click(page, label="Announce it")

        assert await deliveries(server, article) == [DeliveryState.PLANNED]
        (report,) = await server.services.deliveries.recent(1, 5)
        assert (report.held_until, report.not_before) == (None, 0)


async def test_an_unknown_article_may_be_one_that_is_not_indexed_yet(settings: Settings) -> None:
    async with open_server(settings) as server:
        await server.subscribe(server.channel)
        oldest = min(article.id for article in await server.services.articles.latest(limit=99))
        async with server.services.database.transaction() as tx:
            await SearchIndex(server.services.database, ()).remove(tx, oldest)

        for command in ("send", "why"):
            words = shown(await asked(server, command, "no such title at all"))
            assert "I do not know that article yet: I am still reading older ones" in words


async def test_a_paused_channel_and_an_unknown_article_are_refused(settings: Settings) -> None:
    async with open_server(settings) as server:
        subscription = await server.subscribe(server.channel)
        assert "do not know that article" in shown(await asked(server, "send", "no such title at all"))
        await server.services.subscriptions.set_paused(subscription.id, paused=True)
        assert "paused" in shown(await asked(server, "send", await newest_id(server)))


async def test_the_newest_can_be_announced_right_after_the_set_up(settings: Settings) -> None:
    async with open_server(settings) as server:
        result = await server.moderator.slash(server.channel, "announcements add", channel=server.channel)
        assert result.response is not None

        await server.moderator.click(result.response, label="Announce the newest now")
        await server.moderator.click(result.response, label="Announce it")

        assert await deliveries(server, await newest_id(server)) == [DeliveryState.PLANNED]


@pytest.mark.parametrize(
    ("options", "delivery", "sentence", "button"),
    [
        ({}, None, "before the channel was set up", "Announce it there"),
        ({"topics": ("nothing",)}, None, "The channel asks for", "Announce it there"),
        ({"feeds": ("nothing",)}, None, "other feeds than", "Announce it there"),
        ({"article_language": "ko"}, None, "articles in 한국어; this one is in English", "Announce it there"),
        ({}, {"state": "posted", "message_id": 77, "posted_at": NOW, "due": None}, "It was posted there", "Announce"),
        ({}, {"due": NOW}, "waits for its turn", "Send now"),
        ({}, {"due": NOW + 600}, "did not work yet", "Send now"),
        ({}, {"due": None, "release_at": NOW + 600}, "quiet hours end", "Send now"),
        ({}, {"state": "claimed", "due": NOW}, "on its way", ""),
        ({}, {"state": "deleted", "due": None}, "deleted the post", "Announce it there"),
        ({}, {"state": "unverified", "due": None, "problem": "x"}, "cannot see whether it arrived", "Status"),
        ({}, {"state": "rejected", "due": None}, "refused the post", "Send now"),
        ({}, {"state": "cancelled", "due": None}, "cancelled", "Announce it there"),
    ],
)
async def test_why_names_the_reason_and_what_helps(
    settings: Settings, options: dict[str, Any], delivery: dict[str, Any] | None, sentence: str, button: str
) -> None:
    async with open_server(settings) as server:
        subscription = await server.subscribe(server.channel)
        article = await newest_id(server)
        if delivery is None:
            async with server.services.database.transaction() as tx:
                await tx.execute("UPDATE articles SET first_seen = ?", (NOW - 10,))
        else:
            await server.plan(article)
            await server.set_delivery(article, **delivery)
        if options:
            await server.change(subscription, **options)

        page = await asked(server, "why", article)

        assert sentence in shown(page)
        assert any(label.startswith(button) for label in labels(page)) if button else not labels(page)


async def test_why_says_what_a_digest_waits_for(settings: Settings) -> None:
    async with open_server(settings) as server:
        await server.subscribe(server.channel, schedule=Schedule(Rhythm.DAILY, 9))
        article = await newest_id(server)
        await server.plan(article)
        await server.set_delivery(article, due=None, release_at=NOW + 600)
        assert "waits for the next digest" in shown(await asked(server, "why", article))


async def test_why_offers_what_it_explains(settings: Settings) -> None:
    async with open_server(settings) as server:
        subscription = await server.subscribe(server.channel)
        await server.services.subscriptions.set_paused(subscription.id, paused=True)
        article = await newest_id(server)
        async with server.services.database.transaction() as tx:
            await tx.execute("UPDATE articles SET first_seen = ?", (NOW + 10,))

        page = await asked(server, "why", article)
        assert "The channel is paused" in shown(page)
        await server.moderator.click(page, label="Resume")

        stored = await server.services.subscriptions.get(server.channel.id)
        assert stored is not None
        assert not stored.paused


@pytest.mark.usefixtures("korean")
async def test_why_answers_in_korean(settings: Settings) -> None:
    async with open_server(settings) as server:
        await server.subscribe(server.channel)
        assert "보관만 한 글" in shown(await asked(server, "why", await newest_id(server)))
