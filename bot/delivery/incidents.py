"""Incidents in words, and their reports to servers: at their start and end, one message for each cause."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.delivery.ports import NotifyLaterError, Sender
from bot.durations import backoff
from bot.i18n import Catalogue, messages
from bot.store.incidents import Incident
from bot.store.stores import Stores

log = logging.getLogger(__name__)

MAX_FAILURES = 5  # reports that fail in one round
MAX_PAUSE = 600.0
FEED = "feed_"  # incidents of feeds are of a kind such as `feed_timeout:blog`
HELD = "feed_held"
EXPIRED = "expired "  # in the detail of a hold that nobody decided, before the number of its articles
# Kinds that have sentences of their own; what follows the colon is a feed's key, or a host.
NAMED = {HELD: "held", "feed_gap": "gap", "withdrawals_suspended": "withdrawals_suspended"}
MAX_CHANNELS = 10  # named in one sentence
BOT_WIDE = ("invalid_budget", "token_refused", "quarantined")


@dataclass
class IncidentNotifier:
    """Posts each incident in the server's log channel, else in another channel, else writes it to the log.

    An incident waits `delay` seconds, so that a cause that affects several channels is reported once.
    `pending`: some wait, or could not be reported; `pause` is how many seconds to leave until the next look.
    """

    stores: Stores
    sender: Sender
    feed_names: Mapping[str, str]
    default_language: str
    catalogue: Callable[[str], Catalogue]
    delay: float
    pending: bool = False
    pause: float = 0.0
    failed_rounds: int = 0
    failed: set[int] = field(default_factory=set[int])  # the first incidents of groups whose last report failed

    async def notify_pending(self, now: float) -> None:
        """Reports unreported incidents, those of one server and cause together.

        During an outage of Discord a round ends after a few failures, and the next one comes later each time and
        begins with the others.
        """
        self.pending, failures = False, 0
        groups: dict[tuple[int, str, str, bool], list[Incident]] = {}
        for incident in await self.stores.incidents.unreported():
            since = incident.started_at if incident.ended_at is None else incident.ended_at
            if 0 <= now - since < self.delay:
                self.pending = True
                continue
            groups.setdefault((incident.guild_id, incident.kind, incident.detail, incident.over), []).append(incident)
        for group in sorted(groups.values(), key=lambda group: group[0].id in self.failed):
            try:
                await self._report(group)
            except NotifyLaterError as error:
                log.info("incident %d could not be reported, retrying later: %s", group[0].id, error)
                self.pending, failures = True, failures + 1
                self.failed.add(group[0].id)
                if failures >= MAX_FAILURES:
                    break
                continue
            self.failed.discard(group[0].id)
            async with self.stores.database.transaction() as tx:
                for incident in group:
                    await self.stores.incidents.mark_reported(tx, incident)
        self.failed_rounds = self.failed_rounds + 1 if failures else 0
        self.pause = backoff(self.failed_rounds, self.delay, MAX_PAUSE) if failures else self.delay

    async def _report(self, group: Sequence[Incident]) -> None:
        # An incident that was over before its report needs no report of its end.
        shown = [incident for incident in group if not incident.over or incident.start_reported or incident.is_notice]
        if not shown:
            return
        first = shown[0]
        guild = await self.stores.guilds.get(first.guild_id)
        moderator = await self.stores.subscriptions.moderator_language(first.guild_id, first.channel_id)
        community = self.sender.community_language(first.guild_id)
        language = guild.language or moderator or community or self.default_language
        sentence = incident_sentence(shown, self.catalogue(language), self.feed_names)
        channels = (guild.log_channel_id,) if guild.log_channel_id else ()
        nonce = f"incident-{first.id}-{'end' if first.over else 'start'}"
        if not first.guild_id or not await self.sender.notify(first.guild_id, channels, sentence, nonce):
            log.warning("%s (server %d)", sentence, first.guild_id)


def incident_sentence(incidents: Sequence[Incident], text: Catalogue, feed_names: Mapping[str, str]) -> str:
    """The sentence for incidents of one kind and cause; `feed_names` are the feeds' names by key."""
    incident = incidents[0]
    kind, _, feed = incident.kind.partition(":")
    if feed:
        return _feed_sentence(incident, kind, feed_names.get(feed, feed), text)
    channels = ", ".join(f"<#{one.channel_id}>" for one in incidents[:MAX_CHANNELS])
    if (rest := len(incidents) - MAX_CHANNELS) > 0:
        channels = text("incidents.and_more_channels", channels=channels, count=rest)
    fields = {
        "channel": channels,
        "reason": reason_sentence(incident.detail, text),
        "detail": incident.detail,
        "count": len(incidents),
    }
    if not incident.over or incident.is_notice:
        return text(f"incidents.{kind}", **fields)
    return text("incidents.budget_over" if kind in BOT_WIDE else "incidents.over", **fields)


def reason_sentence(problems: str, text: Catalogue) -> str:
    """The reasons why something does not work, as words; `problems` are separated by commas."""
    reasons = [name for name in problems.split(",") if name]
    if len(reasons) > 1 and all(f"announcements.permission.{name}" in messages(text.language) for name in reasons):
        names = {name: f"**{text(f'announcements.permission.{name}')}**" for name in (*reasons, "post_in_forum")}
        if "send_messages" in names:
            forum = text("incidents.reason.forum", permission=names["send_messages"], post=names["post_in_forum"])
            names["send_messages"] = forum
        return text("incidents.reason.permissions", permissions=", ".join(names[name] for name in reasons))
    outages = {name for name in reasons if name.startswith("http_") or name.endswith("Error")}
    return ", ".join(_known(f"incidents.reason.{'outage' if name in outages else name}", text) for name in reasons)


def problem_sentence(kind: str, text: Catalogue) -> str:
    """The problem of a feed in words, from the kind of problem that the poller recorded."""
    return _known(f"announcements.problem.{kind}", text)


def _feed_sentence(incident: Incident, kind: str, name: str, text: Catalogue) -> str:
    if kind == HELD and incident.over and incident.detail.startswith(EXPIRED):
        return text("incidents.hold_expired", feed=name, count=int(incident.detail.removeprefix(EXPIRED)))
    if kind in NAMED:
        count = int(incident.detail) if incident.detail.isdecimal() else 0
        key = f"incidents.{NAMED[kind]}{'_over' if incident.over else ''}"
        return text(key, feed=name, count=count, since=incident.detail)
    if incident.over:
        return text("incidents.feed_over", feed=name)
    return text("incidents.feed", feed=name, problem=problem_sentence(kind.removeprefix(FEED), text))


def _known(key: str, text: Catalogue) -> str:
    return text(key if key in messages(text.language) else f"{key.rpartition('.')[0]}.unknown")
