"""Turns words into weighted groups of index terms."""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise, zip_longest
from math import log, log1p
from typing import NamedTuple

from bot.search.query.synonyms import close_words, korean_listed
from bot.store.search.reader import Term
from bot.text_analysis import KOREAN_QUESTION_WORD, KOREAN_SUFFIX, STOP_WORDS, is_cjk, word_terms

MAX_WORDS = 120
MAX_GROUPS = 40  # that rank
STOP_WORD_WEIGHT = 0.1  # of what a content word of the same document frequency weighs

# Importance counts a word as if a few dozen typical English articles were in the archive too: a few dozen
# articles alone do not show that "best" is common and "songbun" is not.
TYPICAL_ARTICLES = 200

# How common a word is elsewhere.
CJK_SHARE = 0.007  # of articles, that use a bigram
MIN_SHARE = 1e-4
FOREIGN_ARTICLES = 40  # added to the archive's own: a small archive shows little

RELATED_MISSING = 0.5
SHORT = 0.25  # of a longer word's importance: two letters are an abbreviation of something ("nk"), or a part of a name
CJK_MISSING = 0.4  # Korean verbs have too many endings for an unknown bigram to mean an unknown word

LIKENESS = 0.8  # of a word that means nearly the same to the word typed
TRANSLATED = 0.9  # of English words to a Korean one
WIDER_WEIGHT = 0.4  # of a word that means nearly the same as one that the archive has

SHORT_WORD = 2  # letters
NO_ALTERNATIVES: Mapping[str, Sequence[str]] = {}

# Compounds.
MAX_CUT = 20  # words of a query that are looked at for halves
MIN_PART = 2  # letters of words typed apart
MIN_HALF = 3  # letters of the halves of a word, which are guessed: many words end with some short word
MIN_HALF_ARTICLES = 2  # that have a half; that of a single article is often a word broken at the end of a line

# They ask for an article, or say how it is asked, rather than what it is about.
_REQUEST_WORDS = """
abt any1 anybody anyone anything article articles blog bout bro bruh btw came come comes coming cuz dunno dude else
everybody everyone exist explain find fr gimme give go going gonna got gotta hello hey hi hmm idk imho imo irl kinda
let lets like link lmao lmfao lol look looking lot lots lowkey maybe n need ngl ok okay omg ones page pages piece
pieces pls plz post posted posts ppl probably publish published r read released rn rofl show smth somebody somehow
someone something somewhere sorry stories story stuff sth sup sure talk talking tbh tell text thanks that's thing
things tho though thx tldr today u uploaded ur vs w wanna want wanted whats whether whos wonder wondering write writes
written wrote yeah yes yo y'all being doing gets getting gives giving happen happened happening happens knows knowing
looks reads talked talks tells telling wants wanting wonders absolutely actually anyways apparently basically curious
definitely honestly literally mentioned obviously randomly recommend seriously supposedly totally vaguely hmu lmk fyi
nvm tysm ty wtf omfg tf idc ikr bc cos coz cause rly rlly srsly legit deets fam guys folks yall ayo hiya howdy lil
tryna lemme wat wut wot whut dat dis da haha hahaha hehe lolol xd ugh prolly prob info vid vids uplifting inspiring
inspirational heartwarming heartbreaking wholesome interesting fascinating recommended appreciate concerning especially
glad grateful interested particularly pleased receive regarding specifically
나서 후에 글 글이 글을 글은 기사 기사를 이야기 이야기를 얘기 얘기를 포스트 게시물 관련 제발 혹시 좀 것 거 수 그 이 저
더 썰 나도 저도 제가 내가 다시 또 진짜 정말 그냥 지금 요즘 오늘 중 중에 올라온 나온 쓴 쓰신 싶은데 싶어요 되죠 되나요
알고 게 제일 어떤가요 뭔가요 근데 그런데 있을까요 있어요 있나요 하나요 해요 사람 사람들 분들 우리 우리는 서로 누구나
모두 모든 다들 전부 본인 자기 아무 아무것도 아무도 그거 이거 저거 거기 여기 저기 그런 이런 저런 그렇게 이렇게 그때
그리고 그러면 그래서 하지만 그래도 또는 및 등 너무 아주 매우 잘 못 안 덜 꼭 막 딱 바로 계속 항상 자주 맨날 가끔 이미
아직 벌써 먼저 나중에 이제 보통 원래 사실 사실인가요 조금 많이 많은 많아요 같은 같이 같아요 하는 하면 한 할 함 했던
했어요 했대요 했는데 해 해도 해서 해야 하려면 하는데 하는지 한다는 한다던데 되는 된 될 됐어요 되면 돼 돼요 되어 된다
되는지 있는 있던 있을 있다 있다는 있었던 있으면 있습니다 있는데 있는지 있음 있대요 없는 없나 없나요 없어 없어요 없으면
없이 없다 만드는 만든 만들어 만들어요 가는 간 가서 가면 오는 온 와서 오면 왔을 보는 본 보면 보고 봐 봤는데 읽는 읽은
읽고 읽을 아는 알아요 모르는 관해 관해서 대해서 위해서 때문 때문에 덕분에 경우 정도 부분 내용 설명 설명해 소개 의미 뜻
요약 정리 뭐였대요 뭐래요 어때 어때요 얼마나 진짜임 진짜예요 진짜야 진짜인가요 정말인가요 맞나요 맞아요 라는데 라던데
줘 해줘 줄래요 주라
"""
REQUEST_WORDS = frozenset(_REQUEST_WORDS.split())

