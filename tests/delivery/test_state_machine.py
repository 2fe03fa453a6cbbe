from dataclasses import replace
from random import Random
from typing import Any

import pytest

from bot.delivery import state_machine
from bot.delivery.ports import (
    Done,
    MessageDeleted,
    NotPosted,
    PermissionMissing,
    Rejected,
    RetryLater,
    Step,
    StepResult,
    Unverifiable,
)
from bot.delivery.state_machine import Perform, Policy, Save
from bot.models import Article, ArticleState, ChannelKind, Subscription, SubscriptionOptions
from bot.store.deliveries import DeliveryState, FollowUp
from bot.store.outbox import Delivery, DueDelivery
from tests.delivery.samples import ARTICLE, NOW

POLICY = Policy(nonce_window=120.0, settle=15.0)
GONE = replace(ARTICLE, title="", state=ArticleState.WITHDRAWN)
TEXT = Subscription(1, 7, 70, ChannelKind.TEXT)
FORUM = replace(TEXT, kind=ChannelKind.FORUM)
MENTIONING = replace(TEXT, options=SubscriptionOptions(role_id=9))
NEWS = replace(TEXT, kind=ChannelKind.ANNOUNCEMENT, options=SubscriptionOptions(publish=True, open_thread=True))
PLANNED = Delivery(1, 1, 1, 70, due=NOW, desired_hash=5)
CLAIMED = replace(PLANNED, state=DeliveryState.CLAIMED, claimed_at=NOW - 10, tried_at=NOW - 10, posted_hash=5)
DOUBTED = replace(CLAIMED, maybe_sent=True, attempts=1)
POSTED = replace(PLANNED, state=DeliveryState.POSTED, message_id=9, posted_at=NOW - 50, posted_hash=5)
CONFIRMED = replace(POSTED, message_id=None, desired_hash=6)  # by a moderator, and changed since


def work(delivery: Delivery, subscription: Subscription = TEXT, article: Article = ARTICLE, **more: Any) -> DueDelivery:
    live = (article,) if article.state is ArticleState.LIVE else ()
    return DueDelivery(delivery, subscription, article, live, **more)


def old(delivery: Delivery, seconds: float) -> Delivery:
    return replace(delivery, claimed_at=NOW - seconds, tried_at=NOW - seconds)


@pytest.mark.parametrize(
    ("it", "step"),
    [
        pytest.param(work(PLANNED), Step.POST, id="planned"),
        pytest.param(work(DOUBTED), Step.POST, id="claimed, the nonce is remembered"),
        pytest.param(work(old(DOUBTED, 121)), Step.VERIFY, id="claimed, the nonce may be forgotten"),
        pytest.param(work(old(DOUBTED, 121), FORUM), Step.VERIFY, id="forum posts have no nonce"),
        pytest.param(work(old(DOUBTED, -500)), Step.VERIFY, id="claimed by a clock that was ahead"),
        pytest.param(work(old(DOUBTED, 20), article=GONE), Step.VERIFY, id="claimed, withdrawn since"),
        pytest.param(work(replace(old(DOUBTED, 20), problem="refused")), Step.VERIFY, id="a refused repeat"),
        pytest.param(
            work(replace(POSTED, state=DeliveryState.UNVERIFIED)), Step.VERIFY, id="unproved, looked at again"
        ),
        pytest.param(work(replace(POSTED, posted_hash=4)), Step.EDIT, id="changed"),
        pytest.param(
            work(replace(POSTED, posted_hash=4, message_id=None)), Step.VERIFY, id="changed, known by testimony only"
        ),
        pytest.param(
            work(replace(POSTED, publish=FollowUp.WANTED, thread=FollowUp.WANTED)), Step.OPEN_THREAD, id="thread"
        ),
        pytest.param(work(replace(POSTED, publish=FollowUp.WANTED, thread=FollowUp.DONE)), Step.PUBLISH, id="publish"),
        pytest.param(work(POSTED, article=GONE), Step.REPLACE, id="taken back"),
        pytest.param(work(replace(POSTED, posted_hash=-5), FORUM, GONE), Step.HIDE_NAME, id="its thread is left"),
        pytest.param(work(replace(POSTED, problem="refused"), article=GONE), Step.DELETE, id="notice refused"),
        pytest.param(
            work(replace(POSTED, publish=FollowUp.DONE), article=GONE, edit_at=NOW + 9), Step.DELETE, id="no edit left"
        ),
    ],
)
def test_the_next_step(it: DueDelivery, step: Step) -> None:
    decision = state_machine.next_action(it, NOW, POLICY)

    assert isinstance(decision, Perform)
    assert decision.step is step


