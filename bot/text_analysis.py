"""Text into words, and words into index terms. The one place that decides what equals what.

Text is normalised (NFKC, lower case, no accents on Latin letters) and cut into words. A word
of Chinese, Japanese or Korean script becomes its overlapping pairs of characters, because particles
cling to nouns there; any other word becomes its Snowball stem in the text's language. No word is
left out: how much a common word counts is for the ranking to say.
"""

import re
import sys
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache
from threading import local
from typing import NamedTuple, Protocol, cast

import Stemmer  # pyright: ignore[reportMissingTypeStubs] - it has none

ANALYSER_VERSION = 2  # raise it with any change that makes stored terms differ: the index is then rebuilt

DEFAULT_LANGUAGE = "en"
LONGEST_WORD = 40

# Snowball's algorithms by language code; other languages keep their words whole.
ALGORITHMS = {
    "ar": "arabic", "ca": "catalan", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "es": "spanish", "et": "estonian", "eu": "basque", "fi": "finnish", "fr": "french", "ga": "irish",
    "hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian",
    "lt": "lithuanian", "ne": "nepali", "nl": "dutch", "no": "norwegian", "nb": "norwegian",
    "nn": "norwegian", "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian",
    "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip

PAIRED = "\u3005\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff"  # kana, Han, Hangul


def _marks() -> str:
    # `\w` leaves out combining marks, which would cut words of Indic scripts into pieces.
    marks = (chr(code) for code in range(0x0300, 0x3100) if unicodedata.category(chr(code)) in {"Mn", "Mc"})
    return "".join(marks)


WORD = re.compile(rf"[{PAIRED}]+|(?:(?![{PAIRED}])[^\W_]|[{_marks()}])+(?:['\u2019](?![{PAIRED}])[^\W_]+)*")
ACCENTED = re.compile("[\u00e0-\u024f\u1e00-\u1eff]")
PAIRED_WORD = re.compile(rf"[{PAIRED}]+")

# Words that join others and say little themselves: in a question they count for little, and no
# suggested phrase begins or ends with one. The index keeps them all the same.
_GLUE = """
a about after all also am an and any are as at be been before but by can could did do does during each for
from get had has have he her here his how i if in into is it its just know like may me more my new no not
now of on one only or other our out over own part please s she should so some such tell than that the their
them then there these they this those through to too under up us use very was we were what when where which
while who why will with within without would you your
"""
GLUE = frozenset(_GLUE.split())

# Korean particles of one syllable; they cling to the noun before them.
PARTICLES = frozenset("은는이가을를의도과와에로들만")


class Word(NamedTuple):
    """A word of a text: normalised, and where it stands in the text as given."""

    text: str
    start: int
    end: int


def normalise(text: str) -> str:
    """The form in which words are compared: NFKC, lower case, Latin accents and lone surrogates gone."""
    if text.isascii():
        return text.lower()
    return _without_accents(unicodedata.normalize("NFKC", storable(text)).lower()).replace("\u2019", "'")


def storable(text: str) -> str:
    """A text without lone surrogates, which neither SQLite nor an address can carry."""
    return text.encode("utf-8", "ignore").decode("utf-8")


def words(text: str) -> list[str]:
    """The normalised words of a text, in order."""
    return [word[:LONGEST_WORD] for word in WORD.findall(normalise(text))]


def located_words(text: str) -> Iterator[Word]:
    """The words of a text with their places in it, for marking matches in an excerpt."""
    for match in WORD.finditer(text):
        found = match.group()
        start, end = match.span()
        if found.isascii():
            yield Word(found[:LONGEST_WORD].lower(), start, end)
        else:
            for word in words(found):
                yield Word(word, start, end)


def terms(text: str, language: str) -> list[str]:
    """The index terms of a text, in order."""
    code = language_code(language)
    found: list[str] = []
    for word in words(text):
        if is_paired(word):
            found += pairs(word)
        else:
            found.append(stem(word, code))
    return found


def word_terms(word: str, language: str) -> tuple[str, ...]:
    """The index terms of one normalised word: its stem, or its overlapping pairs of characters."""
    if is_paired(word):
        return pairs(word)
    return (stem(word, language_code(language)),)


def is_paired(word: str) -> bool:
    """Whether a word is of a script that is indexed by pairs of characters."""
    return not word.isascii() and PAIRED_WORD.match(word) is not None


def pairs(word: str) -> tuple[str, ...]:
    """Overlapping pairs of characters; a single character stands for itself."""
    if len(word) == 1:
        return (word,)
    return tuple(sys.intern(word[at : at + 2]) for at in range(len(word) - 1))


@lru_cache(maxsize=1_024)
def language_code(language: str) -> str:
    """The two-letter code of a language tag; an untold language counts as the default one."""
    return language.replace("_", "-").split("-", 1)[0].lower() or DEFAULT_LANGUAGE


def stem(word: str, code: str) -> str:
    """A word's Snowball stem, or the word itself where the language has no stemmer."""
    if word.isascii() and code not in ALGORITHMS:
        code = DEFAULT_LANGUAGE  # Latin words inside Korean text, for one
    algorithm = ALGORITHMS.get(code)
    return word if algorithm is None else _stemmers.of(algorithm).stemWord(word) or word


def latin_stemmer(language: str) -> Callable[[str], str]:
    """What gives the stem of a word in plain Latin letters; for many words of one text, on the thread that asks."""
    return _stemmers.of(ALGORITHMS.get(language_code(language), ALGORITHMS[DEFAULT_LANGUAGE])).stemWord


class _Stemmer(Protocol):
    def stemWord(self, word: str) -> str: ...  # noqa: N802 - PyStemmer's name


class _Stemmers(local):
    """A thread's own stemmers: PyStemmer's are not made to be shared between threads."""

    def __init__(self) -> None:
        self._made: dict[str, _Stemmer] = {}

    def of(self, algorithm: str) -> _Stemmer:
        if algorithm not in self._made:
            make = cast("Callable[[str], _Stemmer]", Stemmer.Stemmer)  # pyright: ignore[reportUnknownMemberType, reportAttributeAccessIssue]
            self._made[algorithm] = make(algorithm)
        return self._made[algorithm]


_stemmers = _Stemmers()


def _without_accents(text: str) -> str:
    return ACCENTED.sub(lambda match: _plain(match.group()), text)


@lru_cache(maxsize=4_096)
def _plain(character: str) -> str:
    base = unicodedata.normalize("NFD", character)[0]
    return base if "a" <= base <= "z" else character


GLUE_TERMS = frozenset(term for word in GLUE for term in word_terms(word, DEFAULT_LANGUAGE))