# "I'm", "doesn't"; without the apostrophe only those that are no other word.
_CONTRACTION = re.compile(
    r"(?:i|you|he|she|it|we|they|that|this|there|here|who|what|where|when|why|how|let)'(?:m|re|s|ve|ll|d)"
    r"|(?:is|are|was|were|do|does|did|has|have|had|ca|wo|would|could|should|must|ai)n'?t"
    r"|im|ive|youre|youve|youll|youd|hes|shes|theyre|theyve|theyll|theyd|weve|thats|theres|heres|hows|wheres|whens"
)
_LENGTHENED = re.compile(r"([a-z])\1{2,}")  # "plsss"
_LETTERS = re.compile("[\u1100-\u11ff\u3131-\u318e]+")  # of Hangul, without a syllable: laughter, tears


class QueryToken(NamedTuple):
    """One position of a query: the equally good terms for it, and whether it is a stop word.

    A word has one position with its stem in each language of the archive, or one for each of its bigrams.
    """

    terms: tuple[str, ...]
    stop: bool = False
    part: float = 1.0  # of its word, which the other bigrams of the word share
    english_share: float = 0.0  # of typical English articles that use the word
    likeness: float = 1.0  # of what the terms mean to what was typed
    elsewhere: bool = False  # a word of another subject than most archives
    wider: bool = False  # only means nearly the same as a word that the archive has
    typed: bool = True  # False: another way to say what was typed
    emphasis: float = 1.0  # of its weight; less for the place that the whole archive is about


class TermGroup(NamedTuple):
    """A distinct position of a query that some article matches, and its weight in the ranking.

    `terms` are all that match it, `ids` those in the index, `documents` the highest document frequency.
    `importance` says how much of what was asked for it is, 0 for stop words.
    `peculiarity` is the log of how many times commoner it is in the archive than elsewhere.
    """

    terms: tuple[str, ...]
    ids: tuple[int, ...]
    weight: float
    documents: int
    importance: float = 0.0
    peculiarity: float = 0.0


class Compound(NamedTuple):
    """Two words or terms that the archive also writes as one; `is_whole` when that is how they were typed."""

    one: str
    two: str
    whole: str
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Query:
    """The term groups of a query, the pairs of neighbours (by index), and the importance of words no article has.

    `missing` is of all such words, `elsewhere` of those that are of another subject than most archives. `is_known` is
    set when there are none; a Korean word that was translated counts as one, as its translations are many.

    `wholes` are terms, by id, that match two groups: "nonlinear" where "non linear" was typed. `halves` are pairs
    of terms, by id, that match one group where they follow one another: "non-linear" where "nonlinear" was typed.
    """

    groups: tuple[TermGroup, ...]
    neighbours: frozenset[tuple[int, int]]
    missing: float = 0.0
    elsewhere: float = 0.0
    is_known: bool = True
    wholes: Mapping[int, tuple[int, int]] = field(default_factory=dict[int, tuple[int, int]])
    halves: Mapping[tuple[int, int], int] = field(default_factory=dict[tuple[int, int], int])

    @property
    def weight(self) -> float:
        """The weight of all groups: what an article that matches each of them scores."""
        return sum(group.weight for group in self.groups)


@lru_cache(maxsize=1_024)
def is_stop_word(word: str) -> bool:
    """Returns whether a word of a query says how something is asked rather than what."""
    short = _LENGTHENED.sub(lambda match: match[1], word)
    return (
        short in STOP_WORDS
        or short in REQUEST_WORDS
        or bool(KOREAN_QUESTION_WORD.fullmatch(word) or _CONTRACTION.fullmatch(word) or _LETTERS.fullmatch(word))
    )


