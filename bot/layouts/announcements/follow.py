"""Following the organisation's own announcement channel: the question, the answers, and the lines of lists. Pure."""

from collections.abc import Sequence

import discord

from bot.i18n import Catalogue
from bot.interactions.controls import ModeratorAction, button
from bot.layouts.announcements.subscriptions import channel_link
from bot.layouts.components import Brand, Part, action_row, card, layout, stamp, subtext, text_display
from bot.layouts.markdown import plain
from bot.store.followed_channels import FollowedChannel

MOST_SHOWN = 5  # they share Discord's limit of text with the rest of the page


def follow_question(channel_id: int, text: Catalogue, brand: Brand) -> discord.ui.LayoutView:
    """What is different from Herald's own posts, before a channel follows."""
    organisation, channel = plain(brand.organisation), channel_link(channel_id)
    return layout(
        card(
            text_display(
                f"## {text('follow.ask.title', channel=channel)}",
                text("follow.ask.body", organisation=organisation),
                text("follow.different", organisation=organisation),
            ),
            action_row(
                button(text("follow.ask.yes"), ModeratorAction.FOLLOW, channel_id, style=discord.ButtonStyle.success),
                button(text("follow.ask.no"), ModeratorAction.WIZARD_CANCEL),
            ),
        )
    )


def following_view(followed: FollowedChannel, text: Catalogue, brand: Brand) -> discord.ui.LayoutView:
    """A channel follows: what that means, and how it ends."""
    organisation = plain(brand.organisation)
    done = text("follow.done", channel=channel_link(followed.channel_id), organisation=organisation)
    return layout(
        card(
            text_display(done, text("follow.different", organisation=organisation)),
            action_row(button(text("follow.stop.open"), ModeratorAction.UNFOLLOW_ASK, followed.channel_id)),
        )
    )


def followed_part(followed: Sequence[FollowedChannel], text: Catalogue) -> Part | None:
    """The channels in which Discord posts, with what can be said of them; None without any."""
    if not followed:
        return None
    lines = [
        text("follow.line", channel=channel_link(one.channel_id), when=stamp(one.confirmed_at))
        for one in followed[:MOST_SHOWN]
    ]
    left = len(followed) - MOST_SHOWN
    more = text("announcements.and_more", count=left) if left > 0 else ""
    return text_display(text("follow.heading"), *lines, more, subtext(text("follow.hint")))
