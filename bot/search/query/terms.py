"""Turns words into weighted groups of index terms."""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import log

import numpy as np
import numpy.typing as npt

from bot.store.search.reader import Term
from bot.text_analysis import KOREAN_QUESTION_WORD, KOREAN_SUFFIX, STOP_WORDS, is_cjk, word_terms

MAX_WORDS = 120
STOP_WORD_WEIGHT = 0.1  # of what a content word of the same document frequency weighs

# Importance counts a word as if a few dozen typical English articles were in the archive too: a few dozen
# articles alone do not show that "best" is common and "songbun" is not.
TYPICAL_ARTICLES = 200

RELATED_MISSING = 0.5
SHORT_MISSING = 0.25  # two letters that the archive does not know are an abbreviation of something it does ("nk")
CJK_MISSING = 0.4  # Korean verbs have too many endings for an unknown bigram to mean an unknown word

SHORT_WORD = 2  # letters
NO_ALTERNATIVES: Mapping[str, str] = {}

# They ask for an article, or say how it is asked, rather than what it is about.
_REQUEST_WORDS = """
abt any1 anybody anyone anything article articles blog bout bro bruh btw came come comes coming cuz dunno dude else
everybody everyone exist explain find fr gimme give go going gonna got gotta hello hey hi hmm idk imho imo irl kinda let
lets like link lmao lmfao lol look looking lot lots lowkey maybe n need ngl ok okay omg ones page pages piece pieces pls
plz post posted posts ppl probably publish published r read released rn rofl show smth somebody somehow someone
something somewhere sorry stories story stuff sth sup sure talk talking tbh tell text thanks that's thing things tho
though thx tldr today u uploaded ur vs w wanna want wanted whats whether whos wonder wondering write writes written
wrote yeah yes yo y'all
appreciate concerning especially glad grateful interested particularly pleased receive regarding specifically
나서 후에 글 글이 글을 글은 기사 기사를 이야기 이야기를 얘기 얘기를 포스트 게시물 관련 제발 혹시 좀 것 거 수 그 이 저
더 썰 나도 저도 제가 내가 다시 또 진짜 정말 그냥 지금 요즘 오늘 중 중에 올라온 나온 쓴 쓰신 싶은데 싶어요 되죠 되나요
알고
"""
REQUEST_WORDS = frozenset(_REQUEST_WORDS.split())

# "I'm", "doesn't"; without the apostrophe only those that are no other word.
_CONTRACTION = re.compile(
    r"(?:i|you|he|she|it|we|they|that|this|there|here|who|what|where|when|why|how|let)'(?:m|re|s|ve|ll|d)"
    r"|(?:is|are|was|were|do|does|did|has|have|had|ca|wo|would|could|should|must|ai)n'?t"
    r"|im|ive|youre|youve|youll|youd|hes|shes|theyre|theyve|theyll|theyd|weve|thats|theres|heres|hows|wheres|whens"
)


@dataclass(frozen=True, slots=True)
class QueryToken:
    """One position of a query: the equally good terms for it, and whether it is a stop word.

    A word has one position with its stem in each language of the archive, or one for each of its bigrams.
    """

    terms: tuple[str, ...]
    stop: bool = False
    part: float = field(default=1.0, compare=False)  # of its word, which the other bigrams of the word share
    english_share: float = field(default=0.0, compare=False)  # of typical English articles that use the word


@dataclass(frozen=True, slots=True)
class TermGroup:
    """A distinct position of a query that some article matches, and its weight in the ranking.

    `terms` are all that match it, `ids` those in the index, `documents` the highest document frequency.
    `importance` says how much of what was asked for it is, 0 for stop words; `part` how much of a word.
    """

    terms: tuple[str, ...]
    ids: tuple[int, ...]
    weight: float
    documents: int
    importance: float = 0.0
    part: float = 1.0


@dataclass(frozen=True, slots=True)
class Query:
    """The term groups of a query, the pairs of neighbours (by index), and the importance of words no article has."""

    groups: tuple[TermGroup, ...]
    neighbours: frozenset[tuple[int, int]]
    missing: float = 0.0

    @property
    def weight(self) -> float:
        """The weight of all groups: what an article that matches each of them scores."""
        return sum(group.weight for group in self.groups)