def tokenize(
    words: Sequence[str],
    languages: Sequence[str],
    english: Mapping[str, float],
    alternatives: Mapping[str, Sequence[str]] = NO_ALTERNATIVES,
    close: Mapping[str, Sequence[str]] = NO_ALTERNATIVES,
    elsewhere: Collection[str] = (),
) -> list[QueryToken]:
    """Returns the positions of a query, in order.

    `english` has the share of English articles that use a word, `alternatives` the words that may
    stand for another one, `close` those that mean nearly the same; those in `elsewhere` are of other subjects.
    """
    positions: dict[str, list[QueryToken]] = {}
    for word in dict.fromkeys(words[:MAX_WORDS]):
        own = () if is_cjk(word) and word in close else (word,)  # most of its bigrams are in no article
        spellings = (*own, *alternatives.get(word, ()), *close.get(word, ()))
        readings = {word_terms(one, language) for one in spellings for language in languages}
        columns = (
            [(term,) for term in next(iter(readings))]
            if len(readings) == 1
            else [tuple(sorted({*column} - {None})) for column in zip_longest(*readings)]
        )
        stops = range(len(columns) if is_stop_word(word) else 0)  # the positions that carry next to no meaning
        if not stops and is_cjk(word) and len(word) > 1:
            suffix, noun = KOREAN_SUFFIX.search(word), korean_listed(word)
            if suffix is not None or noun:  # Korean particles and endings
                end = min(suffix.start() if suffix else len(word), len(noun) or len(word))
                stops = range(max(0, end - 1), len(columns))
        share = max([english.get(one, 0.0) for one in spellings])
        part = 1 / max(1, len(columns) - len(stops))
        likeness = 1.0  # beside a single word there is nothing else to match
        if word in close and len(words) > 1:
            likeness = TRANSLATED if is_cjk(word) or all(map(is_cjk, close[word])) else LIKENESS
        positions[word] = [
            QueryToken(column, at in stops, part, share, likeness, word in elsewhere)
            for at, column in enumerate(columns)
        ]
    return [token for word in words[:MAX_WORDS] for token in positions[word]]


def wider_tokens(words: Sequence[str], tokens: Sequence[QueryToken], languages: Sequence[str]) -> list[QueryToken]:
    """Returns a position for each word that has others of nearly the same meaning: they rank, but are no evidence."""
    present = {term for token in tokens for term in token.terms}
    readings = [
        {word_terms(other, language) for other in close_words(word)[1] for language in languages} for word in words
    ]
    found = [{reading[0] for reading in one if len(reading) == 1} - present for one in readings]
    return [QueryToken(tuple(sorted(terms)), stop=True, wider=True, typed=False) for terms in found if terms]


def find_compounds(
    typed: Sequence[str], languages: Sequence[str], documents: Callable[[Iterable[str]], Mapping[str, int]]
) -> list[Compound]:
    """Returns the compounds among some words, as terms. `documents` looks up in how many articles words are."""
    parts = [
        len(word) >= MIN_PART and word.isascii() and word.isalnum() and not (word.isdigit() or is_stop_word(word))
        for word in typed
    ]
    apart = [pair for pair, both in zip(pairwise(typed), pairwise(parts), strict=True) if all(both)]
    halves = [
        (word[:at], word[at:])
        for word, is_part in list(zip(typed, parts, strict=True))[:MAX_CUT]
        if is_part and word.isalpha()
        for at in range(MIN_HALF, len(word) - MIN_HALF + 1)
    ]
    known = documents({*(one + two for one, two in apart), *(one for one, _ in halves)})
    halves = [
        (one, two)
        for one, two in halves
        if known.get(one, 0) >= MIN_HALF_ARTICLES and not (is_stop_word(one) or is_stop_word(two))
    ]
    ends = documents(two for _, two in halves)
    found = [(one, two, False) for one, two in apart if one != two and one + two in known]
    found += [(one, two, True) for one, two in halves if ends.get(two, 0) >= MIN_HALF_ARTICLES]
    compounds: dict[Compound, None] = {}
    for one, two, is_whole in found:
        for language in languages:
            (first,), (second,), (whole,) = (word_terms(word, language) for word in (one, two, one + two))
            compounds[Compound(first, second, whole, is_whole)] = None
    return list(compounds)


