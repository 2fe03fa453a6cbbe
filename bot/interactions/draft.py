"""A subscription being put together, small enough to live in the `custom_id` of a button.

Nothing is kept in memory or in the store while a moderator chooses, so a guide left open
overnight still works after a restart.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from string import ascii_lowercase, digits
from zlib import crc32

from bot.delivery.permissions import may_open_thread, may_publish
from bot.i18n import LANGUAGES
from bot.interactions.typed_choices import Choice, Offer
from bot.models import ChannelKind, Subscription

ALPHABET = digits + ascii_lowercase
CHECK_SIZE = 36**3


@dataclass(frozen=True, slots=True)
class Draft:
    """What has been chosen so far; empty `topics` or `feeds` mean all of them."""

    channel_id: int | None = None
    topics: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    role_id: int | None = None
    publish: bool = False
    open_thread: bool = False
    language: str = LANGUAGES[0]

    @classmethod
    def of(cls, subscription: Subscription) -> "Draft":
        """The choices an existing subscription stands on."""
        return cls(
            channel_id=subscription.channel_id,
            topics=subscription.topics,
            feeds=subscription.feeds,
            role_id=subscription.role_id,
            publish=subscription.publish,
            open_thread=subscription.open_thread,
            language=subscription.language,
        )

    def fitted(self, kind: ChannelKind) -> "Draft":
        """The same without wishes that such a channel cannot fulfil."""
        return replace(
            self,
            publish=self.publish and may_publish(kind),
            open_thread=self.open_thread and may_open_thread(kind),
        )


def encode(draft: Draft, offer: Offer) -> str:
    """The draft as at most about 60 characters; `decode` with the same offer gives it back."""
    return ".".join(
        (
            _base36(draft.channel_id or 0),
            _base36(draft.role_id or 0),
            f"{int(draft.publish)}{int(draft.open_thread)}{LANGUAGES.index(draft.language)}",
            _base36(_mask(draft.topics, offer.topics)),
            _base36(_mask(draft.feeds, offer.feeds)),
            _check(offer),
        )
    )


def decode(code: str, offer: Offer) -> Draft | None:
    """The draft, or None when the configured topics or feeds have changed since."""
    channel, role, flags, topics, feeds, check = code.split(".")
    if check != _check(offer):
        return None
    return Draft(
        channel_id=int(channel, 36) or None,
        role_id=int(role, 36) or None,
        publish=flags[0] == "1",
        open_thread=flags[1] == "1",
        language=LANGUAGES[int(flags[2])],
        topics=_keys(int(topics, 36), offer.topics),
        feeds=_keys(int(feeds, 36), offer.feeds),
    )


def _mask(chosen: Sequence[str], offered: Sequence[Choice]) -> int:
    return sum(1 << position for position, choice in enumerate(offered) if choice.key in chosen)


def _keys(mask: int, offered: Sequence[Choice]) -> tuple[str, ...]:
    return tuple(choice.key for position, choice in enumerate(offered) if mask >> position & 1)


def _check(offer: Offer) -> str:
    keys = "\n".join((*(topic.key for topic in offer.topics), "", *(feed.key for feed in offer.feeds)))
    return _base36(crc32(keys.encode()) % CHECK_SIZE)


def _base36(number: int) -> str:
    text = ""
    while number:
        number, rest = divmod(number, 36)
        text = ALPHABET[rest] + text
    return text or "0"
