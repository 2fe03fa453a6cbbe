"""`python -m tests.tools.configuration_reference`: writes the manual's reference of every key.

Names, kinds and defaults come from the settings themselves, the meanings from `config.example.toml`.
"""

import re
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from bot.config.settings import (
    ActionSettings,
    DeliverySettings,
    DiscordSettings,
    FeedSettings,
    LoggingSettings,
    MonitoringSettings,
    Settings,
    TopicSettings,
    WatchSettings,
)

ROOT = Path(__file__).parents[2]
TARGET = ROOT / ".github" / "docs" / "configuration.md"
DAY_SECONDS, HOUR_SECONDS, MINUTE_SECONDS = 86_400, 3_600, 60
TABLES: dict[str, type[BaseModel]] = {
    "": Settings,
    "discord": DiscordSettings,
    "watch": WatchSettings,
    "delivery": DeliverySettings,
    "logging": LoggingSettings,
    "monitoring": MonitoringSettings,
    "feeds": FeedSettings,
    "topics": TopicSettings,
    "actions": ActionSettings,
}
LISTS = ("feeds", "topics", "actions")
# For keys whose meaning the example explains in a paragraph instead of a remark.
MEANINGS = {
    ".homepage": "the organisation's own address; how the bot introduces itself to the sites it reads",
    ".contact": "who runs this copy, so that a site can reach you",
    ".source_url": "where the source code is; shown by `/about`",
    ".privacy_url": "the privacy policy of this copy; shown by `/about`",
    ".own_hosts": "links to these hosts carry the parameters of `[utm]`",
    ".call_hosts": "further hosts to which an article's own call to action may lead as a button",
    ".utm": "parameters for links to `own_hosts`; empty for plain links",
    "feeds.key": "a short name, used in commands and in the database; do not change it later",
    "feeds.name": "as it is shown to members",
    "feeds.url": "the address of an RSS, Atom, RDF or JSON feed",
    "feeds.poll_interval": "overrides `watch.poll_interval`",
    "feeds.language": "of articles that do not say theirs",
    "feeds.time_zone": "of dates that the feed writes without a zone",
    "topics.key": "a short name; do not change it later",
    "topics.name": "as it is shown to members",
    "topics.description": "one sentence about the topic",
    "topics.words": "words and phrases that make an article belong to it",
    "topics.names": "the name in other languages",
    "topics.descriptions": "the description in other languages",
    "actions.key": "a short name",
    "actions.label": "the text on the button",
    "actions.sentence": "what it does, in one sentence",
    "actions.url": "where the button leads",
    "actions.kind": "what sort of action it is",
    "actions.topics": "articles on these topics carry it; without topics it fits everywhere",
    "actions.from": "the first day of its season",
    "actions.until": "the last day of its season",
    "actions.labels": "the label in other languages",
    "actions.sentences": "the sentence in other languages",
}
INTRODUCTION = """# Configuration reference

Written by `python -m tests.tools.configuration_reference` from the settings; a test keeps it true.
`config.example.toml` is a complete configuration. Any key can be set from the environment, with `HERALD_` before it
and two underscores between a table and its key: `HERALD_DATABASE`, `HERALD_DELIVERY__REQUESTS_PER_SECOND`.
Durations are written `5s`, `30m`, `24h`, `1h30m`. The token is never in the file: it comes from `DISCORD_TOKEN` or
from the file that `discord.token_file` names.
"""


def reference() -> str:
    """The whole page."""
    meanings = dict(_meanings()) | MEANINGS
    parts = [INTRODUCTION]
    for table, model in TABLES.items():
        title = f"`[[{table}]]`" if table in LISTS else f"`[{table}]`" if table else "Top level"
        parts.append(f"\n## {title}\n\n| key | default | meaning |\n|-|-|-|\n")
        for name, field in model.model_fields.items():
            key = field.alias or name
            if key == "token" or (not table and key in TABLES):
                continue
            parts.append(f"| `{key}` | {_default(field)} | {meanings.get(f'{table}.{key}', '')}{_choices(field)} |\n")
    return "".join(parts)


def _meanings() -> Iterator[tuple[str, str]]:
    """The remark behind each key of the example."""
    table = ""
    for line in (ROOT / "config.example.toml").read_text("utf-8").splitlines():
        if found := re.fullmatch(r"\[+(\w+)\]+", line.strip()):
            table = found[1]
        elif found := re.match(r"(?:# )?(\w+) = .*?# ?(.+)$", line):
            yield f"{table}.{found[1]}", found[2].strip()


def _default(field: FieldInfo) -> str:
    value: Any = field.default
    if value is PydanticUndefined:
        return "required"
    if value in ((), {}, "", None):
        return "none"
    if isinstance(value, float) and "parse_duration" in repr(field.metadata):
        return f"`{_duration(value)}`"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _duration(seconds: float) -> str:
    for unit, size in (("d", DAY_SECONDS), ("h", HOUR_SECONDS), ("m", MINUTE_SECONDS)):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:g}{unit}"
    return f"{seconds:g}s"


def _choices(field: FieldInfo) -> str:
    annotation = field.annotation
    if get_origin(annotation) in (Union, types.UnionType):
        annotation = next(one for one in get_args(annotation) if one is not type(None))
    if get_origin(annotation) is not Literal:
        return ""
    return " (" + ", ".join(f"`{choice}`" for choice in get_args(annotation)) + ")"


if __name__ == "__main__":
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(reference(), "utf-8")
    sys.exit(0)
