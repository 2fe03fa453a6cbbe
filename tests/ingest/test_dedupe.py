"""Which entries are new: by evidence, in any order, whatever guids and addresses a feed uses."""

import itertools
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.feeds.parser import UnnamedEntry
from tests.ingest.entry_memory import Memory, item

DAY = 86_400.0
NOW = 1_790_000_000.0

# How feeds name their items: every policy gives item `n` of a feed with `count` items its guid and address.
Policy = Callable[[int], tuple[str, str]]
POLICIES: dict[str, Policy] = {
    "own guid, own address": lambda n: (f"guid-{n}", f"/{n}"),
    "guid is the address": lambda n: (f"https://blog.example/{n}", f"/{n}"),
    "own guid, one address for all": lambda n: (f"guid-{n}", "/upcoming/"),
    "own guid, the front page for all": lambda n: (f"guid-{n}", "/"),
    "own guid, addresses that differ by fragment": lambda n: (f"guid-{n}", f"/changes#v{n}"),
    "no guid, own address": lambda n: ("", f"/{n}"),
    "no guid, one address for all": lambda _: ("", "/shop"),
    "no guid, addresses that differ by fragment": lambda n: ("", f"/changes#v{n}"),
    "no guid, addresses that differ by a parameter": lambda n: ("", f"/?p={n}"),
    "one guid for all, own address": lambda n: ("N/A", f"/{n}"),
    "one guid for all, one address for all": lambda _: ("N/A", "/shop"),
    "one guid for all, addresses that differ by fragment": lambda n: ("0", f"/changes#v{n}"),
}


def items(policy: str, numbers: range, date: Callable[[int], float | None]) -> list[UnnamedEntry]:
    """Items newest first, as feeds list them."""
    made: list[UnnamedEntry] = []
    for number in reversed(numbers):
        guid, url = POLICIES[policy](number)
        made.append(item(f"Item {number}", url, guid, date(number)))
    return made


def positioned(made: list[UnnamedEntry]) -> list[UnnamedEntry]:
    """The same items with their position in the document as guid."""
    return [UnnamedEntry(found.entry, str(place)) for place, found in enumerate(made, 1)]


DATES: dict[str, Callable[[int], float | None]] = {
    "own dates": lambda n: NOW + n * 60,
    "one date for all": lambda _: NOW,
    "no dates": lambda _: None,
}


@pytest.mark.parametrize("dates", DATES)
@pytest.mark.parametrize("policy", POLICIES)
def test_every_item_is_new_once_whatever_guid_and_address_it_has(policy: str, dates: str) -> None:
    memory = Memory()

    assert sorted(memory.poll(items(policy, range(4), DATES[dates]))) == [f"Item {n}" for n in range(4)]
    assert memory.poll(items(policy, range(4), DATES[dates])) == []
    assert sorted(memory.poll(items(policy, range(1, 7), DATES[dates]))) == ["Item 4", "Item 5", "Item 6"]
    assert memory.poll(items(policy, range(7), DATES[dates])) == []


@pytest.mark.parametrize("url", ["/{n}", "/list"])
@pytest.mark.parametrize("dates", DATES)
def test_a_guid_that_is_a_position_identifies_nothing(url: str, dates: str) -> None:
    def at(numbers: range) -> list[UnnamedEntry]:
        return positioned([item(f"Item {n}", url.format(n=n), "", DATES[dates](n)) for n in reversed(numbers)])

    memory = Memory()
    memory.poll(at(range(5)))

    assert memory.poll(at(range(5))) == []
    assert memory.poll(at(range(1, 6))) == ["Item 5"]
    assert sorted(memory.poll(at(range(3, 9)))) == ["Item 6", "Item 7", "Item 8"]
    assert memory.poll(at(range(4, 9))) == []


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.data())
def test_the_order_of_the_entries_never_matters(data: st.DataObject) -> None:
    policy = data.draw(st.sampled_from(list(POLICIES)))
    date = DATES[data.draw(st.sampled_from(list(DATES)))]
    first, second = items(policy, range(5), date), items(policy, range(2, 8), date)
    memory, shuffled = Memory(), Memory()
    memory.poll(first)
    shuffled.poll(data.draw(st.permutations(first)))

    assert sorted(memory.poll(second)) == sorted(shuffled.poll(data.draw(st.permutations(second))))
    assert len(memory.articles) == len(shuffled.articles) == 8


