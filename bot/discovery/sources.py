"""Reads feeds, sitemaps, list pages and articles as sources of older articles.

Pure; runs in the worker process, because the documents are untrusted. The main process never
imports this module.
"""

import re
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from io import BytesIO
from urllib.parse import parse_qsl, urldefrag, urljoin, urlsplit
from xml.etree import ElementTree as ET

from selectolax.lexbor import LexborHTMLParser, LexborNode

from bot.dates.parsing import parse_stamp
from bot.discovery.contents import FoundArticle, SourceContents, SourceKind, parent_of
from bot.models import UnreadableDocumentError
from bot.pages.extractor import decode
from bot.pages.metadata import slug_agrees
from bot.urls import WEBFLOW_PAGE, canonical_key, is_web_url

MAX_ADDRESSES = 20_000  # of one sitemap; its standard allows 50 000, which no blog has
MAX_UNPACKED = 50_000_000
GZIP = b"\x1f\x8b"
OPENING = 2_048
MIN_LIST_LINKS = 3  # a page with at least this many links to articles is a list, where it does not declare its kind
MAX_PASSED_OVER = 200
# How the platforms mark the link to older articles, and what they write on it.
NEXT = (
    "a.w-pagination-next[href], a[rel~=next][href], link[rel~=next][href], a.next[href], .pagination-next a[href],"
    " .nav-previous a[href], a.older-posts[href], a.blog-pager-older-link[href], a[aria-label=Next][href],"
    " .pager-next a[href], .pager__item--next a[href], a.pagination__next[href], .older a[href], a.older[href]"
)
NEXT_WORDS = re.compile(
    r"\W*(?:older(?: posts?| entries| articles| stories)?|next(?: page| posts?)?|previous (?:posts|entries)"
    r"|more (?:posts|articles|stories)|이전 ?글|다음(?: ?페이지)?|더 ?보기)\W*",
    re.IGNORECASE,
)
ITEMS = (
    ".w-dyn-item a[href], article a[href], h2 a[href], h3 a[href], .post a[href], .hentry a[href], .post-link[href],"
    " .post-title a[href], .entry-title a[href], .post-list a[href], main li a[href]"
)
LIST_PATH = re.compile(
    r"/(?:page|tag|tags|tagged|category|categories|author|authors|label)(?:/|$)"
    r"|/(?:feed|rss|comments|search|topics|archives?(?:/[\d/]+)?)/?$",
    re.IGNORECASE,
)
YEAR = re.compile(r"19[89]\d|20[0-4]\d")
DATED_LIST = re.compile(rf"(?P<above>.*)/(?P<year>{YEAR.pattern})(?:/\d{{1,2}}){{0,2}}/?")
ARCHIVE_SHARE = 0.5  # of its links: a page with at least this share of dated lists is an archive of them
PAGE_NUMBER = re.compile(
    r"(?P<before>.*?)(?:/page[/-]?|[?&](?:page|paged|pageno|pagenum)=)(?P<number>\d{1,4})/?", re.IGNORECASE
)
LIST_SITEMAP = re.compile(r"(?:page|tag|categor|author|taxonom|user|archive|video|image)s?\b[^/]*\.xml", re.IGNORECASE)
POST_SITEMAP = re.compile(r"(?:post|article|blog|news|stor(?:y|ie))s?\b[^/]*\.xml", re.IGNORECASE)
POSTING = re.compile(r'"@type"\s*:\s*(?:\[[^\]]{0,200})?"(?:\w*BlogPosting|\w*NewsArticle|Article)"')


def read_source(body: bytes, headers: Mapping[str, str], final_url: str, *, is_list: bool = False) -> SourceContents:
    """Reads the document at an address, whatever its kind. Raises ValueError when a sitemap is not well-formed.

    `is_list`: a list named it as its next page, so it is a list however few links it has.
    """
    body, truncated = _unpacked(body)
    opening = body[:OPENING].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<urlset" in opening or b"<sitemapindex" in opening:
        found = read_sitemap(body, final_url)
        return replace(found, truncated=found.truncated or truncated)
    if any(mark in opening for mark in (b"<rss", b"<feed", b"<rdf:rdf")) or opening.startswith(b"{"):
        from bot.feeds.parser import parse_feed  # slow to import, and most sources are not feeds

        document = parse_feed(body, dict(headers), final_url)
        return SourceContents(SourceKind.FEED, tuple(FoundArticle(found.url, found.key) for found in document.entries))
    return read_list(decode(body, None), final_url, is_list=is_list)


