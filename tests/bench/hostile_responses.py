"""Every response to a poll by its number: those of `feed_responses`, then hostile ones, each with a name.

The server and the benchmark both build a response from its number.
"""

import codecs
import gzip
import random
import zlib
from collections.abc import Callable

from tests.bench.feed_responses import BROKEN, CLOSE, VALID, Case, answer, broken, head, valid
from tests.feeds.documents import item, numbered, rss

CAP = 5_000_000


def case(number: int) -> Case:
    """The response of that number."""
    if number < VALID:
        return valid(number)
    if number < VALID + BROKEN:
        return broken(number)
    made = SPECIAL[number - VALID - BROKEN][1]()
    return made if isinstance(made, Case) else answer(made)


def described(number: int) -> tuple[str, int | None]:
    """A response's name, and how many items the bot must find where that is defined."""
    if number < VALID:
        made = valid(number)
        return made.name, made.items
    if number < VALID + BROKEN:
        return "broken", None
    name = SPECIAL[number - VALID - BROKEN][0]
    return name, WHOLE.get(name)


def small(times: int) -> bytes:
    """As many items, few bytes each."""
    return rss("".join(f"<item><link>http://e.org/s{times}/{at}</link></item>" for at in range(times))).encode()


def laughs() -> str:
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    return f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "lol">{levels}]>{rss()[38:].replace("Blog", "&l11;")}'


def members(megabytes: int) -> bytes:
    """`megabytes` of zeroes, in gzip members of one each."""
    return gzip.compress(bytes(1_000_000), mtime=0) * megabytes


def stream(megabytes: int, wbits: int) -> bytes:
    """`megabytes` of zeroes in one compressed stream."""
    packer = zlib.compressobj(6, wbits=wbits)
    return b"".join(packer.compress(bytes(1_000_000)) for _ in range(megabytes)) + packer.flush()


def packed(body: bytes, coding: str) -> Case:
    return answer(body, f"Content-Encoding: {coding}\r\n")


def json_items(inner: str) -> bytes:
    return f'{{"version":"https://jsonfeed.org/version/1","items":[{inner}]}}'.encode()


