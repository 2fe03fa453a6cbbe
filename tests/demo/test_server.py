import asyncio
import xml.etree.ElementTree as ET
from collections.abc import AsyncGenerator

import aiohttp
import pytest
from selectolax.lexbor import LexborHTMLParser

from bot.demo.blog import load_articles
from bot.demo.server import SampleBlog, publish_first, served
from tests.limits import HANG_SECONDS

NOW = 1_900_000_000.0
NEW = "a-radio-under-the-blanket"
MEDIA = "{http://search.yahoo.com/mrss/}"


class Site:
    """The sample blog, served, and a client for it."""

    def __init__(self, blog: SampleBlog, session: aiohttp.ClientSession) -> None:
        self.blog = blog
        self._session = session

    async def get(self, path: str, **headers: str) -> tuple[int, str, aiohttp.ClientResponse]:
        async with self._session.get(self.blog.base + path, headers=headers) as response:
            return response.status, (await response.read()).decode("utf-8", "replace"), response


@pytest.fixture
async def site() -> AsyncGenerator[Site]:
    blog = SampleBlog(load_articles(), clock=lambda: NOW)
    async with served(blog), aiohttp.ClientSession() as session:
        yield Site(blog, session)


async def test_the_feed_has_the_shape_webflow_gives(site: Site) -> None:
    """One line, no CDATA, seven elements an item, a short summary, the guid equal to the link."""
    _, text, response = await site.get("/blog/rss.xml")
    items = ET.fromstring(text).findall("channel/item")  # noqa: S314 - our own feed

    assert response.content_type == "application/rss+xml"
    assert "\n" not in text
    assert "CDATA" not in text
    assert len(items) == len(site.blog.posts)
    for item in items:
        names = ["title", "link", "guid", "description", "pubDate", f"{MEDIA}content", f"{MEDIA}thumbnail"]
        assert [child.tag for child in item] == names
        assert item.findtext("guid") == item.findtext("link")
        assert len(item.findtext("description") or "") <= 200


async def test_an_unchanged_feed_is_answered_with_304(site: Site) -> None:
    _, _, first = await site.get("/blog/rss.xml")
    status, body, again = await site.get("/blog/rss.xml", **{"If-None-Match": first.headers["ETag"]})

    assert (status, body) == (304, "")
    assert again.headers["ETag"] == first.headers["ETag"]


async def test_a_new_article_changes_the_feed(site: Site) -> None:
    article = site.blog.articles[NEW]
    _, before, first = await site.get("/blog/rss.xml")
    site.blog.publish(NEW)
    status, after, _ = await site.get("/blog/rss.xml", **{"If-None-Match": first.headers["ETag"]})

    assert article.title not in before
    assert status == 200
    assert after.index(article.title) < after.index(site.blog.posts[0].article.title)


async def test_a_page_holds_its_article_and_two_more_below(site: Site) -> None:
    """Like the real template: complete neighbours in list items, a newsletter form, the slug on the root."""
    _, text, _ = await site.get("/blog/the-women-of-row-nine")
    page = LexborHTMLParser(text)
    root = page.css_first("html")
    bodies = page.css(".w-richtext")

    assert root is not None
    assert root.attributes["data-wf-item-slug"] == "the-women-of-row-nine"
    assert len(bodies) == 3
    assert len(page.css(".w-dyn-item .w-richtext")) == 2
    assert page.css_first(".w-form") is not None
    assert [heading.text() for heading in bodies[0].css("h2")] == ["A row with its own law", "What the daughters saw"]
    assert bodies[0].text().count("By Hana Seo") == 1
    assert len(bodies[0].css("figure.w-richtext-figure-type-image > div > img[alt]")) == 2


async def test_every_address_on_the_sitemap_answers(site: Site) -> None:
    _, text, _ = await site.get("/sitemap.xml")
    addresses = [element.text or "" for element in ET.fromstring(text).iter() if element.tag.endswith("loc")]  # noqa: S314 - our own
    statuses = [(await site.get(address.removeprefix(site.blog.base)))[0] for address in addresses]

    assert len(addresses) == len(site.blog.posts) + 1
    assert set(statuses) == {200}


async def test_pictures_are_served_and_unknown_ones_are_not_found(site: Site) -> None:
    status, _, response = await site.get("/images/market-dawn.png")

    assert (status, response.content_type) == (200, "image/png")
    assert (await site.get("/images/volcano-noon.png"))[0] == 404


async def test_a_withdrawn_article_is_not_found(site: Site) -> None:
    site.blog.withdraw("kimchi-week")

    assert (await site.get("/blog/kimchi-week"))[0] == 404
    assert "kimchi-week" not in (await site.get("/blog/rss.xml"))[1].split("<item>")[1:]


async def test_a_correction_reaches_feed_and_page_and_keeps_the_date(site: Site) -> None:
    site.blog.publish(NEW)
    before = (await site.get("/blog/rss.xml"))[1]
    site.blog.correct(NEW)
    after = (await site.get("/blog/rss.xml"))[1]

    assert "Jun-ho" in before
    assert "Jun-ho" not in after
    assert before.count("<pubDate>") == after.count("<pubDate>")
    assert "Jun-ho" not in (await site.get(f"/blog/{NEW}"))[1].split("Check these out!")[0]


async def test_the_first_article_waits_until_the_feed_was_read(site: Site) -> None:
    """An article published before the first poll would count as old."""
    known = len(site.blog.posts)
    publisher = asyncio.create_task(publish_first(site.blog, "the-sewing-room", wait_seconds=0.0))
    await asyncio.sleep(0)
    assert len(site.blog.posts) == known
    await site.get("/blog/rss.xml")
    await asyncio.wait_for(publisher, timeout=HANG_SECONDS)

    assert [post.article.slug for post in site.blog.posts[known:]] == ["the-sewing-room"]


async def test_old_articles_are_never_dated_in_the_future() -> None:
    """A computer whose clock is years behind still gets past dates."""
    blog = SampleBlog(load_articles(), clock=lambda: 1_600_000_000.0)

    assert all(post.published < 1_600_000_000.0 for post in blog.posts)
