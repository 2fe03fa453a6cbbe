"""Classifies Discord's HTTP responses by status, error code, body and headers. Pure.

Source: Discord's developer documentation, "Opcodes and Status Codes", "Create Message" and
"Rate Limits" (August 2026).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from bot.delivery.ports import Done, MessageDeleted, PermissionMissing, Rejected, RetryLater, Step, StepResult

UNKNOWN_CHANNEL = 10003
UNKNOWN_MESSAGE = 10008
QUARANTINED = 20026
ALREADY_PUBLISHED = 40033
TAG_REQUIRED = 40067
THREAD_LOCKED = 160005
THREAD_EXISTS = 160004
INVALID_FORM = 50035

CHANNEL_GONE = "channel_gone"
TAG_MISSING = "tag_missing"
NO_ACCESS = "missing_access"
WRONG_KIND = "channel_kind"
TOKEN_REFUSED = "token_refused"
BOT_QUARANTINED = "quarantined"

# What a moderator has to change first.
PERMISSION_CODES = {
    UNKNOWN_CHANNEL: CHANNEL_GONE,
    TAG_REQUIRED: TAG_MISSING,
    THREAD_LOCKED: "manage_threads",
    50008: WRONG_KIND,  # cannot send messages in this kind of channel
}
# Temporary refusals, with the seconds to wait where our own back-off would be too short.
PASSING_CODES: dict[int, tuple[str, float | None]] = {
    160006: ("too_many_threads", 600.0),
    30046: ("too_many_edits", 3600.0),
    40062: ("rate_limited", None),
    20016: ("rate_limited", None),  # slow mode
    20028: ("rate_limited", None),  # the channel's write limit
    20029: ("rate_limited", None),  # the server's write limit
    130000: ("overloaded", None),
}
REJECTION_CODES = {
    200000: "automod",
    200001: "automod",
    INVALID_FORM: "invalid_form",
    40005: "too_large",
    50006: "empty_message",
}
TOKEN_WAIT = 60.0
QUARANTINE_WAIT = 600.0
TOO_MANY_REQUESTS = 429


@dataclass(frozen=True, slots=True)
class Response:
    """The response to one request. Status 0: none; `sent` says whether the request may have arrived."""

    status: int
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    sent: bool = True
    problem: str = ""
    reduced: bool = False  # to a request that was sent again without a part of its message

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
        """Whether Discord carried out the request."""
        return 200 <= self.status < 300

    @property
    def from_discord(self) -> bool:
        """Whether the answer is Discord's own JSON, not a page of a proxy in front of it."""
        return isinstance(self.body, dict)

    @property
    def global_limit(self) -> bool:
        """Whether the bot's global limit is reached."""
        return self.record.get("global") is True

    @property
    def retry_in(self) -> float:
        """Seconds until the channel's bucket for this kind of request has room again; 0 when it has."""
        empty = self.status == TOO_MANY_REQUESTS or self.headers.get("X-RateLimit-Remaining") == "0"
        return _number(self.headers.get("X-RateLimit-Reset-After")) if empty else 0.0

    @property
    def retry_after(self) -> float | None:
        """How long Discord asks to wait, in seconds: the body has fractions, the header is rounded up."""
        value = self.record.get("retry_after", self.headers.get("Retry-After"))
        return _number(value) if value is not None else None


def classify(step: Step, response: Response) -> StepResult:
    """The result of a step from the response to its request."""
    status = response.status
    if response.ok:
        found = response.record.get("id")
        message_id = int(found) if isinstance(found, str) and found.isdigit() else None
        if step is Step.POST and message_id is None:
            return RetryLater("no_message_id", maybe_sent=True)
        return Done(message_id, response.reduced)
    if status == 0:
        return RetryLater(response.problem or "no_answer", maybe_sent=response.sent)
    if status == TOO_MANY_REQUESTS:
        wait = 0.0 if response.global_limit else response.retry_after
        return RetryLater("rate_limited", maybe_sent=False, wait=wait)
    if status >= 500 or status == 408:
        return RetryLater(f"http_{status}", maybe_sent=True)
    if status == 401:
        return RetryLater(TOKEN_REFUSED, maybe_sent=False, wait=TOKEN_WAIT)
    if status == 413:
        return Rejected("too_large", _described(response))
    if not response.from_discord:
        # A page instead of JSON comes from a proxy or from Cloudflare: an outage, not a decision about this channel.
        return RetryLater(f"http_{status}", maybe_sent=False)
    return _refusal(step, response)


def _refusal(step: Step, response: Response) -> StepResult:
    code, status = response.code, response.status
    if (step, code) in ((Step.PUBLISH, ALREADY_PUBLISHED), (Step.OPEN_THREAD, THREAD_EXISTS)):
        return Done()
    if code == QUARANTINED:
        return RetryLater(BOT_QUARANTINED, maybe_sent=False, wait=QUARANTINE_WAIT)
    if code in PASSING_CODES:
        reason, wait = PASSING_CODES[code]
        return RetryLater(reason, maybe_sent=False, wait=response.retry_after or wait)
    # A thread's message is gone with its thread; only a new post needs the channel itself.
    if code == UNKNOWN_MESSAGE or (code == UNKNOWN_CHANNEL and step not in (Step.POST, Step.VERIFY)):
        return MessageDeleted()
    if code in PERMISSION_CODES and (code != 50008 or step is Step.POST):
        return PermissionMissing(PERMISSION_CODES[code])
    if code in REJECTION_CODES:
        return Rejected(REJECTION_CODES[code], _described(response))
    if status == 403:
        return PermissionMissing(NO_ACCESS)
    if status == 404:
        return PermissionMissing(CHANNEL_GONE) if code else RetryLater("http_404", maybe_sent=False)
    return Rejected("refused", _described(response))


def json_objects(value: object) -> list[dict[str, Any]]:
    """The value where it is a list, of JSON objects; else none."""
    return cast("list[dict[str, Any]]", value) if isinstance(value, list) else []


def _described(response: Response) -> str:
    return f"{response.status} {response.code}"


def _number(value: object) -> float:
    try:
        return max(0.0, float(cast("str", value)))
    except (TypeError, ValueError):
        return 0.0
