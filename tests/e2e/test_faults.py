"""Several of Discord's faults at once, and the machine's; `python -m tests.bench.delivery_faults` has each alone."""

import asyncio
import signal
from pathlib import Path

from tests.e2e import host_faults
from tests.e2e.fault_cases import EXTRAS, POSTS, rule
from tests.e2e.outcome import measure_outcome, unsettled
from tests.fake_discord.bot_world import BotWorld, open_bot_world
from tests.fake_discord.plan import Plan
from tests.fake_discord.process import FakeDiscord
from tests.limits import HANG_SECONDS

SETTLE = 1.0
PLAN = Plan(channels=30, guilds=3, latency=0.02, jitter=0.05)


async def misbehave(discord_server: FakeDiscord) -> None:
    """Refusals and lost responses, before and after the effect."""
    for fault, routes, more in (
        ("status", POSTS, {"status": 503}),
        ("status_after", POSTS, {"status": 500}),
        ("reset_after", POSTS, {}),
        ("reset", POSTS, {}),
        ("global_429", POSTS, {"seconds": 0.5}),
        ("reset_after", EXTRAS, {}),
    ):
        await discord_server.fault(**rule(fault, routes, **{"times": 2, **more}))


async def check(made: BotWorld) -> None:
    """Nothing lost, nothing twice, nothing left undone."""
    assert (await measure_outcome(made)).exactly_once, unsettled(made)


async def test_no_fault_of_discord_loses_or_doubles_a_post(tmp_path: Path) -> None:
    """Bad answers, cut connections and a gateway that drops its line, all in one fan-out."""
    async with open_bot_world(tmp_path, PLAN, settle=SETTLE) as made, made.bot() as bot:
        await misbehave(made.discord_server)
        await made.posts_reach(bot, 1)
        await made.discord_server.gateway("abort")

        assert await made.settled(bot), unsettled(made)
        assert bot.exit_code is None
        await check(made)


async def test_a_clock_that_jumps_back_delays_and_doubles_nothing(tmp_path: Path) -> None:
    """Two hours back during a fan-out with lost responses, so that there are claims and delays."""
    async with open_bot_world(tmp_path, PLAN, settle=SETTLE) as made, made.bot(jump=-7200.0) as bot:
        await made.discord_server.fault(**rule("reset_after", POSTS, times=4))
        await host_faults.jump_clock(made, bot)

        assert await made.settled(bot), unsettled(made)
        await check(made)


async def test_files_that_cannot_grow_stop_the_bot_and_lose_nothing(tmp_path: Path) -> None:
    """It logs a plain sentence, sends nothing that it could not record, and resumes when there is space."""
    async with open_bot_world(tmp_path, PLAN, settle=SETTLE) as made, made.bot() as bot:
        await host_faults.forbid_growth(made, bot)

        assert await made.settled(bot), unsettled(made)
        assert "cannot be" in made.log.read_text("utf-8")
        await check(made)


async def test_a_bot_stopped_by_sigterm_leaves_no_post_unverified(tmp_path: Path) -> None:
    """SIGTERM: steps in progress are finished or requeued, and the exit code is 0."""
    async with open_bot_world(tmp_path, PLAN, settle=SETTLE) as made:
        async with made.bot() as bot:
            await made.posts_reach(bot, 3)
            await bot.end(signal.SIGTERM)
            assert bot.exit_code == 0, unsettled(made)
        async with made.bot() as bot:
            assert await made.settled(bot), unsettled(made)

        await check(made)


async def test_a_bot_that_is_asked_to_stop_while_it_reconnects_stops(tmp_path: Path) -> None:
    """discord.py swallows a cancellation between two sessions."""
    async with open_bot_world(tmp_path, Plan(channels=3, guilds=3), settle=SETTLE) as made, made.bot() as bot:
        assert await made.settled(bot), unsettled(made)
        await made.discord_server.gateway("invalidate")
        await asyncio.sleep(0.5)
        async with asyncio.timeout(HANG_SECONDS):
            await bot.end(signal.SIGTERM)
        assert bot.exit_code == 0
