"""Phrases worth suggesting: runs of one to three words of a title or heading."""

from bot.text_analysis import GLUE, words

LONGEST = 3
SHORTEST_LETTERS = 3


def phrases(text: str) -> set[str]:
    """The phrases of a text, in the normalised form in which people type."""
    run = words(text)
    spans = [run[at : at + size] for size in range(1, LONGEST + 1) for at in range(len(run) - size + 1)]
    return {" ".join(span) for span in spans if _stands_alone(span)}


def _stands_alone(span: list[str]) -> bool:
    edges = {span[0], span[-1]}
    if edges & GLUE or any(edge.isdecimal() for edge in edges):
        return False
    return len("".join(span)) >= (SHORTEST_LETTERS if span[0].isascii() else 2)
