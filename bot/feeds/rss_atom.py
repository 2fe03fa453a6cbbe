"""Reads RSS 0.9 to 2.0, RDF and Atom with feedparser. Imported only in the worker process.

feedparser spends seconds on hostile input while holding the interpreter's lock (feedparser
issue 562), so this must run where it can be killed.
"""

import io
import math
import re
from collections.abc import Callable, Mapping
from functools import partial
from itertools import pairwise
from typing import Any, cast

import feedparser  # pyright: ignore[reportMissingTypeStubs] - has none
from feedparser.exceptions import CharacterEncodingOverride, NonXMLContentType  # pyright: ignore - as above
from feedparser.mixin import _FeedParserMixin  # pyright: ignore - see below

from bot.durations import DAY, HOUR, MINUTE
from bot.feeds.document import MOST_READ, FeedHints, RawEntry, RawFeed, newest_positions, table, tables, text, web_guid
from bot.pictures import Candidate, size_of

# feedparser does not distinguish a declared title type from an assumed one, and most feeds without one send HTML.
_push_content = cast("Any", _FeedParserMixin).push_content


def _push_with_declared_type(parser: object, tag: str, attrs_d: dict[str, str], *rest: object) -> None:
    _push_content(parser, tag, attrs_d, *rest)
    if tag == "title" and cast("Any", parser).version.startswith("atom"):
        cast("Any", parser).contentparams["declared"] = attrs_d.get("type", "")


cast("Any", _FeedParserMixin).push_content = _push_with_declared_type
# feedparser recognises e-mail addresses whose last part has at most four letters, and takes the rest for a name.
MAIL_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_sync_author: Any = vars(_FeedParserMixin)["_sync_author_detail"]


def _sync_author_without_address(parser: object, key: str = "author") -> None:
    made = cast("Any", parser)
    said: dict[str, Any] = made.entries[-1] if made.inentry else made.feeddata
    in_detail = any(said.get(f"{key}s", [])[-1:])  # Atom states name and address apart
    if not in_detail and "@" in (said.get(key) or ""):
        said[key] = MAIL_ADDRESS.sub(" ", said[key]).strip(" ()<>")
    _sync_author(parser, key)


setattr(_FeedParserMixin, _sync_author.__name__, _sync_author_without_address)
# A guid is an identifier, not an address: resolved against the feed's address it would change when the feed moves.
cast("Any", _FeedParserMixin).can_be_relative_uri.discard("id")

HEAD = 65_536
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
PERIODS = {"hourly": HOUR, "daily": DAY, "weekly": 7 * DAY, "monthly": 30 * DAY, "yearly": 365 * DAY}
# The server declares another type or encoding than the document has.
HARMLESS = (NonXMLContentType, CharacterEncodingOverride)
SKIP_HOURS = re.compile(rb"<skipHours>(.{0,2000}?)</skipHours>", re.IGNORECASE | re.DOTALL)
SKIP_DAYS = re.compile(rb"<skipDays>(.{0,2000}?)</skipDays>", re.IGNORECASE | re.DOTALL)
VALUE = re.compile(rb">\s*([A-Za-z0-9]{1,9})\s*<")
REFERENCE = re.compile(rb"&#(?:x([0-9a-f]{1,8})|([0-9]{1,10}));?", re.IGNORECASE)
ITEM = re.compile(rb"<(?:item|entry)[\s>]", re.IGNORECASE)
ITEM_END = re.compile(rb"</(?:item|entry)\s*>", re.IGNORECASE)
# Of an item, the better one first.
DATES = tuple(
    re.compile(rb"<(?:%b)(?:\s[^<>]{0,200})?>\s*(?:<!\[CDATA\[)?([^<\]]{1,80})" % names, re.IGNORECASE)
    for names in (b"pubDate|published|issued|dc:date", b"updated|modified|created")
)
ROOT_END = re.compile(rb"</(?:[\w.-]{1,40}:)?(?:rss|rdf|feed)\s*>", re.IGNORECASE)
TAIL = 16_384  # after the document's end some servers add comments
UNFINISHED = 2_000_000  # bytes at the end in which an unfinished entry begins
HIGHEST, SURROGATES = 0x10FFFF, range(0xD800, 0xE000)


