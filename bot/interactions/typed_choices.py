"""What people type into options: a choice, or a list such as `women, markets`, completed while they type."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from discord import app_commands

from bot.plain_text import clean_line, truncate

MAX_VALUE_LENGTH = 100  # of a suggestion's value and name, Discord's documentation
MAX_SUGGESTIONS = 25
SEPARATORS = str.maketrans(";、，\n", ",,,,")  # noqa: RUF001 - what Korean and Japanese keyboards give
ALL = "all"


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that can be chosen: the key we store and the name people read."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Choices:
    """All configured topics and feeds in order, named in one language."""

    topics: tuple[Choice, ...]
    feeds: tuple[Choice, ...]


class UnknownChoiceError(Exception):
    """A word that names no choice; `near` is the closest name, empty when none is close."""

    def __init__(self, word: str, near: str) -> None:
        self.word, self.near = word, near
        super().__init__(f"nothing is called {word!r}")


def matching(choices: Iterable[Choice], typed: str) -> list[Choice]:
    """The choices whose name or key contains the typed text; those that begin with it come first."""
    folded = typed.strip().casefold()
    found = [choice for choice in choices if _fits(folded, choice)]
    return sorted(found, key=lambda choice: not choice.name.casefold().startswith(folded))[:MAX_SUGGESTIONS]


def as_choices(choices: Iterable[Choice]) -> list[app_commands.Choice[str]]:
    """The choices as Discord takes them; those beyond its limits are left out."""
    return [
        app_commands.Choice(name=truncate(clean_line(choice.name), MAX_VALUE_LENGTH), value=choice.key)
        for choice in choices
        if clean_line(choice.name) and 0 < len(choice.key) <= MAX_VALUE_LENGTH
    ][:MAX_SUGGESTIONS]


def choose(typed: str, choices: Iterable[Choice]) -> str:
    """The key for a typed text: a key, a name, or an unambiguous prefix. Raises UnknownChoiceError."""
    found = parse(typed.replace(",", " "), [Choice(one.key, one.name.replace(",", " ")) for one in choices], "")
    if len(found) != 1:
        raise UnknownChoiceError(typed, "")
    return found[0]


def parse(typed: str, choices: Sequence[Choice], all_name: str = ALL) -> tuple[str, ...]:
    """The keys of a typed list, in order; empty means everything. Raises UnknownChoiceError.

    A word may be a key, a name, or an unambiguous prefix.
    """
    words = [word for part in typed.translate(SEPARATORS).split(",") if (word := part.strip())]
    if any(word.casefold() in (ALL, all_name.casefold()) for word in words):
        return ()
    return tuple(dict.fromkeys(_find(word, choices).key for word in words))


def suggest(typed: str, choices: Sequence[Choice], all_name: str) -> list[Choice]:
    """Suggested continuations: the current list plus one more; a suggestion's key is the text to send."""
    *done, open_word = (word.strip() for word in typed.translate(SEPARATORS).split(","))
    folded = {word.casefold() for word in done}
    chosen = [choice for choice in choices if {choice.key.casefold(), choice.name.casefold()} & folded]
    rest = [choice for choice in choices if choice not in chosen and _fits(open_word, choice)]
    lists = [[*chosen, choice] for choice in rest]
    if chosen and not open_word:
        lists.insert(0, chosen)

    everything = Choice(ALL, all_name)
    found = [everything] if not chosen and _fits(open_word, everything) else []
    for together in lists:
        key = ", ".join(choice.key for choice in together)
        name = ", ".join(choice.name for choice in together)
        if len(key) <= MAX_VALUE_LENGTH:
            shown = name if len(name) <= MAX_VALUE_LENGTH else f"… {name[-(MAX_VALUE_LENGTH - 2) :]}"
            found.append(Choice(key, shown))
    return found[:MAX_SUGGESTIONS]


def names(keys: Sequence[str], choices: Sequence[Choice]) -> str:
    """The names for stored keys, with commas; a key that is no longer configured is shown as it is."""
    known = {choice.key: choice.name for choice in choices}
    return ", ".join(known.get(key, key) for key in keys)


def _find(word: str, choices: Sequence[Choice]) -> Choice:
    folded = word.casefold()
    for choice in choices:
        if folded in (choice.key.casefold(), choice.name.casefold()):
            return choice
    begun = [
        choice
        for choice in choices
        if choice.key.casefold().startswith(folded) or choice.name.casefold().startswith(folded)
    ]
    if len(begun) == 1:
        return begun[0]
    near = get_close_matches(folded, [choice.name.casefold() for choice in choices], n=1)
    raise UnknownChoiceError(word, next((c.name for c in choices if near and c.name.casefold() == near[0]), ""))


def _fits(word: str, choice: Choice) -> bool:
    folded = word.casefold()
    return folded in choice.key.casefold() or folded in choice.name.casefold()
