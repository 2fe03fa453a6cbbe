"""Performs delivery steps against Discord's HTTP API."""

import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import discord
from discord.http import HTTPClient

from bot.delivery.discord_api.cards import CHANNEL, COMPONENTS_V2, MESSAGE, awake, take_card
from bot.delivery.discord_api.lookup import PostLookup, is_own_post
from bot.delivery.discord_api.refused_parts import without_media, without_refused_parts
from bot.delivery.discord_api.responses import (
    CHANNEL_GONE,
    INVALID_FORM,
    UNKNOWN_CHANNEL,
    Response,
    classify,
    json_objects,
)
from bot.delivery.discord_api.rest import Call, ClientTransport, HttpTransport
from bot.delivery.permissions import PROOF, Permission, Wants, holds, missing, name_of
from bot.delivery.planning.topic_roles import NOBODY, Audience, audience
from bot.delivery.ports import (
    NOT_READY,
    ChannelState,
    Done,
    MessageDeleted,
    NotifyLaterError,
    PermissionMissing,
    Rejected,
    Rendered,
    RetryLater,
    Step,
    StepResult,
)
from bot.delivery.rate_limiter import RateLimiter
from bot.models import Article, ChannelKind, Subscription, SubscriptionOptions
from bot.store.outbox import DueDelivery
from bot.store.shared_cards import DueCard
from bot.store.subscriptions import GUILD_LEFT

log = logging.getLogger(__name__)

MAX_REDUCTIONS = 3  # attempts to leave out what Discord refuses in a message
MAX_TAGS = 5
LARGEST_GIVEN_ID = 10_000  # of components that Discord numbers itself, from 1; those of posts have 31 bits
PAGE, MAX_THREAD_PAGES = 100, 10  # messages of a thread that are searched for its former names
SUPPRESS_EMBEDS = 1 << 2
SUPPRESS_NOTIFICATIONS = 1 << 12
NAME_CHANGE = discord.MessageType.channel_name_change.value
THREAD_CREATED = discord.MessageType.thread_created.value
ACTION_ROW, BUTTON, LINK_STYLE = 1, 2, 5
MESSAGES = "/channels/{channel_id}/messages"
KINDS = {
    discord.ChannelType.text: ChannelKind.TEXT,
    discord.ChannelType.news: ChannelKind.ANNOUNCEMENT,
    discord.ChannelType.forum: ChannelKind.FORUM,
    discord.ChannelType.public_thread: ChannelKind.THREAD,
    discord.ChannelType.private_thread: ChannelKind.THREAD,
    discord.ChannelType.news_thread: ChannelKind.THREAD,
}


# One article: its announcement. Several: a digest or catch-up list. None: the notice of a withdrawal.
Render = Callable[[Sequence[Article], Subscription, Audience], Rendered]


