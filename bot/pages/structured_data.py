"""Reads a page's structured data: meta elements, JSON-LD and microdata."""

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo
from itertools import product
from typing import Any, cast
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from bot.dates.parsing import parse_stamp
from bot.pages.byline import is_name, is_organisation, people_in
from bot.plain_text import folded, letters, one_line

MAX_NODES = 200  # elements of one kind that are looked at
MAX_TABLES = 5_000  # objects of JSON-LD
MAX_AUTHORS = 6
ARTICLE_TYPES = frozenset({
    "Article", "BlogPosting", "NewsArticle", "Report", "ReportageNewsArticle", "AnalysisNewsArticle",
    "OpinionNewsArticle", "BackgroundNewsArticle", "ReviewNewsArticle", "LiveBlogPosting", "ScholarlyArticle",
    "TechArticle", "SocialMediaPosting", "DiscussionForumPosting", "AdvertiserContentArticle", "SatiricalArticle",
    "CreativeWork",
})  # fmt: skip
PAGE_TYPES = frozenset({"WebPage", "ItemPage", "AboutPage", "VideoObject", "Recipe", "Review", "HowTo"})
ORGANISATION_TYPES = frozenset({"Organization", "NewsMediaOrganization"})
MIN_SITE_WORD = 4  # letters of a word by which a site's name is known
# Values of these keys describe something other than the page.
FOREIGN_KEYS = frozenset({
    "itemListElement", "blogPost", "blogPosts", "hasPart", "comment", "review", "mentions", "citation", "publisher",
    "isBasedOn", "relatedLink", "breadcrumb", "sameAs", "about",
})  # fmt: skip
DATE_NAMES = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished", "date-published",
    "parsely-pub-date", "sailthru.date", "article.published", "published_at", "published_time", "publishdate",
    "publish-date", "publish_date", "pubdate", "pub_date", "cxenseparse:recs:publishtime", "article:publicationdate",
    "dc.date.issued", "dcterms.issued", "dcterms.created", "dc.date.created", "dc.date", "dcterms.date", "dc.created",
    "dc:created", "dc:date", "dcterms:created", "og:regdate",
    "citation_publication_date", "citation_online_date", "displaydate", "originalpublicationdate",
    "article_date_original", "article:post_date", "date", "datecreated", "created", "bt:pubdate",
    "rnews:datepublished", "prism.publicationdate",
)  # fmt: skip
AUTHOR_NAMES = (
    "author", "article:author", "article:author_name", "parsely-author", "sailthru.author", "dc.creator",
    "dcterms.creator", "byl", "byline", "naverblog:nickname", "citation_author", "article.author", "og:author",
    "search.byline",
)  # fmt: skip
INVERTED_NAMES = frozenset({"dc.creator", "dcterms.creator", "citation_author"})  # "Lindholm, Mara"
INVERTED = re.compile(r"^([^\s,]+), ([^,]+)$")
TITLE_SEPARATOR = re.compile(r"\s+(?:[|»«\u203a·•—\u2013-]|::)\s+")
MAX_CUTS = 12  # beginnings and ends of the parts of a title
BROKEN_DATE = re.compile(r"\"datePublished\"\s{0,9}:\s{0,9}\"([^\"]{8,40})\"")


@dataclass(frozen=True, slots=True)
class StructuredData:
    """A page's structured data. `authors` are people; `fallback_author` may be the site or its organisation.

    `titles` are the page's own in its metadata, without the name of its site, which identify its article among others.
    The dates that a page of an event (`is_event`) shows are the event's.
    """

    metas: dict[str, str]
    titles: list[str]
    headline: str
    published: float | None
    authors: tuple[str, ...]
    fallback_author: str
    is_event: bool


