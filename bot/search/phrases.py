"""Phrases worth suggesting: runs of one to three words of a title or heading."""

from bot.words import words

LONGEST = 3
SHORTEST_LETTERS = 3

# Words that cannot begin or end a phrase. Searching knows no such list; this one is for looks.
GLUE = frozenset(
    [
        "a",
        "about",
        "after",
        "all",
        "also",
        "an",
        "and",
        "any",
        "are",
        "as",
        "at",
        "be",
        "been",
        "before",
        "but",
        "by",
        "can",
        "could",
        "did",
        "do",
        "does",
        "during",
        "each",
        "for",
        "from",
        "get",
        "had",
        "has",
        "have",
        "he",
        "her",
        "here",
        "his",
        "how",
        "i",
        "if",
        "in",
        "into",
        "is",
        "it",
        "its",
        "just",
        "like",
        "may",
        "me",
        "more",
        "most",
        "my",
        "new",
        "no",
        "not",
        "now",
        "of",
        "on",
        "one",
        "only",
        "or",
        "other",
        "our",
        "out",
        "over",
        "own",
        "part",
        "s",
        "she",
        "should",
        "so",
        "some",
        "such",
        "than",
        "that",
        "the",
        "their",
        "them",
        "then",
        "there",
        "these",
        "they",
        "this",
        "those",
        "through",
        "to",
        "too",
        "under",
        "up",
        "us",
        "use",
        "very",
        "was",
        "we",
        "were",
        "what",
        "when",
        "where",
        "which",
        "while",
        "who",
        "why",
        "will",
        "with",
        "within",
        "without",
        "would",
        "you",
        "your",
    ]
)


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
