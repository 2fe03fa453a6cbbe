"""The state machine of a delivery: the next action, and the effect of a result. Pure.

    planned ── claim ──> claimed ── posted ──> posted ── thread, publish, edit ──> posted
                            │                    └──── article withdrawn ────────> withdrawn
                            └─ no result: the same nonce again while Discord remembers it,
                               then a look-up in the channel: found -> posted, missing -> planned,
                               not permitted -> unverified (a moderator decides)

Nothing here sends, stores or reads a clock.
"""

from dataclasses import dataclass, replace
from hashlib import blake2b
from random import Random

from bot.delivery.permissions import KINDS_WITH_PUBLISHING, KINDS_WITH_THREADS
from bot.delivery.planning.schedule import held_until
from bot.delivery.planning.topic_roles import audience
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
from bot.durations import backoff
from bot.models import ArticleState, ChannelKind
from bot.store.deliveries import DeliveryState, FollowUp
from bot.store.idempotency import nonce
from bot.store.outbox import Delivery, DueDelivery

SETTLE_SECONDS = 15.0
FIRST_RETRY = 2.0
MAX_RETRY = 900.0
MAX_ASKED_WAIT = 3600.0
REFUSED = "refused"
WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Policy:
    """The operator's settings. Durations in seconds.

    `nonce_window` is how long Discord reliably remembers a nonce. `settle` is how long a request
    whose response was lost may still arrive; only after it a look-up proves anything.
    """

    nonce_window: float
    settle: float = SETTLE_SECONDS
    delete_withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Perform:
    """The step to perform now. It is not sent after the instant `deadline`; None: at any time."""

    step: Step
    deadline: float | None = None


@dataclass(frozen=True, slots=True)
class Save:
    """No step now: the delivery is stored like this, waiting or settled."""

    delivery: Delivery


def next_action(work: DueDelivery, now: float, policy: Policy) -> Perform | Save:
    """The next action for a delivery that is due."""
    delivery = work.delivery
    match delivery.state:
        case DeliveryState.PLANNED if work.removed or not work.articles:
            # By the second reason a reinstatement recognises what it has to post.
            return Save(_end(delivery, DeliveryState.CANCELLED, "" if work.removed else WITHDRAWN))
        case DeliveryState.PLANNED if work.subscription.paused:
            return Save(replace(delivery, due=None))
        case DeliveryState.PLANNED:
            held = held_until(work, now)
            return Perform(Step.POST) if held is None else Save(replace(delivery, due=None, release_at=held))
        case DeliveryState.CLAIMED:
            return _claimed(work, now, policy)
        case DeliveryState.UNVERIFIED:
            return Perform(Step.VERIFY)
        case DeliveryState.POSTED:
            action = _posted(work, now, policy)
            # A post that a moderator confirmed has to be looked up before it can be changed.
            return Perform(Step.VERIFY) if isinstance(action, Perform) and delivery.message_id is None else action
        case _:
            return Save(replace(delivery, due=None))


def claim(work: DueDelivery, step: Step, now: float) -> Delivery:
    """The delivery as it is stored before its step is performed.

    While the outcome of earlier attempts is unknown, the claim stays that of the first of them, and
    so does what the post shows. A post that mentions a role is first plain text, whose words a push
    notification shows, and becomes the card afterwards.
    """
    delivery = work.delivery
    if step is not Step.POST or delivery.maybe_sent:
        return replace(delivery, tried_at=now)
    roles = audience(work.articles, work.subscription.options, work.topic_roles).roles
    may_mention = len(work.articles) == 1 or delivery.digest_period is not None  # a catch-up list mentions nobody
    return replace(
        delivery,
        state=DeliveryState.CLAIMED,
        claimed_at=now,
        tried_at=now,
        release_at=None,
        posted_hash=-delivery.desired_hash if roles and may_mention else delivery.desired_hash,
        maybe_sent=False,
    )


def name_hash(work: DueDelivery) -> int:
    """A number that differs when the thread of the post should carry another name; never 0."""
    titles = repr([article.title for article in work.articles])
    return int.from_bytes(blake2b(titles.encode(), digest_size=6).digest(), "big") + 1


def apply_result(work: DueDelivery, step: Step, result: StepResult, now: float, rng: Random) -> Delivery:
    """The delivery after the result of a step."""
    delivery = work.delivery
    if isinstance(result, RetryLater):
        return _later(delivery, step, result, now, rng)
    if isinstance(result, Done):
        work = replace(work, delivery=replace(delivery, confirmed_at=now))
    match step:
        case Step.POST | Step.VERIFY if isinstance(result, Done):
            return _posted_as(work, result.message_id, now)
        case Step.POST:
            return _after_post(work, result, now)
        case Step.VERIFY:
            return _after_find(work, result, now)
        case Step.DELETE if delivery.recall and isinstance(result, Done | MessageDeleted):
            # It arrived after its channel was paused or removed; after a pause it becomes due again.
            recalled = replace(work.delivery, recall=False)
            if work.articles:
                return _end(recalled, DeliveryState.CANCELLED) if work.removed else _posted_again(recalled, now)
            ended = _end(recalled, DeliveryState.WITHDRAWN)
            return replace(ended, posted_hash=delivery.desired_hash, message_id=None)
        case Step.REPLACE | Step.DELETE | Step.HIDE_NAME | Step.DELETE_THREAD:
            return _after_withdrawal(work, step, result, now)
        case _:
            return _after_extra(work, step, result, now)


