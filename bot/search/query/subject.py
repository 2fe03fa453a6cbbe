"""Whether a question names the archive's subject: a word of the configured taxonomy."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

from bot.models import Topic
from bot.search.query.request import is_wish_to_help
from bot.search.query.spelling import korean_noun
from bot.search.query.synonyms import is_place
from bot.text_analysis import DEFAULT_LANGUAGE, STOP_WORDS, is_cjk, word_terms, words

COMPASS = frozenset(["north", "south", "east", "west"])
MIN_SYLLABLES = 2  # of a Korean word, which is looked for inside others because particles are attached to it


class SubjectWords:
    """The words of a taxonomy; `help_topics` are the keys of topics of which a word is a wish to help."""

    def __init__(self, topics: Sequence[Topic]) -> None:
        self.help_topics = tuple(topic.key for topic in topics if any(is_wish_to_help(word) for word in topic.words))
        named = [words(text) for topic in topics for text in (topic.name, *(name for _, name in topic.names))]
        places = {word for phrase in named for word in phrase if is_place(word)}
        places |= {one for phrase in named for one, other in pairwise(phrase) if one in COMPASS and other in places}
        nouns = {korean_noun(word) if is_cjk(word) else word for word in places}
        self._places = tuple({term for word in nouns for term in word_terms(word, DEFAULT_LANGUAGE)})
        self._topics_of: defaultdict[str, set[str]] = defaultdict(set)
        for topic in topics:
            for word in topic.words:
                if len(part := words(word)) == 1 and part[0] not in STOP_WORDS:
                    self._topics_of[word_terms(part[0], DEFAULT_LANGUAGE)[0]].add(topic.key)
        single = {part[0] for topic in topics for word in topic.words if len(part := words(word)) == 1}
        self._korean = tuple(word for word in single if is_cjk(word) and len(word) >= MIN_SYLLABLES)
        self._stems = {word_terms(word, DEFAULT_LANGUAGE) for word in single - STOP_WORDS if not is_cjk(word)}

    def is_place(self, terms: Iterable[str]) -> bool:
        """Returns whether a term is of a place that a topic's name names, or of what is from there: "Korean".

        Most articles are about that place, whether they say so or not.
        """
        return any(term.startswith(self._places) for term in terms)

    def topics_of(self, terms: Iterable[str]) -> frozenset[str]:
        """Returns the keys of the topics that some terms name."""
        return frozenset[str]().union(*(self._topics_of.get(term, ()) for term in terms))

    def named_in(self, typed: Sequence[str]) -> bool:
        """Returns whether one of the words typed is of the subject, in any form of it, or its place."""
        return any(
            any(noun in word for noun in self._korean)
            if is_cjk(word)
            else word_terms(word, DEFAULT_LANGUAGE) in self._stems
            for word in typed
        ) or any(is_place(word) and self.is_place(word_terms(word, DEFAULT_LANGUAGE)) for word in typed)
