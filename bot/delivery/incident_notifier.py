"""Reports incidents to a server: once when they start, once when they end."""

import logging
from collections.abc import Mapping

from bot.delivery.incident_text import incident_sentence
from bot.delivery.ports import NotifyLaterError, Sender
from bot.i18n import DEFAULT_LANGUAGE, Catalogue
from bot.store.database import Database
from bot.store.guilds import Guilds
from bot.store.incidents import Incident, Incidents

log = logging.getLogger(__name__)


class IncidentNotifier:
    """Says each incident in the server's log channel, else in another channel, else in the log."""

    def __init__(
        self,
        database: Database,
        incidents: Incidents,
        guilds: Guilds,
        sender: Sender,
        feed_names: Mapping[str, str],
    ) -> None:
        self._database, self._incidents, self._guilds, self._sender = database, incidents, guilds, sender
        self._feed_names = feed_names

    async def tell(self) -> None:
        """Tells what nobody was told of yet; what cannot be told now is told later."""
        for incident in await self._incidents.unreported():
            try:
                await self._tell(incident)
            except NotifyLaterError as error:
                log.info("incident %d is told later: %s", incident.id, error)
                continue
            async with self._database.transaction() as tx:
                await self._incidents.mark_reported(tx, incident)

    async def _tell(self, incident: Incident) -> None:
        if incident.over and not incident.start_reported:
            return  # over before anybody heard of it
        guild = await self._guilds.get(incident.guild_id)
        sentence = incident_sentence(incident, Catalogue.of(guild.language or DEFAULT_LANGUAGE), self._feed_names)
        first = (guild.log_channel_id,) if guild.log_channel_id else ()
        nonce = f"incident-{incident.id}-{'end' if incident.over else 'start'}"
        if not incident.guild_id or not await self._sender.notify(incident.guild_id, first, sentence, nonce):
            log.warning("%s (server %d)", sentence, incident.guild_id)