def retry_at(result: RetryLater, attempts: int, now: float, rng: Random) -> float:
    """When a step that failed `attempts` times before is tried again: when Discord asked for it, else ever later."""
    if result.wait is not None:
        return now + min(result.wait, MAX_ASKED_WAIT)
    return now + backoff(attempts + 1, FIRST_RETRY, MAX_RETRY, rng)


def reinstated(delivery: Delivery, now: float) -> Delivery:
    """The delivery after a result of a withdrawal during which the article was reinstated."""
    if delivery.is_message_deleted or (delivery.state is DeliveryState.WITHDRAWN and delivery.message_id is None):
        return _posted_again(delivery, now)
    if delivery.state is DeliveryState.WITHDRAWN:
        return replace(delivery, state=DeliveryState.POSTED, posted_hash=0, due=now)
    return delivery


def _claimed(work: DueDelivery, now: float, policy: Policy) -> Perform | Save:
    delivery = work.delivery
    repeatable = work.subscription.kind is not ChannelKind.FORUM and delivery.problem != REFUSED
    # A claim in the future was made by another clock; its age is unknown.
    claimed_at = delivery.claimed_at or 0.0
    remembered_until = claimed_at + policy.nonce_window
    stopped = work.removed or work.subscription.paused
    if repeatable and claimed_at <= now < remembered_until and work.articles and not stopped:
        # Only a repeat relies on the nonce. A first attempt may wait for its turn for any time.
        return Perform(Step.POST, remembered_until if delivery.maybe_sent else None)
    settled = (delivery.tried_at or 0.0) + policy.settle
    if now < settled <= now + policy.settle:
        return Save(replace(delivery, due=settled))
    return Perform(Step.VERIFY)


def _posted(work: DueDelivery, now: float, policy: Policy) -> Perform | Save:
    delivery = work.delivery
    if delivery.recall:
        return Perform(Step.DELETE)
    may_edit = delivery.publish is not FollowUp.DONE or work.edit_at <= now
    if work.article.state is ArticleState.WITHDRAWN and not work.articles:
        if delivery.posted_hash == -delivery.desired_hash:  # the message shows nothing; the name of its thread may
            return Perform(Step.DELETE_THREAD if policy.delete_withdrawn else Step.HIDE_NAME)
        # People's safety may depend on it: where an edit would have to wait, the post is deleted.
        keep = not policy.delete_withdrawn and may_edit and delivery.problem != REFUSED
        return Perform(Step.REPLACE if keep else Step.DELETE)
    if delivery.posted_hash != delivery.desired_hash:
        return Perform(Step.EDIT) if may_edit else Save(replace(delivery, due=work.edit_at))
    if delivery.thread is FollowUp.WANTED:
        return Perform(Step.OPEN_THREAD)
    if delivery.publish is FollowUp.WANTED:
        return Save(replace(delivery, due=work.publish_at)) if work.publish_at > now else Perform(Step.PUBLISH)
    if work.has_named_thread and delivery.thread_name_hash != name_hash(work):
        return Perform(Step.RENAME)
    return Save(replace(delivery, due=None))


def _end(delivery: Delivery, state: DeliveryState, problem: str = "") -> Delivery:
    return replace(delivery, state=state, due=None, attempts=0, problem=problem)


def _later(delivery: Delivery, step: Step, result: RetryLater, now: float, rng: Random) -> Delivery:
    due = retry_at(result, delivery.attempts, now, rng)
    tried = replace(delivery, due=due, attempts=delivery.attempts + 1, problem=result.reason)
    if step is not Step.POST:
        return tried
    if result.maybe_sent or delivery.maybe_sent:
        # It may have been sent long after its claim, and may still arrive.
        return replace(tried, maybe_sent=True, tried_at=now if result.maybe_sent else delivery.tried_at)
    return replace(tried, state=DeliveryState.PLANNED, claimed_at=None)


def _after_post(work: DueDelivery, result: StepResult, now: float) -> Delivery:
    delivery = work.delivery
    match result:
        case MessageDeleted():
            return _end(delivery, DeliveryState.DELETED)
        case PermissionMissing(reason=reason):
            state = DeliveryState.CLAIMED if delivery.maybe_sent else DeliveryState.PLANNED
            return replace(delivery, state=state, due=None, attempts=0, problem=reason)
        case _:
            # A refused repeat proves nothing about the attempt before it.
            if delivery.maybe_sent:
                return replace(delivery, due=now, problem=REFUSED)
            reason = result.reason if isinstance(result, Rejected) else REFUSED
            return _end(delivery, DeliveryState.REJECTED, reason)


