"""Removes from a page what is no article: share rows, newsletter boxes, teasers, comments, hidden text."""

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from bot.pages.blocks import HIDDEN_STYLE, MAX_ELEMENTS, ancestors, has_class
from bot.pages.byline import BYLINE_LABEL

SCRIPTS = ["script", "style", "noscript", "template", "amp-ad", "amp-sticky-ad", "amp-embed", "amp-analytics"]
# Boxes that are short, or lists of links.
BOX = re.compile(
    r"(?:^|[\s_-])(?:share|sharing|share-?buttons|sharedaddy|social-?links|addtoany|sns|newsletters?|subscri(?:be|ption)|"
    r"signup|sign-up|optin|opt-in|mailchimp|mc_embed|cookie|breadcrumbs?|pagination|item-?pagination|paginav|postbtn|"
    r"post-navigation|toc|table-of-contents|copyright|promo|adsbygoogle|advert(?:s|isement|ising)?|amp-ad|"
    r"ad-(?:slot|container|unit|wrapper|template|placement)|story-ad|revenue_unit|bo_v_nb)"
    r"(?:[\s_-]|$)",
    re.IGNORECASE,
)
# Lists of other articles and what readers wrote.
NEIGHBOURS = re.compile(
    r"(?:^|[\s_-])(?:related|jp-relatedposts|yarpp|recommended|recommendations|recent-?posts|more-?posts|read-?more-?list|"
    r"also-?like|another_category|summary-v2-block|sqs-block-summary-v2|layer_summary|outbrain|taboola|comments?-?(?:area|list|section)?|disqus|respond|discussion)(?:[\s_-]|$)",
    re.IGNORECASE,
)
SPONSOR_LABEL, SPONSORED_CARD = ".kg-cta-sponsor-label", frozenset({"kg-cta-card"})  # Ghost
MAX_LABEL = 40
MAX_BOX = 600  # characters of a box
LINKED = 0.5  # the share of a list's text that is links
MAX_LOOKED_AT = 20_000_000  # characters: elements that hold one another are counted again
MAX_SHARE = 0.3  # an element with more of the page's words is never removed
HIDDEN = (
    "[hidden], [style*=display], [style*=visibility], .sr-only, .visually-hidden, .screen-reader-text, .sound_only, "
    ".blind, .screen_out"
)


def prune(tree: LexborHTMLParser) -> None:
    """Removes such elements from the tree."""
    tree.strip_tags(SCRIPTS)
    if tree.body is None:
        return
    words = len(tree.body.text(separator=""))
    left = MAX_LOOKED_AT
    for node in tree.css(HIDDEN)[:MAX_ELEMENTS]:
        attributes = node.attributes
        style = (attributes.get("style") or "")[:500]
        hidden = HIDDEN_STYLE.search(style) or "style" not in attributes or "hidden" in attributes
        if hidden and BYLINE_LABEL.fullmatch(node.text(strip=True)[:MAX_LABEL]):
            node.attrs["class"] = ""  # what only a screen reader says of a name is why it is known as the author's
            continue
        length = len(node.text(separator="")) if hidden and left > 0 else words
        left -= length
        if length <= MAX_SHARE * words:
            node.decompose()
    for label in tree.css(SPONSOR_LABEL)[:MAX_ELEMENTS]:
        if card := next((above for above in ancestors(label) if has_class(above, SPONSORED_CARD)), None):
            card.decompose()
    for node in tree.css("[class], [id]")[:MAX_ELEMENTS]:
        names = f"{node.attributes.get('class') or ''} {node.attributes.get('id') or ''}"[:500]
        if left > 0 and ((box := BOX.search(names)) or NEIGHBOURS.search(names)):
            left -= _remove(node, words, short=box is not None)


def _remove(node: LexborNode, words: int, *, short: bool) -> int:
    """Removes a box or a list unless it contains the article; returns how many characters were examined."""
    if (node.tag or "") in ("html", "body", "main", "article") or node.css_first("h1") is not None:
        return 100
    length = len(node.text(separator=""))
    if length > MAX_SHARE * words:
        return length
    linked = sum(len(link.text(separator="")) for link in node.css("a"))
    if not short or length <= MAX_BOX or linked >= LINKED * length:
        node.decompose()
    return 2 * length + 1
