"""Builds small feeds to parse."""

from html import escape
from typing import Any


def item(number: int, **changes: str) -> str:
    """An RSS item; a value of "" leaves the element out."""
    said = {
        "title": f"Title {number}",
        "link": f"https://blog.example.org/{number}",
        "guid": f"guid-{number}",
        "description": f"Summary {number}",
        "pubDate": "Sat, 05 Jul 2025 10:00:00 GMT",
    } | changes
    guid = f'<guid isPermaLink="false">{escape(said.pop("guid"))}</guid>' if said.get("guid") else ""
    said.pop("guid", None)
    return f"<item>{guid}{''.join(f'<{name}>{escape(value)}</{name}>' for name, value in said.items() if value)}</item>"


def rss(*items: str, channel: str = "") -> str:
    """An RSS 2.0 feed."""
    head = f"<title>Blog</title><link>https://blog.example.org/</link>{channel}"
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>{head}{"".join(items)}</channel></rss>'


def numbered(*numbers: int, **changes: Any) -> str:
    """An RSS feed of plain items."""
    return rss(*(item(number, **changes) for number in numbers))


ATOM = """<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="ko">
<title>Atom</title><entry><title type="html">A &amp;lt;b&amp;gt;bold&amp;lt;/b&amp;gt; move</title><id>tag:1</id>
<link rel="self" href="https://blog.example.org/api/1"/><link rel="alternate" href="/1"/>
<author><name>Jane</name></author><updated>2025-07-05T10:00:00+09:00</updated>
<content type="html">&lt;p&gt;Hello &lt;img src="/a.jpg" alt="A river"&gt;&lt;/p&gt;</content></entry></feed>"""

RDF = """<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://e.org/"><title>R</title>
<link>https://e.org/</link></channel><item rdf:about="https://e.org/1"><title>One</title><link>https://e.org/1</link>
<dc:date>2025-07-05T10:00:00Z</dc:date><dc:creator>Jane</dc:creator></item></rdf:RDF>"""

RSS_091 = """<rss version="0.91"><channel><title>Old</title><link>http://e.org/</link><description/>
<item><title>One</title><link>http://e.org/1</link></item></channel></rss>"""

JSON_FEED = """{"version": "https://jsonfeed.org/version/1.1", "title": "J", "language": "en", "items": [
{"id": 1, "url": "https://e.org/1", "title": "One", "content_html": "<p>Hi</p>",
"date_published": "2025-07-05T10:00:00Z",
"authors": [{"name": "Jane"}, {"name": "Kim"}], "image": "https://e.org/a.jpg"},
{"id": "2", "url": "javascript:alert(1)", "title": "Two"}, 7, null]}"""
