"""Converts the titles and summaries of feeds to plain text."""

import html
import re
from collections import Counter

from bot.plain_text import one_line, truncate

MAX_MARKUP = 50_000  # the rest of an entry's text is ignored: only its beginning is kept
MAX_ESCAPES = 3  # maximum levels of escaping that are undone
TITLE, SUMMARY, NAME = 250, 600, 100

HIDDEN = re.compile(r"<(script|style|template)\b[^<>]*>.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
SCRIPT = re.compile(r"<(script|style)\b[^<>]*>[^<]*</\1\s*>", re.IGNORECASE)
# A caption, and the title, author and date that Drupal puts in front of a text.
BESIDE_TEXT = re.compile(
    r"<(figcaption)\b[^<>]*>.{0,2000}?</\1\s*>|<(span)\b[^<>]*\bfield--name-(?:title|uid|created)\b[^<>]*>.{0,2000}?</\2\s*>",
    re.IGNORECASE | re.DOTALL,
)
COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
BLOCK = re.compile(
    r"</?(?:p|div|br|li|ul|ol|h[1-6]|tr|table|blockquote|figure|figcaption|section)\b[^<>]*>", re.IGNORECASE
)
TAG = re.compile(r"</?[a-z][^<>]*>|<![a-z][^<>]*>|<\?[^<>]*>", re.IGNORECASE)

# Elements that titles contain. Any other word in angle brackets is text ("Using <template>").
INLINE = frozenset({
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "del", "dfn", "em", "font", "i", "img", "ins",
    "kbd", "mark", "nobr", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u",
    "var", "wbr",
})  # fmt: skip
BREAKING = frozenset({"br", "center", "div", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "p", "section"})
TITLE_TAG = re.compile(r"<(/?)([a-z][a-z0-9]{0,9})(\s[^<>]*|/)?>", re.IGNORECASE)
ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,30});", re.IGNORECASE)


def plain_title(markup: str, limit: int = TITLE, *, literal: bool = False) -> str:
    """One line without tags, entities and invisible characters, cut at a word.

    `literal`: the feed declares plain text, so tags and entities are part of the text.
    """
    text = markup[:MAX_MARKUP]
    if not literal:
        text = _without_title_tags(SCRIPT.sub(" ", COMMENT.sub(" ", text)))
        for _ in range(MAX_ESCAPES):
            if not ENTITY.search(text):
                break
            text = _without_title_tags(ENTITY.sub(lambda found: html.unescape(found[0]), text))
    return truncate(one_line(text), limit)


def plain_summary(markup: str, limit: int = SUMMARY) -> str:
    """The beginning of a text as plain text on one line, cut at a word."""
    text = _without_tags(BLOCK.sub(" ", BESIDE_TEXT.sub(" ", markup[:MAX_MARKUP])))
    return truncate(one_line(_without_tags(html.unescape(text))), limit)


def _without_title_tags(text: str) -> str:
    """The text without formatting. A tag without attributes and end tag stays, unless it breaks the line."""
    closed = Counter(found[2].lower() for found in TITLE_TAG.finditer(text) if found[1])

    def replaced(tag: re.Match[str]) -> str:
        name, attributes = tag[2].lower(), tag[3] or ""
        if name not in INLINE and name not in BREAKING:
            return tag[0]
        formats = tag[1] or closed[name] or "=" in attributes or name in ("br", "wbr") or not tag.start()
        return tag[0] if not formats else " " if name in BREAKING else ""

    return TITLE_TAG.sub(replaced, text)


def _without_tags(text: str) -> str:
    return TAG.sub("", HIDDEN.sub(" ", COMMENT.sub(" ", text)))
