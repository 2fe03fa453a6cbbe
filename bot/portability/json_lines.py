"""Articles and subscriptions as JSON Lines, one object per line.

An article line has `url, title, author, published, language, summary, body, topics, feed, note,
minutes, image, content`, with `published` as ISO 8601. In `body`, for people and other programs, a
line that begins with "## " is a heading; `content` is the whole body and takes precedence. A subscription
line has `guild, channel, kind, topics, feeds, role, publish, thread, language, paused`; Discord's
numbers are text, because JSON readers elsewhere round them.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import IO, Annotated, Any, TypeVar, cast

from pydantic import Field, TypeAdapter, ValidationError

from bot.models import (
    UNKNOWN_DATE,
    Article,
    ArticleBody,
    ChannelKind,
    Image,
    NewArticle,
    Passage,
    Rhythm,
    Schedule,
    Subscription,
    SubscriptionOptions,
)
from bot.urls import canonical_key, is_web_url

HEADING = "## "
SUMMARY_LENGTH = 300

MAX_LINE_BYTES = 16_000_000
MAX_LENGTHS = {
    "url": 2_048,
    "title": 1_000,
    "author": 1_000,
    "language": 35,
    "summary": 20_000,
    "note": 20_000,
    "body": 4_000_000,
}
MAX_TEXTS = 200
MAX_PARTS = 20_000
MAX_STAMP = 64
MAX_SNOWFLAKE = 19
FIRST_YEAR, LAST_YEAR = 1970, 2200

T = TypeVar("T")
_BODY, _IMAGE = TypeAdapter(ArticleBody), TypeAdapter(Image)
_MINUTES = TypeAdapter(Annotated[int, Field(ge=0, le=10_000)])

Classify = Callable[[str, str, ArticleBody | None], tuple[str, ...]]


MAX_LINE = 200  # of the line above a card


class InvalidLineError(ValueError):
    """An invalid line; `str()` names it and the reason."""

    def __init__(self, number: int, problem: str) -> None:
        self.number = number
        super().__init__(f"line {number}: {problem}")


@dataclass(frozen=True, slots=True)
class SubscriptionLine:
    """An exported subscription, without its database id."""

    guild_id: int
    channel_id: int
    kind: ChannelKind
    options: SubscriptionOptions
    paused: bool


def article_line(article: Article, body: ArticleBody) -> str:
    """One stored article as a line of JSON."""
    undated = article.published == UNKNOWN_DATE
    published = None if undated else datetime.fromtimestamp(article.published, UTC).isoformat()
    record = {
        "url": article.url,
        "title": article.title,
        "author": article.author,
        "published": published,
        "language": article.language,
        "summary": article.summary,
        "body": body_text(body.passages),
        "topics": list(article.topics),
        "feed": article.feed,
        "note": article.author_note,
        "minutes": article.reading_minutes,
        "image": asdict(article.image) if article.image else None,
        "content": asdict(body),
    }
    return json.dumps(record, ensure_ascii=False)


def subscription_line(subscription: Subscription) -> str:
    """One subscription as a line of JSON."""
    options = subscription.options
    record = {
        "guild": str(subscription.guild_id),
        "channel": str(subscription.channel_id),
        "kind": subscription.kind.value,
        "topics": list(options.topics),
        "feeds": list(options.feeds),
        "role": str(options.role_id) if options.role_id else None,
        "publish": options.publish,
        "thread": options.open_thread,
        "language": options.language,
        "topic_roles": options.topic_roles,
        "silent": options.silent,
        "rhythm": options.schedule.rhythm.value,
        "digest_hour": options.schedule.hour,
        "digest_weekday": options.schedule.weekday,
        "quiet_from": options.schedule.quiet_from,
        "quiet_until": options.schedule.quiet_until,
        "time_zone": options.schedule.time_zone,
        "line": options.line,
        "accent": options.accent,
        "actions": None if options.actions is None else list(options.actions),
        "article_language": options.article_language,
        "paused": subscription.paused,
    }
    return json.dumps(record, ensure_ascii=False)


def body_text(passages: tuple[Passage, ...]) -> str:
    """All passages as one text, headings as lines of their own."""
    parts = [
        f"{HEADING}{passage.heading}\n\n{passage.text}" if passage.heading else passage.text for passage in passages
    ]
    return "\n\n".join(parts)


def body_passages(text: str) -> tuple[Passage, ...]:
    """The passages of such a text; the inverse of `body_text`."""
    sections: list[tuple[str, list[str]]] = [("", [])]
    for line in text.strip().splitlines():
        if line.startswith(HEADING):
            sections.append((line.removeprefix(HEADING).strip(), []))
        else:
            sections[-1][1].append(line)
    kept = [(heading, "\n".join(lines).strip()) for heading, lines in sections]
    return tuple(
        Passage(position, heading, content)
        for position, (heading, content) in enumerate(section for section in kept if any(section))
    )


def read_lines(file: IO[bytes]) -> Iterator[str | None]:
    """The lines of a UTF-8 file, with or without a byte order mark; None for a line that is too long.

    At most one line of the maximum length is in memory.
    """
    first = True
    while line := file.readline(MAX_LINE_BYTES + 1):
        if len(line) > MAX_LINE_BYTES:
            while line and not line.endswith(b"\n"):
                line = file.readline(MAX_LINE_BYTES)
            yield None
        else:
            yield line.decode("utf-8-sig" if first else "utf-8", "replace")
        first = False


def read_records(lines: Iterable[str | None]) -> Iterator[tuple[int, dict[str, Any] | InvalidLineError]]:
    """Every non-blank line with its number: an object, or the reason why it is invalid."""
    for number, line in enumerate(lines, start=1):
        if line is None:
            yield number, InvalidLineError(number, f"it is longer than {MAX_LINE_BYTES // 1_000_000} MB")
            continue
        if not line.strip():
            continue
        try:
            record = json.loads(line, parse_constant=int)  # of NaN and Infinity, which are not JSON: a ValueError
        except (ValueError, RecursionError):
            yield number, InvalidLineError(number, "this is not JSON")
            continue
        if isinstance(record, dict):
            yield number, cast("dict[str, Any]", record)
        else:
            yield number, InvalidLineError(number, "an object between braces is expected")


def draft_of(
    number: int, record: dict[str, Any], feed: str, known_topics: set[str], classify: Classify, now: float
) -> NewArticle:
    """The article of a record; without a date it is dated `now`, with an empty one it is undated.

    Raises InvalidLineError.
    """
    url, title = _text(number, record, "url"), _text(number, record, "title")
    if not is_web_url(url):
        raise InvalidLineError(number, f'"{url}" is not a web address')
    if not title:
        raise InvalidLineError(number, "the title is missing")
    for field, longest in MAX_LENGTHS.items():
        if len(_text(number, record, field)) > longest:
            raise InvalidLineError(number, f'"{field}" is longer than {longest} characters')
    body = content_of(number, record)
    passages = body.passages if body else body_passages(_text(number, record, "body"))
    if body is None and passages:
        body = ArticleBody(passages=passages)
    summary = _text(number, record, "summary") or (passages[0].text[:SUMMARY_LENGTH] if passages else "")
    topics = tuple(topic for topic in _texts(number, record, "topics") if topic in known_topics)
    written = record.get("published", now)
    published = UNKNOWN_DATE if written is None or written == "" else _instant(number, written)
    key = canonical_key(url)
    return NewArticle(
        feed=feed,
        identity=key,
        url=url,
        key=key,
        title=title,
        summary=summary,
        author=_text(number, record, "author"),
        author_note=_text(number, record, "note"),
        published=published,
        language=_text(number, record, "language"),
        image=_parsed(number, record, "image", _IMAGE),
        reading_minutes=_parsed(number, record, "minutes", _MINUTES),
        topics=topics or classify(title, summary, body),
        body=body,
    )


def content_of(number: int, record: dict[str, Any]) -> ArticleBody | None:
    """The whole body of an article, as `article_line` writes it; None where there is none, or `body` was edited."""
    body = _parsed(number, record, "content", _BODY)
    if body is None or body == ArticleBody():
        return None
    if "body" in record and _text(number, record, "body") != body_text(body.passages).strip():
        return None
    parts = (*body.passages, *body.images, *body.links, *body.footnotes)
    if len(parts) > MAX_PARTS:
        raise InvalidLineError(number, f'"content" has more than {MAX_PARTS} parts')
    if not all(is_web_url(part.url) for part in (*body.images, *body.links)):
        raise InvalidLineError(number, '"content" has a link that is not a web address')
    return body


def _parsed(number: int, record: dict[str, Any], key: str, adapter: TypeAdapter[T]) -> T | None:
    value = record.get(key)
    if value is None:
        return None
    try:
        # JSON can carry halves of characters, which neither SQLite nor a terminal takes.
        return adapter.validate_json(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
    except ValidationError:
        raise InvalidLineError(number, f'"{key}" is not as `herald export` writes it') from None


def subscription_of(number: int, record: dict[str, Any]) -> SubscriptionLine:
    """The subscription of a record. Raises InvalidLineError."""
    try:
        kind = ChannelKind(record.get("kind", ChannelKind.TEXT))
    except ValueError:
        raise InvalidLineError(number, f"the kind is one of {', '.join(ChannelKind)}") from None
    return SubscriptionLine(
        guild_id=_snowflake(number, record, "guild"),
        channel_id=_snowflake(number, record, "channel"),
        kind=kind,
        options=SubscriptionOptions(
            topics=_texts(number, record, "topics"),
            feeds=_texts(number, record, "feeds"),
            role_id=_snowflake(number, record, "role") if record.get("role") else None,
            publish=bool(record.get("publish")),
            open_thread=bool(record.get("thread")),
            language=_text(number, record, "language") or "en",
            topic_roles=bool(record.get("topic_roles")),
            silent=bool(record.get("silent")),
            schedule=_schedule(number, record),
            line=_text(number, record, "line")[:MAX_LINE],
            accent=_number(number, record, "accent", 0xFFFFFF),
            actions=None if record.get("actions") is None else _texts(number, record, "actions"),
            article_language=_text(number, record, "article_language"),
        ),
        paused=bool(record.get("paused")),
    )


def _schedule(number: int, record: dict[str, Any]) -> Schedule:
    """The schedule of a record; a record of an older version has none."""
    try:
        rhythm = Rhythm(record.get("rhythm") or Rhythm.AT_ONCE)
    except ValueError:
        raise InvalidLineError(number, f"the rhythm is one of {', '.join(Rhythm)}") from None
    usual = Schedule()
    hour, weekday = _number(number, record, "digest_hour", 23), _number(number, record, "digest_weekday", 6)
    return Schedule(
        rhythm=rhythm,
        hour=usual.hour if hour is None else hour,
        weekday=usual.weekday if weekday is None else weekday,
        quiet_from=_number(number, record, "quiet_from", 23),
        quiet_until=_number(number, record, "quiet_until", 23),
        time_zone=_text(number, record, "time_zone") or usual.time_zone,
    )


def _number(number: int, record: dict[str, Any], key: str, most: int) -> int | None:
    value = record.get(key)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
        raise InvalidLineError(number, f'"{key}" has to be a whole number from 0 to {most}')
    return value


def _text(number: int, record: dict[str, Any], key: str) -> str:
    value = record.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InvalidLineError(number, f'"{key}" has to be text')
    # JSON can carry halves of characters, which neither SQLite nor a terminal takes.
    return value.encode("utf-8", "replace").decode("utf-8").strip()


def _texts(number: int, record: dict[str, Any], key: str) -> tuple[str, ...]:
    values: object = record.get(key) or []
    if not isinstance(values, list):
        raise InvalidLineError(number, f'"{key}" has to be a list of texts')
    texts = tuple(cast("list[object]", values))
    if len(texts) > MAX_TEXTS or not all(isinstance(text, str) and len(text) <= MAX_LENGTHS["title"] for text in texts):
        raise InvalidLineError(number, f'"{key}" has to be a list of at most {MAX_TEXTS} short texts')
    return tuple(str(text).encode("utf-8", "replace").decode("utf-8") for text in texts)


def _snowflake(number: int, record: dict[str, Any], key: str) -> int:
    given = record.get(key, "")
    value = str(given) if isinstance(given, str) or (isinstance(given, int) and abs(given) < 2**63) else ""
    if not value.isascii() or not value.isdigit() or len(value) > MAX_SNOWFLAKE or not 0 < int(value) < 2**63:
        raise InvalidLineError(number, f'"{key}" has to be one of Discord\'s numbers')
    return int(value)


def _instant(number: int, value: object) -> float:
    """Seconds since 1970 UTC of an ISO 8601 text or a number; a time without zone is UTC."""
    problem = f'"published" has to be a time between the years {FIRST_YEAR} and {LAST_YEAR}'
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            when = datetime.fromtimestamp(value, UTC)
        else:
            when = datetime.fromisoformat(str(value)[:MAX_STAMP])
        instant = (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError, OSError):
        raise InvalidLineError(number, problem) from None
    if not FIRST_YEAR <= when.year <= LAST_YEAR:
        raise InvalidLineError(number, problem)
    return instant
