"""Reads a page's structured data: meta elements, JSON-LD and microdata."""

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any, cast

from selectolax.lexbor import LexborHTMLParser

from bot.dates.parsing import parse_stamp
from bot.pages.byline import clean_author, is_name, is_organisation, people_in
from bot.plain_text import folded, one_line

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
BROKEN_DATE = re.compile(r"\"datePublished\"\s{0,9}:\s{0,9}\"([^\"]{8,40})\"")


@dataclass(frozen=True, slots=True)
class StructuredData:
    """A page's structured data. `authors` are people; `fallback_author` may be the site or its organisation.

    The dates that a page of an event (`is_event`) shows are the event's.
    """

    metas: dict[str, str]
    headline: str
    published: float | None
    authors: tuple[str, ...]
    fallback_author: str
    is_event: bool


def read_structured_data(
    tree: LexborHTMLParser, metas: dict[str, str], names: list[str], zone: tzinfo
) -> StructuredData:
    """Reads the structured data. `names` are the page's own titles, which identify its article among others."""
    articles, people, broken, is_event = _linked_articles(tree, names)
    stamps = [_value(item.get("datePublished")) for item in articles]
    stamps += [metas.get(name, "") for name in DATE_NAMES]
    stamps += _item_values(tree, "datePublished")
    stamps += [broken, *(_value(item.get("dateCreated")) for item in articles), *_item_values(tree, "dateCreated")]
    published = (found for stamp in stamps if stamp and (found := parse_stamp(stamp, zone)) is not None)
    authors, organisation = next(
        (credited for item in articles if any(credited := _authors(item, people))), (tuple[str, ...](), "")
    )
    if not authors:
        authors, named = _meta_authors(tree, metas)
        organisation = organisation or named
    return StructuredData(
        metas=metas,
        headline=next(
            (one_line(html.unescape(text)) for item in articles if (text := _value(item.get("headline")))), ""
        ),
        published=next(published, None),
        authors=authors,
        fallback_author=organisation
        or clean_author(metas.get("og:article:author", ""))
        or clean_author(metas.get("creator", "")),
        is_event=is_event,
    )


def read_metas(tree: LexborHTMLParser) -> dict[str, str]:
    """The meta elements by name in lower case; of several with one name the first with content."""
    found: dict[str, str] = {}
    for node in tree.css("meta[content]")[:MAX_NODES]:
        attributes = node.attributes
        name = (attributes.get("property") or attributes.get("name") or attributes.get("itemprop") or "").lower()
        content = one_line(attributes.get("content") or "")
        if name and content:
            found.setdefault(name, content)
    return found


def _linked_articles(
    tree: LexborHTMLParser, names: list[str]
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
    wanted = {folded(name) for name in names}

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


def _meta_authors(tree: LexborHTMLParser, metas: dict[str, str]) -> tuple[tuple[str, ...], str]:
    """The people whom meta elements name, and the first organisation; several elements may share a name."""
    values: dict[str, list[str]] = {name: [] for name in AUTHOR_NAMES}
    for node in tree.css("meta[content]")[:MAX_NODES]:
        attributes = node.attributes
        name = (attributes.get("property") or attributes.get("name") or attributes.get("itemprop") or "").lower()
        content = one_line(attributes.get("content") or "")
        if name in INVERTED_NAMES:
            content = re.sub(r"^([^\s,]+), ([^,]+)$", r"\2 \1", content)
        values.get(name, []).append(content)
    labels = {metas.get(f"twitter:label{number}", "").lower(): f"twitter:data{number}" for number in (1, 2)}
    label = next((labels[label] for label in ("written by", "by", "author", "작성자", "글쓴이") if label in labels), "")
    sites = {folded(metas.get(name, "")) for name in ("og:site_name", "application-name", "publisher", "dc.publisher")}
    organisation = ""
    handle = metas.get("twitter:creator", "")
    for stated in (*values.values(), [metas.get(label, "")], [handle] if " " in handle and is_name(handle) else []):
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
