"""Messages are recorded before they show an article, and become due when it changes."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.models import Article
from bot.store.articles import Articles
from bot.store.database import Database
from bot.store.deliveries import content_hash
from bot.store.guilds import Guilds
from bot.store.shared_cards import NOTICE, MessageRef, SharedCards
from tests.store.samples import draft

NOW = 1_800_000_000.0
PLACE = MessageRef(7, 70, 700, "en")


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = await Database.open(tmp_path / "herald.db")
    yield database
    await database.close()


async def add(database: Database) -> Article:
    articles = Articles(database)
    async with database.transaction() as tx:
        [article_id] = await articles.add(tx, [draft(1)], NOW)
    found = await articles.get(article_id)
    assert found is not None
    return found


async def retitle(database: Database, article: Article, title: str) -> Article:
    async with database.transaction() as tx:
        await tx.execute("UPDATE articles SET title = ? WHERE id = ?", (title, article.id))
        await SharedCards(database).changed(tx, article.id, NOW)
    return replace(article, title=title)


async def withdraw(database: Database, article: Article) -> None:
    async with database.transaction() as tx:
        await Articles(database).withdraw(tx, article.id, NOW)
        await SharedCards(database).changed(tx, article.id, NOW)


async def put(database: Database, article: Article, place: MessageRef = PLACE) -> int:
    """A published, up-to-date card."""
    cards = SharedCards(database)
    card_id = await cards.reserve(article.id, place, NOW + 60)
    assert card_id is not None
    assert not await cards.confirm(card_id, article, NOW)
    return card_id


async def test_no_card_of_a_withdrawn_article_is_reserved(database: Database) -> None:
    """The article's state is read in the transaction that records the message."""
    article = await add(database)
    await withdraw(database, article)

    assert await SharedCards(database).reserve(article.id, PLACE, NOW + 60) is None
    assert await SharedCards(database).visible(article.id) == 0


async def test_a_published_card_is_due_only_after_its_article_changes(database: Database) -> None:
    """And only where the shown fields changed."""
    cards, article = SharedCards(database), await add(database)
    await put(database, article)
    assert await cards.next_due(0.0) is None

    async with database.transaction() as tx:
        await cards.changed(tx, article.id, NOW)
    assert await cards.next_due(0.0) is None

    changed = await retitle(database, article, "Another title")
    (work,) = await cards.due(NOW, 5)
    assert work.article.title == "Another title"
    assert (work.card.place, work.card.desired_hash, work.card.posted_hash) == (
        PLACE,
        content_hash(changed),
        content_hash(article),
    )


async def test_a_message_is_not_edited_while_its_card_is_being_published(database: Database) -> None:
    """Otherwise the card could replace the notice of a withdrawal; afterwards it is due at once."""
    cards, article = SharedCards(database), await add(database)
    card_id = await cards.reserve(article.id, PLACE, NOW + 60)
    assert card_id is not None

    await withdraw(database, article)
    assert await cards.due(NOW + 59, 5) == []
    assert [work.card.desired_hash for work in await cards.due(NOW + 60, 5)] == [NOTICE]

    assert await cards.confirm(card_id, article, NOW + 1)
    assert [work.card.id for work in await cards.due(NOW + 1, 5)] == [card_id]


async def test_a_change_requested_while_a_step_runs_is_kept(database: Database) -> None:
    cards, article = SharedCards(database), await add(database)
    await put(database, article)
    await retitle(database, article, "First")
    (work,) = await cards.due(NOW, 5)
    await retitle(database, article, "Second")

    async with database.transaction() as tx:
        await cards.save(tx, replace(work.card, posted_hash=work.card.desired_hash, due=None), NOW + 5)

    (again,) = await cards.due(NOW + 5, 5)
    assert again.card.posted_hash != again.card.desired_hash


async def test_a_blocked_withdrawal_is_retried_on_request(database: Database) -> None:
    """A second `retract`, or a change in the server, ends the waiting."""
    cards, article = SharedCards(database), await add(database)
    await put(database, article)
    await withdraw(database, article)
    (work,) = await cards.due(NOW, 5)
    async with database.transaction() as tx:
        await cards.save(tx, replace(work.card, due=NOW + 3_600, blocked_reason="view_channel"), NOW)
    assert (await cards.pending(article.id), len(await cards.unreachable(article_id=article.id))) == (0, 1)
    assert (len(await cards.unreachable(guild_id=7)), len(await cards.unreachable(guild_id=8))) == (1, 0)

    await cards.retry_blocked(8, NOW)
    assert await cards.due(NOW, 5) == []
    await cards.retry_blocked(7, NOW)
    assert len(await cards.due(NOW, 5)) == 1

    async with database.transaction() as tx:
        await cards.changed(tx, article.id, NOW)
    assert (await cards.pending(article.id), await cards.unreachable(article_id=article.id)) == (1, [])


async def test_a_clock_that_jumped_back_delays_nothing(database: Database) -> None:
    cards, article = SharedCards(database), await add(database)
    await cards.reserve(article.id, PLACE, NOW + 100_000)

    assert len(await cards.due(NOW, 5)) == 1


async def test_cards_are_deleted_with_their_server_or_channel(database: Database) -> None:
    """No row of a deleted server, channel or message is kept."""
    cards, article = SharedCards(database), await add(database)
    places = [
        MessageRef(7, 70, 1, "en"),
        MessageRef(7, 71, 2, "en"),
        MessageRef(8, 80, 3, "en"),
        MessageRef(8, 80, 4, "en"),
    ]
    for place in places:
        await put(database, article, place)

    async with database.transaction() as tx:
        await Guilds(database).delete(tx, 7)
    assert await cards.visible(article.id) == 2
    async with database.transaction() as tx:
        await cards.forget(tx, message_id=3)
    assert await cards.visible(article.id) == 1
    async with database.transaction() as tx:
        await cards.forget(tx, channel_id=80)
    assert await cards.visible(article.id) == 0


async def test_no_column_names_who_shared(database: Database) -> None:
    """The member's name is only in the message."""
    rows = await database.all("SELECT name FROM pragma_table_info('shared_cards')")

    assert not {"user_id", "member", "author", "user"} & {row["name"] for row in rows}
