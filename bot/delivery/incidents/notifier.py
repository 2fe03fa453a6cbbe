"""Reports incidents to servers: once at their start and once at their end, one message for each cause."""

import logging
from collections.abc import Callable, Mapping, Sequence

from bot.delivery.discord_api.sender import DiscordSender
from bot.delivery.incidents.text import incident_sentence, report_language
from bot.delivery.ports import NotifyLaterError
from bot.i18n import DEFAULT_LANGUAGE, Catalogue
from bot.store.incidents import Incident
from bot.store.stores import Stores

log = logging.getLogger(__name__)


class IncidentNotifier:
    """Posts each incident in the server's log channel, else in another channel, else writes it to the log.

    An incident waits `delay` seconds, so that a cause that affects several channels is reported once.
    `pending`: some wait, or could not be reported.
    """

    def __init__(
        self,
        stores: Stores,
        sender: DiscordSender,
        feed_names: Mapping[str, str],
        default_language: str = DEFAULT_LANGUAGE,
        catalogue: Callable[[str], Catalogue] = Catalogue.of,
        *,
        delay: float,
    ) -> None:
        self._stores, self._sender = stores, sender
        self._feed_names, self._default_language = feed_names, default_language
        self._catalogue, self._delay = catalogue, delay
        self.pending = False

    async def notify_pending(self, now: float) -> None:
        """Reports unreported incidents, those of one server and cause together."""
        self.pending = False
        groups: dict[tuple[int, str, str, bool], list[Incident]] = {}
        for incident in await self._stores.incidents.unreported():
            since = incident.started_at if incident.ended_at is None else incident.ended_at
            if 0 <= now - since < self._delay:
                self.pending = True
                continue
            groups.setdefault((incident.guild_id, incident.kind, incident.detail, incident.over), []).append(incident)
        for group in groups.values():
            try:
                await self._report(group)
            except NotifyLaterError as error:
                log.info("incident %d could not be reported, retrying later: %s", group[0].id, error)
                self.pending = True
                continue
            async with self._stores.database.transaction() as tx:
                for incident in group:
                    await self._stores.incidents.mark_reported(tx, incident)

    async def _report(self, group: Sequence[Incident]) -> None:
        # An incident that was over before its report needs no report of its end.
        shown = [incident for incident in group if not incident.over or incident.start_reported or incident.is_notice]
        if not shown:
            return
        first = shown[0]
        guild = await self._stores.guilds.get(first.guild_id)
        language = report_language(
            guild.language,
            await self._stores.subscriptions.moderator_language(first.guild_id, first.channel_id),
            self._sender.community_language(first.guild_id),
            self._default_language,
        )
        sentence = incident_sentence(shown, self._catalogue(language), self._feed_names)
        channels = (guild.log_channel_id,) if guild.log_channel_id else ()
        nonce = f"incident-{first.id}-{'end' if first.over else 'start'}"
        if not first.guild_id or not await self._sender.notify(first.guild_id, channels, sentence, nonce):
            log.warning("%s (server %d)", sentence, first.guild_id)
