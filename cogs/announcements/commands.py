"""The commands of `/announcements` with their typed options."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.client.bot import Interaction, answer
from bot.client.errors import refusal
from bot.client.localisation import localised, localised_options, text_for
from bot.client.typed_options import AppChoices
from bot.i18n import LANGUAGES
from bot.interactions.controls import ModeratorAction, button
from bot.interactions.draft import Draft
from bot.interactions.typed_choices import Choice, as_choices
from bot.layouts.announcements.questions import ask
from bot.layouts.announcements.subscriptions import card_preview, channel_link
from bot.layouts.components import notice
from bot.models import Subscription, SubscriptionOptions
from cogs.announcements.context import ModerationContext, guild_of, kind_of
from cogs.announcements.follow import FollowedChannelPages
from cogs.announcements.options import KnownChannel, NewChannel, SeveralOf, TypedOptions, apply_options
from cogs.announcements.roles import TopicRolePages
from cogs.announcements.send import ArticlePages
from cogs.announcements.status import StatusPages
from cogs.announcements.wizard import SetupWizard

SUBJECT = "announcements.command"
OPTIONS = ("channel", "topics", "role", "topic_roles", "silent", "publish", "thread", "language", "feed")
LANGUAGE_CHOICES = [app_commands.Choice(name=localised(f"languages.{code}"), value=code) for code in LANGUAGES]
TopicKeys = app_commands.Transform[tuple[str, ...], SeveralOf("topic")]
FeedKeys = app_commands.Transform[tuple[str, ...], SeveralOf("feed")]
NewChannelId = app_commands.Transform[int, NewChannel]
SubscribedChannelId = app_commands.Transform[int, KnownChannel(following=False)]
AnnouncedChannelId = app_commands.Transform[int, KnownChannel(following=True)]


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class Announcements(
    commands.GroupCog, group_name=localised(f"{SUBJECT}_name.group"), group_description=localised(f"{SUBJECT}.group")
):
    """Where new articles are announced. Who may use it is decided by Discord."""

    def __init__(
        self,
        context: ModerationContext,
        wizard: SetupWizard,
        status: StatusPages,
        roles: TopicRolePages,
        articles: ArticlePages,
        following: FollowedChannelPages,
    ) -> None:
        self._context, self._wizard, self._status = context, wizard, status
        self._roles, self._articles, self._following = roles, articles, following
        self._subscriptions = context.services.subscriptions

    @app_commands.command(name=localised(f"{SUBJECT}_name.setup"), description=localised(f"{SUBJECT}.setup"))
    async def setup(self, interaction: Interaction) -> None:
        """Opens the wizard."""
        await self._wizard.begin(interaction)

    @app_commands.command(name=localised(f"{SUBJECT}_name.add"), description=localised(f"{SUBJECT}.add"))
    @localised_options("announcements", *OPTIONS)
    @app_commands.choices(language=LANGUAGE_CHOICES)
    async def add(
        self,
        interaction: Interaction,
        channel: NewChannelId,
        topics: TopicKeys | None = None,
        role: discord.Role | None = None,
        topic_roles: bool | None = None,
        silent: bool | None = None,
        publish: bool | None = None,
        thread: bool | None = None,
        language: str | None = None,
        feed: FeedKeys | None = None,
    ) -> None:
        """Sets a channel up with the typed options."""
        typed = TypedOptions(topics, feed, role, False, topic_roles, silent, publish, thread, language)
        guild = guild_of(interaction)
        if await self._subscriptions.get(channel) is not None:
            raise refusal(interaction, "announcements.refused.already", channel=channel_link(channel))
        draft = Draft(channel, SubscriptionOptions(language=await self._context.language(interaction, guild)))
        await answer(interaction, await self._store(interaction, draft, typed, None))

    @app_commands.command(name=localised(f"{SUBJECT}_name.edit"), description=localised(f"{SUBJECT}.edit"))
    @localised_options("announcements", *OPTIONS, "no_role")
    @app_commands.choices(language=LANGUAGE_CHOICES)
    async def edit(
        self,
        interaction: Interaction,
        channel: SubscribedChannelId,
        topics: TopicKeys | None = None,
        role: discord.Role | None = None,
        topic_roles: bool | None = None,
        silent: bool | None = None,
        publish: bool | None = None,
        thread: bool | None = None,
        language: str | None = None,
        feed: FeedKeys | None = None,
        no_role: bool = False,
    ) -> None:
        """Changes the typed options; with the channel alone it opens the wizard."""
        typed = TypedOptions(topics, feed, role, no_role, topic_roles, silent, publish, thread, language)
        guild, text = guild_of(interaction), text_for(interaction)
        existing = await self._context.subscription(interaction, channel)
        if typed == TypedOptions():
            await answer(interaction, await self._wizard.page(guild, Draft.of(existing), text))
        else:
            await answer(interaction, await self._store(interaction, Draft.of(existing), typed, existing))

    @app_commands.command(name=localised(f"{SUBJECT}_name.remove"), description=localised(f"{SUBJECT}.remove"))
    @localised_options("announcements", "channel")
    async def remove(self, interaction: Interaction, channel: AnnouncedChannelId) -> None:
        """Asks before a subscription is removed, or a channel stops following."""
        text, services = text_for(interaction), self._context.services
        followed = await services.followed_channels.get(channel) is not None
        if followed and await self._subscriptions.get(channel) is None:
            await answer(interaction, await self._following.ask_unfollow(interaction, str(channel)))
        else:
            await self._context.subscription(interaction, channel)
            place = channel_link(channel)
            await answer(interaction, ask(ModeratorAction.REMOVE, text, channel, channel=place))

    @app_commands.command(name=localised(f"{SUBJECT}_name.list"), description=localised(f"{SUBJECT}.list"))
    async def list(self, interaction: Interaction) -> None:
        """Lists every channel that gets announcements."""
        await answer(interaction, await self._status.subscriptions(interaction))

    @app_commands.command(name=localised(f"{SUBJECT}_name.preview"), description=localised(f"{SUBJECT}.preview"))
    @localised_options("announcements", "channel")
    async def preview(self, interaction: Interaction, channel: SubscribedChannelId) -> None:
        """Shows the newest article privately, as that channel would get it."""
        guild, text = guild_of(interaction), text_for(interaction)
        subscription = await self._context.subscription(interaction, channel)
        article, fits = await self._context.newest(subscription.options)
        if article is None:
            raise refusal(interaction, "announcements.preview.nothing")
        card = await self._context.card(article, Draft.of(subscription), guild.id)
        await answer(interaction, card_preview(channel, card, text, fits=fits))

    @app_commands.command(name=localised(f"{SUBJECT}_name.pause"), description=localised(f"{SUBJECT}.pause"))
    @localised_options("announcements", "channel")
    async def pause(self, interaction: Interaction, channel: SubscribedChannelId) -> None:
        """Pauses announcements in a channel."""
        await self._set_paused(interaction, channel, paused=True)

    @app_commands.command(name=localised(f"{SUBJECT}_name.resume"), description=localised(f"{SUBJECT}.resume"))
    @localised_options("announcements", "channel")
    async def resume(self, interaction: Interaction, channel: SubscribedChannelId) -> None:
        """Resumes announcements in a channel."""
        await self._set_paused(interaction, channel, paused=False)

    @app_commands.command(name=localised(f"{SUBJECT}_name.status"), description=localised(f"{SUBJECT}.status"))
    @app_commands.describe(channel=localised("announcements.option.status_channel"))
    @localised_options("announcements", "channel")
    async def status(self, interaction: Interaction, channel: SubscribedChannelId | None = None) -> None:
        """Shows the proof of delivery, of one channel or of all."""
        status = self._status
        page = status.overview(interaction) if channel is None else status.channel(interaction, str(channel))
        await answer(interaction, await page)

    @app_commands.command(name=localised(f"{SUBJECT}_name.send"), description=localised(f"{SUBJECT}.send"))
    @localised_options("announcements", "article", "channel")
    async def send(self, interaction: Interaction, article: str, channel: SubscribedChannelId) -> None:
        """Announces one article, after a preview and a question."""
        await answer(interaction, await self._articles.send_page(interaction, article, channel))

    @app_commands.command(name=localised(f"{SUBJECT}_name.why"), description=localised(f"{SUBJECT}.why"))
    @localised_options("announcements", "article", "channel")
    async def why(self, interaction: Interaction, article: str, channel: SubscribedChannelId) -> None:
        """Explains why an article is, or is not, in a channel."""
        await answer(interaction, await self._articles.why_page(interaction, article, channel))

    @app_commands.command(name=localised(f"{SUBJECT}_name.follow"), description=localised(f"{SUBJECT}.follow"))
    @localised_options("announcements", "channel")
    async def follow(self, interaction: Interaction, channel: NewChannelId) -> None:
        """Asks before a channel follows the organisation's own announcement channel."""
        await answer(interaction, await self._following.ask(interaction, str(channel)))

    @app_commands.command(name=localised(f"{SUBJECT}_name.roles"), description=localised(f"{SUBJECT}.roles"))
    async def roles(self, interaction: Interaction) -> None:
        """Shows which role stands for which topic, and posts the panel for members."""
        await answer(interaction, await self._roles.page(interaction))

    @send.autocomplete("article")
    @why.autocomplete("article")
    async def complete_article(self, _interaction: Interaction, typed: str) -> AppChoices:
        """Articles with a similar title; the value is the article's id."""
        found = await self._context.services.search.suggest_titles(typed)
        return as_choices(Choice(suggestion.value, suggestion.label) for suggestion in found)

    async def _store(
        self, interaction: Interaction, draft: Draft, typed: TypedOptions, existing: Subscription | None
    ) -> discord.ui.LayoutView:
        channel, _ = await self._wizard.require_channel(interaction, draft)
        chosen = apply_options(typed, draft, kind_of(channel), interaction)
        return await self._wizard.store(interaction, chosen, existing)

    async def _set_paused(self, interaction: Interaction, channel_id: int, *, paused: bool) -> None:
        text = text_for(interaction)
        subscription = await self._context.subscription(interaction, channel_id)
        key = "announcements.pause" if paused else "announcements.resume"
        result = "already" if subscription.paused == paused else "done"
        if result == "done":
            await self._subscriptions.set_paused(subscription.id, paused)
        go_on = button(text("send.why.help.resume"), ModeratorAction.RESUME, channel_id)
        rows = [discord.ui.ActionRow[Any](go_on)] if paused else []
        await answer(interaction, notice(text(f"{key}.{result}", channel=channel_link(channel_id)), *rows))
