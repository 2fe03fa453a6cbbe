"""Extracts the text of a message, layouts included."""

import re
from collections.abc import Iterable, Iterator

import discord

from bot.interactions.custom_ids import MORE, RELATED
from bot.plain_text import clean_line, truncate

MAX_CHARACTERS = 4_000
ADDRESS = re.compile(r"https?://\S+")  # also the end of a masked link: addresses are not searched for

Component = discord.Component


def article_id_of(message: discord.Message) -> int | None:
    """The article whose card this message is; None for any other message."""
    buttons = (part.custom_id or "" for part in _parts(message.components) if isinstance(part, discord.Button))
    found = (RELATED.fullmatch(button) or MORE.fullmatch(button) for button in buttons)
    return next((int(match["article"]) for match in found if match), None)


def message_text(message: discord.Message) -> str:
    """The message's words in one line: its text, its embeds, its cards, and what it forwards."""
    pieces: list[str] = []
    for said in (message, *message.message_snapshots):
        pieces.append(said.content)
        for embed in said.embeds:
            pieces += [embed.title or "", embed.description or ""]
        pieces += [part.content for part in _parts(said.components) if isinstance(part, discord.TextDisplay)]
    return truncate(clean_line(ADDRESS.sub(" ", " ".join(pieces))), MAX_CHARACTERS)


def _parts(components: Iterable[Component]) -> Iterator[Component]:
    """Every component, at any depth."""
    for component in components:
        yield component
        yield from _parts(getattr(component, "children", ()))
