"""Decides which entries of a feed are new, changed, or known under another identity or address. Pure.

Identities are kept for ever, so an entry that leaves and returns is not new. Nothing depends on the
order of the entries. A guid proves nothing where title and address are both different; an address
proves something only where one entry of the document has it. An article with a new title and a new
address at once is recognised by its text.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from bot.feeds.document import TITLE_IDENTITY, Entry, title_key
from bot.models import Passage
from bot.plain_text import letters
from bot.store.identities import Known, KnownArticle, KnownIdentity
from bot.urls import canonical_key, is_web_url

# A guid that is a position in the list: with the next item it identifies another one.
POSITION = re.compile(r"\d{1,4}")
MOVED_SHARE = 0.5  # share of a document's entries with the same paths at another host: the site has moved
MIN_ENTRIES_FOR_GAP = 2  # a feed of one entry never overlaps, however often it is polled
SAME_TEXT = 0.6  # shared word quadruples, of a corrected article with the same date or guid
EQUAL_TEXT = 0.85  # of one whose date and guid changed as well
MIN_QUADRUPLES = 25  # a shorter text proves nothing
MIN_SUMMARY = 40  # letters
MAX_TOGETHER = 100  # new entries stored together: the drafts and the index of all are in memory
WORD = re.compile(r"\w+")

Quadruples = frozenset[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class EntryDiff:
    """A feed's entries, grouped by what to do with them.

    `new`, oldest first; `changed`: known articles whose entry changed or has another identity;
    `joined`: articles known from another feed that this one lists for the first time; `seen`: ids of
    all known ones; `taken`: addresses that known articles have already.
    """

    new: tuple[Entry, ...] = ()
    changed: tuple[tuple[Entry, KnownIdentity], ...] = ()
    joined: tuple[tuple[Entry, int], ...] = ()
    seen: tuple[int, ...] = ()
    taken: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class OldText:
    """The text of a stored article."""

    summary: str
    passages: Sequence[Passage]


@dataclass(frozen=True, slots=True)
class _Claim:
    """A possible match of an entry with a known article; better evidence has a higher score."""

    score: int
    index: int
    article: KnownArticle
    known: KnownIdentity
    own: bool  # by an identity that this feed has recorded for exactly this entry


def diff_entries(entries: Sequence[Entry], known: Known) -> EntryDiff:
    """Matches entries with known articles by the best evidence; each article is matched by one entry."""
    claims = [claim for index, entry in enumerate(entries) for claim in _claims(index, entry, known)]
    claims.sort(key=lambda claim: (-claim.score, entries[claim.index].identity, entries[claim.index].key))
    claimed: dict[int, _Claim] = {}
    taken: set[int] = set()
    repeated: set[int] = set()
    for claim in claims:
        if claim.index in claimed or claim.index in repeated:
            continue
        if claim.article.id not in taken:
            claimed[claim.index] = claim
            taken.add(claim.article.id)
        elif claim.own:
            repeated.add(claim.index)
    fresh = [index for index in range(len(entries)) if index not in claimed and index not in repeated]
    for index, article in _aliases(entries, fresh, claimed, known).items():
        claimed[index] = _Claim(0, index, article, KnownIdentity(article.id), own=False)
    # Feeds list the newest first; dates decide where every new entry has one.
    new = [entries[index] for index in reversed(fresh) if index not in claimed]
    if all(entry.published is not None for entry in new):
        new.sort(key=lambda entry: entry.published or 0.0)
    changed: list[tuple[Entry, KnownIdentity]] = []
    joined: list[tuple[Entry, int]] = []
    for index in sorted(claimed):
        entry, claim = entries[index], claimed[index]
        recorded = known.identities.get(entry.identity)
        is_recorded = recorded is not None and recorded.article_id == claim.article.id
        if not is_recorded or claim.known.entry_hash != entry.content_hash:
            changed.append((entry, claim.known))
        article = claim.article
        if article.feed != known.feed and known.feed not in article.feeds and not article.withdrawn:
            joined.append((entry, article.id))
    return EntryDiff(
        new=tuple(new),
        changed=tuple(changed),
        joined=tuple(joined),
        seen=tuple(dict.fromkeys(claimed[index].article.id for index in sorted(claimed))),
        taken=frozenset(known.addresses),
    )


def follow(diff: EntryDiff, articles: Mapping[str, int]) -> EntryDiff:
    """Matches new entries, by key, with known articles."""
    followed = [(entry, KnownIdentity(articles[entry.key])) for entry in diff.new if entry.key in articles]
    return replace(
        diff,
        new=tuple(entry for entry in diff.new if entry.key not in articles),
        changed=(*diff.changed, *followed),
        seen=tuple(dict.fromkeys([*diff.seen, *(known.article_id for _, known in followed)])),
    )


def groups_to_store(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """Entries in their order, in groups to store together: in none do two have one key or one identity.

    Of entries with one identity, each takes it from the one before.
    """
    group: list[Entry] = []
    names: set[str] = set()
    for entry in entries:
        if len(group) == MAX_TOGETHER or not names.isdisjoint((entry.key, entry.identity)):
            yield group
            group, names = [], set[str]()
        group.append(entry)
        names |= {entry.key, entry.identity}
    if group:
        yield group


def has_gap(diff: EntryDiff, entries: Sequence[Entry], known: Known) -> bool:
    """Whether the document has no entry of the last poll, so that entries in between may have been missed.

    Not reported for a feed whose items have no pages: a backfill could not find them.
    """
    had_entries = any(
        article.feed == known.feed and article.in_feed and "#" not in article.key for article in known.articles.values()
    )
    own_pages = [entry for entry in entries if entry.key == entry.address_key]
    return had_entries and not diff.seen and len(own_pages) >= MIN_ENTRIES_FOR_GAP


def no_longer_listed(diff: EntryDiff, known: Known) -> list[KnownArticle]:
    """The feed's live articles that its last document listed and this one does not."""
    seen = set(diff.seen)
    return [
        article
        for article in known.articles.values()
        if article.feed == known.feed and article.in_feed and not article.withdrawn and article.id not in seen
    ]


