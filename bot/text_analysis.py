"""Tokenises text into words and analyses words into index terms.

Text is normalised (NFKC, lower case, no accents on Latin letters) and split into words. A word of
Chinese, Japanese or Korean script becomes its overlapping bigrams, because particles are attached
to nouns there; any other word becomes its Snowball stem in the text's language. Stop words are
indexed too: the ranking decides how much they count.
"""

import re
import sys
import unicodedata
from collections.abc import Callable, Collection, Iterator
from functools import lru_cache
from itertools import filterfalse
from threading import local
from typing import Any, NamedTuple, cast

import Stemmer  # pyright: ignore[reportMissingTypeStubs] - it has none

from bot.plain_text import mark_runs, primary_subtag

ANALYSER_VERSION = 6  # raise it with any change that makes stored entries differ: the index is then rebuilt

DEFAULT_LANGUAGE = "en"
MAX_WORD = 40

# Snowball algorithms by language code; words of other languages are not stemmed.
ALGORITHMS = {
    "ar": "arabic", "ca": "catalan", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "es": "spanish", "et": "estonian", "eu": "basque", "fi": "finnish", "fr": "french", "ga": "irish",
    "hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian",
    "lt": "lithuanian", "ne": "nepali", "nl": "dutch", "no": "norwegian", "nb": "norwegian",
    "nn": "norwegian", "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian",
    "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip

CJK = "\u3005\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff"  # kana, Han, Hangul

MAX_MARKS = 6  # combining marks on one character; the patterns are made when a text needs them

# `\w` excludes combining marks, which would split words of Indic scripts.
_MARKS = "".join(chr(code) for code in range(0x0300, 0x3100) if unicodedata.category(chr(code)) in {"Mn", "Mc"})
# Words of plain letters come first, only to be fast: most words are no others.
WORD = re.compile(
    rf"[0-9A-Za-z]++(?![^\W_]|['\u2019{_MARKS}])"
    rf"|[{CJK}]++|(?:[^\W_{CJK}]++|[{_MARKS}])++(?:['\u2019](?![{CJK}])[^\W_]++)*+"
)
ASCII_WORD = re.compile(r"[a-z0-9]+(?:'[a-z0-9]+)*")  # the same for normalised ASCII text, three times as fast
ACCENTED = re.compile("[\u00e0-\u024f\u1e00-\u1eff]")
CJK_WORD = re.compile(rf"[{CJK}]+")
ASTRAL = re.compile("[^\u0000-\uffff]")

# They have little weight in a query, and no suggested phrase begins or ends with one.
_STOP_WORDS = """
a about after all also am an and any are as at be been before but by can could did do does during each for
from get had has have he her here his how i if in into is it its just know like may me more my new no not
now of on one only or other our out over own part please s she should so some such tell than that the their
them then there these they this those through to too under up us use very was we were what when where which
while who why will with within without would you your
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())

# Korean particles of one syllable, which are attached to the noun before them.
PARTICLES = frozenset("은는이가을를의도과와에로들만")

# Particles, endings and question words of Korean queries: they do not name a subject.
_KOREAN_PARTICLES = (
    "으로부터|에서부터|에게서|이라는|이라고|라는|라고|에서는|에서의|에서|에게|으로는|으로서|으로써|으로|부터|까지|처럼|"
    "보다|이란|에는|에도|와의|과의|이나|이며|은|는|이|가|을|를|의|도|과|와|에|로|란|만|나"
)
_KOREAN_ENDINGS = (
    "이었는가|이었나|하였나|되었나|했는가|였는가|었는가|았는가|습니까|입니까|었는지|인가요|인가|는가|은가|한가|나요|까요|어요|아요|"
    "예요|에요|네요|세요|었나|했나|였나|는지|했던|이다|하고|하기|하며|하면|하려|해서|하여|하지|한다|하는|있는|되는|아서|어서|여서|면서|으면|려면|지만|니까|는데|은데|인데|려고|거나|던|었던|았던|위해|통해|대한|대해|관한|것은|것을|것이|것"
)
_KOREAN_QUESTION = (
    "무엇|누구|누가|어디|언제|어떤|어느|무슨|얼마|몇|왜|어떻게|어떠|뭐|뭘|무얼|있어|있나|없나|알려|궁금|찾아|보여|주세"
)
# Nouns that only ask for something of a kind: "the place where ...", "the year in which ...".
_KOREAN_ASKED_FOR = "곳|것|때|점|분|연도|년도|날짜|이름|장소|이유|방법|과정|방식|원인|현실|실태|모습|상황|경험"
KOREAN_QUESTION_WORD = re.compile(rf"(?:{_KOREAN_QUESTION}).{{0,4}}|(?:{_KOREAN_ASKED_FOR})(?:은|는|이|가|을|를)?")
KOREAN_SUFFIX = re.compile(rf"(?<=.)(?:{_KOREAN_ENDINGS})$|(?<=..)(?:{_KOREAN_PARTICLES})$")


class Word(NamedTuple):
    """A normalised word and its position in the original text."""

    text: str
    start: int
    end: int


def normalise(text: str) -> str:
    """Returns the form in which words are compared: NFKC, lower case, no Latin accents, no lone surrogates."""
    if text.isascii():
        return text.lower()
    bounded = limit_combining_marks(without_surrogates(text))
    lower = unicodedata.normalize("NFKC", bounded).lower()
    return ACCENTED.sub(lambda match: _without_accent(match.group()), lower).replace("\u2019", "'")


def limit_combining_marks(text: str) -> str:
    """Shortens very long runs of combining marks, which cannot be normalised in reasonable time."""
    if text.isascii():
        return text
    if ASTRAL.search(text):
        text = mark_runs(MAX_MARKS, end=0x1E950).sub(r"\1", text)
    return mark_runs(MAX_MARKS).sub(r"\1", text)


def without_surrogates(text: str) -> str:
    """Removes lone surrogates, which neither SQLite nor a URL can carry."""
    return text.encode("utf-8", "ignore").decode("utf-8")


def words(text: str) -> list[str]:
    """Returns the normalised words of a text, in order."""
    normalised = normalise(text)
    pattern = ASCII_WORD if normalised.isascii() else WORD
    return [word[:MAX_WORD] for word in pattern.findall(normalised)]


def located_words(text: str) -> Iterator[Word]:
    """Yields the words of a text with their positions, for highlighting matches."""
    for match in WORD.finditer(text):
        found = match.group()
        start, end = match.span()
        if found.isascii():
            yield Word(found[:MAX_WORD].lower(), start, end)
        else:
            for word in words(found):
                yield Word(word, start, end)


@lru_cache(maxsize=1_024)
def word_terms(word: str, language: str) -> tuple[str, ...]:
    """Returns the index terms of one normalised word: its stem, or its overlapping bigrams."""
    if is_cjk(word):
        return bigrams(word)
    return (stem(word, language_code(language)),)


def terms_of_words(distinct: Collection[str], language: str) -> dict[str, tuple[str, ...]]:
    """Returns the index terms of many normalised words, which is faster than one call each."""
    code = language_code(language)
    latin = list(filter(str.isascii, distinct))
    found = {word: word_terms(word, code) for word in filterfalse(str.isascii, distinct)}
    stems: list[str] = _stemmer(ALGORITHMS.get(code, ALGORITHMS[DEFAULT_LANGUAGE])).stemWords(latin)
    if "" in stems:
        stems = [stemmed or word for word, stemmed in zip(latin, stems, strict=True)]
    found.update(zip(latin, zip(stems, strict=True), strict=True))
    return found


def is_cjk(word: str) -> bool:
    """Returns whether a word is of a script that is indexed by bigrams."""
    return not word.isascii() and CJK_WORD.match(word) is not None


def bigrams(word: str) -> tuple[str, ...]:
    """Returns overlapping pairs of characters; a single character is its own bigram."""
    if len(word) == 1:
        return (word,)
    return tuple(sys.intern(word[at : at + 2]) for at in range(len(word) - 1))


@lru_cache(maxsize=1_024)
def language_code(language: str) -> str:
    """Returns the two-letter code of a language tag; the default language when there is none."""
    return primary_subtag(language) or DEFAULT_LANGUAGE


def stem(word: str, code: str) -> str:
    """Returns a word's Snowball stem, or the word itself where the language has no stemmer."""
    if word.isascii() and code not in ALGORITHMS:
        code = DEFAULT_LANGUAGE  # for example, Latin words inside Korean text
    algorithm = ALGORITHMS.get(code)
    return word if algorithm is None else _stemmer(algorithm).stemWord(word) or word


_stemmers = local()  # by thread: PyStemmer's objects must not be shared between threads


def _stemmer(algorithm: str) -> Any:  # noqa: ANN401 - PyStemmer has no types
    if not hasattr(_stemmers, algorithm):
        make = cast("Callable[[str, int], Any]", Stemmer.Stemmer)  # pyright: ignore[reportUnknownMemberType, reportAttributeAccessIssue]
        setattr(_stemmers, algorithm, make(algorithm, 0))  # its cache of 10,000 words is slower than stemming
    return getattr(_stemmers, algorithm)


@lru_cache(maxsize=4_096)
def _without_accent(character: str) -> str:
    base = unicodedata.normalize("NFD", character)[0]
    return base if "a" <= base <= "z" else character


STOP_TERMS = frozenset(term for word in STOP_WORDS for term in word_terms(word, DEFAULT_LANGUAGE))
