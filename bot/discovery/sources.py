"""What a feed, a sitemap, a list page or an article says of an archive.

Pure, and run in the worker process that can be killed: all of this is written by others. Nothing
in the main process imports this module.
"""

import re
import zlib
from collections import Counter
from collections.abc import Mapping
from io import BytesIO
from urllib.parse import parse_qsl, urldefrag, urljoin, urlsplit
from xml.etree import ElementTree as ET

from selectolax.lexbor import LexborHTMLParser, LexborNode

from bot.dates import parse_stamp
from bot.discovery.contents import FoundArticle, SourceContents, SourceKind, parent_of
from bot.pages.extractor import decode
from bot.pages.metadata import slug_agrees
from bot.urls import WEBFLOW_PAGE, canonical_key, is_web_url

MAX_ADDRESSES = 20_000  # of one sitemap; its standard allows 50 000, which no blog has
MAX_UNPACKED = 50_000_000
GZIP = b"\x1f\x8b"
OPENING = 2_048
A_LIST = 3  # as many links to articles below it make a page a list
NEXT = "a.w-pagination-next[href], a[rel~=next][href], link[rel~=next][href], a.next[href], .pagination-next a[href]"
ITEMS = ".w-dyn-item a[href], article a[href], h2 a[href], h3 a[href], .post a[href], .hentry a[href]"
LIST_PATH = re.compile(r"/(?:page|tag|tags|category|categories|author|authors)(?:/|$)|/feed/?$", re.IGNORECASE)


def read_source(body: bytes, headers: Mapping[str, str], final_url: str) -> SourceContents:
    """Reads whatever stands at an address. Raises ValueError when a sitemap is not well-formed."""
    body = _unpacked(body)
    opening = body[:OPENING].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<urlset" in opening or b"<sitemapindex" in opening:
        return read_sitemap(body, final_url)
    if any(mark in opening for mark in (b"<rss", b"<feed", b"<rdf:rdf")) or opening.startswith(b"{"):
        from bot.feeds.parser import parse_feed  # slow to import, and most sources are no feeds

        document = parse_feed(body, dict(headers), final_url)
        return SourceContents(
            SourceKind.FEED, tuple(FoundArticle(found.entry.url, found.key) for found in document.entries)
        )
    return read_list(decode(body, None), final_url)


def read_sitemap(body: bytes, url: str) -> SourceContents:
    """The pages of a sitemap, or the sitemaps of an index."""
    articles: list[FoundArticle] = []
    sources: list[str] = []
    try:
        for _, element in ET.iterparse(BytesIO(body)):  # noqa: S314 - expat 2.4.1 or newer, killable process
            name = _name(element)
            if name in ("url", "sitemap"):
                told = {_name(child): (child.text or "").strip() for child in element}
                address = urljoin(url, told.get("loc", ""))
                if is_web_url(address) and name == "sitemap":
                    sources.append(address)
                elif is_web_url(address):
                    articles.append(FoundArticle(address, canonical_key(address), parse_stamp(told.get("lastmod", ""))))
                element.clear()
    except ET.ParseError as error:
        if not articles and not sources:
            raise ValueError(f"not a sitemap: {error}") from None
    return SourceContents(SourceKind.SITEMAP, tuple(articles[:MAX_ADDRESSES]), tuple(sources[:MAX_ADDRESSES]))


def read_list(html: str, url: str) -> SourceContents:
    """The articles of a list page and its next page; a page that lists none is an article itself."""
    tree = LexborHTMLParser(html)
    html_tag = tree.css_first("html")
    if html_tag is not None and html_tag.attributes.get("data-wf-item-slug") and slug_agrees(tree, url):
        return SourceContents(SourceKind.ARTICLE, (_found(url),))
    following = tuple(dict.fromkeys(link for link in _hrefs(tree.css(NEXT), url) if _same_host(link, url)))
    found = _listed(tree, url)
    if not following and len(found) < A_LIST and not tree.css(".w-dyn-list"):
        return SourceContents(SourceKind.ARTICLE, (_found(url),))
    return SourceContents(SourceKind.LIST, tuple(map(_found, found)), following)


def _listed(tree: LexborHTMLParser, url: str) -> list[str]:
    """Links below the list's own path; where there are none, those most alike among the items."""
    below = urlsplit(url).path.rstrip("/") + "/"
    links = [link for link in _hrefs(tree.css("a[href]"), url) if _same_host(link, url) and not _is_list(link, url)]
    children = [link for link in links if urlsplit(link).path.startswith(below) and urlsplit(link).path != below]
    if children and below != "/":
        return list(dict.fromkeys(children))
    items = [link for link in _hrefs(tree.css(ITEMS), url) if link in set(links)]
    parents = Counter(parent_of(canonical_key(link)) for link in dict.fromkeys(items))
    if not parents:
        return []
    commonest = parents.most_common(1)[0][0]
    return [link for link in dict.fromkeys(items) if parent_of(canonical_key(link)) == commonest]


def _is_list(link: str, url: str) -> bool:
    """Whether a link leads to another page of this or another list."""
    turned = any(WEBFLOW_PAGE.fullmatch(name) for name, _ in parse_qsl(urlsplit(link).query))
    return turned or link == urldefrag(url)[0] or LIST_PATH.search(urlsplit(link).path) is not None


def _hrefs(nodes: list[LexborNode], base: str) -> list[str]:
    found: list[str] = []
    for node in nodes:
        try:
            link = urldefrag(urljoin(base, (node.attributes.get("href") or "").strip()))[0]
        except ValueError:
            continue
        if is_web_url(link) and _pages_turned(link) <= 1:
            found.append(link)
    return found


def _pages_turned(link: str) -> int:
    """How many lists an address has turned; more than one would walk every combination."""
    return sum(WEBFLOW_PAGE.fullmatch(name) is not None for name, _ in parse_qsl(urlsplit(link).query))


def _found(url: str) -> FoundArticle:
    return FoundArticle(url, canonical_key(url))


def _same_host(link: str, url: str) -> bool:
    def host(address: str) -> str:
        return urlsplit(address).netloc.lower().removeprefix("www.")

    return host(link) == host(url)


def _name(element: "ET.Element[str]") -> str:
    return element.tag.rpartition("}")[2].lower()


def _unpacked(body: bytes) -> bytes:
    """Unpacks a sitemap that is stored compressed, up to the size its standard allows."""
    if not body.startswith(GZIP):
        return body
    try:
        return zlib.decompressobj(wbits=31).decompress(body, MAX_UNPACKED)
    except zlib.error as error:
        raise ValueError(f"not a gzip file: {error}") from None
