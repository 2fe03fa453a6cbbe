"""Announcements as moderators see them: setting channels up, and the proof of delivery."""

from bot.client.bot import HeraldBot
from cogs.announcements.commands import Announcements
from cogs.announcements.context import Desk
from cogs.announcements.controls import ModeratorControl
from cogs.announcements.status import StatusPages
from cogs.announcements.test_post import Trials
from cogs.announcements.wizard import GuideSteps


async def setup(bot: HeraldBot) -> None:
    """Loads the commands and every control of their pages."""
    desk = Desk(bot)
    guide, status = GuideSteps(desk), StatusPages(desk)
    ModeratorControl.handlers = {**guide.handlers(), **Trials(desk, guide).handlers(), **status.handlers()}
    bot.add_dynamic_items(ModeratorControl)
    await bot.add_cog(Announcements(desk, guide, status))
