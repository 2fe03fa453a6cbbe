"""Chooses among the pictures of a feed or page: no tracking pixel, placeholder or portrait."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

PORTRAIT_HOST = re.compile(r"(?:^|\.)(?:gravatar\.com|googleusercontent\.com/a)$")
COUNTING_HOST = re.compile(
    r"^(?:stats?|pixel|count(?:er)?|beacon|track(?:ing|er)?|analytics|ad|ads|adserver|b)\d?\.|"
    r"(?:^|\.)(?:feedburner\.com|feedsportal\.com|doubleclick\.net|scorecardresearch\.com|google-analytics\.com)$"
)
EMPTY_NAME = re.compile(
    r"(?:^|[/._-])(?:pixel|spacer|blank|transparent|clear|dot|1x1|1px|placeholder|lazy-?load(?:er|ing)?|loading|"
    r"grey|gray|empty|trans|shim|beacon|avatar|emoji|smil(?:ey|ie)s?|icon|favicon)s?(?=[/._-]|\d{0,4}\.)",
    re.IGNORECASE,
)
DESCRIPTOR = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)[wx](?:,|$)")
MAX_SRCSET = 20_000
LAZY_NAMES = ("data-src", "data-lazy-src", "data-original", "data-image", "data-orig-file", "data-lazyload", "data-url")
MIN_SIDE = 50  # a smaller picture is an icon
UNKNOWN_AREA = 640 * 360  # the assumed area of a picture of unknown size


@dataclass(frozen=True, slots=True)
class Candidate:
    """A picture of a feed or page; sizes are 0 where they are unknown."""

    url: str
    alt: str = ""
    width: int = 0
    height: int = 0


def best_picture(candidates: Iterable[Candidate]) -> Candidate | None:
    """The largest usable picture; of equal ones the first."""
    return max(
        filter(shows_something, candidates),
        key=lambda one: one.width * one.height or (one.width or one.height) ** 2 or UNKNOWN_AREA,
        default=None,
    )


def shows_something(picture: Candidate) -> bool:
    """Whether the address and size suggest a picture for readers."""
    try:
        parts = urlsplit(picture.url)
        host, path = parts.hostname or "", unquote(parts.path)
    except ValueError:
        return False
    small = any(0 < side < MIN_SIDE for side in (picture.width, picture.height))
    if parts.scheme not in ("http", "https") or small or path.lower().endswith((".svg", ".svgz", ".ico")):
        return False
    return not (PORTRAIT_HOST.search(host) or COUNTING_HOST.search(host) or EMPTY_NAME.search(path))


def picture_address(attributes: Mapping[str, str | None]) -> str:
    """The address of an `img`: that of lazy loading if it has one, else `src`, else the largest of `srcset`."""
    lazy = next((value for name in LAZY_NAMES if (value := attributes.get(name) or "").strip()), "")
    source = lazy or (attributes.get("src") or "").strip()
    if source and not source.startswith("data:") and (lazy or not EMPTY_NAME.search(source)):
        return source
    offered = attributes.get("data-srcset") or attributes.get("data-lazy-srcset") or attributes.get("srcset") or ""
    return largest_of(offered) or ("" if source.startswith("data:") else source)


def largest_of(srcset: str) -> str:
    """The address of the widest picture that a `srcset` offers, or empty."""
    best, best_size, address = "", 0.0, ""
    for token in srcset[:MAX_SRCSET].split():
        size = DESCRIPTOR.match(token)
        if address and float(size[1] if size else 1) > best_size and not address.startswith("data:"):
            best, best_size = address, float(size[1] if size else 1)
        address = (token[size.end() :] if size else token).strip(",")
    return best if best_size >= 1 or not address or address.startswith("data:") else address


def size_of(value: object) -> int:
    """The width or height in an attribute; 0 for anything that is no number of pixels."""
    found = re.fullmatch(r"\s{0,9}(\d{1,5})(?:\.\d{1,9})?(?:px)?\s{0,9}", str(value or ""))
    return int(found[1]) if found else 0
