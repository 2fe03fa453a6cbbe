"""Other words for the same: people ask in other words than articles are written in.

Words and phrases that mean the same or nearly, and forms of an English word that stemming does not bring together:
"organisation", "women", "fled". Two more lists say which words are places, and which are of another subject.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from functools import cache, lru_cache
from importlib import resources

from bot.search.query.spelling import korean_noun
from bot.text_analysis import DEFAULT_LANGUAGE, KOREAN_SUFFIX, is_cjk, word_terms

SYLLABLES_OF_NOUN = 2  # it is one term of the index
MIN_LENGTH = 5  # letters of a word with another spelling; "our" is not another spelling of "or"

# The end of a word in British and American English, and what may follow it.
_SPELLINGS = (
    ("is", "iz", ("e", "ed", "es", "ing", "ation", "ations", "er", "ers", "able")),
    ("ys", "yz", ("e", "ed", "es", "ing", "er", "ers")),
    ("our", "or", ("", "s", "ed", "ing", "al", "able", "ful", "ite", "ites")),
    ("ell", "el", ("ed", "ing", "er", "ers")),
    ("tre", "ter", ("", "s")),
    ("ogue", "og", ("", "s")),
    ("amme", "am", ("", "s")),
    ("ence", "ense", ("", "s")),
)

# Irregular forms. The first of each is the one whose regular forms count as well ("fleeing").
_IRREGULAR = """
child children | woman women | man men | wife wives | knife knives | shelf shelves | thief thieves | half halves
foot feet | tooth teeth | mouse mice | criterion criteria | phenomenon phenomena | matrix matrices | index indices
appendix appendices | vertex vertices | vortex vortices | axis axes | crisis crises
analysis analyses analyse analyze | hypothesis hypotheses | thesis theses | synthesis syntheses | datum data
radius radii | nucleus nuclei | stimulus stimuli | spectrum spectra | curriculum curricula | formula formulae
antenna antennae | maximum maxima | minimum minima | optimum optima | bureau bureaux | plateau plateaux
arise arose arisen | awake awoke | beat beaten | become became | begin began begun | bend bent | bind bound
bite bitten | bleed bled | blow blew blown | break broke broken | breed bred | bring brought | build built
burn burnt | buy bought | catch caught | choose chose chosen | cling clung | creep crept | deal dealt | dig dug
draw drew drawn | dream dreamt | drink drank drunk | drive drove driven | eat ate eaten | fall fell fallen | feed fed
feel felt | fight fought | find found | flee fled | fly flew flown | forbid forbade forbidden
forget forgot forgotten | forgive forgave forgiven | freeze froze frozen | grow grew grown | hang hung | hear heard
hide hid hidden | hold held | keep kept | lay laid | lead led | learn learnt | leave left | lend lent | lose lost
make made | mean meant | meet met | overcome overcame | pay paid | ride rode ridden | ring rang rung
rise rose risen | run ran | see saw seen | seek sought | sell sold | send sent | shake shook shaken | shoot shot
shrink shrank shrunk | sing sang sung | sink sank sunk | sit sat | sleep slept | slide slid | speak spoke spoken
spend spent | spin spun | spring sprang sprung | stand stood | steal stole stolen | stick stuck | strike struck
swear swore sworn | sweep swept | swim swam swum | swing swung | take took taken | teach taught | tear tore torn
think thought | throw threw thrown | understand understood | undertake undertook undertaken | uphold upheld
wake woke woken | wear wore worn | weave wove woven | win won | withdraw withdrew withdrawn | withstand withstood
write wrote written | rewrite rewrote rewritten
"""

_OTHER_END = {
    one + ending: other + ending
    for british, american, endings in _SPELLINGS
    for one, other in ((british, american), (american, british))
    for ending in endings
}
_END_LENGTHS = sorted({len(end) for end in _OTHER_END})
_LAST_LETTERS = {end[-2:] for end in _OTHER_END}
_FORMS = [part.split() for line in _IRREGULAR.strip().splitlines() for part in line.split(" | ")]
_FORMS_OF_WORD = {word: forms for forms in _FORMS for word in forms}
_FORMS_OF_STEM = {word_terms(forms[0], DEFAULT_LANGUAGE): forms for forms in _FORMS}


@lru_cache(maxsize=1_024)
def forms(word: str) -> frozenset[str]:
    """Returns the variants of a word, the words that stand for it in any search ("mother" for "mom"), and theirs."""
    same = _table()[0].get(word_terms(word, DEFAULT_LANGUAGE), ())
    return variants(word).union(same, *map(variants, same)) if same else variants(word)


def variants(word: str) -> frozenset[str]:
    """Returns other spellings and irregular forms of a word, words that nobody writes among them."""
    if not word.isascii():
        return frozenset()
    found = set[str]()
    if len(word) >= MIN_LENGTH and word[-2:] in _LAST_LETTERS:
        found = {word[:-length] + _OTHER_END[end] for length in _END_LENGTHS if (end := word[-length:]) in _OTHER_END}
    own = word.removesuffix("'s")
    found.update(_FORMS_OF_WORD.get(own) or _FORMS_OF_STEM.get(word_terms(own, DEFAULT_LANGUAGE), ()))
    return frozenset(found - {word, own}) if found else frozenset()


@lru_cache(maxsize=4_096)
def close_words(word: str) -> tuple[str, tuple[str, ...]]:
    """Returns what a word is listed as, and words to search for in place of it: "famine" for "starved".

    A Korean word is listed by its longest beginning.
    """
    if not is_cjk(word):
        return word, _table()[1].get(word_terms(word, DEFAULT_LANGUAGE), ())
    noun = korean_listed(word)
    return noun, _korean().get(noun, ())


@lru_cache(maxsize=4_096)
def korean_listed(word: str) -> str:
    """Returns the longest beginning of a Korean word that is listed; one syllable only alone or before a particle."""
    listed = _korean()
    least = 1 if len(word) == 1 or KOREAN_SUFFIX.sub("", f"_{word}") == f"_{word[0]}" else SYLLABLES_OF_NOUN
    return next((word[:length] for length in range(len(word), least - 1, -1) if word[:length] in listed), "")


def phrases_in(words: Sequence[str], stop_words: Collection[str]) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Returns the listed phrases among some words, each with what articles may say instead.

    Those in `stop_words` may stand between the words of a phrase. A Korean word is listed by its beginning.
    """
    stems = [word if is_cjk(word) else word_terms(word, DEFAULT_LANGUAGE)[0] for word in words]
    found: list[tuple[tuple[str, ...], tuple[str, ...]]] = []
    for start, stem in enumerate(stems):
        for phrase, meant in _phrases().get(_phrase_key(stem), ()):
            places: list[int] = []
            at = start
            for part in phrase:
                while places and at < len(stems) and not _is_form(stems[at], part) and words[at] in stop_words:
                    at += 1
                if at == len(stems) or not _is_form(stems[at], part):
                    break
                places.append(at)
                at += 1
            else:
                found.append((tuple(words[at] for at in places), meant))
    return found


