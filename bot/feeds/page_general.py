"""Finds the article of any page with trafilatura, and gives back simple HTML of it alone."""

from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from bot.feeds.page_text import one_line

# What embeds neighbours, asks for an address or leads elsewhere, on Webflow's pages and others.
PRUNED = [
    "//*[contains(concat(' ', normalize-space(@class), ' '), ' w-dyn-item ')]",
    "//*[contains(concat(' ', normalize-space(@class), ' '), ' w-form ')]",
    "//form",
    "//nav",
]
ENOUGH = 250  # characters; below this the slower, more thorough way is tried


def general_root(html: str, url: str) -> LexborNode | None:
    """The article's text as an element with headings, lists, links and pictures; None when there is none."""
    found = _extract(html, url, fast=True)
    if len(found) < ENOUGH:
        found = max(found, _extract(html, url, fast=False), key=len)
    return LexborHTMLParser(found).body if found else None


def captions(tree: LexborHTMLParser) -> dict[str, str]:
    """The caption of every captioned picture by its file's name; trafilatura drops or flattens them."""
    found: dict[str, str] = {}
    for figure in tree.css("figure"):
        caption, picture = figure.css_first("figcaption"), figure.css_first("img")
        source = (picture.attributes.get("src") or "") if picture is not None else ""
        if caption is not None and source:
            found[source.rsplit("/", 1)[-1]] = one_line(caption.text())
    return found


def _extract(html: str, url: str, *, fast: bool) -> str:
    import trafilatura  # half a second and 60 MB, which pages with a known shape do not need

    options: dict[str, Any] = {"include_links": True, "include_images": True, "include_formatting": True}
    found = trafilatura.extract(
        html, url=url, output_format="html", include_comments=False, prune_xpath=PRUNED, fast=fast, **options
    )
    return found or ""
