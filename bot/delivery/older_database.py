"""Notices at a start that the database is older than what Discord shows.

Somebody copied a backup over it by hand, without `herald restore`. A post of ours that is younger than
all that the database remembers, and that it does not know, is the proof.
"""

import logging

from bot.delivery.ports import Sender
from bot.store.restored import RestoredDatabase

log = logging.getLogger(__name__)

MAX_LOOKUPS = 20  # channels that are read at a start; the others only where nothing was posted in these


async def mark_if_older(restored: RestoredDatabase, sender: Sender, since: float | None, now: float) -> bool:
    """Marks a database as restored where Discord shows posts that it does not know; gives whether it did.

    `since` is its last activity before this start, None when there was none.
    """
    if since is None or await restored.is_marked(now):
        return False
    lookups = 0
    for subscription in await restored.active_subscriptions():
        found = await sender.own_posts_since(subscription, since)
        for message_id, component_id in found or ():
            if not await restored.knows_post(subscription.channel_id, message_id, component_id):
                await restored.mark(since, now)
                log.warning(
                    "the database is older than message %d in channel %d: it seems to be a backup; every channel"
                    " is looked up before anything is posted there",
                    message_id,
                    subscription.channel_id,
                )
                return True
        lookups += found is not None
        if lookups >= MAX_LOOKUPS:
            break
    return False
