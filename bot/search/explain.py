"""A search explained in lines of plain text."""

from collections.abc import Mapping

from bot.models import Article
from bot.search.searcher import Found
from bot.text_analysis import located_words


def with_replacements(query: str, replaced: Mapping[str, str]) -> str:
    """A query with the replaced words in place of the typed ones, all else as it was."""
    pieces: list[str] = []
    shown = 0
    for word in located_words(query):
        if word.text in replaced and word.start >= shown:
            pieces += [query[shown : word.start], replaced[word.text]]
            shown = word.end
    return "".join([*pieces, query[shown:]])


def lines(found: Found, articles: Mapping[int, Article], limit: int) -> list[str]:
    """How the words were understood, then each hit with the parts of its score."""
    told = [f"replaced: {typed} -> {used}" for typed, used in found.replaced]
    told += [
        f"term: {' | '.join(slot.terms)}  in {slot.documents} articles, weight {slot.weight:.2f}"
        for slot in found.query.slots
    ]
    for place, one in enumerate(found.ranked[:limit], 1):
        parts = ", ".join(f"{name} {part:.2f}" for name, part in one.parts if part)
        title = articles[one.article].title if one.article in articles else f"article {one.article}"
        told.append(f"{place}. {one.score:.2f} = {parts}  {title}")
    return told
