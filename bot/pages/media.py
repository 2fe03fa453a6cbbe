"""Pictures and videos on a page: addresses, and useful descriptions."""

import re
from urllib.parse import unquote

from bot.plain_text import folded, one_line

YOUTUBE = re.compile(
    r"(?:youtube(?:-nocookie)?\.com/(?:embed/|watch\?(?:[^\s\"'<>&]{0,99}&)?v=|shorts/|live/)|youtu\.be/)([\w-]{6,20})"
)
VIMEO = re.compile(r"(?:player\.)?vimeo\.com/(?:video/)?(\d{5,12})")
MAX_ADDRESS = 4_000

FILE_NAME = re.compile(r"\.(jpe?g|png|gif|webp|svg|avif|heic|tiff?|bmp)$", re.IGNORECASE)
CAMERA_NAME = re.compile(
    r"(img|dsc[fn]?|pxl|image|photo|picture|screen ?shot|untitled|unnamed|copy of|p)[-_ ()\d.]*", re.IGNORECASE
)
EMPTY_ALTS = frozenset({"image", "photo", "picture", "thumbnail", "logo", "banner", "header", "blog", "figure", "img"})


def useful_alt(alt: str, caption: str = "") -> str:
    """The alternative text; empty where it is only a file name or repeats the caption."""
    text = one_line(alt)
    nameless = text.startswith("__wf") or bool(FILE_NAME.search(text)) or folded(text) in EMPTY_ALTS
    machine = " " not in text and bool(re.search(r"[_\d]|-[^-]*-", text))
    if not text or nameless or machine or CAMERA_NAME.fullmatch(text) or folded(text) == folded(caption):
        return ""
    return text


def video_page(source: str) -> str:
    """The page of an embedded video, also of one inside another service's frame; empty for other frames."""
    address = source[:MAX_ADDRESS]
    for text in (address, unquote(address)):
        if found := YOUTUBE.search(text):
            return f"https://www.youtube.com/watch?v={found[1]}"
        if found := VIMEO.search(text):
            return f"https://vimeo.com/{found[1]}"
    return ""
