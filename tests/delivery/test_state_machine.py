from dataclasses import replace
from random import Random

import pytest

from bot.delivery import state_machine as machine
from bot.delivery.ports import Answer, Blocked, Done, Hidden, Later, Missing, Refused, Step, Vanished
from bot.delivery.state_machine import Policy, Put, Take
from bot.models import Article, ArticleState, ChannelKind, Subscription, SubscriptionOptions
from bot.store.deliveries import DeliveryState, Extra
from bot.store.outbox import Delivery, Work

NOW = 1_000_000.0
POLICY = Policy(nonce_window=120.0, settle=15.0)
ARTICLE = Article(
    id=1, feed="blog", url="https://x.example/1", key="x.example/1", title="One", summary="", author="", author_note="",
    published=NOW, first_seen=NOW, language="en", image=None, reading_minutes=None, topics=(),
)  # fmt: skip
GONE = replace(ARTICLE, title="", state=ArticleState.WITHDRAWN)
TEXT = Subscription(1, 7, 70, ChannelKind.TEXT)
FORUM = replace(TEXT, kind=ChannelKind.FORUM)
NEWS = replace(TEXT, kind=ChannelKind.ANNOUNCEMENT, options=SubscriptionOptions(publish=True, open_thread=True))
PLANNED = Delivery(1, 1, 1, 70, due=NOW, wanted=5)
CLAIMED = replace(PLANNED, state=DeliveryState.CLAIMED, claimed_at=NOW - 10, tried_at=NOW - 10, shown=5)
DOUBTED = replace(CLAIMED, doubt=True, attempts=1)
POSTED = replace(PLANNED, state=DeliveryState.POSTED, message_id=9, posted_at=NOW - 50, shown=5)


def work(delivery: Delivery, subscription: Subscription = TEXT, article: Article = ARTICLE, **more: float) -> Work:
    live = (article,) if article.state is ArticleState.LIVE else ()
    return Work(delivery, subscription, article, live, **more)


def old(delivery: Delivery, seconds: float) -> Delivery:
    return replace(delivery, claimed_at=NOW - seconds, tried_at=NOW - seconds)


@pytest.mark.parametrize(
    ("it", "step"),
    [
        pytest.param(work(PLANNED), Step.POST, id="planned"),
        pytest.param(work(DOUBTED), Step.POST, id="claimed, the nonce is remembered"),
        pytest.param(work(old(DOUBTED, 121)), Step.FIND, id="claimed, the nonce may be forgotten"),
        pytest.param(work(old(DOUBTED, 121), FORUM), Step.FIND, id="forum posts have no nonce"),
        pytest.param(work(old(DOUBTED, -500)), Step.FIND, id="claimed by a clock that was ahead"),
        pytest.param(work(old(DOUBTED, 20), article=GONE), Step.FIND, id="claimed, taken back meanwhile"),
        pytest.param(work(replace(old(DOUBTED, 20), problem="refused")), Step.FIND, id="a refused repeat"),
        pytest.param(work(replace(POSTED, state=DeliveryState.UNPROVED)), Step.FIND, id="unproved, looked at again"),
        pytest.param(work(replace(POSTED, shown=4)), Step.EDIT, id="changed"),
        pytest.param(work(replace(POSTED, shown=4, message_id=None)), Step.FIND, id="changed, known by testimony only"),
        pytest.param(work(replace(POSTED, publish=Extra.WANTED, thread=Extra.WANTED)), Step.OPEN_THREAD, id="thread"),
        pytest.param(work(replace(POSTED, publish=Extra.WANTED, thread=Extra.DONE)), Step.PUBLISH, id="publish"),
        pytest.param(work(POSTED, article=GONE), Step.NOTICE, id="taken back"),
        pytest.param(work(replace(POSTED, problem="refused"), article=GONE), Step.DELETE, id="notice refused"),
        pytest.param(
            work(replace(POSTED, publish=Extra.DONE), article=GONE, edit_at=NOW + 9), Step.DELETE, id="no edit left"
        ),
    ],
)
def test_the_next_step(it: Work, step: Step) -> None:
    assert machine.next_step(it, NOW, POLICY) == Take(step)


def test_withdrawn_posts_are_deleted_where_the_operator_chose_so() -> None:
    policy = replace(POLICY, delete_withdrawn=True)

    assert machine.next_step(work(POSTED, article=GONE), NOW, policy) == Take(Step.DELETE)


@pytest.mark.parametrize(
    ("it", "state", "due"),
    [
        pytest.param(work(PLANNED, article=GONE), DeliveryState.CANCELLED, None, id="taken back before it was posted"),
        pytest.param(work(POSTED), DeliveryState.POSTED, None, id="nothing left to do"),
        pytest.param(work(old(DOUBTED, 5), FORUM), DeliveryState.CLAIMED, NOW + 10, id="its request may be on its way"),
        pytest.param(
            work(replace(POSTED, publish=Extra.WANTED), publish_at=NOW + 60),
            DeliveryState.POSTED,
            NOW + 60,
            id="publish",
        ),
        pytest.param(
            work(replace(POSTED, publish=Extra.DONE, shown=4), edit_at=NOW + 60),
            DeliveryState.POSTED,
            NOW + 60,
            id="edit",
        ),
    ],
)
def test_nothing_to_do_now(it: Work, state: DeliveryState, due: float | None) -> None:
    decision = machine.next_step(it, NOW, POLICY)

    assert isinstance(decision, Put)
    assert (decision.delivery.state, decision.delivery.due) == (state, due)


