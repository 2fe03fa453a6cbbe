"""The Discord client: loads cogs, registers commands, handles errors."""

import asyncio
import importlib
import logging
import os
import pkgutil
from functools import partial
from typing import Any

import aiohttp
import discord
from discord import app_commands
from discord.ext import commands
from yarl import URL

from bot.client.command_access import CommandAccess, read_overrides
from bot.client.command_registration import CommandRegistration
from bot.client.errors import UserFacingError, classify_error, reference_of
from bot.client.localisation import CommandTranslator, text_for
from bot.client.services import Services
from bot.client.shards import IndependentShards
from bot.http.proxies import Proxies
from bot.i18n import Catalogue
from bot.interactions.share_limits import ShareLimits
from bot.layouts.components import NO_PINGS, Brand, notice
from bot.store.key_value import KeyValueStore
from bot.store.saved_searches import SavedSearches

log = logging.getLogger(__name__)


COG_PACKAGE = "cogs"
DISCORD = URL("https://discord.com/")


class HeraldBot(IndependentShards):
    """The bot's Discord client. It loads every module of the package `cogs`."""

    def __init__(self, services: Services, http_trace: aiohttp.TraceConfig | None = None) -> None:
        traced: dict[str, Any] = {} if http_trace is None else {"http_trace": http_trace}
        # Herald uses no voice; discord.py would warn about missing voice libraries at every start.
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            tree_cls=HeraldTree,
            intents=discord.Intents(guilds=True, webhooks=True),
            allowed_mentions=NO_PINGS,
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True),
            allowed_installs=app_commands.AppInstallationType(guild=True),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            proxy=Proxies.from_environment(os.environ).for_url(DISCORD) or None,
            **traced,
        )
        self.services = services
        self.brand = Brand.of(services.settings)
        self.kept = KeyValueStore(services.database, services.clock)
        self.long_searches = SavedSearches(services.database, services.clock)
        self.registration = CommandRegistration(self.tree, self.kept)
        self.command_access = CommandAccess(partial(read_overrides, self))
        self.share_limits = ShareLimits()
        # While somebody types, only the last answer is shown: one task for each member and command.
        self.autocompletions: dict[tuple[int, str], asyncio.Task[object]] = {}

    async def setup_hook(self) -> None:
        """Loads every cog and registers the commands."""
        await self.tree.set_translator(CommandTranslator())
        for name in cog_modules():
            try:
                await self.load_extension(name)
            except commands.ExtensionError:
                log.exception("the cog %s could not be loaded; the others are not affected", name)
        await self.registration.start()

    async def close(self) -> None:
        """Also stops registering commands."""
        await self.registration.stop()
        await super().close()

    async def on_raw_app_command_permissions_update(self, payload: discord.RawAppCommandPermissionsUpdateEvent) -> None:
        """A server changed who may use commands: its settings are read again at the next press."""
        self.command_access.forget(payload.guild.id)

    def catalogue(self, language: str) -> Catalogue:
        """The sentences of a language or a Discord locale, in which commands can be tapped."""
        return Catalogue(Catalogue.of(language).language, self.registration.mentions)

    async def handle_error(self, interaction: "discord.Interaction[Any]", error: Exception) -> None:
        """Handles every error: a sentence for the person, the cause under the same reference in the log.

        The sentence is a message of its own, so that the choices on the page of a control are kept.
        """
        reference = reference_of(interaction.id)
        cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
        if isinstance(cause, UserFacingError):
            view = cause.view
        else:
            verdict = classify_error(cause)
            if interaction.command is not None:
                used = f"/{interaction.command.qualified_name}"
            else:
                custom_id = str((interaction.data or {}).get("custom_id", interaction.type.name))
                used = ":".join(custom_id.split(":", 2)[:2])  # what follows may be words of a member
            log.log(
                verdict.level,
                "%s [%s] %s: %s",
                used,
                reference,
                type(cause).__name__,
                cause,
                exc_info=cause if verdict.level >= logging.ERROR else None,
            )
            view = notice(text_for(interaction)(verdict.sentence, reference=reference))
        try:
            if interaction.response.is_done():
                await interaction.followup.send(view=view, ephemeral=True, allowed_mentions=NO_PINGS)
            else:
                await interaction.response.send_message(view=view, ephemeral=True, allowed_mentions=NO_PINGS)
        except discord.HTTPException as problem:
            log.warning("[%s] could not be shown to the member: %s", reference, problem)
            return
        if isinstance(cause, UserFacingError) and interaction.command is not None:
            # A refusal answers the command, and what follows an answered command follows it too.
            self.dispatch("app_command_completion", interaction, interaction.command)


Interaction = discord.Interaction[HeraldBot]


class HeraldTree(app_commands.CommandTree[HeraldBot]):
    """The command tree; it passes errors to the bot's handler and drops superseded autocompletions."""

    async def interaction_check(self, interaction: Interaction, /) -> bool:
        """Cancels the member's older autocompletion of the same command: its read still waits for its turn.

        discord.py calls this in the task of each interaction, before its command.
        """
        task = asyncio.current_task()
        if interaction.type is discord.InteractionType.autocomplete and task is not None:
            key = (interaction.user.id, str((interaction.data or {}).get("name")))
            older = self.client.autocompletions.get(key)
            if older is not None and older is not task:
                older.cancel()
            self.client.autocompletions[key] = task
            task.add_done_callback(
                lambda done: (
                    self.client.autocompletions.pop(key) if self.client.autocompletions.get(key) is done else None
                )
            )
        return True

    async def on_error(self, interaction: Interaction, error: app_commands.AppCommandError) -> None:
        """Passes a command's error to the one handler."""
        await self.client.handle_error(interaction, error)


async def answer(interaction: Interaction, view: discord.ui.LayoutView, *, public: bool = False) -> None:
    """Responds with a layout, privately unless `public`; completes a deferred response."""
    if interaction.response.is_done():
        await interaction.edit_original_response(view=view, allowed_mentions=NO_PINGS)
    else:
        await interaction.response.send_message(view=view, ephemeral=not public, allowed_mentions=NO_PINGS)


async def replace_page(interaction: Interaction, view: discord.ui.LayoutView) -> None:
    """Shows another layout in the message whose control was used; completes a deferred response."""
    if interaction.response.is_done():
        await interaction.edit_original_response(view=view, allowed_mentions=NO_PINGS)
    else:
        await interaction.response.edit_message(view=view, allowed_mentions=NO_PINGS)


def cog_modules() -> list[str]:
    """The full names of all cogs, in order; modules whose names begin with an underscore are helpers."""
    package = importlib.import_module(COG_PACKAGE)
    found = [module.name for module in pkgutil.iter_modules(package.__path__)]
    return [f"{COG_PACKAGE}.{name}" for name in sorted(found) if not name.startswith("_")]
