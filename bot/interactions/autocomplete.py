"""Autocomplete lists: pairs of a displayed name and a value to send."""

from collections.abc import Iterable, Sequence

from discord import app_commands

from bot.interactions.typed_choices import Choice, UnknownChoiceError, parse
from bot.plain_text import clean_line, truncate

MAX_CHOICES = 25
MAX_LENGTH = 100

Pair = tuple[str, str]  # (name, value)


def matching(pairs: Iterable[Pair], typed: str) -> list[Pair]:
    """The pairs whose name or value contains the typed text; those that begin with it come first."""
    folded = typed.strip().casefold()
    fitting = [pair for pair in pairs if folded in pair[0].casefold() or folded in pair[1].casefold()]
    fitting.sort(key=lambda pair: not pair[0].casefold().startswith(folded))
    return fitting[:MAX_CHOICES]


def choose(typed: str, pairs: Sequence[Pair]) -> str:
    """The value for a typed text: a value, a name, or an unambiguous prefix.

    Raises UnknownChoiceError.
    """
    found = parse(typed.replace(",", " "), [Choice(value, name.replace(",", " ")) for name, value in pairs], "")
    if len(found) != 1:
        raise UnknownChoiceError(typed, "")
    return found[0]


def as_choices(pairs: Iterable[Pair]) -> list[app_commands.Choice[str]]:
    """The pairs as Discord choices; those beyond its limits are left out."""
    return [
        app_commands.Choice(name=truncate(clean_line(name), MAX_LENGTH), value=value)
        for name, value in pairs
        if clean_line(name) and 0 < len(value) <= MAX_LENGTH
    ][:MAX_CHOICES]
