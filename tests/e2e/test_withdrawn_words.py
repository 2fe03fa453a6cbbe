"""An article that names a person is withdrawn while the bot runs; then no file has the name, or four of its words."""

import asyncio
import json
import re
import signal
import time
from argparse import Namespace
from dataclasses import replace
from pathlib import Path

from bot.app.core import open_core
from bot.cli import transfer
from bot.interactions.custom_ids import article_button_id
from bot.models import NewArticle
from bot.store.backup import copy_database
from bot.store.key_value import KeyValueStore
from bot.store.withdrawals import SCRUB_PENDING
from tests.fake_discord.bot_world import BotWorld, open_bot_world
from tests.fake_discord.plan import Plan
from tests.fake_discord.process import Json
from tests.fake_discord.runner import Options, make_settings
from tests.fake_discord.state import CHANNEL_BASE, GUILD_BASE, NAME_CHANGED, THREAD_CREATED
from tests.limits import HANG_SECONDS
from tests.store.sensitive import FIRST, PERSON, SLUG, article, files_with, sensitive

ARTICLE = 1
SEQUENCE = 4


def named() -> NewArticle:
    """The article, with an address that the fake Discord recognises."""
    slug = f"{SLUG}-fixture-99"
    return replace(sensitive(), url=slug, key=slug, published=time.time())


def sequences(new: NewArticle) -> set[str]:
    """Every four words in a row of what the article says about the person."""
    assert new.body is not None
    texts = (new.title, new.summary, new.author_note, *(passage.text for passage in new.body.passages))
    found: set[str] = set()
    for text in texts:
        words = re.findall(r"\S+", text)
        found |= {" ".join(words[at : at + SEQUENCE]) for at in range(len(words) - SEQUENCE + 1)}
    return found


async def use_everything(world: BotWorld) -> None:
    """Members search for the person, keep a long search, and share the article."""
    channel = CHANNEL_BASE
    query = [{"name": "query", "type": 3, "value": f"{FIRST} {PERSON}"}]
    long_query = [{"name": "query", "type": 3, "value": f"where did {FIRST} {PERSON} go " * 5}]
    assert PERSON in json.dumps(await world.discord_server.ask("search", channel, *query))
    await world.discord_server.ask("search", channel, *long_query)
    await world.discord_server.press(article_button_id("share", ARTICLE), channel)


async def messages_of_kind(world: BotWorld, kind: int) -> list[Json]:
    """Discord's own messages of that type."""
    channels = await world.discord_server.channels(payloads=True)
    return [post for channel in channels for post in channel["posts"] if post["kind"] == kind]


async def test_a_thread_in_which_discord_keeps_a_former_title_is_listed_after_a_withdrawal(tmp_path: Path) -> None:
    async with open_bot_world(tmp_path, Plan(channels=3, guilds=1)) as world:
        async with world.bot() as bot:
            assert await world.settled(bot)
        async with world.core() as core, core.database.transaction() as tx:
            await tx.execute("UPDATE articles SET title = 'A corrected title' WHERE id = ?", (ARTICLE,))
            await core.deliveries.changed(tx, ARTICLE, time.time())
        async with world.bot() as bot:
            assert await world.settled(bot)
        changed = await messages_of_kind(world, NAME_CHANGED)
        assert [one["payload"]["content"] for one in changed] == ["A corrected title"] * 3

        async with world.core() as core:
            await core.withdraw(ARTICLE)
        async with world.bot() as bot:
            assert await world.settled(bot)
        async with world.core() as core:
            listed = await core.deliveries.still_visible(GUILD_BASE)
    assert [post.problem for post in listed] == ["former_names"] * 3


async def test_no_file_and_no_message_has_the_name_after_a_withdrawal_while_the_bot_runs(tmp_path: Path) -> None:
    folder = tmp_path / "bot"
    folder.mkdir()
    plan = Plan(channels=6, guilds=2, replies=True)
    async with open_bot_world(folder, plan, articles=0) as world:
        settings = make_settings(Options(world.discord_server.api, "", str(world.database)))
        new = named()
        async with open_core(settings, clock=time.time) as core, core.database.transaction() as tx:
            for draft, announce in ((new, True), *((article(number), False) for number in range(1, 9))):
                [article_id] = await core.articles.add(tx, [draft], time.time())
                await core.events.added(tx, [(article_id, draft)], time.time(), announce=announce)
        async with world.bot(erase_after="3s", erase_seconds=0.5, count_seconds=0.0) as bot:
            assert await world.settled(bot)
            await use_everything(world)
            before = json.dumps(await world.discord_server.channels(payloads=True))
            assert before.count(f"{FIRST} {PERSON} leaves") > plan.channels  # posts, threads, the shared card
            assert await messages_of_kind(world, THREAD_CREATED) != []
            assert files_with(folder, PERSON) != []

            async with open_core(settings, clock=time.time) as core:
                assert await core.cards.visible(ARTICLE) == 1
                for table in ("search_asked", "saved_searches"):
                    assert (
                        PERSON.lower()
                        in str(
                            [tuple(row) for row in await core.database.all(f"SELECT * FROM {table}")]  # noqa: S608 - our names
                        ).lower()
                    ), table
                await core.withdraw(ARTICLE)
                kept_values = KeyValueStore(core.database, core.clock)
                async with asyncio.timeout(HANG_SECONDS):
                    while (  # noqa: ASYNC110 - another process does the work
                        await core.withdrawals.kept() or await kept_values.get(SCRUB_PENDING) is not None
                    ):
                        await asyncio.sleep(0.1)
            running = files_with(folder, PERSON)
            await bot.end(signal.SIGTERM)

        copy_database(world.database, folder / "backup.db", lambda _done, _total: None)
        arguments = Namespace(file=str(folder / "export.jsonl"), subscriptions=False)
        await asyncio.to_thread(lambda: asyncio.run(transfer.export(settings, arguments)))

        after = json.dumps(await world.discord_server.channels(payloads=True)).lower()
        assert PERSON.lower() not in after
        assert all(one["deleted"] for one in await messages_of_kind(world, THREAD_CREATED))
        assert running == []
        assert {path.name for path in folder.iterdir()} >= {"herald.db", "herald.log", "backup.db", "export.jsonl"}
        for words in (PERSON, FIRST, *sequences(new)):
            assert files_with(folder, words) == [], words
