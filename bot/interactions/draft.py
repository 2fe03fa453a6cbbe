"""The draft of a subscription, small enough for the `custom_id` of a button.

Only options that do not fit, such as a line of words, are stored under a key while a moderator
chooses, so a wizard left open overnight still works after a restart.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from string import ascii_lowercase, digits
from typing import Any
from zlib import crc32

from bot.delivery.permissions import KINDS_WITH_PUBLISHING, KINDS_WITH_THREADS
from bot.i18n import LANGUAGES
from bot.interactions.custom_ids import MAX_ID, MalformedIdError
from bot.interactions.typed_choices import Choice, Choices
from bot.models import DEFAULT_OPTIONS, ChannelKind, Rhythm, Schedule, Subscription, SubscriptionOptions

ALPHABET = digits + ascii_lowercase
CHECK_SIZE = 36**3
# An older version wrote only the first three switches.
CODE = re.compile(
    r"(?P<channel>[0-9a-z]{1,13})\.(?P<role>[0-9a-z]{1,13})"
    r"\.(?P<publish>[01])(?P<thread>[01])(?P<language>[0-9])(?:(?P<topic_roles>[01])(?P<silent>[01]))?"
    r"\.(?P<topics>[0-9a-z]{1,40})\.(?P<feeds>[0-9a-z]{1,40})\.(?P<check>[0-9a-z]{1,3})"
    r"(?:\.(?P<extras>[0-9a-f]{1,12}))?"  # neither did it write this part
)
NO_EXTRAS = "0"
EXTRAS_KEY_LENGTH = 12
EXTRAS = ("schedule", "line", "accent", "actions", "article_language")


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

    def with_extras(self, options: SubscriptionOptions) -> "Draft":
        """The same with those of `options` that do not fit into a code."""
        return self.with_options(**{name: getattr(options, name) for name in EXTRAS})

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
            publish=self.options.publish and kind in KINDS_WITH_PUBLISHING,
            open_thread=self.options.open_thread and kind in KINDS_WITH_THREADS,
        )


def encode(draft: Draft, offer: Choices, extras: str = NO_EXTRAS) -> str:
    """The draft in at most about 70 characters; `decode` with the same choices restores it.

    Without what `encode_extras` writes: `extras` is the key under which that is stored.
    """
    options = draft.options
    language = LANGUAGES.index(options.language)
    switches = (options.publish, options.open_thread, language, options.topic_roles, options.silent)
    return ".".join(
        (
            _base36(draft.channel_id or 0),
            _base36(options.role_id or 0),
            "".join(str(int(switch)) for switch in switches),
            *(
                _base36(sum(1 << position for position, choice in enumerate(offered) if choice.key in chosen))
                for chosen, offered in ((options.topics, offer.topics), (options.feeds, offer.feeds))
            ),
            _check(offer),
            extras,
        )
    )


def extras_key(code: str) -> str | None:
    """The key of the draft's extras; None in a code of an older version, which had none."""
    found = CODE.fullmatch(code)
    return found["extras"] if found else None


def encode_extras(options: SubscriptionOptions) -> str:
    """The options that do not fit into a code, as text; empty where they are the defaults."""
    if Draft(options=DEFAULT_OPTIONS).with_extras(options).options == DEFAULT_OPTIONS:
        return ""
    values: dict[str, Any] = {name: getattr(options, name) for name in EXTRAS}
    return json.dumps(values | {"schedule": asdict(options.schedule)}, ensure_ascii=False)


def decode_extras(text: str) -> SubscriptionOptions:
    """The options that `encode_extras` wrote, the others as they are by default."""
    values: dict[str, Any] = json.loads(text)
    schedule, actions = values["schedule"], values["actions"]
    values["schedule"] = Schedule(**(schedule | {"rhythm": Rhythm(schedule["rhythm"])}))
    values["actions"] = None if actions is None else tuple(actions)
    return SubscriptionOptions(**values)


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
