"""One search from words to ranked article ids, inside one read of the database."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from bot.search.cluster_boost import company
from bot.search.idf import Rarities
from bot.search.query import LONGEST_QUERY, MOST_WORDS, Query, build, places
from bot.search.reranker import length_norm, scores, title_numbers
from bot.search.retrieval import candidates
from bot.search.spelling import Vocabulary, best, first_letter_variants, split_in_two
from bot.search.term_arrays import Floats, laid_out, matches
from bot.store.search.reader import IndexedDocument, Restriction, SearchReader, Term
from bot.text_analysis import DEFAULT_LANGUAGE, GLUE, PARTICLES, is_paired, pairs, word_terms, words

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


@dataclass(frozen=True, slots=True)
class Memory:
    """What is kept between searches and brought up to date by each. Touched by one thread at a time."""

    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    rarities: Rarities = field(default_factory=Rarities)


class Finder:
    """Finds article ids."""

    def __init__(self, reader: SearchReader, memory: Memory) -> None:
        self._reader = reader
        self._vocabulary, self._rarities = memory.vocabulary, memory.rarities
        self._languages = reader.languages() or [DEFAULT_LANGUAGE]
        self._totals = reader.totals()
        self._asked = set[str]()
        self._known = dict[str, Term]()
        self._vocabulary.refresh(reader)
        self._rarities.refresh(reader)

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
        query = build(asked, self._terms([term for place in asked for term in place.terms]), self._totals.documents)
        return self.rank_query(query, restriction), query

    def rank_query(self, query: Query, restriction: Restriction, linked: Collection[int] = ()) -> tuple[Ranked, ...]:
        """Ranks articles for a query; those in `linked` get a bonus of their own."""
        allowed = self._reader.allowed(restriction)
        ids = {*candidates(query, self._reader.postings, allowed, self._totals.last), *linked}
        documents = self._reader.documents(sorted(ids))
        if not documents or not query.slots:
            return ()
        parts = self._parts(query, documents)
        parts["link"] = LINKED * query.weight * np.array([one.article in linked for one in documents])
        whole = np.sum(list(parts.values()), axis=0)
        named = [tuple(zip(parts, values, strict=True)) for values in np.array(list(parts.values())).T.tolist()]
        found = zip(documents, whole.tolist(), named, strict=True)
        ranked = [Ranked(document.article, score, of) for document, score, of in found]
        return tuple(sorted(ranked, key=lambda one: (-one.score, -one.article)))

    def _parts(self, query: Query, documents: Sequence[IndexedDocument]) -> dict[str, Floats]:
        texts = laid_out(documents)
        norms = np.array([length_norm(one.length, self._totals.average_length) for one in documents])
        parts = scores(query, texts, matches(texts, query), norms, self._rarities.of(title_numbers(texts)))
        likeness = np.array([one.norm for one in documents])
        whole = np.sum(list(parts.values()), axis=0)
        return {**parts, "company": company(texts, whole, likeness, self._rarities)}

    def corrections(self, asked: Sequence[str]) -> dict[str, str]:
        """The nearest known word, or pair of words, for every word the archive does not know."""
        unknown = self._unknown(asked)[:MOST_CORRECTIONS]
        nearest = ((word, self._nearest(word)) for word in unknown)
        return {word: near for word, near in nearest if near is not None}

    def _unknown(self, asked: Sequence[str]) -> list[str]:
        distinct = [word for word in dict.fromkeys(asked) if word not in GLUE]
        readings = {word: self._readings(word) for word in distinct}
        known = self._terms([term for reading in readings.values() for term in reading])
        return [word for word in distinct if not _is_known(word, readings[word], known)]

    def _terms(self, texts: Sequence[str]) -> Mapping[str, Term]:
        # The spelling asks first, and the ranking for mostly the same terms.
        new = [text for text in texts if text not in self._asked]
        self._asked.update(new)
        self._known |= self._reader.terms(new)
        return self._known

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
        found = best(word, near, self._reader.word_documents(near))
        if found is None and not is_paired(word):
            halves = split_in_two(word, self._reader.word_documents)
            return " ".join(halves) if halves else None
        return found


def _is_known(word: str, reading: Sequence[str], known: Collection[str]) -> bool:
    return (all if is_paired(word) else any)(term in known for term in reading)
