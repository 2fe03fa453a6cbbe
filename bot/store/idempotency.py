"""Idempotency key and component id of a post, derived from the article's key and the channel when it is planned.

Both are stored with the delivery and never computed again, so they stay the same whatever becomes
of the article's address, title or key. Pure.
"""

from base64 import b32encode
from hashlib import blake2b

NONCE_BYTES = 15  # 24 letters; Discord accepts 25 characters
MAX_COMPONENT_ID = (1 << 31) - 1


def nonce(key: str, channel_id: int, sequence: int = 0) -> str:
    """The nonce under which Discord recognises a repeated attempt to post the article there.

    `sequence` counts the announcements of one article in one channel that a moderator asked for.
    """
    return b32encode(_digest(key, channel_id, sequence)).decode().lower()


def component_id(key: str, channel_id: int, sequence: int = 0) -> int:
    """The id of the post's first component, which Discord keeps: 31 bits, never 0."""
    return int.from_bytes(_digest(key, channel_id, sequence)[:4], "big") % MAX_COMPONENT_ID + 1


def _digest(key: str, channel_id: int, sequence: int) -> bytes:
    name = f"{key} {channel_id} {sequence}" if sequence else f"{key} {channel_id}"
    return blake2b(name.encode(), digest_size=NONCE_BYTES).digest()
