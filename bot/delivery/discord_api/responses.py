"""What Discord's HTTP answers mean for a delivery: pure, from status, error code and headers.

Source: Discord's developer documentation, "Opcodes and Status Codes", "Create Message" and
"Rate Limits" (August 2026).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from bot.delivery.ports import Done, MessageDeleted, PermissionMissing, Rejected, RetryLater, Step, StepResult

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
class Response:
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
    def ok(self) -> bool:
        """Whether Discord did what was asked."""
        return 200 <= self.status < 300  # noqa: PLR2004 - HTTP's own classes

    @property
    def global_limit(self) -> bool:
        """Whether it says that the bot's global limit is reached."""
        return self.record.get("global") is True

    @property
    def retry_in(self) -> float:
        """Seconds until the channel's bucket for this kind of request has room again; 0 when it has."""
        empty = self.status == TOO_MANY or self.headers.get("X-RateLimit-Remaining") == "0"
        return _number(self.headers.get("X-RateLimit-Reset-After")) if empty else 0.0

    @property
    def retry_after(self) -> float | None:
        """How long Discord asks to wait, in seconds."""
        value = self.record.get("retry_after", self.headers.get("Retry-After"))
        return _number(value) if value is not None else None


def classify(step: Step, response: Response) -> StepResult:
    """What the response to a step's request means."""
    status = response.status
    if response.ok:
        return Done(_message_id(response.record))
    if status == 0:
        return RetryLater(response.problem or "no_answer", maybe_sent=response.sent)
    if status == TOO_MANY:
        return RetryLater("rate_limited", maybe_sent=False, wait=0.0 if response.global_limit else response.retry_after)
    if status >= 500:  # noqa: PLR2004 - HTTP's own number, as those below
        return RetryLater(f"http_{status}", maybe_sent=True)
    if status == 401:  # noqa: PLR2004
        return RetryLater("token_refused", maybe_sent=False, wait=TOKEN_WAIT)
    return _refusal(step, response)


def _refusal(step: Step, response: Response) -> StepResult:
    if (step, response.code) in ((Step.PUBLISH, ALREADY_PUBLISHED), (Step.OPEN_THREAD, THREAD_EXISTS)):
        return Done()
    # A thread's message is gone with its thread; only a new post needs the channel itself.
    if response.code == UNKNOWN_MESSAGE or (response.code == UNKNOWN_CHANNEL and step not in (Step.POST, Step.VERIFY)):
        return MessageDeleted()
    if response.code in REASONS or response.status == 403:  # noqa: PLR2004
        return PermissionMissing(REASONS.get(response.code, NO_ACCESS))
    if response.status == 404:  # noqa: PLR2004
        return PermissionMissing(CHANNEL_GONE) if response.code else RetryLater("http_404", maybe_sent=False)
    return Rejected(f"{response.status} {response.code} {response.record.get('message', '')}")


def _message_id(record: Mapping[str, Any]) -> int | None:
    value = record.get("id")
    return int(value) if isinstance(value, str) and value.isdigit() else None


def _number(value: object) -> float:
    try:
        return max(0.0, float(cast("str", value)))
    except (TypeError, ValueError):
        return 0.0