def test_withdrawn_posts_are_deleted_where_the_operator_chose_so() -> None:
    policy = replace(POLICY, delete_withdrawn=True)

    assert state_machine.next_action(work(POSTED, article=GONE), NOW, policy) == Perform(Step.DELETE)
    thread_left = work(replace(POSTED, posted_hash=-5), FORUM, GONE)
    assert state_machine.next_action(thread_left, NOW, policy) == Perform(Step.DELETE_THREAD)


@pytest.mark.parametrize("post", [work(POSTED, FORUM, GONE), work(replace(POSTED, thread=FollowUp.DONE), article=GONE)])
@pytest.mark.parametrize("result", [Done(), MessageDeleted()])
def test_a_withdrawn_post_ends_when_the_name_of_its_thread_is_hidden(post: DueDelivery, result: StepResult) -> None:
    replaced = state_machine.apply_result(post, Step.REPLACE, result, NOW, Random(1))
    assert (replaced.state, replaced.due) == (DeliveryState.POSTED, NOW)
    assert replaced.posted_hash == -replaced.desired_hash

    left = replace(post, delivery=replaced)
    refused = state_machine.apply_result(left, Step.HIDE_NAME, PermissionMissing("manage_threads"), NOW, Random(1))
    assert (refused.state, refused.due, refused.problem) == (DeliveryState.POSTED, None, "manage_threads")
    assert refused.posted_hash != refused.desired_hash

    hidden = state_machine.apply_result(left, Step.HIDE_NAME, result, NOW, Random(1))
    assert (hidden.state, hidden.due, hidden.thread_name_hash) == (DeliveryState.WITHDRAWN, None, 0)


@pytest.mark.parametrize(
    ("it", "state", "due"),
    [
        pytest.param(work(PLANNED, article=GONE), DeliveryState.CANCELLED, None, id="taken back before it was posted"),
        pytest.param(work(POSTED), DeliveryState.POSTED, None, id="nothing left to do"),
        pytest.param(work(old(DOUBTED, 5), FORUM), DeliveryState.CLAIMED, NOW + 10, id="its request may be on its way"),
        pytest.param(
            work(replace(POSTED, publish=FollowUp.WANTED), publish_at=NOW + 60),
            DeliveryState.POSTED,
            NOW + 60,
            id="publish",
        ),
        pytest.param(
            work(replace(POSTED, publish=FollowUp.DONE, posted_hash=4), edit_at=NOW + 60),
            DeliveryState.POSTED,
            NOW + 60,
            id="edit",
        ),
    ],
)
def test_nothing_to_do_now(it: DueDelivery, state: DeliveryState, due: float | None) -> None:
    decision = state_machine.next_action(it, NOW, POLICY)

    assert isinstance(decision, Save)
    assert (decision.delivery.state, decision.delivery.due) == (state, due)