def is_article_page(body: bytes, url: str) -> bool:
    """Whether a document is an article rather than a list of some; true where that cannot be read."""
    try:
        return read_source(body, {}, url).kind is SourceKind.ARTICLE
    except UnreadableDocumentError:
        return True


def read_sitemap(body: bytes, url: str) -> SourceContents:
    """The pages of a sitemap, or the sitemaps of an index."""
    articles: list[FoundArticle] = []
    sources: list[str] = []
    truncated = False
    try:
        for _, element in ET.iterparse(BytesIO(body)):  # noqa: S314 - expat 2.4.1 or newer, killable process
            name = _name(element)
            if name in ("url", "sitemap"):
                values = {_name(child): (child.text or "").strip() for child in element}
                address = urljoin(url, values.get("loc", ""))
                if is_web_url(address) and name == "sitemap":
                    sources.append(address)
                elif is_web_url(address):
                    articles.append(
                        FoundArticle(address, canonical_key(address), parse_stamp(values.get("lastmod", "")))
                    )
                element.clear()
    except ET.ParseError as error:
        if not articles and not sources:
            raise UnreadableDocumentError(f"not a sitemap: {error}") from None
        truncated = True
    # Sites with a sitemap of their posts keep pages, tags and authors in others.
    if any(POST_SITEMAP.search(source) for source in sources):
        sources = [source for source in sources if not LIST_SITEMAP.search(source) or POST_SITEMAP.search(source)]
    numbered = _numbered_parents(article.url for article in articles)
    wanted = [
        article
        for article in articles
        if not _is_list(article.url, url, numbered) and urlsplit(article.key).path != "/"
    ]
    return SourceContents(
        SourceKind.SITEMAP,
        tuple(wanted[:MAX_ADDRESSES]),
        tuple(sources[:MAX_ADDRESSES]),
        truncated=truncated or len(wanted) > MAX_ADDRESSES,
    )


def read_list(html: str, url: str, *, is_list: bool = False) -> SourceContents:
    """The articles of a list page and its next page; a page that is no list is an article itself."""
    tree = LexborHTMLParser(html)
    if not is_list and _declares_article(tree, url):
        return SourceContents(SourceKind.ARTICLE, (_found(url),))
    named = _hrefs(tree.css(NEXT), url)
    if not named:
        named = _hrefs([node for node in tree.css("a[href]") if NEXT_WORDS.fullmatch(node.text())], url)
    links = list(dict.fromkeys(link for link in _hrefs(tree.css("a[href]"), url) if _same_host(link, url)))
    if not named:
        here, number = _page_number(url)
        named = [link for link in links if _page_number(link) == (here, number + 1)]
    found, passed_over = _listed(tree, links, url)
    if not named and not found:
        dated = [link for link in links if DATED_LIST.fullmatch(urlsplit(link).path)]
        named = dated if len(dated) >= ARCHIVE_SHARE * len(links) else []
    following = tuple(dict.fromkeys(link for link in named if _same_host(link, url)))
    if not is_list and _is_article(tree, html, url, links=len(found), has_next=bool(following)):
        return SourceContents(SourceKind.ARTICLE, (_found(url),))
    return SourceContents(SourceKind.LIST, tuple(map(_found, found)), following, tuple(map(_found, passed_over)))


def _declares_article(tree: LexborHTMLParser, url: str) -> bool:
    """Whether the page declares itself an article, so that its links need not be read."""
    root = tree.css_first("html")
    if root is not None and root.attributes.get("data-wf-item-slug") and slug_agrees(tree, url):
        return True
    path = urlsplit(url).path
    declared = tree.css_first('meta[property="article:published_time"]') is not None
    return declared and path not in ("", "/") and not LIST_PATH.search(path)


