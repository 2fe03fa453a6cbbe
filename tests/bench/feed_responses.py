"""Responses to a poll, by number: valid feeds in many forms, and broken ones. `hostile_responses` has hostile ones."""

import codecs
import gzip
import json
import random
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from tests.feeds.documents import RDF

VALID, BROKEN = 1_500, 2_000
WORDS = ["river", "market", "박물관", "letters", "Été", "winter", "кино", "日本", "kin & co", "<b>bold</b>", "👩‍🚀"]
DATES = ("Sat, 05 Jul 2025 10:{:02}:00 GMT", "2025-07-05T10:{:02}:00Z", "Sat, 05 Jul 2025 10:{:02}:00 +0900")
ENCODINGS = (
    "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "iso-8859-1", "windows-1252", "euc-kr",
    "shift_jis", "koi8-r", "gb18030",
)  # fmt: skip
NASTY = (
    b"<!--", b"<![CDATA[", b"&", b"&#0;", b"&#xD800;", b"]]>", b"\0", b"\xff\xfe", b"<a b=", b"&lol;", b"\xed\xa0\x80",
    b"{", b"\xe2\x80\xae", b"x" * 5_000, b"<guid>", b"</item>", b"<link>http://[</link>", b"<!DOCTYPE x [<!ENTITY a>]>",
    b"\x80", b"1e999", b"[[[[", b'"', b"</channel></rss>", b"<item><title>",
)  # fmt: skip
CLOSE = "Connection: close\r\n"


@dataclass(frozen=True)
class Case:
    """A response: `head` and `body` as sent, the body repeated `times`, slowly with a `pause`.

    `items`: how many items the bot must find; None where that is undefined.
    """

    name: str
    head: bytes
    body: bytes = b""
    times: int = 1
    pause: float = 0.0
    items: int | None = None


def answer(body: bytes, more: str = "") -> Case:
    """A plain valid response."""
    return Case("", head(f"Content-Length: {len(body)}\r\n{more}"), body)


def head(more: str, status: str = "200 OK", kind: str = "application/xml") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{CLOSE if CLOSE not in more else ''}{more}\r\n".encode()


def valid(number: int) -> Case:
    """A valid feed in one of many formats, encodings and transfer encodings."""
    rng = random.Random(number)
    items = rng.choice((0, 1, 3, 20, 100))
    form = rng.choice(list(FORMS))
    text = FORMS[form](rng, number, items)
    encoding = rng.choice(ENCODINGS) if form != "json" else "utf-8"
    body, kind = encoded(text, encoding), f"application/xml; charset={encoding.removesuffix('-sig')}"
    packed, more = travelling(body, rng.choice(("plain", "gzip", "deflate", "chunked")))
    kind = "application/feed+json" if form == "json" else kind
    return Case(f"valid {form}", head(more, kind=kind), packed, items=items)


