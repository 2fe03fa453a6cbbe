"""Second stage of ranking: the order of the candidates, from their whole texts.

BM25F, and what it does not see: query words next to each other, how much of the title is meant, and where in
the article they are. The constants are round figures that served five unlike collections well on average.

What the first stage reads of the same formula is computed when an article is indexed: `posting_weights`.
"""

from array import array
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from math import expm1, log, sqrt

from bot.search.query.terms import CJK_MISSING, Query, idf
from bot.search.ranking.candidate import (
    AUTHOR,
    BODY,
    FIELDS,
    HEADINGS,
    TITLE,
    TOPICS,
    Candidate,
    best_window,
)
from bot.store.search.reader import END, SearchReader
from bot.text_analysis import is_cjk

MAX_WEIGHT = 255  # of a posting

MAX_ASKED = 8.0  # importance: of a long question only some words have to match
SEEN = 0.5  # uses of a word in a body: half of its evidence
PECULIARITY = 0.08
ELSEWHERE = 1.5  # of the importance of words of another subject, which a long question does not hide

K1 = 1.5
B = 0.6  # length normalisation of the body; the other fields are short by nature
FIELD_WEIGHTS = {TITLE: 8.0, HEADINGS: 3.0, AUTHOR: 3.0, TOPICS: 2.0, BODY: 1.0}

ADJACENCY = 0.3  # query words next to each other
TITLE_OVERLAP, TITLE_F1 = 1.25, 0.25
COVERAGE = 0.25  # distinct query words, however often: gains .003 on average
WINDOW, WINDOW_TERMS = 0.6, 25  # distinct query words within a sentence or two
LEAD, LEAD_TERMS = 0.2, 50  # distinct query words at the beginning of an article
REFRESH_RATIO = 0.05  # of the archive was added or removed since the document frequencies were read
HALF_LIFE, LATE_USE = 300, 0.3  # terms; the weight of a use far down an article


def saturate(frequency: float) -> float:
    """Returns how much a term counts that occurs `frequency` times: tf / (k1 + tf)."""
    return frequency / (K1 + frequency)


def length_norm(length: float, average: float) -> float:
    """Returns what a body's frequencies are divided by, 1 for an average length: 1 - b + b * length / average."""
    return 1 - B + B * length / average


@lru_cache(maxsize=8)
def position_weights(thousands: int) -> tuple[float, ...]:
    """Returns how much a use counts at each of the first thousands of positions of a body.

    What comes first is what an article is about:

        p(i) = 0.3 + 0.7 * 2^(-i / 300)
    """
    return tuple(LATE_USE + (1 - LATE_USE) * 2 ** (-position / HALF_LIFE) for position in range(1_000 * thousands))


def mean_position_weight(length: float) -> float:
    """Returns the mean of `position_weights` over a body of that length."""
    whole = HALF_LIFE / log(2) * -expm1(-length / HALF_LIFE * log(2))
    return LATE_USE + (1 - LATE_USE) * whole / length


def posting_weights(text: str, length: int, average: float) -> bytes:
    """Returns the posting weight (1 to 255) of each term of an article, given its text and its body's length.

    The text and the order of its terms are those of `IndexedText`.
    """
    *parts, _ = text.split(END)
    frequencies: defaultdict[str, float] = defaultdict(float)
    for number, terms in enumerate(parts[:BODY]):
        for term in terms:
            frequencies[term] += FIELD_WEIGHTS[number]
    weight = FIELD_WEIGHTS[BODY] / length_norm(length, average)
    for term, times in Counter("".join(parts[BODY:])).items():
        frequencies[term] += weight * times
    # Most terms of an article share their frequency with others.
    weights = {often: max(1, round(MAX_WEIGHT * saturate(often))) for often in set(frequencies.values())}
    return bytes(weights[frequencies[term]] for term in sorted(frequencies))


class IdfCache:
    """The idf of every term, as computed when the archive was about as large as now.

    Reading the hundreds of terms that candidates use would take a third of a search. A few articles
    more or less change an idf in the second decimal.
    """

    def __init__(self) -> None:
        self._idf: Sequence[float] = ()  # by term id
        self._total = 0

    def refresh(self, reader: SearchReader, total: int) -> None:
        """Reads the counts again when the archive has grown or shrunk to `total` articles, enough to matter."""
        if abs(total - self._total) > REFRESH_RATIO * self._total:
            self._idf = array("d", (idf(count, total) if count else 0.0 for count in reader.term_counts()))
            self._total = total

    def of_each(self, terms: Iterable[int]) -> dict[int, float]:
        """Returns the idf of some terms."""
        known, new = self._idf, idf(1, self._total)
        return {term: known[term] if term < len(known) else new for term in terms}

    def of(self, term: int) -> float:
        """Returns the idf of a term by its id; a term added since counts as one article's."""
        return self._idf[term] if term < len(self._idf) else idf(1, self._total)


