"""Reports incidents to servers: once at their start and once at their end, one message for each cause."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.delivery.incidents.text import incident_sentence
from bot.delivery.ports import NotifyLaterError, Sender
from bot.durations import backoff
from bot.i18n import Catalogue
from bot.store.incidents import Incident
from bot.store.stores import Stores

log = logging.getLogger(__name__)

MAX_FAILURES = 5  # reports that fail in one round
MAX_PAUSE = 600.0


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
