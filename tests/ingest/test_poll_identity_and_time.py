"""Situations of identity and time from end to end: real server, real database, a clock that only tests move."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import pytest

from bot.ingest.dedupe import MAX_TOGETHER
from bot.store.feeds import WaitReason
from bot.store.identities import Identities
from tests.feeds.documents import item, rss
from tests.ingest.poller_world import GUILD, NOW, PollerWorld, open_poller_world, page

HOUR, DAY = 3_600.0, 86_400.0
BLOG = "https://blog.example.org"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[PollerWorld]:
    async with open_poller_world(tmp_path) as opened:
        yield opened


def at(instant: float) -> str:
    """An instant as RSS writes it."""
    return format_datetime(datetime.fromtimestamp(instant, UTC), usegmt=True)


async def waiting(world: PollerWorld) -> list[tuple[str, WaitReason]]:
    rows = await world.database.all("SELECT title, reason FROM waiting_entries ORDER BY coalesce(until, 1e18), since")
    return [(row["title"], WaitReason(row["reason"])) for row in rows]


async def test_items_that_share_one_page_are_articles_of_their_own_without_its_text(world: PollerWorld) -> None:
    def advisory(number: int) -> str:
        date = at(NOW + number)
        return item(number, title=f"Notice {number}", link=f"{BLOG}/notices/", guid=f"N-{number}", pubDate=date)

    world.pages.known[f"{BLOG}/notices/"] = page("All notices")
    await world.poll(rss(advisory(2), advisory(1)))
    await world.poll(rss(advisory(3), advisory(2), advisory(1)))

    assert world.recorder.announced == ["Notice 3"]
    assert await world.titles() == ["Notice 1", "Notice 2", "Notice 3"]
    assert world.pages.asked == []
    checks = await world.database.all("SELECT page_next_check FROM articles")
    assert {row["page_next_check"] for row in checks} == {None}


async def test_items_numbered_by_their_position_are_articles_of_their_own(world: PollerWorld) -> None:
    def numbered_by_position(*names: str) -> str:
        return rss(
            *(
                item(7, title=name, link=f"{BLOG}/{name}", guid=str(place), pubDate=date(name))
                for place, name in enumerate(names, 1)
            )
        )

    def date(name: str) -> str:
        return at(NOW - DAY + 60 * ord(name[0]))

    await world.poll(numbered_by_position("bee", "ant"))
    await world.poll(numbered_by_position("cat", "bee", "ant"))
    await world.poll(numbered_by_position("dog", "cat", "bee"))

    assert world.recorder.announced == ["cat", "dog"]
    assert world.recorder.changed == []
    assert await world.titles() == ["ant", "bee", "cat", "dog"]


async def test_a_guid_that_comes_back_with_another_article_passes_to_it(world: PollerWorld) -> None:
    await world.poll(rss(item(1, guid="today", link=f"{BLOG}/monday", title="Monday", pubDate=at(NOW - DAY))))
    await world.poll(rss(item(1, guid="today", link=f"{BLOG}/tuesday", title="Tuesday", pubDate=at(NOW))))
    await world.poll(rss(item(1, guid="today", link=f"{BLOG}/tuesday", title="Tuesday!", pubDate=at(NOW))))

    assert await world.titles() == ["Monday", "Tuesday!"]
    assert len(world.recorder.changed) == 1


async def test_one_guid_and_address_for_one_article_after_the_other_stores_each(world: PollerWorld) -> None:
    def only(title: str, days: int) -> str:
        return rss(item(1, guid=f"{BLOG}/now", link=f"{BLOG}/now", title=title, pubDate=at(NOW - days * DAY)), side)

    side = item(2, link=f"{BLOG}/now", guid="side", title="Side", pubDate=at(NOW - 9 * DAY))
    for days, title in ((4, "Monday"), (3, "Tuesday"), (2, "Wednesday"), (1, "Thursday")):
        await world.poll(only(title, days))

    assert world.recorder.announced == ["Tuesday", "Wednesday", "Thursday"]
    assert await world.titles() == ["Monday", "Side", "Thursday", "Tuesday", "Wednesday"]


async def test_of_new_entries_with_one_identity_each_takes_it_from_the_one_before(world: PollerWorld) -> None:
    """The guid of the older one is the address of the newer, which has no guid."""
    older = item(1, guid=f"{BLOG}/newer", link=f"{BLOG}/older", title="Older", pubDate=at(NOW - DAY))
    newer = item(2, guid="", link=f"{BLOG}/newer", title="Newer", pubDate=at(NOW))
    await world.poll(rss(newer, older))

    rows = await world.database.all(
        "SELECT title FROM articles JOIN identities ON article = id WHERE identity = ?", (f"{BLOG}/newer",)
    )
    assert await world.titles() == ["Newer", "Older"]
    assert [row["title"] for row in rows] == ["Newer"]


async def test_new_entries_of_one_guid_and_address_that_nothing_distinguishes_are_all_stored(
    world: PollerWorld,
) -> None:
    """Each shares its title with one of another place, and its place with one of another title."""
    await world.poll(
        rss(
            *(
                item(1, guid="N/A", link=f"{BLOG}/changes#{place}", title=title)
                for place in ("a", "b")
                for title in ("Added", "Fixed")
            )
        )
    )

    assert await world.titles() == ["Added", "Added", "Fixed", "Fixed"]


async def test_the_new_entries_of_a_large_document_are_stored_oldest_first(world: PollerWorld) -> None:
    numbers = range(2 * MAX_TOGETHER + 50)
    await world.poll(rss(*(item(number, pubDate=at(NOW + number)) for number in reversed(numbers))))

    rows = await world.database.all("SELECT title FROM articles ORDER BY id")
    assert [row["title"] for row in rows] == [f"Title {number}" for number in numbers]


async def test_a_corrected_address_is_followed_and_the_key_stays(world: PollerWorld) -> None:
    await world.poll(rss(item(2, link=f"{BLOG}/brigde"), item(1)))
    await world.poll(rss(item(2, link=f"{BLOG}/bridge"), item(1)))
    article = await world.articles.by_key(f"{BLOG}/brigde")

    assert world.recorder.announced == []
    assert article is not None
    assert article.url == f"{BLOG}/bridge"
    assert await Identities(world.database).known_keys([f"{BLOG}/bridge"]) == {f"{BLOG}/bridge": article.id}
    assert [title for _, title in world.recorder.changed] == ["Title 2"]


async def test_an_old_address_that_redirects_to_a_new_entry_makes_it_the_same_article(world: PollerWorld) -> None:
    """Title, date, guid and address all changed; the redirect shows that it is the same article."""
    old = item(2, pubDate=at(NOW - HOUR))
    await world.poll(rss(old, item(1)))
    world.pages.moved[f"{BLOG}/2"] = f"{BLOG}/two"
    changed = item(2, title="Corrected", link=f"{BLOG}/two", guid="other", pubDate=at(NOW))
    await world.poll(rss(changed, item(1)))

    assert world.recorder.announced == []
    assert await world.articles.count() == 2
    assert "Corrected" in await world.titles()


async def test_a_site_that_moves_announces_nothing_and_stores_nothing_twice(world: PollerWorld) -> None:
    def posts(host: str, *numbers: int) -> str:
        return rss(*(item(n, link=f"{host}/p/{n}", guid=f"{host}/p/{n}", pubDate=at(NOW - n * HOUR)) for n in numbers))

    await world.poll(posts("https://old.example", *range(1, 9)))
    outcome = await world.poll(posts("https://new.example", *range(1, 9)))

    assert (outcome.counts.held, world.recorder.announced) == (0, [])
    assert await world.articles.count() == 8
    article = await world.articles.by_key("https://old.example/p/3")
    assert article is not None
    assert article.url == "https://new.example/p/3"


async def test_each_feed_that_has_an_article_announces_it_to_those_who_want_it(tmp_path: Path) -> None:
    async with open_poller_world(tmp_path, {"blog": "/feed", "other": "/other"}) as world:
        world.site.page("/other", rss(item(1)))
        await world.poller.poll("other")
        await world.poll(rss(item(1)))
        await world.poll(rss(item(2, title="Shared"), item(1)))
        world.site.page("/other", rss(item(2, title="Shared, said otherwise", guid="else"), item(1)))
        await world.poller.poll("other")
        await world.poller.poll("other")

        assert world.recorder.announced == ["Shared"]
        assert await world.planned() == [("Shared", GUILD)]
        assert await world.titles() == ["Shared", "Title 1"]


async def test_entries_without_link_and_guid_lead_to_the_site(world: PollerWorld) -> None:
    one, two = item(1, link="", guid="", title="One"), item(2, link="", guid="", title="Two")
    await world.poll(rss(one))
    await world.poll(rss(two, one))
    articles = await world.articles.latest()

    assert world.recorder.announced == ["Two"]
    assert {article.url for article in articles} == {f"{BLOG}/"}


async def test_a_future_entry_is_announced_at_its_date(world: PollerWorld) -> None:
    await world.poll(rss(item(1)))
    due = world.now + 7 * DAY
    world.pages.missing.add(f"{BLOG}/2")
    scheduled = rss(item(2, pubDate=at(due)), item(1))
    outcome = await world.poll(scheduled)
    early = await waiting(world)
    world.pages.missing.clear()
    world.now = due - 2 * HOUR
    await world.poll()
    before = (list(world.recorder.announced), await world.articles.count())
    state = await world.state()
    world.now = due - HOUR + 60
    await world.poll()

    assert (outcome.counts.waiting, early) == (1, [("Title 2", WaitReason.FUTURE)])
    assert before == ([], 1)
    assert state.next_check <= due
    assert world.recorder.announced == ["Title 2"]
    assert await waiting(world) == []


async def test_a_scheduled_entry_of_the_first_poll_is_announced_when_it_is_due(world: PollerWorld) -> None:
    due = NOW + 3 * DAY
    await world.poll(rss(item(2, pubDate=at(due)), item(1)))
    world.now = due
    await world.poll()

    assert world.recorder.announced == ["Title 2"]


async def test_an_entry_whose_page_is_public_already_is_not_held_up_by_a_date_in_another_zone(
    world: PollerWorld,
) -> None:
    world.pages.known[f"{BLOG}/2"] = page("Title 2", NOW)
    await world.poll(rss(item(1)))
    await world.poll(rss(item(2, pubDate=at(NOW + 10 * HOUR)), item(1)))

    assert world.recorder.announced == ["Title 2"]


async def test_an_entry_waits_until_its_page_exists(world: PollerWorld) -> None:
    await world.poll(rss(item(1)))
    world.pages.missing.add(f"{BLOG}/2")
    await world.poll(rss(item(2), item(1)), ETag='"a"')
    first = (list(world.recorder.announced), await waiting(world))
    world.pages.missing.clear()
    await world.poll()

    assert first == ([], [("Title 2", WaitReason.MISSING)])
    assert world.recorder.announced == ["Title 2"]


async def test_an_entry_whose_page_stays_missing_is_held_for_a_decision_after_a_day(world: PollerWorld) -> None:
    await world.poll(rss(item(1)))
    world.pages.missing.add(f"{BLOG}/2")
    for _ in range(26):
        await world.poll(rss(item(2), item(1)))

    assert world.recorder.announced == []
    assert await world.held() == ["Title 2"]
    assert await waiting(world) == []


async def test_a_waiting_entry_that_leaves_the_feed_is_dropped(world: PollerWorld) -> None:
    await world.poll(rss(item(1)))
    await world.poll(rss(item(2, pubDate=at(NOW + 7 * DAY)), item(1)))
    await world.poll(rss(item(1)))

    assert await waiting(world) == []
    assert world.recorder.announced == []


async def test_a_premiere_is_announced_when_it_begins(world: PollerWorld) -> None:
    begins = NOW + 2 * DAY
    world.pages.begins[f"{BLOG}/2"] = begins
    await world.poll(rss(item(1)))
    await world.poll(rss(item(2), item(1)))
    early = await waiting(world)
    world.now = begins
    await world.poll()

    assert early == [("Title 2", WaitReason.BROADCAST)]
    assert world.recorder.announced == ["Title 2"]


async def test_an_old_article_under_a_new_guid_and_date_is_held(world: PollerWorld) -> None:
    """Its page still has the original date."""
    world.pages.known[f"{BLOG}/2"] = page("Title 2", NOW - 900 * DAY)
    await world.poll(rss(item(1)))
    await world.poll(rss(item(2), item(1)))

    assert world.recorder.announced == []
    assert await world.held() == ["Title 2"]


async def test_a_server_that_always_answers_304_gets_an_unconditional_request_a_day(world: PollerWorld) -> None:
    await world.poll(rss(item(1)), ETag='"same"')
    for _ in range(3):
        await world.poll()
    world.site.page("/feed", rss(item(2), item(1)), ETag='"same"', Content_Type="application/rss+xml")
    for _ in range(20):
        await world.poll()
    before = list(world.recorder.announced)
    for _ in range(6):
        await world.poll()
    full = [request for request in world.site.asked if "If-None-Match" not in request.headers]

    assert before == []
    assert world.recorder.announced == ["Title 2"]
    assert len(full) == 2


async def test_a_poll_without_overlap_is_reported_and_reopens_the_backfill(world: PollerWorld) -> None:
    def posts(*numbers: int) -> str:
        return rss(*(item(n, pubDate=at(NOW - 100 * HOUR + n * HOUR)) for n in numbers))

    await world.poll(posts(3, 2, 1))
    source = f"{world.site.url}/feed"
    async with world.database.transaction() as tx:
        await tx.execute(
            "INSERT INTO backfill_jobs (source, feed, started, finished) VALUES (?, 'blog', 0, 1)", (source,)
        )
    outcome = await world.poll(posts(8, 7, 6))
    jobs = await world.database.all("SELECT * FROM backfill_jobs")
    after = list(world.recorder.problems)
    await world.poll(posts(9, 8, 7))

    assert outcome.counts.announced == 3
    assert ("gap", "blog", "") in after
    assert jobs == []
    assert world.recorder.problems.count(("gap", "blog", "")) == 1


async def test_a_feed_that_changes_completely_every_day_is_no_gap(world: PollerWorld) -> None:
    def goods(*names: str) -> str:
        return rss(*(item(1, title=name, link=f"{BLOG}/shop", guid="") for name in names))

    await world.poll(goods("Cat", "Dog"))
    await world.poll(goods("Fox", "Owl"))

    assert sorted(world.recorder.announced) == ["Fox", "Owl"]
    assert world.recorder.problems == []


@pytest.mark.parametrize(
    ("before", "after", "edits"),
    [
        ({"description": "A river."}, {"description": "A  river. "}, 0),
        ({"enclosure": "?sig=1"}, {"enclosure": "?sig=2"}, 0),
        ({"description": "Read 1,204 times"}, {"description": "Read 1,377 times"}, 1),
        ({"description": "A river."}, {"description": "A lake."}, 1),
        ({"title": "A river"}, {"title": "A lake"}, 1),
    ],
)
async def test_an_edit_is_a_change_of_what_people_read(
    world: PollerWorld, before: dict[str, str], after: dict[str, str], edits: int
) -> None:
    def entry(change: dict[str, str]) -> str:
        signature = change.get("enclosure", "")
        words = {name: value for name, value in change.items() if name != "enclosure"}
        picture = f'<enclosure url="https://cdn.example/a.jpg{signature}" type="image/jpeg" length="1"/>'
        return item(1, **words).replace("</item>", f"{picture}</item>")

    await world.poll(rss(entry(before)))
    await world.poll(rss(entry(after)))

    assert len(world.recorder.changed) == edits


async def test_words_removed_from_a_summary_are_removed_from_the_article(world: PollerWorld) -> None:
    await world.poll(rss(item(1, description="Mina Park crossed the river at night."), item(2)))
    await world.poll(rss(item(1, description=""), item(2)))
    article = await world.articles.by_key(f"{BLOG}/1")

    assert article is not None
    assert article.summary == ""
    assert [title for _, title in world.recorder.changed] == ["Title 1"]


async def test_counters_are_limited_and_a_correction_of_words_goes_at_once(world: PollerWorld) -> None:
    for number in range(24):
        await world.poll(rss(item(1, description=f"Read {number} times")))
    counted = len(world.recorder.changed)
    await world.poll(rss(item(1, title="Corrected", description="Read 24 times")))
    await world.poll(rss(item(1, title="Corrected again", description="Read 24 times")))

    assert 1 <= counted <= 4
    assert [title for _, title in world.recorder.changed[counted:]] == ["Corrected", "Corrected again"]


async def test_new_dates_for_a_whole_feed_are_no_edits(world: PollerWorld) -> None:
    numbers = range(30)
    await world.poll(rss(*(item(n, pubDate=at(NOW - n * DAY)) for n in numbers)))
    for day in range(3):
        await world.poll(rss(*(item(n, pubDate=at(NOW + day)) for n in numbers)))

    assert world.recorder.changed == []


async def test_an_article_that_left_between_others_is_checked_at_once(world: PollerWorld) -> None:
    posts = [item(n, pubDate=at(NOW - n * DAY)) for n in range(1, 5)]
    await world.poll(rss(*posts))
    async with world.database.transaction() as tx:
        await tx.execute("UPDATE articles SET page_next_check = 9e9")
    await world.poll(rss(posts[0], posts[2]))
    due = await world.database.all("SELECT title FROM articles WHERE page_next_check <= ?", (world.now,))

    assert [row["title"] for row in due] == ["Title 2"]  # number 4 may only have been pushed out


async def test_a_hold_that_nobody_decides_ends_after_a_week_as_none(world: PollerWorld) -> None:
    await world.poll(rss(item(1)))
    await world.poll(rss(item(2, pubDate=at(NOW - 60 * DAY)), item(1)))
    world.now += 6 * DAY
    assert await world.writer.expire_holds() == 0
    world.now += 2 * DAY
    assert await world.writer.expire_holds() == 1

    assert await world.held() == []
    assert world.recorder.problems[-1] == ("expired", "blog", f"1 in {GUILD}")
    assert (world.recorder.announced, await world.planned()) == ([], [])


async def test_a_site_with_another_domain_other_paths_and_new_dates_announces_only_what_is_new(
    world: PollerWorld,
) -> None:
    def before(number: int) -> str:
        link = f"https://old.example.org/2025/05/story-{number}/"
        return item(number, title=f"Story {number}", link=link, guid=link, pubDate=at(NOW - (20 - number) * DAY))

    def after(number: int) -> str:
        link = f"https://www.example.com/news/story-{number}"
        return item(number, title=f"Story {number}", link=link, guid=link, pubDate=at(NOW + number))

    await world.poll(rss(*map(before, range(10, 0, -1))))
    await world.poll(rss(*map(after, range(11, 2, -1))))

    assert world.recorder.announced == ["Story 11"]
    assert len(await world.titles()) == 11


async def test_articles_with_one_title_and_one_slug_in_folders_of_dates_stay_apart(world: PollerWorld) -> None:
    def week(number: int) -> str:
        link = f"{BLOG}/2025/{number:02}/weekly-links"
        return item(number, title="Weekly links", link=link, guid=link, pubDate=at(NOW - (7 - number) * DAY))

    await world.poll(rss(*map(week, (4, 3, 2, 1))))
    await world.poll(rss(*map(week, (6, 5, 4, 3))))

    assert world.recorder.announced == ["Weekly links", "Weekly links"]
    assert len(await world.titles()) == 6


async def test_an_edit_that_is_undone_with_its_earlier_guid_is_an_edit(world: PollerWorld) -> None:
    first = item(1, title="The Lamp", link=f"{BLOG}/lamp", guid="hash-of-the-lamp")
    second = item(1, title="The Lanp", link=f"{BLOG}/lamp", guid="hash-of-the-lanp")
    for version in (first, second, first):
        await world.poll(rss(version))

    assert await world.titles() == ["The Lamp"]
    assert [title for _, title in world.recorder.changed] == ["The Lanp", "The Lamp"]
