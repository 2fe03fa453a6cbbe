"""Addresses: parsing, the canonical key of an article's address, and the public form for people."""

import ipaddress
import re
import socket
import unicodedata
from collections.abc import Sequence
from urllib.parse import parse_qsl, quote, unquote_to_bytes, urlencode, urlsplit, urlunsplit

from yarl import URL

MAX_ADDRESS = 2_048  # what browsers and Discord both carry
DEFAULT_PORTS = (80, 443)

# Parameters that track where a reader came from and never identify an article.
TRACKING_PREFIXES = ("utm_", "pk_", "mtm_", "matomo_", "piwik_", "hsa_", "trk_", "at_custom")
TRACKING_NAMES = frozenset({
    "_ga", "_gl", "_hsenc", "_hsmi", "_openstat", "dclid", "epik", "fbclid", "gad_source", "gbraid", "gclid",
    "gclsrc", "hsctatracking", "igsh", "igshid", "li_fat_id", "mc_cid", "mc_eid", "mkt_tok", "msclkid",
    "oly_anon_id", "oly_enc_id", "ref_src", "ref_url", "s_cid", "srsltid", "ttclid", "twclid", "vero_id",
    "wbraid", "wickedid", "yclid", "fromrss", "trackingcode",
})  # fmt: skip
WEBFLOW_PAGE = re.compile(r"[0-9a-f]{8}_page")

HOST = re.compile(r"(?!\.+$)[a-z0-9_.:-]+", re.IGNORECASE)
UNSAFE = re.compile(r"[\s\\\x00-\x1f\x7f-\x9f<>\"]")
PATH_SAFE = "~!$&'()*+,;=:@"
CREDENTIALS = re.compile(r"//[^/?#]*@")

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Origin = tuple[str, int]


def parse_web_url(url: str) -> URL:
    """The address as the HTTP client parses it; this value, not the text, is checked and used.

    Raises ValueError for anything but an http or https address without credentials.
    """
    if not url or len(url) > MAX_ADDRESS or UNSAFE.search(url):
        raise ValueError(f"not a web address: {without_credentials(url[:100])!r}")
    parsed = None
    try:
        parsed = URL(url)
        # Both parsers must accept it: what one refuses, some browser reads differently.
        credentials = parsed.raw_user is not None or parsed.raw_password is not None
        usable = urlsplit(url).hostname is not None and parsed.scheme in ("http", "https") and not credentials
        usable = usable and HOST.fullmatch(parsed.raw_host or "") is not None
    except ValueError:
        usable = False
    if parsed is None or not usable:
        raise ValueError(f"not a web address: {without_credentials(url[:100])!r}")
    return parsed


def is_web_url(url: str) -> bool:
    """Whether `url` is an http or https address without credentials that may be fetched or shown."""
    try:
        parse_web_url(url)
    except ValueError:
        return False
    return True


def without_credentials(url: str) -> str:
    """The text of an address without a user name and password, for messages and logs."""
    return CREDENTIALS.sub("//", url)


def origin(url: str | URL) -> Origin:
    """The server an address belongs to: host and port, http and https on their usual ports alike.

    Raises ValueError for what is no web address.
    """
    parsed = parse_web_url(url) if isinstance(url, str) else url
    port = parsed.port or 0
    return (parsed.host or "").lower().rstrip("."), 443 if port in DEFAULT_PORTS else port


def site_root(url: str) -> str:
    """Scheme, host and port of an address, as the beginning of others."""
    return str(parse_web_url(url).origin())


def parse_literal(host: str) -> IPAddress | None:
    """The IP address of a literal host, in every notation some resolver accepts (127.1, 0x7f000001); else None."""
    bare = host.strip("[]").partition("%")[0].rstrip(".")
    try:
        return ipaddress.ip_address(bare)
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(bare)) if bare and " " not in bare else None
    except (OSError, UnicodeEncodeError):
        return None


def canonical_key(url: str) -> str:
    """One key for all spellings of an article's address; it is an address, and the key of itself.

    Folds scheme, `www.`, default ports, case of the host, dot segments, percent-encoding, Unicode
    form, trailing slashes, order of parameters, tracking parameters, Webflow's list pages
    (`?1a2b3c4d_page=2`) and the fragment. Raises ValueError for what is no web address.
    """
    parsed = parse_web_url(url)
    query = sorted(pair for pair in parse_qsl(urlsplit(url).query, keep_blank_values=True) if not is_tracking(*pair))
    parameters = f"?{urlencode(query)}" if query else ""
    segments: list[str] = []
    for octets in map(unquote_to_bytes, parsed.raw_path.rstrip("/").split("/")):
        try:
            segments.append(quote(unicodedata.normalize("NFC", octets.decode()), safe=PATH_SAFE))
        except UnicodeDecodeError:
            segments.append(quote(octets, safe=PATH_SAFE))
    path = "/".join(segments) or "/"
    host = (parsed.raw_host or "").lower().rstrip(".")
    while host.startswith("www.") and host.count(".") > 1:
        host = host.removeprefix("www.")
    host = f"[{host}]" if ":" in host else host
    port = "" if parsed.port in DEFAULT_PORTS else f":{parsed.port}"
    return f"https://{host}{port}{path}{parameters}"


def public_url(url: str, own_hosts: Sequence[str] = (), utm: Sequence[tuple[str, str]] = ()) -> str:
    """The address for people: https, without tracking parameters, with its fragment.

    The parameters in `utm` are put on links to `own_hosts` and their subdomains, so that the
    organisation sees what Discord brings. Addresses with a port or an IP address keep http, because
    they may not support https. Raises ValueError for what is no web address.
    """
    parts, parsed = urlsplit(url), parse_web_url(url)
    kept: list[str] = []
    for piece in filter(None, parts.query.split("&")):
        pairs = parse_qsl(piece, keep_blank_values=True)
        if not (pairs and is_tracking(pairs[0][0], piece.partition("=")[2])):
            kept.append(piece)
    if utm and is_own(url, own_hosts):
        kept.append(urlencode(list(utm)))
    host = parsed.host or ""
    has_public_name = parse_literal(host) is None and "." in host
    scheme = "https" if has_public_name and parsed.port in DEFAULT_PORTS else parts.scheme
    netloc = parts.netloc.removesuffix(":80") if scheme == "https" else parts.netloc
    return urlunsplit((scheme, netloc, parts.path, "&".join(kept), parts.fragment))


def is_own(url: str, own_hosts: Sequence[str]) -> bool:
    """Whether the address is on one of the hosts or a subdomain (`shop.example.org`)."""
    try:
        host = origin(url)[0]
    except ValueError:
        return False
    names = [name.lower().removeprefix("www.") for name in own_hosts]
    return any(host == name or host.endswith(f".{name}") for name in names)


def is_tracking(parameter: str, value: str = "") -> bool:
    """Whether a query parameter never changes which article is meant."""
    name = parameter.lower()
    if name == "source" and value.startswith("rss-"):  # Medium
        return True
    return name.startswith(TRACKING_PREFIXES) or name in TRACKING_NAMES or WEBFLOW_PAGE.fullmatch(name) is not None
