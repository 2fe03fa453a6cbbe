"""One search, from a person's words to ranked article ids, inside one read of the database.

`Searcher.search` is the whole story: read the request, correct typos, weigh the words, fetch candidates,
rank them by their texts, and keep those that answer enough of what was asked.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import chain, pairwise
from math import inf

from bot.search.query.correction import Correction, Corrector
from bot.search.query.request import SearchRequest, SubjectWords, parse_request
from bot.search.query.spelling import Vocabulary, family_share, is_english
from bot.search.query.synonyms import close_words, forms, is_elsewhere, is_place, phrases_in
from bot.search.query.terms import (
    MAX_WORDS,
    Query,
    QueryToken,
    build_query,
    find_compounds,
    is_stop_word,
    tokenize,
    wider_tokens,
)
from bot.search.ranking.candidate import AUTHOR, MIN_WEIGHT, find_candidates
from bot.search.ranking.feedback import feedback_parts
from bot.search.ranking.reranker import IdfCache, Scorer
from bot.search.ranking.retrieval import CANDIDATES, retrieve
from bot.store.search.filters import SearchFilters, period_of_year
from bot.store.search.reader import IndexedDocument, SearchReader
from bot.text_analysis import is_cjk, language_code, word_terms, words

QUOTE_CANDIDATES = 200
NEWEST_CANDIDATES = 200
NO_FILTERS = SearchFilters()
MIN_PHRASE = 3  # words; two stop words in a row are everywhere
MIN_FAMILY = 5  # letters of a stem; words that share all but the last are probably related
MAX_FAMILIES = 10
MUCH_COMMONER = 2  # times as many articles as the rarest word that a phrase may be said with
MAX_VARIED = 40  # words looked up in other forms and as compounds; a longer text has enough others
SMALL_ARCHIVE = 1_000  # articles; a larger one says most things in more than one way
LISTED = 30  # articles, when the words say when and not what

LINK_BOOST = 0.3  # of a query's whole weight, for an article that another one links to
DATE_BOOST = 1.5  # of a query's whole weight, for an article of a year that the words name
TOPIC_BOOST = 0.3  # of the weight of words that name a topic, for an article of it
LANGUAGE_BOOST = 0.02  # of a query's whole weight, for an article in the asker's language
OWN_PLACE = 0.5  # of the weight of the place that the whole archive is about, beside other words
PLACE_SHARE = 0.03  # of articles: what is asked about a place is elsewhere in the words
MIN_EVIDENCE = 0.59  # of the best answer
MIN_EVIDENCE_ON_SUBJECT = 0.53  # where the words name the archive's subject
ALL_KNOWN = 0.7  # times as much where the archive has every word
PERSONAL = 1.3  # times as much where the asker's own affairs are asked about
ERRAND = 1.7  # times as much where something is to be bought or done
MOSTLY_MISSING = 1.4  # times as much where no article has more than half of what was asked for
MIN_SCORE = 0.15  # of the best hit's, for a hit with that evidence ...
CLOSE_SCORE = 0.2  # ... and for any other


@dataclass(frozen=True, slots=True)
class ScoredArticle:
    """An article, its score and the named parts of that score.

    `evidence` says how well it answers what was asked, whatever else there is. `document` is its text,
    unless the words say only when. `is_author_asked` is set when all that was asked is its author's name.
    """

    article: int
    score: float
    parts: tuple[tuple[str, float], ...] = ()
    evidence: float = 1.0
    document: IndexedDocument | None = None
    is_author_asked: bool = False


@dataclass(frozen=True, slots=True)
class Ranking:
    """The result of a search: the request and query as understood, and the articles, best first.

    `help` is set when somebody wishes to help, and not to help a name that neither the archive nor a dictionary has.
    `evidence` is the highest of all candidates, found or not; with less than `needed` nothing is found.
    """

    request: SearchRequest
    query: Query
    correction: Correction
    ranked: tuple[ScoredArticle, ...]
    help: bool = False
    evidence: float = 0.0
    needed: float = 0.0


@dataclass(frozen=True, slots=True)
class Caches:
    """What is kept between searches and refreshed by each. Used by one thread at a time."""

    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    idf: IdfCache = field(default_factory=IdfCache)


class Searcher:
    """Searches the index as one read sees it.

    `today` is the day that relative dates refer to, `subject` says what the archive is about.
    """

    def __init__(self, reader: SearchReader, caches: Caches, today: date, subject: SubjectWords) -> None:
        self._reader, self._today, self._subject, self._idf = reader, today, subject, caches.idf
        self._corrector = Corrector(reader, caches.vocabulary, subject)
        self._totals = reader.totals()
        caches.vocabulary.add(reader.words_after(caches.vocabulary.last))
        caches.idf.refresh(reader, self._totals.documents)

    def search(
        self,
        text: str,
        filters: SearchFilters = NO_FILTERS,
        *,
        literal: bool = False,
        language: str = "",
    ) -> Ranking:
        """Ranks articles for a person's words.

        `literal` searches for the words as typed. Articles in `language`, the asker's, are preferred slightly.
        """
        request = parse_request(text, self._today)
        typed = words(request.text)[:MAX_WORDS]
        if request.years:  # a year that no article names is only a date
            written = {str(year) for year in request.years}
            only_dates = {"년", "년에", "년도", *written} - self._reader.terms(written).keys()
            typed = [word for word in typed if word.removesuffix("s") not in only_dates]
        correction = Correction(tuple(typed))
        if not (literal or request.quotes):
            correction = self._corrector.correct(typed)
        query = self._query(correction.words, dict(correction.alternatives), literal=literal)
        allowed = self._allowed(request, filters)
        evidence_found = evidence_needed = 0.0
        if not any(group.importance for group in query.groups):
            query, ranked = self._listed(request, query, correction.words, allowed)
        else:
            by_date = request.newest_first or request.oldest_first
            limit = QUOTE_CANDIDATES if request.quotes else NEWEST_CANDIDATES if by_date else CANDIDATES
            dated = self._in_years(request.years, allowed)
            candidates = self.rank(query, allowed, dated=dated, limit=limit, language=language)
            evidence_found = max((one.evidence for one in candidates), default=0.0)
            evidence_needed = self._evidence_needed(request, query, correction.words)
            # Nothing when no article is evidence of an answer, else those not far behind the best.
            best = max((one.score for one in candidates if one.evidence >= evidence_needed), default=inf)
            ranked = tuple(
                one
                for one in candidates
                if one.evidence and one.score >= best * (MIN_SCORE if one.evidence >= evidence_needed else CLOSE_SCORE)
            )
            ranked = tuple(one for one in ranked if one.is_author_asked) or ranked
            if any(one.article in dated and one.evidence >= evidence_needed for one in ranked):
                ranked = tuple(one for one in ranked if one.article in dated)
            else:
                request = replace(request, years=())  # no answer is of that time: the years limit nothing
            if by_date and ranked:
                close = {one.article: one for one in ranked if one.score >= CLOSE_SCORE * ranked[0].score}
                listed = self._reader.newest(list(close), len(close), oldest_first=request.oldest_first)
                ranked = tuple(close[article] for article in listed)
        strangers = self._strangers(request, correction) if request.help else []
        helps = request.help and all(is_cjk(name) for name in strangers)
        if helps and not ranked and not strangers:  # the articles of the topics about helping
            topics = [SearchFilters(topic=topic) for topic in self._subject.help_topics]
            about = {article for one in topics for article in self._reader.matching(one) or ()}
            newest = self._reader.newest(list(about if allowed is None else about & allowed), LISTED)
            ranked = tuple(ScoredArticle(article, 0.0) for article in newest)
        return Ranking(request, query, correction, ranked, helps, evidence_found, evidence_needed)

    def rank(
        self,
        query: Query,
        allowed: Collection[int] | None = None,
        *,
        linked: Collection[int] = (),
        dated: Collection[int] = (),
        limit: int = CANDIDATES,
        language: str = "",
    ) -> tuple[ScoredArticle, ...]:
        """Ranks articles for a query.

        Those in `linked` are candidates in any case and get a boost; the best of those in `dated` as well.
        """
        ids = {*retrieve(query, self._reader.postings, allowed, limit), *linked}
        if dated:
            ids.update(retrieve(query, self._reader.postings, dated, limit))
        documents = self._reader.documents(sorted(ids))
        if not documents or not query.groups:
            return ()
        average = self._totals.average_length
        candidates = find_candidates(query, documents, MIN_WEIGHT)
        scorer = Scorer(query, self._idf, average)
        own_parts = [scorer.parts(candidate) for candidate in candidates]
        scores = [sum(parts.values()) for parts in own_parts]
        from_others = feedback_parts(query, candidates, scores, self._idf, average)
        asked = {number for number, group in enumerate(query.groups) if group.importance}
        may_be_name = len(asked) > 1 and not query.missing
        weight = query.weight
        named = [(group.weight, self._subject.topics_of(group.terms)) for group in query.groups if group.importance]
        asked_topics = frozenset[str]().union(*(topics for _, topics in named))
        topics_of = self._reader.topics_of([one.article for one in documents], asked_topics)
        ranked: list[ScoredArticle] = []
        for candidate, own, feedback in zip(candidates, own_parts, from_others, strict=True):
            document = candidate.document
            is_in_language = bool(language) and language_code(document.language) == language
            parts = own | feedback
            parts["link"] = LINK_BOOST * weight * (document.article in linked)
            parts["date"] = DATE_BOOST * weight * (document.article in dated)
            its_topics = topics_of.get(document.article, ())
            parts["topic"] = TOPIC_BOOST * sum([share for share, topics in named if not topics.isdisjoint(its_topics)])
            parts["language"] = LANGUAGE_BOOST * weight * is_in_language
            score, evidence = sum(parts.values()), scorer.evidence(candidate)
            is_author_asked = may_be_name and asked.issubset(candidate.groups[candidate.matches[AUTHOR]])
            ranked.append(
                ScoredArticle(document.article, score, tuple(parts.items()), evidence, document, is_author_asked)
            )
        return tuple(sorted(ranked, key=lambda one: (-one.score, -one.article)))

    def corrected(self, typed: Sequence[str]) -> list[str]:
        """Returns the words with typos replaced, certain or not."""
        correction = self._corrector.correct(typed)
        meant = dict(correction.offered)
        return [part for word in correction.words for part in meant.get(word, word).split()]

    def _evidence_needed(self, request: SearchRequest, query: Query, words: Sequence[str]) -> float:
        """The evidence of the best answer without which nothing is found."""
        if request.quotes or all(is_stop_word(word) or word in map(str, request.years) for word in words):
            return 0.0
        needed = MIN_EVIDENCE_ON_SUBJECT if self._subject.named_in(words) else MIN_EVIDENCE
        if request.errand or request.personal:
            return needed * (ERRAND if request.errand else PERSONAL)
        if query.missing > sum(group.importance for group in query.groups):
            return needed * MOSTLY_MISSING
        return needed * (ALL_KNOWN if query.is_known else 1.0)

    def _strangers(self, request: SearchRequest, correction: Correction) -> list[str]:
        """The names of whom somebody wishes to help that neither the archive nor a dictionary has."""
        meant = dict(correction.replaced)
        unlisted = [word for word in request.helped if word not in meant and not is_english(word)]
        readings = {word: [set(word_terms(word, language)) for language in self._reader.languages] for word in unlisted}
        return [word for word, terms in readings.items() if all(one - self._reader.terms(one).keys() for one in terms)]

    def _listed(
        self, request: SearchRequest, query: Query, words: Sequence[str], allowed: set[int] | None
    ) -> tuple[Query, tuple[ScoredArticle, ...]]:
        """The articles for words without a subject, by date, and the query to mark in them."""
        if request.years:
            allowed = self._in_years(request.years, allowed)
        says_when = request.newest_first or request.oldest_first or request.period or request.years
        if query.missing:  # about something that no article mentions, whenever it was
            allowed = set[int]()
        elif not (says_when or request.quotes):
            # Only stop words, as in "who we are": the articles that have just these next to each other.
            found = set(self._reader.with_phrase(words) if len(set(words)) >= MIN_PHRASE else ())
            allowed = found if allowed is None else found & allowed
        elif not request.quotes:
            query = Query((), frozenset())  # only when: no word of it is marked
        inside = allowed if allowed is None else list(allowed)
        listed = self._reader.newest(inside, LISTED, oldest_first=request.oldest_first)
        return query, tuple(ScoredArticle(article, 0.0) for article in listed)

    def _query(self, used: Sequence[str], meant: Mapping[str, str], *, literal: bool) -> Query:
        """The query for some words; `meant` has the word that a rare one may be a typo for.

        Unless they are `literal`, words that the archive lacks are searched for by close ones.
        """
        content = [word for word in used if not is_stop_word(word)]
        other_forms = {word: forms(word) for word in content[:MAX_VARIED]}
        known = self._reader.word_documents(chain.from_iterable(other_forms.values()))
        alternatives = {
            word: [other for other in (meant.get(word), *sorted(known.keys() & others)) if other]
            for word, others in other_forms.items()
            if word in meant or not known.keys().isdisjoint(others)
        }
        close = {} if literal else self._close([word for word in other_forms if word not in alternatives])
        asked = [word for word in chain(used, *alternatives.values(), *close.values()) if not is_cjk(word)]
        shares = {word: family_share(word) for word in asked if not is_stop_word(word)}
        foreign = [word for word in used if is_elsewhere(word) and not self._subject.named_in([word])]
        shares |= {word: PLACE_SHARE for word in foreign if is_place(word)}
        elsewhere = other_forms.keys() & foreign
        tokens = tokenize(used, self._reader.languages, shares, alternatives, close, elsewhere)
        tokens += [] if literal else self._phrase_tokens(used, tokens)
        if not literal and self._totals.documents <= SMALL_ARCHIVE and len(other_forms) > 1:
            tokens += wider_tokens([word for word in other_forms if word not in close], tokens, self._reader.languages)
        where = {at for at, token in enumerate(tokens) if self._subject.is_place(token.terms)}
        if any(not token.stop and at not in where for at, token in enumerate(tokens)):
            tokens = [token._replace(emphasis=OWN_PLACE) if at in where else token for at, token in enumerate(tokens)]
        compounds = find_compounds(used[:MAX_VARIED], self._reader.languages, self._reader.word_documents)
        parts = [term for compound in compounds for term in (compound.one, compound.two, compound.whole)]
        terms = self._reader.terms([*(term for token in tokens for term in token.terms), *parts])
        unknown = [term for token in tokens for term in token.terms if term not in terms and len(term) >= MIN_FAMILY]
        related = [term for term in unknown[:MAX_FAMILIES] if self._reader.has_word_with_prefix(term[:-1])]
        return build_query(tokens, terms, self._totals.documents, related, compounds)

    def _phrase_tokens(self, used: Sequence[str], tokens: Sequence[QueryToken]) -> list[QueryToken]:
        """A position for each phrase that articles may say in other words; of those the rarest characterise it."""
        present = {term for token in tokens for term in token.terms}
        found: list[QueryToken] = []
        for phrase, meant in phrases_in(used[:MAX_VARIED], {word for word in used if is_stop_word(word)}):
            if all(self._reader.are_adjacent(one, other, when_common=True) for one, other in pairwise(phrase)):
                continue
            share_of = {
                term: family_share(word)
                for word in meant
                for language in self._reader.languages
                for term in word_terms(word, language)
            }
            known = self._reader.terms(share_of)
            documents = {term: known[term].documents for term in share_of if term in known and term not in present}
            least = min(documents.values(), default=0)
            terms = tuple(sorted(term for term, count in documents.items() if count <= MUCH_COMMONER * least))
            if terms:
                found.append(QueryToken(terms, english_share=max(map(share_of.__getitem__, terms)), typed=False))
                present.update(terms)
        return found

    def _close(self, asked: Sequence[str]) -> dict[str, list[str]]:
        """Words of the archive to search for in place of those that it has in no form."""
        languages = self._reader.languages
        listed = {word: found for word in asked if (found := close_words(word))[1]}
        own = {
            word: [term for language in languages for term in word_terms(noun, language)]
            for word, (noun, _) in listed.items()
        }
        known = self._reader.terms(chain.from_iterable(own.values()))
        lacking = [
            word
            for word, reading in own.items()
            if (any if is_cjk(word) else all)(term not in known for term in reading)
        ]
        others = {
            one: [word_terms(one, language) for language in languages] for word in lacking for one in listed[word][1]
        }
        known = self._reader.terms(term for readings in others.values() for reading in readings for term in reading)
        found = {
            word: [one for one in listed[word][1] if any(known.keys() >= {*reading} for reading in others[one])]
            for word in lacking
        }
        return {word: close for word, close in found.items() if close}

    def _allowed(self, request: SearchRequest, filters: SearchFilters) -> set[int] | None:
        """The articles inside the filters, the period and the quotes; None when there is no limit."""
        limits: list[Collection[int] | None] = [self._reader.matching(filters)]
        if request.period is not None:
            # A span before the first article is part of the subject, not a date of publication.
            limits.append(self._reader.published_in(request.period) or None)
        limits += [self._reader.with_phrase(quote) for quote in request.quotes]
        sets = [set(limit) for limit in limits if limit is not None]
        return sets[0].intersection(*sets[1:]) if sets else None

    def _in_years(self, years: Sequence[int], allowed: set[int] | None) -> set[int]:
        """The allowed articles that were published in one of the years or name it."""
        found: set[int] = set()
        for year in years:
            found.update(self._reader.published_in(period_of_year(year)))
            found.update(self._reader.with_terms([str(year)]))
        return found if allowed is None else found & allowed
