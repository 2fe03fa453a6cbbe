"""Which entries of a feed are new, changed, or old friends under another name. Pure.

An identity is kept for ever: what vanishes and returns is not new. A new identity with a
known address is the same article.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.feeds.document import FeedEntry
from bot.store.identities import KnownIdentity


@dataclass(frozen=True, slots=True)
class Sorted:
    """A feed's entries by what is to be done with them.

    `new`, newest last; `echoes`: further entries for the address of a new one; `told`: known
    articles of which the feed says something else than before; `seen`: ids of all known ones.
    """

    new: tuple[FeedEntry, ...] = ()
    echoes: tuple[FeedEntry, ...] = ()
    told: tuple[tuple[FeedEntry, KnownIdentity], ...] = ()
    seen: tuple[int, ...] = ()


def sort_entries(
    entries: Sequence[FeedEntry], identities: Mapping[str, KnownIdentity], keys: Mapping[str, int]
) -> Sorted:
    """Sorts entries by the identities and canonical keys that are known."""
    new: dict[str, FeedEntry] = {}
    echoes: list[FeedEntry] = []
    told: list[tuple[FeedEntry, KnownIdentity]] = []
    seen: list[int] = []
    for entry in entries:
        known = _known(entry, identities, keys)
        if known is not None:
            seen.append(known.article_id)
            if known.entry_hash != entry.told:
                told.append((entry, known))
        elif entry.key in new:
            echoes.append(entry)
        else:
            new[entry.key] = entry
    return Sorted(tuple(_oldest_first(list(new.values()))), tuple(echoes), tuple(told), tuple(seen))


def _known(entry: FeedEntry, identities: Mapping[str, KnownIdentity], keys: Mapping[str, int]) -> KnownIdentity | None:
    if known := identities.get(entry.entry.identity):
        return known
    return KnownIdentity(keys[entry.key]) if entry.key in keys else None


def _oldest_first(entries: list[FeedEntry]) -> list[FeedEntry]:
    """By date where all have one; otherwise feeds list the newest first."""
    entries.reverse()
    if all(entry.entry.published is not None for entry in entries):
        entries.sort(key=lambda entry: entry.entry.published or 0.0)
    return entries