class Scorer:
    """Scores candidates for one query.

    `average_length` is the mean length of a body.
    """

    def __init__(self, query: Query, idf: IdfCache, average_length: float) -> None:
        self._query, self._idf, self._average_length = query, idf, average_length
        self._query_weight = query.weight
        self._weights = [group.weight for group in query.groups]
        self._mean_position_weight = mean_position_weight(average_length)
        # The importance of words that a candidate lacks; of all words, were they all lacking.
        self._absent = [
            group.importance * (CJK_MISSING if any(map(is_cjk, group.terms)) else 1.0) for group in query.groups
        ]
        self._asked = query.missing + sum(self._absent)

    def parts(self, candidate: Candidate) -> dict[str, float]:
        """Returns the named parts of a candidate's score.

        "words" is BM25F: sum over groups g of weight(g) * tf / (k1 + tf), tf the sum of the uses of g.
        """
        groups, body = candidate.groups, candidate.matches[BODY]
        positions, start = candidate.positions[body], candidate.starts[BODY]
        in_body = groups[body]
        # How much each match counts: by its field, in the body also by length and position.
        norm = length_norm(candidate.document.length, self._average_length) * self._mean_position_weight
        use_in_body = FIELD_WEIGHTS[BODY] / norm
        weight_at = position_weights(1 + len(candidate.document.text.characters) // 1_000)
        uses = [FIELD_WEIGHTS[field] for field in FIELDS[:BODY] for _ in groups[candidate.matches[field]]]
        uses += [use_in_body * weight_at[at - start] for at in positions]
        frequencies = dict.fromkeys(groups, 0.0)
        for group, use in zip(groups, uses, strict=True):
            frequencies[group] += use
        lead = in_body[: bisect_left(positions, start + LEAD_TERMS)]
        return {
            "words": sum([self._weights[group] * saturate(often) for group, often in frequencies.items()]),
            "coverage": COVERAGE * self._distinct_weight(frequencies),
            "adjacency": ADJACENCY * self._adjacency(candidate, uses) if len(frequencies) > 1 else 0.0,
            "title": self._title(candidate),
            "window": WINDOW * best_window(positions, in_body, self._weights, WINDOW_TERMS)[0],
            "lead": LEAD * self._distinct_weight(lead),
        }

    def _adjacency(self, candidate: Candidate, uses: Sequence[float]) -> float:
        """BM25F of pairs of neighbouring query words that are next to each other.

        A pair weighs as the geometric mean of its words: sqrt(weight * other weight).
        """
        neighbours = self._query.neighbours
        if not neighbours:
            return 0.0
        positions, groups = candidate.positions, candidate.groups
        frequencies: defaultdict[tuple[int, int], float] = defaultdict(float)
        for at, following, one, other, use in zip(positions, positions[1:], groups, groups[1:], uses, strict=False):
            if following - at <= 1 and (one, other) in neighbours:  # both parts of a compound are at one position
                frequencies[one, other] += use
        weights = self._weights
        return sum(sqrt(weights[one] * weights[other]) * saturate(often) for (one, other), often in frequencies.items())

    def _title(self, candidate: Candidate) -> float:
        """How much of the query the title means, and how much of the title the query means.

        Q = weight of the query's groups in the title; m = share of the title's words that match;
        q = Q / weight of the query; t = share of the title's idf that matches
        title = 1.25 * Q * m + 0.25 * 2 Q t / (q + t)
        """
        matches = candidate.matches[TITLE]
        groups = candidate.groups[matches]
        if not groups:
            return 0.0
        terms = candidate.field(TITLE)
        matched = self._distinct_weight(groups)
        words = set(candidate.positions[matches])
        matched_idf = sum(self._idf.of(terms[at]) for at in words)
        idf_share = matched_idf / (sum(map(self._idf.of, terms)) or 1)
        f1 = 2 * matched * idf_share / (matched / self._query_weight + idf_share)
        return TITLE_OVERLAP * matched * len(words) / len(terms) + TITLE_F1 * f1

    def _distinct_weight(self, groups: Collection[int]) -> float:
        """Sum of weight(g) over the distinct groups g."""
        return sum(self._weights[group] for group in set(groups))

    def evidence(self, candidate: Candidate) -> float:
        """Returns how well a candidate answers what was asked, whatever else the archive has.

        evidence = sum over groups g that match of
                   importance(g) * tf / (0.5 + tf) / (min(asked, 8) + 1.5 * elsewhere) + 0.08 * peculiarity(g)

        `asked` is the importance of all words, those that no article has included; `elsewhere` is that of words of
        another subject that no article has. A word in passing is a coincidence when much else was asked; a word that
        the article is about is not, nor one that hardly any other text has.
        """
        frequencies: defaultdict[int, float] = defaultdict(float)
        for field, extent in enumerate(candidate.matches):
            weight = FIELD_WEIGHTS[field]
            for number in candidate.groups[extent]:
                frequencies[number] += weight
        for number, times in candidate.counted.items():
            if times:
                frequencies[number] += FIELD_WEIGHTS[BODY] * times
        answered, asked, peculiarity = 0.0, self._asked, 0.0
        for number, frequency in frequencies.items():
            group = self._query.groups[number]
            answered += group.importance * frequency / (SEEN + frequency)
            asked += group.importance - self._absent[number]
            peculiarity += group.peculiarity
        asked = min(asked, MAX_ASKED) + ELSEWHERE * self._query.elsewhere
        return answered / (asked or 1.0) + PECULIARITY * peculiarity
