"""Extracts the article of any page: its text from trafilatura, its structure from the page's markup.

With links and pictures enabled, trafilatura takes lists of other articles for text and breaks
sentences at links; with text alone it does not. F1 of word quadruples on the 23 news pages
in newspaper4k 0.9.6: .916 with its links and pictures, .935 with its text alone, .942 this way.
"""

import re
from collections import Counter
from collections.abc import Sequence

from selectolax.lexbor import LexborHTMLParser, LexborNode

from bot.models import LinkKind
from bot.pages.assembler import MAX_CALL, classify_link, leads_to_sharing
from bot.pages.blocks import (
    HIDDEN_STYLE,
    MAX_DEPTH,
    MAX_ELEMENTS,
    MAX_IMAGES,
    PICTURE,
    Block,
    BlockKind,
    Extract,
    Span,
    ancestors,
    has_class,
    read_blocks,
)
from bot.pages.byline import BYLINE_LABEL
from bot.plain_text import letters, one_line

# Elements that embed other articles on Webflow's pages.
PRUNED = [
    "//*[contains(concat(' ', normalize-space(@class), ' '), ' w-dyn-item ')]",
    "//*[contains(concat(' ', normalize-space(@class), ' '), ' w-form ')]",
]
# Elements in which publishing platforms put an article's body and nothing of its surroundings.
# By platform.
CONTAINERS = (
    ".gh-content", ".post-full-content .post-content",  # Ghost
    ".available-content .body.markup", ".body.markup",  # Substack
    ".blog-item-content", ".eventitem-column-content", '.sqs-layout[data-type="item"]',  # Squarespace
    # Wix
    '[data-hook="post"] [data-hook="post-description"]', '[data-hook="post-page"] [data-hook="post-description"]',
    ".node--view-mode-full .field--name-body", ".node-full .field-name-body", ".field--name-body",  # Drupal
    ".post-body.entry-content", ".post-body",  # Blogger
    ".se-main-container", "#postViewArea", "#dic_area", ".newsct_article",  # Naver
    ".tt_article_useless_p_margin", ".contents_style",  # Tistory
    ".wrap_view_article .wrap_body", ".article_view section",  # Brunch, Daum
    "#article-view-content-div", "#bo_v_con", ".rhymix_content", ".xe_content", ".kboard-content", ".board_txt_area",
    "#hs_cos_wrapper_post_body", "#content-blocks",  # HubSpot, beehiiv
    '[data-framer-name="Content"][data-framer-component-type="RichTextContainer"]',
    ".elementor-widget-theme-post-content", ".et_pb_post_content", ".wp-block-post-content", ".amp-wp-article-content",
    ".td-post-content", "#blogpost > .content", ".md-content", ".md__content", ".kg-canvas",
)  # fmt: skip
CONTAINED = 0.6  # of the article's letters, as an extractor that knows no platform finds them
MAX_MATCHES = 5  # more elements of one kind are a list of articles
# The first line of a text whose lines are separated only by breaks, which trafilatura loses.
BARE_OPENING = re.compile(r"(<(?:article|section|main|div|td)\b[^<>]*>)(\s{0,99}[^<\s][^<]{25,4000})(?=<br)")
AD_LABEL = re.compile(
    r"(?:advertisement|skip advertisement|advertising|sponsored|anzeige|werbung|publicité|publicidad|광고|반응형)|"
    r"a version of this article appears in print .{0,300}",
    re.IGNORECASE,
)
ENOUGH = 250  # characters; below this the slower, more thorough mode is tried
LINE = 25  # letters; a shorter text can occur on a page by chance
MOST = 0.9  # of the article's letters
TOP_LINES = 100  # the longest lines, by which the article's element is found
OPENING_LINES = 2  # title and subtitle
MAX_WRAPPERS = 20  # elements around a picture
CLOSING = 2  # blocks after the last line that may call to something
EDGE = 8  # blocks before and after the article in its element, where its byline may stand

# What is no article: share rows, newsletter boxes, teasers, comments, hidden text.
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


def extract_generic(tree: LexborHTMLParser, url: str, base: str) -> Extract:
    """The article in reading order; without blocks when the page has none. Prunes the tree."""
    _prune(tree)
    html = BARE_OPENING.sub(r"\1<p>\2</p>", tree.html or "")
    words = article_text(html, url)
    lines = [line for line in map(letters, words.splitlines()) if line]
    if not lines or tree.body is None:
        return Extract()
    container = _platform_container(tree.body, lines)
    root = container or _root(tree.body, lines)
    if container is None:
        # Pictures beside text that is not the article's: teasers, portraits, advertisements.
        whole = "".join(lines)
        for image in root.css(PICTURE)[:MAX_IMAGES]:
            beside = _words_beside(image, root)
            if beside and beside not in whole and not any(len(line) >= LINE and line in beside for line in lines):
                image.decompose()
    found, images = read_blocks(root, base)
    blocks, around = found, list[Block]()
    if container is None:
        positions = _article_positions(found, lines)
        blocks = [found[at] for at in positions]
        length = sum(len(letters(block.text)) for block in blocks if block.kind is not BlockKind.EMBED)
        if length < MOST * sum(map(len, lines)):
            blocks = [Block(BlockKind.PARAGRAPH, (Span(line),)) for line in words.splitlines()]
            around = [*found[:EDGE], *found[-EDGE:]]
        else:
            # A byline may be between the title and the first paragraph, and trafilatura takes the title for text.
            kept, opening = set(positions), positions[min(OPENING_LINES, len(positions) - 1)]
            before = [found[at] for at in range(min(opening, 2 * EDGE)) if at not in kept][::-1]
            around = before + found[positions[-1] + 1 : positions[-1] + 1 + EDGE]
    return Extract([block for block in blocks if not _is_foreign(block)], images, root, around)