def left_articles(diff: EntryDiff, entries: Sequence[Entry], known: Known) -> list[KnownArticle]:
    """Articles that left the feed while older entries stayed: moved or withdrawn, not pushed out."""
    oldest = min((entry.published for entry in entries if entry.published is not None), default=math.inf)
    return [article for article in no_longer_listed(diff, known) if max(article.dates, default=0.0) > oldest]


def missing_articles(diff: EntryDiff, known: Known, left: Sequence[KnownArticle]) -> list[KnownArticle]:
    """Articles of the feed that are no longer in it and may have come back as one of the new entries.

    `left` are those that were not pushed out; others count where a new entry has their date or guid.
    """
    named = {found.article_id for entry in diff.new if (found := known.identities.get(entry.identity))}
    dates = {entry.published for entry in diff.new if entry.published is not None}
    certain = {article.id for article in left}
    return [
        article
        for article in no_longer_listed(diff, known)
        if article.id in certain or article.id in named or not dates.isdisjoint(article.dates)
    ]


def find_renamed(
    diff: EntryDiff,
    known: Known,
    missing: Sequence[KnownArticle],
    old: Mapping[int, OldText],
    pages: Mapping[str, Sequence[Passage]],
) -> dict[str, int]:
    """Article ids by the key of the new entry that is that article; the most similar pairs first.

    `old` are the texts of `missing`, `pages` the new entries' passages by key.
    """
    old_words = {article_id: _quadruples(text.passages) for article_id, text in old.items()}
    pairs: list[tuple[float, str, int]] = []
    for entry in diff.new:
        words = _quadruples(pages.get(entry.key, ()))
        recorded = known.identities.get(entry.identity)
        for article in missing:
            same_guid = recorded is not None and recorded.article_id == article.id
            needed = SAME_TEXT if same_guid or entry.published in article.dates else EQUAL_TEXT
            before = old_words[article.id]
            long_enough = min(len(words), len(before)) >= MIN_QUADRUPLES
            likeness = 2 * len(words & before) / (len(words) + len(before)) if long_enough else 0.0
            summary = letters(entry.summary)
            if not words and needed == SAME_TEXT and len(summary) >= MIN_SUMMARY:
                likeness = float(summary == letters(old[article.id].summary))
            if likeness >= needed:
                pairs.append((-likeness, entry.key, article.id))
    found: dict[str, int] = {}
    for _, key, article_id in sorted(pairs):
        if key not in found and article_id not in found.values():
            found[key] = article_id
    return found


def _claims(index: int, entry: Entry, known: Known) -> Iterable[_Claim]:
    shared = entry.key != entry.address_key or entry.address_key in known.shared
    for identity in (entry.identity, *entry.other_identities):
        found = known.identities.get(identity)
        article = known.articles.get(found.article_id) if found else None
        if found and article and (score := _score(entry, identity, article, found, known, shared=shared)):
            yield _Claim(score, index, article, found, own=identity == entry.identity)
    article = known.articles.get(known.addresses.get(entry.address_key, 0))
    if article is not None:
        same_title = title_key(entry.title) == title_key(article.title)
        if same_title or not shared:
            yield _Claim(6 if same_title else 2, index, article, KnownIdentity(article.id), own=False)


