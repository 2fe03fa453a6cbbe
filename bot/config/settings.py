"""Settings: one TOML file, the environment above it, and their errors in plain sentences.

Any key can be set by the environment as `HERALD_<KEY>`, two underscores between a table and
its key (`HERALD_DELIVERY__REQUESTS_PER_SECOND=40`). The Discord token comes from `DISCORD_TOKEN` or from the
file named by `discord.token_file`, never from the configuration itself.
"""

import codecs
import os
import re
import tomllib
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot.config.errors import ConfigError, explain
from bot.config.types import Day, Duration, Interval, Key, TimeZone, WebUrl, Words
from bot.models import Action, Topic

ENVIRONMENT_PREFIX = "HERALD_"
TOKEN_VARIABLE = "DISCORD_TOKEN"


PASTE_MARKS = "\ufeff\u200b\"'`\u201c\u201d \t\r\n"  # what may surround a pasted token

AUTHORIZATION_SCHEME = re.compile(r"^bot(\s+|$)", re.IGNORECASE)


class Section(BaseModel):
    """A table of the file: unknown keys are refused, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class FeedSettings(Section):
    """An address to poll; `poll_interval` overrides `watch.poll_interval`, in seconds.

    `time_zone` is that of dates which the feed writes without one; when it is not set: UTC, or Seoul for
    a feed in Korean.
    """

    key: Key
    name: str = Field(min_length=1, max_length=80)
    url: WebUrl
    poll_interval: Interval | None = None
    language: str = ""
    time_zone: TimeZone | None = None


class TopicSettings(Section):
    """A subject of the taxonomy, as written in the file."""

    key: Key
    name: str = Field(min_length=1, max_length=80)
    description: str = Field(max_length=300)
    words: Words
    names: dict[str, str] = {}
    descriptions: dict[str, str] = {}


class ActionSettings(Section):
    """A thing a reader can do, as written in the file."""

    key: Key
    label: str = Field(min_length=1, max_length=80)
    sentence: str = Field(min_length=1, max_length=300)
    url: WebUrl
    kind: Literal["donate", "pledge", "monthly", "learn", "subscribe", "share", "volunteer", "other"]
    topics: tuple[str, ...] = ()
    season_from: Day = Field(default="", alias="from")
    season_until: Day = Field(default="", alias="until")
    labels: dict[str, str] = {}
    sentences: dict[str, str] = {}


class DiscordSettings(Section):
    """How to reach Discord."""

    token_file: Path | None = None
    announcement_channel: int | None = Field(default=None, ge=1, le=2**63 - 1)


class WatchSettings(Section):
    """How feeds are polled and pages checked. Times in seconds, sizes in bytes."""

    poll_interval: Interval = 1_800.0
    request_timeout: Duration = 30.0
    max_response_bytes: int = Field(default=5_000_000, ge=10_000, le=100_000_000)
    page_timeout: Duration = 60.0
    page_delay: Duration = 1.0
    backfill: bool = True
    hold_articles: int = Field(default=5, ge=1)
    hold_age: Duration = 1_209_600.0
    withdraw_after: Duration = 180.0
    parser_timeout: Duration = 10.0
    parser_memory_bytes: int = Field(default=536_870_912, ge=134_217_728)


class DeliverySettings(Section):
    """How announcements are sent. Times in seconds."""

    requests_per_second: float = Field(default=49.0, gt=0, le=50)
    nonce_window: Duration = 120.0
    catch_up_articles: int = Field(default=5, ge=1)
    catch_up_age: Duration = 1_209_600.0
    withdrawn_posts: Literal["notice", "delete"] = "notice"
    erase_after: Duration = 86_400.0
    reinstate_servers: tuple[int, ...] = ()
    publishes_per_hour: int = Field(default=10, ge=1)
    edits_per_hour: int = Field(default=3, ge=1)
    invalid_request_budget: int = Field(default=1_000, ge=10, le=9_000)
    keep_left_servers: Duration = 2_592_000.0
    keep_settled: Duration = 7_776_000.0
    incident_delay: Duration = 15.0
    request_timeout: Duration = 30.0


class MonitoringSettings(Section):
    """Where `/healthz` and `/metrics` are served; port 0 disables them."""

    address: str = "127.0.0.1"
    port: int = Field(default=0, ge=0, le=65_535)


class LoggingSettings(Section):
    """What is logged and in which format."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["text", "json"] = "text"