@pytest.mark.parametrize(
    ("before", "step", "answer", "state", "waits"),
    [
        (CLAIMED, Step.POST, Done(9), DeliveryState.POSTED, None),
        (CLAIMED, Step.POST, MessageDeleted(), DeliveryState.DELETED, None),
        (CLAIMED, Step.POST, RetryLater("http_429", maybe_sent=False, wait=3.0), DeliveryState.PLANNED, 3.0),
        (DOUBTED, Step.POST, RetryLater("http_429", maybe_sent=False, wait=3.0), DeliveryState.CLAIMED, 3.0),
        (CLAIMED, Step.POST, RetryLater("http_500", maybe_sent=True, wait=1.0), DeliveryState.CLAIMED, 1.0),
        (CLAIMED, Step.POST, PermissionMissing("send_messages"), DeliveryState.PLANNED, None),
        (DOUBTED, Step.POST, PermissionMissing("send_messages"), DeliveryState.CLAIMED, None),
        (CLAIMED, Step.POST, Rejected("400"), DeliveryState.REJECTED, None),
        (DOUBTED, Step.POST, Rejected("400"), DeliveryState.CLAIMED, 0.0),
        (DOUBTED, Step.VERIFY, Done(9), DeliveryState.POSTED, None),
        (DOUBTED, Step.VERIFY, NotPosted(), DeliveryState.PLANNED, 0.0),
        (DOUBTED, Step.VERIFY, Unverifiable("read_message_history"), DeliveryState.UNVERIFIED, None),
        (DOUBTED, Step.VERIFY, RetryLater("http_500", maybe_sent=True, wait=1.0), DeliveryState.CLAIMED, 1.0),
        (POSTED, Step.VERIFY, NotPosted(), DeliveryState.DELETED, None),
        (CONFIRMED, Step.VERIFY, Unverifiable("read_message_history"), DeliveryState.POSTED, None),
        (CONFIRMED, Step.VERIFY, Rejected("400"), DeliveryState.POSTED, None),
        (POSTED, Step.EDIT, Done(), DeliveryState.POSTED, 0.0),
        (POSTED, Step.EDIT, MessageDeleted(), DeliveryState.DELETED, None),
        (POSTED, Step.EDIT, PermissionMissing("view_channel"), DeliveryState.POSTED, None),
        (POSTED, Step.PUBLISH, MessageDeleted(), DeliveryState.DELETED, None),
        (POSTED, Step.REPLACE, Done(), DeliveryState.WITHDRAWN, None),
        (POSTED, Step.REPLACE, Rejected("400"), DeliveryState.POSTED, 0.0),
        (POSTED, Step.DELETE, MessageDeleted(), DeliveryState.WITHDRAWN, None),
    ],
)
def test_the_effect_of_a_result_on_a_delivery(
    before: Delivery, step: Step, answer: StepResult, state: DeliveryState, waits: float | None
) -> None:
    after = state_machine.apply_result(work(before), step, answer, NOW, Random(1))

    assert after.state is state
    assert after.due == (None if waits is None else NOW + waits)


def test_a_possibly_sent_claim_keeps_its_first_time_and_content() -> None:
    """The possibly sent post was created at that time, from the article of that time."""
    changed = replace(DOUBTED, desired_hash=6)

    begun = state_machine.claim(work(changed), Step.POST, NOW)

    assert (begun.claimed_at, begun.tried_at, begun.posted_hash) == (NOW - 10, NOW, 5)


def test_a_post_whose_article_changed_during_sending_is_edited_next() -> None:
    after = state_machine.apply_result(work(replace(DOUBTED, desired_hash=6)), Step.POST, Done(9), NOW, Random(1))

    assert state_machine.next_action(work(after), NOW, POLICY) == Perform(Step.EDIT)


def test_only_announcement_channels_publish_and_forums_open_no_thread() -> None:
    news = state_machine.apply_result(work(CLAIMED, NEWS), Step.POST, Done(9), NOW, Random(1))
    forum = state_machine.apply_result(
        work(CLAIMED, replace(NEWS, kind=ChannelKind.FORUM)), Step.POST, Done(9), NOW, Random(1)
    )

    assert (news.publish, news.thread, news.due) == (FollowUp.WANTED, FollowUp.WANTED, NOW)
    assert (forum.publish, forum.thread, forum.due) == (FollowUp.NO, FollowUp.NO, None)


