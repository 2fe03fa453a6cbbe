"""A channel's schedule and its own words: each choice is stored at once, or carried in the draft of the set-up."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import discord

from bot.client.bot import Interaction, replace_page
from bot.client.errors import refusal
from bot.client.localisation import text_for
from bot.config.settings import Settings
from bot.i18n import LANGUAGES
from bot.interactions.controls import PREFIX, ModeratorAction, control
from bot.interactions.custom_ids import MalformedIdError, known_value, parse_id, parse_page
from bot.interactions.draft import Draft
from bot.layouts.announcements.schedule import ACCENTS, ALL, MAX_LINE, NONE, ZONES, schedule_page, voice_page
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
SCHEDULE_ACTIONS = (
    ModeratorAction.SCHEDULE,
    ModeratorAction.SCHEDULE_RHYTHM,
    ModeratorAction.SCHEDULE_HOUR,
    ModeratorAction.SCHEDULE_QUIET,
    ModeratorAction.SCHEDULE_ZONE,
)
VOICE_ACTIONS = (
    ModeratorAction.VOICE,
    ModeratorAction.VOICE_REMOVE,
    ModeratorAction.VOICE_COLOUR,
    ModeratorAction.VOICE_ACTIONS,
    ModeratorAction.VOICE_LANGUAGE,
)


def changed(
    action: ModeratorAction, options: SubscriptionOptions, values: Sequence[str], settings: Settings
) -> SubscriptionOptions:
    """The options after a control was used; one that only opens a page changes nothing. Raises MalformedIdError."""
    value = ",".join(values)  # several values are no known one
    changes: dict[str, Any] = {}
    schedule = schedule_of(options, settings)
    match action:
        case ModeratorAction.SCHEDULE | ModeratorAction.VOICE:
            pass
        case ModeratorAction.VOICE_WRITE:
            changes["line"] = " ".join(value.split())[:MAX_LINE]
        case ModeratorAction.VOICE_REMOVE:
            changes["line"] = ""
        case ModeratorAction.VOICE_COLOUR:
            changes["accent"] = ACCENTS.get(known_value(value, (NONE, *ACCENTS)))
        case ModeratorAction.VOICE_ACTIONS:
            known = [one.key for one in settings.actions]
            chosen = tuple(known_value(one, known) for one in values)
            # All of them includes actions that are added later.
            changes["actions"] = None if set(chosen) == set(known) else chosen
        case ModeratorAction.VOICE_LANGUAGE:
            code = known_value(value, (ALL, *LANGUAGES))
            changes["article_language"] = "" if code == ALL else code
        case ModeratorAction.SCHEDULE_RHYTHM:
            rhythm, weekday = RHYTHMS[known_value(value, RHYTHMS)]
            changes["schedule"] = replace(schedule, rhythm=rhythm, weekday=weekday)
        case ModeratorAction.SCHEDULE_HOUR:
            changes["schedule"] = replace(schedule, hour=hour_of(value))
        case ModeratorAction.SCHEDULE_ZONE:
            zone = known_value(value, (*ZONES, schedule.time_zone))
            changes["schedule"] = replace(schedule, time_zone=zone)
        case _:
            start, _, end = value.partition("-")
            quiet = (None, None) if value == NONE else (hour_of(start), hour_of(end))
            changes["schedule"] = replace(schedule, quiet_from=quiet[0], quiet_until=quiet[1])
    return replace(options, **changes)


def schedule_of(options: SubscriptionOptions, settings: Settings) -> Schedule:
    """The channel's schedule; until one is chosen, in the configured time zone."""
    schedule = options.schedule
    return replace(schedule, time_zone=settings.time_zone) if schedule == Schedule() else schedule


def hour_of(text: str) -> int:
    """An hour from 0 to 23. Raises MalformedIdError."""
    hour = parse_page(text)
    if hour not in HOURS:
        raise MalformedIdError(text)
    return hour


