"""Parses the bytes of a feed into clean entries. Pure; runs in the worker process.

Everything in a feed is untrusted: texts become plain and short, addresses other than http or https
are dropped, and so are impossible dates. Each entry gets the identity by which it is recognised.
"""

import codecs
import hashlib
import html
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from itertools import islice
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

from bot.dates.parsing import KOREA, parse_stamp
from bot.feeds.document import (
    MAX_ENTRIES,
    TITLE_IDENTITY,
    Entry,
    FeedDocument,
    RawEntry,
    RawFeed,
    newest_first,
    newest_positions,
    title_key,
)
from bot.feeds.json_feed import read_json_feed
from bot.models import Image
from bot.pictures import Candidate, best_picture, picture_address, size_of
from bot.plain_text import one_line, truncate
from bot.urls import canonical_key, is_tracking, is_web_url, site_root

TITLE_FROM_SUMMARY = 80
HEAD = 200_000
THUMBNAIL_WIDTH = 200
MAX_IMAGE_TAGS = 50  # of one entry
MAX_CATEGORIES = 40  # of one entry, and of one document
MAX_IDENTITY = 500
TEXT_FRAGMENT = ":~:"
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


@dataclass(frozen=True, slots=True)
class UnnamedEntry:
    """A clean entry before it has an identity; `guid` and `date` as the feed wrote them, empty when it did not.

    `linked` is False where the feed gives it no address and its site's is used instead.
    """

    entry: Entry
    guid: str = ""
    date: str = ""
    linked: bool = True


@dataclass(frozen=True, slots=True)
class _Signals:
    unnamed: UnnamedEntry
    address: str  # canonical, without the fragment
    place: str  # the same with the fragment, where that identifies the entry
    title_forms: tuple[str, ...]  # identities made from the title, the shortest first
    seen: tuple[object, ...]  # all that a reader sees


def parse_feed(body: bytes, headers: Mapping[str, str], final_url: str, time_zone: str = "") -> FeedDocument:
    """Parses the document; `version` is empty when it is no feed.

    `headers` are the response's, names in lower case; `final_url` is where the body came from;
    `time_zone` is the IANA name of the zone of dates that name none; when empty it is Korea's for a feed in
    Korean, else UTC.
    """
    raw = _read(body, headers, final_url)
    if not raw.version:
        return FeedDocument("", alternates=_alternates(body, final_url))
    language = _language(raw.language)
    zone = ZoneInfo(time_zone) if time_zone else KOREA if language.startswith("ko") else UTC
    site = _address(raw.link, final_url) or (site_root(final_url) if is_web_url(final_url) else "")
    read = newest_positions([entry.date for entry in raw.entries])
    cleaned = [_clean(raw.entries[at], final_url, site, zone, author=raw.author, language=language) for at in read]
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
        language=language,
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
    text = BLOCK.sub(" ", BESIDE_TEXT.sub(" ", markup[:MAX_MARKUP]))
    for escaped in (False, True):  # tags, and then those that were written with entities
        text = html.unescape(text) if escaped else text
        text = TAG.sub("", HIDDEN.sub(" ", COMMENT.sub(" ", text)))
    return truncate(one_line(text), limit)


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


def _clean(raw: RawEntry, base: str, site: str, zone: tzinfo, *, author: str, language: str) -> UnnamedEntry | None:
    """The entry as plain text; without an address it links to the site, with an unusable one it is dropped.

    `author` and `language` are those of entries without one.
    """
    linked = any(link.strip() for link in raw.links)
    url = next((found for link in raw.links if (found := _address(link, base))), "") if linked else site
    summary = plain_summary(raw.summary)
    if not url or not (linked or summary or raw.title.strip()):
        return None
    title = plain_title(raw.title, literal=raw.title_is_text) or truncate(summary, TITLE_FROM_SUMMARY)
    if not title:
        key = canonical_key(url)
        title = plain_title(key.rsplit("/", 1)[-1].replace("-", " ")) or key
    # The largest picture that the entry names, else the largest one in its text; a thumbnail only as the last.
    best = best_picture(replace(picture, url=_address(picture.url, base)) for picture in raw.pictures)
    if best is None or 0 < best.width < THUMBNAIL_WIDTH:
        shown: list[Candidate] = []
        for tag in islice(IMAGE_TAG.finditer(raw.markup[:HEAD]), MAX_IMAGE_TAGS):
            said = _attributes(tag[0])
            address = _address(picture_address(said), base)
            shown.append(
                Candidate(address, said.get("alt", ""), size_of(said.get("width")), size_of(said.get("height")))
            )
        best = best_picture(shown) or best
    alt = plain_title(best.alt) if best else ""
    entry = Entry(
        url=url,
        title=title,
        summary=summary,
        author=KOREAN_OFFICE.sub("", plain_title(raw.author or author, NAME)),
        published=parse_stamp(raw.date, zone),
        language=_language(raw.language) or language,
        image=Image(best.url, "" if FILE_NAME.fullmatch(alt) else alt) if best else None,
    )
    return UnnamedEntry(entry, raw.guid.strip(), raw.date, linked)


