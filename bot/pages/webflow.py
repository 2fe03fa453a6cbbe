"""Finds the article on a page that Webflow made: the rich texts below its own title, and nobody else's.

Templates embed further whole articles below the page's own, some in collection items, some in
plain wrappers, some larger than the article itself; and they part one article into several rich
texts. What tells these apart is what stands between them: a title, a date, a list, a form.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from bot.dates import date_in
from bot.pages.blocks import MAX_DEPTH, MAX_ELEMENTS, has_class, is_skipped
from bot.plain_text import folded, one_line

RICH_TEXT = frozenset({"w-richtext"})
ENDING_TAGS = frozenset({"footer", "form", "nav"})
ENDING_CLASSES = frozenset({"w-dyn-items", "w-dyn-item", "w-dyn-list", "w-form", "w-nav"})
TITLES_AND_TEXTS = "h1, h2, h3, .w-richtext"
LONGEST_DATE = 40
MOST_TEXTS = 200


@dataclass(slots=True)
class _Stretch:
    """Rich texts with nothing between them that begins or ends an article."""

    title: str = ""
    texts: list[LexborNode] = field(default_factory=list[LexborNode])

    @property
    def length(self) -> int:
        return sum(len(node.text()) for node in self.texts)


def webflow_roots(tree: LexborHTMLParser, names: list[str]) -> list[LexborNode]:
    """The elements that hold the article, in reading order; empty on pages that Webflow did not make.

    `names` are what the page calls itself in its metadata.
    """
    stretches = [part for part in _stretches(tree) if part.texts]
    titled = [part for part in stretches if folded(part.title) and any(folded(part.title) in folded(n) for n in names)]
    best = max(titled or stretches, key=lambda part: part.length, default=None)
    return _together(best.texts) if best is not None else []


def _stretches(tree: LexborHTMLParser) -> list[_Stretch]:
    found = [_Stretch()]
    for node in _marks(tree.body, [MAX_ELEMENTS], 0) if tree.body is not None else ():
        tag = node.tag or ""
        if has_class(node, RICH_TEXT):
            found[-1].texts += [node] if len(found[-1].texts) < MOST_TEXTS and node.text(strip=True) else []
        elif tag == "h1":
            found.append(_Stretch(one_line(node.text())))
        elif found[-1].texts:
            found.append(_Stretch())
    return found


def _marks(parent: LexborNode, left: list[int], depth: int) -> Iterator[LexborNode]:
    """Titles, dates, rich texts, and what ends an article, in reading order."""
    for node in parent.iter():
        left[0] -= 1
        if left[0] < 0 or depth > MAX_DEPTH:
            return
        tag = node.tag or ""
        if tag in ENDING_TAGS or has_class(node, ENDING_CLASSES):
            yield node
        elif not is_skipped(node):
            inner = node.child
            if has_class(node, RICH_TEXT) or tag == "h1" or (inner is not None and _is_date(node, inner)):
                yield node
            else:
                yield from _marks(node, left, depth + 1)


def _is_date(node: LexborNode, inner: LexborNode) -> bool:
    if not inner.is_text_node or inner.next is not None:
        return False
    text = node.text()
    return len(text) <= LONGEST_DATE and date_in(one_line(text)) is not None


def _together(texts: list[LexborNode]) -> list[LexborNode]:
    """The largest rich text and those that go on with it: not those below a title in a wrapper of their own."""
    largest = max(texts, key=lambda node: len(node.text()))
    above = {node.mem_id for node in _ancestors(largest)}
    inside = {title.mem_id for node in texts for title in node.css(TITLES_AND_TEXTS) if title.mem_id != node.mem_id}
    return [node for node in texts if node.mem_id == largest.mem_id or _goes_on(node, above, inside)]


def _goes_on(node: LexborNode, above: set[int], inside: set[int]) -> bool:
    wrapper = node
    for ancestor in _ancestors(node):
        if ancestor.mem_id in above:
            break
        wrapper = ancestor
    before: list[LexborNode] = []
    for found in wrapper.css(TITLES_AND_TEXTS):
        if found.mem_id == node.mem_id:
            break
        before.append(found)
    return all(found.mem_id in inside or has_class(found, RICH_TEXT) for found in before)


def _ancestors(node: LexborNode) -> Iterator[LexborNode]:
    above = node.parent
    for _ in range(2 * MAX_DEPTH):
        if above is None:
            return
        yield above
        above = above.parent
