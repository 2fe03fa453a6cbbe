"""Autocomplete: titles, phrases and values that continue what is typed, misspelt ones included."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.models import Article, Topic
from bot.search.query.spelling import MIN_LENGTH, decompose, within_distance
from bot.search.query.terms import is_stop_word
from bot.search.results import Suggestion
from bot.search.searcher import Searcher
from bot.store.search.suggestions import SuggestionReader
from bot.text_analysis import is_cjk, language_code, normalise, without_surrogates, words

MAX_LABEL = 100  # Discord's limit on a choice
MAX_TYPED = 100
MAX_WORDS = 12
TITLE_POOL = 30  # titles read to show 25
FREQUENT_PHRASES = 700  # compared with a short or a misspelt prefix
SHORT_PREFIX = 2  # letters
MISSPELT = 10
MIN_WORD_PREFIX, MAX_WORD_CHOICES = 4, 3  # of words of the text; Korean ones would have particles
MAX_ID = 2**63
LONG_QUERY = 5  # words; whoever types that many wants no title in their place

QUESTION = re.compile(
    r"\?\s*$|？\s*$|^\s*(?:who|what|when|where|why|how|which|is|are|was|were|do|does|did|can|could|will|would|should)\s+\S+\s"
    r"|(?:나요|까요|인가요|ㄴ가요|습니까|어요|예요|에요|세요)\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Choices:
    """What suggestions are made from: the stored ones, a searcher for spelling, and the member's language."""

    reader: SuggestionReader
    searcher: Searcher
    language: str = ""


def titles(choices: Choices, typed: str, limit: int) -> list[Suggestion]:
    """Suggests articles by title. Nothing typed: the most opened, then the newest."""
    return [Suggestion(label(article.title), str(article.id)) for article in _titled(choices, typed, limit)]


def queries(choices: Choices, topics: Sequence[Topic], typed: str, limit: int) -> list[str]:
    """Suggests queries: first what is typed, then what begins with it, then what it may be a typo for.

    Nothing typed: the most frequent searches, the topics, the newest titles. A question stays what it is.
    """
    prefix = " ".join(words(typed[:MAX_TYPED]))
    if not prefix:
        names = [_name(topic, choices.language) for topic in topics]
        newest = [article.title for article in _in_language_first(choices.reader.newest(limit), choices.language)[:5]]
        return _distinct_labels([*choices.reader.most_asked_phrases(10), *names, *newest], limit)
    if QUESTION.search(typed) or len(prefix.split()) >= LONG_QUERY:
        return _distinct_labels([typed], limit)
    return _distinct_labels(_continuations(choices, topics, typed, prefix, limit), limit)


def _continuations(choices: Choices, topics: Sequence[Topic], typed: str, prefix: str, limit: int) -> Iterator[str]:
    """Yields queries that continue what is typed, best first; later ones are looked up only when they are needed."""
    yield typed
    named, worded = _topic_names(topics, prefix, choices.language)
    yield from named
    # Very many phrases begin with one or two letters: the frequent ones come first.
    if len(prefix) <= SHORT_PREFIX:
        yield from (phrase for phrase in choices.reader.frequent_phrases(FREQUENT_PHRASES) if phrase.startswith(prefix))
    yield from choices.reader.phrases(prefix, limit)
    yield from (article.title for article in _titled(choices, typed, limit))
    if len(prefix) >= MIN_WORD_PREFIX and prefix.isalpha() and prefix.isascii():
        yield from choices.reader.words(prefix, MAX_WORD_CHOICES)
    yield from worded
    corrected = " ".join(choices.searcher.corrected(prefix.split()))
    if corrected != prefix:
        named, worded = _topic_names(topics, corrected, choices.language)
        yield from (corrected, *named, *choices.reader.phrases(corrected, MISSPELT), *worded)
    yield from _with_typos(choices.reader.frequent_phrases(FREQUENT_PHRASES), prefix)


def facet(values: Sequence[tuple[str, int]], typed: str, limit: int) -> list[str]:
    """Suggests values that begin with what is typed, then those that contain it, then those one edit away."""
    wanted = normalise(typed.strip())[:MAX_TYPED]
    plain = [(value, normalise(value)) for value, _ in values]
    first = [value for value, text in plain if text.startswith(wanted)]
    inside = [value for value, text in plain if wanted in text]
    near = [value for value, text in plain if _with_typos((text, *text.split()), wanted)]
    return _distinct_labels([*first, *inside, *near], limit)


def resolve(choices: Choices, value: str) -> Article | None:
    """Returns the article of an id or of a title as typed."""
    text = value.strip()[:MAX_TYPED]
    if text.isdecimal() and text.isascii() and int(text) < MAX_ID:
        found = choices.reader.article(int(text))
        if found is not None:
            return found
    near = _matching(choices, words(text), TITLE_POOL)
    exact = [article for article in near if label(article.title).casefold() == label(text).casefold()]
    return (exact or near or [None])[0]


