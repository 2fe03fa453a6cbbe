"""Telling people of incidents: once at the start, once at the end, where a human sees it."""

import logging

from bot.delivery.ports import Sender, TellLaterError
from bot.store.database import Database
from bot.store.guilds import Guilds
from bot.store.incidents import Incident, Incidents
from bot.text import DEFAULT_LANGUAGE, Text

log = logging.getLogger(__name__)

FEED = "feed_"  # incidents of feeds are of a kind such as `feed_unreachable:blog`


class Teller:
    """Says each incident in the server's log channel, else in another channel, else in the log."""

    def __init__(self, database: Database, incidents: Incidents, guilds: Guilds, sender: Sender) -> None:
        self._database, self._incidents, self._guilds, self._sender = database, incidents, guilds, sender

    async def tell(self) -> None:
        """Tells what nobody was told of yet; what cannot be told now is told later."""
        for incident in await self._incidents.untold():
            try:
                await self._tell(incident)
            except TellLaterError as error:
                log.info("incident %d is told later: %s", incident.id, error)
                continue
            async with self._database.transaction() as tx:
                await self._incidents.told(tx, incident)

    async def _tell(self, incident: Incident) -> None:
        if incident.over and not incident.told_start:
            return  # over before anybody heard of it
        guild = await self._guilds.get(incident.guild_id)
        sentence = incident_sentence(incident, Text.of(guild.language or DEFAULT_LANGUAGE))
        first = (guild.log_channel_id,) if guild.log_channel_id else ()
        nonce = f"incident-{incident.id}-{'end' if incident.over else 'start'}"
        if not incident.guild_id or not await self._sender.tell(incident.guild_id, first, sentence, nonce):
            log.warning("%s (server %d)", sentence, incident.guild_id)


def incident_sentence(incident: Incident, text: Text) -> str:
    """What people read of an incident, with the exact permissions that are missing."""
    kind, _, feed = incident.kind.partition(":")
    reasons = reason_sentence(incident.detail, text)
    fields = {"channel": f"<#{incident.channel_id}>", "reason": reasons, "feed": feed, "detail": incident.detail}
    if feed:
        return text(f"incidents.{_feed_sentence(kind, over=incident.over)}", **fields, kind=kind.removeprefix(FEED))
    if incident.over:
        return text("incidents.over" if incident.channel_id else "incidents.budget_over", **fields)
    return text(f"incidents.{kind}", **fields)


def reason_sentence(names: str, text: Text) -> str:
    """What keeps something from working, in words; `names` are separated by commas."""
    return ", ".join(_reason(name, text) for name in names.split(",") if name)


def _feed_sentence(kind: str, *, over: bool) -> str:
    if kind == f"{FEED}held":
        return "held_over" if over else "held"
    return "feed_over" if over else "feed"


def _reason(name: str, text: Text) -> str:
    try:
        return text(f"incidents.reason.{name}")
    except KeyError:
        return text("incidents.reason.unknown", name=name)
