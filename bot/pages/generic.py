"""The article of any page: trafilatura says what belongs to it, the page's own markup how it stands there.

Asked for links and pictures as well, trafilatura takes lists of other articles for text and breaks
sentences at links; asked for words alone it does not. F1 of word quadruples on the 23 news pages
in newspaper4k 0.9.6: .916 with its links and pictures, .935 its words alone, .942 this way.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from selectolax.lexbor import LexborHTMLParser, LexborNode

from bot.models import Image
from bot.pages.blocks import MAX_DEPTH, MAX_IMAGES, Block, BlockKind, Span, read_blocks

# What embeds neighbours on Webflow's pages.
PRUNED = [
    "//*[contains(concat(' ', normalize-space(@class), ' '), ' w-dyn-item ')]",
    "//*[contains(concat(' ', normalize-space(@class), ' '), ' w-form ')]",
]
ENOUGH = 250  # characters; below this the slower, more thorough way is tried
LINE = 25  # letters; a shorter text can stand on a page by chance
MOST_OF_IT = 0.9  # of the article's letters
TELLING = 100  # lines, the longest, by which the article's element is found


def general_blocks(html: str, url: str, base: str) -> tuple[list[Block], list[Image]]:
    """The article's blocks and pictures in reading order; none when the page carries no article."""
    said = article_text(html, url)
    if not said:
        return [], []
    lines = [line for line in map(letters, said.splitlines()) if line]
    tree = LexborHTMLParser(html)
    tree.strip_tags(["script", "style", "noscript", "template"])
    root = _root(tree.body, lines) if tree.body is not None else None
    if root is None:
        return [], []
    _drop_foreign_images(root, lines)
    blocks, images = read_blocks(root, base)
    kept = _said(blocks, lines)
    words = sum(len(letters(block.text)) for block in kept if block.kind is not BlockKind.EMBED)
    if words < MOST_OF_IT * sum(map(len, lines)):
        kept = [Block(BlockKind.PARAGRAPH, (Span(line),)) for line in said.splitlines() if line.strip()]
    return kept, images


def article_text(html: str, url: str) -> str:
    """The words of the page's article, a paragraph a line; empty when there is none."""
    found = _extract(html, url, fast=True)
    if len(found) < ENOUGH:
        found = max(found, _extract(html, url, fast=False), key=len)
    return found


def letters(text: str) -> str:
    """Letters and digits alone, by which a text is found again in other markup."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).casefold()


def _extract(html: str, url: str, *, fast: bool) -> str:
    import trafilatura  # half a second and 60 MB, which pages with a known shape do not need

    return trafilatura.extract(html, url=url, include_comments=False, prune_xpath=PRUNED, fast=fast) or ""


def _root(body: LexborNode, lines: Sequence[str]) -> LexborNode:
    """The smallest element that holds most of the article."""
    telling = sorted(lines, key=len, reverse=True)[:TELLING]
    wanted = MOST_OF_IT * sum(map(len, telling))
    node = body
    for _ in range(MAX_DEPTH):
        inner = next((child for child in node.iter() if _holds(child, telling, wanted)), None)
        if inner is None:
            break
        node = inner
    return node


def _holds(node: LexborNode, lines: Sequence[str], wanted: float) -> bool:
    text = node.text(separator="")
    if len(text) < wanted:
        return False
    text = letters(text)
    return sum(len(line) for line in lines if line in text) >= wanted


def _said(blocks: Sequence[Block], lines: Sequence[str]) -> list[Block]:
    """The blocks that belong to the article, each as often as the article says it."""
    whole, short = "".join(lines), Counter(lines)
    met = Counter[str]()
    kept: list[Block] = []
    for block in blocks:
        text = letters(block.text)
        met[text] += 1
        times = whole.count(text) if len(text) >= LINE else short[text]
        if block.kind is BlockKind.EMBED or (text and met[text] <= times):
            kept.append(block)
    return kept


def _drop_foreign_images(root: LexborNode, lines: Sequence[str]) -> None:
    """Takes out pictures that stand with words of something else: teasers, portraits, advertisements."""
    whole = "".join(lines)
    for image in root.css("img")[:MAX_IMAGES]:
        beside = _words_beside(image, root)
        if beside and beside not in whole and not any(len(line) >= LINE and line in beside for line in lines):
            image.decompose()


def _words_beside(image: LexborNode, root: LexborNode) -> str:
    """The words of the smallest element around a picture that has any, captions left out."""
    node = image.parent
    while node is not None and node.mem_id != root.mem_id:
        captions = "".join(caption.text(separator="") for caption in node.css("figcaption"))
        text = letters(node.text(separator=""))
        if text and text != letters(captions):
            return text
        node = node.parent
    return ""
