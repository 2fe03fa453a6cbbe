"""An article draft as an index entry: pure, no database."""

from collections.abc import Mapping
from datetime import UTC, datetime

from bot.models import ArticleBody, ArticleDraft, Topic
from bot.search.phrases import phrases
from bot.search.ranking import posting_weights
from bot.store.search import IndexEntry
from bot.words import ANALYSER_VERSION, normalise, terms, words


def index_entry(article: int, draft: ArticleDraft, topics: Mapping[str, Topic], average: float) -> IndexEntry:
    """The index entry of an article. `average` is the archive's mean body length in terms."""
    lines = body_lines(draft)
    headings = [passage.heading for passage in (draft.body or ArticleBody()).passages if passage.heading]
    topic_names = topic_text(draft.topics, topics)
    passages = [terms(line, draft.language) for line in lines]
    fields = {
        "title": terms(draft.title, draft.language),
        "headings": terms("\n".join(headings), draft.language),
        "author": terms(draft.author, draft.language),
        "topics": terms(topic_names, draft.language),
        "body": [term for passage in passages for term in passage],
    }
    texts = (draft.title, draft.author, topic_names, *lines)
    return IndexEntry(
        article=article,
        analyser=ANALYSER_VERSION,
        published=draft.published,
        year=year_of(draft.published),
        feed=draft.feed,
        author=draft.author.strip(),
        language=draft.language,
        title=normalise(draft.title),
        length=len(fields["body"]),
        title_terms=" ".join(fields["title"]),
        heading_terms=" ".join(fields["headings"]),
        author_terms=" ".join(fields["author"]),
        topic_terms=" ".join(fields["topics"]),
        body_terms="\n".join(" ".join(passage) for passage in passages),
        weights=posting_weights(fields, average),
        words=frozenset(word for text in texts for word in words(text)),
        phrases=frozenset(phrase for text in (draft.title, *headings) for phrase in phrases(text)),
    )


def body_lines(draft: ArticleDraft) -> list[str]:
    """The summary, a line for every passage with its heading, then captions and footnotes."""
    body = draft.body or ArticleBody()
    passages = [f"{passage.heading}\n{passage.text}" for passage in body.passages]
    summary = "" if draft.summary in "\n".join(passages) else draft.summary
    extras = [*(f"{image.alt}\n{image.caption}" for image in body.images), *body.footnotes]
    return [line for line in (summary, *passages, *extras) if line.strip()]


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