def _prune(tree: LexborHTMLParser) -> None:
    """Removes from a page what is no article: share rows, newsletter boxes, teasers, comments, hidden text."""
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
            left -= _remove_box(node, words, short=box is not None)


def _remove_box(node: LexborNode, words: int, *, short: bool) -> int:
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


def article_text(html: str, url: str) -> str:
    """The text of the page's article, one paragraph per line; empty when there is none."""
    import trafilatura  # half a second and 60 MB, which pages with a known shape do not need

    found = ""
    for fast in (True, False):
        if len(found) < ENOUGH:
            text = trafilatura.extract(html, url=url, include_comments=False, prune_xpath=PRUNED, fast=fast)
            found = max(found, text or "", key=len)
    return found


def _platform_container(body: LexborNode, lines: Sequence[str]) -> LexborNode | None:
    """The element of the body when a platform marks it. `lines` are the letters of the article's lines."""
    wanted = CONTAINED * sum(map(len, lines))
    found: list[tuple[int, int, LexborNode]] = []
    for selector in CONTAINERS:
        for node in body.css(selector)[:MAX_MATCHES]:
            text = letters(node.text(separator=""))
            held = sum(len(line) for line in lines if line in text) if len(text) >= wanted else 0
            if held >= wanted:
                found.append((held, len(text), node))
    most = max((held for held, _, _ in found), default=0)
    # The smallest of those that hold nearly as much as any.
    return min((one for one in found if one[0] >= MOST * most), key=lambda one: one[1], default=(0, 0, None))[2]


def _root(body: LexborNode, lines: Sequence[str]) -> LexborNode:
    """The smallest element that holds most of the article."""
    longest = sorted(lines, key=len, reverse=True)[:TOP_LINES]
    wanted = MOST * sum(map(len, longest))

    def holds(node: LexborNode) -> bool:
        text = node.text(separator="")
        if len(text) < wanted:
            return False
        text = letters(text)
        return sum(len(line) for line in longest if line in text) >= wanted

    node = body
    for _ in range(MAX_DEPTH):
        inner = next(filter(holds, node.iter()), None)
        if inner is None:
            break
        node = inner
    return node


def _is_foreign(block: Block) -> bool:
    """Whether a block is the label of an advertisement, a button to pass the page on, or no text at all."""
    text = one_line(block.text)
    url = block.spans[0].url if all(span.url for span in block.spans if one_line(span.text)) else ""
    return not letters(text) or AD_LABEL.fullmatch(text) is not None or (url != "" and leads_to_sharing(text, url))


def _article_positions(blocks: Sequence[Block], lines: Sequence[str]) -> list[int]:
    """The positions of the article's blocks: its lines, each as often as it occurs, and the blocks between them.

    Trafilatura leaves out buttons, footnotes and some headings; those between two of the article's
    lines, or buttons and notes after the last, are the article's own.
    """
    whole, short = "".join(lines), Counter(lines)
    met = Counter[str]()
    kept: list[int] = []
    for at, block in enumerate(blocks):
        text = letters(block.text)
        met[text] += 1
        times = whole.count(text) if len(text) >= LINE else short[text]
        if block.kind in (BlockKind.EMBED, BlockKind.FOOTNOTE) or (text and met[text] <= times):
            kept.append(at)
    body = [at for at in kept if blocks[at].kind not in (BlockKind.EMBED, BlockKind.FOOTNOTE)]
    if not body:
        return kept
    known = frozenset(kept)
    others = (at for at in range(body[0], len(blocks)) if at not in known)
    return sorted([*kept, *(at for at in others if _is_left_out(blocks, at, body, known))])


def _is_left_out(blocks: Sequence[Block], at: int, body: list[int], kept: frozenset[int]) -> bool:
    block = blocks[at]
    if block.kind is BlockKind.HEADING:
        return (
            at < body[-1] and at + 1 in kept and bool(block.text.strip()) and not any(span.url for span in block.spans)
        )
    line = one_line(block.text)
    linked = [(label, span) for span in block.spans if span.url and (label := one_line(span.text))]
    if not linked or len(line) > MAX_CALL or any(leads_to_sharing(label, span.url) for label, span in linked):
        return False
    button = linked[0][1].button
    if not button and block.kind is not BlockKind.PARAGRAPH:
        return False  # a menu
    # A call that is no button is the article's own among its lines, or right after them.
    near = body[-1] + (EDGE if button else CLOSING)
    kinds = (classify_link(label, span.url, line, button=span.button)[0] for label, span in linked)
    return at <= near and LinkKind.CALL_TO_ACTION in kinds


def _words_beside(image: LexborNode, root: LexborNode) -> str:
    """The words of the smallest element around a picture that has any, captions left out."""
    node = image.parent
    figure = next((above for above in ancestors(image) if above.tag == "figure"), None)
    if figure is not None and len(figure.css(PICTURE)) == 1:
        node = figure.parent  # whatever else a figure says belongs to its picture
    for _ in range(MAX_WRAPPERS):
        if node is None or node.mem_id == root.mem_id:
            break
        text = letters(node.text(separator=""))
        captions = [letters(caption.text(separator="")) for caption in node.css("figcaption, [class*=caption]")]
        if text and text not in captions and text != "".join(captions):
            return text
        node = node.parent
    return ""
