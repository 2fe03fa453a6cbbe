"""Extracts phrases worth suggesting: runs of one to three words of a title or heading."""

from bot.text_analysis import STOP_WORDS, words

MAX_WORDS = 3
MIN_LETTERS = 3
MIN_CJK_LETTERS = 2


def phrases(text: str) -> set[str]:
    """Returns the phrases of a text, normalised: not too short, without a stop word or a number at either end."""
    run = words(text)
    found: set[str] = set()
    for size in range(1, MAX_WORDS + 1):
        for span in (run[at : at + size] for at in range(len(run) - size + 1)):
            long_enough = len("".join(span)) >= (MIN_LETTERS if span[0].isascii() else MIN_CJK_LETTERS)
            if long_enough and not any(edge in STOP_WORDS or edge.isdecimal() for edge in (span[0], span[-1])):
                found.add(" ".join(span))
    return found
