"""Languages of commands and of replies."""

from typing import Any

import discord
from discord import app_commands

from bot.i18n import DEFAULT_LANGUAGE, Catalogue

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


def text_for(interaction: "discord.Interaction[Any]") -> Catalogue:
    """The sentences in the language of the person who asked; commands in them can be tapped."""
    return interaction.client.catalogue(interaction.locale.value)