def build_query(
    tokens: Sequence[QueryToken],
    terms: Mapping[str, Term],
    total: int,
    related: Collection[str] = (),
    compounds: Collection[Compound] = (),
) -> Query:
    """Weighs the positions of a query: weight = idf * (1 + log of its uses in the query), a tenth of it for stop words.

    Positions that no article matches are left out; their importance is counted as missing, half of it for terms
    in `related`, of which the archive has a relative ("divided" where it has "division"). Of a very long query
    the positions that weigh most are kept. A word that is also written as two, by `compounds`, is as common as
    if its halves always stood together.
    """
    compounds = [one for one in compounds if terms.keys() >= {one.one, one.two, one.whole}]
    written_apart: dict[str, int] = {}
    for compound in compounds:
        if compound.is_whole:
            both = min(terms[compound.one].documents, terms[compound.two].documents)
            written_apart[compound.whole] = max(both, written_apart.get(compound.whole, 0))
    places = defaultdict[tuple[tuple[str, ...], bool], list[int]](list)
    for at, token in enumerate(tokens):
        places[token.terms, token.stop].append(at)
    weighed: list[tuple[float, list[int], list[Term], int]] = []
    missing = elsewhere = 0.0
    is_known = True
    for same in places.values():
        token = tokens[same[0]]
        known = [terms[term] for term in token.terms if term in terms]
        if known:
            documents = max([term.documents for term in known])
            apart = max([written_apart.get(term, 0) for term in token.terms]) if written_apart else 0
            share = WIDER_WEIGHT if token.wider else STOP_WORD_WEIGHT if token.stop else token.likeness
            weight = token.emphasis * share * idf(documents + apart, total) * (1 + log(len(same)))
            weighed.append((weight, same, known, documents))
        elif not token.stop:
            is_related = any(term in related for term in token.terms)
            is_known = False
            lacking = CJK_MISSING if is_cjk(token.terms[0]) else RELATED_MISSING if is_related else 1.0
            missing += lacking * token.part * _importance(token, 0, total)
            elsewhere += token.part * token.elsewhere * idf(0, total + TYPICAL_ARTICLES)
    least = sorted([weight for weight, *_ in weighed])[-MAX_GROUPS] if len(weighed) > MAX_GROUPS else 0.0
    groups: list[TermGroup] = []
    numbers: list[int | None] = [None] * len(tokens)
    for weight, same, known, documents in weighed:
        if weight >= least:
            token = tokens[same[0]]
            is_known &= token.likeness != TRANSLATED
            for at in same if token.typed else ():  # the others have no neighbours
                numbers[at] = len(groups)
            groups.append(_group(token, known, documents, weight, total))
            # Words that mean nearly the same leave a part of what was asked for unsaid.
            missing += (1 / token.likeness - 1) * groups[-1].importance
    neighbours = {(one, two) for one, two in pairwise(numbers) if one is not None and two is not None and one != two}
    query = Query(tuple(groups), frozenset(neighbours), missing, elsewhere, is_known)
    return _with_compounds(query, terms, compounds) if compounds else query


def _group(token: QueryToken, known: Sequence[Term], documents: int, weight: float, total: int) -> TermGroup:
    ids = tuple([term.id for term in known])
    if token.stop:
        return TermGroup(token.terms, ids, weight, documents)
    importance = _importance(token, documents, total)
    # How many times commoner a term is in the archive than elsewhere, as a log from 0 to the importance.
    # How common a bigram is elsewhere is not known: at most half as common as here.
    is_bigram = is_cjk(token.terms[0])
    elsewhere = max(token.english_share, CJK_SHARE if is_bigram else MIN_SHARE)
    share = (documents + FOREIGN_ARTICLES * elsewhere) / (total + FOREIGN_ARTICLES)
    peculiarity = min(importance, max(log(2) if is_bigram else 0.0, log(share / elsewhere)))
    own = token.likeness * token.part * importance
    return TermGroup(token.terms, ids, weight, documents, own, peculiarity)


def _importance(token: QueryToken, documents: int, total: int) -> float:
    """The importance of the whole word of a position that is no stop word."""
    is_short = max(map(len, token.terms)) <= SHORT_WORD and not is_cjk(token.terms[0])
    expected = documents + TYPICAL_ARTICLES * token.english_share
    return (SHORT if is_short else 1.0) * idf(expected, total + TYPICAL_ARTICLES)


def _with_compounds(query: Query, terms: Mapping[str, Term], compounds: Collection[Compound]) -> Query:
    groups = list(query.groups)
    number_of = {term: number for number, group in enumerate(groups) for term in group.terms}
    wholes: dict[int, tuple[int, int]] = {}
    halves: dict[tuple[int, int], int] = {}
    for one, two, whole, is_whole in compounds:
        if is_whole and whole in number_of:
            halves[terms[one].id, terms[two].id] = number_of[whole]
        elif not is_whole and whole not in number_of and number_of.keys() >= {one, two}:
            wholes[terms[whole].id] = number_of[one], number_of[two]
            group = groups[number_of[one]]
            groups[number_of[one]] = group._replace(terms=(*group.terms, whole))
    return replace(query, groups=tuple(groups), wholes=wholes, halves=halves)


def idf(documents: float, total: int) -> float:
    """Inverse document frequency, never negative: log(1 + (N - n + 0.5) / (n + 0.5))."""
    return log1p((total - min(documents, total) + 0.5) / (documents + 0.5))
