"""Plain text: one Unicode form, no invisible characters, folded white space."""

import re
import unicodedata
from functools import cache

# Controls, zero-width and bidirectional marks; a joiner (U+200D) and a variation selector
# (U+FE0F) are checked separately, because they hold emoji together.
INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u180e\u200b\u200c\u200e\u200f"
    "\u202a-\u202e\u2060-\u2069\u3164\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff]"
)
LOOSE_JOINER = re.compile(
    "(?<![\u2600-\u27bf\ufe0f\U0001f000-\U0001faff])\u200d|\u200d(?![\u2600-\u27bf\U0001f000-\U0001faff])"
)
PRINTABLE_BLANK = re.compile("[\u115f\u1160\u3164\uffa0]")  # the invisible characters that are letters to Unicode
SPACE = re.compile(r"[^\S\n]{2,}|[^\S\n ]")
SPACES = re.compile(" {2,}")
AROUND_BREAK = re.compile(r" ?\n ?")

# Runs of letters of a script.
HANGUL = re.compile("[\uac00-\ud7a3]+")
KANA = re.compile("[\u3040-\u30ff]+")
HAN = re.compile("[\u4e00-\u9fff]+")
SYLLABLES = re.compile("[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3]+")  # of the three above
CYRILLIC = re.compile("[\u0400-\u04ff]+")
LATIN = re.compile("[A-Za-z\u00c0-\u024f]+")
SCRIPTS = (("ko", HANGUL), ("ja", KANA), ("zh", HAN), ("ru", CYRILLIC))
OTHER_SCRIPTS = frozenset({"ko", "ja", "zh", "ru", "uk", "bg", "sr", "ar", "he", "th", "el", "hi"})
ENGLISH = frozenset({"the", "and", "of", "to", "in", "is", "that", "for", "with", "was", "are", "on"})

WORDS_A_MINUTE = 200
SYLLABLES_A_MINUTE = 500  # Korean and other scripts are counted by character


MAX_MARKS = 30  # combining marks on one character: the bound of Unicode's stream-safe text format
JOINER = "\u200d"  # holds emoji together, the one invisible character that stays
TRAILING = " .,;:-\u2013\u2014\u200d"


def clean(text: str) -> str:
    """The text in NFC without control, bidirectional and zero-width characters; line breaks stay."""
    # Most text is printable, and cleaning is the most frequent step of reading a page.
    printable = text.isprintable()
    if not printable:
        text = INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\u2028", "\n").replace("\u2029", "\n"))
    if not text.isascii():
        text = unicodedata.normalize("NFC", mark_runs(MAX_MARKS).sub(r"\1", PRINTABLE_BLANK.sub("", text)))
    if printable:
        return SPACES.sub(" ", text) if "  " in text else text
    if "\u200d" in text:
        text = LOOSE_JOINER.sub("", text)
    return AROUND_BREAK.sub("\n", SPACE.sub(" ", text))


@cache
def mark_runs(most: int, end: int = 0x10000) -> re.Pattern[str]:
    """Finds runs of more than `most` combining marks, as the group 1 to keep and the rest.

    Normalising more marks on one character than any language has takes quadratic time. A pattern of marks below
    `end` is several times as fast where that is within 16 bits.
    """
    marks = "".join(filter(unicodedata.combining, map(chr, range(0x300, end))))
    # Written as one mark and more of them, so that the scan for the first one is fast.
    return re.compile(f"([{marks}][{marks}]{{{most - 1}}})[{marks}]+")


def letters(text: str) -> str:
    """Letters and digits alone, by which a text is found again in other markup."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).casefold()


def one_line(text: str) -> str:
    """As `clean`, on one line and without leading and trailing white space."""
    text = clean(text)
    return " ".join(text.split()) if "\n" in text else text.strip()


def clean_line(text: str) -> str:
    """One line of visible characters: no control, bidi or zero-width ones, white space folded."""
    line = one_line(text)
    if line.isprintable():
        return line
    return "".join(character for character in line if character == JOINER or character.isprintable()).strip()


def truncate(text: str, limit: int) -> str:
    """At most `limit` characters, cut at a word with an ellipsis where the text is longer."""
    if len(text) <= limit:
        return text
    if limit < 1:
        return ""
    whole = text[: limit - 1]
    at_word, _, rest = whole.rpartition(" ")
    # Long words, as in Korean: a cut word is better than a half-empty line.
    kept = at_word if at_word and len(rest) < limit // 3 else whole
    return f"{kept.rstrip(TRAILING)}…"


def folded(text: str) -> str:
    """Only letters and digits, for comparing two texts."""
    return re.sub(r"[\W_]+", " ", unicodedata.normalize("NFKC", text)).casefold().strip()


def primary_subtag(tag: str) -> str:
    """The language of a tag such as `en-GB` or `pt_BR`, in lower case; empty for an empty tag."""
    return tag.replace("_", "-").split("-", 1)[0].strip().lower()


def count_of(script: re.Pattern[str], text: str) -> int:
    """How many letters of a script beyond ASCII the text has."""
    return 0 if text.isascii() else sum(map(len, script.findall(text)))


def language_of(text: str, declared: str) -> str:
    """The language code of a text: the declared one, unless the script contradicts it."""
    code = primary_subtag(declared)
    code = code if re.fullmatch(r"[a-z]{2,3}", code) else ""
    latin = count_of(LATIN, text)
    for language, script in SCRIPTS:
        if count_of(script, text) * 2 > latin:
            return code if code in OTHER_SCRIPTS and language == "ru" else language
    if LATIN.search(text) and (not code or code in OTHER_SCRIPTS):
        words = re.findall(r"[a-z]+", text.lower())
        looks_english = sum(word in ENGLISH for word in words) * 12 > len(words)
        return "en" if looks_english else ""
    return code


def reading_minutes(text: str) -> int | None:
    """The reading time in whole minutes, at least one; None for an empty text."""
    syllables = count_of(SYLLABLES, text)
    spaced = SYLLABLES.sub(" ", text) if syllables else text
    words = len(re.findall(r"[^\W\d_][\w'\u2019-]*", spaced, re.ASCII if text.isascii() else 0))
    minutes = words / WORDS_A_MINUTE + syllables / SYLLABLES_A_MINUTE
    return max(1, round(minutes)) if words or syllables else None
