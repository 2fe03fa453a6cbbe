"""Escapes untrusted text so that it cannot ping, format, link or break the layout.

Everything a feed, a page, a moderator or a member wrote passes through here before it is put into a
message. Labels of buttons and choices have no markdown and need only `clean_line` and `truncate`.
"""

import re
from collections.abc import Iterable

from bot.plain_text import clean_line, truncate
from bot.urls import is_web_url

MAX_LINK = 512  # a longer address would leave too little room for text

BREAK = "\u200b"

MARKDOWN = re.compile(r"[\\*_~|`<>\[\]]")
LINE_MARK = re.compile(r"^(\s*)([#+-])", re.MULTILINE)
LIST_NUMBER = re.compile(r"^(\s*\d+)(?=\.)", re.MULTILINE)
ADDRESS = re.compile(r":(?=//)")
MENTION = re.compile(r"@(?=everyone|here|[!&]?\d)")
LABEL_BRACKETS = str.maketrans("[]", "［］")  # noqa: RUF001 - Discord's link pattern cannot hold plain ones
URL_SPECIAL = str.maketrans({character: f"%{ord(character):02X}" for character in "()*|`"})


def plain(text: str, limit: int = 1_000) -> str:
    """Cleaned, cut to `limit` characters and escaped, for one line of a text display."""
    return escape(truncate(clean_line(text), limit))


def paragraphs(text: str, limit: int) -> str:
    """As `plain`, but line breaks stay, at most one empty line between two paragraphs."""
    lines = [clean_line(line) for line in text.splitlines()]
    kept = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    return escape(truncate(kept, limit))


def escape(text: str) -> str:
    """Escapes markdown, mentions, timestamps and bare addresses."""
    escaped = MARKDOWN.sub(r"\\\g<0>", text)
    escaped = LIST_NUMBER.sub(r"\1\\", LINE_MARK.sub(r"\1\\\2", escaped))
    return MENTION.sub(f"@{BREAK}", ADDRESS.sub(r"\\:", escaped))


def link(label: str, url: str, limit: int = 200) -> str:
    """A masked link; only the label when the address is no web address or too long."""
    words = truncate(clean_line(label), limit)
    address = url.translate(URL_SPECIAL)
    if not words or not is_web_url(url) or len(address) > MAX_LINK:
        return escape(words)
    return f"[{escape(words.translate(LABEL_BRACKETS))}]({address})"


def emphasised(spans: Iterable[tuple[str, bool]], limit: int = 1_000) -> str:
    """Escaped text, at most `limit` characters before escaping, with the spans marked true in bold.

    Adjacent bold words become one, so that no two pairs of asterisks touch.
    """
    runs: list[tuple[str, bool]] = []
    left = limit
    for whole, matched in spans:
        if left < 0:
            break
        text = truncate(whole, left)
        left -= len(whole)
        if runs and (matched == runs[-1][1] or not text.strip()):
            runs[-1] = (runs[-1][0] + text, runs[-1][1])
        else:
            runs.append((text, matched))

    shown = ""
    for text, matched in runs:
        words = escape(clean_line(text))
        # White space goes outside the asterisks, which would not count as marks otherwise.
        before, after = (" " if end.isspace() else "" for end in (text[:1], text[-1:]))
        shown += f"{before}{f'**{words}**' if matched else words}{after}" if words else " "
    return shown.strip()
