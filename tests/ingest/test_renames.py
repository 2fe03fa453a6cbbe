"""Articles that get a new title and a new address at once: recognised by what they say, or else new."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import pytest

from bot.models import ArticleBody, Page, Passage
from tests.feeds.documents import item, rss
from tests.ingest.poller_world import NOW, PollerWorld, open_poller_world, page

BLOG = "https://blog.example.org"
STORY = " ".join(f"Sentence {number} tells how the keeper counted lamp number {number}." for number in range(20))
OTHER = " ".join(f"Paragraph {number} is about bread, dough and oven {number}." for number in range(20))
SUMMARY = "The keeper counted the ships by their lamps and went to ask who had been aboard."


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[PollerWorld]:
    async with open_poller_world(tmp_path) as opened:
        yield opened


def at(instant: float) -> str:
    return format_datetime(datetime.fromtimestamp(instant, UTC), usegmt=True)


def telling(title: str, text: str) -> Page:
    return replace(page(title), body=ArticleBody((Passage(0, "", text),)))


def webflow_item(slug: str, title: str, date: float = NOW, **changes: str) -> str:
    """An item whose guid is its address."""
    return item(
        7, **{"title": title, "link": f"{BLOG}/{slug}", "guid": f"{BLOG}/{slug}", "pubDate": at(date)} | changes
    )


OLDER = item(1, pubDate=at(NOW - 5_000))


async def announced_story(world: PollerWorld, first: str) -> None:
    """The feed announces the story under its first title and address; its page is stored."""
    world.pages.known[f"{BLOG}/jane-counts"] = telling("Jane counts", STORY)
    await world.poll(rss(OLDER))
    await world.poll(rss(first, OLDER))
    assert world.recorder.announced == ["Jane counts"]


async def test_a_new_title_and_address_with_the_same_date_and_text_is_a_correction(world: PollerWorld) -> None:
    await announced_story(world, webflow_item("jane-counts", "Jane counts"))
    world.pages.known[f"{BLOG}/keeper-counts"] = telling("A keeper counts", STORY.replace("number 3.", "again."))
    await world.poll(rss(webflow_item("keeper-counts", "A keeper counts"), OLDER))
    article = await world.articles.by_key(f"{BLOG}/jane-counts")

    assert world.recorder.announced == ["Jane counts"]
    assert [title for _, title in world.recorder.changed] == ["A keeper counts"]
    assert article is not None
    assert (article.title, article.url) == ("A keeper counts", f"{BLOG}/keeper-counts")


async def test_the_same_guid_and_text_outlast_a_new_title_address_and_date(world: PollerWorld) -> None:
    await announced_story(world, webflow_item("jane-counts", "Jane counts", guid="post-7"))
    world.pages.known[f"{BLOG}/keeper-counts"] = telling("A keeper counts", STORY)
    await world.poll(rss(webflow_item("keeper-counts", "A keeper counts", NOW + 600, guid="post-7"), OLDER))

    assert world.recorder.announced == ["Jane counts"]
    assert [title for _, title in world.recorder.changed] == ["A keeper counts"]


async def test_equal_text_is_enough_where_the_old_entry_left_from_between_others(world: PollerWorld) -> None:
    await announced_story(world, webflow_item("jane-counts", "Jane counts"))
    world.pages.known[f"{BLOG}/keeper-counts"] = telling("A keeper counts", STORY)
    await world.poll(rss(webflow_item("keeper-counts", "A keeper counts", NOW + 600), OLDER))

    assert world.recorder.announced == ["Jane counts"]


async def test_without_a_page_the_same_date_and_summary_are_enough(world: PollerWorld) -> None:
    await announced_story(world, webflow_item("jane-counts", "Jane counts", description=SUMMARY))
    await world.poll(rss(webflow_item("keeper-counts", "A keeper counts", description=SUMMARY), OLDER))

    assert world.recorder.announced == ["Jane counts"]
    assert await world.titles() == ["A keeper counts", "Title 1"]


@pytest.mark.parametrize(
    ("date", "text"),
    [(NOW, OTHER), (NOW + 600, STORY[: len(STORY) // 2] + OTHER), (NOW + 600, "Short.")],
    ids=["other text on the same day", "half of the text on another day", "no text to speak of"],
)
async def test_what_says_something_else_is_new(world: PollerWorld, date: float, text: str) -> None:
    await announced_story(world, webflow_item("jane-counts", "Jane counts"))
    world.pages.known[f"{BLOG}/bread"] = telling("Bread", text)
    await world.poll(rss(webflow_item("bread", "Bread", date), OLDER))

    assert world.recorder.announced == ["Jane counts", "Bread"]
    assert world.recorder.changed == []


async def test_a_copy_beside_the_article_is_new(world: PollerWorld) -> None:
    first = webflow_item("jane-counts", "Jane counts")
    await announced_story(world, first)
    world.pages.known[f"{BLOG}/again"] = telling("Jane counts again", STORY)
    await world.poll(rss(webflow_item("again", "Jane counts again"), first, OLDER))

    assert world.recorder.announced == ["Jane counts", "Jane counts again"]
