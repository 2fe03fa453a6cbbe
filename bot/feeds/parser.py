"""Parses the bytes of a feed into clean entries. Pure; runs in the worker process.

Everything in a feed is untrusted: texts become plain and short, addresses other than http or https
are dropped, and so are impossible dates.
"""

import codecs
import html
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, tzinfo
from itertools import islice
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

from bot.dates.parsing import KOREA, parse_stamp
from bot.feeds.document import MAX_ENTRIES, Entry, FeedDocument, RawEntry, RawFeed, newest_first, newest_positions
from bot.feeds.identities import UnnamedEntry, identify
from bot.feeds.json_feed import read_json_feed
from bot.models import Image
from bot.pictures import Candidate, best_picture, picture_address, size_of
from bot.plain_text import one_line, truncate
from bot.urls import canonical_key, is_web_url, site_root

TITLE_FROM_SUMMARY = 80
HEAD = 200_000
THUMBNAIL_WIDTH = 200
MAX_IMAGE_TAGS = 50  # of one entry
MAX_CATEGORIES = 40  # of one entry, and of one document
# Element names of which every XML feed has one; feedparser takes seconds to find none in a large web page.
FEED_TAG = re.compile(rb"<(?:[\w.-]{1,40}:)?(?:rss|rdf|feed|channel)\b", re.IGNORECASE)
LINK_TAG = re.compile(r"<link\b[^<>]*>", re.IGNORECASE)
IMAGE_TAG = re.compile(r"<img\b[^<>]*>", re.IGNORECASE)
ATTRIBUTE = re.compile(r"([a-z-]{1,20})\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>]+))", re.IGNORECASE)
# A byte order mark, or the first two characters of XML or JSON.
WIDE_OPENINGS = (
    (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"), (b"<\0?\0", "utf-16-le"), (b"\0<\0?", "utf-16-be"), (b"<\0r\0", "utf-16-le"),
    (b"\0<\0r", "utf-16-be"), (b"<\0f\0", "utf-16-le"), (b"\0<\0f", "utf-16-be"), (b"{\0", "utf-16-le"),
    (b"\0{", "utf-16-be"),
)  # fmt: skip
ENCODING = re.compile(r"^(\s{0,9}<\?xml[^<>]{0,100}?)\sencoding\s?=\s?[\"'][\w.:-]{0,40}[\"']", re.IGNORECASE)
COMMENT_FEED = re.compile(r"\b(?:comments?|kommentare?|commentaires?|comentarios)\b|댓글", re.IGNORECASE)
FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml")
KOREAN_OFFICE = re.compile(r"(?<=[가-힣]{2})\s?(?:기자|특파원|논설위원|선임기자|인턴기자)$")
FILE_NAME = re.compile(r"[\w-]+\.(?:jpe?g|png|gif|webp|avif|svg)", re.IGNORECASE)
LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{1,8}){0,3}")

# Titles and summaries as plain text.
MAX_MARKUP = 50_000  # the rest of an entry's text is ignored: only its beginning is kept
MAX_ESCAPES = 3  # maximum levels of escaping that are undone
TITLE, SUMMARY, NAME = 250, 600, 100

HIDDEN = re.compile(r"<(script|style|template)\b[^<>]*>.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
SCRIPT = re.compile(r"<(script|style)\b[^<>]*>[^<]*</\1\s*>", re.IGNORECASE)
# A caption, and the title, author and date that Drupal puts in front of a text.
BESIDE_TEXT = re.compile(
    r"<(figcaption)\b[^<>]*>.{0,2000}?</\1\s*>|<(span)\b[^<>]*\bfield--name-(?:title|uid|created)\b[^<>]*>.{0,2000}?</\2\s*>",
    re.IGNORECASE | re.DOTALL,
)
COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
BLOCK = re.compile(
    r"</?(?:p|div|br|li|ul|ol|h[1-6]|tr|table|blockquote|figure|figcaption|section)\b[^<>]*>", re.IGNORECASE
)
TAG = re.compile(r"</?[a-z][^<>]*>|<![a-z][^<>]*>|<\?[^<>]*>", re.IGNORECASE)

# Elements that titles contain. Any other word in angle brackets is text ("Using <template>").
INLINE = frozenset({
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "del", "dfn", "em", "font", "i", "img", "ins",
    "kbd", "mark", "nobr", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u",
    "var", "wbr",
})  # fmt: skip
BREAKING = frozenset({"br", "center", "div", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "p", "section"})
TITLE_TAG = re.compile(r"<(/?)([a-z][a-z0-9]{0,9})(\s[^<>]*|/)?>", re.IGNORECASE)
ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,30});", re.IGNORECASE)