def _after_find(work: DueDelivery, result: StepResult, now: float) -> Delivery:
    delivery = work.delivery
    match result:
        case NotPosted() if delivery.state is DeliveryState.POSTED:
            return _end(delivery, DeliveryState.DELETED)
        case NotPosted():
            return replace(
                delivery,
                state=DeliveryState.PLANNED,
                due=now,
                maybe_sent=False,
                claimed_at=None,
                attempts=0,
                problem="",
            )
        case PermissionMissing(reason=reason):
            return replace(delivery, due=None, attempts=0, problem=reason)
        case _:
            # What a moderator confirmed stays so: its change waits until the channel can be read.
            confirmed = delivery.state is DeliveryState.POSTED
            reason = result.reason if isinstance(result, Unverifiable) else REFUSED
            return _end(delivery, delivery.state if confirmed else DeliveryState.UNVERIFIED, reason)


def _posted_again(delivery: Delivery, now: float) -> Delivery:
    """A post that was deleted by the bot itself, to be made again."""
    return replace(
        delivery,
        state=DeliveryState.PLANNED,
        due=now,
        attempts=0,
        claimed_at=None,
        maybe_sent=False,
        message_id=None,
        posted_at=None,
        confirmed_at=None,
        publish=FollowUp.NO,
        thread=FollowUp.NO,
        problem="",
        # Discord answers the old one with the post that was deleted.
        nonce=nonce(delivery.nonce, delivery.channel_id),
    )


def _after_withdrawal(work: DueDelivery, step: Step, result: StepResult, now: float) -> Delivery:
    """Words that people read first: the thread's name waits until no message shows a withdrawn article."""
    delivery = work.delivery
    match result:
        case PermissionMissing(reason=reason):
            return replace(delivery, due=None, attempts=0, problem=reason)
        case Rejected() if step is Step.REPLACE:
            return replace(delivery, due=now, problem=REFUSED)  # the notice was refused: delete instead
        case Rejected():
            return replace(delivery, due=None, problem=REFUSED)
        case _:
            # Where the first attempt finds no message, a moderator deleted it: a reinstatement respects that.
            if step is Step.DELETE and (isinstance(result, Done) or delivery.attempts):
                delivery = replace(delivery, posted_at=None)
            if step in (Step.REPLACE, Step.DELETE) and work.has_named_thread:
                return replace(delivery, posted_hash=-delivery.desired_hash, due=now, attempts=0, problem="")
            # After a reinstatement the thread gets its title back.
            named = delivery.thread_name_hash if step in (Step.REPLACE, Step.DELETE) else 0
            message_id = None if delivery.is_message_deleted else delivery.message_id
            ended = replace(_end(delivery, DeliveryState.WITHDRAWN), message_id=message_id)
            return replace(ended, posted_hash=delivery.desired_hash, thread_name_hash=named)


def _after_extra(work: DueDelivery, step: Step, result: StepResult, now: float) -> Delivery:
    delivery = work.delivery
    if step is Step.RENAME:
        # The message shows the right words already: a thread that may not be renamed keeps its name.
        return replace(delivery, due=None, attempts=0, thread_name_hash=name_hash(work))
    if isinstance(result, MessageDeleted):
        return _end(delivery, DeliveryState.DELETED)
    reason = result.reason if isinstance(result, PermissionMissing | Rejected) else ""
    well = replace(delivery, due=now, attempts=0, problem=reason)
    if step is Step.EDIT:
        if isinstance(result, PermissionMissing):
            return replace(well, due=None)
        refused = replace(well, posted_hash=delivery.desired_hash, problem=REFUSED if reason else "")
        # What stays plain text is not published: followers' copies could never become the card.
        never_card = isinstance(result, Rejected) and delivery.is_text and delivery.publish is FollowUp.WANTED
        return replace(refused, publish=FollowUp.NO) if never_card else refused
    if isinstance(result, PermissionMissing):
        outcome = FollowUp.BLOCKED
    else:
        outcome = FollowUp.NO if isinstance(result, Rejected) else FollowUp.DONE
    if step is Step.OPEN_THREAD:
        # Without an id an earlier attempt has opened it, perhaps with another title.
        is_new = isinstance(result, Done) and result.message_id is not None
        return replace(well, thread=outcome, thread_name_hash=name_hash(work) if is_new else 0)
    return replace(well, publish=outcome)


def _posted_as(work: DueDelivery, message_id: int | None, now: float) -> Delivery:
    delivery = work.delivery
    if delivery.state is DeliveryState.POSTED:
        return replace(delivery, message_id=message_id, due=now, attempts=0, problem="")
    options, kind = work.subscription.options, work.subscription.kind
    publish = options.publish and kind in KINDS_WITH_PUBLISHING
    thread = options.open_thread and kind in KINDS_WITH_THREADS
    more = publish or thread or delivery.recall or delivery.posted_hash != delivery.desired_hash or not work.articles
    return replace(
        delivery,
        state=DeliveryState.POSTED,
        message_id=message_id,
        thread_name_hash=name_hash(work) if delivery.posted_hash == delivery.desired_hash else 0,
        posted_at=now,
        due=now if more else None,
        attempts=0,
        maybe_sent=False,
        problem="",
        publish=FollowUp.WANTED if publish else FollowUp.NO,
        thread=FollowUp.WANTED if thread else FollowUp.NO,
    )
