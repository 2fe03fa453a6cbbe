"""Whether a question names the archive's subject: a word of the configured taxonomy."""

from collections.abc import Sequence

from bot.models import Topic
from bot.search.query.request import is_wish_to_help
from bot.text_analysis import DEFAULT_LANGUAGE, STOP_WORDS, is_cjk, word_terms, words

MIN_SYLLABLES = 2  # of a Korean word, which is looked for inside others because particles are attached to it


class SubjectWords:
    """The single words of a taxonomy; `help_topics` are the keys of topics of which a word is a wish to help."""

    def __init__(self, topics: Sequence[Topic]) -> None:
        self.help_topics = tuple(topic.key for topic in topics if any(is_wish_to_help(word) for word in topic.words))
        single = {part[0] for topic in topics for word in topic.words if len(part := words(word)) == 1}
        self._korean = tuple(word for word in single if is_cjk(word) and len(word) >= MIN_SYLLABLES)
        self._stems = {word_terms(word, DEFAULT_LANGUAGE) for word in single - STOP_WORDS if not is_cjk(word)}

    def named_in(self, typed: Sequence[str]) -> bool:
        """Returns whether one of the words typed is of the subject, in any form of it."""
        return any(
            any(noun in word for noun in self._korean)
            if is_cjk(word)
            else word_terms(word, DEFAULT_LANGUAGE) in self._stems
            for word in typed
        )