def parse_feed(body: bytes, headers: Mapping[str, str], final_url: str, time_zone: str = "") -> FeedDocument:
    """Parses the document; `version` is empty when it is no feed.

    `headers` are the response's, names in lower case; `final_url` is where the body came from;
    `time_zone` is the IANA name of the zone of dates that name none; when empty it is Korea's for a feed in
    Korean, else UTC.
    """
    raw = _read(body, headers, final_url)
    if not raw.version:
        return FeedDocument("", alternates=_alternates(body, final_url))
    zone = ZoneInfo(time_zone) if time_zone else KOREA if _language(raw.language).startswith("ko") else UTC
    site = _address(raw.link, final_url) or (site_root(final_url) if is_web_url(final_url) else "")
    read = newest_positions([entry.date for entry in raw.entries])
    cleaned = [_clean(raw.entries[at], raw, final_url, site, zone) for at in read]
    entries = [entry for entry in cleaned if entry]
    guids = Counter(entry.guid for entry in entries)
    distinct = identify(entries)
    newest = distinct if len(distinct) <= MAX_ENTRIES else newest_first(distinct)[:MAX_ENTRIES]

    # In plain words, the most used first.
    uses = Counter(
        name for entry in raw.entries[:MAX_ENTRIES] for name in dict.fromkeys(entry.categories[:MAX_CATEGORIES])
    )
    categories = dict.fromkeys(plain_title(name, NAME) for name, _ in uses.most_common(MAX_CATEGORIES))
    return FeedDocument(
        version=raw.version,
        title=plain_title(raw.title),
        language=_language(raw.language),
        entries=tuple(newest),
        hints=raw.hints,
        malformed=raw.malformed and not entries,
        truncated=raw.truncated,
        dropped=len(cleaned) - len(entries),
        left_out=raw.left_out + len(raw.entries) - len(read) + len(distinct) - len(newest),
        missing_guids=guids[""],
        repeated_guids=sum(times for guid, times in guids.items() if guid and times > 1),
        categories=tuple(name for name in categories if name),
    )


def plain_title(markup: str, limit: int = TITLE, *, literal: bool = False) -> str:
    """One line without tags, entities and invisible characters, cut at a word.

    `literal`: the feed declares plain text, so tags and entities are part of the text.
    """
    text = markup[:MAX_MARKUP]
    if not literal:
        text = _without_title_tags(SCRIPT.sub(" ", COMMENT.sub(" ", text)))
        for _ in range(MAX_ESCAPES):
            if not ENTITY.search(text):
                break
            text = _without_title_tags(ENTITY.sub(lambda found: html.unescape(found[0]), text))
    return truncate(one_line(text), limit)


def plain_summary(markup: str, limit: int = SUMMARY) -> str:
    """The beginning of a text as plain text on one line, cut at a word."""
    text = _without_tags(BLOCK.sub(" ", BESIDE_TEXT.sub(" ", markup[:MAX_MARKUP])))
    return truncate(one_line(_without_tags(html.unescape(text))), limit)


def _read(body: bytes, headers: Mapping[str, str], final_url: str) -> RawFeed:
    # UTF-16 and UTF-32 become UTF-8, whatever encoding the header and the declaration name.
    encoding = next((name for mark, name in WIDE_OPENINGS if body.startswith(mark)), "")
    if encoding:
        text = ENCODING.sub(r"\1", body.decode(encoding, "replace").lstrip("\ufeff"), count=1)
        body = text.encode("utf-8", "replace")
        headers = {name: value for name, value in headers.items() if name != "content-type"}

    if body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        return read_json_feed(body) or RawFeed("")
    if b"\0" not in body[:HEAD] and not FEED_TAG.search(body):
        return RawFeed("")
    # Imported late: a process that reads JSON alone never needs it, and it is large.
    from bot.feeds.rss_atom import read_xml_feed

    return read_xml_feed(body, headers, final_url) if body.strip() else RawFeed("")


