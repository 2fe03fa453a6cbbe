"""One search from words to ranked article ids, inside one read of the database."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from bot.search.company import company, leaders, often_used
from bot.search.query import LONGEST_QUERY, MOST_WORDS, Query, build, places, rarity
from bot.search.ranking import Scored, Scorer, candidates
from bot.search.spelling import Vocabulary, best, first_letter_variants, split_in_two
from bot.store.search import Restriction, SearchReader
from bot.words import DEFAULT_LANGUAGE, GLUE, PARTICLES, is_paired, pairs, word_terms, words

MOST_CORRECTIONS = 5  # unknown words looked up in one query
LINKED = 0.3  # of a query's whole weight, for an article that another one links to


@dataclass(frozen=True, slots=True)
class Ranked:
    """An article's place in a ranking, and the named parts its score is made of."""

    article: int
    score: float
    parts: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A ranking: the query as understood, words replaced (typed, used), and articles best first."""

    query: Query
    words: tuple[str, ...]
    replaced: tuple[tuple[str, str], ...]
    ranked: tuple[Ranked, ...]


class Finder:
    """Finds article ids. `vocabulary` is kept between searches and brought up to date by each."""

    def __init__(self, reader: SearchReader, vocabulary: Vocabulary) -> None:
        self._reader = reader
        self._vocabulary = vocabulary
        self._languages = reader.languages() or [DEFAULT_LANGUAGE]

    def find(self, text: str, restriction: Restriction = Restriction(), *, literal: bool = False) -> Found:  # noqa: B008 - frozen
        """The ranking for a person's words. `literal` leaves the spelling alone."""
        asked = words(text[:LONGEST_QUERY])[:MOST_WORDS]
        replaced = {} if literal else self.corrections(asked)
        used = [part for word in asked for part in replaced.get(word, word).split()]
        ranked, query = self.rank(used, restriction)
        return Found(query, tuple(used), tuple(replaced.items()), ranked)

    def rank(self, used: Sequence[str], restriction: Restriction) -> tuple[tuple[Ranked, ...], Query]:
        """Ranks articles for words taken as they are."""
        asked = places(used, self._languages)
        known = self._reader.term_documents(term for place in asked for term in place.terms)
        query = build(asked, known, self._reader.totals().documents)
        return self.rank_query(query, restriction), query

    def rank_query(self, query: Query, restriction: Restriction, linked: Collection[int] = ()) -> tuple[Ranked, ...]:
        """Ranks articles for a query; those in `linked` get a bonus of their own."""
        allowed = self._reader.allowed(restriction)
        promising = candidates(query, self._reader.postings, allowed)
        ids = {article for article, _ in promising}.union(linked)
        totals = self._reader.totals()
        documents = self._reader.documents(list(ids))
        titles = self._rarities((term for one in documents for term in one.title_terms.split()), totals.documents)
        scorer = Scorer(query, totals.average_length, titles)
        scored = [scorer.scored(document) for document in documents]
        ranked = [
            Ranked(one.article, one.score + bonus, (*one.parts, ("company", bonus)))
            for one, bonus in zip(scored, self._company(scored, totals.documents), strict=True)
        ]
        ranked = [_with_link(one, LINKED * query.weight) if one.article in linked else one for one in ranked]
        return tuple(sorted(ranked, key=lambda one: (-one.score, -one.article)))

    def _company(self, scored: Sequence[Scored], total: int) -> list[float]:
        best = leaders(scored)
        return company(scored, best, self._rarities((term for one in best for term in often_used(one)), total))

    def _rarities(self, terms: Iterable[str], total: int) -> dict[str, float]:
        return {term: rarity(count, total) for term, count in self._reader.term_documents(terms).items()}

    def corrections(self, asked: Sequence[str]) -> dict[str, str]:
        """The nearest known word, or pair of words, for every word the archive does not know."""
        self._vocabulary.add(self._reader.words_after(self._vocabulary.last))
        unknown = self._unknown(asked)[:MOST_CORRECTIONS]
        nearest = ((word, self._nearest(word)) for word in unknown)
        return {word: near for word, near in nearest if near is not None}

    def _unknown(self, asked: Sequence[str]) -> list[str]:
        distinct = [word for word in dict.fromkeys(asked) if word not in GLUE]
        readings = {word: self._readings(word) for word in distinct}
        known = self._reader.term_documents(term for reading in readings.values() for term in reading)
        return [word for word in distinct if not _is_known(word, readings[word], known)]

    def _readings(self, word: str) -> list[str]:
        if is_paired(word):
            found = pairs(word)
            # A noun is known whatever particle clings to it.
            return list(found[:-1] if len(found) > 1 and word[-1] in PARTICLES else found)
        return list(dict.fromkeys(term for language in self._languages for term in word_terms(word, language)))

    def _nearest(self, word: str) -> str | None:
        near = self._vocabulary.near(word)
        if not near:
            near = dict.fromkeys(first_letter_variants(word), 1)
        found = best(near, self._reader.word_documents(near))
        if found is None and not is_paired(word):
            halves = split_in_two(word, self._reader.word_documents)
            return " ".join(halves) if halves else None
        return found


def _is_known(word: str, reading: Sequence[str], known: Collection[str]) -> bool:
    return (all if is_paired(word) else any)(term in known for term in reading)


def _with_link(one: Ranked, bonus: float) -> Ranked:
    return Ranked(one.article, one.score + bonus, (*one.parts, ("link", bonus)))
