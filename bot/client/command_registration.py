"""Registers the slash commands with Discord at every start, and keeps trying until it succeeds.

Registering unchanged commands does not count against the daily limit, while anyone with the same
application may have overwritten or removed them, so they are registered at every start.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import discord
from discord import app_commands

from bot.client.localisation import LANGUAGE_OF_LOCALE, CommandTranslator
from bot.durations import backoff
from bot.store.key_value import KeyValueStore

log = logging.getLogger(__name__)

COMMAND_IDS_KEY = "commands"
FIRST_ATTEMPT_SECONDS = 5.0  # how long a start waits for the registration before it continues without it
FIRST_RETRY = 2.0
MAX_RETRY = 60.0
FAILURES = (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError)
SUBCOMMANDS = (discord.AppCommandOptionType.subcommand.value, discord.AppCommandOptionType.subcommand_group.value)
SERVER_ONLY = app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False)


class CommandRegistration:
    """Sends the command tree to Discord; `ids` are those of the registered commands, by name.

    `mentions` are the commands to tap, by their full names in every language.
    """

    def __init__(
        self,
        tree: app_commands.CommandTree[Any],
        store: KeyValueStore,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._tree, self._store, self._sleep = tree, store, sleep
        self._task: asyncio.Task[None] | None = None
        self.ids: dict[str, int] = {}
        self.mentions: dict[str, str] = {}

    async def start(self) -> None:
        """Registers the commands; retries in the background when Discord does not accept them soon."""
        self.ids = json.loads(await self._store.get(COMMAND_IDS_KEY) or "{}").get("ids", {})
        for command in self._tree.get_commands():
            if isinstance(command, app_commands.Command | app_commands.Group) and command.guild_only:
                command.allowed_contexts = SERVER_ONLY  # the tree's own contexts would offer it in private messages
        await self._name_commands()
        await self.stop()
        self._task = asyncio.create_task(self._register())
        await asyncio.wait([self._task], timeout=FIRST_ATTEMPT_SECONDS)

    async def stop(self) -> None:
        """Stops trying."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _register(self) -> None:
        failures = 0
        while True:
            try:
                registered = await self._tree.sync()
            except FAILURES as error:
                failures += 1
                wait = backoff(failures, FIRST_RETRY, MAX_RETRY)
                log.warning("commands not registered (%s), next attempt in %.0f s", error, wait)
                await self._sleep(wait)
            else:
                break
        self.ids = {command.name: command.id for command in registered}
        await self._store.put(COMMAND_IDS_KEY, json.dumps({"ids": self.ids}))
        await self._name_commands()
        log.info("registered %d commands", len(registered))

    async def _name_commands(self) -> None:
        for command in self._tree.get_commands():
            if command.name in self.ids and not isinstance(command, app_commands.ContextMenu):
                payload = await command.get_translated_payload(self._tree, CommandTranslator())
                paths = [path for path, _ in leaves(payload)]
                for locale in LANGUAGE_OF_LOCALE:
                    typed = (path for path, _ in leaves(payload, locale=locale.value))
                    self.mentions |= {
                        words: f"</{path}:{self.ids[command.name]}>" for words, path in zip(typed, paths, strict=True)
                    }


def leaves(payload: dict[str, Any], above: str = "", locale: str = "") -> list[tuple[str, dict[str, Any]]]:
    """What can be called of a command as Discord knows it, itself or its subcommands, with the full name.

    The names are those of a locale, else the ones under which Discord registers them.
    """
    names: dict[str, str] = payload.get("name_localizations") or {}
    path = f"{above} {names.get(locale, payload['name'])}".strip()
    below = [option for option in payload.get("options", []) if option["type"] in SUBCOMMANDS]
    return [leaf for option in below for leaf in leaves(option, path, locale)] if below else [(path, payload)]
