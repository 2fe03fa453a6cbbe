"""The wizard behind `/announcements setup`: each choice updates the page, only *Save* stores."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

import discord

from bot.client.bot import Interaction, answer, replace_page
from bot.client.localisation import text_for
from bot.i18n import LANGUAGES, Catalogue
from bot.interactions.controls import ModeratorAction
from bot.interactions.custom_ids import MalformedIdError, known_value, parse_id
from bot.interactions.draft import (
    EXTRAS_KEY_LENGTH,
    NO_EXTRAS,
    Draft,
    decode,
    decode_extras,
    encode,
    encode_extras,
    extras_key,
)
from bot.layouts.announcements.permission_check import Check
from bot.layouts.announcements.subscriptions import again_button, permissions_view, saved_view
from bot.layouts.announcements.wizard import WizardState, wizard_page
from bot.layouts.components import Button, notice
from bot.layouts.guild_settings import settings_page
from bot.models import Subscription, SubscriptionOptions
from bot.store.followed_channels import FollowedChannels
from bot.store.subscriptions import AlreadySubscribedError, NewSubscription
from cogs.announcements.context import (
    Channel,
    ModerationContext,
    UserFacingError,
    find,
    guild_of,
    inspect,
    kind_of,
    refusal,
    require_role,
)
from cogs.announcements.controls import Handler

# What the buttons that take no value do to the draft.
SWITCHES: Mapping[ModeratorAction, Callable[[Draft], Draft]] = {
    ModeratorAction.WIZARD_PUBLISH: lambda draft: draft.with_options(publish=not draft.options.publish),
    ModeratorAction.WIZARD_THREAD: lambda draft: draft.with_options(open_thread=not draft.options.open_thread),
    ModeratorAction.WIZARD_TOPIC_ROLES: lambda draft: draft.mentioning(topic_roles=not draft.options.topic_roles),
    ModeratorAction.WIZARD_SILENT: lambda draft: draft.silenced(not draft.options.silent),
    ModeratorAction.WIZARD_LANGUAGE: lambda draft: draft.with_options(
        language=LANGUAGES[(LANGUAGES.index(draft.options.language) + 1) % len(LANGUAGES)]
    ),
}


class SetupWizard:
    """The actions of the wizard's controls; the draft so far is part of their `custom_id`s."""

    def __init__(self, context: ModerationContext) -> None:
        self._context = context
        self.handlers: dict[ModeratorAction, Handler] = {
            ModeratorAction.SETUP: self.begin,
            ModeratorAction.WIZARD_CHANNEL: self.channel,
            ModeratorAction.WIZARD_TOPICS: self.topics,
            ModeratorAction.WIZARD_FEEDS: self.feeds,
            ModeratorAction.WIZARD_ROLE: self.role,
            ModeratorAction.WIZARD_RECHECK: self.recheck,
            ModeratorAction.WIZARD_CANCEL: self.cancel,
            ModeratorAction.WIZARD_SAVE: self.save,
            ModeratorAction.LOG_CHANNEL: self.log_channel,
        }
        for action, change in SWITCHES.items():
            self.handlers[action] = partial(self.switch, change)

    async def begin(self, interaction: Interaction, _arguments: str = "", _values: Sequence[str] = ()) -> None:
        """Opens the wizard with nothing chosen."""
        guild = guild_of(interaction)
        draft = Draft(options=SubscriptionOptions(language=await self._context.language(interaction, guild)))
        await answer(interaction, await self.page(guild, draft, text_for(interaction)))

    async def page(self, guild: discord.Guild, draft: Draft, text: Catalogue) -> discord.ui.LayoutView:
        """The page for a draft, with the current permissions and a preview."""
        channel = find(guild, draft.channel_id) if draft.channel_id is not None else None
        extras = await self._extras(draft.options)
        guide = WizardState(draft, self._context.choices(text), extras=extras)
        if channel is not None:
            existing = await self._context.services.subscriptions.get(channel.id)
            draft = draft.supported_by(kind_of(channel))
            topic_roles = await self._context.services.topic_roles.of_guild(guild.id)
            article, fits = await self._context.newest(draft.options)
            guide = WizardState(
                draft,
                guide.offer,
                extras=extras,
                check=inspect(channel, draft, topic_roles),
                preview=await self._context.card(article, draft, guild.id) if article else None,
                fits=fits,
                has_topic_roles=bool(topic_roles),
                editing=existing is not None,
            )
        return wizard_page(guide, text)

    async def channel(self, interaction: Interaction, code: str, values: Sequence[str]) -> None:
        """Sets the channel; an existing subscription replaces the draft."""
        channel_id = parse_id("".join(values))
        draft = replace(await self.draft(interaction, code), channel_id=channel_id)
        await self.require_channel(guild_of(interaction), draft, text_for(interaction))
        existing = await self._context.services.subscriptions.get(channel_id)
        await self._show(interaction, Draft.of(existing) if existing else draft)

    async def topics(self, interaction: Interaction, code: str, values: Sequence[str]) -> None:
        """Sets the topics; none means every topic."""
        known = {topic.key for topic in self._context.choices(text_for(interaction)).topics}
        topics = tuple(known_value(value, known) for value in values)
        await self._show(interaction, (await self.draft(interaction, code)).with_options(topics=topics))

    async def feeds(self, interaction: Interaction, code: str, values: Sequence[str]) -> None:
        """Sets the feeds; none means every feed."""
        known = {feed.key for feed in self._context.choices(text_for(interaction)).feeds}
        feeds = tuple(known_value(value, known) for value in values)
        await self._show(interaction, (await self.draft(interaction, code)).with_options(feeds=feeds))

    async def role(self, interaction: Interaction, code: str, values: Sequence[str]) -> None:
        """Sets the role to mention, or none."""
        role_id = parse_id("".join(values)) if values else None
        if role_id == interaction.guild_id:
            raise refusal(interaction, "everyone")
        await self._show(interaction, (await self.draft(interaction, code)).mentioning(role_id=role_id))

    async def switch(
        self, change: Callable[[Draft], Draft], interaction: Interaction, code: str, _values: Sequence[str]
    ) -> None:
        """Changes the option of a button that takes no value."""
        await self._show(interaction, change(await self.draft(interaction, code)))

    async def recheck(self, interaction: Interaction, code: str, _values: Sequence[str]) -> None:
        """Checks the permissions again. Raises UserFacingError while the bot cannot see the channel."""
        draft = await self.draft(interaction, code)
        if draft.channel_id is not None:
            await self.require_channel(guild_of(interaction), draft, text_for(interaction))
        await self._show(interaction, draft)

    async def cancel(self, interaction: Interaction, _code: str, _values: Sequence[str]) -> None:
        """Closes the wizard."""
        sentence = text_for(interaction)("announcements.guide.cancelled")
        await replace_page(interaction, notice(sentence))

    async def save(self, interaction: Interaction, code: str, _values: Sequence[str]) -> None:
        """Stores the draft if the bot can announce there now."""
        draft = await self.draft(interaction, code)
        existing = await self._context.services.subscriptions.get(draft.channel_id or 0)
        view = await self.store(interaction, draft, existing)
        await replace_page(interaction, view)

    async def store(
        self, interaction: Interaction, draft: Draft, existing: Subscription | None
    ) -> discord.ui.LayoutView:
        """Stores a draft and confirms it. Raises UserFacingError when it could not work in that channel."""
        guild, text = guild_of(interaction), text_for(interaction)
        channel, check = await self.require_channel(guild, draft, text)
        if await FollowedChannels(self._context.services.database).get(channel.id) is not None:
            raise UserFacingError(notice(text("follow.refused.followed", channel=channel.mention)))
        if not check.passed:
            raise UserFacingError(permissions_view(check, await self.code(draft, text), text))
        draft = draft.supported_by(check.kind)
        await self._context.require_own_rights(interaction, channel, draft, await self.again(draft, text))
        subscription = await self._write(guild, draft, channel, existing, text)
        await self._context.services.announcer.channel_changed(channel.id)
        has_log_channel = (await self._context.services.guilds.get(guild.id)).log_channel_id is not None
        return saved_view(
            subscription, self._context.choices(text), text, new=existing is None, has_log_channel=has_log_channel
        )

    async def log_channel(self, interaction: Interaction, arguments: str, _values: Sequence[str]) -> None:
        """Opens the settings of the server, which ask where to report problems."""
        if arguments:
            raise MalformedIdError(arguments)
        chosen = await self._context.services.guilds.get(guild_of(interaction).id)
        await answer(interaction, settings_page(chosen, text_for(interaction)))

    async def require_channel(self, guild: discord.Guild, draft: Draft, text: Catalogue) -> tuple[Channel, Check]:
        """The draft's channel and what the bot may do there. Raises UserFacingError when it is gone."""
        channel = find(guild, draft.channel_id) if draft.channel_id is not None else None
        if channel is None:
            sentence = text("announcements.refused.unseen")
            raise UserFacingError(notice(sentence, discord.ui.ActionRow(await self.again(draft, text))))
        return channel, inspect(channel, draft, await self._context.services.topic_roles.of_guild(guild.id))

    async def again(self, draft: Draft, text: Catalogue) -> Button:
        """The button that opens the wizard with a draft, as its channel is then."""
        return again_button(ModeratorAction.WIZARD_RECHECK, await self.code(draft, text), text=text)

    async def code(self, draft: Draft, text: Catalogue) -> str:
        """The whole draft for a control."""
        return encode(draft, self._context.choices(text), await self._extras(draft.options))

    async def _extras(self, options: SubscriptionOptions) -> str:
        """The key under which the options that do not fit into a code are stored."""
        text = encode_extras(options)
        return await self._context.bot.long_searches.keep(text, EXTRAS_KEY_LENGTH) if text else NO_EXTRAS

    async def _show(self, interaction: Interaction, draft: Draft) -> None:
        view = await self.page(guild_of(interaction), draft, text_for(interaction))
        await replace_page(interaction, view)

    async def draft(self, interaction: Interaction, code: str) -> Draft:
        """The draft a control carries. Raises UserFacingError when the configuration has changed since."""
        draft = decode(code, self._context.choices(text_for(interaction)))
        if draft is None:
            raise refusal(interaction, "outdated")
        key = extras_key(code)
        if key is None:  # a page of an older version, which showed none of them
            existing = await self._context.services.subscriptions.get(draft.channel_id or 0)
            draft = draft.with_extras(existing.options) if existing else draft
        elif key != NO_EXTRAS:
            extras = await self._context.bot.long_searches.find(key)
            if extras is None:
                raise refusal(interaction, "outdated")
            draft = draft.with_extras(decode_extras(extras))
        if draft.options.role_id is not None:
            require_role(interaction, draft.options.role_id)
        return draft

    async def _write(
        self, guild: discord.Guild, draft: Draft, channel: Channel, existing: Subscription | None, text: Catalogue
    ) -> Subscription:
        subscriptions = self._context.services.subscriptions
        now = self._context.services.clock()
        new = NewSubscription(guild.id, channel.id, kind_of(channel), draft.options, now, text.language)
        if existing is not None:
            return await subscriptions.change(existing.id, new)
        try:
            return await subscriptions.create(new)
        except AlreadySubscribedError:
            raise UserFacingError(notice(text("announcements.refused.already", channel=channel.mention))) from None
