"""What an article is about: the configured taxonomy, by words, phrases and headings, explained.

A topic's words are compared as index terms, so that "trader" also tells "traders" and a Korean
noun is known with its particles. Where a word stands decides what it is worth.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.models import ArticleBody, Topic
from bot.text_analysis import DEFAULT_LANGUAGE, PARTICLES, is_cjk, terms, words

TITLE, HEADING, SUMMARY, TEXT = 4.0, 2.5, 1.5, 1.0  # what a word is worth by where it stands
ENOUGH = 2.5  # a topic needs so much ...
SHARE = 0.4  # ... and this part of what the best topic has
MOST_TOPICS = 4
OFTEN = 4  # a word counts so often in the text, at most
USUAL_LENGTH = 500  # terms; in a longer text a word must come oftener to count as much
BATCH = 50
FINGERPRINT = "topics"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A word of a topic found in an article, and what it is worth there."""

    topic: str
    word: str
    place: str
    times: int
    worth: float


class Classifier:
    """Tells the topics of an article. Callable like its `classify`."""

    def __init__(self, topics: Sequence[Topic]) -> None:
        self._topics = tuple(topics)
        self._phrases: defaultdict[str, list[tuple[str, str, tuple[str, ...]]]] = defaultdict(list)
        for topic in topics:
            for word in dict.fromkeys(topic.words):
                for phrase in dict.fromkeys(_phrases_of(word)):
                    self._phrases[phrase[0]].append((topic.key, word, phrase))

    def __call__(self, title: str, summary: str, body: ArticleBody | None) -> tuple[str, ...]:
        """Topic keys, best first; empty when nothing tells enough."""
        return self.classify(title, summary, body)

    def classify(self, title: str, summary: str, body: ArticleBody | None) -> tuple[str, ...]:
        """Topic keys, best first; empty when nothing tells enough."""
        return chosen(worths(self.evidence(title, summary, body)))

    def explain(self, title: str, summary: str, body: ArticleBody | None) -> list[str]:
        """A line of plain text for every topic with any evidence, chosen ones first."""
        found = self.evidence(title, summary, body)
        totals = worths(found)
        taken = chosen(totals)
        order = sorted(totals, key=lambda key: (key not in taken, -totals[key], key))
        return [_explained(key, totals[key], [one for one in found if one.topic == key], taken) for key in order]

    def evidence(self, title: str, summary: str, body: ArticleBody | None) -> list[Evidence]:
        """Every word of the taxonomy that the article has, where, how often, and what that is worth."""
        passages = (body or ArticleBody()).passages
        headings = "\n".join(passage.heading for passage in passages)
        text = "\n".join(passage.text for passage in passages)
        return [
            *self._found("title", title, TITLE, 1),
            *self._found("heading", headings, HEADING, 2),
            *self._found("summary", summary, SUMMARY, 1),
            *self._found("text", text, TEXT, OFTEN),
        ]

    def _found(self, place: str, text: str, worth: float, often: int) -> list[Evidence]:
        run = _with_bare_nouns(text)
        counts: defaultdict[tuple[str, str], int] = defaultdict(int)
        for at, term in enumerate(run):
            for key, word, phrase in self._phrases.get(term, ()):
                if tuple(run[at : at + len(phrase)]) == phrase:
                    counts[key, word] += 1
        longer = max(1.0, len(run) / USUAL_LENGTH)
        return [
            Evidence(key, word, place, times, worth * min(often, times / longer))
            for (key, word), times in counts.items()
        ]


def worths(found: Sequence[Evidence]) -> dict[str, float]:
    """What the evidence for each topic is worth together."""
    totals: defaultdict[str, float] = defaultdict(float)
    for one in found:
        totals[one.topic] += one.worth
    return dict(totals)


def chosen(totals: Mapping[str, float]) -> tuple[str, ...]:
    """The topics with enough evidence, in itself and beside the best one."""
    floor = max(ENOUGH, SHARE * max(totals.values(), default=0.0))
    enough = [key for key, worth in totals.items() if worth >= floor]
    return tuple(sorted(enough, key=lambda key: (-totals[key], key))[:MOST_TOPICS])


def _phrases_of(word: str) -> list[tuple[str, ...]]:
    phrase = tuple(terms(word, DEFAULT_LANGUAGE))
    return [phrase] if phrase else []


def _with_bare_nouns(text: str) -> list[str]:
    """The terms of a text; a Korean noun of one syllable also without its particle."""
    run: list[str] = []
    for word in words(text):
        bare = is_cjk(word) and len(word) == 2 and word[1] in PARTICLES  # noqa: PLR2004 - noun and particle
        run += [*terms(word, DEFAULT_LANGUAGE), *([word[0]] if bare else [])]
    return run


def _explained(key: str, worth: float, found: Sequence[Evidence], taken: Sequence[str]) -> str:
    reasons = ", ".join(f'"{one.word}" in the {one.place} {one.times}x ({one.worth:.1f})' for one in found)
    return f"{'topic' if key in taken else 'not enough for'} {key}: {worth:.1f} = {reasons}"
