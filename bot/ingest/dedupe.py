"""Decides which entries of a feed are new, changed, or known under another identity or address. Pure.

Identities are kept for ever, so an entry that leaves and returns is not new. Nothing depends on the
order of the entries. A guid proves nothing where title and address are both different; an address
proves something only where one entry of the document has it. An article with a new title and a new
address at once is recognised by its text.
"""

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple
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
    """A feed's entries, grouped by what to do with them, and its articles that are not among them.

    `new`, oldest first; `changed`: known articles whose entry changed or has another identity;
    `joined`: articles known from another feed that this one lists for the first time; `seen`: ids of
    all known ones; `taken`: addresses that known articles have already. `unlisted` are the feed's live articles that
    its last document listed and this one does not; `left` those of them that left while older entries stayed: moved
    or withdrawn, not pushed out.
    """

    new: tuple[Entry, ...] = ()
    changed: tuple[tuple[Entry, KnownIdentity], ...] = ()
    joined: tuple[tuple[Entry, int], ...] = ()
    seen: tuple[int, ...] = ()
    taken: frozenset[str] = frozenset()
    unlisted: tuple[KnownArticle, ...] = ()
    left: tuple[KnownArticle, ...] = ()


@dataclass(frozen=True, slots=True)
class OldText:
    """An article that is no longer in the feed, and its text."""

    article: KnownArticle
    summary: str
    passages: Sequence[Passage]


class _Place(NamedTuple):
    """The parts of an address; `name` is the last part of the path, which an article keeps when its site moves."""

    host: str
    path: str
    name: str


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
    free = [
        article
        for article in sorted(known.articles.values(), key=lambda article: article.id)
        if article.feed == known.feed and article.id not in taken and not article.withdrawn
    ]
    found = _by_title_and_date(entries, fresh, free, taken)
    matched = {index: claim.article for index, claim in claimed.items()} | found
    found |= _by_moved_site(entries, fresh, free, matched, known)
    for index, article in found.items():
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
    seen = dict.fromkeys(claimed[index].article.id for index in sorted(claimed))
    unlisted = [article for article in free if article.in_feed and article.id not in seen]
    oldest = min((entry.published for entry in entries if entry.published is not None), default=math.inf)
    return EntryDiff(
        new=tuple(new),
        changed=tuple(changed),
        joined=tuple(joined),
        seen=tuple(seen),
        taken=frozenset(known.addresses),
        unlisted=tuple(unlisted),
        left=tuple(article for article in unlisted if max(article.dates, default=0.0) > oldest),
    )


