"""By what a post is known as ours: derived from article and channel alone, so that it outlives everything."""

from base64 import b32encode
from hashlib import blake2b

from bot.store.outbox import DueDelivery

NONCE_BYTES = 15  # 24 letters; Discord accepts 25 characters
LARGEST_MARK = (1 << 31) - 1


def nonce_for(work: DueDelivery) -> str:
    """The nonce of a delivery's post: the same at every attempt, whatever becomes of the database."""
    return b32encode(_digest(work)).decode().lower()


def component_id_for(work: DueDelivery) -> int:
    """The id given to the post's first component, which Discord keeps: 31 bits, never 0."""
    return int.from_bytes(_digest(work)[:4], "big") % LARGEST_MARK + 1


def _digest(work: DueDelivery) -> bytes:
    name = f"{work.article.key} {work.subscription.channel_id}"
    return blake2b(name.encode(), digest_size=NONCE_BYTES).digest()
