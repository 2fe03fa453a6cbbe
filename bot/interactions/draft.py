"""The draft of a subscription, small enough for the `custom_id` of a button.

Nothing is kept in memory or in the store while a moderator chooses, so a wizard left open
overnight still works after a restart.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from string import ascii_lowercase, digits
from typing import Any
from zlib import crc32

from bot.delivery.permissions import may_open_thread, may_publish
from bot.i18n import LANGUAGES
from bot.interactions.custom_ids import MAX_ID, MalformedIdError
from bot.interactions.typed_choices import Choice, Choices
from bot.models import DEFAULT_OPTIONS, ChannelKind, Subscription, SubscriptionOptions

ALPHABET = digits + ascii_lowercase
CHECK_SIZE = 36**3
# An older version wrote only the first three switches.
CODE = re.compile(
    r"(?P<channel>[0-9a-z]{1,13})\.(?P<role>[0-9a-z]{1,13})"
    r"\.(?P<publish>[01])(?P<thread>[01])(?P<language>[0-9])(?:(?P<topic_roles>[01])(?P<silent>[01]))?"
    r"\.(?P<topics>[0-9a-z]{1,40})\.(?P<feeds>[0-9a-z]{1,40})\.(?P<check>[0-9a-z]{1,3})"
)


@dataclass(frozen=True, slots=True)
class Draft:
    """The choices so far."""

    channel_id: int | None = None
    options: SubscriptionOptions = DEFAULT_OPTIONS

    @classmethod
    def of(cls, subscription: Subscription) -> "Draft":
        """The choices of an existing subscription."""
        return cls(subscription.channel_id, subscription.options)

    def with_options(self, **changes: Any) -> "Draft":
        """The same with some options changed."""
        return replace(self, options=replace(self.options, **changes))

    def keeping(self, subscription: Subscription | None) -> "Draft":
        """The same with the options of an existing subscription that the wizard does not show."""
        if subscription is None:
            return self
        old = subscription.options
        return self.with_options(
            schedule=old.schedule,
            line=old.line,
            accent=old.accent,
            actions=old.actions,
            article_language=old.article_language,
        )

    def mentioning(self, *, role_id: int | None = None, topic_roles: bool = False) -> "Draft":
        """The same with another mention; a post with a mention is not silent."""
        silent = self.options.silent and role_id is None and not topic_roles
        return self.with_options(role_id=role_id, topic_roles=topic_roles, silent=silent)

    def silenced(self, silent: bool) -> "Draft":  # noqa: FBT001 - it is the option's value
        """The same, silent or not; a silent post mentions nobody."""
        return self.mentioning().with_options(silent=True) if silent else self.with_options(silent=False)

    def supported_by(self, kind: ChannelKind) -> "Draft":
        """The same without options that such a channel does not support."""
        return self.with_options(
            publish=self.options.publish and may_publish(kind),
            open_thread=self.options.open_thread and may_open_thread(kind),
        )


def encode(draft: Draft, offer: Choices) -> str:
    """The draft in at most about 60 characters; `decode` with the same choices restores it."""
    options = draft.options
    language = LANGUAGES.index(options.language)
    switches = (options.publish, options.open_thread, language, options.topic_roles, options.silent)
    return ".".join(
        (
            _base36(draft.channel_id or 0),
            _base36(options.role_id or 0),
            "".join(str(int(switch)) for switch in switches),
            _base36(_mask(options.topics, offer.topics)),
            _base36(_mask(options.feeds, offer.feeds)),
            _check(offer),
        )
    )


def decode(code: str, offer: Choices) -> Draft | None:
    """The draft, or None when the configured topics or feeds have changed since.

    Raises MalformedIdError for any code that `encode` cannot produce.
    """
    found = CODE.fullmatch(code)
    if found is None or int(found["language"]) >= len(LANGUAGES):
        raise MalformedIdError(code)
    channel, role = int(found["channel"], 36), int(found["role"], 36)
    if channel > MAX_ID or role > MAX_ID:
        raise MalformedIdError(code)
    if found["check"] != _check(offer):
        return None
    return Draft(
        channel or None,
        SubscriptionOptions(
            topics=_keys(int(found["topics"], 36), offer.topics),
            feeds=_keys(int(found["feeds"], 36), offer.feeds),
            role_id=role or None,
            publish=found["publish"] == "1",
            open_thread=found["thread"] == "1",
            language=LANGUAGES[int(found["language"])],
            topic_roles=found["topic_roles"] == "1",
            silent=found["silent"] == "1",
        ),
    )


def _mask(chosen: Sequence[str], offered: Sequence[Choice]) -> int:
    return sum(1 << position for position, choice in enumerate(offered) if choice.key in chosen)


def _keys(mask: int, offered: Sequence[Choice]) -> tuple[str, ...]:
    if mask >> len(offered):
        raise MalformedIdError(str(mask))
    return tuple(choice.key for position, choice in enumerate(offered) if mask >> position & 1)


def _check(offer: Choices) -> str:
    keys = "\n".join((*(topic.key for topic in offer.topics), "", *(feed.key for feed in offer.feeds)))
    return _base36(crc32(keys.encode()) % CHECK_SIZE)


def _base36(number: int) -> str:
    text = ""
    while number:
        number, rest = divmod(number, 36)
        text = ALPHABET[rest] + text
    return text or "0"
