"""The wizard behind `/announcements setup`: each choice updates the page, only *Save* stores."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

import discord

from bot.client.bot import Interaction, answer
from bot.client.errors import UserFacingError, refusal
from bot.client.localisation import text_for
from bot.delivery.announcer import Change
from bot.i18n import LANGUAGES, Catalogue
from bot.interactions.controls import ModeratorAction, control
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
from bot.layouts.announcements.subscriptions import permissions_view, saved_view
from bot.layouts.announcements.wizard import WizardState, wizard_page
from bot.layouts.components import MAX_OPTIONS
from bot.layouts.guild_settings import settings_page
from bot.models import Subscription, SubscriptionOptions
from bot.store.subscriptions import AlreadySubscribedError, NewSubscription
from cogs.announcements.context import (
    Channel,
    ModerationContext,
    find_anywhere,
    guild_of,
    inspect,
    kind_of,
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
MENUS = (ModeratorAction.WIZARD_TOPICS, ModeratorAction.WIZARD_FEEDS, ModeratorAction.WIZARD_ROLE)


class SetupWizard:
    """The actions of the wizard's controls; the draft so far is part of their `custom_id`s."""

    def __init__(self, context: ModerationContext) -> None:
        self._context, self._services = context, context.services
        self.handlers: dict[ModeratorAction, Handler] = {
            ModeratorAction.SETUP: self.begin,
            ModeratorAction.WIZARD_CHANNEL: self.channel,
            ModeratorAction.WIZARD_RECHECK: self.recheck,
            ModeratorAction.WIZARD_SAVE: self.save,
            ModeratorAction.LOG_CHANNEL: self.log_channel,
            **{action: partial(self.change, action) for action in (*SWITCHES, *MENUS)},
        }

    async def begin(self, interaction: Interaction, _arguments: str = "", _values: Sequence[str] = ()) -> None:
        """Opens the wizard with nothing chosen."""
        guild = guild_of(interaction)
        draft = Draft(options=SubscriptionOptions(language=await self._context.language(interaction, guild)))
        await answer(interaction, await self.page(guild, draft, text_for(interaction)))

    async def page(self, guild: discord.Guild, draft: Draft, text: Catalogue) -> discord.ui.LayoutView:
        """The page for a draft, with the current permissions and a preview."""
        offer = self._context.bot.brand.choices(text.language)
        channel = await find_anywhere(guild, draft.channel_id) if draft.channel_id is not None else None
        if channel is None:
            return wizard_page(WizardState(draft, offer, await self.code(draft, text)), text)
        existing = await self._services.subscriptions.get(channel.id)
        draft = draft.supported_by(kind_of(channel))
        topic_roles = await self._services.topic_roles.of_guild(guild.id)
        article, fits = await self._context.newest(draft.options)
        guide = WizardState(
            draft,
            offer,
            await self.code(draft, text),
            check=inspect(channel, draft, topic_roles),
            preview=await self._context.card(article, draft, guild.id) if article else None,
            fits=fits,
            has_topic_roles=bool(topic_roles),
            editing=existing is not None,
        )
        return wizard_page(guide, text)

    async def channel(self, interaction: Interaction, code: str, values: Sequence[str]) -> discord.ui.LayoutView:
        """Sets the channel; an existing subscription replaces the draft."""
        guild, text, channel_id = guild_of(interaction), text_for(interaction), parse_id("".join(values))
        draft = replace(await self.draft(interaction, code), channel_id=channel_id)
        await self.require_channel(interaction, draft)
        existing = await self._services.subscriptions.get(channel_id)
        return await self.page(guild, Draft.of(existing) if existing else draft, text)

    async def change(
        self, action: ModeratorAction, interaction: Interaction, code: str, values: Sequence[str]
    ) -> discord.ui.LayoutView:
        """Changes one option: a button's switch, or a menu in which nothing means every topic, every feed, no role."""
        text, draft = text_for(interaction), await self.draft(interaction, code)
        offer = self._context.bot.brand.choices(text.language)
        if action in SWITCHES:
            draft = SWITCHES[action](draft)
        elif action is ModeratorAction.WIZARD_ROLE:
            role_id = parse_id("".join(values)) if values else None
            if role_id == interaction.guild_id:
                raise refusal(interaction, "announcements.refused.everyone")
            draft = draft.mentioning(role_id=role_id)
        else:
            field = "topics" if action is ModeratorAction.WIZARD_TOPICS else "feeds"
            keys = [choice.key for choice in getattr(offer, field)]
            chosen = [known_value(value, keys) for value in values]
            if chosen:  # those beyond the menu were chosen by typing, and stay
                chosen += [key for key in getattr(draft.options, field) if key in keys[MAX_OPTIONS:]]
            draft = draft.with_options(**{field: tuple(chosen)})
        return await self.page(guild_of(interaction), draft, text)

    async def recheck(self, interaction: Interaction, code: str, _values: Sequence[str]) -> discord.ui.LayoutView:
        """Checks the permissions again. Raises UserFacingError while the bot cannot see the channel."""
        guild, text, draft = guild_of(interaction), text_for(interaction), await self.draft(interaction, code)
        if draft.channel_id is not None:
            await self.require_channel(interaction, draft)
        return await self.page(guild, draft, text)

    async def save(self, interaction: Interaction, code: str, _values: Sequence[str]) -> discord.ui.LayoutView:
        """Stores the draft if the bot can announce there now."""
        draft = await self.draft(interaction, code)
        return await self.store(interaction, draft, await self._services.subscriptions.get(draft.channel_id or 0))

    async def store(
        self, interaction: Interaction, draft: Draft, existing: Subscription | None
    ) -> discord.ui.LayoutView:
        """Stores a draft and confirms it. Raises UserFacingError when it could not work in that channel."""
        guild, text = guild_of(interaction), text_for(interaction)
        channel, check = await self.require_channel(interaction, draft)
        if await self._services.followed_channels.get(channel.id) is not None:
            again = await self.again(draft, text)
            raise refusal(interaction, "follow.refused.followed", again, channel=channel.mention)
        if not check.passed:
            raise UserFacingError(permissions_view(check, await self.code(draft, text), text))
        draft = draft.supported_by(check.kind)
        await self._context.require_own_rights(interaction, channel, draft, await self.again(draft, text))
        now = self._services.clock()
        new = NewSubscription(guild.id, channel.id, kind_of(channel), draft.options, now, text.language)
        try:
            if existing is not None:
                subscription = await self._services.subscriptions.change(existing.id, new)
            else:
                subscription = await self._services.subscriptions.create(new)
        except AlreadySubscribedError:
            raise refusal(interaction, "announcements.refused.already", channel=channel.mention) from None
        await self._services.announcer.follow(Change.CHANNEL, channel.id)
        return saved_view(
            subscription,
            self._context.bot.brand.choices(text.language),
            text,
            new=existing is None,
            has_log_channel=(await self._services.guilds.get(guild.id)).log_channel_id is not None,
            has_topic_roles=bool(await self._services.topic_roles.of_guild(guild.id)),
        )

    async def log_channel(self, interaction: Interaction, arguments: str, _values: Sequence[str]) -> None:
        """Opens the settings of the server beside the page; they ask where to report problems."""
        if arguments:
            raise MalformedIdError(arguments)
        chosen = await self._services.guilds.get(guild_of(interaction).id)
        await answer(interaction, settings_page(chosen, text_for(interaction)))

    async def require_channel(self, interaction: Interaction, draft: Draft) -> tuple[Channel, Check]:
        """The draft's channel and what the bot may do there. Raises UserFacingError when it is gone."""
        guild, text = guild_of(interaction), text_for(interaction)
        channel = await find_anywhere(guild, draft.channel_id) if draft.channel_id is not None else None
        if channel is None:
            raise refusal(interaction, "announcements.refused.unseen", await self.again(draft, text))
        return channel, inspect(channel, draft, await self._services.topic_roles.of_guild(guild.id))

    async def again(self, draft: Draft, text: Catalogue) -> str:
        """The custom id that opens the wizard with a draft, as its channel is then."""
        return control(ModeratorAction.WIZARD_RECHECK, await self.code(draft, text))

    async def code(self, draft: Draft, text: Catalogue) -> str:
        """The whole draft for a control; options that do not fit are stored under a key."""
        extras = encode_extras(draft.options)
        key = await self._context.bot.long_searches.keep(extras, EXTRAS_KEY_LENGTH) if extras else NO_EXTRAS
        return encode(draft, self._context.bot.brand.choices(text.language), key)

    async def draft(self, interaction: Interaction, code: str) -> Draft:
        """The draft a control carries. Raises UserFacingError when the configuration has changed since."""
        draft = decode(code, self._context.bot.brand.choices(text_for(interaction).language))
        if draft is None:
            raise refusal(interaction, "announcements.refused.outdated")
        key = extras_key(code)
        if key is None:  # a page of an older version, which showed none of them
            existing = await self._services.subscriptions.get(draft.channel_id or 0)
            draft = draft.with_extras(existing.options) if existing else draft
        elif key != NO_EXTRAS:
            extras = await self._context.bot.long_searches.find(key)
            if extras is None:
                raise refusal(interaction, "announcements.refused.outdated")
            draft = draft.with_extras(decode_extras(extras))
        if draft.options.role_id == interaction.guild_id:
            raise refusal(interaction, "announcements.refused.everyone")
        if draft.options.role_id is not None and guild_of(interaction).get_role(draft.options.role_id) is None:
            again = await self.again(draft.mentioning(), text_for(interaction))
            raise refusal(interaction, "announcements.refused.role_gone", again)
        return draft