def is_stop_word(word: str) -> bool:
    """Returns whether a word of a query says how something is asked rather than what."""
    return (
        word in STOP_WORDS
        or word in REQUEST_WORDS
        or bool(KOREAN_QUESTION_WORD.fullmatch(word) or _CONTRACTION.fullmatch(word))
    )


def tokenize(
    words: Sequence[str],
    languages: Sequence[str],
    english: Mapping[str, float],
    alternatives: Mapping[str, str] = NO_ALTERNATIVES,
) -> list[QueryToken]:
    """Returns the positions of a query, in order.

    `english` has the share of English articles that use a word, `alternatives` the words that may
    stand for another one.
    """
    found: list[QueryToken] = []
    for word in words[:MAX_WORDS]:
        spellings = (word, alternatives[word]) if word in alternatives else (word,)
        readings = dict.fromkeys(word_terms(one, language) for one in spellings for language in languages)
        longest = max((len(reading) for reading in readings), default=0)
        columns = [[reading[at] for reading in readings if at < len(reading)] for at in range(longest)]
        stops = _stop_positions(word, longest)
        share, part = english.get(word, 0.0), 1 / max(1, longest - len(stops))
        found += [
            QueryToken(tuple(dict.fromkeys(column)), at in stops, part, share) for at, column in enumerate(columns)
        ]
    return found


def _stop_positions(word: str, length: int) -> range:
    """The positions of a word that carry next to no meaning: all of a stop word, and Korean particles and endings."""
    if is_stop_word(word):
        return range(length)
    if is_cjk(word):
        suffix = KOREAN_SUFFIX.search(word)
        if suffix is not None:
            return range(max(0, suffix.start() - 1), length)
    return range(0)


def build_query(
    tokens: Sequence[QueryToken], terms: Mapping[str, Term], total: int, related: Collection[str] = ()
) -> Query:
    """Weighs the positions of a query: weight = idf * (1 + log of its uses in the query), a tenth of it for stop words.

    Positions that no article matches are left out; their importance is counted as missing, half of it for terms
    in `related`, of which the archive has a relative ("divided" where it has "division").
    """
    times = Counter(tokens)
    known = {token: [terms[term] for term in token.terms if term in terms] for token in times}
    matched = [token for token in times if known[token]]
    frequencies = {token: max((term.documents for term in known[token]), default=0) for token in times}
    weights = dict(zip(times, idf(np.array(list(frequencies.values()), np.float64), total).tolist(), strict=True))
    # Idf with the typical English articles counted in; 0 for stop words.
    expected = np.array([count + TYPICAL_ARTICLES * token.english_share for token, count in frequencies.items()])
    importances = {
        token: 0.0 if token.stop else value * token.part
        for token, value in zip(times, idf(expected, total + TYPICAL_ARTICLES).tolist(), strict=True)
    }
    groups = tuple(
        TermGroup(
            token.terms,
            tuple(term.id for term in known[token]),
            (STOP_WORD_WEIGHT if token.stop else 1.0) * weights[token] * (1 + log(times[token])),
            frequencies[token],
            importances[token],
            0.0 if token.stop else token.part,
        )
        for token in matched
    )
    index = {token: at for at, token in enumerate(matched)}
    neighbours = {
        (index[one], index[two]) for one, two in pairwise(tokens) if one in index and two in index and one != two
    }
    missing = 0.0
    for token in times:
        if any(is_cjk(term) for term in token.terms):
            share = CJK_MISSING
        elif all(len(term) <= SHORT_WORD for term in token.terms):
            share = SHORT_MISSING
        else:
            share = RELATED_MISSING if any(term in related for term in token.terms) else 1.0
        missing += 0.0 if known[token] else share * importances[token]
    return Query(groups, frozenset(neighbours), missing)


def idf(documents: npt.NDArray[np.float64], total: int) -> npt.NDArray[np.float64]:
    """Inverse document frequency, never negative: log(1 + (N - n + 0.5) / (n + 0.5))."""
    return np.log1p((total - np.minimum(documents, total) + 0.5) / (documents + 0.5))
