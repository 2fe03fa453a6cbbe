"""Chooses the identity of each entry, by which it is recognised in the next document. Pure.

Nothing here depends on the order of the entries. A guid or an address identifies an entry only
where no other entry of the document has it; otherwise title, date and summary do.
"""

import hashlib
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from bot.feeds.document import TITLE_IDENTITY, Entry
from bot.urls import canonical_key, is_tracking

MAX_IDENTITY = 500
TEXT_FRAGMENT = ":~:"


@dataclass(frozen=True, slots=True)
class UnnamedEntry:
    """A clean entry before it has an identity; `guid` and `date` as the feed wrote them, empty when it did not.

    `linked` is False where the feed gives it no address and its site's is used instead.
    """

    entry: Entry
    guid: str = ""
    date: str = ""
    linked: bool = True


@dataclass(frozen=True, slots=True)
class _Signals:
    unnamed: UnnamedEntry
    address: str  # canonical, without the fragment
    place: str  # the same with the fragment, where that identifies the entry
    title: str
    title_forms: tuple[str, ...]  # identities made from the title, the shortest first


def identify(entries: Iterable[UnnamedEntry]) -> list[Entry]:
    """The entries with their identities; exact repetitions of another entry are left out."""
    order = [(number, _signals(unnamed)) for number, unnamed in enumerate(entries)]
    distinct: dict[object, tuple[int, _Signals]] = {}
    for number, signals in sorted(order, key=lambda found: (found[1].unnamed.guid, repr(found[1].unnamed))):
        entry = signals.unnamed.entry
        reader_sees = signals.place, signals.title, entry.published, entry.summary
        distinct.setdefault(reader_sees, (number, signals))
    kept = [signals for _, signals in sorted(distinct.values(), key=lambda found: found[0])]
    guids = Counter(one.unnamed.guid for one in kept)
    pairs = Counter((one.unnamed.guid, one.place) for one in kept)
    addresses, places = Counter(one.address for one in kept), Counter(one.place for one in kept)
    titles = Counter(form for one in kept for form in one.title_forms)

    found: list[Entry] = []
    for one in kept:
        entry, guid = one.unnamed.entry, one.unnamed.guid
        by_title = [form for form in one.title_forms if titles[form] == 1]
        shared = addresses[one.address] > 1 or not one.unnamed.linked
        if guid and guids[guid] == 1:
            names = [guid, f"{guid} {one.place}", f"{guid} {one.address}"]
        elif guid:
            by_place = [f"{guid} {one.place}"] if pairs[guid, one.place] == 1 else []
            names = [*by_place, *(f"{guid} {form}" for form in by_title), guid]
        else:
            parts = urlsplit(one.place)
            more_than_host = parts.path not in ("", "/") or bool(parts.query or parts.fragment)
            by_place = [one.place] if places[one.place] == 1 and more_than_host else []
            names = [*by_place, *by_title, one.address, _digest(entry.title, one.unnamed.date)]

        wanted = [*names, *(by_title if shared else [])]
        names = list(dict.fromkeys(name if len(name) <= MAX_IDENTITY else _digest(name) for name in wanted))
        key = f"{one.address}#{_digest(names[0])[:16]}" if shared else one.address
        found.append(
            replace(
                entry,
                identity=names[0],
                other_identities=tuple(names[1:]),
                key=key,
                address_key=one.address,
                content_hash=content_hash(entry),
            )
        )
    return found


def title_key(title: str) -> str:
    """The title as an identity: case and white space are folded, every other character counts ("C" is not "C++")."""
    return " ".join(unicodedata.normalize("NFKC", title).casefold().split())


def content_hash(entry: Entry) -> str:
    """Changes with everything a reader can notice; pictures count by path, as many addresses are signed each time."""
    said = {
        "identity": "",  # as in the hashes that are stored
        "url": entry.url,
        "title": entry.title,
        "summary": entry.summary,
        "author": entry.author,
        "published": entry.published,
        "language": entry.language,
        "image": urlsplit(entry.image.url)._replace(query="", fragment="").geturl() if entry.image else "",
    }
    return hashlib.sha256(json.dumps(said, ensure_ascii=True, sort_keys=True).encode()).hexdigest()[:32]


def _signals(unnamed: UnnamedEntry) -> _Signals:
    entry = unnamed.entry
    address, title, fragment = canonical_key(entry.url), title_key(entry.title), urlsplit(entry.url).fragment
    means = fragment and TEXT_FRAGMENT not in fragment and not is_tracking(re.split("[=-]", fragment)[0])
    place = f"{address}#{fragment}" if means else address
    parts = [address, title, repr(entry.published), entry.summary]
    forms = tuple(f"{TITLE_IDENTITY}{_digest(*parts[:length])}" for length in (2, 3, 4))
    return _Signals(unnamed, address, place, title, forms)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()
