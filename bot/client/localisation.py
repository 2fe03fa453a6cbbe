"""Languages of commands and of replies."""

from collections.abc import Callable
from typing import Any, TypeVar

import discord
from discord import app_commands

from bot.i18n import DEFAULT_LANGUAGE, Catalogue

T = TypeVar("T")

LANGUAGE_OF_LOCALE = {
    discord.Locale.american_english: "en",
    discord.Locale.british_english: "en",
    discord.Locale.korean: "ko",
}


class CommandTranslator(app_commands.Translator):
    """Names and descriptions of commands and options in the languages of the catalogues."""

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,  # noqa: ARG002 - the signature is discord.py's
    ) -> str | None:
        """The text in a locale; None where the default is used."""
        key = string.extras.get("key")
        language = LANGUAGE_OF_LOCALE.get(locale)
        return Catalogue.of(language)(key) if key and language else None


def localised(key: str) -> app_commands.locale_str:
    """A name or description from the catalogues, in every language they have."""
    return app_commands.locale_str(Catalogue.of(DEFAULT_LANGUAGE)(key), key=key)


def localised_options(group: str, *names: str) -> Callable[[T], T]:
    """Names and describes the options of a command, given by their names in the code, in every language."""
    rename = app_commands.rename(**{name: localised(f"{group}.option_name.{name}") for name in names})
    describe = app_commands.describe(**{name: localised(f"{group}.option.{name}") for name in names})
    return lambda command: rename(describe(command))


def text_for(interaction: "discord.Interaction[Any]") -> Catalogue:
    """The sentences in the language of the person who asked; commands in them can be tapped."""
    return interaction.client.catalogue(interaction.locale.value)
