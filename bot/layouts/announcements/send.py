"""Announcing one article on request, and why an article is or is not in a channel. Pure."""

from collections.abc import Sequence

import discord

from bot.delivery.incidents import reason_sentence
from bot.delivery.planning.explain import Explanation, Help, Reason
from bot.i18n import Catalogue
from bot.interactions.controls import ModeratorAction, button
from bot.interactions.typed_choices import Choices, names
from bot.layouts.announcements.deliveries import jump_url, short_link
from bot.layouts.announcements.subscriptions import channel_link
from bot.layouts.components import MAX_COMPONENTS, MAX_TEXT, Button, Part, action_row, card, layout, stamp, text_display
from bot.layouts.markdown import plain
from bot.layouts.search import language_name
from bot.models import Article, Rhythm, Subscription
from bot.plain_text import clean_line, primary_subtag
from bot.store.deliveries import DeliveryReport

LANGUAGE_LENGTH = 20
NAMES_LENGTH = 300


def send_question(
    article: Article,
    subscription: Subscription,
    reports: Sequence[DeliveryReport],
    roles: Sequence[int],
    preview: discord.ui.LayoutView,
    text: Catalogue,
) -> discord.ui.LayoutView:
    """The question before an article is announced, above the post as it would look."""
    channel = channel_link(subscription.channel_id)
    link = next((jump for report in reports if (jump := jump_url(report, subscription))), "")
    scheduled = subscription.options.schedule.rhythm is not Rhythm.AT_ONCE
    scheduled = scheduled or subscription.options.schedule.quiet_from is not None
    lines = [
        text("send.send.again", link=f"[{text('announcements.status.unreached_link')}]({link})") if link else "",
        text("send.send.mentions", roles=" ".join(f"<@&{role}>" for role in roles))
        if roles
        else text("send.send.silent"),
        text("send.send.quiet", channel=channel) if scheduled else "",
    ]
    arguments = (subscription.channel_id, article.id, len(reports))
    question: Part = card(
        text_display(f"## {text('send.send.title', channel=channel)}", *lines),
        action_row(
            button(text("send.send.yes"), ModeratorAction.SEND, *arguments, style=discord.ButtonStyle.success),
            button(text("send.send.no"), ModeratorAction.SEND_CANCEL),
        ),
    )
    page = layout(question, *preview.children)
    fits = page.content_length() <= MAX_TEXT and page.total_children_count <= MAX_COMPONENTS
    return page if fits else layout(question)


def why_view(
    article: Article, subscription: Subscription, found: Explanation, offer: Choices, text: Catalogue
) -> discord.ui.LayoutView:
    """One sentence with the reason, and a button for the suggested action."""
    channel = channel_link(subscription.channel_id)
    title = article.title if clean_line(article.title) else text("announcements.delivery.withdrawn_title")
    heading = text("send.why.title", title=short_link(title, article.url), channel=channel)
    report, options = found.delivery, subscription.options
    blocked = subscription.blocked_reason or (report.problem if report else "")
    wanted = plain(names(options.topics, offer.topics), NAMES_LENGTH)
    if found.reason is Reason.OTHER_LANGUAGE:
        wanted = text(f"languages.{options.article_language}")
    jump = jump_url(report, subscription) if report else ""
    sentence = text(
        f"send.why.{found.reason.value}",
        link=f"[{text('announcements.status.unreached_link')}]({jump})" if jump else channel,
        when=stamp(found.at) if found.at is not None else "",
        reason=reason_sentence(blocked, text) if found.reason is Reason.BLOCKED else "",
        wanted=wanted,
        topics=plain(names(article.topics, offer.topics), NAMES_LENGTH),
        feed=plain(names((article.feed,), offer.feeds), NAMES_LENGTH),
        language=plain(language_name(primary_subtag(article.language), text), LANGUAGE_LENGTH),
    )
    helping = _help_button(article, subscription, found, text)
    return layout(card(text_display(heading, sentence), action_row(helping)))


def _help_button(article: Article, subscription: Subscription, found: Explanation, text: Catalogue) -> Button | None:
    channel = subscription.channel_id
    label = text(f"send.why.help.{found.help.value}") if found.help is not Help.NONE else ""
    match found.help:
        case Help.SEND_NOW if found.delivery is not None:
            return button(label, ModeratorAction.SEND_NOW, channel, found.delivery.id)
        case Help.SEND:
            return button(label, ModeratorAction.SEND_ASK, channel, article.id)
        case Help.STATUS:
            return button(label, ModeratorAction.STATUS, channel)
        case Help.RESUME:
            return button(label, ModeratorAction.RESUME, channel)
        case Help.DECIDE:
            return button(label, ModeratorAction.OVERVIEW, 0)
        case _:
            return None
