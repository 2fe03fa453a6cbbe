"""Hostile pages by name, which the extractor must survive in the worker process."""

import random
from collections.abc import Callable

CAP = 5_000_000


def webflow(body: str, more: str = "") -> bytes:
    """A page of the shape that the bot knows best."""
    return (
        f'<!doctype html><html lang="en"><head><title>A River | Site</title>{more}</head><body><h1>A River</h1>'
        f"<div>March 3, 2024</div><div class='w-richtext'>{body}</div></body></html>"
    ).encode("utf-8", "surrogatepass")


def plain(body: str, more: str = "") -> bytes:
    """A page of any site."""
    return f"<html><head><title>A River</title>{more}</head><body><h1>A River</h1>{body}</body></html>".encode(
        "utf-8", "surrogatepass"
    )


P = "<p>Water runs down to the sea, and nobody has ever seen it turn and run up again.</p>"
INSIDES: dict[str, Callable[[], str]] = {
    "an article": lambda: P * 20,
    "a long article": lambda: P * 2_000,
    "200,000 nested divs": lambda: "<div>" * 200_000 + P * 20,
    "200,000 nested spans": lambda: "<p>" + "<span>" * 200_000 + "text",
    "200,000 nested bold links": lambda: "<p>" + "<b><a href=/x>" * 100_000 + "text",
    "200,000 nested lists": lambda: "<ul><li>" * 100_000 + "text",
    "one line of 5 MB": lambda: "<p>" + "word " * 990_000,
    "one word of 5 MB": lambda: "<p>" + "w" * 4_900_000,
    "5 MB of spaces": lambda: "<p>a" + " " * 4_900_000 + "b",
    "5 MB of line breaks": lambda: "<p>a" + "<br>" * 1_200_000 + "b",
    "5 MB of newlines in pre": lambda: "<pre>a" + "\n" * 4_900_000 + "b",
    "500,000 unclosed paragraphs": lambda: "<p>a" * 900_000,
    "100,000 links": lambda: "".join(f'<p><a href="/blog/{n}">Story {n}</a></p>' for n in range(100_000)),
    "100,000 links in one line": lambda: "<p>" + "".join(f'<a href="/{n}">s{n}</a> ' for n in range(100_000)),
    "50,000 headings": lambda: "".join(f"<h2>Part {n}</h2><p>Words.</p>" for n in range(50_000)),
    "50,000 bold lines": lambda: "<p><strong>A Bold Line</strong></p>" * 50_000,
    "50,000 images": lambda: "".join(f'<img src="/{n}.jpg" alt="A river {n}">' for n in range(50_000)),
    "50,000 figures": lambda: "".join(
        f'<figure><img src="/{n}.jpg"><figcaption>River {n}</figcaption></figure>' for n in range(40_000)
    ),
    "figure of 50,000 images": lambda: (
        "<figure>" + "".join(f'<a href="/{n}"><img src="/{n}.jpg"></a>' for n in range(50_000))
    ),
    "nested figures": lambda: "<figure><img src=/a.jpg>" * 20_000,
    "data images of 4 MB": lambda: f'<img src="data:image/png;base64,{"A" * 4_000_000}">' + P * 20,
    "table of 300,000 cells": lambda: "<table>" + ("<tr>" + "<td>cell</td>" * 100) * 3_000,
    "100,000 footnotes": lambda: "<p>A star*</p>" + "".join(f"<p>*Note {n}</p>" for n in range(100_000)),
    "stars": lambda: "<p>" + "*" * 2_000_000 + "</p><p>*a</p>",
    "30,000 bylines": lambda: "<p>By Jane Doe</p>" * 30_000,
    "byline of 1 MB": lambda: "<p>By " + "Jane " * 200_000,
    "quotes that never end": lambda: "<p>By Jane Doe</p><p>Jane is " + "'" * 1_000,
    "NULs": lambda: ("<p>a\0b\0</p>" * 20_000) + P,
    "lone surrogates": lambda: "<p>a\ud800b</p>" * 20_000,
    "joiners": lambda: "<p>" + "\u200d" * 900_000 + "a",
    "combining marks": lambda: "<p>a" + "\u0301" * 900_000,
    "1 MB of entities": lambda: "<p>" + "&amp;lt;" * 200_000,
    "dates": lambda: "<p>" + "March 3, 2024 | " * 100_000,
    "arrows": lambda: "<p>" + "> " * 900_000,
    "pipes": lambda: "<p>" + " | " * 900_000,
    "calls": lambda: '<p><a href="/x">' + "click here to " * 100_000 + "</a>",
    "attribute of 4 MB": lambda: f'<p class="{"btn-" * 1_000_000}">a</p>' + P,
    "100,000 attributes": lambda: "<p " + " ".join(f"a{n}=b" for n in range(200_000)) + ">a</p>" + P,
    "1,000,000 comments": lambda: "<!-- -->" * 600_000 + P,
    "unclosed comment": lambda: P + "<!--" + "-" * 4_000_000,
    "1 MB of unclosed tags": lambda: P + "<a href='" * 110_000,
    "scripts": lambda: "<script>var a = '<p>';</script>" * 100_000 + P,
    "templates": lambda: "<template>" * 100_000 + P,
    "svg in math in svg": lambda: "<svg><math>" * 50_000 + P,
    "forms": lambda: "<form><input>" * 100_000 + P,
    "iframes": lambda: '<iframe src="https://www.youtube.com/embed/abcdefgh"></iframe>' * 50_000,
    "bases": lambda: "<base href='http://['>" * 10_000 + '<p><a href="x">y</a></p>' + P,
}
HEADS: dict[str, Callable[[], str]] = {
    "title of 4 MB": lambda: "<title>" + "t " * 2_000_000 + "</title>",
    "100,000 metas": lambda: "".join(f'<meta name="a{n}" content="b">' for n in range(100_000)),
    "meta of 4 MB": lambda: f'<meta property="og:title" content="{"t " * 2_000_000}">',
    "deep JSON-LD": lambda: '<script type="application/ld+json">' + "[" * 500_000 + "</script>",
    "wide JSON-LD": lambda: '<script type="application/ld+json">[' + '{"@type":"Article"},' * 200_000 + "{}]</script>",
    "odd JSON-LD": lambda: (
        '<script type="application/ld+json">[{"@type":"Article","author":[{"name":{"a":1}},5,null],'
        '"datePublished":{"x":1}},7,null,"x"]</script>'
    ),
    "a date of 4 MB": lambda: f'<meta property="article:published_time" content="{"2024-05-06T" * 400_000}">',
    "refresh": lambda: '<meta http-equiv="refresh" content="0;url=file:///etc/passwd">',
}
WHOLE: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "zeroes": lambda: b"\0" * CAP,
    "random bytes": lambda: random.Random(1).randbytes(CAP),
    "5 MB of <": lambda: b"<" * CAP,
    "5 MB of &": lambda: b"&" * CAP,
    "h1 of 5 MB": lambda: b"<h1>" + b"A river " * 600_000,
    "300,000 h1": lambda: b"<h1>A</h1>" * 400_000,
    "300,000 h1 in a rich text": lambda: b"<div class=w-richtext>" + b"<h1>A</h1>" * 300_000,
    "100,000 rich texts": lambda: b"<h1>A</h1>" + b"<div class='w-richtext'><p>words</p></div>" * 100_000,
    "nested rich texts": lambda: b"<h1>A</h1>" + b"<div class='w-richtext'>words" * 100_000,
    "100,000 articles": lambda: b"<h1>A</h1>" + b"<article><p>words and more words</p></article>" * 100_000,
    "UTF-16": lambda: webflow(P * 20).decode().encode("utf-16"),
    "UTF-32 said to be UTF-8": lambda: webflow(P * 20).decode().encode("utf-32"),
    "an encoding that unpacks": lambda: b"<meta charset=zlib_codec>" + webflow(P * 20),
    "an encoding of idna": lambda: b"<meta charset=idna>" + webflow("a" * 100_000),
    "punycode": lambda: b"<meta charset=punycode>" + webflow("a-" * 1_000_000),
    "unicode_escape": lambda: b"<meta charset=unicode_escape>" + webflow("\\ud800" * 1_000 + P),
    "UTF-7": lambda: b"<meta charset=utf-7>" + webflow("+AGE-" * 100_000 + P),
    "slug of 1 MB": lambda: b"<html data-wf-item-slug='" + b"%41" * 300_000 + b"'>" + webflow(P),
}
PAGES: dict[str, Callable[[], bytes]] = {
    **{f"webflow: {name}": lambda made=made: webflow(made()) for name, made in INSIDES.items()},
    **{f"any site: {name}": lambda made=made: plain(made()) for name, made in INSIDES.items()},
    **{f"head: {name}": lambda made=made: webflow(P * 20, made()) for name, made in HEADS.items()},
    **WHOLE,
}
