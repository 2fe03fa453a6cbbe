"""The commands of `/announcements`: setting channels up, and the proof of delivery."""

from functools import partial

from bot.client.bot import HeraldBot
from bot.interactions.controls import complete
from cogs.announcements.commands import Announcements
from cogs.announcements.context import ModerationContext
from cogs.announcements.controls import CLOSED, ModeratorControl, close
from cogs.announcements.follow import FollowedChannelPages
from cogs.announcements.introduction import Introduction
from cogs.announcements.roles import TopicRolePages
from cogs.announcements.schedule import SchedulePages
from cogs.announcements.send import ArticlePages
from cogs.announcements.status import StatusPages
from cogs.announcements.test_post import TestPosts
from cogs.announcements.wizard import SetupWizard


async def setup(bot: HeraldBot) -> None:
    """Loads the commands and every control of their pages."""
    context = ModerationContext(bot)
    following = FollowedChannelPages(context)
    wizard, status, roles = SetupWizard(context), StatusPages(context, following), TopicRolePages(context)
    articles, introduction = ArticlePages(context), Introduction(context)
    ModeratorControl.handlers = complete(
        {
            **wizard.handlers,
            **TestPosts(context, wizard).handlers,
            **status.handlers,
            **roles.handlers,
            **articles.handlers,
            **SchedulePages(context, wizard).handlers,
            **introduction.handlers,
            **following.handlers,
            **{action: partial(close, action) for action in CLOSED},
        }
    )
    bot.add_dynamic_items(ModeratorControl)
    await bot.add_cog(Announcements(context, wizard, status, roles, articles, following))
    await bot.add_cog(following)
    await bot.add_cog(introduction)
