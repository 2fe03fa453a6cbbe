"""The fake Discord's objects as Discord writes them in JSON."""

import copy
from datetime import UTC, datetime
from typing import Any, cast

from tests.fake_discord.state import APPLICATION_ID, BOT_ID, EPOCH, MEMBER_ID, Channel, FakeDiscordState, Message

Json = dict[str, Any]

KINDS = {"text": 0, "announcement": 5, "thread": 11, "forum": 15}
ANNOUNCEMENT_THREAD = 10
ALL_PERMISSIONS = str((1 << 50) - 1)
BOT_PERMISSIONS = str(((1 << 50) - 1) & ~(1 << 3))  # not an administrator: channels may deny it something
CROSSPOSTED = 1 << 0
HAS_THREAD = 1 << 5


def stamp(instant: float) -> str:
    """An instant as Discord writes it."""
    return datetime.fromtimestamp(instant, UTC).isoformat()


def user(user_id: int, name: str, *, bot: bool) -> Json:
    """A user; the bot itself is one."""
    return {
        "id": str(user_id),
        "username": name,
        "discriminator": "0",
        "global_name": None,
        "avatar": None,
        "bot": bot,
        "flags": 0,
        "public_flags": 0,
    }


def bot_user() -> Json:
    """The bot as its own user."""
    return user(BOT_ID, "herald", bot=True)


def member(user_id: int, name: str, *, bot: bool) -> Json:
    """A user in a guild."""
    return {
        "user": user(user_id, name, bot=bot),
        "roles": [],
        "joined_at": stamp(EPOCH),
        "deaf": False,
        "mute": False,
        "flags": 0,
        "nick": None,
        "avatar": None,
        "permissions": ALL_PERMISSIONS,
    }


def application() -> Json:
    """The bot's application."""
    return {
        "id": str(APPLICATION_ID),
        "name": "Herald",
        "icon": None,
        "description": "",
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "",
        "flags": 0,
        "owner": user(MEMBER_ID, "moderator", bot=False),
        "team": None,
        "rpc_origins": [],
        "summary": "",
    }


def channel(found: Channel) -> Json:
    """A channel as GUILD_CREATE and CHANNEL_UPDATE carry it."""
    deny = [{"id": str(found.guild_id), "type": 0, "allow": "0", "deny": str(found.denied)}] if found.denied else []
    shown: Json = {
        "id": str(found.id),
        "type": KINDS[found.kind],
        "guild_id": str(found.guild_id),
        "name": found.name,
        "position": 0,
        "permission_overwrites": deny,
        "parent_id": None,
        "topic": None,
        "nsfw": False,
        "last_message_id": str(max(found.messages)) if found.messages else None,
        "rate_limit_per_user": 0,
        "flags": 0,
    }
    if found.kind == "forum":
        shown |= {"available_tags": [], "default_reaction_emoji": None, "default_sort_order": None}
        shown |= {"default_forum_layout": 0, "template": ""}
    return shown


def thread(world: FakeDiscordState, found: Channel) -> Json:
    """A thread; a forum post is one too."""
    parent = world.channels[found.parent_id or 0]
    return {
        "id": str(found.id),
        "type": ANNOUNCEMENT_THREAD if parent.kind == "announcement" else KINDS["thread"],
        "guild_id": str(found.guild_id),
        "parent_id": str(parent.id),
        "owner_id": str(BOT_ID),
        "name": found.name,
        "last_message_id": None,
        "message_count": 0,
        "member_count": 1,
        "total_message_sent": 0,
        "rate_limit_per_user": 0,
        "flags": 0,
        "applied_tags": [],
        "thread_metadata": {
            "archived": found.archived,
            "auto_archive_duration": 4320,
            "archive_timestamp": stamp(((found.id >> 22) / 1000) + EPOCH),
            "locked": found.locked,
            "create_timestamp": stamp(((found.id >> 22) / 1000) + EPOCH),
        },
    }


def role(role_id: int) -> Json:
    """A role that anybody may mention."""
    return {
        "id": str(role_id),
        "name": f"role-{role_id}",
        "permissions": "0",
        "position": 1,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": False,
        "mentionable": True,
        "flags": 0,
    }


def guild(world: FakeDiscordState, guild_id: int) -> Json:
    """A whole guild, as GUILD_CREATE carries it for a bot with the `guilds` intent."""
    everyone = {
        "id": str(guild_id),
        "name": "@everyone",
        "permissions": BOT_PERMISSIONS,
        "position": 0,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": False,
        "mentionable": False,
        "flags": 0,
    }
    threads = world.of_guild(guild_id, threads=True)
    return {
        "id": str(guild_id),
        "name": f"Guild {guild_id}",
        "owner_id": str(MEMBER_ID),
        "unavailable": False,
        "large": False,
        "member_count": 2,
        "joined_at": stamp(EPOCH),
        "roles": [everyone, *(role(role_id) for role_id in sorted(world.roles.get(guild_id, ())))],
        "channels": [channel(found) for found in world.of_guild(guild_id, threads=False)],
        "threads": [thread(world, found) for found in threads if not found.archived],
        "members": [member(BOT_ID, "herald", bot=True)],
        "features": ["COMMUNITY", "NEWS"],
        "preferred_locale": "en-US",
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "nsfw_level": 0,
        "system_channel_flags": 0,
        "system_channel_id": None,
        "afk_channel_id": None,
        "afk_timeout": 300,
        "emojis": [],
        "stickers": [],
        "voice_states": [],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def message(found: Message, *, nonce: bool = False) -> Json:
    """A message. Only the answer to its making carries the nonce: a list read later does not."""
    payload = found.payload
    flags = int(payload.get("flags") or 0)
    flags |= (CROSSPOSTED if found.published else 0) | (HAS_THREAD if found.has_thread else 0)
    shown: Json = {
        "id": str(found.id),
        "channel_id": str(found.channel_id),
        "type": found.kind,
        "author": user(MEMBER_ID, "moderator", bot=False) if found.by_member else bot_user(),
        "content": payload.get("content") or "",
        "timestamp": stamp(found.made_at),
        "edited_timestamp": stamp(found.edits[-1]) if found.edits else None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": payload.get("embeds") or [],
        "components": components(payload.get("components") or []),
        "pinned": False,
        "flags": flags,
    }
    if found.thread_id is not None:
        shown["message_reference"] = {"channel_id": str(found.thread_id)}
    if nonce and found.nonce:
        shown["nonce"] = found.nonce
    return shown


def components(sent: list[Json]) -> list[Json]:
    """Components as Discord gives them back: every one has an id."""
    shown = copy.deepcopy(sent)
    _number(shown, [0])
    return shown


def _number(value: object, last: list[int]) -> None:
    """Numbers whatever has a component's `type`, in the order of reading."""
    if isinstance(value, list):
        for part in cast("list[object]", value):
            _number(part, last)
    elif isinstance(value, dict):
        table = cast("Json", value)
        if isinstance(table.get("type"), int):
            last[0] += 1
            table.setdefault("id", last[0])
        for part in list(table.values()):
            _number(part, last)
