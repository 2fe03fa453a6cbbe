"""Recognises articles that got a new title and a new address at once, by their text. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.ingest.dedupe import EntryDiff, no_longer_listed
from bot.models import Passage
from bot.plain_text import letters
from bot.store.identities import Known, KnownArticle

SAME_TEXT = 0.6  # shared word quadruples, of a corrected article with the same date or guid
EQUAL_TEXT = 0.85  # of one whose date and guid changed as well
MIN_QUADRUPLES = 25  # a shorter text proves nothing
MIN_SUMMARY = 40  # letters
WORD = re.compile(r"\w+")

Quadruples = frozenset[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class OldText:
    """The text of a stored article."""

    summary: str
    passages: Sequence[Passage]


def missing_articles(diff: EntryDiff, known: Known, left: Sequence[KnownArticle]) -> list[KnownArticle]:
    """Articles of the feed that are no longer in it and may have come back as one of the new entries.

    `left` are those that were not pushed out; others count where a new entry has their date or guid.
    """
    named = {found.article_id for entry in diff.new if (found := known.identities.get(entry.identity))}
    dates = {entry.entry.published for entry in diff.new if entry.entry.published is not None}
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
            needed = SAME_TEXT if same_guid or entry.entry.published in article.dates else EQUAL_TEXT
            before = old_words[article.id]
            long_enough = min(len(words), len(before)) >= MIN_QUADRUPLES
            likeness = 2 * len(words & before) / (len(words) + len(before)) if long_enough else 0.0
            summary = letters(entry.entry.summary)
            if not words and needed == SAME_TEXT and len(summary) >= MIN_SUMMARY:
                likeness = float(summary == letters(old[article.id].summary))
            if likeness >= needed:
                pairs.append((-likeness, entry.key, article.id))
    found: dict[str, int] = {}
    for _, key, article_id in sorted(pairs):
        if key not in found and article_id not in found.values():
            found[key] = article_id
    return found


def _quadruples(passages: Iterable[Passage]) -> Quadruples:
    words = WORD.findall(" ".join(f"{passage.heading} {passage.text}" for passage in passages).casefold())
    return frozenset(tuple(words[at : at + 4]) for at in range(len(words) - 3))
