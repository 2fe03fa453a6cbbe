"""The sentences that people read, from the catalogues in `bot/locales/<language>/<subject>.toml`.

A sentence is named `subject.key` and filled with `str.format` fields. A key with a `one` and an
`other` form is chosen by the field `count`; Korean needs only `other`. A command is written in a sentence
as people type it in that language (`` `/announcements status` ``).
"""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

from bot.plain_text import primary_subtag

DEFAULT_LANGUAGE = "en"
LANGUAGES = ("en", "ko")

PluralForms = dict[str, str]
COMMAND = re.compile(r"`/([^`]+)`")
NO_MENTIONS: Mapping[str, str] = MappingProxyType({})


class Catalogue:
    """The sentences of one language. `Catalogue.of("ko")` for Korean; an unknown language is English.

    `command_mentions` are what Discord shows as commands to tap, by the words people type. Discord opens, and
    shows, only the names under which commands are registered (discord-api-docs #5462, #5518).
    """

    def __init__(self, language: str, command_mentions: Mapping[str, str] = NO_MENTIONS) -> None:
        self.language = language
        self._sentences, self._command_mentions = messages(language), command_mentions

    @staticmethod
    @cache
    def of(language: str) -> "Catalogue":
        """The catalogue for a language code or a Discord locale such as `en-GB` or `ko`."""
        code = primary_subtag(language)
        return Catalogue(code if code in LANGUAGES else DEFAULT_LANGUAGE)

    def __call__(self, key: str, **fields: object) -> str:
        """The sentence `key` with its fields filled in. Raises KeyError for an unknown key."""
        forms = self._sentences[key]
        form = "one" if fields.get("count") == 1 and "one" in forms else "other"
        sentence = forms[form]
        if self._command_mentions and "`/" in sentence:
            sentence = COMMAND.sub(lambda found: self._command_mentions.get(found[1], found[0]), sentence)
        return sentence.format(**fields)


@cache
def messages(language: str) -> dict[str, PluralForms]:
    """All sentences of a language by their full key, each with its plural forms."""
    found: dict[str, PluralForms] = {}
    for file in (resources.files("bot") / "locales" / language).iterdir():
        if file.name.endswith(".toml"):
            subject = file.name.removesuffix(".toml")
            found.update(_flatten(subject, tomllib.loads(file.read_text("utf-8"))))
    return found


def _flatten(prefix: str, table: dict[str, Any]) -> dict[str, PluralForms]:
    flat: dict[str, PluralForms] = {}
    for key, value in table.items():
        name = f"{prefix}.{key}"
        if isinstance(value, str):
            flat[name] = {"other": value}
        elif "other" in value:
            flat[name] = {form: str(sentence) for form, sentence in value.items()}
        else:
            flat.update(_flatten(name, value))
    return flat