class Settings(BaseSettings):
    """Everything an operator can choose. Read it with `load`."""

    model_config = SettingsConfigDict(
        extra="forbid",
        frozen=True,
        env_prefix=ENVIRONMENT_PREFIX,
        env_nested_delimiter="__",
        populate_by_name=True,
    )

    organisation: str = Field(min_length=1, max_length=80)
    language: Literal["en", "ko"] = "en"
    time_zone: TimeZone = "UTC"
    database: Path = Path("herald.db")
    homepage: WebUrl
    contact: str = Field(min_length=3, max_length=200)
    source_url: WebUrl
    privacy_url: WebUrl
    own_hosts: tuple[str, ...] = ()
    call_hosts: tuple[str, ...] = ()
    utm_parameters: dict[str, str] = Field(default={}, alias="utm")
    discord: DiscordSettings = DiscordSettings()
    watch: WatchSettings = WatchSettings()
    delivery: DeliverySettings = DeliverySettings()
    logging: LoggingSettings = LoggingSettings()
    monitoring: MonitoringSettings = MonitoringSettings()
    feeds: Annotated[tuple[FeedSettings, ...], Field(min_length=1)]
    topic_settings: tuple[TopicSettings, ...] = Field(default=(), alias="topics")
    action_settings: tuple[ActionSettings, ...] = Field(default=(), alias="actions")
    token: SecretStr | None = Field(default=None, exclude=True)

    @cached_property
    def topics(self) -> tuple[Topic, ...]:
        """The taxonomy, in the file's order."""
        return tuple(
            Topic(
                one.key,
                one.name,
                one.description,
                one.words,
                names=tuple(one.names.items()),
                descriptions=tuple(one.descriptions.items()),
            )
            for one in self.topic_settings
        )

    @cached_property
    def actions(self) -> tuple[Action, ...]:
        """What readers can do, in the file's order."""
        return tuple(
            Action(
                one.key,
                one.label,
                one.sentence,
                one.url,
                one.kind,
                topics=one.topics,
                season_from=one.season_from,
                season_until=one.season_until,
                labels=tuple(one.labels.items()),
                sentences=tuple(one.sentences.items()),
            )
            for one in self.action_settings
        )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file, which arrives as the initial values."""
        return env_settings, init_settings


def load(path: Path) -> Settings:
    """Reads the file, with the environment above it. Raises ConfigError."""
    try:
        table = tomllib.loads(read_text(path))
    except FileNotFoundError:
        raise ConfigError(
            path, "", "there is no such file; copy config.example.toml to it, or name another with --config"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        problem = f"the file cannot be read ({error}); check its permissions and encoding (UTF-8)"
        raise ConfigError(path, "", problem) from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(path, "", f"this is not valid TOML: {error}; correct that line") from None
    return from_table(table, path)


def from_table(table: dict[str, Any], path: Path) -> Settings:
    """The settings that the file at `path` has with this content. Raises ConfigError."""
    discord = cast("object", table.get("discord"))
    if "token" in table or (isinstance(discord, dict) and "token" in discord):
        key = "token" if "token" in table else "discord.token"
        problem = f"a token is a secret and must not stand here; put it into {TOKEN_VARIABLE} instead"
        raise ConfigError(path, key, problem)
    try:
        settings = Settings(**table)
    except ValidationError as error:
        (key, problem), *further = explain(error, known_keys, os.environ)
        raise ConfigError(path, key, problem, *further) from None
    _check_references(settings, path)

    # Paths are relative to the configuration.
    discord = settings.discord
    if discord.token_file:
        discord = discord.model_copy(update={"token_file": path.parent / discord.token_file})
    return settings.model_copy(
        update={
            "database": path.parent / settings.database,
            "discord": discord,
            "token": _find_token(settings, path),
        }
    )


def known_keys(location: tuple[str, ...]) -> list[str]:
    """The keys that the table at `location` may contain (list positions left out)."""
    tables: dict[str, type[BaseModel]] = {
        "discord": DiscordSettings,
        "watch": WatchSettings,
        "delivery": DeliverySettings,
        "logging": LoggingSettings,
        "monitoring": MonitoringSettings,
        "feeds": FeedSettings,
        "topics": TopicSettings,
        "actions": ActionSettings,
    }
    model = tables.get(location[0], Settings) if location else Settings
    return [field.alias or name for name, field in model.model_fields.items() if name != "token"]


def _check_references(settings: Settings, path: Path) -> None:
    """Rules that span several entries of the file."""
    for name, keys in (
        ("feeds", [feed.key for feed in settings.feeds]),
        ("topics", [topic.key for topic in settings.topics]),
        ("actions", [action.key for action in settings.actions]),
    ):
        doubles = sorted({key for key in keys if keys.count(key) > 1})
        if doubles:
            raise ConfigError(path, f"{name}.key", f'"{doubles[0]}" is used twice; give each its own key')
    topics = {topic.key for topic in settings.topics}
    for action in settings.actions:
        for topic in action.topics:
            if topic not in topics:
                problem = f'there is no topic "{topic}"; use one of the keys under [[topics]]'
                raise ConfigError(path, f"actions.{action.key}.topics", problem)


def read_text(path: Path) -> str:
    """A text file as editors save it: UTF-8, with or without a byte order mark, or UTF-16 with one.

    Raises OSError or UnicodeDecodeError.
    """
    content = path.read_bytes()
    encoding = "utf-16" if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    return content.decode(encoding)


def bare_token(text: str) -> str:
    """The token alone, however it was pasted: with quotes, line ends, a byte order mark or `Bot ` before it."""
    return AUTHORIZATION_SCHEME.sub("", text.strip(PASTE_MARKS), count=1).strip(PASTE_MARKS)


def _find_token(settings: Settings, path: Path) -> SecretStr | None:
    token, source = bare_token(os.environ.get(TOKEN_VARIABLE, "")), TOKEN_VARIABLE
    if not token:
        if settings.discord.token_file is None:
            return None
        file, source = path.parent / settings.discord.token_file, "discord.token_file"
        try:
            token = bare_token(read_text(file))
        except (OSError, UnicodeDecodeError):
            problem = f'"{file}" cannot be read; create it with the token inside, or set {TOKEN_VARIABLE}'
            raise ConfigError(path, source, problem) from None
        if not token:
            raise ConfigError(path, source, f'"{file}" is empty; write the token into it')
    # One word of printable ASCII; anything else could not even be sent.
    if not (token.isascii() and token.isprintable()) or " " in token:
        problem = "this is not a token; copy it again from the developer portal, alone on one line"
        raise ConfigError(path, source, problem)
    return SecretStr(token)
