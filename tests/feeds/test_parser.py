"""From bytes to clean entries, for any feed."""

import json
import random
import time
from dataclasses import replace
from email.utils import formatdate
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.dates.parsing import parse_stamp
from bot.feeds.document import MAX_ENTRIES, MOST_READ, Entry, FeedDocument
from bot.feeds.parser import parse_feed, plain_summary, plain_title
from bot.urls import is_web_url
from bot.worker.child import MAX_ANSWER_BYTES, document_frames
from bot.worker.pool import document_from, entry_from
from tests.feeds.documents import ATOM, JSON_FEED, RDF, RSS_091, item, numbered, rss

HOME = "https://blog.example.org/feed"
TYPE = {"content-type": "application/rss+xml; charset=utf-8"}


def parse(body: str | bytes, url: str = HOME) -> FeedDocument:
    return parse_feed(body.encode() if isinstance(body, str) else body, TYPE, url)


def entry_of(**changes: str) -> Entry:
    return parse(rss(item(1, **changes))).entries[0]


@pytest.mark.parametrize(
    ("body", "version", "title", "url"),
    [
        (numbered(1), "rss20", "Title 1", "https://blog.example.org/1"),
        (ATOM, "atom10", "A bold move", "https://blog.example.org/1"),
        (RDF, "rss10", "One", "https://e.org/1"),
        (RSS_091, "rss091u", "One", "http://e.org/1"),
        (JSON_FEED, "json1", "One", "https://e.org/1"),
    ],
)
def test_every_format_gives_entries(body: str, version: str, title: str, url: str) -> None:
    document = parse(body)
    entry = document.entries[0]

    assert (document.version, entry.title, entry.url) == (version, title, url)


def test_atom_gives_author_date_language_and_picture() -> None:
    entry = parse(ATOM).entries[0]

    assert (entry.author, entry.published, entry.language) == ("Jane", 1_751_677_200.0, "ko")
    assert entry.image is not None
    assert (entry.image.url, entry.image.alt) == ("https://blog.example.org/a.jpg", "A river")


def test_a_json_feed_gives_what_it_has_and_drops_what_cannot_be_opened() -> None:
    document = parse(JSON_FEED)
    entry = document.entries[0]

    assert (entry.identity, entry.author, entry.summary, len(document.entries)) == ("1", "Jane, Kim", "Hi", 1)
    assert document.dropped == 3


def test_nothing_local_is_ever_opened(tmp_path: Path) -> None:
    """Neither bytes that look like a path nor an entity that names a file open anything."""
    secret = tmp_path / "secret.xml"
    secret.write_text(numbered(7))
    entity = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{secret.as_uri()}">]>' + rss(item(1, title="&x;"))

    assert parse(str(secret)).version == ""
    assert "Title 7" not in str(parse(entity))


def test_the_charset_of_the_header_is_used() -> None:
    body = numbered(1, title="한국어").encode("cp949")
    document = parse_feed(body, {"content-type": "application/xml; charset=euc-kr"}, HOME)

    assert document.entries[0].title == "한국어"


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "https://a:b@e.org/"]
)
def test_entries_without_a_web_address_are_dropped(link: str) -> None:
    assert parse(rss(item(1, link=link), item(2))).entries[0].identity == "guid-2"


@pytest.mark.parametrize("guid", ["own", ""])
def test_entries_without_any_address_lead_to_the_site_and_stay_apart(guid: str) -> None:
    entries = parse(
        rss(*(item(n, link="", guid=guid and f"{guid}-{n}") for n in (1, 2)), item(3, link="", guid=""))
    ).entries

    assert {parsed.url for parsed in entries} == {"https://blog.example.org/"}
    assert len({parsed.key for parsed in entries}) == len({parsed.identity for parsed in entries}) == 3