def read_structured_data(tree: LexborHTMLParser, zone: tzinfo) -> StructuredData:
    """Reads the structured data; `zone` is that of times without one."""
    # The meta elements by name in lower case: of several with one name the first with content, and every author.
    metas: dict[str, str] = {}
    credited: dict[str, list[str]] = {name: [] for name in AUTHOR_NAMES}
    for node in tree.css("meta[content]")[:MAX_NODES]:
        attributes = node.attributes
        name = (attributes.get("property") or attributes.get("name") or attributes.get("itemprop") or "").lower()
        content = one_line(attributes.get("content") or "")
        if name and content:
            metas.setdefault(name, content)
        if name in credited:
            credited[name].append(INVERTED.sub(r"\2 \1", content) if name in INVERTED_NAMES else content)
    titles = _titles(tree, metas)
    articles, people, broken, is_event = _linked_articles(tree, titles)
    stamps = [_value(item.get("datePublished")) for item in articles]
    stamps += [metas.get(name, "") for name in DATE_NAMES]
    stamps += _item_values(tree, "datePublished")
    stamps += [broken, *(_value(item.get("dateCreated")) for item in articles), *_item_values(tree, "dateCreated")]
    published = (found for stamp in stamps if stamp and (found := parse_stamp(stamp, zone)) is not None)
    authors, organisation = next(
        (credit for item in articles if any(credit := _authors(item, people))), (tuple[str, ...](), "")
    )
    if not authors:
        authors, named = _meta_authors(metas, credited)
        organisation = organisation or named
    return StructuredData(
        metas=metas,
        titles=titles,
        headline=next(
            (one_line(html.unescape(text)) for item in articles if (text := _value(item.get("headline")))), ""
        ),
        published=next(published, None),
        authors=authors,
        fallback_author=organisation
        or ", ".join(people_in(metas.get("og:article:author", "")) or people_in(metas.get("creator", ""))),
        is_event=is_event,
    )


def _titles(tree: LexborHTMLParser, metas: dict[str, str]) -> list[str]:
    """The page's own titles in its metadata, without the name of its site."""
    node = tree.css_first("title")
    named = [
        metas.get("og:title", ""),
        metas.get("twitter:title", ""),
        one_line(node.text()) if node is not None else "",
        metas.get("headline", ""),
        metas.get("dc.title", ""),
    ]
    site = metas.get("og:site_name", "")
    headings = {letters(heading.text()): heading for heading in tree.css("h1, h2, h3")[:MAX_NODES]}
    names: list[str] = []
    for name in filter(None, named):
        # The site's name is first or last; the article's is the longest part that also heads it.
        cuts = [0, *(at for found in TITLE_SEPARATOR.finditer(name) for at in found.span()), len(name)][:MAX_CUTS]
        parts = [name[start:end] for start, end in product(cuts[::2], cuts[1::2]) if start < end] if cuts[2:] else []
        headed = [part for part in parts if (found := headings.get(letters(part))) and not leads_home(found)]
        if headed:
            names.append(max(headed, key=len))
        elif site and name.endswith(site):
            names.append(name.removesuffix(site).rstrip(" |\u2013—·-:") or name)
        elif " » " in name:
            names += [name.rpartition(" » ")[2], name.partition(" » ")[0]]
        else:
            names.append(re.sub(r"\s+\|\s+[^|]{2,60}$", "", name))
    return names


def leads_home(heading: LexborNode) -> bool:
    """Whether a heading's link leads to the site's first page."""
    link = heading.css_first("a[href]")
    if link is None:
        return False
    address = urljoin("https://site/", link.attributes.get("href") or "")
    return link.attributes.get("rel") == "home" or urlsplit(address).path in ("", "/")


def _linked_articles(
    tree: LexborHTMLParser, titles: list[str]
) -> tuple[list[dict[str, Any]], dict[str, dict[str, Any]], str, bool]:
    """JSON-LD: articles with the page's own first, whatever has an id, a date from a script that is no JSON.

    Last, whether the page is about an event instead of an article.
    """
    articles: list[dict[str, Any]] = []
    people: dict[str, dict[str, Any]] = {}
    broken, events = "", False
    for node in tree.css('script[type*="ld+json"]')[:MAX_NODES]:
        text = re.sub(r"^\s*(?:<!--|//<!\[CDATA\[)|(?:-->|//\]\]>)\s*$", "", node.text())
        try:
            loaded: Any = json.loads(text, strict=False)
        except (ValueError, RecursionError):
            found = BROKEN_DATE.search(text)
            broken = broken or (found[1] if found else "")
            continue
        for table in _tables(loaded):
            if isinstance(identifier := table.get("@id"), str) and "name" in table:
                people.setdefault(identifier, table)
            events = events or any(kind.endswith("Event") for kind in _types(table))
            untyped = "@type" not in table and "datePublished" in table
            if untyped or not (ARTICLE_TYPES | PAGE_TYPES).isdisjoint(_types(table)):
                articles.append(table)
    wanted = {folded(title) for title in titles}

    def rank(item: dict[str, Any]) -> tuple[bool, bool]:
        return folded(_value(item.get("headline"))) not in wanted, ARTICLE_TYPES.isdisjoint(_types(item))

    written = any(not ARTICLE_TYPES.isdisjoint(_types(item)) for item in articles)
    return sorted(articles, key=rank), people, broken, events and not written