def test_single_items_with_one_guid_for_all_are_different_articles() -> None:
    memory = Memory()
    memory.poll([item("Build 1", "/b/1", "N/A", NOW)])

    assert memory.poll([item("Build 2", "/b/2", "N/A", NOW + 60)]) == ["Build 2"]
    two = [item("Build 3", "/b/3", "N/A", NOW + 120), item("Build 2", "/b/2", "N/A", NOW + 60)]
    assert memory.poll(two) == ["Build 3"]


def test_one_address_is_shared_from_the_second_item_on() -> None:
    memory = Memory()
    memory.poll([item("Cat", "/shop", "", NOW)])

    assert memory.poll([item("Dog", "/shop", "", NOW + 60), item("Cat", "/shop", "", NOW)]) == ["Dog"]
    assert memory.poll([item("Dog", "/shop", "", NOW + 60)]) == []
    assert memory.poll([item("Fox", "/shop", "", NOW + 90)]) == ["Fox"]


@pytest.mark.parametrize("guid", ["", "N/A"])
def test_equal_titles_are_distinguished_by_their_dates(guid: str) -> None:
    def day(number: int) -> UnnamedEntry:
        return item("Special of the day", "/shop", guid, NOW + number * DAY)

    other = item("Other", "/shop", guid, NOW)
    memory = Memory()
    memory.poll([day(1), other])

    assert memory.poll([day(2), day(1), other]) == ["Special of the day"]
    assert memory.poll([day(2), other]) == []
    assert memory.poll([day(1), other]) == []
    assert memory.poll([day(3), day(2), other]) == ["Special of the day"]


@pytest.mark.parametrize("signs", [("C", "C++"), ("Version 1.0", "Version 10"), ("A & B", "A B")])
def test_titles_that_differ_in_one_character_are_different_items(signs: tuple[str, str]) -> None:
    assert sorted(Memory().poll([item(title, "/list") for title in signs])) == sorted(signs)


def test_entries_that_look_the_same_to_a_reader_are_one_article() -> None:
    twice = [item("One", "/one", guid, NOW, "Words") for guid in ("a", "b")]

    assert Memory().poll(twice) == ["One"]


@pytest.mark.parametrize(
    "after",
    [
        item("Bridge", "/bridge", "g", NOW),
        item("Bridge (corrected)", "/bridge", "g", NOW),
        item("Bridge", "/bridge-corrected", "g", NOW),
        item("Bridge", "/bridge", "other", NOW),
        item("Bridge", "/bridge", "g", NOW + 90 * DAY),
        item("Bridge", "/bridge", "other", NOW + 90 * DAY),
        item("Bridge again", "/bridge", "other", NOW + 90 * DAY),
        item("Bridge", "/bridge-corrected", "other", NOW),
        item("Bridge", "https://new.example/bridge", "https://new.example/bridge", NOW),
        item("Bridge", "/bridge#part-2", "g", NOW),
        item("Bridge", "http://www.blog.example/bridge/?utm_source=rss", "", NOW),
    ],
)
def test_the_same_article_under_another_title_date_guid_or_address_is_not_new(after: UnnamedEntry) -> None:
    rest = [item("Older", "/older", "o", NOW - DAY), item("Oldest", "/oldest", "p", NOW - 2 * DAY)]
    memory = Memory()
    memory.poll([item("Bridge", "/bridge", "g", NOW), *rest])

    assert memory.poll([after, *rest]) == []
    assert memory.poll([item("New", "/new", "n", NOW + DAY), after, *rest]) == ["New"]
    assert len(memory.articles) == 4


def test_a_known_guid_with_another_title_and_address_is_a_new_article() -> None:
    memory = Memory()
    memory.poll([item("One", "/one", "g", NOW)])

    assert memory.poll([item("Two", "/two", "g", NOW + DAY)]) == ["Two"]


def test_equal_title_and_date_beside_the_old_entry_is_a_new_article() -> None:
    memory = Memory()
    old = item("Weekly links", "/links-1", "a", NOW)
    memory.poll([old])

    assert memory.poll([item("Weekly links", "/links-2", "b", NOW), old]) == ["Weekly links"]


def test_an_equal_title_of_another_day_is_a_new_article() -> None:
    memory = Memory()
    memory.poll([item("Weekly links", "/links-1", "a", NOW), item("Older", "/o", "o", NOW - DAY)])

    assert memory.poll([item("Weekly links", "/links-2", "b", NOW + 7 * DAY), item("Older", "/o", "o", NOW - DAY)])