def _address(link: str, base: str) -> str:
    try:
        url = urljoin(base, link.strip().replace(" ", "%20")) if link.strip() else ""
    except ValueError:
        return ""
    return url if is_web_url(url) else ""


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


def identify(entries: Iterable[UnnamedEntry]) -> list[Entry]:
    """The entries with their identities, by which they are recognised in the next document.

    Exact repetitions of another entry are left out. Nothing here depends on the order of the entries. A guid or an
    address identifies an entry only where no other entry of the document has it; otherwise title, date and summary do.
    """
    signals = [_signals(unnamed) for unnamed in entries]
    distinct: dict[object, _Signals] = {}
    for one in sorted(signals, key=lambda one: (one.unnamed.guid, repr(one.unnamed))):
        distinct.setdefault(one.seen, one)
    kept = [one for one in signals if distinct[one.seen] is one]
    guids = Counter(one.unnamed.guid for one in kept)
    pairs = Counter((one.unnamed.guid, one.place) for one in kept)
    addresses, places = Counter(one.address for one in kept), Counter(one.place for one in kept)
    titles = Counter(form for one in kept for form in one.title_forms)

    found: list[Entry] = []
    for one in kept:
        entry, guid = one.unnamed.entry, one.unnamed.guid
        by_title = [form for form in one.title_forms if titles[form] == 1]
        shared = addresses[one.address] > 1 or not one.unnamed.linked
        if guid and guids[guid] == 1:
            names = [guid, f"{guid} {one.place}", f"{guid} {one.address}"]
        elif guid:
            by_place = [f"{guid} {one.place}"] if pairs[guid, one.place] == 1 else []
            names = [*by_place, *(f"{guid} {form}" for form in by_title), guid]
        else:
            parts = urlsplit(one.place)
            more_than_host = parts.path not in ("", "/") or bool(parts.query or parts.fragment)
            by_place = [one.place] if places[one.place] == 1 and more_than_host else []
            names = [*by_place, *by_title, one.address, _digest(entry.title, one.unnamed.date)]

        wanted = [*names, *(by_title if shared else [])]
        names = list(dict.fromkeys(name if len(name) <= MAX_IDENTITY else _digest(name) for name in wanted))
        key = f"{one.address}#{_digest(names[0])[:16]}" if shared else one.address
        found.append(
            replace(
                entry,
                identity=names[0],
                other_identities=tuple(names[1:]),
                key=key,
                address_key=one.address,
                content_hash=content_hash(entry),
            )
        )
    return found


def content_hash(entry: Entry) -> str:
    """Changes with everything a reader can notice; pictures count by path, as many addresses are signed each time."""
    said = {
        "identity": "",  # as in the hashes that are stored
        "url": entry.url,
        "title": entry.title,
        "summary": entry.summary,
        "author": entry.author,
        "published": entry.published,
        "language": entry.language,
        "image": urlsplit(entry.image.url)._replace(query="", fragment="").geturl() if entry.image else "",
    }
    return hashlib.sha256(json.dumps(said, ensure_ascii=True, sort_keys=True).encode()).hexdigest()[:32]


def _signals(unnamed: UnnamedEntry) -> _Signals:
    entry = unnamed.entry
    address, title, fragment = canonical_key(entry.url), title_key(entry.title), urlsplit(entry.url).fragment
    means = fragment and TEXT_FRAGMENT not in fragment and not is_tracking(re.split("[=-]", fragment)[0])
    place = f"{address}#{fragment}" if means else address
    parts = [address, title, repr(entry.published), entry.summary]
    forms = tuple(f"{TITLE_IDENTITY}{_digest(*parts[:length])}" for length in (2, 3, 4))
    return _Signals(unnamed, address, place, forms, (place, title, entry.published, entry.summary))


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()
