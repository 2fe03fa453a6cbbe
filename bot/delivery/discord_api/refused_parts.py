"""Removes refused parts from a message, so that the rest can still be posted. Pure.

Discord names the refused fields of an invalid body (error 50035) as nested keys down to `_errors`.
"""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any, cast

from bot.delivery.discord_api.responses import json_objects

Json = dict[str, Any]
Path = tuple[str, ...]

LISTS = frozenset({"components", "items", "applied_tags"})  # an element of these can be left out
OPTIONAL_KEYS = frozenset({"accessory", "accent_color", "description", "spoiler", "emoji", "applied_tags"})
CONTAINER, SECTION, ACTION_ROW, TEXT, THUMBNAIL, GALLERY = 17, 9, 1, 10, 11, 12


def without_refused_parts(body: Json, errors: object) -> Json | None:
    """The body without the parts that `errors` names; None where none can be removed or no text remains."""
    reduced = deepcopy(body)
    removed = False
    for path in sorted(_paths(errors), reverse=True):  # later elements first, so that indices stay right
        removed |= _remove(reduced, path)
    return _tidied(reduced) if removed else None


def without_media(body: Json) -> Json | None:
    """The body without pictures; None where it has none or no text remains."""
    reduced = deepcopy(body)
    removed = False
    for message in _messages(reduced):
        for component in json_objects(message.get("components")):
            removed |= _drop_media(component)
    return _tidied(reduced) if removed else None


def _paths(errors: object, path: Path = ()) -> Iterator[Path]:
    if isinstance(errors, dict):
        for key, value in cast("Json", errors).items():
            if key == "_errors":
                yield path
            else:
                yield from _paths(value, (*path, key))


def _remove(body: Json, path: Path) -> bool:
    """Removes the smallest part on the path that can be left out."""
    node: Any = body
    steps: list[tuple[Any, int | str]] = []
    parent_key = ""
    for key in path:
        if isinstance(node, list) and key.isdigit() and int(key) < len(cast("list[Any]", node)):
            if parent_key in LISTS:
                steps.append((cast("list[Any]", node), int(key)))
            node = cast("list[Any]", node)[int(key)]
        elif isinstance(node, dict) and key in node:
            if key in OPTIONAL_KEYS:
                steps.append((cast("Json", node), key))
            node = cast("Json", node)[key]
            parent_key = key
        else:
            break
    for container, key in reversed(steps):
        part = container[key]
        if isinstance(part, dict) and cast("Json", part).get("type") == CONTAINER:
            continue  # the card itself
        del container[key]
        return True
    return False


def _drop_media(component: Json) -> bool:
    removed = False
    if (accessory := component.get("accessory")) and accessory.get("type") == THUMBNAIL:
        del component["accessory"]
        removed = True
    parts = json_objects(component.get("components"))
    kept = [part for part in parts if part.get("type") != GALLERY]
    removed |= len(kept) < len(parts)
    if parts:
        component["components"] = kept
    for part in kept:
        removed |= _drop_media(part)
    return removed


def _tidied(body: Json) -> Json | None:
    """Removes containers that became empty; None where no text remains."""
    for message in _messages(body):
        message["components"] = _tidied_parts(json_objects(message["components"]))
        if not any(_has_text(part) for part in message["components"]):
            return None
    return body


def _tidied_parts(parts: list[Json]) -> list[Json]:
    tidy: list[Json] = []
    for part in parts:
        if "components" in part:
            part["components"] = _tidied_parts(json_objects(part["components"]))
        kind = part.get("type")
        if kind == SECTION and "accessory" not in part:
            tidy.extend(part["components"])  # a section needs an accessory; its texts do not
        elif (kind in (CONTAINER, SECTION, ACTION_ROW) and not part["components"]) or (
            kind == GALLERY and not part.get("items")
        ):
            continue
        else:
            tidy.append(part)
    return tidy


def _has_text(part: Json) -> bool:
    return part.get("type") == TEXT or any(_has_text(inner) for inner in json_objects(part.get("components")))


def _messages(body: Json) -> list[Json]:
    """The body itself, or the message inside a forum post."""
    inner = body.get("message")
    return [message for message in (body, inner) if isinstance(message, dict) and "components" in message]
