"""An article draft as an index entry: pure, no database."""

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import chain

from bot.models import ArticleBody, NewArticle, Topic
from bot.search.cluster_boost import likeness_norm
from bot.search.phrases import phrases
from bot.search.reranker import posting_weights
from bot.search.term_arrays import BODY, TITLE
from bot.store.search.writer import IndexEntry
from bot.text_analysis import ANALYSER_VERSION, normalise, terms, words


def index_entry(article: int, draft: NewArticle, topics: Mapping[str, Topic], average: float) -> IndexEntry:
    """The index entry of an article. `average` is the archive's mean body length in terms."""
    body = draft.body or ArticleBody()
    headings = [passage.heading for passage in body.passages if passage.heading]
    topic_names = topic_text(draft.topics, topics)
    lines = body_lines(draft)
    fields = (draft.title, "\n".join(headings), draft.author, topic_names)
    parts = tuple(tuple(terms(text, draft.language)) for text in (*fields, *lines))
    length = sum(len(part) for part in parts[BODY:])
    return IndexEntry(
        article=article,
        analyser=ANALYSER_VERSION,
        published=draft.published,
        year=year_of(draft.published),
        feed=draft.feed,
        author=draft.author.strip(),
        language=draft.language,
        title=normalise(draft.title),
        length=length,
        norm=likeness_norm(parts[TITLE], chain.from_iterable(parts[BODY:])),
        parts=parts,
        weights=posting_weights(parts, length, average),
        words=frozenset(word for text in (draft.title, draft.author, topic_names, *lines) for word in words(text)),
        phrases=frozenset(phrase for text in (draft.title, *headings) for phrase in phrases(text)),
    )


def body_lines(draft: NewArticle) -> list[str]:
    """The summary (empty where a passage has it), a line for every passage with its heading, captions, footnotes."""
    body = draft.body or ArticleBody()
    passages = [f"{passage.heading}\n{passage.text}" for passage in body.passages]
    summary = "" if draft.summary in "\n".join(passages) else draft.summary
    return [summary, *passages, *(f"{image.alt}\n{image.caption}" for image in body.images), *body.footnotes]


def topic_text(keys: tuple[str, ...], topics: Mapping[str, Topic]) -> str:
    """The names, in every language, of an article's topics."""
    known = [topics[key] for key in keys if key in topics]
    return "\n".join(name for topic in known for name in (topic.name, *(name for _, name in topic.names)))


def year_of(instant: float) -> str:
    """The year of an instant (UTC); empty when no calendar has it."""
    try:
        return str(datetime.fromtimestamp(instant, UTC).year)
    except (OverflowError, OSError, ValueError):
        return ""