def test_relative_links_lead_to_the_site_and_relative_guids_stay() -> None:
    """A guid joined to the feed's address would change when the feed moves."""
    body = rss("<item><title>One</title><guid>/posts/1</guid><link>/1</link></item>")
    here, there = parse(body, "https://a.example.org/feed"), parse(body, "https://b.example.org/feed")

    assert here.entries[0].url == "https://a.example.org/1"
    assert {document.entries[0].identity for document in (here, there)} == {"/posts/1"}


@pytest.mark.parametrize(
    "body", ["", " \n", "\ufeff", "<html><body>Server error</body></html>", "hello", "{}", "[1]", "\0"]
)
def test_what_is_no_feed_has_no_version(body: str) -> None:
    assert parse(body).version == ""


def test_a_broken_feed_with_good_entries_is_good_and_without_is_malformed() -> None:
    whole = numbered(1, 2, 3)
    cut_late, cut_early = parse(whole[:-60]), parse(whole[:150])

    assert len(cut_late.entries) >= 2
    assert not cut_late.malformed
    assert cut_early.malformed


def test_invalid_octets_in_the_first_line_lose_no_entry() -> None:
    body = numbered(1).encode().replace(b'"utf-8"', b'"utf\xed-8"')

    assert parse(body).entries[0].title == "Title 1"


def test_a_page_names_its_feeds() -> None:
    page = """<html><head><LINK rel='alternate' type="application/rss+xml" href="/blog/rss.xml?a=1&amp;b=2">
    <link rel=stylesheet href=/x.css><link rel="alternate" type="application/atom+xml" href="javascript:x"></head>"""

    assert parse(page).alternates == ("https://blog.example.org/blog/rss.xml?a=1&b=2",)


def test_the_feed_of_comments_is_the_last_that_a_page_names() -> None:
    feeds = "".join(
        f'<link rel="alternate" type="application/rss+xml" href="{path}">' for path in ("/comments/feed/", "/feed/")
    )

    assert parse(f"<html><head>{feeds}</head></html>").alternates[0] == "https://blog.example.org/feed/"


def test_an_entry_whose_only_link_is_its_own_document_has_that_address() -> None:
    entry = (
        '<entry><title>One</title><id>tag:e.org,2025:1</id><link rel="self" href="https://blog.example.org/1"/></entry>'
    )
    document = parse(f'<feed xmlns="http://www.w3.org/2005/Atom"><title>A</title>{entry}</feed>')

    assert [found.url for found in document.entries] == ["https://blog.example.org/1"]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Sat, 05 Jul 2025 10:00:00 GMT", 1_751_709_600.0),
        ("Sat, 05 Jul 2025 19:00:00 KST", 1_751_709_600.0),
        ("Sat, 05 Jul 2025 06:00:00 EDT", 1_751_709_600.0),
        ("Sat, 05 Jul 2025 19:00:00 +0900", 1_751_709_600.0),
        ("2025-07-05T10:00:00Z", 1_751_709_600.0),
        ("2025-07-05T19:00:00.5+09:00", 1_751_709_600.5),
        ("July 5, 2025", 1_751_716_800.0),
        ("2025년 7월 5일", 1_751_716_800.0),
        ("2025-07-05", 1_751_716_800.0),
        ("", None),
        ("yesterday", None),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("0001-01-01T00:00:00Z", None),
        ("99999-99-99", None),
    ],
)
def test_dates_are_read_with_their_zone(written: str, expected: float | None) -> None:
    assert parse_stamp(written) == expected


def test_identity_is_the_guid_else_the_link() -> None:
    assert entry_of().identity == "guid-1"
    assert entry_of(guid="").identity == "https://blog.example.org/1"
    front = entry_of(guid="", link="https://blog.example.org/")
    assert front.identity == entry_of(guid="", link="https://blog.example.org/").identity != front.url


def test_a_guid_used_twice_does_not_identify_an_entry() -> None:
    body = rss(item(1, guid="same"), item(2, guid="same"))
    identities = [parsed.identity for parsed in parse(body).entries]

    assert identities == ["same https://blog.example.org/1", "same https://blog.example.org/2"]