def encoded(text: str, encoding: str) -> bytes:
    marks = {"utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}
    declared = text.replace("ENCODING", encoding.removesuffix("-sig").removesuffix("-le").removesuffix("-be"))
    return marks.get(encoding, b"") + declared.encode(encoding, "xmlcharrefreplace")


def travelling(body: bytes, way: str) -> tuple[bytes, str]:
    if way == "gzip":
        body = gzip.compress(body, mtime=0)
    if way == "deflate":
        body = zlib.compress(body)
    if way == "chunked":
        chunks = [body[at : at + 700] for at in range(0, len(body), 700)]
        return b"".join(b"%x\r\n%s\r\n" % (len(one), one) for one in [*chunks, b""]), "Transfer-Encoding: chunked\r\n"
    named = f"Content-Encoding: {way}\r\n" if way != "plain" else ""
    return body, f"Content-Length: {len(body)}\r\n{named}"


def said(rng: random.Random, many: int) -> str:
    return escape(" ".join(rng.choices(WORDS, k=many)))


def rss2(rng: random.Random, number: int, items: int) -> str:
    def one(at: int) -> str:
        guid = rng.choice((f"<guid>g{at}</guid>", f'<guid isPermaLink="false">urn:{at}</guid>', ""))
        text = rng.choice((said(rng, 20), f"<![CDATA[<p>{said(rng, 30)}</p>]]>"))
        date = rng.choice(DATES).format(at % 60)
        return (
            f"<item><title>{said(rng, 4)}</title><link>https://e.org/{number}/{at}</link>{guid}"
            f"<description>{text}</description><pubDate>{date}</pubDate></item>"
        )

    inner = "".join(one(at) for at in range(items))
    return (
        f'<?xml version="1.0" encoding="ENCODING"?>\n<rss version="2.0"><channel><title>{said(rng, 2)}</title>'
        f"<link>https://e.org/</link><description/>{inner}</channel></rss>"
    )


def rss1(rng: random.Random, number: int, items: int) -> str:
    inner = "".join(
        f'<item rdf:about="https://e.org/{number}/{at}"><title>{said(rng, 4)}</title>'
        f"<link>https://e.org/{number}/{at}</link></item>"
        for at in range(items)
    )
    opening, _, rest = RDF.partition("<item ")
    return opening.replace("?>", ' encoding="ENCODING"?>', 1) + inner + rest.rpartition("</item>")[2]


def rss091(rng: random.Random, number: int, items: int) -> str:
    inner = "".join(
        f"<item><title>{said(rng, 3)}</title><link>https://e.org/{number}/{at}</link></item>" for at in range(items)
    )
    opening = '<?xml version="1.0" encoding="ENCODING"?><rss version="0.91"><channel><title>O</title>'
    return f"{opening}{inner}</channel></rss>"


def atom(rng: random.Random, number: int, items: int) -> str:
    inner = "".join(
        f'<entry><title type="html">{said(rng, 3)}</title><id>tag:e.org,{number}:{at}</id>'
        f'<link href="/{number}/{at}"/><updated>2025-07-05T10:{at % 60:02}:00Z</updated>'
        f"<summary>{said(rng, 10)}</summary></entry>"
        for at in range(items)
    )
    return f'<?xml version="1.0" encoding="ENCODING"?><feed xmlns="http://www.w3.org/2005/Atom"><title>A</title>{inner}</feed>'


def json_feed(rng: random.Random, number: int, items: int) -> str:
    rows = [
        {"id": at, "url": f"https://e.org/{number}/{at}", "title": " ".join(rng.choices(WORDS, k=3))}
        for at in range(items)
    ]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "J", "items": rows}
    return json.dumps(feed, ensure_ascii=rng.random() < 0.5)


FORMS: dict[str, Callable[[random.Random, int, int], str]] = {
    "rss 2.0": rss2, "rss 1.0": rss1, "rss 0.91": rss091, "atom": atom, "json": json_feed,
}  # fmt: skip


def broken(number: int) -> Case:
    """A valid feed with a few random defects, sometimes also in transfer."""
    rng = random.Random(number)
    form = rng.choice(list(FORMS))
    body = encoded(FORMS[form](rng, number, rng.choice((1, 3, 20))), rng.choice(ENCODINGS[:8]))
    for _ in range(rng.randint(1, 6)):
        at, to = sorted(rng.randrange(len(body) + 1) for _ in range(2))
        body = rng.choice((
            body[:at] + rng.choice(NASTY) + body[at:],
            body[:at] + body[min(to, at + 50) :],
            body[:at] + body[at:to][:300] + body[at:],
            body[:at] + bytes(rng.randrange(256) for _ in range(8)) + body[at + 8 :],
            body[:to],
        ))  # fmt: skip
    packed, more = travelling(body, rng.choice(("plain", "plain", "gzip", "deflate", "chunked")))
    if rng.random() < 0.1:
        packed = packed[: rng.randrange(len(packed) + 1)]
    return Case(f"broken {form}", head(more + CLOSE), packed)