def _tables(loaded: object) -> Iterator[dict[str, Any]]:
    """Every object of a document that may be about the page itself, outer ones first."""
    waiting: list[object] = [loaded]
    for _ in range(MAX_TABLES):
        if not waiting:
            return
        value = waiting.pop(0)
        if isinstance(value, list):
            waiting += cast("list[object]", value)[:MAX_TABLES]
        elif isinstance(value, dict):
            table = cast("dict[str, Any]", value)
            yield table
            waiting += [
                inner for key, inner in table.items() if key not in FOREIGN_KEYS and isinstance(inner, (dict, list))
            ]


def _types(item: dict[str, Any]) -> list[str]:
    kinds = item.get("@type")
    kinds = cast("list[object]", kinds if isinstance(kinds, list) else [kinds])
    return [str(kind).rpartition("/")[2] for kind in kinds]


def _authors(item: dict[str, Any], people: dict[str, dict[str, Any]]) -> tuple[tuple[str, ...], str]:
    """The people who wrote an item, and the organisation named when there are none."""
    names: list[str] = []
    organisation = ""
    publisher = item.get("publisher")
    site = folded(_value(cast("dict[str, Any]", publisher).get("name"))) if isinstance(publisher, dict) else ""
    site_words = {word for word in site.split() if len(word) >= MIN_SITE_WORD}
    for key in ("author", "creator"):
        value = item.get(key)
        for person in cast("list[Any]", value if isinstance(value, list) else [value])[:MAX_AUTHORS]:
            table = cast("dict[str, Any]", person) if isinstance(person, dict) else {"name": person}
            if "name" not in table:
                table = people.get(str(table.get("@id")), table)
            kinds = set(_types(table))
            company = "Person" not in kinds and not ORGANISATION_TYPES.isdisjoint(kinds)
            for name in people_in(_value(table.get("name"))):
                # A name alone may be the site's: "DER SPIEGEL" of the publisher "SPIEGEL ONLINE".
                of_site = folded(name) == site or (
                    table is not person and not site_words.isdisjoint(folded(name).split())
                )
                if company or is_organisation(name) or of_site:
                    organisation = organisation or name
                else:
                    names.append(name)
        if names:
            break
    return tuple(dict.fromkeys(names)), organisation


def _meta_authors(metas: dict[str, str], credited: dict[str, list[str]]) -> tuple[tuple[str, ...], str]:
    """The people whom meta elements name, and the first organisation; several elements may share a name."""
    labels = {metas.get(f"twitter:label{number}", "").lower(): f"twitter:data{number}" for number in (1, 2)}
    label = next((labels[label] for label in ("written by", "by", "author", "작성자", "글쓴이") if label in labels), "")
    sites = {folded(metas.get(name, "")) for name in ("og:site_name", "application-name", "publisher", "dc.publisher")}
    organisation = ""
    handle = metas.get("twitter:creator", "")
    for stated in (*credited.values(), [metas.get(label, "")], [handle] if " " in handle and is_name(handle) else []):
        found = list(dict.fromkeys(name for credit in stated[:MAX_AUTHORS] for name in people_in(credit)))
        people = [name for name in found if not is_organisation(name) and folded(name) not in sites]
        if people:
            return tuple(people), organisation
        organisation = organisation or next((name for name in found if folded(name) not in sites), "")
    return (), organisation


def _item_values(tree: LexborHTMLParser, name: str) -> list[str]:
    """What microdata and RDFa say under a property, in reading order."""
    values: list[str] = []
    for node in tree.css(f'[itemprop~="{name}"], [property="schema:{name}"]')[:MAX_NODES]:
        attributes = node.attributes
        stated = attributes.get("content") or attributes.get("datetime") or attributes.get("title")
        values.append(stated or one_line(node.text(separator=" "))[:100])
    return values


def _value(value: object) -> str:
    if isinstance(value, list) and value:
        return _value(cast("list[object]", value)[0])
    if isinstance(value, dict):
        return _value(cast("dict[str, object]", value).get("@value"))
    return str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
