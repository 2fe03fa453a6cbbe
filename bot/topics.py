"""Classifies an article: which topics of the configured taxonomy it covers, and why.

A topic's words are compared as index terms, so that "trader" matches "traders" and a Korean noun
matches with its particles. Every word of a topic counts by where and how often it is used, and a topic
that runs through the article counts more than one mentioned in a single place:

    score(topic) = sum over its words of weight(place) * min(uses, limit(place))
                 + 0.5 * number of paragraphs that use any of its words
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from bot.models import ArticleBody, LinkKind, Topic
from bot.text_analysis import DEFAULT_LANGUAGE, PARTICLES, is_cjk, terms_of_words, word_terms, words

TITLE, HEADING, SUMMARY, TEXT, SPREAD = 4.0, 3.0, 1.5, 1.0, 0.5
HEADING_LIMIT, TEXT_LIMIT = 2, 3  # uses of a word that count
SPREAD_LIMIT = 6  # paragraphs that count
TYPICAL_PARAGRAPHS = 10  # in a longer article a topic has to be in more of them to count as much
MIN_SCORE = 3.0
MIN_SHARE = 0.3  # of the best topic's score
MAX_COUNT = 5
FINGERPRINT = "topics-2"  # the key of the last used taxonomy's hash; another key classifies every article again
LINE_MARKS = "•> \t"


@dataclass(frozen=True, slots=True)
class TopicMatch:
    """A word of a topic found in an article (empty: the topic's spread over it), and its weight."""

    topic: str
    word: str
    place: str
    times: int
    weight: float


class Classifier:
    """Returns the topics of an article. Callable like its `classify`."""

    def __init__(self, topics: Sequence[Topic]) -> None:
        self._phrases: defaultdict[str, list[tuple[str, str, tuple[str, ...]]]] = defaultdict(list)
        for topic in topics:
            for word in dict.fromkeys(topic.words):
                phrase = tuple(term for part in words(word) for term in word_terms(part, DEFAULT_LANGUAGE))
                if phrase and (topic.key, phrase) not in ((key, of) for key, _, of in self._phrases[phrase[0]]):
                    self._phrases[phrase[0]].append((topic.key, word, phrase))

    def __call__(self, title: str, summary: str, body: ArticleBody | None) -> tuple[str, ...]:
        """Returns topic keys, best first; empty when there is too little evidence for any."""
        if not self._phrases:
            return ()
        return select_topics(scores(self.matches(title, summary, body)))

    def explain(self, title: str, summary: str, body: ArticleBody | None) -> list[str]:
        """Returns a line of plain text for every topic with any evidence, chosen ones first."""
        found = self.matches(title, summary, body)
        totals = scores(found)
        chosen = select_topics(totals)
        order = sorted(totals, key=lambda key: (key not in chosen, -totals[key], key))
        lines: list[str] = []
        for key in order:
            reasons = ", ".join(
                f'"{one.word}" in the {one.place} {one.times}x ({one.weight:.1f})'
                if one.word
                else f"in {one.times} {one.place} ({one.weight:.1f})"
                for one in found
                if one.topic == key
            )
            mark = "topic" if key in chosen else "not enough for"
            lines.append(f"{mark} {key}: {totals[key]:.1f} = {reasons}")
        return lines

    def matches(self, title: str, summary: str, body: ArticleBody | None) -> list[TopicMatch]:
        """Returns every word of the taxonomy in the article: where, how often, and its weight."""
        body = body or ArticleBody()
        passages = body.passages
        # Lines that are links to other articles or calls to action are not about this one.
        left_out = {link.label.strip() for link in body.links if link.kind is not LinkKind.TEXT} | {""}
        lines = (line.strip(LINE_MARKS) for passage in passages for line in passage.text.splitlines())
        paragraphs = [line for line in lines if line not in left_out]
        found: list[TopicMatch] = []
        uses_of = [list(self._uses(paragraph)) for paragraph in paragraphs]
        for place, used, weight, limit in (
            ("title", self._uses(title), TITLE, 1),
            ("heading", self._uses("\n".join(passage.heading for passage in passages)), HEADING, HEADING_LIMIT),
            ("summary", self._uses(summary), SUMMARY, 1),
            ("text", chain.from_iterable(uses_of), TEXT, TEXT_LIMIT),
        ):
            uses = Counter(used)
            found += [
                TopicMatch(key, word, place, times, weight * min(limit, times)) for (key, word), times in uses.items()
            ]
        spread = Counter(key for used in uses_of for key in {key for key, _ in used})
        longer = max(1.0, len(paragraphs) / TYPICAL_PARAGRAPHS)
        found += [
            TopicMatch(key, "", "paragraphs", count, SPREAD * min(SPREAD_LIMIT, count / longer))
            for key, count in spread.items()
        ]
        return found

    def _uses(self, text: str) -> Iterator[tuple[str, str]]:
        """The topics' words a text uses, in order, as (topic, word)."""
        run = _terms_with_bare_nouns(text)
        for at, term in enumerate(run):
            for key, word, phrase in self._phrases.get(term, ()):
                if len(phrase) == 1 or tuple(run[at : at + len(phrase)]) == phrase:
                    yield key, word


def scores(found: Sequence[TopicMatch]) -> dict[str, float]:
    """Returns the sum of the weights by topic."""
    totals: defaultdict[str, float] = defaultdict(float)
    for one in found:
        totals[one.topic] += one.weight
    return dict(totals)


def select_topics(totals: Mapping[str, float]) -> tuple[str, ...]:
    """Returns the topics with enough evidence, absolutely and relative to the best one."""
    floor = max(MIN_SCORE, MIN_SHARE * max(totals.values(), default=0.0))
    enough = [key for key, score in totals.items() if score >= floor]
    return tuple(sorted(enough, key=lambda key: (-totals[key], key))[:MAX_COUNT])


def _terms_with_bare_nouns(text: str) -> list[str]:
    """The terms of a text; a Korean noun of one syllable also without its particle."""
    run: list[str] = []
    found = words(text)
    terms = terms_of_words(set(found), DEFAULT_LANGUAGE)
    for word in found:
        run += terms[word]
        if len(word) == 2 and is_cjk(word) and word[1] in PARTICLES:  # noqa: PLR2004 - noun and particle
            run.append(word[0])
    return run
