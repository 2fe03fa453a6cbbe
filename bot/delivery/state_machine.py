"""What comes next for a delivery, and what an answer makes of it: pure functions, nothing else.

    planned ── claim ──> claimed ── posted ──> posted ── thread, publish, edit ──> posted
                            │                    └──── article taken back ───────> withdrawn
                            └─ no answer: the same nonce again while Discord remembers it,
                               then the channel is read back: found -> posted, missing -> planned,
                               not permitted -> unproved (a moderator decides)

Nothing here sends, stores or looks at a clock.
"""

from dataclasses import dataclass, replace
from random import Random

from bot.delivery.permissions import may_open_thread, may_publish
from bot.delivery.ports import Answer, Blocked, Done, Hidden, Later, Missing, Refused, Step, Vanished
from bot.models import ArticleState, ChannelKind, Subscription
from bot.store.deliveries import DeliveryState, Extra
from bot.store.outbox import Delivery, Work

SETTLE_SECONDS = 15.0
FIRST_RETRY = 2.0
LONGEST_RETRY = 900.0
LONGEST_ASKED = 3600.0
REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Policy:
    """What an operator chose. Durations in seconds.

    `nonce_window` is how long Discord surely remembers a nonce. `settle` is how long a request
    whose answer was lost may still be on its way before reading back proves anything.
    """

    nonce_window: float = 120.0
    settle: float = SETTLE_SECONDS
    delete_withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Take:
    """The step that is to be taken now."""

    step: Step


@dataclass(frozen=True, slots=True)
class Put:
    """Nothing to take now: the delivery is stored like this, waiting or settled."""

    delivery: Delivery


def next_step(work: Work, now: float, policy: Policy) -> Take | Put:
    """What comes next for a delivery that is due."""
    delivery = work.delivery
    match delivery.state:
        case DeliveryState.PLANNED:
            return Take(Step.POST) if work.articles else _settled(delivery, DeliveryState.CANCELLED)
        case DeliveryState.CLAIMED:
            return _claimed(work, now, policy)
        case DeliveryState.UNPROVED:
            return Take(Step.FIND)
        case DeliveryState.POSTED:
            return _posted(work, now, policy)
        case _:
            return Put(replace(delivery, due=None))


def begin(delivery: Delivery, step: Step, now: float) -> Delivery:
    """The delivery as it is stored before its step is taken.

    While earlier attempts are in doubt, the claim stays that of the first of them, and so does
    what the post shows if it is there.
    """
    if step is not Step.POST:
        return replace(delivery, tried_at=now)
    if delivery.doubt:
        return replace(delivery, tried_at=now)
    return replace(
        delivery, state=DeliveryState.CLAIMED, claimed_at=now, tried_at=now, shown=delivery.wanted, doubt=False
    )


def nonce_until(delivery: Delivery, policy: Policy) -> float:
    """Until when a repeat of the post is surely recognised by Discord."""
    return (delivery.claimed_at or 0.0) + policy.nonce_window


def send_until(delivery: Delivery, step: Step, policy: Policy) -> float | None:
    """After which instant the step may no longer be sent; None: at any time.

    Only a repeat leans on the nonce. A first attempt may wait for its turn as long as it has to.
    """
    return nonce_until(delivery, policy) if step is Step.POST and delivery.doubt else None


def after(work: Work, step: Step, answer: Answer, now: float, chance: Random) -> Delivery:
    """What the answer to a step makes of the delivery."""
    delivery = work.delivery
    if isinstance(answer, Later):
        return _later(delivery, step, answer, now, chance)
    match step:
        case Step.POST:
            return _after_post(work, answer, now)
        case Step.FIND:
            return _after_find(work, answer, now)
        case Step.NOTICE | Step.DELETE:
            return _after_withdrawal(delivery, step, answer, now)
        case _:
            return _after_extra(delivery, step, answer, now)


def blocks_channel(step: Step, answer: Answer) -> bool:
    """Whether everything for the channel has to wait after this answer."""
    return step in (Step.POST, Step.FIND) and isinstance(answer, Blocked)


def backoff(attempts: int, chance: Random) -> float:
    """Seconds until the next attempt after so many failed in a row, spread so that nothing herds."""
    longest = min(LONGEST_RETRY, FIRST_RETRY * 2.0 ** min(attempts, 20))
    return longest * chance.uniform(0.5, 1.0)


def _claimed(work: Work, now: float, policy: Policy) -> Take | Put:
    delivery = work.delivery
    repeatable = work.subscription.kind is not ChannelKind.FORUM and delivery.problem != REFUSED
    # A claim that seems to lie ahead was made by another clock, and tells no age.
    recent = (delivery.claimed_at or 0.0) <= now < nonce_until(delivery, policy)
    if repeatable and recent and work.articles:
        return Take(Step.POST)
    settled = (delivery.tried_at or 0.0) + policy.settle
    if now < settled <= now + policy.settle:
        return Put(replace(delivery, due=settled))
    return Take(Step.FIND)


def _posted(work: Work, now: float, policy: Policy) -> Take | Put:
    delivery = work.delivery
    may_edit = delivery.publish is not Extra.DONE or work.edit_at <= now
    if work.article.state is ArticleState.WITHDRAWN and not work.articles:
        # People's safety may hang on it: where an edit would have to wait, the post is deleted.
        keep = not policy.delete_withdrawn and may_edit and delivery.problem != REFUSED
        return _with_message(delivery, Step.NOTICE if keep else Step.DELETE)
    if delivery.shown != delivery.wanted:
        return _with_message(delivery, Step.EDIT) if may_edit else Put(replace(delivery, due=work.edit_at))
    if delivery.thread is Extra.WANTED:
        return _with_message(delivery, Step.OPEN_THREAD)
    if delivery.publish is Extra.WANTED:
        late = work.publish_at > now
        return Put(replace(delivery, due=work.publish_at)) if late else _with_message(delivery, Step.PUBLISH)
    return Put(replace(delivery, due=None))