def read_xml_feed(body: bytes, headers: Mapping[str, str], final_url: str) -> RawFeed:
    """The feed; its version is empty when the body is none."""
    truncated = not ROOT_END.search(body.rstrip()[-TAIL:])
    unfinished = truncated and _last(ITEM, body) > _last(ITEM_END, body)
    body, left_out = _newest_items(body)
    body = REFERENCE.sub(_sound, body)
    parse: Callable[[io.BytesIO], dict[str, Any]] = partial(
        cast("Any", feedparser).parse,
        response_headers={**headers, "content-location": final_url},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    try:
        said = parse(io.BytesIO(body))
    except ValueError:
        # Invalid octets in the first line stop feedparser; the second attempt is without them.
        said = parse(io.BytesIO(body.decode("utf-8", "replace").encode()))
    feed: dict[str, Any] = said.get("feed", {})
    entries = [_entry(entry) for entry in said.get("entries", [])]
    # RSS 1.0 says how often in a period.
    times = _positive(feed.get("sy_updatefrequency", "1"))
    period = PERIODS.get(text(feed, "sy_updateperiod").strip().lower(), 0.0) / max(times, 1.0)
    # feedparser keeps only the last hour or day.
    skipped = (SKIP_HOURS.search(body, 0, HEAD), SKIP_DAYS.search(body, 0, HEAD))
    hours, days = ([value.decode("ascii") for value in VALUE.findall(found[1])] if found else [] for found in skipped)
    hints = FeedHints(
        ttl=max(_positive(feed.get("ttl", "")) * MINUTE, period),
        # 24 means midnight, as the specification's first version had it.
        skip_hours=tuple(sorted({int(hour) % 24 for hour in hours if hour.isdigit() and len(hour) <= 2})),  # noqa: PLR2004 - two digits
        skip_days=tuple(sorted({WEEKDAYS.index(day.lower()) for day in days if day.lower() in WEEKDAYS})),
    )
    return RawFeed(
        version=said.get("version", ""),
        title=text(feed, "title"),
        link=text(feed, "link"),
        language=text(feed, "language"),
        author=_author(feed),
        entries=entries[:-1] if unfinished else entries,
        hints=hints,
        malformed=bool(said.get("bozo")) and not isinstance(said.get("bozo_exception"), HARMLESS),
        truncated=truncated,
        left_out=left_out,
    )


def _positive(stated: object) -> float:
    """A number above 0; 0 for anything else."""
    try:
        value = float(str(stated))
    except ValueError:
        return 0.0
    return value if value > 0 and math.isfinite(value * MINUTE) else 0.0


def _newest_items(body: bytes) -> tuple[bytes, int]:
    """The document without its oldest items beyond the maximum, and their number: feedparser takes seconds for them."""
    end = max(body.rfind(b"</item>") + len("</item>"), body.rfind(b"</entry>") + len("</entry>"))
    starts = [found.start() for found in ITEM.finditer(body, 0, end)]
    if len(starts) <= MOST_READ:
        return body, 0
    items = [body[start:until] for start, until in pairwise([*starts, end])]
    dates = [next((found[1] for tag in DATES if (found := tag.search(item))), b"") for item in items]
    newest = newest_positions([date.decode("utf-8", "replace") for date in dates])
    kept = b"".join(items[at] for at in newest)
    return body[: starts[0]] + kept + body[end:], len(items) - len(newest)


def _last(pattern: re.Pattern[bytes], body: bytes) -> int:
    return max((found.start() for found in pattern.finditer(body, max(0, len(body) - UNFINISHED))), default=-1)


def _sound(reference: re.Match[bytes]) -> bytes:
    """An invalid character reference stops feedparser's lenient parser; it becomes a question mark."""
    code = int(reference[1], 16) if reference[1] else int(reference[2])
    return b"?" if code > HIGHEST or code in SURROGATES else reference[0]


def _entry(said: dict[str, Any]) -> RawEntry:
    markup = next((text(content, "value") for content in tables(said, "content")), "")
    links = tables(said, "links")
    alternates = [text(link, "href") for link in links if link.get("rel", "alternate") == "alternate"]
    enclosures = [text(link, "href") for link in links if link.get("rel") == "enclosure"]
    own = [text(link, "href") for link in links if link.get("rel") == "self"]  # better than none
    guid = [web_guid(text(said, "id"))] if said.get("guidislink") else []
    # Media, thumbnails and enclosures that are pictures, in the entry's order.
    pictures: list[Candidate] = []
    for media in [*tables(said, "media_content"), *tables(said, "media_thumbnail"), *links]:
        kind, medium = text(media, "type"), text(media, "medium")
        url = text(media, "url") or (text(media, "href") if media.get("rel") == "enclosure" else "")
        if url and (kind.startswith("image/") or medium == "image" or not (kind or medium or "rel" in media)):
            pictures.append(Candidate(url, "", size_of(media.get("width")), size_of(media.get("height"))))
    return RawEntry(
        guid=text(said, "id"),
        links=[text(said, "feedburner_origlink"), *alternates, text(said, "link"), *guid, *enclosures, *own],
        title=text(said, "title"),
        title_is_text=text(table(said.get("title_detail")), "declared") in ("text", "text/plain"),
        summary=text(said, "summary") or markup,
        author=_author(said),
        date=text(said, "published") or text(said, "updated") or text(said, "created"),
        language=text(table(said.get("title_detail")), "language"),
        pictures=[*pictures, Candidate(text(table(said.get("image")), "href"))],
        markup=markup or text(said, "summary"),
        categories=[text(tag, "label") or text(tag, "term") for tag in tables(said, "tags")],
    )


def _author(said: dict[str, Any]) -> str:
    names = [text(author, "name") for author in tables(said, "authors")]
    return ", ".join(dict.fromkeys(name for name in names if name)) or text(said, "author")
