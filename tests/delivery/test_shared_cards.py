"""Shared cards: edited when the article changes, withdrawn when it is withdrawn, whatever happens at the same time."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import pytest

from bot.config.settings import DeliverySettings
from bot.delivery.ports import Done, MessageDeleted, PermissionMissing, Rejected, RetryLater, Step, StepResult
from bot.delivery.shared_cards import AGAIN_SECONDS, LEASE_SECONDS, apply_result, next_step, place_card
from bot.models import Article, ArticleState
from bot.store.database import Database
from bot.store.incidents import Incidents
from bot.store.shared_cards import DueCard, MessageRef, SharedCard, SharedCards
from tests.delivery.delivery_world import GUILD, DeliveryWorld
from tests.delivery.fakes import FakeSender, KilledError
from tests.delivery.samples import ARTICLE

PLACE = MessageRef(GUILD, 70, 700, "en")
CARD = SharedCard(1, 1, PLACE, desired_hash=5, posted_hash=4, due=0.0)
NOW = 1_000.0


@dataclass
class CardsWorld:
    """A bot of which only the cards matter."""

    world: DeliveryWorld
    cards: SharedCards
    incidents: Incidents
    delete: bool = False

    @property
    def sender(self) -> FakeSender:
        return self.world.sender

    async def article(self) -> Article:
        found = await self.world.articles.get(await self.world.publish(1))
        assert found is not None
        return found

    async def change(self, article: Article, title: str) -> None:
        async with self.world.database.transaction() as tx:
            await tx.execute("UPDATE articles SET title = ? WHERE id = ?", (title, article.id))
            await self.cards.changed(tx, article.id, self.world.now)

    async def withdraw(self, article: Article) -> None:
        async with self.world.database.transaction() as tx:
            await self.world.articles.withdraw(tx, article.id, self.world.now)
            await self.cards.changed(tx, article.id, self.world.now)

    async def put(self, article: Article, place: MessageRef = PLACE) -> None:
        """A member shares the article."""

        async def show() -> None:
            self.sender.cards[place.message_id] = article.title

        assert await self.place(article, place, show)

    async def place(
        self,
        article: Article,
        place: MessageRef,
        show: Callable[[], Awaitable[object]],
        wake: Callable[[], None] = lambda: None,
    ) -> bool:
        cards = SharedCards(self.world.database)
        return await place_card(cards, article, place, show, clock=lambda: self.world.now, wake=wake)

    async def look(self) -> None:
        """Starts the bot, lets it perform all due steps, and stops it."""
        self.world.settings = DeliverySettings(withdrawn_posts="delete" if self.delete else "notice")
        self.world.announcer = announcer = self.world.start()
        running = asyncio.create_task(announcer.run())
        await self.world.idle(running)
        await announcer.stop()
        await running


@pytest.fixture
async def cards_world(tmp_path: Path) -> AsyncIterator[CardsWorld]:
    database = await Database.open(tmp_path / "herald.db")
    yield CardsWorld(DeliveryWorld(database, DeliverySettings()), SharedCards(database), Incidents(database))
    await database.close()


@pytest.mark.parametrize(
    ("state", "shown", "delete", "step"),
    [
        (ArticleState.LIVE, 5, False, None),
        (ArticleState.LIVE, 4, False, Step.EDIT),
        (ArticleState.WITHDRAWN, 4, False, Step.REPLACE),
        (ArticleState.WITHDRAWN, 4, True, Step.DELETE),
    ],
)
def test_the_next_step_of_a_card(state: ArticleState, shown: int, *, delete: bool, step: Step | None) -> None:
    work = DueCard(replace(CARD, posted_hash=shown), replace(ARTICLE, state=state))

    assert next_step(work, delete=delete) is step


@pytest.mark.parametrize(
    ("step", "answer", "found"),
    [
        pytest.param(Step.EDIT, Done(), replace(CARD, posted_hash=5, due=None), id="corrected"),
        pytest.param(
            Step.EDIT,
            Rejected("400"),
            replace(CARD, due=NOW + AGAIN_SECONDS, blocked_reason="refused"),
            id="correction refused",
        ),
        pytest.param(None, Done(), replace(CARD, posted_hash=5, due=None), id="changed and changed back"),
        pytest.param(Step.REPLACE, Done(), None, id="notice"),
        pytest.param(Step.DELETE, Done(), None, id="deleted"),
        pytest.param(Step.EDIT, MessageDeleted(), None, id="a moderator deleted it"),
        pytest.param(Step.REPLACE, MessageDeleted(), None, id="deleted before it was withdrawn"),
        pytest.param(
            Step.REPLACE,
            RetryLater("rate_limited", maybe_sent=False, wait=7.0),
            replace(CARD, due=NOW + 7, attempts=1),
            id="429",
        ),
        pytest.param(
            Step.REPLACE,
            PermissionMissing("missing_access"),
            replace(CARD, due=NOW + AGAIN_SECONDS, blocked_reason="missing_access"),
            id="may not",
        ),
        pytest.param(
            Step.DELETE, Rejected("400"), replace(CARD, due=NOW + AGAIN_SECONDS, blocked_reason="refused"), id="cannot"
        ),
    ],
)
def test_the_effect_of_a_result_on_a_card(step: Step | None, answer: StepResult, found: SharedCard | None) -> None:
    assert apply_result(CARD, step, answer, NOW, Random(1)) == found


async def test_a_card_follows_its_article_to_the_end(cards_world: CardsWorld) -> None:
    article = await cards_world.article()
    await cards_world.put(article)
    await cards_world.look()
    assert cards_world.sender.cards_taken == []

    await cards_world.change(article, "Another title")
    await cards_world.look()
    assert cards_world.sender.cards == {700: "Another title"}

    await cards_world.withdraw(article)
    await cards_world.look()
    assert cards_world.sender.cards == {700: "notice"}
    assert await cards_world.cards.visible(article.id) == 0


async def test_withdrawn_cards_are_deleted_where_the_operator_chose_so(cards_world: CardsWorld) -> None:
    article = await cards_world.article()
    await cards_world.put(article)
    await cards_world.withdraw(article)
    cards_world.delete = True
    await cards_world.look()

    assert cards_world.sender.cards == {700: "delete"}


WAYS = ("before the place is stored", "before the card is put", "after the card is put", "not at all")
CHANGES = ("nothing", "changed", "withdrawn before", "withdrawn after")


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("way", WAYS)
async def test_a_kill_at_any_line_leaves_no_card_unknown(cards_world: CardsWorld, way: str, change: str) -> None:
    """After the next start the message names nothing, or shows the current article."""
    article = await cards_world.article()
    if change == "withdrawn before":
        await cards_world.withdraw(article)
    cards_world.sender.cards[700] = "one moment"

    async def show() -> None:
        if way == "before the card is put":
            raise KilledError
        cards_world.sender.cards[700] = article.title
        if way == "after the card is put":
            raise KilledError

    if way != "before the place is stored":
        with suppress(KilledError):
            assert await cards_world.place(article, PLACE, show) is (change != "withdrawn before")
    if change == "changed":
        await cards_world.change(article, "Another title")
    if change == "withdrawn after":
        await cards_world.withdraw(article)
    cards_world.world.now += LEASE_SECONDS
    await cards_world.look()

    named = {"nothing": "Article 1", "changed": "Another title", "withdrawn after": "notice"}
    known = way != "before the place is stored" and change != "withdrawn before"
    assert cards_world.sender.cards == {700: named[change] if known else "one moment"}
    assert await cards_world.cards.next_due(0.0) is None


async def test_a_withdrawal_waits_for_a_card_that_is_being_published(cards_world: CardsWorld) -> None:
    """The notice comes after the card, never before."""
    article, woken = await cards_world.article(), asyncio.Event()

    async def show() -> None:
        await cards_world.withdraw(article)
        await cards_world.look()
        assert cards_world.sender.cards_taken == []
        cards_world.sender.cards[700] = article.title

    assert await cards_world.place(article, PLACE, show, woken.set)
    assert woken.is_set()
    await cards_world.look()

    assert cards_world.sender.cards == {700: "notice"}


async def test_a_reinstatement_during_the_request_for_the_notice_brings_the_card_back(cards_world: CardsWorld) -> None:
    article = await cards_world.article()
    await cards_world.put(article)
    await cards_world.withdraw(article)

    async def reinstate(step: Step, _point: str) -> None:
        if step is not Step.REPLACE:
            return
        async with cards_world.world.database.transaction() as tx:
            assert await cards_world.world.articles.reinstate(tx, article.id, cards_world.world.now)
            await cards_world.cards.changed(tx, article.id, cards_world.world.now)

    cards_world.sender.during = reinstate
    await cards_world.look()

    assert cards_world.sender.cards_taken == [(Step.REPLACE, 700), (Step.EDIT, 700)]
    assert cards_world.sender.cards == {700: article.title}
    assert await cards_world.cards.visible(article.id) == 1


async def test_publishing_a_card_after_its_notice_fails(cards_world: CardsWorld) -> None:
    """The clock jumped during publishing, so the reservation expired too early: the caller is informed."""
    article = await cards_world.article()

    async def show() -> None:
        await cards_world.withdraw(article)
        cards_world.world.now += LEASE_SECONDS
        await cards_world.look()
        assert cards_world.sender.cards == {700: "notice"}

    assert not await cards_world.place(article, PLACE, show)


async def test_a_failed_step_is_retried_later(cards_world: CardsWorld) -> None:
    article = await cards_world.article()
    await cards_world.put(article)
    await cards_world.withdraw(article)
    cards_world.sender.card_answers = [
        RetryLater("http_503", maybe_sent=True),
        RetryLater("rate_limited", maybe_sent=False, wait=30.0),
    ]
    for _ in range(3):
        await cards_world.look()
        following = await cards_world.cards.next_due(cards_world.world.now)
        cards_world.world.now = following or cards_world.world.now

    assert cards_world.sender.cards == {700: "notice"}
    assert cards_world.world.now >= NOW + 30


async def test_a_channel_the_bot_may_not_see_is_reported_once_and_gets_no_requests(cards_world: CardsWorld) -> None:
    """Both cards are updated as soon as the bot may, and the end of the incident is reported too."""
    article = await cards_world.article()
    await cards_world.put(article)
    await cards_world.put(article, replace(PLACE, message_id=701))
    cards_world.sender.problems[70] = "view_channel"
    await cards_world.withdraw(article)
    await cards_world.look()
    assert cards_world.sender.cards_taken == []
    assert [(one.kind, one.detail, one.channel_id) for one in await cards_world.incidents.open(guild_id=GUILD)] == [
        ("shared", "view_channel", 70)
    ]
    assert len(await cards_world.cards.unreachable(article_id=article.id)) == 2

    cards_world.sender.problems.clear()
    await cards_world.cards.retry_blocked(GUILD, cards_world.world.now)
    assert len(await cards_world.cards.due(cards_world.world.now, 2)) == 2
    await cards_world.look()
    assert cards_world.sender.cards == {700: "notice", 701: "notice"}
    assert await cards_world.incidents.open(guild_id=GUILD) == []


async def test_a_withdrawal_after_a_forbidden_correction_ends_the_incident(
    cards_world: CardsWorld,
) -> None:
    """For every cause of the retry."""
    article = await cards_world.article()
    await cards_world.put(article)
    cards_world.sender.card_answers = [PermissionMissing("missing_access")]
    await cards_world.change(article, "Another title")
    await cards_world.look()
    assert [one.detail for one in await cards_world.incidents.open(guild_id=GUILD)] == ["missing_access"]

    await cards_world.withdraw(article)
    await cards_world.look()
    assert cards_world.sender.cards == {700: "notice"}
    assert await cards_world.incidents.open(guild_id=GUILD) == []


async def test_withdrawals_go_before_corrections(cards_world: CardsWorld) -> None:
    """For any number of pending corrections."""
    corrected = await cards_world.article()
    withdrawn = await cards_world.world.articles.get(await cards_world.world.publish(2))
    assert withdrawn is not None
    for number in range(20):
        await cards_world.put(corrected, replace(PLACE, message_id=number))
    await cards_world.put(withdrawn)
    await cards_world.change(corrected, "Another title")
    cards_world.world.now += 1
    await cards_world.withdraw(withdrawn)
    await cards_world.look()

    assert cards_world.sender.cards_taken[0] == (Step.REPLACE, 700)
    assert len(cards_world.sender.cards_taken) == 21


async def test_a_message_that_hangs_delays_no_other(cards_world: CardsWorld) -> None:
    article = await cards_world.article()
    await cards_world.put(article)
    await cards_world.withdraw(article)
    gate = asyncio.Event()
    cards_world.sender.card_gate = gate
    announcer = cards_world.world.announcer
    running = asyncio.create_task(announcer.run())
    await cards_world.world.idle(running)
    assert len(cards_world.sender.cards_taken) == 1

    cards_world.sender.card_gate = None
    other = await cards_world.world.articles.get(await cards_world.world.publish(2))
    assert other is not None
    await cards_world.put(other, replace(PLACE, message_id=701))
    await cards_world.change(other, "Another title")
    announcer.wake()
    await cards_world.world.idle(running)
    assert cards_world.sender.cards == {700: "Article 1", 701: "Another title"}

    gate.set()
    await announcer.stop()
    await running
    assert cards_world.sender.cards[700] == "notice"


async def test_an_unexpected_error_stops_no_card(cards_world: CardsWorld) -> None:
    """Neither that card nor the others stop."""
    article = await cards_world.article()
    await cards_world.put(article)
    await cards_world.withdraw(article)
    points: list[str] = []

    async def fail_once(_step: Step, point: str) -> None:
        points.append(point)
        if len(points) == 1:
            raise RuntimeError("out of order")

    cards_world.sender.during = fail_once
    await cards_world.look()

    assert cards_world.sender.cards == {700: "notice"}


async def test_the_announcer_updates_cards_beside_its_deliveries(cards_world: CardsWorld) -> None:
    article = await cards_world.article()
    await cards_world.put(article)
    await cards_world.withdraw(article)
    running = asyncio.create_task(cards_world.world.announcer.run())
    await cards_world.world.idle(running)
    assert cards_world.sender.cards[700] == "notice"
    await cards_world.world.announcer.stop()
    await running

    assert await cards_world.cards.visible(article.id) == 0
