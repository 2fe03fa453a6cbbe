"""What status says about a channel follows from stored facts."""

from dataclasses import replace

import pytest

from bot.delivery.planning.channel_facts import ChannelFacts, Silence, channel_facts
from bot.models import ChannelKind, Subscription, SubscriptionOptions
from bot.store.deliveries import DeliveryReport, DeliveryState, FollowUp

QUIET = Subscription(1, 7, 70, ChannelKind.TEXT)
REPORT = DeliveryReport(
    id=1,
    article_id=1,
    title="T",
    url="https://x.example/1",
    state=DeliveryState.POSTED,
    not_before=None,
    message_id=5,
    posted_at=90.0,
    planned_at=80.0,
    problem="",
    publish=FollowUp.NO,
    thread=FollowUp.NO,
    confirmed_at=91.0,
)
LATER = replace(
    REPORT, id=2, state=DeliveryState.PLANNED, problem="too_many_threads", not_before=700.0, confirmed_at=None
)


def asking_for(**options: tuple[str, ...]) -> Subscription:
    return replace(QUIET, options=SubscriptionOptions(topics=options.get("topics", ()), feeds=options.get("feeds", ())))


@pytest.mark.parametrize(
    ("subscription", "reports", "suspension", "facts"),
    [
        (QUIET, [], "", ChannelFacts()),
        (QUIET, [REPORT], "", ChannelFacts(confirmed_at=91.0)),
        (QUIET, [REPORT], "token_refused", ChannelFacts(Silence.SUSPENDED, "token_refused", confirmed_at=91.0)),
        (replace(QUIET, paused=True), [LATER], "", ChannelFacts(Silence.PAUSED)),
        (
            replace(QUIET, blocked_reason="send_messages"),
            [REPORT],
            "",
            ChannelFacts(Silence.BLOCKED, "send_messages", confirmed_at=91.0),
        ),
        (
            replace(QUIET, blocked_reason="missing_access"),
            [LATER],
            "",
            ChannelFacts(Silence.BLOCKED, "missing_access", until=700.0),
        ),
        (QUIET, [LATER, REPORT], "", ChannelFacts(Silence.WAITING, "too_many_threads", (), 700.0, 91.0)),
        (asking_for(topics=("gone",)), [], "", ChannelFacts(Silence.NO_TOPIC_LEFT, missing=("gone",))),
        (asking_for(topics=("gone", "rescue")), [], "", ChannelFacts(missing=("gone",))),
        (asking_for(feeds=("old",)), [], "", ChannelFacts(Silence.NO_FEED_LEFT, missing=("old",))),
        (asking_for(topics=("rescue",), feeds=("blog",)), [], "", ChannelFacts()),
    ],
    ids=[
        "nothing yet",
        "all well",
        "the bot is refused",
        "paused",
        "blocked",
        "blocked, probed later",
        "waiting",
        "no topic left",
        "one topic left",
        "no feed left",
        "all there",
    ],
)
def test_the_most_severe_reason_is_named(
    subscription: Subscription, reports: list[DeliveryReport], suspension: str, facts: ChannelFacts
) -> None:
    assert channel_facts(subscription, reports, {"rescue"}, {"blog"}, suspension) == facts