def whole(size: int) -> bytes:
    text = "<p>Word &amp; word</p>" * (size // 20)
    return rss(*(item(n, link=f"https://e.org/whole/{n}", description=text) for n in range(200))).encode()


def long_items(times: int) -> bytes:
    """As many items whose every part is as long as is kept of it."""
    parts = {"title": "Korean words 말 " * 15, "description": "A summary of words. " * 28}
    return rss(
        *(item(n, guid=f"{'g' * 350}{n}", link=f"https://e.org/{'l' * 600}/{n}", **parts) for n in range(times))
    ).encode()


FEED = numbered(1, 2, 3).encode()
SPECIAL: list[tuple[str, Callable[[], bytes | Case]]] = [
    # documents
    ("author of 32 KB (feedparser 562)", lambda: rss(f"<item><author>{'a' * 32_768}</author></item>").encode()),
    ("author of 400 KB", lambda: rss(f"<item><author>{'a' * 400_000}</author></item>").encode()),
    ("400 KB of <!--", lambda: rss("<!--" * 100_000).encode()),
    ("4 MB of <", lambda: rss("<" * 4_000_000).encode()),
    ("4 MB of &", lambda: rss(item(1, title="&" * 800_000)).encode()),
    ("1 MB of unclosed CDATA", lambda: rss("<![CDATA[" * 110_000).encode()),
    ("billion laughs", lambda: laughs().encode()),
    ("quadratic entity", lambda: laughs().replace("lol", "l" * 50_000).replace("&l11;", "&l0;" * 5_000).encode()),
    ("entity that is a local file",
     f'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>{rss(item(1, title="&x;"))[38:]}'.encode),
    ("200,000 nested tags", lambda: rss("<a>" * 200_000).encode()),
    ("1,000,000 nested tags", lambda: b"<a>" * 1_000_000),
    ("200,000 nested divs in a text", lambda: rss(item(1, description="<div>" * 200_000)).encode()),
    ("1,000,000 attributes", lambda: rss("<item " + 'a="" ' * 900_000 + "/>").encode()),
    ("different 300,000 attributes",
     lambda: rss("<item " + " ".join(f'a{n}=""' for n in range(300_000)) + "/>").encode()),
    ("attribute of 4 MB", lambda: rss(f'<item a="{"x" * 4_000_000}"/>').encode()),
    ("100,000 namespaces", lambda: rss("<item " + " ".join(f'xmlns:n{n}="u"' for n in range(100_000)) + "/>").encode()),
    ("title of 4 MB", lambda: rss(item(1, title="t" * 4_000_000)).encode()),
    ("500 titles of 9 KB", lambda: rss(*(item(n, title="t " * 4_500) for n in range(500))).encode()),
    ("guids of 9 KB", lambda: rss(*(item(n, guid="g" * 9_000 + str(n)) for n in range(500))).encode()),
    ("links of 9 KB", lambda: rss(*(item(n, link="http://e.org/" + "l" * 9_000) for n in range(500))).encode()),
    ("link with 1,000 parameters",
     lambda: rss(*(item(n, link=f"http://e.org/{n}?" + "a&" * 990) for n in range(500))).encode()),
    ("200 whole articles", lambda: whole(10_000)),
    ("2,000 items", lambda: small(2_000)),
    ("20,000 items", lambda: small(20_000)),
    ("50,000 items", lambda: small(50_000)),
    ("1,800 long items", lambda: long_items(1_800)),
    ("zeroes", lambda: b"\0" * CAP),
    ("spaces", lambda: b" " * CAP),
    ("one line of 5 MB", lambda: b"a" * CAP),
    ("random bytes", lambda: random.Random(1).randbytes(CAP)),
    ("invalid UTF-8", lambda: rss(item(1, title="a")).encode().replace(b"<title>a", b"<title>\xff\xc0\x80" * 300)),
    ("lone surrogates", lambda: rss(item(1, title="a\ud800b" * 1_000)).encode("utf-8", "surrogatepass")),
    ("UTF-7", lambda: b'<?xml version="1.0" encoding="utf-7"?>' + FEED[38:]),
    ("no such encoding", lambda: b'<?xml version="1.0" encoding="klingon"?>' + FEED[38:]),
    ("UTF-16 without its mark", lambda: FEED.decode().encode("utf-16-le")),
    ("half a UTF-16 character", lambda: FEED.decode().encode("utf-16") + b"\0"),
    ("many byte order marks", lambda: codecs.BOM_UTF8 * 100_000 + FEED),
    ("NULs between", lambda: FEED.replace(b">", b">\0")),
    ("a web page", lambda: b"<!doctype html><title>Sorry</title>" + b"<p>We will be back." * 100_000),
    ("a web page of 300,000 links",
     lambda: b"<html><head>" + b'<link rel="alternate" type="application/rss+xml" href="x">' * 80_000),
    ("a web page of <link", lambda: b"<html>" + b"<link " * 800_000),
    ("a web page of href=", lambda: b"<html><link " + b"href='" * 800_000),
    ("deep JSON", lambda: b"[" * 2_000_000),
    ("deep JSON feed", lambda: json_items('{"a":' * 200_000)),
    ("2,000,000 objects", lambda: json_items("{}," * 1_600_000 + "{}")),
    ("JSON number of 1,000,000 digits", lambda: json_items('{"id":' + "9" * 1_000_000 + ',"url":"http://e.org/"}')),
    ("JSON 1e999999", lambda: json_items('{"id":1e999999,"url":"http://e.org/n","title":-1e999}')),
    ("JSON of wrong types",
     lambda: json_items('{"id":{},"url":[],"title":7,"authors":"x","tags":1},7,null,[],"x",true,'
                        '{"url":"http://e.org/t","title":{"a":1},"authors":[1,{"name":[]}],"date_published":5}')),
    ("JSON of 20,000 items",
     lambda: json_items(",".join(f'{{"id":"{n}","url":"http://e.org/j/{n}"}}' for n in range(20_000)))),
    ("JSON with NaN", lambda: json_items('{"id":NaN,"url":"http://e.org/nan"}')),
    ("JSON cut off", lambda: json_items('{"id":"1"}')[:-4]),
    ("dates of 100 KB", lambda: rss(*(item(n, pubDate="1 " * 50_000) for n in range(40))).encode()),
    ("ttl of 1e308",
     lambda: rss(item(1), channel=f"<ttl>1e308</ttl><skipHours>{'<hour>1</hour>' * 99}</skipHours>").encode()),
    ("ttl of NaN", lambda: rss(item(1), channel="<ttl>nan</ttl>").encode()),
    # on the way
    ("gzip bomb of 2 GB in members", lambda: packed(members(2_000), "gzip")),
    ("gzip bomb of 50 MB in members", lambda: packed(members(50), "gzip")),
    ("gzip bomb of 200 MB in one stream", lambda: packed(stream(200, 31), "gzip")),
    ("deflate bomb of 200 MB", lambda: packed(stream(200, 15), "deflate")),
    ("raw deflate bomb of 200 MB", lambda: packed(stream(200, -15), "deflate")),
    ("gzip in gzip", lambda: packed(gzip.compress(gzip.compress(FEED)), "gzip, gzip")),
    ("brotli that was not asked for", lambda: packed(b"\x0b\x02\x80hello\x03" * 1_000, "br")),
    ("zstd that was not asked for", lambda: packed(b"\x28\xb5\x2f\xfd" * 1_000, "zstd")),
    ("an encoding nobody knows", lambda: packed(FEED, "klingon")),
    ("half a gzip", lambda: packed(gzip.compress(FEED)[:-20], "gzip")),
    ("gzip with a tail", lambda: packed(gzip.compress(FEED) + b"tail" * 5_000, "gzip")),
    ("no gzip at all", lambda: packed(FEED, "gzip")),
    ("more than it says", lambda: Case("", head("Content-Length: 10\r\n" + CLOSE), FEED)),
    ("less than it says", lambda: Case("", head("Content-Length: 99999\r\n" + CLOSE), FEED)),
    ("says a terabyte", lambda: Case("", head("Content-Length: 1000000000000\r\n"), b"x" * 65_536, 1_000)),
    ("says -1", lambda: Case("", head("Content-Length: -1\r\n" + CLOSE), FEED)),
    ("says two lengths", lambda: Case("", head("Content-Length: 5\r\nContent-Length: 6\r\n" + CLOSE), FEED)),
    ("says no length", lambda: Case("", head(CLOSE), FEED)),
    ("endless", lambda: Case("", head(CLOSE), b"x" * 65_536, 10_000)),
    ("endless chunks of one byte",
     lambda: Case("", head("Transfer-Encoding: chunked\r\n"), b"1\r\na\r\n" * 10_000, 10_000)),
    ("a chunk of 16 EB", lambda: Case("", head("Transfer-Encoding: chunked\r\n"), b"ffffffffffffffff\r\nx", 1)),
    ("chunks that are none", lambda: Case("", head("Transfer-Encoding: chunked\r\n"), b"zz\r\n", 1)),
    ("chunks with long extensions",
     lambda: Case("", head("Transfer-Encoding: chunked\r\n"), b"1;" + b"x" * 60_000 + b"\r\na\r\n", 50)),
    ("dripping", lambda: Case("", head("Content-Length: 1000\r\n"), b"x", 1_000, 0.05)),
    ("silence after the head", lambda: Case("", head("Content-Length: 1000\r\n"), b"", 1_000, 0.05)),
    ("silence", lambda: Case("", b"", b"", 1_000, 0.05)),
    ("closes at once", lambda: Case("", b"")),
    ("100,000 header lines", lambda: Case("", head("".join(f"X-{n}: y\r\n" for n in range(100_000))), FEED)),
    ("header of 1 MB", lambda: Case("", head(f"X: {'y' * 1_000_000}\r\n"), FEED)),
    ("endless header", lambda: Case("", b"HTTP/1.1 200 OK\r\nX: ", b"y" * 65_536, 1_000)),
    ("endless 100 Continue", lambda: Case("", b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1_000, 10_000)),
    ("odd bytes in headers", lambda: Case("", head('ETag: "\xff\u20ac"\r\nContent-Length: 3\r\n'), b"abc")),
    ("HTTP/0.9", lambda: Case("", FEED)),
    ("HTTP/2 preface", lambda: Case("", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")),
    ("status 999", lambda: Case("", head(CLOSE, "999 Odd"), FEED)),
    ("status 204", lambda: Case("", head("", "204 No Content"))),
    ("304 nobody asked for", lambda: Case("", head("", "304 Not Modified"))),
    ("redirect to itself", lambda: Case("", head("Location: ?\r\nContent-Length: 0\r\n", "301 Moved"))),
    ("redirect of 8 KB", lambda: Case("", head(f"Location: /{'a' * 8_000}\r\nContent-Length: 0\r\n", "302 Found"))),
    ("redirect with an endless body",
     lambda: Case("", head("Location: /x\r\n" + CLOSE, "302 Found"), b"x" * 65_536, 999)),
    ("redirect to a private address", lambda: Case("", head("Location: http://10.0.0.1/\r\n" + CLOSE, "302 Found"))),
    ("error with an endless body", lambda: Case("", head(CLOSE, "500 Oops"), b"x" * 65_536, 10_000)),
    ("Cache-Control of 8 KB",
     lambda: answer(FEED, f"Cache-Control: {'max-age=9, ' * 700}\r\nExpires: {'1 ' * 3_000}\r\n")),
    # last: the server is left alone after it
    ("Retry-After of 8 KB",
     lambda: Case("", head(f"Retry-After: {'1 ' * 3_900}\r\nContent-Length: 0\r\n", "429 Too Many Requests"))),
]  # fmt: skip
WHOLE = {"200 whole articles": 200, "2,000 items": 2_000, "1,800 long items": 1_800}
TOTAL = VALID + BROKEN + len(SPECIAL)