class SchedulePages:
    """The actions of the two pages' controls. A place is a channel's id, or the code of a draft."""

    def __init__(self, context: ModerationContext, wizard: SetupWizard) -> None:
        self._context, self._services, self._wizard = context, context.services, wizard
        self.handlers: dict[ModeratorAction, Handler] = {
            **{action: partial(self.change, action) for action in (*SCHEDULE_ACTIONS, *VOICE_ACTIONS)},
            ModeratorAction.VOICE_WRITE: self.open_form,
        }

    async def change(
        self, action: ModeratorAction, interaction: Interaction, place: str, values: Sequence[str]
    ) -> discord.ui.LayoutView:
        """Stores what was chosen, or carries it on in the code of the draft, and shows the page again."""
        text, settings = text_for(interaction), self._services.settings
        subscription, code = await self._subscription(interaction, place)
        options = changed(action, subscription.options, values, settings)
        if options != subscription.options and code:
            code = await self._wizard.code(Draft(subscription.channel_id, options), text)
            subscription = replace(subscription, options=options)
        elif options != subscription.options:
            new = NewSubscription(subscription.guild_id, subscription.channel_id, subscription.kind, options)
            subscription = await self._services.subscriptions.change(subscription.id, new)
            self._services.announcer.wake()
        if action in SCHEDULE_ACTIONS:
            waiting = 0 if code else await self._services.deliveries.held(subscription.id)
            shown = replace(options, schedule=schedule_of(options, settings))
            now = self._services.clock()
            return schedule_page(replace(subscription, options=shown), waiting, text, now, code)
        article, _ = await self._context.newest(options)
        draft = Draft.of(subscription)
        preview = await self._context.card(article, draft, subscription.guild_id) if article else None
        return voice_page(subscription, settings.actions, preview, text, code)

    async def open_form(self, interaction: Interaction, place: str, _values: Sequence[str]) -> None:
        """Opens the form for the line above the card."""
        subscription, _ = await self._subscription(interaction, place)
        await interaction.response.send_modal(LineForm(self, place, subscription.options.line, interaction))

    async def _subscription(self, interaction: Interaction, place: str) -> tuple[Subscription, str]:
        """The stored subscription, or the draft as one with its code. Raises UserFacingError."""
        guild = guild_of(interaction)
        if "." not in place:
            return await self._context.subscription(interaction, parse_id(place)), ""
        draft = await self._wizard.draft(interaction, place)
        channel, _ = await self._wizard.require_channel(interaction, draft)
        return Subscription(0, guild.id, channel.id, kind_of(channel), draft.options), place


class LineForm(discord.ui.Modal):
    """The form with the line above the card."""

    def __init__(self, pages: SchedulePages, place: str, line: str, interaction: Interaction) -> None:
        text = text_for(interaction)
        super().__init__(title=text("voice.modal_title"), timeout=900)
        self._pages, self._place = pages, place
        self.add_item(discord.ui.TextDisplay(text("voice.placeholders")))
        self._line: discord.ui.TextInput[LineForm] = discord.ui.TextInput(
            custom_id="line",
            default=line or None,
            placeholder=text("voice.modal_hint"),
            required=False,
            max_length=MAX_LINE,
        )
        self.add_item(discord.ui.Label(text=text("voice.modal_label"), component=self._line))

    async def on_submit(self, interaction: Interaction) -> None:  # type: ignore[override]
        """Stores the line if the person may still change the channel."""
        if not await interaction.client.command_access.may_use(interaction, PREFIX):
            raise refusal(interaction, "announcements.refused.not_yours", control(ModeratorAction.VOICE, self._place))
        written = (self._line.value,)
        page = await self._pages.change(ModeratorAction.VOICE_WRITE, interaction, self._place, written)
        await replace_page(interaction, page)

    async def on_error(self, interaction: Interaction, error: Exception, /) -> None:  # type: ignore[override]
        """Passes the form's error to the bot's handler."""
        await interaction.client.handle_error(interaction, error)
