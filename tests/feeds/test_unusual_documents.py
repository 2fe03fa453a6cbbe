"""Documents of shapes found in the wild, each with its entries as a reader would state them."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from bot.feeds.parser import parse_feed
from bot.urls import public_url

URL = "https://blog.example.org/feed"
XML = "application/rss+xml"
Facts = tuple[str, str, str, str]  # title, link, time in UTC or empty, author


@dataclass(frozen=True)
class Document:
    """A response and the facts of its entries, in the feed's order."""

    body: str | bytes
    entries: tuple[Facts, ...]
    content_type: str = XML
    url: str = URL
    time_zone: str = ""


def rss(inner: str, channel: str = "<title>Blog</title><link>https://blog.example.org/</link>") -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:atom="http://www.w3.org/2005/Atom"><channel>{channel}{inner}</channel></rss>'


DOCUMENTS = {
    "atom with xhtml title and content, and xml:base": Document(
        '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://site.example/news/"><title>News</title><author><name>The Team</name></author>'
        '<entry><id>tag:site.example,2024:1</id><title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">Crossing <em>the</em> river</div></title><link href="crossing"/>'
        '<published>2024-05-06T10:00:00.250Z</published><updated>2024-06-01T00:00:00Z</updated><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>First words.</p></div></content></entry></feed>',
        (("Crossing the river", "https://site.example/news/crossing", "2024-05-06T10:00:00", "The Team"),),
    ),
    "rdf 1.0 with dc": Document(
        '<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://r.example/"><title>R</title><link>https://r.example/</link></channel>'
        '<item rdf:about="https://r.example/1"><title>One &amp; two</title><link>https://r.example/1</link><dc:creator>Kim Min-su</dc:creator><dc:date>2023-11-02T09:30+09:00</dc:date></item></rdf:RDF>',
        (("One & two", "https://r.example/1", "2023-11-02T00:30:00", "Kim Min-su"),),
    ),
    "podcast whose items have only an enclosure": Document(
        rss('<item><title>Episode 12: Home</title><itunes:title>Home</itunes:title><itunes:author>Jane Doe</itunes:author><guid isPermaLink="false">ep-12</guid><enclosure url="https://cdn.example/12.mp3" type="audio/mpeg" length="1"/><pubDate>Fri, 03 May 2024 06:00:00 -0400</pubDate></item>'),
        (("Episode 12: Home", "https://cdn.example/12.mp3", "2024-05-03T10:00:00", "Jane Doe"),),
    ),
    "json feed 1.1 with authors of the feed": Document(
        '{"version":"https://jsonfeed.org/version/1.1","title":"J","home_page_url":"https://j.example/","authors":[{"name":"Ada"}],"items":[{"id":7,"url":"/posts/7","title":"Seven","content_text":"x","date_published":"2024-02-29T23:59:59+09:00"}]}',
        (("Seven", "https://blog.example.org/posts/7", "2024-02-29T14:59:59", "Ada"),),
        "application/feed+json",
    ),
    "json feed 1.0 without titles": Document(
        '\ufeff{"version":"https://jsonfeed.org/version/1","title":"Micro","author":{"name":"Bo"},"items":[{"id":"https://m.example/1","url":"https://m.example/1","content_html":"<p>A short note.</p>","date_published":"2024-01-01 12:00:00 +0000"}]}',
        (("A short note.", "https://m.example/1", "2024-01-01T12:00:00", "Bo"),),
        "application/json",
    ),
    "wordpress with content:encoded and several creators": Document(
        rss('<item><title>A &#8220;new&#8221; home &#8211; part 2</title><link>https://w.example/2024/05/home/?utm_source=rss</link><dc:creator><![CDATA[Jane Kim]]></dc:creator><dc:creator><![CDATA[Lee Ho]]></dc:creator><pubDate>Mon, 06 May 2024 18:00:00 +0000</pubDate><guid isPermaLink="false">https://w.example/?p=77</guid><content:encoded><![CDATA[<p>Text</p>]]></content:encoded></item>'),
        (("A “new” home – part 2", "https://w.example/2024/05/home/", "2024-05-06T18:00:00", "Jane Kim, Lee Ho"),),
    ),
    "blogger atom with replies and an address for noreply": Document(
        '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>B</title><entry><id>tag:blogger.com,1999:blog-1.post-2</id><published>2022-03-04T05:06:07.000-08:00</published><updated>2024-01-01T00:00:00Z</updated><title type="text">Spring</title><content type="html">&lt;p&gt;x&lt;/p&gt;</content>'
        '<link rel="replies" type="application/atom+xml" href="https://b.example/feeds/2/comments/default"/><link rel="edit" href="https://www.blogger.com/feeds/1/posts/2"/><link rel="alternate" type="text/html" href="http://b.example/2022/03/spring.html"/><author><name>Mina</name><email>noreply@blogger.com</email></author></entry></feed>',
        (("Spring", "https://b.example/2022/03/spring.html", "2022-03-04T13:06:07", "Mina"),),
    ),
    "author as an e-mail address with a name": Document(
        rss("<item><title>Mail</title><link>https://e.example/1</link><author>editor@e.example (Jane Roe)</author><pubDate>2024-05-06 09:00:00 KST</pubDate></item>"),
        (("Mail", "https://e.example/1", "2024-05-06T00:00:00", "Jane Roe"),),
    ),
    "author as a bare e-mail address": Document(
        rss("<item><title>Mail</title><link>https://e.example/1</link><author>editor@e.example</author></item>"),
        (("Mail", "https://e.example/1", "", ""),),
    ),
    "undeclared namespace prefixes": Document(
        '<rss version="2.0"><channel><title>U</title><item><title>Loose</title><link>https://u.example/1</link><dc:creator>Sam</dc:creator><dc:date>2024-03-01T00:00:00Z</dc:date><media:thumbnail url="https://u.example/a.jpg"/></item></channel></rss>',
        (("Loose", "https://u.example/1", "2024-03-01T00:00:00", "Sam"),),
    ),
    "declared iso-8859-1 but utf-8 with a byte order mark": Document(
        b"\xef\xbb\xbf" + '<?xml version="1.0" encoding="ISO-8859-1"?><rss version="2.0"><channel><title>M</title><item><title>Éléonore à Séoul – 서울</title><link>https://m.example/1</link><pubDate>Tue, 07 May 2024 00:00:00 GMT</pubDate></item></channel></rss>'.encode(),
        (("Éléonore à Séoul – 서울", "https://m.example/1", "2024-05-07T00:00:00", ""),),
    ),
    "euc-kr by declaration, utf-8 in the header": Document(
        '<?xml version="1.0" encoding="euc-kr"?><rss version="2.0"><channel><title>소식</title><language>ko</language><item><title>탈북민의 새 집</title><link>https://k.example/1</link><author>김민수 기자</author><pubDate>2024-05-06 18:00:00</pubDate></item></channel></rss>'.encode("euc-kr"),
        (("탈북민의 새 집", "https://k.example/1", "2024-05-06T09:00:00", "김민수"),),
        "text/xml; charset=utf-8",
    ),
    "html entities that xml does not know": Document(
        '<rss version="2.0"><channel><title>E</title><item><title>Caf&eacute; &ndash; open&nbsp;late&hellip;</title><link>https://c.example/a?x=1&y=2</link><pubDate>Wed, 8 May 2024 12:00 +0200</pubDate></item></channel></rss>',
        (("Café – open late…", "https://c.example/a?x=1&y=2", "2024-05-08T10:00:00", ""),),
    ),
    "korean time in the afternoon": Document(
        rss("<item><title>오후</title><link>https://k.example/2</link><pubDate>2024. 5. 6. 오후 3:00</pubDate></item><item><title>오전</title><link>https://k.example/3</link><pubDate>2024년 5월 6일 오전 12:05:00</pubDate></item>", "<title>K</title><language>ko-KR</language>"),
        (
            ("오후", "https://k.example/2", "2024-05-06T06:00:00", ""),
            ("오전", "https://k.example/3", "2024-05-05T15:05:00", ""),
        ),
    ),
    "offsets with odd punctuation": Document(
        rss("<item><title>a</title><link>https://o.example/1</link><pubDate>Mon, 06 May 2024 18:00:00 +09:00</pubDate></item><item><title>b</title><link>https://o.example/2</link><pubDate>2024-05-06T18:00:00+0900</pubDate></item><item><title>c</title><link>https://o.example/3</link><pubDate>2024-05-06T18:00:00 +09</pubDate></item><item><title>d</title><link>https://o.example/4</link><pubDate>Mon, 06 May 2024 18:00:00 GMT+0900 (KST)</pubDate></item>"),
        tuple((title, f"https://o.example/{number}", "2024-05-06T09:00:00", "") for number, title in enumerate("abcd", 1)),
    ),
    "naver blog with a bracketed category and cdata link": Document(
        rss("<item><author>link_korea</author><category><![CDATA[이야기]]></category><title><![CDATA[&lt;다큐&gt; 그들의 길]]></title><link><![CDATA[https://blog.naver.com/link/223?fromRss=true&trackingCode=rss]]></link><guid>https://blog.naver.com/link/223</guid><pubDate>Mon, 06 May 2024 18:00:00 +0900</pubDate></item>"),
        (("<다큐> 그들의 길", "https://blog.naver.com/link/223", "2024-05-06T09:00:00", "link_korea"),),
    ),
    "atom links in rss, and no link of its own": Document(
        rss('<item><title>Link</title><atom:link href="https://a.example/1" rel="alternate" type="text/html"/><guid isPermaLink="false">1f</guid><pubDate>Thu, 09 May 2024 00:00:00 UT</pubDate></item>'),
        (("Link", "https://a.example/1", "2024-05-09T00:00:00", ""),),
    ),
    "leading blank lines and a comment before the declaration": Document(
        "\n\n<!-- cached -->" + rss("<item><title>Late start</title><link>https://l.example/1</link><pubDate>Fri, 10 May 2024 10:00:00 EST</pubDate></item>"),
        (("Late start", "https://l.example/1", "2024-05-10T15:00:00", ""),),
    ),
    "duplicate guids and relative links": Document(
        rss('<item><title>One</title><link>/a/one</link><guid isPermaLink="false">0</guid></item><item><title>Two</title><link>/a/two</link><guid isPermaLink="false">0</guid></item>'),
        (("One", "https://blog.example.org/a/one", "", ""), ("Two", "https://blog.example.org/a/two", "", "")),
    ),
    "substack with a subtitle and unpadded times": Document(
        rss('<item><title><![CDATA[Notes: &quot;On home&quot;]]></title><description><![CDATA[A subtitle]]></description><link>https://s.substack.com/p/home</link><guid isPermaLink="false">https://s.substack.com/p/home</guid><dc:creator><![CDATA[Hana Park]]></dc:creator><pubDate>Sat, 11 May 2024 9:05:03 GMT</pubDate></item>'),
        (('Notes: "On home"', "https://s.substack.com/p/home", "2024-05-11T09:05:03", "Hana Park"),),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DOCUMENTS)
def test_an_unusual_document_is_read_as_a_reader_would(name: str) -> None:
    given = DOCUMENTS[name]
    body = given.body if isinstance(given.body, bytes) else given.body.encode()

    document = parse_feed(body, {"content-type": given.content_type}, given.url, given.time_zone)

    read = tuple(
        (
            entry.title,
            public_url(entry.url),
            f"{datetime.fromtimestamp(entry.published, UTC):%Y-%m-%dT%H:%M:%S}" if entry.published is not None else "",
            entry.author,
        )
        for entry in document.entries
    )
    assert read == given.entries
