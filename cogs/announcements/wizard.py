"""The guide behind `/announcements setup`: each choice shows the page anew, and only *Save* stores."""

from collections.abc import Sequence
from dataclasses import replace

import discord

from bot.client.bot import Interaction, answer
from bot.client.localisation import text_for
from bot.i18n import LANGUAGES, Text
from bot.interactions.draft import Draft, decode
from bot.layouts.announcements.permission_check import Check
from bot.layouts.announcements.subscriptions import refused, saved
from bot.layouts.announcements.wizard import Guide, guide_page
from bot.layouts.components import NO_PINGS, notice
from bot.models import Subscription, SubscriptionOptions
from bot.store.subscriptions import AlreadySubscribedError, NewSubscription
from cogs.announcements.channels import Channel, find, inspect, kind_of
from cogs.announcements.context import Desk, RefusedError, guild_of, refusal
from cogs.announcements.controls import Handler


class GuideSteps:
    """What each control of the guide does. Everything chosen so far arrives with the control."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def handlers(self) -> dict[str, Handler]:
        """What the controls of the page do, by the action their `custom_id` names."""
        return {
            "guide_channel": self.channel,
            "guide_topics": self.topics,
            "guide_feeds": self.feeds,
            "guide_role": self.role,
            "guide_publish": self.publish,
            "guide_thread": self.thread,
            "guide_language": self.change_language,
            "guide_again": self.again,
            "guide_cancel": self.cancel,
            "guide_save": self.save,
        }

    async def begin(self, interaction: Interaction) -> None:
        """Opens the guide with nothing chosen."""
        guild = guild_of(interaction)
        draft = Draft(options=SubscriptionOptions(language=await self._desk.language(interaction, guild)))
        await answer(interaction, await self.page(guild, draft, text_for(interaction)))

    async def page(self, guild: discord.Guild, draft: Draft, text: Text) -> discord.ui.LayoutView:
        """The guide as it looks with these choices now."""
        channel = find(guild, draft.channel_id) if draft.channel_id is not None else None
        guide = Guide(draft, self._desk.offer(text))
        if channel is not None:
            draft = draft.supported_by(kind_of(channel))
            article, fits = await self._desk.newest(draft.options.topics, draft.options.feeds)
            guide = Guide(
                draft,
                guide.offer,
                check=inspect(channel, draft),
                preview=self._desk.card(article, draft) if article else None,
                fits=fits,
                editing=await self._desk.services.subscriptions.get(channel.id) is not None,
            )
        return guide_page(guide, text)

    async def channel(self, interaction: Interaction, code: str, values: Sequence[str]) -> None:
        """Takes the channel; one that has announcements shows what it gets."""
        draft = replace(self.draft(interaction, code), channel_id=int(values[0]))
        known = find(guild_of(interaction), int(values[0]))
        if known is None:
            raise refusal(interaction, "unseen")
        existing = await self._desk.services.subscriptions.get(known.id)
        await self._show(interaction, Draft.of(existing) if existing else draft)

    async def topics(self, interaction: Interaction, code: str, values: Sequence[str]) -> None:
        """Takes the topics that a list can hold; none means every topic."""
        await self._show(interaction, self.draft(interaction, code).with_options(topics=tuple(values)))

    async def feeds(self, interaction: Interaction, code: str, values: Sequence[str]) -> None:
        """Takes the feeds; none means every feed."""
        await self._show(interaction, self.draft(interaction, code).with_options(feeds=tuple(values)))

    async def role(self, interaction: Interaction, code: str, values: Sequence[str]) -> None:
        """Takes the role to mention, or nobody."""
        role_id = int(values[0]) if values else None
        if role_id == interaction.guild_id:
            raise refusal(interaction, "everyone")
        await self._show(interaction, self.draft(interaction, code).with_options(role_id=role_id))

    async def publish(self, interaction: Interaction, code: str, _values: Sequence[str]) -> None:
        """Turns publishing on or off."""
        draft = self.draft(interaction, code)
        await self._show(interaction, draft.with_options(publish=not draft.options.publish))

    async def thread(self, interaction: Interaction, code: str, _values: Sequence[str]) -> None:
        """Turns the thread on each post on or off."""
        draft = self.draft(interaction, code)
        await self._show(interaction, draft.with_options(open_thread=not draft.options.open_thread))

    async def change_language(self, interaction: Interaction, code: str, _values: Sequence[str]) -> None:
        """Goes on to the next language there is."""
        draft = self.draft(interaction, code)
        following = LANGUAGES[(LANGUAGES.index(draft.options.language) + 1) % len(LANGUAGES)]
        await self._show(interaction, draft.with_options(language=following))

    async def again(self, interaction: Interaction, code: str, _values: Sequence[str]) -> None:
        """Looks at the permissions anew."""
        await self._show(interaction, self.draft(interaction, code))

    async def cancel(self, interaction: Interaction, _code: str, _values: Sequence[str]) -> None:
        """Closes the guide."""
        sentence = text_for(interaction)("announcements.guide.cancelled")
        await interaction.response.edit_message(view=notice(sentence), allowed_mentions=NO_PINGS)

    async def save(self, interaction: Interaction, code: str, _values: Sequence[str]) -> None:
        """Stores the choices if they can work now."""
        guild, text = guild_of(interaction), text_for(interaction)
        draft = self.draft(interaction, code)
        existing = await self._desk.services.subscriptions.get(draft.channel_id or 0)
        view = await self.store(guild, draft, existing, text)
        await interaction.response.edit_message(view=view, allowed_mentions=NO_PINGS)

    async def store(
        self, guild: discord.Guild, draft: Draft, existing: Subscription | None, text: Text
    ) -> discord.ui.LayoutView:
        """Stores a draft and says so. Raises RefusedError when it could not work in that channel."""
        channel, check = self.checked(guild, draft, text)
        if not check.passed:
            raise RefusedError(refused(check, text))
        subscription = await self._write(guild, draft.supported_by(check.kind), channel, existing, text)
        await self._desk.services.announcer.channel_changed(channel.id)
        return saved(subscription, self._desk.offer(text), text, new=existing is None)

    def checked(self, guild: discord.Guild, draft: Draft, text: Text) -> tuple[Channel, Check]:
        """The draft's channel and what the bot may do there. Raises RefusedError when it is gone."""
        channel = find(guild, draft.channel_id) if draft.channel_id is not None else None
        if channel is None:
            raise RefusedError(notice(text("announcements.refused.unseen")))
        return channel, inspect(channel, draft)

    async def _show(self, interaction: Interaction, draft: Draft) -> None:
        view = await self.page(guild_of(interaction), draft, text_for(interaction))
        await interaction.response.edit_message(view=view, allowed_mentions=NO_PINGS)

    def draft(self, interaction: Interaction, code: str) -> Draft:
        """The draft a control carries. Raises RefusedError when the configuration has changed since."""
        draft = decode(code, self._desk.offer(text_for(interaction)))
        if draft is None:
            raise refusal(interaction, "outdated")
        return draft

    async def _write(
        self, guild: discord.Guild, draft: Draft, channel: Channel, existing: Subscription | None, text: Text
    ) -> Subscription:
        subscriptions = self._desk.services.subscriptions
        now = self._desk.services.clock()
        new = NewSubscription(guild.id, channel.id, kind_of(channel), draft.options, now)
        if existing is not None:
            return await subscriptions.change(existing.id, new)
        try:
            return await subscriptions.create(new)
        except AlreadySubscribedError:
            raise RefusedError(notice(text("announcements.refused.already", channel=channel.mention))) from None
