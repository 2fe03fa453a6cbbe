"""The announcer's interface to Discord: steps and their results."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import discord

from bot.models import ChannelKind, Subscription
from bot.store.outbox import DueDelivery
from bot.store.shared_cards import DueCard


class Step(StrEnum):
    """One thing to do for a delivery; each is one or a few requests and may be repeated safely."""

    POST = "post"
    VERIFY = "verify"  # look the post up in its channel
    OPEN_THREAD = "open_thread"
    PUBLISH = "publish"
    EDIT = "edit"
    RENAME = "rename"  # rename the post's thread to the article's current title
    REPLACE = "replace"  # put a short notice in place of a withdrawn article
    DELETE = "delete"
    HIDE_NAME = "hide_name"  # give the thread of a withdrawn article a neutral name
    DELETE_THREAD = "delete_thread"  # delete the thread of a deleted post; where that is forbidden, hide its name


@dataclass(frozen=True, slots=True)
class Done:
    """The step is done, by this attempt or an earlier one."""

    message_id: int | None = None
    reduced: bool = False  # without a part that Discord refused


@dataclass(frozen=True, slots=True)
class NotPosted:
    """The look-up proved that no post of ours is there."""


@dataclass(frozen=True, slots=True)
class Unverifiable:
    """The look-up is not possible; `reason` names the missing permission."""

    reason: str


@dataclass(frozen=True, slots=True)
class MessageDeleted:
    """The message existed and was deleted, by a moderator."""


@dataclass(frozen=True, slots=True)
class RetryLater:
    """A failure that may pass. With `maybe_sent` the request may have been carried out.

    `wait` is how long Discord asked us to wait in seconds, None when it did not say.
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
    """Discord refuses it permanently.

    `reason` is the name of a reason that has a sentence. `detail` is the status and code of Discord's
    answer, whose text may quote the article.
    """

    reason: str
    detail: str = ""


StepResult = Done | NotPosted | Unverifiable | MessageDeleted | RetryLater | PermissionMissing | Rejected


NOT_READY = "not_ready"  # a preflight problem: the shard of the server has not received its servers yet


@dataclass(frozen=True, slots=True)
class ChannelState:
    """A subscription's channel according to the cache.

    `missing`: not in the cache, which proves nothing about threads. `kind` is None where it is missing or of
    a kind Herald does not post to. `role_missing`: the role to be mentioned was deleted.
    """

    missing: bool = False
    kind: ChannelKind | None = None
    role_missing: bool = False


class Sender(Protocol):
    """Performs steps on Discord. Never raises for what Discord or the network does."""

    async def perform(
        self,
        step: Step,
        work: DueDelivery,
        deadline: float | None,
        still_wanted: Callable[[], Awaitable[bool]] | None = None,
    ) -> StepResult:
        """Performs one step.

        A post is not sent after the instant `deadline`, nor when `still_wanted`, asked right before
        sending, returns False (`RetryLater`, certainly not sent).
        """
        ...

    def preflight_problem(self, subscription: Subscription) -> str:
        """What would prevent a post there according to the cache; empty: nothing known."""
        ...

    def is_member(self, guild_id: int) -> bool | None:
        """Whether the bot is in a server; None while that is not known."""
        ...

    def channel_state(self, subscription: Subscription) -> ChannelState | None:
        """The channel according to the cache; None while its server is not known or unavailable."""
        ...

    def missing_roles(self, guild_id: int, role_ids: Collection[int]) -> frozenset[int]:
        """Those roles that the server does not have any more; none while its roles are not known."""
        ...

    async def own_posts_since(self, subscription: Subscription, since: float) -> list[tuple[int, int]] | None:
        """Announcements of ours in a channel after that instant, each with its message's and first component's id.

        None where the cache shows nothing that young, or the bot may not look; then Discord is not asked.
        """
        ...

    async def is_deleted(self, channel_id: int) -> bool:
        """Asks Discord whether a channel was deleted; False where it does not say so."""
        ...

    def community_language(self, guild_id: int) -> str:
        """The language a server with the Community feature chose; empty for other servers."""
        ...

    async def take_card(self, step: Step, work: DueCard) -> StepResult:
        """Edits a shared card, puts the notice in its place, or deletes it; where no notice is taken, deletes.

        Discord is not asked where the cache shows that the bot may not.
        """
        ...

    async def notify(self, guild_id: int, first: tuple[int, ...], sentence: str, nonce: str) -> bool:
        """Posts a sentence in one of the channels `first`, else in another of that server.

        False when there is none where the bot may write. Raises NotifyLaterError.
        """
        ...


class NotifyLaterError(Exception):
    """Discord could not be reached to post a notification."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A post as it should look.

    `title` names forum posts and threads, as Discord takes it: never empty, at most 100 characters.
    `link` is the address its *Read* button opens, by which the post is recognised; `tags` are names of
    topics, looked up among a forum's tags. Only `roles` may be mentioned. `push` is the plain text it is
    first posted as where it mentions somebody, with one button that opens `push_link` (empty: it is
    posted as a card at once).
    """

    view: discord.ui.LayoutView
    title: str
    link: str = ""
    tags: tuple[str, ...] = ()
    roles: tuple[int, ...] = ()
    push: str = ""
    push_label: str = ""
    push_link: str = ""
