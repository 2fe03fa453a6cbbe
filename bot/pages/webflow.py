"""Finds the article on a page made with Webflow: the rich texts below its own title.

Templates embed further whole articles below the page's own, some in collection items, some in
plain wrappers, some larger than the article itself; and they split one article into several rich
texts. The elements between them decide: a title or a date begins another article; a form or a list
does not, where the text after it has the same layout as the one before.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from selectolax.lexbor import LexborHTMLParser, LexborNode

from bot.dates.parsing import date_in
from bot.pages.blocks import MAX_DEPTH, MAX_ELEMENTS, Extract, ancestors, has_class, is_skipped, read_blocks
from bot.plain_text import folded, one_line

RICH_TEXT = frozenset({"w-richtext"})
ENDING_TAGS = frozenset({"footer", "nav"})
ENDING_CLASSES = frozenset({"w-nav"})
# Elements that may separate two rich texts of one article, and elements that embed other articles.
PASSED_TAGS = frozenset({"form"})
PASSED_CLASSES = frozenset({"w-dyn-items", "w-dyn-item", "w-dyn-list", "w-form"})
TITLES_AND_TEXTS = "h1, h2, h3, .w-richtext"
BETWEEN = "img, figure, iframe, a.w-button"
MAX_DATE = 40
MAX_TEXTS = 200


@dataclass(slots=True)
class _RichTextRun:
    """Rich texts with nothing between them that begins or ends an article."""

    title: str = ""
    texts: list[LexborNode] = field(default_factory=list[LexborNode])
    interrupted: bool = False


def extract_webflow(tree: LexborHTMLParser, names: list[str], base: str) -> Extract | None:
    """The article in reading order; None on pages that Webflow did not make.

    `names` are the page's own titles in its metadata, `base` makes addresses absolute.
    """
    runs = [_RichTextRun()]
    for node in _marks(tree.body, [MAX_ELEMENTS], 0) if tree.body is not None else ():
        run = runs[-1]
        if has_class(node, RICH_TEXT):
            if not node.text(strip=True):
                continue
            if run.interrupted:
                # After a form or list, a rich text with the same layout in the same container continues the article.
                last = run.texts[-1]
                outer = [above.mem_id for above in islice(ancestors(last), 3) if above.tag != "body"]
                alike = (node.attributes.get("class") or "") == (last.attributes.get("class") or "")
                if not alike or not any(above.mem_id in outer for above in islice(ancestors(node), 3)):
                    runs.append(run := _RichTextRun())
            run.interrupted = False
            run.texts += [node] if len(run.texts) < MAX_TEXTS else []
        elif node.tag == "h1":
            runs.append(_RichTextRun(one_line(node.text())))
        elif run.texts and _is_passed(node):
            run.interrupted = True
        elif run.texts:
            runs.append(_RichTextRun())
    runs = [run for run in runs if run.texts]
    titled = [run for run in runs if folded(run.title) and any(folded(run.title) in folded(name) for name in names)]
    best = max(titled or runs, key=lambda run: sum(len(node.text()) for node in run.texts), default=None)
    if best is None:
        return None
    # The largest rich text and those that continue it, except those below a title in their own wrapper.
    largest = max(best.texts, key=lambda node: len(node.text()))
    above = {node.mem_id for node in ancestors(largest)}
    inside = {
        inner.mem_id for node in best.texts for inner in node.css(TITLES_AND_TEXTS) if inner.mem_id != node.mem_id
    }
    texts = [node for node in best.texts if node.mem_id == largest.mem_id or _continues(node, above, inside)]
    roots = _with_what_stands_between(texts)
    parts = [read_blocks(root, base) for root in roots]
    blocks, images = [block for found, _ in parts for block in found], [image for _, found in parts for image in found]
    return Extract(blocks, images, roots[0])


def _is_passed(node: LexborNode) -> bool:
    return (node.tag or "") in PASSED_TAGS or has_class(node, PASSED_CLASSES)


def _with_what_stands_between(texts: list[LexborNode]) -> list[LexborNode]:
    """The rich texts with the pictures, videos and buttons between them."""
    if len(texts) == 1:
        return texts
    wanted = {node.mem_id for node in texts}
    above = {node.mem_id for node in ancestors(texts[0])}
    shared = next((node for node in ancestors(texts[-1]) if node.mem_id in above), None)
    if shared is None:
        return texts
    found: list[LexborNode] = []
    left = len(texts)
    for node in shared.css(f".w-richtext, {BETWEEN}"):
        is_text = node.mem_id in wanted
        left -= is_text
        if is_text or (found and left and _stands_alone(node, shared)):
            found.append(node)
    return found


def _stands_alone(node: LexborNode, container: LexborNode) -> bool:
    """Whether an element is in no rich text, form, list, figure or hidden part of its container."""
    for ancestor in ancestors(node):
        if ancestor.mem_id == container.mem_id:
            return not is_skipped(node)
        if (
            has_class(ancestor, RICH_TEXT)
            or _is_passed(ancestor)
            or is_skipped(ancestor)
            or ancestor.tag in ("figure", "a")
        ):
            return False
    return False


def _marks(parent: LexborNode, left: list[int], depth: int) -> Iterator[LexborNode]:
    """Titles, dates, rich texts, and elements that end or interrupt an article, in reading order."""
    for node in parent.iter():
        left[0] -= 1
        if left[0] < 0 or depth > MAX_DEPTH:
            return
        tag = node.tag or ""
        if tag in ENDING_TAGS or has_class(node, ENDING_CLASSES) or _is_passed(node):
            yield node
        elif not is_skipped(node):
            inner = node.child
            alone = inner is not None and inner.is_text_node and inner.next is None
            text = node.text() if alone else ""
            is_date = alone and len(text) <= MAX_DATE and date_in(one_line(text)) is not None
            if has_class(node, RICH_TEXT) or tag == "h1" or is_date:
                yield node
            else:
                yield from _marks(node, left, depth + 1)


def _continues(node: LexborNode, above: set[int], inside: set[int]) -> bool:
    wrapper = node
    for ancestor in ancestors(node):
        if ancestor.mem_id in above:
            break
        wrapper = ancestor
    before: list[LexborNode] = []
    for found in wrapper.css(TITLES_AND_TEXTS):
        if found.mem_id == node.mem_id:
            break
        before.append(found)
    return all(found.mem_id in inside or has_class(found, RICH_TEXT) for found in before)
