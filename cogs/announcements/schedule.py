"""A channel's schedule and its own words: each choice is stored at once, or carried in the draft of the set-up."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import discord

from bot.client.bot import Interaction, replace_page
from bot.client.localisation import text_for
from bot.i18n import LANGUAGES
from bot.interactions.controls import ModeratorAction
from bot.interactions.custom_ids import MalformedIdError, known_value, parse_id, parse_page
from bot.interactions.draft import Draft
from bot.layouts.announcements.controls import PREFIX
from bot.layouts.announcements.schedule import ACCENTS, ALL, MAX_LINE, NONE, ZONES, schedule_page, voice_page
from bot.layouts.components import NO_PINGS, notice
from bot.models import Rhythm, Schedule, Subscription, SubscriptionOptions
from bot.store.subscriptions import NewSubscription
from cogs.announcements.context import ModerationContext, guild_of, kind_of
from cogs.announcements.controls import Handler
from cogs.announcements.wizard import SetupWizard

RHYTHMS = {
    "at_once": (Rhythm.AT_ONCE, 0),
    "daily": (Rhythm.DAILY, 0),
    **{f"weekly-{day}": (Rhythm.WEEKLY, day) for day in range(7)},
}
HOURS = range(24)


@dataclass(frozen=True, slots=True)
class Target:
    """What a page is about: a stored subscription, or with a `code` the draft that it encodes."""

    subscription: Subscription
    code: str = ""


class SchedulePages:
    """The actions of the two pages' controls."""

    def __init__(self, context: ModerationContext, wizard: SetupWizard) -> None:
        self._context, self._services, self._wizard = context, context.services, wizard
        self.handlers: dict[ModeratorAction, Handler] = {
            ModeratorAction.SCHEDULE: self.show_schedule,
            ModeratorAction.SCHEDULE_RHYTHM: self.rhythm,
            ModeratorAction.SCHEDULE_HOUR: self.hour,
            ModeratorAction.SCHEDULE_QUIET: self.quiet,
            ModeratorAction.SCHEDULE_ZONE: self.zone,
            ModeratorAction.VOICE: self.show_voice,
            ModeratorAction.VOICE_WRITE: self.write_line,
            ModeratorAction.VOICE_REMOVE: self.remove_line,
            ModeratorAction.VOICE_COLOUR: self.colour,
            ModeratorAction.VOICE_ACTIONS: self.actions,
            ModeratorAction.VOICE_LANGUAGE: self.language,
        }

    async def show_schedule(self, interaction: Interaction, place: str, _values: Sequence[str]) -> None:
        """Opens the page of the schedule."""
        await self._show_schedule(interaction, await self._target(interaction, place))

    async def rhythm(self, interaction: Interaction, place: str, values: Sequence[str]) -> None:
        """Stores how often the channel gets articles."""
        rhythm, weekday = RHYTHMS[known_value(_one(values), RHYTHMS)]
        await self._reschedule(interaction, place, rhythm=rhythm, weekday=weekday)

    async def hour(self, interaction: Interaction, place: str, values: Sequence[str]) -> None:
        """Stores the hour of the digest."""
        await self._reschedule(interaction, place, hour=_hour(_one(values)))

    async def quiet(self, interaction: Interaction, place: str, values: Sequence[str]) -> None:
        """Stores the quiet hours, or that there are none."""
        start, end = None, None
        if _one(values) != NONE:
            first, _, last = _one(values).partition("-")
            start, end = _hour(first), _hour(last)
        await self._reschedule(interaction, place, quiet_from=start, quiet_until=end)

    async def zone(self, interaction: Interaction, place: str, values: Sequence[str]) -> None:
        """Stores the time zone of the channel's hours."""
        target = await self._target(interaction, place)
        known = (*ZONES, target.subscription.options.schedule.time_zone)
        await self._reschedule(interaction, place, time_zone=known_value(_one(values), known))

    async def show_voice(self, interaction: Interaction, place: str, _values: Sequence[str]) -> None:
        """Opens the page of the server's own words."""
        await self._show_voice(interaction, await self._target(interaction, place))

    async def write_line(self, interaction: Interaction, place: str, _values: Sequence[str]) -> None:
        """Opens the form for the line above the card."""
        target = await self._target(interaction, place)
        await interaction.response.send_modal(LineForm(self, place, target.subscription.options.line, interaction))

    async def store_line(self, interaction: Interaction, place: str, line: str) -> None:
        """Stores the line from the form."""
        await self._voice(interaction, place, line=" ".join(line.split())[:MAX_LINE])

    async def remove_line(self, interaction: Interaction, place: str, _values: Sequence[str]) -> None:
        """Removes the line."""
        await self._voice(interaction, place, line="")

    async def colour(self, interaction: Interaction, place: str, values: Sequence[str]) -> None:
        """Stores the card's colour."""
        name = known_value(_one(values), (NONE, *ACCENTS))
        await self._voice(interaction, place, accent=ACCENTS.get(name))

    async def actions(self, interaction: Interaction, place: str, values: Sequence[str]) -> None:
        """Stores which action buttons a card may show; all of them includes actions added later."""
        known = [action.key for action in self._services.settings.actions]
        chosen = [known_value(value, known) for value in values]
        await self._voice(interaction, place, actions=None if set(chosen) == set(known) else tuple(chosen))

    async def language(self, interaction: Interaction, place: str, values: Sequence[str]) -> None:
        """Stores the language of the articles wanted."""
        code = known_value(_one(values), (ALL, *LANGUAGES))
        await self._voice(interaction, place, article_language="" if code == ALL else code)

    async def _reschedule(self, interaction: Interaction, place: str, **changes: Any) -> None:
        target = await self._target(interaction, place)
        schedule = replace(self._schedule(target.subscription.options), **changes)
        await self._show_schedule(interaction, await self._store(interaction, target, schedule=schedule))

    async def _voice(self, interaction: Interaction, place: str, **changes: Any) -> None:
        target = await self._target(interaction, place)
        await self._show_voice(interaction, await self._store(interaction, target, **changes))

    async def _store(self, interaction: Interaction, target: Target, **changes: Any) -> Target:
        """Stores the changed options; those of a draft are only carried on."""
        old = target.subscription
        options = replace(old.options, **changes)
        if target.code:
            code = await self._wizard.code(Draft(old.channel_id, options), text_for(interaction))
            return Target(replace(old, options=options), code)
        new = NewSubscription(old.guild_id, old.channel_id, old.kind, options)
        stored = await self._services.subscriptions.change(old.id, new)
        self._services.announcer.wake()
        return Target(stored)

    async def _show_schedule(self, interaction: Interaction, target: Target) -> None:
        options = target.subscription.options
        shown = replace(target.subscription, options=replace(options, schedule=self._schedule(options)))
        waiting = 0 if target.code else await self._services.deliveries.held(shown.id)
        view = schedule_page(shown, waiting, text_for(interaction), self._services.clock(), target.code)
        await replace_page(interaction, view)

    async def _show_voice(self, interaction: Interaction, target: Target) -> None:
        subscription = target.subscription
        article, _ = await self._context.newest(subscription.options)
        draft = Draft.of(subscription)
        preview = await self._context.card(article, draft, subscription.guild_id) if article else None
        view = voice_page(subscription, self._services.settings.actions, preview, text_for(interaction), target.code)
        await replace_page(interaction, view)

    def _schedule(self, options: SubscriptionOptions) -> Schedule:
        """The channel's schedule; until one is chosen, in the configured time zone."""
        schedule = options.schedule
        return replace(schedule, time_zone=self._services.settings.time_zone) if schedule == Schedule() else schedule

    async def _target(self, interaction: Interaction, place: str) -> Target:
        """The subscription of a channel id, or the draft of a code. Raises UserFacingError."""
        guild, text = guild_of(interaction), text_for(interaction)
        if "." not in place:
            return Target(await self._context.subscription(guild, parse_id(place), text))
        draft = await self._wizard.draft(interaction, place)
        channel, _ = await self._wizard.require_channel(guild, draft, text)
        return Target(Subscription(0, guild.id, channel.id, kind_of(channel), draft.options), place)