def _with_message(delivery: Delivery, step: Step) -> Take:
    """A post that a moderator vouched for has to be found before anything can be done to it."""
    return Take(step if delivery.message_id is not None else Step.FIND)


def _settled(delivery: Delivery, state: DeliveryState, problem: str = "") -> Put:
    return Put(_end(delivery, state, problem))


def _end(delivery: Delivery, state: DeliveryState, problem: str = "") -> Delivery:
    return replace(delivery, state=state, due=None, attempts=0, problem=problem)


def _later(delivery: Delivery, step: Step, answer: Later, now: float, chance: Random) -> Delivery:
    wait = backoff(delivery.attempts, chance) if answer.wait is None else min(answer.wait, LONGEST_ASKED)
    tried = replace(delivery, due=now + wait, attempts=delivery.attempts + 1, problem=answer.reason)
    if step is not Step.POST:
        return tried
    if answer.doubt or delivery.doubt:
        # It may have been sent long after it was begun, and be on its way still.
        return replace(tried, doubt=True, tried_at=now if answer.doubt else delivery.tried_at)
    return replace(tried, state=DeliveryState.PLANNED, claimed_at=None)


def _after_post(work: Work, answer: Answer, now: float) -> Delivery:
    delivery = work.delivery
    match answer:
        case Done(message_id=message_id):
            return _stands(work, message_id, now)
        case Vanished():
            return _end(delivery, DeliveryState.DELETED)
        case Blocked(reason=reason):
            state = DeliveryState.CLAIMED if delivery.doubt else DeliveryState.PLANNED
            return replace(delivery, state=state, due=None, attempts=0, problem=reason)
        case _:
            # A refused repeat proves nothing about the attempt before it.
            if delivery.doubt:
                return replace(delivery, due=now, problem=REFUSED)
            return _end(delivery, DeliveryState.REFUSED, REFUSED)


def _after_find(work: Work, answer: Answer, now: float) -> Delivery:
    delivery = work.delivery
    match answer:
        case Done(message_id=message_id):
            return _stands(work, message_id, now)
        case Missing() if delivery.state is DeliveryState.POSTED:
            return _end(delivery, DeliveryState.DELETED)
        case Missing():
            return replace(
                delivery, state=DeliveryState.PLANNED, due=now, doubt=False, claimed_at=None, attempts=0, problem=""
            )
        case Blocked(reason=reason):
            return replace(delivery, due=None, attempts=0, problem=reason)
        case Hidden(reason=reason):
            return _end(delivery, DeliveryState.UNPROVED, reason)
        case _:
            return _end(delivery, DeliveryState.UNPROVED, REFUSED)


def _after_withdrawal(delivery: Delivery, step: Step, answer: Answer, now: float) -> Delivery:
    match answer:
        case Blocked(reason=reason):
            return replace(delivery, due=None, attempts=0, problem=reason)
        case Refused() if step is Step.NOTICE:
            return replace(delivery, due=now, problem=REFUSED)  # the notice was not taken: delete instead
        case Refused():
            return replace(delivery, due=None, problem=REFUSED)
        case _:
            return replace(_end(delivery, DeliveryState.WITHDRAWN), shown=delivery.wanted)


def _after_extra(delivery: Delivery, step: Step, answer: Answer, now: float) -> Delivery:
    if isinstance(answer, Vanished):
        return _end(delivery, DeliveryState.DELETED)
    reason = answer.reason if isinstance(answer, Blocked | Refused) else ""
    well = replace(delivery, due=now, attempts=0, problem=reason)
    if step is Step.EDIT:
        if isinstance(answer, Blocked):
            return replace(well, due=None)
        return replace(well, shown=delivery.wanted, problem=REFUSED if reason else "")
    outcome = _extra(answer)
    return replace(well, thread=outcome) if step is Step.OPEN_THREAD else replace(well, publish=outcome)


def _extra(answer: Answer) -> Extra:
    if isinstance(answer, Blocked):
        return Extra.BLOCKED
    return Extra.NO if isinstance(answer, Refused) else Extra.DONE


def _stands(work: Work, message_id: int | None, now: float) -> Delivery:
    delivery = work.delivery
    if delivery.state is DeliveryState.POSTED:
        return replace(delivery, message_id=message_id, due=now, attempts=0, problem="")
    publish, thread = _publishes(work.subscription), _opens_thread(work.subscription)
    more = publish or thread or delivery.shown != delivery.wanted or not work.articles
    return replace(
        delivery,
        state=DeliveryState.POSTED,
        message_id=message_id,
        posted_at=now,
        due=now if more else None,
        attempts=0,
        doubt=False,
        problem="",
        publish=Extra.WANTED if publish else Extra.NO,
        thread=Extra.WANTED if thread else Extra.NO,
    )


def _publishes(subscription: Subscription) -> bool:
    return subscription.options.publish and may_publish(subscription.kind)


def _opens_thread(subscription: Subscription) -> bool:
    return subscription.options.open_thread and may_open_thread(subscription.kind)