def test_an_address_used_twice_is_no_key() -> None:
    entries = parse(rss(item(1), item(2, link="https://blog.example.org/1"), item(3))).entries

    assert [parsed.key == parsed.address_key for parsed in entries] == [False, False, True]
    assert len({parsed.key for parsed in entries}) == 3


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("Tea &amp; rice", "Tea & rice"),
        ("&lt;b&gt;Bold&lt;/b&gt; <i>move</i>", "Bold move"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("<script>alert(1)</script>Hi<!-- x -->", "Hi"),
        ("a\u202egnp.exe\u200b b\x00\x07", "agnp.exe b"),
        ("  two\n\tlines\u00a0here ", "two lines here"),
        ("e\u0301", "\u00e9"),
        ("\U0001f469\u200d\U0001f4bb", "\U0001f469\u200d\U0001f4bb"),
        ("a\u200db", "ab"),
    ],
)
def test_titles_are_plain(markup: str, expected: str) -> None:
    assert plain_title(markup) == expected


def test_long_titles_end_with_a_whole_word() -> None:
    title = plain_title("word " * 1_000)

    assert len(title) <= 250
    assert title.endswith("word…")


def test_an_article_without_a_title_is_named_by_its_words_or_address() -> None:
    assert entry_of(title="").title == "Summary 1"
    assert entry_of(title="", description="", link="https://e.org/a-long-walk").title == "a long walk"


def test_update_hints_are_read_completely() -> None:
    channel = "<ttl>90</ttl><skipHours><hour>1</hour><hour>23</hour></skipHours><skipDays><day>Sunday</day></skipDays>"
    hints = parse(rss(channel=channel)).hints

    assert (hints.ttl, hints.skip_hours, hints.skip_days) == (5_400.0, (1, 23), (6,))


def test_the_content_hash_changes_with_anything_but_the_guid() -> None:
    content_hash = parse(numbered(1)).entries[0].content_hash

    assert parse(numbered(1, guid="other")).entries[0].content_hash == content_hash
    for change in ("title", "description", "link", "pubDate"):
        assert (
            parse(rss(item(1, **{change: "https://e.org/x" if change == "link" else "Sun, 06 Jul 2025 10:00:00 GMT"})))
            .entries[0]
            .content_hash
            != content_hash
        )


def test_answers_are_bounded_and_keep_the_newest() -> None:
    items = [
        item(n, pubDate=f"{1 + n % 28:02} Jan {2000 + n // 28} 00:00:00 GMT", description="한" * 1_000)
        for n in range(2_200)
    ]
    document = parse(rss(*items))

    assert len(document.entries) == MAX_ENTRIES
    assert document.left_out == 200
    assert document.entries[0].identity == "guid-2199"
    assert len(b"".join(document_frames(document))) < MAX_ANSWER_BYTES * 1.1


def test_an_answer_too_large_keeps_the_newest_of_any_order_and_counts_the_others() -> None:
    items = [
        item(
            n,
            title="Korean words 말 " * 15,
            description="A summary of words. " * 28,
            guid=f"{'g' * 350}{n}",
            link=f"https://e.org/{'l' * 600}/{n}",
            pubDate=formatdate(1_600_000_000 + 3_600 * n),
        )
        for n in range(1_990)
    ]
    frames = [json.loads(frame) for frame in document_frames(parse(rss(*items)))]
    numbers = [int(row["url"].rsplit("/", 1)[1]) for frame in frames[:-1] for row in frame["rows"]]

    assert numbers == list(range(1_989, 1_989 - len(numbers), -1))
    assert frames[-1]["result"]["left_out"] == 1_990 - len(numbers) > 0


SEEDS = [numbered(1, 2), ATOM, RDF, RSS_091, JSON_FEED, rss(item(1, title="<![CDATA[", author="a@b (c)"))]
NASTY = ["<!--", "<![CDATA[", "&", "&#0;", "&#xD800;", "]]>", "\0", "\ufffe", "<a b=", "&lol;", "\ud800",
         "{", "\u202e", "x" * 5_000,
         "<guid>", "</item>", "xml:base='http://['", "<link>http://[</link>", "<!DOCTYPE x [<!ENTITY a>]>"]  # fmt: skip