def _clean(raw: RawEntry, feed: RawFeed, base: str, site: str, zone: tzinfo) -> UnnamedEntry | None:
    """The entry as plain text; without an address it links to the site, with an unusable one it is dropped."""
    linked = any(link.strip() for link in raw.links)
    url = next((found for link in raw.links if (found := _address(link, base))), "") if linked else site
    summary = plain_summary(raw.summary)
    if not url or not (linked or summary or raw.title.strip()):
        return None
    title = plain_title(raw.title, literal=raw.title_is_text) or truncate(summary, TITLE_FROM_SUMMARY)
    if not title:
        key = canonical_key(url)
        title = plain_title(key.rsplit("/", 1)[-1].replace("-", " ")) or key
    entry = Entry(
        url=url,
        title=title,
        summary=summary,
        author=KOREAN_OFFICE.sub("", plain_title(raw.author or feed.author, NAME)),
        published=parse_stamp(raw.date, zone),
        language=_language(raw.language) or _language(feed.language),
        image=_image(raw, base),
    )
    return UnnamedEntry(entry, raw.guid.strip(), raw.date, linked)


def _address(link: str, base: str) -> str:
    try:
        url = urljoin(base, link.strip().replace(" ", "%20")) if link.strip() else ""
    except ValueError:
        return ""
    return url if is_web_url(url) else ""


def _image(raw: RawEntry, base: str) -> Image | None:
    """The largest picture that the entry names, else the largest one in its text; a thumbnail only as the last."""
    stated = [replace(picture, url=_address(picture.url, base)) for picture in raw.pictures]
    best = best_picture(stated)
    if best is None or 0 < best.width < THUMBNAIL_WIDTH:
        shown: list[Candidate] = []
        for tag in islice(IMAGE_TAG.finditer(raw.markup[:HEAD]), MAX_IMAGE_TAGS):
            said = _attributes(tag[0])
            url = _address(picture_address(said), base)
            shown.append(Candidate(url, said.get("alt", ""), size_of(said.get("width")), size_of(said.get("height"))))
        best = best_picture(shown) or best
    if best is None:
        return None
    alt = plain_title(best.alt)
    return Image(best.url, "" if FILE_NAME.fullmatch(alt) else alt)


def _alternates(body: bytes, base: str) -> tuple[str, ...]:
    """The feeds that a web page names, those of comments last."""
    found: list[tuple[bool, str]] = []
    for tag in LINK_TAG.finditer(body[:HEAD].decode("utf-8", "replace")):
        said = _attributes(tag[0])
        is_feed = said.get("type", "").strip().lower() in FEED_TYPES
        if is_feed and "alternate" in said.get("rel", "").lower().split():
            of_comments = COMMENT_FEED.search(f"{said.get('title', '')} {said.get('href', '')}") is not None
            found.append((of_comments, _address(said.get("href", ""), base)))
    return tuple(dict.fromkeys(url for _, url in sorted(found, key=lambda one: one[0]) if url))[:5]


def _attributes(tag: str) -> dict[str, str]:
    return {
        found[1].lower(): html.unescape(found[2] or found[3] or found[4] or "") for found in ATTRIBUTE.finditer(tag)
    }


def _language(code: str) -> str:
    folded = code.strip().lower().replace("_", "-")
    return folded if LANGUAGE.fullmatch(folded) else ""


def _without_title_tags(text: str) -> str:
    """The text without formatting. A tag without attributes and end tag stays, unless it breaks the line."""
    closed = Counter(found[2].lower() for found in TITLE_TAG.finditer(text) if found[1])

    def replaced(tag: re.Match[str]) -> str:
        name, attributes = tag[2].lower(), tag[3] or ""
        if name not in INLINE and name not in BREAKING:
            return tag[0]
        formats = tag[1] or closed[name] or "=" in attributes or name in ("br", "wbr") or not tag.start()
        return tag[0] if not formats else " " if name in BREAKING else ""

    return TITLE_TAG.sub(replaced, text)


def _without_tags(text: str) -> str:
    return TAG.sub("", HIDDEN.sub(" ", COMMENT.sub(" ", text)))
