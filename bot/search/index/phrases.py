"""Extracts phrases worth suggesting: runs of one to three words of a title or heading."""

from bot.text_analysis import STOP_WORDS, words

MAX_WORDS = 3
MIN_LETTERS = 3


def phrases(text: str) -> set[str]:
    """Returns the phrases of a text, normalised."""
    run = words(text)
    spans = [run[at : at + size] for size in range(1, MAX_WORDS + 1) for at in range(len(run) - size + 1)]
    return {" ".join(span) for span in spans if _stands_alone(span)}


def _stands_alone(span: list[str]) -> bool:
    edges = {span[0], span[-1]}
    if edges & STOP_WORDS or any(edge.isdecimal() for edge in edges):
        return False
    return len("".join(span)) >= (MIN_LETTERS if span[0].isascii() else 2)
