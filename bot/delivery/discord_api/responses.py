"""What Discord's HTTP answers mean for a delivery: pure, from status, error code and headers.

Source: Discord's developer documentation, "Opcodes and Status Codes", "Create Message" and
"Rate Limits" (August 2026).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from bot.delivery.ports import Answer, Blocked, Done, Later, Refused, Step, Vanished

UNKNOWN_CHANNEL = 10003
UNKNOWN_MESSAGE = 10008
ALREADY_PUBLISHED = 40033
TAG_REQUIRED = 40067
THREAD_LOCKED = 160005
THREAD_EXISTS = 160004

CHANNEL_GONE = "channel_gone"
TAG_MISSING = "tag_missing"
NO_ACCESS = "missing_access"
REASONS = {UNKNOWN_CHANNEL: CHANNEL_GONE, TAG_REQUIRED: TAG_MISSING, THREAD_LOCKED: "manage_threads"}
TOKEN_WAIT = 60.0
TOO_MANY = 429


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back for one request. Status 0: nothing; `sent` tells whether it may have arrived."""

    status: int
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    sent: bool = True
    problem: str = ""

    @property
    def record(self) -> dict[str, Any]:
        """The body where it is a JSON object, else an empty one."""
        return cast("dict[str, Any]", self.body) if isinstance(self.body, dict) else {}  # pyright: ignore[reportUnknownMemberType] - JSON

    @property
    def code(self) -> int:
        """Discord's error code, 0 where there is none."""
        code = self.record.get("code", 0)
        return code if isinstance(code, int) else 0

    @property
    def well(self) -> bool:
        """Whether Discord did what was asked."""
        return 200 <= self.status < 300  # noqa: PLR2004 - HTTP's own classes

    @property
    def global_limit(self) -> bool:
        """Whether it says that the bot's global limit is reached."""
        return self.record.get("global") is True

    @property
    def rest(self) -> float:
        """Seconds until the channel's bucket for this kind of request has room again; 0 when it has."""
        empty = self.status == TOO_MANY or self.headers.get("X-RateLimit-Remaining") == "0"
        return _number(self.headers.get("X-RateLimit-Reset-After")) if empty else 0.0

    @property
    def retry_after(self) -> float | None:
        """How long Discord asks to wait, in seconds."""
        value = self.record.get("retry_after", self.headers.get("Retry-After"))
        return _number(value) if value is not None else None


def judge(step: Step, reply: Reply) -> Answer:
    """What the reply to a step's request means."""
    status = reply.status
    if reply.well:
        return Done(_message_id(reply.record))
    if status == 0:
        return Later(reply.problem or "no_answer", doubt=reply.sent)
    if status == TOO_MANY:
        return Later("rate_limited", doubt=False, wait=0.0 if reply.global_limit else reply.retry_after)
    if status >= 500:  # noqa: PLR2004 - HTTP's own number, as those below
        return Later(f"http_{status}", doubt=True)
    if status == 401:  # noqa: PLR2004
        return Later("token_refused", doubt=False, wait=TOKEN_WAIT)
    return _refusal(step, reply)


def _refusal(step: Step, reply: Reply) -> Answer:
    if (step, reply.code) in ((Step.PUBLISH, ALREADY_PUBLISHED), (Step.OPEN_THREAD, THREAD_EXISTS)):
        return Done()
    # A thread's message is gone with its thread; only a new post needs the channel itself.
    if reply.code == UNKNOWN_MESSAGE or (reply.code == UNKNOWN_CHANNEL and step not in (Step.POST, Step.FIND)):
        return Vanished()
    if reply.code in REASONS or reply.status == 403:  # noqa: PLR2004
        return Blocked(REASONS.get(reply.code, NO_ACCESS))
    if reply.status == 404:  # noqa: PLR2004
        return Blocked(CHANNEL_GONE) if reply.code else Later("http_404", doubt=False)
    return Refused(f"{reply.status} {reply.code} {reply.record.get('message', '')}")


def _message_id(record: Mapping[str, Any]) -> int | None:
    value = record.get("id")
    return int(value) if isinstance(value, str) and value.isdigit() else None


def _number(value: object) -> float:
    try:
        return max(0.0, float(cast("str", value)))
    except (TypeError, ValueError):
        return 0.0
