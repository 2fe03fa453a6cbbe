"""Attacks on Herald, counted: attack → inputs tried → blocked / bypassed. Run `python -m tests.bench.attacks`.

The inputs are those of the tests. What counts as a bypass is written beside each attack; the judge of
addresses is that of `tests.bench.ssrf`. Nothing leaves this machine.
"""

import asyncio
import logging
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.app.core import open_core
from bot.app.ingestion import open_web
from bot.config.settings import Settings, load
from bot.interactions.controls import ModeratorAction
from bot.interactions.custom_ids import article_button_id
from bot.models import ChannelKind
from bot.store.feeds import HeldArticles
from bot.store.subscriptions import NewSubscription
from tests.bench import poison, ssrf
from tests.bench.ssrf import Row, table
from tests.cogs.forged_ids import changes, forged, press, press_as
from tests.cogs.moderation import open_server
from tests.conftest import CONFIGURATION, NOW
from tests.portability.hostile_lines import harmful, verdicts
from tests.store.samples import draft

SHARES = 15
HOLD = (1, 2, 3, 4, 5, 6)
POISON_PAGES = 10


@asynccontextmanager
async def _settings() -> AsyncGenerator[Settings]:
    with tempfile.TemporaryDirectory() as folder:
        yield load(CONFIGURATION).model_copy(update={"database": Path(folder) / "herald.db"})


async def forged_ids() -> list[Row]:
    """Bypass: an id that is not refused in words, or that stores anything."""
    row = Row("forged ids of buttons and menus")
    async with _settings() as settings, open_server(settings) as server:
        for one in forged(server):
            row.tried += 1
            if problem := await press(server, one) or ", ".join(await changes(server)):
                row.bypassed.append(f"{one!r}: {problem}")
    return [row]


def hostile_imports() -> list[Row]:
    """Bypass: a line that is stored, or an error that is no refusal of that line."""
    row = Row("hostile lines of an import")
    for line in harmful():
        row.tried += 1
        try:
            found = verdicts(line)
        except Exception as error:  # noqa: BLE001 - any is a bypass
            found = [repr(error)]
        if not all(verdict.startswith("line 1:") for verdict in found):
            row.bypassed.append(f"{line[:60]!r}: {found}")
    return [row]


async def sharing() -> list[Row]:
    """Bypass: a public card beyond the first."""
    rows: list[Row] = []
    for name, articles, members, slow in (
        ("one article shared by 15 members in a second", (1,), SHARES, 0),
        ("one article shared 15 times by one member", (1,), 1, 0),
        ("15 articles shared by one member in a second", tuple(range(1, SHARES + 1)), 1, 0),
        ("15 articles shared by one member in slow mode", tuple(range(1, SHARES + 1)), 1, 60),
    ):
        row = Row(name)
        async with _settings() as settings, open_server(settings) as server:
            server.env.backend.edit_channel(server.channel.id, {"rate_limit_per_user": slow})
            await server.env.settle()
            people = [server.guild.add_member(server.env.create_user(f"m{number}")) for number in range(members)]
            for number in range(SHARES):
                row.tried += 1
                await press_as(
                    people[number % members], server, article_button_id("share", articles[number % len(articles)])
                )
            cards = await server.services.database.all("SELECT article FROM shared_cards")
            assert cards, "the first share is no attack and has to arrive"
            row.tried -= 1
            row.bypassed += [f"a card of article {card['article']}" for card in cards[1:]]
        rows.append(row)
    return rows


async def demotion() -> list[Row]:
    """Bypass: a control of an open page that does not answer with the refusal after its reader was demoted."""
    demoted, denied = Row("controls pressed after a demotion"), Row("controls denied by the server's own settings")
    for row in (demoted, denied):
        async with _settings() as settings, open_server(settings) as server:
            await server.subscribe(server.channel)
            if row is demoted:
                await server.forbid_moderator("manage_guild")
            else:
                synced = next(one for one in await server.bot.tree.fetch_commands() if one.name == "announcements")
                server.guild.set_command_permissions(synced, {server.moderator: False})
            for action in ModeratorAction:
                row.tried += 1
                said = await press_as(server.moderator, server, f"announcements:{action}:{server.channel.id}")
                if said is None or "permission to use `/announcements`" not in said:
                    row.bypassed.append(f"{action}: {said!r}")
            if not await server.services.subscriptions.of_guild(server.guild.id):
                row.bypassed.append("the subscription is gone")
    return [demoted, denied]


async def holds_across_servers() -> list[Row]:
    """Bypass: a decision that releases, announces or ends anything in another server."""
    row = Row("holds decided by another server")
    for choice in ("all", "newest", "none"):
        for decider in (1, 0, -1, 2**63 - 1):
            async with _settings() as settings, open_core(settings, clock=lambda: NOW) as core, open_web(core) as web:
                feed = settings.feeds[0].key
                for guild in (1, 2):
                    await core.subscriptions.create(NewSubscription(guild, 10 * guild, ChannelKind.TEXT))
                async with core.database.transaction() as tx:
                    ids = await core.articles.add(tx, [draft(number) for number in HOLD], NOW)
                    await HeldArticles(core.database).hold(tx, feed, ids, NOW)
                row.tried += 1
                await web.poll_writer.release(feed, decider, choice)
                other = await HeldArticles(core.database).of_guild(feed, 2)
                posts = await core.database.all("SELECT 1 FROM deliveries WHERE channel_id = 20")
                if len(other) != len(HOLD) or posts:
                    row.bypassed.append(f"server {decider} chose {choice}: {len(other)} left, {len(posts)} posts")
    return [row]


async def poison_starvation() -> list[Row]:
    """Bypass: a good feed that waits for longer than one poison page may take."""
    row = Row("a good feed behind poison pages")
    for hosts in (["poison.example"] * POISON_PAGES, [f"poison{number}.example" for number in range(POISON_PAGES)]):
        row.tried += len(hosts)
        waited = await poison.wait_of_a_feed(hosts)
        if waited > poison.SECONDS:
            row.bypassed.append(f"{len(set(hosts))} hosts: the feed waited {waited:.1f} s")
    return [row]


async def main() -> int:
    """Prints the table. 0 when nothing got through."""
    logging.disable(logging.CRITICAL)
    rows = [
        *await ssrf.run(),
        *await forged_ids(),
        *hostile_imports(),
        *await sharing(),
        *await demotion(),
        *await holds_across_servers(),
        *await poison_starvation(),
    ]
    print(table(rows))
    return 1 if any(row.bypassed for row in rows) else 0


if __name__ == "__main__":
    raise SystemExit(asyncio.run(main()))
