"""What the announcer asks of Discord, and what it can hear back; no Discord in it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import discord

from bot.models import Subscription
from bot.store.outbox import DueDelivery
from bot.store.shared_cards import CardWork, Place


class Step(StrEnum):
    """One thing to do for a delivery; each is one or a few requests and may be repeated safely."""

    POST = "post"
    VERIFY = "verify"  # read the channel back: is our post there?
    OPEN_THREAD = "open_thread"
    PUBLISH = "publish"
    EDIT = "edit"
    REPLACE = "replace"  # put a short notice in place of a withdrawn article
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Done:
    """It is so on Discord, whether by this attempt or an earlier one."""

    message_id: int | None = None


@dataclass(frozen=True, slots=True)
class NotPosted:
    """Reading back proved that no post of ours is there."""


@dataclass(frozen=True, slots=True)
class Unverifiable:
    """The bot may not read back, so nothing can be proved; `reason` names what it lacks."""

    reason: str


@dataclass(frozen=True, slots=True)
class MessageDeleted:
    """The message was made once and is gone: a moderator deleted it."""


@dataclass(frozen=True, slots=True)
class RetryLater:
    """It did not work this time. With `maybe_sent` it may have worked without our hearing of it.

    `wait` is how long Discord asked us to wait, None when it did not say.
    """

    reason: str
    maybe_sent: bool
    wait: float | None = None


@dataclass(frozen=True, slots=True)
class PermissionMissing:
    """Something has to change in the server first; `reason` as in `Subscription.blocked`."""

    reason: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """Discord does not take it as it is, and never will; `reason` is for the log."""

    reason: str


StepResult = Done | NotPosted | Unverifiable | MessageDeleted | RetryLater | PermissionMissing | Rejected


class Sender(Protocol):
    """Does things on Discord. Taking steps never raises for what Discord or the network does."""

    async def take(self, step: Step, work: DueDelivery, deadline: float | None) -> StepResult:
        """Takes one step; after the instant `deadline` a post is not sent any more (`RetryLater` without doubt)."""
        ...

    def preflight_problem(self, subscription: Subscription) -> str:
        """What would keep a post out of the channel as far as is known here; empty: nothing known."""
        ...

    async def take_card(self, step: Step, work: CardWork) -> StepResult:
        """Edits a shared card, puts the notice in its place, or deletes it; where no notice is taken, deletes."""
        ...

    def card_preflight_problem(self, place: Place) -> str:
        """What would keep a shared card from being reached, as far as is known here; empty: nothing known."""
        ...

    async def tell(self, guild_id: int, first: tuple[int, ...], sentence: str, nonce: str) -> bool:
        """Says a sentence in one of the channels `first`, else in another of that server.

        False when there is none where the bot may write. Raises NotifyLaterError.
        """
        ...


class NotifyLaterError(Exception):
    """Discord could not be reached to tell something."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A post as it should look.

    `title` names forum posts and threads; `link` is the address its *Read* button opens, by which
    the post is known again; `tags` are names of topics, sought among a forum's tags.
    """

    view: discord.ui.LayoutView
    title: str
    link: str = ""
    tags: tuple[str, ...] = ()