def mutated(seed: int) -> bytes:
    """A feed broken in a few places."""
    rng = random.Random(seed)
    body = rng.choice(SEEDS)
    for _ in range(rng.randint(1, 6)):
        at, to = sorted(rng.randrange(len(body) + 1) for _ in range(2))
        body = rng.choice([
            body[:at] + rng.choice(NASTY) + body[at:],
            body[:at] + body[min(to, at + 50) :],
            body[:at] + body[at:to][:300] + body[at:],
            body[:to],
        ])  # fmt: skip
    return body.encode("utf-8", "surrogatepass")


def unpacked(frames: list[bytes]) -> FeedDocument:
    """The document as it comes out of the worker process."""
    *rows, last = map(json.loads, frames)
    entries = tuple(entry_from(row) for frame in rows for row in frame["rows"])
    return replace(document_from(last["result"]), entries=entries)


@settings(max_examples=300)
@given(st.integers(0, 10**9))
def test_thousands_of_broken_feeds_give_only_clean_entries(seed: int) -> None:
    document = parse(mutated(seed))
    again = unpacked(document_frames(document))

    assert len(again.entries) == len(document.entries)
    for found in document.entries:
        assert is_web_url(found.url)
        assert found.title
        assert not set(found.title) & set("\0\n\u202e\u200b")


@given(st.text(max_size=300))
def test_any_text_becomes_plain(text: str) -> None:
    for plain in (plain_title(text, 100), plain_summary(text, 100)):
        assert len(plain) <= 101
        assert plain == plain.strip()
    parse_stamp(text)


@given(st.binary(max_size=500))
def test_any_bytes_give_a_document(body: bytes) -> None:
    assert isinstance(parse(body), FeedDocument)


def oldest_first(count: int) -> list[tuple[str, float]]:
    return [(f"https://e.org/{number}", 1_600_000_000.0 + 3_600 * number) for number in range(count)]


@pytest.mark.parametrize("tag", ["pubDate", "dc:date", "updated"])
def test_the_newest_items_of_a_very_long_feed_are_read_and_the_others_counted(tag: str) -> None:
    entries = oldest_first(MOST_READ + 500)
    items = "".join(f"<item><link>{url}</link><{tag}>{formatdate(date)}</{tag}></item>" for url, date in entries)
    document = parse(rss(items, "<ttl>90</ttl>"))

    assert {entry.url for entry in document.entries} == {url for url, _ in entries[-MAX_ENTRIES:]}
    assert (document.malformed, document.truncated, document.hints.ttl) == (False, False, 5_400.0)
    assert document.left_out == len(entries) - MAX_ENTRIES


def test_the_newest_items_of_a_very_long_json_feed_are_read_and_the_others_counted() -> None:
    entries = oldest_first(MOST_READ + 500)
    items = [{"id": url, "url": url, "date_published": formatdate(date)} for url, date in entries]
    document = parse(json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "Blog", "items": items}))

    assert {entry.url for entry in document.entries} == {url for url, _ in entries[-MAX_ENTRIES:]}
    assert document.left_out == len(entries) - MAX_ENTRIES


def test_an_unfinished_last_item_of_a_very_long_feed_is_left_out() -> None:
    entries = oldest_first(MOST_READ + 500)
    items = [f"<item><link>{url}</link><pubDate>{formatdate(date)}</pubDate></item>" for url, date in entries]
    document = parse(rss(*items).partition(f"{items[-1]}")[0] + items[-1][:40])

    assert document.truncated
    assert document.entries[0].url == entries[-2][0]
    assert document.left_out == len(entries) - 1 - MAX_ENTRIES


