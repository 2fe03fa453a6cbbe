"""Chooses the addresses that a backfill visits next. Pure."""

from urllib.parse import urldefrag, urlsplit

from bot.discovery.contents import SourceContents, SourceKind, parent_of
from bot.discovery.robots import RobotsRules
from bot.store.backfill import AddressKind, BackfillAddress
from bot.urls import canonical_key, is_web_url, site_root

MAX_SITE_MAPS = 20


def source_address(url: str) -> BackfillAddress:
    """A feed, sitemap or list page; its key keeps the query, because `?1a2b3c4d_page=2` is another list."""
    plain = urldefrag(url)[0]
    return BackfillAddress(plain, plain, AddressKind.SOURCE)


def fitting(contents: SourceContents, known: list[str]) -> list[BackfillAddress]:
    """The articles and further sources to visit from one source.

    A sitemap names every page of a site. Where articles of the site are `known`, only its pages
    beside them are taken; elsewhere every page is, and has to show a date to be an article. So do
    pages right below the host, where articles stand beside "About us".
    """
    sources = [source_address(url) for url in contents.sources if is_web_url(url)]
    parents = {parent_of(canonical_key(url)) for url in known} if contents.kind is SourceKind.SITEMAP else set[str]()
    beside = [item for item in contents.articles if parent_of(item.key) in parents]
    sure = contents.kind in (SourceKind.FEED, SourceKind.ARTICLE)
    below = bool(beside) or contents.kind is SourceKind.LIST
    found = beside or contents.articles
    articles: list[BackfillAddress] = []
    for item in found:
        certain = sure or (below and not parent_of(item.key).endswith("/"))
        articles.append(BackfillAddress(item.key, item.url, AddressKind.ARTICLE, certain, item.modified))
    return [*sources, *articles]


def site_maps(rules: RobotsRules, url: str) -> list[BackfillAddress]:
    """The sitemaps that robots.txt names, else the usual address."""
    named = [address for address in rules.sitemaps if is_web_url(address)]
    return [source_address(address) for address in named[:MAX_SITE_MAPS] or [f"{site_root(url)}/sitemap.xml"]]


def list_pages(url: str, known: list[str]) -> list[BackfillAddress]:
    """The list pages of a site without a readable sitemap: the parent paths of its articles."""
    paths = dict.fromkeys(urlsplit(article).path.rstrip("/").rpartition("/")[0] for article in known)
    return [source_address(f"{site_root(url)}{path}") for path in paths if path]
