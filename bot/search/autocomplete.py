"""Autocompletion: titles, phrases and values that continue what is typed, a slip forgiven."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.models import Article, Topic
from bot.search.results import Suggestion
from bot.search.searcher import Finder
from bot.search.spelling import SHORTEST, near_texts, spelt
from bot.store.search.suggestions import SuggestionReader
from bot.text_analysis import normalise, storable, words

LONGEST_LABEL = 100  # Discord's limit on a choice
LONGEST_TYPED = 100
MOST_WORDS = 12
POOL = 50  # titles looked at to show 25
FREQUENT = 1_500  # phrases compared with a short or a misspelt beginning
SHORT = 2  # letters
LARGEST_ID = 2**63


@dataclass(frozen=True, slots=True)
class Choices:
    """What suggestions are made from: the stored choices, and a finder for spelling and ranking."""

    reader: SuggestionReader
    finder: Finder


def titles(choices: Choices, typed: str, limit: int) -> list[Suggestion]:
    """Articles by title. Nothing typed: the most asked for, then the newest."""
    return [Suggestion(label(article.title), str(article.id)) for article in _titled(choices, typed, limit)]


def queries(choices: Choices, topics: Sequence[Topic], typed: str, limit: int) -> list[str]:
    """Phrases, topics and titles. Nothing typed: what is asked for most, the topics, the newest titles."""
    beginning = " ".join(words(typed[:LONGEST_TYPED]))
    if not beginning:
        newest = [article.title for article in choices.reader.newest(5)]
        asked = choices.reader.most_asked_phrases(10)
        return _offered([*asked, *(topic.name for topic in topics), *newest], limit)
    found = [*_topic_names(topics, beginning), *_phrases(choices, beginning, limit)]
    found += [article.title for article in _titled(choices, typed, limit)]
    if len(found) < limit:
        found += _misspelt(choices, beginning)
    return _offered(found, limit)


def facet(values: Sequence[tuple[str, int]], typed: str, limit: int) -> list[str]:
    """Values that begin with what is typed, then those that have it inside, then those one slip away."""
    wanted = normalise(typed.strip())[:LONGEST_TYPED]
    plain = [(value, normalise(value)) for value, _ in values]
    first = [value for value, text in plain if text.startswith(wanted)]
    inside = [value for value, text in plain if wanted in text]
    near = [value for value, text in plain if _beginning_nearly((text, *text.split()), wanted)]
    return _offered([*first, *inside, *near], limit)


def resolve(choices: Choices, value: str) -> Article | None:
    """The article of an id or of a title as typed."""
    text = value.strip()[:LONGEST_TYPED]
    if text.isdecimal() and text.isascii() and int(text) < LARGEST_ID:
        found = choices.reader.article(int(text))
        if found is not None:
            return found
    near = _matching(choices, words(text), POOL)
    exact = [article for article in near if label(article.title).casefold() == label(text).casefold()]
    return (exact or near or [None])[0]


def own_phrase(reader: SuggestionReader, asked: str) -> str:
    """What was asked, where it is a phrase of the archive's own titles, else empty: nothing a person wrote is kept."""
    phrase = " ".join(words(asked[:LONGEST_TYPED]))
    return phrase if phrase and reader.has_phrase(phrase) else ""


def near_titles(choices: Choices, query: str, limit: int) -> tuple[Article, ...]:
    """Articles whose titles share the beginning of a word with a query that found nothing."""
    found: dict[int, Article] = {}
    for word in words(query[:LONGEST_TYPED])[:MOST_WORDS]:
        for size in (len(word), len(word) - 1, len(word) - 2):
            if size >= min(3, len(word)) and not found:
                found |= {article.id: article for article in choices.reader.titles([word[:size]], limit)}
    return tuple(found.values())[:limit] or tuple(choices.reader.newest(limit))


