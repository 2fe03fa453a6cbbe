"""Classifies an article: which topics of the configured taxonomy it covers, and why.

A topic's words are compared as index terms, so that "trader" matches "traders" and a Korean noun
matches with its particles. A topic that runs through the article counts more than one that fills a
single paragraph:

    score(topic) = 2 if the title names it + 2 * headings that name it (at most 2) + 1.5 if the summary names it
                 + sum over paragraphs of min(3, uses of its words), less in a long article
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, filterfalse

from bot.models import ArticleBody, LinkKind, Topic
from bot.text_analysis import DEFAULT_LANGUAGE, PARTICLES, terms_of_words, word_terms, words

TITLE, HEADING, SUMMARY = 2.0, 2.0, 1.5
HEADING_LIMIT = 2  # headings that count
PARAGRAPH_LIMIT = 3  # uses in one paragraph that count
TYPICAL_PARAGRAPHS = 10  # in a longer article a topic has to be in more of them to count as much
MIN_SCORE = 2.5
MIN_SCORE_WITHOUT_TEXT = 2.0  # as of a video, of which only a title and a summary are known
MIN_SHARE = 0.4  # of the best topic's score
MAX_COUNT = 5
FINGERPRINT = "topics-3"  # the key of the last used taxonomy's hash; another key classifies every article again
LINE_MARKS = "•> \t"
REPEATED = 80  # letters of a summary that show whether it is the beginning of the text


@dataclass(frozen=True, slots=True)
class TopicMatch:
    """The texts of one kind (headings, paragraphs) that name a topic, its words in them, and what they weigh."""

    topic: str
    place: str
    texts: int
    words: tuple[tuple[str, int], ...]  # with the number of uses
    weight: float

    def __str__(self) -> str:
        named = ", ".join(f'"{word}" {times}x' if times > 1 else f'"{word}"' for word, times in self.words)
        number = "one" if self.place.endswith("s") else "the"
        where = f"{self.texts} {self.place}" if self.texts > 1 else f"{number} {self.place.removesuffix('s')}"
        return f"{self.weight:.1f} in {where}: {named}"


class Classifier:
    """Returns the topics of an article."""

    def __init__(self, topics: Sequence[Topic]) -> None:
        self._phrases: defaultdict[str, list[tuple[str, str, tuple[str, ...]]]] = defaultdict(list)
        for topic in topics:
            for word in dict.fromkeys(topic.words):
                phrase = tuple(term for part in words(word) for term in word_terms(part, DEFAULT_LANGUAGE))
                if phrase and (topic.key, phrase) not in ((key, of) for key, _, of in self._phrases[phrase[0]]):
                    self._phrases[phrase[0]].append((topic.key, word, phrase))
        for phrases in self._phrases.values():
            phrases.sort(key=lambda one: -len(one[2]))
        self._first_terms = frozenset(self._phrases)

    def __call__(self, title: str, summary: str, body: ArticleBody | None) -> tuple[str, ...]:
        """Returns topic keys, best first; empty when there is too little evidence for any."""
        if not self._phrases:
            return ()
        return select_topics(scores(self.matches(title, summary, body)), body)

    def explain(self, title: str, summary: str, body: ArticleBody | None) -> list[str]:
        """Returns a line of plain text for every topic with any evidence, chosen ones first."""
        found = self.matches(title, summary, body)
        totals = scores(found)
        chosen = select_topics(totals, body)
        order = sorted(totals, key=lambda key: (key not in chosen, -totals[key], key))
        lines: list[str] = []
        for key in order:
            mark = "topic" if key in chosen else "not enough for"
            lines.append(
                f"{mark} {key}: {totals[key]:.1f} = {'; '.join(str(one) for one in found if one.topic == key)}"
            )
        return lines

    def matches(self, title: str, summary: str, body: ArticleBody | None) -> list[TopicMatch]:
        """Returns where the article names which topics, with which words, and what that weighs."""
        body = body or ArticleBody()
        passages = body.passages
        # Lines that are links to other articles or calls to action are not about this one.
        left_out = {link.label.strip() for link in body.links if link.kind is not LinkKind.TEXT} | {""}
        lines = (line.strip(LINE_MARKS) for passage in passages for line in passage.text.splitlines())
        paragraphs = [line for line in lines if line not in left_out]
        # Feeds often give the beginning of the text as the summary: it is counted once.
        repeated = summary.strip()[:REPEATED] in "\n".join(paragraphs)
        longer = max(1.0, len(paragraphs) / TYPICAL_PARAGRAPHS)
        found: list[TopicMatch] = []
        for place, texts in (
            ("title", [title]),
            ("headings", [passage.heading for passage in passages]),
            ("summary", [] if repeated else [summary]),
            ("paragraphs", paragraphs),
        ):
            split = [words(text) for text in texts]
            # Most words occur several times: each is analysed once.
            distinct = set(chain.from_iterable(split))
            terms_of = terms_of_words(distinct, DEFAULT_LANGUAGE)
            for word in filterfalse(str.isascii, distinct):
                if len(word) == 2 and word[1] in PARTICLES:  # noqa: PLR2004 - a noun of one syllable also without its particle
                    terms_of[word] += (word[0],)
            runs = [list(chain.from_iterable(map(terms_of.__getitem__, of_text))) for of_text in split]
            # Most texts have no term that begins a phrase, and need not be looked through.
            used = [self._uses(run) for run in runs if not self._first_terms.isdisjoint(run)]
            in_text = [Counter(key for key, _ in uses) for uses in used]
            of_word = Counter(chain.from_iterable(used))
            for key in dict.fromkeys(chain.from_iterable(in_text)):
                counts = [counted[key] for counted in in_text if key in counted]
                weights = {
                    "title": TITLE,
                    "headings": HEADING * min(HEADING_LIMIT, len(counts)),
                    "summary": SUMMARY,
                    "paragraphs": sum(min(PARAGRAPH_LIMIT, count) for count in counts) / longer,
                }
                named = tuple((word, times) for (topic, word), times in of_word.items() if topic == key)
                found.append(TopicMatch(key, place, len(counts), named, weights[place]))
        return found

    def _uses(self, run: Sequence[str]) -> list[tuple[str, str]]:
        """The topics' words among the terms of a text, in order, as (topic, word); of overlapping ones the longest."""
        used, taken = list[tuple[str, str]](), defaultdict[str, int](int)
        for at in [at for at, term in enumerate(run) if term in self._phrases]:
            for key, word, phrase in self._phrases[run[at]]:
                if at >= taken[key] and (len(phrase) == 1 or tuple(run[at : at + len(phrase)]) == phrase):
                    used.append((key, word))
                    taken[key] = at + len(phrase)
        return used


def scores(found: Sequence[TopicMatch]) -> dict[str, float]:
    """Returns the sum of the weights by topic."""
    totals: defaultdict[str, float] = defaultdict(float)
    for one in found:
        totals[one.topic] += one.weight
    return dict(totals)


def select_topics(totals: Mapping[str, float], body: ArticleBody | None) -> tuple[str, ...]:
    """Returns the topics with enough evidence, absolutely and relative to the best one."""
    has_text = body is not None and any(passage.text for passage in body.passages)
    least = MIN_SCORE if has_text else MIN_SCORE_WITHOUT_TEXT
    floor = max(least, MIN_SHARE * max(totals.values(), default=0.0))
    enough = [key for key, score in totals.items() if score >= floor]
    return tuple(sorted(enough, key=lambda key: (-totals[key], key))[:MAX_COUNT])