def test_without_dates_the_first_thousands_of_items_are_read_and_the_feed_is_not_malformed() -> None:
    """Items beyond the maximum take feedparser seconds, and it reads a truncated document twice."""
    items = "".join(f"<item><link>http://e.org/{n}</link></item>" for n in range(MOST_READ + 500))
    document = parse(rss(items, "<ttl>90</ttl>"))

    assert document.version == "rss20"
    assert not document.malformed
    assert [entry.url for entry in document.entries] == [f"http://e.org/{n}" for n in range(MAX_ENTRIES)]
    assert (document.dropped, document.left_out) == (0, MOST_READ + 500 - MAX_ENTRIES)


@pytest.mark.parametrize("page", ["<p>We will be back.", "<link ", "<a href='", "&", "<!--"])
def test_a_large_web_page_is_no_feed_and_costs_nothing(page: str) -> None:
    """Otherwise feedparser would visit every tag of it."""
    began = time.process_time()
    head = '<html><head><link rel="alternate" type="application/rss+xml" href="/rss.xml">'
    document = parse(head + page * (3_000_000 // len(page)))

    assert (document.version, document.alternates) == ("", ("https://blog.example.org/rss.xml",))
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Using &lt;hello-world&gt; elements", "Using <hello-world> elements"),
        ("Does it have &lt;animate [etc.]&gt;?", "Does it have <animate [etc.]>?"),
        ("&lt;span&gt;lemon&lt;/span&gt; &lt;&lt;&lt;Nonsense&gt;&gt;&gt; 1 &lt; 2", "lemon <<<Nonsense>>> 1 < 2"),
        ("Tom &amp;amp;amp; Ann&amp;#8217;s&amp;nbsp;day", "Tom & Ann\u2019s day"),
        ("Using &lt;template&gt; and &lt;slot&gt;", "Using <template> and <slot>"),
        ("When to use &lt;b&gt; in HTML", "When to use <b> in HTML"),
        ("One&lt;br/&gt;two &lt;a href=&quot;/x&quot;&gt;three", "One two three"),
        ("&lt;p&gt;Alone", "Alone"),
    ],
)
def test_only_formatting_is_removed_from_a_title(written: str, shown: str) -> None:
    body = rss(f"<item><title>{written}</title><link>https://e.org/1</link></item>")

    assert parse(body).entries[0].title == shown


@pytest.mark.parametrize(
    ("declared", "shown"),
    [
        ('type="text"', "A <b>bold</b> &amp; <em> move"),
        ('type="html"', "A bold & <em> move"),
        ("", "A bold & <em> move"),
    ],
)
def test_an_atom_title_declared_as_text_is_shown_as_written(declared: str, shown: str) -> None:
    title = "A &lt;b&gt;bold&lt;/b&gt; &amp;amp; &lt;em&gt; move"
    body = ATOM.replace(
        '<title type="html">A &amp;lt;b&amp;gt;bold&amp;lt;/b&amp;gt; move', f"<title {declared}>{title}"
    )

    assert parse(body).entries[0].title == shown


def test_an_entry_without_an_author_gets_the_feeds_author() -> None:
    atom = ATOM.replace("<title>Atom</title>", "<title>Atom</title><author><name>The Ferry Club</name></author>")
    json_feed = JSON_FEED.replace('"title": "J"', '"title": "J", "authors": [{"name": "The Ferry Club"}]')

    assert parse(atom).entries[0].author == "Jane"
    assert parse(atom.replace("<author><name>Jane</name></author>", "")).entries[0].author == "The Ferry Club"
    assert parse(json_feed.replace('"authors": [{"name": "Jane"}, {"name": "Kim"}], ', "")).entries[0].author == (
        "The Ferry Club"
    )


@pytest.mark.parametrize(
    "version",
    ["https://jsonfeed.org/version/1", "http://www.jsonfeed.org/version/1.1", "jsonfeed.org/version/1", "1.1", "1", ""],
)
def test_json_feed_versions_are_recognised_as_they_are_written(version: str) -> None:
    body = json.dumps(
        {"version": version, "title": "J", "home_page_url": "https://e.org/", "items": [
            {"id": "1", "url": "https://e.org/1", "title": "It&rsquo;s &amp; done", "content_text": "Words."}]}
    )  # fmt: skip

    assert [found.title for found in parse(body).entries] == ["It\u2019s & done"]


