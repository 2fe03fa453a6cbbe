"""Kill -9 in the midst of a fan-out, in a short form; `python -m tests.bench.delivery_kill` is the long one."""

import signal
from pathlib import Path

import pytest

from tests.e2e.killing import Killing, kill_repeatedly
from tests.e2e.verdict import unsettled, verdict
from tests.fake_discord.fixture import integrity
from tests.fake_discord.plan import Plan
from tests.fake_discord.stage import stage

CHANNELS = 24
UNANSWERED = 6
SETTLE = 1.0


@pytest.mark.parametrize(("discord", "bot"), [(180.0, 120.0), (1.0, 0.9)], ids=["nonces hold", "nonces are over"])
async def test_every_channel_gets_exactly_one_of_everything_however_often_the_bot_is_killed(
    tmp_path: Path, discord: float, bot: float
) -> None:
    """Posts, publishes and threads, whether Discord still knows the nonce or the channel has to be read back."""
    plan = Plan(channels=CHANNELS, guilds=3, nonce_window=discord, latency=0.05, jitter=0.15)
    async with stage(tmp_path, plan, settle=SETTLE) as made:
        settled = await kill_repeatedly(made, Killing(kills=2, seed=7, nonce_window=bot, longest=0.3))

        assert settled, unsettled(made)
        assert (await verdict(made)).kept, unsettled(made)
        assert integrity(made.database) == "ok"


@pytest.mark.parametrize("careless", [False, True], ids=["as it is", "careless"])
async def test_a_kill_between_a_post_and_its_answer_is_what_nonce_and_read_back_are_for(
    tmp_path: Path,
    careless: bool,  # noqa: FBT001 - a case of the table
) -> None:
    """Six posts are made and never answered, then the bot is killed; without either means each comes twice or more."""
    async with stage(tmp_path, Plan(channels=CHANNELS, guilds=3), settle=SETTLE) as made:
        for route in ("create_message", "forum_post"):
            await made.standin.fault("hang_after", routes=[route], times=UNANSWERED // 2)
        async with made.bot(careless=careless) as bot:
            await made.posts_reach(bot, CHANNELS)
            await bot.end(signal.SIGKILL)
        async with made.bot(careless=careless) as bot:
            assert await made.settled(bot, 90.0), unsettled(made)

        found = await verdict(made)
        assert found.lost == 0, unsettled(made)
        assert (found.doubled >= UNANSWERED) if careless else (found.doubled == 0), unsettled(made)
