"""Identities (guids, addresses) by which entries are recognised as known articles."""

import hashlib
import json
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bot.feeds.document import Entry
from bot.store.database import Row, Store, Transaction

ERASED = "erased:"  # begins the stored names of articles whose words were erased
MAX_VALUES = 200  # of one statement; a feed may have thousands of identities of hundreds of bytes
MAX_REUSES = 1_000  # of one identity for articles at one address


def erased_name(name: str) -> str:
    """The hash that replaces a guid, key or address of an erased article, so that it is recognised again."""
    if not name or name.startswith(ERASED):
        return name
    return f"{ERASED}{hashlib.sha256(name.encode('utf-8', 'replace')).hexdigest()[:32]}"


@dataclass(frozen=True, slots=True)
class KnownIdentity:
    """An identity a feed has used before.

    `entry_hash` is the hash of the feed's last entry with it, empty when it came from elsewhere;
    `entry_published` that entry's date.
    """

    article_id: int
    entry_hash: str = ""
    entry_published: float | None = None


@dataclass(frozen=True, slots=True)
class KnownArticle:
    """The properties by which a stored article is recognised.

    `feed` is the one it belongs to, `feeds` all that have listed it; `dates` are its own and
    the last one of each entry.
    """

    id: int
    feed: str
    key: str
    url: str
    title: str
    in_feed: bool = False
    withdrawn: bool = False
    feeds: frozenset[str] = frozenset()
    dates: frozenset[float] = frozenset()


@dataclass(frozen=True, slots=True)
class Known:
    """The stored facts about the entries of a document of `feed`.

    `identities` of this feed; `addresses`: article ids by canonical address, aliases included;
    `shared`: addresses that belong to several articles; `articles`: all that are mentioned in the
    two, all that the latest good poll had, and all of this feed with the title or the path of an entry.
    """

    feed: str
    identities: Mapping[str, KnownIdentity] = field(default_factory=dict[str, KnownIdentity])
    addresses: Mapping[str, int] = field(default_factory=dict[str, int])
    shared: Collection[str] = ()
    articles: Mapping[int, KnownArticle] = field(default_factory=dict[int, KnownArticle])


_BY_KEYS = (
    "SELECT key, id FROM articles WHERE key IN (SELECT value FROM json_each(?1))"
    " UNION ALL SELECT key, article FROM article_aliases WHERE key IN (SELECT value FROM json_each(?1))"
)


class Identities(Store):
    """Every identity ever seen, kept for ever."""

    async def known_keys(self, keys: Sequence[str], tx: Transaction | None = None) -> dict[str, int]:
        """Article ids by canonical address, aliases included, from all feeds and imports.

        As `tx` sees them, where it is given.
        """
        rows = await (tx or self._database).all(_BY_KEYS, (json.dumps([*keys, *map(erased_name, keys)]),))
        return {key: row["id"] for key, row in _by_name(keys, rows).items()}

    async def known_guids(self, tx: Transaction, guids: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
        """Article ids by feed and guid, those of erased articles included."""
        asked = [(feed, guid, erased_name(guid)) for feed, guid in guids]
        rows = await tx.all(
            "SELECT value ->> 0 AS of_feed, value ->> 1 AS guid, article FROM json_each(?)"
            " JOIN identities ON feed = value ->> 0 AND identity IN (value ->> 1, value ->> 2)",
            (json.dumps(asked),),
        )
        return {(row["of_feed"], row["guid"]): row["article"] for row in rows}

    async def known(self, feed: str, entries: Sequence[Entry]) -> Known:
        """The stored facts by which these entries may be recognised."""
        return await self._database.read(lambda connection: _known(connection, feed, entries))

    async def free(self, tx: Transaction, feed: str, entries: Sequence[Entry]) -> list[str]:
        """Makes room for the articles of new entries: takes their identities from the articles that had them.

        Returns their keys, with a suffix where another article has that address. The identities and the keys of the
        entries are distinct.
        """
        await tx.executemany(
            "DELETE FROM identities WHERE feed = ? AND identity IN (?, ?)",
            [(feed, entry.identity, erased_name(entry.identity)) for entry in entries],
        )
        taken = await self.known_keys([entry.key for entry in entries], tx)
        return [await self._with_suffix(tx, entry) if entry.key in taken else entry.key for entry in entries]

    async def _with_suffix(self, tx: Transaction, entry: Entry) -> str:
        # A feed may use one identity for several articles at one address, one after the other.
        for use in range(MAX_REUSES):
            name = f"{entry.identity}\0{use}" if use else entry.identity
            suffix = hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:16]
            free = f"{entry.key.partition('#')[0]}#{suffix}"
            if not await self.known_keys([free], tx):
                return free
        raise ValueError(f"an identity names more than {MAX_REUSES} articles at one address")

    async def add_alias(self, tx: Transaction, key: str, article_id: int) -> None:
        """Records a further address of an article; a known address keeps its article."""
        if not await self.known_keys([key], tx):
            await tx.execute("INSERT OR IGNORE INTO article_aliases (key, article) VALUES (?, ?)", (key, article_id))

    async def record(self, tx: Transaction, feed: str, entries: Sequence[tuple[Entry, int]]) -> None:
        """Records the identities of entries, each with its article's id, and what they say, in this order.

        Those of an erased article stay erased. What the feed said before under the other identities of an article
        is forgotten: it may say that again, as an edit.
        """
        hidden = {name: erased_name(name) for entry, _ in entries for name in entry.lasting_identities}
        rows = await tx.all(
            "SELECT identity FROM identities WHERE feed = ? AND identity IN (SELECT value FROM json_each(?))",
            (feed, json.dumps(list(hidden.values()))),
        )
        erased = {row["identity"] for row in rows}
        last = {article_id: entry for entry, article_id in entries}
        recorded: list[tuple[str, str, int, str, float | None]] = []
        for entry, article_id in entries:
            for name in entry.lasting_identities:
                stored = hidden[name] if hidden[name] in erased else name
                says = entry.content_hash if last[article_id] is entry and stored == name else ""
                recorded.append((feed, stored, article_id, says, entry.published))
        await tx.executemany(
            "UPDATE identities SET entry_hash = '' WHERE article = ? AND feed = ? AND entry_hash != ''",
            [(article_id, feed) for article_id in last],
        )
        await tx.executemany(
            "INSERT INTO identities (feed, identity, article, entry_hash, entry_published)"
            " VALUES (?1, ?2, ?3, ?4, ?5)"
            " ON CONFLICT (feed, identity) DO UPDATE SET article = ?3, entry_hash = ?4, entry_published = ?5",
            recorded,
        )