def _phrase_key(stem: str) -> str:
    return stem[0] if is_cjk(stem) else stem


def _is_form(stem: str, listed: str) -> bool:
    return stem.startswith(listed) if is_cjk(listed) else stem == listed


def is_place(word: str) -> bool:
    """Returns whether a word is a large city or a country, in English or Korean."""
    return (korean_noun(word) if is_cjk(word) else word) in _places()


def is_elsewhere(word: str) -> bool:
    """Returns whether a word is of another subject than most archives, in any form, or a place."""
    if is_cjk(word):
        return is_place(word) or korean_noun(word) in _elsewhere()
    return is_place(word) or word_terms(word, DEFAULT_LANGUAGE)[0] in _elsewhere()


@cache
def _elsewhere() -> frozenset[str]:
    """The Korean words and the English stems of elsewhere.txt."""
    listed = [word for words, _ in _lines("elsewhere.txt") for word in words]
    return frozenset(word if is_cjk(word) else word_terms(word, DEFAULT_LANGUAGE)[0] for word in listed)


@cache
def _places() -> frozenset[str]:
    """The table of places.txt."""
    return frozenset(word for words, _ in _lines("places.txt") for word in words)


@cache
def _table() -> tuple[Mapping[tuple[str, ...], tuple[str, ...]], ...]:
    """Both tables of synonyms.txt, by the terms of the word typed; Korean nouns are close words as well."""
    same: defaultdict[tuple[str, ...], dict[str, None]] = defaultdict(dict)
    close: defaultdict[tuple[str, ...], dict[str, None]] = defaultdict(dict)
    for typed, meant in _lines("synonyms.txt"):
        for word in typed:
            found = (close if meant else same)[word_terms(word, DEFAULT_LANGUAGE)]
            found.update((one, None) for one in meant or typed if one != word)
    for korean, meant in _korean().items():
        for word in meant if len(korean) == SYLLABLES_OF_NOUN else ():
            close[word_terms(word, DEFAULT_LANGUAGE)][korean] = None
    return tuple({terms: tuple(words) for terms, words in table.items()} for table in (same, close))


@cache
def _phrases() -> Mapping[str, Sequence[tuple[tuple[str, ...], tuple[str, ...]]]]:
    """The table of phrases.txt, by the stem of a phrase's first word."""
    found: defaultdict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = defaultdict(list)
    for typed, meant in _lines("phrases.txt"):
        for phrase in typed:
            parts = phrase.split("_")
            stems = tuple(part if is_cjk(part) else word_terms(part, DEFAULT_LANGUAGE)[0] for part in parts)
            found[_phrase_key(stems[0])].append((stems, tuple(meant)))
    return found


@cache
def _korean() -> Mapping[str, tuple[str, ...]]:
    """The table of korean.txt."""
    return {word: tuple(meant) for typed, meant in _lines("korean.txt") for word in typed}


def _lines(name: str) -> list[tuple[list[str], list[str]]]:
    """The words of each line of a table, those before and those after its ">"."""
    lines = (resources.files("bot.search.query") / name).read_text("utf-8").splitlines()
    parts = [line.partition(" > ") for line in lines if line and not line.startswith("#")]
    return [(typed.split(), meant.split()) for typed, _, meant in parts]
