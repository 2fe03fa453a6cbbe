"""Typed options: how Discord offers them, and how they change a draft."""

import re
from dataclasses import dataclass
from typing import Any, Literal

import discord
from discord import app_commands

from bot.client.bot import HeraldBot, Interaction
from bot.client.errors import UserFacingError, refusal
from bot.client.localisation import text_for
from bot.delivery.permissions import KINDS_WITH_PUBLISHING, KINDS_WITH_THREADS
from bot.interactions.draft import Draft
from bot.interactions.typed_choices import (
    MAX_SUGGESTIONS,
    MAX_VALUE_LENGTH,
    UnknownChoiceError,
    as_choices,
    parse,
    suggest,
)
from bot.layouts.announcements.subscriptions import channel_link, unknown_choice
from bot.layouts.announcements.wizard import CHANNEL_TYPES
from bot.models import ChannelKind
from bot.plain_text import clean_line, truncate
from cogs.announcements.context import find

AppChoice = app_commands.Choice[str]
CHANNEL_ID = re.compile(r"<?#?(\d{15,20})>?")


@dataclass(frozen=True, slots=True)
class TypedOptions:
    """The options as typed; None leaves a choice as it is."""

    topics: tuple[str, ...] | None = None
    feeds: tuple[str, ...] | None = None
    role: discord.Role | None = None
    no_role: bool = False
    topic_roles: bool | None = None
    silent: bool | None = None
    publish: bool | None = None
    thread: bool | None = None
    language: str | None = None


def apply_options(typed: TypedOptions, draft: Draft, kind: ChannelKind, interaction: Interaction) -> Draft:
    """The draft with the typed options. Raises UserFacingError for contradictory ones."""
    contradictions = (
        (typed.publish and kind not in KINDS_WITH_PUBLISHING, "announcements.refused.publish_kind"),
        (typed.thread and kind not in KINDS_WITH_THREADS, "announcements.refused.thread_kind"),
        (typed.role is not None and typed.role.is_default(), "announcements.refused.everyone"),
        (typed.silent and (typed.role is not None or typed.topic_roles), "announcements.refused.silent_mention"),
        (typed.role is not None and typed.topic_roles, "announcements.refused.two_mentions"),
    )
    for is_wrong, key in contradictions:
        if is_wrong:
            raise refusal(interaction, key, channel=channel_link(draft.channel_id or 0))
    if typed.role is not None:
        draft = draft.mentioning(role_id=typed.role.id)
    elif typed.topic_roles:
        draft = draft.mentioning(topic_roles=True)
    elif typed.no_role:
        draft = draft.mentioning()
    elif typed.topic_roles is False:
        draft = draft.with_options(topic_roles=False)
    if typed.silent is not None:  # a silent post mentions nobody
        draft = draft.silenced(typed.silent)
    typed_ones = {
        "topics": typed.topics,
        "feeds": typed.feeds,
        "publish": typed.publish,
        "open_thread": typed.thread,
        "language": typed.language,
    }
    return draft.with_options(**{name: value for name, value in typed_ones.items() if value is not None})


@dataclass(eq=False)
class SeveralOf(app_commands.Transformer[HeraldBot]):
    """Several topics or feeds, as their keys; none of them means all."""

    kind: Literal["topic", "feed"]

    async def transform(self, interaction: Interaction, value: Any, /) -> tuple[str, ...]:
        """The keys of a typed list. Raises UserFacingError for an unknown name."""
        text = text_for(interaction)
        offered = interaction.client.brand.choices(text.language)
        choices = offered.topics if self.kind == "topic" else offered.feeds
        try:
            return parse(value, choices, text(f"announcements.all_{self.kind}s_choice"))
        except UnknownChoiceError as error:
            raise UserFacingError(unknown_choice(self.kind, error, choices, text)) from None

    async def autocomplete(self, interaction: Interaction, value: Any, /) -> list[AppChoice]:  # type: ignore[override]
        """The list so far with one more."""
        text = text_for(interaction)
        offered = interaction.client.brand.choices(text.language)
        choices = offered.topics if self.kind == "topic" else offered.feeds
        return as_choices(suggest(value, choices, text(f"announcements.all_{self.kind}s_choice")))


class NewChannel(app_commands.Transformer[HeraldBot]):
    """A channel from Discord's own picker, as its id: the bot may not be able to see it."""

    @property
    def type(self) -> discord.AppCommandOptionType:
        """Discord's channel picker."""
        return discord.AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        """Only channels that can carry announcements are offered."""
        return CHANNEL_TYPES

    async def transform(self, _interaction: Interaction, value: Any, /) -> int:
        """The channel's id."""
        return value.id


@dataclass(eq=False, kw_only=True)
class KnownChannel(app_commands.Transformer[HeraldBot]):
    """A channel of this server that gets announcements, chosen from a list of those.

    With `following` also one in which Discord posts, because it follows the organisation's own channel.
    """

    following: bool

    async def transform(self, interaction: Interaction, value: Any, /) -> int:
        """The channel's id; 0 for text that names none."""
        typed = str(value).strip()
        if match := CHANNEL_ID.fullmatch(typed):
            return int(match[1])
        name = f"#{typed.lstrip('#')}".casefold()
        named = [choice for choice in await self._channels(interaction) if choice.name.casefold() == name]
        return int(named[0].value) if len(named) == 1 else 0

    async def autocomplete(self, interaction: Interaction, value: Any, /) -> list[AppChoice]:  # type: ignore[override]
        """The channels whose name contains what is typed."""
        typed = str(value).lstrip("#").casefold()
        found = [choice for choice in await self._channels(interaction) if typed in choice.name.casefold()]
        return found[:MAX_SUGGESTIONS]

    async def _channels(self, interaction: Interaction) -> list[AppChoice]:
        """All channels that can be chosen, with their names."""
        guild, text, services = interaction.guild, text_for(interaction), interaction.client.services
        if guild is None:
            return []
        known = [one.channel_id for one in await services.subscriptions.of_guild(guild.id)]
        if self.following:
            known += [one.channel_id for one in await services.followed_channels.of_guild(guild.id)]
        found: list[AppChoice] = []
        for channel_id in dict.fromkeys(known):
            name = text("announcements.channel_unseen_choice", id=channel_id)
            if (channel := find(guild, channel_id)) is not None:
                shown = clean_line(text("announcements.channel_choice", name=channel.name))
                name = truncate(shown, MAX_VALUE_LENGTH)
            found.append(AppChoice(name=name, value=str(channel_id)))
        return found