class LineForm(discord.ui.Modal):
    """The form with the line above the card."""

    def __init__(self, pages: SchedulePages, place: str, line: str, interaction: Interaction) -> None:
        text = text_for(interaction)
        super().__init__(title=text("voice.modal_title"), timeout=900)
        self._pages, self._place = pages, place
        self.add_item(discord.ui.TextDisplay(text("voice.placeholders")))
        self._line: discord.ui.TextInput[LineForm] = discord.ui.TextInput(
            custom_id="line", default=line or None, required=False, max_length=MAX_LINE
        )
        self.add_item(discord.ui.Label(text=text("voice.modal_label"), component=self._line))

    async def on_submit(self, interaction: Interaction) -> None:  # type: ignore[override]
        """Stores the line if the person may still change the channel."""
        if not await interaction.client.command_access.may_use(interaction, PREFIX):
            view = notice(text_for(interaction)("announcements.refused.not_yours"))
            await interaction.response.send_message(view=view, ephemeral=True, allowed_mentions=NO_PINGS)
            return
        await self._pages.store_line(interaction, self._place, self._line.value)

    async def on_error(self, interaction: Interaction, error: Exception, /) -> None:  # type: ignore[override]
        """Passes the form's error to the bot's handler."""
        await interaction.client.handle_error(interaction, error)


def _one(values: Sequence[str]) -> str:
    if len(values) != 1:
        raise MalformedIdError(",".join(values))
    return values[0]


def _hour(text: str) -> int:
    hour = parse_page(text)
    if hour not in HOURS:
        raise MalformedIdError(text)
    return hour