def _is_article(tree: LexborHTMLParser, html: str, url: str, *, links: int, has_next: bool) -> bool:
    """Whether the links of a page that declares nothing suggest an article."""
    path = urlsplit(url).path
    if path in ("", "/") or LIST_PATH.search(path):
        return False
    if len(tree.css("article h1")) == 1 and tree.css_first("article time") is not None and links < MIN_LIST_LINKS:
        return True
    if DATED_LIST.fullmatch(path):
        return False
    single = len(POSTING.findall(html)) == 1 and len(tree.css("article")) <= MIN_LIST_LINKS
    dated = tree.css_first("time, [itemprop=datePublished]") is not None
    alone = single or links < (MIN_LIST_LINKS if dated else 1)
    return alone and not has_next and not tree.css(".w-dyn-list")


def _listed(tree: LexborHTMLParser, all_links: list[str], url: str) -> tuple[list[str], list[str]]:
    """Links below the list's own path; where there are none, those most alike among the items. Then the others."""
    below = urlsplit(_page_number(url)[0]).path.rstrip("/") + "/"
    numbered = _numbered_parents(all_links)
    links = [link for link in all_links if not _is_list(link, url, numbered)]
    children = [link for link in links if urlsplit(link).path.startswith(below) and urlsplit(link).path != below]
    wanted = set(links)
    items = list(dict.fromkeys(link for link in _hrefs(tree.css(ITEMS), url) if link in wanted))
    if children and below != "/":
        kept = children
    else:
        parents = Counter(parent_of(canonical_key(link)) for link in items)
        commonest = parents.most_common(1)[0][0] if parents else ""
        kept = [link for link in items if parent_of(canonical_key(link)) == commonest]
    known = set(kept)
    return kept, [link for link in items if link not in known][:MAX_PASSED_OVER]


def _is_list(link: str, url: str, numbered: frozenset[str]) -> bool:
    """Whether a link leads to another page of this or another list.

    A path that ends with a year is a list of that year, except below one of the `numbered` paths.
    """
    path = urlsplit(link).path
    turned = any(WEBFLOW_PAGE.fullmatch(name) for name, _ in parse_qsl(urlsplit(link).query))
    dated = DATED_LIST.fullmatch(path)
    of_time = dated is not None and not (path.rstrip("/").endswith(dated["year"]) and dated["above"] in numbered)
    return turned or link == urldefrag(url)[0] or LIST_PATH.search(path) is not None or of_time


def _numbered_parents(links: Iterable[str]) -> frozenset[str]:
    """The paths below which articles have numbers: some that are no year."""
    split = (urlsplit(link).path.rstrip("/").rpartition("/") for link in links)
    return frozenset(
        above
        for above, _, name in split
        if name.isdecimal() and len(name) > 2 and not YEAR.fullmatch(name)  # noqa: PLR2004 - a month or day
    )


def _page_number(url: str) -> tuple[str, int]:
    """The address of a list without its page's number, and that number; 1 where it names none."""
    found = PAGE_NUMBER.fullmatch(url)
    return (found["before"].rstrip("/"), int(found["number"])) if found else (url.rstrip("/"), 1)


def _hrefs(nodes: list[LexborNode], base: str) -> list[str]:
    found: list[str] = []
    for node in nodes:
        try:
            link = urldefrag(urljoin(base, (node.attributes.get("href") or "").strip()))[0]
        except ValueError:
            continue
        # Following several pagination parameters at once would visit every combination of them.
        turned = sum(WEBFLOW_PAGE.fullmatch(name) is not None for name, _ in parse_qsl(urlsplit(link).query))
        if is_web_url(link) and turned <= 1:
            found.append(link)
    return found


def _found(url: str) -> FoundArticle:
    return FoundArticle(url, canonical_key(url))


def _same_host(link: str, url: str) -> bool:
    host, other = (urlsplit(address).netloc.lower().removeprefix("www.") for address in (link, url))
    return host == other


def _name(element: "ET.Element[str]") -> str:
    return element.tag.rpartition("}")[2].lower()


def _unpacked(body: bytes) -> tuple[bytes, bool]:
    """A sitemap that is stored compressed, up to the size its standard allows, and whether it breaks off."""
    if not body.startswith(GZIP):
        return body, False
    unpacker = zlib.decompressobj(wbits=31)
    try:
        return unpacker.decompress(body, MAX_UNPACKED), not unpacker.eof
    except zlib.error as error:
        raise UnreadableDocumentError(f"not a gzip file: {error}") from None