def follow(diff: EntryDiff, articles: Mapping[str, int]) -> EntryDiff:
    """Matches new entries, by key, with known articles."""
    followed = [(entry, KnownIdentity(articles[entry.key])) for entry in diff.new if entry.key in articles]
    seen = dict.fromkeys([*diff.seen, *(known.article_id for _, known in followed)])
    return replace(
        diff,
        new=tuple(entry for entry in diff.new if entry.key not in articles),
        changed=(*diff.changed, *followed),
        seen=tuple(seen),
        unlisted=tuple(article for article in diff.unlisted if article.id not in seen),
        left=tuple(article for article in diff.left if article.id not in seen),
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


def missing_articles(diff: EntryDiff, known: Known) -> list[KnownArticle]:
    """Articles of the feed that are no longer in it and may have come back as one of the new entries.

    One that may only have been pushed out counts where a new entry has its date or guid.
    """
    named = {found.article_id for entry in diff.new if (found := known.identities.get(entry.identity))}
    dates = {entry.published for entry in diff.new if entry.published is not None}
    left = {article.id for article in diff.left}
    return [
        article
        for article in diff.unlisted
        if article.id in left or article.id in named or not dates.isdisjoint(article.dates)
    ]


def find_renamed(
    diff: EntryDiff, known: Known, missing: Sequence[OldText], pages: Mapping[str, Sequence[Passage]]
) -> dict[str, int]:
    """Article ids by the key of the new entry that is that article; the most similar pairs first.

    `pages` are the new entries' passages by key.
    """
    old_words = [_quadruples(old.passages) for old in missing]
    pairs: list[tuple[float, str, int]] = []
    for entry in diff.new:
        words, summary = _quadruples(pages.get(entry.key, ())), letters(entry.summary)
        recorded = known.identities.get(entry.identity)
        for old, before in zip(missing, old_words, strict=True):
            same_guid = recorded is not None and recorded.article_id == old.article.id
            needed = SAME_TEXT if same_guid or entry.published in old.article.dates else EQUAL_TEXT
            long_enough = min(len(words), len(before)) >= MIN_QUADRUPLES
            likeness = 2 * len(words & before) / (len(words) + len(before)) if long_enough else 0.0
            if not words and needed == SAME_TEXT and len(summary) >= MIN_SUMMARY:
                likeness = float(summary == letters(old.summary))
            if likeness >= needed:
                pairs.append((-likeness, entry.key, old.article.id))
    found: dict[str, int] = {}
    for _, key, article_id in sorted(pairs):
        if key not in found and article_id not in found.values():
            found[key] = article_id
    return found


def _claims(index: int, entry: Entry, known: Known) -> Iterable[_Claim]:
    """The articles that an entry may be: by each of its identities, and by its address."""
    title = title_key(entry.title)
    is_position = POSITION.fullmatch(entry.identity) is not None
    shared = entry.key != entry.address_key or entry.address_key in known.shared
    for identity in (entry.identity, *entry.other_identities):
        found = known.identities.get(identity)
        article = known.articles.get(found.article_id) if found else None
        if not found or not article:
            continue
        own_addresses = {article.key.partition("#")[0], canonical_key(article.url) if is_web_url(article.url) else ""}
        same_address = known.addresses.get(entry.address_key) == article.id or entry.address_key in own_addresses
        if identity.startswith(TITLE_IDENTITY):
            same_date = found.entry_published == entry.published
            proves = same_date and (is_position or found.entry_published is not None)
            score = 4 if entry.identity.startswith(TITLE_IDENTITY) else 3 if proves else 0
        elif article.withdrawn:
            score = 5 if same_address or not is_position else 0
        elif title == title_key(article.title):
            score = 7 if same_address else 6
        elif same_address and not shared:
            score = 5
        else:
            # Where the address is shared, neither it nor a position in the list identifies an entry.
            vague = is_position or entry.identity.startswith(entry.address_key)
            score = 4 if same_address and identity == entry.identity and not vague else 0
        if score:
            yield _Claim(score, index, article, found, own=identity == entry.identity)
    article = known.articles.get(known.addresses.get(entry.address_key, 0))
    same_title = article is not None and title == title_key(article.title)
    if article is not None and (same_title or not shared):
        yield _Claim(6 if same_title else 2, index, article, KnownIdentity(article.id), own=False)


def _by_title_and_date(
    entries: Sequence[Entry], fresh: Sequence[int], free: Sequence[KnownArticle], taken: Collection[int]
) -> dict[int, KnownArticle]:
    """Matches entries with articles that are no longer in the document and have the same title and date.

    Where a feed gives no dates, the old entry must have left from between others: the last one may only have been
    pushed out.
    """
    first_taken = min(taken, default=math.inf)
    by_words: dict[tuple[str, float | None], list[KnownArticle]] = {}
    for article in free:
        undated = not article.dates and article.in_feed and article.id > first_taken
        for date in article.dates or ([None] if undated else []):
            by_words.setdefault((title_key(article.title), date), []).append(article)
    found: dict[int, KnownArticle] = {}
    used: set[int] = set()
    for index in sorted(fresh, key=lambda index: entries[index].identity):
        same = by_words.get((title_key(entries[index].title), entries[index].published), [])
        article = next((article for article in same if article.id not in used), None)
        if article is not None:
            found[index] = article
            used.add(article.id)
    return found


def _by_moved_site(
    entries: Sequence[Entry],
    fresh: Sequence[int],
    free: Sequence[KnownArticle],
    matched: Mapping[int, KnownArticle],
    known: Known,
) -> dict[int, KnownArticle]:
    """Matches entries with articles that have another address because their site has moved.

    It has where most entries of the document are at another host than their article: those `matched`, and those with
    the path of a known article at another host, or with a title and a last part of the path that only one known
    article has. Otherwise the path alone proves nothing, and the title has to be the same.
    """
    unmatched = [index for index in fresh if index not in matched and entries[index].key == entries[index].address_key]
    if not unmatched:
        return {}
    places = [_place(entry.key) for entry in entries]
    listed = Counter((title_key(entry.title), place.name) for entry, place in zip(entries, places, strict=True))
    old_places = {article.id: _place(article.key) for article in known.articles.values()}
    names = Counter((title_key(article.title), old_places[article.id].name) for article in known.articles.values())
    by_path: dict[str, list[KnownArticle]] = {}
    by_name: dict[tuple[str, str], KnownArticle] = {}
    for article in free:
        by_path.setdefault(old_places[article.id].path, []).append(article)
        name = (title_key(article.title), old_places[article.id].name)
        if names[name] == 1 and name[1]:
            by_name[name] = article
    moved: dict[int, list[KnownArticle]] = {}
    same_title: dict[int, list[KnownArticle]] = {}
    for index in unmatched:
        place = places[index]
        name = (title_key(entries[index].title), place.name)
        at_path = by_path.get(place.path, [])
        renamed = [by_name[name]] if listed[name] == 1 and name in by_name else []
        is_elsewhere = any(old_places[article.id].host != place.host for article in at_path)
        if renamed or (is_elsewhere and place.path not in ("", "/")):
            moved[index] = [*at_path, *renamed]
            same_title[index] = [article for article in at_path if title_key(article.title) == name[0]]
    matched_elsewhere = sum(old_places[article.id].host != places[index].host for index, article in matched.items())
    site_moved = len(moved) + matched_elsewhere >= max(2, MOVED_SHARE * len(entries))
    found: dict[int, KnownArticle] = {}
    used = {article.id for article in matched.values()}
    for index, articles in (moved if site_moved else same_title).items():
        article = next((article for article in articles if article.id not in used), None)
        if article is not None:
            found[index] = article
            used.add(article.id)
    return found


def _place(key: str) -> _Place:
    parts = urlsplit(key)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return _Place(parts.netloc, path, parts.path.rstrip("/").rpartition("/")[2].partition(".")[0])


def _quadruples(passages: Iterable[Passage]) -> Quadruples:
    words = WORD.findall(" ".join(f"{passage.heading} {passage.text}" for passage in passages).casefold())
    return frozenset(tuple(words[at : at + 4]) for at in range(len(words) - 3))