@pytest.mark.parametrize(
    ("before", "step", "answer", "state", "waits"),
    [
        (CLAIMED, Step.POST, Done(9), DeliveryState.POSTED, None),
        (CLAIMED, Step.POST, Vanished(), DeliveryState.DELETED, None),
        (CLAIMED, Step.POST, Later("http_429", doubt=False, wait=3.0), DeliveryState.PLANNED, 3.0),
        (DOUBTED, Step.POST, Later("http_429", doubt=False, wait=3.0), DeliveryState.CLAIMED, 3.0),
        (CLAIMED, Step.POST, Later("http_500", doubt=True, wait=1.0), DeliveryState.CLAIMED, 1.0),
        (CLAIMED, Step.POST, Blocked("send_messages"), DeliveryState.PLANNED, None),
        (DOUBTED, Step.POST, Blocked("send_messages"), DeliveryState.CLAIMED, None),
        (CLAIMED, Step.POST, Refused("400"), DeliveryState.REFUSED, None),
        (DOUBTED, Step.POST, Refused("400"), DeliveryState.CLAIMED, 0.0),
        (DOUBTED, Step.FIND, Done(9), DeliveryState.POSTED, None),
        (DOUBTED, Step.FIND, Missing(), DeliveryState.PLANNED, 0.0),
        (DOUBTED, Step.FIND, Hidden("read_message_history"), DeliveryState.UNPROVED, None),
        (DOUBTED, Step.FIND, Later("http_500", doubt=True, wait=1.0), DeliveryState.CLAIMED, 1.0),
        (POSTED, Step.FIND, Missing(), DeliveryState.DELETED, None),
        (POSTED, Step.EDIT, Done(), DeliveryState.POSTED, 0.0),
        (POSTED, Step.EDIT, Vanished(), DeliveryState.DELETED, None),
        (POSTED, Step.EDIT, Blocked("view_channel"), DeliveryState.POSTED, None),
        (POSTED, Step.PUBLISH, Vanished(), DeliveryState.DELETED, None),
        (POSTED, Step.NOTICE, Done(), DeliveryState.WITHDRAWN, None),
        (POSTED, Step.NOTICE, Refused("400"), DeliveryState.POSTED, 0.0),
        (POSTED, Step.DELETE, Vanished(), DeliveryState.WITHDRAWN, None),
    ],
)
def test_what_an_answer_makes_of_a_delivery(
    before: Delivery, step: Step, answer: Answer, state: DeliveryState, waits: float | None
) -> None:
    after = machine.after(work(before), step, answer, NOW, Random(1))

    assert after.state is state
    assert after.due == (None if waits is None else NOW + waits)


def test_a_doubted_claim_keeps_its_first_time_and_what_it_shows() -> None:
    """The post that may be there was made then, of the article as it was then."""
    changed = replace(DOUBTED, wanted=6)

    begun = machine.begin(changed, Step.POST, NOW)

    assert (begun.claimed_at, begun.tried_at, begun.shown) == (NOW - 10, NOW, 5)


def test_a_post_whose_article_changed_meanwhile_is_edited_next() -> None:
    after = machine.after(work(replace(DOUBTED, wanted=6)), Step.POST, Done(9), NOW, Random(1))

    assert machine.next_step(work(after), NOW, POLICY) == Take(Step.EDIT)


def test_only_announcement_channels_publish_and_forums_open_no_thread() -> None:
    news = machine.after(work(CLAIMED, NEWS), Step.POST, Done(9), NOW, Random(1))
    forum = machine.after(work(CLAIMED, replace(NEWS, kind=ChannelKind.FORUM)), Step.POST, Done(9), NOW, Random(1))

    assert (news.publish, news.thread, news.due) == (Extra.WANTED, Extra.WANTED, NOW)
    assert (forum.publish, forum.thread, forum.due) == (Extra.NO, Extra.NO, None)


def test_waiting_grows_and_is_spread() -> None:
    chance = Random(1)
    waits = [machine.backoff(attempts, chance) for attempts in range(60)]

    assert all(machine.FIRST_RETRY / 2 <= wait <= machine.LONGEST_RETRY for wait in waits)
    assert len(set(waits)) == len(waits)
    assert waits[59] > waits[0] * 100


def test_only_a_repeat_is_bound_to_the_time_of_its_nonce() -> None:
    """A first attempt that waits longer for its turn than a nonce holds would never be sent at all."""
    assert machine.send_until(CLAIMED, Step.POST, POLICY) is None
    assert machine.send_until(DOUBTED, Step.POST, POLICY) == NOW + 110
    assert machine.send_until(DOUBTED, Step.FIND, POLICY) is None


def test_a_lost_request_is_believed_on_its_way_from_when_its_answer_failed() -> None:
    """It may have waited for its turn long after it was begun."""
    late = machine.after(work(old(CLAIMED, 60), FORUM), Step.POST, Later("lost", doubt=True), NOW, Random(1))

    assert machine.next_step(work(late, FORUM), NOW + 2, POLICY) == Put(replace(late, due=NOW + 15))
