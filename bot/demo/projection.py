"""One person's view of the simulated Discord, as plain data for the sandbox's page.

simcord keeps messages in the format of Discord's API; they are passed on unchanged, together with
the names that their mentions need.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from simcord.backend import Backend, serializers
from simcord.backend.access import channel_accessible
from simcord.backend.models import Channel
from simcord.interactions import command_leaves

Json = dict[str, Any]

CHANNEL_KINDS = {0: "text", 5: "news", 15: "forum"}
MAX_MESSAGES = 60
SLASH_COMMAND, MESSAGE_COMMAND = 1, 3
TEXT_DISPLAY = 10
# simcord adds this system message to every new thread, Discord only to threads on older messages.
THREAD_CREATED = 18


def visible_channels(backend: Backend, viewer: int) -> list[Channel]:
    """The channels this person may read, in the order in which they were created."""
    channels = [channel for channel in backend.channels.values() if int(channel.type) in CHANNEL_KINDS]
    return [channel for channel in channels if channel_accessible(backend, channel.id, viewer, history=True)]


def threads_of(backend: Backend, channel: Channel) -> list[Channel]:
    """The channel's threads, oldest first."""
    return [thread for thread in backend.channels.values() if thread.is_thread and thread.parent_id == channel.id]


def channel_view(backend: Backend, channel: Channel, viewer: int, language: str) -> Json:
    """A channel with its messages, its threads, and the commands this person may use in it."""
    return {
        **channel_summary(backend, channel, viewer),
        "topic": channel.topic or "",
        "messages": messages(backend, channel, viewer),
        "threads": [
            {"id": str(thread.id), "name": thread.name, "messages": messages(backend, thread, viewer)}
            for thread in threads_of(backend, channel)
        ],
        "commands": slash_commands(backend, channel.id, viewer, language),
        "menu": [
            {"name": command["name"], "shown": _localised(command, "name", language)}
            for command in backend.visible_commands(user_id=viewer, channel_id=channel.id, type=MESSAGE_COMMAND)
        ],
    }


def channel_summary(backend: Backend, channel: Channel, viewer: int) -> Json:
    """An entry of the channel list; `latest` is the newest message there, "0" while there is none."""
    places = (channel, *threads_of(backend, channel))
    newest = [int(message["id"]) for place in places for message in messages(backend, place, viewer, 1)]
    return {
        "id": str(channel.id),
        "name": channel.name,
        "kind": CHANNEL_KINDS[int(channel.type)],
        "latest": str(max(newest, default=0)),
    }


def messages(backend: Backend, channel: Channel, viewer: int, most: int = MAX_MESSAGES) -> list[Json]:
    """The newest messages this person sees in a channel or thread, oldest first, with their private answers."""
    stored = sorted(backend.messages.get(channel.id, {}).values(), key=lambda message: message.id)
    seen = [message for message in stored if message.visible_to(viewer) and message.type != THREAD_CREATED]
    return [
        {**serializers.message_payload(backend, message), "ephemeral": message.is_ephemeral} for message in seen[-most:]
    ]


def slash_commands(backend: Backend, channel_id: int, viewer: int, language: str) -> list[Json]:
    """The slash commands this person may use there, each subcommand by itself, in their language."""
    found: list[Json] = []
    for command in backend.visible_commands(user_id=viewer, channel_id=channel_id, type=SLASH_COMMAND):
        for path, leaf in command_leaves(command):
            shown, node = [_localised(command, "name", language)], command
            for part in path[1:]:
                node = next(option for option in _list(node, "options") if option["name"] == part)
                shown.append(_localised(node, "name", language))
            found.append(
                {
                    "name": " ".join(path),
                    "shown": " ".join(shown),
                    "description": _localised(leaf, "description", language),
                    "options": [_option(option, language) for option in _list(leaf, "options")],
                }
            )
    return found


def text_of(content: str, components: Sequence[Json]) -> str:
    """All words a message shows, in reading order."""
    shown = [component["content"] for component in components_of(components) if component["type"] == TEXT_DISPLAY]
    return "\n".join(text for text in (content, *shown) if text)


def components_of(components: Sequence[Json]) -> Iterator[Json]:
    """Every component, the nested ones too, in reading order."""
    for component in components:
        yield component
        yield from components_of(_list(component, "components"))
        for name in ("component", "accessory"):
            if name in component:
                yield from components_of([component[name]])


def _list(node: Mapping[str, Any], name: str) -> list[Json]:
    return cast("list[Json]", node.get(name) or [])


def _localised(described: Mapping[str, Any], field: str, language: str) -> str:
    texts = cast("dict[str, str]", described.get(f"{field}_localizations") or {})
    return texts.get(language) or str(described.get(field, ""))


def _option(option: Json, language: str) -> Json:
    return {
        "name": option["name"],
        "shown": _localised(option, "name", language),
        "description": _localised(option, "description", language),
        "type": int(option["type"]),
        "required": bool(option.get("required")),
        "autocomplete": bool(option.get("autocomplete")),
        "choices": [
            {"name": _localised(choice, "name", language), "value": choice["value"]}
            for choice in _list(option, "choices")
        ],
    }
