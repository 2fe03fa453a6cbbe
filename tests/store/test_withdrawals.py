"""Withdrawn words: kept apart for a reinstatement, then gone from every file; names are recognised by their hashes."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.app.core import Core, open_core
from bot.config.settings import Settings
from bot.delivery.incidents import incident_sentence
from bot.feeds.document import Entry
from bot.i18n import Catalogue
from bot.models import ArticleBody, ArticleState, NewArticle, Passage
from bot.store.backfill import AddressKind, BackfillAddress, BackfillQueue
from bot.store.backup import copy_database
from bot.store.identities import ERASED, Identities, erased_name
from bot.store.saved_searches import SavedSearches
from tests.store.sensitive import FIRST, NOW, PERSON, SLUG, article, files_with, sensitive


class Clock:
    now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def core(settings: Settings, clock: Clock) -> AsyncIterator[Core]:
    async with open_core(settings, clock=clock) as core:
        yield core


def entry_of(identity: str) -> Entry:
    return Entry(SLUG, "A title", identity=identity, key=SLUG, address_key=SLUG, content_hash="hash")


async def add(core: Core, new: NewArticle) -> int:
    async with core.database.transaction() as tx:
        [article_id] = await core.articles.add(tx, [new], NOW)
        await core.events.added(tx, [(article_id, new)], NOW, announce=False)
        await Identities(core.database).record(tx, new.feed, [(entry_of(new.identity), article_id)])
    return article_id


async def filled(core: Core) -> int:
    """Some articles, one of them sensitive; everything around it that repeats its words. Gives its id."""
    for number in range(1, 31):
        await add(core, article(number))
    found = await add(core, sensitive())
    searches = SavedSearches(core.database, core.clock)
    await searches.keep(json.dumps([f"where is {PERSON} now"]))
    await searches.keep(json.dumps(["crossed the frozen river before dawn"]))
    await searches.keep(json.dumps(["traders in spring"]))
    queue = BackfillQueue(core.database)
    source = BackfillAddress("https://blog.example/map", "https://blog.example/map", AddressKind.SOURCE)
    job = await queue.open(source, "blog", None, NOW)
    async with core.database.transaction() as tx:
        await queue.enqueue(tx, job.id, [BackfillAddress(SLUG, SLUG, AddressKind.ARTICLE)])
        await tx.execute("INSERT INTO search_asked VALUES ('query', ?, 3, 20000)", (PERSON.lower(),))
        await tx.execute("INSERT INTO search_asked VALUES ('query', 'markets', 3, 20000)")
        await tx.execute("INSERT INTO search_asked VALUES ('article', ?, 3, 20000)", (str(found),))
    return found


async def test_erasure_leaves_no_word_of_the_article_in_any_file(core: Core, clock: Clock, tmp_path: Path) -> None:
    found = await filled(core)
    await core.withdraw(found)
    clock.now += core.settings.delivery.erase_after + 1
    old = await core.withdrawals.kept(core.clock() - core.settings.delivery.erase_after)
    await core.erase([article.id for article in old])

    copy_database(core.settings.database, tmp_path / "backup.db", lambda _done, _total: None)
    for word in (PERSON, FIRST, "frozen river before dawn", "neighbour", "bicycles"):
        assert files_with(core.settings.database.parent, word) == [], word


async def test_erasure_keeps_what_belongs_to_others(core: Core) -> None:
    found = await filled(core)
    await core.withdraw(found)
    assert await core.erase([found])

    assert await core.articles.count() == 30
    rows = await core.database.all("SELECT value FROM search_asked")
    assert [row["value"] for row in rows] == ["markets"]
    saved = await core.database.all("SELECT state FROM saved_searches")
    assert [row["state"] for row in saved] == ['["traders in spring"]']
    assert await core.database.all("SELECT * FROM pragma_integrity_check") != []


async def test_words_stay_for_the_configured_time_and_nobody_reads_them(core: Core, clock: Clock) -> None:
    found = await filled(core)
    await core.withdraw(found)
    clock.now += core.settings.delivery.erase_after - 60
    old = await core.withdrawals.kept(core.clock() - core.settings.delivery.erase_after)
    await core.erase([article.id for article in old])

    assert found in [one.id for one in await core.withdrawals.kept()]
    withdrawn = await core.articles.get(found)
    assert withdrawn is not None
    assert (withdrawn.state, withdrawn.title, withdrawn.summary, withdrawn.author) == (
        ArticleState.WITHDRAWN,
        "",
        "",
        "",
    )
    assert (await core.articles.body(found)).passages == ()


async def test_reinstating_brings_back_every_word(core: Core) -> None:
    found = await filled(core)
    before = (await core.articles.get(found), await core.articles.body(found))
    await core.withdraw(found)
    assert await core.reinstate(found)

    assert (await core.articles.get(found), await core.articles.body(found)) == before
    assert found not in [one.id for one in await core.withdrawals.kept()]


async def test_an_erased_article_cannot_be_reinstated(core: Core) -> None:
    found = await filled(core)
    await core.withdraw(found)
    await core.erase([found])
    assert not await core.reinstate(found)


async def test_an_erased_article_is_still_recognised_and_never_new(core: Core) -> None:
    """By its address, its guid and its place on the work list of an import; none of them is stored any more."""
    found = await filled(core)
    await core.withdraw(found)
    await core.erase([found])
    identities, queue = Identities(core.database), BackfillQueue(core.database)

    by_key = await core.articles.by_key(SLUG)
    assert by_key is not None
    assert by_key.id == found
    assert await identities.known_keys([SLUG, "https://blog.example/1"]) == {SLUG: found, "https://blog.example/1": 1}
    known = await identities.known("blog", [entry_of(f"{SLUG}#guid")])
    assert known.identities[f"{SLUG}#guid"].article_id == found
    addresses = [BackfillAddress(SLUG, SLUG, AddressKind.ARTICLE)]
    assert await queue.stored(addresses, "blog") == {SLUG: (found, True)}
    async with core.database.transaction() as tx:
        await identities.record(tx, "blog", [(entry_of(f"{SLUG}#guid"), found)])
        await queue.enqueue(tx, 1, addresses)
    assert await core.database.all("SELECT 1 FROM identities WHERE identity LIKE '%quimb%'") == []
    assert await core.database.all("SELECT 1 FROM backfill_addresses WHERE url LIKE '%quimb%'") == []


async def test_an_article_with_the_guid_of_an_erased_one_is_erased_as_well(core: Core) -> None:
    """A feed that counts its items uses a guid again; a file may have both the guid and its hash."""
    identities = Identities(core.database)
    first, second = await add(core, article(1)), await add(core, article(2))
    async with core.database.transaction() as tx:
        await identities.record(tx, "blog", [(entry_of("7"), first)])
    await core.withdraw(first)
    await core.erase([first])
    async with core.database.transaction() as tx:
        await tx.execute("INSERT INTO identities (feed, identity, article) VALUES ('blog', '7', ?)", (second,))
    await core.withdraw(second)
    await core.erase([second])

    [row] = await core.database.all("SELECT article FROM identities WHERE identity = ?", (erased_name("7"),))
    assert row["article"] == second
    assert await core.database.all("SELECT 1 FROM identities WHERE identity = '7'") == []


async def test_a_new_article_takes_the_guid_of_an_erased_one(core: Core) -> None:
    identities, new = Identities(core.database), entry_of("7")
    first = await add(core, article(1))
    async with core.database.transaction() as tx:
        await identities.record(tx, "blog", [(entry_of("7"), first)])
    await core.withdraw(first)
    await core.erase([first])
    async with core.database.transaction() as tx:
        assert await identities.free(tx, "blog", [new]) == [SLUG]

    assert (await identities.known("blog", [new])).identities == {}


async def test_many_erasures_leave_nothing_in_the_slack_of_pages(core: Core) -> None:
    """SQLite overwrites what it deletes but not what it moved before; the file is looked through and rewritten."""
    ids: list[int] = []
    for number in range(120):
        mark = f"qzx{number}kjw"
        text = f"{mark} " * 3 + "Traders sell what they grow. " * (number % 17 * 10)
        body = ArticleBody(passages=(Passage(0, "", text),))
        ids.append(await add(core, article(number, title=f"{mark} in spring", summary=f"{mark} waits", body=body)))
    gone = ids[10:110:3]
    for article_id in gone:
        await core.withdraw(article_id)
    assert await core.erase(gone)
    marks = [f"qzx{number}kjw" for number in range(10, 110, 3)]
    content = core.settings.database.read_bytes()
    assert [mark for mark in marks if mark.encode() in content] == []
    assert b"qzx11kjw" in content


@pytest.mark.parametrize("name", ["https://blog.example/a", "guid-1", "글 제목", ""])
def test_an_erased_name_is_stable_and_not_readable(name: str) -> None:
    erased = erased_name(name)
    assert erased == erased_name(name) == erased_name(erased)
    assert not name or (erased.startswith(ERASED) and name not in erased)


async def test_a_withdrawal_is_reported_to_the_servers_that_may_bring_it_back(settings: Settings) -> None:
    """Without a title, and several at once are one message."""
    delivery = settings.delivery.model_copy(update={"reinstate_servers": (7,)})
    async with open_core(settings.model_copy(update={"delivery": delivery}), clock=Clock()) as core:
        for number in (1, 2):
            await core.withdraw(await add(core, article(number)))

        incidents = await core.incidents.unreported()

    assert [(one.guild_id, one.kind, one.detail, one.is_notice) for one in incidents] == [
        (7, "withdrawn", "", True)
    ] * 2
    sentence = incident_sentence(incidents, Catalogue.of("en"), {})
    assert sentence.startswith("\u21a9\ufe0f 2 articles were withdrawn")
