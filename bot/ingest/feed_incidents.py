"""The incidents that ingestion reports: failing feeds, held articles, gaps, missing pages."""

from datetime import UTC, datetime

from bot.store.database import Transaction
from bot.store.incidents import Incidents

MINUTES = "%Y-%m-%d %H:%M UTC"


class FeedIncidents:
    """Opens and ends the incidents of feeds, each reported once at its start and once at its end.

    Called inside the transaction that stores the cause, so that neither a crash nor a restart reports
    twice. `kind` is a `FailureKind` or `PollErrorKind`; `detail` is plain text for operators.
    """

    def __init__(self, incidents: Incidents) -> None:
        self._incidents = incidents

    async def started(self, tx: Transaction, feed: str, kind: str, detail: str, now: float) -> None:
        """Opens the incident of a failing feed."""
        await self._incidents.start(tx, f"feed_{kind}:{feed}", detail, now)

    async def ended(self, tx: Transaction, feed: str, kind: str, now: float) -> None:
        """Ends the incident of a feed."""
        await self._incidents.end(tx, f"feed_{kind}:{feed}", now)

    async def held(self, tx: Transaction, feed: str, guild_id: int, articles: int, now: float) -> None:
        """Opens the incident of articles that wait for a moderator of that server."""
        await self._incidents.start(tx, f"feed_held:{feed}", str(articles), now, guild_id=guild_id)

    async def hold_ended(self, tx: Transaction, feed: str, guild_id: int, now: float) -> None:
        """Ends the hold: a moderator has decided."""
        await self._incidents.end(tx, f"feed_held:{feed}", now, guild_id=guild_id)

    async def hold_expired(self, tx: Transaction, feed: str, guild_id: int, articles: int, now: float) -> None:
        """Ends a hold that nobody decided in time; the report of its end says so."""
        await self._incidents.end(tx, f"feed_held:{feed}", now, guild_id=guild_id, detail=f"expired {articles}")

    async def gap(self, tx: Transaction, feed: str, since: float, now: float) -> None:
        """Opens an incident: entries may have been missed between two polls."""
        await self._incidents.start(tx, f"feed_gap:{feed}", datetime.fromtimestamp(since, UTC).strftime(MINUTES), now)

    async def gap_closed(self, tx: Transaction, feed: str, now: float) -> None:
        """Ends it: the latest poll overlaps with the previous one."""
        await self._incidents.end(tx, f"feed_gap:{feed}", now)

    async def withdrawals_suspended(self, tx: Transaction, host: str, missing: int, now: float) -> None:
        """Opens an incident: too many pages of a host are missing, so none is withdrawn."""
        await self._incidents.start(tx, f"withdrawals_suspended:{host}", str(missing), now)

    async def suspension_ended(self, tx: Transaction, host: str, now: float) -> None:
        """Ends it: the pages are available again."""
        await self._incidents.end(tx, f"withdrawals_suspended:{host}", now)