def _score(
    entry: Entry, identity: str, article: KnownArticle, recorded: KnownIdentity, known: Known, *, shared: bool
) -> int:
    """How strongly a recorded identity indicates that the entry is that article; 0: not at all."""
    positional = POSITION.fullmatch(entry.identity) is not None
    own_addresses = {article.key.partition("#")[0], canonical_key(article.url) if is_web_url(article.url) else ""}
    same_address = known.addresses.get(entry.address_key) == article.id or entry.address_key in own_addresses
    if identity.startswith(TITLE_IDENTITY):
        if entry.identity.startswith(TITLE_IDENTITY):
            return 4
        same_date = recorded.entry_published == entry.published
        return 3 if same_date and (positional or recorded.entry_published is not None) else 0
    if article.withdrawn:
        return 5 if same_address or not positional else 0
    if title_key(entry.title) == title_key(article.title):
        return 7 if same_address else 6
    if same_address and not shared:
        return 5
    # Where the address is shared, neither it nor a position in the list identifies an entry.
    vague = positional or entry.identity.startswith(entry.address_key)
    return 4 if same_address and identity == entry.identity and not vague else 0


def _aliases(
    entries: Sequence[Entry], fresh: Sequence[int], claimed: Mapping[int, _Claim], known: Known
) -> dict[int, KnownArticle]:
    """Matches entries with known articles under a new address, guid or domain.

    Evidence: the old entry is no longer in the document and title and date are equal, or the site has moved:
    most entries of the document have the path of known articles at another host, or a title and a last part
    of the path that only one known article has. Where a feed gives no dates, the old entry must have left
    from between others: the last one may only have been pushed out.
    """
    taken = {claim.article.id for claim in claimed.values()}
    free = [
        article
        for article in known.articles.values()
        if article.feed == known.feed and article.id not in taken and not article.withdrawn
    ]
    first_known = min(taken, default=math.inf)
    names = Counter(_name(article.title, article.key) for article in known.articles.values())
    listed = Counter(_name(entry.title, entry.key) for entry in entries)
    by_name = {name: article for article in free if names[name := _name(article.title, article.key)] == 1 and name[1]}
    by_words: dict[tuple[str, float | None], list[KnownArticle]] = {}
    by_path: dict[str, list[KnownArticle]] = {}
    for article in sorted(free, key=lambda article: article.id):
        for date in article.dates:
            by_words.setdefault((title_key(article.title), date), []).append(article)
        if not article.dates and article.in_feed and article.id > first_known:
            by_words.setdefault((title_key(article.title), None), []).append(article)
        by_path.setdefault(_path(article.key), []).append(article)
    found: dict[int, KnownArticle] = {}
    used: set[int] = set()

    def take(index: int, articles: list[KnownArticle]) -> None:
        rest = [article for article in articles if article.id not in used]
        if rest:
            found[index] = rest[0]
            used.add(rest[0].id)

    for index in sorted(fresh, key=lambda index: entries[index].identity):
        entry = entries[index]
        take(index, by_words.get((title_key(entry.title), entry.published), []))

    def renamed_path(index: int) -> list[KnownArticle]:
        entry = entries[index]
        name = _name(entry.title, entry.key)
        alone = entry.key == entry.address_key and listed[name] == 1
        return [by_name[name]] if alone and name in by_name else []

    moved = [
        index for index in fresh if index not in found and (_moved(entries[index], by_path) or renamed_path(index))
    ]
    elsewhere = sum(_host(claim.article.key) != _host(entries[index].key) for index, claim in claimed.items())
    elsewhere += sum(_host(article.key) != _host(entries[index].key) for index, article in found.items())
    site_moved = len(moved) + elsewhere >= max(2, MOVED_SHARE * len(entries))
    for index in moved:
        at_path = by_path.get(_path(entries[index].key), [])
        same_title = [one for one in at_path if title_key(one.title) == title_key(entries[index].title)]
        take(index, [*at_path, *renamed_path(index)] if site_moved else same_title)
    return found


def _moved(entry: Entry, by_path: Mapping[str, list[KnownArticle]]) -> bool:
    path = _path(entry.key)
    return (
        entry.key == entry.address_key
        and path not in ("", "/")
        and any(_host(article.key) != _host(entry.key) for article in by_path.get(path, ()))
    )


def _name(title: str, key: str) -> tuple[str, str]:
    """Title and last part of the path, which an article keeps when its site changes the rest of its addresses."""
    return title_key(title), urlsplit(key).path.rstrip("/").rpartition("/")[2].partition(".")[0]


def _host(key: str) -> str:
    return urlsplit(key).netloc


def _path(key: str) -> str:
    parts = urlsplit(key)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _quadruples(passages: Iterable[Passage]) -> Quadruples:
    words = WORD.findall(" ".join(f"{passage.heading} {passage.text}" for passage in passages).casefold())
    return frozenset(tuple(words[at : at + 4]) for at in range(len(words) - 3))