def test_retry_delays_grow_and_have_jitter() -> None:
    rng = Random(1)
    later = RetryLater("http_503", maybe_sent=False)
    waits = [
        (state_machine.apply_result(work(replace(CLAIMED, attempts=attempts)), Step.POST, later, NOW, rng).due or 0)
        - NOW
        for attempts in range(60)
    ]

    assert all(state_machine.FIRST_RETRY / 2 <= wait <= state_machine.MAX_RETRY for wait in waits)
    assert len(set(waits)) == len(waits)
    assert waits[59] > waits[0] * 100


def test_only_a_repeat_is_limited_to_the_nonce_window() -> None:
    """Otherwise a first attempt that waits longer for its turn than the nonce window would never be sent."""
    assert state_machine.next_action(work(PLANNED), NOW, POLICY) == Perform(Step.POST)
    assert state_machine.next_action(work(CLAIMED), NOW, POLICY) == Perform(Step.POST)
    assert state_machine.next_action(work(DOUBTED), NOW, POLICY) == Perform(Step.POST, NOW + 110)
    assert state_machine.next_action(work(old(DOUBTED, 121)), NOW, POLICY) == Perform(Step.VERIFY)


def test_a_lost_request_may_arrive_for_some_time_after_its_response_failed() -> None:
    """It may have been sent long after its claim."""
    late = state_machine.apply_result(
        work(old(CLAIMED, 60), FORUM), Step.POST, RetryLater("lost", maybe_sent=True), NOW, Random(1)
    )

    assert state_machine.next_action(work(late, FORUM), NOW + 2, POLICY) == Save(replace(late, due=NOW + 15))


AS_TEXT = replace(POSTED, posted_hash=-5)


@pytest.mark.parametrize(
    ("it", "step"),
    [
        (work(AS_TEXT), Step.EDIT),
        (work(replace(AS_TEXT, publish=FollowUp.WANTED, thread=FollowUp.WANTED), NEWS), Step.EDIT),
        (work(replace(AS_TEXT, desired_hash=6)), Step.EDIT),  # corrected while it was still text
        (work(replace(AS_TEXT, desired_hash=6), article=GONE), Step.REPLACE),  # withdrawn while it was still text
    ],
)
def test_a_post_becomes_the_card_before_anything_else(it: DueDelivery, step: Step) -> None:
    assert state_machine.next_action(it, NOW, POLICY) == Perform(step)


def test_a_post_that_mentions_somebody_is_claimed_as_text_and_repeated_as_text() -> None:
    begun = state_machine.claim(work(PLANNED, MENTIONING), Step.POST, NOW)
    assert begun.is_text

    lost = state_machine.apply_result(work(begun), Step.POST, RetryLater("lost", maybe_sent=True), NOW, Random(1))
    # By now the channel mentions nobody: what may be there is still text.
    again = state_machine.claim(work(lost), Step.POST, NOW + 5)
    found = state_machine.apply_result(work(again), Step.POST, Done(9), NOW + 6, Random(1))
    assert found.is_text
    assert state_machine.next_action(work(found), NOW + 6, POLICY) == Perform(Step.EDIT)


def test_a_catch_up_list_mentions_nobody_and_so_is_a_card_at_once() -> None:
    several = replace(work(PLANNED, MENTIONING), articles=(ARTICLE, ARTICLE))

    assert not state_machine.claim(several, Step.POST, NOW).is_text
    assert state_machine.claim(replace(several, delivery=replace(PLANNED, digest_period=NOW)), Step.POST, NOW).is_text


def test_a_card_that_cannot_replace_its_text_is_never_published() -> None:
    waiting = work(replace(AS_TEXT, publish=FollowUp.WANTED), NEWS)
    result = state_machine.apply_result(waiting, Step.EDIT, Rejected("400"), NOW, Random(1))
    assert (result.publish, result.is_text) == (FollowUp.NO, False)


def test_a_card_that_may_not_replace_its_text_yet_waits_and_is_not_published() -> None:
    waiting = work(replace(AS_TEXT, publish=FollowUp.WANTED), NEWS)
    result = state_machine.apply_result(waiting, Step.EDIT, PermissionMissing("send_messages"), NOW, Random(1))
    assert (result.publish, result.is_text, result.due) == (FollowUp.WANTED, True, None)
