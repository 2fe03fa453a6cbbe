"""The Discord client: what cogs are given, the commands' languages, and the one error handler."""

import asyncio
import hashlib
import importlib
import json
import logging
import pkgutil
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self, TypeVar

import aiohttp
import discord
from discord import app_commands
from discord.ext import commands

from bot.config import Settings
from bot.layouts.parts import NO_PINGS, Brand, notice
from bot.store.database import Database
from bot.store.guilds import Guilds
from bot.store.settings import Kept, LongSearches
from bot.text import DEFAULT_LANGUAGE, Text

if TYPE_CHECKING:
    from bot.delivery.announcer import Announcer
    from bot.feeds.watch import Watcher
    from bot.search import SearchEngine
    from bot.store.articles import Articles
    from bot.store.deliveries import Deliveries
    from bot.store.feeds import Feeds
    from bot.store.incidents import Incidents
    from bot.store.shared import SharedCards
    from bot.store.subscriptions import Subscriptions

log = logging.getLogger(__name__)

COMMANDS_KEY = "commands"
COG_PACKAGE = "cogs"
UNKNOWN_INTERACTION = 10062
LANGUAGE_OF_LOCALE = {
    discord.Locale.american_english: "en",
    discord.Locale.british_english: "en",
    discord.Locale.korean: "ko",
}

ItemT = TypeVar("ItemT", bound="discord.ui.Item[Any]")


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that cogs may ask, opened and closed by `bot.app`."""

    settings: Settings
    database: Database
    articles: "Articles"
    feeds: "Feeds"
    subscriptions: "Subscriptions"
    deliveries: "Deliveries"
    cards: "SharedCards"
    incidents: "Incidents"
    guilds: Guilds
    search: "SearchEngine"
    watcher: "Watcher"
    announcer: "Announcer"
    clock: Callable[[], float]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a person is told of an error, and how loudly the log speaks of it."""

    sentence: str
    level: int
    fields: tuple[tuple[str, object], ...] = ()


# The first that fits; what is not listed is our own fault.
VERDICTS: tuple[tuple[type[Exception] | tuple[type[Exception], ...], Verdict], ...] = (
    (app_commands.NoPrivateMessage, Verdict("common.not_in_private", logging.DEBUG)),
    (
        (app_commands.CommandNotFound, app_commands.CommandSignatureMismatch),
        Verdict("common.renewed", logging.WARNING),
    ),
    (app_commands.CheckFailure, Verdict("common.not_allowed", logging.INFO)),
    (app_commands.TransformerError, Verdict("common.bad_option", logging.INFO)),
    (TimeoutError, Verdict("common.slow", logging.WARNING)),
)


class HeraldBot(commands.AutoShardedBot):
    """The bot as Discord sees it. Cogs are found by themselves in the package `cogs`."""

    def __init__(self, services: Services, http_trace: aiohttp.TraceConfig | None = None) -> None:
        traced: dict[str, Any] = {} if http_trace is None else {"http_trace": http_trace}
        # Herald never speaks; discord.py would warn of missing voice libraries at every start.
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            tree_cls=HeraldTree,
            intents=discord.Intents(guilds=True),
            allowed_mentions=NO_PINGS,
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True),
            allowed_installs=app_commands.AppInstallationType(guild=True),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            **traced,
        )
        self.connected = asyncio.Event()
        self.services = services
        self.brand = Brand.of(services.settings)
        self.kept = Kept(services.database, services.clock)
        self.long_searches = LongSearches(services.database, services.clock)
        self._command_ids: dict[str, int] = {}

    async def setup_hook(self) -> None:
        """Loads every cog and tells Discord of the commands if they changed."""
        await self.tree.set_translator(CommandTranslator())
        for name in cog_modules():
            await self._load(name)
        await self.sync_commands()

    async def on_ready(self) -> None:
        """Says that the servers are known, so that announcing can begin."""
        log.info("logged in as %s, in %d servers", self.user, len(self.guilds))
        self.connected.set()

    async def sync_commands(self) -> None:
        """Sends the commands to Discord unless it already has exactly these."""
        digest = await self._digest()
        known = json.loads(await self.kept.get(COMMANDS_KEY) or "{}")
        if known.get("digest") == digest:
            self._command_ids = known["ids"]
            return
        try:
            synced = await self.tree.sync()
        except discord.DiscordException:
            # The commands Discord already has go on working meanwhile.
            log.exception("Discord did not accept the commands; trying again at the next start")
            return
        self._command_ids = {command.name: command.id for command in synced}
        await self.kept.put(COMMANDS_KEY, json.dumps({"digest": digest, "ids": self._command_ids}))
        log.info("told Discord of %d commands", len(synced))

    async def reopen(self) -> None:
        """Makes a closed bot ready for another start; discord.py's `clear` alone leaves two things behind."""
        self.clear()
        self.http.connector = discord.utils.MISSING  # it was closed with its session
        await self._async_setup_hook()  # a new queue of events: the old one holds the end of the first start

    def mention(self, command: str) -> str:
        """A command as something to tap, such as `/announcements setup`; code when its id is unknown."""
        identity = self._command_ids.get(command.split(" ", 1)[0])
        return f"</{command}:{identity}>" if identity else f"`/{command}`"

    async def fail(self, interaction: "discord.Interaction[Any]", error: Exception) -> None:
        """The one error handler: a sentence for the person, the cause under the same reference in the log."""
        reference = reference_of(interaction.id)
        verdict = judge(error)
        cause = _cause(error)
        log.log(
            verdict.level,
            "%s [%s] %s: %s",
            _name(interaction),
            reference,
            type(cause).__name__,
            cause,
            exc_info=cause if verdict.level >= logging.ERROR else None,
        )
        sentence = text_for(interaction)(verdict.sentence, **dict(verdict.fields), reference=reference)
        try:
            await _tell(interaction, sentence)
        except discord.HTTPException as problem:
            log.warning("[%s] could not be told to the member: %s", reference, problem)

    async def _load(self, name: str) -> None:
        try:
            await self.load_extension(name)
        except commands.ExtensionError:
            log.exception("the cog %s does not load; the others go on without it", name)

    async def _digest(self) -> str:
        translator = self.tree.translator
        payload: list[dict[str, Any]] = [
            await command.get_translated_payload(self.tree, translator) if translator else command.to_dict(self.tree)
            for command in self.tree.get_commands()
        ]
        payload.sort(key=lambda command: (command["name"], command["type"]))
        serial = json.dumps([self.application_id, payload], sort_keys=True)
        return hashlib.sha256(serial.encode()).hexdigest()


