"""The pages on which moderators choose a channel's schedule and its own words. Pure.

With a `code` they belong to a draft that is not saved yet: their controls carry it.
"""

from collections.abc import Sequence
from datetime import datetime

import discord

from bot.delivery.planning.schedule import next_digest, quiet_end, time_zone
from bot.i18n import LANGUAGES, Catalogue
from bot.interactions.controls import ModeratorAction, button, control
from bot.layouts.announcements.subscriptions import ZONES, channel_link, hour_text, zone_name
from bot.layouts.components import (
    MAX_COMPONENTS,
    MAX_TEXT,
    Button,
    Option,
    action_row,
    card,
    divider,
    layout,
    menu_row,
    stamp,
    subtext,
    text_display,
)
from bot.layouts.markdown import plain
from bot.models import Action, Rhythm, Schedule, Subscription

ALL = "all"
NONE = "none"
MAX_LINE = 200
QUIET_HOURS = (
    (20, 8), (21, 7), (21, 8), (22, 6), (22, 7), (22, 8), (23, 6), (23, 7), (23, 8), (0, 6), (0, 7), (0, 8), (9, 17),
)  # fmt: skip
ACCENTS = {
    "red": 0xD64545, "orange": 0xE39A2D, "yellow": 0xE8C547, "green": 0x3BA55D, "teal": 0x1ABC9C,
    "blue": 0x3E7CB1, "purple": 0x7B5EA7, "pink": 0xD6589F, "grey": 0x7A7F87,
}  # fmt: skip


def schedule_page(
    subscription: Subscription, waiting: int, text: Catalogue, now: float, code: str = ""
) -> discord.ui.LayoutView:
    """How often, at what hour, quiet hours, and the time zone; each choice is stored at once."""
    schedule, channel = subscription.options.schedule, subscription.channel_id
    place = code or str(channel)
    digest = schedule.rhythm is not Rhythm.AT_ONCE
    weekly = schedule.weekday if schedule.rhythm is Rhythm.WEEKLY else None
    rhythms: list[Option] = [
        (text("schedule.at_once"), "at_once", schedule.rhythm is Rhythm.AT_ONCE),
        (text("schedule.daily"), "daily", schedule.rhythm is Rhythm.DAILY),
        *(
            (text("schedule.weekly", weekday=text(f"schedule.weekday.{day}")), f"weekly-{day}", day == weekly)
            for day in range(7)
        ),
    ]
    hours = [
        (text("schedule.hour_option", hour=hour_text(hour)), str(hour), hour == schedule.hour) for hour in range(24)
    ]
    zones = [  # with the time it is there, and the chosen one where it is another
        (
            f"{zone_name(zone, text)} · {datetime.fromtimestamp(now, time_zone(zone)):%H:%M}",
            zone,
            zone == schedule.time_zone,
        )
        for zone in (ZONES if schedule.time_zone in ZONES else (schedule.time_zone, *ZONES[1:]))
    ]
    facts = [
        text("schedule.next_digest", when=stamp(next_digest(schedule, now), "F")) if digest else "",
        text("schedule.now_quiet", when=stamp(ends, "F")) if (ends := quiet_end(schedule, now)) > now else "",
        text("schedule.waiting", count=waiting) if waiting else "",
    ]
    return layout(
        card(
            text_display(
                f"## {text('schedule.title', channel=channel_link(channel))}",
                text("schedule.intro_draft" if code else "schedule.intro"),
            ),
            text_display(f"**{text('schedule.rhythm')}**"),
            menu_row(control(ModeratorAction.SCHEDULE_RHYTHM, place), rhythms),
            menu_row(control(ModeratorAction.SCHEDULE_HOUR, place), hours) if digest else None,
            text_display(f"**{text('schedule.quiet')}**"),
            menu_row(control(ModeratorAction.SCHEDULE_QUIET, place), _quiet_options(schedule, text)),
            text_display(f"**{text('schedule.zone')}**"),
            menu_row(control(ModeratorAction.SCHEDULE_ZONE, place), zones),
            text_display(*facts) if any(facts) else None,
            action_row(
                _back_button(channel, code, text),
                button(text("voice.open"), ModeratorAction.VOICE, place),
            ),
        )
    )


def _quiet_options(schedule: Schedule, text: Catalogue) -> list[Option]:
    """Usual quiet hours, and the chosen ones where they are others."""
    quiet = (schedule.quiet_from, schedule.quiet_until)
    hours = [*QUIET_HOURS, quiet] if quiet not in (*QUIET_HOURS, (None, None)) else list(QUIET_HOURS)
    options: list[Option] = [(text("schedule.no_quiet"), NONE, quiet == (None, None))]
    for start, end in hours:
        label = text("schedule.quiet_option", start=hour_text(start or 0), end=hour_text(end or 0))
        options.append((label, f"{start}-{end}", (start, end) == quiet))
    return options


def voice_page(
    subscription: Subscription,
    actions: Sequence[Action],
    preview: discord.ui.LayoutView | None,
    text: Catalogue,
    code: str = "",
) -> discord.ui.LayoutView:
    """The line above the card, its colour, its buttons and the language of the articles; with the card below."""
    options, channel = subscription.options, subscription.channel_id
    place = code or str(channel)
    intro = "voice.intro_draft" if code else "voice.intro"
    line = text("voice.line", line=plain(options.line, MAX_LINE * 2)) if options.line else text("voice.no_line")
    buttons = [
        (one.label_in(text.language), one.key, options.actions is None or one.key in options.actions) for one in actions
    ]
    colours: list[Option] = [
        (text("voice.default_colour"), NONE, options.accent is None),
        *((text(f"voice.colours.{name}"), name, options.accent == value) for name, value in ACCENTS.items()),
    ]
    languages: list[Option] = [
        (text("voice.every_language"), ALL, not options.article_language),
        *((text(f"languages.{code}"), code, options.article_language == code) for code in LANGUAGES),
    ]
    page = card(
        text_display(
            f"## {text('voice.title', channel=channel_link(channel))}",
            text(intro),
            line,
        ),
        action_row(
            button(text("voice.write"), ModeratorAction.VOICE_WRITE, place, style=discord.ButtonStyle.primary),
            button(text("voice.remove"), ModeratorAction.VOICE_REMOVE, place) if options.line else None,
        ),
        text_display(f"**{text('voice.colour')}**"),
        menu_row(control(ModeratorAction.VOICE_COLOUR, place), colours),
        text_display(f"**{text('voice.actions')}**") if buttons else None,
        menu_row(
            control(ModeratorAction.VOICE_ACTIONS, place), buttons, placeholder=text("voice.no_actions"), several=True
        ),
        text_display(f"**{text('voice.language')}**"),
        menu_row(control(ModeratorAction.VOICE_LANGUAGE, place), languages),
        divider(),
        action_row(
            _back_button(channel, code, text),
            button(text("schedule.open"), ModeratorAction.SCHEDULE, place),
        ),
    )
    if preview is None:
        return layout(page)
    whole = layout(page, text_display(subtext(text("voice.preview"))), *preview.children)
    fits = whole.content_length() <= MAX_TEXT and whole.total_children_count <= MAX_COMPONENTS
    return whole if fits else layout(page)


def _back_button(channel_id: int, code: str, text: Catalogue) -> Button:
    """Leads to the set-up page of a draft, else to the channel's status."""
    if code:
        return button(text("schedule.back_to_setup"), ModeratorAction.WIZARD_RECHECK, code)
    return button(text("schedule.back"), ModeratorAction.STATUS, channel_id)