@pytest.mark.parametrize("redated", [0.0, 400 * DAY])
def test_a_site_that_moves_to_another_domain_announces_its_new_article_alone(redated: float) -> None:
    def at(host: str, numbers: range, later: float = 0.0) -> list[UnnamedEntry]:
        addresses = {n: f"https://{host}/blog/post-{n}" for n in numbers}
        return [item(f"Post {n}", addresses[n], addresses[n], NOW + n + later) for n in reversed(numbers)]

    memory = Memory()
    memory.poll(at("old.example", range(8)))

    assert memory.poll(at("new.example", range(1, 9), redated)) == ["Post 8"]
    assert memory.poll(at("new.example", range(1, 9), redated)) == []
    assert len(memory.articles) == 9


def test_without_dates_a_new_address_in_the_middle_is_the_same_article() -> None:
    memory = Memory()
    memory.poll([item("Three", "/3"), item("Two", "/2"), item("One", "/1")])

    assert memory.poll([item("Three", "/3"), item("Two", "/two"), item("One", "/1")]) == []
    assert memory.poll([item("Four", "/4"), item("Three", "/3"), item("Two", "/two"), item("One", "/1")]) == ["Four"]


def test_without_dates_a_title_repeated_after_the_first_left_the_feed_is_a_new_article() -> None:
    memory = Memory()
    memory.poll([item("Three", "/3"), item("Two", "/2"), item("Weekly", "/w1")])

    assert memory.poll([item("Weekly", "/w2"), item("Three", "/3"), item("Two", "/2")]) == ["Weekly"]


def test_an_article_of_two_feeds_is_one_article() -> None:
    memory = Memory()
    memory.poll([item("Old", "/old", "o", NOW)])
    memory.poll([item("Old", "/old", "o", NOW)], "second")
    shared = item("Shared", "/shared", "s", NOW + 60)

    assert memory.poll([shared, item("Old", "/old", "o", NOW)]) == ["Shared"]
    joined = memory.diff([shared, item("Old", "/old", "o", NOW)], "second").joined
    assert [entry.title for entry, _ in joined] == ["Shared"]
    assert memory.poll([shared, item("Old", "/old", "o", NOW)], "second") == []
    assert not memory.diff([shared], "second").joined


def test_articles_are_returned_oldest_first_and_equal_dates_in_feed_order() -> None:
    assert Memory().poll([item("C", "/c", "c", NOW), item("B", "/b", "b", NOW), item("A", "/a", "a", NOW - 1)]) == [
        "A", "B", "C",
    ]  # fmt: skip


def changed(found: UnnamedEntry, change: str, number: int) -> UnnamedEntry:
    """The same article after an edit of one thing, as people edit."""
    entry = found.entry
    said = {"title": entry.title, "url": entry.url, "guid": found.guid, "published": entry.published}
    new = {
        "title": {"title": f"{entry.title} again {number}"},
        "address": {"url": f"/items/renamed-{number}"},
        "guid": {"guid": f"guid-{number}"},
        "date": {"published": NOW + number * DAY},
        "summary": {"summary": f"Words {number}"},
    }[change]
    return item(**(said | new))


EDITS = ("title", "address", "guid", "date", "summary")
CHANGES = (*EDITS, "shuffle", "drop", "return", "add")


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.sampled_from(CHANGES), st.integers(0, 5)), max_size=12), st.randoms(use_true_random=False))
def test_any_history_of_edits_moves_and_new_dates_announces_once(history: list[tuple[str, int]], rng) -> None:  # noqa: ANN001
    """One property of an item changes at a time; what is added is new exactly once."""
    count = itertools.count(1)

    def fresh() -> UnnamedEntry:
        n = next(count)
        return item(f"Item {n}", f"/items/{n}", f"guid-{n}", NOW + n * 3_600)

    feed = [fresh() for _ in range(4)]
    memory, gone, added = Memory(), list[UnnamedEntry](), 4
    assert len(memory.poll(feed)) == 4
    for change, place in history:
        at = place % len(feed)
        if change in EDITS:
            feed[at] = changed(feed[at], change, next(count))
        elif change == "shuffle":
            rng.shuffle(feed)
        elif change == "drop" and len(feed) > 1:
            gone.append(feed.pop(at))
        elif change == "return" and gone:
            feed.append(gone.pop())
        elif change == "add":
            feed.append(fresh())
            assert len(memory.poll(feed)) == 1
            added += 1
        assert memory.poll(feed) == []
        assert len(memory.articles) == added