Interaction = discord.Interaction[HeraldBot]


class HeraldTree(app_commands.CommandTree[HeraldBot]):
    """The command tree; its errors go to the one handler."""

    async def on_error(self, interaction: Interaction, error: app_commands.AppCommandError) -> None:
        """Hands on what a command raised."""
        await self.client.fail(interaction, error)


class Control(discord.ui.DynamicItem[ItemT], template=r"(?!)"):
    """A button or menu whose state lives in its `custom_id`; subclasses give `template` and `use`."""

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Does what the button is for; discord.py itself would only log an error here."""
        try:
            await self.use(interaction)
        except Exception as error:  # noqa: BLE001 - the boundary where a person must be told
            await interaction.client.fail(interaction, error)

    async def use(self, interaction: Interaction) -> None:
        """What happens on a tap."""
        raise NotImplementedError


class ArticleButton(Control[discord.ui.Button[Any]], template=r"(?!)"):
    """A button about the article whose id stands in it, as `article` in the template."""

    def __init__(self, item: discord.ui.Button[Any], article: int) -> None:
        super().__init__(item)
        self.article = article

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """The button that was pressed."""
        del interaction
        assert isinstance(item, discord.ui.Button)  # noqa: S101 - the template is only ever on buttons
        return cls(item, int(match["article"]))


class CommandTranslator(app_commands.Translator):
    """Names and descriptions of commands and options in the languages of the catalogues."""

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,  # noqa: ARG002 - the signature is discord.py's
    ) -> str | None:
        """The words for a locale, None where the default words stand."""
        key = string.extras.get("key")
        language = LANGUAGE_OF_LOCALE.get(locale)
        return Text.of(language)(key) if key and language else None


def localised(key: str) -> app_commands.locale_str:
    """A name or description from the catalogues, in every language they have."""
    return app_commands.locale_str(Text.of(DEFAULT_LANGUAGE)(key), key=key)


def text_for(interaction: "discord.Interaction[Any]") -> Text:
    """The sentences in the language of the person who asked."""
    return Text.of(interaction.locale.value)


async def answer(interaction: Interaction, view: discord.ui.LayoutView, *, public: bool = False) -> None:
    """Answers with a layout, privately unless `public`; replaces what a deferred answer holds."""
    if interaction.response.is_done():
        await interaction.edit_original_response(view=view, allowed_mentions=NO_PINGS)
    else:
        await interaction.response.send_message(view=view, ephemeral=not public, allowed_mentions=NO_PINGS)


def cog_modules() -> list[str]:
    """The full names of all cogs, in order; names that begin with an underscore are helpers."""
    package = importlib.import_module(COG_PACKAGE)
    found = [module.name for module in pkgutil.iter_modules(package.__path__)]
    return [f"{COG_PACKAGE}.{name}" for name in sorted(found) if not name.startswith("_")]


def judge(error: Exception) -> Verdict:
    """Decides what to tell of an error, grouped by what can be done about it. Pure."""
    cause = _cause(error)
    if isinstance(cause, app_commands.CommandOnCooldown):
        return Verdict("common.wait", logging.DEBUG, (("seconds", max(1, round(cause.retry_after))),))
    if isinstance(cause, app_commands.BotMissingPermissions):
        names = ", ".join(name.replace("_", " ").title() for name in cause.missing_permissions)
        return Verdict("common.bot_not_allowed", logging.INFO, (("permissions", names),))
    if isinstance(cause, discord.NotFound) and cause.code == UNKNOWN_INTERACTION:
        return Verdict("common.slow", logging.WARNING)
    for kinds, verdict in VERDICTS:
        if isinstance(cause, kinds):
            return verdict
    return Verdict("common.failed", logging.ERROR)


def reference_of(interaction_id: int) -> str:
    """Six characters that a person can read out and an operator can find in the log."""
    return hashlib.blake2s(str(interaction_id).encode(), digest_size=3).hexdigest().upper()


def _cause(error: Exception) -> Exception:
    return error.original if isinstance(error, app_commands.CommandInvokeError) else error


def _name(interaction: "discord.Interaction[Any]") -> str:
    if interaction.command is not None:
        return f"/{interaction.command.qualified_name}"
    return str((interaction.data or {}).get("custom_id", interaction.type.name))


async def _tell(interaction: "discord.Interaction[Any]", sentence: str) -> None:
    if interaction.response.is_done():
        await interaction.followup.send(view=notice(sentence), ephemeral=True, allowed_mentions=NO_PINGS)
    else:
        await interaction.response.send_message(view=notice(sentence), ephemeral=True, allowed_mentions=NO_PINGS)
