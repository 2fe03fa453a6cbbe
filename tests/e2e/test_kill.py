"""SIGKILL during a fan-out, in a short form; `python -m tests.bench.delivery_kill` is the long one."""

import signal
from pathlib import Path

import pytest

from tests.e2e.change_kills import ARTICLES, kill_during_changes
from tests.e2e.outcome import measure_outcome, unsettled
from tests.e2e.repeated_kills import Killing, kill_repeatedly
from tests.fake_discord.bot_world import open_bot_world
from tests.fake_discord.fixture import integrity
from tests.fake_discord.plan import Plan

CHANNELS = 24
UNANSWERED = 6
SETTLE = 1.0


@pytest.mark.parametrize(("discord", "bot"), [(180.0, 120.0), (0.0, 0.1)], ids=["nonces hold", "nonces are over"])
async def test_every_channel_gets_exactly_one_of_everything_however_often_the_bot_is_killed(
    tmp_path: Path, discord: float, bot: float
) -> None:
    """Posts, publishes and threads, whether Discord still knows the nonce or the channel has to be read back."""
    plan = Plan(channels=CHANNELS, guilds=3, nonce_window=discord, latency=0.05, jitter=0.15)
    async with open_bot_world(tmp_path, plan, settle=SETTLE) as made:
        settled = await kill_repeatedly(made, Killing(kills=2, seed=7, nonce_window=bot, longest=0.3))

        assert settled, unsettled(made)
        assert (await measure_outcome(made)).exactly_once, unsettled(made)
        assert integrity(made.database) == "ok"


@pytest.mark.parametrize("unsafe", [False, True], ids=["as it is", "unsafe"])
async def test_without_nonce_and_look_up_a_kill_between_post_and_response_doubles_the_post(
    tmp_path: Path,
    unsafe: bool,  # noqa: FBT001 - a case of the table
) -> None:
    """Six posts are made and never answered, then the bot is killed; without either each appears twice or more."""
    async with open_bot_world(tmp_path, Plan(channels=CHANNELS, guilds=3), settle=SETTLE) as made:
        for route in ("create_message", "forum_post"):
            await made.discord_server.fault("hang_after", routes=[route], times=UNANSWERED // 2)
        async with made.bot(unsafe=unsafe) as bot:
            await made.posts_reach(bot, CHANNELS)
            await bot.end(signal.SIGKILL)
        async with made.bot(unsafe=unsafe) as bot:
            assert await made.settled(bot), unsettled(made)

        found = await measure_outcome(made)
        assert found.lost == 0, unsettled(made)
        assert (found.doubled >= UNANSWERED) if unsafe else (found.doubled == 0), unsettled(made)


async def test_no_correction_or_withdrawal_is_lost_however_channels_and_servers_change_between_kills(
    tmp_path: Path,
) -> None:
    """What still shows old words at the end is in a server that the bot left, and is listed."""
    plan = Plan(channels=CHANNELS, guilds=4, latency=0.05, jitter=0.15)
    async with open_bot_world(tmp_path, plan, articles=ARTICLES, settle=SETTLE) as made:
        found = await kill_during_changes(made, kills=4, seed=5)

        assert found.kept, (found, unsettled(made))
        assert found.old > 0  # the left server's
        assert integrity(made.database) == "ok"
