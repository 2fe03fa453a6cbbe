"""The composition root: opens and closes the whole bot in order and connects its parts."""

import asyncio
import random
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import discord

from bot.app.core import Clock, Core, open_core
from bot.app.ingestion import Web, open_web
from bot.app.jobs import run_jobs
from bot.app.monitoring import Monitor
from bot.client.bot import HeraldBot
from bot.client.services import Services
from bot.config.settings import Settings
from bot.delivery.announcer import Announcer, Clocks
from bot.delivery.channel_health import KnownKeys
from bot.delivery.discord_api.rest import paced
from bot.delivery.discord_api.sender import DiscordSender
from bot.delivery.rate_limiter import RateLimiter
from bot.i18n import Catalogue
from bot.layouts.posts import Renderer
from bot.store.backup import RestoredDatabase


@dataclass(frozen=True, slots=True)
class Herald:
    """The whole bot, not yet connected: `bot` talks with Discord, `background` works beside it."""

    core: Core
    web: Web
    services: Services
    bot: HeraldBot
    monitor: Monitor

    async def background(self) -> None:
        """Polls and announces until cancelled. Run it beside the bot, in a task of its own."""

        async def announce() -> None:
            await self.bot.connected.wait()
            await self.services.announcer.run()

        await asyncio.gather(
            run_jobs(self.core, self.web, self.services.announcer.wake, self.bot.connected), announce()
        )


@asynccontextmanager
async def open_herald(settings: Settings, *, clock: Clock) -> AsyncGenerator[Herald]:
    """Opens everything in order and closes it in reverse. Raises what `open_core` and `open_web` raise."""
    async with (
        open_core(settings, clock=clock) as core,
        open_web(core) as web,
        open_announcer(
            core,
            lambda: bot,
            lambda guild_id: bot.knows_guilds_of(guild_id),  # noqa: PLW0108 - made later
            lambda language: bot.catalogue(language),  # noqa: PLW0108 - as above
        ) as (announcer, limiter),
    ):
        services = Services(
            core.database, core.settings, core.search, web.poll_writer, announcer, core.reinstate, core.clock
        )
        bot = HeraldBot(services, http_trace=paced(limiter))
        try:
            yield Herald(core, web, services, bot, Monitor(core, bot, lambda: limiter.rate_limited, clock()))
        finally:
            await announcer.stop()
            await bot.close()


@asynccontextmanager
async def open_announcer(
    core: Core,
    client: Callable[[], discord.Client],
    knows_guilds_of: Callable[[int], bool] | None = None,
    catalogue: Callable[[str], Catalogue] = Catalogue.of,
    *,
    only_article: int | None = None,
) -> AsyncGenerator[tuple[Announcer, RateLimiter]]:
    """Opens the announcer, which gets the client when it sends, and the rate limiter that both share.

    `knows_guilds_of`: whether the shard of a server has received its servers; `catalogue`: the
    sentences of a language. With `only_article`
    it performs the steps of that article alone.
    """
    settings, clocks = core.settings.delivery, Clocks(core.clock, time.monotonic)
    active_until = await RestoredDatabase(core.database).last_activity(core.clock())  # before anything is polled
    limiter = RateLimiter(
        settings.requests_per_second, clock=clocks.steady, invalid_budget=settings.invalid_request_budget
    )
    renderer = Renderer(core.settings, core.clock, catalogue)
    sender = DiscordSender(
        client,
        renderer,
        limiter,
        clock=core.clock,
        timeout_seconds=settings.request_timeout,
        knows_guilds_of=knows_guilds_of,
    )
    rng = random.Random()  # noqa: S311 - spreads retries, guards nothing
    try:
        announcer = Announcer(
            core.database.with_own_reader("delivery"),
            sender,
            limiter,
            settings,
            clocks=clocks,
            rng=rng,
            language=core.settings.language,
            catalogue=catalogue,
            feed_names={feed.key: feed.name for feed in core.settings.feeds},
            known_keys=KnownKeys(
                frozenset(topic.key for topic in core.settings.topics),
                frozenset(feed.key for feed in core.settings.feeds),
            ),
            only_article=only_article,
            active_until=active_until,
        )
        yield announcer, limiter
    finally:
        await sender.close()