@pytest.mark.parametrize("body", ['{"version": "2.0", "items": [{"id": "1"}]}', '{"items": [{"id": "1"}]}'])
def test_other_json_is_no_feed(body: str) -> None:
    assert parse(body).version == ""


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("body", [numbered(1, title="한국어"), JSON_FEED.replace("One", "한국어")])
def test_wide_encodings_are_read_whatever_the_header_says(body: str, encoding: str) -> None:
    if encoding in ("utf-16-le", "utf-16-be") and body.startswith("{"):
        body = body.replace('"version"', '"version"')
    document = parse(body.encode(encoding))

    assert document.entries[0].title == "한국어"
    assert not document.malformed


IMAGES = [
    ('<img src="https://stats.example/p.gif?x=1" width="1" height="1"><p>Words</p><img src="https://c.e/photo.jpg">'),
    ('<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" data-src="https://c.e/photo.jpg">'),
    ('<img src="/images/lazyload.gif" data-src="https://c.e/photo.jpg">'),
    ('<img src="/img/placeholder.png" data-lazy-src="https://c.e/photo.jpg">'),
    ('<img src="/i/1x1.png" srcset="https://c.e/s.jpg 320w, https://c.e/photo.jpg 1280w">'),
    ('<img srcset="https://c.e/s.jpg 1x, https://c.e/photo.jpg 2x">'),
    ('<img src="https://secure.gravatar.com/avatar/a?s=96"><img src="https://c.e/photo.jpg">'),
    (
        '<img src="https://c.e/logo.svg"><img src="https://c.e/small.jpg" width=150 height=150><img src="https://c.e/photo.jpg">'
    ),
    ('<img src="https://s.w.org/images/core/emoji/15/72x72/1f600.png"><img src="https://c.e/photo.jpg">'),
]


@pytest.mark.parametrize("markup", IMAGES)
def test_the_picture_is_the_largest_real_one_of_the_text(markup: str) -> None:
    image = entry_of(description=markup).image

    assert image is not None
    assert image.url == "https://c.e/photo.jpg"


@pytest.mark.parametrize(
    "markup", ['<img src="/images/lazyload.gif">', '<img src="data:image/png;base64,AA">', "<img>"]
)
def test_a_placeholder_is_no_picture(markup: str) -> None:
    assert entry_of(description=markup).image is None


def test_the_picture_is_the_largest_real_one_of_the_media() -> None:
    media = "".join(
        f'<media:content url="{url}" medium="image" width="{width}" height="{width}"/>'
        for url, width in (
            ("https://1.gravatar.com/avatar/a", 900),
            ("https://c.e/s.jpg", 300),
            ("https://c.e/l.jpg", 800),
        )
    )
    body = rss(item(1).replace("</item>", f"{media}</item>")).replace(
        "<rss ", '<rss xmlns:media="http://search.yahoo.com/mrss/" '
    )
    image = parse(body).entries[0].image

    assert image is not None
    assert image.url == "https://c.e/l.jpg"


def test_a_truncated_document_loses_its_last_entry_and_is_marked() -> None:
    whole = numbered(1, 2, 3)
    inside, between = whole[: whole.rindex("<description>")], whole[: whole.rindex("<item>")]

    assert not parse(whole).truncated
    assert not parse(f"{whole}\n<!-- cached -->").truncated
    for body, kept in ((inside, 2), (between, 2), (ATOM[:-40], 0), (ATOM.removesuffix("</feed>"), 1)):
        document = parse(body)
        assert document.truncated
        assert len(document.entries) == kept


def test_dates_without_a_zone_are_read_in_the_feeds_zone() -> None:
    body = rss(item(1, pubDate="2023-05-30 12:00:33")).encode()

    assert parse_feed(body, TYPE, HOME).entries[0].published == 1_685_448_033.0
    assert parse_feed(body, TYPE, HOME, "Asia/Seoul").entries[0].published == 1_685_415_633.0