def near_titles(reader: SuggestionReader, query: str, limit: int) -> tuple[Article, ...]:
    """Returns articles whose titles have a word that begins like one of a query that found nothing."""
    found: dict[int, Article] = {}
    asked = [word for word in words(query[:MAX_TYPED])[:MAX_WORDS] if not is_stop_word(word)]
    for word in asked:
        for size in (len(word), len(word) - 1, len(word) - 2):
            if size >= min(4, len(word)) and not found:
                found |= {article.id: article for article in reader.titles([word[:size]], limit)}
    return tuple(found.values())[:limit]


def near_topics(topics: Iterable[Topic], query: str, limit: int) -> tuple[str, ...]:
    """Returns the keys of topics with a word that begins nearly like one of the query; of all when there are none."""
    asked = [word for word in words(query[:MAX_TYPED])[:MAX_WORDS] if not is_stop_word(word)]
    scores: dict[str, int] = {}
    for topic in topics:
        texts = (topic.key, topic.name, *topic.words, *(name for _, name in topic.names))
        known = [part for text in texts for part in words(text)]
        scores[topic.key] = sum(
            known.count(word) + len(_with_typos([part for part in known if part != word], word)) for word in asked
        )
    near = sorted((key for key in scores if scores[key]), key=lambda key: -scores[key])
    return tuple(near or scores)[:limit]


def label(title: str) -> str:
    """Returns a title as a choice shows it: one line, 100 characters at most."""
    line = " ".join(without_surrogates(title).split())
    return line if len(line) <= MAX_LABEL else f"{line[: MAX_LABEL - 1].rstrip()}…"


def _titled(choices: Choices, typed: str, limit: int) -> list[Article]:
    run = words(typed[:MAX_TYPED])[:MAX_WORDS]
    reader = choices.reader
    if not run:
        return _distinct([*reader.most_asked_articles(5), *reader.newest(limit)])[:limit]
    found = _matching(choices, run, TITLE_POOL)
    asked = reader.times_asked([article.id for article in found])
    prefix = normalise(typed.strip())
    found.sort(key=lambda one: (not normalise(one.title).startswith(prefix), -asked.get(one.id, 0)))
    return _in_language_first(found, choices.language)[:limit]


def _in_language_first(articles: Iterable[Article], language: str) -> list[Article]:
    return sorted(articles, key=lambda one: bool(language) and language_code(one.language) != language)


def _matching(choices: Choices, run: Sequence[str], limit: int) -> list[Article]:
    """Titles with all the words; else with the words corrected; else with any one of them."""
    if not run:
        return []
    found = choices.reader.titles(run, limit)
    if found:
        return found
    corrected = choices.searcher.corrected(run)
    found = choices.reader.titles(corrected, limit) if corrected and corrected != list(run) else []
    longest_first = sorted((word for word in corrected if not is_stop_word(word)), key=len, reverse=True)
    return found or _distinct(
        [article for word in longest_first[:3] for article in choices.reader.titles([word], limit)]
    )


def _with_typos(texts: Sequence[str], prefix: str) -> list[str]:
    """The texts that begin with a prefix but for one edit, which is not at the first letter."""
    letters = decompose(prefix)
    if len(letters) < MIN_LENGTH:
        return []  # nearly everything is close to a shorter prefix
    same = [text for text in texts if text[:1] == prefix[:1] or not text.isascii()]
    starts = [decompose(text)[: len(letters)] for text in same]
    return [same[at] for at, _ in sorted(within_distance(letters, starts, 1)) if starts[at][0] == letters[0]]


def _name(topic: Topic, language: str) -> str:
    return next((name for code, name in topic.names if code == language), topic.name)


def _topic_names(topics: Sequence[Topic], prefix: str, language: str) -> tuple[list[str], list[str]]:
    """The names of topics that begin with a prefix, and those of other topics with such a word."""
    named: list[str] = []
    worded: list[str] = []
    for topic in topics:
        name = _name(topic, language)
        if any(part.startswith(prefix) for part in (normalise(name), *words(name))):
            named.append(name)
        elif len(prefix) >= MIN_LENGTH - is_cjk(prefix) and any(word.startswith(prefix) for word in topic.words):
            worded.append(name)
    return named, worded


def _distinct(articles: Iterable[Article]) -> list[Article]:
    return list({article.id: article for article in articles}.values())


def _distinct_labels(values: Iterable[str], limit: int) -> list[str]:
    seen: dict[str, str] = {}
    for value in values:
        if value.strip():
            seen.setdefault(normalise(value), label(value))
        if len(seen) >= limit:
            break
    return list(seen.values())
