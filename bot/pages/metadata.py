"""What stands above an article and in its metadata: title, date, author, the neighbours' limits."""

import json
import re
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import unquote, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from bot.dates import date_in, parse_stamp
from bot.pages.blocks import Block, has_class, is_skipped, read_blocks
from bot.pages.byline import author_in
from bot.plain_text import folded, one_line

NEIGHBOUR = frozenset({"w-dyn-item", "w-dyn-items", "w-condition-invisible"})
CHROME = frozenset({"footer", "nav"})
MAX_ANCESTORS = 300
MOST_LOOKED_AT = 200  # elements of one kind
ARTICLE_TYPES = frozenset({"Article", "BlogPosting", "NewsArticle", "Report", "WebPage"})
DATE_NAMES = (
    "article:published_time",
    "datepublished",
    "date",
    "dc.date",
    "dc.date.issued",
    "parsely-pub-date",
    "pubdate",
)


@dataclass(frozen=True, slots=True)
class Head:
    """What a page says of its article outside the body; empty or None where it says nothing."""

    title: str
    author: str
    published: float | None
    language: str
    image: str


def read_head(tree: LexborHTMLParser, root: LexborNode | None, url: str) -> Head:
    """Reads it; what stands on the page itself goes before metadata, which templates often get wrong."""
    metas, linked = _metas(tree), _linked_data(tree)
    above = _above(tree, root, url)
    html = tree.css_first("html")
    return Head(
        title=_title(tree, root, url),
        author=next((name for block in above if (name := author_in(block.text))), "") or _author(metas, linked),
        published=_published(tree, above, metas, linked),
        language=(html.attributes.get("lang") or "") if html is not None else "",
        image=metas.get("og:image", ""),
    )


def belongs(node: LexborNode) -> bool:
    """Whether an element is part of this page's own article: not of a neighbour, a menu, a form or a footer."""
    above: LexborNode | None = node
    for _ in range(MAX_ANCESTORS):
        if above is None:
            return True
        if above.is_element_node and (has_class(above, NEIGHBOUR) or (above.tag or "") in CHROME or is_skipped(above)):
            return False
        above = above.parent
    return False


def slug_agrees(tree: LexborHTMLParser, url: str) -> bool:
    """Whether Webflow's own word for the item, when there is one, is the address's last part."""
    html = tree.css_first("html")
    slug = (html.attributes.get("data-wf-item-slug") or "") if html is not None else ""
    last = unquote(urlsplit(url).path).rstrip("/").rsplit("/", 1)[-1]
    return not slug or unquote(slug).casefold() == last.casefold()


def _above(tree: LexborHTMLParser, root: LexborNode | None, url: str) -> list[Block]:
    """The blocks between the top of the page and the body, nearest to the body first."""
    if tree.body is None or root is None:
        return []
    blocks, _ = read_blocks(tree.body, url, root)
    return blocks[::-1]


def _title(tree: LexborHTMLParser, root: LexborNode | None, url: str) -> str:
    inside = {node.mem_id for node in root.css("h1")} if root is not None else set[int]()
    headings = [node for node in tree.css("h1")[:MOST_LOOKED_AT] if belongs(node)]
    outside = [one_line(node.text()) for node in headings if node.mem_id not in inside]
    named = names_of(tree)
    agreed = [title for title in outside if title and any(folded(title) in folded(name) for name in named)]
    first = [title for title in outside if folded(title)]
    if not agreed and first and named and _nearness(named[0], url) > _nearness(first[0], url):
        return named[0]
    candidates = [*agreed, *first, *named, *[one_line(node.text()) for node in headings]]
    return next(iter(candidates), "")


def names_of(tree: LexborHTMLParser) -> list[str]:
    """What the page calls itself in its metadata, without the name of its site."""
    metas = _metas(tree)
    named = [metas.get("og:title", ""), metas.get("twitter:title", ""), _tag_text(tree, "title")]
    return [_without_site(name, metas) for name in named if name]


def _nearness(title: str, url: str) -> float:
    """The share of the address's last words that a title has."""
    words = set(folded(unquote(urlsplit(url).path).rstrip("/").rsplit("/", 1)[-1].replace("-", " ")).split())
    return len(words & set(folded(title).split())) / len(words) if words else 0.0


def _without_site(name: str, metas: dict[str, str]) -> str:
    site = metas.get("og:site_name", "")
    if site and name.endswith(site):
        return name.removesuffix(site).rstrip(" |\u2013—·-") or name
    return re.sub(r"\s+\|\s+[^|]{2,60}$", "", name)


def _published(
    tree: LexborHTMLParser, above: list[Block], metas: dict[str, str], linked: list[dict[str, Any]]
) -> float | None:
    shown = (found for block in above if (found := date_in(one_line(block.text))) is not None)
    tagged = (
        node.attributes.get("datetime") or "" for node in tree.css("time[datetime]")[:MOST_LOOKED_AT] if belongs(node)
    )
    stamps = [str(item.get("datePublished") or "") for item in linked]
    stamps += [metas.get(name, "") for name in DATE_NAMES]
    told = (found for stamp in (*stamps, *tagged) if stamp and (found := parse_stamp(stamp)) is not None)
    return next(shown, None) or next(told, None)


def _author(metas: dict[str, str], linked: list[dict[str, Any]]) -> str:
    for item in linked:
        authors = item.get("author")
        people = cast("list[Any]", authors if isinstance(authors, list) else [authors])
        names = [_person(person) for person in people]
        if any(names):
            return one_line(", ".join(name for name in names if name))[:120]
    named = one_line(metas.get("author", "") or metas.get("article:author", ""))
    return "" if named.startswith("http") else named[:120]


def _person(person: object) -> str:
    if isinstance(person, dict):
        table = cast("dict[str, Any]", person)
        return str(table.get("name") or "") if table.get("@type") != "Organization" else ""
    return person if isinstance(person, str) and not person.startswith("http") else ""


def _metas(tree: LexborHTMLParser) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in tree.css("meta[content]")[:MOST_LOOKED_AT]:
        attributes = node.attributes
        name = (attributes.get("property") or attributes.get("name") or attributes.get("itemprop") or "").lower()
        if name:
            found.setdefault(name, one_line(attributes.get("content") or ""))
    return found


def _linked_data(tree: LexborHTMLParser) -> list[dict[str, Any]]:
    """The articles that the page's JSON-LD describes; a broken script is passed over."""
    found: list[dict[str, Any]] = []
    for node in tree.css('script[type="application/ld+json"]')[:MOST_LOOKED_AT]:
        try:
            loaded: Any = json.loads(node.text())
        except (ValueError, RecursionError):
            continue
        found.extend(_tables(loaded))
    return [item for item in found if ARTICLE_TYPES.intersection(_types(item))]


def _tables(loaded: object) -> list[dict[str, Any]]:
    if isinstance(loaded, list):
        return [table for item in cast("list[object]", loaded) for table in _tables(item)]
    if not isinstance(loaded, dict):
        return []
    table = cast("dict[str, Any]", loaded)
    return [table, *(_tables(table["@graph"]) if "@graph" in table else [])]


def _types(item: dict[str, Any]) -> list[str]:
    kinds = item.get("@type")
    return [str(kind) for kind in cast("list[object]", kinds if isinstance(kinds, list) else [kinds])]


def _tag_text(tree: LexborHTMLParser, tag: str) -> str:
    node = tree.css_first(tag)
    return one_line(node.text()) if node is not None else ""
