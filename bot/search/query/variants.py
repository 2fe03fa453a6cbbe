"""Other forms of an English word that stemming does not bring together: "organisation", "women", "fled"."""

from functools import lru_cache

from bot.search.query.synonyms import same_words
from bot.text_analysis import DEFAULT_LANGUAGE, word_terms

MIN_LENGTH = 5  # letters; "our" is not another spelling of "or"

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
    """Returns the variants of a word, the words that mean the same, and their variants."""
    same = same_words(word)
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
