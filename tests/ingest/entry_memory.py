"""A store of identities in memory, filled by polls of one or several feeds, without SQL or network."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bot.feeds.document import Entry
from bot.feeds.parser import UnnamedEntry, identify
from bot.ingest.dedupe import EntryDiff, diff_entries
from bot.store.identities import Known, KnownArticle, KnownIdentity


def item(title: str, url: str = "", guid: str = "", published: float | None = None, summary: str = "") -> UnnamedEntry:
    """An entry as the parser returns it; `url` is a path or an address."""
    address = url if "://" in url else f"https://blog.example{url or '/' + title.lower().replace(' ', '-')}"
    return UnnamedEntry(Entry(address, title, summary, published=published), guid)


@dataclass
class Memory:
    """Records identities like the store; `poll` returns the titles that are new, oldest first."""

    identities: dict[tuple[str, str], KnownIdentity] = field(default_factory=dict)
    addresses: dict[str, int] = field(default_factory=dict)
    articles: dict[int, KnownArticle] = field(default_factory=dict)
    published: dict[int, float | None] = field(default_factory=dict)

    def known(self, feed: str, entries: Sequence[Entry]) -> Known:
        names = {name for entry in entries for name in (entry.identity, *entry.other_identities)}
        bases = {key.partition("#")[0] for key in self.addresses if "#" in key}
        return Known(
            feed,
            {name: found for (owner, name), found in self.identities.items() if owner == feed and name in names},
            {key: number for key, number in self.addresses.items() if key in {e.address_key for e in entries}},
            bases,
            self.articles,
        )

    def diff(self, items: Sequence[UnnamedEntry], feed: str = "blog") -> EntryDiff:
        entries = identify(items)
        return diff_entries(entries, self.known(feed, entries))

    def poll(self, items: Sequence[UnnamedEntry], feed: str = "blog") -> list[str]:
        diff = self.diff(items, feed)
        for number, article in self.articles.items():
            if article.feed == feed:
                self.articles[number] = replace(article, in_feed=number in diff.seen)
        for entry in diff.new:
            number = len(self.articles) + 1
            key = entry.key if entry.key not in self.addresses else f"{entry.key}#{number}"
            self.addresses[key] = number
            self.articles[number] = KnownArticle(number, feed, key, entry.url, entry.title, in_feed=True)
            self.published[number] = entry.published
            self._record(feed, entry, number)
        for entry, known in diff.changed:
            article = self.articles[known.article_id]
            if article.feed == feed:
                self.articles[article.id] = replace(article, title=entry.title, url=entry.url)
                self.published[article.id] = entry.published or self.published[article.id]
                if entry.key == entry.address_key:
                    self.addresses.setdefault(entry.key, article.id)
            self._record(feed, entry, article.id)
        return [entry.title for entry in diff.new]

    def _record(self, feed: str, entry: Entry, number: int) -> None:
        for identity in entry.lasting_identities:
            self.identities[feed, identity] = KnownIdentity(number, entry.content_hash, entry.published)
        feeds = self.articles[number].feeds | {feed}
        dates = frozenset(date for date in (entry.published, self.published[number]) if date)
        self.articles[number] = replace(self.articles[number], feeds=feeds, dates=dates)