def _about(connection: sqlite3.Connection, sql: str, values: Sequence[str | int], *rest: str) -> list[Row]:
    """The rows of a query about many values, in several statements: SQLite copies the values of each."""
    return [
        row
        for start in range(0, len(values), MAX_VALUES)
        for row in connection.execute(sql, (json.dumps(values[start : start + MAX_VALUES]), *rest))
    ]


def _by_name(names: Iterable[str], rows: Iterable[Row]) -> dict[str, Row]:
    """The row of each name, which begins with it or, once its article is erased, with its hash."""
    found = {row[0]: row for row in rows}
    by_name = ((name, found.get(name) or found.get(erased_name(name))) for name in names)
    return {name: row for name, row in by_name if row is not None}


def _known(connection: sqlite3.Connection, feed: str, entries: Sequence[Entry]) -> Known:
    names = [name for entry in entries for name in (entry.identity, *entry.other_identities)]
    recorded = _about(
        connection,
        "SELECT identity, article, entry_hash, entry_published FROM identities"
        " WHERE identity IN (SELECT value FROM json_each(?)) AND feed = ?",
        [*names, *map(erased_name, names)],
        feed,
    )
    identities = {
        name: KnownIdentity(row["article"], row["entry_hash"], row["entry_published"])
        for name, row in _by_name(names, recorded).items()
    }
    keys = list({entry.address_key for entry in entries})
    stored = _about(connection, _BY_KEYS, [*keys, *map(erased_name, keys)])
    addresses = {key: row["id"] for key, row in _by_name(keys, stored).items()}
    shared = _about(
        connection,
        "SELECT value FROM json_each(?) WHERE EXISTS"
        " (SELECT 1 FROM articles WHERE key >= value || '#' AND key < value || '$')",
        keys,
    )
    similar = connection.execute("SELECT id, key FROM articles WHERE feed = ? AND in_feed = 1", (feed,)).fetchall()
    similar += _about(
        connection,
        "SELECT id, key FROM articles WHERE title IN (SELECT value FROM json_each(?)) AND feed = ?",
        [entry.title for entry in entries],
        feed,
    )
    # The paths of unknown entries at every host that the feed's articles have.
    hosts: set[str] = {urlsplit(str(row["key"])).netloc for row in similar}
    unknown = [
        urlsplit(entry.address_key)
        for entry in entries
        if entry.identity not in identities and entry.address_key not in addresses
    ]
    elsewhere = [parts._replace(netloc=host).geturl() for parts in unknown for host in hosts]
    similar += _about(connection, _BY_KEYS, [*elsewhere, *map(erased_name, elsewhere)])
    ids = {row["id"] for row in similar} | {*addresses.values()}
    ids |= {known.article_id for known in identities.values()}
    articles = _known_articles(connection, sorted(ids))
    return Known(feed, identities, addresses, frozenset(row["value"] for row in shared), articles)


def _known_articles(connection: sqlite3.Connection, ids: Sequence[int]) -> dict[int, KnownArticle]:
    names = _about(
        connection,
        "SELECT article, feed, entry_published FROM identities WHERE article IN (SELECT value FROM json_each(?))",
        ids,
    )
    feeds: defaultdict[int, set[str]] = defaultdict(set)
    dates: defaultdict[int, set[float | None]] = defaultdict(set)
    for row in names:
        feeds[row["article"]].add(row["feed"])
        dates[row["article"]].add(row["entry_published"])
    articles = _about(
        connection,
        "SELECT id, feed, key, url, title, published, in_feed, state FROM articles"
        " WHERE id IN (SELECT value FROM json_each(?))",
        ids,
    )
    return {
        row["id"]: KnownArticle(
            id=row["id"],
            feed=row["feed"],
            key=row["key"],
            url=row["url"],
            title=row["title"],
            in_feed=bool(row["in_feed"]),
            withdrawn=row["state"] == "withdrawn",
            feeds=frozenset(feeds[row["id"]]),
            dates=frozenset(date for date in (row["published"], *dates[row["id"]]) if date),
        )
        for row in articles
    }