class DiscordSender:
    """Performs steps with a client that is logged in; see `bot.delivery.ports.Sender`.

    `client` is called with every step, because the client is built later than the sender.
    """

    def __init__(
        self,
        client: Callable[[], discord.Client],
        render: Render,
        limiter: RateLimiter,
        *,
        clock: Callable[[], float],
        timeout_seconds: float,
        knows_guilds_of: Callable[[int], bool] | None = None,
    ) -> None:
        self._client, self._render = client, render
        self._knows_guilds_of: Callable[[int], bool] = knows_guilds_of or (lambda _guild_id: client().is_ready())
        self._limiter, self._clock, self._timeout_seconds = limiter, clock, timeout_seconds
        self._transport: HttpTransport | ClientTransport | None = None

    async def close(self) -> None:
        """Closes connections of its own."""
        if isinstance(self._transport, HttpTransport):
            await self._transport.close()

    async def perform(
        self,
        step: Step,
        work: DueDelivery,
        deadline: float | None,
        still_wanted: Callable[[], Awaitable[bool]] | None = None,
    ) -> StepResult:
        """Performs one step."""
        match step:
            case Step.POST:
                return await self._post(work, deadline, still_wanted)
            case Step.DELETE | Step.HIDE_NAME | Step.DELETE_THREAD:
                return await self._remove(step, work)
            case Step.RENAME:
                return await self._rename(_thread_of(work) or 0, self._rendered(work.articles, work).title)
            case Step.VERIFY:
                shown = self._rendered(work.articles, work)
                return await PostLookup(self._client(), self._call, work, shown.link, shown.title).find()
            case Step.PUBLISH:
                response = await self._call(Call("POST", f"{MESSAGE}/crosspost", _message(work)))
            case Step.OPEN_THREAD:
                kind, channel = work.subscription.kind, self._client().get_channel(work.subscription.channel_id)
                if isinstance(channel, discord.TextChannel) and (
                    lacking := missing(kind, _granted(channel), Wants(open_thread=True))
                ):
                    return PermissionMissing(",".join(lacking))
                name = {"name": self._rendered(work.articles, work).title}
                response = await self._call(Call("POST", f"{MESSAGE}/threads", _message(work), name))
            case Step.EDIT | Step.REPLACE:
                body: dict[str, Any] = {
                    "content": None,  # plain text disappears only when it is cleared explicitly
                    "components": _components(self._rendered(work.articles if step is Step.EDIT else (), work), work),
                    "flags": COMPONENTS_V2,
                    "allowed_mentions": {"parse": []},
                }
                response = await awake(self._send_message, Call("PATCH", MESSAGE, _message(work), body))
        return classify(step, response)

    async def take_card(self, step: Step, work: DueCard) -> StepResult:
        """Performs one step for a shared card; no request is made where the cache shows that the bot may not."""
        place, client = work.card.place, self._client()
        guild = client.get_guild(place.guild_id)
        if guild is None and client.is_ready():
            return PermissionMissing(GUILD_LEFT)
        # Archived threads are not in the cache.
        channel = guild.get_channel_or_thread(place.channel_id) if guild and not guild.unavailable else None
        if channel is not None and not holds(_granted(channel), Permission.VIEW_CHANNEL):
            return PermissionMissing(name_of(Permission.VIEW_CHANNEL))
        asked = Subscription(
            0, place.guild_id, place.channel_id, ChannelKind.TEXT, SubscriptionOptions(language=place.language)
        )
        shown = self._render([work.article] if step is Step.EDIT else (), asked, NOBODY)
        return await take_card(self._call, step, place, shown.view.to_components())

    def preflight_problem(self, subscription: Subscription) -> str:
        """Why nothing can be posted according to the client's cache; empty when nothing is known."""
        guild = self._client().get_guild(subscription.guild_id)
        if guild is None:
            return GUILD_LEFT if self._knows_guilds_of(subscription.guild_id) else NOT_READY
        if guild.unavailable:
            return ""
        channel = guild.get_channel_or_thread(subscription.channel_id)
        if channel is None:
            return "" if subscription.kind is ChannelKind.THREAD else CHANNEL_GONE
        locked = isinstance(channel, discord.Thread) and channel.locked
        return ",".join(missing(subscription.kind, _granted(channel), Wants(locked=locked)))

    def is_member(self, guild_id: int) -> bool | None:
        """Whether the bot is in a server; None while its shard has not received its servers."""
        if self._client().get_guild(guild_id) is not None:
            return True
        return False if self._knows_guilds_of(guild_id) else None

    def channel_state(self, subscription: Subscription) -> ChannelState | None:
        """The channel according to the cache; None while its server is not known or unavailable."""
        guild = self._client().get_guild(subscription.guild_id)
        if guild is None or guild.unavailable:
            return None
        role_id = subscription.options.role_id
        role_missing = role_id is not None and guild.get_role(role_id) is None
        channel = guild.get_channel_or_thread(subscription.channel_id)
        if channel is None:
            return ChannelState(missing=True, role_missing=role_missing)
        return ChannelState(kind=KINDS.get(channel.type), role_missing=role_missing)

    def missing_roles(self, guild_id: int, role_ids: Collection[int]) -> frozenset[int]:
        """Those roles that the server does not have any more, according to the cache."""
        guild = self._client().get_guild(guild_id)
        if guild is None or guild.unavailable:
            return frozenset()
        return frozenset(role_id for role_id in role_ids if guild.get_role(role_id) is None)

    async def own_posts_since(self, subscription: Subscription, since: float) -> list[tuple[int, int]] | None:
        """Announcements of ours in a channel since then, with the ids of their first components (forum: 0)."""
        client = self._client()
        guild, me = client.get_guild(subscription.guild_id), client.user.id if client.user else 0
        channel = guild.get_channel_or_thread(subscription.channel_id) if guild else None
        after = discord.utils.time_snowflake(datetime.fromtimestamp(since, UTC), high=True)
        if isinstance(channel, discord.ForumChannel):
            return [(one.id, 0) for one in channel.threads if one.owner_id == me and one.id > after] or None
        if not isinstance(channel, discord.TextChannel | discord.Thread) or (channel.last_message_id or 0) <= after:
            return None
        if not holds(_granted(channel), PROOF):
            return None
        query: dict[str, int | str] = {"limit": PAGE, "after": str(after)}
        response = await self._call(Call("GET", MESSAGES, {"channel_id": channel.id}, query=query))
        found: list[tuple[int, int]] = []
        for message in json_objects(response.body) if response.ok else ():
            first = max((int(part.get("id") or 0) for part in json_objects(message.get("components"))), default=0)
            if is_own_post(message, str(me)) and first > LARGEST_GIVEN_ID:
                found.append((int(message["id"]), first))
        return found

    async def is_deleted(self, channel_id: int) -> bool:
        """Asks Discord, because the cache has no archived threads and may have missed an event."""
        response = await self._call(Call("GET", CHANNEL, {"channel_id": channel_id}))
        return response.code == UNKNOWN_CHANNEL

    def community_language(self, guild_id: int) -> str:
        """The language a server with the Community feature chose; empty for other servers."""
        guild = self._client().get_guild(guild_id)
        return guild.preferred_locale.value if guild is not None and "COMMUNITY" in guild.features else ""

    async def notify(self, guild_id: int, first: tuple[int, ...], sentence: str, nonce: str) -> bool:
        """Posts a sentence in the log channel, else in the Community updates channel where that is private.

        False where there is neither: reports name hidden channels and withdrawn articles, so they are
        never posted where members read.
        """
        guild = self._client().get_guild(guild_id)
        if guild is None:
            return False
        chosen = [channel for number in first if (channel := guild.get_channel_or_thread(number)) is not None]
        updates = guild.public_updates_channel
        if updates is not None and not updates.permissions_for(guild.default_role).view_channel:
            chosen.append(updates)
        channel_id = next((one.id for one in chosen if not missing(ChannelKind.TEXT, _granted(one))), None)
        if channel_id is None:
            return False
        body: dict[str, Any] = {
            "content": sentence,
            "nonce": nonce,
            "enforce_nonce": True,
            "allowed_mentions": {"parse": []},
        }
        answer = classify(Step.POST, await self._call(Call("POST", MESSAGES, {"channel_id": channel_id}, body)))
        if isinstance(answer, RetryLater):
            raise NotifyLaterError(answer.reason)
        return isinstance(answer, Done)

    async def _call(self, call: Call) -> Response:
        if self._transport is None:
            client = self._client()
            self._transport = (
                HttpTransport(client.http, self._limiter, self._clock, self._timeout_seconds)
                if type(client.http) is HTTPClient
                else ClientTransport(client)  # a replacement, as in the sandbox and in tests
            )
        return await self._transport.call(call)

    async def _send_message(self, call: Call) -> Response:
        """Sends a message; where Discord refuses a part of it, sends it again without that part."""
        response = await self._call(call)
        for _ in range(MAX_REDUCTIONS):
            if response.code != INVALID_FORM or call.body is None:
                break
            reduced = without_refused_parts(call.body, response.record.get("errors")) or without_media(call.body)
            if reduced is None:
                break
            log.warning("channel %s: sent without a part Discord refused: %s", call.ids["channel_id"], response.code)
            call = replace(call, body=reduced)
            response = replace(await self._call(call), reduced=True)
        return response

    def _rendered(self, articles: Sequence[Article], work: DueDelivery) -> Rendered:
        """The post for these articles; a role that the server does not have any more is left out."""
        found = audience(articles, work.subscription.options, work.topic_roles)
        found = replace(found, digest=work.delivery.digest_period is not None)
        guild = self._client().get_guild(work.subscription.guild_id)
        if guild is not None and not guild.unavailable:
            found = replace(found, roles=tuple(role for role in found.roles if guild.get_role(role) is not None))
        return self._render(articles, work.subscription, found)

    async def _post(
        self, work: DueDelivery, deadline: float | None, still_wanted: Callable[[], Awaitable[bool]] | None
    ) -> StepResult:
        """Posts the card, or plain text that becomes it; only its audience can be pinged."""
        rendered = self._rendered(work.articles, work)
        message: dict[str, Any]
        if work.delivery.is_text and rendered.push and rendered.push_link:
            button = {
                "type": BUTTON,
                "style": LINK_STYLE,
                "label": rendered.push_label,
                "url": rendered.push_link,
                "id": work.delivery.component_id,
            }
            row = {"type": ACTION_ROW, "components": [button]}
            message = {"content": rendered.push, "components": [row], "flags": SUPPRESS_EMBEDS}
        else:
            flags = COMPONENTS_V2 | (SUPPRESS_NOTIFICATIONS if work.subscription.options.silent else 0)
            message = {"components": _components(rendered, work), "flags": flags}
        message["allowed_mentions"] = {"parse": [], "roles": [str(role) for role in rendered.roles]}
        ids = {"channel_id": work.subscription.channel_id}
        if work.subscription.kind is ChannelKind.FORUM:
            tags: list[str] = []
            forum = self._client().get_channel(work.subscription.channel_id)
            if isinstance(forum, discord.ForumChannel):
                # Those named like the article's topics; any, where the forum demands one.
                free = [tag for tag in forum.available_tags if not tag.moderated]
                names = {name.casefold() for name in rendered.tags}
                fitting = [tag for tag in free if tag.name.casefold() in names][:MAX_TAGS]
                tags = [str(tag.id) for tag in fitting or (free[:1] if forum.flags.require_tag else [])]
            body = {"name": rendered.title, "applied_tags": tags, "message": message}
            call = Call("POST", f"{CHANNEL}/threads", ids, body, still_wanted=still_wanted)
        else:
            body = message | {"nonce": work.delivery.nonce, "enforce_nonce": True}
            call = Call("POST", MESSAGES, ids, body, deadline=deadline, still_wanted=still_wanted)
        return classify(Step.POST, await self._send_message(call))

    async def _delete_thread_notice(self, work: DueDelivery) -> StepResult:
        """Deletes Discord's message that a thread was opened: it has the title, and the bot as its author.

        Discord writes it when a thread is opened on a message that is not the latest, soon after that message.
        """
        ids, after = {"channel_id": work.subscription.channel_id}, work.delivery.message_id or 0
        response = await self._call(Call("GET", MESSAGES, ids, query={"limit": PAGE, "after": after}))
        result = classify(Step.DELETE, response)
        if not response.ok:
            return result if isinstance(result, RetryLater) else Done()
        for one in json_objects(response.body):
            reference: dict[str, Any] = one.get("message_reference") or {}
            opened = reference.get("channel_id")
            if one.get("type") == THREAD_CREATED and opened == str(_thread_of(work)):
                call = Call("DELETE", MESSAGE, {**ids, "message_id": int(one["id"])})
                deleted = classify(Step.DELETE, await self._call(call))
                if not isinstance(deleted, Done | MessageDeleted):
                    return deleted
        return Done()

    async def _hide_name(self, work: DueDelivery) -> StepResult:
        """Gives the thread of a withdrawn article a neutral name, and checks that it shows no former one.

        Discord's messages about earlier names only disappear with their thread. Without Read Message History
        Discord lists nothing, and they stay unknown.
        """
        thread, title = _thread_of(work) or 0, self._rendered((), work).title
        renamed = await self._rename(thread, title)
        if isinstance(renamed, RetryLater):
            return replace(renamed, maybe_sent=False)
        if isinstance(renamed, PermissionMissing | Rejected):
            return PermissionMissing("manage_threads")
        if not isinstance(renamed, Done):
            return renamed
        query: dict[str, int | str] = {"limit": PAGE}
        for _ in range(MAX_THREAD_PAGES):
            response = await self._call(Call("GET", MESSAGES, {"channel_id": thread}, query=query))
            result = classify(Step.HIDE_NAME, response)
            if not response.ok:
                return result if isinstance(result, RetryLater | MessageDeleted) else Done()
            messages = json_objects(response.body)
            if any(one.get("type") == NAME_CHANGE and one.get("content") != title for one in messages):
                return PermissionMissing("former_names")
            if len(messages) < PAGE:
                break
            query["before"] = messages[-1]["id"]
        return Done()

    async def _rename(self, thread_id: int, title: str) -> StepResult:
        """Renames a thread of ours, unarchiving it where necessary."""
        body = {"name": title, "archived": False}
        return classify(Step.RENAME, await self._call(Call("PATCH", CHANNEL, {"channel_id": thread_id}, body)))

    async def _remove(self, step: Step, work: DueDelivery) -> StepResult:
        """Deletes the message, or removes the title of a withdrawn article from its thread."""
        if step is Step.DELETE:
            deleted = classify(step, await awake(self._call, Call("DELETE", MESSAGE, _message(work))))
            recalled = work.delivery.recall and _thread_of(work) is not None  # the thread goes with such a post
            return (
                await self._delete_thread(work) if recalled and isinstance(deleted, Done | MessageDeleted) else deleted
            )
        # The message that announced the thread has the title too.
        notice = Done() if work.subscription.kind is ChannelKind.FORUM else await self._delete_thread_notice(work)
        cleared = await (self._hide_name(work) if step is Step.HIDE_NAME else self._delete_thread(work))
        return notice if isinstance(cleared, Done | MessageDeleted) else cleared

    async def _delete_thread(self, work: DueDelivery) -> StepResult:
        """Deletes the thread of a post; where that takes Manage Threads, the thread gets a neutral name."""
        call = Call("DELETE", CHANNEL, {"channel_id": _thread_of(work) or 0})
        removed = classify(Step.DELETE_THREAD, await self._call(call))
        if isinstance(removed, RetryLater | Done | MessageDeleted):
            return removed
        return await self._hide_name(work)


def _components(rendered: Rendered, work: DueDelivery) -> list[dict[str, Any]]:
    components = rendered.view.to_components()
    components[0]["id"] = work.delivery.component_id
    return components


def _message(work: DueDelivery) -> dict[str, int]:
    """The ids of the post; a forum post's message is in a thread of the same id."""
    message = work.delivery.message_id or 0
    in_forum = work.subscription.kind is ChannelKind.FORUM
    return {"channel_id": message if in_forum else work.subscription.channel_id, "message_id": message}


def _thread_of(work: DueDelivery) -> int | None:
    """The thread that carries the article's name; it has the id of the post."""
    return work.delivery.message_id if work.has_named_thread else None


def _granted(channel: discord.abc.GuildChannel | discord.Thread) -> int:
    return channel.permissions_for(channel.guild.me).value