def near_topics(topics: Iterable[Topic], query: str, limit: int) -> tuple[str, ...]:
    """Keys of topics of which a word begins nearly like a word of the query; all when none does."""
    asked = words(query[:LONGEST_TYPED])[:MOST_WORDS]
    scored = {topic.key: sum(_close(topic, word) for word in asked) for topic in topics}
    near = sorted((key for key in scored if scored[key]), key=lambda key: -scored[key])
    return tuple(near or scored)[:limit]


def label(title: str) -> str:
    """A title as a choice shows it: one line, 100 characters at most."""
    line = " ".join(storable(title).split())
    return line if len(line) <= LONGEST_LABEL else f"{line[: LONGEST_LABEL - 1].rstrip()}…"


def _phrases(choices: Choices, beginning: str, limit: int) -> list[str]:
    # Of the many phrases behind one or two letters the frequent ones are soonest found among the frequent.
    frequent = choices.reader.frequent_phrases(FREQUENT) if len(beginning) <= SHORT else []
    found = [phrase for phrase in frequent if phrase.startswith(beginning)]
    return [*found, *choices.reader.phrases(beginning, limit)]


def _titled(choices: Choices, typed: str, limit: int) -> list[Article]:
    run = words(typed[:LONGEST_TYPED])[:MOST_WORDS]
    reader = choices.reader
    if not run:
        return _distinct([*reader.most_asked_articles(5), *reader.newest(limit)])[:limit]
    found = _matching(choices, run, POOL)
    asked = reader.times_asked([article.id for article in found])
    beginning = normalise(typed.strip())
    found.sort(key=lambda one: (not normalise(one.title).startswith(beginning), -asked.get(one.id, 0)))
    return found[:limit]


def _matching(choices: Choices, run: Sequence[str], limit: int) -> list[Article]:
    """Titles with all the words; else with the words corrected; else with any one of them."""
    if not run:
        return []
    found = choices.reader.titles(run, limit)
    if found:
        return found
    replaced = choices.finder.corrections(run)
    corrected = [part for word in run for part in replaced.get(word, word).split()]
    found = choices.reader.titles(corrected, limit) if corrected != list(run) else []
    rarest_first = sorted(corrected, key=len, reverse=True)
    return found or _distinct(
        [article for word in rarest_first[:3] for article in choices.reader.titles([word], limit)]
    )


def _misspelt(choices: Choices, beginning: str) -> list[str]:
    replaced = choices.finder.corrections(beginning.split())
    corrected = " ".join(replaced.get(word, word) for word in beginning.split())
    exact = choices.reader.phrases(corrected, CHOICES_MISSPELT) if corrected != beginning else []
    return exact + _beginning_nearly(choices.reader.frequent_phrases(FREQUENT), beginning)


CHOICES_MISSPELT = 10


def _beginning_nearly(texts: Sequence[str], beginning: str) -> list[str]:
    """The texts that begin so but for one slip, which is not at the first letter."""
    letters = spelt(beginning)
    if len(letters) < SHORTEST:
        return []  # shorter beginnings are near everything
    same = [text for text in texts if text[:1] == beginning[:1] or not text.isascii()]
    starts = [spelt(text)[: len(letters)] for text in same]
    return [same[at] for at, _ in sorted(near_texts(letters, starts, 1)) if starts[at][0] == letters[0]]


def _close(topic: Topic, word: str) -> int:
    texts = (topic.key, topic.name, *topic.words, *(name for _, name in topic.names))
    known = [part for text in texts for part in words(text)]
    return known.count(word) + len(_beginning_nearly([part for part in known if part != word], word))


def _topic_names(topics: Iterable[Topic], beginning: str) -> list[str]:
    names = [name for topic in topics for name in (topic.name, *(name for _, name in topic.names))]
    return [name for name in names if any(part.startswith(beginning) for part in (normalise(name), *words(name)))]


def _distinct(articles: Iterable[Article]) -> list[Article]:
    return list({article.id: article for article in articles}.values())


def _offered(values: Iterable[str], limit: int) -> list[str]:
    seen = {normalise(value): label(value) for value in reversed(list(values)) if value.strip()}
    return list(reversed(seen.values()))[:limit]
